"""The roles of a PostgreSQL server: the application's cannot undo what it wrote, the reader sees figures and no box."""

from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import Error, connection, transaction
from django.db.migrations.recorder import MigrationRecorder

from reports import closing
from reports.models import MonthCell, Seal
from reports.schedule import mixer
from reports.schedule.rounds import run_mixer_round
from reports.silent import closing as silent_closing
from reports.silent import letters as silent_letters
from surveys import paper
from surveys.box import mixing
from surveys.choices import Role, SlipState
from surveys.database import grants, triggers
from surveys.models import Ballot, BoxedBallot, UnreadBallot
from surveys.periods import Month
from tests import make
from tests.reports.silent import follow_ups as few

pytestmark = [pytest.mark.django_db, pytest.mark.postgres_only]


@pytest.fixture
def roles(settings):
    """Both roles, with the rights they have in an office. What the test does is undone, the roles with it."""
    name = connection.settings_dict[
        "NAME"
    ]  # roles belong to the whole server, and another test database may be at it
    settings.DATABASE_APP_ROLE, settings.DATABASE_READER_ROLE = f"{name}_app", f"{name}_ro"
    run(f'CREATE ROLE "{name}_app"; CREATE ROLE "{name}_ro"; CREATE ROLE "{name}_mix"')
    grants.settle()
    return {"app": f"{name}_app", "reader": f"{name}_ro", "mixer": f"{name}_mix"}


@pytest.fixture
def become(roles):
    yield lambda role: run(f'SET LOCAL ROLE "{roles[role]}"')
    run("RESET ROLE")


@pytest.fixture
def sealed():
    """One sealed month with a ballot in every list that is guarded."""
    counter, kind = make.counter(), make.procedure()
    make.ballots(12, at=counter, kind=kind)
    make.sealed(counter)
    return counter


def run(sql):
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchall() if cursor.description else None


def refusal(sql) -> str:
    """The first line of what the server answered; '' when it did as it was told."""
    try:
        with transaction.atomic():
            run(sql)
    except Error as error:
        return str(error).partition("\n")[0]
    return ""


def guarded() -> list[str]:
    return [model._meta.db_table for model in triggers.guarded(connection)]


def test_the_application_s_role_casts_mixes_closes_and_seals(become):
    counter, kind = make.counter(), make.procedure()
    become("app")
    make.ballots(11, at=counter, kind=kind)
    make.ballots(3, at=counter, kind=kind, time=0)
    assert mixing.mix(office=counter.box_office, period=Month(2026, 11), now=make.NOW).ballots == 14
    run("SET CONSTRAINTS ALL IMMEDIATE")  # in one transaction, what a night does in several
    mixing.scrub_box()
    paper.scrub_piles()
    sealed = make.sealed(counter)
    assert (Ballot.objects.count(), BoxedBallot.objects.count()) == (14, 0)
    assert Seal.objects.get() == sealed


def test_the_application_s_role_may_not_change_what_stands(sealed, become):
    tables = guarded()
    become("app")
    for table in tables:
        for verb in (
            f'DELETE FROM "{table}"',
            f'TRUNCATE "{table}" CASCADE',
            f'ALTER TABLE "{table}" DISABLE TRIGGER ALL',
        ):
            assert "permission denied" in refusal(verb) or "must be owner" in refusal(verb), verb
    assert "permission denied" in refusal("UPDATE surveys_ballot SET answers = '{}'")
    assert "permission denied" in refusal("UPDATE surveys_receipt SET hash = ''")


@pytest.mark.parametrize(
    "trick",
    [
        "ALTER TABLE surveys_ballot DISABLE TRIGGER kbnn_keep_surveys_ballot_r",
        "DROP TRIGGER kbnn_keep_surveys_ballot_r ON surveys_ballot",
        "CREATE OR REPLACE FUNCTION kbnn_keep_surveys_ballot() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$",
        "SET session_replication_role = replica",
        "DROP TABLE surveys_ballot CASCADE",
        "ALTER TABLE surveys_ballot OWNER TO CURRENT_USER",
        "INSERT INTO django_migrations (app, name, applied) VALUES ('surveys', '9999', now())",
        "INSERT INTO surveys_ballot SELECT * FROM surveys_ballot ON CONFLICT (id) DO UPDATE SET answers = '{}'",
        "COPY surveys_ballot TO PROGRAM 'cat'",
    ],
)
def test_the_application_s_role_gets_round_no_guard(sealed, become, trick):
    become("app")
    assert refusal(trick)


def test_a_ballot_s_words_are_all_that_its_rights_reach_and_the_trigger_holds_them(sealed, become):
    become("app")
    assert "append-only table" in refusal("UPDATE surveys_ballot SET extra = NULL, salt = NULL")


def test_the_reader_reads_figures(sealed, become):
    become("reader")
    assert run("SELECT count(*) FROM surveys_ballot")[0][0] == 12
    assert run("SELECT state, count(*) FROM surveys_slip GROUP BY state") == [(SlipState.USED, 12)]
    assert run("SELECT sum(valid) FROM reports_monthcell")
    assert run("SELECT text FROM reports_seal")[0][0].startswith("kbnn-seal-v1")


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM surveys_boxedballot",
        "SELECT code_mac FROM surveys_slip",
        "SELECT short_mac FROM surveys_slip",
        "SELECT id FROM surveys_slip",
        "SELECT xmin FROM surveys_slip",
        "SELECT extra FROM surveys_ballot",
        "SELECT xmin FROM surveys_ballot",
        "SELECT * FROM surveys_spent",
        "SELECT * FROM surveys_transaction",
        "SELECT password FROM surveys_user",
        "SELECT * FROM django_session",
        "SELECT * FROM django_cache",
        "INSERT INTO surveys_receipt (office_id, period, hash) VALUES (1, '2026-11', '')",
        "UPDATE reports_monthcell SET valid = 0",
    ],
)
def test_the_reader_sees_neither_box_nor_fingerprints_nor_accounts_and_writes_nothing(sealed, become, sql):
    become("reader")
    assert "permission denied" in refusal(sql)


