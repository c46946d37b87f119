"""Damaged rows, masked and erased comments: proposed by one, decided by another, and never about an answer."""

from __future__ import annotations

import json

import pytest
from django.db import DatabaseError
from django.db.transaction import atomic
from django.test import Client

from reports import closing, sealing
from reports.counting_room import decisions, progress
from reports.models import CommentMask, Proposal, ProposalKind
from reports.schedule import mixer
from surveys import evidence
from surveys.box import receipts
from surveys.box.mixing import BoxTampered
from surveys.choices import Role, VoidReason
from surveys.crypto import codes
from surveys.models import AuditEntry, Ballot, BoxedBallot, Receipt, Redaction, VoidMark
from surveys.periods import Month
from tests import make

pytestmark = pytest.mark.django_db

NOVEMBER = Month(2026, 11)
THEN = make.at(5, month=12)


@pytest.fixture
def box():
    return make.office("HB")


@pytest.fixture
def counter(box):
    return make.counter("Q1", of=make.department(of=box))


@pytest.fixture
def inspector(box):
    return make.user(Role.INSPECTOR, of=box, username="inspector")


@pytest.fixture
def lead(box):
    return make.user(Role.LEADERSHIP, of=box, username="lead")


@pytest.fixture
def member(box):
    return make.user(Role.COUNTING, of=box, username="count")


def close(box):
    closing.close_period(office=box, period=NOVEMBER, now=THEN)


def propose(user, kind, *, office, ballot="", reason="Lý do"):
    return decisions.propose(
        kind=kind, office=office, period=NOVEMBER, user=user, reason=reason, now=THEN, ballot=ballot
    )


# ── Damaged rows ───────────────────────────────────────────────────────────────────────


@pytest.fixture
def damaged(box, counter, kind):
    """Twelve ballots in the box, one of them edited by hand; the closing mix has stumbled over it."""
    make.ballots(11, at=counter, kind=kind)
    receipt = make.ballots(1, at=counter, kind=kind, attitude=0)[0]
    make.edited_by_hand(BoxedBallot.objects.get(receipt_hash=codes.receipt_hash(receipt)))
    with pytest.raises(BoxTampered):
        close(box)
    return receipt


def test_an_inspector_and_a_second_person_record_a_damaged_row(damaged, box, inspector, member):
    decisions.decide(
        proposal=propose(inspector, ProposalKind.DAMAGED, office=box), user=member, accept=True, now=THEN
    )
    mixer.do_jobs(clock=lambda: THEN)
    close(box)
    mark = VoidMark.objects.get()
    assert (mark.reason, mark.first, mark.second) == (VoidReason.DAMAGED, inspector, member)
    assert json.loads(mark.ballot.answers) == {"attitude": None, "time": None}
    assert Ballot.objects.count() == Receipt.objects.count() == 12
    assert receipts.receipt_state(typed=damaged).state is receipts.ReceiptState.COUNTED


def test_a_period_with_a_damaged_row_is_sealed_with_the_row_as_void(damaged, box, inspector, member):
    decisions.decide(
        proposal=propose(inspector, ProposalKind.DAMAGED, office=box), user=member, accept=True, now=THEN
    )
    mixer.do_jobs(clock=lambda: THEN)
    close(box)
    facts = sealing.draft(office=box, period=NOVEMBER).facts
    assert (facts.ballots, facts.void, facts.valid, facts.receipts_size) == (12, 1, 11, 12)
    sealing.check_ready(box, NOVEMBER, "")


def test_the_room_says_that_the_inspector_is_next(damaged, box):
    entered = progress.enter(office=box, period=NOVEMBER, now=THEN)
    assert entered.next.title == "Ghi nhận dòng hỏng trong hòm phiếu."
    assert entered.next.who.startswith("thanh tra")


def test_only_an_inspector_proposes_and_nobody_decides_the_own_proposal(
    damaged, box, inspector, member, lead
):
    for user in (member, lead):
        with pytest.raises(decisions.MayNotDecide):
            propose(user, ProposalKind.DAMAGED, office=box)
    proposal = propose(inspector, ProposalKind.DAMAGED, office=box)
    with pytest.raises(decisions.SamePerson):
        decisions.decide(proposal=proposal, user=inspector, accept=True, now=THEN)
    with pytest.raises(decisions.MayNotDecide):
        decisions.decide(proposal=proposal, user=lead, accept=True, now=THEN)
    assert BoxedBallot.objects.count() == 12


def test_a_whole_box_has_no_damaged_row_to_record(box, counter, kind, inspector):
    make.ballots(3, at=counter, kind=kind)
    with pytest.raises(decisions.NothingThere):
        propose(inspector, ProposalKind.DAMAGED, office=box)


def test_a_refused_proposal_changes_nothing_and_is_decided_once(damaged, box, inspector, member):
    proposal = propose(inspector, ProposalKind.DAMAGED, office=box)
    decisions.decide(proposal=proposal, user=member, accept=False, now=THEN)
    with pytest.raises(decisions.DecidedAlready):
        decisions.decide(proposal=proposal, user=member, accept=True, now=THEN)
    with pytest.raises(BoxTampered):
        close(box)


