"""A database of the time before the box was sealed, with ballots waiting in clear, is brought to this release."""

from __future__ import annotations

import json
import secrets
from pathlib import Path

import pytest
from django.db import connection

from surveys.box import damage, mixing
from surveys.choices import VoidReason
from surveys.crypto import codes, keys
from surveys.models import Ballot, BoxedBallot, QuestionnaireVersion, VoidMark
from surveys.periods import Month
from tests import make, steps

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.serial, pytest.mark.slow]

BEFORE = [("surveys", "0017_credential_resets")]
NOVEMBER = Month(2026, 11)
PLAIN = 30


@pytest.fixture
def plain_box():
    """The last release's table of the box, written as its code wrote it; afterwards this release's again."""
    yield steps.back_to(BEFORE).loader.project_state(BEFORE).apps.get_model("surveys.BoxedBallot")
    steps.upgrade()


def tagged(row):
    """As `casting.tagged` of the last release."""
    row.id = secrets.token_hex(16)
    fields = (
        *(row.id, str(row.office_id), row.period, str(row.questionnaire_id), row.counter, row.procedure),
        *(row.answers, row.said, row.receipt_hash or "", row.void_reason, row.keyed_by),
    )
    row.tag = codes.box_tag(keys.box_key(), *fields)
    return row


def words_of(number: int) -> str:
    return f"lời chờ {number:03d} trong hòm"


def put(model, counter, number: int, **changed):
    said = {"comment": words_of(number), "reasons": ["waiting"], "texts": {"more": "vì sao"}}
    usual = {
        "office_id": counter.box_office.pk,
        "period": "2026-11",
        "questionnaire_id": counter.asked,
        "counter": counter.code,
        "procedure": "6",
        "answers": '{"attitude":1,"time":0}',
        "said": json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=False),
        "receipt_hash": f"{number:064x}",
        "void_reason": "",
        "keyed_by": "",
    }
    row = tagged(model(**usual | changed))
    row.save(force_insert=True)
    return row


def files() -> bytes:
    if connection.vendor == "sqlite":
        name = connection.settings_dict["NAME"]
        parts = (Path(f"{name}{suffix}") for suffix in ("", "-wal", "-journal"))
        return b"".join(part.read_bytes() for part in parts if part.exists())
    with connection.cursor() as cursor:
        cursor.execute("CHECKPOINT")
        cursor.execute(
            "SELECT pg_read_binary_file(pg_relation_filepath(oid)) FROM pg_class"
            " WHERE relkind IN ('r', 'i', 't') AND NOT relisshared AND pg_relation_size(oid) > 0"
        )
        return b"".join(bytes(row[0]) for row in cursor.fetchall())


@pytest.fixture
def counter():
    """Made under this release's tables, which are the same but for the box."""
    counter = make.counter("Q1")
    counter.asked = make.questionnaire().pk
    return counter


@pytest.fixture
def others(counter):
    """Counters of two more offices, so that one upgrade tells of three boxes."""
    return [make.counter("Q1", of=make.office(code)) for code in ("MIX", "DAM")]


def test_waiting_ballots_are_sealed_leave_nothing_in_the_files_and_are_mixed_or_damaged_as_before(
    counter, others, plain_box
):
    paper = {"receipt_hash": None, "procedure": "", "void_reason": "TORN", "keyed_by": "4,9"}
    for number in range(PLAIN):
        put(plain_box, counter, number)
    put(plain_box, counter, PLAIN, **paper)
    marks = [words_of(number).encode() for number in range(PLAIN + 1)]
    before = files()
    assert all(mark in before for mark in marks)  # the search bites
    old = set(plain_box.objects.values_list("id", flat=True))
    to_mix, to_damage = others
    for each in others:
        each.asked = counter.asked
        for number in range(12):
            edited = put(plain_box, each, number)
    plain_box.objects.filter(pk=edited.pk).update(answers='{"attitude":0,"time":0}')

    steps.upgrade()

    after = files()
    assert not [mark for mark in marks if mark in after]
    assert not old & set(BoxedBallot.objects.values_list("id", flat=True))
    is_sealed_as_it_was(make.waiting(office=counter.box_office))
    is_mixed_like_any_other(to_mix.box_office)
    is_damaged_as_before(to_damage.box_office)


def is_sealed_as_it_was(found) -> None:
    assert {each.contents.comment for each in found} == {words_of(number) for number in range(PLAIN + 1)}
    assert {each.receipt_hash for each in found} == {None, *(f"{number:064x}" for number in range(PLAIN))}
    digital = next(each.contents for each in found if each.receipt_hash)
    assert (digital.answers, digital.reasons) == ({"attitude": 1, "time": 0}, ("waiting",))
    assert (digital.counter, digital.procedure, digital.texts) == ("Q1", "6", {"more": "vì sao"})
    on_paper = next(each.contents for each in found if not each.receipt_hash)
    assert (on_paper.void_reason, on_paper.keyed_by) == ("TORN", (4, 9))


def is_mixed_like_any_other(office) -> None:
    assert mixing.mix(office=office, period=NOVEMBER, now=make.NOW).ballots == 12
    mixed = Ballot.objects.filter(office=office)
    assert set(mixed.values_list("counter", "procedure", "answers")) == {
        ("Q1", "6", '{"attitude":1,"time":0}')
    }


def is_damaged_as_before(office) -> None:
    assert damage.damaged_in(office=office, period=NOVEMBER) == 1
    two = make.team(office)
    damage.record_damaged(office=office, period=NOVEMBER, first=two[0], second=two[1])
    mixing.mix(office=office, period=NOVEMBER, now=make.NOW, closing=True)
    assert VoidMark.objects.get().reason == VoidReason.DAMAGED
    assert Ballot.objects.filter(office=office).count() == 12


def test_lengths_are_fixed_for_the_questionnaires_in_use_and_an_empty_box_needs_no_key(
    counter, plain_box, settings, tmp_path
):
    usual, settings.KEYS_DIR = settings.KEYS_DIR, tmp_path
    keys.forget()
    steps.upgrade()
    settings.KEYS_DIR = usual
    keys.forget()
    assert not BoxedBallot.objects.exists()
    assert QuestionnaireVersion.objects.get().padded_bytes is None  # nobody was asked it yet
