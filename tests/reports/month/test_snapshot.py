"""What a month says, what it must not say, and that every printed form says the same."""

import itertools
import json
import random

import pytest

from reports.arithmetic.counts import Participation, Verdicts
from reports.arithmetic.suppression import Shown, solved
from reports.documents.figure_tables import sheets
from reports.models import MonthCell, MonthSum
from reports.month.figures import Figures
from reports.month.rollups import roll_up
from reports.month.snapshot import last_complete, last_period, take
from reports.month.wording import about_groups
from reports.results.files import table
from surveys.box import mixing
from surveys.choices import SlipChannel, SlipState
from surveys.periods import Month, MonthRange, Quarter
from surveys.slips import issuing
from tests import make
from tests.reports.month.register import MONTH, handed_out, told

pytestmark = pytest.mark.django_db


def november(office, now=make.NOW):
    return take(office=office, stretch=MONTH, now=now)


def by_code(rows):
    return {row.code: row for row in rows}


# ── The article ────────────────────────────────────────────────────────────────────────


def test_the_articles_figures_come_out_as_the_article_prints_them():
    year = Figures.of(
        Participation(transactions=3809, issued=3809, expired=569, returned=3240),
        Verdicts.of(satisfied=3238, dissatisfied=2),
        Shown.PERCENT,
    )
    assert (year.issued_text, year.returned_text, year.return_rate_text) == ("3.809", "3.240", "85%")
    assert (year.satisfied_share_text, year.dissatisfied_share_text) == ("99,9%", "0,1%")
    assert (year.satisfied_text, year.dissatisfied_text, year.void_text) == ("3.238", "2", "0")
    assert year.interval_text == "99,77–99,99%"
    assert year.bounds_text == "Trong mọi phiếu phát ra: hài lòng ít nhất 85,00%, nhiều nhất 99,95%."


def test_machines_get_integers_and_fractions_of_six_decimals(counter, kind):
    told(at=counter, kind=kind, satisfied=3238, dissatisfied=2)
    handed_out(569, at=counter, kind=kind, state=SlipState.EXPIRED)
    document = november(counter.box_office).as_api()
    assert list(document) == [
        *("office", "period", "state", "transactions", "issued", "cancelled", "expired", "returned"),
        *("not_returned", "paper", "ballots", "void", "valid", "satisfied", "dissatisfied", "suppressed"),
        *("return_rate", "satisfied_share", "bounds", "interval", "criteria", "counters"),
    ]
    assert (document["period"], document["state"]) == ("2026-11", "open")
    assert (document["transactions"], document["issued"], document["not_returned"]) == (3809, 3809, 569)
    assert (document["return_rate"], document["satisfied_share"]) == ("0.850617", "0.999383")
    assert document["bounds"] == {"low": "0.850091", "high": "0.999475"}  # outwards
    assert document["interval"] == {"low": "0.997751", "high": "0.999831"}
    assert document["criteria"][1] == {"code": "time", "name": "Tiêu chí time", "levels": {"1": 3238, "0": 2}}
    assert document["counters"] == [
        {
            **{"code": "Q1", "name": "Quầy Q1", "issued": 3809, "cancelled": 0, "returned": 3240},
            **{"valid": 3240, "satisfied": 3238, "dissatisfied": 2, "suppressed": False},
        }
    ]
    assert json.loads(json.dumps(document)) == document


def test_each_criterion_has_its_levels_and_shares_that_add_up(counter, kind):
    told(at=counter, kind=kind, satisfied=97, dissatisfied=3)
    criteria = by_code(november(counter.box_office).criteria)
    assert [(level.label, n, part) for level, n, part in criteria["time"].level_rows] == [
        ("Hài lòng", "97", "97,0%"),
        ("Không hài lòng", "3", "3,0%"),
    ]
    assert (criteria["time"].satisfied, criteria["time"].dissatisfied) == (97, 3)
    assert criteria["attitude"].satisfied_share_text == "100%"


# ── From open to closing ───────────────────────────────────────────────────────────────


