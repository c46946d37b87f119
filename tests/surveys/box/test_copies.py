"""What a folder of nightly copies and a dump by day tell of the ballots that wait (docs/spec/trust.md §3).

Twenty days of voting are played once a module. The reader has every night's register, box and ledger, and knows the
rules; what a box of ballots in clear would tell is worked out beside it from the truth, so that the attack is seen to bite.
"""

from __future__ import annotations

import json
import random
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import connection

from surveys.box import mixing
from surveys.crypto import codes
from surveys.models import Ballot, BoxedBallot, Spent
from tests import make

pytestmark = [pytest.mark.django_db, pytest.mark.serial, pytest.mark.slow]

DAYS = range(2, 22)  # of November 2026, before its last working days
BALLOTS_A_DAY = 20
COUNTERS, PROCEDURES = 3, 3
K = 10
DISSATISFIED = 0.02  # with the time it took; with the attitude half of them are

Cell = tuple[str, str]
Answer = str


@dataclass(frozen=True)
class Copy:
    """One night, after its mix: used slips with their cells, waiting ballots, released ballots by batch and cell."""

    used: dict[str, Cell]
    box: list[dict]
    released: dict[tuple, list[dict]]


@dataclass
class Voting:
    """What happened, night by night, and the truth about it: slip and receipt hash to what was answered."""

    copies: list[Copy] = field(default_factory=list)
    said_on: dict[str, dict] = field(default_factory=dict)
    said_under: dict[str, tuple[Cell, dict]] = field(default_factory=dict)
    chance: random.Random = field(default_factory=lambda: random.Random(11))

    def __post_init__(self) -> None:
        self.counters = [make.counter()]
        self.counters += [make.counter(of=self.counters[0].office) for _ in range(COUNTERS - 1)]
        self.procedures = [make.procedure() for _ in range(PROCEDURES)]
        self.cell_of: dict[str, Cell] = {}

    def vote(self, day: int, ballots: int = BALLOTS_A_DAY) -> None:
        """The day's customers come to any counter for anything, and answer in an order of their own."""
        cells = Counter(
            (self.chance.choice(self.counters), self.chance.choice(self.procedures)) for _ in range(ballots)
        )
        handed = [
            (each, (at.code, kind.code))
            for (at, kind), n in cells.items()
            for each in make.issued_together(n, at=at, kind=kind, now=make.at(day, 8))
        ]
        self.chance.shuffle(handed)
        for minute, (each, cell) in enumerate(handed):
            said = {"attitude": self.chance.randint(0, 1), "time": int(self.chance.random() >= DISSATISFIED)}
            receipt = make.cast(each, now=make.at(day, 8) + timedelta(minutes=5 * minute), **said)
            slip = each.slip.pk.hex
            self.cell_of[slip], self.said_on[slip] = cell, said
            self.said_under[codes.receipt_hash(receipt)] = (cell, said)

    def copy(self) -> Copy:
        released = defaultdict(list)
        for batch, counter, procedure, answers in Ballot.objects.values_list(
            "batch", "counter", "procedure", "answers"
        ):
            released[batch, (counter, procedure)].append(json.loads(answers))
        used = [slip.hex for slip in Spent.objects.values_list("pk", flat=True)]
        return Copy({slip: self.cell_of[slip] for slip in used}, box(), dict(released))


def box() -> list[dict]:
    """Every column of the waiting ballots, in the order of a dump: as the table lies, or by id where it has no other."""
    order = "ctid" if connection.vendor == "postgresql" else "id"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {BoxedBallot._meta.db_table} ORDER BY {order}")
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def read_off(row: dict) -> tuple[Cell, dict] | None:
    """Cell and answers of a waiting ballot as its row shows them, in a column of their own or inside any; else None."""
    if "answers" in row:
        return (row["counter"], row["procedure"]), json.loads(row["answers"])
    for value in row.values():
        text = (
            bytes(value).decode("utf-8", "replace") if isinstance(value, bytes | memoryview) else str(value)
        )
        if '"attitude":' in text:
            raise AssertionError(f"a column shows answers: {text[:200]}")
    return None


@pytest.fixture(scope="module")
def voting(django_db_setup, django_db_blocker) -> Voting:
    with django_db_blocker.unblock():
        try:
            played = Voting()
            for day in DAYS:
                played.vote(day)
                for office, period, _waiting in mixing.boxes_waiting():
                    mixing.mix(office=office, period=period, now=make.at(day, 19))
                mixing.scrub_box()
                played.copies.append(played.copy())
            return played
        finally:
            call_command("flush", interactive=False, verbosity=0)


# --- the attack -----------------------------------------------------------------------------------------------
@dataclass
class Group:
    """Slips and the answers that are theirs in some order: the most that the reader knows of any of them."""

    slips: set[str]
    answers: list[dict]


def by_release(copies: list[Copy]) -> list[Group]:
    """A mix empties a cell: what it released belongs to the slips used there since the cell was last released."""
    groups, told, known = [], set(), set()
    for copy in copies:
        for key in copy.released.keys() - told:
            _batch, cell = key
            slips = {slip for slip, of in copy.used.items() if of == cell} - known
            groups.append(Group(slips, copy.released[key]))
            known |= slips
        told |= copy.released.keys()
    return groups


