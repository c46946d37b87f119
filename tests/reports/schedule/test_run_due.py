"""`manage.py run_due`: each scheduled job once a day, by whichever scheduler comes first."""

import logging
import os
import signal
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection, connections

from reports.models import DueRun, MonthCell
from reports.schedule import daily
from reports.schedule.rounds import run_round, run_rounds
from surveys.audit import Action
from surveys.campaigns import invitations, mailings
from surveys.choices import SlipChannel, SlipState
from surveys.models import AuditEntry, Ballot, Batch, BoxedBallot, Slip
from tests import campaigns, make

pytestmark = pytest.mark.django_db(transaction=True)

EVENING = make.at(11, 19)
CLOSING_DAY = make.at(4, 1, month=12)


def states():
    return sorted(Slip.objects.values_list("state", flat=True))


# ── The nightly mix ────────────────────────────────────────────────────────────────────


def test_ballots_are_mixed_and_counted_in_the_evening_and_not_before(counter, kind):
    make.ballots(10, at=counter, kind=kind)
    assert run_round(now=EVENING - timedelta(seconds=1))
    assert not Ballot.objects.exists()
    assert run_round(now=EVENING)
    assert MonthCell.objects.get().valid == 10


def test_a_box_is_mixed_once_an_evening(counter, kind):
    make.ballots(10, at=counter, kind=kind)
    run_round(now=EVENING)
    make.ballots(10, at=counter, kind=kind)
    run_round(now=EVENING + timedelta(minutes=1))
    assert Ballot.objects.count() == 10
    run_round(now=EVENING + timedelta(days=1))
    assert Ballot.objects.count() == 20


def test_a_job_that_another_scheduler_has_taken_is_left_to_it(counter, kind):
    make.ballots(10, at=counter, kind=kind)
    job = {"job": f"mix {counter.box_office.code} 2026-11", "due_on": EVENING.date()}
    assert DueRun.objects.claim(**job, now=EVENING)
    run_round(now=EVENING + timedelta(minutes=1))
    assert not Ballot.objects.exists()


def test_a_job_that_broke_off_is_taken_up_again_later(counter, kind):
    make.ballots(10, at=counter, kind=kind)
    job = {"job": f"mix {counter.box_office.code} 2026-11", "due_on": EVENING.date()}
    DueRun.objects.claim(**job, now=EVENING)
    run_round(now=EVENING + timedelta(minutes=10))
    assert Ballot.objects.count() == 10
    assert DueRun.objects.get(job__startswith="mix ").done_at == EVENING + timedelta(minutes=10)


def test_a_done_job_is_never_taken_again():
    job = {"job": "mix HB 2026-11", "due_on": EVENING.date()}
    DueRun.objects.claim(**job, now=EVENING)
    DueRun.objects.done(**job, now=EVENING)
    assert not DueRun.objects.claim(**job, now=EVENING + timedelta(hours=3))


def test_what_was_kept_for_half_an_hour_is_gone_within_a_minute_of_it():
    cache.set("table-1-of-names-and-addresses", b"x", timeout=-60)
    run_round(now=EVENING)
    with connection.cursor() as cursor:
        cursor.execute("SELECT COUNT(*) FROM django_cache WHERE cache_key LIKE '%names%'")
        assert cursor.fetchone() == (0,)


def test_letters_that_wait_are_sent_in_every_round_and_what_goes_wrong_with_them_stops_nothing_else(
    counter, kind, monkeypatch, mailoutbox, caplog
):
    unit = campaigns.campaign(make.office("SL")).units.get()
    invitations.invite(unit=unit, name="Đợt 1", organisations=[("A", "a@x.vn")], by=None, now=make.NOW)
    make.ballots(10, at=counter, kind=kind)
    mailings.remind(unit=unit, by=None, now=make.NOW)
    with monkeypatch.context() as broken, caplog.at_level(logging.ERROR):
        broken.setattr("surveys.campaigns.mailings.REMINDER", None)
        assert run_round(now=EVENING)
    assert (Ballot.objects.count(), mailoutbox) == (10, [])
    assert [record.getMessage() for record in caplog.records] == ["letters to the invited put off"]
    run_round(now=EVENING + 2 * mailings.SILENCE)
    assert [letter.to for letter in mailoutbox] == [["a@x.vn"]]


def test_a_tampered_box_is_told_once_an_evening_and_the_others_are_mixed(counter, kind):
    make.ballots(10, at=counter, kind=kind)
    make.ballots(10, at=make.counter("Q1"), kind=kind)
    make.edited_by_hand(BoxedBallot.objects.filter(office=counter.box_office).first())
    assert run_round(now=EVENING) is False
    assert run_round(now=EVENING + timedelta(hours=1)) is True
    told = AuditEntry.objects.order_by("action").values_list("action", flat=True)
    assert list(told) == [
        Action.BOX_TAMPERED,
        Action.BOX_UNOPENABLE,
    ]  # by the mix, and by the look into the boxes
    assert Ballot.objects.exclude(office=counter.box_office).count() == Ballot.objects.count() == 10


