"""Paper into the box: two counts, one truth; who may, what is refused, and what is left behind."""

import json
from collections import Counter as Tally
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection
from django.db.transaction import atomic

from surveys import paper
from surveys.box import errors, mixing
from surveys.choices import Role, SlipChannel, SlipState, VoidReason
from surveys.models import (
    AuditEntry,
    Ballot,
    BoxedBallot,
    PaperKeying,
    PaperPile,
    PileState,
    Receipt,
    Slip,
    Spent,
    VoidMark,
)
from surveys.periods import Month
from surveys.reference.questionnaires import questionnaire_of
from surveys.slips import issuing
from tests import make
from tests.races import at_once

pytestmark = pytest.mark.django_db

NOVEMBER = Month(2026, 11)


class Room:
    """One office with a counter, two of the counting team, and as many paper slips as asked for."""

    def __init__(self, slips: int = 0) -> None:
        self.version = make.questionnaire()
        self.counter, self.kind = make.counter(), make.procedure()
        self.office = self.counter.box_office
        self.one, self.two = self.member(), self.member()
        self.slips = [self.issue() for _ in range(slips)]

    def member(self, **fields):
        return make.user(Role.COUNTING, of=self.office, **fields)

    def issue(self, channel=SlipChannel.PAPER, **fields):
        return make.issued(at=self.counter, kind=self.kind, channel=channel, **fields)

    def pile(self, **fields):
        facts = {
            "office": self.office,
            "counter": self.counter,
            "period": NOVEMBER,
            "by": self.one,
            "now": make.NOW,
        }
        return paper.open_pile(**facts | fields)

    def key(self, pile, by=None, *, stubs=None, done=True, foreign=0, **counts):
        stubs = [handed.code for handed in self.slips] if stubs is None else stubs
        counts = {name.replace("_", "-").removeprefix("n-"): n for name, n in counts.items()}
        said = {"stubs": stubs, "counts": counts, "foreign": foreign, "done": done}
        return paper.key(pile=pile, by=by or self.one, now=make.NOW, **said)

    def both_key(self, pile, **what):
        self.key(pile, self.one, **what)
        self.key(pile, self.two, **what)

    def confirm(self, pile, by):
        seen = paper.compare(pile=pile, by=by).digest
        return paper.confirm(pile=pile, by=by, seen=seen, now=make.NOW)

    def enter(self, **what):
        pile = self.pile()
        self.both_key(pile, **what)
        assert not self.confirm(pile, self.one)
        assert self.confirm(pile, self.two)
        return pile


def problems(refusal) -> set:
    return {why for _typed, why in refusal.value.problems}


def boxed() -> Tally:
    said = [each.contents for each in make.waiting()]
    return Tally((tuple(each.answers.values()), each.void_reason) for each in said)


# --- both agree --------------------------------------------------------------------------------------------------
def test_a_pile_both_counted_alike_enters_the_box_by_pattern_with_the_missing_sheets():
    room = Room(slips=8)
    pile = room.enter(n_1_1=3, n_1_0=1, n_1_1_MARKED=1, n_INCOMPLETE=1, n_TORN=1)

    assert boxed() == {
        ((1, 1), ""): 3,
        ((1, 0), ""): 1,
        ((1, 1), VoidReason.MARKED): 1,
        ((None, None), VoidReason.INCOMPLETE): 1,
        ((None, None), VoidReason.TORN): 1,
        ((None, None), VoidReason.MISSING): 1,
    }
    assert set(Slip.objects.values_list("state", flat=True)) == {SlipState.USED}
    assert set(Spent.objects.values_list("via", "used_at")) == {(SlipChannel.PAPER, make.NOW)}
    pile.refresh_from_db()
    assert (pile.state, pile.stubs, pile.sheets, pile.differing) == (PileState.ENTERED, 8, 7, 0)
    assert {pile.first, pile.second} == {room.one, room.two}


