"""A questionnaire's workbook: refused where it was changed on the way or cannot be answered, shown whole, then stored."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from io import BytesIO
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from openpyxl import Workbook, load_workbook

from reports.campaigns import questionnaire_import, questionnaire_workbook
from surveys.campaigns import errors, lifecycle
from surveys.choices import Role
from surveys.models import Criterion, Level, Questionnaire, QuestionnaireVersion, Section
from surveys.reference.loading import load_campaign_questionnaires
from surveys.spreadsheets.complaints import TableRefused
from surveys.spreadsheets.dry_run import DryRunChanged, digest_of
from surveys.spreadsheets.reading import read
from tests import campaigns, make
from tests.workbooks import Watched

pytestmark = [pytest.mark.django_db, pytest.mark.one_engine]

CASES = Path(__file__).parents[2] / "files" / "cases"
SAVED = Path(__file__).parents[2] / "files" / "libreoffice"
ADDRESS = "/campaigns/questionnaires/"
ON = date(2026, 11, 5)


@pytest.fixture
def version() -> QuestionnaireVersion:
    return load_campaign_questionnaires()[0]


@pytest.fixture
def head(client):
    client.force_login(make.user(Role.HEAD_OFFICE, of=make.office("KBNN", seals=False)))
    return client


def edited(version: QuestionnaireVersion, edit: Callable[[Workbook], None]) -> bytes:
    """The version's own workbook, changed by hand and saved again."""
    book = load_workbook(BytesIO(questionnaire_workbook.export(version)))
    edit(book)
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def put(sheet: str, place: str, value: object) -> Callable[[Workbook], None]:
    def edit(book: Workbook) -> None:
        book[sheet][place] = value

    return edit


def refused(content: bytes) -> list[str]:
    versions = QuestionnaireVersion.objects.count()
    with pytest.raises(TableRefused) as complaint:
        questionnaire_import.bring_in(book=read(content), on=ON)
    assert QuestionnaireVersion.objects.count() == versions
    return [str(each) for each in complaint.value.complaints]


def upload(client, content: bytes):
    return client.post(ADDRESS, {"file": SimpleUploadedFile("mau.xlsx", content)})


@pytest.mark.both_engines
def test_a_long_questionnaire_is_stored_by_a_few_statements_so_that_other_writers_wait_for_none_of_them(
    version, django_assert_max_num_queries
):
    def lengthen(book: Workbook) -> None:
        for n in range(180):
            condition = ["", f"more{n - 1}", 1] if n in (1, 2) else []
            row = [f"more{n}", "staff", f"Câu {n}", "", f"Câu {n}", "sipas-5", 1, *condition]
            book["cau_hoi"].append(row)

    book = read(edited(version, lengthen))
    with django_assert_max_num_queries(70):
        stored = questionnaire_import.bring_in(book=book, on=ON)
    criteria = {each.code: each for each in stored.criteria.select_related("shown_after", "section")}
    assert (criteria["more2"].shown_after.code, criteria["more1"].shown_after_value) == ("more1", 1)
    assert {each.section.code for code, each in criteria.items() if code.startswith("more")} == {"staff"}
    assert [each.position for each in stored.criteria.order_by("position")] == list(
        range(1, len(criteria) + 1)
    )