# ── Closing ────────────────────────────────────────────────────────────────────────────


def test_from_the_fourth_unused_slips_expire_and_what_is_left_is_released(counter, kind):
    make.ballots(7, at=counter, kind=kind)
    make.ballots(6, at=counter, kind=make.procedure("P2"))
    make.issued(at=counter, kind=kind)
    run_round(now=CLOSING_DAY - timedelta(hours=2))
    assert (states().count(SlipState.ISSUED), Batch.objects.count()) == (1, 0)
    assert run_round(now=CLOSING_DAY)
    assert states() == [SlipState.USED] * 13 + [SlipState.EXPIRED]
    assert Batch.objects.get().is_closing
    assert [(cell.counter, cell.procedure, cell.valid) for cell in MonthCell.objects.all()] == [
        ("Q1", "", 13)
    ]


def test_a_period_is_closed_once(counter, kind):
    make.ballots(10, at=counter, kind=kind)
    run_round(now=CLOSING_DAY)
    run_round(now=CLOSING_DAY + timedelta(days=1))
    assert Batch.objects.count() == 1
    assert DueRun.objects.count() == 1


def test_a_period_of_which_nothing_came_back_is_closed_too(counter, kind):
    make.issued(at=counter, kind=kind)
    run_round(now=CLOSING_DAY)
    assert (states(), Batch.objects.get().ballots) == ([SlipState.EXPIRED], 0)


def test_a_period_waits_for_its_paper(counter, kind):
    make.ballots(10, at=counter, kind=kind)
    paper = make.issued(at=counter, kind=kind, channel=SlipChannel.PAPER)
    run_round(now=CLOSING_DAY)
    assert not Batch.objects.exists()
    Slip.objects.filter(pk=paper.slip.pk).update(state=SlipState.USED)
    run_round(now=CLOSING_DAY + timedelta(minutes=1))
    assert Batch.objects.get().is_closing


def test_the_running_month_is_not_closed_with_the_last_one(counter, kind):
    make.ballots(10, at=counter, kind=kind)
    make.ballots(10, at=counter, kind=kind, now=make.at(3, month=12))
    run_round(now=CLOSING_DAY)
    assert list(Batch.objects.values_list("period", "is_closing")) == [("2026-11", True)]
    assert BoxedBallot.objects.count() == 10


# ── The command and its loop ───────────────────────────────────────────────────────────


def test_the_hour_may_be_given_and_is_vietnamese_time(counter, kind):
    make.ballots(10, at=counter, kind=kind)
    call_command("run_due", "--at", "2026-11-11T18:59")
    assert not Ballot.objects.exists()
    call_command("run_due", "--at", "2026-11-11T19:00")
    assert Ballot.objects.count() == 10


def test_the_command_fails_when_a_box_was_tampered_with(counter, kind):
    make.ballots(10, at=counter, kind=kind)
    make.edited_by_hand(BoxedBallot.objects.first())
    with pytest.raises(CommandError, match="Có việc chưa làm được"):
        call_command("run_due", "--at", "2026-11-11T19:00")


def test_the_loop_outlives_a_database_that_is_away_and_keeps_no_connection(
    counter, kind, monkeypatch, caplog
):
    make.ballots(10, at=counter, kind=kind)
    monkeypatch.setattr("reports.schedule.rounds.SECONDS_BETWEEN_ROUNDS", 0)
    rounds = []

    def clock():
        """The first round finds no database, the second is the last."""
        rounds.append(connections["default"].connection)
        if len(rounds) == 1:
            raise OperationalError("server closed the connection unexpectedly\nHINT: it was restarted")
        return EVENING

    with caplog.at_level(logging.ERROR):
        run_rounds(clock=clock, is_over=lambda: len(rounds) == 2)
    assert rounds[1] is None, "a connection was kept between two rounds"
    assert Ballot.objects.count() == 10
    assert [record.getMessage() for record in caplog.records] == [
        "scheduled work put off, database error: server closed the connection unexpectedly"
    ]


class EndAtFirstLine(logging.Handler):
    """Tells this very process to end as soon as a job was done."""

    def emit(self, record):
        os.kill(os.getpid(), signal.SIGTERM)


def test_the_loop_finishes_its_round_and_ends_when_the_process_is_told_to(counter, kind):
    make.ballots(10, at=counter, kind=kind)
    usual = {name: signal.getsignal(name) for name in (signal.SIGTERM, signal.SIGINT)}
    ending = EndAtFirstLine()
    daily.log.addHandler(ending)
    try:
        call_command("run_due", "--loop", "--at", "2026-11-11T19:00")
    finally:
        daily.log.removeHandler(ending)
        for name, handler in usual.items():
            signal.signal(name, handler)
    assert DueRun.objects.get(job__startswith="mix ").done_at == EVENING
    assert Ballot.objects.count() == 10
