"""Whoever's password or second factor was set back by somebody else does not sign for a day (docs/spec/trust.md §4).

Else one administrator is two persons: a new password for each of the two signers, and both signatures are one's own.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from django.conf import settings
from django.db.transaction import atomic
from django.utils.translation import gettext_lazy

from surveys import audit
from surveys.audit import Action
from surveys.models import CredentialReset, User

PASSWORD, SECOND_FACTOR, SIGN_ON = "mật khẩu", "xác thực hai lớp", "tên ở đăng nhập một lần"
NO_SIGNING = timedelta(hours=24)
GIVEN_FOR = timedelta(days=14)  # so long a password that somebody else gave logs in (ASVS 6.4.1)
BARRED = gettext_lazy(
    "Mật khẩu hoặc xác thực hai lớp của ông/bà vừa do người khác đặt. Sau 24 giờ mới làm được việc này; thanh tra đã thấy việc ấy."
)


@atomic
def note(*, user: User, by: User | None, what: str, now: datetime) -> None:
    """Keep it, and write it where the user's own inspector reads it; ``by`` None: the server's own operator."""
    _keep(user=user, by=by, what=what, now=now)
    audit.record(
        action=Action.LOGIN_RESET,
        now=now,
        actor=by,
        office=user.office,
        subject=str(user),
        what=what,
    )


def note_given(*, user: User, by: User, now: datetime) -> None:
    """A first password is known to whoever printed its letter: as one that was set back. The trail has the new account."""
    _keep(user=user, by=by, what=PASSWORD, now=now)


def note_renamed(*, user: User, fields: Collection[str], by: User, now: datetime) -> None:
    """Where the office's provider says who somebody is: another name lets in another person, as a new password would."""
    naming = "email" if settings.OIDC_CLAIM == "email" else "username"
    if settings.OIDC_ISSUER and naming in fields and user != by:
        note(user=user, by=by, what=SIGN_ON, now=now)


def _keep(*, user: User, by: User | None, what: str, now: datetime) -> None:
    """A password that somebody else knows is also to be changed before anything is done with it (`given_passwords`)."""
    CredentialReset.objects.create(user=user, by=by, what=what, at=now)
    if what == PASSWORD:
        user.password_is_given = True
        user.save(update_fields=["password_is_given"])


def is_over(user: User, *, now: datetime) -> bool:
    """Whether the standing password was given by somebody else and not changed in time. The first leader's, which set-up
    asked for, has no letter and no end."""
    if not user.password_is_given:
        return False
    last = CredentialReset.objects.filter(user=user, what=PASSWORD).order_by("at").last()
    return last is not None and last.at <= now - GIVEN_FOR


def bars_signing(user: User, *, now: datetime) -> bool:
    """Whether it was less than a day ago; a clock that was set back does not shorten it."""
    return CredentialReset.objects.filter(user=user, at__gt=now - NO_SIGNING).exists()
