"""Months from the old paper books: all right or nothing stored, told by row and column; shown as what they are, never sealed."""

import io
import re
from dataclasses import replace
from datetime import date
from pathlib import Path
from xml.etree import ElementTree

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import Workbook

from reports import charts, closing, sealing
from reports.models import PastPaper, PastPaperLevel, Seal
from reports.month import snapshot, wording
from reports.past_months import entry, printed
from surveys.audit import Action
from surveys.choices import Role
from surveys.models import AuditEntry, Criterion, QuestionnaireVersion
from surveys.periods import Month
from surveys.spreadsheets.columns import Text
from surveys.spreadsheets.complaints import TableRefused
from surveys.spreadsheets.delimited import empty_table
from surveys.spreadsheets.reading import read
from surveys.spreadsheets.tables import Column, Table, read_table
from tests import make

pytestmark = [pytest.mark.django_db, pytest.mark.one_engine]
CASES = Path(__file__).parents[2] / "files" / "cases"

HEAD = "Từ tháng;Đến tháng;Phát ra;Thu về;Không hợp lệ;Hài lòng mọi tiêu chí"
LEVELS = "attitude: Hài lòng;attitude: Không hài lòng;time: Hài lòng;time: Không hài lòng"


@pytest.fixture(autouse=True)
def version():
    return make.questionnaire()


@pytest.fixture
def office():
    return make.office("HB")


def table(*lines: str, head: str = HEAD) -> bytes:
    return "\r\n".join([head, *lines]).encode("utf-8-sig")


def enter(office, raw: bytes) -> list[PastPaper]:
    actor = make.user(Role.COUNTING, of=office)
    return entry.enter(office=office, book=read(raw), actor=actor, now=make.NOW)


def refused(office, raw: bytes) -> list[tuple[int, str, str]]:
    with pytest.raises(TableRefused) as complaint:
        enter(office, raw)
    assert not PastPaperLevel.objects.exists()
    return [(each.row, each.column, each.words) for each in complaint.value.complaints]


def test_the_articles_own_total_is_one_line_over_its_thirteen_months(office):
    enter(office, table("6/2022;6/2023;3.809;3.240;0;3.238"))
    (line,) = printed.lines_of(office)
    assert (line.label, line.issued, line.returned, line.rate) == (
        "6/2022 đến 6/2023",
        "3.809",
        "3.240",
        "85%",
    )
    assert (line.valid, line.satisfied, line.share) == ("3.240", "3.238", "99,9%")


def test_months_come_with_their_levels_where_the_book_has_them(office):
    enter(office, table("5/2021;;317;268;3;;264;1;260;5", "2021-06;;10;8;;;;;;", head=f"{HEAD};{LEVELS}"))
    assert list(
        PastPaper.objects.values_list("first", "last", "issued", "returned", "void", "satisfied")
    ) == [
        ("2021-05", "2021-05", 317, 268, 3, None),
        ("2021-06", "2021-06", 10, 8, 0, None),
    ]
    assert list(PastPaperLevel.objects.order_by("pk").values_list("criterion", "level", "n")) == [
        ("attitude", 1, 264),
        ("attitude", 0, 1),
        ("time", 1, 260),
        ("time", 0, 5),
    ]


@pytest.mark.both_engines
def test_a_hundred_months_are_stored_by_a_few_statements_so_that_other_writers_wait_for_none_of_them(
    office, django_assert_max_num_queries
):
    lines = [f"{n % 12 + 1}/{2000 + n // 12};;317;268;3;;264;1;260;5" for n in range(100)]
    book = read(table(*lines, head=f"{HEAD};{LEVELS}"))
    actor = make.user(Role.COUNTING, of=office)
    with django_assert_max_num_queries(30):
        entry.enter(office=office, book=book, actor=actor, now=make.NOW)
    assert (PastPaper.objects.count(), PastPaperLevel.objects.count()) == (100, 400)
    last = PastPaper.objects.get(first="2008-04")
    assert sorted(last.levels.values_list("criterion", "level", "n"))[0] == ("attitude", 0, 1)


