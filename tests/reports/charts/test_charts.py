"""Drawings: one scale, words for those who hear, shapes beside colours, nothing inline; and the words that go with them."""

import itertools
import re
from xml.etree import ElementTree

import pytest

from reports import charts
from reports.arithmetic.clusters import Clusters, Organisations
from reports.arithmetic.counts import Participation, Verdicts
from reports.arithmetic.suppression import shown
from reports.charts import score_intervals
from reports.month.control_limits import Course, funnel, funnel_sentence
from reports.month.figures import Totals
from reports.month.snapshot import course_of
from surveys.periods import Month, MonthRange
from tests.reports.charts.stretches import FIRST, totals

# A year of research's own, with Laney's limits known to four digits.
ISSUED = (300, 322, 310, 335, 318, 327, 305, 312, 330, 316, 321, 313)
RETURNED = (251, 281, 262, 290, 259, 288, 268, 255, 279, 268, 284, 255)


def course(rows, *, open_labels=()):
    """A course of (issued, returned, dissatisfied)."""
    periods = tuple(
        totals(issued, returned, bad=bad, month=FIRST.plus(place))
        for place, (issued, returned, bad) in enumerate(rows)
    )
    return Course(periods=periods, open_labels=tuple(open_labels), word="tháng")


def year(bad=()):
    rows = zip(ISSUED, RETURNED, strict=True)
    return course(
        [(issued, returned, dict(bad).get(place, 0)) for place, (issued, returned) in enumerate(rows)]
    )


def parsed(svg):
    return ElementTree.fromstring(svg)  # noqa: S314 - our own drawing


def widths(svg, kind):
    return [
        float(rect.get("width").rstrip("%")) for rect in parsed(svg).iter("rect") if rect.get("class") == kind
    ]


# ── Flow and bounds ────────────────────────────────────────────────────────────────────


def test_all_bars_share_the_scale_of_what_was_issued():
    issued, returned, valid, good = charts.flow(totals(3809, 3240, bad=2), is_open=False)
    assert widths(issued.bar, "issued") == [100]
    assert widths(returned.bar, "returned") == [85.06]
    assert widths(returned.bar, "silent") == [14.94]
    assert widths(valid.bar, "valid") == [85.06]
    assert widths(good.bar, "good") == [85.01]
    assert (good.beside, good.warns, returned.beside) == ("2 không hài lòng", True, "569 không thu về")


def test_the_dissatisfied_stick_out_however_few_they_are():
    bar = parsed(charts.flow(totals(3809, 3240, bad=2), is_open=False)[-1].bar)
    bad, good = (next(r for r in bar.iter("rect") if r.get("class") == kind) for kind in ("bad", "good"))
    assert float(bad.get("height")) > float(good.get("height"))
    assert [line.get("class") for line in bar.iter("line")] == ["bad-edge"]


def test_ballots_not_released_are_outlined_and_not_counted_as_valid():
    valid = charts.flow(totals(60, 50, valid=40), is_open=True)[2]
    assert (widths(valid.bar, "valid"), widths(valid.bar, "waiting")) == ([66.67], [16.67])
    assert valid.beside == "0 không hợp lệ, 10 chưa công bố"


def test_a_hidden_group_has_no_bar_that_could_be_measured():
    rows = charts.flow(totals(12, 8, bad=1), is_open=False)
    assert [(row.label, row.figure) for row in rows] == [
        ("Phát ra", "12"),
        ("Thu về", "8"),
        ("Hợp lệ", "<10"),
    ]
    assert rows[-1].bar == ""


def test_before_the_first_release_the_bar_is_an_outline():
    valid = charts.flow(totals(60, 50, valid=0), is_open=True)[-1]
    assert (valid.figure, widths(valid.bar, "waiting")) == ("chưa công bố", [83.33])


def test_the_bounds_reach_from_all_silent_against_to_all_silent_for():
    reach = next(
        line
        for line in parsed(charts.bounds(totals(3809, 3240, bad=2))).iter("line")
        if line.get("class") == "reach"
    )
    assert (reach.get("x1"), reach.get("x2")) == ("85.01%", "99.95%")


