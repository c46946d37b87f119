"""/metrics: who may read it, what it counts, and that nobody is named."""

import re

import pytest
from django.db import DatabaseError, connection
from django.db.transaction import atomic
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families

from kbnn_survey import metrics
from reports.models import DueRun
from reports.schedule import lag
from reports.schedule.rounds import run_round
from surveys.ballot.pages import FORM_FIELD
from surveys.box import signed_form
from tests import make

pytestmark = pytest.mark.django_db


def read(client, **extra) -> dict[tuple, float]:
    """(name, label values in the order of their names …) → value."""
    told = client.get("/metrics", **extra)
    assert told.status_code == 200
    families = text_string_to_metric_families(told.content.decode())
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in families
        for sample in family.samples
    }


@pytest.fixture
def grown(client):
    """How far each figure has grown since the test began."""
    before = read(client)
    return lambda *key: read(client).get(key, 0) - before.get(key, 0)


@pytest.fixture
def handed():
    return make.issued(now=timezone.now())


def sent(client, handed, **changed):
    field = signed_form.open_form(slip=handed.slip, now=timezone.now())
    said = {"attitude": "1", "time": "1", FORM_FIELD: field} | changed
    return client.post(f"/p/{handed.code}", said)


def test_requests_are_counted_by_view_and_class_of_status(client, grown):
    client.get("/privacy")
    client.get("/nothing-here")
    assert grown("phieu_requests_total", "2xx", "surveys:privacy") == 1
    assert grown("phieu_requests_total", "4xx", "none") == 1
    assert grown("phieu_request_seconds_count", "surveys:privacy") == 1


def test_ballots_are_counted_by_what_became_of_them(client, grown, handed):
    assert sent(client, handed, attitude="").status_code == 422
    assert sent(client, handed).status_code == 200
    assert sent(client, handed).status_code == 409
    assert client.post("/p/NEVER0ISSVED0NEVER0ISSVED0").status_code == 409
    assert grown("phieu_casts_total", "shown_again") == 1
    assert grown("phieu_casts_total", "accepted") == 1
    assert grown("phieu_casts_total", "not_usable") == 2


def test_opening_a_ballot_is_no_cast(client, grown, handed):
    assert client.get(f"/p/{handed.code}").status_code == 200
    assert grown("phieu_casts_total", "accepted") == 0


def test_what_the_database_refuses_is_counted_by_kind(client, grown):
    metrics.watch(connection)
    try:
        with pytest.raises(DatabaseError), atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT nothing FROM nowhere")
    finally:
        connection.execute_wrappers.remove(metrics.counted)
    kind = "OperationalError" if connection.vendor == "sqlite" else "ProgrammingError"
    assert grown("phieu_database_errors_total", kind) == 1


def test_no_label_names_a_slip_a_customer_or_a_teller(client, handed):
    teller = make.teller(username="giao-dich-vien-7")
    client.force_login(teller, backend="django.contrib.auth.backends.ModelBackend")
    client.get("/counter/")
    client.get(f"/p/{handed.code}")
    sent(client, handed)
    told = re.findall(r'(\w+)="([^"]*)"', client.get("/metrics").content.decode())
    assert {name for name, _value in told} <= {"view", "status", "outcome", "kind", "le"}
    values = " ".join(value for name, value in told if name != "le").lower()
    for secret in (handed.code, handed.slip.serial, str(handed.slip.pk), teller.username, "127.0.0.1"):
        assert secret.lower() not in values


@pytest.mark.parametrize(
    ("peer", "forwarded", "trusted", "status"),
    [
        ("127.0.0.1", None, [], 200),
        ("::1", None, [], 200),
        ("10.0.0.9", None, [], 200),
        ("192.0.2.1", None, [], 404),
        ("", None, [], 404),
        ("127.0.0.1", "192.0.2.1", ["127.0.0.1"], 404),
        ("127.0.0.1", "127.0.0.1, 192.0.2.1", ["127.0.0.1"], 404),
        ("127.0.0.1", "10.0.0.9", ["127.0.0.1"], 200),
        ("127.0.0.1", "127.0.0.1", [], 404),
    ],
)
def test_only_addresses_of_the_house_may_look(client, settings, peer, forwarded, trusted, status):
    settings.METRICS_FROM, settings.TRUSTED_PROXIES = ["127.0.0.1", "::1", "10.0.0.0/8"], trusted
    extra = {"REMOTE_ADDR": peer} | ({"HTTP_X_FORWARDED_FOR": forwarded} if forwarded else {})
    assert client.get("/metrics", **extra).status_code == status


def test_a_post_is_refused(client):
    assert client.post("/metrics").status_code == 405


def test_a_database_that_does_not_answer_is_told_as_down_and_the_counts_are_there_all_the_same(client):
    assert read(client)["phieu_database_up",] == 1
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE surveys_batch RENAME TO away")
    told = read(client)
    assert told["phieu_database_up",] == 0
    assert ("phieu_mix_lag_seconds",) not in told
    assert any(name == "phieu_requests_total" for name, *_ in told)


EVENING = make.at(11, 19)


def waiting():
    make.ballots(12, at=make.counter("Q1"), kind=make.procedure("P1"), now=make.at(11, 9))


def test_a_box_that_waits_before_the_evening_is_not_late():
    waiting()
    told = lag.look(now=make.at(11, 18))
    assert (told.boxes, told.ballots, told.mix_lag) == (1, 12, 0)
    assert (told.checkpoint_age, told.job_age, told.round_age) == (None, None, None)


def test_a_box_that_nobody_mixed_this_evening_is_late_by_the_minute():
    waiting()
    assert lag.look(now=make.at(11, 19, 25)).mix_lag == 25 * 60


@pytest.mark.django_db(transaction=True)
def test_after_the_scheduled_work_nothing_is_late_and_ages_begin_anew():
    waiting()
    run_round(now=EVENING)
    told = lag.look(now=make.at(11, 19, 2))
    assert (told.boxes, told.mix_lag) == (0, 0)
    assert told.checkpoint_age == (19 * 60 + 2) * 60
    assert told.job_age == told.round_age == 120


def test_a_mix_that_broke_off_is_late_until_it_ends():
    DueRun.objects.create(job="mix HB 2026-11", due_on=EVENING.date(), taken_at=EVENING)
    assert lag.look(now=make.at(12, 9)).mix_lag == 14 * 3600
    DueRun.objects.update(done_at=make.at(12, 8))
    assert lag.look(now=make.at(12, 9)).mix_lag == 0
