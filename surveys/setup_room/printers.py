"""Printers of the counters: what their queues say, and a test slip that whoever holds it confirms from a telephone."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.core import signing
from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone

from surveys import audit, printing
from surveys.audit import Action
from surveys.choices import SlipFormat
from surveys.models import AuditEntry, Counter, User
from surveys.periods import local_day

SALT = "surveys.setup_room.printers"
LIVES = 3600  # seconds in which the button of a test slip works


@dataclass(frozen=True)
class Printer:
    """``trouble``: what is wrong in words, '' when the queue takes a slip; ``confirmed_at``: the last test slip on paper."""

    counter: Counter
    trouble: str
    confirmed_at: datetime | None


def printers_of(counters: Iterable[Counter]) -> list[Printer]:
    """Of the counters that hand out printed slips. Asks each queue once."""
    wanted = [each for each in counters if each.offers_slip]
    confirmed = dict(
        AuditEntry.objects.filter(
            action=Action.TEST_SLIP_CAME_OUT, office__in={each.box_office.pk for each in wanted}
        )
        .order_by("at")
        .values_list("subject", "at")
    )
    said: dict[str, str] = {}
    for counter in wanted:
        if counter.printer not in said:
            said[counter.printer] = trouble_of(counter.printer)
    return [Printer(each, said[each.printer], confirmed.get(_subject(each))) for each in wanted]


def trouble_of(printer: str) -> str:
    try:
        printing.look(printer)
    except printing.PrinterProblem as problem:
        return str(problem.trouble.label)
    return ""


def print_test(*, counter: Counter, by: User, now: datetime) -> None:
    """Raises `printing.PrinterProblem`; then nothing was printed."""
    printing.look(counter.printer)
    address = settings.BASE_URL + reverse("surveys:print_test", args=[signing.dumps(counter.pk, salt=SALT)])
    try:
        pdf = printing.test_pdf(
            office=counter.box_office.name,
            place=counter.name,
            printed_at=timezone.localtime(now),
            address=address,
            form=counter.slip_format,
        )
    except printing.NoPango as error:
        raise printing.PrinterProblem(printing.Trouble.NO_PANGO) from error
    printing.send(
        counter.printer, pdf, title="Phieu thu", media=printing.FORMATS[SlipFormat(counter.slip_format)].media
    )
    audit.record(
        action=Action.TEST_SLIP_PRINTED,
        actor=by,
        office=counter.box_office,
        now=now,
        subject=_subject(counter),
    )


def counter_of(token: str) -> Counter | None:
    """Whose test slip it is, within the hour."""
    try:
        pk = signing.loads(token, salt=SALT, max_age=LIVES)
    except signing.BadSignature:
        return None
    return Counter.objects.select_related("office").filter(pk=pk, closed_on__isnull=True).first()


def confirm(*, token: str, counter: Counter, now: datetime) -> None:
    """The slip came out. Pressed again it is noted once."""
    if cache.add(f"print-test:{token[-24:]}", 1, LIVES):
        audit.record(
            action=Action.TEST_SLIP_CAME_OUT, office=counter.box_office, now=now, subject=_subject(counter)
        )


def open_counters(user: User, *, now: datetime) -> list[Counter]:
    counters = Counter.objects.visible_to(user).open_on(local_day(now)).select_related("office", "box_office")
    return list(counters.order_by("office__path", "code"))


def _subject(counter: Counter) -> str:
    return f"{counter} ({counter.code})"