def test_a_workbook_is_read_even_where_excel_made_a_day_of_the_month(office):
    book, out = Workbook(), io.BytesIO()
    for row in (["Từ tháng", "Phát ra", "Thu về"], [date(2021, 5, 1), 317, 268], ["6/2021", 300.0, "250"]):
        book.active.append(row)
    book.save(out)
    enter(office, out.getvalue())
    assert list(PastPaper.objects.values_list("first", "issued", "returned")) == [
        ("2021-05", 317, 268),
        ("2021-06", 300, 250),
    ]


def test_everything_wrong_is_told_by_row_and_column_and_nothing_is_stored(office):
    raw = table(
        "13/2021;;317;268;;",
        "5/2021;;;268;;",
        "5/2021;;317;ba trăm;;",
        "5/2021;4/2021;317;268;;",
        "7/2021;;268;317;;",
        "8/2021;;317;268;269;",
        "9/2021;;317;268;8;261",
        "1/2021;;10;5;;",
    )
    assert refused(office, raw) == [
        (2, "Từ tháng", "Không phải là tháng. Hãy viết như 5/2021."),
        (3, "Phát ra", "Chưa có số phiếu."),
        (4, "Thu về", "Không phải là số phiếu. Hãy viết như 317 hoặc 3.809."),
        (5, "Đến tháng", "Tháng cuối không được trước tháng đầu."),
        (6, "Thu về", "Thu về nhiều hơn phát ra."),
        (7, "Không hợp lệ", "Không hợp lệ nhiều hơn thu về."),
        (8, "Hài lòng mọi tiêu chí", "Nhiều hơn số phiếu hợp lệ (260)."),
    ]
    assert not PastPaper.objects.exists()


@pytest.mark.parametrize(("satisfied", "is_told"), [(199, True), (200, False), (210, False), (211, True)])
def test_who_is_satisfied_with_everything_agrees_with_the_levels(office, satisfied, is_told):
    """Of 265: 10 and 55 dissatisfied with one criterion each, so at least 200 and at most 210 with neither."""
    raw = table(f"5/2021;;317;268;3;{satisfied};255;10;210;55", head=f"{HEAD};{LEVELS}")
    said = "Không khớp với các mức: chỉ có thể từ 200 đến 210."
    if is_told:
        assert refused(office, raw) == [(2, "Hài lòng mọi tiêu chí", said)]
    else:
        assert enter(office, raw)


@pytest.mark.parametrize(
    ("levels", "complaint"),
    [
        (
            "264;;260;5",
            ("attitude: Không hài lòng", "Các mức của một tiêu chí phải ghi đủ, hoặc để trống cả."),
        ),
        ("264;2;260;5", ("attitude: Hài lòng", "Các mức cộng lại được 266, số phiếu hợp lệ là 265.")),
    ],
)
def test_levels_of_a_criterion_are_whole_and_add_up(office, levels, complaint):
    raw = table(f"5/2021;;317;268;3;;{levels}", head=f"{HEAD};{LEVELS}")
    assert refused(office, raw) == [(2, *complaint)]


@pytest.mark.both_engines
def test_months_that_have_slips_are_refused_also_inside_a_longer_stretch(office):
    make.issued(at=make.counter(of=make.department(of=office)), now=make.at(5, month=10))
    assert refused(office, table("10/2026;;317;268;;", "8/2026;12/2026;10;5;;")) == [
        (2, "Từ tháng", "Kỳ 10/2026 đã có phiếu phát trong hệ thống, không nhập từ sổ giấy được."),
        (3, "Từ tháng", "Tháng này chưa kết thúc."),
        (3, "Từ tháng", "Kỳ 10/2026 đã có phiếu phát trong hệ thống, không nhập từ sổ giấy được."),
        (3, "Từ tháng", "Trùng tháng với dòng 2."),
    ]


