"""`manage.py mix`: every waiting box by itself; a tampered one is told, entered and passed over."""

import json

import pytest
from django.core.management import CommandError, call_command

from reports.models import MonthCell
from surveys.models import AuditEntry, Ballot, BoxedBallot
from tests import make

pytestmark = pytest.mark.django_db(transaction=True)


def two_boxes():
    """Two offices with ten ballots each of the running month."""
    kind = make.procedure("P1")
    counters = [make.counter("Q1"), make.counter("Q1")]
    for at in counters:
        make.ballots(10, at=at, kind=kind, now=make.NOW)
    return [at.box_office for at in counters]


@pytest.fixture(autouse=True)
def _in_the_middle_of_the_month(monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: make.at(11, 19))


def test_every_waiting_box_is_mixed_and_counted(capsys):
    first, second = two_boxes()
    call_command("mix")
    assert not BoxedBallot.objects.exists()
    assert {cell.office_id: cell.valid for cell in MonthCell.objects.all()} == {first.pk: 10, second.pk: 10}
    assert f"{first.code} 2026-11: mở 10 phiếu" in capsys.readouterr().out


def test_one_office_may_be_mixed_alone():
    first, second = two_boxes()
    call_command("mix", office=first.code)
    assert set(Ballot.objects.values_list("office", flat=True)) == {first.pk}
    assert BoxedBallot.objects.filter(office=second).count() == 10


def test_mixing_again_changes_nothing():
    two_boxes()
    call_command("mix")
    before = list(Ballot.objects.order_by("id").values_list("id", flat=True))
    call_command("mix")
    assert list(Ballot.objects.order_by("id").values_list("id", flat=True)) == before


def test_a_tampered_box_stays_shut_is_entered_and_does_not_hold_up_the_others():
    first, second = two_boxes()
    make.edited_by_hand(BoxedBallot.objects.filter(office=first).first())
    with pytest.raises(CommandError, match=f"{first.code} 2026-11"):
        call_command("mix")
    assert set(Ballot.objects.values_list("office", flat=True)) == {second.pk}
    entry = AuditEntry.objects.get()
    assert (entry.office, entry.action, json.loads(entry.detail)) == (
        first,
        "box_tampered",
        {"period": "2026-11"},
    )
    assert BoxedBallot.objects.filter(office=first).count() == 10


def test_an_unknown_office_is_refused_in_words():
    with pytest.raises(CommandError, match="Không có đơn vị nào mang mã XYZ"):
        call_command("mix", office="XYZ")
