"""Months from the old paper books: all right or nothing stored, told by row and column; shown as what they are, never sealed."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import Workbook

from reports import past, snapshot
from reports.models import PastPaper, PastPaperLevel, Seal
from surveys import filled
from surveys.choices import Role
from surveys.models import AuditEntry
from surveys.periods import Month
from tests import make

pytestmark = pytest.mark.django_db

HEAD = "Từ tháng;Đến tháng;Phát ra;Thu về;Không hợp lệ;Hài lòng mọi tiêu chí"
LEVELS = "attitude: Hài lòng;attitude: Không hài lòng;time: Hài lòng;time: Không hài lòng"


@pytest.fixture(autouse=True)
def sheet():
    return make.questionnaire()


@pytest.fixture
def office():
    return make.office("HB")


def table(*lines: str, head: str = HEAD) -> bytes:
    return "\r\n".join([head, *lines]).encode("utf-8-sig")


def enter(office, raw: bytes) -> list[PastPaper]:
    return past.enter(office=office, raw=raw, actor=make.user(Role.COUNTING, of=office), now=make.NOW)


def refused(office, raw: bytes) -> list[tuple[int, str, str]]:
    with pytest.raises(filled.TableRefused) as complaint:
        enter(office, raw)
    assert not PastPaperLevel.objects.exists()
    return [(each.row, each.column, each.words) for each in complaint.value.complaints]


def test_the_articles_own_total_is_one_line_over_its_thirteen_months(office):
    enter(office, table("6/2022;6/2023;3.809;3.240;0;3.238"))
    (line,) = past.lines_of(office)
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


def test_a_workbook_is_read_even_where_excel_made_a_day_of_the_month(office):
    from datetime import date

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


def test_months_that_have_slips_are_refused_also_inside_a_longer_stretch(office):
    make.issued(at=make.counter(of=make.department(of=office)), now=make.at(5, month=10))
    assert refused(office, table("10/2026;;317;268;;", "8/2026;12/2026;10;5;;")) == [
        (2, "Từ tháng", "Kỳ 10/2026 đã có phiếu phát trong hệ thống, không nhập từ sổ giấy được."),
        (3, "Từ tháng", "Tháng này chưa kết thúc."),
        (3, "Từ tháng", "Kỳ 10/2026 đã có phiếu phát trong hệ thống, không nhập từ sổ giấy được."),
        (3, "Từ tháng", "Trùng tháng với dòng 2."),
    ]


def test_a_quarter_with_slips_keeps_its_months_out(office):
    office.quarterly = True
    office.save()
    make.issued(at=make.counter(of=make.department(of=office)), now=make.at(5, month=8))
    ((row, column, words),) = refused(office, table("7/2026;;317;268;;"))
    assert (row, column) == (2, "Từ tháng")
    assert "đã có phiếu phát trong hệ thống" in words


def test_the_running_month_is_not_past(office):
    assert refused(office, table("11/2026;;317;268;;")) == [(2, "Từ tháng", "Tháng này chưa kết thúc.")]


def test_a_month_is_told_once_and_a_line_taken_out_makes_room(office):
    (line,) = enter(office, table("5/2021;;317;268;;"))
    assert refused(office, table("4/2021;6/2021;900;800;;")) == [
        (2, "Từ tháng", "Tháng này đã nhập từ sổ giấy. Bỏ dòng cũ rồi nhập lại.")
    ]
    past.withdraw(past=line, actor=line.entered_by, now=make.NOW)
    enter(office, table("4/2021;6/2021;900;800;;"))
    assert PastPaper.objects.count() == 1
    assert list(AuditEntry.objects.order_by("pk").values_list("action", flat=True)) == [
        "nhập kỳ từ sổ giấy",
        "bỏ kỳ nhập từ sổ giấy",
        "nhập kỳ từ sổ giấy",
    ]


@pytest.mark.parametrize(
    ("valid", "said"), [(9, ("<10", "<10")), (10, ("10", "–")), (29, ("29", "–")), (30, ("30", "100%"))]
)
def test_small_months_keep_their_secrets(office, valid, said):
    enter(office, table(f"5/2021;;40;{valid};;{valid}"))
    (line,) = past.lines_of(office)
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
    assert "6/2022 đến 6/2023" in page.content.decode()
    assert keeper.post(ADDRESS, {"held": page.context["token"]})["Location"] == ADDRESS
    page = keeper.get(ADDRESS).content.decode()
    assert "<td>nhập từ sổ giấy</td>" in page
    assert keeper.post(f"{ADDRESS}{PastPaper.objects.get().pk}/withdraw").status_code == 303
    assert not PastPaper.objects.exists()


def test_complaints_stand_on_the_page_by_row_and_column(keeper):
    page = upload(keeper, table("5/2021;;268;317;;"))
    assert page.status_code == 422
    assert '<td class="n">2</td><td>Thu về</td><td>Thu về nhiều hơn phát ra.</td>' in page.content.decode()


def test_the_template_is_right_as_it_comes(keeper):
    raw = keeper.get(f"{ADDRESS}template.csv").content
    assert upload(keeper, raw).status_code == 200


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