@pytest.mark.both_engines
def test_a_quarter_with_slips_keeps_its_months_out(office):
    office.quarterly = True
    office.save()
    make.issued(at=make.counter(of=make.department(of=office)), now=make.at(5, month=8))
    ((row, column, words),) = refused(office, table("7/2026;;317;268;;"))
    assert (row, column) == (2, "Từ tháng")
    assert "đã có phiếu phát trong hệ thống" in words


def test_a_month_told_three_times_is_said_at_each_later_row_whatever_their_order(office):
    lines = ("12/2020;2/2021;40;30", "1/2019;1/2019;40;30", "1/2021;1/2021;40;30", "1/2018;3/2021;40;30")
    said = refused(office, table(*lines, head="Từ tháng;Đến tháng;Phát ra;Thu về"))
    assert {(row, words) for row, _column, words in said if "Trùng" in words} == {
        (4, "Trùng tháng với dòng 2."),
        (5, "Trùng tháng với dòng 2."),
    }


def test_more_lines_than_a_hundred_years_have_months_are_refused_whole(office):
    lines = [f"1/2020;;{n};1;;" for n in range(1, entry.MOST_LINES + 2)]
    ((_row, _column, words),) = refused(office, table(*lines))
    assert words.startswith("Sổ có hơn 1.200 dòng")


def test_the_running_month_is_not_past(office):
    assert refused(office, table("11/2026;;317;268;;")) == [(2, "Từ tháng", "Tháng này chưa kết thúc.")]


@pytest.mark.both_engines
def test_a_month_is_told_once_and_a_line_taken_out_makes_room(office):
    (line,) = enter(office, table("5/2021;;317;268;;"))
    assert refused(office, table("4/2021;6/2021;900;800;;")) == [
        (2, "Từ tháng", "Tháng này đã nhập từ sổ giấy. Bỏ dòng cũ rồi nhập lại.")
    ]
    entry.withdraw(past=line, actor=line.entered_by, now=make.NOW)
    enter(office, table("4/2021;6/2021;900;800;;"))
    assert PastPaper.objects.count() == 1
    assert list(AuditEntry.objects.order_by("pk").values_list("action", flat=True)) == [
        Action.PAST_PERIOD_ENTERED,
        Action.PAST_PERIOD_DROPPED,
        Action.PAST_PERIOD_ENTERED,
    ]


@pytest.mark.parametrize(
    ("valid", "said"), [(9, ("<10", "<10")), (10, ("10", "–")), (29, ("29", "–")), (30, ("30", "100%"))]
)
def test_small_months_keep_their_secrets(office, valid, said):
    enter(office, table(f"5/2021;;40;{valid};;{valid}"))
    (line,) = printed.lines_of(office)
    assert (line.satisfied, line.share) == said


def test_the_old_months_stand_beside_a_later_months_course_and_in_no_figure(office):
    enter(office, table("5/2021;;317;268;;", "6/2021;;300;250;;"))
    taken = snapshot.take(office=office, stretch=Month(2021, 5), now=make.NOW)
    assert [line.label for line in taken.past] == ["5/2021"]
    assert taken.totals.participation.issued == 0
    assert not Seal.objects.exists()


# --- the page ---------------------------------------------------------------------------------------------------
ADDRESS = "/counting/HB/past/"


@pytest.fixture
def keeper(client, office):
    client.force_login(make.user(Role.COUNTING, of=office))
    return client


def upload(client, raw: bytes):
    return client.post(ADDRESS, {"file": SimpleUploadedFile("so-giay.csv", raw)})


