"""An office with everything in it that a page may show, and who may open which page of it first."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from django.test import Client

from reports.publication import folder
from surveys.choices import SlipChannel
from surveys.models import Counter, Procedure
from surveys.periods import Month, local_day
from tests import campaigns, make
from tests.access import ROLES as EVERY_ROLE
from tests.access import table
from tests.addresses import filled
from tests.factories.people import PASSWORD

ROLES = ["nobody", "teller", "count", "lead", "inspector", "head", "admin"]
#: Not to be had in this house; walked with the same eye in test_campaign.
WALKED_ELSEWHERE = "^results/c/"
#: A page all the same: what it says is that nothing can be signed.
SHOWN = {200, 409}
#: Cells of that table which no row in the database turns into another.
SHUT_OUT = {"in", "no", "401", "403", "405"}
FILES = ("[.]pdf$", "[.]py)$")


@dataclass
class House:
    """An office with this month under way, the month before last sealed and published, and an open campaign."""

    people: dict
    values: dict
    more: dict[str, list[str]]  # role → addresses beside those of the routes: other states, and refusals

    def clients(self) -> dict[str, Client]:
        """Each has typed the password just now, as the signing page demands."""
        found = {}
        for role in ROLES:
            found[role] = Client()
            if role != "nobody":
                found[role].post("/login", {"login": self.people[role].username, "password": PASSWORD})
        return found


@pytest.fixture
def house(people, values, settings, tmp_path) -> House:
    settings.DATA_DIR = tmp_path
    counter, kind = Counter.objects.get(code="Q1"), Procedure.objects.first()
    month = Month.of(local_day(make.now())).plus(-2)
    then = make.at(11, month=month.month, year=month.year)
    for comment in ("Chờ lâu", ""):
        make.ballots(16, at=counter, kind=kind, now=then, time=0 if comment else 1, comment=comment)
    lost = make.issued(at=counter, kind=kind, channel=SlipChannel.PAPER, now=then)
    make.sealed(counter, now=then)
    make.corrected(counter, lost, now=then)
    folder.publish(folder.default_root())
    campaign = campaigns.campaign(counter.box_office, slug="khao-sat", now=make.now())
    office = counter.box_office.code
    sealed = {"office": office, "period": str(month), "version": 1}
    opened = {"campaign": campaign.slug, "slug": campaign.slug}
    more = {
        "c/": opened,
        "campaigns/<slug": opened,
        "^results/": sealed | {"version": "v1"},
        "reports/": sealed,
        "reports/signals/": sealed,
        "counting/<code:office>/<str:period>/seals": sealed,
    }
    others = {role: ["/no-such-page"] for role in ROLES} | {
        "nobody": ["/no-such-page", f"/p/{'0' * 26}"],
        "teller": ["/counting/", f"/p/{'0' * 26}"],
        "count": [f"/counting/{office}/{month}/"],
        "lead": [
            f"/reports/{office}/?from={month}&to={month}",
            f"/reports/{office}/?from={month.year}-01&to={month}",
        ],
        "inspector": [f"/counting/{office}/{month}/"],
    }
    return House(people, values | more, others)


def first_pages(house: House, routes: list[str]) -> tuple[dict[str, list[str]], list[str]]:
    """Role → addresses whose page it is the first to get; and the routes that somebody may open but nobody did."""
    clients, found, missed, rights = house.clients(), {role: [] for role in ROLES}, [], table()
    for route in routes:
        path = filled(route, house.values)
        method, cells = rights.get(f"/{route}", ("", []))  # a route without a row fails in test_access
        for role in _not_shut_out(cells):
            answer = clients[role].get(path)
            answer.close()  # a file is not read here
            if answer.status_code in SHOWN:
                if answer["Content-Type"].startswith("text/html"):
                    found[role].append(path)
                break
        else:
            is_page = (method == "GET" and "200" in cells) or route.startswith("^results/")
            if is_page and not route.startswith(WALKED_ELSEWHERE) and not route.endswith(FILES):
                missed.append(path)
    return found, missed


def _not_shut_out(cells: list[str]) -> list[str]:
    """Those who may get to the page: test_access sees to it that the others do not, whatever there is to show."""
    if not cells:
        return ROLES
    return [role for role in ROLES if cells[EVERY_ROLE.index(role)] not in SHUT_OUT]
