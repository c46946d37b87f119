"""The pages of signals by HTTP: who reads, who acts, what is said back, and the machine's door."""

from __future__ import annotations

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client

from reports.integrity import coverage_import, inspection
from reports.models import CallBackResult, IndependentCount, SignalCase, SignalDisposition, SignalReading
from surveys import audit
from surveys.audit import Action
from surveys.choices import Role
from surveys.models import ApiKey, AuditEntry
from surveys.periods import Month
from surveys.spreadsheets.dry_run import DryRunChanged, digest_of
from surveys.spreadsheets.reading import read
from tests import make
from tests.workbooks import Watched

pytestmark = [pytest.mark.django_db, pytest.mark.one_engine]

PAGE = "/reports/signals/HB/2026-06/"
JUNE, IN_JUNE = Month(2026, 6), {"year": 2026, "month": 6}
TWO = [
    {"code": "S1", "seen": 5, "threshold": 4, "rate": 0.0005, "of": 60, "at": 1781690400, "about": ""},
    {"code": "S6", "seen": 59, "threshold": 58, "rate": 0.0004, "of": 60, "at": 0, "about": ""},
]


@pytest.fixture
def box():
    return make.office("HB")


@pytest.fixture
def counter(box):
    return make.counter("Q1", of=make.department(of=box))


@pytest.fixture
def closed(box, counter):
    """A sealed month with three transactions, nothing unusual in it but a signal or two as the test wishes."""
    kind = make.procedure("P1")
    for day in (2, 3, 4):
        make.issued(at=counter, kind=kind, now=make.at(day, **IN_JUNE))
    make.sealed(counter, now=make.at(2, **IN_JUNE))
    return box


def flagged(box, findings=TWO):
    """The case that a final reading with these findings opens."""
    reading = SignalReading.objects.final(box, JUNE)
    document = json.loads(reading.text)
    document["counters"][0]["findings"] = list(findings)
    about = {"office": box, "period": str(JUNE), "taken_at": make.NOW}
    SignalReading.objects.create(**about, is_final=True, text=json.dumps(document))
    case = SignalCase.objects.create(office=box, period=str(JUNE), counter="Q1", opened_at=make.NOW)
    for each in findings:
        case.signals.create(code=each["code"], text=json.dumps(each), found_at=make.NOW)
    return case


def client_of(role, box) -> Client:
    client = Client()
    client.force_login(make.user(role, of=box), backend="django.contrib.auth.backends.ModelBackend")
    return client


def text_of(response) -> str:
    return response.content.decode()


def test_the_page_says_in_plain_words_what_was_found_and_how_often_it_is_nothing(closed):
    flagged(closed)
    page = text_of(client_of(Role.LEADERSHIP, closed).get(PAGE))

    assert "Nhiều khách trả lời dồn một lúc" in page
    assert (
        "05 giao dịch trả lời trong vòng 120 giây" not in page
    )  # nobody came back, so nobody lacks an organisation
    assert "05 tổ chức khác nhau trả lời trong vòng 120 giây" in page
    assert "không quá 0,05% số kỳ" in page
    assert "59 trong 60 phiếu thu về" in page
    assert "cần giải trình bằng văn bản" in page


def test_the_page_says_what_it_cannot_see_and_what_calls_prove(closed):
    page = text_of(client_of(Role.INSPECTOR, closed).get(PAGE))

    assert "Một người trong cuộc kiên nhẫn" in page
    for share in ("9,51%", "4,88%", "2,00%"):
        assert share in page


def tried(user, *, at):
    audit.record(action=Action.STAFF_CAST_REFUSED, actor=user, office=user.office.sealing_office, now=at)


