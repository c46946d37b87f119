"""Who could tell whose ballot is whose, with everything that the database's superuser sees after nightly mixes.

Days of voting are played once a module, in transactions of their own; what the superuser finds afterwards is kept as
plain data, which each test attacks in its own way. The truth is known from a mark in each comment, which no attack uses.
Whoever watches the server live, or holds that day's log, can link; nobody else (docs/spec/trust.md §1, §3 and §8).
"""

from __future__ import annotations

import json
import math
import random
import secrets
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.transaction import atomic

from surveys.box import mixing
from surveys.crypto import codes
from surveys.models import Ballot, Batch, BoxedBallot, Receipt, Slip, Spent
from tests import make

pytestmark = [pytest.mark.django_db, pytest.mark.serial]

DAYS = [2, 3, 4, 5, 6, 9, 10]  # working days of November 2026, before the freeze
BALLOTS_A_DAY = 24
COUNTERS, PROCEDURES = 2, 2
K = 10
EPHEMERAL = slice(5, 37)  # of an envelope, after its form and its key id
PHYSICAL_ORDER = {"postgresql": "ctid", "sqlite": "rowid"}


@dataclass(frozen=True)
class Row:
    """A row as the superuser meets it: whose it is (the truth), what it says of itself, and who wrote it."""

    whose: str
    id: str
    group: tuple  # everything that narrows the choice down: batch, counter, procedure
    xid: str  # PostgreSQL's xmin; '' on SQLite
    envelope: bytes = b""  # of a row of the box


@dataclass
class Seen:
    """Rows in physical order, table by table; leftovers of the box night by night."""

    spent: list[Row] = field(default_factory=list)
    slips: list[Row] = field(default_factory=list)
    ballots: list[Row] = field(default_factory=list)
    receipts: list[Row] = field(default_factory=list)
    unmixed: list[Row] = field(default_factory=list)  # one day's box before its mix
    used_that_day: list[Row] = field(default_factory=list)  # the register then
    leftovers: list[list[Row]] = field(default_factory=list)
    used_by_then: list[list[Row]] = field(default_factory=list)
    gone: set[bytes] = field(default_factory=set)  # ids and envelopes of rows that have left the box
    standing: set[bytes] = field(default_factory=set)  # and of those that are in it
    naive_used: list[Row] = field(default_factory=list)
    naive_ballots: list[Row] = field(default_factory=list)
    files: bytes = b""


def scan(table: str, *columns: str) -> list[tuple]:
    """(xid, columns…) of every row in physical order. The box has no row number on SQLite: it lies in order of its id."""
    order = PHYSICAL_ORDER[connection.vendor]
    if (connection.vendor, table) == ("sqlite", BoxedBallot._meta.db_table):
        order = "id"
    xid = "xmin::text" if connection.vendor == "postgresql" else "''"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {xid}, {', '.join(columns)} FROM {table} ORDER BY {order}")
        return [
            (xid, *(str(value).replace("-", "") for value in values)) for xid, *values in cursor.fetchall()
        ]


