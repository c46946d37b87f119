"""What is hidden could be otherwise, and no page would read otherwise: every address, read in both worlds.

Two ballots of one month change places between groups whose answers are not told: what the groups say changes, what all
of them say together does not. Whoever reads the two worlds side by side finds no byte that differs, so nobody works out
the one from the pages of the other, by whatever sum, bound or guess. Addresses are read off the resolver, so that a page
that comes later is held to it too. Source: docs/spec/trust.md §3 and §7.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from django.core.cache import cache
from django.core.management import call_command
from django.db.transaction import atomic, set_rollback
from django.test import Client

from reports.documents.catalogue import EXPORTS
from reports.follow_up.cases import open_cases
from reports.handling_times.sums import sum_up
from reports.models import Case
from reports.month.rollups import roll_up
from surveys.box import mixing
from surveys.choices import Role
from surveys.models import ApiKey, Office
from surveys.periods import Month
from tests import make
from tests.addresses import every_route, filled
from tests.recording import KEY, client_of, differing, fetched
from tests.worlds import Exchange, in_another_world

pytestmark = [pytest.mark.django_db, pytest.mark.one_engine, pytest.mark.usefixtures("quiet_log")]

SEPTEMBER, OCTOBER, NOVEMBER = (Month(2026, number) for number in (9, 10, 11))
#: Months and what is made of them: quarter, half-year, year, and any other stretch.
STRETCHES = [
    (SEPTEMBER, SEPTEMBER),
    (OCTOBER, OCTOBER),
    (SEPTEMBER, OCTOBER),
    (NOVEMBER, NOVEMBER),
    (Month(2026, 10), Month(2026, 12)),
    (Month(2026, 7), Month(2026, 12)),
    (Month(2026, 1), Month(2026, 12)),
]
#: A document of PDF is the same content as the one of Word, and takes a second to write.
WITHOUT_PDF = [name for name in EXPORTS if not name.endswith(".pdf")]
OF_OCTOBER = "/reports/HB/?from=2026-10&to=2026-10"
LIST = "/reports/HB/2026-10/figures.csv"
FILES = {f"/reports/HB/2026-10/{name}" for name in ("report.docx", "figures.csv", "figures.xlsx")}
#: What each role surely opens, so that nothing is compared with nothing.
SEEN = {
    "nobody": {
        "/results/HB/2026-10/",
        "/results/HB/2026-10/figures.csv",
        "/results/HB/?from=2026-09&to=2026-10",
    },
    "lead": {OF_OCTOBER, *FILES, "/cases/", "/reports/HB/2026-09..2026-10/figures.csv"},
    "inspector": {OF_OCTOBER, LIST, "/reports/signals/", "/reports/signals/HB/2026-10/"},
    "head": {OF_OCTOBER, LIST, "/reports/offices/?from=2026-10&to=2026-10"},
    "machine": {"/api/v1/months/2026-10"},
}
TELLING = {"lead": {OF_OCTOBER, *FILES}, "machine": {"/api/v1/months/2026-10"}}


@pytest.fixture
def box(mid_month, settings, tmp_path) -> Office:
    """Two sealed months of an office below another; in October four ballots are left over for the closing mix."""
    settings.DATA_DIR = tmp_path
    box = make.office("HB", parent=make.office("KBNN"))
    department = make.department(of=box)
    one, two, three = (make.counter(f"Q{number}", of=department) for number in (1, 2, 3))
    often, seldom, rare = (make.procedure(f"P{number}") for number in (1, 2, 3))
    by = make.team(box)
    for month, left_over in ((9, 0), (10, 4)):
        early = make.at(5, month=month)
        make.ballots(38, at=one, kind=often, now=early)
        make.ballots(2, at=one, kind=often, now=early, attitude=0)
        make.ballots(24, at=two, kind=seldom, now=early)
        make.ballots(1, at=two, kind=seldom, now=early, time=0)
        make.ballots(12, at=three, kind=often, now=early)
        mixing.mix(office=box, period=Month(2026, month), now=make.at(5, 19, month=month))
        if left_over:
            make.ballots(left_over - 1, at=three, kind=rare, now=make.at(14, month=month))
            make.ballots(1, at=three, kind=rare, now=make.at(14, month=month), time=0)
        make.sealed(one, now=early, by=by)
    make.ballots(25, at=one, kind=often, now=make.at(3))
    make.ballots(1, at=two, kind=seldom, now=make.at(3), attitude=0)
    make.ballots(9, at=two, kind=seldom, now=make.at(3))
    mixing.mix(office=box, period=NOVEMBER, now=make.at(3, 19))
    roll_up(office=box, period=NOVEMBER)
    for month in (SEPTEMBER, OCTOBER, NOVEMBER):
        sum_up(office=box, period=month, now=make.NOW)
        open_cases(office=box, period=month)
    call_command("publish")
    ApiKey.objects.create(office=box, name="TABMIS", digest=ApiKey.digest_of(KEY), created_at=make.NOW)
    return box


def addresses(*, papers: bool) -> Iterator[str]:
    """Every address, those of a period for each month, with every stretch that can be asked for and every file of it."""
    values = {
        "": {"pk": 1, "version": 1, "office": "HB", "rest": "x", "url": "x", "campaign": "none"}
        | {"kind": "weekly", "name": "seal.txt", "token": "x", "code": "0" * 26},
        "cases/case/": {"pk": Case.objects.order_by("pk").values_list("pk", flat=True)[0]},
    }
    files = WITHOUT_PDF if papers else ["figures.csv"]
    for route in every_route():
        if route.startswith("admin/"):
            continue
        for month in (SEPTEMBER, OCTOBER, NOVEMBER) if "period" in route else (OCTOBER,):
            for file in files if "<str:file>" in route else ["x"]:
                yield filled(route, values | {route[:2]: {"period": str(month), "file": file}})
    for first, last in STRETCHES:
        for start in ("/reports/HB/", "/reports/offices/", "/reports/", "/results/HB/"):
            yield f"{start}?from={first}&to={last}"
        yield f"/reports/HB/?from={first}&to={last}&a=Q1&b=Q3"
        yield f"/reports/HB/?from={first}&to={last}&with=2026-09"
        yield f"/reports/HB/{first}..{last}/figures.csv"
    for file in files:
        yield f"/reports/HB/{SEPTEMBER}..{OCTOBER}/{file}"


@dataclass
class Reader:
    """Somebody of a role, and what that person gets at every address; ``opened``: at which of them there is a page."""

    role: str
    client: Client
    opened: list[str] | None = None

    @classmethod
    def of(cls, role: str, box: Office) -> Reader:
        roles = {
            "lead": (Role.LEADERSHIP, box),
            "inspector": (Role.INSPECTOR, box),
            "head": (Role.HEAD_OFFICE, box.parent),
        }
        client = client_of(make.user(roles[role][0], of=roles[role][1]) if role in roles else None)
        if role == "machine":
            client.defaults["HTTP_AUTHORIZATION"] = f"Bearer {KEY}"
        return cls(role, client)

    def read(self) -> dict[str, bytes]:
        cache.clear()
        with atomic():  # the trail tells who read what, also of these readings
            paths = addresses(papers=self.role == "lead") if self.opened is None else self.opened
            pages = {path: fetched(self.client, path) for path in paths}
            set_rollback(True)
        self.opened = [path for path, page in pages.items() if page.startswith(b"200")]
        return {path: pages[path] for path in self.opened}


#: Q3 and the four that are left over are hidden at their counters; of P1, P2 and what has no procedure the verdicts.
HIDDEN: list[Exchange] = [
    (OCTOBER, "counter", ("Q3", "P1"), ("", "")),
    (OCTOBER, "procedure", ("Q1", "P1"), ("Q2", "P2")),
    (SEPTEMBER, "procedure", ("Q3", "P1"), ("Q2", "P2")),
    (NOVEMBER, "procedure", ("Q1", "P1"), ("Q2", "P2")),
]
TOLD: Exchange = (OCTOBER, "counter", ("Q1", "P1"), ("Q2", "P2"))


def test_no_address_tells_whether_hidden_groups_said_one_thing_or_another(box):
    readers = [Reader.of(role, box) for role in SEEN]
    worlds = [reader.read() for reader in readers]
    for reader, pages in zip(readers, worlds, strict=True):
        assert pages.keys() >= SEEN[reader.role]
    others = in_another_world(lambda: [reader.read() for reader in readers], *HIDDEN)
    for pages, other in zip(worlds, others, strict=True):
        assert differing(pages, other) == []


def test_what_counters_said_is_seen_on_page_list_workbook_paper_and_interface(box):
    """So that the test above can fail: the same exchange, between two counters that are told."""
    readers = [Reader.of(role, box) for role in TELLING]
    for reader in readers:
        reader.opened = sorted(TELLING[reader.role])
    worlds = [reader.read() for reader in readers]
    others = in_another_world(lambda: [reader.read() for reader in readers], TOLD)
    for reader, pages, other in zip(readers, worlds, others, strict=True):
        assert differing(pages, other) == sorted(TELLING[reader.role])
