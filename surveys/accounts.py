"""How allauth serves a house without sign-up: accounts are made by an administrator."""

from __future__ import annotations

from allauth.account.adapter import DefaultAccountAdapter
from django.urls import reverse

from surveys.choices import Role

# The room each role works in; the first that fits wins.
LANDING = [
    (Role.TELLER, "surveys:counter"),
    (Role.LEADERSHIP, "reports:home"),
    (Role.COUNTING, "reports:counting"),
    (Role.INSPECTOR, "reports:home"),
    (Role.HEAD_OFFICE, "reports:home"),
    (Role.ADMIN, "admin:index"),
]


def landing_of(user) -> str:
    return next((reverse(name) for role, name in LANDING if user.has_role(role)), "/")


class AccountAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request) -> bool:
        return False

    def get_login_redirect_url(self, request) -> str:
        return landing_of(request.user)
