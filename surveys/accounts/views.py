"""One's own second factor: the account app's pages, each change of it written into the trail."""

from __future__ import annotations

from allauth.mfa.recovery_codes.views import GenerateRecoveryCodesView
from allauth.mfa.totp.views import ActivateTOTPView, DeactivateTOTPView
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from surveys import audit
from surveys.accounts import landing_of, second_factor


def _write_down(request: HttpRequest, action: str) -> None:
    audit.record(action=action, now=timezone.now(), actor=request.user, subject=str(request.user))


class Enrol(ActivateTOTPView):
    def form_valid(self, form) -> HttpResponse:
        response = super().form_valid(form)
        second_factor.mark(self.request, self.request.user)  # the code was right
        _write_down(self.request, "bật xác thực hai lớp")
        return response


class Remove(DeactivateTOTPView):
    def form_valid(self, form) -> HttpResponse:
        response = super().form_valid(form)
        second_factor.unmark(self.request)
        _write_down(self.request, "tắt xác thực hai lớp")
        return response


class NewCodes(GenerateRecoveryCodesView):
    def form_valid(self, form) -> HttpResponse:
        response = super().form_valid(form)
        _write_down(self.request, "lập mã dự phòng mới")
        return response


@require_safe
def landing(request: HttpRequest) -> HttpResponse:
    """To the room of one's role, as after a login."""
    return HttpResponseRedirect(landing_of(request.user))


enrol = never_cache(Enrol.as_view())
remove = never_cache(Remove.as_view())
new_codes = never_cache(NewCodes.as_view())
