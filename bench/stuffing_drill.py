"""Stuffing played on generated counters, so that what the rules find, and how often they cry wolf, can be measured.

The counters are made up: an office of four, 22 working days, visits of one to four slips, half of the slips on the tablet,
85 of 100 coming back. The scenarios A to E and the figures to be met are those of `docs/spec/research/trust.md` §3.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

from reports.integrity.bursts import Use
from reports.integrity.rules import CounterMonth, Finding, judge, latencies, return_rate

DAYS, COUNTERS, MONTHS_BEFORE = 22, 4, 12
DAY, OPENS, NOON, AFTERNOON, CLOSES = 86400, 27000, 41400, 46800, 61200  # 7:30–11:30, 13:00–17:00
RETURN_RATE, ON_TABLET = 0.85, 0.5
SLIPS_OF_A_VISIT = (1, 1, 1, 1, 1, 1, 2, 2, 3, 4)
CUSTOMERS = tuple(f"KH{number}" for number in range(40))
SIZES = (4, 8, 16)

#: Research figures by scenario: how many of 100 stuffed counter-months show any signal, at 4, 8 and 16 ballots a day.
EXPECTED_POWER = {
    "A": (1.00, 1.00, 1.00),
    "B": (0.59, 0.94, 1.00),
    "C": (1.00, 1.00, 1.00),
    "D": (1.00, 1.00, 1.00),
    "E": (0.09, 0.37, 0.84),
}
#: The same of honest counter-months, before each counter has thresholds of its own.
EXPECTED_FALSE_ALARMS = (0.0006, 0.0029, 0.022)
#: With thresholds of their own each of S1, S2, S4, S5 and S6 cries wolf in at most one honest month in a thousand.
MOST_FALSE_ALARMS = 0.005
#: Where the slips of one organisation come back alike: how much, and how often S6 may cry wolf in a month all the same.
ALIKE, MOST_ALIKE_ALARMS = 0.1, 0.005
WORDS = {
    "A": "cuối ngày điền các phiếu chưa về trong ngày",
    "B": "một buổi điền các phiếu chưa về của 7 ngày",
    "C": "bấm máy tính bảng thay một nửa số khách",
    "D": "điền mọi phiếu chưa về, chậm rãi như khách",
    "E": "điền một nửa số phiếu chưa về, chậm rãi như khách",
}


@dataclass(frozen=True)
class Slip:
    """One slip of the game; ``used`` None until somebody answers."""

    issued: int
    customer: str
    channel: str
    used: int | None = None
    open_seconds: int | None = None

    def answered(self, used: int, open_seconds: int) -> Slip:
        return replace(self, used=used, open_seconds=open_seconds)


def play(scenario: str | None, size: int, rng: random.Random) -> list[Finding]:
    """What the rules find at one counter in one month; scenario None is an honest one. ``size``: slips a day."""
    others = [_as_month(honest_month(size, rng)) for _counter in range(COUNTERS - 1)]
    slips = honest_month(size, rng)
    played = _as_month(SCENARIOS[scenario](slips, rng) if scenario else slips)
    return judge(
        played,
        pool=latencies([*others, played]),
        reference=_year_before(size, rng),
        seed=str(rng.random()),
    )


def play_alike(
    scenario: str | None, size: int, rng: random.Random, *, alike: float, admitted: bool
) -> Finding | None:
    """S6 alone where the slips of one organisation come back alike (``alike``: their intraclass correlation).

    ``admitted``: whether the rule is told so, as the product tells it from the sealed months.
    """
    slips = honest_month(size, rng, alike)
    played = _as_month(SCENARIOS[scenario](slips, rng) if scenario else slips)
    sizes = {way: _kish_size(slips, way) for way in played.asked}
    return return_rate(played.asked, _year_before(size, rng), sizes, alike if admitted else 0.0)


def _kish_size(slips: list[Slip], channel: str) -> float:
    had = Counter(slip.customer for slip in slips if slip.channel == channel)
    return sum(n * n for n in had.values()) / sum(had.values())


def honest_month(size: int, rng: random.Random, alike: float = 0.0) -> list[Slip]:
    slips = []
    rates: dict[str, float] = {}
    if alike:
        known = 1 / alike - 1
        rates = {name: rng.betavariate(RETURN_RATE * known, (1 - RETURN_RATE) * known) for name in CUSTOMERS}
    for day in range(DAYS):
        left = rng.randint(size - size // 4, size + size // 4)
        while left > 0:
            visit = min(left, rng.choice(SLIPS_OF_A_VISIT))
            left -= visit
            slips += _visit(day, visit, rng, rates)
    return sorted(slips, key=lambda slip: slip.issued)


def _visit(day: int, number: int, rng: random.Random, rates: Mapping[str, float]) -> Iterator[Slip]:
    """One customer's slips, some minutes apart; whoever answers one on the phone often answers all at one sitting."""
    customer = CUSTOMERS[rng.randrange(len(CUSTOMERS))]
    channel = "tablet" if rng.random() < ON_TABLET else "slip"
    at = day * DAY + rng.choice([rng.randint(OPENS, NOON), rng.randint(AFTERNOON, CLOSES - 1200)])
    sitting = at + number * 300 + _delay("slip", rng) if rng.random() < 0.5 else None
    for _slip in range(number):
        at += rng.randint(60, 300)
        slip = Slip(at, customer, channel)
        if rng.random() < rates.get(customer, RETURN_RATE):
            seconds = _on_form(rng)
            used = at + _delay(channel, rng)
            if channel == "slip" and sitting:
                sitting += seconds + rng.randint(5, 20)
                used = sitting
            slip = slip.answered(used, seconds)
        yield slip


