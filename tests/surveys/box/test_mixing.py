"""Mix: nobody reads a single ballot."""

from __future__ import annotations

import json
from collections import Counter
from datetime import timedelta

import pytest

from surveys import evidence
from surveys.box import boxed, mixing, opening
from surveys.box.contents import Contents
from surveys.choices import VoidReason
from surveys.crypto import keys
from surveys.models import Ballot, Batch, BoxedBallot, Receipt, VoidMark
from surveys.periods import Month
from surveys.slips import issuing
from tests import make

pytestmark = pytest.mark.django_db

NOVEMBER = Month(2026, 11)


@pytest.fixture
def house():
    """Two counters of one box and two procedures."""
    department = make.department()
    return (
        make.counter("Q1", of=department),
        make.counter("Q2", of=department),
        make.procedure("6"),
        make.procedure("4"),
    )


def mix(counter, *, now=make.NOW, closing=False):
    return mixing.mix(office=counter.box_office, period=NOVEMBER, now=now, closing=closing)


def cells() -> dict:
    return dict(Counter(Ballot.objects.values_list("counter", "procedure")))


def test_nine_ballots_wait_and_the_tenth_opens_the_cell(house):
    q1, _q2, pay, _open = house
    make.ballots(9, at=q1, kind=pay)
    assert mix(q1) is None
    assert not Ballot.objects.exists()

    make.ballots(1, at=q1, kind=pay)
    batch = mix(q1)

    assert batch.ballots == 10
    assert cells() == {("Q1", "6"): 10}
    assert not BoxedBallot.objects.exists()


def test_a_small_cell_waits_beside_a_full_one(house):
    q1, q2, pay, deposit = house
    make.ballots(11, at=q1, kind=pay)
    make.ballots(4, at=q1, kind=deposit)
    make.ballots(9, at=q2, kind=pay)

    mix(q1)

    assert cells() == {("Q1", "6"): 11}
    assert BoxedBallot.objects.count() == 13


def test_rows_are_opened_and_sealed_again_before_the_box_is_locked_so_that_no_cast_waits(house, monkeypatch):
    q1, q2, pay, _open = house
    make.ballots(10, at=q1, kind=pay)
    make.ballots(3, at=q2, kind=pay)
    steps = []

    def told(step, act):
        return lambda *args, **facts: steps.append(step) or act(*args, **facts)

    monkeypatch.setattr(opening, "opened", told("open", opening.opened))
    monkeypatch.setattr(mixing, "opened", told("open", mixing.opened))
    monkeypatch.setattr(mixing, "sealed", told("seal", mixing.sealed))
    monkeypatch.setattr(mixing, "lock_box", told("lock", mixing.lock_box))

    assert mix(q1).ballots == 10

    assert steps == ["open"] * 13 + ["seal"] * 3 + ["lock"]


def test_what_waits_is_sealed_again_under_new_names_and_nothing_of_it_changes(house):
    q1, _q2, pay, _deposit = house
    make.ballots(5, at=q1, kind=pay, comment="Chờ lâu")
    before, opened = list(BoxedBallot.objects.all()), make.waiting()

    mix(q1)

    after = list(BoxedBallot.objects.all())
    assert len(after) == 5
    assert not {row.pk for row in before} & {row.pk for row in after}
    assert not {bytes(row.sealed) for row in before} & {bytes(row.sealed) for row in after}
    # The tags hold, or nothing would open.
    assert _as_told(make.waiting()) == _as_told(opened)


def test_released_ballots_lie_in_the_order_of_their_leaves_and_receipts_of_their_hashes(house):
    q1, _q2, pay, _deposit = house
    make.ballots(12, at=q1, kind=pay)

    mix(q1)

    hashes = list(Receipt.objects.order_by("pk").values_list("hash", flat=True))
    assert hashes == sorted(hashes)
    if mixing.connection.vendor == "sqlite":
        with mixing.connection.cursor() as cursor:
            cursor.execute("SELECT leaf FROM surveys_ballot ORDER BY rowid")
            leaves = [row[0] for row in cursor.fetchall()]
        assert leaves == sorted(leaves)