# ── Files that real people sent ────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("name", "said"),
    [
        (
            "q-220-questions.xlsx",
            [
                "trang “cau_hoi”: Mẫu phiếu phải có dưới 200 câu hỏi. Hãy bớt câu, hoặc chia thành nhiều mẫu phiếu."
            ],
        ),
        (
            "q-error-cell.xlsx",
            ["trang “cau_hoi”, ô C2: cau_hoi (“#REF!”): Ô báo lỗi #REF!. Hãy sửa ô này rồi gửi lại."],
        ),
        (
            "q-khi_muc-9.xlsx",
            [
                "trang “cau_hoi”, ô J11: khi_muc (“9”): Câu “answered” hỏi khi câu “spoke_up” trả lời mức 9, "
                "nhưng câu ấy chỉ có mức 0, 1."
            ],
        ),
        (
            "q-points-one-missing.xlsx",
            [
                "trang “thang_do”, ô G4: diem: Mức “Bình thường” chưa có điểm; ghi điểm cho mọi mức, "
                "hoặc để trống cả thang đo."
            ],
        ),
    ],
)
def test_a_file_that_cannot_be_asked_is_refused_at_the_cell_where_it_is_mended(version, head, name, said):
    assert refused((CASES / name).read_bytes()) == said
    page = upload(head, (CASES / name).read_bytes())
    assert page.status_code == 422
    assert said[0].rpartition("): ")[2].rpartition(": ")[2].split(";")[0] in page.content.decode()


@pytest.mark.parametrize("name", ["q-hai_long-1-0.xlsx", "q-hai_long-true-false.xlsx"])
def test_nought_and_false_are_not_satisfied(version, name):
    stored = questionnaire_import.bring_in(book=read((CASES / name).read_bytes()), on=ON)
    scale = stored.criteria.first().scale
    assert list(scale.levels.values_list("value", "counts_as_satisfied")) == [
        (1, False),
        (2, False),
        (3, False),
        (4, True),
        (5, True),
    ]


def test_a_weight_as_excel_stores_it_and_an_escaped_line_break_are_what_is_seen(version):
    weighed = questionnaire_import.bring_in(
        book=read((CASES / "q-weight-1.1-as-excel-stores.xlsx").read_bytes()), on=ON
    )
    assert weighed.sections.first().weight == Decimal("1.1")
    broken = questionnaire_import.bring_in(book=read((CASES / "q-x000D.xlsx").read_bytes()), on=ON)
    assert broken.criteria.first().text == "Nơi tiếp nhận dễ tìm chỗ ngồi đủ dùng"


# ── Their kinds, saved by a real LibreOffice (tests/libreoffice_tables.py) ──────────────


@pytest.mark.parametrize(
    ("name", "said"),
    [
        (
            "q-200-questions",
            "trang “cau_hoi”: Mẫu phiếu phải có dưới 200 câu hỏi. Hãy bớt câu, hoặc chia thành nhiều mẫu phiếu.",
        ),
        (
            "q-201-with-gaps",
            "trang “cau_hoi”: Mẫu phiếu phải có dưới 200 câu hỏi. Hãy bớt câu, hoặc chia thành nhiều mẫu phiếu.",
        ),
        ("q-error-weight", "trang “phan”, ô D3: trong_so (“#N/A”): Ô báo lỗi #N/A."),
        ("q-error-points", "trang “thang_do”, ô G2: diem (“#DIV/0!”): Ô báo lỗi #DIV/0!."),
        ("q-yes-half", "trang “thang_do”, ô F4: hai_long (“0,5”): Chỉ ghi x, 1, TRUE, Có;"),
        ("q-no-satisfied", "trang “thang_do”, ô F2: hai_long (“0”): Không có mức nào tính là hài lòng."),
        (
            "q-level-six",
            "trang “cau_hoi”, ô J11: khi_muc (“6”): Câu “answered” hỏi khi câu “spoke_up” trả lời mức 6, "
            "nhưng câu ấy chỉ có mức 0, 1.",
        ),
        ("q-level-of-text", "trang “cau_hoi”, ô J11: khi_muc (“Đã từng”): Không phải là giá trị của mức."),
        ("q-points-last-missing", "trang “thang_do”, ô G6: diem: Mức “Rất hài lòng” chưa có điểm;"),
        ("q-points-falling", "trang “thang_do”, ô G2: diem (“0”): Điểm phải tăng dần hoặc giảm dần"),
    ],
)
def test_a_saved_file_that_cannot_be_asked_is_refused_at_its_cell(version, name, said):
    (only,) = refused((SAVED / f"{name}.xlsx").read_bytes())
    assert only.startswith(said)


