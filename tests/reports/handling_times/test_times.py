"""Handling times are summed exactly, told with the verdict on time where it may be told, and kept once sealed."""

from __future__ import annotations

from datetime import timedelta
from fractions import Fraction

import pytest

from reports.handling_times import sums
from reports.handling_times import times as handling_times_times
from reports.handling_times.times import Row, Times, bucket_of, quantile, used_of
from reports.models import HandlingTime, MonthSum
from reports.month import snapshot
from surveys.choices import Role
from surveys.periods import Month
from tests import make
from tests.reports.handling_times.customers import served
from tests.reports.leadership.pages import words
from tests.reports.month.register import told

NOVEMBER = Month(2026, 11)


# ── Pure ───────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("minutes", "bucket"),
    [(0, 0), (22.9, 22), (119, 119), (120, 120), (124.9, 120), (479, 475), (480, 480), (509, 480), (-3, 0)],
)
def test_minutes_are_exact_while_short_and_coarser_as_they_grow(minutes, bucket):
    assert bucket_of(minutes) == bucket


@pytest.mark.parametrize(
    ("taken", "allowed", "used"),
    [(15, 30, 50), (29.9, 30, 95), (30, 30, 100), (31, 30, 100), (999, 30, 300), (1, 0, 300)],
)
def test_the_part_of_the_allowed_time_is_rounded_down_to_fives_and_ends_at_three_times(taken, allowed, used):
    assert used_of(taken, allowed) == used


def test_a_quantile_is_the_smallest_value_that_reaches_its_part():
    counts = {10: 1, 20: 2, 30: 1}
    half, nine = Fraction(1, 2), Fraction(9, 10)
    assert [quantile(counts, half), quantile(counts, nine), quantile({7: 1}, half), quantile({}, half)] == [
        20,
        30,
        7,
        None,
    ]


@pytest.mark.parametrize(
    ("minutes", "said"),
    [
        (22, "22 phút"),
        (60, "1 giờ"),
        (320, "5 giờ 20 phút"),
        (185, "3 giờ 05 phút"),
        (1440, "1 ngày"),
        (1620, "1 ngày 3 giờ"),
    ],
)
def test_a_duration_reads_as_people_say_it(minutes, said):
    assert handling_times_times.duration(minutes) == said


def row(*, timed=41, on_time=41, satisfied=None, answered=None, limits=((30, "minute"),), name="Nộp NSNN"):
    times = Times(timed, timed, on_time, {22: timed}, {70: timed}, frozenset(limits))
    return Row(code="4", name=name, times=times, satisfied=satisfied, answered=answered)


@pytest.mark.parametrize(
    ("facts", "verdict", "look"),
    [
        ({}, "Chưa đủ căn cứ về hạn", False),  # "in time" needs 59 of 59
        ({"timed": 59, "on_time": 59}, "Đúng hạn", False),
        ({"on_time": 38}, "Chưa đủ căn cứ về hạn", False),  # 92,7%: at a true 95% one period in three
        ({"on_time": 36}, "Chưa đủ căn cứ về hạn", False),
        ({"on_time": 35}, "Trễ", True),
        ({"on_time": 34, "satisfied": 34, "answered": 34}, "Trễ, vẫn hài lòng", True),
        ({"on_time": 34, "satisfied": 20, "answered": 34}, "Trễ, chưa hài lòng", True),
        ({"satisfied": 20, "answered": 34}, "Chưa đủ căn cứ về hạn, chưa hài lòng", True),
        ({"timed": 59, "on_time": 59, "satisfied": 20, "answered": 34}, "Đúng hạn, chưa hài lòng", True),
        (
            {"satisfied": 31, "answered": 34},
            "Chưa đủ căn cứ về hạn",
            False,
        ),  # 91%, but 95% are still possible
        ({"timed": 0, "on_time": 0}, "Chưa có thời hạn", False),
    ],
)
def test_the_verdict_sets_the_clock_beside_the_feeling(facts, verdict, look):
    assert (row(**facts).verdict, row(**facts).needs_a_look) == (verdict, look)


def test_limits_are_named_minutes_before_days():
    assert row().limit_text == "hạn 30 phút"
    assert row(limits=((1, "working_day"), (30, "minute"))).limit_text == "hạn 30 phút hoặc 01 ngày làm việc"
    assert row(limits=()).limit_text == "chưa ghi thời hạn"


def test_shares_are_told_from_thirty_on():
    assert row(timed=29, on_time=28).on_time_text == "28/29"
    assert row(timed=41, on_time=34).on_time_text == "34/41 (82,9%)"
    assert row(satisfied=34, answered=34).feeling_text == "100% (n = 34)"
    assert row().feeling_text == "–"


def test_what_asks_for_a_decision_is_one_sentence_about_the_latest_procedure():
    rows = [row(), row(on_time=34, satisfied=34, answered=34), row(on_time=35, name="Chi thường xuyên")]
    number, said = handling_times_times.decision(rows)
    assert number == 2
    assert said == (
        "Nộp NSNN có 7 trong 41 giao dịch quá 30 phút, thấp rõ rệt hơn mức 95% đúng hạn. Khách hàng vẫn hài lòng về "
        "thời gian, nhưng quy định đã bị vượt. Thủ tục có đúng 95% giao dịch đúng hạn bị báo nhầm nhiều nhất 05 trong "
        "100 kỳ."
    )
    displeased = handling_times_times.decision([row(on_time=40, satisfied=20, answered=34)])[1]
    assert displeased == (
        "Nộp NSNN: khách hàng chưa hài lòng về thời gian. 40/41 đúng hạn: chưa đủ căn cứ để nói trên hay dưới mức 95%."
    )
    assert handling_times_times.decision([row()]) == (0, "")