@dataclass
class Days:
    """The voting, and the truth about it: slip → mark, receipt hash → mark."""

    mark_of_slip: dict[str, str] = field(default_factory=dict)
    cell_of_slip: dict[str, tuple] = field(default_factory=dict)
    mark_of_hash: dict[str, str] = field(default_factory=dict)
    chance: random.Random = field(default_factory=lambda: random.Random(7))

    def __post_init__(self) -> None:
        self.counters = [make.counter() for _ in range(COUNTERS)]
        for one in self.counters[1:]:  # one office, one box
            one.office = self.counters[0].office
            one.save()
        self.procedures = [make.procedure() for _ in range(PROCEDURES)]
        self.office = self.counters[0].box_office

    def vote(self, day: int) -> None:
        """The day's customers come to any counter; each answers at once or after some of the others."""
        waiting = []
        for minute in range(BALLOTS_A_DAY):
            at, kind = self.chance.choice(self.counters), self.chance.choice(self.procedures)
            now = make.at(day, 8) + timedelta(minutes=10 * minute)
            waiting.append((make.issued(at=at, kind=kind, now=now), (at.code, kind.code)))
            if self.chance.random() < 0.5:
                self._cast(*waiting.pop(self.chance.randrange(len(waiting))), now=now + timedelta(minutes=5))
        for handed, cell in waiting:
            self._cast(handed, cell, now=make.at(day, 16))

    def _cast(self, handed, cell: tuple, *, now) -> None:
        mark = f"dấu {len(self.mark_of_slip):04}"
        receipt = make.cast(
            handed, attitude=self.chance.randint(0, 1), time=self.chance.randint(0, 1), now=now, comment=mark
        )
        self.mark_of_slip[handed.slip.pk.hex] = mark
        self.cell_of_slip[handed.slip.pk.hex] = cell
        self.mark_of_hash[codes.receipt_hash(receipt)] = mark

    def register(self, table: str, key: str) -> list[Row]:
        return [
            Row(self.mark_of_slip[slip], slip, self.cell_of_slip[slip], xid)
            for xid, slip in scan(table, key)
            if slip in self.mark_of_slip
        ]

    def box(self) -> list[Row]:
        """The superuser reads neither mark nor cell: both are the truth, told by the mixer's opening key."""
        inside = {each.id: each.contents for each in make.waiting()}
        sealed = dict(BoxedBallot.objects.values_list("id", "sealed"))
        return [
            Row(
                inside[name].comment,
                name,
                (inside[name].counter, inside[name].procedure),
                xid,
                bytes(sealed[name]),
            )
            for xid, name in scan(BoxedBallot._meta.db_table, "id")
        ]


def boxed_traces(rows: Iterable[Row]) -> set[bytes]:
    """What a file must not keep of a row: its id, and its envelope, of which the ephemeral key is found on one page."""
    return {row.id.encode() for row in rows} | {row.envelope[EPHEMERAL] for row in rows}


@pytest.fixture(scope="module")
def seen(django_db_setup, django_db_blocker) -> Seen:
    """Seven days of voting with their nights, as the superuser finds them; the database is empty again afterwards."""
    with django_db_blocker.unblock():
        try:
            return look_around()
        finally:
            with connection.cursor() as cursor:
                cursor.execute("DROP TABLE IF EXISTS naive_used")
                cursor.execute("DROP TABLE IF EXISTS naive_ballot")
            call_command("flush", interactive=False, verbosity=0)


@contextmanager
def somebody_else_writing() -> Iterator[None]:
    """On PostgreSQL, a transaction of any other user of the server that began before the mix and ends after it.

    It keeps `VACUUM` from removing what the mix deleted: the server may still need it for that one's sake.
    """
    if connection.vendor != "postgresql":  # SQLite has one writer
        yield
        return
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("BEGIN")
            cursor.execute("SELECT pg_current_xact_id()")
            yield
            cursor.execute("ROLLBACK")
    finally:
        other.close()


def look_around() -> Seen:
    days, seen, boxed = Days(), Seen(), set()
    for day in DAYS:
        days.vote(day)
        seen.unmixed, seen.used_that_day = days.box(), days.register(Spent._meta.db_table, "slip_id")
        boxed |= boxed_traces(seen.unmixed)
        with somebody_else_writing():
            for office, period, _waiting in mixing.boxes_waiting():
                mixing.mix(office=office, period=period, now=make.at(day, 19))
            mixing.scrub_box()
        seen.leftovers.append(days.box())
        seen.used_by_then.append(days.register(Spent._meta.db_table, "slip_id"))
        boxed |= boxed_traces(seen.leftovers[-1])
    seen.standing = boxed_traces(seen.leftovers[-1])
    seen.gone = boxed - seen.standing
    seen.spent = seen.used_by_then[-1]
    seen.slips = days.register(Slip._meta.db_table, "id")
    seen.ballots = [
        Row(json.loads(extra)["comment"], name, (batch, counter, procedure), xid)
        for xid, name, extra, batch, counter, procedure in scan(
            Ballot._meta.db_table, "id", "extra", "batch_id", "counter", "procedure"
        )
    ]
    seen.receipts = receipts_by_batch(days)
    seen.naive_used, seen.naive_ballots = vote_naively()
    seen.files = files()
    return seen


