"""A damaged row stops a unit's box in a campaign: the inspector is told, proposes on the unit's page, and a second person decides."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from reports import standings
from reports.models import MonthCell, Proposal
from reports.schedule import mixer
from surveys.box.inspection import Look
from surveys.choices import Role, VoidReason
from surveys.models import BoxedBallot, VoidMark
from tests import campaigns, make

pytestmark = [pytest.mark.django_db, pytest.mark.one_engine]
OVER = make.NOW + timedelta(days=21)
SAID = "Ghi nhận 01 dòng hỏng trong hòm phiếu của"


def client_of(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def office():
    return make.office("HB")


@pytest.fixture
def campaign(office, monkeypatch):
    """Twelve answers of one unit, one of them edited by hand; the campaign is over and the mixer has stumbled over it."""
    monkeypatch.setattr(timezone, "now", lambda: OVER)
    made = campaigns.campaign(office)
    unit = made.units.select_related("campaign").get()
    for _answer in range(12):
        campaigns.answer(unit)
    make.edited_by_hand(BoxedBallot.objects.order_by("pk")[0])
    standings.ask_to_count(campaign=made, by=None, now=OVER)
    mixer.do_jobs(clock=lambda: OVER)
    mixer.look_into_boxes(Look(), now=OVER)
    return made


def test_a_campaigns_damaged_row_is_told_proposed_and_decided_by_two_like_a_months(office, campaign):
    inspector, member = (make.user(role, of=office) for role in (Role.INSPECTOR, Role.COUNTING))
    first, second = client_of(inspector), client_of(member)
    room = f"/campaigns/{campaign.slug}/HB/"
    today = first.get("/today/").content.decode()
    assert SAID in today
    assert f'href="{room}"' in today
    assert "01 dòng sai dấu kiểm" in first.get(room).content.decode()
    assert first.post(f"{room}damaged", {"reason": "Sửa tay"}, follow=True).status_code == 200
    assert SAID not in first.get("/today/").content.decode()
    _before, there = second.get("/today/").content.decode().split('href="/counting/proposals/', 1)
    page = f"/counting/proposals/{there.split(chr(34), 1)[0]}"
    assert "Sửa tay" in second.get(page).content.decode()
    assert "Chờ người thứ hai quyết định." in first.get(page).content.decode()
    assert f"{inspector.get_full_name()}" in second.get(page).content.decode()
    decided = second.post(page, {"accept": "yes"}, follow=True)
    assert f"{member.get_full_name()} đồng ý." in decided.content.decode()
    mixer.do_jobs(clock=lambda: OVER)
    campaign.refresh_from_db()
    standings.ask_to_count(campaign=campaign, by=None, now=OVER)
    mixer.do_jobs(clock=lambda: OVER)
    assert VoidMark.objects.get().reason == VoidReason.DAMAGED
    cell = MonthCell.objects.get(period=campaign.slug)
    assert (cell.ballots, cell.valid, cell.void) == (12, 11, 1)


def test_nobody_but_an_inspector_proposes_and_a_reader_sees_no_form(office, campaign):
    head = client_of(make.user(Role.HEAD_OFFICE, of=make.office("KBNN", seals=False)))
    room = f"/campaigns/{campaign.slug}/HB/"
    assert f'action="{room}damaged"' not in head.get(room).content.decode()
    assert head.post(f"{room}damaged", {"reason": "Sửa tay"}).status_code == 403


def test_who_may_not_decide_reads_that_a_second_person_is_awaited(office, campaign):
    """Without a button that would lead to a page that is not there."""
    head = make.user(Role.HEAD_OFFICE, of=make.office("KBNN", seals=False))
    people = [head, make.user(Role.INSPECTOR, of=office)]
    proposal = Proposal.objects.create(
        kind="damaged",
        office=office,
        period=campaign.slug,
        reason="Sửa tay",
        first=make.user(Role.INSPECTOR, of=office),
        proposed_at=OVER,
    )
    for person, may in zip(people, (False, True), strict=True):
        client, there = client_of(person), f"/counting/proposals/{proposal.pk}"
        page = client.get(f"/campaigns/{campaign.slug}/HB/").content.decode()
        assert (f'action="{there}"' in page) is may
        assert ("Chờ người thứ hai quyết định." in page) is not may
        assert (client.get(there).status_code == 200) is may


@pytest.mark.parametrize("kind", ["damaged", "mask"])
def test_what_waits_for_a_second_person_opens_from_its_page_of_today(office, kind):
    """The link leads to a page that can be read, not to an address that takes the decision alone."""
    make.issued(at=make.counter(of=make.department(of=office)))
    first, second = (make.user(Role.INSPECTOR, of=office) for _person in range(2))
    ballot = "" if kind == "damaged" else "0" * 32
    about = {"office": office, "period": "2026-11", "ballot": ballot, "reason": "Lý do", "first": first}
    made = Proposal.objects.create(kind=kind, proposed_at=make.NOW, **about)
    client = client_of(second)
    assert f'href="/counting/proposals/{made.pk}"' in client.get("/today/").content.decode()
    assert client.get(f"/counting/proposals/{made.pk}", follow=True).status_code == 200