def test_an_open_month_tells_participation_at_once_and_answers_after_the_mix(counter, kind):
    office = counter.box_office
    make.ballots(11, at=counter, kind=kind, time=0)
    issuing.cancel_slip(
        slip=make.issued(at=counter, kind=kind).slip, reason="Phát nhầm", actor=make.user(), now=make.NOW
    )
    before = november(office)
    assert before.totals.participation.issued == 12
    assert (before.totals.participation.returned, before.totals.participation.cancelled) == (11, 1)
    assert (before.totals.valid, before.totals.dissatisfied) == (0, 0)
    assert before.totals.satisfied_share_text == "chưa có phiếu"
    assert before.unreleased_text == "Chưa công bố: 11 phiếu"
    assert [(group.suppressed, group.valid_text) for group in before.counters] == [(False, "chưa mở riêng")]
    mixing.mix(office=office, period=MONTH, now=make.NOW)
    roll_up(office=office, period=MONTH)
    after = november(office)
    assert after.totals.participation == before.totals.participation
    assert (after.totals.valid, after.totals.dissatisfied, after.unreleased) == (11, 11, 0)
    assert after.totals.dissatisfied_share_text == "11/11"


def test_a_month_is_open_until_the_third_and_then_closing(counter, kind):
    office = counter.box_office
    handed_out(1, at=counter, kind=kind)
    assert november(office, now=make.at(3, 23, 59, month=12)).state == "open"
    closing = november(office, now=make.at(4, 0, month=12))
    assert (closing.state, closing.state_label, closing.seal_code) == ("closing", "đang kiểm phiếu", None)


def test_a_remainder_below_ten_is_told_with_the_seal_only_and_the_month_says_so(counter, kind):
    office = counter.box_office
    make.ballots(10, at=counter, kind=kind)
    make.ballots(9, at=make.counter("Q2", of=counter.office), kind=kind, now=make.at(12))
    mixing.mix(office=office, period=MONTH, now=make.at(13))
    roll_up(office=office, period=MONTH)
    assert november(office).held_back_text == ""
    mixing.mix(office=office, period=MONTH, now=make.at(4, month=12), closing=True)
    roll_up(office=office, period=MONTH)
    month = november(office)
    assert (month.totals.valid, month.unreleased, month.held_back) == (10, 9, 9)
    assert "chỉ công bố cùng lúc niêm phong" in month.held_back_text


# ── Small numbers ──────────────────────────────────────────────────────────────────────


def test_a_small_counter_says_less_than_ten_and_its_neighbour_is_hidden_along(counter, kind):
    told(at=counter, kind=kind, satisfied=40)
    told(at=make.counter("Q2", of=counter.office), kind=kind, satisfied=11, dissatisfied=1)
    told(at=make.counter("Q3", of=counter.office), kind=kind, satisfied=4, dissatisfied=1)
    month = november(counter.box_office)
    rows = by_code(month.counters)
    assert [rows[code].valid_text for code in ("Q1", "Q2", "Q3")] == ["40", "ẩn kèm", "<10"]
    assert [rows[code].satisfied_share_text for code in ("Q1", "Q2", "Q3")] == ["100%", "ẩn kèm", "<10"]
    assert [rows[code].verdicts for code in ("Q2", "Q3")] == [None, None]
    assert [row.criteria[1].dissatisfied for row in month.counter_criteria] == [0, None, None]
    assert rows["Q3"].as_api() == {
        **{"code": "Q3", "name": "Quầy Q3", "issued": 5, "cancelled": 0, "returned": 5},
        **{"valid": None, "satisfied": None, "dissatisfied": None, "suppressed": True},
    }


def test_a_month_under_ten_tells_no_answer_anywhere(counter, kind):
    told(at=counter, kind=kind, satisfied=8, dissatisfied=1)
    month = november(counter.box_office)
    document = month.as_api()
    hidden = ("ballots", "void", "valid", "satisfied", "dissatisfied", "satisfied_share")
    assert {name: document[name] for name in hidden} == dict.fromkeys(hidden)
    assert document["suppressed"] is True
    assert document["bounds"] == document["interval"] == {"low": None, "high": None}
    assert [row["levels"] for row in document["criteria"]] == [{"1": None, "0": None}] * 2
    assert month.totals.satisfied_share_text == month.criteria[0].satisfied_share_text == "<10"
    assert document["returned"] == 9


def test_from_ten_to_twenty_nine_there_are_counts_and_no_share(counter, kind):
    told(at=counter, kind=kind, satisfied=27, dissatisfied=1)
    month = november(counter.box_office)
    assert (month.totals.satisfied_share_text, month.totals.interval_text) == ("27/28", "không ghi tỷ lệ")
    assert month.totals.bounds_text == ""
    document = month.as_api()
    assert (document["satisfied"], document["satisfied_share"], document["return_rate"]) == (27, None, None)


