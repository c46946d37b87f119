"""Counts of transactions by somebody else, counter by counter, from a table: all rows or none."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet
from django.db.transaction import atomic

from reports.integrity import inspection
from reports.models import IndependentCount
from surveys.models import Counter, Office, User
from surveys.periods import Period
from surveys.spreadsheets.book import Book
from surveys.spreadsheets.columns import Code, Whole
from surveys.spreadsheets.complaints import grouped, whole
from surveys.spreadsheets.dry_run import DryRun, confirm, dry_run_of
from surveys.spreadsheets.tables import Column, Table, read_table

CODE, COUNT = "Mã quầy", "Số giao dịch"
MOST_TRANSACTIONS = 1_000_000
COUNTED = ("Số lượt", "Số lượt giao dịch", "Số lượng giao dịch")
TABLE = Table(
    (
        Column(CODE, Code(16), empty="Chưa có mã quầy.", unique=True, also=("Quầy",)),
        Column(COUNT, Whole(MOST_TRANSACTIONS, what="số giao dịch"), summed=True, also=COUNTED),
    )
)


@dataclass(frozen=True)
class Plan:
    """What a table says, counter → transactions, and how it is shown before."""

    counts: dict[Counter, int]
    shown: DryRun


def counters_of(office: Office) -> QuerySet[Counter]:
    return Counter.objects.filter(box_office=office).order_by("code")


def standing_counts(office: Office, period: Period) -> dict[int, int]:
    """Counter's key → the number that was said last."""
    said = IndependentCount.objects.of(office).in_period(period).order_by("pk")
    return dict(said.values_list("counter", "transactions"))


def plan(*, office: Office, period: Period, book: Book, confirmed: Iterable[str] = ()) -> Plan:
    """The dry run; a counter without a number is passed over and said. Raises `TableRefused`."""
    filled = read_table(book, TABLE, confirmed)
    known = {counter.code.casefold(): counter for counter in counters_of(office)}
    for row in filled.rows:
        if row[CODE].casefold() not in known:
            filled.complaints.append(row.complaint(CODE, _unknown(row[CODE], known)))
    filled.refuse_if_wrong()
    counted = [row for row in filled.rows if row[COUNT] is not None]
    if not counted:
        raise whole("Chưa có số nào được ghi.")
    if blank := len(filled.rows) - len(counted):
        filled.remarks.append(f"Bỏ qua {grouped(blank)} quầy để trống số giao dịch.")
    filled.rows[:] = counted
    said = standing_counts(office, period)
    standing = {
        row[CODE]: (row[CODE], grouped(said[counter.pk]))
        for row in counted
        if (counter := known[row[CODE].casefold()]).pk in said
    }
    title = f"{office.code} {period}"
    shown = dry_run_of(filled, title=title, key=lambda row: str(row[CODE]), standing=standing)
    return Plan({known[row[CODE].casefold()]: row[COUNT] for row in counted}, shown)


def _unknown(code: str, known: Mapping[str, Counter]) -> str:
    bare = code.lstrip("0").casefold()
    near = next((each.code for name, each in known.items() if bare and name.lstrip("0") == bare), None)
    return f"Đơn vị không có quầy mã này. Có phải “{near}”?" if near else "Đơn vị không có quầy mã này."


def enter(
    *,
    office: Office,
    period: Period,
    book: Book,
    source: str,
    user: User,
    now: datetime,
    shown: str = "",
    confirmed: Iterable[str] = (),
) -> Plan:
    """Store what the dry run said; with ``shown`` only if it still has that digest.

    The table is read outside of the transaction, so that no other writer waits for it, and once more where what it was
    compared with has changed meanwhile. Raises `TableRefused`, `DryRunChanged` and `errors.CountNotPossible`; then nothing
    is stored.
    """
    while True:
        compared = _compared(office, period)
        planned = plan(office=office, period=period, book=book, confirmed=confirmed)
        if shown:
            confirm([planned.shown], shown)
        with atomic():
            Office.objects.select_for_update().get(pk=office.pk)  # two persons with the same table
            if _compared(office, period) != compared:
                continue
            inspection.enter_counts(
                office=office, period=period, counts=planned.counts, source=source, user=user, now=now
            )
            return planned


def _compared(office: Office, period: Period) -> tuple[list[tuple[int, str]], dict[int, int]]:
    return list(counters_of(office).values_list("pk", "code")), standing_counts(office, period)
