"""Sentences as agreed, and read back: every number in them is checked by a second, exact implementation."""

from __future__ import annotations

import math
import re
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.arithmetic.clusters import Clusters, satisfaction_ends, wilson_ends
from reports.arithmetic.follow_up_bound import ByLetter, FollowUp
from reports.arithmetic.follow_up_words import follow_up_channels, follow_up_limits, follow_up_sentence
from reports.arithmetic.place_bounds import PlaceRange
from reports.arithmetic.return_limits import RateInLimits, ReturnBaseline
from reports.arithmetic.sequential import Judgement, PeriodCount, judge
from reports.arithmetic.wording import (
    PLACES_REST_ON_COUNTS,
    SLIPS_ARE_NO_CUSTOMERS,
    change_sentences,
    counted_sentence,
    counter_rate_sentence,
    counters_err,
    country_sentence,
    level_errs,
    limits_err,
    long_run_sentence,
    month_rates_sentence,
    once_in,
    organisations_clause,
    place_sentence,
    rate_sentence,
    reference_sentence,
    return_rate_sentence,
    timeliness_sentence,
)

NEVER = (
    "không có thay đổi",
    "ổn định",
    "như thường lệ",
    "ngẫu nhiên",
    "dao động",
    "khách hàng",
    "thường thấy",
)


def months(*counts: tuple[int, int]) -> tuple[Judgement, ...]:
    return judge(PeriodCount(f"tháng {number}", *each) for number, each in enumerate(counts, start=1))


def said_last(*counts: tuple[int, int], largest: int | None = None) -> tuple[str, ...]:
    return change_sentences(months(*counts)[-1], word="tháng", periods_a_year=12, largest_returned=largest)


