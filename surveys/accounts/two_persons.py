"""What holds wherever two persons answer for one act: months, standings, piles of paper, damaged rows, words.

Who may act at all is each room's to say. That whoever acts has just logged in, was not given a password by somebody else,
and is not the other person, is said here once (docs/spec/trust.md §4).
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy

from surveys.accounts import credential_resets
from surveys.models import User

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

TIME_FOR_THE_SECOND = timedelta(hours=24)
FRESH_LOGIN = timedelta(minutes=10)


class ActRefused(Exception):
    """Why an act of one of two persons does not count."""


class LoginTooOld(ActRefused):
    """Whoever signs has logged in within the last ten minutes."""


class CredentialsSetBack(ActRefused):
    """Somebody else set the person's password or second factor within the last day."""


class SamePersonTwice(ActRefused):
    """The first person cannot be the second."""


class AnotherSignatureStands(ActRefused):
    """A first signature waits for its second already."""


class NoFirstSignature(ActRefused):
    """There is nothing to sign second: it was withdrawn, signed by both, became void, or never was."""


class FirstSignatureExpired(ActRefused):
    """The second person came after a day; both sign again."""


class ChangedSince(ActRefused):
    """What is signed is not what was seen."""


SENTENCES: dict[type[Exception], StrOrPromise] = {
    LoginTooOld: gettext_lazy("Người ký phải vừa nhập mật khẩu trong 10 phút. Xin đăng nhập lại rồi ký."),
    CredentialsSetBack: credential_resets.BARRED,
    SamePersonTwice: gettext_lazy(
        "Ông/bà đã ký thứ nhất. Người ký thứ hai phải là người khác, đăng nhập bằng tài khoản của mình."
    ),
    AnotherSignatureStands: gettext_lazy(
        "Đang có một chữ ký thứ nhất chờ người thứ hai. Xin ký tiếp bản đó, hoặc chờ người đã ký rút lại."
    ),
    NoFirstSignature: gettext_lazy("Không còn chữ ký thứ nhất để ký tiếp. Xin tải lại trang."),
    FirstSignatureExpired: gettext_lazy(
        "Chữ ký thứ nhất đã quá 24 giờ nên không còn hiệu lực. Xin ký lại từ đầu."
    ),
    ChangedSince: gettext_lazy(
        "Số liệu đã đổi so với lúc xem hoặc lúc ký thứ nhất. Xin xem lại các số rồi ký từ đầu."
    ),
}


def is_fresh(logged_in_at: datetime | None, *, now: datetime) -> bool:
    """Whether a login is of the last ten minutes; one from the future, by a clock that was set back, is as old as any."""
    return logged_in_at is not None and now - FRESH_LOGIN <= logged_in_at <= now + FRESH_LOGIN


def is_over(signed_at: datetime, *, now: datetime) -> bool:
    """Whether the day of the second person is over."""
    return now >= signed_at + TIME_FOR_THE_SECOND


def check_own_credentials(user: User, *, now: datetime) -> None:
    """Raises `CredentialsSetBack`."""
    if credential_resets.bars_signing(user, now=now):
        raise CredentialsSetBack


def check_signer(user: User, *, now: datetime, logged_in_at: datetime | None) -> None:
    """Raises `LoginTooOld`, `CredentialsSetBack`."""
    if not is_fresh(logged_in_at, now=now):
        raise LoginTooOld
    check_own_credentials(user, now=now)
