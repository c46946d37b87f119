"""The silent are committed to with the seal, drawn by a number that comes after it, and asked by the inspector alone."""

from __future__ import annotations

import shutil
from datetime import timedelta
from fractions import Fraction

import pytest
from django.db import DatabaseError
from django.db.transaction import atomic

from reports.arithmetic.follow_up_bound import most_bad_among
from reports.models import FollowUpChoice, SilentCommitment, SilentDraw, SilentResult
from reports.publication import check_follow_up, folder
from reports.publication import silent as published_silent
from reports.silent import asking, closing, errors
from surveys import evidence
from surveys.choices import Role, SlipState
from surveys.crypto import keys
from surveys.database import retention
from surveys.models import AuditEntry, Slip
from surveys.periods import local_day, start_of
from tests import make
from tests.reports.silent.follow_ups import check, sealed_anew

pytestmark = pytest.mark.django_db
ANSWERED, SILENT, PRIZE = 31, 14, "04711"


@pytest.fixture
def inspector(box):
    return make.user(Role.INSPECTOR, of=box)


@pytest.fixture
def box():
    return make.office("HB")


@pytest.fixture
def counter(box):
    return make.counter("Q1", of=make.department(of=box))


def handed_out(counter, silent=SILENT, answered=ANSWERED):
    kind = make.procedure()
    make.ballots(answered, at=counter, kind=kind)
    return make.issued_together(silent, at=counter, kind=kind)


@pytest.fixture
def commitment(box, counter, inspector):
    asking.choose(office=box, number=30, user=inspector, now=make.now())
    handed_out(counter)
    seal = make.sealed(counter)
    return SilentCommitment.objects.standing().get(seal=seal)


@pytest.fixture
def later(commitment):
    return commitment.committed_at + timedelta(days=2)


@pytest.fixture
def asked(commitment, inspector, later):
    """A follow-up that is drawn."""
    asking.draw(commitment=commitment, special_prize=PRIZE, user=inspector, now=later)
    return SilentCommitment.objects.standing().select_related("seal__office", "draw").get()


def closed(asked, inspector, later, satisfied=12, dissatisfied=1):
    totals = {"satisfied": satisfied, "dissatisfied": dissatisfied}
    return closing.close(commitment=asked, user=inspector, now=later, **totals)


def test_an_office_that_did_not_choose_commits_to_nothing(counter):
    handed_out(counter)
    make.sealed(counter)
    assert not SilentCommitment.objects.exists()


def test_the_note_tells_how_many_were_silent_and_no_serial(commitment):
    told = evidence.stated(commitment.text)
    assert (told["silent"], told["called"]) == (str(SILENT), str(SILENT))
    assert told["seal"] == evidence.digest(commitment.seal.text)
    serials = Slip.objects.filter(state=SlipState.EXPIRED).values_list("serial", flat=True)
    assert not any(serial in commitment.note for serial in serials)
    assert set(asking.list_of(commitment).splitlines()[2:]) == set(serials)


def test_the_note_is_signed_by_the_seals_key(commitment):
    public = {line.name: line.public for line in keys.public_keys()}
    assert evidence.open_note(commitment.note, public) == commitment.text


@pytest.mark.parametrize(("silent", "answered"), [(9, 31), (14, 29)])
def test_nothing_is_committed_to_where_few_were_silent_or_few_answered(
    box, counter, inspector, silent, answered
):
    asking.choose(office=box, number=30, user=inspector, now=make.now())
    handed_out(counter, silent, answered)
    make.sealed(counter)
    assert not SilentCommitment.objects.exists()


def test_who_chooses_not_to_ask_any_more_commits_to_nothing(box, counter, inspector):
    for number in (60, 0):
        asking.choose(office=box, number=number, user=inspector, now=make.now())
    handed_out(counter)
    make.sealed(counter)
    assert FollowUpChoice.of(box) == 0
    assert not SilentCommitment.objects.exists()


def test_the_commitment_fixes_the_day_whose_number_draws_however_late_it_is_typed(commitment, inspector):
    day = local_day(commitment.committed_at) + timedelta(days=1)
    assert evidence.stated(commitment.text)["beacon_on"] == day.isoformat()
    late = commitment.committed_at + timedelta(days=9)
    made = asking.draw(commitment=commitment, special_prize=PRIZE, user=inspector, now=late)
    assert made.beacon == f"XSMB {day} GDB {PRIZE}"


def test_nobody_is_drawn_before_the_lottery_is(commitment, inspector):
    drawing = start_of(local_day(commitment.committed_at) + timedelta(days=1)) + timedelta(
        hours=18, minutes=15
    )
    with pytest.raises(errors.BeaconToCome):
        asking.draw(
            commitment=commitment, special_prize=PRIZE, user=inspector, now=drawing - timedelta(minutes=1)
        )
    assert asking.draw(commitment=commitment, special_prize=PRIZE, user=inspector, now=drawing)


