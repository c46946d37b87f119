"""A campaign of 64 units with so many answers each, from the casts to its pages: `python -m bench.scale.standings 1000`.

Answers come in through the product's own verbs, then the campaign is closed, counted, signed by two and published.
Prints seconds as JSON: ``count`` counts all answers anew, as the closing does once, ``standings`` makes scores and places
of those sums. `python -m bench.scale.standings pages` asks for the public pages afterwards; seconds of processor.
"""

from __future__ import annotations

import json
import random
import sys
from datetime import timedelta

import django

SLUG, SEED = "bench", 2537
SCORED = ("place", "online", "public", "papers", "attitude", "skill", "on_time", "correct")
LEVELS = (5, 4, 3, 2, 1)
PAGES, REPEATS = "pages", 50


def main(wanted: str) -> None:
    django.setup()
    print(json.dumps(_pages() if wanted == PAGES else _play(int(wanted))))


def _play(answers: int) -> dict[str, float]:
    from bench.scale.clocks import took
    from bench.scale.frame import build
    from reports import standings

    build()
    campaign = _opened()
    _answer(campaign, answers)
    campaign = _closed(campaign)
    count = took(lambda: _count_anew(campaign))
    ranked = took(lambda: standings.document(campaign=campaign, version=1, reason=""))
    _publish(campaign)
    return {"count": count.wall, "standings": ranked.wall}


def _pages() -> dict[str, float]:
    from django.test import Client

    from bench.scale.pages import worked

    anybody = Client(SERVER_NAME="127.0.0.1", SERVER_PORT="8000")
    asked = {"table": f"/results/c/{SLUG}/?unit=K07", "unit": f"/results/c/{SLUG}/K07/"}
    return {name: worked(lambda: anybody.get(path), repeats=REPEATS) for name, path in asked.items()}  # noqa: B023


def _opened():
    """Over since yesterday, so that it can be closed today."""
    from django.utils import timezone

    from surveys.campaigns import lifecycle
    from surveys.models import Office, QuestionnaireVersion
    from surveys.reference.loading import load_campaign_questionnaires
    from surveys.setup.pilot.campaign import GROUPS

    load_campaign_questionnaires()
    today = timezone.localdate()
    made = lifecycle.set_up(
        by=None,
        units=dict.fromkeys(Office.objects.filter(code__regex="^K[0-9]"), 3000),
        groups=GROUPS,
        slug=SLUG,
        name="Đợt khảo sát để đo",
        legal_basis="Quyết định số 2537/QĐ-KBNN ngày 26/5/2021",
        opens_on=today - timedelta(days=61),
        closes_on=today - timedelta(days=1),
        questionnaire=QuestionnaireVersion.objects.get(questionnaire__code="sipas", number=1),
    )
    return lifecycle.open_campaign(campaign=made, now=made.period.bounds()[0])


def _answer(campaign, answers: int) -> None:
    """Some units better than others, "not applicable" now and then; a unit's casts are one commit."""
    from django.db.transaction import atomic

    from surveys.box import casting, signed_form
    from surveys.reference import answers as reference_answers

    rng, at = random.Random(SEED), campaign.period.bounds()[0]
    for unit in campaign.units.select_related("campaign", "office").order_by("office__code"):
        weights = (rng.uniform(50, 95), 15, 5, 3, 1)
        with atomic():
            for _ in range(answers):
                levels = dict(zip(SCORED, rng.choices(LEVELS, weights, k=len(SCORED)), strict=True))
                if rng.random() < 0.2:
                    levels["online"] = None
                said = reference_answers.Said(levels | {"spoke_up": 0, "answered": None})
                form = signed_form.read_form_of(unit=unit, field=signed_form.open_form_of(unit=unit, now=at))
                casting.cast_openly(unit=unit, form=form, said=said)


def _closed(campaign):
    from django.utils import timezone

    from reports import standings
    from surveys.models import Campaign

    for _office in standings.close_and_count(campaign=campaign, now=timezone.now()):
        pass
    return Campaign.objects.get(pk=campaign.pk)


def _count_anew(campaign) -> None:
    from reports.month.rollups import roll_up

    for unit in campaign.units.select_related("office"):
        roll_up(office=unit.office, period=campaign.period, sealing=True)


def _publish(campaign) -> None:
    from django.contrib.auth.models import Group
    from django.utils import timezone

    from reports import standings
    from surveys import evidence
    from surveys.choices import Role
    from surveys.models import Office, User

    country = Office.objects.get(code="KBNN")
    first, second = (User.objects.create_user(username=name, office=country) for name in ("head1", "head2"))
    for person in (first, second):
        person.groups.set(Group.objects.filter(name=Role.HEAD_OFFICE))
    now = timezone.now()
    seen = evidence.digest(standings.standing_text(campaign))
    facts = {"campaign": campaign, "seen": seen, "now": now, "logged_in_at": now}
    standings.sign_first(user=first, **facts)
    standing = standings.sign_second(user=second, **facts)
    standings.publish(standing=standing, by=first, now=now)


if __name__ == "__main__":
    main(sys.argv[1])
