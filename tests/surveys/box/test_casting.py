"""Cast: once, and only once."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection
from django.test.utils import CaptureQueriesContext

from surveys.box import casting, errors, mixing, receipts, signed_form
from surveys.box import statements as box_statements
from surveys.box.contents import Contents
from surveys.box.receipts import ReceiptState
from surveys.choices import SlipChannel
from surveys.crypto import codes
from surveys.models import BoxedBallot, Receipt, Slip, Spent
from surveys.periods import Month
from surveys.reference import answers, counters
from surveys.slips import issuing
from tests import make

pytestmark = pytest.mark.django_db

GATE = re.compile(r"UPDATE.*?(?=RETURNING|$)", re.DOTALL)
SAID = answers.Said(answers={"attitude": 1, "time": 0}, comment="Chờ lâu", reasons=["waiting"])


def opened(handed, *, now=make.NOW):
    slip = casting.find_slip(code=handed.code)
    return slip, signed_form.read_form(slip=slip, field=signed_form.open_form(slip=slip, now=now))


def cast(slip, form, *, now=make.NOW, said=SAID):
    return casting.cast(slip=slip, form=form, said=said, via=SlipChannel.SLIP, now=now)


def test_a_cast_spends_the_slip_and_puts_one_ballot_in_the_box():
    handed = make.issued()
    slip, form = opened(handed, now=make.NOW - timedelta(seconds=40))

    receipt = cast(slip, form)

    assert make.slip_of(handed).state == "U"
    assert Spent.objects.get().open_seconds == 40
    (boxed,) = make.waiting()
    assert boxed.receipt_hash == codes.receipt_hash(receipt)
    assert boxed.contents == Contents(
        questionnaire=slip.questionnaire_id,
        counter=handed.slip.counter.code,
        procedure=handed.slip.procedure.code,
        answers={"attitude": 1, "time": 0},
        comment="Chờ lâu",
        reasons=("waiting",),
    )


def test_nothing_in_the_box_names_the_slip_its_code_or_its_moment():
    handed = make.issued()
    slip, form = opened(handed)
    cast(slip, form)

    (boxed,) = make.waiting()
    row = f"{BoxedBallot.objects.values_list().get()} {boxed.contents.encoded().decode()}"

    for secret in (
        handed.code,
        handed.code[:12],
        slip.pk.hex,
        str(slip.pk),
        slip.serial,
        form.nonce.hex(),
        "GD-",
        "09:30",
    ):
        assert secret not in row


def test_the_same_form_again_gets_the_same_receipt_and_stores_nothing_more():
    slip, form = opened(make.issued())

    assert cast(slip, form) == cast(slip, form)
    assert BoxedBallot.objects.count() == Spent.objects.count() == 1


def test_another_form_on_a_used_slip_is_refused():
    handed = make.issued()
    slip, first = opened(handed)
    _slip, second = opened(handed)
    cast(slip, first)

    with pytest.raises(errors.SlipNotUsable):
        cast(slip, second)
    assert BoxedBallot.objects.count() == 1


def test_the_same_form_is_known_again_after_the_mix():
    counter, procedure = make.counter(), make.procedure()
    handed = make.issued(at=counter, kind=procedure)
    slip, form = opened(handed)
    receipt = cast(slip, form)
    make.ballots(9, at=counter, kind=procedure)
    mixing.mix(office=counter.box_office, period=Month(2026, 11), now=make.NOW)

    assert not BoxedBallot.objects.exists()
    assert cast(slip, form) == receipt


def test_a_form_of_another_slip_is_not_read():
    slip, _form = opened(make.issued())
    other = casting.find_slip(code=make.issued().code)

    with pytest.raises(errors.FormOfAnotherSlip):
        signed_form.read_form(slip=slip, field=signed_form.open_form(slip=other, now=make.NOW))


@pytest.mark.parametrize(
    "spoil", [lambda f: "", lambda f: f[:-1], lambda f: "x" + f, lambda f: f.replace(":", ".")]
)
def test_a_spoiled_hidden_field_is_not_read(spoil):
    slip = casting.find_slip(code=make.issued().code)

    with pytest.raises(errors.FormOfAnotherSlip):
        signed_form.read_form(slip=slip, field=spoil(signed_form.open_form(slip=slip, now=make.NOW)))


@pytest.mark.parametrize("when", [make.NOW - timedelta(seconds=1), make.at(19, 0), make.at(25)])
def test_a_slip_takes_nothing_before_its_transaction_ended_or_after_its_own_end(when):
    slip, form = opened(make.issued(now=make.NOW))

    with pytest.raises(errors.SlipNotUsable):
        cast(slip, form, now=when)
    assert not BoxedBallot.objects.exists()


def test_a_cancelled_or_expired_slip_takes_nothing():
    counter = make.counter()
    cancelled, expired = make.issued(at=counter), make.issued(at=counter)
    forms = [opened(cancelled), opened(expired)]
    issuing.cancel_slip(slip=cancelled.slip, reason="Ghi nhầm", actor=make.teller(), now=make.NOW)
    issuing.expire_slips(office=counter.box_office, period=Month(2026, 11))

    for slip, form in forms:
        with pytest.raises(errors.SlipNotUsable):
            cast(slip, form)
    assert not BoxedBallot.objects.exists()


def test_a_refused_cast_leaves_the_slip_as_it_was():
    """The receipt's 40 bits are taken: everything rolls back and a fresh form succeeds."""
    handed = make.issued()
    slip, form = opened(handed)
    receipt_hash = codes.receipt_hash(codes.receipt(casting.keys.receipt_key(), form.nonce))
    Receipt.objects.create(office=slip.office, period=slip.period, hash=receipt_hash)

    with pytest.raises(errors.ReceiptTaken):
        cast(slip, form)

    assert make.slip_of(handed).state == "I"
    assert not Spent.objects.exists()
    assert cast(*opened(handed))


