"""The plan of the 2023 campaign, scored without a database: Hòa Bình gets what was published, all else is invented."""

from __future__ import annotations

import csv
import json
from collections import Counter
from decimal import Decimal

from surveys.reference.loading import DATA
from surveys.setup.pilot.campaign_plan import HOA_BINH, SECTIONS, plan_of

with (DATA / "offices_2023.csv").open(encoding="utf-8") as _file:
    CODES = [row["code"] for row in csv.DictReader(_file)]


def score(answers: tuple[dict[str, int | None], ...]) -> Decimal:
    """Equal weights, five levels at 0, 25, 50, 75, 100: worked out here anew, by means of means."""
    sections = []
    for criteria in SECTIONS.values():
        means = []
        for criterion in criteria:
            given = Counter(answer[criterion] for answer in answers if answer[criterion] is not None)
            means.append(
                Decimal(sum((level - 1) * 25 * n for level, n in given.items())) / sum(given.values())
            )
        sections.append(sum(means) / len(means))
    return (sum(sections) / len(sections)).quantize(Decimal("0.01"), "ROUND_HALF_UP")


def test_hoa_binh_gets_96_25_and_place_10_of_64():
    scores = {plan.code: score(plan.answers) for plan in plan_of(CODES)}
    assert (len(scores), scores[HOA_BINH]) == (64, Decimal("96.25"))
    assert sum(other > scores[HOA_BINH] for other in scores.values()) == 9
    assert sum(other == scores[HOA_BINH] for other in scores.values()) == 1


def test_every_unit_has_100_to_400_answers_and_the_plan_repeats():
    plans = plan_of(CODES)
    assert all(100 <= len(plan.answers) <= 400 for plan in plans)
    assert plan_of(CODES) == plans


def test_the_plan_answers_the_questionnaire_that_the_pilot_asks():
    described = json.loads((DATA / "campaign_questionnaires.json").read_text(encoding="utf-8"))[
        "questionnaires"
    ][0]
    asked = {criterion["code"] for criterion in described["criteria"]}
    scored = {c["code"] for c in described["criteria"] if c.get("weight") != "0"}
    assert {code for criteria in SECTIONS.values() for code in criteria} == scored
    for plan in plan_of(CODES)[:3]:
        assert all(set(answer) == asked for answer in plan.answers)
        # A conditional question is answered exactly by those whom it was asked.
        assert all((answer["answered"] is not None) == (answer["spoke_up"] == 1) for answer in plan.answers)
