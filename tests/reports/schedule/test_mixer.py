"""What the pages ask of the mixer, what it says of itself, and what it notices between the nights."""

from __future__ import annotations

import json
import shutil
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from reports import closing
from reports.counting_room import decisions
from reports.models import ProposalKind
from reports.schedule import mixer
from reports.schedule.rounds import run_mixer_round, run_round
from surveys.box import inspection, jobs
from surveys.box.inspection import Look
from surveys.choices import Role
from surveys.crypto import box_keys, envelopes, keys
from surveys.models import AuditEntry, Ballot, Batch, BoxedBallot, BoxJob, BoxPair, BoxTrouble, VoidMark
from surveys.models.box_jobs import BoxJobEnd, BoxJobKind, BoxJobStep
from surveys.periods import Month
from tests import campaigns, make

pytestmark = pytest.mark.django_db(transaction=True)

NOVEMBER = Month(2026, 11)
THEN = make.at(4, 9, month=12)


@pytest.fixture
def box(counter):
    return counter.box_office


@pytest.fixture
def member(box):
    return make.user(Role.COUNTING, of=box)


@pytest.fixture
def own_keys(settings, tmp_path):
    """Keys of this test alone: the directory of the pages and that of the mixer."""
    settings.KEYS_DIR = Path(shutil.copytree(settings.KEYS_DIR, tmp_path / "web"))
    settings.MIX_KEYS_DIR = Path(shutil.copytree(settings.MIX_KEYS_DIR, tmp_path / "mixer"))
    for folder in (settings.KEYS_DIR, settings.MIX_KEYS_DIR):
        folder.chmod(0o700)
    keys.forget()
    yield settings
    keys.forget()


def asked(box, member):
    return closing.close_by_hand(office=box, period=NOVEMBER, user=member, now=THEN)


def work_off() -> int:
    return mixer.work_off(clock=lambda: THEN)


# ── What the pages ask ─────────────────────────────────────────────────────────────────


def test_closing_by_hand_is_done_by_the_mixer_and_written_down_under_the_name_of_who_asked(
    counter, kind, box, member
):
    make.ballots(12, at=counter, kind=kind)
    asked(box, member)
    assert not Batch.objects.exists()  # nothing is opened where it was asked for
    assert work_off() == 1
    job = BoxJob.objects.get()
    assert (job.end, job.ballots, job.opened, job.of) == (BoxJobEnd.DONE, 12, 12, 12)
    assert Batch.objects.get().is_closing
    entry = AuditEntry.objects.get(action="period_closed")
    assert (entry.actor, json.loads(entry.detail)) == (member, {"ballots": 12})
    assert work_off() == 0


def test_the_page_sees_how_far_the_mixer_is(counter, kind, box, member, monkeypatch):
    make.ballots(12, at=counter, kind=kind)
    asked(box, member)
    seen = []
    monkeypatch.setattr("surveys.box.opening.ROWS_AT_ONCE", 5)

    def clock():
        seen.append(BoxJob.objects.values_list("step", "opened", "of").get())
        return THEN

    mixer.work_off(clock=clock)
    assert (BoxJobStep.OPENING, 5, 12) in seen
    assert (BoxJobStep.OPENING, 10, 12) in seen
    assert (BoxJobStep.MIXING, 12, 12) in seen


def test_asked_twice_it_is_once_done(counter, kind, box, member):
    make.ballots(12, at=counter, kind=kind)
    assert asked(box, member) == asked(box, member)
    work_off()
    assert (BoxJob.objects.count(), Batch.objects.count(), Ballot.objects.count()) == (1, 1, 12)


@pytest.mark.parametrize("asked_for", [BoxJobKind.CLOSING, BoxJobKind.CAMPAIGN])
def test_whoever_writes_a_job_into_the_database_has_no_open_month_opened_ballot_by_ballot(
    counter, kind, box, asked_for
):
    make.ballots(1, at=counter, kind=kind)
    for now in (make.NOW, make.at(3, 9, month=12), THEN):
        jobs.ask(office=box, period=NOVEMBER, kind=asked_for, by=None, now=now)
        mixer.work_off(clock=lambda now=now: now)

    ends = list(BoxJob.objects.order_by("pk").values_list("end", flat=True))
    last = BoxJobEnd.DONE if asked_for == BoxJobKind.CLOSING else BoxJobEnd.FAILED
    assert ends == [BoxJobEnd.FAILED, BoxJobEnd.FAILED, last]
    assert Ballot.objects.count() == (last == BoxJobEnd.DONE)


