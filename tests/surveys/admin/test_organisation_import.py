"""Organisations from a table: everything that is wrong is told by row and column, and nothing is stored until all is right."""

import io
import re
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from openpyxl import Workbook

from surveys.admin import organisation_import
from surveys.choices import Role
from surveys.models import AuditEntry, Organisation
from surveys.spreadsheets import holding
from surveys.spreadsheets.complaints import TableRefused
from surveys.spreadsheets.delimited import empty_table
from surveys.spreadsheets.holding import Sent
from surveys.spreadsheets.limits import USUAL
from surveys.spreadsheets.reading import read
from tests import make

pytestmark = pytest.mark.django_db
CASES = Path(__file__).parents[2] / "files" / "cases"


def csv_of(*lines: str, encoding: str = "utf-8-sig") -> bytes:
    return "\r\n".join(lines).encode(encoding)


def xlsx_of(*rows) -> bytes:
    book, out = Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)
    book.save(out)
    return out.getvalue()


def store(raw: bytes, office=None):
    office = office or make.office()
    return organisation_import.import_organisations(
        office=office, book=read(raw), actor=make.user(Role.ADMIN, of=office), now=make.NOW
    )


def refused(raw: bytes) -> list[tuple[int, str, str]]:
    with pytest.raises(TableRefused) as complaint:
        store(raw)
    assert not Organisation.objects.exists()
    return [(each.row, each.column, each.words) for each in complaint.value.complaints]


@pytest.mark.parametrize(
    "raw",
    [
        csv_of("Mã;Tên tổ chức", "KH1;Trường THCS Lê Quý Đôn"),
        csv_of("DANH SÁCH KHÁCH HÀNG;;", "STT;Mã khách hàng;Tên khách hàng", "1;KH1;Trường THCS Lê Quý Đôn"),
        csv_of("ma,ten to chuc", "KH1,Trường THCS Lê Quý Đôn", encoding="utf-8"),
        csv_of("Tên tổ chức\tMã", "Trường THCS Lê Quý Đôn\tKH1", encoding="utf-16"),
        xlsx_of(["Mã", "Tên tổ chức"], ["KH1", "Trường THCS Lê Quý Đôn"]),
    ],
    ids=[
        "Excel's CSV",
        "an accountant's",
        "plain CSV without diacritics in the headings",
        "Excel's Unicode text",
        "XLSX",
    ],
)
def test_a_table_is_read_however_excel_wrote_it(raw):
    store(raw)
    stored = Organisation.objects.get()
    assert (stored.code, stored.name, stored.folded) == (
        "KH1",
        "Trường THCS Lê Quý Đôn",
        "truong thcs le quy don",
    )


def test_the_template_itself_is_right():
    store(empty_table([organisation_import.CODE, organisation_import.NAME], organisation_import.EXAMPLES))
    assert Organisation.objects.count() == 2


def test_everything_wrong_is_told_by_row_and_column_and_nothing_is_stored():
    raw = csv_of("Mã;Tên tổ chức", "KH1;Một", ";Hai", "KH1;Ba", "KH4;", f"KH5;{'x' * 201}")
    assert refused(raw) == [
        (3, "Mã", "Chưa có mã."),
        (4, "Mã", "Trùng mã với dòng 2. Hãy sửa hoặc xóa một dòng."),
        (5, "Tên tổ chức", "Chưa có tên."),
        (6, "Tên tổ chức", "Tên dài quá 200 ký tự."),
    ]


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b"", "Tệp trống."),
        (csv_of("Mã;Tên tổ chức"), "Dưới dòng tiêu đề chưa có dòng nào."),
        ("Mã;Tên tổ chức\nKH1;Trường".encode("cp1258", errors="replace"), "Tệp không phải UTF-8."),
        (b"PK\x03\x04 not a workbook", "Tệp XLSX không mở được."),
        (b"x" * (USUAL.packed + 1), "Tệp lớn quá 2 MB."),
        (csv_of("Mã;Tên tổ chức", 'KH1;"chưa đóng'), "Dấu nháy kép mở ở dòng 2 chưa đóng"),
    ],
)
def test_a_file_that_is_no_table_is_refused_with_a_sentence(raw, words):
    ((_row, _column, said),) = refused(raw)
    assert said.startswith(words)


