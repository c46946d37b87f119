"""A leader reads the page of the own unit in a campaign, and no other unit's."""

from __future__ import annotations

import html

import pytest
from django.test import Client
from django.utils import timezone

from surveys.choices import CampaignState, Role
from surveys.models import Campaign
from tests import campaigns, make

pytestmark = [pytest.mark.django_db, pytest.mark.one_engine]
BACKEND = "django.contrib.auth.backends.ModelBackend"


@pytest.fixture
def running() -> Campaign:
    return campaigns.campaign(make.office("HB"), make.office("SL"), now=timezone.now())


def browser_of(running: Campaign, office: str, role: Role = Role.LEADERSHIP) -> Client:
    client = Client()
    unit = running.units.select_related("office").get(office__code=office)
    client.force_login(make.user(role, of=unit.office), backend=BACKEND)
    return client


def page_of(running: Campaign, office: str) -> str:
    return f"/campaigns/{running.slug}/{office}/"


def test_a_leader_finds_link_and_poster_of_the_own_unit_and_no_way_to_change_anything(running):
    page = browser_of(running, "HB").get(page_of(running, "HB"))
    text = html.unescape(page.content.decode())
    assert page.status_code == 200
    assert f"/c/{running.slug}/HB" in text
    assert f"{page_of(running, 'HB')}poster.pdf" in text
    assert "Dán danh sách" not in text
    assert f'href="/campaigns/{running.slug}/"' not in text


def test_a_leader_prints_the_own_units_poster(running):
    answer = browser_of(running, "HB").get(f"{page_of(running, 'HB')}poster.pdf")
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")


@pytest.mark.parametrize("end", ["", "poster.pdf"])
def test_another_units_page_is_nowhere_for_a_leader(running, end):
    assert browser_of(running, "HB").get(page_of(running, "SL") + end).status_code == 404


def test_a_draft_is_head_offices_own():
    draft = campaigns.campaign(make.office("HB"), now=timezone.now(), opened=False)
    assert browser_of(draft, "HB").get(page_of(draft, "HB")).status_code == 404


@pytest.mark.parametrize("role", [Role.COUNTING, Role.ADMIN])
def test_nobody_else_of_the_unit_reads_it(running, role):
    assert browser_of(running, "HB", role).get(page_of(running, "HB")).status_code == 403


@pytest.mark.parametrize("act", ["invite", "remind", "damaged"])
def test_a_leader_sends_nothing_there(running, act):
    assert browser_of(running, "HB").post(page_of(running, "HB") + act).status_code == 403


def test_todays_page_leads_there_while_the_campaign_is_open(running):
    leader = browser_of(running, "HB")
    assert f'href="{page_of(running, "HB")}"' in leader.get("/today/").content.decode()
    Campaign.objects.filter(pk=running.pk).update(state=CampaignState.CLOSED)
    assert page_of(running, "HB") not in leader.get("/today/").content.decode()


def test_a_leader_whose_office_takes_no_part_reads_nothing_of_it(running):
    client = Client()
    client.force_login(make.user(Role.LEADERSHIP, of=make.office("LC")), backend=BACKEND)
    assert running.name not in client.get("/today/").content.decode()
    assert client.get(page_of(running, "HB")).status_code == 404
