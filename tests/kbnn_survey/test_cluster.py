"""Behind a cluster: a receipt is shown when a second server has the ballot, and never on the strength of a read."""

import re
import threading
from contextlib import closing

import psycopg2
import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import OperationalError, connection, connections
from django.db.transaction import atomic
from django.test import Client
from django.utils import timezone

from kbnn_survey import env
from kbnn_survey.postgresql import waits
from kbnn_survey.postgresql.base import DatabaseWrapper
from surveys.database.replication import BARRIER, NotReplicated
from surveys.models import BoxedBallot, Spent
from tests import make
from tests.postgres import find_binaries, private_cluster

BOTH = {"attitude": "1", "time": "0"}
UNKNOWN = "Chưa rõ phiếu đã được nhận hay chưa"
WARN = """
CREATE FUNCTION warn() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE WARNING 'wait ended'; RETURN NULL; END $$;
CREATE TRIGGER warn AFTER INSERT ON surveys_spent FOR EACH ROW EXECUTE FUNCTION warn()
"""
# At COMMIT, like the wait for a standby.
LINGER = """
CREATE FUNCTION linger() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(60); RETURN NULL; END $$;
CREATE CONSTRAINT TRIGGER linger AFTER INSERT ON surveys_spent DEFERRABLE INITIALLY DEFERRED
FOR EACH ROW EXECUTE FUNCTION linger()
"""
# Found before PostgreSQL's own by a session that looks into `public` first.
NO_BARRIER = """
CREATE FUNCTION public.pg_logical_emit_message(boolean, text, text) RETURNS void LANGUAGE plpgsql
AS $$ BEGIN RAISE WARNING 'wait ended'; END $$;
SET search_path = public, pg_catalog
"""


def run(sql: str) -> None:
    """Past the product, on a connection of its own."""
    with closing(connection.copy()) as other, other.cursor() as cursor:
        cursor.execute(sql)


def in_session(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)


@pytest.fixture
def cluster(transactional_db, settings):
    """The product's connection as it is behind a cluster; the server below is the test's."""
    usual, settings.CLUSTER = connections["default"], True
    usual.close()
    own = DatabaseWrapper({**usual.settings_dict, "ENGINE": "kbnn_survey.postgresql"}, "default")
    connections["default"] = own
    yield settings
    own.close()
    connections["default"] = usual


@pytest.fixture
def phone():
    return Client(raise_request_exception=False)


def form_of(phone, code: str) -> dict[str, str]:
    found = re.findall(
        r'<input type="hidden" name="([^"]+)" value="([^"]*)"', phone.get(f"/p/{code}").content.decode()
    )
    return dict(found) | BOTH


def issued() -> str:
    return make.issued(now=timezone.now()).code


# --- the cast ---------------------------------------------------------------------------------------------------
@pytest.mark.postgres_only
def test_a_ballot_whose_commit_was_not_confirmed_gets_no_receipt_until_a_second_server_has_it(cluster, phone):
    code = issued()
    form = form_of(phone, code)
    run(WARN)
    answer = phone.post(f"/p/{code}", form)
    assert answer.status_code == 503
    text = answer.content.decode()
    assert UNKNOWN in text
    assert "data-receipt" not in text
    assert all(f'name="{name}" value="{value}"' in text for name, value in form.items())
    assert Spent.objects.count() == BoxedBallot.objects.count() == 1
    in_session(NO_BARRIER)
    again = phone.post(f"/p/{code}", form)
    assert (again.status_code, UNKNOWN in again.content.decode()) == (503, True)
    in_session("RESET search_path")
    settled = phone.post(f"/p/{code}", form)
    assert settled.status_code == 200
    assert "data-receipt" in settled.content.decode()
    assert Spent.objects.count() == BoxedBallot.objects.count() == 1


@pytest.mark.postgres_only
def test_where_a_receipt_is_looked_up_a_read_alone_answers_nothing(cluster, phone):
    code = issued()
    shown = phone.post(f"/p/{code}", form_of(phone, code)).content.decode()
    receipt = re.search(r"data-receipt>\s*([0-9A-Z-]{19})", shown)[1]
    in_session(NO_BARRIER)
    assert phone.post("/receipt", {"receipt": receipt}).status_code == 503
    in_session("RESET search_path")
    assert phone.post("/receipt", {"receipt": receipt}).status_code == 200


@pytest.mark.postgres_only
@pytest.mark.django_db(transaction=True)
def test_on_one_server_a_warning_means_nothing(phone):
    code = issued()
    form = form_of(phone, code)
    run(WARN)
    assert phone.post(f"/p/{code}", form).status_code == 200


@pytest.mark.postgres_only
def test_a_commit_that_waits_too_long_is_cut_and_the_form_kept(cluster, phone):
    code = issued()
    form = form_of(phone, code)
    run(LINGER)
    cluster.COMMIT_WAIT = 0.2
    answer = phone.post(f"/p/{code}", form)
    run("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE wait_event = 'PgSleep'")
    assert (answer.status_code, UNKNOWN in answer.content.decode()) == (503, True)
    run("DROP TRIGGER linger ON surveys_spent")
    cluster.COMMIT_WAIT = 8
    assert phone.post(f"/p/{code}", form).status_code == 200


@pytest.mark.postgres_only
def test_a_read_only_server_is_left_with_the_request_that_met_it(cluster, phone):
    code = issued()
    form = form_of(phone, code)
    in_session("SET default_transaction_read_only = on")
    assert phone.post(f"/p/{code}", form).status_code == 503
    assert phone.post(f"/p/{code}", form).status_code == 200


