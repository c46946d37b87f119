"""The audit trail as a page: each role reads its part, in words, and finds what it looks for."""

from __future__ import annotations

import pytest

from surveys import audit
from surveys.choices import Role
from surveys.models import User
from tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def house():
    """An office, one below it and a stranger; each with one line by its administrator."""
    own = make.office("HB")
    offices = {"own": own, "below": make.office("DUOI", parent=own), "stranger": make.office("XA")}
    for name, office in offices.items():
        actor = make.user(Role.ADMIN, of=office, username=f"admin-{name}")
        audit.record(action="period_closed", now=make.now(), actor=actor, subject=f"cua-{name}", ballots=7)
    return offices


def seen(client, user, query=""):
    client.force_login(user)
    page = client.get(f"/reports/trail/{query}").content.decode()
    return {name for name in ("own", "below", "stranger") if f"cua-{name}" in page}


@pytest.mark.parametrize(
    ("role", "expected"),
    [
        (Role.INSPECTOR, {"own", "below"}),
        (Role.HEAD_OFFICE, {"own", "below", "stranger"}),
        (Role.LEADERSHIP, {"own"}),
        (Role.ADMIN, set()),
    ],
)
def test_each_role_reads_its_part(client, house, role, expected):
    assert seen(client, make.user(role, of=house["own"])) == expected


def test_an_administrator_reads_the_own_acts_only(client, house):
    assert seen(client, User.objects.get(username="admin-below")) == {"below"}


def test_a_line_is_found_by_person_by_words_and_by_day(client, house):
    inspector = make.user(Role.INSPECTOR, of=house["own"])
    assert seen(client, inspector, "?q=admin-below") == {"below"}
    assert seen(client, inspector, "?q=khoá kỳ") == {"own", "below"}
    assert seen(client, inspector, "?to=2020-01-01") == set()
    assert seen(client, inspector, "?from=nonsense") == {"own", "below"}
    page = client.get("/reports/trail/").content.decode()
    assert "khoá kỳ" in page
    assert "period_closed" not in page
