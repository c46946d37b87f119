"""One's own second factor: the account app's pages, each change of it written into the trail."""

from __future__ import annotations

from allauth.mfa.recovery_codes.views import GenerateRecoveryCodesView
from allauth.mfa.totp.views import ActivateTOTPView, DeactivateTOTPView
from allauth.socialaccount.providers.openid_connect import views as openid
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe
from requests import RequestException

from surveys import audit
from surveys.accounts import help_pages, landing_of, missing_of, second_factor
from surveys.accounts.requests import StaffRequest
from surveys.audit import Action
from surveys.choices import Role


@login_not_required
@require_safe
@never_cache
def sign_on(request: HttpRequest) -> HttpResponse:
    """To the office's provider, from a page of ours or the address bar: no other page logs anybody in (ASVS 7.6.2).

    A browser of before 2023 says nothing of where it comes from, and is believed. 503 where the provider does not answer.
    """
    if request.headers.get("Sec-Fetch-Site", "none") not in ("none", "same-origin"):
        return HttpResponseRedirect(reverse("account_login"))
    try:
        return openid.login(request, provider_id="sso")
    except RequestException:
        return render(request, "account/sso_away.html", status=503)


def _write_down(request: StaffRequest, action: Action) -> None:
    audit.record(action=action, now=timezone.now(), actor=request.user, subject=str(request.user))


class Enrol(ActivateTOTPView):
    def form_valid(self, form) -> HttpResponse:
        response = super().form_valid(form)
        second_factor.mark(self.request, self.request.user)  # the code was right
        _write_down(self.request, Action.SECOND_FACTOR_ON)
        return response


class Remove(DeactivateTOTPView):
    def form_valid(self, form) -> HttpResponse:
        response = super().form_valid(form)
        second_factor.unmark(self.request)
        _write_down(self.request, Action.SECOND_FACTOR_OFF)
        return response


class NewCodes(GenerateRecoveryCodesView):
    def form_valid(self, form) -> HttpResponse:
        response = super().form_valid(form)
        _write_down(self.request, Action.RECOVERY_CODES_MADE)
        return response


@require_safe
def landing(request: StaffRequest) -> HttpResponse:
    """To the room of one's role, as after a login; without one, what the account lacks."""
    place = landing_of(request.user)
    if place != request.path:
        return HttpResponseRedirect(place)
    return render(request, "account/nothing_assigned.html", {"missing": missing_of(request.user)}, status=403)


@require_safe
def help_page(request: StaffRequest, role: str = "") -> HttpResponse:
    """One role's work on one screen; without a role, one's own."""
    if not role:
        own = next((each for each in Role if each in request.user.roles), Role.TELLER)
        return HttpResponseRedirect(reverse("help", args=[own.value]))
    if role not in Role.values:
        raise Http404
    context = {"role": Role(role), "topics": help_pages.PAGES[Role(role)], "roles": list(Role)}
    return render(request, "account/help.html", context)


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def administration_door(request: HttpRequest) -> HttpResponse:
    """Where the administration sends whoever may not enter: strangers to the login, a known person a refusal in words.

    A login would send the person straight back, without end.
    """
    if request.user.is_authenticated:
        raise PermissionDenied
    asked = request.META.get("QUERY_STRING", "")
    return HttpResponseRedirect(reverse("account_login") + (f"?{asked}" if asked else ""))


enrol = never_cache(Enrol.as_view())
remove = never_cache(Remove.as_view())
new_codes = never_cache(NewCodes.as_view())
