"""What the papers say: the wording of every case, what is left blank until signing, and what may not be told."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.arithmetic.shares import shares
from reports.arithmetic.statistics import wilson
from reports.documents.figure_tables import end_of, exact, figure, workbook
from reports.documents.frame import bases_of, in_capitals, seal_code, signer_of, spelt_out
from reports.documents.material import FollowUp
from reports.documents.minutes import minutes
from reports.documents.poster import poster
from reports.documents.report import report
from reports.documents.summary import summary
from reports.exports.content import Basis, Cell, Chart, Paragraph, Table, words_of
from reports.follow_up import directions
from reports.leadership.layout import compared
from reports.models import (
    DifferenceNote,
    DispositionKind,
    PaperForm,
    PaperKind,
    PaperPerson,
    PersonPart,
    Seal,
    SignalCase,
    SignedPaper,
)
from reports.month.snapshot import take
from surveys.choices import Role, SlipChannel, SlipState
from surveys.crypto import envelopes
from surveys.database import after_restore
from surveys.models import BoxPair, PaperPile, PileState, Slip
from surveys.periods import Month, MonthRange, half_year, whole_year
from surveys.vietnamese import clerk_date, official
from tests import make
from tests.reports.documents.months import AFTERWARDS, APRIL, CODE, MAY, NEW_CODE, facts_of, fill, on, seal
from tests.reports.month.register import handed_out, told

pytestmark = [pytest.mark.django_db, pytest.mark.one_engine]


def minutes_of(office, **more):
    return minutes(facts_of(office, paper=PaperKind.MINUTES, **more))


def report_of(office, **more):
    return report(facts_of(office, **more))


def text_of(paper):
    return "\n".join(words_of(paper))


def rows_of(paper, caption):
    table = next(block for block in paper.blocks if isinstance(block, Table) and caption in block.caption)
    return [[cell.text for cell in row] for row in table.rows]


# ── The article ────────────────────────────────────────────────────────────────────────


def test_the_articles_sentence_comes_out_as_the_article_prints_it(office, counter, kind):
    fill(counter, kind, Month(2022, 6), satisfied=3000, silent=500)
    fill(counter, kind, Month(2023, 6), satisfied=238, dissatisfied=2, silent=69)
    said = text_of(summary(facts_of(office, MonthRange(Month(2022, 6), Month(2023, 6)))))

    assert (
        "Qua hơn 1 năm thực hiện, số phiếu phát ra là 3.809, số phiếu thu về là 3.240, đạt 85%. Trong đó, có 3.238 "
        "phiếu được đánh giá hài lòng với 2 tiêu chí “Tiêu chí attitude” và “Tiêu chí time”, đạt 99,9%; 2 phiếu đánh "
        "giá không hài lòng, chiếm tỷ lệ 0,1%." in said
    )
    assert "3.240 phiếu thu về đã được đếm đủ, không có sai số chọn mẫu." in said
    assert "độ tin cậy" not in said
    assert "Do còn 569 phiếu không thu về" in said
    assert "từ 85,00% đến 99,95%" in said


def test_a_summary_tells_each_month_and_their_sum(office, counter, kind):
    fill(counter, kind, APRIL, satisfied=30, silent=10)
    fill(counter, kind, MAY, satisfied=59, dissatisfied=1, silent=0)
    paper = summary(facts_of(office, MonthRange(APRIL, MAY)))

    assert rows_of(paper, "Bảng 1") == [
        ["1", "4/2023", "40", "30", "75%", "30", "100%", "0", "0%"],
        ["2", "5/2023", "60", "60", "100%", "59", "98,3%", "1", "1,7%"],
        ["", "Tổng số", "100", "90", "90%", "89", "98,9%", "1", "1,1%"],
    ]


def test_a_table_of_counters_says_on_which_ballots_its_shares_rest(office, counter, kind):
    """Ten of the 41 that came back were opened with others: 31 is the base, and stands in no column."""
    sentence = "tính trên phiếu mở riêng theo quầy, theo thủ tục, có thể ít hơn số phiếu thu về"
    fill(counter, kind, satisfied=31)
    assert sentence not in text_of(report_of(office))
    told(at=counter, kind=kind, satisfied=10, period=MAY, now=on(MAY, 11), coarse=True)
    assert sentence in text_of(report_of(office))


# ── Every number of ballots ────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("ballots", "sentence"),
    [
        (
            {"satisfied": 59, "dissatisfied": 1},
            "Có 59 phiếu đánh giá hài lòng với cả hai tiêu chí, đạt 98,3% số phiếu hợp lệ; 01 phiếu đánh giá không "
            "hài lòng, chiếm 1,7%.",
        ),
        ({"satisfied": 40}, "Toàn bộ 40 phiếu hợp lệ đánh giá hài lòng với cả hai tiêu chí."),
        (
            {"satisfied": 11, "dissatisfied": 1},
            "Có 11 phiếu đánh giá hài lòng với cả hai tiêu chí, 01 phiếu đánh giá không hài lòng trong tổng số 12 "
            "phiếu hợp lệ; không tính tỷ lệ do số phiếu thu về dưới 30 phiếu.",
        ),
        (
            {"satisfied": 8, "dissatisfied": 1},
            "Số phiếu thu về dưới 10 phiếu; kết quả không trình bày riêng để giữ bí mật phiếu của khách hàng.",
        ),
    ],
)
def test_a_report_says_as_much_as_its_ballots_allow(office, counter, kind, ballots, sentence):
    fill(counter, kind, **ballots)
    seal(office)
    assert sentence in text_of(report_of(office))


def test_a_month_without_returns_says_so(office, counter, kind):
    handed_out(5, at=counter, kind=kind, period=MAY, now=on(MAY), state=SlipState.EXPIRED)
    said = text_of(minutes_of(office)) + text_of(report_of(office))

    assert "Không có phiếu thu về; chưa có kết quả đánh giá." in said
    assert "Tổ kiểm phiếu chỉ đối chiếu số phiếu phát ra, hủy và hết hạn" in said


def test_a_year_that_is_not_over_ends_with_its_last_month_and_begins_with_its_first(office, counter, kind):
    december = Month(2022, 12)
    for month in (december, APRIL, MAY):
        fill(counter, kind, month, satisfied=40)
        seal(office, month)
    paper = summary(facts_of(office, whole_year(2023)))
    by_month = next(each for each in paper.blocks if isinstance(each, Table) and "Bảng 1." in each.caption)
    assert [row[1].text for row in by_month.rows] == ["4/2023", "5/2023", "Tổng số"]
    (chart,) = (each for each in paper.blocks if isinstance(each, Chart))
    assert chart.caption == "Biểu đồ 1. Số phiếu phát ra, thu về từ tháng 4/2023 đến tháng 5/2023"


def test_the_course_to_a_running_years_end_is_the_course_to_its_last_month(office, counter, kind):
    """The year's page would else judge nothing, and count seven of its thirteen months."""
    for back in range(13):
        fill(counter, kind, Month(2023, 5).plus(-back), satisfied=40)
    known = [
        take(office=office, stretch=stretch, now=AFTERWARDS).over_time
        for stretch in (whole_year(2023), MonthRange(Month(2022, 5), MAY), MAY)
    ]
    assert [str(totals.months.first) for totals in known[0].periods][::12] == ["2022-05", "2023-05"]
    assert known[0].change_sentences == known[1].change_sentences == known[2].change_sentences
    before = take(office=office, stretch=MonthRange(Month(2021, 1), Month(2021, 6)), now=AFTERWARDS).over_time
    assert str(before.periods[-1].months.last) == "2021-06"


