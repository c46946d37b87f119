"""Two persons seal a period: what is fixed, what voids the first signature, and what is refused with a sentence."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.db import DatabaseError
from django.db.transaction import atomic

from reports import closing, sealing
from reports.models import FirstSignature, MonthCell, Seal, SignatureEnd
from reports.month import snapshot
from reports.month.rollups import PeriodSealed, roll_up
from surveys import evidence, paper
from surveys.accounts import two_persons
from surveys.choices import Role, SlipChannel, VoidReason
from surveys.crypto import keys
from surveys.models import AuditEntry, Ballot, Delegation, Slip, VoidMark
from surveys.periods import Month, MonthRange
from tests import make

pytestmark = pytest.mark.django_db

NOVEMBER, DECEMBER = Month(2026, 11), Month(2026, 12)
CLOSING = make.at(4, 8, month=12)
SIGNING = make.at(4, 9, month=12)
SIGNING_DAY = SIGNING.date()
LATER = make.at(8, 9, month=12)


@pytest.fixture
def box():
    return make.office("HB")


@pytest.fixture
def counter(box):
    return make.counter("Q1", of=make.department(of=box))


@pytest.fixture
def first(box):
    return make.user(Role.COUNTING, of=box, username="count")


@pytest.fixture
def second(box):
    return make.user(Role.COUNTING, of=box, username="count2")


def close(box, period=NOVEMBER, now=CLOSING):
    closing.close_period(office=box, period=period, now=now)


def sign_first(box, user, period=NOVEMBER, now=SIGNING, reason="", seen=None, logged_in_at=None):
    return sealing.sign_first(
        office=box,
        period=period,
        user=user,
        seen=seen or sealing.draft(office=box, period=period, reason=reason).seen,
        now=now,
        logged_in_at=logged_in_at or now - timedelta(minutes=2),
        reason=reason,
    )


def sign_second(signature, user, now=SIGNING + timedelta(minutes=20), seen=None, logged_in_at=None):
    return sealing.sign_second(
        first=signature,
        user=user,
        seen=seen or signature.digest,
        now=now,
        logged_in_at=logged_in_at or now - timedelta(minutes=1),
    )


def seal(box, first, second, period=NOVEMBER, now=SIGNING, reason=""):
    return sign_second(sign_first(box, first, period, now, reason), second, now + timedelta(minutes=20))


def read(text):
    """The lines of a seal as a mapping."""
    return dict(line.split(": ", 1) for line in text.splitlines()[1:])


@pytest.fixture
def closed(box, counter, kind):
    """November with 14 issued: 9 satisfied, 3 not, 2 that nobody brought back; mixed for the last time."""
    make.ballots(9, at=counter, kind=kind)
    make.ballots(3, at=counter, kind=kind, time=0)
    for _ in range(2):
        make.issued(at=counter, kind=kind)
    close(box)
    return box


# ── What is sealed ─────────────────────────────────────────────────────────────────────


def test_two_persons_seal_what_register_and_ledger_say(closed, first, second):
    sealed = seal(closed, first, second)

    said = read(sealed.text)
    assert [said[name] for name in ("issued", "returned", "expired", "cancelled")] == ["14", "12", "2", "0"]
    assert [said[name] for name in ("ballots", "void", "valid", "satisfied", "dissatisfied")] == [
        "12",
        "0",
        "12",
        "9",
        "3",
    ]
    assert said["levels"] == "attitude/1=12 time/0=3 time/1=9"
    assert (said["version"], said["reason"], said["previous"]) == ("1", "", evidence.NO_SEAL)
    assert said["sealed_at"] == "2026-12-04T09:00:00+07:00"
    assert (sealed.first, sealed.second, sealed.code) == (first, second, evidence.seal_code(sealed.text))


def test_the_note_is_signed_with_the_office_s_key(closed, first, second):
    sealed = seal(closed, first, second)
    public = {line.name: line.public for line in keys.public_keys()}
    assert evidence.open_note(sealed.note, public) == sealed.text


def test_the_next_seal_names_the_one_before_it(closed, counter, kind, first, second):
    before = seal(closed, first, second)
    make.ballots(10, at=counter, kind=kind, now=make.at(9, month=12))
    close(closed, DECEMBER, make.at(4, 8, month=1, year=2027))
    after = seal(closed, first, second, DECEMBER, make.at(4, 9, month=1, year=2027))
    assert read(after.text)["previous"] == evidence.digest(before.text)


def test_the_last_few_ballots_are_counted_with_the_seal(box, counter, kind, first, second):
    make.ballots(4, at=counter, kind=kind)
    close(box)
    assert not MonthCell.objects.exists()
    seal(box, first, second)
    assert MonthCell.objects.get().valid == 4


def test_every_step_is_in_the_audit_trail(closed, first, second):
    seal(closed, first, second)
    trail = AuditEntry.objects.order_by("pk").values_list("action", "actor__username")
    assert list(trail) == [("signed_first", "count"), ("sealed", "count2")]


def test_a_sealed_period_is_not_counted_again(closed, first, second):
    seal(closed, first, second)
    with pytest.raises(PeriodSealed):
        roll_up(office=closed, period=NOVEMBER)


def test_a_seal_is_neither_changed_nor_deleted(closed, first, second):
    sealed = seal(closed, first, second)
    for act in (lambda: Seal.objects.update(code="0" * 16), sealed.delete):
        with pytest.raises(DatabaseError), atomic():
            act()


# ── Who may not sign ───────────────────────────────────────────────────────────────────


def test_one_person_cannot_sign_twice(closed, first):
    signature = sign_first(closed, first)
    with pytest.raises(two_persons.SamePersonTwice):
        sign_second(signature, first)
    with pytest.raises(two_persons.SamePersonTwice):
        sign_first(closed, first)
    assert not Seal.objects.exists()


def test_a_teller_signs_nothing_even_one_of_the_team(closed, counter, first):
    teller = make.teller(at=counter)
    both = make.user(Role.TELLER, Role.COUNTING, of=closed, at=counter)
    signature = sign_first(closed, first)
    for user in (teller, both):
        with pytest.raises(sealing.NotInTheTeam):
            sign_second(signature, user)


def test_another_office_s_team_signs_nothing(closed, first):
    stranger = make.user(Role.COUNTING, of=make.office("XX"))
    signature = sign_first(closed, first)
    with pytest.raises(sealing.NotInTheTeam):
        sign_second(signature, stranger)


@pytest.mark.parametrize("role", [Role.LEADERSHIP, Role.INSPECTOR, Role.HEAD_OFFICE, Role.ADMIN])
def test_no_other_role_signs(closed, first, role):
    signature = sign_first(closed, first)
    with pytest.raises(sealing.NotInTheTeam):
        sign_second(signature, make.user(role, of=closed))


def test_whoever_signs_has_logged_in_within_ten_minutes(closed, first, second):
    with pytest.raises(two_persons.LoginTooOld):
        sign_first(closed, first, logged_in_at=SIGNING - timedelta(minutes=11))
    signature = sign_first(closed, first)
    with pytest.raises(two_persons.LoginTooOld):
        sign_second(signature, second, logged_in_at=SIGNING)


def appointed(box, user, *, until=SIGNING_DAY, **fields):
    return Delegation.objects.create(
        office=box,
        delegate=user,
        role=Role.COUNTING,
        valid_from=make.LONG_AGO,
        valid_to=until,
        reason="QĐ 12",
        granted_by=make.user(Role.LEADERSHIP, of=box),
        granted_at=CLOSING,
        **fields,
    )


def test_a_team_lent_by_the_parent_signs_for_the_small_office(closed, first):
    lent = make.user(Role.COUNTING, of=make.office("TW"))
    appointed(closed, lent)
    assert sign_second(sign_first(closed, first), lent).second == lent


def test_a_lent_team_s_time_ends(closed, first):
    over, back = (make.user(of=make.office()) for _ in range(2))
    appointed(closed, over, until=SIGNING.date() - timedelta(days=1))
    appointed(closed, back, revoked_at=CLOSING)
    signature = sign_first(closed, first)
    for user in (over, back):
        with pytest.raises(sealing.NotInTheTeam):
            sign_second(signature, user)


# ── What must come before ──────────────────────────────────────────────────────────────


def test_an_open_period_is_not_signed(box, counter, kind, first):
    make.ballots(10, at=counter, kind=kind)
    with pytest.raises(two_persons.ActRefused):
        sign_first(box, first)
    with pytest.raises(sealing.NotClosed):
        sign_first(box, first, seen="x")


def test_a_sealed_period_is_not_signed_again(closed, first, second):
    signature = sign_first(closed, first)
    sign_second(signature, second)
    with pytest.raises(sealing.AlreadySealed):
        sign_second(signature, make.user(Role.COUNTING, of=closed))
    with pytest.raises(sealing.AlreadySealed):
        sign_first(closed, first, seen="x")


def test_a_pile_that_is_being_keyed_stops_the_signatures(closed, counter, first, second):
    signature = sign_first(closed, first)
    paper.open_pile(office=closed, counter=counter, period=NOVEMBER, by=first, now=SIGNING, late=True)
    with pytest.raises(two_persons.ChangedSince):
        sign_second(signature, second)
    with pytest.raises(sealing.PaperPending):
        sign_first(closed, first)


def test_months_are_sealed_in_order(closed, counter, kind, first):
    make.ballots(10, at=counter, kind=kind, now=make.at(9, month=12))
    later = make.at(4, 9, month=1, year=2027)
    close(closed, DECEMBER, later)
    with pytest.raises(sealing.EarlierPeriodUnsealed) as fact:
        sign_first(closed, first, DECEMBER, later)
    assert fact.value.period == NOVEMBER


def test_a_ballot_without_its_used_slip_is_never_sealed(closed, first):
    Slip.objects.filter(state="U")[:1].get()
    Slip.objects.filter(pk=Slip.objects.filter(state="U").first().pk).update(state="X")
    with pytest.raises(sealing.CountsDoNotAddUp):
        sign_first(closed, first)


# ── Between the two signatures ─────────────────────────────────────────────────────────


def test_the_second_person_has_a_day(closed, first, second):
    signature = sign_first(closed, first)
    with pytest.raises(two_persons.FirstSignatureExpired):
        sign_second(signature, second, now=SIGNING + timedelta(hours=24))
    signature.refresh_from_db()
    assert signature.end == SignatureEnd.EXPIRED
    with pytest.raises(two_persons.NoFirstSignature):
        sign_second(signature, second)


def test_a_signature_that_is_too_old_makes_room_for_a_new_one(closed, first, second):
    sign_first(closed, first)
    late = SIGNING + timedelta(hours=25)
    again = sign_first(closed, second, now=late)
    assert sign_second(again, first, now=late + timedelta(minutes=5)).first == second


def test_a_change_after_the_first_signature_voids_it(closed, first, second):
    signature = sign_first(closed, first)
    Slip.objects.filter(state="X").first()
    Slip.objects.filter(pk=Slip.objects.filter(state="X").first().pk).update(state="C")
    with pytest.raises(two_persons.ChangedSince):
        sign_second(signature, second)
    signature.refresh_from_db()
    assert signature.end == SignatureEnd.CHANGED
    assert not Seal.objects.exists()


def test_an_old_page_is_refused_and_the_first_signature_stands(closed, first, second):
    signature = sign_first(closed, first)
    with pytest.raises(two_persons.ChangedSince):
        sign_second(signature, second, seen="0" * 64)
    assert sign_second(signature, second)


def test_the_first_signs_what_the_page_showed_or_nothing(closed, first):
    shown = sealing.draft(office=closed, period=NOVEMBER).seen
    Slip.objects.filter(pk=Slip.objects.filter(state="X").first().pk).update(state="C")
    with pytest.raises(two_persons.ChangedSince):
        sign_first(closed, first, seen=shown)


def test_the_first_signer_and_nobody_else_withdraws(closed, first, second):
    signature = sign_first(closed, first)
    with pytest.raises(sealing.NotInTheTeam):
        sealing.withdraw(first=signature, user=second, now=SIGNING)
    sealing.withdraw(first=signature, user=first, now=SIGNING)
    with pytest.raises(two_persons.NoFirstSignature):
        sign_second(signature, second)
    assert FirstSignature.objects.get().end == SignatureEnd.WITHDRAWN


# ── What the owner of the database did ─────────────────────────────────────────────────


def test_an_edited_ballot_is_found_before_it_is_sealed(closed, first, without_guards):
    Ballot.objects.filter(answers__contains='"time":0').update(answers='{"attitude":1,"time":1}')
    with pytest.raises(sealing.CountsDoNotAddUp):
        sign_first(closed, first)


def test_a_swapped_ballot_is_found_by_the_checkpoint(closed, first, without_guards):
    """A leaf that fits its row again does not fit what the mix signed."""
    ballot = Ballot.objects.filter(answers__contains='"time":0').first()
    answers = {"attitude": 1, "time": 1}
    leaf = evidence.ballot_leaf(id=ballot.pk, answers=answers, period="2026-11", office="HB", x=ballot.x)
    Ballot.objects.filter(pk=ballot.pk).update(answers=evidence.canonical(answers), leaf=leaf.hex())
    with pytest.raises(sealing.CountsDoNotAddUp):
        sign_first(closed, first)


@pytest.fixture
def without_guards():
    from surveys.database import triggers

    triggers.remove()
    yield
    triggers.install()


# ── Corrections ────────────────────────────────────────────────────────────────────────


@pytest.fixture
def sealed_with_paper_out(box, counter, kind, first, second):
    """November sealed while one paper ballot was nowhere."""
    make.ballots(10, at=counter, kind=kind)
    handed = make.issued(at=counter, kind=kind, channel=SlipChannel.PAPER)
    close(box)
    return seal(box, first, second), handed


def late_pile(box, counter, first, second, handed, *, sheets=1, now=LATER):
    pile = paper.open_pile(office=box, counter=counter, period=NOVEMBER, by=first, now=now, late=True)
    for user in (first, second):
        counted = {"stubs": [handed.slip.serial], "counts": {"1-0": sheets}, "foreign": 0, "done": True}
        paper.key(pile=pile, by=user, now=now, **counted)
    for user in (first, second):
        seen = paper.compare(pile=pile, by=user).digest
        paper.confirm(pile=pile, by=user, seen=seen, now=now)
    return now


def test_a_correction_adds_a_late_pile_and_leaves_the_first_version(
    sealed_with_paper_out, counter, first, second
):
    before, handed = sealed_with_paper_out
    box = before.office
    now = late_pile(box, counter, first, second, handed)
    with pytest.raises(sealing.BoxNotEmpty):
        sign_first(box, first, now=now, reason="Tìm thấy phiếu giấy", seen="x")
    make.closed_by_hand(office=box, period=NOVEMBER, user=first, now=now)
    assert MonthCell.objects.get().valid == 10  # the sealed figures stand until the correction is sealed
    after = seal(box, first, second, now=now, reason="Tìm thấy phiếu giấy của quầy 1")

    said = read(after.text)
    assert (said["version"], said["reason"]) == ("2", "Tìm thấy phiếu giấy của quầy 1")
    assert (said["returned"], said["expired"], said["paper"], said["dissatisfied"]) == ("11", "0", "1", "0")
    assert (said["valid"], said["void"]) == ("10", "1")
    assert said["previous"] == evidence.digest(before.text)
    assert sum(MonthCell.objects.values_list("valid", flat=True)) == 10
    assert list(Seal.objects.values_list("version", flat=True)) == [1, 2]


def test_the_second_version_less_the_first_is_nobodys_ballot(sealed_with_paper_out, counter, first, second):
    before, handed = sealed_with_paper_out
    known = set(Ballot.objects.values_list("id", flat=True))
    now = late_pile(before.office, counter, first, second, handed)
    make.closed_by_hand(office=before.office, period=NOVEMBER, user=first, now=now)
    seal(before.office, first, second, now=now, reason="Tìm thấy phiếu giấy của quầy 1")

    late = Ballot.objects.exclude(id__in=known).get()
    assert set(json.loads(late.answers).values()) == {None}
    assert json.loads(late.extra) == {
        "comment": "", "counter": "", "procedure": "", "reasons": [], "texts": {},
    }  # fmt: skip
    assert late.void_mark.reason == VoidReason.LATE


def test_ten_late_sheets_are_told_and_nine_of_them_are_not(box, counter, kind, first, second):
    make.ballots(10, at=counter, kind=kind)
    handed = [make.issued(at=counter, kind=kind, channel=SlipChannel.PAPER) for _sheet in range(19)]
    close(box)
    for sheets in (handed[:9], handed[9:]):
        known = set(Ballot.objects.values_list("id", flat=True))
        pile = paper.open_pile(office=box, counter=counter, period=NOVEMBER, by=first, now=LATER, late=True)
        stubs = [each.slip.serial for each in sheets]
        for user in (first, second):
            counted = {"stubs": stubs, "counts": {"1-0": len(stubs)}, "foreign": 0, "done": True}
            paper.key(pile=pile, by=user, now=LATER, **counted)
        for user in (first, second):
            paper.confirm(pile=pile, by=user, seen=paper.compare(pile=pile, by=user).digest, now=LATER)
        make.closed_by_hand(office=box, period=NOVEMBER, user=first, now=LATER)
        late = Ballot.objects.exclude(id__in=known)
        answers = {level for ballot in late for level in json.loads(ballot.answers).values()}
        assert answers == ({None} if len(sheets) == 9 else {0, 1})
        assert VoidMark.objects.filter(ballot__in=late).count() == (9 if len(sheets) == 9 else 0)


def test_a_correction_that_says_nothing_new_is_refused(sealed_with_paper_out, first):
    before, _handed = sealed_with_paper_out
    with pytest.raises(sealing.NothingToCorrect):
        sign_first(before.office, first, reason="Làm lại")


def test_a_first_version_has_no_reason(closed, first):
    with pytest.raises(sealing.BadReason):
        sign_first(closed, first, reason="Vì sao", seen="x")


@pytest.mark.parametrize("reason", ["hai\ndòng", "x" * 201, " trắng "])
def test_a_reason_is_one_line(sealed_with_paper_out, counter, first, second, reason):
    before, handed = sealed_with_paper_out
    now = late_pile(before.office, counter, first, second, handed)
    make.closed_by_hand(office=before.office, period=NOVEMBER, user=first, now=now)
    with pytest.raises(sealing.BadReason):
        sign_first(before.office, first, now=now, reason=reason)


# ── A difference stays ─────────────────────────────────────────────────────────────────


@pytest.fixture
def with_a_missing_sheet(box, counter, kind, first, second):
    """November with one stub whose sheet is nowhere."""
    make.ballots(10, at=counter, kind=kind)
    handed = make.issued(at=counter, kind=kind, channel=SlipChannel.PAPER)
    pile = paper.open_pile(office=box, counter=counter, period=NOVEMBER, by=first, now=make.NOW)
    for user in (first, second):
        counted = {"stubs": [handed.slip.serial], "counts": {}, "foreign": 0, "done": True}
        paper.key(pile=pile, by=user, now=make.NOW, **counted)
    for user in (first, second):
        paper.confirm(pile=pile, by=user, seen=paper.compare(pile=pile, by=user).digest, now=make.NOW)
    close(box)
    return box


def test_a_difference_of_paper_needs_a_note_before_it_is_sealed(with_a_missing_sheet, first, second):
    box = with_a_missing_sheet
    with pytest.raises(sealing.DifferencesWithoutNote):
        sign_first(box, first)
    (difference,) = closing.reconcile(office=box, period=NOVEMBER).differences
    facts = {"office": box, "period": NOVEMBER, "user": first, "now": SIGNING}
    closing.note_difference(**facts, subject=difference.subject, text="Khách giữ lại phần phiếu.")
    sealed = seal(box, first, second)
    assert (read(sealed.text)["void"], read(sealed.text)["paper"]) == ("1", "1")
    (still,) = closing.reconcile(office=box, period=NOVEMBER).differences
    assert still.notes[0].text == "Khách giữ lại phần phiếu."


def test_a_note_written_after_the_first_signature_voids_it(with_a_missing_sheet, first, second):
    box = with_a_missing_sheet
    (difference,) = closing.reconcile(office=box, period=NOVEMBER).differences
    facts = {"office": box, "period": NOVEMBER, "user": first, "now": SIGNING, "subject": difference.subject}
    closing.note_difference(**facts, text="Khách giữ lại phần phiếu.")
    signature = sign_first(box, first)
    closing.note_difference(**facts, text="Thấy lại rồi.")
    with pytest.raises(two_persons.ChangedSince):
        sign_second(signature, second)


def test_only_the_team_writes_notes_and_only_on_what_differs(with_a_missing_sheet, counter, first):
    facts = {"office": with_a_missing_sheet, "period": NOVEMBER, "now": SIGNING, "text": "x"}
    with pytest.raises(closing.NotInTheTeam):
        closing.note_difference(**facts, subject="box", user=make.teller(at=counter))
    with pytest.raises(closing.UnknownDifference):
        closing.note_difference(**facts, subject="box", user=first)


# ── Closing by hand ────────────────────────────────────────────────────────────────────


def test_the_team_closes_from_the_fourth_and_expires_paper_that_nobody_brought(box, counter, kind, first):
    make.issued(at=counter, kind=kind, channel=SlipChannel.PAPER)
    facts = {"office": box, "period": NOVEMBER, "user": first}
    with pytest.raises(closing.TooEarly):
        closing.close_by_hand(**facts, now=make.at(3, 23, month=12))
    make.closed_by_hand(**facts, now=CLOSING)
    assert Slip.objects.get().state == "X"
    with pytest.raises(closing.NothingToClose):
        closing.close_by_hand(**facts, now=CLOSING)


def test_nobody_closes_over_a_pile_that_is_being_keyed(box, counter, first):
    make.questionnaire()
    paper.open_pile(office=box, counter=counter, period=NOVEMBER, by=first, now=make.NOW)
    with pytest.raises(closing.PilesOpen):
        closing.close_by_hand(office=box, period=NOVEMBER, user=first, now=CLOSING)


def test_only_the_team_closes(box, counter):
    with pytest.raises(closing.NotInTheTeam):
        closing.close_by_hand(office=box, period=NOVEMBER, user=make.teller(at=counter), now=CLOSING)


# ── What the month says afterwards ─────────────────────────────────────────────────────


def test_the_month_says_that_it_is_sealed_and_under_which_code(closed, counter, kind, first, second):
    make.ballots(10, at=counter, kind=kind, now=make.at(9, month=12))
    sealed = seal(closed, first, second)
    take = {"office": closed, "now": SIGNING}
    taken = snapshot.take(**take, stretch=NOVEMBER)
    assert (taken.state, taken.seal_code, taken.seals) == (snapshot.SEALED, sealed.code, (sealed,))
    both = snapshot.take(**take, stretch=MonthRange(NOVEMBER, DECEMBER))
    assert (both.state, both.seal_code) == (snapshot.OPEN, None)


def test_what_waited_for_the_seal_is_told_with_it(box, counter, kind, first, second):
    make.ballots(4, at=counter, kind=kind)
    close(box)
    assert snapshot.take(office=box, stretch=NOVEMBER, now=SIGNING).held_back == 4
    seal(box, first, second)
    taken = snapshot.take(office=box, stretch=NOVEMBER, now=SIGNING)
    assert (taken.held_back, taken.unreleased) == (0, 0)
