"""Figures of one criterion: its levels, by office and by counter."""

from __future__ import annotations

from dataclasses import dataclass, field

from reports.arithmetic import shares, statistics
from reports.arithmetic.shares import grouped
from reports.arithmetic.statistics import Interval
from reports.arithmetic.suppression import NO_SHARE, Shown


@dataclass(frozen=True, kw_only=True)
class LevelFigures:
    """One answer of one criterion; ``n`` is None where it may not be told."""

    value: int
    label: str
    counts_as_satisfied: bool
    n: int | None


@dataclass(frozen=True, kw_only=True)
class CriterionFigures:
    """How one criterion was answered on the valid ballots of a group. Levels stand in the order of the ballot."""

    code: str
    name: str  # in full
    short_name: str
    levels: tuple[LevelFigures, ...]
    shown: Shown

    @property
    def answered(self) -> int | None:
        return None if self.shown.is_hidden else sum(level.n for level in self.levels)

    @property
    def satisfied(self) -> int | None:
        if self.shown.is_hidden:
            return None
        return sum(level.n for level in self.levels if level.counts_as_satisfied)

    @property
    def dissatisfied(self) -> int | None:
        return None if self.shown.is_hidden else self.answered - self.satisfied

    @property
    def interval(self) -> Interval | None:
        return statistics.wilson(self.satisfied, self.answered) if self.shown is Shown.PERCENT else None

    @property
    def answered_text(self) -> str:
        return grouped(self.answered) if self.shown.has_counts else self.shown.value

    @property
    def satisfied_text(self) -> str:
        return grouped(self.satisfied) if self.shown.has_counts else self.shown.value

    @property
    def dissatisfied_text(self) -> str:
        return grouped(self.dissatisfied) if self.shown.has_counts else self.shown.value

    @property
    def satisfied_share_text(self) -> str:
        return self._share(self.satisfied)

    @property
    def dissatisfied_share_text(self) -> str:
        return self._share(self.dissatisfied)

    @property
    def interval_text(self) -> str:
        return self.interval.printed() if self.interval else NO_SHARE

    @property
    def level_rows(self) -> tuple[tuple[LevelFigures, str, str], ...]:
        """Every level with its printed count and its printed share; the shares add up to 100%."""
        if not self.shown.has_counts:
            return tuple((level, self.shown.value, self.shown.value) for level in self.levels)
        counts = [level.n for level in self.levels]
        parts = shares.shares(counts) if self.shown is Shown.PERCENT else [NO_SHARE] * len(counts)
        return tuple(
            (level, grouped(level.n), str(part)) for level, part in zip(self.levels, parts, strict=True)
        )

    @property
    def top_two_text(self) -> str:
        """The share of the two best of at least four levels, as SIPAS counts; '' for other scales. Never set beside them unlabelled."""
        if len(self.levels) < 4 or not self.shown.has_counts:
            return ""
        best = sorted(self.levels, key=lambda level: level.value)[-2:]
        return self._share(sum(level.n for level in best))

    def _share(self, part: int | None) -> str:
        if not self.shown.has_counts:
            return self.shown.value
        if self.shown is not Shown.PERCENT:
            return f"{part}/{self.answered}"
        return str(shares.share(part, self.answered))

    def as_api(self) -> dict:
        return {
            "code": self.code,
            "name": self.name,
            "levels": {str(level.value): level.n for level in self.levels},
        }


@dataclass(frozen=True, kw_only=True)
class CounterCriteria:
    """The criteria of one counter, hidden as the counter itself is."""

    code: str
    name: str
    criteria: tuple[CriterionFigures, ...] = field(default=())
