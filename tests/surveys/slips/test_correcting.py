"""A slip of the finger costs nothing: a start is removed, an end taken back within a minute, and the slip stays the one."""

from __future__ import annotations

from datetime import timedelta

import pytest

from surveys.choices import Outcome, SlipChannel, SlipState
from surveys.counter import console
from surveys.models import AuditEntry, Slip, SlipEvent, Spent, Transaction
from surveys.slips import correcting, delivery, errors, issuing
from surveys.slips.lookup import find_slip
from tests import make
from tests.make import NOW

pytestmark = pytest.mark.django_db
SOON = NOW + timedelta(seconds=59)


@pytest.fixture
def counter():
    make.questionnaire()
    return make.counter()


@pytest.fixture
def teller(counter):
    return make.teller(at=counter)


@pytest.fixture
def running(counter):
    return make.running(at=counter, kind=make.procedure("1", limit=30), now=NOW)


def ended(transaction: Transaction, channel: SlipChannel = SlipChannel.TABLET) -> Slip:
    facts = {"outcome": Outcome.RESOLVED, "channel": channel, "now": NOW}
    return delivery.finish_and_hand_over(transaction=transaction, **facts).slip


def test_a_start_by_mistake_is_removed_and_written_down(running, teller):
    correcting.remove_start(transaction=running, by=teller, now=NOW)
    assert not Transaction.objects.exists()
    assert AuditEntry.objects.get().action == "start_undone"


def test_what_ended_is_not_removed(running, teller):
    ended(running)
    with pytest.raises(errors.FactsFixed):
        correcting.remove_start(transaction=running, by=teller, now=NOW)


def test_an_end_taken_back_keeps_the_one_slip_shut_until_the_next_end(running, teller):
    slip = ended(running)
    correcting.undo_end(transaction=running, by=teller, now=SOON)
    assert Transaction.objects.get().finished_at is None
    assert not Slip.objects.open_at(SOON).exists()
    assert SlipEvent.objects.get().reason == "Hoàn tác"
    again = delivery.finish_and_hand_over(
        transaction=running, outcome=Outcome.REFUSED, channel=SlipChannel.TABLET, now=SOON
    ).slip
    assert (again.pk, Slip.objects.count()) == (slip.pk, 1)
    assert Slip.objects.open_at(SOON).get() == slip


def test_the_code_handed_out_before_is_dead(counter, teller):
    handed = make.issued(at=counter, now=NOW)
    correcting.undo_end(transaction=handed.slip.transaction, by=teller, now=SOON)
    assert find_slip(code=handed.code) is None


def test_after_a_minute_the_end_stands(running, teller):
    ended(running)
    with pytest.raises(errors.TooLateToUndo):
        correcting.undo_end(transaction=running, by=teller, now=NOW + timedelta(seconds=61))


def test_paper_is_not_called_back(running, teller):
    ended(running, SlipChannel.PAPER)
    with pytest.raises(errors.OnPaper):
        correcting.undo_end(transaction=running, by=teller, now=SOON)


def test_undoing_a_used_slip_looks_the_same_and_it_stays_used(counter, teller):
    handed = make.issued(at=counter, now=NOW)
    make.cast(handed, now=NOW)
    transaction = handed.slip.transaction
    correcting.undo_end(transaction=transaction, by=teller, now=SOON)
    again = delivery.finish_and_hand_over(
        transaction=transaction, outcome=Outcome.RESOLVED, channel=SlipChannel.TABLET, now=SOON
    )
    assert again.slip.pk == handed.slip.pk
    assert Slip.objects.get().state == SlipState.USED
    assert Spent.objects.count() == 1


def test_undo_sent_twice_undoes_once(running, teller):
    ended(running)
    for _press in range(2):
        correcting.undo_end(transaction=running, by=teller, now=SOON)
    assert SlipEvent.objects.count() == 1


def test_another_procedure_keeps_the_start_and_gets_its_own_limit(running, teller):
    other = make.procedure("2", limit=60)
    facts = {"procedure": other, "organisation": None, "dossier": "", "by": teller, "now": SOON}
    changed = correcting.revise_running(transaction=running, **facts)
    assert (changed.procedure, changed.started_at) == (other, running.started_at)
    assert changed.due_at == issuing.due_at(version=changed.version, started_at=running.started_at)
    assert changed.due_at != running.due_at


def test_once_a_slip_was_handed_out_procedure_and_customer_are_fixed(running, teller):
    ended(running)
    correcting.undo_end(transaction=running, by=teller, now=SOON)
    facts = {"organisation": None, "dossier": "", "by": teller, "now": SOON}
    with pytest.raises(errors.FactsFixed):
        correcting.revise_running(transaction=running, procedure=make.procedure("2"), **facts)


def finished_again(transaction: Transaction, *, now=SOON) -> delivery.Handed:
    return delivery.finish_and_hand_over(
        transaction=transaction, outcome=Outcome.RESOLVED, channel=SlipChannel.TABLET, now=now
    )


@pytest.mark.parametrize("was_used", [True, False])
def test_a_slip_cancelled_after_the_undo_stays_cancelled_and_the_work_still_ends(counter, teller, was_used):
    handed = make.issued(at=counter, now=NOW)
    if was_used:
        make.cast(handed, now=NOW)
    transaction = handed.slip.transaction
    correcting.undo_end(transaction=transaction, by=teller, now=SOON)
    issuing.cancel_slip(slip=handed.slip, reason="Ghi nhầm", actor=teller, now=SOON)
    again = finished_again(transaction)
    assert (again.withdrawn, again.slip) == (True, handed.slip)
    assert Transaction.objects.get().finished_at == SOON
    assert not Slip.objects.open_at(SOON).exists()


def test_a_slip_that_expired_after_the_undo_is_not_opened_again_and_the_work_still_ends(running, teller):
    slip = ended(running)
    correcting.undo_end(transaction=running, by=teller, now=SOON)
    over = NOW + timedelta(days=40)
    assert finished_again(running, now=over) == delivery.Handed(slip, SlipChannel.TABLET, withdrawn=True)
    assert not Slip.objects.open_at(over).exists()


def undoable(counter, teller, *, now=SOON):
    return console.undoable_of(console.desk_of(counter, teller, now=now), now=now)


@pytest.mark.parametrize("was_used", [True, False])
def test_what_went_on_to_paper_is_not_offered_for_undoing_whether_or_not_it_was_used(
    counter, teller, was_used
):
    handed = make.issued(at=counter, now=NOW)
    if was_used:
        make.cast(handed, now=NOW)
    assert undoable(counter, teller)
    issuing.reissue_slip(slip=handed.slip, channel=SlipChannel.PAPER, reason="", actor=teller, now=SOON)
    assert undoable(counter, teller) is None


def test_an_end_on_paper_does_not_offer_the_act_before_it(counter, teller):
    make.issued(at=counter, now=NOW - timedelta(seconds=5))
    ended(make.running(at=counter, kind=make.procedure("2"), now=NOW), SlipChannel.PAPER)
    assert undoable(counter, teller, now=SOON - timedelta(seconds=10)) is None
