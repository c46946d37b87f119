"""Organisations, the working calendar, keys of programs and printers in the set-up room."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core import signing
from django.test import Client
from django.utils import timezone

from surveys import printing
from surveys.audit import Action
from surveys.choices import Role
from surveys.models import ApiKey, AuditEntry, CalendarDay, Counter, Organisation
from surveys.reference.in_force import working_calendar
from surveys.setup_room import printers
from tests import make

pytestmark = pytest.mark.django_db
BACKEND = "django.contrib.auth.backends.ModelBackend"


@pytest.fixture
def counter():
    return make.counter("Q1", of=make.department(of=make.office("HB")))


@pytest.fixture
def browser(counter):
    client = Client()
    client.force_login(make.user(Role.ADMIN, of=counter.box_office), backend=BACKEND)
    return client


def acts() -> list[str]:
    return list(AuditEntry.objects.order_by("pk").values_list("action", flat=True))


def test_an_organisation_is_found_without_its_marks_and_by_its_code(browser, counter):
    for code, name in (("KH1", "Trường THCS Đà Bắc"), ("KH2", "Trung tâm Y tế")):
        Organisation.objects.create(office=counter.box_office, code=code, name=name)
    Organisation.objects.create(office=make.office(), code="KH3", name="Trường của đơn vị khác")
    for typed, found in (("truong", {"KH1"}), ("kh2", {"KH2"}), ("không có", set()), ("", {"KH1", "KH2"})):
        page = browser.get("/setup/organisations/", {"q": typed})
        assert {each.code for each in page.context["page"]} == found


def test_an_organisation_is_added_and_renamed_and_a_code_is_given_once(browser, counter):
    office = counter.box_office
    sent = {"office": office.pk, "code": "KH9", "name": "Trường Lê Lợi"}
    assert browser.post("/setup/organisations/new", sent).status_code == 303
    row = Organisation.objects.get()
    again = browser.post("/setup/organisations/new", sent | {"name": "Trường khác"})
    assert (again.status_code, "Trường khác" in again.content.decode()) == (422, True)
    assert "Đã có tổ chức mang mã “KH9”: Trường Lê Lợi." in again.content.decode()
    browser.post(f"/setup/organisations/{row.pk}/", {"code": "KH9", "name": "Trường Lê Lai"})
    row.refresh_from_db()
    assert (row.name, row.folded, row.office) == ("Trường Lê Lai", "truong le lai", office)
    assert acts()[-2:] == [Action.ORGANISATION_ADDED, Action.ORGANISATION_CHANGED]


def test_a_code_that_differs_by_its_capitals_alone_is_refused_in_words(browser, counter):
    sent = {"office": counter.box_office_id, "code": "XX-1", "name": "Trường Lê Lợi"}
    browser.post("/setup/organisations/new", sent)
    for code in ("xx-1", "XX-1"):
        again = browser.post("/setup/organisations/new", sent | {"code": code, "name": "Trường khác"})
        said = "Đã có tổ chức mang mã “XX-1”: Trường Lê Lợi."
        assert (again.status_code, said in again.content.decode()) == (422, True)
    elsewhere = make.office("LC", parent=counter.box_office)
    Organisation(office=elsewhere, code="xx-1", name="Trường của đơn vị khác").full_clean(exclude=["folded"])


def test_codes_that_stand_and_differ_by_their_capitals_alone_can_still_be_renamed(browser, counter):
    office = counter.box_office
    rows = [Organisation.objects.create(office=office, code=code, name="Trường") for code in ("XX-1", "xx-1")]
    page = browser.post(f"/setup/organisations/{rows[1].pk}/", {"code": "xx-1", "name": "Trường Lê Lai"})
    assert page.status_code == 303


def test_what_no_screen_shows_is_no_part_of_a_code_or_a_name(browser, counter):
    sent = {"office": counter.box_office_id, "code": "KH9", "name": "Trường\u200b \u202eLê Lợi"}
    assert browser.post("/setup/organisations/new", sent).status_code == 303
    assert Organisation.objects.get().name == "Trường Lê Lợi"
    assert browser.post("/setup/organisations/new", sent | {"code": "KH9\u200b"}).status_code == 422
    assert Organisation.objects.count() == 1


def test_a_holiday_moves_the_deadlines_and_one_entered_by_mistake_is_taken_back(browser):
    monday = date(2023, 9, 4)
    assert (
        browser.post(
            "/setup/calendar/", {"day": "2023-09-04", "works": "0", "note": "Quốc khánh"}
        ).status_code
        == 303
    )
    assert not working_calendar().is_working(monday)
    day = CalendarDay.objects.get(day=monday)
    assert "Quốc khánh" in browser.get("/setup/calendar/", {"year": "2023"}).content.decode()
    assert browser.post(f"/setup/calendar/{day.pk}/", {"works": "1", "note": "nhập nhầm"}).status_code == 303
    assert working_calendar().is_working(monday)
    twice = browser.post("/setup/calendar/", {"day": "2023-09-04", "works": "0", "note": "lần nữa"})
    assert (twice.status_code, "lần nữa" in twice.content.decode()) == (422, True)


def test_a_year_that_no_calendar_has_shows_this_one(browser):
    for typed in ("", "x", "0", "99999", "²"):
        assert browser.get("/setup/calendar/", {"year": typed}).context["year"] == timezone.localdate().year


def test_who_keeps_one_office_of_several_reads_the_calendar_and_changes_nothing(counter):
    make.office()  # another office with a box, outside
    client = Client()
    client.force_login(make.user(Role.ADMIN, of=counter.box_office), backend=BACKEND)
    page = client.get("/setup/calendar/")
    assert (page.status_code, page.context["form"]) == (200, None)
    assert client.post("/setup/calendar/", {"day": "2023-09-04", "works": "0"}).status_code == 403
    assert not CalendarDay.objects.filter(day=date(2023, 9, 4)).exists()


def test_a_key_is_shown_once_works_at_the_interface_and_is_refused_once_it_is_revoked(browser, counter):
    page = browser.post("/setup/api-keys/", {"office": counter.box_office_id, "name": "TABMIS"})
    token = page.context["token"]
    assert token in page.content.decode()
    assert page["Cache-Control"].find("no-store") >= 0
    assert token not in browser.get("/setup/api-keys/").content.decode()
    key = ApiKey.objects.get()
    ask = {"headers": {"authorization": f"Bearer {token}"}}
    known = Client().get("/api/v1/nothing", **ask).status_code
    assert browser.post(f"/setup/api-keys/{key.pk}/revoke").status_code == 303
    assert browser.post(f"/setup/api-keys/{key.pk}/revoke").status_code == 404
    key.refresh_from_db()
    assert key.revoked_at is not None
    assert known == 404
    assert acts()[-2:] == [Action.API_KEY_ISSUED, Action.API_KEY_REVOKED]


@pytest.fixture
def queue(monkeypatch, counter):
    """CUPS as it answers through `lpstat` and `lp`; what was printed, and what the queue says."""
    Counter.objects.filter(pk=counter.pk).update(offers_slip=True, printer="Quay1")
    printed: list[bytes] = []
    monkeypatch.setattr(printing, "look", lambda name: None)
    monkeypatch.setattr(printing, "send", lambda name, pdf, **about: printed.append(pdf))
    return printed


def test_a_test_slip_is_confirmed_from_its_own_address_once_and_for_an_hour(
    browser, counter, queue, monkeypatch
):
    assert browser.post(f"/setup/printers/{counter.pk}/test").status_code == 303
    assert queue[0].startswith(b"%PDF")
    assert browser.get("/setup/printers/").context["printers"][0].confirmed_at is None
    address = f"/print-test/{signing.dumps(counter.pk, salt=printers.SALT)}"
    phone = Client()
    assert "ra giấy" in phone.get(address).content.decode()
    assert acts()[-1] == Action.TEST_SLIP_PRINTED  # looking confirms nothing
    for _time in range(2):
        assert phone.post(address).status_code == 200
    assert acts().count(Action.TEST_SLIP_CAME_OUT) == 1
    assert browser.get("/setup/printers/").context["printers"][0].confirmed_at is not None
    later = timezone.now() + timedelta(hours=2)
    monkeypatch.setattr(signing.time, "time", later.timestamp)
    assert (phone.get(address).status_code, phone.post(address).status_code) == (410, 410)


def test_an_address_that_was_not_printed_here_confirms_nothing(counter):
    for token in ("x", signing.dumps(counter.pk), signing.dumps(10**6, salt=printers.SALT)):
        assert Client().post(f"/print-test/{token}").status_code == 410
    assert Action.TEST_SLIP_CAME_OUT not in acts()


def test_a_printer_that_is_not_there_is_named_in_words_and_nothing_is_printed(browser, counter):
    Counter.objects.filter(pk=counter.pk).update(offers_slip=True, printer="Quay1")
    page = browser.post(f"/setup/printers/{counter.pk}/test", follow=True)
    row = page.context["printers"][0]
    assert row.trouble
    assert row.trouble in page.content.decode()
    assert Action.TEST_SLIP_PRINTED not in acts()
