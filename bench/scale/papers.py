"""The papers of a sealed month of 30 counters and 12 procedures: `python -m bench.scale.papers 4320`.

The month is issued, cast, closed and sealed through the product's own verbs. Prints as JSON, by paper, seconds on the wall
and of processor for each printing in one process, the first of which finds everything cold.
"""

from __future__ import annotations

import json
import random
import sys
from dataclasses import asdict
from datetime import timedelta
from itertools import islice, product

import django

COUNTERS, PROCEDURES, PRINTINGS, SEED = 30, 12, 5, 30
PAPERS = ("report.pdf", "minutes.pdf")
COMMENTS = (
    "Mong có thêm chỗ ngồi chờ.",
    "Công chức hướng dẫn rõ ràng, chu đáo.",
    "Chờ hơi lâu vào cuối tháng.",
)


def main(ballots: int) -> None:
    django.setup()
    from bench.scale import frame

    frame.build()
    month = frame.months()[-2]
    office = _enlarged()
    _play(office, month, ballots)
    _seal(office, month)
    print(json.dumps(_measure(office, month)))


def _enlarged():
    """K00 with all its counters and the country with all its procedures."""
    from bench.scale.frame import SINCE
    from surveys.models import Counter, Office, Procedure, ProcedureVersion

    office = Office.objects.get(code="K00")
    for number in range(Counter.objects.filter(box_office=office).count() + 1, COUNTERS + 1):
        Counter.objects.create(office=office, code=f"Q{number}", name=f"Quầy {number}")
    for number in range(Procedure.objects.count() + 1, PROCEDURES + 1):
        made = Procedure.objects.create(code=f"T{number}", short_name=f"Thủ tục thứ {number}")
        ProcedureVersion.objects.create(
            procedure=made,
            official_name=f"Thủ tục thứ {number} của đợt đo",
            legal_basis="Nghị định 347/2025/NĐ-CP",
            valid_from=SINCE,
            limit_value=30,
            limit_unit="minute",
        )
    return office


def _play(office, month, ballots: int) -> None:
    """Every counter serves every procedure; 17 of 20 slips come back, one in fifty dissatisfied, one in ten with a word.

    Which come back is fixed, so that with 12 of each counter and procedure every such group is opened by itself.
    """
    from django.db.transaction import atomic

    from surveys.models import Counter, Procedure

    rng, first = random.Random(SEED), month.bounds()[0]
    counters = list(Counter.objects.filter(box_office=office).order_by("code"))
    cells = list(product(counters, Procedure.objects.order_by("code")[:PROCEDURES]))
    wanted = enumerate(cells[place % len(cells)] for place in range(ballots * 20 // 17))
    while some := list(islice(wanted, 100)):
        with atomic():
            for number, (counter, procedure) in some:
                at = first + timedelta(days=1 + number % 20, hours=8, seconds=rng.randrange(28_000))
                handed = _serve(number, counter, procedure, at, rng)
                nth, cell = divmod(number, len(cells))
                if (nth * 7 + cell) % 20 >= 3:
                    _answer(handed.slip, at + timedelta(minutes=rng.randrange(2, 600)), rng)


def _serve(number: int, counter, procedure, at, rng: random.Random):
    from surveys.choices import Outcome, SlipChannel
    from surveys.slips import issuing

    done = issuing.log_transaction(
        counter=counter,
        procedure=procedure,
        reference=f"bench-{number}",
        started_at=at - timedelta(minutes=rng.randrange(5, 45)),
        finished_at=at,
        outcome=Outcome.RESOLVED,
        now=at,
    )
    return issuing.issue_slip(transaction=done, channel=SlipChannel.SLIP, now=at)


def _answer(slip, at, rng: random.Random) -> None:
    from surveys.box import casting, signed_form
    from surveys.choices import SlipChannel
    from surveys.reference import answers

    form = signed_form.read_form(
        slip=slip, field=signed_form.open_form(slip=slip, now=at - timedelta(minutes=1))
    )
    levels = {"attitude": 1, "time": int(rng.random() >= 1 / 50)}
    said = answers.Said(levels, comment=rng.choice(COMMENTS) if rng.random() < 0.1 else "")
    casting.cast(slip=slip, form=form, said=said, via=SlipChannel.SLIP, now=at)


def _seal(office, month) -> None:
    from django.utils import timezone

    from reports import closing, sealing
    from surveys.models import User

    closing.close_period(office=office, period=month, now=closing.closes_from(month))
    first, second = User.objects.filter(username__startswith="team").order_by("username")
    now = timezone.now()
    told = {"now": now, "logged_in_at": now}
    seen = sealing.draft(office=office, period=month).seen
    signature = sealing.sign_first(office=office, period=month, user=first, seen=seen, **told)
    sealing.sign_second(first=signature, user=second, seen=signature.digest, **told)


def _measure(office, month) -> dict[str, list[dict[str, float]]]:
    from django.utils import timezone

    from bench.scale.clocks import took
    from reports.documents.catalogue import EXPORTS
    from reports.follow_up import cases
    from reports.handling_times import sums
    from reports.month import snapshot

    # What is done once at sealing, before the first paper is made.
    cases.open_cases(office=office, period=month)
    sums.sum_up(office=office, period=month, now=timezone.now())

    def paper(name: str) -> None:
        told = snapshot.take(office=office, stretch=month, now=timezone.now())
        if len(told.counters) != COUNTERS or len(told.procedures) != PROCEDURES:
            raise SystemExit("bench: the month has not all its counters and procedures")
        EXPORTS[name].write(EXPORTS[name].content(told))

    return {name: [asdict(took(lambda: paper(name))) for _ in range(PRINTINGS)] for name in PAPERS}  # noqa: B023


if __name__ == "__main__":
    main(int(sys.argv[1]))