def test_a_paper_of_a_stretch_lists_every_seal_and_its_one_qr_leads_to_the_page_that_lists_them(
    office, counter, kind
):
    for month, code in ((APRIL, NEW_CODE), (MAY, CODE)):
        fill(counter, kind, month, satisfied=40)
        seal(office, month, code=code)
    facts = facts_of(office, MonthRange(APRIL, MAY))
    paper = summary(facts)
    codes = [seal_code(each.code) for each in Seal.objects.order_by("period")]
    table = next(each for each in paper.blocks if isinstance(each, Table) and "Mã niêm phong" in each.caption)
    assert [row[-1].text for row in table.rows] == codes
    assert (paper.seal.address, paper.seal.code) == (facts.results_url, "02 mã niêm phong")


def test_a_years_sum_says_of_how_many_months_it_is(office, counter, kind):
    for month in (APRIL, MAY):
        fill(counter, kind, month, satisfied=40)
    said = text_of(summary(facts_of(office, whole_year(2023))))
    assert "Năm 2023 chỉ có 02 trong 12 tháng phát phiếu." in said
    whole = text_of(summary(facts_of(office, MonthRange(APRIL, MAY))))
    assert "tháng phát phiếu" not in whole


def test_a_half_year_of_which_a_month_is_known_is_no_like_for_a_full_one(office, counter, kind):
    for month in (Month(2022, 6), APRIL, MAY):
        fill(counter, kind, month, satisfied=40)
    month = take(office=office, stretch=half_year(2023, 1), now=on(MAY))
    assert month.same_last_year.gap_text == "chỉ có 01 trong 06 tháng phát phiếu"
    assert (month.previous.gap_text, month.year_to_date.gap_text) == (
        "",
        "chỉ có 02 trong 06 tháng phát phiếu",
    )
    rows = dict(workbook(month).sheets[0].rows)
    assert any(name.endswith("năm 2022 (chỉ có 01 trong 06 tháng phát phiếu)") for name in rows)


