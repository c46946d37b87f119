"""The interface for machines, by HTTP."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from surveys.box import casting
from surveys.models import ApiKey, Slip, Transaction
from tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def house():
    make.questionnaire()
    return make.counter("Q1", of=make.department(of=make.office("HB"))), make.procedure("6")


def caller(office, token="khoa-thu") -> Client:
    ApiKey.objects.create(office=office, name="TABMIS", digest=ApiKey.digest_of(token), created_at=make.NOW)
    return Client(headers={"authorization": f"Bearer {token}"})


def post(client, **changes):
    now = make.now()
    body = {
        "reference": "TABMIS-1",
        "counter": "Q1",
        "procedure": "6",
        "channel": "counter",
        "outcome": "resolved",
        "started_at": (now - timedelta(minutes=12)).isoformat(),
        "finished_at": now.isoformat(),
    } | changes
    return client.post("/api/v1/transactions", body, content_type="application/json")


def problem(response) -> tuple:
    body = response.json()
    assert response["Content-Type"] == "application/problem+json"
    assert body["status"] == response.status_code
    return response.status_code, body["type"].rsplit("/", 1)[-1], [e["field"] for e in body.get("errors", [])]


def test_a_logged_transaction_answers_with_the_address_of_its_ballot(house):
    response = post(caller(house[0].box_office))

    body = response.json()
    assert (response.status_code, set(body)) == (201, {"id", "serial", "ballot_url", "expires_at"})
    assert body["ballot_url"].startswith("http://127.0.0.1:8000/p/")
    slip = casting.find_slip(code=body["ballot_url"].rsplit("/", 1)[-1])
    assert (str(slip.transaction_id), slip.serial, slip.channel) == (body["id"], body["serial"], "slip")


@pytest.mark.parametrize("text", ["TABMIS-1\u200b", "\ufeffTABMIS-1", "TAB\xadMIS-1", " TABMIS-1\u2060 "])
def test_what_no_screen_shows_makes_no_second_transaction(house, text):
    client = caller(house[0].box_office)
    body = {"started_at": make.NOW.isoformat(), "finished_at": make.NOW.isoformat()}
    first = post(client, **body).json()["id"]
    assert post(client, reference=text, **body).json()["id"] == first
    assert post(client, reference="\u200b\u2060").status_code == 422


def test_the_root_of_the_interface_answers_with_a_problem_with_and_without_its_slash(client):
    for address in ("/api/v1", "/api/v1/"):
        assert problem(client.get(address))[:2] == (404, "not-found")


def test_an_online_dossier_gets_its_link(house):
    post(caller(house[0].box_office), channel="online")

    assert Slip.objects.get().channel == "link"


def test_the_same_call_again_answers_200_with_a_fresh_address_and_the_old_code_is_dead(house):
    client, now = caller(house[0].box_office), make.now().isoformat()
    first = post(client, started_at=now, finished_at=now)
    again = post(client, started_at=now, finished_at=now)

    old, new = (r.json()["ballot_url"].rsplit("/", 1)[-1] for r in (first, again))
    assert (first.status_code, again.status_code) == (201, 200)
    assert casting.find_slip(code=old) is None
    assert casting.find_slip(code=new).serial == first.json()["serial"]


def test_the_same_reference_with_another_body_is_a_conflict_and_changes_nothing(house):
    client, now = caller(house[0].box_office), make.now().isoformat()
    post(client, started_at=now, finished_at=now)

    assert problem(post(client, started_at=now, finished_at=now, outcome="refused")) == (
        409,
        "reference-conflict",
        ["reference"],
    )
    assert Transaction.objects.get().outcome == "resolved"


def test_a_running_transaction_has_no_slip_until_its_finishing_call(house):
    client = caller(house[0].box_office)
    started = (make.now() - timedelta(minutes=30)).isoformat()
    running = post(client, started_at=started, finished_at=None, outcome=None)
    done = post(client, started_at=started)

    assert running.json() == {"id": done.json()["id"], "serial": None, "ballot_url": None, "expires_at": None}
    assert (running.status_code, done.status_code) == (201, 201)
    assert Slip.objects.count() == 1


def test_a_call_without_times_ends_now_and_can_be_repeated(house):
    client = caller(house[0].box_office)
    body = {
        "reference": "R-2",
        "counter": "Q1",
        "procedure": "6",
        "channel": "counter",
        "outcome": "resolved",
    }
    statuses = [
        client.post("/api/v1/transactions", body, content_type="application/json").status_code
        for _ in range(2)
    ]

    assert statuses == [201, 200]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"counter": "Q9"}, (422, "invalid", ["counter"])),
        ({"procedure": "99"}, (422, "invalid", ["procedure"])),
        ({"outcome": "happy"}, (422, "invalid", ["outcome"])),
        ({"channel": "fax"}, (422, "invalid", ["channel"])),
        ({"reference": ""}, (422, "invalid", ["reference"])),
        ({"reference": " \u200f\x00 "}, (422, "invalid", ["reference"])),
        ({"reference": "x" * 81}, (422, "invalid", ["reference"])),
        ({"finished_at": "hôm qua"}, (422, "invalid", ["finished_at"])),
        ({"outcome": None}, (422, "invalid", ["outcome"])),
        ({"office": "XX"}, (404, "not-found", [])),
    ],
)
def test_a_body_that_does_not_fit_is_refused_by_field_and_stores_nothing(house, changes, expected):
    assert problem(post(caller(house[0].box_office), **changes)) == expected
    assert not Transaction.objects.exists()


def test_what_may_be_sent_is_listed_in_vietnamese(house):
    refused = post(caller(house[0].box_office), outcome="happy", channel="fax").json()
    assert [error["detail"] for error in refused["errors"]] == [
        "Giá trị không thuộc danh sách cho phép: 'counter' hoặc 'online'.",
        "Giá trị không thuộc danh sách cho phép: 'resolved', 'supplement' hoặc 'refused'.",
    ]


def test_an_end_more_than_two_minutes_ahead_is_refused(house):
    ahead = (make.now() + timedelta(minutes=5)).isoformat()

    assert problem(post(caller(house[0].box_office), finished_at=ahead)) == (422, "invalid", ["finished_at"])


def test_a_second_supplement_of_a_dossier_is_refused(house):
    client = caller(house[0].box_office)
    post(client, dossier="HS-1", outcome="supplement")

    response = post(client, reference="R-2", dossier="HS-1", outcome="supplement")

    assert problem(response) == (409, "second-supplement", ["dossier"])


@pytest.mark.parametrize("body", ["", "{", "[1]", '"x"', "\x00"])
def test_wrong_json_is_answered_in_vietnamese_with_a_problem_document(house, body):
    response = caller(house[0].box_office).post("/api/v1/transactions", body, content_type="application/json")

    assert response.status_code in {400, 422}
    assert response["Content-Type"] == "application/problem+json"


def test_a_body_over_64_kb_is_refused(house):
    response = post(caller(house[0].box_office), organisation="x" * 70_000)

    assert problem(response) == (413, "too-large", [])


@pytest.mark.parametrize("header", [{}, {"authorization": "Bearer nope"}, {"authorization": "khoa-thu"}])
def test_without_a_valid_key_nothing_is_told(house, header):
    caller(house[0].box_office)

    response = post(Client(headers=header))

    assert problem(response) == (401, "unauthorized", [])
    assert response["WWW-Authenticate"] == "Bearer"


def test_a_revoked_key_is_dead(house):
    client = caller(house[0].box_office)
    ApiKey.objects.update(revoked_at=make.NOW)

    assert post(client).status_code == 401


def test_a_key_over_several_offices_must_name_one(house):
    root = make.office("KBNN", seals=False)
    for code in ("PT", "SL"):
        make.office(code, parent=root)

    assert problem(post(caller(root))) == (422, "invalid", ["office"])


def test_a_stranger_s_office_is_not_found(house):
    stranger = make.office("SL")

    response = caller(stranger).get("/api/v1/months/2026-11?office=HB")

    assert problem(response) == (404, "not-found", [])


def test_a_month_comes_as_integers_and_text_fractions(house):
    make.ballots(3, at=house[0], kind=house[1])
    make.issued(at=house[0], kind=house[1])

    body = caller(house[0].box_office).get("/api/v1/months/2026-11").json()

    assert (body["office"], body["period"], body["issued"], body["returned"]) == ("HB", "2026-11", 4, 3)
    assert (body["valid"], body["satisfied_share"], body["bounds"]) == (0, None, {"low": None, "high": None})


@pytest.mark.parametrize("period", ["2026-13", "2026", "abc", "2026-Q5", "2026-11..x"])
def test_what_is_no_period_is_named_as_such(house, period):
    response = caller(house[0].box_office).get(f"/api/v1/months/{period}")

    assert problem(response) == (422, "invalid", ["period"])
    assert "không phải là kỳ" in response.json()["errors"][0]["detail"]


def test_a_wrong_verb_and_an_unknown_address_get_problem_documents_too(house):
    client = caller(house[0].box_office)

    assert problem(client.delete("/api/v1/transactions"))[:2] == (405, "wrong-method")
    assert problem(client.get("/api/v1/nothing"))[:2] == (404, "not-found")


def test_the_interface_describes_itself_as_openapi_3_1():
    document = Client().get("/api/v1/openapi.json").json()

    assert document["openapi"].startswith("3.1")
    assert {"/api/v1/transactions", "/api/v1/months/{period}"} <= set(document["paths"])


def test_names_that_clients_generate_do_not_follow_our_modules(client):
    paths = client.get("/api/v1/openapi.json").json()["paths"]
    names = {operation["operationId"] for path in paths.values() for operation in path.values()}
    assert names == {
        "surveys_api_log_transaction",
        "reports_api_month",
        "reports_api_coverage",
        "reports_api_standings",
    }
