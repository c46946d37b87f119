"""Signals in the register: found, kept with the seal, looked into; counts and call-backs."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import DatabaseError
from django.db.transaction import atomic

from reports.integrity import errors, inspection, wording
from reports.integrity import reading as integrity_reading
from reports.models import (
    CallBackOutcome,
    DispositionKind,
    IndependentCount,
    SignalCase,
    SignalReading,
)
from surveys.choices import Role, SlipChannel
from surveys.models import Organisation, Slip, Spent
from surveys.periods import Month, Quarter
from surveys.slips import issuing
from tests import make

pytestmark = pytest.mark.django_db

NOVEMBER, NIGHT = Month(2026, 11), make.at(20, 21)
CLOSING = make.at(4, 8, month=12)


@pytest.fixture
def box():
    return make.office("HB")


@pytest.fixture
def counter(box):
    return make.counter("Q1", of=make.department(of=box))


@pytest.fixture
def inspector(box):
    return make.user(Role.INSPECTOR, of=box)


def answered(counter, kind, at, *, after=timedelta(minutes=5), **facts):
    """One slip that came back; how long the form was open is the builder's own business, so it is set."""
    handed = make.issued(at=counter, kind=kind, now=at, **facts)
    make.cast(handed, now=at + after)
    Spent.objects.filter(pk=handed.slip.pk).update(open_seconds=20)
    return handed


def ordinary(counter, kind, n=12):
    for i in range(n):
        answered(counter, kind, make.at(2 + i, 9, i), after=timedelta(minutes=3 + i))


def burst(counter, kind, n=4, evening=17):
    """Slips of different days and customers, all used within two minutes of one evening."""
    for i in range(n):
        at = make.at(12, 8 + i, 7 * i)
        until = make.at(12, evening, 0) + timedelta(seconds=25 * i) - at
        customer = Organisation.objects.get_or_create(
            office=counter.box_office, code=f"TC{i}", defaults={"name": f"Tổ chức {i}"}
        )[0]
        answered(counter, kind, at, after=until, organisation=customer)


def read(box, now=NIGHT, **how):
    return integrity_reading.take_reading(office=box, period=NOVEMBER, now=now, **how)


def counter_of(reading, code="Q1"):
    return next(each for each in reading.document["counters"] if each["code"] == code)


def codes(reading, code="Q1"):
    return [each["code"] for each in counter_of(reading, code)["findings"]]


# ── Readings ───────────────────────────────────────────────────────────────────────────


def test_an_ordinary_month_is_kept_with_its_times_and_opens_no_case(box, counter, kind):
    ordinary(counter, kind)

    told = counter_of(read(box, final=True))

    assert (told["issued"], told["returned"], told["findings"]) == (12, 12, [])
    assert told["times"]["from_issue"] == [345, 510, 675, 12]
    assert told["asked"] == {"slip": [12, 12]}
    assert not SignalCase.objects.exists()


def test_a_burst_is_told_every_night_and_opens_its_case_with_the_seal(box, counter, kind):
    ordinary(counter, kind)
    burst(counter, kind)

    assert codes(read(box)) == ["S1"]
    assert not SignalCase.objects.exists(), "looking every night would find more by chance than is stated"

    final = read(box, now=CLOSING, final=True)
    case = SignalCase.objects.get()
    assert (case.counter, case.period, [signal.code for signal in case.signals.all()]) == (
        "Q1",
        "2026-11",
        ["S1"],
    )
    assert 0 < counter_of(final)["findings"][0]["rate"] <= 0.001


def test_a_ballot_used_before_the_service_was_over_opens_its_case_at_once(box, counter, kind):
    handed = answered(counter, kind, make.at(11))
    Spent.objects.filter(pk=handed.slip.pk).update(used_at=make.at(11) - timedelta(seconds=5))

    read(box)

    assert SignalCase.objects.get().signals.get().code == "S0"