def test_the_conclusion_above_a_comparison_says_what_is_no_like(office, counter, kind):
    for month in (Month(2022, 6), APRIL, MAY):
        fill(counter, kind, month, satisfied=40)
    month = take(office=office, stretch=half_year(2023, 1), now=AFTERWARDS)
    assert compared([("", month.totals), *month.comparisons]).startswith(
        "Cùng kỳ năm trước 40/46 (87%), chỉ có 01 trong 06 tháng phát phiếu; "
    )


def test_tables_of_every_paper_are_numbered_from_one_without_a_gap(office, counter, kind):
    """A month without ballots has no table of criteria, one without slips none of counters."""
    handed_out(5, at=counter, kind=kind, period=APRIL, now=on(APRIL), state=SlipState.EXPIRED)
    fill(counter, kind)
    papers = [report_of(office, stretch=month) for month in (Month(2023, 3), APRIL, MAY)]
    papers += [
        summary(facts_of(office, MonthRange(*ends))) for ends in ((APRIL, MAY), (Month(2022, 1), APRIL))
    ]
    for paper in papers:
        tables = [block.caption for block in paper.blocks if isinstance(block, Table)]
        numbers = [int(caption.removeprefix("Bảng ").partition(".")[0]) for caption in tables]
        assert numbers == list(range(1, len(tables) + 1)), tables


def test_a_month_without_slips_says_so(office):
    assert "Trong tháng không phát phiếu." in text_of(report_of(office))


def test_a_month_under_ten_tells_no_answer_anywhere(office, counter, kind):
    fill(counter, kind, satisfied=8, dissatisfied=1, silent=77)
    seal(office)
    minutes_paper = minutes_of(office)

    assert not [
        block for block in minutes_paper.blocks if isinstance(block, Table) and "tiêu chí" in block.caption
    ]
    assert "được niêm phong, không ghi tại biên bản này" in text_of(minutes_paper)
    assert ["6", "Phiếu hợp lệ", "–", "<10"] in rows_of(minutes_paper, "Bảng 1")


def test_small_numbers_have_a_leading_zero_in_prose_and_none_in_tables(office, counter, kind):
    fill(counter, kind, satisfied=40, silent=6)
    paper = report_of(office)

    assert "số phiếu không thu về là 06 phiếu" in text_of(paper)
    assert ["1", "Phát ra (phiếu)", "46", "–", "–", "46"] in rows_of(paper, "Bảng 2")


def test_counters_come_in_their_order_never_by_satisfaction(office, counter, kind):
    second = make.counter("Q2", of=counter.office)
    fill(counter, kind, satisfied=30, dissatisfied=10)
    fill(second, kind, satisfied=40)
    names = [row[1] for row in rows_of(report_of(office), "Bảng 3")]

    assert names[1:3] == ["Quầy Q1", "Quầy Q2"]
    assert "Số liệu không dùng để xếp hạng quầy hoặc công chức." in text_of(report_of(office))