@pytest.mark.parametrize(
    ("issued", "back", "bad"), [(3809, 3240, 2), (317, 268, 0), (400, 40, 39), (60, 58, 0)]
)
def test_each_end_of_the_bounds_is_told_at_its_own_tick_and_never_beside_the_other(issued, back, bad):
    drawing = parsed(charts.bounds(totals(issued, back, bad=bad)))
    ticks = [line.get("x1") for line in drawing.iter("line") if line.get("class") == "reach-end"]
    labels = {label.text: (label.get("x"), label.get("y")) for label in drawing.iter("text")}
    told = [labels[end] for end in totals(issued, back, bad=bad).bounds_ends]
    assert [x for x, _y in told] == ticks
    assert told[0][1] != told[1][1]


def test_without_bounds_nothing_is_drawn():
    assert charts.bounds(totals(29, 29)) == ""


def test_no_end_of_the_bounds_claims_more_than_is_true():
    asked, bad = 317, 49
    low, high = totals(asked, asked - 42, bad=bad).bounds_ends
    assert (low, high) == ("71,2%", "84,6%")
    assert float(low[:-1].replace(",", ".")) <= 100 * (asked - 42 - bad) / asked
    assert float(high[:-1].replace(",", ".")) >= 100 * (asked - bad) / asked


# ── The return rate ────────────────────────────────────────────────────────────────────


def after_the_year(*rows):
    """Research's own year as the reference period, then months of (issued, returned)."""
    return course(
        [*((n, back, 0) for n, back in zip(ISSUED, RETURNED, strict=True)), *((*row, 0) for row in rows)]
    )


def test_a_month_after_the_reference_year_is_judged_by_that_year_and_drawn_within_its_limits():
    known = after_the_year((290, 250))
    assert [point.limits_text for point in known.rate_points][-2:] == ["–", "209–274 phiếu"]
    assert known.rate_sentence == (
        "Mọi tháng được xét đều nằm trong giới hạn tính từ 12 tháng làm mốc (6/2022–5/2023)."
    )
    assert not known.is_temporary
    drawing = parsed(charts.return_rates(known))
    signs = [s.get("class") for s in drawing.iter("svg")]
    assert (signs.count("sign sign-pale"), signs.count("sign sign-last")) == (12, 1)
    assert len([each for each in drawing.iter("rect") if each.get("class") == "band"]) == 1


def test_a_month_outside_its_limits_is_named_says_how_often_that_errs_and_is_drawn_as_a_diamond():
    odd = after_the_year((290, 250), (290, 205))
    assert [point.totals.label for point in odd.rate_signals] == ["tháng 7/2023"]
    assert odd.rate_sentence == (
        "Tháng 7/2023 thu về 205 trong 290, dưới giới hạn 209–274 tính từ 12 tháng làm mốc. Nếu không có gì thay đổi, "
        "trung bình hơn 40 năm mới báo nhầm một lần."
    )
    diamond = [s for s in parsed(charts.return_rates(odd)).iter("svg") if "sign-signal" in s.get("class", "")]
    assert len(diamond) == 1
    assert diamond[0].find("path") is not None
    assert odd.rate_clause == "tỷ lệ thu về dưới giới hạn"


def test_a_month_never_widens_its_own_limits():
    calm, wild = after_the_year((300, 250)), after_the_year((300, 0))
    assert calm.rate_points[-1].limits_text == wild.rate_points[-1].limits_text
    short = [(300, 255, 0)] * 7
    wild = course([*short, (300, 0, 0)])
    assert [point.is_signal for point in wild.rate_points] == [False] * 7 + [True]
    assert wild.is_temporary
    assert "dưới giới hạn tạm thời" in wild.rate_sentence


def test_months_that_were_sealed_before_the_course_are_its_reference_period():
    before = year().periods
    later = tuple(totals(290, 205 + 20 * place, month=FIRST.plus(12 + place)) for place in range(2))
    known = Course(periods=later, open_labels=(), word="tháng", earlier=before)
    assert [point.said for point in known.rate_points] == ["dưới giới hạn", "trong giới hạn"]


def test_an_open_month_is_not_judged():
    rows = [(1000, 850 + place % 2 * 4, 0) for place in range(12)] + [(1000, 300, 0)]
    still = course(rows, open_labels=["tháng 6/2023"])
    assert not still.rate_signals
    assert len(still.rate_points) == 12
    assert (still.rate_clause, still.judgement, still.change_sentences) == ("", None, ())
    assert still.open_text == "Tháng 6/2023 còn phiếu chưa hết hạn nên chưa xét tỷ lệ thu về."


