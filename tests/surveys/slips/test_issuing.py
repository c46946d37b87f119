"""Log, issue, cancel, re-issue."""

from __future__ import annotations

from datetime import timedelta

import pytest

from surveys.box import casting
from surveys.choices import Outcome, SlipChannel, SlipEventKind, SlipState
from surveys.models import Slip, SlipEvent, Tablet, Transaction
from surveys.periods import Month
from surveys.reference import errors
from surveys.slips import errors as slips_errors
from surveys.slips import issuing
from tests import make

pytestmark = pytest.mark.django_db


def log(counter, procedure, **facts):
    defaults = {
        "reference": "GD-1",
        "started_at": make.NOW - timedelta(minutes=20),
        "now": make.NOW,
    }
    return issuing.log_transaction(counter=counter, procedure=procedure, **(defaults | facts))


def test_a_running_transaction_has_no_outcome_and_no_slip():
    transaction = log(make.counter(), make.procedure())

    assert (transaction.outcome, transaction.finished_at) == (None, None)
    with pytest.raises(errors.IssuingRefused):
        issuing.issue_slip(transaction=transaction, channel=SlipChannel.SLIP, now=make.NOW)


def test_the_same_reference_brings_the_outcome_of_a_running_transaction():
    counter, procedure = make.counter(), make.procedure()
    running = log(counter, procedure)

    done = log(counter, procedure, outcome=Outcome.RESOLVED, finished_at=make.NOW)

    assert done.pk == running.pk
    assert (done.outcome, done.finished_at) == (Outcome.RESOLVED, make.NOW)
    assert Transaction.objects.count() == 1


def test_the_same_reference_with_other_facts_is_a_conflict_and_the_first_stands():
    counter = make.counter()
    first = log(counter, make.procedure(), outcome=Outcome.RESOLVED, finished_at=make.NOW)

    with pytest.raises(slips_errors.ReferenceConflict):
        log(counter, make.procedure(), outcome=Outcome.RESOLVED, finished_at=make.NOW)

    assert Transaction.objects.get() == first


def test_the_same_reference_with_another_outcome_is_a_conflict():
    counter, procedure = make.counter(), make.procedure()
    log(counter, procedure, outcome=Outcome.RESOLVED, finished_at=make.NOW)

    with pytest.raises(slips_errors.ReferenceConflict):
        log(counter, procedure, outcome=Outcome.REFUSED, finished_at=make.NOW)


def test_a_dossier_is_sent_back_for_more_papers_once():
    counter, procedure = make.counter(), make.procedure()
    log(counter, procedure, dossier="HS-1", outcome=Outcome.SUPPLEMENT, finished_at=make.NOW)

    with pytest.raises(slips_errors.SecondSupplement):
        log(
            counter,
            procedure,
            reference="GD-2",
            dossier="HS-1",
            outcome=Outcome.SUPPLEMENT,
            finished_at=make.NOW,
        )
    done = log(
        counter, procedure, reference="GD-3", dossier="HS-1", outcome=Outcome.RESOLVED, finished_at=make.NOW
    )

    assert done.outcome == Outcome.RESOLVED


@pytest.mark.parametrize(
    ("facts", "fact"),
    [
        ({"finished_at": make.NOW + timedelta(minutes=3)}, slips_errors.FinishedInFuture),
        ({"finished_at": make.NOW - timedelta(hours=1)}, slips_errors.FinishedBeforeStart),
    ],
)
def test_an_end_out_of_order_is_refused_and_nothing_is_stored(facts, fact):
    with pytest.raises(fact):
        log(make.counter(), make.procedure(), outcome=Outcome.RESOLVED, **facts)

    assert not Transaction.objects.exists()


def test_an_end_two_minutes_ahead_passes_since_clocks_differ():
    done = log(
        make.counter(),
        make.procedure(),
        outcome=Outcome.RESOLVED,
        finished_at=make.NOW + timedelta(minutes=2),
    )

    assert done.finished_at == make.NOW + timedelta(minutes=2)


def test_a_closed_counter_takes_nothing():
    with pytest.raises(slips_errors.CounterClosed):
        log(make.counter(closed_on=make.NOW.date()), make.procedure())