@pytest.mark.parametrize("asked_for", [BoxJobKind.CLOSING, BoxJobKind.CAMPAIGN])
def test_nor_an_open_campaign(box, asked_for):
    campaigns.campaign(box, slug="mo")
    jobs.ask(office=box, period="mo", kind=asked_for, by=None, now=THEN)

    work_off()

    assert (BoxJob.objects.get().end, Batch.objects.exists()) == (BoxJobEnd.FAILED, False)


def test_a_job_whose_mixer_died_is_taken_up_by_the_next(counter, kind, box, member):
    make.ballots(12, at=counter, kind=kind)
    asked(box, member)
    assert jobs.take(now=THEN)  # and then its process is killed
    assert jobs.take(now=THEN + timedelta(seconds=30)) is None
    mixer.work_off(clock=lambda: THEN + timedelta(minutes=3))
    assert (BoxJob.objects.get().end, Ballot.objects.count()) == (BoxJobEnd.DONE, 12)


def test_a_mixer_killed_after_the_mix_and_before_it_said_so_mixes_nothing_twice(counter, kind, box, member):
    make.ballots(12, at=counter, kind=kind)
    asked(box, member)
    jobs.take(now=THEN)
    closing.mix_box(office=box, period=NOVEMBER, now=THEN, closing=True)  # done, then killed
    mixer.work_off(clock=lambda: THEN + timedelta(minutes=3))
    assert (BoxJob.objects.get().end, Batch.objects.count(), Ballot.objects.count()) == (
        BoxJobEnd.DONE,
        1,
        12,
    )


def test_a_box_with_a_damaged_row_ends_the_job_and_opens_nothing(counter, kind, box, member):
    make.ballots(12, at=counter, kind=kind)
    make.edited_by_hand(BoxedBallot.objects.first())
    asked(box, member)
    work_off()
    assert BoxJob.objects.get().end == BoxJobEnd.TAMPERED
    assert not Ballot.objects.exists()
    asked(box, member)  # may be asked again
    assert BoxJob.objects.open().count() == 1


def test_what_two_persons_decided_of_a_damaged_row_the_mixer_does(counter, kind, box, member):
    make.ballots(12, at=counter, kind=kind)
    make.edited_by_hand(BoxedBallot.objects.first())
    run_round(now=THEN)
    inspector = make.user(Role.INSPECTOR, of=box)
    facts = {"office": box, "period": NOVEMBER, "reason": "Lý do", "now": THEN}
    proposal = decisions.propose(kind=ProposalKind.DAMAGED, user=inspector, **facts)
    decisions.decide(proposal=proposal, user=member, accept=True, now=THEN)
    assert BoxJob.objects.get().kind == BoxJobKind.DAMAGED
    asks = {"office": box, "period": NOVEMBER, "user": member, "now": THEN}
    with pytest.raises(jobs.MixerBusy):
        closing.close_by_hand(**asks)
    work_off()
    closing.close_by_hand(**asks)
    work_off()
    mark = VoidMark.objects.get()
    assert (mark.first, mark.second, Ballot.objects.count()) == (inspector, member, 12)
    assert not BoxTrouble.objects.exists()


def test_a_row_under_a_true_tag_that_does_not_open_is_damaged_too(counter, kind, box):
    """Whoever holds the MAC key and may write to the database, but has no opening key."""
    from surveys.box import boxed
    from surveys.crypto import codes

    make.ballots(12, at=counter, kind=kind)
    row = BoxedBallot.objects.first()
    row.sealed = bytes(row.sealed)[:-1] + bytes([bytes(row.sealed)[-1] ^ 1])
    row.tag = codes.box_tag(keys.box_key(), *boxed.tag_fields(row))
    row.save()
    run_round(now=make.NOW)
    trouble = BoxTrouble.objects.get()
    assert (trouble.office, trouble.damaged, trouble.keyless) == (box, 1, 0)
    assert decisions.damaged_rows(box, NOVEMBER) == 1
    assert AuditEntry.objects.filter(action="box_unopenable", office=box).count() == 1


# ── Keys ───────────────────────────────────────────────────────────────────────────────


def missing(client) -> list[str]:
    return client.get("/readyz").json()["missing"]


def minutes(number: int):
    """The rounds of so many minutes, one after the other, by one mixer that runs on."""
    look = Look()
    for minute in range(number):
        run_mixer_round(now=make.NOW + timedelta(minutes=minute), look=look)


def test_a_public_key_that_is_not_the_mixer_s_is_noticed_within_a_quarter_of_an_hour(
    counter, kind, own_keys, client
):
    minutes(1)
    assert missing(client) == []
    stranger = envelopes.public_of(envelopes.new_opening_key())
    box_keys.write_public_key(own_keys.KEYS_DIR, stranger)
    keys.forget()
    assert missing(client) == ["box-key"]  # a server that reads its key anew is not ready at once
    make.ballots(1, at=counter, kind=kind)  # one that does not, or does not ask, still seals
    minutes(15)
    assert (BoxTrouble.objects.get().keyless, BoxTrouble.objects.get().damaged) == (1, 0)
    assert AuditEntry.objects.filter(action="box_unopenable").count() == 1


