"""The builders that take a short cut build what the verbs build."""

from __future__ import annotations

import pytest

from surveys.crypto import codes
from surveys.models import BoxedBallot, Slip, Spent, Transaction
from tests import make

pytestmark = pytest.mark.django_db

OWN = {"id", "transaction_id", "reference", "serial", "code_mac", "short_mac"}


def test_slips_made_together_differ_from_one_the_verbs_made_by_their_codes_only():
    counter, kind = make.counter(), make.procedure()
    handed = make.issued_together(3, at=counter, kind=kind)
    one = make.issued(at=counter, kind=kind)
    for model in (Transaction, Slip):
        columns = {field.attname for field in model._meta.concrete_fields}
        rows = list(model.objects.values(*columns))
        assert len(rows) == 4
        assert len({tuple(row[name] for name in sorted(columns - OWN)) for row in rows}) == 1
        for name in columns & OWN:
            assert len({row[name] for row in rows}) == 4
    assert len({make.cast(each) for each in (*handed, one)}) == 4


def test_ballots_cast_together_are_stored_as_the_verb_stores_each():
    cell = {"at": make.counter(), "kind": make.procedure(), "now": make.NOW}
    receipts = make.ballots(3, **cell, comment="Chờ lâu", time=0)
    receipts.append(make.cast(make.issued(**cell), now=make.NOW, comment="Chờ lâu", time=0))
    for model, own in (
        (Slip, OWN),
        (Spent, {"slip_id"}),
        (BoxedBallot, {"id", "sealed", "receipt_hash", "tag"}),
    ):
        columns = {field.attname for field in model._meta.concrete_fields}
        rows = [
            {name: bytes(v) if isinstance(v, memoryview) else v for name, v in row.items()}
            for row in model.objects.values(*columns)
        ]
        assert len(rows) == 4
        assert len({tuple(row[name] for name in sorted(columns - own)) for row in rows}) == 1
        for name in columns & own:
            assert len({row[name] for row in rows}) == 4
    waiting = make.waiting()
    assert {each.receipt_hash for each in waiting} == {codes.receipt_hash(each) for each in receipts}
    assert len({str(each.contents) for each in waiting}) == 1
    assert len({len(each.sealed) for each in BoxedBallot.objects.all()}) == 1
