"""Has dissatisfaction risen? Closed periods judged one after another against a reference period that is frozen.

Pure. Given how many dissatisfied ballots there are in all, how many of them fall into the judged window is binomial
whatever the rate is (Przyborowski and Wilenski 1940, Biometrika 31), so nothing has to be estimated and the expected
false alarms are bounded by the thresholds. Beside it a level rule needs no history: surely under the goal.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property, lru_cache

from reports.arithmetic.distributions import binomial_at_least, bisect, is_rare_at_least, least
from reports.arithmetic.thresholds import (
    BASELINE_PERIODS,
    CHANGE_ALPHA,
    GOAL,
    LEVEL_ALPHA,
    OVERDISPERSION_FROM,
    POWER,
)

NO_OVERDISPERSION = Fraction(1)


# ── The two rules ──────────────────────────────────────────────────────────────────────


@lru_cache(maxsize=4096)
def signal_from(
    n: int, bad_before: int, n_before: int, alpha: Fraction, phi: Fraction = NO_OVERDISPERSION
) -> int:
    """The least number of dissatisfied ballots of n that is a signal; n + 1 when none is.

    ``phi``: over-dispersion of the reference period; ⌊b/φ⌋ is tested against ⌈b0/φ⌉.
    """
    before = math.ceil(bad_before / phi)
    most, share = math.floor(n / phi), Fraction(n, n_before + n)
    units = least(lambda b: is_rare_at_least(b, before + b, share, alpha), 0, most)
    return min(n + 1, math.ceil(units * phi)) if units <= most else n + 1


@lru_cache(maxsize=4096)
def level_from(n: int, goal: Fraction = GOAL, alpha: Fraction = LEVEL_ALPHA) -> int:
    """The least number of dissatisfied ballots of n that is surely under the goal; n + 1 when none is."""
    return least(lambda b: is_rare_at_least(b, n, 1 - goal, alpha), 0, n)


def seen_with_power(n: int, count: int, power: float = POWER) -> float | None:
    """The true rate at which at least ``count`` of n come with the given chance; None when no rate does it."""
    if not 0 < count <= n:
        return None
    return bisect(lambda p: binomial_at_least(count, n, p) >= power, 0.0, 1.0)


# ── Periods and their reference period ─────────────────────────────────────────────────


@dataclass(frozen=True)
class PeriodCount:
    """A closed period whose verdicts are told: how many valid ballots, how many of them dissatisfied."""

    label: str
    valid: int
    dissatisfied: int

    def __post_init__(self) -> None:
        if not 0 <= self.dissatisfied <= self.valid:
            raise ValueError(f"{self.dissatisfied} is no part of {self.valid}")


@dataclass(frozen=True)
class Baseline:
    """The reference period (mốc): frozen once it has twelve periods, provisional before."""

    periods: tuple[PeriodCount, ...]

    @property
    def is_firm(self) -> bool:
        return len(self.periods) >= BASELINE_PERIODS

    @cached_property
    def valid(self) -> int:
        return sum(period.valid for period in self.periods)

    @cached_property
    def dissatisfied(self) -> int:
        return sum(period.dissatisfied for period in self.periods)

    @property
    def first(self) -> str:
        return self.periods[0].label

    @property
    def last(self) -> str:
        return self.periods[-1].label

    @cached_property
    def phi(self) -> Fraction:
        """max(1, Σ(b − n·p̂)² ÷ (n·p̂) ÷ (m − 1)) over its m periods, from twelve dissatisfied ballots on; else 1."""
        if self.dissatisfied < OVERDISPERSION_FROM or len(self.periods) < 2:
            return NO_OVERDISPERSION
        rate = Fraction(self.dissatisfied, self.valid)
        chi_squared: Fraction = sum(
            (
                (period.dissatisfied - period.valid * rate) ** 2 / (period.valid * rate)
                for period in self.periods
                if period.valid
            ),
            Fraction(0),
        )
        return max(NO_OVERDISPERSION, chi_squared / (len(self.periods) - 1))

    def signal_from(self, n: int, alpha: Fraction) -> int:
        return signal_from(n, self.dissatisfied, self.valid, alpha, self.phi)


@dataclass(frozen=True)
class Window:
    """The latest ``periods`` closed periods after the reference period, pooled."""

    periods: int
    valid: int
    dissatisfied: int
    signal_from: int

    @property
    def is_signal(self) -> bool:
        return self.dissatisfied >= self.signal_from


@dataclass(frozen=True)
class Judgement:
    """What is known of one closed period; ``baseline`` is None for the very first.

    ``in_baseline``: the period itself belongs to the reference period, and was judged by those before it.
    """

    period: PeriodCount
    baseline: Baseline | None
    windows: tuple[Window, ...]
    in_baseline: bool

    @property
    def change(self) -> Window | None:
        """The shortest window that signals a rise; None when none does."""
        return next((window for window in self.windows if window.is_signal), None)

    @cached_property
    def level_from(self) -> int:
        return level_from(self.period.valid)

    @property
    def is_level_signal(self) -> bool:
        return self.period.dissatisfied >= self.level_from

    @property
    def is_signal(self) -> bool:
        return self.change is not None or self.is_level_signal

    @property
    def signal_from(self) -> int | None:
        """From how many dissatisfied ballots on this one period would have been a signal; None without history."""
        return self.windows[0].signal_from if self.windows else None

    @cached_property
    def seen_rate(self) -> float | None:
        """The true rate that this one period would have shown in four of five cases; a smaller one may be missed."""
        return None if self.signal_from is None else seen_with_power(self.period.valid, self.signal_from)

    @cached_property
    def seen_ratio(self) -> int | None:
        """By what factor the rate must have risen for that, rounded up; None while nobody was ever dissatisfied."""
        if self.baseline is None or not self.baseline.dissatisfied or self.seen_rate is None:
            return None
        return math.ceil(Fraction(self.seen_rate) * self.baseline.valid / self.baseline.dissatisfied)

    @property
    def expected_false_alarms(self) -> float:
        """The most false alarms of a rise to expect of each period, as an office is judged that has this history."""
        return false_alarms_a_period(is_firm=self.baseline is not None and self.baseline.is_firm)


def false_alarms_a_period(*, is_firm: bool) -> float:
    """At most so many false alarms of a rise a period, whatever the true rate and the size."""
    return float(sum(CHANGE_ALPHA.values()) if is_firm else CHANGE_ALPHA[1])


# ── Judging in order ───────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Decision:
    """What two persons recorded, with a reason, after the signal of the period called ``after``.

    Later windows begin after that period, which is explained. The reference period stays and may grow again; or, with
    ``starts_anew``, later periods make up a new one.
    """

    after: str
    starts_anew: bool = False


class _Course:
    """The reference period so far, the periods judged since, and how many of them in a row were without a signal."""

    def __init__(self, decisions: Mapping[str, Decision]) -> None:
        self.decisions = decisions
        self.baseline: list[PeriodCount] = []
        self.since: list[PeriodCount] = []
        self.quiet = 0
        self.waits_for_decision = False

    def judge(self, period: PeriodCount) -> Judgement:
        if len(self.baseline) < BASELINE_PERIODS:
            return self._judge_within_baseline(period)
        self.since.append(period)
        baseline = Baseline(tuple(self.baseline))
        windows = tuple(
            _window(baseline, self.since[-size:], alpha)
            for size, alpha in CHANGE_ALPHA.items()
            if len(self.since) >= size
        )
        judgement = Judgement(period, baseline, windows, in_baseline=False)
        self._grow(judgement)
        return judgement

    def _judge_within_baseline(self, period: PeriodCount) -> Judgement:
        before = Baseline(tuple(self.baseline)) if self.baseline else None
        windows = (_window(before, [period], CHANGE_ALPHA[1]),) if before else ()
        self.baseline.append(period)
        return Judgement(period, before, windows, in_baseline=True)

    def _grow(self, judgement: Judgement) -> None:
        if judgement.is_signal:
            self.waits_for_decision, self.quiet = True, 0
        elif not self.waits_for_decision:
            self.quiet += 1
        decision = self.decisions.get(judgement.period.label)
        if decision:
            self.waits_for_decision, self.quiet, self.since = False, 0, []
        if decision and decision.starts_anew:
            self.baseline = []
        elif self.quiet == BASELINE_PERIODS:
            self.baseline += self.since[-BASELINE_PERIODS:]
            self.since, self.quiet = [], 0


def _window(baseline: Baseline, periods: Sequence[PeriodCount], alpha: Fraction) -> Window:
    n = sum(period.valid for period in periods)
    bad = sum(period.dissatisfied for period in periods)
    return Window(len(periods), n, bad, baseline.signal_from(n, alpha))


def judge(periods: Iterable[PeriodCount], decisions: Iterable[Decision] = ()) -> tuple[Judgement, ...]:
    """The judgement of each closed period with told verdicts, in the order of time.

    The first twelve are the reference period; each is judged by those before it. After every further twelve periods
    in a row without a signal those twelve join it. After a signal it stays as it is until a decision is recorded.
    """
    course = _Course({decision.after: decision for decision in decisions})
    return tuple(course.judge(period) for period in periods)