def test_what_the_mixer_says_of_its_key_is_believed_under_its_own_signature_only(own_keys, client):
    minutes(1)
    stranger = envelopes.public_of(envelopes.new_opening_key())
    BoxPair.objects.update(public=stranger.hex())
    assert inspection.announced_key() is None
    assert missing(client) == []  # whoever may write to the database cannot talk a server out of its key


def test_a_lost_opening_key_is_told_at_once_with_what_it_means(counter, kind, own_keys, client, caplog):
    make.ballots(10, at=counter, kind=kind)
    minutes(1)
    kept = box_keys.opening_key(own_keys.MIX_KEYS_DIR, keys.opened_public_key())
    for path in own_keys.MIX_KEYS_DIR.glob("box-open-*.key"):
        path.unlink()
    assert run_mixer_round(now=make.at(11, 19)) is False
    assert missing(client) == ["opening-key"]
    assert "every waiting ballot is lost" in caplog.text
    assert not Ballot.objects.exists()
    box_keys.hold(own_keys.MIX_KEYS_DIR, kept)  # from its letters
    run_mixer_round(now=make.at(11, 19, 10))
    assert missing(client) == []
    assert Ballot.objects.count() == 10


def test_after_a_rotation_what_waits_under_the_old_key_is_opened_and_sealed_to_the_new_one(
    counter, kind, own_keys
):
    make.ballots(4, at=counter, kind=kind)
    old = keys.box_public_key()
    new = box_keys.rotate(own_keys.MIX_KEYS_DIR, on=make.NOW.date())
    box_keys.write_public_key(own_keys.KEYS_DIR, new)
    keys.forget()
    make.ballots(4, at=counter, kind=kind)
    named = {envelopes.key_id_of(bytes(row.sealed)) for row in BoxedBallot.objects.all()}
    assert named == {envelopes.key_id(old), envelopes.key_id(new)}
    run_mixer_round(now=make.at(11, 19))  # one night
    assert {envelopes.key_id_of(bytes(row.sealed)) for row in BoxedBallot.objects.all()} == {
        envelopes.key_id(new)
    }
    assert len(make.waiting()) == 8
    assert BoxPair.objects.last().public == new.hex()


def test_nothing_is_opened_twice_between_two_nights(counter, kind):
    make.ballots(3, at=counter, kind=kind)
    look = Look()
    look.into_boxes(now=make.NOW)
    first = set(look.sound)
    make.ballots(2, at=counter, kind=kind)
    look.into_boxes(now=make.NOW + timedelta(minutes=5))
    assert len(first) == 3
    assert first < look.sound
    assert len(look.sound) == 5


# ── Two users of the system ────────────────────────────────────────────────────────────


@pytest.fixture
def separate(own_keys):
    """The pages' process of a server with a user for the mixer: it cannot read the opening key."""
    hidden = own_keys.MIX_KEYS_DIR.rename(own_keys.MIX_KEYS_DIR.with_name("elsewhere"))
    own_keys.SEPARATE_MIXER = True
    yield own_keys
    hidden.rename(own_keys.MIX_KEYS_DIR)
    own_keys.SEPARATE_MIXER = False


def test_the_pages_process_casts_closes_and_opens_nothing(counter, kind, box, member, separate):
    make.ballots(12, at=counter, kind=kind)
    assert run_round(now=make.at(11, 19))  # its part of the night leaves the boxes alone
    assert not Ballot.objects.exists()
    asked(box, member)
    with pytest.raises(keys.KeyMissing):
        make.waiting()
    with pytest.raises(keys.KeyMissing):
        closing.mix_box(office=box, period=NOVEMBER, now=THEN, closing=True)
    assert BoxedBallot.objects.count() == 12


def test_a_pages_process_that_could_open_a_ballot_is_not_ready(own_keys, client):
    own_keys.SEPARATE_MIXER = True
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["missing"]) == (503, ["opening-key-exposed"])


def test_where_one_user_does_both_that_is_a_warning(client):
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["warnings"]) == (200, ["one-user"])


def test_the_mixer_by_itself_runs_only_where_it_has_a_user_of_its_own(counter, kind, own_keys):
    with pytest.raises(CommandError, match="SEPARATE_MIXER"):
        call_command("run_mixer")
    own_keys.SEPARATE_MIXER = True
    make.ballots(10, at=counter, kind=kind)
    call_command("run_mixer", at=make.at(11, 19))
    assert Ballot.objects.count() == 10
