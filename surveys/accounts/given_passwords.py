"""A password that somebody else gave opens the page where it is changed, and nothing more (ASVS 6.4.1)."""

from __future__ import annotations

from allauth.account.authentication import get_authentication_records
from django.http import HttpRequest
from django.urls import reverse

from surveys.accounts import second_factor
from surveys.accounts.requests import StaffRequest
from surveys.accounts.sessions import FirstPage

PAGE = "account_change_password"


class GivenPasswordMiddleware(FirstPage):
    """After the second factor: who was set back enrols first. Whoever came by single sign-on needs no password here."""

    on_the_way = frozenset({PAGE, *second_factor.ON_THE_WAY})

    def address_for(self, request: StaffRequest) -> str | None:
        if not request.user.password_is_given or _came_by_provider(request):
            return None
        return reverse(PAGE)


def _came_by_provider(request: HttpRequest) -> bool:
    return any(
        record["method"] == "socialaccount" for record in get_authentication_records(request, request.user)
    )
