"""A name as a phone types it is the name."""

from __future__ import annotations

import pytest
from django.test import Client

from tests import make

pytestmark = pytest.mark.django_db
PASSWORD = "mat-khau-thu"


def log_in(name: str) -> int:
    return Client().post("/login", {"login": name, "password": PASSWORD}).status_code


@pytest.mark.parametrize("typed", ["Lan.Bui", "LAN.BUI", "lan.bui ", "lan.bui"])
def test_a_capital_of_the_phone_costs_no_login(typed):
    make.user(username="lan.bui")
    assert log_in(typed) == 302


def test_two_names_that_differ_in_case_alone_stay_two():
    make.user(username="lan.bui")
    make.user(username="Lan.Bui").delete()
    other = make.user(username="Lan.Bui")
    other.set_password("mat-khau-khac")
    other.save()
    assert log_in("lan.bui") == 302
    assert log_in("Lan.Bui") == 200
    assert log_in("LAN.BUI") == 200


def test_a_name_with_capitals_is_counted_as_the_one_account():
    """The account's brake holds five wrong passwords, however the name is written."""
    make.user(username="lan.bui")
    for typed in ("lan.bui", "Lan.bui", "LAN.bui", "lan.Bui", "lan.BUI", "LAN.BUI"):
        Client().post("/login", {"login": typed, "password": "sai"})
    assert log_in("Lan.Bui") == 429


def test_the_login_asks_the_phone_for_no_capitals():
    page = Client().get("/login").content.decode()
    field = page[page.index('name="login"') - 200 :][:600]
    assert 'autocapitalize="none"' in field
    assert 'autocorrect="off"' in field
