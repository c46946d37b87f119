"""Trying the pilot: offered to this machine's own browser on the pilot alone, and to nobody else."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from surveys.choices import SlipState
from surveys.context_processors import is_pilot
from surveys.models import Counter, Office, Slip, Tablet, Transaction, User
from surveys.periods import period_of
from surveys.setup import trying
from surveys.setup.pilot import office as pilot_office
from surveys.setup.pilot import progress, today
from tests import make

pytestmark = [pytest.mark.django_db, pytest.mark.one_engine]

HERE = {"HTTP_HOST": "127.0.0.1:8000", "REMOTE_ADDR": "127.0.0.1"}
ADDRESSES = ["/try/ballot", "/try/as/teller", "/try/again"]
ELSEWHERE = {
    "a name that points here (DNS rebinding)": {"HTTP_HOST": "evil.example:8000"},
    "a name of this machine": {"HTTP_HOST": "localhost:8000"},
    "an address of the network": {"HTTP_HOST": "192.168.1.5:8000"},
    "a machine of the network": {"REMOTE_ADDR": "192.168.1.9"},
    "behind a proxy": {"HTTP_X_FORWARDED_FOR": "127.0.0.1"},
    "behind another proxy": {"HTTP_VIA": "1.1 proxy"},
}


@pytest.fixture
def pilot(settings, monkeypatch):
    settings.TRY_IT = True
    settings.ALLOWED_HOSTS = ["*"]
    monkeypatch.setenv("PILOT_PASSWORD", "mat-khau-thu-1")
    office = pilot_office.load_office()
    pilot_office.load_people(office)
    is_pilot.cache_clear()
    yield office
    is_pilot.cache_clear()


def offered(client, **request):
    page = client.get("/", **(HERE | request)).content.decode()
    return "/try/" in page


def statuses(client, **request):
    return [client.post(address, **(HERE | request)).status_code for address in ADDRESSES]


def test_the_front_page_offers_it_and_is_never_stored(client, pilot):
    response = client.get("/", **HERE)
    assert "/try/as/teller" in response.content.decode()
    assert response["Cache-Control"] == "no-store"
    # Under no-referrer a browser sends "Origin: null" with the forms, and their token would be refused.
    assert response["Referrer-Policy"] == "same-origin"


@pytest.mark.parametrize("other", ELSEWHERE.values(), ids=ELSEWHERE.keys())
def test_nobody_else_is_offered_it(client, pilot, other):
    assert not offered(client, **other)
    assert statuses(client, **other) == [404, 404, 404]


def test_the_setting_of_make_run_is_needed(client, pilot, settings):
    settings.TRY_IT = False
    assert not offered(client)
    assert statuses(client) == [404, 404, 404]


def test_a_real_office_has_none_even_with_the_setting(client, pilot):
    make.office("LS")
    assert not offered(client)
    assert statuses(client) == [404, 404, 404]


def test_a_database_without_the_pilot_has_none(client, settings):
    settings.TRY_IT = True
    make.office("LS")
    is_pilot.cache_clear()
    assert not offered(client)


@pytest.mark.both_engines
def test_a_role_is_taken_by_post_with_a_token_only(pilot):
    strict = Client(enforce_csrf_checks=True)
    assert strict.get("/try/as/lead", **HERE).status_code == 405
    assert strict.post("/try/as/lead", **HERE).status_code == 403
    strict.get("/", **HERE)
    token = strict.cookies["csrftoken"].value
    taken = strict.post("/try/as/lead", {"csrfmiddlewaretoken": token}, **HERE)
    assert (taken.status_code, taken["Location"]) == (303, "/today/")


def test_a_role_replaces_the_one_before_and_every_page_leads_to_another(client, pilot):
    client.post("/try/as/teller", **HERE)
    client.post("/try/as/admin", **HERE)
    assert client.get("/counter/", **HERE).status_code == 403
    client.post("/try/as/teller", **HERE)
    assert "Đang vào vai Giao dịch viên" in client.get("/counter/", **HERE).content.decode()


def test_nobody_but_the_roles_on_show_can_be_taken(client, pilot):
    make.user(username="somebody")
    assert client.post("/try/as/somebody", **HERE).status_code == 404


def test_the_sample_ballot_ends_the_session_and_can_be_answered(client, pilot):
    client.post("/try/as/teller", **HERE)
    opened = client.post("/try/ballot", **HERE, follow=True)
    assert opened.status_code == 200
    assert "attitude" in opened.content.decode()
    slip = Slip.objects.get()
    assert slip.period == str(period_of(slip.issued_at, quarterly=False))


@pytest.mark.both_engines
def test_the_tablet_is_paired_with_counter_1_under_another_name_of_the_machine(client, pilot):
    trying.pair_tablet(pilot, now=timezone.now())
    trying.pair_tablet(pilot, now=timezone.now())
    tablet = Tablet.objects.get()
    assert tablet.counter.code == "Q1"
    assert client.get("/try/tablet", **HERE).status_code == 404
    there = HERE | {"HTTP_HOST": "localhost:8000"}
    assert client.get("/try/tablet", **there)["Location"] == "/k/"
    assert "Quầy 1" in client.get("/k/", **there).content.decode()


def test_while_the_tablet_is_not_open_the_counter_leads_whoever_tries_it_there(client, pilot):
    Counter.objects.update(offers_tablet=True)
    client.post("/try/as/teller", **HERE)
    way = r'href="http://localhost:8000/try/tablet"\s+target="_blank" rel="noopener">\s*Mở máy tính bảng minh hoạ'
    assert re.search(way, client.get("/counter/", **HERE).content.decode())
    other = Client()
    other.force_login(User.objects.get(username="teller"))
    assert "Xin báo người quản trị." in other.get("/counter/", **HERE).content.decode()


@pytest.mark.both_engines
def test_today_is_played_once_a_day(pilot):
    noon = timezone.localtime().replace(hour=12)
    today.play(pilot, now=noon)
    today.play(pilot, now=noon.replace(hour=15))
    assert Transaction.objects.count() == len(today.VISITS)
    assert Transaction.objects.filter(finished_at=None).count() == 2
    assert Slip.objects.filter(state=SlipState.USED).count() == 5


def test_a_ballot_that_was_tried_first_leaves_the_day_no_emptier(pilot):
    noon = timezone.localtime().replace(hour=12)
    today.hand_out(pilot, now=noon)
    today.play(pilot, now=noon)
    assert Transaction.objects.count() == len(today.VISITS) + 1


def test_what_ran_yesterday_does_not_run_on_today(pilot):
    noon = timezone.localtime().replace(hour=12)
    today.play(pilot, now=noon - timedelta(days=1))
    today.play(pilot, now=noon)
    running = Transaction.objects.filter(finished_at=None)
    assert {each.started_at.date() for each in running} == {noon.date()}
    assert running.count() == 2


def test_counter_and_tablet_are_at_work_before_the_year_is_played(settings, monkeypatch, tmp_path):
    settings.DATA_DIR = tmp_path
    monkeypatch.setenv("PILOT_PASSWORD", "mat-khau-thu-1")
    call_command("pilot", expect=True)
    assert progress.read()
    assert Tablet.objects.get().counter.code == "Q1"
    assert Transaction.objects.exists()


def test_the_replay_s_progress_stands_on_the_front_page(client, pilot, settings, tmp_path):
    settings.DATA_DIR = tmp_path
    progress.write(progress.Progress(42, 100, "tháng 7/2022"))
    page = client.get("/", **HERE).content.decode()
    assert 'value="42"' in page
    assert "/try/tablet" in page
    assert client.get("/readyz").json()["replay"] == {"done": 42, "of": 100, "percent": 42}


def test_a_progress_that_is_just_being_written_reads_as_its_beginning(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    progress.mark().write_text('{"done": 4', encoding="utf-8")
    assert progress.read() == progress.Progress(0, 1, "")
    assert Office.objects.count() == 0