def test_used_slips_spent_rows_and_ballots_stay_equal_and_receipts_are_ballots_less_paper():
    room = Room(slips=6)
    digital = [make.cast(room.issue(SlipChannel.SLIP)) for _ in range(9)]
    room.enter(n_1_1=5)

    used = Slip.objects.filter(state=SlipState.USED).count()
    assert used == Spent.objects.count() == BoxedBallot.objects.count() == 15
    issuing.expire_slips(office=room.office, period=NOVEMBER)
    mixing.mix(office=room.office, period=NOVEMBER, now=make.NOW, closing=True)
    assert Ballot.objects.count() == used
    assert Receipt.objects.count() == len(digital) == Ballot.objects.count() - 6


def test_the_mix_marks_the_void_sheets_with_both_keyers():
    room = Room(slips=12)
    room.enter(n_1_1=10, n_DOUBLE=1)

    mixing.mix(office=room.office, period=NOVEMBER, now=make.NOW)

    marks = VoidMark.objects.values_list("reason", "first", "second")
    assert set(marks) == {(reason, room.one.pk, room.two.pk) for reason in ("DOUBLE", "MISSING")}


def test_paper_and_the_last_few_of_its_counter_leave_the_box_together_and_none_is_lost():
    room = Room(slips=11)
    room.enter(n_1_1=11)
    for _ in range(12):
        make.cast(make.issued(at=room.counter, kind=make.procedure()))

    mixing.mix(office=room.office, period=NOVEMBER, now=make.NOW, closing=True)

    assert Ballot.objects.filter(counter=room.counter.code, procedure="").count() == 23


def test_what_was_keyed_is_erased_when_the_pile_is_in_the_box():
    room = Room(slips=3)
    pile = room.pile()
    room.both_key(pile, n_1_1=3)
    paper.write_comments(pile=pile, by=room.one, comments=[("1-1", "Cảm ơn")], now=make.NOW)
    for by in (room.one, room.two):
        room.confirm(pile, by)

    pile.refresh_from_db()
    assert not PaperKeying.objects.exists()
    assert pile.comments == "[]"


def test_no_trace_of_order_or_procedure_leads_from_a_sheet_to_a_stub():
    room = Room(slips=5)
    room.enter(n_1_1=3, n_0_0=2)

    assert {(each.contents.procedure, each.receipt_hash) for each in make.waiting()} == {("", None)}
    ids = list(BoxedBallot.objects.values_list("id", flat=True))
    assert ids == sorted(ids)


def test_stubs_are_read_as_code_short_code_address_or_serial_and_forgive_mistyped_letters():
    room = Room(slips=4)
    whole, short, address, serial = room.slips
    pile = room.pile()
    stubs = [
        whole.code.lower().replace("0", "O").replace("1", "l"),
        f"{short.code[:4]}-{short.code[4:8]} {short.code[8:12]}",
        f"HTTPS://PHIEU.KBNN.VN/P/{address.code}",
        serial.slip.serial,
    ]
    keying = room.key(pile, stubs=stubs, n_1_1=4)

    assert paper.stubs_of(keying) == sorted(handed.slip.serial for handed in room.slips)


def test_no_code_is_kept_of_a_stub():
    room = Room(slips=1)
    keying = room.key(room.pile(), n_1_1=1)
    assert room.slips[0].code[:12] not in keying.stubs + keying.counts


def test_comments_go_in_once_on_sheets_of_their_pattern():
    room = Room(slips=4)
    pile = room.pile()
    room.both_key(pile, n_1_1=2, n_0_1=2)
    written = [("0-1", "Chờ lâu"), ("1-1", "Tốt"), ("1-1", "")]
    paper.write_comments(pile=pile, by=room.two, comments=written, now=make.NOW)
    for by in (room.one, room.two):
        room.confirm(pile, by)

    said = [(each.contents.comment, tuple(each.contents.answers.values())) for each in make.waiting()]
    assert sorted(comment for comment, _answers in said) == ["", "", "Chờ lâu", "Tốt"]
    assert ("Chờ lâu", (0, 1)) in said


def test_more_comments_than_sheets_of_that_pattern_are_refused():
    room = Room(slips=1)
    pile = room.pile()
    room.both_key(pile, n_1_1=1)
    with pytest.raises(paper.MoreCommentsThanSheets):
        paper.write_comments(pile=pile, by=room.one, comments=[("1-1", "Một"), ("1-1", "Hai")], now=make.NOW)


