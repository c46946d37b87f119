"""Letters to the invited: first mailings and reminders, one at a time, each code safe until its letter was accepted.

A reminder brings a fresh code, since the plain one of the first letter is kept nowhere. The old code stays valid until the
mail server accepted the new letter; a refused letter's code is forgotten; where the server's answer was not heard, both
stay (docs/spec/trust.md §2, two codes for a moment).
"""

from __future__ import annotations

import smtplib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import make_msgid
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.db.models import Q
from django.db.transaction import atomic
from django.template.loader import render_to_string
from django.utils.formats import date_format

from surveys.campaigns.invitations import Invited, invited_slips
from surveys.choices import SlipState
from surveys.crypto import codes, keys
from surveys.models import Campaign, CampaignUnit, Invitation, PendingCode, Slip
from surveys.periods import local_day, start_of

SUBJECT = "Mời trả lời: {name}"
REMINDER = "Nhắc: {name}"
TEXT = """Kính gửi {organisation},

Kho bạc Nhà nước mời ông/bà trả lời đợt khảo sát “{name}” ({basis}), từ {first} đến hết {last}.

Phiếu của ông/bà: {address}
(mã này dùng được một lần; hoặc gõ {short} tại {typed})

Phiếu không ghi tên. Chúng tôi biết mã nào chưa dùng để nhắc, không biết ai đã trả lời thế nào.
"""
#: The server took the letter's envelope or words apart and said no; the next one may pass.
REFUSALS = (smtplib.SMTPRecipientsRefused, smtplib.SMTPDataError)


@dataclass
class Mailing:
    """What became of a run of letters: how many were accepted, whose address was refused, whether it broke off."""

    accepted: int = 0
    refused: list[str] = field(default_factory=list)
    broke_off: bool = False

    def __add__(self, other: Mailing) -> Mailing:
        return Mailing(
            self.accepted + other.accepted,
            self.refused + other.refused,
            self.broke_off or other.broke_off,
        )


def link(code: str) -> str:
    """The address of a code's ballot."""
    return f"{settings.BASE_URL}/p/{code}"


def send_first(*, invited: Iterable[Invited], campaign: Campaign, now: datetime) -> Mailing:
    """Send each invited with an address the first letter. Raises OSError where no mail server answers: none went then."""
    return _send(
        (one for one in invited if one.invitation.email),
        campaign,
        SUBJECT,
        now,
        accepted=lambda one: Invitation.objects.filter(pk=one.invitation.pk).update(mailed_at=now),
    )


def remind(*, unit: CampaignUnit, now: datetime) -> Mailing:
    """Write to everybody invited by letter whose code waits for an answer, once a day at most.

    Staff are told how many, never who; an address that was refused is told, since somebody must mend it. Whoever never
    had a first letter, because its mailing broke off, gets this one. Raises OSError where no mail server answers.
    """
    return _send(
        _fresh_codes(unit, now),
        unit.campaign,
        REMINDER,
        now,
        accepted=lambda one: _retire_old_code(one, now),
        refused=lambda one: _pending(one).delete(),
    )


def _send(
    invited: Iterable[Invited],
    campaign: Campaign,
    subject: str,
    now: datetime,
    *,
    accepted,
    refused=lambda one: None,
) -> Mailing:
    """The server is asked for first, so that no code is made for a letter that cannot go."""
    mailing = Mailing()
    with get_connection() as connection:
        for one in invited:
            try:
                letter_to(one, campaign, subject, connection).send()
            except REFUSALS:
                refused(one)
                mailing.refused.append(one.invitation.email)
            except OSError:  # its answer was not heard: the letter may have gone
                mailing.broke_off = True
                break
            else:
                accepted(one)
                mailing.accepted += 1
    return mailing


def _fresh_codes(unit: CampaignUnit, now: datetime) -> Iterator[Invited]:
    """One code after the other, each made when its letter is about to go."""
    today = start_of(local_day(now))
    waiting = invited_slips(unit.campaign).filter(
        Q(invitation__reminded_at__isnull=True) | Q(invitation__reminded_at__lt=today),
        ~Q(invitation__email=""),
        office=unit.office_id,
        state=SlipState.ISSUED,
        expires_at__gt=now,
    )
    for slip in waiting.select_related("invitation").order_by("invitation__organisation", "pk"):
        code = codes.new_code()
        PendingCode.objects.create(slip=slip, **codes.macs(keys.slip_key(), code))
        yield Invited(slip.invitation, slip, code)


@atomic
def _retire_old_code(one: Invited, now: datetime) -> None:
    """The accepted letter's code becomes the slip's own, also where the slip was used meanwhile: nobody learns of it."""
    Slip.objects.filter(pk=one.slip.pk).update(**codes.macs(keys.slip_key(), one.code))
    PendingCode.objects.filter(slip=one.slip).delete()
    Invitation.objects.filter(pk=one.invitation.pk, mailed_at__isnull=True).update(mailed_at=now)
    Invitation.objects.filter(pk=one.invitation.pk).update(reminded_at=now)


def _pending(one: Invited):
    return PendingCode.objects.filter(**codes.macs(keys.slip_key(), one.code))


def letter_to(one: Invited, campaign: Campaign, subject: str, connection) -> EmailMultiAlternatives:
    """Text and HTML alike; the code stands in the body only. ``Auto-Submitted``: RFC 3834, ``List-Unsubscribe``: RFC 2369."""
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
    letter = EmailMultiAlternatives(
        subject.format(name=campaign.name),
        TEXT.format(**words),
        to=[one.invitation.email],
        connection=connection,
        headers={
            "Auto-Submitted": "auto-generated",
            "List-Unsubscribe": f"<mailto:{settings.DEFAULT_FROM_EMAIL}?subject=unsubscribe>",
            "Message-ID": make_msgid(domain=urlsplit(settings.BASE_URL).hostname),
        },
    )
    letter.attach_alternative(render_to_string("surveys/campaign/letter.html", words), "text/html")
    return letter