def test_sealing_keeps_the_reading_and_answers_are_nowhere_in_it(box, counter, kind):
    ordinary(counter, kind)
    burst(counter, kind)
    make.sealed(counter)

    reading = SignalReading.objects.final(box, NOVEMBER)
    assert reading.is_final
    assert codes(reading) == ["S1"]
    assert not {"attitude", "time"} & set(reading.text.replace('"times"', "").split('"'))


def test_the_reading_of_a_sealed_period_outlives_its_times(box, counter, kind):
    ordinary(counter, kind)
    final = read(box, now=CLOSING, final=True)
    Spent.objects.update(used_at=None, open_seconds=None, via="")

    assert read(box, now=CLOSING + timedelta(days=90)) == final
    assert SignalReading.objects.count() == 1


def test_every_night_the_periods_without_a_seal_are_read(box, counter, kind):
    ordinary(counter, kind)
    make.sealed(counter)
    make.issued(at=counter, kind=kind, now=make.at(7, month=12))

    integrity_reading.read_open_periods(now=make.at(7, 21, month=12))

    kept = SignalReading.objects.of(box).values_list("period", "is_final")
    assert list(kept) == [("2026-11", True), ("2026-12", False)]


def test_a_night_without_news_keeps_nothing_new(box, counter, kind):
    ordinary(counter, kind)

    assert read(box) == read(box, now=NIGHT + timedelta(days=1))


def test_a_pile_of_paper_has_one_hour_and_is_no_burst(box, counter, kind):
    for i in range(6):
        handed = make.issued(at=counter, kind=kind, now=make.at(10, 8 + i), channel=SlipChannel.PAPER)
        issuing_used(handed)

    told = counter_of(read(box))
    assert (told["returned"], told["timed"], told["findings"]) == (6, 0, [])


def issuing_used(handed):
    """As the keying of a pile leaves it."""
    handed.slip.state = "U"
    handed.slip.save(update_fields=["state"])
    Spent.objects.create(slip=handed.slip, used_at=make.at(30, 15), via=SlipChannel.PAPER)


def test_a_teller_who_cancels_is_named(box, counter, kind):
    lan = make.teller(at=counter, last_name="Bùi Thị", first_name="Lan")
    other = make.counter("Q2", of=counter.office)
    for i in range(12):
        handed = make.issued(at=counter, kind=kind, now=make.at(2 + i), clerk=lan)
        make.issued(at=other, kind=kind, now=make.at(2 + i), clerk=make.teller(at=other))
        issuing.cancel_slip(slip=handed.slip, reason="Ghi nhầm", actor=lan, now=make.at(2 + i, 10))

    found = counter_of(read(box))["findings"]

    assert [(each["code"], each["about"], each["seen"]) for each in found] == [("S8", "Bùi Thị Lan", 12)]
    assert codes(read(box), "Q2") == []


def test_a_counter_that_loses_ballots_by_handing_them_out_anew_is_named_by_its_expired_ones(
    box, counter, kind
):
    lan, other = make.teller(at=counter), make.counter("Q2", of=counter.office)
    for i in range(14):
        handed = make.issued(at=counter, kind=kind, now=make.at(2 + i), clerk=lan)
        make.issued(at=other, kind=kind, now=make.at(2 + i), clerk=make.teller(at=other))
        later = make.at(2 + i, 10)
        issuing.reissue_slip(slip=handed.slip, channel=SlipChannel.PAPER, reason="Rách", actor=lan, now=later)
    assert counter_of(read(box))["findings"] == [], "as long as they may still come back"

    Slip.objects.filter(counter=counter).update(state="X")
    (found,) = counter_of(read(box))["findings"]

    assert (found["code"], found["about"], found["seen"], found["of"]) == ("S8", "reissued", 14, 14)
    assert (
        wording.words_of(found).found
        == "Phiếu phát lại rồi hết hạn của 14 trong 14 tổ chức khác nhau, nhiều hơn hẳn các quầy khác."
    )
    assert codes(read(box), "Q2") == []


