"""What is signal and what is usual variation: periods in order of time, and counters side by side.

Pure. The methods and their sources: reports.arithmetic.statistics and research on rates near 100%. Only released groups are judged,
and only periods whose slips can no longer come back. Counters are compared by return rate, never by satisfaction.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from reports.arithmetic import shares, statistics
from reports.arithmetic.counts import Participation
from reports.arithmetic.shares import grouped
from reports.arithmetic.statistics import GChart, Interval, LimitPoint, RateChart
from reports.month.figures import Group, Totals
from surveys.vietnamese import count

EARLIER_PERIODS = 12
FALSE_ALARM = 0.01
LEAST_FOR_FUNNEL = 10
#: As many gaps as a telephone's width can tell apart; a busy office has hundreds in a year.
GAPS_DRAWN = 30


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

    ``word`` is what a period is called: "tháng" or "quý".
    """

    periods: tuple[Totals, ...]
    open_labels: tuple[str, ...]
    word: str

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
            said = f"Không có tín hiệu: mọi {self.word} đều nằm trong vùng xám, là dao động thường ngày."
        else:
            named = ", ".join(
                f"{point.totals.label} ({point.totals.return_rate_text}, {point.said})"
                for point in self.rate_signals
            )
            said = f"Có tín hiệu: {named}. Ngoài vùng xám mới cần hỏi vì sao."
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

    @cached_property
    def gap_chart(self) -> GChart | None:
        """None below eight dissatisfied ballots."""
        return statistics.g_chart(self.gaps)

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
    def gap_sentence(self) -> str:
        if self.gap_chart is None:
            return (
                f"Cần {count(statistics.BAD_BEFORE_G_CHART)} phiếu không hài lòng mới vẽ được biểu đồ khoảng cách; "
                f"hiện có {count(self.dissatisfied)}."
            )
        short = [gap for gap in self.gaps if gap < self.gap_chart.least]
        if short:
            said = (
                f"Có tín hiệu: {count(len(short))} lần hai phiếu không hài lòng ở gần nhau hơn thường thấy."
            )
        else:
            said = "Không có khoảng nào giữa hai phiếu không hài lòng ngắn hơn thường thấy."
        if len(self.gaps) > GAPS_DRAWN:
            said += f" Hình vẽ {GAPS_DRAWN} khoảng gần nhất trong {grouped(len(self.gaps))}."
        return said

    def threshold(self) -> Threshold | None:
        """From which count on the dissatisfied ballots of the last period are a signal, by the periods before it."""
        *earlier, last = self.periods
        before = [row for row in earlier if row in self.told]
        if last not in self.told or len(before) < EARLIER_PERIODS:
            return None
        return Threshold(
            n=last.valid,
            seen=last.dissatisfied,
            bad_before=sum(row.dissatisfied for row in before),
            valid_before=sum(row.valid for row in before),
            word=self.word,
        )

    # ── Both together ──────────────────────────────────────────────────────────────────

    @property
    def change_clause(self) -> str:
        """What is to be said of the last period against those before it; '' while it is open or not told."""
        last = self.periods[-1]
        if last.label in self.open_labels or not last.has_slips or last not in self.told:
            return ""
        threshold = self.threshold()
        if threshold is None or self.rate_chart is None or len(self.judged) <= EARLIER_PERIODS:
            return f"chưa đủ {EARLIER_PERIODS} {self.word} trước để nói có thay đổi hay không"
        signals = [
            f"tỷ lệ thu về {point.said} thường thấy" for point in self.rate_signals if point.totals is last
        ]
        signals += ["số phiếu không hài lòng nhiều hơn thường thấy"] if threshold.is_signal else []
        if signals:
            return " và ".join(signals)
        return f"không có thay đổi đáng kể so với {EARLIER_PERIODS} {self.word} trước"


@dataclass(frozen=True, kw_only=True)
class Threshold:
    """The count of dissatisfied ballots of a period that chance would hardly reach."""

    n: int
    seen: int
    bad_before: int
    valid_before: int
    word: str

    @cached_property
    def signal_from(self) -> int:
        return statistics.signal_from(self.n, self.bad_before, self.valid_before, FALSE_ALARM)

    @property
    def is_signal(self) -> bool:
        return self.seen >= self.signal_from

    @property
    def sentence(self) -> str:
        """Return "Với 268 phiếu hợp lệ, từ 03 phiếu không hài lòng trong một tháng mới là tín hiệu (báo động giả 0,3%)."."""
        if self.signal_from > self.n:
            return f"Với {grouped(self.n)} phiếu hợp lệ, chưa có ngưỡng báo tín hiệu."
        chance = statistics.chance_of_at_least(self.signal_from, self.n, self.bad_before, self.valid_before)
        alarm = f"{math.ceil(chance * 1000) / 10:.1f}".replace(".", ",")
        return (
            f"Với {grouped(self.n)} phiếu hợp lệ, từ {count(self.signal_from)} phiếu không hài lòng trong một "
            f"{self.word} mới là tín hiệu (báo động giả {alarm}%)."
        )


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
        return f"Không có tín hiệu: tỷ lệ thu về của mọi quầy dao động quanh {rate} như ngẫu nhiên."
    return f"Có tín hiệu: {', '.join(out)}; mức chung {rate}."


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
