"""Tell people what asks for them: the month when it is sealed, the week's participation, a signal among released ballots.

Nothing is told of one ballot: a signal is the one that the month's page shows, with at least three dissatisfied ballots.
Only closed periods are judged. The list in the house is made first; letters follow, are tried again, and may be switched off.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from smtplib import SMTPException

from django.conf import settings
from django.core import signing
from django.core.mail import EmailMessage
from django.db.models import F
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from reports.arithmetic.shares import rate_beside
from reports.models import DueRun, Notice, NoticeKind, NoticeOff, Seal
from reports.models.notices import TEXT_LENGTH
from reports.month import snapshot, wording
from surveys.accounts.holders import holders
from surveys.choices import Role
from surveys.database import replication
from surveys.models import Office, Slip, User
from surveys.periods import Period, local_day, parse_period, range_of, start_of
from surveys.spreadsheets.cleaning import visible
from surveys.vietnamese import group, short_date

LEAST_DISSATISFIED = 3
SEALED_LATELY = timedelta(days=7)
MOST_AT_ONCE, MOST_ATTEMPTS = 50, 8
FIRST_WAIT = timedelta(minutes=10)
OFF_SALT, TELL_SEAL = "notice-off", "tell seal "
log = logging.getLogger(__name__)


# ── What is told ───────────────────────────────────────────────────────────────────────


def untold_seals(*, now: datetime) -> list[Seal]:
    """The seals of the last days, of months and quarters, that nobody was told of; two queries."""
    lately = Seal.objects.filter(sealed_at__gt=now - SEALED_LATELY, sealed_at__lte=now)
    told = set(DueRun.objects.filter(job__startswith=TELL_SEAL).values_list("job", flat=True))
    found = lately.filter(period__range=("2000-01", "2199-Q4")).select_related("office").order_by("pk")
    return [seal for seal in found if job_of(seal) not in told]


def job_of(seal: Seal) -> str:
    return f"{TELL_SEAL}{seal.pk}"


def tell_sealed(*, seal: Seal, now: datetime) -> None:
    """The month's one sentence to the leadership of the office that sealed it."""
    period = parse_period(seal.period)
    text = str(wording.first_glance(snapshot.take(office=seal.office, stretch=period, now=now)))
    subject = f"{period} v{seal.version}"
    _tell(seal.office, NoticeKind.SEALED, subject, text, _page(seal.office, period), now)
    tell_signal(office=seal.office, period=period, now=now)


def tell_week(*, now: datetime) -> None:
    """Participation of the seven days before today; answers play no part."""
    today = local_day(now)
    first, end = start_of(today - timedelta(days=7)), start_of(today)
    subject = f"{today - timedelta(days=7)}"
    slips = Slip.objects.issued_between(first, end).filter(period__range=("2000-01", "2199-Q4"))
    rows = {row["office"]: row for row in slips.participation("office")}
    for office in Office.objects.sealing().in_force(today).filter(pk__in=rows):
        row = rows[office.pk]
        text = _(
            "Từ %(first)s đến %(last)s: phát ra %(issued)s, thu về %(returned)s%(rate)s. Phiếu phát cuối tuần còn có thể gửi về."
        ) % {
            "first": short_date(today - timedelta(days=7)),
            "last": short_date(today - timedelta(days=1)),
            "issued": group(row["issued"]),
            "returned": group(row["returned"]),
            "rate": rate_beside(row["returned"], row["issued"]),
        }
        path = reverse("reports:month", kwargs={"office": office.code})
        _tell(office, NoticeKind.WEEKLY, subject, text, path, now)


def tell_signal(*, office: Office, period: Period, now: datetime) -> None:
    """Once a period: what its page says where it shows a signal of dissatisfied ballots; only closed periods are judged."""
    month = snapshot.take(office=office, stretch=period, now=now)
    course, totals = month.over_time, month.totals
    if course.judgement is None or not course.judgement.is_signal:
        return
    if (totals.dissatisfied or 0) < LEAST_DISSATISFIED:
        return
    text = " ".join((f"{wording.capital(month.label)}.", *course.change_sentences, _("Xin xem các vụ việc.")))
    _tell(office, NoticeKind.SIGNAL, str(period), text, _page(office, period), now)


