"""Paper months from before the system: read from a table, all lines or none; shown in trends as what they are."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from django.db.transaction import atomic
from django.utils.translation import gettext as _

from reports.arithmetic.shares import grouped
from reports.models import PastPaper, PastPaperLevel
from reports.past_months.printed import months_of
from surveys import audit
from surveys.audit import Action
from surveys.database.inserts import PreparedInsert
from surveys.models import Office, Slip, User
from surveys.periods import Month, MonthRange, NotAPeriod, local_day, parse_period, range_of
from surveys.reference.in_force import questionnaire_in_force
from surveys.reference.questionnaires import QuestionnaireFacts, questionnaire_of
from surveys.spreadsheets.book import Book
from surveys.spreadsheets.columns import MonthOfYear, Whole
from surveys.spreadsheets.complaints import Complaint, whole
from surveys.spreadsheets.dry_run import DryRun, confirm, dry_run_of
from surveys.spreadsheets.tables import Column, Filled, FilledRow, Table, read_table

FROM, TO, ISSUED, RETURNED, VOID, SATISFIED = (
    "Từ tháng",
    "Đến tháng",
    "Phát ra",
    "Thu về",
    "Không hợp lệ",
    "Hài lòng mọi tiêu chí",
)


BALLOTS = Whole(what="số phiếu")
MOST_LINES = 1200  # a hundred years of months


@dataclass(frozen=True)
class Line:
    """One right line of the table. ``levels``: (criterion's code, level) → ballots; empty where the book has none."""

    months: MonthRange
    issued: int
    returned: int
    void: int
    satisfied: int | None
    levels: dict[tuple[str, int], int]


@dataclass(frozen=True)
class Plan:
    """What a table would store, and how it is shown before."""

    lines: list[Line]
    shown: DryRun


def table_of(now: datetime) -> Table:
    """The columns, those of the levels by the questionnaire of today. Raises `NoQuestionnaire`."""
    return Table(
        (
            Column(FROM, MonthOfYear(), empty=_("Chưa có tháng.")),
            Column(TO, MonthOfYear(), needed=False),
            Column(ISSUED, BALLOTS, empty=_("Chưa có số phiếu."), summed=True),
            Column(RETURNED, BALLOTS, empty=_("Chưa có số phiếu."), summed=True),
            Column(VOID, BALLOTS, needed=False, summed=True),
            Column(SATISFIED, BALLOTS, needed=False, summed=True),
            *(
                Column(heading, BALLOTS, needed=False, summed=True)
                for heading in _level_columns(_questionnaire(now))
            ),
        )
    )


def plan(*, office: Office, book: Book, now: datetime, confirmed: Iterable[str] = ()) -> Plan:
    """The dry run. Raises `TableRefused` with everything that is wrong, and `NoQuestionnaire`."""
    filled = read_table(book, table_of(now), confirmed)
    if len(filled.rows) > MOST_LINES:
        raise whole(
            _("Sổ có hơn %(most)s dòng; mỗi dòng là một tháng hay một quãng tháng.")
            % {"most": grouped(MOST_LINES)}
        )
    questionnaire = _questionnaire(now)
    columns = _level_columns(questionnaire)
    lines = [(row, line) for row in filled.rows if (line := _line(row, columns, filled.complaints))]
    filled.complaints += _against_levels(lines, questionnaire)
    filled.complaints += _out_of_place(office, lines, now)
    filled.refuse_if_wrong()
    return Plan([line for _row, line in lines], _shown(filled, office))


def enter(
    *, office: Office, book: Book, actor: User, now: datetime, shown: str = "", confirmed: Iterable[str] = ()
) -> list[PastPaper]:
    """Store the lines, all of them; with ``shown`` only if the dry run still has that digest.

    Raises `TableRefused`, `NoQuestionnaire` and `DryRunChanged`; then nothing is stored.
    """
    while True:
        told = _told(office)
        planned = plan(office=office, book=book, now=now, confirmed=confirmed)
        if shown:
            confirm([planned.shown], shown)
        rows = _Rows.of(planned.lines, office, actor, now)
        with atomic():
            Office.objects.select_for_update(no_key=True).get(pk=office.pk)  # two persons with the same book
            if _told(office) != told:
                continue  # read it again outside: no other writer waits for that
            stored = rows.store()
            audit.record(
                action=Action.PAST_PERIOD_ENTERED, actor=actor, office=office, now=now, lines=len(stored)
            )
            return stored


def _told(office: Office) -> list[int]:
    return list(PastPaper.objects.of(office).order_by("pk").values_list("pk", flat=True))


@dataclass(frozen=True)
class _Rows:
    """What is stored of some lines, made ready before the transaction, since every other writer waits for it."""

    papers: list[PastPaper]
    levels: PreparedInsert
    levels_by_paper: list[int]

    @classmethod
    def of(cls, lines: Sequence[Line], office: Office, actor: User, now: datetime) -> _Rows:
        papers = [
            PastPaper(
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
            for line in lines
        ]
        levels = [
            PastPaperLevel(criterion=criterion, level=level, n=n)
            for line in lines
            for (criterion, level), n in line.levels.items()
        ]
        return cls(papers, PreparedInsert.of(PastPaperLevel, levels), [len(line.levels) for line in lines])

    def store(self) -> list[PastPaper]:
        stored = PastPaper.objects.bulk_create(self.papers)
        numbered = zip(stored, self.levels_by_paper, strict=True)
        self.levels.fill_each("past_id", [past.pk for past, levels in numbered for _level in range(levels)])
        self.levels.run()
        return stored


@atomic
def withdraw(*, past: PastPaper, actor: User, now: datetime) -> None:
    """Take a line out again, to enter it anew; the trail keeps what it said."""
    facts = {
        name: getattr(past, name) for name in ("first", "last", "issued", "returned", "void", "satisfied")
    }
    past.delete()
    audit.record(action=Action.PAST_PERIOD_DROPPED, actor=actor, office=past.office, now=now, **facts)


def _questionnaire(now: datetime) -> QuestionnaireFacts:
    """What names the columns. Raises `NoQuestionnaire`."""
    return questionnaire_of(questionnaire_in_force(on=local_day(now)).pk)


def _level_columns(questionnaire: QuestionnaireFacts) -> dict[str, tuple[str, int]]:
    """Heading → (criterion's code, level), in the order of the ballot."""
    return {
        f"{criterion.short_name}: {level.label.vi}": (criterion.code, level.value)
        for criterion in questionnaire.criteria
        for level in criterion.levels
    }


def _shown(filled: Filled, office: Office) -> DryRun:
    """As it is stored: a month alone is its own last, no void ballots are none."""
    for row in filled.rows:
        row.values[TO] = row[TO] or row[FROM]
        row.values[VOID] = row[VOID] or 0
    return dry_run_of(filled, title=office.code, key=lambda row: f"{row[FROM]} {row[TO]}")


def _line(row: FilledRow, columns: Mapping[str, tuple[str, int]], complaints: list[Complaint]) -> Line | None:
    """What a row says, if it agrees with itself; else ``complaints`` grow."""

    def wrong(column: str, words: str) -> None:
        complaints.append(row.complaint(column, words))

    before = len(complaints)
    first, last = row[FROM], row[TO] or row[FROM]
    if last < first:
        wrong(TO, _("Tháng cuối không được trước tháng đầu."))
        return None
    issued, returned, void, satisfied = row[ISSUED], row[RETURNED], row[VOID] or 0, row[SATISFIED]
    valid = returned - void
    if returned > issued:
        wrong(RETURNED, _("Thu về nhiều hơn phát ra."))
    if void > returned:
        wrong(VOID, _("Không hợp lệ nhiều hơn thu về."))
    elif satisfied is not None and satisfied > valid:
        wrong(SATISFIED, _("Nhiều hơn số phiếu hợp lệ (%(n)s).") % {"n": grouped(valid)})
    levels = {key: row[column] for column, key in columns.items() if row[column] is not None}
    _check_levels(levels, columns, valid, wrong)
    if len(complaints) > before:
        return None
    return Line(MonthRange(first, last), issued, returned, void, satisfied, levels)


def _check_levels(
    levels: Mapping[tuple[str, int], int],
    columns: Mapping[str, tuple[str, int]],
    valid: int,
    wrong: Callable[[str, str], None],
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


def _against_levels(
    lines: Sequence[tuple[FilledRow, Line]], questionnaire: QuestionnaireFacts
) -> list[Complaint]:
    """Who is satisfied with everything is so with each criterion; and whoever is not, is dissatisfied with one at least."""
    found = []
    good = {
        (each.code, level.value)
        for each in questionnaire.criteria
        for level in each.levels
        if level.satisfied
    }
    for row, line in lines:
        given = {code for code, _level in line.levels}
        if line.satisfied is None or not given:
            continue
        valid = line.returned - line.void
        by = {
            code: sum(n for key, n in line.levels.items() if key[0] == code and key in good) for code in given
        }
        least = (
            valid - sum(valid - n for n in by.values()) if len(given) == len(questionnaire.criteria) else 0
        )
        if not max(least, 0) <= line.satisfied <= min(by.values()):
            words = _("Không khớp với các mức: chỉ có thể từ %(least)s đến %(most)s.")
            about = {"least": grouped(max(least, 0)), "most": grouped(min(by.values()))}
            found.append(row.complaint(SATISFIED, words % about))
    return found


def _out_of_place(office: Office, lines: Sequence[tuple[FilledRow, Line]], now: datetime) -> list[Complaint]:
    """Months to come, months that have slips, months that are told already or twice."""
    found = []
    this_month = str(Month(local_day(now).year, local_day(now).month))
    with_slips = list(_ranges(Slip.objects.periods_of(office)))
    standing = [months_of(past) for past in PastPaper.objects.of(office)]
    twice = _twice(lines)
    for row, line in lines:
        months = line.months
        if str(months.last) >= this_month:
            found.append(row.complaint(FROM, _("Tháng này chưa kết thúc.")))
        if taken := sorted(period for period, other in with_slips if _overlap(months, other)):
            words = _("Kỳ %(period)s đã có phiếu phát trong hệ thống, không nhập từ sổ giấy được.")
            found.append(row.complaint(FROM, words % {"period": parse_period(taken[0]).short_label}))
        if any(_overlap(months, other) for other in standing):
            found.append(row.complaint(FROM, _("Tháng này đã nhập từ sổ giấy. Bỏ dòng cũ rồi nhập lại.")))
        if row.number in twice:
            found.append(row.complaint(FROM, _("Trùng tháng với dòng %(n)s.") % {"n": twice[row.number]}))
    return found


def _ranges(periods: Iterable[str]) -> Iterator[tuple[str, MonthRange]]:
    """Of each period its months; a campaign has none."""
    for period in periods:
        with suppress(NotAPeriod):
            yield period, range_of(parse_period(period))


def _twice(lines: Sequence[tuple[FilledRow, Line]]) -> dict[int, int]:
    """Of rows that share a month with one above: their number → that one's."""
    found: dict[int, int] = {}
    seen: list[tuple[str, str, int]] = []
    for row, line in lines:
        first, last = str(line.months.first), str(line.months.last)
        if above := next((n for start, end, n in seen if start <= last and first <= end), None):
            found[row.number] = above
        seen.append((first, last, row.number))
    return found


def _overlap(one: MonthRange, other: MonthRange) -> bool:
    return one.first <= other.last and other.first <= one.last
