"""The article's year as a plan, pure: who came when, to which counter, for what, and which slips came back how.

Deterministic: the same plan every time, so that an interrupted replay goes on where it stopped.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from surveys.periods import TIME_ZONE, Month, WorkingCalendar, expires_at

# Month, issued, returned. The article gives the sums only: 3.809 and 3.240.
MONTHS = [
    (Month(2022, 6), 268, 219),
    (Month(2022, 7), 281, 233),
    (Month(2022, 8), 290, 249),
    (Month(2022, 9), 296, 247),
    (Month(2022, 10), 302, 263),
    (Month(2022, 11), 305, 262),
    (Month(2022, 12), 338, 279),
    (Month(2023, 1), 246, 204),
    (Month(2023, 2), 276, 240),
    (Month(2023, 3), 301, 262),
    (Month(2023, 4), 299, 259),
    (Month(2023, 5), 317, 268),
    (Month(2023, 6), 290, 255),
]
# The two ballots that were not satisfied: one on each criterion.
DISSATISFIED = {
    Month(2022, 10): ("attitude", "unclear_guidance", "Cần hướng dẫn rõ hơn ngay từ lần nộp đầu."),
    Month(2023, 3): ("time", "long_wait", "Chờ gần hết buổi sáng mới trả kết quả."),
}
COUNTERS = {"Q1": 33, "Q2": 27, "Q3": 21, "Q4": 13, "Q5": 6}  # shares of the work
PROCEDURES = {"6": 54, "4": 16, "10": 12, "8": 9, "9": 6, "5": 3}
# Slip channel: share of the counter's slips, and how likely one comes back.
CHANNELS = {"tablet": (60, 0.95), "slip": (34, 0.72), "link": (6, 0.66)}
MINUTES = {"4": (9, 34), "6": (60, 330), "10": (40, 200), "8": (70, 380), "9": (50, 240), "5": (60, 300)}
PRAISE = ["handled_fast", "simple_papers", "helpful_guidance"]
SEED = 3809


@dataclass(frozen=True)
class Answer:
    at: datetime
    open_seconds: int
    answers: dict[str, int]
    reasons: tuple[str, ...] = ()
    comment: str = ""


@dataclass(frozen=True)
class Visit:
    """One transaction with its slip, and the answer when it came back."""

    reference: str
    month: Month
    counter: str
    procedure: str
    organisation: int  # index of a customer organisation; who comes how often is skewed
    channel: str  # of the slip
    outcome: str
    started_at: datetime
    finished_at: datetime
    answer: Answer | None = field(default=None)


def visits_of(month: Month, calendar: WorkingCalendar, *, organisations: int = 40) -> list[Visit]:
    """The visits of one month in the order of their end."""
    issued, returned = next((i, r) for m, i, r in MONTHS if m == month)
    rng = random.Random(f"{SEED}-{month}")
    ends = sorted(_moments(month, calendar, issued, rng))
    visits = [_visit(number, end, month, organisations, rng) for number, end in enumerate(ends, start=1)]
    # Weighted choice without replacement (Efraimidis and Spirakis 2006): the tablet's slips come back more often.
    drawn = sorted(
        range(issued), key=lambda i: rng.random() ** (1 / CHANNELS[visits[i].channel][1]), reverse=True
    )
    chosen = sorted(drawn[:returned])
    unhappy = chosen[len(chosen) // 2] if month in DISSATISFIED else None
    for index in chosen:
        answer = _answer(visits[index], unhappy=index == unhappy, rng=rng)
        visits[index] = Visit(**{**vars(visits[index]), "answer": answer})
    return visits


def _moments(month: Month, calendar: WorkingCalendar, count: int, rng: random.Random) -> Iterator[datetime]:
    days = [day for day in _days(month) if calendar.is_working(day)]
    # Budget units come most in the last third of a month.
    weights = [1 + position / len(days) for position in range(len(days))]
    for day in rng.choices(days, weights, k=count):
        minute = rng.choice([rng.randint(30, 230), rng.randint(390, 570)])  # 7:30–11:20 and 13:30–16:30
        yield datetime(day.year, day.month, day.day, 7, 30, rng.randint(0, 59), tzinfo=TIME_ZONE) + timedelta(
            minutes=minute - 30
        )


def _days(month: Month):
    day = month.first_day
    while day <= month.last_day:
        yield day
        day += timedelta(days=1)


def _visit(number: int, end: datetime, month: Month, organisations: int, rng: random.Random) -> Visit:
    procedure = _pick(PROCEDURES, rng)
    low, high = MINUTES[procedure]
    took = timedelta(minutes=int(rng.triangular(low / 3, high, low)))
    channel = _pick({name: share for name, (share, _back) in CHANNELS.items()}, rng)
    return Visit(
        reference=f"HB-{month}-{number:04d}",
        month=month,
        counter=_pick(COUNTERS, rng),
        procedure=procedure,
        organisation=int(rng.triangular(0, organisations, 0)),
        channel=channel,
        outcome=_pick({"resolved": 95, "supplement": 4, "refused": 1}, rng),
        started_at=max(end - took, end.replace(hour=7, minute=15)),  # nobody came before the doors opened
        finished_at=end,
    )


def _answer(visit: Visit, *, unhappy: bool, rng: random.Random) -> Answer:
    at = visit.finished_at + _delay(visit.channel, rng)
    if at >= expires_at(visit.finished_at, visit.month) - timedelta(minutes=1):
        at = visit.finished_at + timedelta(minutes=rng.randint(5, 90))
    answers, comment = {"attitude": 1, "time": 1}, ""
    reasons: tuple[str, ...] = ()
    if unhappy:
        criterion, reason, comment = DISSATISFIED[visit.month]
        answers[criterion], reasons = 0, (reason,)
    elif rng.random() < 0.08:
        reasons = (rng.choice(PRAISE),)
    return Answer(at, rng.randint(8, 75), answers, reasons, comment)


def _delay(channel: str, rng: random.Random) -> timedelta:
    if channel == "tablet":
        return timedelta(seconds=rng.randint(25, 110))
    if rng.random() < 0.8:
        return timedelta(minutes=rng.randint(6, 240))
    return timedelta(hours=rng.randint(16, 60))


def _pick(shares: dict[str, int], rng: random.Random) -> str:
    return rng.choices(list(shares), list(shares.values()))[0]