@pytest.mark.postgres_only
def test_what_was_typed_on_a_staff_page_outlives_the_fall_of_the_database(cluster, phone):
    phone.force_login(make.teller())
    run(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname = current_database()"
    )
    answer = phone.post("/counter/channel", {"channel": "<paper>"})
    assert answer.status_code == 503
    assert 'name="channel" value="&lt;paper&gt;"' in answer.content.decode()
    assert phone.get("/counter/").status_code == 200


# --- how long, and how many at once -----------------------------------------------------------------------------
def test_a_third_commit_does_not_begin_to_wait_beside_two_that_have_waited_long(monkeypatch):
    monkeypatch.setattr(waits, "LONG", -1)
    here = waits.Waits()
    with (
        here.bounded(object(), seconds=60),
        here.bounded(object(), seconds=60),
        pytest.raises(waits.TooManyWait),
        here.bounded(object(), seconds=60),
    ):
        pass
    with here.bounded(object(), seconds=60) as wait:
        assert not wait.cut


@pytest.mark.postgres_only
def test_every_way_in_which_a_commit_stays_unconfirmed_is_told(settings):
    """On a server whose one synchronous standby is dead: the statement, the transaction, the barrier; cut, and cancelled."""
    settings.CLUSTER, settings.COMMIT_WAIT = True, 0.2
    with private_cluster(find_binaries(), "synchronous_standby_names = 'nobody'") as url:
        entry = env.env.db_url_config(url)
        place = {"host": entry["HOST"], "user": entry["USER"], "dbname": entry["NAME"]}
        own = DatabaseWrapper({**connection.settings_dict, **entry, "OPTIONS": {}}, "default")
        with closing(own), closing(psycopg2.connect(**place)) as other, other.cursor() as administrator:
            other.autocommit = True
            administrator.execute("SET synchronous_commit = local")
            administrator.execute("CREATE TABLE cast_once (n integer)")
            for waiting in (
                lambda: run_on(own, "INSERT INTO cast_once VALUES (1)"),
                lambda: run_on(own, BARRIER),
                lambda: in_transaction(own),
            ):
                with pytest.raises(NotReplicated):
                    waiting()
            settings.COMMIT_WAIT = 30
            cancelling = threading.Thread(target=cancel, args=[place])
            cancelling.start()
            with pytest.raises(NotReplicated):
                run_on(own, "INSERT INTO cast_once VALUES (3)")
            cancelling.join()
            run_on(own, "SELECT count(*) FROM cast_once")  # the same connection, and reading waits for nobody
            administrator.execute("ALTER SYSTEM SET synchronous_standby_names = ''")
            administrator.execute("SELECT pg_reload_conf()")
            run_on(own, BARRIER)


def run_on(wrapper: DatabaseWrapper, sql: str) -> None:
    with wrapper.cursor() as cursor:
        cursor.execute(sql)


def in_transaction(wrapper: DatabaseWrapper) -> None:
    usual = connections["default"]
    connections["default"] = wrapper
    try:
        with atomic():
            in_session("INSERT INTO cast_once VALUES (2)")
    finally:
        connections["default"] = usual


def cancel(place: dict) -> None:
    """End the wait of whoever waits for the standby, as any session of the same role may."""
    with closing(psycopg2.connect(**place)) as other, other.cursor() as cursor:
        other.autocommit = True
        cursor.execute("SET statement_timeout = '20s'")
        cursor.execute(
            """DO $$ BEGIN
                 WHILE NOT EXISTS (SELECT FROM pg_stat_activity WHERE wait_event = 'SyncRep' AND query LIKE '%(3)%'
                                   AND pid <> pg_backend_pid())
                 LOOP PERFORM pg_stat_clear_snapshot(), pg_sleep(0.02); END LOOP;
               END $$"""
        )
        cursor.execute(
            "SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE wait_event = 'SyncRep' AND query LIKE '%(3)%'"
        )


# --- readiness and settings -------------------------------------------------------------------------------------
@pytest.mark.postgres_only
def test_a_cluster_that_cannot_acknowledge_says_in_words_why(cluster, phone):
    with connection.cursor() as cursor:
        cursor.execute("SHOW synchronous_standby_names")
        unheard = ["synchronous"] if cursor.fetchone() == ("",) else []  # none where the suite asks a cluster
    assert phone.get("/readyz").json()["missing"] == unheard
    run("CREATE FUNCTION kbnn_synchronous_standbys() RETURNS integer LANGUAGE sql AS 'SELECT 0'")
    told = phone.get("/readyz").json()
    assert told["missing"] == [*unheard, "standby"]
    assert "Không có máy dự phòng" in told["words"]["standby"]
    assert "phieu_synchronous_standbys 0.0" in phone.get("/metrics").content.decode()
    in_session("SET default_transaction_read_only = on")
    told = phone.get("/readyz").json()
    assert told["missing"] == ["read-only"]
    assert "chỉ cho đọc" in told["words"]["read-only"]


def test_a_cluster_is_a_cluster_of_postgresql(monkeypatch, tmp_path):
    monkeypatch.setenv("DATABASE_URL", "postgres://phieu_app@127.0.0.1:5000/phieu")
    entry = env.database(tmp_path, cluster=True)
    assert entry["ENGINE"] == "kbnn_survey.postgresql"
    assert "client_min_messages=warning" in entry["OPTIONS"]["options"]
    assert env.database(tmp_path)["ENGINE"] == "django.db.backends.postgresql"
    monkeypatch.setenv("DATABASE_URL", "sqlite:///somewhere")
    with pytest.raises(ImproperlyConfigured):
        env.database(tmp_path, cluster=True)


def test_not_knowing_is_an_error_of_operation_like_a_lost_connection():
    assert issubclass(NotReplicated, OperationalError)