@pytest.mark.both_engines
def test_ballots_sent_from_a_staff_session_are_told_with_name_and_number(box, counter):
    teller = make.teller(at=counter, last_name="Vũ Thị", first_name="Tư")
    for day in (3, 9):
        tried(teller, at=make.at(day, **IN_JUNE))
    tried(make.teller(at=counter, last_name="Lý", first_name="Năm"), at=make.at(1, month=7))
    tried(make.teller(last_name="Hồ", first_name="Sáu"), at=make.at(3, **IN_JUNE))
    page = " ".join(text_of(client_of(Role.INSPECTOR, box).get(PAGE)).split())

    assert "Cán bộ gửi phiếu, đã bị từ chối" in page
    assert "<strong>Vũ Thị Tư</strong>: 02 lần, lần cuối lúc 09:00 ngày 9/6/2026" in page
    assert "Lý Năm" not in page
    assert "Hồ Sáu" not in page


def test_reading_the_page_is_written_down(closed):
    client_of(Role.INSPECTOR, closed).get(PAGE)

    assert AuditEntry.objects.get(action="signals_read").subject == "2026-06"


def test_leadership_reads_but_has_no_form_and_no_list_of_customers(closed):
    flagged(closed)
    client = client_of(Role.LEADERSHIP, closed)

    assert "<form" not in text_of(client.get(PAGE)).split("<main")[1]
    assert client.get(f"{PAGE}calls").status_code == 403


def test_a_stranger_finds_nothing(closed):
    stranger = client_of(Role.INSPECTOR, make.office("XX"))

    assert stranger.get(PAGE).status_code == 404
    assert stranger.get(f"{PAGE}calls").status_code == 404
    assert stranger.post(f"/reports/signals/cases/{flagged(closed).pk}").status_code == 404


def test_no_period_and_no_reading_are_told_apart(closed):
    client = client_of(Role.INSPECTOR, closed)

    assert client.get("/reports/signals/HB/2026-13/").status_code == 404
    assert "chưa có bản tính" in text_of(client.get("/reports/signals/HB/2026-05/"))


@pytest.mark.both_engines
def test_the_index_lists_the_periods_with_their_cases(closed):
    flagged(closed)
    page = text_of(client_of(Role.INSPECTOR, closed).get("/reports/signals/"))

    assert f'href="{PAGE}"' in page
    assert "01 quầy có việc cần xem" in page


def test_the_index_tells_the_periods_without_a_signal_in_one_line(closed):
    page = text_of(client_of(Role.INSPECTOR, closed).get("/reports/signals/"))
    assert "01 kỳ, không kỳ nào có tín hiệu:" in page
    assert f'href="{PAGE}"' in page
    assert "room-link" not in page


@pytest.mark.both_engines
def test_the_inspector_needs_the_explanation_before_closing_two_signals(closed):
    case, client = flagged(closed), client_of(Role.INSPECTOR, closed)
    address = f"/reports/signals/cases/{case.pk}"
    word = {"kind": "ordinary", "text": "Đã hỏi"}

    refused = client.post(address, word)
    assert (refused.status_code, "xin ghi giải trình bằng văn bản trước" in text_of(refused)) == (409, True)
    assert "Đã hỏi" in text_of(refused)  # what was typed is kept
    assert client.post(address, word | {"kind": "explained"}).status_code == 303
    assert client.post(address, word).status_code == 303
    assert "đã khép lại" in text_of(client.get(PAGE))


def test_an_empty_word_is_refused_and_nothing_is_kept(closed):
    case = flagged(closed)

    assert client_of(Role.INSPECTOR, closed).post(f"/reports/signals/cases/{case.pk}", {}).status_code == 422
    assert not SignalDisposition.objects.exists()


def test_the_explanation_stands_with_the_seal_in_the_counting_room(closed):
    case = flagged(closed)
    by = make.user(Role.INSPECTOR, of=closed)
    inspection.dispose(case=case, kind="explained", text="Công văn 12/KBHB", user=by, now=make.NOW)

    assert "Công văn 12/KBHB" in text_of(client_of(Role.COUNTING, closed).get("/counting/HB/2026-06/"))