def test_the_first_sending_is_a_dry_run_and_the_second_one_stores(keeper):
    page = upload(keeper, table("6/2022;6/2023;3.809;3.240;0;3.238"))
    assert (page.status_code, PastPaper.objects.count()) == (200, 0)
    (plan,) = page.context["plans"]
    assert [row.cells[:6] for row in plan.stored] == [("6/2022", "6/2023", "3.809", "3.240", "0", "3.238")]
    assert "<td>3.238</td>" in page.content.decode()
    assert keeper.post(ADDRESS, {"held": page.context["token"]})["Location"] == ADDRESS
    page = keeper.get(ADDRESS).content.decode()
    assert "<td>nhập từ sổ giấy</td>" in page
    assert keeper.post(f"{ADDRESS}{PastPaper.objects.get().pk}/withdraw").status_code == 303
    assert not PastPaper.objects.exists()


def test_complaints_stand_on_the_page_by_row_and_column(keeper):
    page = upload(keeper, table("5/2021;;268;317;;"))
    assert page.status_code == 422
    cells = "<td>ô D2</td><td>Thu về</td><td>317</td><td>Thu về nhiều hơn phát ra.</td>"
    assert cells in re.sub(r">\s+<", "><", page.content.decode())


def test_the_dry_run_shows_levels_too_and_totals_at_the_foot(keeper):
    page = upload(
        keeper, table("5/2021;;317;268;3;;264;1;260;5", "6/2021;;10;8;;8;;;;", head=f"{HEAD};{LEVELS}")
    )
    (plan,) = page.context["plans"]
    assert plan.headings == tuple(f"{HEAD};{LEVELS}".split(";"))
    assert plan.rows[0].cells == ("5/2021", "5/2021", "317", "268", "3", "", "264", "1", "260", "5")
    assert plan.totals == ("", "", "327", "276", "3", "8", "264", "1", "260", "5")
    assert "<td>327</td>" in page.content.decode()


@pytest.mark.both_engines
def test_what_was_shown_is_stored_or_nothing(keeper, version):
    page = upload(keeper, table("5/2021;;317;268;;"))
    other = version.criteria.get(code="attitude")
    later = QuestionnaireVersion.objects.create(
        questionnaire=version.questionnaire, number=2, valid_from=date(2021, 1, 1), title="Ý kiến"
    )
    Criterion.objects.create(
        version=later, code="all", text="Chung", short_name="chung", scale=other.scale, position=1
    )
    again = keeper.post(ADDRESS, {"held": page.context["token"]})
    assert (again.status_code, PastPaper.objects.count()) == (409, 0)
    assert "Dữ liệu đã đổi từ lần xem trước" in again.content.decode()
    assert keeper.post(ADDRESS, {"held": again.context["token"]}).status_code == 303


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("past-3.000-english-excel.xlsx", "Ô hiện ba chữ số lẻ: là 3 hay 3.000?"),
        ("past-5-12-became-a-day.xlsx", "Excel đã đổi ô này thành ngày 5/12/2025."),
        ("past-error-cells.xlsx", "Ô báo lỗi #REF!."),
        ("past-formula-not-calculated.xlsx", "Công thức chưa được tính."),
        ("past-hidden-first-sheet.xlsx", "Trang này bị ẩn và cũng có bảng như trang “So 2021”."),
        (
            "past-share-0.853.xlsx",
            "85,3% là tỷ lệ, không phải số phiếu. Hãy gõ số phiếu.",
        ),
        (
            "past-share-0.999-satisfied.xlsx",
            "99,9% là tỷ lệ, không phải số phiếu. Hãy gõ số phiếu.",
        ),
    ],
)
def test_a_book_that_was_changed_on_the_way_is_refused_with_its_sentence(keeper, name, sentence):
    page = upload(keeper, (CASES / name).read_bytes())
    assert page.status_code == 422
    assert sentence in page.content.decode()
    assert not PastPaper.objects.exists()


@pytest.mark.parametrize(
    "name", ["past-blank-rows-below.csv", "past-double-bom.csv", "past-sep-line.csv", "past-zwsp.csv"]
)
def test_a_book_with_what_nobody_sees_is_stored(keeper, name):
    page = upload(keeper, (CASES / name).read_bytes())
    assert keeper.post(ADDRESS, {"held": page.context["token"]}).status_code == 303
    assert list(PastPaper.objects.values_list("first", "issued", "returned", "void", "satisfied")) == [
        ("2021-05", 317, 268, 0, 268)
    ]