def year(n: int, bad: int) -> list[tuple[int, int]]:
    """Twelve months that come to so many, the dissatisfied in the last one."""
    sizes = [n * (i + 1) // 12 - n * i // 12 for i in range(12)]
    return [(size, bad if i == 11 else 0) for i, size in enumerate(sizes)]


# ── Dissatisfied ballots ───────────────────────────────────────────────────────────────


def test_where_nothing_is_seen_the_sentence_says_what_could_have_been():
    assert said_last(*year(3240, 2), (255, 0)) == (
        "Chưa thấy dấu hiệu phiếu không hài lòng tăng so với 12 tháng làm mốc (2 trong 3.240 phiếu). Với 255 phiếu, từ "
        "04 phiếu không hài lòng trong tháng mới là dấu hiệu; mức tăng dưới khoảng 35 lần có thể bị bỏ sót.",
    )


def test_without_a_dissatisfied_ballot_before_a_rate_takes_the_place_of_a_factor():
    [said] = said_last(*year(3240, 0), (255, 0))
    assert said.endswith(
        "(0 trong 3.240 phiếu). Với 255 phiếu, từ 03 phiếu không hài lòng trong tháng mới là dấu hiệu; tỷ lệ thật dưới "
        "1,7% có thể bị bỏ sót."
    )


def test_a_signal_says_how_rarely_it_errs_and_that_slips_are_no_customers():
    assert said_last(*year(3240, 2), (255, 4)) == (
        "Có dấu hiệu: 04 trong 255 phiếu không hài lòng, so với 2 trong 3.240 phiếu của 12 tháng làm mốc.",
        "Nếu không có gì thay đổi và mỗi phiếu là một ý kiến riêng, trung bình hơn 20 năm mới báo nhầm một lần.",
        SLIPS_ARE_NO_CUSTOMERS,
    )


def test_pooled_months_say_so():
    said = said_last(*year(3060, 2), (255, 2), (255, 2), (255, 3))
    assert said[0] == (
        "Có dấu hiệu. Gộp 03 tháng: 07 trong 765 phiếu không hài lòng, so với 2 trong 3.060 phiếu của 12 tháng làm mốc."
    )


def test_the_warning_about_organisations_goes_only_where_none_returned_so_many():
    assert SLIPS_ARE_NO_CUSTOMERS in said_last(*year(3240, 2), (255, 4), largest=4)
    assert SLIPS_ARE_NO_CUSTOMERS not in said_last(*year(3240, 2), (255, 4), largest=3)


def test_a_first_month_is_judged_by_the_goal_alone():
    assert said_last((255, 22)) == (
        "Có dấu hiệu: 22 trong 255 phiếu không hài lòng, tỷ lệ hài lòng thấp rõ rệt hơn mục tiêu 95%.",
        level_errs(12),
        SLIPS_ARE_NO_CUSTOMERS,
    )
    assert said_last((255, 21)) == (
        "Chưa có tháng trước để so. Với 255 phiếu, từ 22 phiếu không hài lòng mới thấp rõ rệt hơn mục tiêu 95%.",
    )


def test_a_history_shorter_than_a_year_is_not_called_a_reference_period():
    [said] = said_last((255, 0), (255, 1), (255, 0))
    assert "so với 02 tháng trước (1 trong 510 phiếu)" in said
    judgement = months((255, 0), (255, 1), (255, 0))[-1]
    assert reference_sentence(judgement, word="tháng") == (
        "So với 02 tháng (tháng 1–tháng 2), 1 phiếu không hài lòng trong 510 phiếu; chưa đủ 12 tháng để cố định mốc."
    )


def test_a_reference_period_is_dated():
    judgement = months(*year(3240, 2), (255, 0))[-1]
    assert reference_sentence(judgement, word="tháng") == (
        "Mốc: 12 tháng (tháng 1–tháng 12), 2 phiếu không hài lòng trong 3.240 phiếu."
    )
    assert reference_sentence(months((255, 0))[0], word="tháng") == ""


def test_where_no_count_can_signal_the_sentence_admits_it():
    assert said_last((10, 3), (10, 3))[0].endswith(
        "Với 10 phiếu, chưa có ngưỡng: không số nào trong tháng đủ để thành dấu hiệu tăng."
    )


def test_errors_are_told_no_rarer_than_they_are():
    assert once_in(0.048) == "trung bình hơn 20 năm mới báo nhầm một lần"
    assert once_in(0.12) == "trung bình hơn 08 năm mới báo nhầm một lần"
    assert once_in(2.5) == "trung bình mỗi năm báo nhầm tới 03 lần"
    assert level_errs(12).endswith("đúng bằng mục tiêu 95%, trung bình hơn 08 năm mới báo nhầm một lần.")
    # Simulated up to 0,14 a year where organisations return alike (bench.statistics), so once in six years, not in ten.
    assert counters_err(groups=4, periods_a_year=12) == (
        "Nếu 04 quầy không khác nhau, trung bình hơn 06 năm mới báo nhầm một lần."
    )
    assert limits_err(groups=4, periods_a_year=12) == (
        "Nếu không có gì thay đổi, trung bình hơn 10 năm mới báo nhầm một lần."
    )


# ── A reader who checks ────────────────────────────────────────────────────────────────


def tail(k: int, n: int, p: Fraction) -> Fraction:
    return sum((math.comb(n, i) * p**i * (1 - p) ** (n - i) for i in range(k, n + 1)), Fraction(0))


def number(text: str) -> int:
    return int(text.replace(".", ""))


def is_rise(bad: int, n: int, before: int, n_before: int, alpha: Fraction) -> bool:
    return tail(bad, before + bad, Fraction(n, n + n_before)) <= alpha


def check_nothing_seen(said: str, counts: list[tuple[int, int]]) -> None:
    """With fewer than twelve dissatisfied ballots before, so that over-dispersion is not used."""
    *before, (n, bad) = counts
    before = before[:12]
    n_before, bad_before = (sum(column) for column in zip(*before, strict=True))
    found = re.search(r"\((\S+) trong (\S+) phiếu\)", said)
    assert (number(found[1]), number(found[2])) == (bad_before, n_before)
    threshold = re.search(r"Với (\S+) phiếu, từ (\S+) phiếu không hài lòng", said)
    if threshold is None:
        assert not is_rise(n, n, bad_before, n_before, Fraction(2, 1000))
        return
    assert number(threshold[1]) == n
    least = number(threshold[2])
    assert bad < least
    assert is_rise(least, n, bad_before, n_before, Fraction(2, 1000))
    assert not is_rise(least - 1, n, bad_before, n_before, Fraction(2, 1000))
    if factor := re.search(r"dưới khoảng (\S+) lần", said):
        seen = number(factor[1]) * Fraction(bad_before, n_before)
        assert seen > 1 or tail(least, n, seen) >= Fraction(8, 10)
    else:
        assert bad_before == 0
        percent = re.search(r"tỷ lệ thật dưới (\S+)%", said)[1].replace(",", ".")
        assert tail(least, n, Fraction(percent) / 100) >= Fraction(8, 10)


def check_signal(said: tuple[str, ...], counts: list[tuple[int, int]]) -> None:
    before, since = counts[:-1][:12], counts[12:] or counts[-1:]
    for sentence in said:
        if rise := re.search(
            r"(?:Gộp (\S+) tháng: )?(\d\S*) trong (\S+) phiếu.*so với (\S+) trong (\S+) phiếu", sentence
        ):
            size = number(rise[1] or "1")
            n, bad = (sum(column) for column in zip(*since[-size:], strict=True))
            n_before, bad_before = (sum(column) for column in zip(*before, strict=True))
            assert [number(part) for part in rise.groups()[1:]] == [bad, n, bad_before, n_before]
            assert is_rise(bad, n, bad_before, n_before, Fraction(2 if size == 1 else 1, 1000))
        elif sentence == level_errs(12):
            assert Fraction(1, 100) * 12 <= Fraction(1, 8)
        elif "mục tiêu" in sentence:
            n, bad = counts[-1]
            assert sentence.startswith(f"Có dấu hiệu: {bad:02d} trong {n} phiếu")
            assert tail(bad, n, Fraction(5, 100)) <= Fraction(1, 100)


CALM = st.tuples(st.integers(10, 60), st.integers(0, 10)).map(lambda pair: (pair[0], int(pair[1] == 0)))
LAST = st.one_of(
    st.tuples(st.sampled_from([10, 29, 30]), st.integers(0, 10)),
    st.integers(10, 60).map(lambda n: (n, n)),
    st.integers(10, 60).map(lambda n: (n, 0)),
    st.integers(10, 60).flatmap(lambda n: st.tuples(st.just(n), st.integers(0, n))),
)


@given(st.lists(CALM, max_size=11), LAST)
def test_whoever_checks_the_sentence_of_a_month_finds_it_true(before, last):
    counts = [*before, last]
    said = said_last(*counts)
    assert not any(words in sentence for words in NEVER for sentence in said)
    if said[0].startswith("Có dấu hiệu"):
        check_signal(said, counts)
    elif before:
        check_nothing_seen(said[0], counts)
    else:
        n, bad = last
        least = number(re.search(r"từ (\S+) phiếu", said[0])[1])
        assert bad < least
        assert tail(least, n, Fraction(5, 100)) <= Fraction(1, 100) < tail(least - 1, n, Fraction(5, 100))


@given(st.lists(CALM, min_size=12, max_size=12), st.lists(CALM, max_size=3), LAST)
def test_whoever_checks_the_sentence_after_a_full_year_finds_it_true(before, since, last):
    counts = [*before, *since, last]
    said = said_last(*counts)
    if said[0].startswith("Có dấu hiệu"):
        check_signal(said, counts)
    else:
        check_nothing_seen(said[0], counts)


def test_thirteen_equal_months_are_not_called_unchanged():
    [said] = said_last(*[(270, 1)] * 13)
    assert said.startswith("Chưa thấy dấu hiệu")


# ── Return rates ───────────────────────────────────────────────────────────────────────


def test_a_month_under_its_limits_is_named_with_them(vectors):
    baseline = ReturnBaseline.of(map(tuple, vectors["B_limits"]["baseline"]))
    low, high = baseline.limits(290)
    months_ = [
        RateInLimits("Tháng 8/2023", 290, 250, low, high),
        RateInLimits("Tháng 9/2023", 290, 205, low, high),
    ]
    ends = ("6/2022", "5/2023")
    assert month_rates_sentence(months_, baseline, word="tháng", ends=ends) == (
        "Tháng 9/2023 thu về 205 trong 290, dưới giới hạn 209–274 tính từ 12 tháng làm mốc."
    )
    assert month_rates_sentence(months_[:1], baseline, word="tháng", ends=ends) == (
        "Mọi tháng được xét đều nằm trong giới hạn tính từ 12 tháng làm mốc (6/2022–5/2023)."
    )
    assert month_rates_sentence([], baseline, word="tháng", ends=ends) == (
        "Đã có giới hạn tính từ 12 tháng làm mốc (6/2022–5/2023); chưa có tháng nào sau mốc để xét."
    )


def test_too_few_months_have_no_limits_or_provisional_ones():
    few = ReturnBaseline.of([(300, 255)] * 5)
    assert month_rates_sentence([], few, word="tháng", ends=("1/2023", "5/2023")) == (
        "Chưa có giới hạn: cần ít nhất 06 tháng đã đóng trước tháng được xét, mới có 05."
    )
    six = ReturnBaseline.of([(300, 255)] * 6)
    rate = RateInLimits("Tháng 7/2023", 300, 255, *six.limits(300))
    assert month_rates_sentence([rate], six, word="tháng", ends=("1/2023", "6/2023")) == (
        "Mọi tháng được xét đều nằm trong giới hạn tạm thời tính từ 06 tháng làm mốc (1/2023–6/2023)."
    )
    everybody = ReturnBaseline.of([(300, 300)] * 12)
    assert "giống hệt nhau" in month_rates_sentence([], everybody, word="tháng", ends=("", ""))


def test_a_counter_is_told_with_limits_from_the_other_counters():
    assert counter_rate_sentence(RateInLimits("Quầy 2", 73, 61, 49, 71)) == (
        "Quầy 2 thu về 61 trong 73, trong giới hạn 49–71 tính từ các quầy khác."
    )
    assert "trên giới hạn" in rate_sentence(
        RateInLimits("Quầy 2", 73, 72, 49, 71), "giới hạn tính từ các quầy khác"
    )


# ── What came back ─────────────────────────────────────────────────────────────────────


def test_slips_are_told_with_the_organisations_that_had_them():
    whole, some = Clusters.of([(8, 5), (4, 4)]), Clusters.of([(8, 5), (4, 4)], unknown=1)
    assert organisations_clause(whole) == " của 02 tổ chức"
    assert organisations_clause(some) == ", trong đó 12 phiếu của 02 tổ chức"


def test_a_month_counted_in_full_has_no_sampling_error():
    assert counted_sentence(268) == "268 phiếu thu về đã được đếm đủ, không có sai số chọn mẫu."


def test_details_tell_both_ends_of_the_long_run():
    assert long_run_sentence(*satisfaction_ends(268, 268, 12.6909)) == (
        "Nếu cách phục vụ giữ nguyên, tỷ lệ lâu dài phù hợp với tháng này: 98,58–100% nếu mỗi phiếu là một ý kiến riêng; "
        "84,60–100% nếu các phiếu của một tổ chức luôn giống nhau."
    )


def test_a_return_rate_is_told_with_its_range():
    ends = wilson_ends(239 / 317, 36.169)
    assert return_rate_sentence("75%", ends) == (
        "Tỷ lệ thu về 75%; với những tổ chức tương tự, từ 59,38% đến 86,53%."
    )
    assert return_rate_sentence("75%", ends, is_confidence=True).endswith("86,53% (độ tin cậy 95%).")
    assert return_rate_sentence("11/13", None) == "Tỷ lệ thu về 11/13."


# ── Places, time, small numbers, follow-up ─────────────────────────────────────────────


def test_a_place_is_told_with_the_places_it_may_be():
    place = PlaceRange("HB", 9625, 9311, 9705, 10, 1, 20, 64)
    assert place_sentence(place) == (
        "Hạng 10 trong 64 đơn vị. Với số phiếu đã có, hạng có thể từ 1 đến 20 (độ tin cậy 95%, tính chung cho cả 64 đơn "
        "vị)."
    )
    assert PLACES_REST_ON_COUNTS.startswith("Khoảng này chỉ kể đến may rủi do số phiếu")
    assert country_sentence(62) == "Tính từ 62 đơn vị có từ 30 phiếu."
    sure = place_sentence(PlaceRange("A", 1, 1, 1, 2, 2, 2, 3))
    assert "không có hạng nào khác" in sure


@pytest.mark.parametrize(
    ("on_time", "timed", "said"),
    [
        (34, 41, "34/41 đúng hạn: thấp rõ rệt hơn mức 95%."),
        (37, 40, "37/40 đúng hạn: chưa đủ căn cứ để nói trên hay dưới mức 95%."),
        (196, 200, "196/200 đúng hạn: đạt mức 95%."),
    ],
)
def test_time_is_told_with_its_counts_in_every_state(on_time, timed, said):
    assert timeliness_sentence(on_time, timed) == said


def test_a_follow_up_is_told_with_its_draw_and_its_bound():
    follow_up = FollowUp(
        asked=3809, satisfied=3238, dissatisfied=2, silent=569, called=60, bad=0, unreached=0
    )
    assert follow_up_sentence(follow_up) == (
        "Đã hỏi lại chủ của 60 trong 569 phiếu không thu về, chọn bằng bốc thăm kiểm chứng được: 0 không hài lòng, 0 "
        "không liên lạc được. Trên mọi phiếu phát ra, tỷ lệ hài lòng từ 99,2% trở lên (độ tin cậy 95%)."
    )


def by_letter(*, answered, bad, all_bad=1, unreached=5):
    """Of 60 called 30 were written to."""
    return FollowUp(
        asked=3809,
        satisfied=3238,
        dissatisfied=2,
        silent=569,
        called=60,
        bad=all_bad,
        unreached=unreached,
        by_letter=ByLetter(30, answered, bad),
    )


def test_a_follow_up_says_which_part_came_by_letter_and_which_by_telephone():
    said = follow_up_channels(by_letter(answered=27, bad=1, all_bad=3))
    assert said == (
        "Đã gửi 30 thư mời trả lời phiếu kín, còn lại hỏi qua điện thoại: 27 người trả lời bằng phiếu kín (01 không hài "
        "lòng); 28 người trả lời qua điện thoại (02 không hài lòng)."
    )
    assert said in follow_up_sentence(by_letter(answered=27, bad=1, all_bad=3))


def test_fewer_than_ten_letters_are_told_as_not_reached():
    said = follow_up_channels(by_letter(answered=0, bad=0, unreached=35))
    assert "thư trả lời dưới 10 nên tính là không liên lạc được; 25 người trả lời qua điện thoại" in said


def test_where_nobody_was_telephoned_nothing_is_said_of_the_telephone():
    said = follow_up_limits(by_letter(answered=30, bad=1, unreached=30))
    assert said.startswith("Người không liên lạc được tính là không hài lòng.")
    assert "qua điện thoại, không kín" in follow_up_limits(by_letter(answered=27, bad=1))


def test_more_calls_than_were_not_written_to_are_no_follow_up():
    with pytest.raises(ValueError, match="letters and calls"):
        by_letter(answered=20, bad=0, unreached=0)
