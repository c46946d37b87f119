"""Paper ballots printed beforehand: stubs drawn for a pad, and the paper slip that takes one over.

Source: docs/spec/trust.md §2 and §4.

The plain codes are returned once, for the one file that prints them. A stub opens nothing: only a slip on paper takes
it over, and a slip on paper cannot be cast.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db.models import Max, Q
from django.db.transaction import atomic

from surveys import audit
from surveys.audit import Action
from surveys.choices import SlipChannel, SlipState
from surveys.crypto import codes, keys
from surveys.models import Office, Slip, Stub, User
from surveys.periods import closing_from, parse_period
from surveys.reference.errors import IssuingRefused
from surveys.slips import issuing

LARGEST = 500  # sheets; half of that on A4


class TooManySheets(ValueError):
    """A pad has 1 to 500 sheets."""


class StubUnknown(IssuingRefused):
    """No stub bears what was typed."""


class StubOfAnotherOffice(IssuingRefused):
    """The stub was printed for another office's box."""


class StubSpent(IssuingRefused):
    """The stub went with another slip already."""


class SlipNotOnPaper(IssuingRefused):
    """The slip was last handed out another way."""


class SlipNotOpen(IssuingRefused):
    """Its cancellation was asked for, or its period is closed."""


@dataclass(frozen=True)
class Printed:
    """One stub with its plain code, for the one file that prints it."""

    serial: str
    code: str


@atomic
def make_pad(*, office: Office, sheets: int, by: User, now: datetime) -> list[Printed]:
    """Draw the stubs of one pad for a box, in the order they are printed. Raises `TooManySheets`.

    None of its serials was ever used or printed by the office. The trail keeps who had how many printed, and no code.
    """
    if not 1 <= sheets <= LARGEST:
        raise TooManySheets
    Office.objects.select_for_update().get(pk=office.pk)  # one pad at a time: they are numbered
    number = (Stub.objects.of(office).aggregate(last=Max("pad"))["last"] or 0) + 1
    printed = [Printed(serial, codes.new_code()) for serial in issuing.free_serials(office, sheets)]
    key = keys.slip_key()
    Stub.objects.bulk_create(
        Stub(
            office=office, pad=number, serial=one.serial, made_by=by, made_at=now, **codes.macs(key, one.code)
        )
        for one in printed
    )
    audit.record(
        action=Action.PAD_PRINTED, now=now, actor=by, office=office, subject=f"{number}", sheets=sheets
    )
    return printed


def is_printed_for(office: Office) -> bool:
    """Whether the box still has stubs that no slip took."""
    return Stub.objects.of(office).filter(is_spent=False).exists()


def has_stub(slip: Slip) -> bool:
    """Whether a slip took a printed stub; the register's knowledge, nothing about its use."""
    return Stub.objects.filter(slip=slip).exists()


@atomic
def adopt_stub(*, slip: Slip, typed: str, now: datetime) -> Slip:
    """Give a slip on paper the serial and the code of a printed stub, by its serial or code; the same again is the same.

    Raises `StubUnknown`, `StubOfAnotherOffice`, `StubSpent`, `SlipNotOnPaper`, `SlipNotOpen`. What was asked of the slip
    decides, never its state: nobody learns from it whether the slip was used. A stub once taken is spent for good.
    """
    standing = Slip.objects.select_for_update().get(pk=slip.pk)
    _check_open(standing, now)
    stub = _find(standing.office, typed)
    if stub.slip_id == standing.pk:
        return standing
    Stub.objects.filter(slip=standing).update(slip=None)
    # The one statement that decides between two tellers with the same stub in hand.
    if not Stub.objects.filter(pk=stub.pk, is_spent=False).update(is_spent=True, slip=standing):
        raise StubSpent
    taken = {"serial": stub.serial, "code_mac": stub.code_mac, "short_mac": stub.short_mac}
    # Never a code that somebody holds on a slip that can be cast: unused, it must be on paper.
    on_paper = Q(channel=SlipChannel.PAPER, expires_at__isnull=True)
    if not Slip.objects.filter(on_paper | ~Q(state=SlipState.ISSUED), pk=standing.pk).update(**taken):
        raise SlipNotOnPaper
    standing.serial = stub.serial
    return standing


def _check_open(slip: Slip, now: datetime) -> None:
    if issuing.way_asked(slip) != SlipChannel.PAPER:
        raise SlipNotOnPaper
    is_closed = closing_from(parse_period(slip.period), settings.SLIP_GRACE_DAY) <= now
    if issuing.is_cancel_requested(slip) or is_closed:
        raise SlipNotOpen


def _find(office: Office, typed: str) -> Stub:
    name = codes.stub_name(keys.slip_key(), typed)
    if name is None:
        raise StubUnknown
    column, value = name
    found = list(Stub.objects.filter(**{column: value}))
    ours = next((stub for stub in found if stub.office_id == office.pk), None)
    if ours is None:
        raise StubOfAnotherOffice if found else StubUnknown
    return ours