def test_the_hidden_sheet_is_passed_over_once_that_is_confirmed_and_is_seen_before(keeper):
    page = upload(keeper, (CASES / "past-hidden-first-sheet.xlsx").read_bytes())
    assert page.context["questions"] == [("visible", "Chỉ đọc trang đang hiện, bỏ qua trang bị ẩn.")]
    page = keeper.post(ADDRESS, {"held": page.context["token"], "confirmed": ["visible"]})
    assert (page.status_code, PastPaper.objects.count()) == (200, 0)
    assert keeper.post(ADDRESS, {"held": page.context["token"]}).status_code == 303
    assert PastPaper.objects.get().issued == 417


def test_the_template_is_right_as_it_comes(keeper):
    raw = keeper.get(f"{ADDRESS}template.csv").content
    assert upload(keeper, raw).status_code == 200


@pytest.mark.parametrize("sign", ["=", "+", "-", "@"])
def test_no_cell_of_a_template_is_a_formula_and_its_headings_are_known_again(sign):
    heading = f"{sign}HYPERLINK(1)"
    raw = empty_table([heading], [[f"{sign}x"]])
    cells = [line for line in raw.decode("utf-8-sig").splitlines() if line]
    assert [cell.strip('"')[0] for cell in cells] == ["'", "'"]
    table = Table((Column(heading, Text(40)),))
    assert [row[heading] for row in read_table(read(raw), table).rows] == [f"{sign}x"]


def test_leadership_reads_the_old_months_and_enters_none(client, office):
    enter(office, table("5/2021;;317;268;;"))
    client.force_login(make.user(Role.LEADERSHIP, of=office))
    assert client.get(ADDRESS).status_code == 403
    page = client.get("/reports/HB/").content.decode()
    assert "Trước khi có hệ thống: nhập từ sổ giấy" in page
    assert "nhập từ sổ giấy</td>" in page


def test_another_offices_book_is_out_of_reach(client, office):
    client.force_login(make.user(Role.COUNTING, of=make.office("SL")))
    assert client.get(ADDRESS).status_code == 404
    assert upload(client, table("5/2021;;317;268;;")).status_code == 404


# --- among the points over time ---------------------------------------------------------------------------------
def drawn(taken) -> tuple[ElementTree.Element, ElementTree.Element]:
    """The chart of return rates and the strip."""
    return tuple(
        ElementTree.fromstring(draw(taken.over_time, taken.past_in_course))  # noqa: S314 - our own drawing
        for draw in (charts.return_rates, charts.strip)
    )


def signs(drawing, kind: str) -> int:
    return len([each for each in drawing.iter("svg") if f"sign-{kind}" in each.get("class", "").split()])


def classes(drawing, tag: str, kind: str) -> list:
    return [each for each in drawing.iter(tag) if each.get("class") == kind]


@pytest.fixture
def autumn(office):
    """September and October in the register, with different return rates."""
    at, kind = make.counter(of=make.department(of=office)), make.procedure()
    for month, returned in ((9, 11), (10, 12)):
        make.ballots(returned, at=at, kind=kind, now=make.at(5, month=month))
        make.issued(at=at, kind=kind, now=make.at(5, month=month))
    return at


BOOK = table("12/2025;5/2026;900;800;;", "6/2026;;300;250;0;250", "7/2026;;317;268;3;263", "8/2026;;40;9;0;9")
OCTOBER = Month(2026, 10)


def october(office):
    return snapshot.take(office=office, stretch=OCTOBER, now=make.NOW)