def by_night(copies: list[Copy], contents) -> list[Group]:
    """Two nights subtracted: what a day brought into a cell, released or not. ``contents`` reads a waiting row."""
    groups, before, used_before, told = [], defaultdict(Counter), set(), set()
    for copy in copies:
        after: dict[Cell, Counter] = defaultdict(Counter)
        for row in copy.box:
            cell, said = contents(row)
            after[cell][json.dumps(said)] += 1
        gone: dict[Cell, Counter] = defaultdict(Counter)
        for key in copy.released.keys() - told:
            gone[key[1]].update(map(json.dumps, copy.released[key]))
        for cell in {*after, *gone, *before}:
            slips = {slip for slip, of in copy.used.items() if of == cell} - used_before
            brought = after[cell] + gone[cell] - before[cell]
            groups.append(Group(slips, [json.loads(text) for text in brought.elements()]))
        before, used_before, told = after, set(copy.used), set(copy.released)
    return [group for group in groups if group.slips]


@dataclass(frozen=True)
class Told:
    """What groups say of how many slips: tied to one ballot, one answer known for certain, guessed rightly at best."""

    slips: int
    tied: int
    certain: int
    guessed: float


def told_by(groups: Iterable[Group], criterion: str) -> Told:
    slips = tied = certain = 0
    guessed = 0.0
    for group in groups:
        n, most = len(group.slips), max(Counter(said[criterion] for said in group.answers).values())
        slips, tied, guessed = slips + n, tied + (n == 1), guessed + most
        certain += n if most == n else 0
    return Told(slips, tied, certain, guessed)


def reader_groups(voting: Voting) -> list[Group]:
    """By night where the rows say what is in them, else by release."""
    if any(read_off(row) for copy in voting.copies for row in copy.box):
        return by_night(voting.copies, read_off)
    return by_release(voting.copies)


def is_right(voting: Voting, groups: Iterable[Group]) -> bool:
    """Whether each group's answers are those of its slips: an attack that is wrong proves nothing."""
    return all(
        sorted(map(str, group.answers)) == sorted(str(voting.said_on[slip]) for slip in group.slips)
        for group in groups
    )


def groups_of_the_rule(voting: Voting) -> list[list[str]]:
    """What the rule of ten makes of the truth by itself, without looking into the database: each night the full cells."""
    waiting: dict[Cell, list[str]] = defaultdict(list)
    groups, seen = [], set()
    for copy in voting.copies:
        for slip, cell in copy.used.items():
            if slip not in seen:
                waiting[cell].append(slip)
        seen |= copy.used.keys()
        full = [cell for cell, slips in waiting.items() if len(slips) >= K]
        groups += [waiting.pop(cell) for cell in full]
    return groups


# --- the attack bites -----------------------------------------------------------------------------------------
def in_clear(voting: Voting):
    """What a row would say if the box lay in clear; by its receipt, which the reader cannot do."""
    return lambda row: voting.said_under[row["receipt_hash"]]


def test_a_box_in_clear_would_tie_many_a_ballot_to_one_slip(voting):
    groups = by_night(voting.copies, in_clear(voting))
    assert is_right(voting, groups)
    told = told_by(groups, "attitude")
    assert told.slips == len(DAYS) * BALLOTS_A_DAY
    assert told.tied > told.slips * 0.05
    assert told.certain > told.slips * 0.15


# --- the product holds ----------------------------------------------------------------------------------------
def test_nightly_copies_tie_no_ballot_to_a_slip_and_say_no_answer_for_certain(voting):
    groups = reader_groups(voting)
    assert groups
    assert is_right(voting, groups)
    told = told_by(groups, "attitude")
    assert (told.tied, told.certain) == (0, 0)
    assert min(len(group.slips) for group in groups) >= K


def test_nightly_copies_say_no_more_than_the_groups_of_ten_by_themselves(voting):
    """At a rate of two dissatisfied in a hundred many groups agree, whatever keeps the box."""
    found, rule = reader_groups(voting), groups_of_the_rule(voting)
    assert sorted(sorted(group.slips) for group in found) == sorted(map(sorted, rule))
    truth = [Group(set(slips), [voting.said_on[slip] for slip in slips]) for slips in rule]
    assert told_by(found, "time") == told_by(truth, "time")
    assert told_by(found, "time").certain > 0  # which no box can help


@pytest.mark.postgres_only
@pytest.mark.django_db(transaction=True)
def test_a_dump_by_day_ties_rows_to_slips_by_their_order_and_no_answer_with_them():
    voting = Voting()
    voting.vote(11, 60)
    in_order = [slip.hex for slip in Spent.objects.order_by("used_at").values_list("pk", flat=True)]
    rows = box()
    tied = [(slip, row) for slip, row in zip(in_order, rows, strict=True)]
    truly = in_clear(voting)
    assert (
        sum(truly(row)[1] == voting.said_on[slip] for slip, row in tied) == 60
    )  # the rows are tied, all of them
    assert sum(read_off(row) is not None for _slip, row in tied) == 0  # and say nothing
