"""A whole ballot that is taken by what its signed form says: what it tells nobody, and what must not break it."""

import json
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from django.conf import settings
from django.core import signing
from django.db import OperationalError, connection
from django.utils import timezone

from surveys import rate_limits
from surveys.ballot import pages
from surveys.ballot.pages import FORM_FIELD
from surveys.box import signed_form
from surveys.choices import SlipChannel, SlipState
from surveys.database.prepared_statements import Prepared
from surveys.models import BoxedBallot, Slip, Spent
from surveys.periods import Month
from surveys.slips import issuing
from tests import make
from tests.phones import PLAIN_FORM, Phone
from tests.surveys.ballot.handed_out import WHOLE, handed_out_twice, hidden

pytestmark = pytest.mark.django_db


@pytest.fixture
def phone():
    return Phone()


def issued(**fields) -> issuing.Issued:
    return make.issued(now=timezone.now(), **fields)


def opened(phone, handed) -> dict[str, str]:
    return hidden(phone.get(f"/p/{handed.code}"))


def used(phone) -> issuing.Issued:
    handed = issued()
    assert phone.post(f"/p/{handed.code}", opened(phone, handed) | WHOLE).status_code == 200
    return handed


def cancelled(phone) -> issuing.Issued:
    handed = issued()
    issuing.cancel_slip(slip=handed.slip, reason="lỗi", actor=make.teller(), now=timezone.now())
    return handed


def unknown(phone) -> issuing.Issued:
    handed = issued()
    issuing.reissue_slip(
        slip=handed.slip, channel=SlipChannel.SLIP, reason="", actor=None, now=timezone.now()
    )
    return handed


# --- it tells nobody who answered ---------------------------------------------------------------------------
@pytest.mark.parametrize("way", [SlipChannel.SLIP, SlipChannel.TABLET, SlipChannel.LINK])
def test_the_field_of_a_code_asked_for_another_way_says_the_same_whether_or_not_the_slip_was_used(phone, way):
    at, kind = make.counter(), make.procedure()
    said = []
    for is_used in (False, True):
        handed = handed_out_twice(is_used=is_used, channel=way, at=at, kind=kind)
        field = opened(phone, handed)[FORM_FIELD]
        slip, _form = signed_form.read_handed_out(field=field)
        said.append((replace(slip, pk=UUID(int=0)), len(field)))
    assert said[0] == said[1]


def test_the_page_names_its_slip_to_nobody(phone):
    """Tellers know the ids of their slips by the addresses of their own pages."""
    handed = issued()
    page = phone.get(f"/p/{handed.code}")
    body = signing.b64_decode(hidden(page)[FORM_FIELD].split(":")[0].encode())
    for text in (page.content, body):
        for name in (handed.slip.pk.hex.encode(), str(handed.slip.pk).encode(), handed.slip.pk.bytes):
            assert name not in text


# --- hostile fields -----------------------------------------------------------------------------------------
NESTED = "[" * 40_000


def forged(said) -> str:
    text = said if isinstance(said, str) else json.dumps(said)
    return f"{signing.b64_encode(text.encode()).decode()}:1abcde:" + "x" * 43


