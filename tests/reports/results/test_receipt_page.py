"""The receipt page: where a ballot is, never how it was answered."""

import json

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from surveys.box import mixing
from surveys.choices import Role
from surveys.crypto import codes, keys
from surveys.models import AuditEntry, BoxedBallot
from surveys.periods import Month, closing_from
from tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def phone():
    return Client(enforce_csrf_checks=True)


def ask(phone, typed, query=""):
    return phone.post(f"/receipt{query}", {"receipt": typed})


def state(answer) -> str:
    text = answer.content.decode()
    return text.partition('data-state="')[2].partition('"')[0]


def released(n=10, **answers) -> list[str]:
    """n ballots of one month, mixed at its closing; their receipts."""
    at, kind = make.counter(), make.procedure()
    receipts = make.ballots(n, at=at, kind=kind, now=make.NOW, **answers)
    month = Month.of(make.NOW)
    mixing.mix(office=at.box_office, period=month, now=closing_from(month), closing=True)
    return receipts


def test_the_page_offers_one_field(phone):
    answer = phone.get("/receipt")
    assert answer.status_code == 200
    assert 'name="receipt"' in answer.content.decode()
    assert not answer.cookies


def test_a_ballot_that_waits_is_in_the_box(phone):
    receipt = make.cast(make.issued())
    assert state(ask(phone, codes.format_receipt(receipt))) == "in_the_box"
    assert state(ask(phone, f" {receipt.lower()} ")) == "in_the_box"


def test_a_mixed_ballot_is_counted_in_its_month_and_office(phone):
    answer = ask(phone, released()[0])
    assert answer.status_code == 200
    assert state(answer) == "counted"
    assert "tháng 11/2026" in answer.content.decode()


def test_everybody_with_a_receipt_of_the_month_sees_the_same_page_however_they_answered(phone):
    at, kind = make.counter(), make.procedure()
    glad = make.ballots(5, at=at, kind=kind)
    angry = make.ballots(5, at=at, kind=kind, attitude=0, time=0, comment="chờ lâu")
    month = Month.of(make.NOW)
    mixing.mix(office=at.box_office, period=month, now=closing_from(month), closing=True)
    pages = {ask(phone, receipt).content for receipt in glad + angry}
    assert len(pages) == 1
    assert "chờ lâu" not in pages.pop().decode()


def test_a_mistyped_receipt_is_kept_for_correction_and_alarms_nobody(phone):
    receipt = make.cast(make.issued())
    wrong = receipt[:-1] + ("0" if receipt[-1] != "0" else "1")
    for typed in (wrong, "", "<b>", "x" * 500):
        answer = ask(phone, typed)
        assert answer.status_code == 422
        assert state(answer) == "mistyped"
        assert "<b>" not in answer.content.decode()
    assert f'value="{wrong}"' in ask(phone, wrong).content.decode()
    assert not AuditEntry.objects.exists()


def test_a_genuine_receipt_without_a_ballot_raises_one_alarm_and_an_apology(phone):
    receipt = codes.receipt(keys.receipt_key(), b"\x07" * 16)
    first, again = ask(phone, receipt), ask(phone, receipt)
    assert first.status_code == 200
    assert first.content == again.content
    assert "xin ông/bà thứ lỗi" in first.content.decode()
    alarm = AuditEntry.objects.get()
    assert alarm.action == "receipt-missing"
    assert json.loads(alarm.detail) == {"receipt_hash": codes.receipt_hash(receipt)}
    assert receipt not in alarm.detail + alarm.subject


def test_a_ballot_lost_from_the_box_is_noticed_by_its_owner(phone):
    receipt = make.cast(make.issued())
    BoxedBallot.objects.all().delete()
    assert state(ask(phone, receipt)) == "missing"


def test_staff_may_check_a_receipt_like_anybody_and_see_the_same(phone):
    receipt = make.cast(make.issued())
    staff = Client()
    staff.force_login(make.user(Role.INSPECTOR, of=make.office()))
    assert ask(staff, receipt).content == ask(phone, receipt).content


def test_looking_writes_nothing_and_asking_for_a_waiting_ballot_neither(phone):
    receipt = make.cast(make.issued())
    with CaptureQueriesContext(connection) as seen:
        phone.get("/receipt")
        ask(phone, receipt)
    assert [query["sql"] for query in seen if query["sql"].startswith(("INSERT", "UPDATE", "DELETE"))] == []


def test_the_page_speaks_english_when_asked(phone):
    answer = ask(phone, released()[0], "?lang=en")
    text = answer.content.decode()
    assert '<html lang="en">' in text
    assert "November 2026" in text
    assert 'action="/receipt?lang=en"' in text


@pytest.mark.parametrize("verb", ["put", "delete", "options"])
def test_another_verb_is_refused(phone, verb):
    assert getattr(phone, verb)("/receipt").status_code == 405


def test_a_form_from_another_site_and_a_large_body_are_refused(phone):
    foreign = phone.post("/receipt", {"receipt": "x"}, headers={"Origin": "https://elsewhere.example"})
    assert foreign.status_code == 403
    assert ask(phone, "x" * 70_000).status_code == 413


def test_without_the_key_the_page_says_that_it_cannot_tell(phone, settings, tmp_path):
    receipt = make.cast(make.issued())
    settings.KEYS_DIR = tmp_path
    answer = ask(phone, receipt)
    assert answer.status_code == 503
    assert not AuditEntry.objects.exists()


def test_that_counted_receipts_were_looked_up_is_told_once_a_day_without_which_and_when(phone):
    receipts = released()
    for receipt in receipts:
        ask(phone, receipt)
    ask(phone, make.cast(make.issued()))  # waits in the box: its holder has only just answered

    line = AuditEntry.objects.get()

    assert (line.action, line.subject, line.actor, line.detail) == (
        "receipt_looked_up",
        "2026-11",
        None,
        "{}",
    )
    assert timezone.localtime(line.at).strftime("%H:%M:%S") == "00:00:00"
