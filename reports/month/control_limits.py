"""What is signal and what is usual variation: periods in order of time, and counters side by side.

Pure. The methods and their sources: reports.arithmetic.statistics and research on rates near 100%. Only released groups are judged,
and only periods whose slips can no longer come back. Counters are compared by return rate, never by satisfaction.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from reports.arithmetic import shares, statistics
from reports.arithmetic import wording as said_of
from reports.arithmetic.counts import Participation
from reports.arithmetic.sequential import Judgement, PeriodCount, judge
from reports.arithmetic.shares import grouped
from reports.arithmetic.statistics import Interval, LimitPoint, RateChart
from reports.month.figures import Group, Totals
from surveys.vietnamese import count

LEAST_FOR_FUNNEL = 10
#: As many gaps as a telephone's width can tell apart; a busy office has hundreds in a year.
GAPS_DRAWN = 30
#: Fewer gaps make no picture.
LEAST_GAPS = 8


@dataclass(frozen=True, kw_only=True)
class RatePoint:
    """The return rate of one period with the limits of its size."""

    totals: Totals
    limit: LimitPoint

    @property
    def is_low(self) -> bool:
        return self.limit.is_signal and self.limit.share < self.limit.low

    @property
    def limits_text(self) -> str:
        """Return "79,9–90,2%"."""
        return Interval(Decimal(self.limit.low), Decimal(self.limit.high)).printed(1)

    @property
    def said(self) -> str:
        if not self.limit.is_signal:
            return "trong giới hạn"
        return "dưới giới hạn" if self.is_low else "trên giới hạn"


@dataclass(frozen=True, kw_only=True)
class Course:
    """Periods in order of time; ``open_labels`` name those that are not judged because slips can still come back.

    ``word`` is what a period is called: "tháng" or "quý". ``earlier`` are the told, sealed periods of the same length
    before them: with them the last period is judged by the whole series.
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
    def rate_chart(self) -> RateChart | None:
        known = [row.participation for row in self.judged]
        return statistics.rate_chart([each.returned for each in known], [each.issued for each in known])

    @cached_property
    def rate_points(self) -> tuple[RatePoint, ...]:
        if self.rate_chart is None:
            return ()
        return tuple(
            RatePoint(totals=totals, limit=limit)
            for totals, limit in zip(self.judged, self.rate_chart.points, strict=True)
        )

    @property
    def rate_signals(self) -> tuple[RatePoint, ...]:
        return tuple(point for point in self.rate_points if point.limit.is_signal)

    @property
    def is_temporary(self) -> bool:
        return self.rate_chart is not None and self.rate_chart.is_temporary

    @property
    def rate_sentence(self) -> str:
        if self.rate_chart is None:
            return f"Chưa vẽ được: {self._limits_need}"
        if not self.rate_signals:
            said = f"Tỷ lệ thu về không có tín hiệu: mọi {self.word} được xét đều nằm trong vùng xám."
        else:
            named = ", ".join(
                f"{point.totals.label} ({point.totals.return_rate_text}, {point.said})"
                for point in self.rate_signals
            )
            said = f"Tỷ lệ thu về có tín hiệu: {named}. Ngoài vùng xám mới cần hỏi vì sao."
        return f"{said} {self._temporary_words}".strip()

    @property
    def limits_sentence(self) -> str:
        """`rate_sentence` under a chart that is drawn in any case, for the sake of other points."""
        return (
            self.rate_sentence if self.rate_chart else f"Chưa có mức chung và giới hạn: {self._limits_need}"
        )

    @property
    def _limits_need(self) -> str:
        return f"cần ít nhất hai {self.word} đã hết hạn trả phiếu, với tỷ lệ thu về khác nhau."

    @property
    def _temporary_words(self) -> str:
        if not self.is_temporary:
            return ""
        return f"Mới có {count(len(self.rate_points))} {self.word}: đây là giới hạn tạm thời."

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
        return sum(row.dissatisfied for row in self.told)

    @property
    def valid(self) -> int:
        return sum(row.valid for row in self.told)

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
        return [(row.valid, row.dissatisfied) for row in self.told]

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
        return judge(_counted(row) for row in (*self.earlier, *closed))[-1]

    @property
    def change_sentences(self) -> tuple[str, ...]:
        """A rise, a level under the goal, or what could have been seen; none while the last period is not judged."""
        if self.judgement is None:
            return ()
        a_year = 4 if self.word == "quý" else 12
        return said_of.change_sentences(self.judgement, word=self.word, periods_a_year=a_year)

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


@dataclass(frozen=True, kw_only=True)
class FunnelRow:
    """How many of a counter's slips came back, and how many chance allows around the whole office's rate."""

    code: str
    name: str
    issued: int
    returned: int
    low: int
    high: int

    @property
    def is_signal(self) -> bool:
        return not self.low <= self.returned <= self.high

    @property
    def limits_text(self) -> str:
        """Return "73–95 phiếu"."""
        return f"{grouped(self.low)}–{grouped(self.high)} phiếu"

    @property
    def said(self) -> str:
        if not self.is_signal:
            return "trong giới hạn"
        return "dưới giới hạn" if self.returned < self.low else "trên giới hạn"


def funnel(groups: Iterable[Group], office: Participation) -> dict[str, FunnelRow]:
    """The counters with at least ten slips by code; none when nobody or everybody answered."""
    if office.returned in (0, office.issued):
        return {}
    target = office.returned / office.issued
    rows = {}
    for group in groups:
        known = group.participation
        if group.is_separable and known.issued >= LEAST_FOR_FUNNEL:
            low, high = statistics.funnel_limits(known.issued, target)
            rows[group.code] = FunnelRow(
                code=group.code,
                name=group.name,
                issued=known.issued,
                returned=known.returned,
                low=low,
                high=high,
            )
    return rows


def funnel_sentence(rows: Iterable[FunnelRow], office: Participation) -> str:
    rows = list(rows)
    if not rows:
        return "Chưa đủ phiếu để so tỷ lệ thu về giữa các quầy."
    rate = shares.printed(shares.return_rate(office.returned, office.issued))
    out = [f"{row.name} ({row.said})" for row in rows if row.is_signal]
    if not out:
        return f"Tỷ lệ thu về không có tín hiệu: mọi quầy nằm trong giới hạn tính quanh mức chung {rate}."
    return f"Tỷ lệ thu về có tín hiệu: {', '.join(out)}; mức chung {rate}."


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
