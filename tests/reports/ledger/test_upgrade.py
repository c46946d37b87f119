"""A database of the release that the squashes end with, in full use, is brought to this one."""

from __future__ import annotations

import pytest
from django.db.migrations.recorder import MigrationRecorder

from reports import ledger
from reports.ledger import checkpoints
from reports.models import Seal, SlipSum, SlipTotal
from reports.publication import folder
from surveys.box import mixing
from surveys.database import triggers
from surveys.models import Ballot, BoxedBallot, Receipt
from surveys.periods import Month
from tests import make, steps

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.serial, pytest.mark.slow]

KEPT = (Ballot, BoxedBallot, Receipt, Seal, SlipSum, SlipTotal)


def published(root) -> dict[str, bytes]:
    folder.publish(root)
    return {str(path.relative_to(root)): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def rows() -> list[list[dict]]:
    return [list(model.objects.order_by("pk").values()) for model in KEPT]


def test_a_seal_an_open_month_and_what_waits_in_the_box_are_as_they_were_and_the_squashes_are_applied(
    counter, kind, settings, tmp_path
):
    settings.DATA_DIR = tmp_path
    make.ballots(32, at=counter, kind=kind)
    make.sealed(counter)
    make.ballots(11, at=counter, kind=kind, now=make.at(9, month=12))
    mixing.mix(office=counter.box_office, period=Month(2026, 12), now=make.at(9, 19, month=12))
    make.ballots(3, at=counter, kind=kind, now=make.at(10, month=12))
    make.issued(at=counter, kind=kind, now=make.at(10, month=12))
    files, stored = published(tmp_path / "before"), rows()
    checkpoints.keep_all()

    steps.back_to(list(steps.squashed().values()))
    steps.upgrade()

    assert set(steps.squashed()) <= set(MigrationRecorder.Migration.objects.values_list("app", "name"))
    assert triggers.missing() == triggers.tables_without_rowid_missing() == []
    assert rows() == stored
    assert published(tmp_path / "after") == files
    assert [str(finding) for finding in ledger.examine(against=checkpoints.kept())] == []