HOSTILE = {
    "nothing": "",
    "colons": ":::",
    "no base 64": "%%%:a:b",
    "a dot": ".e30:a:b",
    "letters": "ế\x00\ud7ff:a:b",
    "deep lists": forged(NESTED),
    "deep objects": forged('{"s":' * 9_000),
    "deep in it": forged('{"s":' + "[" * 20_000 + "]" * 20_000 + "}"),
    "a long number": forged('{"s":[' + "9" * 30_000 + "]}"),
    "infinity": forged('{"s":[Infinity,1,2,3,4,5,6]}'),
    "no object": forged([1]),
    "text": forged('"s"'),
    "null": forged("null"),
    "s is null": forged({"s": None}),
    "s is a text": forged({"s": "0" * 32}),
    "s is an object": forged({"s": {"0": 1}}),
    "s is empty": forged({"s": []}),
    "a list for a text": forged({"s": [["a"], 1, "2026-11", 1, 1, 1, "slip"]}),
    "a truth for a number": forged({"s": ["0" * 32, True, "2026-11", 1, 1, 1, "slip"]}),
    "a surrogate": forged('{"s":["\\ud800",1,"2026-11",1,1,1,"slip"]}'),
    "too long": forged({"s": ["0" * 32, *range(7_000)]}),
    "no nonce": forged({"s": "e30"}),
    "a short nonce": forged({"n": "ab", "s": "e30"}),
    "a number for a nonce": forged({"n": 7, "s": "e30"}),
    "an empty seal": forged({"n": "ab" * 16, "s": ""}),
    "a seal of nobody": forged({"n": "ab" * 16, "s": "A" * 200}),
    "no base 64 in the seal": forged({"n": "ab" * 16, "s": "ế%%"}),
    "a list for a seal": forged({"n": "ab" * 16, "s": ["a"]}),
    "no utf-8": signing.b64_encode(b'{"s":["\xff"]}').decode() + ":a:b",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_whatever_stands_in_the_field_is_a_form_of_another_slip(phone, name):
    answer = phone.post(f"/p/{issued().code}", {FORM_FIELD: HOSTILE[name]} | WHOLE)
    assert answer.status_code == 422
    assert not BoxedBallot.objects.exists()


@pytest.mark.parametrize("dead", [used, cancelled, unknown])
def test_whatever_stands_in_the_field_a_dead_code_is_refused(phone, dead):
    handed = dead(phone)
    for field in HOSTILE.values():
        assert phone.post(f"/p/{handed.code}", {FORM_FIELD: field} | WHOLE).status_code == 409


# --- bodies that are no form --------------------------------------------------------------------------------
TOO_MANY = "&".join(f"a{number}=1" for number in range(settings.DATA_UPLOAD_MAX_NUMBER_FIELDS + 1))
NO_FORM = {
    "too many fields": (TOO_MANY, PLAIN_FORM),
    "another charset": ("attitude=1&time=1", f"{PLAIN_FORM}; charset=latin-1"),
    "no boundary": ("x", "multipart/form-data"),
}


@pytest.mark.parametrize("name", NO_FORM)
@pytest.mark.parametrize("dead", [used, cancelled, unknown])
def test_a_dead_code_is_refused_before_the_body_is_looked_at(phone, dead, name):
    body, kind = NO_FORM[name]
    assert phone.post(f"/p/{dead(phone).code}", body, content_type=kind).status_code == 409


@pytest.mark.parametrize("name", NO_FORM)
def test_a_body_that_is_no_form_is_told_to_whoever_has_a_living_code(phone, name):
    body, kind = NO_FORM[name]
    assert phone.post(f"/p/{issued().code}", body, content_type=kind).status_code == 400


def test_a_body_that_is_no_form_hides_no_guess_from_the_brake(phone, monkeypatch):
    guesses = []
    monkeypatch.setattr(rate_limits, "is_guessing", lambda **asked: bool(guesses.append(asked)))
    for body, kind in NO_FORM.values():
        phone.post(f"/p/{'7' * 26}", body, content_type=kind)
    assert len(guesses) == len(NO_FORM)


# --- forms of another time ----------------------------------------------------------------------------------
def test_a_form_signed_before_it_said_anything_of_its_slip_is_taken_once(phone):
    handed = issued()
    value = {"n": "ab" * 16, "t": int(timezone.now().timestamp())}
    form = {FORM_FIELD: signing.dumps(value, salt=f"surveys.form.{handed.slip.pk.hex}")}
    answers = [phone.post(f"/p/{handed.code}", form | WHOLE) for _each in range(2)]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].content == answers[1].content
    assert Spent.objects.count() == BoxedBallot.objects.count() == 1


def test_the_reading_of_before_understands_a_form_of_now(phone):
    handed = issued()
    value = signing.loads(opened(phone, handed)[FORM_FIELD], salt=f"surveys.form.{handed.slip.pk.hex}")
    assert len(bytes.fromhex(value["n"])) == signed_form.NONCE_BYTES
    assert abs(value["t"] - timezone.now().timestamp()) < 60