def test_the_conditional_update_stays_on_its_own_table():
    """A condition across a foreign key becomes IN (SELECT …): PostgreSQL then let 40 slips cast 537 ballots."""
    slip, form = opened(make.issued())

    with CaptureQueriesContext(connection) as captured:
        cast(slip, form)

    asked = [query["sql"] for query in captured]
    if any(sql.startswith("EXECUTE kbnn_cast") for sql in asked):
        asked = [box_statements.SLIP_GATE]  # what was prepared under that name
    gate = next(GATE.search(sql)[0] for sql in asked if "UPDATE" in sql)
    assert "SELECT" not in gate
    assert "JOIN" not in gate


def test_a_cast_costs_four_statements_beside_its_transaction_and_on_postgresql_one(django_assert_num_queries):
    cast(*opened(make.issued()))  # on PostgreSQL a connection prepares the statement once
    slip, form = opened(make.issued())
    counters.place_of(slip.counter_id), counters.procedure_code(slip.procedure_id)  # read once a minute
    counters.office_code(slip.office_id)
    statements = {"sqlite": 4, "postgresql": 1}[connection.vendor]  # update, receipt, spent, box

    with django_assert_num_queries(statements + 2):  # and the test's own savepoint
        cast(slip, form)


def test_spent_keeps_a_slip_from_a_second_ballot_even_without_the_gate():
    handed = make.issued()
    slip, form = opened(handed)
    cast(slip, form)
    Slip.objects.filter(pk=slip.pk).update(state="I")  # what a careless refactoring might do

    _slip, second = opened(handed)
    with pytest.raises(errors.SlipNotUsable):
        cast(slip, second)
    assert BoxedBallot.objects.count() == 1


def test_a_clock_set_back_stores_no_negative_time():
    slip, form = opened(make.issued(), now=make.NOW + timedelta(minutes=5))

    cast(slip, form, now=make.NOW)

    assert Spent.objects.get().open_seconds == 0


@pytest.mark.parametrize("typed", [str.lower, lambda c: c[:12], lambda c: "-".join([c[:4], c[4:8], c[8:12]])])
def test_a_code_is_found_as_people_type_it(typed):
    handed = make.issued()

    assert casting.find_slip(code=typed(handed.code)).pk == handed.slip.pk


@pytest.mark.parametrize("typed", ["", "K7Q2MX", "x" * 300, "ống 1234 5678 9012", "0" * 26])
def test_what_is_no_code_finds_nothing(typed):
    make.issued()

    assert casting.find_slip(code=typed) is None


def test_a_receipt_tells_where_the_ballot_is_and_never_how_it_was_answered():
    counter, procedure = make.counter(), make.procedure()
    counted = make.ballots(10, at=counter, kind=procedure)[0]
    mixing.mix(office=counter.box_office, period=Month(2026, 11), now=make.NOW)
    waiting = make.cast(make.issued(at=counter, kind=procedure))
    missing = codes.receipt(casting.keys.receipt_key(), b"never cast here.")
    mistyped = counted[:-1] + ("0" if counted[-1] != "0" else "1")

    states = {
        typed: receipts.receipt_state(typed=typed) for typed in (counted, waiting, missing, mistyped, "")
    }

    assert [facts.state for facts in states.values()] == [
        ReceiptState.COUNTED,
        ReceiptState.IN_THE_BOX,
        ReceiptState.MISSING,
        ReceiptState.MISTYPED,
        ReceiptState.MISTYPED,
    ]
    assert states[counted].counted.period == "2026-11"


def test_one_receipt_stands_once_in_the_box_of_a_period():
    slip, form = opened(make.issued())
    cast(slip, form)
    boxed = BoxedBallot.objects.get()
    boxed.id = "0" * 32

    with pytest.raises(IntegrityError):
        boxed.save(force_insert=True)