def test_the_bands_of_two_months_meet_and_do_not_overlap():
    drawing = parsed(charts.return_rates(after_the_year((290, 250), (300, 255), (280, 240))))
    bands = [rect for rect in drawing.iter("rect") if rect.get("class") == "band"]
    sides = [(float(b.get("x").rstrip("%")), float(b.get("width").rstrip("%"))) for b in bands]
    for (x, width), (following, _) in itertools.pairwise(sides):
        assert x + width == pytest.approx(following, abs=0.02)


def test_months_without_slips_are_left_out():
    assert len(course([(0, 0, 0), (40, 30, 0), (0, 0, 0), (40, 35, 0)]).rate_points) == 2


@pytest.mark.parametrize("rows", [[], [(40, 30, 0)]])
def test_without_two_months_there_is_a_sentence_and_no_drawing(rows):
    assert charts.return_rates(course(rows)) == ""
    assert course(rows).rate_sentence.startswith("Chưa có giới hạn: cần ít nhất 06 tháng đã đóng")


def test_before_there_are_limits_the_months_are_drawn_without_them():
    drawing = parsed(charts.return_rates(course([(40, 30, 0), (50, 41, 0)])))
    assert not [each for each in drawing.iter() if each.get("class") in ("band", "limit", "centre")]


def test_no_label_stands_closer_than_there_is_room_whatever_the_length():
    for months in (2, 13, 40, 120):
        labels = [
            text
            for text in parsed(
                charts.return_rates(course([(40, 30 + n % 5, 0) for n in range(months)]))
            ).iter("text")
            if "middle" in text.get("class").split() and float(text.get("y")) > charts.BOTTOM
        ]
        assert len(labels) <= charts.LABELS_WIDE
        assert (
            len([text for text in labels if "wide" not in text.get("class").split()]) <= charts.LABELS_NARROW
        )
        assert labels[-1].text == FIRST.plus(months - 1).short_label


# ── Dissatisfied ballots ───────────────────────────────────────────────────────────────


def test_a_dissatisfied_ballot_is_taller_crossed_and_counted_on_the_strip():
    strip = parsed(charts.strip(year(bad={4: 1, 9: 1})))
    bad = [rect for rect in strip.iter("rect") if rect.get("class") == "bad"]
    good = [rect for rect in strip.iter("rect") if rect.get("class") == "good"]
    assert (len(bad), len(good)) == (2, 10)
    assert float(bad[0].get("height")) > float(good[0].get("height"))
    assert len([s for s in strip.iter("svg") if "sign-cross" in s.get("class", "")]) == 2
    assert [t.text for t in strip.iter("text") if "said-signal" in t.get("class")] == ["1", "1"]


def test_a_small_month_is_an_outline_whatever_it_said():
    drawings = [charts.strip(course([(40, 30, 0), (12, 9, bad), (40, 30, 0)])) for bad in (0, 3)]
    assert drawings[0] == drawings[1]
    assert [rect.get("class") for rect in parsed(drawings[0]).iter("rect")] == ["good", "untold", "good"]


def test_the_strip_counts_sure_gaps_only():
    said = year(bad={4: 1, 9: 1}).strip_sentence
    assert said == (
        "02 phiếu không hài lòng trong 3.240 phiếu hợp lệ đã công bố của 12 tháng. "
        "Sau phiếu không hài lòng gần nhất: ít nhất 539 phiếu hài lòng liền nhau."
    )


def test_chart_sentence_and_badge_come_from_one_judgement_of_the_whole_series():
    usual = [(300, 270, 1 if place in (3, 8) else 0) for place in range(12)]
    calm, alarm = (course([*usual, (300, 270, bad)]) for bad in (1, 5))
    assert (calm.judgement.is_signal, alarm.judgement.is_signal) == (False, True)
    assert (calm.judgement.signal_from, alarm.judgement.signal_from) == (4, 4)
    for each in (calm, alarm):
        described = parsed(charts.strip(each)).find("desc").text
        assert described == f"{each.strip_sentence} {each.judged_words}"
    assert alarm.change_sentences[0] == (
        "Có dấu hiệu: 05 trong 270 phiếu không hài lòng, so với 2 trong 3.240 phiếu của 12 tháng làm mốc."
    )


