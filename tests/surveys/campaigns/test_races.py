"""Many at once: an invited one cannot answer twice; closing under load loses nothing. On both engines."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from surveys import rate_limits
from surveys.box import casting, errors, mixing, signed_form
from surveys.campaigns import invitations, lifecycle, participation
from surveys.models import BoxedBallot, OpenLane, Receipt, Spent
from tests import campaigns, make
from tests.races import at_once

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.serial]
SAID = {"easy": "4", "online": "na", "solved": "1"}


def post_pages(address: str, sent: dict[str, str]) -> int:
    """All sections at once, as the page with every section sends them."""
    return Client().post(address, sent | {"_step": "all", "_go": "send"}).status_code


def test_fifty_sendings_of_one_invitation_make_one_answer():
    running = campaigns.campaign(make.office("HB"), now=make.now())
    unit = running.units.select_related("campaign", "office").get()
    code = invitations.invite(unit=unit, name="x", organisations=[("Trường A", "")], by=None, now=make.now())[
        0
    ].code
    slip = casting.find_slip(code=code)
    fields = [signed_form.open_form(slip=slip, now=make.now()) for _sending in range(50)]

    answers = at_once(
        *(lambda field=field: post_pages(f"/p/{code}", SAID | {"_form": field}) for field in fields)
    )

    assert sorted(set(answers)) == [200, 409]
    assert answers.count(200) == 1
    assert BoxedBallot.objects.count() == Spent.objects.count() == 1


def test_fifty_sendings_of_one_open_form_make_one_answer():
    rate_limits.forget()
    running = campaigns.campaign(make.office("HB"), now=make.now())
    unit = running.units.select_related("campaign", "office").get()
    field = signed_form.open_form_of(unit=unit, now=make.now())
    address = f"/c/{running.slug}/HB"

    answers = at_once(*(lambda: post_pages(address, SAID | {"_form": field}) for _sending in range(50)))

    assert set(answers) == {200}
    assert BoxedBallot.objects.count() == 1
    assert participation.participation(running)[unit.office_id].opened == 1


def test_closing_under_load_loses_nothing():
    """Thirty open answers against a closing: what was accepted is counted and in the box, no more and no less."""
    running = campaigns.campaign(make.office("HB"), now=make.NOW)
    unit = running.units.select_related("campaign", "office").get()
    over = running.period.bounds()[1]

    def close():
        return lifecycle.close(campaign=running, now=over)

    results = at_once(*(lambda: campaigns.answer(unit) for _answer in range(30)), close)

    accepted = [one for one in results if isinstance(one, str)]
    refused = [one for one in results if isinstance(one, errors.CampaignNotOpen)]
    assert len(accepted) + len(refused) == 30
    assert (
        participation.participation(running)[unit.office_id].opened
        == len(accepted)
        == BoxedBallot.objects.count()
    )
    assert not OpenLane.objects.filter(is_open=True).exists()
    mixing.mix(office=unit.office, period=running.period, now=over + timedelta(hours=1), closing=True)
    assert Receipt.objects.count() == len(accepted)
