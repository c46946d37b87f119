"""What must agree before a period is sealed: expected beside counted (docs/spec/trust.md §1).

A difference never disappears. One that paper explains needs a note by a person; a broken invariant cannot be noted
away: the seal refuses it, the inspector is told, and the period and those after it stay open until it is cleared up.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime

from django.db.models import Count
from django.db.transaction import atomic

from reports.closing.closing import NotInTheTeam
from reports.models import DifferenceNote
from reports.month.rollups import held_back
from surveys import audit, evidence
from surveys.audit import Action
from surveys.box import mixing
from surveys.choices import SlipChannel, SlipState, VoidReason
from surveys.models import (
    Ballot,
    Batch,
    Office,
    PaperPile,
    PileState,
    Receipt,
    Slip,
    Spent,
    User,
    VoidMark,
)
from surveys.periods import Period, local_day
from surveys.reference.questionnaires import questionnaire_of


class UnknownDifference(Exception):
    """There is no such difference to write a note on."""


@dataclass(frozen=True)
class Register:
    """Slips of one counter, one channel or the whole office; ``waiting`` are neither used nor ended."""

    name: str = ""
    issued: int = 0
    returned: int = 0
    expired: int = 0
    cancelled: int = 0
    paper: int = 0  # of the returned

    @property
    def digital(self) -> int:
        return self.returned - self.paper

    @property
    def waiting(self) -> int:
        return self.issued - self.returned - self.expired - self.cancelled

    def __add__(self, other: Register) -> Register:
        numbers = [field.name for field in fields(self) if field.name != "name"]
        return Register(self.name, *(getattr(self, each) + getattr(other, each) for each in numbers))


@dataclass(frozen=True)
class Check:
    """One invariant: what the register says must be there, and what is counted in the box."""

    subject: str
    words: str
    expected: int
    counted: int

    @property
    def gap(self) -> int:
        return self.counted - self.expected

    @property
    def apart(self) -> int:
        return abs(self.gap)

    @property
    def holds(self) -> bool:
        return not self.gap


@dataclass(frozen=True)
class Paper:
    """The piles of one counter that are in the box."""

    stubs: int = 0
    sheets: int = 0
    foreign: int = 0

    @property
    def missing(self) -> int:
        return self.stubs - self.sheets


@dataclass(frozen=True)
class Difference:
    """What needs a note. ``is_broken``: no note helps."""

    subject: str
    words: str
    is_broken: bool
    notes: Sequence[DifferenceNote]

    @property
    def is_noted(self) -> bool:
        return bool(self.notes)

    @property
    def is_urgent(self) -> bool:
        """Whether somebody has to do something about it."""
        return self.is_broken or not self.notes


@dataclass(frozen=True)
class VoidRate:
    """Void ballots among those marked one way."""

    words: str
    ballots: int
    void: int


@dataclass(frozen=True)
class Reconciliation:
    """Register, box and paper of one office and period, and what does not agree."""

    counters: Sequence[tuple[Register, Paper]]
    channels: Sequence[Register]
    total: Register
    paper: Paper
    checks: Sequence[Check]
    differences: Sequence[Difference]
    voids: Sequence[tuple[str, int]]  # reason in words, ballots
    void_rates: Sequence[VoidRate]  # satisfied, then dissatisfied; empty while one side has fewer than ten

    @property
    def broken(self) -> list[Check]:
        return [check for check in self.checks if not check.holds]

    @property
    def without_note(self) -> list[Difference]:
        return [each for each in self.differences if not each.is_noted]


def reconcile(*, office: Office, period: Period) -> Reconciliation:
    """Where register, box and paper stand now. Counts only; the box is asked how many, never which."""
    counters, channels = _register(office, period)
    total = sum(counters.values(), start=Register("Cộng"))
    papers = _papers(office, period)
    names = dict.fromkeys([*counters, *papers])
    checks = _checks(office, period, total)
    return Reconciliation(
        counters=[(counters.get(name, Register(name)), papers.get(name, Paper())) for name in names],
        channels=list(channels.values()),
        total=total,
        paper=Paper(
            sum(each.stubs for each in papers.values()),
            sum(each.sheets for each in papers.values()),
            sum(each.foreign for each in papers.values()),
        ),
        checks=checks,
        differences=_differences(office, period, checks, papers),
        voids=_voids(office, period),
        void_rates=_void_rates(office, period),
    )


@atomic
def note_difference(
    *, office: Office, period: Period, subject: str, text: str, user: User, now: datetime
) -> DifferenceNote:
    """Write down what the team found out about a difference; it stays for good. Notes add up, none replaces another.

    Raises `NotInTheTeam`, `UnknownDifference`.
    """
    if not user.counts_for(office, local_day(now)):
        raise NotInTheTeam
    if subject not in {each.subject for each in reconcile(office=office, period=period).differences}:
        raise UnknownDifference
    about = {"about": subject}
    audit.record(
        action=Action.DIFFERENCE_NOTED, actor=user, office=office, subject=str(period), now=now, **about
    )
    return DifferenceNote.objects.create(
        office=office, period=str(period), subject=subject, text=text, author=user, noted_at=now
    )


def _register(office: Office, period: Period) -> tuple[dict[str, Register], dict[str, Register]]:
    """By counter's name and by channel."""
    counters: dict[str, Register] = {}
    channels: dict[str, Register] = {}
    slips = Slip.objects.of(office).in_period(period)
    for row in slips.participation("counter__code", "counter__name", "channel"):
        counts = [row[name] for name in ("issued", "returned", "expired", "cancelled", "paper")]
        by_channel = str(SlipChannel(row["channel"]).label)
        for found, name in ((counters, row["counter__name"]), (channels, by_channel)):
            found[name] = found.get(name, Register(str(name))) + Register("", *counts)
    return counters, channels


