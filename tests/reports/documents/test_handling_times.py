"""What the report says of handling times and of cases: as it stood at its own instant, in the office's words."""

from __future__ import annotations

from datetime import timedelta

import pytest

from reports.documents.gathering import gather, kind_of
from reports.documents.report import report
from reports.documents.summary import summary
from reports.exports.content import Table, words_of
from reports.follow_up import cases
from reports.handling_times import sums
from reports.models import Case
from reports.month.rollups import roll_up
from reports.month.snapshot import take
from surveys.box import mixing
from surveys.choices import Role
from surveys.periods import Month, MonthRange
from tests import make
from tests.reports.handling_times.customers import served

pytestmark = [pytest.mark.django_db, pytest.mark.one_engine]

OCTOBER, NOVEMBER = Month(2026, 10), Month(2026, 11)
SAID, CAUSE, ACTION = "Cô ở quầy hai bảo tôi về", "Thiếu người", "Thêm một người ở quầy hai"


def counted(counter, kind, month=NOVEMBER, *, n=30, unhappy=1):
    """A sealed month whose cases are open."""
    now = make.at(11, month=month.month)
    make.ballots(n - unhappy, at=counter, kind=kind, now=now)
    make.ballots(unhappy, at=counter, kind=kind, now=now, time=0, comment=SAID)
    seal = make.sealed(counter, now=now)
    cases.open_cases(office=counter.box_office, period=month)
    return seal


def close(office, month, at, cause=CAUSE):
    leader = make.user(Role.LEADERSHIP, of=office)
    for case in Case.objects.of(office).in_period(month):
        cases.handle(
            case=case, by=leader, now=at, cause=cause, action=ACTION, reply="Đã thêm người.", close=True
        )


def paper(office, stretch=NOVEMBER):
    month = take(office=office, stretch=stretch, now=make.at(24, month=12))
    facts = gather(month=month, kind=kind_of(month))
    return report(facts) if month.period else summary(facts)


def said(*where, **more):
    return "\n".join(words_of(paper(*where, **more)))


def rows_of(sheet, caption):
    found = [block for block in sheet.blocks if isinstance(block, Table) and caption in block.caption]
    return [[cell.text for cell in row] for table in found for row in table.rows]


# ── Cases ──────────────────────────────────────────────────────────────────────────────


def test_a_report_names_its_cases_and_the_last_day_for_their_answer(office, counter, kind):
    counted(counter, kind)
    told = said(office)
    assert "Có 01 phiếu không hài lòng" in told
    assert "đã lập 01 vụ việc, trả lời chậm nhất ngày 31/12/2026" in told
    assert "khách hàng xem nội dung trả lời bằng mã biên nhận" in told
    assert "Đến ngày 04/12/2026 chưa trả lời 01 vụ việc." in told
    assert SAID not in told


def test_what_is_closed_later_is_told_by_the_next_report_and_leaves_this_one_as_it_was(office, counter, kind):
    seal = counted(counter, kind, OCTOBER)
    before = said(office, OCTOBER)
    close(office, OCTOBER, seal.sealed_at + timedelta(days=14))
    assert said(office, OCTOBER) == before
    counted(counter, kind, unhappy=0)
    following = paper(office)
    assert rows_of(following, "việc đã làm") == [["1", "10/2026", CAUSE, ACTION, "18/11/2026"]]
    assert "Không có phiếu không hài lòng; không phát sinh vụ việc." in said(office)


def test_a_month_without_a_counted_ballot_claims_nothing_of_dissatisfied_ones(office, counter, kind):
    make.issued_together(33, at=counter, kind=kind)
    assert "Không có phiếu không hài lòng" not in said(office)
    assert "Không có phiếu thu về; chưa lập vụ việc." in said(office)


def test_a_running_month_says_among_which_ballots_nobody_was_dissatisfied(office, counter, kind):
    make.ballots(33, at=counter, kind=kind, time=0)
    assert "Chưa công bố kết quả đánh giá; chưa lập vụ việc." in said(office)
    mixing.mix(office=office, period=NOVEMBER, now=make.at(12, 19))
    make.ballots(3, at=counter, kind=kind, now=make.at(13))
    roll_up(office=office, period=NOVEMBER)
    assert "Có 33 phiếu không hài lòng trong số phiếu đã công bố; chưa lập vụ việc." in said(office)


