"""The article's year through the product's own verbs: thirteen seals that add up to what the article prints."""

from __future__ import annotations

import pytest
from django.core.management import call_command
from django.test import Client

from reports.models import MonthCell, Seal
from reports.publication import folder, verify
from surveys import evidence
from surveys.choices import Role
from surveys.crypto import keys
from surveys.models import ApiKey, Ballot, Slip, VoidMark
from surveys.setup.pilot.plan import MONTHS
from tests import make
from tests.reports.pilot import published, recount
from tests.reports.pilot.surfaces import count_again

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.one_engine,  # each verb of it is asked on both engines elsewhere, and so is the replay
    pytest.mark.slow,
    pytest.mark.serial,
]


def read(seal):
    return dict(line.split(": ", 1) for line in seal.text.splitlines()[1:])


def test_thirteen_sealed_months_add_up_to_the_article_and_verify(tmp_path):
    call_command("pilot", "--replay", verbosity=0)

    seals = list(Seal.objects.order_by("pk"))
    assert [(seal.period, seal.version) for seal in seals] == [(str(month), 1) for month, *_counts in MONTHS]
    said = [read(seal) for seal in seals]
    totals = {
        name: sum(int(each[name]) for each in said)
        for name in ("issued", "returned", "void", "satisfied", "dissatisfied", "ballots", "receipts_size")
    }
    assert totals == {
        "issued": 3809,
        "returned": 3240,
        "void": 0,
        "satisfied": 3238,
        "dissatisfied": 2,
        "ballots": 3240,
        "receipts_size": 3240,
    }
    assert [each["previous"] for each in said] == [
        evidence.NO_SEAL,
        *(evidence.digest(seal.text) for seal in seals[:-1]),
    ]
    assert {(seal.first.username, seal.second.username) for seal in seals} == {("count", "count2")}
    assert sum(MonthCell.objects.values_list("valid", flat=True)) == Ballot.objects.count() == 3240
    assert (Slip.objects.count(), VoidMark.objects.count()) == (3809, 0)

    folder.publish(tmp_path)
    public = keys.public_keys()[-1].public.hex()
    assert verify.main([str(tmp_path / "HB"), public]) == 0

    check_every_surface(Seal.objects.last().office)

    call_command("pilot", "--replay", verbosity=0)
    assert Seal.objects.count() == 13


def check_every_surface(office):
    """Page, list, workbook, report and minutes of every stretch against the rows of register and box, cell by cell; the
    text of the PDF of two, since each takes seconds. Then each month's public page and files, and the interface."""
    reader = Client()
    reader.force_login(
        make.user(Role.LEADERSHIP, of=office), backend="django.contrib.auth.backends.ModelBackend"
    )
    rows, at = recount.Rows.of(office), make.at(1, month=8, year=2023)
    ApiKey.objects.create(office=office, name="đếm lại", digest=ApiKey.digest_of("khoa"), created_at=at)
    machine = Client(headers={"authorization": "Bearer khoa"})
    folder.publish(folder.default_root())
    held = published.count_published(office, rows, Client(), machine, recount.MONTHS)
    held += sum(
        count_again(office, rows, named, reader, now=at, pdf=named in ("2023-03", "2022-06..2023-06"))
        for named in recount.STRETCHES
    )
    assert held >= 21_000