def test_no_ballot_can_be_voided_by_proposing_it(box, counter, kind, inspector, lead):
    """Whatever is named, a ballot that was cast by machine keeps its answers and counts."""
    make.ballots(10, at=counter, kind=kind, attitude=0)
    close(box)
    ballot = Ballot.objects.first()
    for each in (ProposalKind.DAMAGED, ProposalKind.MASK, ProposalKind.REDACT):
        with pytest.raises(decisions.NothingThere):
            propose(inspector, each, office=box, ballot=ballot.pk)
    assert not VoidMark.objects.exists()
    assert sealing.draft(office=box, period=NOVEMBER).facts.dissatisfied == 10


# ── Comments ───────────────────────────────────────────────────────────────────────────


@pytest.fixture
def telling(box, counter, kind):
    """A released ballot whose words tell who somebody is."""
    make.ballots(9, at=counter, kind=kind)
    make.ballots(1, at=counter, kind=kind, comment="Tôi là chị Hoa trường Lê Quý Đôn")
    close(box)
    return Ballot.objects.exclude(extra__startswith='{"comment":"",').get()


def read(box, user):
    return [each.words for each in decisions.comments_of(office=box, period=NOVEMBER, user=user, now=THEN)]


def test_a_comment_is_masked_by_two_and_the_ballot_counts_on(telling, box, inspector, lead):
    proposal = propose(lead, ProposalKind.MASK, office=box, ballot=telling.pk)
    assert read(box, lead) == ["Tôi là chị Hoa trường Lê Quý Đôn"]
    decisions.decide(proposal=proposal, user=inspector, accept=True, now=THEN)
    assert read(box, lead) == []
    mask = CommentMask.objects.get()
    assert (mask.ballot_id, mask.first, mask.second) == (telling.pk, lead, inspector)
    assert sealing.draft(office=box, period=NOVEMBER).facts.valid == 10


def test_a_comment_is_erased_by_two_and_the_seal_is_the_same(telling, box, inspector, lead):
    before = sealing.draft(office=box, period=NOVEMBER).text
    proposal = propose(lead, ProposalKind.REDACT, office=box, ballot=telling.pk)
    decisions.decide(proposal=proposal, user=inspector, accept=True, now=THEN)
    telling.refresh_from_db()
    assert (telling.extra, telling.salt) == (None, None)
    assert Redaction.objects.get().second == inspector
    assert sealing.draft(office=box, period=NOVEMBER).text == before


def test_words_are_not_erased_without_the_line_that_says_who_did_it(telling):
    with pytest.raises(DatabaseError), atomic():
        Ballot.objects.filter(pk=telling.pk).update(extra=None, salt=None)


def test_the_counting_team_reads_no_comments(telling, box, member):
    with pytest.raises(decisions.MayNotDecide):
        read(box, member)
    with pytest.raises(decisions.MayNotDecide):
        propose(member, ProposalKind.MASK, office=box, ballot=telling.pk)


def test_reading_comments_is_written_down_and_no_ballot_is_named(telling, box, inspector, lead):
    read(box, lead)
    proposal = propose(lead, ProposalKind.MASK, office=box, ballot=telling.pk)
    decisions.decide(proposal=proposal, user=inspector, accept=True, now=THEN)
    trail = list(AuditEntry.objects.order_by("pk").values_list("action", flat=True))
    assert trail == ["comments_read", "proposed", "decided"]
    assert not AuditEntry.objects.filter(detail__contains=telling.pk).exists()


def test_the_same_comment_is_proposed_once(telling, box, inspector, lead):
    propose(lead, ProposalKind.MASK, office=box, ballot=telling.pk)
    with pytest.raises(decisions.ProposedAlready):
        propose(inspector, ProposalKind.MASK, office=box, ballot=telling.pk)
    assert Proposal.objects.count() == 1


def test_a_stranger_does_not_learn_that_a_proposal_exists(telling, box, lead):
    proposal = propose(lead, ProposalKind.MASK, office=box, ballot=telling.pk)
    client = Client()
    client.force_login(make.user(Role.LEADERSHIP, of=make.office("XX")))
    assert client.post(f"/counting/proposals/{proposal.pk}", {"accept": "yes"}).status_code == 404


def test_the_page_proposes_and_the_other_person_decides(telling, box, inspector, lead):
    page, other = Client(), Client()
    page.force_login(lead)
    other.force_login(inspector)
    where = "/counting/HB/2026-11/comments"
    page.post(where, {"ballot": telling.pk, "kind": "mask", "reason": "Có tên người"})
    assert "Có tên người" in other.get(where).content.decode()
    other.post(f"/counting/proposals/{Proposal.objects.get().pk}", {"accept": "yes"})
    assert "chị Hoa" not in page.get(where).content.decode()


def test_an_erased_ballot_keeps_its_leaf(telling, box, inspector, lead):
    proposal = propose(lead, ProposalKind.REDACT, office=box, ballot=telling.pk)
    decisions.decide(proposal=proposal, user=inspector, accept=True, now=THEN)
    ballot = Ballot.objects.get(pk=telling.pk)
    leaf = evidence.ballot_leaf(
        id=ballot.pk, answers=json.loads(ballot.answers), period="2026-11", office="HB", x=ballot.x
    )
    assert leaf.hex() == ballot.leaf
