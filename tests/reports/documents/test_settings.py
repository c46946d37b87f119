"""An office's administrator sets its papers and writes down numbers, outside the administration of tables."""

from __future__ import annotations

from datetime import date

import pytest

from reports.documents import archive
from reports.models import KeptPaper, PaperForm, PaperKind, PersonPart, SignedPaper
from surveys.choices import Role
from surveys.models import AuditEntry
from tests import make

pytestmark = [pytest.mark.django_db, pytest.mark.one_engine]


@pytest.fixture
def admin(client, office):
    client.force_login(make.user(Role.ADMIN, of=office))
    return client


def person(number, **facts):
    return {f"people-{number}-{name}": value for name, value in facts.items()}


def people(*rows):
    sent = {"people-TOTAL_FORMS": len(rows), "people-INITIAL_FORMS": sum("id" in row for row in rows)}
    for number, row in enumerate(rows):
        sent |= person(number, **row)
    return sent


def test_the_administrator_of_one_office_is_led_to_its_papers_at_once(admin, office):
    assert admin.get("/reports/papers/")["Location"] == f"/reports/papers/{office.code}/"
    page = admin.get(f"/reports/papers/{office.code}/").content.decode()
    assert "Biên bản kiểm phiếu" in page
    assert "Chưa đặt" in page


def test_signer_recipients_and_bases_of_the_report_are_kept_and_written_down(admin, office):
    address = f"/reports/papers/{office.code}/report/"
    assert 'name="decision"' not in admin.get(address).content.decode()
    sent = {"symbol": "BC-KTNN", "sent_to": "Ban Lãnh đạo", "signer": "Trần Minh Đức"}
    sent |= {"bases": "Quyết định số 1\nQuyết định số 2", "recipients": "Như trên\nLưu: VT."}
    assert admin.post(address, sent).status_code == 302
    paper = PaperForm.of(office, PaperKind.REPORT)
    assert (paper.symbol_text, paper.signer) == ("BC-KTNN", "Trần Minh Đức")
    assert paper.base_lines == ["Quyết định số 1", "Quyết định số 2"]
    entry = AuditEntry.objects.get(action="paper_settings_changed")
    assert (entry.office, entry.subject) == (office, "report")


def test_people_of_the_minutes_are_added_changed_and_taken_off(admin, office):
    address = f"/reports/papers/{office.code}/minutes/"
    rows = [
        {"part": PersonPart.CHAIR, "address": "Bà", "name": "Nguyễn Thị Hạnh", "title": "Tổ trưởng"},
        {"part": PersonPart.SECRETARY, "address": "Ông", "name": "Quách Văn Thắng", "title": ""},
    ]
    assert admin.post(address, {"copies": 2, **people(*rows)}).status_code == 302
    paper = PaperForm.of(office, PaperKind.MINUTES)
    assert [one.said for one in paper.those(PersonPart.CHAIR)] == ["Bà Nguyễn Thị Hạnh, Tổ trưởng"]
    chair, secretary = paper.people.order_by("position")
    rows = [
        rows[0] | {"id": chair.pk, "name": "Nguyễn Thị Hoa"},
        rows[1] | {"id": secretary.pk, "DELETE": "on"},
    ]
    assert admin.post(address, {"copies": 3, **people(*rows)}).status_code == 302
    assert list(paper.people.values_list("name", flat=True)) == ["Nguyễn Thị Hoa"]


def test_what_is_missing_is_said_and_nothing_is_kept(admin, office):
    answer = admin.post(
        f"/reports/papers/{office.code}/minutes/", {"copies": "", **people({"name": "Thiếu vai"})}
    )
    assert answer.status_code == 422
    assert "Thiếu vai" in answer.content.decode()
    none = admin.post(f"/reports/papers/{office.code}/minutes/", {"copies": 0, **people()})
    assert (none.status_code, "Biên bản lập ít nhất một bản." in none.content.decode()) == (422, True)
    assert not PaperForm.objects.exists()


def test_number_and_date_are_given_after_the_seal_and_the_unnumbered_paper_stays(admin, office, counter):
    make.ballots(10, at=counter, kind=make.procedure())
    seal = make.sealed(counter)
    address = f"/reports/papers/{office.code}/minutes/2026-11/"
    early = admin.post(address, {"number": 7, "dated_on": "2026-12-03"})
    assert early.status_code == 422
    assert "không thể ban hành trước ngày niêm phong" in early.content.decode()
    assert admin.post(address, {"number": 7, "dated_on": "2026-12-05"}).status_code == 302
    row = SignedPaper.objects.get()
    assert (row.number, row.dated_on, row.version) == (7, date(2026, 12, 5), 1)
    assert "Số 7, ngày 5/12/2026" in admin.get(f"/reports/papers/{office.code}/").content.decode()
    first, second = (
        KeptPaper.objects.get(name="minutes.docx"),
        archive.fetch(seal=seal, name="minutes.docx", now=make.NOW),
    )
    assert (first.edition, second.edition) == (1, 2)


def test_an_unsealed_month_and_a_foreign_office_have_no_paper_to_number(admin, office, counter):
    assert admin.get(f"/reports/papers/{office.code}/minutes/2026-11/").status_code == 404
    assert admin.get(f"/reports/papers/{office.code}/summary/2026-11/").status_code == 404
    other = make.office()
    for path in ("", "minutes/", "minutes/2026-11/"):
        assert admin.get(f"/reports/papers/{other.code}/{path}").status_code == 404
