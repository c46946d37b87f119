"""The 2023 campaign as a plan, pure: how many answered in each unit, and what. All invented but Hòa Bình's score and place.

The answers of a unit are built downwards from "very satisfied": so many steps of a level are taken away, at random, as
its score asks for. Deterministic, so that an interrupted play goes on where it stopped.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

SLUG = "khao-sat-2023"
FIRST_DAY, LAST_DAY = date(2023, 3, 15), date(2023, 5, 15)
HOA_BINH = "HB"
ABOVE = 9  # units that place before it, of 64
BEST, TOP_ENDS, REST_BEGINS, WORST = 98.9, 96.7, 95.8, 74.0
LEVELS, STEP = 5, 25
#: Sections of the questionnaire with the criteria that are scored.
SECTIONS = {
    "access": ("place", "online"),
    "procedure": ("public", "papers"),
    "staff": ("attitude", "skill"),
    "result": ("on_time", "correct"),
    "feedback": ("answered",),
}
#: Of mean 96,25, each reached exactly by 400 answers, 300 of them online, 100 with a comment of before.
HOA_BINH_SECTIONS = {"access": 95.5, "procedure": 96.0, "staff": 97.5, "result": 96.75, "feedback": 95.5}
HOA_BINH_N, HOA_BINH_ONLINE, HOA_BINH_SPOKE, HOA_BINH_INVITED = 400, 300, 100, 100
INVITED_IN_ALL = 140
GROUPS = {"budget_unit": 70, "investor": 14, "enterprise": 11, "citizen": 5}
WORDS = [
    "Mong có thêm chỗ ngồi chờ.",
    "Nên báo tin khi hồ sơ đã xong.",
    "Hướng dẫn trên trang dịch vụ công còn khó tìm.",
    "Cán bộ giải thích rõ, mong giữ được như vậy.",
]


@dataclass(frozen=True)
class UnitPlan:
    """One unit: its customers N, who answered, and what; the first ``invited`` answers came by invitation."""

    code: str
    population: int
    answers: tuple[dict[str, int | None], ...]
    texts: tuple[dict[str, str], ...]
    invited: int = 0


def plan_of(codes: Sequence[str]) -> list[UnitPlan]:
    """A plan for every unit, Hòa Bình among them."""
    rng = random.Random(2537)
    others = [code for code in codes if code != HOA_BINH]
    rng.shuffle(others)
    targets = _targets(len(others), rng)
    plans = {code: _other(code, target) for code, target in zip(others, targets, strict=True)}
    plans[HOA_BINH] = _hoa_binh()
    return [plans[code] for code in codes]


def _targets(units: int, rng: random.Random) -> list[float]:
    """Scores of the others, from the best down: some above Hòa Bình, the rest below, none close to it."""
    top = [BEST - (BEST - TOP_ENDS) * place / (ABOVE - 1) for place in range(ABOVE)]
    below = units - ABOVE
    rest = [REST_BEGINS - (REST_BEGINS - WORST) * place / (below - 1) for place in range(below)]
    return [score + rng.uniform(-0.04, 0.04) for score in top + rest]


def _hoa_binh() -> UnitPlan:
    rng = random.Random(f"2537-{HOA_BINH}")
    answers = _answers(HOA_BINH_N, HOA_BINH_ONLINE, HOA_BINH_SPOKE, HOA_BINH_SECTIONS, rng)
    return UnitPlan(HOA_BINH, 3809, answers, _texts(HOA_BINH_N, rng), HOA_BINH_INVITED)


def _other(code: str, target: float) -> UnitPlan:
    rng = random.Random(f"2537-{code}")
    n = rng.randint(100, 260)
    apart = [rng.uniform(-0.8, 0.8) for _section in SECTIONS]
    middle = sum(apart) / len(apart)
    sections = {name: min(99.5, target + one - middle) for name, one in zip(SECTIONS, apart, strict=True)}
    answers = _answers(n, int(n * rng.uniform(0.6, 0.9)), int(n * rng.uniform(0.2, 0.4)), sections, rng)
    return UnitPlan(code, rng.randint(1200, 9000), answers, _texts(n, rng))


def _answers(
    n: int, online: int, spoke: int, sections: dict[str, float], rng: random.Random
) -> tuple[dict[str, int | None], ...]:
    some = {"online": set(rng.sample(range(n), online)), "answered": set(rng.sample(range(n), spoke))}
    columns = {}
    for section, criteria in SECTIONS.items():
        for criterion in criteria:
            who = sorted(some.get(criterion, range(n)))
            levels = _levels(len(who), sections[section], rng)
            columns[criterion] = dict(zip(who, levels, strict=True))
    columns["spoke_up"] = {number: int(number in some["answered"]) for number in range(n)}
    return tuple(
        {criterion: given.get(number) for criterion, given in columns.items()} for number in range(n)
    )


def _levels(n: int, score: float, rng: random.Random) -> list[int]:
    """n levels whose mean is the score, as close as whole steps come."""
    levels = [LEVELS] * n
    steps = round((100 - score) / STEP * n)
    while steps:
        number = rng.randrange(n)
        if levels[number] > 1:
            levels[number] -= 1
            steps -= 1
    return levels


def _texts(n: int, rng: random.Random) -> tuple[dict[str, str], ...]:
    groups = rng.choices(list(GROUPS), list(GROUPS.values()), k=n)
    return tuple(
        {"respondent": group} | ({"first_change": rng.choice(WORDS)} if rng.random() < 0.05 else {})
        for group in groups
    )
