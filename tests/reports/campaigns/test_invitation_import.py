"""Who is invited, by file or paste: shown before, each once, told by line what is wrong."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlencode

import pytest
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from reports.campaigns import invitation_import
from surveys.campaigns import mailings
from surveys.choices import Role
from surveys.models import CampaignUnit, Invitation, InvitationBatch
from surveys.spreadsheets.book import Book
from surveys.spreadsheets.complaints import TableRefused
from surveys.spreadsheets.reading import read
from tests import campaigns, make
from tests.workbooks import workbook

pytestmark = [pytest.mark.django_db, pytest.mark.one_engine]
CASES = Path(__file__).parents[2] / "files" / "cases"
ADDRESS = "/campaigns/khao-sat-thu/HB/invite"
URL_ENCODED = "application/x-www-form-urlencoded"


@pytest.fixture
def unit() -> CampaignUnit:
    running = campaigns.campaign(make.office("HB"), now=timezone.now())
    return running.units.select_related("campaign", "office").get()


@pytest.fixture
def head(client, unit):
    client.force_login(make.user(Role.HEAD_OFFICE, of=make.office("KBNN", seals=False)))
    return client


def planned(unit: CampaignUnit, text: str) -> invitation_import.Plan:
    return invitation_import.plan(unit=unit, book=read(text.encode()))


def refused(unit: CampaignUnit, text: str) -> list[str]:
    with pytest.raises(TableRefused) as complaint:
        planned(unit, text)
    return [str(each) for each in complaint.value.complaints]


def paste(client: Client, text: str, **more: str):
    sent = {"name": "Đợt 1", "by": "mail", "organisations": text} | more
    return client.post(ADDRESS, urlencode(sent), content_type=URL_ENCODED)


def make_batch(client: Client, page, by: str = "mail"):
    return client.post(ADDRESS, {"name": "Đợt 1", "by": by, "held": page.context["token"]})


@pytest.mark.parametrize(
    "text",
    [
        "Công ty C\tc@x.vn\nCông ty G\tg@x.vn",
        "Công ty C; c@x.vn\nCông ty G;g@x.vn",
        "Công ty C,c@x.vn\nCông ty G, g@x.vn",
    ],
    ids=["tab", "semicolon", "comma"],
)
def test_a_list_is_read_whatever_parts_its_fields(unit, text):
    assert planned(unit, text).people == [("Công ty C", "c@x.vn"), ("Công ty G", "g@x.vn")]


@pytest.mark.parametrize(
    "text",
    [
        "STT\tTên đơn vị\tEmail\tĐiện thoại\n1\tCông ty C\tc@x.vn\t0912\n2\tCông ty G\tg@x.vn\t",
        "DANH SÁCH MỜI\nTT;Địa chỉ;E-mail;Tổ chức\n1;Số 3;c@x.vn;Công ty C\n2;;g@x.vn;Công ty G",
        "1;Công ty C;c@x.vn\n2;Công ty G;g@x.vn",
        "01. ; Công ty C; c@x.vn\n02. ; Công ty G; g@x.vn",
        "1;Công ty C;c@x.vn\n2;Công ty G;g@x.vn\n3;;\n4;;",
    ],
    ids=[
        "pasted with headings",
        "a title, another order",
        "numbers alone",
        "numbers with dots",
        "more numbers than names",
    ],
)
def test_running_numbers_and_foreign_columns_are_ignored_and_said(unit, head, text):
    found = planned(unit, text)
    assert found.people == [("Công ty C", "c@x.vn"), ("Công ty G", "g@x.vn")]
    assert [remark for remark in found.shown.remarks if remark.startswith("Không đọc cột")]
    assert "Không đọc cột" in paste(head, text).content.decode()


def test_a_numbered_list_that_a_real_libreoffice_saved_is_read_without_its_numbers(unit):
    saved = (CASES.parent / "libreoffice" / "invitations-running-numbers.xlsx").read_bytes()
    found = invitation_import.plan(unit=unit, book=read(saved))
    assert found.people == [("Trường THCS Lê Quý Đôn", "lqd@example.vn"), ("Trung tâm Y tế huyện Đà Bắc", "")]


def test_numbers_that_do_not_run_are_no_running_numbers_and_a_heading_without_a_name_is_told(unit):
    assert planned(unit, "12;a@x.vn\n30;b@x.vn").people == [("12", "a@x.vn"), ("30", "b@x.vn")]
    assert refused(unit, "STT;Người nhận;Email\n1;Công ty C;c@x.vn") == [
        "dòng 1: Tổ chức, cá nhân: Thiếu cột này ở dòng tiêu đề."
    ]


INVITED = [("Trường A", "a@x.vn"), ("Trường B", "b@x.vn")]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("1;Trường A;a@x.vn\n2;Trường B;b@x.vn\n4;Trường C;c@x.vn", "Không đọc cột A: số thứ tự."),
        ("I;Trường A;a@x.vn\nII;Trường B;b@x.vn\nIX;Trường C;c@x.vn", "Không đọc cột A: số thứ tự."),
        (
            "Đơn vị;Email\nTrường A;a@x.vn\nĐơn vị;Email\nTrường B;b@x.vn",
            "Không đọc dòng tiêu đề lặp lại (dòng 3).",
        ),
        ("Trường A;0912345678;a@x.vn\nTrường B;+84 218 385 1234;b@x.vn", "Không đọc cột B: số điện thoại."),
        ("Trường A;a@x.vn;0912345678\nTrường B;b@x.vn;02183.851.234", "Không đọc cột C: số điện thoại."),
        ("1;Trường A;0912345678;a@x.vn\n3;Trường B;0218385123;b@x.vn", "Không đọc cột B: số điện thoại."),
    ],
)
def test_numbers_of_lines_and_of_telephones_without_headings_are_passed_over_and_said(unit, text, said):
    found = planned(unit, text)
    assert found.people[:2] == INVITED
    assert (
        said.replace("cột B", "cột C" if text[0] == "1" and "0912" in text else "cột B")
        in found.shown.remarks
    )


@pytest.mark.parametrize(
    "line",
    [
        *(
            "DANH SÁCH MỜI KHẢO SÁT",
            "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
            "Độc lập – Tự do – Hạnh phúc",
            "Tổng cộng: 2 đơn vị",
        ),
        *(
            "Người lập biểu",
            "Hòa Bình, ngày 5 tháng 3 năm 2024",
            "(Ký, ghi rõ họ tên)",
            "Ghi chú: mời lần 2",
            "Phụ lục 1",
        ),
        *("Tổng số;2", "Ngày .... tháng .... năm 2026", "Kính gửi: Kho bạc Nhà nước khu vực III"),
    ],
)
def test_lines_of_the_paper_around_a_list_are_left_out_and_said(unit, line):
    for text in (f"{line}\nTrường A;a@x.vn\nTrường B;b@x.vn", f"Trường A;a@x.vn\nTrường B;b@x.vn\n{line}\n"):
        for head in ("", "Đơn vị;Email\n"):
            found = planned(unit, head + text)
            assert found.people == INVITED
            first = line.split(";")[0]
            assert any(
                first in remark and "không thuộc danh sách" in remark for remark in found.shown.remarks
            )


@pytest.mark.parametrize(
    "name", ["Tổng công ty Điện lực", "Trường Danh Sách", "Giám đốc Sở Y tế", "Ngày Mới", "Công ty Ghi Chú"]
)
def test_a_name_that_only_resembles_such_a_line_is_invited(unit, name):
    assert planned(unit, f"{name}\nTrường A;a@x.vn").people == [(name, ""), ("Trường A", "a@x.vn")]


@pytest.mark.parametrize(
    ("name", "what"),
    [
        ("• Trường A", "dấu đầu dòng “•”"),
        ("- Trường A", "dấu đầu dòng “-”"),
        ("1. Trường A", "số thứ tự “1.”"),
        ("II. Khối y tế", "số thứ tự “II.”"),
    ],
)
def test_what_a_list_puts_in_front_of_a_name_is_no_part_of_it(unit, name, what):
    assert refused(unit, f"{name};a@x.vn") == [
        f"ô A1: Tổ chức, cá nhân (“{name}”): Tên bắt đầu bằng {what}. Hãy bỏ đi, chỉ ghi tên."
    ]


def test_names_with_telephones_alone_are_names(unit):
    found = planned(unit, "Trường A;0912345678\nTrường B;0218385123")
    assert found.people == [("Trường A", ""), ("Trường B", "")]


def test_titles_above_a_numbered_list_leave_its_numbers_and_are_said(unit):
    text = "SỞ GIÁO DỤC;;\nCÁC TRƯỜNG;;\n1;Trường A;a@x.vn\n2;Trường B;b@x.vn\nNguyễn Văn C;;"
    found = planned(unit, text)
    assert found.people == INVITED
    assert (
        "Không đọc 3 dòng chỉ có chữ ngoài các cột, trước hết dòng 1 (“SỞ GIÁO DỤC”)." in found.shown.remarks
    )


def test_two_columns_that_may_both_be_the_name_are_told_by_their_headings(unit):
    assert refused(unit, "Họ và tên;Đơn vị;Email\nNguyễn Văn A;Trường A;a@x.vn") == [
        "ô B1: Tổ chức, cá nhân (“Đơn vị”): Cột này và cột A (“Họ và tên”) đều là “Tổ chức, cá nhân”. Hãy xóa một cột."
    ]


def test_a_sheet_of_notes_beside_the_list_is_not_read_and_said(unit):
    def made(**more: list) -> Book:
        return read(workbook(["Trường A", "a@x.vn"], ["Trường B", "b@x.vn"], more=more))

    found = invitation_import.plan(unit=unit, book=made(Notes=[["đã gọi điện"]]))
    assert (found.people, "Không đọc trang “Notes”." in found.shown.remarks) == (INVITED, True)
    with pytest.raises(TableRefused) as wrong:
        invitation_import.plan(unit=unit, book=made(Notes=[["Trường C", "c@x.vn"]]))
    assert "cùng có bảng" in str(wrong.value)


def test_names_that_commas_part_and_no_address_is_among_them_are_asked_for_otherwise(unit):
    (said,) = refused(unit, "Trường A, cơ sở 1\nTrường B, cơ sở 2")
    assert said.endswith("Nếu dấu phẩy nằm trong tên, hãy đặt từng tên trong dấu nháy kép.")


def test_a_name_with_and_without_an_address_is_said_and_left_to_the_sender(unit, head):
    found = planned(unit, "Công ty B\nCONG TY B; b@x.vn\nTrường A; a@x.vn\ntruong a")
    assert found.people == [("Công ty B", ""), ("CONG TY B", "b@x.vn"), ("Trường A", "a@x.vn")]
    assert list(found.shown.remarks) == [
        "1 người không có địa chỉ thư, trước hết dòng 1: “Công ty B”.",
        "Dòng 2 cùng tên với dòng 1 mà không có địa chỉ thư: “CONG TY B”. Nếu là một, hãy xóa bớt.",
        "Bỏ qua dòng 4: tên “truong a” trùng với dòng 3.",
    ]
    make_batch(head, paste(head, "Công ty C", by="file"), by="file")
    again = planned(unit, "Công ty C; c@x.vn")
    assert again.shown.remarks[0].startswith(
        "Dòng 1 cùng tên với người đã được mời trước đây mà không có địa chỉ thư"
    )


def test_what_is_wrong_is_told_by_line_and_nothing_is_made(unit, head):
    text = "Trường A; a@x.vn\nb@x.vn\nTrường C; khong\nTrường D; d@x.vn; 0912\n; e@x.vn"
    assert refused(unit, text) == [
        "ô A2: Tổ chức, cá nhân (“b@x.vn”): Tên không có dấu @. Viết tên trước, địa chỉ thư sau dấu tab, "
        "chấm phẩy hoặc phẩy.",
        "ô B3: Thư điện tử (“khong”): Không phải là một địa chỉ thư điện tử.",
        "ô C4 (“0912”): Dòng có hơn 2 cột. Nếu danh sách có cột khác, hãy thêm dòng tiêu đề có “Tổ chức, cá nhân”, “Thư điện tử”.",
        "ô A5: Tổ chức, cá nhân: Chưa có tên.",
    ]
    page = paste(head, text)
    assert (page.status_code, InvitationBatch.objects.count()) == (422, 0)
    assert "Dòng có hơn 2 cột." in page.content.decode()


def test_an_address_is_taken_out_of_no_other_words_but_pointed_at(unit):
    assert planned(unit, "Trường A; MailTo:a@x.vn").people == [("Trường A", "a@x.vn")]
    assert refused(unit, "Trường B;b@x.vn, c@x.vn\nTrường D;Văn thư <d@x.vn>") == [
        "ô B1: Thư điện tử (“b@x.vn, c@x.vn”): Mỗi dòng một địa chỉ thư. Hãy tách thành nhiều dòng.",
        "ô B2: Thư điện tử (“Văn thư <d@x.vn>”): Chỉ ghi địa chỉ: d@x.vn.",
    ]


def test_who_comes_twice_is_invited_once_and_that_is_said(unit):
    found = planned(unit, (CASES / "invite-duplicates.txt").read_text(encoding="utf-8"))
    assert found.people == [("Công ty A", "a@x.vn")]
    assert list(found.shown.remarks) == [
        "Bỏ qua dòng 2: địa chỉ a@x.vn trùng với dòng 1.",
        "Bỏ qua dòng 3: địa chỉ A@x.vn trùng với dòng 1.",
    ]


def test_names_without_an_address_are_told_apart_without_capitals_and_diacritics_and_dots_stay(unit):
    found = planned(unit, "Công ty A\nCONG TY  A\nCông ty B\nCông ty A; a.b@x.vn\nCông ty A; ab@x.vn")
    assert found.people == [
        ("Công ty A", ""),
        ("Công ty B", ""),
        ("Công ty A", "a.b@x.vn"),
        ("Công ty A", "ab@x.vn"),
    ]


@pytest.mark.both_engines
def test_who_was_invited_before_is_passed_over(unit, head):
    make_batch(head, paste(head, "Công ty A; a@x.vn\nTrường B"))
    found = planned(unit, "Cty A; A@X.vn\ntruong b\nTrường C; c@x.vn")
    assert found.people == [("Trường C", "c@x.vn")]
    assert list(found.shown.remarks) == [
        "Bỏ qua dòng 1: địa chỉ A@X.vn đã được mời trước đây.",
        "Bỏ qua dòng 2: tên “truong b” đã được mời trước đây.",
    ]


@pytest.mark.both_engines
def test_the_first_sending_shows_and_the_second_makes_one_batch_however_often_it_is_sent(head):
    page = paste(head, (CASES / "invite-pasted-from-excel.txt").read_text(encoding="utf-8"))
    assert (page.status_code, InvitationBatch.objects.count()) == (200, 0)
    assert "Thêm 02 dòng, sửa 0, giữ nguyên 0." in page.content.decode()
    statuses = [make_batch(head, page).status_code for _click in range(3)]
    assert statuses == [302, 422, 422]
    assert (InvitationBatch.objects.count(), Invitation.objects.count()) == (1, 2)
    mailings.send_due(clock=timezone.now)
    assert [letter.to for letter in mail.outbox] == [["c@x.vn"], ["g@x.vn"]]


@pytest.mark.both_engines
def test_a_list_that_somebody_else_invited_in_part_meanwhile_is_shown_again(head):
    page = paste(head, "Công ty A; a@x.vn\nCông ty B; b@x.vn")
    make_batch(head, paste(head, "Công ty A; a@x.vn"))
    again = make_batch(head, page)
    assert (again.status_code, Invitation.objects.count()) == (409, 1)
    assert make_batch(head, again).status_code == 302
    assert Invitation.objects.count() == 2


@pytest.mark.both_engines
def test_a_file_of_six_hundred_is_invited_at_once(head):
    raw = (CASES / "invite-600-names.txt").read_bytes()
    sent = {"name": "Đợt 1", "by": "file", "file": SimpleUploadedFile("ds.txt", raw)}
    page = head.post(ADDRESS, sent)
    codes = make_batch(head, page, by="file").content.decode("utf-8-sig").splitlines()
    assert (len(codes), Invitation.objects.count()) == (601, 600)


def test_five_thousand_are_pasted_at_once_and_one_more_is_refused(head):
    lines = [f"Trường Trung học cơ sở Nguyễn Đình Chiểu {n}; truong{n}@hoabinh.edu.vn" for n in range(5_001)]
    page = paste(head, "\r\n".join(lines[:5_000]), by="file")
    assert page.status_code == 200
    assert make_batch(head, page, by="file").status_code == 200
    assert Invitation.objects.count() == 5_000
    more = paste(head, "\r\n".join(lines))
    assert more.status_code == 422
    assert "Mỗi đợt mời tối đa 5.000 tên." in more.content.decode()


def test_a_long_paste_without_the_forms_token_is_refused(head, unit):
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = head.cookies
    assert paste(strict, "Công ty A; a@x.vn").status_code == 403
    assert not InvitationBatch.objects.exists()


def test_an_address_that_a_server_will_refuse_is_still_an_address(unit):
    found = planned(unit, (CASES / "invite-one-refused.txt").read_text(encoding="utf-8"))
    assert [address for _name, address in found.people] == ["u0@x.vn", "u1@x.vn", "bad@x.vn", "u3@x.vn"]


@pytest.mark.parametrize("ending", ["xlsx", "csv"])
def test_lists_that_a_real_libreoffice_saved_are_read_by_tab_semicolon_or_comma(unit, ending):
    def listed(name: str) -> Book:
        return read((CASES.parent / "libreoffice" / f"invite-{name}.{ending}").read_bytes())

    names = invitation_import.plan(unit=unit, book=listed("names")).people
    assert (len(names), names[1]) == (600, ("Trường 1, cơ sở 1", "truong1@hoabinh.edu.vn"))
    twice = invitation_import.plan(unit=unit, book=listed("twice"))
    assert twice.people == [("Công ty A", "a@x.vn"), ("Cong ty B", "")]
    assert list(twice.shown.remarks) == [
        "1 người không có địa chỉ thư, trước hết dòng 3: “Cong ty B”.",
        "Bỏ qua dòng 2: địa chỉ A@x.vn trùng với dòng 1.",
        "Bỏ qua dòng 4: tên “Công ty B” trùng với dòng 3.",
    ]
    with pytest.raises(TableRefused) as wrong:
        invitation_import.plan(unit=unit, book=listed("addresses"))
    assert [str(each).rpartition("ô ")[2] for each in wrong.value.complaints] == [
        "B2: Thư điện tử (“u1 x.vn”): Không phải là một địa chỉ thư điện tử.",
        "B3: Thư điện tử (“u2@x”): Không phải là một địa chỉ thư điện tử.",
    ]


@pytest.mark.parametrize("ending", ["xlsx", "csv"])
def test_a_list_with_titles_and_telephones_that_a_real_libreoffice_saved_is_read_without_them(unit, ending):
    found = invitation_import.plan(
        unit=unit, book=read((CASES.parent / "libreoffice" / f"invite-titled.{ending}").read_bytes())
    )
    assert found.people == INVITED
    assert list(found.shown.remarks) == [
        *(["Không đọc trang “Ghi chú”."] if ending == "xlsx" else []),
        "Không đọc cột A: số thứ tự.",
        "Không đọc cột C: số điện thoại.",
        "Không đọc dòng 5 (“Tổng cộng: 2”): không thuộc danh sách.",
        "Không đọc dòng 6 (“Người lập biểu”): không thuộc danh sách.",
        "Không đọc 2 dòng chỉ có chữ ngoài các cột, trước hết dòng 1 (“SỞ GIÁO DỤC”).",
    ]


def test_nothing_chosen_is_said(head):
    page = paste(head, " ")
    assert page.status_code == 422
    assert "Xin chọn tệp hoặc dán danh sách" in page.content.decode()
