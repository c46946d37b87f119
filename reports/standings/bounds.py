"""What place a unit of a campaign may also have, from its single ballots (`reports.arithmetic.place_bounds`)."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from decimal import Decimal
from fractions import Fraction

from django.db.models import Count

from reports.arithmetic.place_bounds import (
    Answers,
    BallotParts,
    Criterion,
    PlaceRange,
    ballot_parts,
    place_ranges,
)
from reports.standings.scoring import HUNDRED, SHARE, Formula, Question
from surveys.models import Ballot, Campaign

#: The name of the method in a standing's document; documents of before have none, and Wilson's interval of the score.
METHOD = "one-more-ballot"

Ballots = Mapping[
    str, Mapping[Answers, int]
]  # office → levels in the order of the formula's criteria → ballots


def ballots_of(campaign: Campaign, formula: Formula) -> Ballots:
    """The valid ballots of every unit, equal ones together; one query."""
    rows = (
        Ballot.objects.in_period(campaign.slug)
        .filter(void_mark__isnull=True)
        .order_by()
        .values_list("office__code", "answers")
        .annotate(n=Count("pk"))
    )
    found: dict[str, Counter[Answers]] = defaultdict(Counter)
    for office, text, n in rows:
        said = json.loads(text)
        found[office][tuple(said.get(question.code) for question in formula.questions)] += n
    return found


def ranges_of(
    formula: Formula, ballots: Ballots, ranked: Iterable[str], confidence: Decimal
) -> dict[str, PlaceRange]:
    """Place, possible places and interval of the units that are ranked; those without a ballot to score have none."""
    criteria = [_criterion(formula.kind, question) for question in formula.questions]
    sections = {code: Fraction(weight) for code, weight in formula.sections.items()}
    parts: dict[str, BallotParts] = {}
    for code in ranked:
        if own := ballots.get(code):
            found = ballot_parts(criteria, sections, own)
            parts |= {code: found} if found else {}
    return place_ranges(parts, float(confidence))


def _criterion(kind: str, question: Question) -> Criterion:
    points = {
        level: HUNDRED * (level in question.satisfied) if kind == SHARE else Fraction(value)
        for level, value in question.points.items()
    }
    return Criterion(question.section, Fraction(question.weight), points)
