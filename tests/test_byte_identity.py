"""What a single cast changes on the pages of the house: for a teller nothing, for others participation and never answers.

Every address of the resolver is recorded, so that a page that comes later is held to it too.
Source: docs/spec/trust.md §3; docs/spec/research/trust.md §5.3, attack T12.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest
from django.db.transaction import atomic, set_rollback

from reports.month.rollups import roll_up
from surveys import audit
from surveys.accounts import tablets
from surveys.box import casting, mixing, signed_form
from surveys.choices import Role, SlipChannel
from surveys.models import ApiKey, User
from surveys.periods import Month
from surveys.reference import answers
from surveys.slips import issuing
from tests import make
from tests.addresses import every_route, filled
from tests.recording import KEY, TOKEN, client_of, differing, fetched

pytestmark = [pytest.mark.django_db, pytest.mark.one_engine, pytest.mark.usefixtures("quiet_log")]

NUMBER = re.compile(rb"\d[\d.,]*")
RELEASED, WAITING = 12, 4
SATISFIED = answers.Said(answers={"attitude": 1, "time": 1})
DISSATISFIED = answers.Said(answers={"attitude": 0, "time": 0}, comment="Chờ lâu quá", reasons=["waiting"])


@dataclass
class World:
    """An office in the middle of a month: some ballots released, some waiting, and one slip whose customer hesitates."""

    people: dict[str, User]
    hesitating: issuing.Issued
    values: dict[str, dict[str, object]]

    def record(self, role: str) -> dict[str, bytes]:
        """Address → status and body of every GET this role can send, tokens masked; what reading writes is undone."""
        client = client_of(self.people.get(role))
        if role == "machine":
            client.defaults["HTTP_AUTHORIZATION"] = f"Bearer {KEY}"
        with atomic():  # the trail tells who read what, also of these readings
            pages = {path: fetched(client, path) for path in self.addresses(role)}
            set_rollback(True)
        return pages

    def addresses(self, role: str) -> Iterator[str]:
        """A member of staff may have got hold of the customer's code; with it anybody else would be the customer."""
        code = self.hesitating.code if role in self.people else "0" * 26
        for route in every_route():
            if route.startswith("admin/") and role not in {"admin", "inspector"}:
                continue  # closed to them, see test_access
            path = filled(route, self.values | {"p/": {"code": code}, "P/": {"code": code}})
            yield path
            if route in {"reports/offices/", "reports/<str:office>/"}:
                yield f"{path}?from=2026-11&to=2026-11"
                yield f"{path}?from=2026-01&to=2026-11"
            if route == "counter/organisations":
                yield f"{path}?q=to"

    @contextmanager
    def after(self, said: answers.Said) -> Iterator[None]:
        """The world in which the customer answered just so; undone at the end."""
        slip = casting.find_slip(code=self.hesitating.code)
        form = signed_form.read_form(slip=slip, field=signed_form.open_form(slip=slip, now=make.NOW))
        with atomic():
            casting.cast(slip=slip, form=form, said=said, via=SlipChannel.TABLET, now=make.NOW)
            yield
            set_rollback(True)


@pytest.fixture
def world(mid_month) -> World:
    """The clock stands still, so that two recordings differ by what was cast and nothing else."""
    counter, procedure = make.counter(), make.procedure()
    office = counter.box_office
    make.ballots(RELEASED, at=counter, kind=procedure, now=make.at(3))
    mixing.mix(office=office, period=Month(2026, 11), now=make.at(3, 19))
    roll_up(office=office, period=Month(2026, 11))
    make.ballots(WAITING, at=counter, kind=procedure, now=make.at(10), attitude=0)
    make.ballots(1, at=counter, kind=make.procedure(), now=make.at(10))
    asking = tablets.ask_for_pairing(now=make.NOW).tablet
    tablets.pair(code=asking.pairing_code, counter=counter, name="Máy 1", now=make.NOW)
    # Looking writes the trail, and PostgreSQL's numbers do not go back: the first line must be there beforehand.
    audit.record(action="thử", now=make.NOW, office=office)
    hesitating = make.issued(at=counter, kind=procedure, channel=SlipChannel.TABLET)
    make.issued(at=counter, kind=procedure, channel=SlipChannel.TABLET)
    running = issuing.log_transaction(
        counter=counter, procedure=procedure, reference="GD", started_at=make.NOW, now=make.NOW
    )
    ApiKey.objects.create(office=office, name="TABMIS", digest=ApiKey.digest_of(KEY), created_at=make.NOW)
    people = {
        "teller": make.teller(at=counter),
        "count": make.user(Role.COUNTING, of=office),
        "lead": make.user(Role.LEADERSHIP, of=office),
        "inspector": make.user(Role.INSPECTOR, of=office),
        "head": make.user(Role.HEAD_OFFICE, of=make.office("KBNN")),
        "admin": make.user(Role.ADMIN, of=office, is_staff=True),
    }
    values = {
        "": {"pk": 1, "version": 1, "office": office.code, "period": "2026-11", "rest": "x", "url": "x"}
        | {"name": "seal.txt", "file": "report.docx", "campaign": "none", "kind": "weekly", "token": "x"},
        "admin/": {"app_label": "surveys", "content_type_id": 1, "object_id": 1, "id": people["teller"].pk},
        "counter/transactions/": {"pk": running.pk},
        "counter/slips/": {"pk": hesitating.slip.pk},
    }
    return World(people, hesitating, values)


