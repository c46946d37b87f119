"""How allauth serves a house without sign-up: accounts are made by an administrator."""

from __future__ import annotations

import time

from allauth.account import app_settings
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.core import context
from allauth.core.internal import ratelimit
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from surveys import client_address
from surveys.choices import Role
from surveys.models import Office
from surveys.periods import local_day

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
    """The room of the first role that fits; the counting room for whoever has none and is lent to one."""
    place = next((name for role, name in LANDING if user.has_role(role)), None)
    if place is None and Office.objects.counted_by(user, local_day(timezone.now())).exists():
        place = "reports:counting"
    return reverse(place) if place else "/"


class AccountAdapter(DefaultAccountAdapter):
    error_messages = DefaultAccountAdapter.error_messages | {
        "too_many_login_attempts": _(
            "Từ địa chỉ này đã có quá nhiều lần nhập sai. Xin chờ một giờ, hoặc đăng nhập từ máy ở nơi khác."
        ),
    }

    def is_open_for_signup(self, request) -> bool:
        return False

    def get_login_redirect_url(self, request) -> str:
        return landing_of(request.user)

    def get_client_ip(self, request: HttpRequest) -> str:
        """The address that brakes count by: of X-Forwarded-For only what our own proxies wrote."""
        return client_address.address_of(request)

    def pre_authenticate(self, request: HttpRequest, **credentials) -> None:
        """The hourly brakes on wrong passwords, each of one address: what somebody elsewhere does locks nobody out.

        axes counts a quarter of an hour of one account; here count the hours of one account and of all of them.
        """
        name = credentials.get("username", "").casefold()
        self._login_failed_rl_usage = ratelimit.consume(
            request,
            app="allauth.account",
            action="wrong_password",
            key=f"{name} {self.get_client_ip(request)}",
        )
        if not self._login_failed_rl_usage:
            raise self.validation_error("too_many_login_attempts")

    def is_reauthentication_required(self, *, app: str, **kwargs) -> bool:
        """Not within minutes of the login itself, which asked for the same password."""
        records = get_authentication_records(context.request, context.request.user)
        if records and time.time() - records[-1]["at"] < app_settings.REAUTHENTICATION_TIMEOUT:
            return False
        return super().is_reauthentication_required(app=app, **kwargs)