def test_where_nothing_is_seen_it_says_what_could_have_been_seen_and_never_that_nothing_changed():
    usual = [(300, 260 + place % 3, 1 if place == 4 else 0) for place in range(12)]
    (said,) = course([*usual, (300, 261, 0)]).change_sentences
    assert said.startswith("Chưa thấy dấu hiệu phiếu không hài lòng tăng so với 12 tháng làm mốc (1 trong")
    assert said.endswith("lần có thể bị bỏ sót.")
    assert "thay đổi" not in said


def test_a_catastrophic_month_without_history_is_a_signal():
    first = course([(300, 270, 270)])
    assert first.judgement.is_signal
    assert "thấp rõ rệt hơn mục tiêu 95%" in first.change_sentences[0]


def test_two_bad_months_after_a_good_year_are_pooled_with_what_lies_before_the_course():
    good, bad = [(300, 270, 0)] * 12, [(300, 270, 6)]
    before = course(good).periods
    later = tuple(totals(300, 270, bad=2, month=FIRST.plus(12 + place)) for place in range(3))
    alone = Course(periods=later, open_labels=(), word="tháng")
    known = Course(periods=later, open_labels=(), word="tháng", earlier=before)
    assert not alone.judgement.is_signal
    assert (known.judgement.change.periods, known.judgement.change.dissatisfied) == (3, 6)
    assert known.judgement.baseline.valid == 3240
    assert course([*good, *bad]).judgement.baseline.valid == 3240


def test_from_eight_dissatisfied_ballots_on_the_gaps_are_drawn_without_limits_or_verdict():
    seven = course([(300, 270, 1)] * 7)
    eight = course([(300, 270, 1)] * 8)
    assert charts.gaps(seven) == ""
    drawing = parsed(charts.gaps(eight))
    assert not [each for each in drawing.iter() if each.get("class") in ("band", "limit", "centre")]
    assert drawing.find("desc").text.endswith("không có giới hạn và không dùng để kết luận.")


def test_of_many_gaps_the_latest_are_drawn_as_many_as_can_be_told_apart():
    thirty, more = course([(300, 270, 3)] * 10), course([(300, 270, 40), *[(300, 270, 3)] * 10])
    points = [len(list(parsed(charts.gaps(each)).iter("circle"))) for each in (thirty, more)]
    assert points == [30, 30]
    assert thirty.gap_words.startswith("30 khoảng gần nhất trong 30")
    assert more.gap_words.startswith("30 khoảng gần nhất trong 70")
    assert [place for place, _gap in more.drawn_gaps] == list(range(41, 71))


# ── Counters side by side ──────────────────────────────────────────────────────────────


def groups(*rows):
    from reports.month.figures import Group

    return [
        Group.of(
            Participation(issued=issued, returned=returned),
            Verdicts.of(satisfied=returned, dissatisfied=0),
            shown(returned),
            code=code,
            name=f"Quầy {code}",
        )
        for code, issued, returned in rows
    ]


def test_a_counter_far_from_the_rest_is_a_signal_by_its_return_rate():
    known = Participation(issued=1000, returned=850)
    alone = Organisations(Clusters.of([(1, 1)] * 850 + [(1, 0)] * 150), {})
    rows = funnel(groups(("Q1", 200, 170), ("Q2", 200, 140), ("Q3", 8, 1), ("", 0, 0)), known, alone)
    assert [(row.limits_text, row.said) for row in rows.values()] == [
        ("151–186 phiếu", "trong giới hạn"),
        ("160–191 phiếu", "dưới giới hạn"),
    ]
    assert funnel_sentence(rows.values(), alone, is_period=True, periods_a_year=12) == (
        "Quầy Q2 thu về 140 trong 200, dưới giới hạn 160–191 tính từ các quầy khác. Nếu 02 quầy không khác nhau, trung "
        "bình hơn 10 năm mới báo nhầm một lần."
    )
    drawing = charts.in_limits(rows["Q2"], charts.funnel_start(rows.values()) / 100)
    assert "sign-signal" in drawing
    assert "sign-dot" in charts.in_limits(rows["Q1"], 0.5)


