"""Sum handling times by procedure, keep them with the seal, and read them for a stretch beside the verdict on time."""

from __future__ import annotations

import json
from collections import Counter as Counts
from collections import defaultdict
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db.transaction import atomic

from reports.arithmetic.suppression import PERCENT_FROM, shown
from reports.handling_times.times import Row, Times, bucket_of, used_of
from reports.models import HandlingTime, MonthCell, MonthSum, Seal
from reports.month.figures import Group
from reports.month.partition import FLAGS, of_period
from reports.month.snapshot import Snapshot
from surveys.models import Batch, Office, ProcedureVersion, Transaction
from surveys.periods import Period, local_day, parse_period
from surveys.reference.questionnaires import questionnaire_of

TIME = "time"  # the criterion of the counter's questionnaire (docs/spec/contract.md)


@atomic
def sum_up(*, office: Office, period: Period, now: datetime) -> None:
    """Sum the finished transactions of a period anew; once it is sealed and summed after that, nothing changes any more."""
    Office.objects.select_for_update(no_key=True).get(pk=office.pk)
    rows = HandlingTime.objects.of(office).in_period(period)
    seal = Seal.objects.standing(office, period)
    if seal and rows.filter(read_on__gte=local_day(seal.sealed_at)).exists():
        return
    summed = _times(office, period)
    rows.delete()
    HandlingTime.objects.bulk_create(
        HandlingTime(
            office=office,
            period=str(period),
            procedure=code,
            n=times.n,
            timed=times.timed,
            on_time=times.on_time,
            minutes=_as_json(times.minutes),
            used=_as_json(times.used),
            limits=json.dumps(sorted(times.limits)),
            read_on=local_day(now),
        )
        for code, times in sorted(summed.items())
    )


def _times(office: Office, period: Period) -> dict[str, Times]:
    start, end = period.bounds()
    finished = Transaction.objects.of(office).finished_between(start, end).order_by()
    columns = finished.values_list("procedure__code", "version", "started_at", "finished_at", "due_at")
    versions = ProcedureVersion.objects.prefetch_related("seasons").in_bulk()
    counts: dict[str, Counts] = defaultdict(Counts)
    minutes: dict[str, Counts] = defaultdict(Counts)
    used: dict[str, Counts] = defaultdict(Counts)
    limits: dict[str, set] = defaultdict(set)
    for code, version, started, ended, due in columns.iterator(chunk_size=5000):
        if ended is None:  # runs still; the stretch has none
            continue
        taken = (ended - started).total_seconds()
        counts[code]["n"] += 1
        minutes[code][bucket_of(taken / 60)] += 1
        if due is None:
            continue
        counts[code]["timed"] += 1
        counts[code]["on_time"] += ended <= due
        used[code][used_of(taken, (due - started).total_seconds())] += 1
        if (ruled := versions.get(version)) and (limit := ruled.limit_on(local_day(started))):
            limits[code].add((limit, ruled.limit_unit))
    return {
        code: Times(
            known["n"], known["timed"], known["on_time"], minutes[code], used[code], frozenset(limits[code])
        )
        for code, known in counts.items()
    }


# ── Read ───────────────────────────────────────────────────────────────────────────────


def clock(month: Snapshot) -> list[Row]:
    """Every procedure of the stretch that has times, in the order of the snapshot. Three queries, one without any.

    The feeling is told from 30 ballots on, for procedures that the snapshot tells, and only where it rests on the very
    ballots that the snapshot counts for them, so that their difference gives away no other group.
    """
    periods = [str(period) for period in month.months.periods(month.office.quarterly)]
    times = _summed(month.office, periods)
    if not times:
        return []
    felt = _felt(month.office, periods)
    return [
        Row(code=group.code, name=group.name, times=times[group.code], **_told_of(group, felt))
        for group in month.procedures
        if group.code in times
    ]


def _told_of(group: Group, felt: Mapping[str, dict[str, int]]) -> dict[str, int]:
    counts = felt.get(group.code)
    if not counts or not group.is_separable or not group.has_share or not group.has_verdict:
        return {}
    return counts if counts["answered"] == group.valid else {}


def read_until(month: Snapshot) -> HandlingTime | None:
    """The last row of the stretch, for the day until which it was summed."""
    periods = month.months.periods(month.office.quarterly)
    return HandlingTime.objects.of(month.office).in_periods(periods).order_by("-read_on").first()


def _summed(office: Office, periods: list[str]) -> dict[str, Times]:
    summed: dict[str, Times] = defaultdict(Times)
    for row in HandlingTime.objects.of(office).in_periods(periods):
        summed[row.procedure] += Times(
            row.n,
            row.timed,
            row.on_time,
            _as_counts(row.minutes),
            _as_counts(row.used),
            frozenset(map(tuple, json.loads(row.limits))),
        )
    return dict(summed)


def _felt(office: Office, periods: list[str]) -> dict[str, dict[str, int]]:
    """Satisfied and answered on the time criterion by procedure; what a period's own page withholds is left out."""
    cells = defaultdict(list)
    for row in MonthCell.objects.of(office).in_periods(periods).verdicts("period", "procedure", *FLAGS):
        cells[row["period"]].append(row)
    open_to_all = {(period, code) for period, rows in cells.items() for code in _told_in(rows)}
    felt: dict[str, Counts] = defaultdict(Counts)
    sums = MonthSum.objects.of(office).in_periods(periods).filter(criterion=TIME)
    for row in sums.levels("period", "procedure"):
        if (row["period"], row["procedure"]) in open_to_all:
            satisfied = row["level"] in _satisfied_levels(row["questionnaire"])
            felt[row["procedure"]]["satisfied"] += row["n"] * satisfied
            felt[row["procedure"]]["answered"] += row["n"]
    return {
        code: {"satisfied": counts["satisfied"], "answered": counts["answered"]}
        for code, counts in felt.items()
        if code and counts["answered"] >= PERCENT_FROM
    }


def _told_in(rows: list[dict[str, Any]]) -> list[str]:
    """The procedures whose verdict one period tells by itself."""
    groups = of_period(rows, "procedure")
    return [] if shown(sum(groups.bases)).is_hidden else [c for c in groups.codes if c not in groups.untold]


def _satisfied_levels(version: int) -> frozenset[int]:
    return next(
        frozenset(level.value for level in criterion.levels if level.satisfied)
        for criterion in questionnaire_of(version).criteria
        if criterion.code == TIME
    )


def moving(*, since: date) -> list[tuple[Office, Period]]:
    """Offices and months or quarters in which something was mixed since a day."""
    pairs = Batch.objects.filter(mixed_on__gte=since, period__range=("2000-01", "2199-Q4"))
    found = sorted(set(pairs.order_by().values_list("office", "period")))
    offices = Office.objects.in_bulk({office for office, _period in found})
    return [(offices[office], parse_period(period)) for office, period in found]


def _as_json(counts: Mapping[int, int]) -> str:
    return json.dumps({str(key): n for key, n in sorted(counts.items())})


def _as_counts(text: str) -> dict[int, int]:
    return {int(key): n for key, n in json.loads(text).items()}
