"""A scenario that is kept is the same to each test that asks for it, and is not there for the others."""

from __future__ import annotations

import pytest
from django.db import connection
from django.db.transaction import atomic

from surveys.models import Office
from tests import make, scenarios

pytestmark = pytest.mark.django_db


@scenarios.kept
def office():
    return make.office("HB", name="Hòa Bình")


@scenarios.kept
def another():
    return make.office("SL")


def codes() -> list[str]:
    return list(Office.objects.order_by("code").values_list("code", flat=True))


@pytest.mark.parametrize("time", ["first", "second"])
def test_it_is_found_as_it_was_built_whatever_the_test_before_did(office, time):
    assert (codes(), office.name) == (["HB"], "Hòa Bình")
    office.name = "Tên khác"
    office.save()
    make.office("KHAC")


def test_who_asks_for_another_finds_that_one_alone(another):
    assert codes() == ["SL"]


def test_who_asks_for_none_finds_nothing_of_it():
    assert codes() == []


@pytest.mark.django_db(transaction=True)
def test_who_commits_finds_nothing_of_it():
    assert codes() == []
    with atomic(durable=True):
        make.office("KHAC")


def test_an_answer_that_is_closed_keeps_it(client, office):
    client.get("/healthz").close()
    assert codes() == ["HB"]


def test_what_stands_alone_in_a_transaction_may_stand_in_it(office):
    with atomic(durable=True):
        assert codes() == ["HB"]


@pytest.mark.parametrize("time", ["first", "second"])
def test_it_is_built_anew_after_a_test_that_closed_the_connection(office, time):
    assert codes() == ["HB"]
    connection.close()


def fails():
    make.office("KHAC")
    raise LookupError


@pytest.mark.django_db(transaction=True)
def test_a_builder_that_fails_leaves_nothing():
    with pytest.raises(LookupError):
        scenarios.lay_out(fails)
    assert codes() == []