def test_a_missing_column_is_named_and_a_foreign_one_ignored_and_said():
    assert refused(csv_of("Mã;Địa chỉ", "KH1;Hòa Bình")) == [
        (1, "Tên tổ chức", "Thiếu cột này ở dòng tiêu đề.")
    ]
    plan = store(csv_of("STT;Mã;Tên tổ chức;Địa chỉ", "1;KH1;Một;HB"))
    assert plan.shown.remarks == ("Không đọc cột không có trong mẫu: “STT”, “Địa chỉ”.",)


def test_the_same_table_again_changes_nothing_and_a_new_name_renames():
    office = make.office()
    store(csv_of("Mã;Tên tổ chức", "KH1;Một", "KH2;Hai"), office)
    plan = store(csv_of("Mã;Tên tổ chức", "KH1;Một", "KH2;Hai mới", "KH3;Ba"), office)
    assert (len(plan.added), len(plan.renamed), plan.same) == (1, 1, 1)
    assert list(Organisation.objects.order_by("code").values_list("name", flat=True)) == [
        "Một",
        "Hai mới",
        "Ba",
    ]
    assert AuditEntry.objects.count() == 2


def test_a_code_that_stands_with_noughts_in_front_is_asked_about():
    office = make.office()
    store(csv_of("Mã;Tên tổ chức", "0017;Một"), office)
    with pytest.raises(TableRefused) as complaint:
        store(csv_of("Mã;Tên tổ chức", "17;Một"), office)
    assert complaint.value.questions == {"codes"}
    assert complaint.value.complaints[0].words.startswith("Đã có mã “0017”, chỉ khác số 0 ở đầu.")


def test_a_code_that_stands_with_other_capitals_is_refused():
    office = make.office()
    store(csv_of("Mã;Tên tổ chức", "KH1;Một"), office)
    with pytest.raises(TableRefused) as complaint:
        store(csv_of("Mã;Tên tổ chức", "kh1;Một"), office)
    assert str(complaint.value.complaints[0]) == (
        "ô A2: Mã (“kh1”): Đã có mã “KH1”, chỉ khác chữ hoa, chữ thường."
    )


def test_the_dry_run_shows_every_change_beside_what_stands():
    office = make.office()
    store(csv_of("Mã;Tên tổ chức", "KH1;Một", "KH2;Hai"), office)
    plan = store(csv_of("Mã;Tên tổ chức", "KH1;Một", "KH2;Hai mới", "KH3;Ba"), office).shown
    assert [(row.key, row.change.words, row.differing[1]) for row in plan.stored] == [
        ("KH2", "sửa", ("Hai mới", "Hai")),
        ("KH3", "thêm", ("Ba", "")),
    ]


def test_another_offices_code_is_another_code():
    store(csv_of("Mã;Tên tổ chức", "KH1;Một"))
    plan = store(csv_of("Mã;Tên tổ chức", "KH1;Khác"))
    assert (len(plan.added), len(plan.renamed)) == (1, 0)