# --- they differ -------------------------------------------------------------------------------------------------
def test_neither_sees_the_others_count_before_both_are_done():
    room = Room(slips=2)
    pile = room.pile()
    room.key(pile, room.one, n_1_1=2)
    with pytest.raises(paper.SecondMissing):
        paper.compare(pile=pile, by=room.one)
    room.key(pile, room.two, n_1_1=1, done=False)
    for by in (room.one, room.two):
        with pytest.raises(paper.SecondMissing):
            paper.compare(pile=pile, by=by)


def test_a_third_member_never_sees_the_two_counts():
    room = Room(slips=1)
    pile = room.pile()
    room.both_key(pile, n_1_1=1)
    with pytest.raises(paper.NotAKeyer):
        paper.compare(pile=pile, by=room.member())


def test_differences_are_shown_row_by_row_with_the_stubs_one_of_them_lacks():
    room = Room(slips=3)
    pile = room.pile()
    codes = [handed.code for handed in room.slips]
    room.key(pile, room.one, stubs=codes, n_1_1=2, n_1_0=1)
    room.key(pile, room.two, stubs=codes[:2], n_1_1=2, foreign=1)

    shown = paper.compare(pile=pile, by=room.two)

    assert [(row.key, row.first, row.second) for row in shown.rows if row.differs] == [("1-0", 1, 0)]
    assert shown.foreign.differs
    assert shown.only_first == (room.slips[2].slip.serial,)
    assert shown.only_second == ()
    with pytest.raises(paper.StillDifferent):
        room.confirm(pile, room.one)
    assert not BoxedBallot.objects.exists()


@pytest.mark.parametrize("what", ["foreign sheets", "stubs"])
def test_a_difference_beside_the_counts_is_one_as_well(what):
    room = Room(slips=3)
    pile = room.pile()
    codes = [handed.code for handed in room.slips]
    room.key(pile, room.one, stubs=codes[:2], n_1_1=1)
    if what == "stubs":
        room.key(pile, room.two, stubs=codes[1:], n_1_1=1)
    else:
        room.key(pile, room.two, stubs=codes[:2], n_1_1=1, foreign=1)
    with pytest.raises(paper.StillDifferent):
        room.confirm(pile, room.two)


def test_settled_differences_enter_and_the_minutes_know_how_many_there_were():
    room = Room(slips=4)
    pile = room.pile()
    room.key(pile, room.one, n_1_1=4)
    room.key(pile, room.two, n_1_1=2, n_1_0=1, n_DOUBLE=1)
    room.key(pile, room.two, n_1_1=4)
    room.confirm(pile, room.one)
    room.confirm(pile, room.two)

    pile.refresh_from_db()
    assert (pile.state, pile.differing) == (PileState.ENTERED, 2)


@pytest.mark.parametrize("change", ["count", "comment"])
def test_any_change_undoes_the_first_confirmation(change):
    room = Room(slips=2)
    pile = room.pile()
    room.both_key(pile, n_1_1=2)
    room.confirm(pile, room.one)
    if change == "count":
        room.both_key(pile, n_1_1=1)
    else:
        paper.write_comments(pile=pile, by=room.two, comments=[("1-1", "Tốt")], now=make.NOW)

    assert not room.confirm(pile, room.two)
    assert not BoxedBallot.objects.exists()


def test_a_confirmation_of_what_no_longer_stands_is_refused():
    room = Room(slips=2)
    pile = room.pile()
    room.both_key(pile, n_1_1=2)
    seen = paper.compare(pile=pile, by=room.one).digest
    room.both_key(pile, n_1_1=1)
    with pytest.raises(paper.ChangedMeanwhile):
        paper.confirm(pile=pile, by=room.one, seen=seen, now=make.NOW)