def test_a_procedure_has_a_verdict_from_thirty_ballots_on_with_the_rest_beside_it(counter, kind):
    other = make.procedure("P2")
    told(at=counter, kind=kind, satisfied=30)
    told(at=counter, kind=other, satisfied=12)
    told(at=counter, kind=other, satisfied=18, coarse=True)
    month = november(counter.box_office)
    rows = by_code(month.procedures)
    assert rows["P1"].satisfied_share_text == "100%"
    assert (rows["P2"].valid_text, rows["P2"].satisfied_share_text) == ("12", "dưới 30 phiếu")
    assert rows["P2"].as_api()["satisfied"] is None
    assert month.procedures[-1].not_separable_text == "không tách được: 18 phiếu"
    sheet = next(sheet for sheet in sheets(month) if sheet.code == "thu-tuc")
    assert [figure.text for figure in sheet.rows[-1][1][:6]] == ["–"] * 5 + ["18"]
    assert (month.counters[-1].code, month.counters[-1].name) == ("", "Không tách được")


def test_the_total_less_what_is_shown_tells_no_procedure_of_fewer_than_thirty(counter):
    office = counter.box_office
    for code, satisfied, dissatisfied in (("P1", 110, 10), ("P2", 45, 3), ("P3", 20, 9)):
        told(at=counter, kind=make.procedure(code), satisfied=satisfied, dissatisfied=dissatisfied)
    month = november(office)
    rows = by_code(month.procedures)
    assert (rows["P1"].dissatisfied, rows["P2"].dissatisfied, rows["P3"].dissatisfied) == (10, None, None)
    assert (rows["P2"].satisfied_text, rows["P2"].satisfied_share_text) == ("ẩn kèm", "ẩn kèm")
    assert (rows["P2"].interval, rows["P2"].bounds) == (None, None)
    assert "P2: hài lòng, không hài lòng ẩn kèm" in " ".join(about_groups(month.procedures)).replace(
        "Thủ tục ", ""
    )
    printed = [line for line in table(month).splitlines() if line.startswith("Thủ tục,P2")]
    assert printed[0].endswith(",48,0,ẩn kèm,ẩn kèm")
    told_of_the_hidden = month.totals.dissatisfied - sum(row.dissatisfied or 0 for row in month.procedures)
    assert told_of_the_hidden == 12  # of 77 ballots together; not 9 of 29


def test_list_and_workbook_tell_no_verdict_of_what_no_procedure_has_beside_a_hidden_one(counter):
    told(at=counter, kind=make.procedure("P1"), satisfied=50, dissatisfied=4)
    small = make.procedure("P2")
    told(at=counter, kind=small, satisfied=22, dissatisfied=2)
    told(at=counter, kind=small, satisfied=63, dissatisfied=3, coarse=True)
    month = november(counter.box_office)
    printed = [line.split(",")[-4:] for line in table(month).splitlines() if line.startswith("Thủ tục,")]
    assert printed == [
        ["54", "0", "50", "4"],
        ["24", "0", "dưới 30 phiếu", "dưới 30 phiếu"],
        ["66", "0", "ẩn kèm", "ẩn kèm"],  # else 135 of all less 50 and 63 are the 22 of P2
    ]
    sheet = next(sheet for sheet in sheets(month) if sheet.code == "thu-tuc")
    assert [figure.text for figure in sheet.rows[-1][1][5:11]] == ["66", "0", *["ẩn kèm"] * 4]


def test_a_longer_stretch_tells_no_verdict_that_a_month_withheld(counter):
    office, (p1, p2) = counter.box_office, (make.procedure("P1"), make.procedure("P2"))
    october = {"period": Month(2026, 10), "now": make.at(12, month=10)}
    for dated in ({}, october):
        told(at=counter, kind=p1, satisfied=60, **dated)
    told(at=counter, kind=p2, satisfied=11, dissatisfied=9)
    told(at=counter, kind=p2, satisfied=40, **october)
    both = by_code(take(office=office, stretch=MonthRange(Month(2026, 10), MONTH), now=make.NOW).procedures)
    before = by_code(take(office=office, stretch=Month(2026, 10), now=make.NOW).procedures)
    assert before["P2"].dissatisfied == 0
    assert both["P2"].dissatisfied is None
    assert both["P2"].valid == 60  # the months' bases add up; only what was said of them is withheld