def test_an_organisation_whose_slips_expired_together_counts_once(box, counter, kind):
    visitor = Organisation.objects.create(office=box, code="KH1", name="Trường THPT")
    other = make.counter("Q2", of=counter.office)
    for i in range(14):
        handed = make.issued(at=counter, kind=kind, now=make.at(2 + i), organisation=visitor)
        make.issued(at=other, kind=kind, now=make.at(2 + i))
        again = {"channel": SlipChannel.PAPER, "reason": "Rách", "actor": make.teller(at=counter)}
        issuing.reissue_slip(slip=handed.slip, now=make.at(2 + i, 10), **again)
    Slip.objects.filter(counter=counter).update(state="X")

    assert counter_of(read(box))["findings"] == []


def test_reading_asks_the_database_as_often_for_many_slips_as_for_few(
    box, counter, kind, django_assert_max_num_queries
):
    for n in (2, 6):
        ordinary(counter, kind, n)
        with django_assert_max_num_queries(16):
            read(box, now=NIGHT + timedelta(days=n))


# ── Coverage ───────────────────────────────────────────────────────────────────────────


@pytest.fixture
def two_counters(box, counter, kind):
    other = make.counter("Q2", of=counter.office)
    for i in range(40):
        make.issued(at=other, kind=kind, now=make.at(2 + i % 20, 9, i))
        if i < 20:
            make.issued(at=counter, kind=kind, now=make.at(2 + i % 20, 10, i))
    return counter, other


def enter(box, counts, **facts):
    usual = {"office": box, "period": NOVEMBER, "source": "TABMIS", "now": NIGHT}
    usual["user"] = facts.pop("user", None) or make.user(Role.COUNTING, of=box)
    inspection.enter_counts(counts=counts, **usual | facts)


def test_a_counter_that_hands_out_half_of_its_slips_is_found_by_an_independent_count(box, two_counters):
    counter, other = two_counters
    enter(box, {counter: 40, other: 40})

    reading = SignalReading.objects.standing(box, NOVEMBER)
    assert (codes(reading), codes(reading, "Q2")) == (["S7"], [])
    assert counter_of(reading)["counted"] == 40


def test_a_count_that_comes_after_the_seal_still_finds_it_and_opens_a_case(box, two_counters):
    counter, other = two_counters
    read(box, now=CLOSING, final=True)
    Spent.objects.update(used_at=None)

    enter(box, {counter: 40, other: 40}, now=CLOSING + timedelta(days=70))

    assert SignalReading.objects.final(box, NOVEMBER).is_final
    assert SignalCase.objects.get().signals.get().code == "S7"


@pytest.mark.parametrize("is_sealed", [False, True])
def test_a_counter_that_handed_out_nothing_at_all_is_found_as_well(box, two_counters, is_sealed):
    idle = make.counter("Q3", of=two_counters[0].office)
    if is_sealed:
        read(box, now=CLOSING, final=True)

    enter(box, {two_counters[0]: 20, two_counters[1]: 40, idle: 30}, now=CLOSING)

    reading = SignalReading.objects.standing(box, NOVEMBER)
    assert (codes(reading, "Q3"), counter_of(reading, "Q3")["issued"]) == (["S7"], 0)


def test_the_same_count_again_is_entered_once_and_another_takes_its_place(box, two_counters):
    counter, other = two_counters
    for n in (40, 40, 21):
        enter(box, {counter: n, other: 40})

    assert list(IndependentCount.objects.filter(counter=counter).values_list("transactions", flat=True)) == [
        40,
        21,
    ]
    assert codes(SignalReading.objects.standing(box, NOVEMBER)) == []


@pytest.mark.parametrize("period", [Month(2027, 1), Quarter(2026, 4)])
def test_a_count_of_a_period_to_come_or_of_another_kind_is_refused(box, counter, period):
    with pytest.raises(errors.CountNotPossible):
        enter(box, {counter: 40}, period=period)


# ── Cases ──────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def case(box, counter, kind):
    ordinary(counter, kind)
    burst(counter, kind)
    read(box, now=CLOSING, final=True)
    return SignalCase.objects.get()


def say(case, kind, user, text="Đã hỏi từng khách"):
    return inspection.dispose(case=case, kind=kind, text=text, user=user, now=CLOSING)