def remind_late(*, office: Office, period: Period, days: int, now: datetime) -> None:
    """What head office says of a period that should have been sealed; once a day for each office."""
    text = _("KBNN cấp trên nhắc: %(period)s chưa niêm phong, trễ %(days)s ngày.") % {
        "period": period.label,
        "days": group(days),
    }
    path = reverse("reports:counting_room", args=[office.code, str(period)])
    _tell(office, NoticeKind.REMIND, f"{period} {local_day(now)}", text, path, now)


def _page(office: Office, period: Period) -> str:
    months = range_of(period)
    return f"{reverse('reports:month', kwargs={'office': office.code})}?from={months.first}&to={months.last}"


def _tell(office: Office, kind: NoticeKind, subject: str, text: str, path: str, now: datetime) -> None:
    """One row for each leader of the office; what stands already is left alone."""
    leaders = leaders_of(office)
    off = set(NoticeOff.objects.filter(kind=kind).values_list("user", flat=True))
    Notice.objects.bulk_create(
        (
            Notice(
                office=office,
                user=user,
                kind=kind,
                subject=subject,
                text=text[:TEXT_LENGTH],
                path=path,
                made_at=now,
                letter_due_at=now if user.email and user.pk not in off else None,
            )
            for user in leaders
        ),
        ignore_conflicts=True,
    )


def leaders_of(office: Office) -> list[User]:
    """Leadership of the office and of its departments; an office below with a box of its own is told of that one."""
    found = holders(Role.LEADERSHIP, on=timezone.localdate()).filter(office__path__startswith=office.path)
    return [user for user in found.select_related("office").distinct() if user.sealing_office == office]


# ── Letters ────────────────────────────────────────────────────────────────────────────


def send_letters(*, now: datetime) -> bool:
    """Send what waits; False when one was refused. Tried again after 10, 20, 40 … minutes, eight times in all."""
    sound = True
    waiting = Notice.objects.letters_due(now).select_related("user", "office").order_by("letter_due_at", "pk")
    for notice in waiting[:MOST_AT_ONCE]:
        replication.barrier()  # what a letter tells cannot be taken back
        try:
            letter(notice).send()
        except (
            OSError,
            SMTPException,
        ) as error:  # a server that is away, a name that is not found, a letter refused
            _try_later(notice, now)
            log.error(
                "letter %d to %s not sent, attempt %d: %s", notice.pk, notice.user, notice.attempts + 1, error
            )
            sound = False
        else:
            Notice.objects.filter(pk=notice.pk).update(letter_sent_at=now, attempts=F("attempts") + 1)
            log.info("letter %d to %s sent", notice.pk, notice.user)
    return sound


def _try_later(notice: Notice, now: datetime) -> None:
    attempts = notice.attempts + 1
    again = None if attempts >= MOST_ATTEMPTS else now + FIRST_WAIT * 2 ** (attempts - 1)
    Notice.objects.filter(pk=notice.pk).update(attempts=attempts, letter_due_at=again)


def letter(notice: Notice) -> EmailMessage:
    """Plain words, where to look, and how to hear no more of it with one click."""
    off = f"{settings.BASE_URL}{reverse('reports:notices_off', args=[off_token(notice.user, notice.kind)])}"
    body = _("%(text)s\n\nXem tại: %(url)s\n\nTắt thư loại này: %(off)s") % {
        "text": notice.text,
        "url": f"{settings.BASE_URL}{notice.path}",
        "off": off,
    }
    return EmailMessage(
        subject=visible(f"{notice.office.short_name}: {notice.get_kind_display()}"),
        body=body,
        to=[notice.user.email],
        headers={"List-Unsubscribe": f"<{off}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"},
    )


# ── One click ──────────────────────────────────────────────────────────────────────────


def off_token(user: User, kind: str) -> str:
    return signing.dumps([user.pk, str(kind)], salt=OFF_SALT)


def read_token(token: str) -> tuple[User, NoticeKind] | None:
    """Whose letters of which kind; None for what we never signed."""
    try:
        pk, kind = signing.loads(token, salt=OFF_SALT)
        return User.objects.get(pk=pk), NoticeKind(kind)
    except (signing.BadSignature, User.DoesNotExist, ValueError, TypeError):
        return None


def switch(*, user: User, kind: NoticeKind, on: bool) -> None:
    """Letters of a kind on or off; those that wait are not sent after all."""
    if on:
        NoticeOff.objects.filter(user=user, kind=kind).delete()
        return
    NoticeOff.objects.get_or_create(user=user, kind=kind)
    waiting = Notice.objects.filter(user=user, kind=kind, letter_sent_at__isnull=True)
    waiting.update(letter_due_at=None)