@pytest.mark.parametrize("seed", range(8))
def test_nobody_works_out_a_small_group_from_the_margins(seed, kind):
    dice = random.Random(seed)
    office = make.office()
    counters = [make.counter(f"Q{n}", of=office) for n in range(5)]
    for at in counters:
        told(at=at, kind=kind, satisfied=dice.choice([1, 4, 9, 10, 12, 40]), dissatisfied=dice.choice([0, 1]))
    month = november(office)
    bases = [MonthCell.objects.get(counter=row.code).valid for row in month.counters]
    marks = [row.shown for row in month.counters]
    for base, mark, (low, high) in zip(bases, marks, solved(sum(bases), bases, marks), strict=True):
        assert mark.has_counts or low < high, (base, mark)
    hidden = sum(base for base, mark in zip(bases, marks, strict=True) if mark.is_hidden)
    assert hidden == 0 or hidden >= 10
    assert Shown.SMALL in marks or Shown.ALONG in marks or min(bases) >= 10
    for row in month.counters:
        assert (row.satisfied is None) == row.shown.is_hidden


def test_pages_of_two_nights_never_differ_by_a_group_below_ten(counter):
    """Every figure that follows from answers, of every night, against that of every other night."""
    office = counter.box_office
    counters = [counter, make.counter("Q2", of=counter.office)]
    kinds = [make.procedure("P1"), make.procedure("P2")]
    dice = random.Random(7)
    pages = [_bases(november(office))]
    for day in (9, 10, 11, 12):
        for at, kind in itertools.product(counters, kinds):
            make.ballots(dice.randint(1, 7), at=at, kind=kind, now=make.at(day), time=dice.randint(0, 1))
        mixing.mix(office=office, period=MONTH, now=make.at(day, 19))
        roll_up(office=office, period=MONTH)
        pages.append(_bases(november(office)))
    mixing.mix(office=office, period=MONTH, now=make.at(4, month=12), closing=True)
    roll_up(office=office, period=MONTH)
    pages.append(_bases(november(office)))
    assert pages[-1]["total"] > pages[1]["total"]
    for early, late in itertools.combinations(pages, 2):
        for name in late:
            assert (late[name] - early.get(name, 0)) not in range(1, 10), (name, early, late)


def _bases(month):
    bases = {"total": month.totals.valid, "year to date": month.year_to_date.valid}
    bases |= {("criterion", row.code): row.answered for row in month.criteria}
    for name, rows in (("counter", month.counters), ("procedure", month.procedures)):
        bases |= {(name, row.code): row.valid or 0 for row in rows}
    return bases


# ── Stretches of time ──────────────────────────────────────────────────────────────────


def test_a_month_stands_beside_the_one_before_the_one_last_year_and_the_year_to_date(counter, kind):
    for month, n in [(Month(2025, 11), 31), (Month(2026, 1), 32), (Month(2026, 10), 33), (MONTH, 34)]:
        told(
            at=counter,
            kind=kind,
            satisfied=n,
            period=month,
            now=make.at(11, month=month.month, year=month.year),
        )
    november_ = november(counter.box_office)
    assert [
        (heading, row.valid, row.participation.transactions) for heading, row in november_.comparisons
    ] == [
        ("Kỳ trước", 33, 33),
        ("Cùng kỳ năm trước", 31, 31),
        ("Lũy kế từ đầu năm", 99, 99),
    ]
    assert (november_.totals.valid, november_.totals.participation.transactions) == (34, 34)
    assert november_.previous.criteria[0].satisfied == 33
    assert november_.year_to_date.label == "từ tháng 1/2026 đến tháng 11/2026"


def test_a_range_adds_its_months_and_compares_with_as_many_before(counter, kind):
    for month, n in [(Month(2026, 8), 30), (Month(2026, 10), 15), (MONTH, 16)]:
        told(at=counter, kind=kind, satisfied=n, period=month, now=make.at(11, month=month.month))
    range_ = take(office=counter.box_office, stretch=MonthRange(Month(2026, 10), MONTH), now=make.NOW)
    assert (range_.totals.valid, range_.previous.valid) == (31, 30)
    assert (range_.label, range_.as_api()["period"]) == (
        "từ tháng 10/2026 đến tháng 11/2026",
        "2026-10..2026-11",
    )


