"""A campaign's room is for who runs it and for inspectors of offices that take part."""

from __future__ import annotations

import pytest
from django.test import Client

from surveys.choices import Role
from surveys.models import Campaign
from tests import campaigns, make

pytestmark = pytest.mark.django_db


def inspector(of) -> Client:
    client = Client()
    client.force_login(make.user(Role.INSPECTOR, of=of))
    return client


def test_a_foreign_inspector_sees_no_campaign_room():
    own, foreign = make.office("HB"), make.office("SL")
    campaign = campaigns.campaign(own)
    room = f"/campaigns/{campaign.slug}/"

    assert inspector(own).get(room).status_code == 200
    assert inspector(make.department(of=own)).get(room).status_code == 200
    assert inspector(foreign).get(room).status_code == 404
    assert campaign.name not in inspector(foreign).get("/campaigns/").content.decode()


def test_an_inspector_above_sees_the_room_of_a_campaign_below_once_and_no_draft():
    above = make.office("KBNN", seals=False)
    units = [make.office(code, parent=above) for code in ("HB", "SL")]
    campaign = campaigns.campaign(*units)
    campaigns.campaign(units[0], slug="nhap", opened=False)
    user = make.user(Role.INSPECTOR, of=above)

    assert list(Campaign.objects.visible_to(user)) == [campaign]