def test_times_of_two_periods_add_up():
    one = Times(2, 2, 1, {5: 1, 7: 1}, {50: 2}, frozenset({(30, "minute")}))
    both = one + Times(1, 0, 0, {7: 1}, {}, frozenset())
    assert both == Times(3, 2, 1, {5: 1, 7: 2}, {50: 2}, frozenset({(30, "minute")}))


# ── From the register ──────────────────────────────────────────────────────────────────


@pytest.fixture
def counter(db):
    return make.counter("Q1")


@pytest.fixture
def office(counter):
    return counter.box_office


@pytest.fixture
def kind(db):
    return make.procedure("P1", limit=30)


def test_transactions_are_summed_against_their_own_deadline(office, counter, kind):
    for minutes in (10, 20, 22, 31, 45):
        served(counter, kind, minutes=minutes)
    served(counter, make.procedure("P2", limit=None), minutes=5)
    sums.sum_up(office=office, period=NOVEMBER, now=make.NOW)
    first, second = HandlingTime.objects.order_by("procedure")
    assert (first.n, first.timed, first.on_time, first.limits) == (5, 5, 3, '[[30, "minute"]]')
    assert first.minutes == '{"10": 1, "20": 1, "22": 1, "31": 1, "45": 1}'
    assert (second.n, second.timed, second.limits) == (1, 0, "[]")


def test_only_what_was_finished_in_the_period_counts_and_running_ones_do_not(office, counter, kind):
    served(counter, kind, minutes=10, now=make.at(30, 23, 59))
    served(counter, kind, minutes=10, now=make.at(1, 0, 5, month=12))
    make.running(at=counter, kind=kind, now=make.NOW)
    sums.sum_up(office=office, period=NOVEMBER, now=make.at(2, month=12))
    assert HandlingTime.objects.get().n == 1


def test_summing_again_changes_nothing_and_a_sealed_period_is_summed_once_more_and_then_kept(
    office, counter, kind
):
    make.ballots(12, at=counter, kind=kind, now=make.NOW)
    for _again in range(2):
        sums.sum_up(office=office, period=NOVEMBER, now=make.NOW)
    assert HandlingTime.objects.get().n == 12
    seal = make.sealed(counter)
    sums.sum_up(office=office, period=NOVEMBER, now=seal.sealed_at + timedelta(hours=9))
    HandlingTime.objects.update(n=99, timed=0, on_time=0)
    sums.sum_up(office=office, period=NOVEMBER, now=seal.sealed_at + timedelta(days=90))
    assert HandlingTime.objects.get().n == 99


def rows_of(office, stretch=NOVEMBER):
    return sums.clock(snapshot.take(office=office, stretch=stretch, now=make.at(20, month=12)))


def test_the_feeling_of_a_procedure_is_told_from_thirty_ballots_on(office, counter, kind):
    told(at=counter, kind=kind, satisfied=29, dissatisfied=1, period=NOVEMBER, now=make.NOW)
    other = make.procedure("P2")
    told(at=counter, kind=other, satisfied=29, dissatisfied=0, period=NOVEMBER, now=make.NOW)
    told(at=counter, kind=make.procedure("P3"), satisfied=12, dissatisfied=0, period=NOVEMBER, now=make.NOW)
    sums.sum_up(office=office, period=NOVEMBER, now=make.NOW)
    first, second, _third = rows_of(office)
    assert first.answered == 30
    assert (second.answered, second.feeling_text) == (None, "–")


def test_the_feeling_is_not_told_where_some_ballots_left_the_time_open(office, counter, kind):
    told(at=counter, kind=kind, satisfied=40, dissatisfied=0, period=NOVEMBER, now=make.NOW)
    MonthSum.objects.filter(criterion="time").update(n=35)
    sums.sum_up(office=office, period=NOVEMBER, now=make.NOW)
    (only,) = rows_of(office)
    assert (only.answered, only.verdict) == (None, "Chưa có thời hạn")


def test_the_page_shows_the_clock_and_asks_for_a_decision(client, office, counter, kind):
    told(at=counter, kind=kind, satisfied=34, dissatisfied=0, period=NOVEMBER, now=make.NOW)
    for _late in range(7):
        served(counter, kind, minutes=50)
    sums.sum_up(office=office, period=NOVEMBER, now=make.NOW)
    client.force_login(make.user(Role.LEADERSHIP, of=office))
    page = client.get(f"/reports/{office.code}/?from=2026-11")
    assert "Đồng hồ và cảm nhận" in words(page)
    assert "Trễ, vẫn hài lòng" in words(page)
    assert "Cần quyết định (01)" in words(page)
    assert 'class="chart dial"' in page.content.decode()


def test_without_times_the_page_has_no_clock(client, office, counter, kind):
    told(at=counter, kind=kind, satisfied=34, dissatisfied=0, period=NOVEMBER, now=make.NOW)
    client.force_login(make.user(Role.LEADERSHIP, of=office))
    assert "Đồng hồ" not in words(client.get(f"/reports/{office.code}/?from=2026-11"))