def without_numbers(pages: dict[str, bytes]) -> dict[str, bytes]:
    return {path: NUMBER.sub(b"#", page) for path, page in pages.items()}


@dataclass
class Recordings:
    """One world read three times: before the customer answers, and after either answer."""

    slip: object
    before: dict[str, bytes]
    satisfied: dict[str, bytes]
    dissatisfied: dict[str, bytes]


_recorded: dict[str, Recordings] = {}


@pytest.fixture
def recorded(request, role) -> Recordings:
    """Made once in a process for each role: each of its tests compares two of the same three."""
    if role not in _recorded:
        world, after = request.getfixturevalue("world"), []
        before = world.record(role)
        for said in (SATISFIED, DISSATISFIED):
            with world.after(said):
                after.append(world.record(role))
        _recorded[role] = Recordings(world.hesitating.slip.pk, before, *after)
    return _recorded[role]


# --- the teller -----------------------------------------------------------------------------------------------
@pytest.mark.parametrize("said", ["satisfied", "dissatisfied"])
@pytest.mark.parametrize("role", ["teller", "nobody"], scope="module")
def test_a_cast_changes_no_byte_of_what_a_teller_or_a_passer_by_can_open(recorded, role, said):
    assert differing(recorded.before, getattr(recorded, said)) == []
    if role == "teller":
        opened = {
            path
            for path, page in recorded.before.items()
            if page.startswith(b"200") and path.startswith("/counter/")
        }
        assert {"/counter/", f"/counter/slips/{recorded.slip}/"} <= opened


@pytest.mark.parametrize("request_", ["reissue", "cancel"])
def test_a_request_about_a_used_slip_is_answered_like_one_about_an_unused_slip(world, request_):
    def asked() -> bytes:
        client = client_of(world.people["teller"])
        with atomic():
            address = f"/counter/slips/{world.hesitating.slip.pk}/"
            said = client.post(f"{address}{request_}", {"words": "Nhầm"}, follow=True)
            pages = b"".join([said.content, fetched(client, address), fetched(client, "/counter/")])
            set_rollback(True)
        return b"%d %s" % (said.status_code, TOKEN.sub(rb"\1", pages))

    unused = asked()
    with world.after(DISSATISFIED):
        assert asked() == unused
    assert unused.startswith(b"200")


# --- everybody else -------------------------------------------------------------------------------------------
STAFF = ["count", "lead", "inspector", "head", "admin", "machine"]


@pytest.mark.parametrize("role", STAFF, scope="module")
def test_no_page_tells_a_satisfied_ballot_in_the_box_from_a_dissatisfied_one(recorded, role):
    assert differing(recorded.satisfied, recorded.dissatisfied) == []


@pytest.mark.parametrize("role", STAFF, scope="module")
def test_a_cast_moves_numbers_on_other_pages_and_not_a_word(recorded, role):
    before, after = recorded.before, recorded.dissatisfied
    assert differing(without_numbers(before), without_numbers(after)) == []
    moved = differing(before, after)
    assert [path for path in moved if not path.startswith(("/reports/", "/counting/", "/api/"))] == []
    assert moved or role not in {"lead", "machine"}  # participation is there to be seen