def test_a_counter_alone_has_nothing_to_be_compared_with():
    alone = Organisations(Clusters.of([(1, 1)] * 15 + [(1, 0)] * 5), {})
    assert funnel(groups(("Q1", 20, 15)), Participation(issued=20, returned=15), alone) == {}
    assert funnel([], Participation(), None) == {}
    told = funnel_sentence([], alone, is_period=True, periods_a_year=12)
    assert told.startswith("Chưa so tỷ lệ thu về")


def test_a_month_whose_organisations_were_never_summed_says_why_no_counter_is_compared():
    told = funnel_sentence([], None, is_period=True, periods_a_year=12)
    assert told == "Tỷ lệ thu về giữa các quầy chưa xét vì thiếu tên tổ chức."


def test_limits_of_a_counter_admit_that_the_slips_of_one_organisation_come_back_alike():
    """Q2 is the same as above; here its 200 slips are of ten organisations, and whole organisations stay silent."""
    known = Participation(issued=1000, returned=850)
    rows = groups(("Q1", 800, 710), ("Q2", 200, 140))
    office = Clusters.of([(20, 20)] * 42 + [(20, 10)] + [(20, 0)] * 7)
    alike = Organisations(office, {"Q2": Clusters.of([(20, 20)] * 7 + [(20, 0)] * 3)})
    limits = funnel(rows, known, alike)
    assert alike.similarity > 0.9
    assert not limits["Q2"].is_signal
    assert limits["Q2"].low < 140 < limits["Q2"].high


def test_without_the_names_of_organisations_no_counter_is_judged_and_the_page_says_why():
    known = Participation(issued=400, returned=310)
    rows = groups(("Q1", 200, 170), ("Q2", 200, 140))
    unknown = Organisations(Clusters.of([(300, 250)], unknown=100), {})
    assert funnel(rows, known, unknown) == {}
    assert funnel_sentence([], unknown, is_period=True, periods_a_year=12) == (
        "Tỷ lệ thu về giữa các quầy chưa xét vì thiếu tên tổ chức."
    )
    assert funnel(rows, known, None) == {}
    assert funnel_sentence([], None, is_period=False, periods_a_year=12) == (
        "Tỷ lệ thu về giữa các quầy chỉ được so trong từng kỳ."
    )


# ── All of them ────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("draw", [charts.return_rates, charts.strip, charts.gaps])
def test_every_chart_has_a_name_and_a_description_and_nothing_inline(draw):
    drawing = draw(year(bad=dict.fromkeys(range(8), 1)))
    root = parsed(drawing)
    assert root.get("role") == "img"
    title, desc = root.get("aria-labelledby").split()
    assert root.find("title").get("id") == title
    assert root.find("title").text
    assert root.find("desc").get("id") == desc
    assert root.find("desc").text
    assert "style=" not in drawing
    assert not re.search(r"#[0-9a-f]{3,6}", drawing)


def test_names_are_escaped():
    odd = Totals.of(
        Participation(issued=40, returned=30),
        Verdicts.of(satisfied=30, dissatisfied=0),
        shown(30),
        label="<b>",
        short_label="<b>",
        months=MonthRange(FIRST, FIRST),
    )
    assert "&lt;b&gt;" in charts.strip(Course(periods=(odd,), open_labels=(), word="tháng"))


def test_a_course_reaches_back_twelve_periods_and_covers_the_whole_stretch():
    june = MonthRange(Month(2023, 6), Month(2023, 6))
    assert [str(period) for period in course_of(june, quarterly=False)][:1] == ["2022-06"]
    assert len(course_of(june, quarterly=False)) == 13
    quarters = course_of(MonthRange(Month(2023, 4), Month(2023, 6)), quarterly=True)
    assert (str(quarters[0]), str(quarters[-1]), len(quarters)) == ("2020-Q2", "2023-Q2", 13)
    assert len(course_of(MonthRange(Month(2020, 1), Month(2023, 6)), quarterly=False)) == 42


@pytest.mark.parametrize("lowest", range(0, 100, 3))
def test_the_numbers_over_the_standings_have_room_beside_each_other(lowest):
    ticks = score_intervals.Axis.of([{"low": str(lowest)}, {"low": "99.40"}, {"low": None}]).ticks
    assert len(ticks) <= 6
    assert ticks[0] <= lowest
    assert ticks[-1] == 100