def test_an_office_that_counts_by_quarter_reads_its_quarter(kind):
    office = make.office("PGD", quarterly=True)
    told(at=make.counter("Q1", of=office), kind=kind, satisfied=31, period=Quarter(2026, 4))
    quarter = take(office=office, stretch=Quarter(2026, 4), now=make.NOW)
    assert (quarter.totals.valid, quarter.label, quarter.as_api()["period"]) == (31, "quý IV/2026", "2026-Q4")
    assert last_period(office) == Quarter(2026, 4)


def test_the_page_opens_on_the_last_month_whose_slips_come_back_no_more(counter, kind):
    office = counter.box_office
    assert last_period(office) is last_complete(office, now=make.NOW) is None
    for month in (Month(2026, 9), Month(2026, 10), Month(2026, 11)):
        handed_out(1, at=counter, kind=kind, period=month)
    assert last_period(office) == Month(2026, 11)
    assert last_complete(office, now=make.NOW) == Month(2026, 10)
    assert last_complete(office, now=make.at(3, month=11)) == Month(2026, 9)
    assert last_complete(office, now=make.at(4, month=11)) == Month(2026, 10)


def test_a_month_without_slips_that_is_over_is_not_being_counted(counter, kind):
    gap = take(office=counter.box_office, stretch=Month(2026, 9), now=make.NOW)
    assert (gap.state, gap.state_label) == ("closing", "không phát phiếu")


def test_an_empty_month_says_so_in_words(counter):
    month = november(counter.box_office)
    assert month.is_empty
    assert (month.totals.return_rate_text, month.totals.satisfied_share_text) == (
        "chưa phát phiếu",
        "chưa có phiếu",
    )
    assert month.as_api()["counters"] == []


def test_another_office_never_shines_through(counter, kind):
    told(at=make.counter("Q1"), kind=kind, satisfied=40)
    assert november(counter.box_office).is_empty


# ── Rows ───────────────────────────────────────────────────────────────────────────────


def test_channels_tell_participation_and_no_answer(counter, kind):
    handed_out(40, at=counter, kind=kind, channel=SlipChannel.TABLET)
    handed_out(10, at=counter, kind=kind, channel=SlipChannel.TABLET, state=SlipState.EXPIRED)
    handed_out(3, at=counter, kind=kind, channel=SlipChannel.PAPER)
    month = november(counter.box_office)
    assert [(row.name, row.issued_text, row.return_rate_text) for row in month.channels] == [
        ("Máy tính bảng", "50", "80%"),
        ("Phiếu giấy", "3", "3/3"),
    ]
    assert month.totals.participation.paper == 3
    assert not hasattr(month.channels[0], "verdicts")


def test_counters_come_in_the_order_people_count(counter, kind):
    for code in ("Q10", "Q9"):
        handed_out(1, at=make.counter(code, of=counter.office), kind=kind)
    handed_out(1, at=counter, kind=kind)
    assert [row.code for row in november(counter.box_office).counters] == ["Q1", "Q9", "Q10"]


def test_a_criterion_that_may_stay_open_has_a_base_of_its_own(counter, kind):
    told(at=counter, kind=kind, satisfied=40)
    MonthSum.objects.filter(criterion="time").update(n=7)
    month = november(counter.box_office)
    assert [row.answered_text for row in month.criteria] == ["40", "<10"]
    assert [row.code for row in month.counter_criteria[0].criteria] == ["attitude"]


@pytest.mark.parametrize("counters", [1, 3])
def test_a_month_costs_the_same_number_of_queries_whatever_it_holds(
    counters, kind, django_assert_num_queries
):
    first = make.counter("Q1")
    told(at=first, kind=kind, satisfied=40)
    for n in range(1, counters):
        other = make.counter(f"Q{n + 1}", of=first.office)
        told(at=other, kind=make.procedure(), satisfied=40)
        told(at=other, kind=kind, satisfied=40, period=Month(2026, 10), now=make.at(11, month=10))
    november(first.box_office)  # the questionnaire is read once a process
    with django_assert_num_queries(20):
        november(first.box_office).as_api()
