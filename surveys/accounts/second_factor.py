"""The second factor: a code from an app, demanded of whoever counts, inspects or administers, open to everybody else.

The proof is a mark in the session, set by a right code and bound to the user. Who lost the device and the recovery codes
is set back by an administrator of an office above, which is written down.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from datetime import date, datetime
from secrets import token_bytes

import segno
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.db.transaction import atomic
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _

from surveys import audit
from surveys.accounts import credential_resets
from surveys.accounts.requests import StaffRequest
from surveys.accounts.sessions import FirstPage, end_sessions
from surveys.audit import Action
from surveys.choices import Role
from surveys.context_processors import is_pilot
from surveys.crypto import keys
from surveys.models import User
from surveys.periods import local_day

DEMANDED = (Role.COUNTING, Role.INSPECTOR, Role.ADMIN)
MARK = "second-factor"
# What one may open on the way to the code, and to leave.
ON_THE_WAY = {
    "account_logout",
    "account_reauthenticate",
    "admin:logout",
    "mfa_activate_totp",
    "mfa_reauthenticate",
}
NONCE_BYTES = 12


class ResetRefused(Exception):
    """Only an administrator of an office above may set somebody back; at the top another one of the same office."""


# --- who must --------------------------------------------------------------------------------------------------
def is_on() -> bool:
    """Whether it is demanded at all: always, unless SECOND_FACTOR says otherwise; a pilot's data are only a replay."""
    return not is_pilot() if settings.SECOND_FACTOR is None else settings.SECOND_FACTOR


def is_demanded(user: User, *, on: date) -> bool:
    """By a role of one's own, or one that was lent."""
    if user.is_superuser or any(user.has_role(role) for role in DEMANDED):
        return True
    return user.delegations.in_force(on).filter(role__in=DEMANDED).exists()


def is_enrolled(username: str) -> bool:
    """Whether the account of that name is asked for a code after its password."""
    totp = Authenticator.objects.filter(type=Authenticator.Type.TOTP)
    return totp.filter(user__username__iexact=username, user__is_active=True).exists()


def mark(request: HttpRequest, user: User) -> None:
    """This session has shown a right code of this user."""
    request.session[MARK] = user.pk


def unmark(request: HttpRequest) -> None:
    request.session.pop(MARK, None)


class SecondFactorMiddleware(FirstPage):
    """Nobody of `DEMANDED` opens a page of the house without the code."""

    on_the_way = ON_THE_WAY

    def address_for(self, request: StaffRequest) -> str | None:
        if request.session.get(MARK) == request.user.pk:
            return None
        if not is_on() or not is_demanded(request.user, on=local_day(timezone.now())):
            return None
        enrolled = Authenticator.objects.filter(user=request.user, type=Authenticator.Type.TOTP).exists()
        return reverse("mfa_reauthenticate" if enrolled else "mfa_activate_totp")


# --- setting back ----------------------------------------------------------------------------------------------
def may_reset(by: User, user: User) -> bool:
    """An administrator of an office above the user's; head office has its other administrators."""
    if by == user or not by.has_role(Role.ADMIN) or by.office is None or user.office is None:
        return False
    if by.office_id == user.office_id:
        return by.office.is_head
    return user.office.path.startswith(by.office.path)


@atomic
def reset(*, user: User, by: User | None, now: datetime) -> None:
    """Forget app, recovery codes and single sign-on, and log the user out; ``by`` None: the server's own operator.

    Raises `ResetRefused`.
    """
    if by is not None and not may_reset(by, user):
        raise ResetRefused
    Authenticator.objects.filter(user=user).delete()
    SocialAccount.objects.filter(user=user).delete()
    credential_resets.note(user=user, by=by, what=credential_resets.SECOND_FACTOR, now=now)
    ended = end_sessions(user, now=now)
    audit.record(
        action=Action.SECOND_FACTOR_RESET,
        now=now,
        actor=by,
        office=user.office,
        subject=str(user),
        sessions=ended,
    )


# --- how allauth keeps it ----------------------------------------------------------------------------------------
class SecondFactorAdapter(DefaultMFAAdapter):
    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": _("Mã không đúng hoặc đã dùng. Xin chờ mã kế tiếp trong ứng dụng."),
        "cannot_delete_authenticator": _("Không gỡ được xác thực hai lớp."),
        "cannot_generate_recovery_codes": _("Cần bật xác thực hai lớp trước khi lập mã dự phòng."),
    }

    def get_totp_issuer(self) -> str:
        return "Phiếu hài lòng"

    def get_totp_label(self, user: User) -> str:
        return user.get_username()

    def build_totp_svg(self, url: str) -> SafeString:
        """In the page's own text: no image from elsewhere, no style, hence no exception from the policy."""
        drawn = segno.make(url, error="m", micro=False)
        svg = drawn.svg_inline(scale=5, border=4, dark="#000", light="#fff", omitsize=True)
        return mark_safe(svg)  # noqa: S308 - drawn by segno

    def encrypt(self, text: str) -> str:
        """AES-256-GCM under a key outside the database: a stolen backup opens no account."""
        nonce = token_bytes(NONCE_BYTES)
        sealed = AESGCM(keys.login_key()).encrypt(nonce, text.encode(), MARK.encode())
        return b64encode(nonce + sealed).decode()

    def decrypt(self, encrypted_text: str) -> str:
        raw = b64decode(encrypted_text)
        try:
            return (
                AESGCM(keys.login_key()).decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], MARK.encode()).decode()
            )
        except InvalidTag as error:  # another key than the one it was written under
            raise keys.KeyMissing("login") from error