SHUT = {
    "its end was undone": lambda slip: {"opens_at": slip.expires_at},
    "its time is over": lambda slip: {"expires_at": timezone.now() - timedelta(seconds=1)},
    "it went out on paper": lambda slip: {"channel": SlipChannel.PAPER, "expires_at": None},
    "it was cancelled": lambda slip: {"state": SlipState.CANCELLED},
}


@pytest.mark.parametrize("what", SHUT)
def test_a_slip_that_was_shut_since_its_ballot_was_opened_takes_nothing(phone, what):
    handed = issued()
    form = opened(phone, handed)
    Slip.objects.filter(pk=handed.slip.pk).update(**SHUT[what](handed.slip))
    assert phone.post(f"/p/{handed.code}", form | WHOLE).status_code == 409
    assert not BoxedBallot.objects.exists()
    assert not Spent.objects.exists()


def test_a_month_that_began_to_close_since_the_ballot_was_opened_takes_nothing(phone):
    handed = issued()
    form = opened(phone, handed)
    period = Month.of(handed.slip.issued_at)
    assert issuing.expire_slips(office=handed.slip.office, period=period) == 1
    assert phone.post(f"/p/{handed.code}", form | WHOLE).status_code == 409
    assert not BoxedBallot.objects.exists()


@pytest.mark.parametrize("cut", [12, 13, 25, 26])
def test_whole_and_short_codes_cast_with_the_form_they_opened(phone, cut):
    handed = issued()
    path = f"/p/{handed.code[:cut]}"
    assert phone.post(path, hidden(phone.get(path)) | WHOLE).status_code == 200
    assert Slip.objects.get().state == SlipState.USED


def test_a_form_sent_to_another_slips_code_spends_neither(phone):
    one, other = issued(), issued()
    assert phone.post(f"/p/{other.code}", opened(phone, one) | WHOLE).status_code == 422
    assert not Slip.objects.filter(state=SlipState.USED).exists()


def test_behind_a_cluster_the_slip_is_looked_up_first(phone, settings, monkeypatch):
    settings.CLUSTER = True
    looked = []
    find = pages.casting.find_slip
    monkeypatch.setattr(pages.casting, "find_slip", lambda **asked: looked.append(asked) or find(**asked))
    monkeypatch.setattr("surveys.database.replication.barrier", lambda: None)
    handed = issued()
    form = opened(phone, handed)
    looked.clear()
    assert phone.post(f"/p/{handed.code}", form | WHOLE).status_code == 200
    assert len(looked) == 1


# --- a connection that is lost ------------------------------------------------------------------------------
@pytest.mark.postgres_only
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("is_stored", [False, True])
def test_a_connection_lost_in_the_statement_costs_no_ballot_and_makes_no_second(
    phone, monkeypatch, is_stored
):
    handed = issued()
    form = opened(phone, handed)
    run, lost = Prepared.run, []

    def losing(self, cursor, values):
        if lost or "code" not in values:
            return run(self, cursor, values)
        lost.append(True)
        if is_stored:
            run(self, cursor, values)
        connection.connection.close()
        raise OperationalError("server closed the connection unexpectedly")

    monkeypatch.setattr(Prepared, "run", losing)
    answers = [phone.post(f"/p/{handed.code}", form | WHOLE) for _each in range(2)]
    assert lost
    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].content == answers[1].content
    assert Spent.objects.count() == BoxedBallot.objects.count() == 1


@pytest.mark.postgres_only
@pytest.mark.django_db(transaction=True)
def test_a_statement_that_the_server_ended_is_told_as_not_saved(phone, monkeypatch):
    handed = issued()
    form = opened(phone, handed)

    def cancelled(self, cursor, values):
        raise OperationalError("canceling statement due to statement timeout")

    with monkeypatch.context() as patched:
        patched.setattr(Prepared, "run", cancelled)
        assert phone.post(f"/p/{handed.code}", form | WHOLE).status_code == 503
    assert not BoxedBallot.objects.exists()
    assert phone.post(f"/p/{handed.code}", form | WHOLE).status_code == 200
