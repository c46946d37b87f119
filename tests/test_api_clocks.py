"""What machines say of the hour, and whatever else they send: a problem document, never a page and never a crash."""

from __future__ import annotations

import json
from datetime import timedelta
from itertools import product
from pathlib import Path

import pytest
from django.db.transaction import atomic, set_rollback
from django.test import Client
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from surveys.models import ApiKey, Counter, Transaction
from tests import make

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("quiet_log")]
CASES = Path(__file__).parent / "files" / "cases"
TOKEN = "khoa-thu"
ADDRESS = "/api/v1/transactions"
ISO = "Phải là thời điểm theo ISO 8601, ví dụ 2026-11-24T09:42:00+07:00."
YEAR = "Năm phải từ 2000 đến 2999."
ZONE = "Thiếu múi giờ, phải ghi như 2026-11-24T09:42:00+07:00."
MISTAKEN = {
    "0001-01-01T00:00:00+07:00": YEAR,
    "0001-01-01T00:00:00": YEAR,
    "0001-01-01T00:00:00-12:00": YEAR,
    "9999-12-31T23:59:59Z": YEAR,
    "9999-12-31T23:59:59-12:00": YEAR,
    "1970-01-01T00:00:00Z": YEAR,
    "2026-11-11T09:00:00": ZONE,
    "2026-11-11": ZONE,
    "2016-12-31T23:59:60Z": ISO,
    "2026-02-30T09:00:00+07:00": ISO,
    "2026-11-11T25:00:00+07:00": ISO,
    "2026-11-11T09:00:00+99:00": ISO,
    "": ISO,
    "1763000000": ISO,
    "1763000000000": ISO,
}
NO_TEXT = [
    1_763_000_000,
    1_763_000_000_000,
    1_763_000_000.5,
    0,
    True,
    False,
    [],
    {},
    ["2026-11-11T09:00:00+07:00"],
]


@pytest.fixture
def machine() -> Client:
    office = make.office("HB")
    make.counter("Q1", of=make.department(of=office))
    make.procedure("6")
    make.questionnaire()
    ApiKey.objects.create(office=office, name="TABMIS", digest=ApiKey.digest_of(TOKEN), created_at=make.NOW)
    return Client(headers={"authorization": f"Bearer {TOKEN}"}, raise_request_exception=False)


def body(**changes) -> dict:
    return {"reference": "x1", "counter": "Q1", "procedure": "6", "outcome": "resolved"} | changes


def told(response) -> dict[str, str]:
    assert response["Content-Type"] == "application/problem+json"
    assert response.json()["status"] == response.status_code == 422
    assert not Transaction.objects.exists()
    return {each["field"]: each["detail"] for each in response.json()["errors"]}


def post(machine: Client, **changes):
    return machine.post(ADDRESS, body(**changes), content_type="application/json")


@pytest.mark.parametrize("moment", MISTAKEN)
@pytest.mark.parametrize("field", ["started_at", "finished_at"])
def test_an_hour_that_no_clock_shows_is_refused_by_its_field(machine, field, moment):
    now = make.now().isoformat()
    assert told(post(machine, **{"started_at": now, "finished_at": now} | {field: moment})) == {
        field: MISTAKEN[moment]
    }


@pytest.mark.parametrize("field", ["started_at", "finished_at"])
def test_an_hour_that_is_no_text_is_refused_since_nobody_knows_what_a_number_counts(machine, field):
    for moment in NO_TEXT:
        assert told(post(machine, **{field: moment})) == {field: ISO}


def test_every_pair_of_mistaken_hours_is_refused_by_both_fields(machine):
    for start, end in product(MISTAKEN, repeat=2):
        found = told(post(machine, started_at=start, finished_at=end))
        assert found == {"started_at": MISTAKEN[start], "finished_at": MISTAKEN[end]}


@pytest.mark.parametrize("outcome", ["resolved", None])
@pytest.mark.parametrize("years", [1, 4, 900])
def test_a_start_in_the_future_is_refused_whether_the_service_runs_or_not(machine, years, outcome):
    ahead = (make.now() + timedelta(days=366 * years)).isoformat()
    running = told(post(machine, started_at=ahead, finished_at=None, outcome=outcome))
    assert running == {"started_at": "Giờ bắt đầu muộn hơn giờ máy chủ quá 02 phút."}
    assert "finished_at" in told(post(machine, started_at=ahead, finished_at=ahead))


