"""Paper months from before the system: read from a table, all lines or none; shown in trends as what they are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.transaction import atomic
from django.utils.translation import gettext as _

from reports.arithmetic.shares import grouped
from reports.models import PastPaper, PastPaperLevel
from reports.past_months.printed import months_of
from surveys import audit
from surveys.models import Office, Slip, User
from surveys.periods import Month, MonthRange, NotAPeriod, local_day, parse_period
from surveys.reference.errors import NoQuestionnaire
from surveys.reference.in_force import questionnaire_in_force
from surveys.reference.questionnaires import Sheet, sheet_of
from surveys.spreadsheets.filled import Complaint, Row, TableRefused, read, whole_number

FROM, TO, ISSUED, RETURNED, VOID, SATISFIED = (
    "Từ tháng",
    "Đến tháng",
    "Phát ra",
    "Thu về",
    "Không hợp lệ",
    "Hài lòng mọi tiêu chí",
)


class NoSheet(Exception):
    """No questionnaire holds today, so that no column can be named."""


@dataclass(frozen=True)
class Line:
    """One right line of the table. ``levels``: (criterion's code, level) → ballots; empty where the book has none."""

    months: MonthRange
    issued: int
    returned: int
    void: int
    satisfied: int | None
    levels: dict[tuple[str, int], int]


def headings(now: datetime) -> tuple[list[str], list[str]]:
    """(needed, optional) columns, the latter by the questionnaire of today. Raises `NoSheet`."""
    return [FROM, ISSUED, RETURNED], [TO, VOID, SATISFIED, *_level_columns(_sheet(now))]


def plan(*, office: Office, raw: bytes, now: datetime) -> list[Line]:
    """The dry run. Raises `TableRefused` with everything that is wrong, and `NoSheet`."""
    needed, optional = headings(now)
    columns = _level_columns(_sheet(now))
    complaints: list[Complaint] = []
    lines = []
    for row in read(raw, required=needed, optional=optional):
        wrong = len(complaints)
        line = _line(row, columns, complaints)
        if line and len(complaints) == wrong:
            lines.append((row.number, line))
    complaints += _out_of_place(office, lines, now)
    if complaints:
        raise TableRefused(sorted(complaints, key=lambda each: each.row))
    return [line for _number, line in lines]


@atomic
def enter(*, office: Office, raw: bytes, actor: User, now: datetime) -> list[PastPaper]:
    """Store the lines, all of them. Raises `TableRefused` and `NoSheet`; then nothing is stored."""
    Office.objects.select_for_update().get(pk=office.pk)  # two persons with the same book
    stored = []
    for line in plan(office=office, raw=raw, now=now):
        past = PastPaper.objects.create(
            office=office,
            first=str(line.months.first),
            last=str(line.months.last),
            issued=line.issued,
            returned=line.returned,
            void=line.void,
            satisfied=line.satisfied,
            entered_by=actor,
            entered_at=now,
        )
        PastPaperLevel.objects.bulk_create(
            PastPaperLevel(past=past, criterion=criterion, level=level, n=n)
            for (criterion, level), n in line.levels.items()
        )
        stored.append(past)
    audit.record(action="nhập kỳ từ sổ giấy", actor=actor, office=office, now=now, lines=len(stored))
    return stored


@atomic
def withdraw(*, past: PastPaper, actor: User, now: datetime) -> None:
    """Take a line out again, to enter it anew; the trail keeps what it said."""
    facts = {
        name: getattr(past, name) for name in ("first", "last", "issued", "returned", "void", "satisfied")
    }
    past.delete()
    audit.record(action="bỏ kỳ nhập từ sổ giấy", actor=actor, office=past.office, now=now, **facts)


def _sheet(now: datetime) -> Sheet:
    try:
        return sheet_of(questionnaire_in_force(on=local_day(now)).pk)
    except NoQuestionnaire as error:
        raise NoSheet from error


def _level_columns(sheet: Sheet) -> dict[str, tuple[str, int]]:
    """Heading → (criterion's code, level), in the order of the ballot."""
    return {
        f"{criterion.short_name}: {level.label.vi}": (criterion.code, level.value)
        for criterion in sheet.criteria
        for level in criterion.levels
    }


def _line(row: Row, columns: dict[str, tuple[str, int]], complaints: list[Complaint]) -> Line | None:
    def wrong(column: str, words: str) -> None:
        complaints.append(Complaint(row.number, column, words))

    before = len(complaints)
    first = _month(row, FROM, wrong)
    last = _month(row, TO, wrong) if row.cells[TO] else first
    numbers = {
        column: _number(row, column, wrong) for column in (ISSUED, RETURNED, VOID, SATISFIED, *columns)
    }
    for column in (ISSUED, RETURNED):
        if not row.cells[column]:
            wrong(column, _("Chưa có số phiếu."))
    if len(complaints) > before:
        return None
    if last < first:
        wrong(TO, _("Tháng cuối không được trước tháng đầu."))
        return None
    issued, returned, void = numbers[ISSUED], numbers[RETURNED], numbers[VOID] or 0
    valid = returned - void
    if returned > issued:
        wrong(RETURNED, _("Thu về nhiều hơn phát ra."))
    if void > returned:
        wrong(VOID, _("Không hợp lệ nhiều hơn thu về."))
    elif numbers[SATISFIED] is not None and numbers[SATISFIED] > valid:
        wrong(SATISFIED, _("Nhiều hơn số phiếu hợp lệ (%(n)s).") % {"n": grouped(valid)})
    levels = {key: numbers[column] for column, key in columns.items() if numbers[column] is not None}
    _check_levels(levels, columns, valid, numbers[SATISFIED], wrong)
    return Line(MonthRange(first, last), issued, returned, void, numbers[SATISFIED], levels)


def _check_levels(
    levels, columns: dict[str, tuple[str, int]], valid: int, satisfied: int | None, wrong
) -> None:
    """A criterion's levels are all given or all empty; given, they add up to the valid ballots."""
    for criterion in dict.fromkeys(code for code, _level in columns.values()):
        own = {column: key for column, key in columns.items() if key[0] == criterion}
        given = [column for column, key in own.items() if key in levels]
        if not given:
            continue
        if empty := [column for column in own if column not in given]:
            wrong(empty[0], _("Các mức của một tiêu chí phải ghi đủ, hoặc để trống cả."))
        elif (total := sum(levels[key] for key in own.values())) != valid:
            words = _("Các mức cộng lại được %(total)s, số phiếu hợp lệ là %(valid)s.")
            wrong(given[0], words % {"total": grouped(total), "valid": grouped(valid)})


def _month(row: Row, column: str, wrong) -> Month | None:
    """5/2021, 05-2021 or 2021-05."""
    text = row.cells[column].replace("-", "/").replace(" ", "")
    parts = text.split("/")
    if len(parts) == 2 and all(part.isascii() and part.isdigit() for part in parts):
        year, month = (parts[0], parts[1]) if len(parts[0]) == 4 else (parts[1], parts[0])
        try:
            found = parse_period(f"{year}-{int(month):02d}")
        except NotAPeriod:
            found = None
        if found:
            return found
    wrong(column, _("Không phải là tháng. Hãy viết như 5/2021."))
    return None


def _number(row: Row, column: str, wrong) -> int | None:
    text = row.cells[column]
    if not text:
        return None
    number = whole_number(text)
    if number is None:
        wrong(column, _("Không phải là số phiếu. Hãy viết như 317 hoặc 3.809."))
    return number


def _out_of_place(office: Office, lines: Sequence[tuple[int, Line]], now: datetime) -> list[Complaint]:
    """Months to come, months that have slips, months that are told already or twice."""
    found = []
    this_month = str(Month(local_day(now).year, local_day(now).month))
    with_slips = set(Slip.objects.periods_of(office))
    standing = [months_of(past) for past in PastPaper.objects.of(office)]
    seen: list[tuple[int, MonthRange]] = []
    for number, line in lines:
        months = line.months
        if str(months.last) >= this_month:
            found.append(Complaint(number, FROM, _("Tháng này chưa kết thúc.")))
        names = {*map(str, months.months), *(str(month.quarter) for month in months.months)}
        if taken := sorted(names & with_slips):
            words = _("Kỳ %(period)s đã có phiếu phát trong hệ thống, không nhập từ sổ giấy được.")
            found.append(Complaint(number, FROM, words % {"period": parse_period(taken[0]).short_label}))
        if any(_overlap(months, other) for other in standing):
            found.append(Complaint(number, FROM, _("Tháng này đã nhập từ sổ giấy. Bỏ dòng cũ rồi nhập lại.")))
        if twice := next((n for n, other in seen if _overlap(months, other)), None):
            found.append(Complaint(number, FROM, _("Trùng tháng với dòng %(n)s.") % {"n": twice}))
        seen.append((number, months))
    return found


def _overlap(one: MonthRange, other: MonthRange) -> bool:
    return one.first <= other.last and other.first <= one.last