# --- one person is one person --------------------------------------------------------------------------------------
def test_the_same_user_twice_is_one_person_and_never_settles_a_pile():
    room = Room(slips=1)
    pile = room.pile()
    room.both_key(pile, n_1_1=1)
    assert not room.confirm(pile, room.one)
    assert not room.confirm(pile, room.one)
    assert not BoxedBallot.objects.exists()

    alone = Room(slips=1)
    pile = alone.pile()
    alone.key(pile, alone.one, n_1_1=1)
    alone.key(pile, alone.one, n_1_1=1)
    with pytest.raises(paper.SecondMissing):
        alone.confirm(pile, alone.one)


def test_the_database_itself_keeps_one_person_from_both_places():
    room = Room()
    pile = room.pile()
    PaperKeying.objects.create(pile=pile, keyer=room.one, place=1)
    for place in (2, 3):
        with pytest.raises(IntegrityError), atomic():
            PaperKeying.objects.create(pile=pile, keyer=room.one if place == 2 else room.two, place=place)
    numbers = {"stubs": 1, "sheets": 1, "foreign": 0}
    with pytest.raises(IntegrityError), atomic():
        PaperPile.objects.filter(pk=pile.pk).update(
            state=PileState.ENTERED, first=room.one, second=room.one, **numbers
        )


def test_a_third_person_cannot_key_a_pile_two_others_key():
    room = Room(slips=1)
    pile = room.pile()
    room.both_key(pile, n_1_1=1)
    with pytest.raises(paper.TwoKeyAlready):
        room.key(pile, room.member(), n_1_1=1)


def test_teller_stranger_and_colleague_of_another_office_may_not_count():
    room = Room(slips=1)
    pile = room.pile()
    strangers = [
        make.teller(at=room.counter),
        make.user(Role.COUNTING, Role.TELLER, of=room.office),
        make.user(Role.LEADERSHIP, of=room.office),
        make.user(Role.COUNTING, of=make.office()),
        make.user(Role.COUNTING),
        room.member(is_active=False),
    ]
    for stranger in strangers:
        with pytest.raises(paper.MayNotCount):
            room.key(pile, stranger, n_1_1=1)
        with pytest.raises(paper.MayNotCount):
            room.pile(by=stranger)


def test_a_lent_colleague_counts_while_the_lending_lasts_and_a_teller_never():
    room = Room(slips=1)
    today, elsewhere = make.NOW.date(), make.counter()
    lent = make.user(of=elsewhere.office)
    make.lent(lent, to=room.office, on=today)
    make.lent(teller := make.teller(at=elsewhere), to=room.office, on=today)
    make.lent(late := make.user(), to=room.office, on=today + timedelta(days=1))
    pile = room.pile(by=lent)
    for stranger in (teller, late):
        with pytest.raises(paper.MayNotCount):
            room.key(pile, stranger, n_1_1=1)
    room.two = lent
    room.both_key(pile, n_1_1=1)
    room.confirm(pile, room.one)
    tomorrow = {"seen": paper.compare(pile=pile, by=lent).digest, "now": make.NOW + timedelta(days=1)}
    with pytest.raises(paper.MayNotCount):
        paper.confirm(pile=pile, by=lent, **tomorrow)
    assert room.confirm(pile, lent)


def test_a_member_in_a_department_counts_the_box_of_its_office():
    room = Room(slips=1)
    room.two = make.user(Role.COUNTING, of=room.counter.office)
    room.enter(n_1_1=1)
    assert BoxedBallot.objects.count() == 1


# --- stubs and sheets ----------------------------------------------------------------------------------------------
def test_more_sheets_than_stubs_are_refused_with_both_numbers():
    room = Room(slips=2)
    with pytest.raises(paper.MoreSheetsThanStubs) as refusal:
        room.key(room.pile(), n_1_1=2, n_TORN=1)
    assert (refusal.value.sheets, refusal.value.stubs) == (3, 2)
    assert not PaperKeying.objects.exists()


def test_half_a_count_may_have_more_sheets_than_stubs_so_far():
    room = Room(slips=2)
    assert not room.key(room.pile(), n_1_1=2, n_TORN=1, done=False).is_done


def test_sheets_that_are_not_ours_are_noted_and_never_enter_the_box():
    room = Room(slips=1)
    pile = room.enter(n_1_1=1, foreign=3)
    pile.refresh_from_db()
    assert pile.foreign == 3
    assert BoxedBallot.objects.count() == 1