def test_an_end_before_its_start_is_refused(machine):
    now = make.now()
    found = told(
        post(machine, started_at=now.isoformat(), finished_at=(now - timedelta(hours=1)).isoformat())
    )
    assert found == {"finished_at": "Giờ kết thúc không được trước giờ bắt đầu."}


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("api-dotnet-min.json", {"started_at": YEAR}),
        ("api-future-start.json", {"started_at": ZONE}),
    ],
)
def test_what_a_machine_of_another_house_sent_is_refused_with_its_sentence(machine, name, said):
    sent = (CASES / name).read_text(encoding="utf-8")
    sent = sent.replace("<code>", "6").replace("<now>", make.now().isoformat())
    assert told(machine.post(ADDRESS, json.loads(sent), content_type="application/json")) == said


ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)
FIELDS = ("reference", "dossier", "office", "counter", "procedure", "channel", "organisation", "outcome")
MOMENTS = st.datetimes().map(str) | st.sampled_from([*MISTAKEN]) | ANY_JSON
BODIES = st.one_of(
    st.binary(max_size=200),
    ANY_JSON.map(json.dumps),
    st.dictionaries(st.sampled_from(FIELDS), ANY_JSON, max_size=3).map(lambda odd: json.dumps(body(**odd))),
    st.builds(lambda a, b: json.dumps(body(started_at=a, finished_at=b)), MOMENTS, MOMENTS),
)
KINDS = st.sampled_from(
    ["application/json", "text/plain", "multipart/form-data; boundary=x", "a/b;charset=utf-9", ""]
)


def test_no_page_for_people_comes_from_the_interface_whatever_is_sent(machine):
    @settings(
        max_examples=300,
        derandomize=True,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(
        method=st.sampled_from(["POST", "GET", "PUT", "DELETE", "PATCH"]),
        rest=st.just("transactions") | st.text(max_size=20),
        content=BODIES,
        kind=KINDS,
    )
    def send(method, rest, content, kind):
        with atomic():
            answer = machine.generic(method, f"/api/v1/{rest}", content, content_type=kind)
            set_rollback(True)
        assert answer.status_code < 500
        assert answer["Content-Type"].startswith(("application/json", "application/problem+json"))

    send()


def test_a_count_is_taken_as_a_whole_number_and_as_nothing_that_becomes_one(machine):
    @settings(
        max_examples=150,
        derandomize=True,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(
        count=ANY_JSON
        | st.integers(-2, 1_000_002)
        | st.integers(0, 99).map(str)
        | st.integers(0, 99).map(float)
    )
    @example(count=True)
    @example(count="12")
    @example(count=12.0)
    @example(count=12)
    def send(count):
        sent = {"period": f"{make.now():%Y-%m}", "counter": "Q1", "transactions": count}
        with atomic():
            answer = machine.put("/api/v1/coverage", json.dumps(sent), content_type="application/json")
            set_rollback(True)
        is_count = type(count) is int and 0 <= count <= 1_000_000
        assert answer.status_code == (200 if is_count else 422), answer.content
        if not is_count:
            assert [each["field"] for each in answer.json()["errors"]] == ["transactions"]

    make.issued(at=Counter.objects.get(code="Q1"), now=make.now())
    send()


def test_an_address_with_a_nul_and_a_neighbouring_version_get_problem_documents_too(machine):
    for address, status in (("/api/v1/transactions?x=%00", 400), ("/api/v2/transactions", 404)):
        answer = machine.get(address)
        assert (answer.status_code, answer["Content-Type"]) == (status, "application/problem+json")


def test_a_crash_is_told_as_a_problem_to_machines_and_as_a_page_to_people(rf):
    from kbnn_survey.refusals import server_error

    for address, kind in (
        ("/api/v1/transactions", "application/problem+json"),
        ("/p", "text/html; charset=utf-8"),
    ):
        answer = server_error(rf.get(address))
        assert (answer.status_code, answer["Content-Type"]) == (500, kind)
