"""The order of 2025 beside that of 2023."""

from __future__ import annotations

from collections import Counter as Tally
from datetime import date
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from surveys.audit import Action
from surveys.models import AuditEntry, Office
from surveys.reference.offices import Order, load_order_of_2025, successors, units_of
from tests import make

FIRST_DAY = date(2025, 3, 15)


def test_every_unit_of_2023_is_named_once_and_only_a_row_with_a_source_has_a_successor():
    rows = successors()
    known = [row["code"] for row in units_of(Order.OF_2023)]
    new = {row["code"] for row in units_of(Order.OF_2025)}
    assert Tally(row["code"] for row in rows if row["code"] not in new) == Tally(known)
    assert all(bool(row["source"]) == (row["successor"] in new) for row in rows)
    assert all(row["note"] for row in rows if not row["source"])
    assert len(new) == 21


@pytest.fixture
def head(db):
    return make.office("KBNN", seals=False, is_head=True)


def said(*arguments: str) -> str:
    out = StringIO()
    call_command("offices", *arguments, stdout=out)
    return out.getvalue()


def test_the_command_shows_first_and_writes_only_when_it_is_told_to(head):
    hoa_binh = make.office("HB", parent=head)
    assert "sẽ thêm: 21" in said()
    assert Office.objects.count() == 2
    assert "đã kết thúc, có đơn vị kế thừa: 1 (HB)" in said("--write")
    hoa_binh.refresh_from_db()
    assert (hoa_binh.successor.code, hoa_binh.valid_to) == ("KV-IX", date(2025, 3, 14))
    assert (hoa_binh.successor.valid_from, hoa_binh.successor.parent) == (FIRST_DAY, head)
    assert AuditEntry.objects.filter(action=Action.ORDER_LOADED).count() == 1
    assert "đã thêm: 0" in said("--write")


def test_a_unit_that_ended_otherwise_and_one_without_a_source_stay_as_they_are(head):
    merged, unknown = make.office("PHU-THO", parent=head), make.office("CAO-BANG", parent=head)
    merged.valid_to = date(2024, 12, 31)
    merged.save()
    loaded = load_order_of_2025(head=head)
    assert loaded.ended == []
    assert "CAO-BANG" in loaded.unsourced
    for each in (merged, unknown):
        each.refresh_from_db()
        assert each.successor is None
    assert (merged.valid_to, unknown.valid_to) == (date(2024, 12, 31), None)


@pytest.mark.django_db
def test_an_office_of_its_own_has_nothing_to_load():
    make.office("HB")
    with pytest.raises(CommandError, match="đơn vị cao nhất"):
        said()