def test_single_months_of_the_book_are_hollow_squares_among_the_points_and_a_total_is_none(office, autumn):
    enter(office, BOOK)
    rates, strip = drawn(october(office))
    assert (signs(rates, "past"), signs(rates, "pale"), signs(rates, "last")) == (3, 1, 1)
    assert len(classes(rates, "line", "past-course")) == 3
    assert len(classes(rates, "line", "course")) == 1
    hollow = classes(strip, "rect", "past-field")
    assert [float(each.get("height")) for each in hollow] == [22, 38]
    assert signs(strip, "past-cross") == 1
    assert (
        len(classes(strip, "rect", "untold")) == 3
    )  # nine ballots of August; the register's own are not released


def test_who_hears_the_chart_hears_which_points_come_from_the_book(office, autumn):
    enter(office, BOOK)
    rates, strip = drawn(october(office))
    assert rates.find("desc").text.endswith(
        "Nhập từ sổ giấy, không tính vào mức chung, giới hạn, ngưỡng hay tín hiệu: 6/2026: 83%; 7/2026: 85%; 8/2026: 23%."
    )
    assert strip.find("desc").text.endswith(": 6/2026: 0; 7/2026: 2; 8/2026: –.")


def test_the_book_changes_no_figure_no_limit_no_signal_no_sentence_and_no_seal(office, autumn):
    def told():
        taken = october(office)
        course = taken.over_time
        said = (course.rate_sentence, course.strip_sentence, course.gap_words, course.judged_words)
        limits = (course.return_baseline, course.gaps, course.judgement, course.rate_signals)
        return replace(taken, past=()), said, limits, wording.first_glance(taken), taken.as_api()

    def text():
        return sealing.draft(office=office, period=OCTOBER).text

    closing.close_period(office=office, period=Month(2026, 9), now=make.NOW)
    closing.close_period(office=office, period=OCTOBER, now=make.NOW)
    before, sealed = told(), text()
    enter(office, BOOK)
    assert october(office).past_in_course
    assert (told(), text()) == (before, sealed)


def test_the_published_chart_knows_no_book(office, autumn):
    before = charts.return_rates(october(office).over_time)
    enter(office, BOOK)
    assert charts.return_rates(october(office).over_time) == before
    assert "sign-past" not in before


def test_before_there_are_limits_the_books_months_are_drawn_and_nothing_is_judged(office):
    enter(office, table("6/2026;;300;250;;", "7/2026;;317;268;;"))
    taken = october(office)
    rates, _strip = drawn(taken)
    assert signs(rates, "past") == 2
    assert classes(rates, "rect", "band") == classes(rates, "line", "centre") == []
    assert rates.find("desc").text.startswith("Chưa có giới hạn: cần ít nhất 06 tháng")


def test_months_that_all_came_back_have_a_scale_too(office):
    enter(office, table("6/2026;;300;300;;", "7/2026;;317;317;;"))
    rates, _strip = drawn(october(office))
    assert signs(rates, "past") == 2


def test_one_month_of_the_book_alone_makes_no_course(office):
    enter(office, table("6/2026;;300;250;;"))
    taken = october(office)
    assert charts.return_rates(taken.over_time, taken.past_in_course) == ""


def test_an_office_that_counts_by_quarter_draws_whole_quarters_only(office):
    office.quarterly = True
    office.save()
    enter(office, table("1/2026;3/2026;900;800;;", "4/2026;;300;250;;"))
    assert [line.label for line in october(office).past_in_course] == ["1/2026 đến 3/2026"]


def test_the_page_names_the_book_in_legend_and_table_and_says_so_only_where_there_is_one(
    client, office, autumn
):
    client.force_login(make.user(Role.LEADERSHIP, of=office))
    address = "/reports/HB/?from=2026-10&to=2026-10"
    assert "giấy: không niêm phong" not in client.get(address).content.decode()
    enter(office, BOOK)
    page = client.get(address).content.decode()
    assert page.count("nhập từ sổ giấy: không niêm phong, không tính vào mức chung") == 2
    assert page.count('scope="rowgroup" colspan="6">Nhập từ sổ giấy') == 1
    assert page.count('scope="rowgroup" colspan="5">Nhập từ sổ giấy') == 1
