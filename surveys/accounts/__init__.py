"""How allauth serves a house without sign-up: accounts are made by an administrator."""

from __future__ import annotations

import time

from allauth.account import app_settings
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.core import context
from allauth.core.internal import ratelimit
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from surveys import client_address
from surveys.accounts import attempts, credential_resets, known_devices, second_factor
from surveys.choices import Role
from surveys.models import Office, User
from surveys.periods import local_day

# The room each role works in; the first that fits wins.
LANDING = [
    (Role.TELLER, "surveys:counter"),
    (Role.LEADERSHIP, "reports:today"),
    (Role.COUNTING, "reports:today"),
    (Role.INSPECTOR, "reports:today"),
    (Role.HEAD_OFFICE, "reports:home"),
    (Role.ADMIN, "reports:today"),
]


def name_of(typed: str) -> str:
    """The login name that was meant: as it was typed where somebody has that name, else the one that differs in case alone.

    Phones begin a word with a capital. Two names that differ in case alone stay two.
    """
    alike = list(User.objects.filter(username__iexact=typed).values_list("username", flat=True)[:2])
    return alike[0] if len(alike) == 1 and typed not in alike else typed


def landing_of(user) -> str:
    """The room of the first role that fits; the counting room for whoever has none and is lent to one.

    Whoever has neither comes to the page that says what is missing.
    """
    place = next((name for role, name in LANDING if user.has_role(role)), None)
    if place is None and Office.objects.counted_by(user, local_day(timezone.now())).exists():
        place = "reports:counting"
    return reverse(place or "account_landing")


def missing_of(user: User) -> list[str]:
    """What an account lacks before anything can be done with it, in words; empty when nothing is missing."""
    lacks = [
        (not user.roles, _("vai trò")),
        (user.office_id is None, _("đơn vị")),
        (user.has_role(Role.TELLER) and user.counter_id is None, _("quầy")),
    ]
    return [str(words) for is_missing, words in lacks if is_missing]


class AccountAdapter(DefaultAccountAdapter):
    error_messages = DefaultAccountAdapter.error_messages | {
        "too_many_login_attempts": _(
            "Từ địa chỉ này đã có quá nhiều lần nhập sai. Xin chờ một giờ, hoặc đăng nhập từ máy ở nơi khác."
        ),
        "given_password_is_over": _(
            "Mật khẩu này do người khác đặt, đã quá 14 ngày chưa đổi nên không dùng được nữa. Xin người quản trị in giấy mới."
        ),
    }

    _address_is_held = False

    def is_open_for_signup(self, request) -> bool:
        return False

    def get_login_redirect_url(self, request) -> str:
        return landing_of(request.user)

    def get_client_ip(self, request: HttpRequest) -> str:
        """The address that brakes count by: of X-Forwarded-For only what our own proxies wrote."""
        return client_address.address_of(request)

    def pre_authenticate(self, request: HttpRequest, **credentials) -> None:
        """The hourly brakes on wrong passwords, each of one address: what somebody elsewhere does locks nobody out.

        axes counts a quarter of an hour of one account; here count the hours of one account and of all of them. A known
        machine has a brake of its own. At an address that used its hour up, whoever has a second factor may still try:
        a guessed password alone opens nothing there.
        """
        name = credentials.get("username", "").casefold()
        device = known_devices.device_of(request)
        if device and device.knows(name):
            self._login_failed_rl_usage = self._use_up(request, "known_device", f"{name} {device.name}")
            return
        account = self._use_up(request, "wrong_password", f"{name} {self.get_client_ip(request)}")
        try:
            account.usage += self._use_up(request, "wrong_at_address").usage
        except ValidationError:
            self._address_is_held = True
            if not second_factor.is_enrolled(name):
                raise
        self._login_failed_rl_usage = account

    def _use_up(self, request: HttpRequest, action: str, key: str = "") -> ratelimit.RateLimitUsage:
        """One try of a brake; raises the refusal when there is none left."""
        usage = ratelimit.consume(request, app="allauth.account", action=action, key=key or None)
        if not usage:
            raise self.validation_error("too_many_login_attempts")
        return usage

    def authenticate(self, request: HttpRequest, **credentials):
        """By the name as it is stored, so that every brake counts one account as one.

        At a held address a wrong password is told nothing more than everybody there.
        """
        if name := credentials.get("username"):
            credentials["username"] = name_of(name)
        name = credentials.get("username", "")
        try:
            user = super().authenticate(request, **credentials)
        except ValidationError:
            attempts.held_back(name=name)
            raise
        if user is None:
            attempts.wrong_password(name=name)
        if user is None and self._address_is_held:
            raise self.validation_error("too_many_login_attempts")
        if user and credential_resets.is_over(user, now=timezone.now()):
            raise self.validation_error("given_password_is_over")
        return user

    def set_password(self, user: User, password: str) -> None:
        """One's own choice, hence no longer one that somebody else gave."""
        user.password_is_given = False
        super().set_password(user, password)

    def post_login(self, request: HttpRequest, user, **facts) -> HttpResponse:
        response = super().post_login(request, user, **facts)
        known_devices.remember(request, response, username=user.get_username())
        return response

    def is_reauthentication_required(self, *, app: str, **kwargs) -> bool:
        """Not within minutes of the login itself, which asked for the same password."""
        records = get_authentication_records(context.request, context.request.user)
        if records and time.time() - records[-1]["at"] < app_settings.REAUTHENTICATION_TIMEOUT:
            return False
        return super().is_reauthentication_required(app=app, **kwargs)
