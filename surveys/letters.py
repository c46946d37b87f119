"""Letters to the invited: one code each, in no other place. Nothing is sent where no mail server is set up."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.utils.formats import date_format

from surveys.campaigning import Invited
from surveys.models import Campaign, Invitation

SUBJECT = "Mời trả lời: {name}"
REMINDER = "Nhắc: {name}"
TEXT = """Kính gửi {organisation},

Kho bạc Nhà nước mời ông/bà trả lời đợt khảo sát “{name}” ({basis}), từ {first} đến hết {last}.

Phiếu của ông/bà: {address}
(mã này dùng được một lần; hoặc gõ {short} tại {typed})

Phiếu không ghi tên. Chúng tôi biết mã nào chưa dùng để nhắc, không biết ai đã trả lời thế nào.
"""


def link(code: str) -> str:
    """The address of a code's ballot."""
    return f"{settings.BASE_URL}/p/{code}"


def send(*, invited: Iterable[Invited], campaign: Campaign, reminding: bool, now: datetime) -> int:
    """Send each invited with an address one letter; how many went. Raises OSError when the mail server is away.

    A letter that went is remembered at once, so that a run that breaks off is told how far it came.
    """
    sent = 0
    with get_connection() as connection:
        for one in invited:
            if not one.invitation.email:
                continue
            _letter(one, campaign, reminding, connection).send()
            if not reminding:
                Invitation.objects.filter(pk=one.invitation.pk).update(mailed_at=now)
            sent += 1
    return sent


def _letter(one: Invited, campaign: Campaign, reminding: bool, connection) -> EmailMessage:
    words = {
        "organisation": one.invitation.organisation,
        "name": campaign.name,
        "basis": campaign.legal_basis,
        "first": date_format(campaign.opens_on, "j/n/Y"),
        "last": date_format(campaign.ends_on, "j/n/Y"),
        "address": link(one.code),
        "short": one.code[:12],
        "typed": f"{settings.BASE_URL}/p",
    }
    subject = (REMINDER if reminding else SUBJECT).format(name=campaign.name)
    return EmailMessage(subject, TEXT.format(**words), to=[one.invitation.email], connection=connection)