@pytest.mark.both_engines
def test_call_backs_are_drawn_once_and_each_call_is_entered(closed):
    client = client_of(Role.INSPECTOR, closed)

    assert "Rút danh sách" in text_of(client.get(f"{PAGE}calls"))
    assert client.post(f"{PAGE}calls", {"size": "30"}).status_code == 303
    assert client.post(f"{PAGE}calls", {"size": "30"}).status_code == 409
    page = text_of(client.get(f"{PAGE}calls"))
    assert page.count('name="outcome"') == 3
    number = page.split("/calls/")[1].split('"')[0]
    assert client.post(f"{PAGE}calls/{number}", {"outcome": "not_handed"}).status_code == 303
    assert CallBackResult.objects.get().contradicts
    assert "Trái với sổ" in text_of(client.get(f"{PAGE}calls"))
    assert client.post(f"{PAGE}calls/{number}", {}).status_code == 422


def test_a_period_that_is_open_cannot_be_drawn_from(closed):
    refused = client_of(Role.INSPECTOR, closed).post("/reports/signals/HB/2026-07/calls", {"size": "30"})

    assert (refused.status_code, "chưa khoá" in text_of(refused)) == (409, True)


def test_the_counting_team_types_what_somebody_else_counted(closed, counter):
    client = client_of(Role.COUNTING, closed)
    typed = {"source": "Máy lấy số", f"counter-{counter.pk}": "12"}

    assert client.get(f"{PAGE}coverage").status_code == 200
    assert client.post(f"{PAGE}coverage", typed).status_code == 303
    assert IndependentCount.objects.get().transactions == 12
    assert 'value="12"' in text_of(client.get(f"{PAGE}coverage"))
    wrong = client.post(f"{PAGE}coverage", typed | {f"counter-{counter.pk}": "mười hai"})
    assert (wrong.status_code, "mười hai" in text_of(wrong)) == (422, True)
    assert client.post(f"{PAGE}coverage", {"source": "Máy lấy số"}).status_code == 422


def table(text: str) -> SimpleUploadedFile:
    return SimpleUploadedFile("so-dem.csv", text.encode())


def test_a_table_of_counts_is_looked_at_first_and_stored_when_sent_again(closed, counter):
    client = client_of(Role.COUNTING, closed)
    other = make.counter("Q2", of=counter.office)
    client.post(f"{PAGE}coverage", {"source": "Sổ", f"counter-{counter.pk}": "1200"})
    text = "STT;Mã quầy;Số giao dịch\n1;q1;1.234\n2;Q2;\n"
    page = client.post(f"{PAGE}coverage", {"source": "Máy lấy số", "file": table(text)})
    assert page.status_code == 200
    said = text_of(page)
    assert "1.234" in said
    assert "trước: 1.200" in said
    assert "Bỏ qua 1 quầy để trống số giao dịch." in said
    assert "Không đọc cột không có trong mẫu: “STT”." in said
    assert IndependentCount.objects.count() == 1
    sent = {"source": "Máy lấy số", "held": page.context["token"]}
    assert [client.post(f"{PAGE}coverage", sent).status_code for _twice in range(2)] == [303, 409]
    last = IndependentCount.objects.order_by("pk").last()
    assert (last.counter, last.transactions, last.source) == (counter, 1234, "Máy lấy số")
    assert not IndependentCount.objects.filter(counter=other).exists()


