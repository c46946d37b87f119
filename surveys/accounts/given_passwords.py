"""A password that somebody else gave opens the page where it is changed, and nothing more (ASVS 6.4.1)."""

from __future__ import annotations

from allauth.account.authentication import get_authentication_records
from django.http import HttpRequest, HttpResponseRedirect
from django.urls import reverse

from surveys.accounts import second_factor
from surveys.accounts.sessions import redirect_first

PAGE = "account_change_password"


class GivenPasswordMiddleware:
    """After the second factor: who was set back enrols first. Whoever came by single sign-on needs no password here."""

    def __init__(self, get_response) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest):
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view, args, kwargs) -> HttpResponseRedirect | None:
        if not getattr(view, "login_required", True) or not request.user.is_authenticated:
            return None
        if not request.user.password_is_given or _came_by_provider(request):
            return None
        match = request.resolver_match
        if match and match.view_name in {PAGE, *second_factor.ON_THE_WAY}:
            return None
        return redirect_first(request, reverse(PAGE))


def _came_by_provider(request: HttpRequest) -> bool:
    return any(
        record["method"] == "socialaccount" for record in get_authentication_records(request, request.user)
    )