def test_a_small_counter_stands_in_one_cell_that_says_why(office, counter, kind):
    second = make.counter("Q2", of=counter.office)
    fill(counter, kind, satisfied=40)
    fill(second, kind, satisfied=4)
    rows = rows_of(report_of(office), "Bảng 3")

    assert rows[2][:2] + rows[2][-1:] == ["2", "Quầy Q2", "<10"]
    assert rows[1][-1] == "ẩn kèm"


# ── Before and after signing ───────────────────────────────────────────────────────────


def test_an_unsealed_month_gives_a_draft_without_number_date_or_code(office, counter, kind):
    fill(counter, kind)
    SignedPaper.objects.create(
        office=office, kind="report", period="2023-05", number=6, dated_on=date(2023, 6, 6)
    )
    paper = report_of(office)

    assert (paper.watermark, paper.seal) == ("DỰ THẢO", None)
    assert paper.number.split() == ["Số:", f"/BC-{office.code}"]
    assert "06 tháng 6" not in paper.place_and_date
    assert "Kết quả chưa niêm phong; số liệu có thể thay đổi đến khi niêm phong." in text_of(paper)


def test_a_draft_says_what_is_not_released(office, counter, kind):
    fill(counter, kind)
    handed_out(7, at=counter, kind=kind, period=MAY, now=on(MAY))
    for paper in (minutes_of(office), report_of(office)):
        assert "Chưa công bố: 7 phiếu" in text_of(paper)


def test_a_sealed_month_bears_its_code_and_leaves_number_and_date_to_the_pen(office, counter, kind):
    fill(counter, kind)
    seal(office)
    paper = report_of(office)

    assert paper.watermark == ""
    assert paper.seal.code == "7c1f 09ae 52d4 b83e"
    assert paper.seal.address.endswith(f"/results/{office.code}/2023-05/#{CODE}")
    assert paper.number == "Số:" + "\u00a0" * 8 + f"/BC-{office.code}"
    assert "niêm phong điện tử lúc 09 giờ 00 phút, ngày 05 tháng 6 năm 2023, phiên bản 1" in text_of(
        minutes_of(office)
    )


def test_once_signed_number_and_date_are_printed_as_the_decree_has_them(office, counter, kind):
    fill(counter, kind)
    seal(office)
    PaperForm.objects.create(office=office, kind="report", place="Hòa Bình", symbol="BC-KTNN")
    SignedPaper.objects.create(
        office=office, kind="report", period="2023-05", number=6, dated_on=date(2023, 6, 6)
    )
    paper = report_of(office)

    assert paper.number == "Số: 06/BC-KTNN"
    assert paper.place_and_date == "Hòa Bình, ngày 06 tháng 6 năm 2023"


def test_a_correction_replaces_the_signed_paper_and_names_reason_and_changes(office, counter, kind):
    fill(counter, kind)
    seal(office, text="issued: 46\nreturned: 39\nvalid: 39\nsatisfied: 39\n")
    seal(
        office,
        version=2,
        code=NEW_CODE,
        reason="Bổ sung một phiếu giấy",
        text="issued: 46\nreturned: 40\nvalid: 40\nsatisfied: 40\n",
        day=8,
    )
    PaperForm.objects.create(office=office, kind="minutes", symbol="BB-KTNN")
    SignedPaper.objects.create(
        office=office, kind="minutes", period="2023-05", number=5, dated_on=date(2023, 6, 5)
    )
    SignedPaper.objects.create(office=office, kind="minutes", period="2023-05", number=7, version=2)
    paper = minutes_of(office)

    assert paper.number == "Số: 07/BB-KTNN"
    assert paper.replaces == "(Thay thế Biên bản số 05/BB-KTNN ngày 05 tháng 6 năm 2023)"
    assert paper.seal.code == "b20e 4471 9c3d 05fa"
    assert (
        "Phiên bản 2 thay thế phiên bản 1. Lý do: Bổ sung một phiếu giấy. Số liệu thay đổi: số phiếu thu về từ 39 thành "
        "40; số phiếu hợp lệ từ 39 thành 40; số phiếu hài lòng từ 39 thành 40. Cả hai phiên bản đều được công bố."
        in text_of(paper)
    )