def test_the_leaf_commits_to_office_period_answers_and_words(house):
    q1, _q2, pay, _deposit = house
    make.ballots(10, at=q1, kind=pay, comment="Chờ lâu")

    mix(q1)

    ballot = Ballot.objects.first()
    extra = json.loads(ballot.extra)
    assert extra == {"comment": "Chờ lâu", "counter": "Q1", "procedure": "6", "reasons": [], "texts": {}}
    assert ballot.x == evidence.x_of(bytes.fromhex(ballot.salt), ballot.extra)
    leaf = evidence.ballot_leaf(
        id=ballot.id,
        answers=json.loads(ballot.answers),
        period="2026-11",
        office=q1.box_office.code,
        x=ballot.x,
    )
    assert ballot.leaf == leaf.hex()


def test_the_checkpoint_signs_everything_released_so_far_and_names_the_one_before(house):
    q1, q2, pay, _deposit = house
    make.ballots(10, at=q1, kind=pay)
    first = mix(q1)
    make.ballots(10, at=q2, kind=pay)
    second = mix(q1)

    signers = {line.name: line.public for line in keys.mixer_public_keys()}
    texts = [evidence.open_note(batch.checkpoint, signers) for batch in (first, second)]
    lines = [dict(line.split(": ", 1) for line in text.splitlines()[1:]) for text in texts]
    audit = Ballot.objects.order_by("batch__number", "leaf").values_list("leaf", flat=True)
    root = evidence.root([bytes.fromhex(leaf) for leaf in audit]).hex()
    assert (lines[0]["audit_size"], lines[1]["audit_size"], lines[1]["batch"]) == ("10", "20", "2")
    assert lines[1]["audit_root"] == root
    assert lines[1]["previous"] == evidence.digest(texts[0])


def test_a_changed_box_stops_the_mix_and_nothing_is_released(house):
    q1, _q2, pay, _deposit = house
    make.ballots(10, at=q1, kind=pay)
    row = BoxedBallot.objects.first()
    BoxedBallot.objects.filter(pk=row.pk).update(period="2026-11", sealed=bytes(row.sealed)[:-1] + b"\0")

    with pytest.raises(mixing.BoxTampered):
        mix(q1)

    assert not Ballot.objects.exists()
    assert BoxedBallot.objects.count() == 10


def test_the_last_five_working_days_release_nothing_before_the_closing_mix(house):
    q1, _q2, pay, _deposit = house
    make.ballots(10, at=q1, kind=pay, now=make.at(23))
    frozen = make.at(24, 19)  # the fifth working day from the end of November 2026

    assert mix(q1, now=frozen) is None
    assert mix(q1, now=frozen - timedelta(days=1)).ballots == 10


def test_the_closing_mix_releases_all_and_drops_procedure_before_counter(house):
    q1, q2, pay, deposit = house
    make.ballots(10, at=q1, kind=pay)
    make.ballots(6, at=q1, kind=deposit)
    make.ballots(12, at=q2, kind=pay)
    make.ballots(5, at=q2, kind=deposit)
    mix(q1)
    make.ballots(4, at=q1, kind=pay)

    mix(q1, closing=True)

    # Q1 has 4 + 6 = 10 left: no procedure; Q2 has 5 left: too few, so Q1's ten give up their counter, too.
    assert cells() == {("Q1", "6"): 10, ("Q2", "6"): 12, ("", ""): 15}
    assert not BoxedBallot.objects.exists()


def test_coarsened_ballots_keep_no_counter_or_procedure_in_their_words_either(house):
    q1, _q2, pay, _deposit = house
    make.ballots(3, at=q1, kind=pay)

    mix(q1, closing=True)

    words = {
        (json.loads(extra)["counter"], json.loads(extra)["procedure"])
        for extra in Ballot.objects.values_list("extra", flat=True)
    }
    assert words == {("", "")}