def test_one_signal_may_be_closed_with_a_word(case, inspector):
    say(case, DispositionKind.ORDINARY, inspector)

    assert case.dispositions.get().text == "Đã hỏi từng khách"


def test_two_signals_are_closed_only_after_a_written_explanation_which_stands_with_the_seal(
    box, case, inspector
):
    case.signals.create(code="S2", text="{}", found_at=CLOSING)
    with pytest.raises(errors.ExplanationMissing):
        say(case, DispositionKind.ORDINARY, inspector)

    say(case, DispositionKind.EXPLAINED, inspector, "Công văn 12: mất điện, khách trả lời cùng lúc")
    say(case, DispositionKind.ORDINARY, inspector)

    assert [word.text for word in inspection.explanations_of(box, NOVEMBER)] == [
        "Công văn 12: mất điện, khách trả lời cùng lúc"
    ]


def test_neither_a_reading_nor_a_case_nor_a_word_can_be_changed_or_deleted(case, inspector):
    word = say(case, DispositionKind.WATCHED, inspector)
    for row in (word, case, case.signals.get(), SignalReading.objects.get()):
        rows = type(row).objects.filter(pk=row.pk)
        with pytest.raises(DatabaseError), atomic():
            rows.update(id=row.pk + 100)
        with pytest.raises(DatabaseError), atomic():
            rows.delete()


# ── Call-backs ─────────────────────────────────────────────────────────────────────────


@pytest.fixture
def drawn(box, counter, kind, inspector):
    ordinary(counter, kind, 10)
    for i in range(4):
        make.issued(at=counter, kind=kind, now=make.at(16 + i))
    make.sealed(counter)
    return inspection.draw_call_backs(office=box, period=NOVEMBER, size=60, user=inspector, now=CLOSING)


def tell(call, outcome, inspector):
    return inspection.enter_call(call=call, outcome=outcome, note="", user=inspector, now=CLOSING)


def test_a_list_is_drawn_from_all_transactions_once_and_only_of_a_closed_period(box, drawn, inspector):
    again = {"office": box, "size": 30, "user": inspector, "now": CLOSING}

    assert (drawn.population, drawn.calls.values("transaction").distinct().count()) == (14, 14)
    with pytest.raises(errors.DrawnAlready):
        inspection.draw_call_backs(period=NOVEMBER, **again)
    with pytest.raises(errors.NotClosedYet):
        inspection.draw_call_backs(period=NOVEMBER.next(), **again)


def test_what_a_customer_says_is_held_against_the_register(drawn, inspector):
    silent = drawn.calls.filter(transaction__slip__spent__isnull=True).first()
    used = drawn.calls.filter(transaction__slip__spent__isnull=False).first()
    said = [
        (used, CallBackOutcome.ANSWERED, False),
        (used, CallBackOutcome.SILENT, True),
        (silent, CallBackOutcome.SILENT, False),
        (silent, CallBackOutcome.ANSWERED, True),
        (silent, CallBackOutcome.NOT_HANDED, True),
        (used, CallBackOutcome.BY_ANOTHER, True),
        (used, CallBackOutcome.UNREACHED, None),
    ]
    for call, outcome, contradicts in said:
        assert tell(call, outcome, inspector).contradicts is contradicts


def test_the_list_says_what_it_proves_of_the_whole_period(drawn, inspector):
    assert inspection.proof_of(drawn).most is None

    for call in drawn.calls.all()[:10]:
        used = Spent.objects.filter(slip__transaction=call.transaction_id).exists()
        tell(call, CallBackOutcome.ANSWERED if used else CallBackOutcome.SILENT, inspector)
    tell(drawn.calls.last(), CallBackOutcome.UNREACHED, inspector)

    proof = inspection.proof_of(drawn)
    # Of 14 with 3 wrong, ten drawn at random would show none of them with a chance of 4/364; with 2, of 6/91.
    assert (proof.reached, proof.contradicting, proof.most) == (10, 0, 2)