# ── A role for the mixer alone ─────────────────────────────────────────────────────────


@pytest.fixture
def mixer_apart(roles, settings):
    settings.DATABASE_MIXER_ROLE = roles["mixer"]
    grants.settle()


def test_the_mixer_s_role_closes_and_counts_what_the_application_s_role_took(mixer_apart, become):
    counter, kind = make.counter(), make.procedure()
    box = counter.box_office
    member = make.user(Role.COUNTING, of=box)
    become("app")
    make.ballots(11, at=counter, kind=kind)
    make.ballots(3, at=counter, kind=kind, time=0)
    then = make.at(4, 9, month=12)
    closing.close_by_hand(office=box, period=Month(2026, 11), user=member, now=then)
    run("SET CONSTRAINTS ALL IMMEDIATE")
    become("mixer")
    run_mixer_round(now=make.at(11, 12))
    assert mixer.work_off(clock=lambda: then) == 1
    assert (Ballot.objects.count(), BoxedBallot.objects.count()) == (14, 0)
    assert MonthCell.objects.get().valid == 14


@pytest.mark.parametrize(("is_closed", "reason"), [(False, "few"), (True, "late")])
def test_the_mixer_s_role_destroys_letters_that_are_few_or_late(mixer_apart, become, is_closed, reason):
    commitment, inspector = few.drawn()
    made = few.sent(commitment, inspector)
    few.answer(few.codes()[0], made.sent_at)
    now = few.over(made) + timedelta(days=1)
    silent_letters.end(letters=silent_letters.over(now=now).get(), now=now)
    if is_closed:
        asked = {"commitment": few.known(), "user": inspector, "now": now}
        silent_closing.close(satisfied=10, dissatisfied=1, **asked)
    run("SET CONSTRAINTS ALL IMMEDIATE")
    become("mixer")
    assert mixer.work_off(clock=lambda: now) == 1
    run("RESET ROLE")
    assert list(UnreadBallot.objects.values_list("reason", flat=True)) == [reason]
    assert not BoxedBallot.objects.filter(period=made.campaign.slug).exists()


def test_beside_a_mixer_the_application_s_role_takes_nothing_out_of_the_box_and_releases_nothing(
    mixer_apart, become
):
    counter, kind = make.counter(), make.procedure()
    make.ballots(11, at=counter, kind=kind)
    become("app")
    for verb in (
        "DELETE FROM surveys_boxedballot",
        "UPDATE surveys_boxedballot SET tag = ''",
        "TRUNCATE surveys_boxedballot",
        "INSERT INTO surveys_receipt (office_id, period, hash) VALUES (1, '2026-11', '')",
        "INSERT INTO surveys_ballot SELECT * FROM surveys_ballot",
        "INSERT INTO surveys_batch SELECT * FROM surveys_batch",
        "UPDATE surveys_boxpair SET public = ''",
        "UPDATE surveys_boxjob SET ended_at = now()",
    ):
        assert "permission denied" in refusal(verb), verb
    assert run("SELECT count(*) FROM surveys_boxedballot") == [(11,)]


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM surveys_spent",
        "SELECT password FROM surveys_user",
        "SELECT * FROM surveys_transaction",
        "SELECT places FROM reports_silentletters",
        "SELECT satisfied FROM reports_silentresult",
        "SELECT * FROM django_session",
        "UPDATE surveys_slip SET code_mac = ''",
        "DELETE FROM surveys_ballot",
        "UPDATE surveys_ballot SET extra = NULL",
    ],
)
def test_the_mixer_s_role_reads_no_accounts_and_no_moments_and_changes_no_ballot(mixer_apart, become, sql):
    become("mixer")
    assert "permission denied" in refusal(sql)


def test_every_table_and_column_that_is_named_is_there():
    existing = set(connection.introspection.table_names())
    named = grants.SCRUBBED | grants.FIGURES | set(grants.FIGURES_IN_PART) | set(grants.CHANGEABLE)
    named |= set(grants.MIXER) | set(grants.BESIDE_MIXER)
    assert named <= existing


def test_once_more_changes_nothing_and_a_right_that_was_given_by_hand_is_taken_back(roles, become):
    run(
        f'GRANT ALL ON surveys_ballot TO "{roles["app"]}"; GRANT SELECT ON surveys_boxedballot TO "{roles["reader"]}"'
    )
    grants.settle()
    grants.settle()
    become("app")
    assert "permission denied" in refusal("DELETE FROM surveys_ballot")


def test_whoever_does_not_own_the_tables_prepares_a_node_without_touching_them(become, settings, tmp_path):
    settings.STATIC_ROOT = tmp_path
    become("app")
    assert not grants.owns_tables()
    call_command("prepare", verbosity=0)


def test_a_node_that_is_newer_than_the_tables_is_not_prepared(become, settings, tmp_path):
    settings.STATIC_ROOT = tmp_path
    recorder = MigrationRecorder(connection)
    newest = recorder.migration_qs.filter(app="surveys").latest("name")
    recorder.record_unapplied(newest.app, newest.name)
    become("app")
    with pytest.raises(CommandError, match="DATABASE_OWNER_URL"):
        call_command("prepare", verbosity=0)


def test_nothing_is_granted_where_one_role_does_everything(settings):
    settings.DATABASE_APP_ROLE = ""
    grants.settle()
    assert run("SELECT count(*) FROM information_schema.role_table_grants WHERE grantee LIKE '%_app'") == [
        (0,)
    ]