@pytest.mark.both_engines
def test_a_table_of_counts_is_read_before_other_writers_wait_and_again_where_somebody_was_quicker(
    closed, counter
):
    office, depths = counter.box_office, []
    about = {"office": office, "period": JUNE, "source": "Sổ", "user": make.user(), "now": make.NOW}

    def meanwhile() -> None:
        depths.append(len(connection.savepoint_ids))
        if len(depths) == 1:
            inspection.enter_counts(**about, counts={counter: 11})

    book = read("Mã quầy;Số giao dịch\nQ1;12".encode())
    shown = digest_of([coverage_import.plan(office=office, period=JUNE, book=book).shown])
    with pytest.raises(DryRunChanged):
        coverage_import.enter(**about, book=Watched(book, meanwhile), shown=shown)
    assert (set(depths), list(IndependentCount.objects.values_list("transactions", flat=True))) == ({0}, [11])


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Mã quầy;Số giao dịch\nQ9;12", "Đơn vị không có quầy mã này."),
        ("Mã quầy;Số giao dịch\n0Q1;12", "Đơn vị không có quầy mã này. Có phải “Q1”?"),
        ("Mã quầy;Số giao dịch\nQ1;1.000", "Là 1.000 hay 1 có ba chữ số lẻ?"),
        (
            "Mã quầy;Số giao dịch\nQ1;0,853",
            "0,853 là số lẻ hoặc tỷ lệ, không phải số giao dịch. Hãy gõ số giao dịch.",
        ),
        ("Mã quầy;Số giao dịch\nQ1;#REF!", "Ô báo lỗi #REF!."),
        ("Mã quầy;Số giao dịch\nQ1;12\nq1;13", "Trùng mã quầy với dòng 2. Hãy sửa hoặc xóa một dòng."),
        ("Mã quầy;Số giao dịch\nQ1;1.000.001", "Phải từ 0 đến 1.000.000."),
        ("Mã quầy;Số giao dịch\nQ1;", "Chưa có số nào được ghi."),
        ("Quầy;Số\nQ1;1", "Thiếu cột này ở dòng tiêu đề."),
    ],
)
def test_a_table_of_counts_that_is_wrong_is_refused_with_its_sentence(closed, counter, text, said):
    page = client_of(Role.COUNTING, closed).post(f"{PAGE}coverage", {"source": "Sổ", "file": table(text)})
    assert (page.status_code, said in text_of(page)) == (422, True)
    assert not IndependentCount.objects.exists()


def test_the_template_of_counts_names_the_counters_and_a_table_has_a_source(closed, counter):
    client = client_of(Role.COUNTING, closed)
    raw = client.get(f"{PAGE}coverage.csv").content
    assert raw.decode("utf-8-sig").split() == ["Mã", "quầy;Số", "giao", "dịch", "Q1;"]
    page = client.post(f"{PAGE}coverage", {"source": "", "file": table("Mã quầy;Số giao dịch\nQ1;1")})
    assert (page.status_code, "Xin ghi số đếm lấy từ đâu" in text_of(page)) == (422, True)
    nothing = client.post(f"{PAGE}coverage", {"source": "Sổ", "by_file": "1"})
    assert (nothing.status_code, "Xin chọn tệp" in text_of(nothing)) == (422, True)


# ── PUT coverage ───────────────────────────────────────────────────────────────────────


def put(office, token="khoa-thu", **changes):
    ApiKey.objects.get_or_create(
        digest=ApiKey.digest_of(token), defaults={"office": office, "name": "TABMIS", "created_at": make.NOW}
    )
    body = {"period": "2026-06", "counter": "Q1", "transactions": 12} | changes
    headers = {"authorization": f"Bearer {token}"}
    return Client(headers=headers).put("/api/v1/coverage", body, content_type="application/json")


@pytest.mark.both_engines
def test_a_machine_says_how_many_transactions_a_counter_had(closed):
    expected = {"office": "HB", "period": "2026-06", "counter": "Q1", "transactions": 12}

    for _again in range(2):
        response = put(closed)
        assert (response.status_code, response.json()) == (200, expected)
    count = IndependentCount.objects.get()
    assert (count.transactions, count.source, count.api_key.name) == (12, "TABMIS", "TABMIS")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"counter": "Q9"}, "counter"),
        ({"period": "2026-13"}, "period"),
        ({"period": "2026-Q2"}, "period"),
        ({"period": "2099-01"}, "period"),
        ({"transactions": -1}, "transactions"),
        ({"transactions": "nhiều"}, "transactions"),
    ],
)
def test_what_cannot_be_counted_is_a_problem_document(closed, changes, field):
    response = put(closed, **changes)

    assert response["Content-Type"] == "application/problem+json"
    assert (response.status_code, [each["field"] for each in response.json()["errors"]]) == (422, [field])
    assert not IndependentCount.objects.exists()


def test_without_a_key_nothing_is_counted():
    assert Client().put("/api/v1/coverage", {}, content_type="application/json").status_code == 401