def test_a_pile_of_nothing_but_foreign_sheets_enters_nothing():
    room = Room()
    room.enter(stubs=[], foreign=2)
    assert not BoxedBallot.objects.exists()


def test_an_unknown_stub_and_one_of_another_office_get_the_same_answer():
    room, elsewhere = Room(slips=1), Room(slips=1)
    for stub in ("0" * 26, "ABC", "7" * 6, elsewhere.slips[0].code, elsewhere.slips[0].slip.serial):
        with pytest.raises(paper.StubsRefused) as refusal:
            room.key(room.pile(), stubs=[stub], n_1_1=1)
        assert refusal.value.problems == [(stub, paper.StubProblem.UNKNOWN)]


def test_stubs_of_another_counter_or_period_are_refused_as_such():
    room = Room()
    other = make.issued(at=make.counter(of=room.counter.office), channel=SlipChannel.PAPER)
    earlier = room.issue(now=make.at(7, month=10))
    with pytest.raises(paper.StubsRefused) as refusal:
        room.key(room.pile(), stubs=[other.code, earlier.code])
    assert problems(refusal) == {paper.StubProblem.OTHER_COUNTER, paper.StubProblem.OTHER_PERIOD}


def test_one_stub_in_two_spellings_is_refused_as_keyed_twice():
    room = Room(slips=1)
    handed = room.slips[0]
    with pytest.raises(paper.StubsRefused) as refusal:
        room.key(room.pile(), stubs=[handed.code, handed.slip.serial], n_1_1=1)
    assert problems(refusal) == {paper.StubProblem.TWICE}


def test_used_cancelled_expired_and_digital_stubs_get_one_answer_that_tells_nothing_apart():
    room = Room()
    digital, answered = room.issue(SlipChannel.SLIP), room.issue(SlipChannel.SLIP)
    make.cast(answered)
    # The teller handed paper out for a slip that had been used by phone: nobody may learn it from its stub.
    reissued = issuing.reissue_slip(
        slip=answered.slip, channel=SlipChannel.PAPER, reason="", actor=None, now=make.NOW
    )
    used, cancelled, expired = (room.issue() for _ in range(3))
    Slip.objects.filter(pk=used.slip.pk).update(state=SlipState.USED)
    Slip.objects.filter(pk=expired.slip.pk).update(state=SlipState.EXPIRED)
    issuing.cancel_slip(slip=cancelled.slip, reason="x", actor=make.teller(at=room.counter), now=make.NOW)

    for handed in (digital, reissued, used, cancelled, expired):
        with pytest.raises(paper.StubsRefused) as refusal:
            room.key(room.pile(), stubs=[handed.code])
        assert refusal.value.problems == [(handed.code, paper.StubProblem.UNUSABLE)]


@pytest.mark.parametrize("fate", ["cancelled", "handed out by tablet"])
def test_a_slip_that_went_another_way_after_keying_stops_the_whole_pile(fate):
    room = Room(slips=3)
    pile = room.pile()
    room.both_key(pile, n_1_1=3)
    slip = room.slips[1].slip
    if fate == "cancelled":
        issuing.cancel_slip(slip=slip, reason="x", actor=make.teller(at=room.counter), now=make.NOW)
    else:
        issuing.reissue_slip(slip=slip, channel=SlipChannel.TABLET, reason="", actor=None, now=make.NOW)
    room.confirm(pile, room.one)

    with pytest.raises(paper.StubsRefused) as refusal:
        room.confirm(pile, room.two)

    assert refusal.value.problems == [(slip.serial, paper.StubProblem.UNUSABLE)]
    assert not Spent.objects.exists()
    assert not BoxedBallot.objects.exists()
    assert PaperKeying.objects.count() == 2


def test_a_paper_stub_is_never_cast_by_phone():
    room = Room(slips=1)
    with pytest.raises(errors.SlipNotUsable):
        make.cast(room.slips[0])