def test_every_group_of_a_closing_mix_has_ten_unless_the_whole_remainder_has_not(house):
    q1, q2, pay, deposit = house
    for counter, procedure, n in [(q1, pay, 13), (q1, deposit, 7), (q2, pay, 2), (q2, deposit, 3)]:
        make.ballots(n, at=counter, kind=procedure)

    mix(q1, closing=True)

    assert sum(cells().values()) == 25
    assert min(cells().values()) >= 10


def test_a_box_that_is_closed_again_and_again_never_opens_one_answer_alone(house):
    """As whoever writes into the database could have it: the box closed early, an answer sent, the box closed again."""
    q1, _q2, pay, _open = house
    make.ballots(10, at=q1, kind=pay)
    mix(q1, closing=True)

    make.ballots(1, at=q1, kind=pay, time=0)
    assert mix(q1, closing=True) is None
    assert (Ballot.objects.count(), BoxedBallot.objects.count()) == (10, 1)

    make.ballots(9, at=q1, kind=pay)
    assert mix(q1, closing=True).ballots == 10
    assert (Ballot.objects.count(), BoxedBallot.objects.count()) == (20, 0)


def test_a_period_is_closed_once_even_when_nothing_was_left(house):
    q1 = house[0]

    first, again = mix(q1, closing=True), mix(q1, closing=True)

    assert (first.ballots, first.is_closing, again) == (0, True, None)


def put_void(counter, *keyers):
    contents = Contents(
        questionnaire=make.questionnaire().pk,
        counter=counter.code,
        procedure="6",
        answers={"attitude": None, "time": None},
        void_reason=VoidReason.INCOMPLETE.value,
        keyed_by=tuple(keyer.pk for keyer in keyers),
    )
    boxed.sealed(office=counter.box_office.pk, period="2026-11", contents=contents, receipt_hash=None).save(
        force_insert=True
    )


def test_a_paper_ballot_void_at_entry_gets_its_mark_from_the_mix_and_no_receipt(house):
    q1, _q2, pay, _deposit = house
    make.ballots(10, at=q1, kind=pay)
    keyers = make.user(of=q1.box_office), make.user(of=q1.box_office)
    put_void(q1, *keyers)

    mix(q1)

    mark = VoidMark.objects.get()
    assert (mark.reason, mark.first, mark.second) == (VoidReason.INCOMPLETE, *keyers)
    assert (Ballot.objects.count(), Receipt.objects.count()) == (11, 10)


def test_a_void_ballot_is_no_company_for_nine_others(house):
    q1, _q2, pay, _deposit = house
    make.ballots(9, at=q1, kind=pay)
    put_void(q1, make.user(of=q1.box_office), make.user(of=q1.box_office))

    assert mix(q1) is None


def test_offices_and_periods_never_share_a_batch(house):
    q1, _q2, pay, _deposit = house
    stranger = make.counter()
    make.ballots(10, at=q1, kind=pay)
    make.ballots(10, at=stranger, kind=pay)
    make.ballots(10, at=q1, kind=pay, now=make.at(2, month=12))

    mix(q1)

    assert set(Ballot.objects.values_list("office", "period")) == {(q1.box_office.pk, "2026-11")}
    assert Batch.objects.count() == 1


def test_after_closing_used_slips_spent_rows_and_ballots_are_one_number(house):
    q1, q2, pay, deposit = house
    make.ballots(11, at=q1, kind=pay)
    make.ballots(4, at=q2, kind=deposit)
    make.issued(at=q2, kind=pay)
    mix(q1)

    issuing.expire_slips(office=q1.box_office, period=NOVEMBER)
    mix(q1, closing=True)

    used = issuing.Slip.objects.filter(state="U").count()
    assert used == mixing.Ballot.objects.count() == Receipt.objects.count() == 15


def _as_told(opened) -> list[tuple]:
    return sorted((each.receipt_hash, each.contents.encoded()) for each in opened)