def test_the_deadline_follows_the_version_in_force():
    transaction = log(make.counter(), make.procedure(limit=30, unit="minute"))

    assert transaction.due_at == transaction.started_at + timedelta(minutes=30)


def test_a_procedure_without_an_entered_limit_has_no_deadline():
    assert log(make.counter(), make.procedure(limit=None)).due_at is None


def test_the_period_is_fixed_at_issue_by_hanoi_time():
    first_minute = make.at(1, 0, 5, month=12)  # still November in UTC

    handed = make.issued(now=first_minute)

    assert handed.slip.period == "2026-12"


def test_an_office_of_few_ballots_counts_by_quarter():
    office = make.office(quarterly=True)

    handed = make.issued(at=make.counter(of=make.department(of=office)))

    assert handed.slip.period == "2026-Q4"


def test_a_slip_lives_seven_days_but_never_past_the_third_of_the_next_month():
    early, late = make.issued(now=make.at(11)), make.issued(now=make.at(30))

    assert early.slip.expires_at == make.at(19, 0)
    assert late.slip.expires_at == make.at(4, 0, month=12)


def test_a_paper_slip_expires_at_closing_only():
    assert make.issued(channel=SlipChannel.PAPER).slip.expires_at is None


def test_a_transaction_has_one_slip_however_often_it_is_asked_for():
    handed = make.issued()

    again = issuing.issue_slip(transaction=handed.slip.transaction, channel=SlipChannel.SLIP, now=make.NOW)

    assert again.slip.pk == handed.slip.pk
    assert again.code != handed.code
    assert casting.find_slip(code=handed.code) is None
    assert Slip.objects.count() == 1


def test_a_reissue_rotates_the_code_and_keeps_serial_period_and_end():
    handed = make.issued()
    before = make.slip_of(handed)

    again = issuing.reissue_slip(
        slip=handed.slip, channel=SlipChannel.SLIP, reason="Khách làm mất phiếu", actor=None, now=make.NOW
    )

    after = make.slip_of(handed)
    assert casting.find_slip(code=handed.code) is None
    assert casting.find_slip(code=again.code) == after
    assert (after.serial, after.period, after.expires_at) == (before.serial, before.period, before.expires_at)


def test_a_reissue_of_a_used_slip_gives_a_code_that_opens_nothing_more():
    handed = make.issued()
    make.cast(handed)

    again = issuing.reissue_slip(
        slip=handed.slip, channel=SlipChannel.TABLET, reason="", actor=None, now=make.NOW
    )

    slip = casting.find_slip(code=again.code)
    assert not casting.is_usable(slip, now=make.NOW)
    assert (slip.state, slip.channel) == (SlipState.USED, SlipChannel.SLIP)


@pytest.mark.parametrize("is_used", [False, True])
def test_a_week_later_a_slip_that_went_on_to_paper_may_go_on_whether_or_not_it_was_used(is_used):
    handed = make.issued(now=make.at(2))
    if is_used:
        make.cast(handed)
    asked = {"slip": handed.slip, "reason": "x", "actor": None}
    issuing.reissue_slip(**asked, channel=SlipChannel.PAPER, now=make.at(2, 10))
    asked["slip"] = make.slip_of(handed)
    issuing.reissue_slip(**asked, channel=SlipChannel.PAPER, now=make.at(12))
    issuing.reissue_slip(**asked, channel=SlipChannel.SLIP, now=make.at(12, 10))
    with pytest.raises(slips_errors.SlipNotReissuable):
        issuing.reissue_slip(**asked, channel=SlipChannel.PAPER, now=make.at(12, 11))


@pytest.mark.parametrize("is_used", [False, True])
def test_cancel_and_reissue_leave_the_same_rows_whether_or_not_the_slip_was_used(
    is_used, django_assert_num_queries
):
    handed, actor = make.issued(), make.teller()
    if is_used:
        make.cast(handed)

    with django_assert_num_queries(12):
        issuing.reissue_slip(
            slip=handed.slip, channel=SlipChannel.SLIP, reason="x", actor=actor, now=make.NOW
        )
        issuing.cancel_slip(slip=handed.slip, reason="y", actor=actor, now=make.NOW)

    kinds = SlipEvent.objects.values_list("kind", "reason", "actor")
    assert list(kinds) == [(SlipEventKind.REISSUED, "x", actor.pk), (SlipEventKind.CANCELLED, "y", actor.pk)]