def test_nobody_is_drawn_twice(asked, inspector, later):
    with pytest.raises(errors.DrawnAlready):
        asking.draw(commitment=asked, special_prize="00000", user=inspector, now=later)


def test_the_draw_can_be_redone_after_participation_was_erased(asked, box):
    before = asking.redraw(asked)
    retention.erase_participation(office=box, period=asked.seal.period, now=make.now())
    assert asking.redraw(asked) == before
    assert len(before) == SILENT


def test_nothing_is_drawn_from_a_list_that_is_not_the_committed_one(commitment, inspector, later):
    Slip.objects.filter(pk=Slip.objects.filter(state=SlipState.EXPIRED).first().pk).update(serial="ZZZZZZ")
    with pytest.raises(errors.ListChanged):
        asking.draw(commitment=commitment, special_prize=PRIZE, user=inspector, now=later)


def test_nothing_is_drawn_or_closed_after_sixty_days(asked, commitment, inspector):
    late = asked.seal.sealed_at + timedelta(days=61)
    with pytest.raises(errors.TooLate):
        closed(asked, inspector, late)
    with pytest.raises(errors.TooLate):
        asking.draw(commitment=commitment, special_prize=PRIZE, user=inspector, now=late)


def test_nothing_is_closed_before_the_draw(commitment, inspector, later):
    with pytest.raises(errors.NotDrawn):
        closed(commitment, inspector, later)


@pytest.mark.parametrize(
    ("good", "bad", "fact"), [(14, 1, errors.TotalsDoNotFit), (9, 0, errors.TooFewReached)]
)
def test_totals_that_do_not_fit_or_tell_of_few_are_refused(asked, inspector, later, good, bad, fact):
    with pytest.raises(fact):
        closed(asked, inspector, later, good, bad)


def test_what_is_closed_stands(asked, inspector, later):
    closed(asked, inspector, later)
    with pytest.raises(errors.AskedAlready):
        closed(asked, inspector, later, 13, 0)


def test_the_unreached_count_as_dissatisfied(asked, inspector, later, box):
    closed(asked, inspector, later)
    told = asking.standing(asking.known(box, asked.seal.period))
    proved = told.proved
    assert (proved.bad, proved.unreached, proved.most_bad, told.is_void) == (1, 1, 2, False)
    assert proved.low == Fraction(proved.satisfied + SILENT - 2, ANSWERED + SILENT)


def test_a_correction_voids_it(asked, inspector, later, box):
    closed(asked, inspector, later)
    sealed_anew(asked)
    told = asking.standing(asking.known(box, asked.seal.period))
    assert (told.proved, told.is_void) == (None, True)
    with pytest.raises(errors.PeriodCorrected):
        asking.redraw(asked)


def test_every_act_and_look_is_in_the_trail_without_a_serial(asked, inspector, later):
    asking.note_look(asked, user=inspector, now=later)
    closed(asked, inspector, later)
    lines = AuditEntry.objects.filter(
        action__in=["follow_up_chosen", "silent_drawn", "silent_read", "silent_asked"]
    )
    assert lines.count() == 4
    told = " ".join(str(vars(line)) for line in lines)
    assert not any(serial in told for serial in asking.redraw(asked))


@pytest.mark.parametrize("model", [FollowUpChoice, SilentCommitment, SilentDraw, SilentResult])
def test_the_database_keeps_every_row_as_it_is(asked, inspector, later, model):
    closed(asked, inspector, later)
    row = model.objects.get()
    with pytest.raises(DatabaseError), atomic():
        model.objects.filter(pk=row.pk).update(id=row.pk)
    with pytest.raises(DatabaseError), atomic():
        model.objects.filter(pk=row.pk)._raw_delete("default")


@pytest.mark.parametrize(
    ("group", "called", "bad"), [(569, 60, 0), (569, 60, 3), (569, 30, 1), (49, 20, 3), (14, 14, 2)]
)
def test_the_published_program_bounds_as_the_product_does(group, called, bad):
    assert check_follow_up.most_bad(group, called, bad) == most_bad_among(group, called, bad)


def test_the_published_program_recomputes_the_bound(asked, inspector, later, tmp_path):
    closed(asked, inspector, later)
    folder.publish(tmp_path)
    said = check(tmp_path, asked.seal.period)
    assert said.returncode == 0, said.stdout + said.stderr
    assert "ĐẠT" in said.stdout
    note = published_silent.folder_of(tmp_path, "HB", asked.seal.period) / published_silent.RESULT_FILE
    note.write_text(
        note.read_text(encoding="utf-8").replace("dissatisfied: 1", "dissatisfied: 0"), encoding="utf-8"
    )
    assert check(tmp_path, asked.seal.period).returncode == 1


def test_the_evidence_survives_that_the_periods_folder_is_laid_out_anew(asked, tmp_path):
    folder.publish(tmp_path)
    shutil.rmtree(tmp_path / "HB" / asked.seal.period)
    folder.publish(tmp_path)
    assert (
        published_silent.folder_of(tmp_path, "HB", asked.seal.period) / published_silent.COMMIT_FILE
    ).is_file()