# --- left half-way ---------------------------------------------------------------------------------------------------
def test_half_a_count_is_found_again_and_finished():
    room = Room(slips=3)
    pile = room.pile()
    room.key(pile, stubs=[room.slips[0].code], n_1_1=1, done=False)

    assert room.pile(by=room.two) == pile
    assert paper.stubs_of(pile.keyings.get(keyer=room.one)) == [room.slips[0].slip.serial]
    room.both_key(pile, n_1_1=3)
    assert paper.compare(pile=pile, by=room.one).agrees


def test_a_pile_given_up_leaves_its_slips_open_and_an_audit_line():
    room = Room(slips=2)
    pile = room.pile()
    room.key(pile, n_1_1=2)
    paper.give_up(pile=pile, by=room.two, reason="Nhầm quầy", now=make.NOW)
    paper.give_up(pile=pile, by=room.two, reason="Nhầm quầy", now=make.NOW)

    assert not PaperKeying.objects.exists()
    assert set(Slip.objects.values_list("state", flat=True)) == {SlipState.ISSUED}
    line = AuditEntry.objects.get(action="paper_given_up")
    assert (line.actor, json.loads(line.detail)) == (room.two, {"reason": "Nhầm quầy"})
    with pytest.raises(paper.PileEnded):
        room.key(pile, n_1_1=2)
    assert room.pile() != pile


def test_a_pile_in_the_box_takes_nothing_more():
    room = Room(slips=1)
    pile = room.enter(n_1_1=1)
    with pytest.raises(paper.PileEnded):
        room.key(pile, n_1_1=1)
    with pytest.raises(paper.PileEnded):
        paper.give_up(pile=pile, by=room.one, reason="x", now=make.NOW)


def test_confirming_again_after_the_entry_enters_nothing_more():
    room = Room(slips=2)
    pile = room.enter(n_1_1=2)
    assert paper.confirm(pile=pile, by=room.two, seen="", now=make.NOW)
    assert BoxedBallot.objects.count() == 2


def test_opening_twice_finds_the_same_pile_and_is_audited_once():
    room = Room(slips=1)
    assert room.pile() == room.pile(by=room.two)
    assert AuditEntry.objects.filter(action="paper_opened").count() == 1


def test_a_counter_of_another_office_is_refused():
    room = Room()
    with pytest.raises(paper.CounterOfAnotherOffice):
        room.pile(counter=make.counter())


def test_a_questionnaire_with_more_answers_than_heaps_is_refused():
    make.questionnaire(criteria=("a", "b", "c"), levels=4)
    room = Room()
    with pytest.raises(paper.TooManyPatterns):
        room.pile()


def test_patterns_of_an_optional_criterion_may_leave_it_out_but_not_everything():
    version = make.questionnaire()
    version.criteria.update(optional=True)
    keys = [pattern.key for pattern in paper.patterns_of(questionnaire_of(version.pk)) if not pattern.reason]
    assert len(keys) == 8
    assert "x-1" in keys
    assert "x-x" not in keys


# --- closing -----------------------------------------------------------------------------------------------------------
def test_unsettled_counts_open_piles_and_paper_still_out():
    room = Room(slips=3)
    room.issue(SlipChannel.SLIP)
    room.pile()
    assert paper.unsettled(office=room.office, period=NOVEMBER) == paper.Unsettled(
        open_piles=1, outstanding=3
    )
    room.enter(n_1_1=3)
    assert paper.unsettled(office=room.office, period=NOVEMBER) == paper.Unsettled(
        open_piles=0, outstanding=0
    )


def test_waiting_paper_is_told_by_counter_and_period():
    room = Room(slips=2)
    Room(slips=1)
    assert paper.waiting(offices=[room.office]) == [{"counter": room.counter.pk, "period": "2026-11", "n": 2}]


def test_after_closing_a_pile_is_refused_but_a_late_one_takes_expired_stubs():
    room = Room(slips=2)
    issuing.expire_slips(office=room.office, period=NOVEMBER)
    mixing.mix(office=room.office, period=NOVEMBER, now=make.NOW, closing=True)
    with pytest.raises(paper.PeriodClosed):
        room.pile()

    pile = room.pile(late=True)
    room.both_key(pile, n_1_1=2)
    for by in (room.one, room.two):
        room.confirm(pile, by)

    assert set(Slip.objects.values_list("state", flat=True)) == {SlipState.USED}
    assert BoxedBallot.objects.count() == Spent.objects.count() == 2