def test_what_was_closed_before_the_seal_is_told_by_the_report_itself_and_not_once_more(
    office, counter, kind
):
    seal = counted(counter, kind, OCTOBER)
    close(office, OCTOBER, seal.sealed_at - timedelta(hours=1))
    assert [row[1] for row in rows_of(paper(office, OCTOBER), "việc đã làm")] == ["10/2026"]
    assert "đã trả lời 01 vụ việc, đúng hạn 01 vụ việc." in said(office, OCTOBER)
    counted(counter, kind, unhappy=0)
    assert rows_of(paper(office), "việc đã làm") == []


def test_cases_of_before_that_wait_are_told_with_those_whose_time_is_over(office, counter, kind):
    counted(counter, kind, Month(2026, 9))
    counted(counter, kind, OCTOBER)
    counted(counter, kind, unhappy=0)
    assert "Còn 02 vụ việc của kỳ trước chưa trả lời, trong đó 02 vụ việc quá hạn." in said(office)


def test_no_cause_of_a_month_under_thirty_is_printed_and_under_ten_no_case_at_all(office, counter, kind):
    seal = counted(counter, kind, OCTOBER, n=29)
    close(office, OCTOBER, seal.sealed_at - timedelta(hours=1))
    assert CAUSE not in said(office, OCTOBER)
    assert "đã lập 01 vụ việc" in said(office, OCTOBER)
    assert "mã biên nhận" not in said(office, OCTOBER)
    counted(counter, kind, n=9)
    assert "Dưới 10 phiếu hợp lệ, không lập vụ việc" in said(office)
    assert "01 phiếu không hài lòng" not in said(office)


def test_a_summary_tells_the_cases_of_all_its_months(office, counter, kind):
    for month in (OCTOBER, NOVEMBER):
        seal = counted(counter, kind, month)
        close(office, month, seal.sealed_at - timedelta(days=3, hours=10), cause=f"Nguyên nhân {month.month}")
    both = MonthRange(OCTOBER, NOVEMBER)
    assert [row[1:3] for row in rows_of(paper(office, both), "việc đã làm")] == [
        ["10/2026", "Nguyên nhân 10"],
        ["11/2026", "Nguyên nhân 11"],
    ]
    assert "đã lập 02 vụ việc" in said(office, both)


# ── Times ──────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("minutes", "limit", "sentence"),
    [
        ([10] * 3, 30, "Toàn bộ 03 giao dịch được giải quyết trong thời hạn quy định."),
        (
            [10, 10, 31],
            30,
            "Trong 03 giao dịch có thời hạn, có 02 giao dịch được giải quyết trong thời hạn quy định, 01 giao dịch quá hạn.",
        ),
        ([10], None, "Có 01 giao dịch hoàn thành; chưa có thời hạn để tính tỷ lệ đúng hạn."),
        ([], 30, "Chưa có số liệu về thời gian giải quyết."),
    ],
)
def test_a_report_says_how_many_kept_their_time(office, counter, minutes, limit, sentence):
    kind = make.procedure("P1", limit=limit)
    for taken in minutes:
        served(counter, kind, minutes=taken)
    sums.sum_up(office=office, period=NOVEMBER, now=make.at(30))
    assert sentence in said(office)
    assert sentence in said(office, MonthRange(OCTOBER, NOVEMBER))


def test_transactions_without_a_limit_are_told_apart(office, counter):
    served(counter, make.procedure("P1"), minutes=10)
    served(counter, make.procedure("P2", limit=None), minutes=10)
    sums.sum_up(office=office, period=NOVEMBER, now=make.at(30))
    told = "Toàn bộ 01 giao dịch có thời hạn được giải quyết trong thời hạn quy định; 01 giao dịch khác thuộc thủ tục chưa ghi thời hạn."
    assert told in said(office)


def test_each_procedure_stands_with_limit_median_and_share_in_time_and_the_next_table_goes_on_numbering(
    office, counter, kind
):
    for taken in (10, 20, 31):
        served(counter, kind, minutes=taken)
    sums.sum_up(office=office, period=NOVEMBER, now=make.at(30))
    sheet = paper(office)
    assert rows_of(sheet, ". Thời gian giải quyết") == [
        ["1", "Thủ tục P1", "30 phút", "3", "20 phút", "2/3", "–"]
    ]
    assert "giao dịch quá 30 phút" not in said(office)  # one of three late may be chance