def _delay(channel: str, rng: random.Random) -> int:
    """Seconds from issue to use: at once on the tablet, within minutes to days on the phone."""
    if channel == "tablet":
        return rng.randint(20, 110)
    return int(min(max(rng.lognormvariate(8.0, 1.3), 60), 6 * DAY))


def _on_form(rng: random.Random) -> int:
    return 3 if rng.random() < 0.01 else rng.randint(6, 75)


# ── Scenarios ──────────────────────────────────────────────────────────────────────────


def fill_at_closing(slips: list[Slip], rng: random.Random) -> list[Slip]:
    """A: every evening the day's slips that did not come back, one after another, in any order."""
    filled = list(slips)
    for day in range(DAYS):
        silent = [i for i, slip in enumerate(filled) if slip.used is None and slip.issued // DAY == day]
        rng.shuffle(silent)
        _fill(filled, silent, day * DAY + CLOSES + rng.randint(0, 900), rng)
    return filled


def fill_a_week(slips: list[Slip], rng: random.Random) -> list[Slip]:
    """B: once, what did not come back in seven working days, in the order of the pile."""
    filled = list(slips)
    silent = [i for i, slip in enumerate(filled) if slip.used is None and slip.issued // DAY >= DAYS - 7]
    _fill(filled, silent, (DAYS - 1) * DAY + CLOSES + 1800 + rng.randint(0, 900), rng)
    return filled


def press_the_tablet(slips: list[Slip], rng: random.Random) -> list[Slip]:
    """C: the teller answers for every other customer, in passing."""
    return [
        replace(slip, channel="tablet").answered(slip.issued + rng.randint(5, 9), rng.randint(1, 4))
        if rng.random() < 0.5
        else slip
        for slip in slips
    ]


def patiently(slips: list[Slip], rng: random.Random, share: float = 1.0) -> list[Slip]:
    """D: every slip that did not come back is answered, as slowly and as scattered as by customers."""
    return [
        slip.answered(slip.issued + _delay(slip.channel, rng), _on_form(rng))
        if slip.used is None and rng.random() < share
        else slip
        for slip in slips
    ]


def half_patiently(slips: list[Slip], rng: random.Random) -> list[Slip]:
    """E: the same with every other of them."""
    return patiently(slips, rng, 0.5)


SCENARIOS: dict[str, Callable[[list[Slip], random.Random], list[Slip]]] = {
    "A": fill_at_closing,
    "B": fill_a_week,
    "C": press_the_tablet,
    "D": patiently,
    "E": half_patiently,
}


def _fill(slips: list[Slip], which: list[int], at: int, rng: random.Random) -> None:
    for i in which:
        at += rng.randint(12, 35)
        slips[i] = slips[i].answered(at, rng.randint(5, 12))


def _as_month(slips: list[Slip]) -> CounterMonth:
    uses, asked = [], {}
    for slip in slips:
        whole, back = asked.get(slip.channel, (0, 0))
        asked[slip.channel] = (whole + 1, back + (slip.used is not None))
        if slip.used is not None:
            uses.append(
                Use(
                    slip.issued,
                    slip.issued,
                    slip.used,
                    slip.open_seconds,
                    slip.channel,
                    slip.channel,
                    slip.customer,
                )
            )
    return CounterMonth("", uses, asked)


def _year_before(size: int, rng: random.Random) -> dict[str, tuple[int, int]]:
    """The office's twelve months: so many slips by channel, and how many came back."""
    each = MONTHS_BEFORE * COUNTERS * DAYS * size // 2
    spread = (each * RETURN_RATE * (1 - RETURN_RATE)) ** 0.5
    return {channel: (each, round(rng.gauss(each * RETURN_RATE, spread))) for channel in ("tablet", "slip")}