@pytest.mark.parametrize(
    ("name", "weight", "first", "second"),
    [
        ("q-yes-words", "1", "Nơi tiếp nhận dễ tìm", "Nộp và theo dõi hồ sơ trực tuyến thuận tiện"),
        ("q-yes-formulas", "1", "Nơi tiếp nhận dễ tìm", "Nộp và theo dõi hồ sơ trực tuyến thuận tiện"),
        ("q-weight-of-sum", "0.3", "Nơi tiếp nhận dễ tìm", "Nộp và theo dõi hồ sơ trực tuyến thuận tiện"),
        ("q-weight-of-third", "0.333", "Nơi tiếp nhận dễ tìm", "Nộp và theo dõi hồ sơ trực tuyến thuận tiện"),
        ("q-line-break", "1", "Nơi tiếp nhận dễ tìm chỗ ngồi đủ dùng", "Nộp hồ sơ trực tuyến"),
        ("q-written-break", "1", "Nơi tiếp nhận dễ tìm", "Nộp và theo dõi hồ sơ trực tuyến thuận tiện"),
    ],
)
def test_a_saved_file_is_stored_as_it_is_seen(version, name, weight, first, second):
    stored = questionnaire_import.bring_in(book=read((SAVED / f"{name}.xlsx").read_bytes()), on=ON)
    satisfied = stored.criteria.first().scale.levels.values_list("counts_as_satisfied", flat=True)
    assert list(satisfied) == [False, False, False, True, True]
    assert stored.sections.first().weight == Decimal(weight)
    assert list(stored.criteria.values_list("text", flat=True)[:2]) == [first, second]


# ── Their kinds, by our own hand ───────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("sheet", "place", "value", "said"),
    [
        ("thang_do", "F2", "yes", "trang “thang_do”, ô F2: hai_long (“yes”): Chỉ ghi x, 1, TRUE, Có;"),
        ("thang_do", "C3", 1, "trang “thang_do”, ô C3: gia_tri (“1”): Thang đo này đã có mức cùng giá trị."),
        ("thang_do", "C3", 1.5, "trang “thang_do”, ô C3: gia_tri (“1,5”):"),
        (
            "thang_do",
            "A2",
            "SIPAS-5",
            "trang “thang_do”, ô A3: thang_do (“sipas-5”): Mã thang đo khác mã ở trên chỉ ở",
        ),
        ("thang_do", "G2", 101, "trang “thang_do”, ô G2: diem (“101”): Phải từ 0 đến 100."),
        ("phan", "D2", None, "trang “phan”, ô D2: trong_so: Chưa có trọng số."),
        ("phan", "D2", 0, "trang “phan”, ô D2: trong_so (“0”): Phần “access” có câu hỏi tính điểm"),
        (
            "phan",
            "A3",
            "access",
            "trang “phan”, ô A3: ma (“access”): Trùng ma với dòng 2. Hãy sửa hoặc xóa một dòng.",
        ),
        ("cau_hoi", "A3", "Place", "trang “cau_hoi”, ô A3: ma (“Place”): Mã gồm chữ thường không dấu"),
        (
            "cau_hoi",
            "A3",
            "place",
            "trang “cau_hoi”, ô A3: ma (“place”): Trùng ma với dòng 2. Hãy sửa hoặc xóa một dòng.",
        ),
        ("cau_hoi", "A3", "comment", "trang “cau_hoi”, ô A3: ma (“comment”): “comment”, “reasons”"),
        ("cau_hoi", "B3", "nowhere", "trang “cau_hoi”, ô B3: phan (“nowhere”): Không có phần mã “nowhere”."),
        ("cau_hoi", "F3", "none", "trang “cau_hoi”, ô F3: thang_do (“none”): Không có thang đo mã “none”."),
        ("cau_hoi", "I2", "online", "trang “cau_hoi”, ô J2: khi_muc: Câu hỏi có điều kiện cần cả"),
        ("cau_hoi", "J2", 1, "trang “cau_hoi”, ô J2: khi_muc (“1”): Câu hỏi có điều kiện cần cả"),
        (
            "cau_hoi",
            "I11",
            "nobody",
            "trang “cau_hoi”, ô I11: hoi_sau (“nobody”): Câu “answered” hỏi sau câu “nobody”",
        ),
        (
            "cau_hoi_mo",
            "A2",
            "respondent",
            "trang “cau_hoi_mo”, ô A2: ma (“respondent”): Mã “respondent” đã dùng",
        ),
        (
            "mau_phieu",
            "A2",
            "counter",
            "trang “mau_phieu”, ô A2: ma (“counter”): Đây là mã của mẫu phiếu tại quầy",
        ),
        ("mau_phieu", "A2", "SIPAS", "trang “mau_phieu”, ô A2: ma (“SIPAS”): Đã có mẫu phiếu mã “sipas”"),
        ("mau_phieu", "A3", "other", "trang “mau_phieu”: Trang này phải có đúng một dòng."),
        ("mau_phieu", "C2", None, "trang “mau_phieu”, ô C2: cau_hoi_chung: Chưa có câu hỏi chung."),
    ],
)
def test_each_kind_of_fault_is_told_at_its_cell(version, sheet, place, value, said):
    (first, *_more) = refused(edited(version, put(sheet, place, value)))
    assert first.startswith(said)


