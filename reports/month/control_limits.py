"""What is signal and what is usual variation: periods in order of time, and counters side by side.

Pure. The methods and their sources: reports.arithmetic.statistics and research on rates near 100%. Only released groups are judged,
and only periods whose slips can no longer come back. Counters are compared by return rate, never by satisfaction.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from reports.arithmetic import statistics
from reports.arithmetic import wording as said_of
from reports.arithmetic.clusters import Organisations
from reports.arithmetic.counts import Participation
from reports.arithmetic.return_limits import RateInLimits, ReturnBaseline, counter_limits
from reports.arithmetic.sequential import Judgement, PeriodCount, judge
from reports.arithmetic.shares import grouped
from reports.arithmetic.thresholds import FUNNEL_FROM
from reports.month.figures import Group, Totals
from surveys.vietnamese import count

#: As many gaps as a telephone's width can tell apart; a busy office has hundreds in a year.
GAPS_DRAWN = 30
#: Fewer gaps make no picture.
LEAST_GAPS = 8


@dataclass(frozen=True, kw_only=True)
class RatePoint:
    """The return rate of one closed period; ``rate`` holds its limits, None while it is not judged."""

    totals: Totals
    rate: RateInLimits | None = None

    @property
    def is_signal(self) -> bool:
        return self.rate is not None and self.rate.is_signal

    @property
    def limits_text(self) -> str:
        return self.rate.limits_text if self.rate else "–"

    @property
    def said(self) -> str:
        return self.rate.said if self.rate else "không xét"


@dataclass(frozen=True, kw_only=True)
class Course:
    """Periods in order of time; ``open_labels`` name those that are not judged because slips can still come back.

    ``word`` is what a period is called: "tháng" or "quý". ``earlier`` are the sealed periods of the same length
    before them: with them each is judged by the whole series.
    """

    periods: tuple[Totals, ...]
    open_labels: tuple[str, ...]
    word: str
    earlier: tuple[Totals, ...] = ()

    # ── The return rate ────────────────────────────────────────────────────────────────

    @cached_property
    def judged(self) -> tuple[Totals, ...]:
        return tuple(row for row in self.periods if row.has_slips and row.label not in self.open_labels)

    @cached_property
    def _closed(self) -> tuple[Totals, ...]:
        """Every closed period of the series that handed out slips, in order of time."""
        return (*(row for row in self.earlier if row.has_slips), *self.judged)

    @cached_property
    def return_baseline(self) -> ReturnBaseline:
        """The first twelve closed periods; before there are more, all but the last, so that none judges itself."""
        return ReturnBaseline.of(
            (row.participation.issued, row.participation.returned) for row in self._closed[:-1]
        )

    @cached_property
    def rate_points(self) -> tuple[RatePoint, ...]:
        after = {row.months for row in self._closed[len(self.return_baseline.months) :]}
        return tuple(
            RatePoint(totals=row, rate=self._in_limits(row) if row.months in after else None)
            for row in self.judged
        )

    def _in_limits(self, row: Totals) -> RateInLimits | None:
        known = row.participation
        ends = self.return_baseline.limits(known.issued)
        return RateInLimits(_capital(row.label), known.issued, known.returned, *ends) if ends else None

    @property
    def rate_signals(self) -> tuple[RatePoint, ...]:
        return tuple(point for point in self.rate_points if point.is_signal)

    @property
    def has_limits(self) -> bool:
        return self.return_baseline.has_limits

    @property
    def is_temporary(self) -> bool:
        return self.has_limits and not self.return_baseline.is_firm

    @property
    def rate_sentence(self) -> str:
        """What the limits say of the closed periods of the course; where they signal, how often that errs."""
        size = len(self.return_baseline.months)
        ends = (self._closed[0].short_label, self._closed[size - 1].short_label) if size else ("", "")
        rates = [point.rate for point in self.rate_points if point.rate]
        said = said_of.month_rates_sentence(rates, self.return_baseline, word=self.word, ends=ends)
        if not self.rate_signals:
            return said
        return f"{said} {said_of.limits_err(groups=1, periods_a_year=self.periods_a_year)}"

    @property
    def periods_a_year(self) -> int:
        return 4 if self.word == "quý" else 12

    @property
    def open_text(self) -> str:
        """Say which periods are left out of the judgement; '' when none is."""
        if not self.open_labels:
            return ""
        return f"{_capital(', '.join(self.open_labels))} còn phiếu chưa hết hạn nên chưa xét tỷ lệ thu về."

    # ── Dissatisfied ballots ───────────────────────────────────────────────────────────

    @cached_property
    def told(self) -> tuple[Totals, ...]:
        """The periods whose verdicts may be told, with at least one valid ballot."""
        return tuple(row for row in self.periods if row.has_verdict and row.valid)

    @property
    def dissatisfied(self) -> int:
        return sum(bad for _valid, bad in self._batches)

    @property
    def valid(self) -> int:
        return sum(valid for valid, _bad in self._batches)

    @cached_property
    def gaps(self) -> tuple[int, ...]:
        """Good ballots before each dissatisfied one, those of a period spread evenly."""
        return statistics.good_between_bad(self._batches, at_least=False)[:-1]

    @property
    def drawn_gaps(self) -> tuple[tuple[int, int], ...]:
        """The latest gaps, each with its number, counted from the first of all."""
        return tuple(enumerate(self.gaps, start=1))[-GAPS_DRAWN:]

    @property
    def _batches(self) -> list[tuple[int, int]]:
        return [(row.told.valid, row.judged[1]) for row in self.told]

    @property
    def strip_sentence(self) -> str:
        if not self.told:
            return "Chưa có kỳ nào đủ 10 phiếu đã công bố."
        over = f"{grouped(self.valid)} phiếu hợp lệ đã công bố của {count(len(self.told))} {self.word}"
        if not self.dissatisfied:
            return f"Không có phiếu không hài lòng trong {over}."
        since = statistics.good_between_bad(self._batches)[-1]
        said = f"{count(self.dissatisfied)} phiếu không hài lòng trong {over}."
        if not since:
            return said
        return f"{said} Sau phiếu không hài lòng gần nhất: ít nhất {grouped(since)} phiếu hài lòng liền nhau."

    @property
    def gap_words(self) -> str:
        """What the drawing of gaps shows; it has no limits, and nothing is concluded from it."""
        shown = f"{count(len(self.drawn_gaps))} khoảng gần nhất trong {grouped(len(self.gaps))}"
        return f"{shown}, theo thứ tự thời gian; không có giới hạn và không dùng để kết luận."

    @cached_property
    def judgement(self) -> Judgement | None:
        """What is known of the last period by the whole closed series; None while it is open or not told."""
        last = self.periods[-1] if self.periods else None
        if last is None or last not in self.told or last.label in self.open_labels:
            return None
        closed = [row for row in self.told if row.label not in self.open_labels]
        before = [row for row in self.earlier if row.has_verdict and row.valid]
        return judge(_counted(row) for row in (*before, *closed))[-1]

    @property
    def change_sentences(self) -> tuple[str, ...]:
        """A rise, a level under the goal, or what could have been seen; none while the last period is not judged."""
        if self.judgement is None:
            return ()
        return said_of.change_sentences(self.judgement, word=self.word, periods_a_year=self.periods_a_year)

    @property
    def judged_words(self) -> str:
        """The same as one text, with the reference period and its ends."""
        if self.judgement is None:
            return ""
        return " ".join(
            (*self.change_sentences, said_of.reference_sentence(self.judgement, word=self.word))
        ).strip()

    # ── Both together ──────────────────────────────────────────────────────────────────

    @property
    def rate_clause(self) -> str:
        """ "tỷ lệ thu về dưới giới hạn" of the last period; '' inside the limits or while it is not judged."""
        last = self.periods[-1] if self.periods else None
        return next((f"tỷ lệ thu về {point.said}" for point in self.rate_signals if point.totals is last), "")


def _counted(row: Totals) -> PeriodCount:
    """A told period as the rule reads it."""
    return PeriodCount(row.short_label, row.valid or 0, row.dissatisfied or 0)


# ── Counters side by side ──────────────────────────────────────────────────────────────


def funnel(
    groups: Iterable[Group], office: Participation, whose: Organisations | None
) -> dict[str, RateInLimits]:
    """The counters with at least ten slips by code, each within limits from all other slips of the office in one period.

    The limits admit that the slips of one organisation come back alike; without organisations nothing is judged.
    """
    rows: dict[str, RateInLimits] = {}
    if whose is None or not whose.are_known:
        return rows
    for group in groups:
        known = group.participation
        others = office.issued - known.issued, office.returned - known.returned
        if group.is_separable and known.issued >= FUNNEL_FROM and others[0]:
            size = whose.kish_size(group.code)
            ends = counter_limits(known.issued, others, kish_size=size, rho=whose.similarity)
            rows[group.code] = RateInLimits(group.name, known.issued, known.returned, *ends)
    return rows


def funnel_sentence(
    rows: Iterable[RateInLimits], whose: Organisations | None, *, is_period: bool, periods_a_year: int
) -> str:
    """The counters outside of their limits, and how often such a signal errs; or why none is judged."""
    rows = list(rows)
    if not is_period:
        return "Tỷ lệ thu về giữa các quầy chỉ được so trong từng kỳ."
    if whose is None or not whose.are_known:
        return f"Tỷ lệ thu về giữa các quầy {said_of.ORGANISATIONS_UNKNOWN}."
    if not rows:
        return "Chưa so tỷ lệ thu về giữa các quầy: cần ít nhất hai quầy, mỗi quầy từ 10 phiếu phát ra."
    out = [said_of.counter_rate_sentence(row) for row in rows if row.is_signal]
    if not out:
        return "Mọi quầy được xét đều nằm trong giới hạn tính từ các quầy khác."
    return " ".join((*out, said_of.counters_err(groups=len(rows), periods_a_year=periods_a_year)))


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