def test_a_correction_of_a_small_month_does_not_tell_its_answers(office, counter, kind):
    fill(counter, kind, satisfied=40)
    seal(office, text="returned: 9\nvalid: 9\nsatisfied: 9\ndissatisfied: 0\n")
    seal(
        office, version=2, reason="Bổ sung", text="returned: 40\nvalid: 40\nsatisfied: 39\ndissatisfied: 1\n"
    )
    said = text_of(minutes_of(office))

    assert "số phiếu thu về từ 9 thành 40." in said
    assert "hài lòng từ" not in said


# ── Form ───────────────────────────────────────────────────────────────────────────────


def test_minutes_have_a_number_no_place_and_the_chair_on_the_right(office, counter, kind):
    fill(counter, kind)
    form = PaperForm.objects.create(office=office, kind="minutes")
    for part, address, name in (
        ("chair", "Ông", "An"),
        ("secretary", "Bà", "Bình"),
        ("witness", "Bà", "Chi"),
    ):
        PaperPerson.objects.create(form=form, part=part, address=address, name=name, title="chuyên viên")
    paper = minutes_of(office)

    assert (paper.place_and_date, paper.sent_to) == ("", "")
    assert [(signer.lines, signer.names) for signer in paper.signers[0]] == [
        (("THƯ KÝ",), ("Bình",)),
        (("CHỦ TRÌ",), ("An",)),
    ]
    assert "- Chủ trì: Ông An, chuyên viên." in text_of(paper)
    assert PersonPart.MEMBER.label.upper() not in text_of(paper)


def test_recipients_end_in_the_clerks_own_copy_and_one_full_stop(office, counter, kind):
    fill(counter, kind)
    PaperForm.objects.create(
        office=office, kind="report", sent_to="Ban Lãnh đạo", recipients="- Các phòng;\nLưu: VT, KTNN."
    )
    assert report_of(office).recipients == ("Như trên;", "Các phòng;", "Lưu: VT, KTNN.")


def test_legal_bases_end_in_semicolons_and_the_last_names_the_minutes(office, counter, kind):
    fill(counter, kind)
    seal(office)
    PaperForm.objects.create(office=office, kind="report", bases="Quyết định số 1;\nCăn cứ Kế hoạch số 2")
    PaperForm.objects.create(office=office, kind="minutes", symbol="BB-KTNN", issuer_name="Phòng Kế toán")
    SignedPaper.objects.create(
        office=office, kind="minutes", period="2023-05", number=5, dated_on=date(2023, 6, 5)
    )
    texts = [block.text for block in report_of(office).blocks if isinstance(block, Basis)]

    assert texts == [
        "Căn cứ Quyết định số 1;",
        "Căn cứ Kế hoạch số 2;",
        "Căn cứ Biên bản số 05/BB-KTNN ngày 05 tháng 6 năm 2023 của Phòng Kế toán về kiểm phiếu đánh giá mức độ hài "
        "lòng của khách hàng tháng 5/2023.",
    ]


def test_days_of_legal_bases_are_written_out_and_prose_has_two_digits(office, counter, kind):
    assert [
        each.text for each in bases_of(["Quyết định số 9/QĐ ngày 5/2/2021;", "Công văn ngày 31/6/2021"])
    ] == [
        "Căn cứ Quyết định số 9/QĐ ngày 05 tháng 02 năm 2021;",
        "Căn cứ Công văn ngày 31/6/2021.",  # no such day
    ]
    assert (clerk_date(date(2023, 6, 5)), clerk_date(date(2023, 2, 15))) == ("05/6/2023", "15/02/2023")


def test_an_abbreviation_is_spelt_out_where_it_stands_first():
    number = Paragraph("Quyết định số 2537/QĐ-KBNN.")
    table = Table("Bảng 1", "", (165,), ((Cell("TT"),),), ((Cell("Nộp NSNN"),),))
    told = spelt_out([number, table, Paragraph("KBNN Hòa Bình và KBNN Sơn La thu NSNN.")])
    assert told[0] == number
    assert told[1].notes == ("NSNN: ngân sách nhà nước.",)
    assert told[2].text == "Kho bạc Nhà nước (KBNN) Hòa Bình và KBNN Sơn La thu NSNN."
    basis, after = spelt_out([Basis("Căn cứ Luật NSNN."), Paragraph("Thu NSNN.")])
    assert (basis, after.text) == (Basis("Căn cứ Luật ngân sách nhà nước (NSNN)."), "Thu NSNN.")