def receipts_by_batch(days: Days) -> list[Row]:
    """Receipts name no batch, but lie in the order of the batches, whose sizes are known."""
    batches = [str(batch.pk) for batch in Batch.objects.order_by("number") for _ in range(batch.ballots)]
    rows = scan(Receipt._meta.db_table, "hash", "id")
    return [
        Row(days.mark_of_hash[value], value, (batch,), xid)
        for (xid, value, _id), batch in zip(rows, batches, strict=True)
    ]


def vote_naively(n: int = 60) -> tuple[list[Row], list[Row]]:
    """What one would write first: "used" and the ballot in one transaction, under random ids, with no mix."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE naive_used (slip varchar(32) PRIMARY KEY)")
        cursor.execute("CREATE TABLE naive_ballot (id varchar(32) PRIMARY KEY, mark varchar(32))")
        truth = {}
        for number in range(n):
            slip = secrets.token_hex(16)
            truth[slip] = f"m{number}"
            with atomic():
                cursor.execute("INSERT INTO naive_used VALUES (%s)", [slip])
                cursor.execute(
                    "INSERT INTO naive_ballot VALUES (%s, %s)", [secrets.token_hex(16), truth[slip]]
                )
    used = [Row(truth[slip], slip, (), xid) for xid, slip in scan("naive_used", "slip")]
    return used, [Row(mark, name, (), xid) for xid, name, mark in scan("naive_ballot", "id", "mark")]


def files() -> bytes:
    """The bytes on the disk: SQLite's files whole; on PostgreSQL those of the box, its indexes and its long values."""
    if connection.vendor == "sqlite":
        name = connection.settings_dict["NAME"]
        parts = (Path(f"{name}{suffix}") for suffix in ("", "-wal", "-journal"))
        return b"".join(part.read_bytes() for part in parts if part.exists())
    with connection.cursor() as cursor:
        cursor.execute("CHECKPOINT")
        cursor.execute(
            "SELECT string_agg(pg_read_binary_file(pg_relation_filepath(oid)), '') FROM pg_class WHERE oid IN ("
            " SELECT %s::regclass UNION SELECT indexrelid FROM pg_index WHERE indrelid = %s::regclass"
            " UNION SELECT reltoastrelid FROM pg_class WHERE oid = %s::regclass)",
            [BoxedBallot._meta.db_table] * 3,
        )
        return bytes(cursor.fetchone()[0])


# --- the attacks ----------------------------------------------------------------------------------------------
def linked_by_xid(register: list[Row], answers: list[Row]) -> float:
    """The share of answers whose writer's transaction wrote the very slip they belong to."""
    writer = {(row.whose, row.xid) for row in register}
    return sum((row.whose, row.xid) in writer for row in answers) / len(answers)


def paired(left: list[Row], right: list[Row], group=lambda row: row.group) -> tuple[int, int, int]:
    """Pair the rows of each group of ``right`` with their candidates of ``left``, both in the order given.

    The candidates are known: a mix empties a cell. Returns hits, groups, rows. Without knowledge a group gives one hit,
    whatever its size: the fixed points of a random order.
    """
    groups = defaultdict(list)
    for row in right:
        groups[group(row)].append(row.whose)
    hits = 0
    for theirs in groups.values():
        members = set(theirs)
        ours = [row.whose for row in left if row.whose in members]
        hits += sum(a == b for a, b in zip(ours, theirs, strict=True))
    return hits, len(groups), len(right)


def is_chance(hits: int, groups: int) -> bool:
    """Not more than five standard deviations over one hit a group: a fair mix fails once in a million."""
    return hits <= groups + 5 * math.sqrt(groups)