def test_a_scale_of_four_levels_and_one_without_a_satisfied_level_are_told(version):
    def edit(book: Workbook) -> None:
        book["thang_do"].delete_rows(4)
        for place in ("F4", "F5"):
            book["thang_do"][place] = "Không"

    assert refused(edited(version, edit)) == [
        "trang “thang_do”, ô A2: thang_do (“sipas-5”): Thang đo có 4 mức; phải có 2, 3, 5 hoặc 11.",
        "trang “thang_do”, ô F2: hai_long: Không có mức nào tính là hài lòng.",
    ]


def test_a_hidden_and_a_missing_sheet_and_a_file_of_text_are_refused(version):
    def edit(book: Workbook) -> None:
        book["phan"].sheet_state = "hidden"
        del book["cau_hoi_mo"]

    assert refused(edited(version, edit)) == [
        "trang “phan”: Trang này bị ẩn. Hãy bỏ ẩn, xem lại rồi gửi.",
        "trang “cau_hoi_mo”: Thiếu trang này.",
    ]
    assert refused(b"ma;ten\nsipas;x") == ["Mẫu phiếu chỉ nhập từ tệp “.xlsx”."]


# ── Shown, then stored ─────────────────────────────────────────────────────────────────


@pytest.mark.both_engines
def test_the_dry_run_shows_every_sheet_beside_the_version_before_and_stores_what_it_shows(version, head):
    page = upload(head, edited(version, put("cau_hoi", "C2", "Nơi tiếp nhận rộng rãi")))
    assert page.status_code == 200
    plans = page.context["plans"]
    assert [(plan.added, plan.changed) for plan in plans] == [(0, 0), (0, 0), (0, 1), (0, 0), (0, 0)]
    assert [len(plan.rows) for plan in plans] == [1, 5, 10, 1, 7]
    assert "Nơi tiếp nhận rộng rãi <span" in page.content.decode()
    assert version.questionnaire.versions.count() == 1
    assert head.post(ADDRESS, {"held": page.context["token"]}).status_code == 302
    assert version.questionnaire.versions.get(number=2).criteria.first().text == "Nơi tiếp nhận rộng rãi"