def test_a_region_is_never_torn_from_its_number_nor_the_state_in_two():
    capitals = in_capitals("Kho bạc Nhà nước khu vực VIII")
    assert capitals == "KHO BẠC NHÀ\u00a0NƯỚC KHU\u00a0VỰC\u00a0VIII"
    office = PaperForm(authority="KT. TRƯỞNG PHÒNG KẾ TOÁN NHÀ NƯỚC\nPHÓ TRƯỞNG PHÒNG")
    assert signer_of(office).lines == ("KT. TRƯỞNG PHÒNG KẾ TOÁN NHÀ\u00a0NƯỚC", "PHÓ TRƯỞNG PHÒNG")


def test_the_decision_that_made_the_counting_team_has_its_day_in_words(office, counter, kind):
    fill(counter, kind)
    PaperForm.objects.create(office=office, kind="minutes", decision="Quyết định số 1/QĐ ngày 3/1/2023")
    assert "thành lập theo Quyết định số 1/QĐ ngày 03 tháng 01 năm 2023:" in text_of(minutes_of(office))


def test_without_paper_settings_there_is_room_for_a_pen_where_authority_stands(office, counter, kind):
    fill(counter, kind)
    assert report_of(office).signers[0][0].lines == ("……",)


def test_every_paper_ends_once(office, counter, kind):
    fill(counter, kind)
    papers = [minutes_of(office), report_of(office), summary(facts_of(office, MonthRange(APRIL, MAY)))]
    for paper in papers:
        assert text_of(paper).count("./.") == 1
        assert [block for block in paper.blocks if isinstance(block, Paragraph)][-1].text.endswith("./.")


def test_no_cell_of_a_table_is_empty_but_the_number_of_a_sum(office, counter, kind):
    fill(counter, kind, satisfied=40, coarse=True)
    for paper in (minutes_of(office), report_of(office)):
        for table in (block for block in paper.blocks if isinstance(block, Table)):
            assert all(cell.text for row in table.rows for cell in row[1:])


@pytest.mark.parametrize(
    ("label", "printed"),
    [
        ("tháng 1/2023", "tháng 01/2023"),
        ("tháng 2/2023", "tháng 02/2023"),
        ("tháng 12/2022", "tháng 12/2022"),
        ("tháng 11/2022", "tháng 11/2022"),
        ("quý II/2023", "quý II/2023"),
        ("từ tháng 1/2023 đến tháng 3/2023", "từ tháng 01/2023 đến tháng 3/2023"),
    ],
)
def test_january_and_february_have_a_leading_zero(label, printed):
    assert official(label) == printed


# ── Paper ballots, notes, follow-up ────────────────────────────────────────────────────


def test_minutes_tell_the_paper_piles_and_the_notes(office, counter, kind):
    fill(counter, kind)
    handed_out(5, at=counter, kind=kind, period=MAY, now=on(MAY), channel=SlipChannel.PAPER)
    people = [make.user(username=name) for name in ("a", "b")]
    facts = {"stubs": 5, "sheets": 4, "foreign": 1, "differing": 2, "first": people[0], "second": people[1]}
    PaperPile.objects.create(
        office=office,
        counter=counter,
        period="2023-05",
        questionnaire=make.questionnaire(),
        state=PileState.ENTERED,
        opened_by=people[0],
        opened_at=on(MAY),
        **facts,
    )
    DifferenceNote.objects.create(
        office=office,
        period="2023-05",
        subject="x",
        text="một cuống rách",
        author=people[0],
        noted_at=on(MAY),
    )
    said = text_of(minutes_of(office))

    assert "số phiếu trong hòm (04) không vượt quá số cuống phiếu (05)" in said
    assert "có 02 phiếu nhập lệch" in said
    assert "Có 01 phiếu không phải mẫu phiếu do đơn vị phát ra" in said
    assert "Ghi chú đối chiếu: Một cuống rách." in said