def test_a_late_pile_of_an_open_period_is_refused():
    room = Room(slips=1)
    with pytest.raises(paper.NotClosedYet):
        room.pile(late=True)
    assert not PaperPile.objects.exists()


def test_what_a_late_pile_may_hold_is_told_by_counter():
    room = Room(slips=2)
    room.issue(SlipChannel.SLIP)
    assert paper.expired(office=room.office, period=NOVEMBER) == []
    issuing.expire_slips(office=room.office, period=NOVEMBER)
    assert paper.expired(office=room.office, period=NOVEMBER) == [(room.counter, 2)]


@pytest.mark.postgres_only
@pytest.mark.django_db(transaction=True)
def test_the_night_leaves_nothing_of_an_entered_pile_in_the_files_and_all_of_an_open_one():
    room = Room(slips=2)
    room.enter(n_1_1=2)
    paper.scrub_piles()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_relation_size('surveys_paperkeying')")
        assert cursor.fetchone() == (0,)

    room.slips = [room.issue()]
    pile = room.pile()
    room.both_key(pile, n_1_1=1)
    seen = paper.compare(pile=pile, by=room.one)
    paper.scrub_piles()
    assert paper.compare(pile=pile, by=room.one) == seen
    assert room.confirm(pile, room.one) is False
    assert room.confirm(pile, room.two)


# --- at once -----------------------------------------------------------------------------------------------------------
@pytest.mark.django_db(transaction=True)
@pytest.mark.serial
def test_both_confirming_at_once_enter_the_pile_exactly_once():
    room = Room(slips=4)
    for _round in range(10):
        room.slips = [room.issue() for _ in range(4)]
        pile = room.pile()
        room.both_key(pile, n_1_1=3)
        seen = paper.compare(pile=pile, by=room.one).digest

        def confirm(by, pile=pile, seen=seen):
            return paper.confirm(pile=pile, by=by, seen=seen, now=make.NOW)

        answers = at_once(*(lambda by=by: confirm(by) for by in (room.one, room.two) * 4))

        assert not [each for each in answers if isinstance(each, Exception)]
        assert BoxedBallot.objects.count() == 4
        assert Spent.objects.filter(slip__in=[handed.slip for handed in room.slips]).count() == 4
        BoxedBallot.objects.all().delete()


@pytest.mark.django_db(transaction=True)
@pytest.mark.serial
def test_opening_and_keying_at_once_makes_one_pile_with_two_places():
    room = Room(slips=1)
    members = [room.one, room.two, room.member(), room.member()]
    piles = at_once(*(lambda by=by: room.pile(by=by).pk for by in members))
    assert len(set(piles)) == 1
    pile = PaperPile.objects.get()

    answers = at_once(*(lambda by=by: room.key(pile, by, n_1_1=1) for by in members))

    assert Tally(type(each) for each in answers) == {PaperKeying: 2, paper.TwoKeyAlready: 2}
    assert sorted(pile.keyings.values_list("place", flat=True)) == [1, 2]


def test_what_is_keyed_waits_in_no_file_in_clear():
    room = Room(slips=4)
    pile = room.pile()
    room.both_key(pile, n_1_1=3, n_0_1=1)
    paper.write_comments(pile=pile, by=room.two, comments=[("0-1", "Chờ lâu quá")], now=make.NOW)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT comments FROM surveys_paperpile UNION ALL SELECT stubs FROM surveys_paperkeying"
        )
        kept = [row[0] for row in cursor.fetchall()]
        cursor.execute("SELECT counts FROM surveys_paperkeying")
        kept += [row[0] for row in cursor.fetchall()]
    assert len(kept) == 5
    plain = ("Chờ lâu", "Ch\\u1edd", '"1-1"', room.slips[0].slip.pk.hex)
    assert not [text for text in kept if any(each in text for each in plain)]
    assert len({len(text) for text in kept}) == 1  # nor does a length tell how much was written
    assert json.loads(PaperPile.objects.get().comments) == [["0-1", "Chờ lâu quá"]]