@pytest.mark.both_engines
def test_what_was_shown_is_stored_or_nothing(version, head):
    page = upload(head, edited(version, put("cau_hoi", "C2", "Nơi tiếp nhận rộng rãi")))
    questionnaire_import.bring_in(book=read(questionnaire_workbook.export(version)), on=ON)
    again = head.post(ADDRESS, {"held": page.context["token"]})
    assert (again.status_code, version.questionnaire.versions.count()) == (409, 2)
    assert head.post(ADDRESS, {"held": again.context["token"]}).status_code == 302


@pytest.mark.both_engines
def test_no_other_writer_waits_while_a_workbook_is_read(version):
    depths = []
    book = Watched(
        read(questionnaire_workbook.export(version)), lambda: depths.append(len(connection.savepoint_ids))
    )
    questionnaire_import.bring_in(book=book, on=ON)
    assert set(depths) == {0}


@pytest.mark.parametrize("change", ["a version more", "a word of the last version"])
@pytest.mark.both_engines
def test_what_changes_while_a_workbook_is_read_is_seen_before_it_is_stored(version, change):
    raw = read(edited(version, put("cau_hoi", "C2", "Nơi tiếp nhận rộng rãi")))
    shown = digest_of(questionnaire_import.plan(book=raw, on=ON).shown)
    reads = []

    def meanwhile() -> None:
        reads.append(change)
        if len(reads) == 2:  # the second sheet's look, in the middle of the first reading
            if change == "a version more":
                questionnaire_import.bring_in(book=read(questionnaire_workbook.export(version)), on=ON)
            else:
                Criterion.objects.filter(version=version, position=1).update(text="Nơi tiếp nhận sạch")

    with pytest.raises(DryRunChanged):
        questionnaire_import.bring_in(book=Watched(raw, meanwhile), on=ON, shown=shown)
    assert version.questionnaire.versions.count() == (2 if change == "a version more" else 1)


def test_an_untouched_questionnaire_changes_nothing_and_keeps_its_name(version):
    def edit(book: Workbook) -> None:
        book["mau_phieu"]["B2"] = "Tên khác"

    planned = questionnaire_import.plan(book=read(edited(version, edit)), on=ON)
    assert [plan.stored for plan in planned.shown] == [[], [], [], [], []]
    assert planned.shown[0].remarks == (f"Tên mẫu phiếu giữ như đang có: “{version.questionnaire.name}”.",)


# ── Before a campaign opens ────────────────────────────────────────────────────────────


def unhappy(draft) -> None:
    Level.objects.filter(scale__code__startswith="mau-").update(counts_as_satisfied=False)


def without_weight(draft) -> None:
    section = Section.objects.filter(version=draft.questionnaire_id).first()
    section.weight = 0
    section.save()


def after_nothing(draft) -> None:
    first, last = Criterion.objects.filter(version=draft.questionnaire_id).order_by("position")[:2]
    Criterion.objects.filter(pk=last.pk).update(shown_after=first, shown_after_value=77)


@pytest.mark.parametrize("break_it", [unhappy, without_weight, after_nothing])
def test_a_campaign_does_not_open_with_what_cannot_be_answered_or_scored(client, break_it):
    draft = campaigns.campaign(opened=False)
    assert lifecycle.missing_to_open(draft) == []
    break_it(draft)
    with pytest.raises(errors.CampaignIncomplete) as fact:
        lifecycle.open_campaign(campaign=draft, now=make.NOW)
    assert "logic" in fact.value.missing
    client.force_login(make.user(Role.HEAD_OFFICE, of=make.office("KBNN", seals=False)))
    page = client.get(f"/campaigns/{draft.slug}/").content.decode()
    assert lifecycle.faults_to_open(draft)[0].words.split("“")[0] in page


def test_the_counters_questionnaire_is_out_of_reach_of_the_import(version):
    make.questionnaire()
    assert Questionnaire.objects.filter(code="counter").exists()
    (said,) = refused(edited(version, put("mau_phieu", "A2", "Counter")))
    assert "mẫu phiếu tại quầy" in said
