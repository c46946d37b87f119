"""A unit's line through campaigns and reorganisations: its own results and those of the units it took over.

Each result stands by itself, with the number of units ranked then; where that population changed, the line says so.
Campaigns held here and results typed in are other instruments than the counter's ballots and are never merged with them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from reports.models import PastResult, Standing, StandingPublication
from reports.standings.pages import place_words
from surveys.models import Office


@dataclass(frozen=True)
class Point:
    """One campaign: the unit as it was called then, score and place among ``of`` units; ``source`` of typed results."""

    name: str
    office: str
    last_day: date
    score: Decimal
    place: int
    of: int
    words: str  # of the place, with what it may also be
    source: str = ""
    slug: str = ""
    other_population: bool = False  # than the point before
    is_invented: bool = False  # answers made up to show the system


def are_published() -> bool:
    """Whether any campaign's result is public, held here or typed in."""
    return StandingPublication.objects.exists() or PastResult.objects.exists()


def lineage(office: Office) -> list[Office]:
    """The office and everything it took over, however far back; a query a generation."""
    found = {office.pk: office}
    generation = [office.pk]
    while generation:
        before = Office.objects.filter(successor__in=generation).exclude(pk__in=found)
        generation = [each.pk for each in before]
        found |= {each.pk: each for each in before}
    return list(found.values())


def line_of(office: Office) -> list[Point]:
    """Every result on the unit's line, oldest first."""
    offices = {each.code: each for each in lineage(office)}
    points = sorted([*_typed(offices), *_held(offices)], key=lambda point: (point.last_day, point.name))
    return [
        Point(**{**vars(point), "other_population": index > 0 and points[index - 1].of != point.of})
        for index, point in enumerate(points)
    ]


def _typed(offices: dict[str, Office]) -> list[Point]:
    rows = PastResult.objects.filter(office__code__in=offices).select_related("office")
    return [
        Point(
            row.name, row.office.short_name, row.last_day, row.score, row.place, row.of, "", source=row.source
        )
        for row in rows
    ]


def _held(offices: dict[str, Office]) -> list[Point]:
    standings = Standing.objects.filter(
        publication__isnull=False, campaign__units__office__code__in=offices
    ).select_related("campaign")
    latest = {standing.campaign_id: standing for standing in standings.distinct().order_by("version")}
    return [
        Point(
            name=said["name"],
            office=unit["name"],
            last_day=date.fromisoformat(said["to"]),
            score=Decimal(unit["score"]),
            place=unit["place"],
            of=said["ranked"],
            words=place_words(unit),
            slug=said["campaign"],
            is_invented=offices[unit["office"]].is_pilot,
        )
        for said in (standing.document for standing in latest.values())
        for unit in said["units"]
        if unit["office"] in offices and unit["place"] is not None
    ]