def orders(rows: list[Row]) -> dict[str, list[Row]]:
    by_id = sorted(rows, key=lambda row: row.id)
    return {"physical": rows, "backwards": rows[::-1], "id": by_id, "id backwards": by_id[::-1]}


# --- the attack bites -----------------------------------------------------------------------------------------
def test_a_naive_table_gives_every_ballot_away_by_its_order(seen):
    assert paired(seen.naive_used, seen.naive_ballots) == (60, 1, 60)


@pytest.mark.postgres_only
def test_a_naive_table_gives_every_ballot_away_by_its_transaction_id(seen):
    assert linked_by_xid(seen.naive_used, seen.naive_ballots) == 1


@pytest.mark.postgres_only
def test_until_the_mix_the_transaction_id_tells_which_is_what_the_mix_is_for(seen):
    fresh = [row for row in seen.unmixed if row.whose not in {old.whose for old in seen.leftovers[-2]}]
    assert len(fresh) == BALLOTS_A_DAY
    assert linked_by_xid(seen.used_that_day, fresh) == 1


# --- the product holds ----------------------------------------------------------------------------------------
def test_a_cell_is_opened_with_ten_ballots_or_not_at_all(seen):
    sizes = defaultdict(int)
    for row in seen.ballots:
        sizes[row.group] += 1
    assert len(sizes) > 2 * COUNTERS * PROCEDURES  # there was something to attack
    assert min(sizes.values()) >= K


@pytest.mark.postgres_only
@pytest.mark.parametrize("register", ["spent", "slips"])
@pytest.mark.parametrize("answers", ["ballots", "receipts", "leftovers"])
def test_no_transaction_id_of_the_register_is_found_on_answers_or_receipts(seen, register, answers):
    rows = seen.leftovers[-1] if answers == "leftovers" else getattr(seen, answers)
    assert rows
    assert linked_by_xid(getattr(seen, register), rows) == 0
    assert not {row.xid for row in getattr(seen, register)} & {row.xid for row in rows}


@pytest.mark.parametrize("order", ["physical", "backwards", "id", "id backwards"])
@pytest.mark.parametrize("register", ["spent", "slips"])
def test_the_order_of_casting_says_no_more_of_a_released_ballot_than_chance(seen, register, order):
    hits, groups, rows = paired(getattr(seen, register), orders(seen.ballots)[order])
    assert rows > 20 * groups / 2
    assert is_chance(hits, groups), f"{hits} of {rows} ballots found, chance finds {groups}"


@pytest.mark.parametrize("order", ["physical", "backwards"])
def test_the_order_of_casting_says_no_more_of_what_stayed_in_the_box_than_chance(seen, order):
    hits = groups = 0
    for used, left in zip(seen.used_by_then, seen.leftovers, strict=True):
        found, of, _rows = paired(used, orders(left)[order], group=lambda row: tuple(row.group))
        hits, groups = hits + found, groups + of
    assert groups > len(DAYS)
    assert is_chance(hits, groups)


@pytest.mark.parametrize("order", ["physical", "backwards", "id"])
def test_a_receipt_leads_to_no_ballot(seen, order):
    ballots = orders(seen.ballots)[order]
    hits, batches, _rows = paired(seen.receipts, ballots, group=lambda row: row.group[0])
    assert is_chance(hits, batches)


@pytest.mark.parametrize("order", ["physical", "backwards", "id"])
def test_a_slip_leads_to_no_receipt(seen, order):
    hits, batches, _rows = paired(seen.spent, orders(seen.receipts)[order])
    assert is_chance(hits, batches)


def test_the_files_keep_no_copy_of_what_has_left_the_box(seen):
    assert len(seen.gone) > 2 * len(seen.ballots)
    assert not [trace for trace in seen.standing if trace not in seen.files]  # the search bites
    assert not [trace for trace in seen.gone if trace in seen.files]
