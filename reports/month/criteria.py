"""Figures of one criterion: its levels, by office and by counter."""

from __future__ import annotations

from collections.abc import Sequence
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

    @property
    def told(self) -> int:
        """``n`` where it may be told. Raises LookupError where not: whoever asks has looked at ``shown``."""
        if self.n is None:
            raise LookupError(self.label)
        return self.n


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
        return None if self.shown.is_hidden else sum(level.told for level in self.levels)

    @property
    def satisfied(self) -> int | None:
        if self.shown.is_hidden:
            return None
        return sum(level.told for level in self.levels if level.counts_as_satisfied)

    @property
    def dissatisfied(self) -> int | None:
        if self.shown.is_hidden:
            return None
        return sum(level.told for level in self.levels if not level.counts_as_satisfied)

    @property
    def interval(self) -> Interval | None:
        if self.satisfied is None or self.answered is None or self.shown is not Shown.PERCENT:
            return None
        return statistics.wilson(self.satisfied, self.answered)

    @property
    def answered_text(self) -> str:
        return self._count(self.answered)

    @property
    def satisfied_text(self) -> str:
        return self._count(self.satisfied)

    @property
    def dissatisfied_text(self) -> str:
        return self._count(self.dissatisfied)

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
        counts = [level.told for level in self.levels]
        parts: Sequence[object] = [NO_SHARE] * len(counts)
        if self.shown is Shown.PERCENT:
            parts = shares.shares(counts) or parts
        return tuple(
            (level, grouped(level.told), str(part)) for level, part in zip(self.levels, parts, strict=True)
        )

    @property
    def top_two_text(self) -> str:
        """The share of the two best of at least four levels, as SIPAS counts; '' for other scales. Never set beside them unlabelled."""
        if len(self.levels) < 4 or not self.shown.has_counts:
            return ""
        best = sorted(self.levels, key=lambda level: level.value)[-2:]
        return self._share(sum(level.told for level in best))

    def _count(self, n: int | None) -> str:
        return self.shown.value if n is None or not self.shown.has_counts else grouped(n)

    def _share(self, part: int | None) -> str:
        if part is None or self.answered is None or not self.shown.has_counts:
            return self.shown.value
        if self.shown is not Shown.PERCENT:
            return f"{part}/{self.answered}"
        return str(shares.share(part, self.answered))

    def as_api(self) -> dict[str, object]:
        return {
            "code": self.code,
            "name": self.name,
            "levels": {str(level.value): level.n for level in self.levels},
        }


@dataclass(frozen=True, kw_only=True)
class CounterCriteria:
    """The criteria of one counter, hidden as the counter itself is; ``reason``: in the counter's words, why; '' where told."""

    code: str
    name: str
    reason: str = ""
    criteria: tuple[CriterionFigures, ...] = field(default=())
