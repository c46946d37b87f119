"""The sentences about figures, in Vietnamese: each says what is known, and where nothing was seen, what could have been.

Pure. One sentence for page, chart, alert and paper alike. Numbers come from the other modules of this package; here
they are only printed. Never said: that nothing changed, that a rate is stable, that a month's share was estimated.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from decimal import Decimal

from reports.arithmetic.clusters import Clusters, Ends
from reports.arithmetic.follow_up_standing import Standing
from reports.arithmetic.follow_up_words import follow_up_limits, follow_up_sentence
from reports.arithmetic.lateness import Timeliness, timeliness
from reports.arithmetic.outward_rounding import printed_ends, printed_high, printed_range
from reports.arithmetic.place_bounds import PlaceRange
from reports.arithmetic.return_limits import RateInLimits, ReturnBaseline
from reports.arithmetic.sequential import Baseline, Judgement, Window
from reports.arithmetic.thresholds import (
    BASELINE_PERIODS,
    COUNTERS_EXCESS,
    GOAL,
    LATENESS_ALPHA,
    LEVEL_ALPHA,
    PLACES_CONFIDENCE,
    PROVISIONAL_MONTHS,
    RETURN_TAIL,
    VERDICT_FROM,
)
from surveys.vietnamese import clerk_date, count, group

GOAL_TEXT = f"{int(100 * GOAL)}%"
SLIPS_ARE_NO_CUSTOMERS = (
    "Đây là số phiếu, không phải số khách: một tổ chức trả nhiều phiếu có thể làm nên cả số này."
)
ORGANISATIONS_UNKNOWN = "chưa xét vì thiếu tên tổ chức"
PLACES_REST_ON_COUNTS = (
    "Khoảng này chỉ kể đến may rủi do số phiếu; không kể đến người không trả lời và không kể đến nhiều phiếu "
    "của cùng một tổ chức."
)


def once_in(false_alarms_a_year: float) -> str:
    """How rarely a signal errs: "trung bình hơn 20 năm mới báo nhầm một lần"; never more rarely than it does."""
    if false_alarms_a_year > 1:
        return f"trung bình mỗi năm báo nhầm tới {count(math.ceil(false_alarms_a_year))} lần"
    years = math.floor(1 / false_alarms_a_year + 1e-9)
    return f"trung bình hơn {count(years // 10 * 10 or years)} năm mới báo nhầm một lần"


# ── Dissatisfied ballots ───────────────────────────────────────────────────────────────


def change_sentences(
    judgement: Judgement, *, word: str, periods_a_year: int, largest_returned: int | None = None
) -> tuple[str, ...]:
    """What is said of one closed period: a rise, a level under the goal, or what would have been seen.

    ``word``: "tháng" or "quý". ``largest_returned``: the most slips that one organisation returned in the judged
    stretch, None where it is not known; the warning about organisations is left out only where none returned so many.
    """
    said: list[str] = []
    counts: list[int] = []
    if window := judgement.change:
        said += [_rise(window, judgement, word), _rise_errs(judgement, periods_a_year)]
        counts.append(window.dissatisfied)
    if judgement.is_level_signal:
        said += [level_sentence(judgement), level_errs(periods_a_year)]
        counts.append(judgement.period.dissatisfied)
    if not counts:
        return (nothing_seen(judgement, word=word),)
    if largest_returned is None or largest_returned >= min(counts):
        said.append(SLIPS_ARE_NO_CUSTOMERS)
    return tuple(said)


def _rise(window: Window, judgement: Judgement, word: str) -> str:
    start = "Có dấu hiệu:" if window.periods == 1 else f"Có dấu hiệu. Gộp {count(window.periods)} {word}:"
    return (
        f"{start} {count(window.dissatisfied)} trong {group(window.valid)} phiếu không hài lòng, "
        f"so với {_counted_before(judgement)} của {_reference(judgement, word)}."
    )


def _rise_errs(judgement: Judgement, periods_a_year: int) -> str:
    rarely = once_in(judgement.expected_false_alarms * periods_a_year)
    return f"Nếu không có gì thay đổi và mỗi phiếu là một ý kiến riêng, {rarely}."


def level_sentence(judgement: Judgement) -> str:
    """ "Có dấu hiệu: 22 trong 255 phiếu không hài lòng, tỷ lệ hài lòng thấp rõ rệt hơn mục tiêu 95%."."""
    period = judgement.period
    return (
        f"Có dấu hiệu: {count(period.dissatisfied)} trong {group(period.valid)} phiếu không hài lòng, "
        f"tỷ lệ hài lòng thấp rõ rệt hơn mục tiêu {GOAL_TEXT}."
    )


def level_errs(periods_a_year: int) -> str:
    """How often the level rule errs for an office whose true rate is exactly the goal."""
    rarely = once_in(float(LEVEL_ALPHA) * periods_a_year)
    return f"Với tỷ lệ hài lòng thật đúng bằng mục tiêu {GOAL_TEXT}, {rarely}."


def nothing_seen(judgement: Judgement, *, word: str) -> str:
    """What is said where there is no signal, and what could have been seen or missed."""
    n = f"Với {group(judgement.period.valid)} phiếu"
    if judgement.baseline is None:
        return f"Chưa có {word} trước để so. {_level_needs(n, judgement)}"
    before = f"{_reference(judgement, word)} ({_counted_before(judgement)})"
    seen = f"Chưa thấy dấu hiệu phiếu không hài lòng tăng so với {before}."
    if judgement.seen_rate is None:
        return f"{seen} {n}, chưa có ngưỡng: không số nào trong {word} đủ để thành dấu hiệu tăng."
    needs = f"{n}, từ {count(judgement.signal_from or 0)} phiếu không hài lòng trong {word} mới là dấu hiệu"
    return f"{seen} {needs}; {_may_be_missed(judgement)} có thể bị bỏ sót."


def _level_needs(n: str, judgement: Judgement) -> str:
    if judgement.level_from > judgement.period.valid:
        return f"{n}, chưa có ngưỡng."
    return f"{n}, từ {count(judgement.level_from)} phiếu không hài lòng mới thấp rõ rệt hơn mục tiêu {GOAL_TEXT}."


def _may_be_missed(judgement: Judgement) -> str:
    if judgement.seen_ratio is not None:
        return f"mức tăng dưới khoảng {count(judgement.seen_ratio)} lần"
    return f"tỷ lệ thật dưới {printed_high(judgement.seen_rate or 0)}%"


def _counted_before(judgement: Judgement) -> str:
    before = judgement.baseline or Baseline(())
    return f"{group(before.dissatisfied)} trong {group(before.valid)} phiếu"


def _reference(judgement: Judgement, word: str) -> str:
    periods = judgement.baseline.periods if judgement.baseline else ()
    many = f"{count(len(periods))} {word}"
    return f"{many} làm mốc" if len(periods) >= BASELINE_PERIODS else f"{many} trước"


def reference_sentence(judgement: Judgement, *, word: str) -> str:
    """What the period was compared with, with its ends: "Mốc: 12 tháng (6/2022–5/2023), 2 phiếu …"; '' without any."""
    baseline = judgement.baseline
    if baseline is None:
        return ""
    many = f"{count(len(baseline.periods))} {word} ({_stretch(baseline.first, baseline.last)})"
    counted = f"{group(baseline.dissatisfied)} phiếu không hài lòng trong {group(baseline.valid)} phiếu"
    if baseline.is_firm:
        return f"Mốc: {many}, {counted}."
    return f"So với {many}, {counted}; chưa đủ {count(BASELINE_PERIODS)} {word} để cố định mốc."


def _stretch(first: str, last: str) -> str:
    return first if first == last else f"{first}–{last}"


# ── Return rates ───────────────────────────────────────────────────────────────────────


def month_rates_sentence(
    judged: Sequence[RateInLimits], baseline: ReturnBaseline, *, word: str, ends: tuple[str, str]
) -> str:
    """What the limits say of the periods after the reference period, whose first and last labels are ``ends``."""
    if len(baseline.months) < PROVISIONAL_MONTHS:
        needed = f"cần ít nhất {count(PROVISIONAL_MONTHS)} {word} đã đóng trước {word} được xét"
        return f"Chưa có giới hạn: {needed}, mới có {count(len(baseline.months))}."
    if not baseline.has_limits:
        return f"Chưa có giới hạn: các {word} đã đóng có tỷ lệ thu về giống hệt nhau."
    kind = "giới hạn" if baseline.is_firm else "giới hạn tạm thời"
    source = f"{kind} tính từ {count(len(baseline.months))} {word} làm mốc"
    dated = f"{source} ({_stretch(*ends)})"
    if not judged:
        return f"Đã có {dated}; chưa có {word} nào sau mốc để xét."
    out = [rate_sentence(each, source, kind) for each in judged if each.is_signal]
    return " ".join(out) if out else f"Mọi {word} được xét đều nằm trong {dated}."


def rate_sentence(rate: RateInLimits, source: str, kind: str = "giới hạn") -> str:
    """ "Tháng 9/2023 thu về 205 trong 290, dưới giới hạn 209–274 tính từ 12 tháng làm mốc."."""
    where = rate.said.split()[0]
    limits = f"{kind} {group(rate.low)}–{group(rate.high)}{source.removeprefix(kind)}"
    return f"{rate.label} thu về {group(rate.returned)} trong {group(rate.issued)}, {where} {limits}."


def counter_rate_sentence(rate: RateInLimits) -> str:
    """ "Quầy 2 thu về 61 trong 73, trong giới hạn 49–71 tính từ các quầy khác."."""
    return rate_sentence(rate, "giới hạn tính từ các quầy khác")


def limits_err(*, groups: int, periods_a_year: int) -> str:
    """How often limits on both sides err in a year, over so many groups together."""
    return f"Nếu không có gì thay đổi, {once_in(2 * RETURN_TAIL * groups * periods_a_year)}."


def counters_err(*, groups: int, periods_a_year: int) -> str:
    """The same of counters side by side, however alike the slips of one organisation come back, as simulated."""
    rarely = once_in(COUNTERS_EXCESS * 2 * RETURN_TAIL * groups * periods_a_year)
    return f"Nếu {count(groups)} quầy không khác nhau, {rarely}."


# ── What came back, and what it stands for ─────────────────────────────────────────────


def counted_sentence(valid: int, what: str = "thu về") -> str:
    """Instead of an interval on a month that was counted in full."""
    return f"{group(valid)} phiếu {what} đã được đếm đủ, không có sai số chọn mẫu."


def long_run_sentence(each_alone: Ends, organisations_alike: Ends, *, word: str = "tháng") -> str:
    """For details only: both ends of what the long-run rate may be."""
    alone, alike = (printed_range(*ends, decimals=2) for ends in (each_alone, organisations_alike))
    return (
        f"Nếu cách phục vụ giữ nguyên, tỷ lệ lâu dài phù hợp với {word} này: {alone} nếu mỗi phiếu là một ý kiến "
        f"riêng; {alike} nếu các phiếu của một tổ chức luôn giống nhau."
    )


def organisations_clause(known: Clusters) -> str:
    """ "của 37 tổ chức", to stand behind a number of slips; where some have none, "trong đó 300 phiếu của 37 tổ chức"."""
    whose = f"của {count(known.organisations)} tổ chức"
    return f", trong đó {group(known.slips)} phiếu {whose}" if known.unknown else f" {whose}"


def return_rate_sentence(rate: str, ends: Ends | None, *, is_confidence: bool = False) -> str:
    """ "Tỷ lệ thu về 75%; với những tổ chức tương tự, từ 59,38% đến 86,53%."; without an interval the rate alone."""
    if ends is None:
        return f"Tỷ lệ thu về {rate}."
    low, high = printed_ends(*ends, decimals=2)
    known = " (độ tin cậy 95%)" if is_confidence else ""
    return f"Tỷ lệ thu về {rate}; với những tổ chức tương tự, từ {low}% đến {high}%{known}."


# ── Places ─────────────────────────────────────────────────────────────────────────────


def place_sentence(place: PlaceRange, *, confidence: float = PLACES_CONFIDENCE) -> str:
    """ "Hạng 10 trong 64 đơn vị. Với số phiếu đã có, hạng có thể từ 1 đến 20 (…)."."""
    said = f"Hạng {place.place} trong {place.units} đơn vị."
    sure = f"{Decimal(str(confidence)) * 100:.0f}"
    joint = f"(độ tin cậy {sure}%, tính chung cho cả {place.units} đơn vị)"
    if place.best == place.worst:
        return f"{said} Với số phiếu đã có, không có hạng nào khác {joint}."
    return f"{said} Với số phiếu đã có, hạng có thể từ {place.best} đến {place.worst} {joint}."


def country_sentence(units: int) -> str:
    """Of whom the country line of a campaign is the sum."""
    return f"Tính từ {count(units)} đơn vị có từ {VERDICT_FROM} phiếu."


# ── Time ───────────────────────────────────────────────────────────────────────────────


def timeliness_sentence(on_time: int, timed: int) -> str:
    """ "34/41 đúng hạn: thấp rõ rệt hơn mức 95%." and its two siblings."""
    verdicts = {
        Timeliness.LATE: f"thấp rõ rệt hơn mức {GOAL_TEXT}",
        Timeliness.IN_TIME: f"đạt mức {GOAL_TEXT}",
        Timeliness.UNCLEAR: f"chưa đủ căn cứ để nói trên hay dưới mức {GOAL_TEXT}",
    }
    return f"{group(on_time)}/{group(timed)} đúng hạn: {verdicts[timeliness(on_time, timed)]}."


def lateness_errs() -> str:
    """How often "late" errs of one procedure that keeps exactly the promised share; a verdict a period."""
    times = f"{count(int(100 * LATENESS_ALPHA))} trong 100 kỳ"
    return f"Thủ tục có đúng {GOAL_TEXT} giao dịch đúng hạn bị báo nhầm nhiều nhất {times}."


# ── The follow-up ───────────────────────────────────────────────────


def follow_up_standing(standing: Standing) -> str:
    """For a paper, which knows no clock: what was proved, else what was promised until when."""
    if standing.proved:
        return f"{follow_up_sentence(standing.proved)} {follow_up_limits(standing.proved)}"
    promise = standing.promise
    drawn = f" (số {promise.special_prize})" if promise.beacon else ""
    promised = (
        f"Khi niêm phong, danh sách {group(promise.silent)} phiếu không thu về đã được chốt bằng mã băm; {group(promise.called)} "
        f"phiếu trong đó được bốc thăm bằng giải đặc biệt xổ số miền Bắc ngày {clerk_date(promise.drawn_on)}{drawn} để thanh tra "
        "hỏi lại."
    )
    if standing.is_void:
        return f"{promised} Kỳ đã được đính chính nên việc hỏi lại không còn giá trị."
    until = clerk_date(promise.until)
    return (
        f"{promised} Kết quả được công bố chậm nhất ngày {until} cùng kết quả của kỳ; sau ngày {until} mà không có thì là không "
        "công bố kết quả hỏi lại."
    )