def test_minutes_tell_what_a_restored_backup_may_have_lost(office, counter, kind):
    fill(counter, kind)
    handed_out(2, at=counter, kind=kind, period=MAY, now=on(MAY), state=SlipState.ISSUED)
    handed_out(1, at=make.counter(), kind=kind, period=MAY, now=on(MAY), state=SlipState.ISSUED)
    Slip.objects.update(expires_at=on(MAY, 18))
    after_restore.call_back(since=on(MAY, 12), now=on(MAY, 12) + timedelta(hours=3, minutes=5))
    after_restore.call_back(since=on(MAY, 14), now=on(MAY, 14) + timedelta(hours=1))
    after_restore.call_back(since=on(MAY.next(), 20), now=on(MAY.next(), 21))  # of the month after
    said = text_of(minutes_of(office))

    assert (
        "Khôi phục dữ liệu: hệ thống được khôi phục lúc 12 giờ 05 phút, ngày 12 tháng 5 năm 2023 từ bản sao lưu lúc "
        "09 giờ 00 phút, ngày 12 tháng 5 năm 2023. Phiếu gửi về trong khoảng thời gian đó có thể đã mất và không tính được; "
        "02 phiếu phát ra trước đó, chưa dùng, đã hủy và tính ở dòng “Hủy”." in said
    )
    assert "từ bản sao lưu lúc 09 giờ 00 phút, ngày 14 tháng 5 năm 2023" in said
    assert "không có phiếu nào của kỳ phải hủy." in said
    assert said.count("Khôi phục dữ liệu") == 2
    assert "Khôi phục dữ liệu" not in text_of(report_of(office))


def test_minutes_name_each_key_that_ballots_of_the_period_were_sealed_to(office, counter, kind):
    fill(counter, kind)
    made = {date(2022, 1, 1): "1", date(2023, 1, 1): "2", date(2023, 5, 20): "3", date(2023, 6, 1): "4"}
    for since, digit in made.items():
        BoxPair.objects.create(public=digit * 64, since=since, note="")
    said = text_of(minutes_of(office))
    names = [envelopes.printed_fingerprint(bytes.fromhex(digit * 64)) for digit in made.values()]
    assert [name in said for name in names] == [False, True, True, False]


def explain(office, text, at):
    case, _new = SignalCase.objects.get_or_create(
        office=office, period=str(MAY), counter="Q1", defaults={"opened_at": at}
    )
    author = make.user(Role.INSPECTOR, of=office, last_name="Đỗ Thị", first_name="Lan")
    case.dispositions.create(kind=DispositionKind.EXPLAINED, text=text, author=author, at=at)


def test_minutes_tell_the_explanations_of_signals_written_before_the_seal_and_no_later_word(
    office, counter, kind
):
    fill(counter, kind)
    explain(office, "mất điện, khách trả lời cùng lúc", on(MAY.next(), 4))
    seal(office)
    before = minutes_of(office)
    explain(office, "Đã xem lại camera", on(MAY.next(), 9))
    after_restore.call_back(since=on(MAY, 12), now=on(MAY.next(), 9))

    assert (
        "Giải trình về tín hiệu tại quầy Q1, Đỗ Thị Lan ghi ngày 04 tháng 6 năm 2023: Mất điện, khách trả lời cùng lúc."
        in text_of(before)
    )
    assert minutes_of(office) == before
    seal(office, version=2, code=NEW_CODE, reason="Tìm thấy phiếu giấy", day=20)
    said = text_of(minutes_of(office))
    assert "Đã xem lại camera." in said
    assert "Khôi phục dữ liệu" in said


def test_without_paper_ballots_the_minutes_say_so(office, counter, kind):
    fill(counter, kind)
    assert "Trong tháng không sử dụng phiếu giấy." in text_of(minutes_of(office))


def test_words_of_customers_are_counted_and_not_copied_into_the_minutes(counter, kind):
    office = counter.box_office
    for n in range(10):
        make.cast(make.issued(at=counter, kind=kind), comment="Chờ lâu quá" if n < 3 else "")
    from reports.closing import mix_box

    mix_box(office=office, period=Month(2026, 11), now=make.NOW)
    said = text_of(minutes_of(office, stretch=Month(2026, 11), now=make.NOW))

    assert "Có 03 phiếu ghi ý kiến góp ý" in said
    assert "Chờ lâu" not in said


