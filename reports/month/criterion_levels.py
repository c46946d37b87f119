"""Rows of answered levels added up into the criteria of a group."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from reports.arithmetic.suppression import Shown, shown
from reports.month.criteria import CriterionFigures, LevelFigures
from surveys.reference.questionnaires import CriterionFacts, LevelFacts, questionnaire_of

Rows = list[dict[str, Any]]
Scale = tuple[str, tuple[LevelFacts, ...]]  # a criterion's code and its levels: what may be added up


def criteria_figures(sums: Rows, versions: Iterable[int], group: Shown) -> tuple[CriterionFigures, ...]:
    """The criteria of the versions in the order of the ballot, counted over the rows.

    A hidden group hides its criteria; in a shown one each criterion has its own base, the ballots that answered it.
    """
    return tuple(by_scale(sums, versions, group).values())


def by_scale(sums: Rows, versions: Iterable[int], group: Shown) -> dict[Scale, CriterionFigures]:
    counts = level_counts(sums, versions)
    return {
        scale: _criterion(facts, counts.get(scale, {}), group) for scale, facts in scales(versions).items()
    }


def scales(versions: Iterable[int]) -> dict[Scale, CriterionFacts]:
    """Criteria with the same code and levels are one, worded as in the latest version."""
    return {
        (criterion.code, criterion.levels): criterion
        for version in versions
        for criterion in questionnaire_of(version).criteria
    }


def level_counts(sums: Rows, versions: Iterable[int]) -> dict[Scale, dict[str, dict[int, int]]]:
    """For each criterion and period, how many ballots gave it which level."""
    scale_of = {
        (version, criterion.code): (criterion.code, criterion.levels)
        for version in versions
        for criterion in questionnaire_of(version).criteria
    }
    counts: dict[Scale, dict[str, dict[int, int]]] = defaultdict(
        lambda: defaultdict(lambda: defaultdict(int))
    )
    for row in sums:
        scale = scale_of[row["questionnaire"], row["criterion"]]
        counts[scale][row["period"]][row["level"]] += row["n"]
    return counts


def _criterion(
    facts: CriterionFacts, by_period: Mapping[str, Mapping[int, int]], group: Shown
) -> CriterionFigures:
    told = [levels for levels in by_period.values() if not shown(sum(levels.values())).is_hidden]
    counts = {level.value: sum(levels.get(level.value, 0) for levels in told) for level in facts.levels}
    hidden = len(by_period) - len(told)
    mark = shown(sum(counts.values())) if told or not hidden else all_hidden(hidden)
    mark = group if group.is_hidden else mark
    return CriterionFigures(
        code=facts.code,
        name=facts.text.vi,
        short_name=facts.short_name,
        shown=mark,
        levels=tuple(
            LevelFigures(
                value=level.value,
                label=level.label.vi,
                counts_as_satisfied=level.satisfied,
                n=None if mark.is_hidden else counts[level.value],
            )
            for level in facts.levels
        ),
    )


def all_hidden(periods: int) -> Shown:
    """The mark of a group of which every period is hidden; only of one period is it known how small it is."""
    return Shown.SMALL if periods == 1 else Shown.ALONG