def test_a_used_slip_stays_used_when_its_cancellation_is_asked_for():
    handed = make.issued()
    make.cast(handed)

    issuing.cancel_slip(slip=handed.slip, reason="Ghi nhầm", actor=make.teller(), now=make.NOW)

    assert make.slip_of(handed).state == SlipState.USED


def test_a_cancelled_slip_is_not_handed_out_again():
    handed = make.issued()
    issuing.cancel_slip(slip=handed.slip, reason="Ghi nhầm", actor=make.teller(), now=make.NOW)

    with pytest.raises(slips_errors.SlipNotReissuable):
        issuing.reissue_slip(slip=handed.slip, channel=SlipChannel.SLIP, reason="", actor=None, now=make.NOW)


def test_asking_twice_for_a_cancellation_writes_it_once():
    handed, actor = make.issued(), make.teller()

    for _ in range(2):
        issuing.cancel_slip(slip=handed.slip, reason="Ghi nhầm", actor=actor, now=make.NOW)

    assert SlipEvent.objects.count() == 1


def test_expiring_touches_the_unused_slips_of_its_period_only():
    counter = make.counter()
    open_, used = make.issued(at=counter), make.issued(at=counter)
    next_month = make.issued(at=counter, now=make.at(1, month=12))
    make.cast(used)

    expired = issuing.expire_slips(office=counter.box_office, period=Month(2026, 11))

    assert expired == 1
    assert [make.slip_of(each).state for each in (open_, used, next_month)] == ["X", "U", "I"]


def paired(counter):
    return Tablet.objects.create(
        counter=counter, office=counter.box_office, secret_digest="0" * 64, paired_at=make.NOW
    )


def test_a_tablet_fetches_the_oldest_young_slip_of_its_counter_once():
    counter = make.counter()
    tablet = paired(counter)
    first = make.issued(at=counter, channel=SlipChannel.TABLET, now=make.NOW)
    second = make.issued(at=counter, channel=SlipChannel.TABLET, now=make.NOW + timedelta(seconds=5))
    make.issued(channel=SlipChannel.TABLET)  # another counter's
    soon = make.NOW + timedelta(seconds=10)

    fetched = [issuing.fetch_for_tablet(tablet=tablet, now=soon) for _ in range(3)]

    assert [each and each.slip.pk for each in fetched] == [first.slip.pk, second.slip.pk, None]
    assert casting.find_slip(code=first.code) is None  # the code is made when the device fetches it
    assert casting.find_slip(code=fetched[0].code).pk == first.slip.pk


def test_a_slip_older_than_two_minutes_stays_off_the_tablet():
    counter = make.counter()
    make.issued(at=counter, channel=SlipChannel.TABLET)

    assert issuing.fetch_for_tablet(tablet=paired(counter), now=make.NOW + timedelta(minutes=2)) is None


def test_a_slip_re_issued_to_the_tablet_is_shown_whenever_it_was_first_handed_out():
    counter = make.counter()
    tablet = paired(counter)
    old = make.issued(at=counter, channel=SlipChannel.TABLET)
    later = make.NOW + timedelta(hours=3)
    assert issuing.fetch_for_tablet(tablet=tablet, now=later) is None

    issuing.reissue_slip(
        slip=old.slip, channel=SlipChannel.TABLET, reason="Máy vừa tắt", actor=None, now=later
    )

    fetched = [issuing.fetch_for_tablet(tablet=tablet, now=later + timedelta(seconds=2)) for _ in range(2)]
    assert [each and each.slip.pk for each in fetched] == [old.slip.pk, None]


def test_a_poll_that_finds_nothing_costs_one_query_and_no_lock(django_assert_num_queries):
    tablet = paired(make.counter())
    with django_assert_num_queries(1):
        issuing.fetch_for_tablet(tablet=tablet, now=make.NOW)
