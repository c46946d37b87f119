"""Counters with their keys, procedures in use, and the fleet of tablets."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from surveys.accounts import tablets
from surveys.audit import Action
from surveys.choices import Role
from surveys.models import AuditEntry, Counter, Procedure, Tablet
from surveys.reference.counter_keys import keys_at, lay_keys
from tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def counter():
    return make.counter("Q1", of=make.department(of=make.office("HB")))


@pytest.fixture
def browser(counter):
    client = Client()
    keeper = make.user(Role.ADMIN, of=counter.box_office)
    client.force_login(keeper, backend="django.contrib.auth.backends.ModelBackend")
    return client


def sent(counter: Counter, **facts) -> dict:
    usual = {"office": counter.office_id, "code": counter.code, "name": "Quầy một", "offers_tablet": "on"}
    return usual | {"offers_paper": "on", "default_channel": "tablet", "slip_format": "58"} | facts


def paired(counter: Counter, *, ago: timedelta | None = None) -> Tablet:
    asking = tablets.ask_for_pairing(now=timezone.now())
    tablet = tablets.pair(code=asking.tablet.pairing_code, counter=counter, name="Tab A8", now=timezone.now())
    tablet.seen_at = timezone.now() - ago if ago is not None else None
    tablet.save()
    return tablet


def test_the_keys_are_put_where_they_were_chosen_and_the_console_is_told(browser, counter):
    first, second = make.procedure(), make.procedure()
    lay_keys(counter=counter)
    answer = browser.post(f"/setup/counters/{counter.pk}/", sent(counter, key_1=second.pk, key_7=first.pk))
    assert answer.status_code == 303
    counter.refresh_from_db()
    assert keys_at(counter) == {second.pk: 1, first.pk: 7}
    assert (counter.name, counter.keys_changed_on) == ("Quầy một", timezone.localdate())
    assert AuditEntry.objects.filter(action=Action.COUNTER_CHANGED, subject="Quầy một").exists()


def test_saving_without_moving_a_key_announces_nothing(browser, counter):
    kind = make.procedure()
    lay_keys(counter=counter)
    browser.post(f"/setup/counters/{counter.pk}/", sent(counter, key_1=kind.pk))
    counter.refresh_from_db()
    assert counter.keys_changed_on is None


def test_one_procedure_has_one_key(browser, counter):
    kind = make.procedure()
    page = browser.post(f"/setup/counters/{counter.pk}/", sent(counter, key_1=kind.pk, key_2=kind.pk))
    assert page.status_code == 422
    assert "đã ở phím 1" in page.content.decode()


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({"default_channel": "slip"}, "Quầy không phát theo cách này"),
        ({"offers_slip": "on"}, "phải ghi tên máy in"),
        ({"offers_tablet": "", "offers_paper": "", "default_channel": "tablet"}, "ít nhất một cách"),
    ],
)
def test_a_counter_that_could_not_hand_out_is_refused(browser, counter, facts, said):
    page = browser.post(f"/setup/counters/{counter.pk}/", sent(counter, **facts))
    assert page.status_code == 422
    assert said in page.content.decode()


def test_a_refused_form_leads_to_the_first_field_that_is_wrong(browser, counter):
    procedure = make.procedure().pk
    first = counter.name
    both = browser.post(
        f"/setup/counters/{counter.pk}/", sent(counter, name=" ", key_1=procedure, key_4=procedure)
    )
    held = [
        each for each in re.findall(r"<(?:input|select)[^>]*>", both.content.decode()) if "autofocus" in each
    ]
    assert (both.status_code, [re.search(r'name="(\w+)"', each)[1] for each in held]) == (422, ["name"])
    key = browser.post(f"/setup/counters/{counter.pk}/", sent(counter, key_1=procedure, key_4=procedure))
    assert re.search(r'<select name="key_4"[^>]*autofocus', key.content.decode())
    assert "autofocus" not in browser.get(f"/setup/counters/{counter.pk}/").content.decode()
    counter.refresh_from_db()
    assert counter.name == first


def test_a_new_counter_begins_with_the_first_procedures(browser, counter):
    kind = make.procedure()
    page = browser.get("/setup/counters/new").content.decode()
    assert f'<option value="{kind.pk}" selected>' in page
    answer = browser.post("/setup/counters/new", sent(counter, code="Q2", name="Quầy hai", key_3=kind.pk))
    assert answer.status_code == 303
    made = Counter.objects.get(code="Q2")
    assert (keys_at(made), made.keys_changed_on) == ({kind.pk: 3}, None)


def test_a_procedure_that_ended_is_named_on_the_list(browser, counter):
    kind = make.procedure()
    kind.versions.update(valid_to=make.LONG_AGO)
    assert "không còn hiệu lực" in browser.get("/setup/procedures/").content.decode()
    assert Procedure.objects.exists()


@pytest.mark.parametrize(
    ("ago", "said"),
    [
        (timedelta(seconds=30), "vừa xong"),
        (timedelta(minutes=7), "7 phút trước"),
        (timedelta(hours=3), "3 giờ trước"),
        (timedelta(days=4), "4 ngày trước"),
        (None, "chưa thấy lần nào"),
    ],
)
def test_a_device_says_when_it_was_last_heard_of(browser, counter, ago, said):
    paired(counter, ago=ago)
    page = browser.get("/setup/tablets/").content.decode()
    assert said in page
    assert ("Đang nối</span>" in page) == (ago is not None and ago < timedelta(minutes=5))


def test_a_counter_without_its_device_leads_to_pairing_it(browser, counter):
    page = browser.get("/setup/tablets/").content.decode()
    assert "Chưa ghép" in page
    assert (
        f'<option value="{counter.pk}" selected'
        in browser.get(f"/setup/tablets/?counter={counter.pk}").content.decode()
    )


def test_a_code_no_tablet_shows_pairs_nothing_and_keeps_what_was_typed(browser, counter):
    page = browser.post("/setup/tablets/", {"code": "K7Q2MX", "counter": counter.pk, "name": "Máy 1"})
    assert page.status_code == 422
    assert "Không có máy nào đang hiện mã này" in page.content.decode()
    assert 'value="Máy 1"' in page.content.decode()


def test_a_device_moves_with_its_secret_and_is_written_down(browser, counter):
    tablet, other = paired(counter), make.counter("Q2", of=counter.office)
    assert browser.post(f"/setup/tablets/{tablet.pk}/move", {"counter": other.pk}).status_code == 303
    moved = Tablet.objects.get()
    assert (moved.counter, moved.secret_digest) == (other, tablet.secret_digest)
    assert AuditEntry.objects.filter(action=Action.TABLET_MOVED).exists()


def test_a_device_does_not_move_to_another_office(browser, counter):
    tablet = paired(counter)
    browser.post(f"/setup/tablets/{tablet.pk}/move", {"counter": make.counter("Q9").pk})
    assert Tablet.objects.get().counter == counter


def test_a_revoked_device_is_off_the_page_and_shows_nothing(browser, counter):
    tablet = paired(counter)
    browser.post(f"/setup/tablets/{tablet.pk}/revoke")
    assert Tablet.objects.get().revoked_at is not None
    assert "Tab A8" not in browser.get("/setup/tablets/").content.decode()


def test_a_poll_notes_once_a_minute_that_the_device_was_heard_of(counter):
    device = Client()
    device.post("/k/pair")
    code = Tablet.objects.get().pairing_code
    tablets.pair(code=code, counter=counter, name="", now=timezone.now())
    assert Tablet.objects.get().seen_at is None
    assert device.get("/k/next").status_code == 204
    first = Tablet.objects.get().seen_at
    assert first is not None
    device.get("/k/next")
    assert Tablet.objects.get().seen_at == first
    Tablet.objects.update(seen_at=first - timedelta(seconds=61))
    device.get("/k/next")
    assert Tablet.objects.get().seen_at >= first


def test_a_staff_browser_at_the_tablets_address_is_not_taken_for_the_device(browser, counter):
    device = Client()
    device.post("/k/pair")
    tablets.pair(code=Tablet.objects.get().pairing_code, counter=counter, name="", now=timezone.now())
    browser.cookies["kbnn-k"] = device.cookies["kbnn-k"].value
    browser.get("/k/next")
    assert Tablet.objects.get().seen_at is None