@pytest.mark.serial
@pytest.mark.django_db(transaction=True)
def test_every_batch_is_its_own_transaction_so_that_other_writers_come_between():
    office = make.office()
    rows = 3 * organisation_import.BATCH + 1
    raw = csv_of("Mã;Tên tổ chức", *(f"KH{n};Đơn vị {n}" for n in range(rows)))
    committed, in_transaction = [], []

    def look_from_elsewhere(execute, sql, params, many, context):
        if sql.startswith(f'INSERT INTO "{Organisation._meta.db_table}"'):
            in_transaction.append(connection.in_atomic_block)
            with ThreadPoolExecutor(1) as other:  # its own connection sees only what is committed
                committed.append(other.submit(count).result())
        return execute(sql, params, many, context)

    def count() -> int:
        try:
            return Organisation.objects.filter(office=office).count()
        finally:
            connection.close()

    with connection.execute_wrapper(look_from_elsewhere):
        store(raw, office)
    assert committed[0] == 0
    steps = [after - before for before, after in pairwise([*committed, rows])]
    assert max(steps) <= organisation_import.BATCH
    assert len(set(committed)) >= 4
    assert all(in_transaction)
    assert Organisation.objects.filter(office=office).count() == rows


def test_twenty_thousand_organisations_are_one_table():
    plan = store(csv_of("Mã;Tên tổ chức", *(f"KH{n};Đơn vị {n}" for n in range(20_000))))
    assert (len(plan.added), Organisation.objects.count()) == (20_000, 20_000)
    assert refused_more(20_001) == ["Tệp có quá 20.000 dòng. Hãy chia thành nhiều tệp."]


def refused_more(rows: int) -> list[str]:
    with pytest.raises(TableRefused) as complaint:
        store(csv_of("Mã;Tên tổ chức", *(f"KX{n};Đơn vị {n}" for n in range(rows))))
    return [each.words for each in complaint.value.complaints]


# --- the page ---------------------------------------------------------------------------------------------------
ADDRESS = "/setup/organisations/import"


@pytest.fixture
def office():
    return make.office()


@pytest.fixture
def admin(client, office):
    client.force_login(make.user(Role.ADMIN, of=office, is_staff=True))
    return client


def upload(admin, office, raw: bytes):
    return admin.post(ADDRESS, {"office": office.pk, "file": SimpleUploadedFile("to-chuc.csv", raw)})


def test_the_first_sending_is_a_dry_run_and_the_second_one_stores(admin, office):
    page = upload(admin, office, csv_of("Mã;Tên tổ chức", "KH1;Một"))
    assert (page.status_code, Organisation.objects.count()) == (200, 0)
    assert "Thêm 01 dòng, sửa 0, giữ nguyên 0." in page.content.decode()
    token = page.context["token"]
    assert admin.post(ADDRESS, {"office": office.pk, "held": token}).status_code == 302
    assert Organisation.objects.get().office == office


def test_complaints_stand_on_the_page_by_row_and_column(admin, office):
    page = upload(admin, office, csv_of("Mã;Tên tổ chức", "KH1;", ";Hai"))
    assert page.status_code == 422
    cells = re.sub(r">\s+<", "><", page.content.decode())
    assert "<td>ô B2</td><td>Tên tổ chức</td><td></td><td>Chưa có tên.</td>" in cells
    assert "<td>ô A3</td><td>Mã</td><td></td><td>Chưa có mã.</td>" in cells


def test_a_held_table_of_somebody_else_or_of_yesterday_is_asked_for_again(admin, office):
    token = holding.hold(Sent(csv_of("Mã;Tên tổ chức", "KH1;Một")), owner=0, digest="x")
    assert admin.post(ADDRESS, {"office": office.pk, "held": token}).status_code == 422
    assert not Organisation.objects.exists()


def test_a_number_where_a_code_stands_is_stored_once_that_is_confirmed(admin, office):
    page = upload(admin, office, xlsx_of(["Mã", "Tên tổ chức"], [1001, "Một"]))
    assert (page.status_code, page.context["questions"][0][0]) == (422, "codes")
    about = {"office": office.pk, "held": page.context["token"]}
    page = admin.post(ADDRESS, about | {"confirmed": ["codes"]})
    assert (page.status_code, Organisation.objects.count()) == (200, 0)
    assert admin.post(ADDRESS, about | {"held": page.context["token"]}).status_code == 302
    assert Organisation.objects.get().code == "1001"