def _papers(office: Office, period: Period) -> dict[str, Paper]:
    papers: dict[str, Paper] = {}
    piles = PaperPile.objects.of(office).in_period(period).filter(state=PileState.ENTERED)
    columns = "counter__name", "stubs", "sheets", "foreign"
    for name, stubs, sheets, foreign in piles.order_by("counter__code").values_list(*columns):
        have = papers.get(name, Paper())
        papers[name] = Paper(
            have.stubs + (stubs or 0), have.sheets + (sheets or 0), have.foreign + (foreign or 0)
        )
    return papers


def _checks(office: Office, period: Period, total: Register) -> list[Check]:
    marks = Spent.objects.filter(slip__office=office, slip__period=str(period))
    spent, spent_at_all = marks.filter(slip__state=SlipState.USED).count(), marks.count()
    boxed, boxed_digital = mixing.box_counts().get((office.pk, str(period)), (0, 0))
    released = Ballot.objects.of(office).in_period(period).count()
    receipts = Receipt.objects.of(office).in_period(period).count()
    piles = PaperPile.objects.of(office).in_period(period).filter(state=PileState.ENTERED)
    stubs = sum(n or 0 for n in piles.values_list("stubs", flat=True))
    return [
        Check("spent", "Phiếu đã dùng có dấu đã dùng", total.returned, spent),
        Check("ghosts", "Dấu đã dùng chỉ có ở phiếu đã dùng", spent, spent_at_all),
        Check("box", "Phiếu đã dùng có trong hòm hoặc đã mở", total.returned, boxed + released),
        Check("receipts", "Phiếu điện tử đã dùng có biên nhận", total.digital, boxed_digital + receipts),
        Check("paper", "Cuống phiếu giấy đã thu có trong các xấp", total.paper, stubs),
    ]


def _differences(
    office: Office, period: Period, checks: Sequence[Check], papers: Mapping[str, Paper]
) -> list[Difference]:
    notes: dict[str, list[DifferenceNote]] = defaultdict(list)
    for note in DifferenceNote.objects.of(office).in_period(period).select_related("author"):
        notes[note.subject].append(note)
    found = [
        (check.subject, f"{check.words}: phải có {check.expected}, đếm được {check.counted}", True)
        for check in checks
        if not check.holds
    ]
    for name, each in papers.items():
        if each.missing:
            words = f"{name}, phiếu giấy: {each.stubs} cuống, {each.sheets} phiếu"
            found.append((f"missing {name}"[:60], words, False))
        if each.foreign:
            found.append(
                (f"foreign {name}"[:60], f"{name}: {each.foreign} phiếu không phải của đơn vị", False)
            )
    standing = {subject for subject, _words, _broken in found}
    # What was noted once is told for good, even where later paper made up for it.
    past = [
        (subject, "Chỗ lệch đã ghi chú, nay đã khớp", False) for subject in notes if subject not in standing
    ]
    return [Difference(subject, words, broken, notes[subject]) for subject, words, broken in [*found, *past]]


def _voids(office: Office, period: Period) -> list[tuple[str, int]]:
    rows = (
        VoidMark.objects.filter(ballot__office=office, ballot__period=str(period))
        .values_list("reason")
        .order_by("reason")
        .annotate(n=Count("pk"))
    )
    return [(str(VoidReason(reason).label), n) for reason, n in rows]


def _void_rates(office: Office, period: Period) -> list[VoidRate]:
    """Whether one kind of answer was voided more than the other; told when each kind has ten ballots or more.

    Void sheets without a whole answer belong to neither side. A small last batch waits for the seal, as everywhere.
    """
    batches = held_back(Batch.objects.of(office).in_period(period))
    ballots = Ballot.objects.of(office).in_period(period).exclude(batch__in=batches)
    sides = {True: [0, 0], False: [0, 0]}
    rows = (
        ballots.values("questionnaire", "answers").order_by().annotate(n=Count("pk"), void=Count("void_mark"))
    )
    for row in rows:
        answers, criteria = json.loads(row["answers"]), questionnaire_of(row["questionnaire"]).counted
        if any(level is not None for level in answers.values()) and evidence.complete(answers, criteria):
            side = sides[evidence.satisfied(answers, criteria)]
            side[0] += row["n"]
            side[1] += row["void"]
    if min(side[0] for side in sides.values()) < 10:
        return []
    return [VoidRate("Phiếu hài lòng", *sides[True]), VoidRate("Phiếu không hài lòng", *sides[False])]
