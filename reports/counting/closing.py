"""What is due in a period's life: the nightly mix and the closing, each step in a transaction of its own."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime

from django.conf import settings
from django.db.transaction import atomic

from reports.rollups import roll_up
from surveys import issuing, mixing
from surveys.choices import SlipChannel, SlipState
from surveys.models import AuditEntry, Batch, Office, Slip
from surveys.periods import NotAPeriod, Period, closing_from, parse_period

BOX_TAMPERED = "box_tampered"


def mix_box(*, office: Office, period: Period, now: datetime, closing: bool = False) -> Batch | None:
    """Mix one box and count what it released; the batch, or None when nothing was released.

    Counting again what was counted before is harmless, and makes up for a night that broke off in between. A box with
    a false tag is entered in the audit trail, and `BoxTampered` raised.
    """
    try:
        batch = mixing.mix(office=office, period=period, now=now, closing=closing)
    except mixing.BoxTampered:
        detail = json.dumps({"period": str(period)})
        AuditEntry.objects.create(
            at=now, office=office, action=BOX_TAMPERED, subject=str(period), detail=detail
        )
        raise
    roll_up(office=office, period=period)
    return batch


def close_period(*, office: Office, period: Period, now: datetime) -> Batch | None:
    """Expire what was never used, then the closing mix, then the count (TRUST.md section 4).

    Never inside a transaction: expiry must stand before the mix looks into the box, so that no ballot comes in after.
    """
    with atomic(durable=True):
        issuing.expire_slips(office=office, period=period)
    return mix_box(office=office, period=period, now=now, closing=True)


def periods_to_close(*, now: datetime) -> Iterable[tuple[Office, Period]]:
    """Periods whose time is over and that had no closing mix; those with paper outstanding wait for their entry."""
    closed = set(Batch.objects.filter(is_closing=True).values_list("office", "period"))
    handed_out = set(Slip.objects.order_by().values_list("office", "period").distinct())
    offices = Office.objects.in_bulk({office for office, _period in handed_out - closed})
    for office, text in sorted(handed_out - closed):
        try:
            period = parse_period(text)
        except NotAPeriod:  # a campaign closes on a day of its own
            continue
        if now >= closing_from(period, settings.SLIP_GRACE_DAY) and not _paper_is_out(
            offices[office], period
        ):
            yield offices[office], period


def _paper_is_out(office: Office, period: Period) -> bool:
    slips = Slip.objects.of(office).in_period(period)
    return slips.filter(channel=SlipChannel.PAPER, state=SlipState.ISSUED).exists()