def test_what_was_shown_is_stored_or_nothing(admin, office):
    page = upload(admin, office, csv_of("Mã;Tên tổ chức", "KH1;Một"))
    Organisation.objects.create(office=office, code="KH1", name="Hai")
    again = admin.post(ADDRESS, {"office": office.pk, "held": page.context["token"]})
    assert (again.status_code, Organisation.objects.get().name) == (409, "Hai")
    assert "Một <span" in again.content.decode()
    assert admin.post(ADDRESS, {"office": office.pk, "held": again.context["token"]}).status_code == 302
    assert Organisation.objects.get().name == "Một"


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("org-code-20-digits.xlsx", "Mã có hơn 15 chữ số; Excel đã thay các chữ số cuối bằng số 0."),
        ("org-leading-zeros.xlsx", "Trùng mã với dòng 2. Hãy sửa hoặc xóa một dòng."),
        ("org-zwsp.csv", "Trùng mã với dòng 2. Hãy sửa hoặc xóa một dòng."),
    ],
)
def test_a_list_that_was_changed_on_the_way_is_refused_with_its_sentence(admin, office, name, sentence):
    page = upload(admin, office, (CASES / name).read_bytes())
    assert page.status_code == 422
    assert sentence in page.content.decode()


def test_a_numbered_list_is_stored_without_its_numbers(admin, office):
    page = upload(admin, office, (CASES / "org-stt-column.xlsx").read_bytes())
    assert "Không đọc cột không có trong mẫu: “STT”." in page.content.decode()
    assert admin.post(ADDRESS, {"office": office.pk, "held": page.context["token"]}).status_code == 302
    assert list(Organisation.objects.values_list("code", "name")) == [("KH777", "Trường B")]


def test_another_offices_list_is_out_of_reach(admin):
    page = upload(admin, make.office(), csv_of("Mã;Tên tổ chức", "KH1;Một"))
    assert page.status_code == 422
    assert not Organisation.objects.exists()


def test_the_template_is_downloaded_and_nobody_else_gets_in(admin, client, office):
    assert admin.get(f"{ADDRESS}.csv").content.startswith("\ufeffMã;Tên tổ chức".encode())
    client.force_login(make.user(Role.COUNTING, of=office, is_staff=True))
    assert client.get(ADDRESS).status_code == 403
    assert client.get(f"{ADDRESS}.csv").status_code == 403


def test_the_administrator_confirms_that_phones_reach_the_address_and_sets_the_counters_ways(
    admin, office, settings
):
    office.phones_reach = ""
    office.save()
    page = admin.get(f"/admin/surveys/office/{office.pk}/change/")
    assert settings.BASE_URL in page.content.decode()
    facts = {
        "code": office.code, "name": office.name, "short_name": office.short_name, "name_en": "",
        "kind": office.kind, "parent": "", "valid_from": "1/1/2020", "valid_to": "", "successor": "", "seals": "on",
    }  # fmt: skip
    assert (
        admin.post(f"/admin/surveys/office/{office.pk}/change/", facts | {"reached": "on"}).status_code == 302
    )
    office.refresh_from_db()
    assert office.phones_reach == settings.BASE_URL
    counter = make.counter(of=make.department(of=office))
    ways = {"office": counter.office_id, "code": counter.code, "name": counter.name, "name_en": "", "closed_on": "",
            "offers_slip": "on", "default_channel": "slip", "printer": "", "slip_format": "58",
            "keys-TOTAL_FORMS": "0", "keys-INITIAL_FORMS": "0"}  # fmt: skip
    address = f"/admin/surveys/counter/{counter.pk}/change/"
    refused = admin.post(address, ways)
    assert "Phát phiếu in thì phải ghi tên máy in của quầy." in refused.content.decode()
    assert admin.post(address, ways | {"printer": "Quay 1; rm"}).status_code == 200
    assert admin.post(address, ways | {"printer": "Quay1"}).status_code == 302
    counter.refresh_from_db()
    assert counter.channels == ["slip"]
