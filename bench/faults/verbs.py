"""What staff and the nights do, for the faults that need it done: `python -m bench.faults.verbs NAME` inside a place.

mix: as in the middle of this month. seal: close this month when it is due, and let two persons sign it.
digest: one hash over everything released and waiting. slip CODE: its period, state and end, as JSON.
"""

from __future__ import annotations

import json
import sys
from hashlib import sha256


def mix() -> None:
    from django.utils import timezone

    from reports.closing import mix_box
    from surveys.box.mixing import boxes_waiting, scrub_box

    now = timezone.localtime().replace(day=11, hour=12)
    for office, period, _waiting in boxes_waiting():
        batch = mix_box(office=office, period=period, now=now)
        print(batch.ballots if batch else 0)
    scrub_box()


def seal() -> None:
    from datetime import timedelta

    from django.contrib.auth.models import Group
    from django.utils import timezone

    from reports import closing, sealing
    from surveys.choices import Role
    from surveys.models import Office, User
    from surveys.periods import closing_from, period_of

    office = Office.objects.sealing().get()
    team = [User.objects.create_user(username=name, office=office) for name in ("first", "second")]
    for user in team:
        user.groups.add(Group.objects.get(name=Role.COUNTING))
    period = period_of(timezone.now(), quarterly=office.quarterly)
    now = closing_from(period) + timedelta(hours=9)
    closing.close_period(office=office, period=period, now=now)
    signed = {"now": now, "logged_in_at": now}
    seen = sealing.draft(office=office, period=period).seen
    first = sealing.sign_first(office=office, period=period, user=team[0], seen=seen, **signed)
    sealing.sign_second(first=first, user=team[1], seen=first.digest, **signed)
    print("sealed")


def digest() -> None:
    from surveys.models import Ballot, Batch, BoxedBallot, Receipt, Spent

    columns = [
        (Ballot, "id", ("id", "leaf", "answers")),
        (Receipt, "hash", ("period", "hash")),
        (Batch, "pk", ("period", "number", "checkpoint")),
        (BoxedBallot, "id", ("id", "tag")),
        (Spent, "pk", ("pk", "used_at")),
    ]
    whole = sha256()
    for model, order, names in columns:
        for row in model.objects.order_by(order).values_list(*names):
            whole.update(repr(row).encode())
    print(whole.hexdigest())


def slip(code: str) -> None:
    from surveys.box.casting import find_slip

    found = find_slip(code=code)
    print(
        json.dumps({"period": found.period, "state": found.state, "expires_at": found.expires_at.isoformat()})
    )


if __name__ == "__main__":
    import django

    django.setup()
    {"mix": mix, "seal": seal, "digest": digest, "slip": slip}[sys.argv[1]](*sys.argv[2:])