def test_directions_are_printed_as_they_stood_when_the_paper_was_sealed(office, counter, kind):
    fill(counter, kind)
    lead = make.user(Role.LEADERSHIP, of=office)
    text = "Bố trí thêm người cuối tháng"
    directions.write(
        office=office, period=MAY, by=lead, text=text, unit="Văn phòng", due_on=date(2023, 6, 30), now=on(MAY)
    )
    seal(office)
    rows = rows_of(report_of(office), "ý kiến chỉ đạo")

    assert [row[:4] for row in rows] == [["1", text, "Văn phòng", "30/6/2023"]]


def test_a_period_without_directions_says_so(office, counter, kind):
    fill(counter, kind)
    seal(office)
    assert "Đến ngày 05/6/2023, không có ý kiến chỉ đạo cần theo dõi." in text_of(report_of(office))


# ── The poster ─────────────────────────────────────────────────────────────────────────


def poster_of(office, **more):
    return poster(facts_of(office, **more))


def test_the_poster_draws_a_hundred_signs_and_loses_no_dissatisfied_ballot(office, counter, kind):
    fill(counter, kind, satisfied=839, dissatisfied=1, silent=160)
    sheet = poster_of(office)

    assert [sheet.dots.count(sign) for sign in ("good", "bad", "void", "silent")] == [83, 1, 0, 16]
    assert "1 không hài lòng" in sheet.lead


@pytest.mark.parametrize("satisfied", [9, 29])
def test_under_thirty_ballots_the_poster_tells_no_answers(office, counter, kind, satisfied):
    fill(counter, kind, satisfied=satisfied - 1, dissatisfied=1)
    seal(office)
    done = FollowUp(done=(("Chờ lâu", "Đã làm", "Thêm người", ""),))
    sheet = poster(replace(facts_of(office), follow_up=done))

    assert (sheet.dots, sheet.legend, sheet.deeds) == ((), (), ())
    assert "hài lòng" not in f"{sheet.lead} {sheet.figures}"


def test_under_ten_ballots_the_poster_tells_what_was_issued_only(office, counter, kind):
    fill(counter, kind, satisfied=9, silent=6)
    assert poster_of(office).figures == (("15", "phiếu phát ra"),)


def test_the_poster_has_no_leading_zeros(office, counter, kind):
    fill(counter, kind, satisfied=59, dissatisfied=1, silent=3)
    sheet = poster_of(office)
    assert "01" not in f"{sheet.lead} {sheet.legend} {sheet.figures}"


# ── Tables ─────────────────────────────────────────────────────────────────────────────


@given(st.integers(0, 5000), st.integers(30, 5000))
def test_a_share_is_kept_whole_beside_what_is_printed_of_it(part, rest):
    told = exact(str(shares((part, rest))[0]), part, part + rest)
    assert abs(told.number * (part + rest) - part) < Decimal("1e-20")


@given(st.integers(30, 3000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_ends_are_never_narrower_than_what_they_are_ends_of(counts):
    ends = wilson(*counts)
    low, high = (end_of(ends, place, 2) for place in (0, 1))
    assert low.number <= ends.low <= ends.high <= high.number


@pytest.mark.parametrize("text", ["<10", "chưa có phiếu", "–", "ẩn kèm"])
def test_a_count_that_is_not_printed_is_not_in_its_cell_either(text):
    assert figure(9, text).number is None
    assert figure(1234, "1.234").number == 1234


def test_a_share_that_is_printed_as_a_fraction_is_no_number():
    assert exact("19/20", 19, 20).number is None
    assert exact("ẩn kèm", None, 40).number is None


def test_tables_say_what_the_snapshot_says(office, counter, kind):
    second = make.counter("Q2", of=counter.office)
    fill(counter, kind, satisfied=59, dissatisfied=1)
    fill(second, kind, satisfied=4)
    month = take(office=office, stretch=MAY, now=AFTERWARDS)
    sheets = {sheet.code: dict(sheet.rows) for sheet in workbook(month).sheets}

    for group in month.counters:
        texts = [each.text for each in sheets["quay"][group.name]]
        assert texts[0] == group.issued_text
        assert texts[7:11] == [
            group.satisfied_text,
            group.satisfied_share_text,
            group.dissatisfied_text,
            group.dissatisfied_share_text,
        ]
