"""The list of steps: each turns by fact, and tells what is missing by name."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.test import Client

from reports.checklist import steps
from reports.schedule import lag
from surveys.accounts import tablets
from surveys.box import inspection
from surveys.choices import Role, SlipState
from surveys.database.after_restore import mark_backup
from surveys.models import CalendarDay, Slip, Tablet
from surveys.reference.counter_keys import lay_keys
from tests import make

pytestmark = pytest.mark.django_db
NOW = make.NOW  # a Wednesday


@pytest.fixture
def counter():
    return make.counter("Q1", of=make.department(of=make.office("HB")))


def step(counter, title: str, now=NOW) -> steps.Step:
    return next(each for each in steps.steps_of(counter.box_office, now=now) if each.title == title)


def test_an_empty_office_lacks_what_it_lacks_by_name(counter):
    cache.clear()
    told = {each.title: (each.state, each.said) for each in steps.steps_of(counter.box_office, now=NOW)}
    assert told["Quầy"] == ("missing", "chưa gán phím: Quầy Q1")
    assert told["Giao dịch viên"] == ("missing", "chưa có giao dịch viên: Quầy Q1")
    assert told["Tổ kiểm phiếu"] == ("missing", "0 người kiểm và ký được, còn thiếu 02")
    assert told["Máy tính bảng"] == ("missing", "chưa ghép: Quầy Q1")
    assert told["Máy in phiếu"][0] == "unused"
    assert told["Phiếu đầu tiên"][0] == "missing"
    assert [state for state, _said in told.values()].count("done") == 0


def test_people_turn_done_by_being_there_not_by_a_click(counter):
    office = counter.box_office
    make.teller(at=counter)
    make.user(Role.COUNTING, of=office)
    assert step(counter, "Tổ kiểm phiếu").state == "missing"
    make.lent(make.user(Role.COUNTING, of=make.office()), to=office, on=NOW.date())
    assert step(counter, "Tổ kiểm phiếu").state == "done"
    assert step(counter, "Lãnh đạo").state == "done"  # whoever lent the second one
    told = step(counter, "Giao dịch viên")
    assert told.state == "done"
    assert "chưa đăng nhập" in told.said


def test_a_locked_account_serves_nobody(counter):
    make.teller(at=counter, is_active=False)
    assert step(counter, "Giao dịch viên").state == "missing"


def test_keys_count_with_procedures_in_force(counter):
    kind = make.procedure("4")
    lay_keys(counter=counter)
    assert (step(counter, "Quầy").state, step(counter, "Thủ tục").state) == ("done", "done")
    kind.versions.update(valid_to=make.LONG_AGO)
    assert step(counter, "Thủ tục").said == "trên phím mà hết hiệu lực: Thủ tục 4"


@pytest.mark.parametrize(
    ("seen", "state"),
    [
        (timedelta(minutes=1), "done"),
        (timedelta(days=1), "done"),
        (timedelta(days=2), "missing"),
    ],
)
def test_a_tablet_not_seen_since_the_last_working_day_is_named(counter, seen, state):
    asking = tablets.ask_for_pairing(now=NOW)
    tablets.pair(code=asking.tablet.pairing_code, counter=counter, name="", now=NOW)
    Tablet.objects.update(seen_at=NOW - seen)
    told = step(counter, "Máy tính bảng")
    assert told.state == state
    assert ("không thấy từ 10/11/2026: Quầy Q1" in told.said) == (state == "missing")


def test_a_tablet_paired_today_and_never_seen_is_not_said_to_be_missing_for_days(counter):
    asking = tablets.ask_for_pairing(now=NOW)
    tablets.pair(code=asking.tablet.pairing_code, counter=counter, name="", now=NOW)
    told = step(counter, "Máy tính bảng")
    assert (told.state, told.said) == ("missing", "đã ghép, chưa thấy lần nào: Quầy Q1")


def test_on_monday_a_tablet_of_friday_is_no_worry(counter):
    asking = tablets.ask_for_pairing(now=NOW)
    tablets.pair(code=asking.tablet.pairing_code, counter=counter, name="", now=NOW)
    Tablet.objects.update(seen_at=make.at(13, 16))
    assert step(counter, "Máy tính bảng", now=make.at(16, 8)).state == "done"


def test_a_printer_that_does_not_answer_is_told_in_its_own_words(counter):
    counter.offers_slip, counter.printer = True, "khong-co-may-nay"
    counter.save()
    told = step(counter, "Máy in phiếu")
    assert told.state == "missing"
    assert told.said.startswith("Quầy Q1: Máy")


def test_calendar_schedule_backup_and_first_ballot_turn_by_fact(counter):
    CalendarDay.objects.create(day=NOW.date().replace(month=9, day=2), works=False)
    lag.end_of_round(now=NOW - timedelta(minutes=2))
    inspection.note_mixer(now=NOW - timedelta(minutes=4), has_key=True)
    mark_backup(now=NOW - timedelta(hours=10))
    make.issued(at=counter)
    Slip.objects.update(state=SlipState.USED)
    for title in ("Lịch làm việc", "Việc theo lịch", "Hòm phiếu", "Sao lưu", "Phiếu đầu tiên", "Mẫu phiếu"):
        assert step(counter, title).state == "done", title
    later = NOW + timedelta(days=3)
    assert step(counter, "Việc theo lịch", later).state == "missing"
    assert step(counter, "Sao lưu", later).state == "missing"
    assert step(counter, "Hòm phiếu", later).said.startswith("bộ trộn không báo về")
    assert step(counter, "Lịch làm việc", make.at(1, month=12)).said == "chưa nhập ngày nghỉ năm 2027"


def test_a_mixer_without_its_key_is_told_before_a_month_is_lost(counter):
    inspection.note_mixer(now=NOW, has_key=False)
    told = step(counter, "Hòm phiếu")
    assert (told.state, told.said) == ("missing", "bộ trộn không thấy khoá mở hòm")


def test_the_page_names_the_next_step_and_leads_to_it(counter):
    browser = Client()
    browser.force_login(make.user(Role.ADMIN, of=counter.box_office))
    page = browser.get("/setup/").content.decode()
    assert '<h2 id="next-title">Quầy</h2>' in page
    assert 'href="/setup/counters/"' in page


def test_another_offices_list_is_not_there(counter):
    browser = Client()
    browser.force_login(make.user(Role.ADMIN, of=counter.box_office))
    assert browser.get("/setup/", {"office": make.office().code}).status_code == 404
