"""The seal of a month of so many ballots against a plain loop that reads and hashes them: `python -m bench.scale.seal 3240`.

Prints seconds as JSON: ``loop`` reads every ballot and receipt of the month and computes its leaf; ``first`` and ``second``
are the two signatures, each with everything that it checks and computes; ``count`` is the month counted anew.
"""

from __future__ import annotations

import io
import json
import secrets
import sys
import time
from collections.abc import Callable, Iterator
from datetime import timedelta

import django

BATCH = 1


def main(ballots: int) -> None:
    django.setup()
    from django.db import connection

    from bench.scale import fill, frame
    from surveys.database import triggers

    fill.refuse_all_others(connection)
    frame.build()
    triggers.remove()
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        month = fill_month(cursor, "K00", ballots)
        cursor.execute("ANALYZE")
    triggers.install()
    print(json.dumps({"ballots": ballots} | _measure(month)))


def fill_month(cursor, code: str, ballots: int):
    """A closed month of an office: slips and what belongs to them by set-based SQL, ballots with true leaves by COPY."""
    from bench.scale import extras
    from bench.scale.frame import months
    from surveys.models import Counter, Office, Procedure

    month = months()[-2]
    office = Office.objects.get(code=code)
    counter = Counter.objects.filter(box_office=office).first()
    procedure = Procedure.objects.order_by("code").first()
    values = {
        "n": ballots, "code": code, "office": office.pk, "period": str(month), "counter": counter.pk, "procedure": procedure.pk,
        "version": extras.version(), "at": month.bounds()[0] + timedelta(days=2),
    }  # fmt: skip
    for statement in REGISTER:
        cursor.execute(statement, values)
    kept = list(_ballots(ballots, office.code, str(month)))
    receipts = sorted(secrets.token_hex(32) for _ in range(ballots))
    batch = _batch(office, month, [leaf for *_rest, leaf in kept], receipts)
    head = (office.pk, str(month), batch.pk, values["version"], counter.code, procedure.code)
    _copy(
        cursor,
        "surveys_ballot (office_id, period, batch_id, questionnaire_id, counter, procedure, id, answers, extra, salt, x, leaf)",
        ((*head, name, answers, extra, salt, x, leaf.hex()) for name, answers, extra, salt, x, leaf in kept),
    )
    _copy(
        cursor,
        "surveys_receipt (office_id, period, hash)",
        ((office.pk, str(month), each) for each in receipts),
    )
    return month


REGISTER = [
    """INSERT INTO surveys_transaction (id, office_id, counter_id, procedure_id, reference, dossier, channel, outcome,
         started_at, finished_at)
       SELECT md5('t' || %(code)s || i)::uuid, %(office)s, %(counter)s, %(procedure)s, 'GD-' || i, '', 'counter', 'resolved', %(at)s, %(at)s
       FROM generate_series(1, %(n)s) AS i""",
    """INSERT INTO surveys_slip (id, transaction_id, office_id, period, counter_id, procedure_id, questionnaire_id, channel,
         serial, code_mac, short_mac, state, issued_at, opens_at, expires_at)
       SELECT md5('s' || %(code)s || i)::uuid, md5('t' || %(code)s || i)::uuid, %(office)s, %(period)s, %(counter)s, %(procedure)s, %(version)s, 'slip',
         upper(lpad(to_hex(i), 6, '0')), md5('c' || %(code)s || i) || md5('C' || %(code)s || i), md5('k' || %(code)s || i) || md5('K' || %(code)s || i), 'U',
         %(at)s, %(at)s, %(at)s + interval '7 days'
       FROM generate_series(1, %(n)s) AS i""",
    """INSERT INTO surveys_spent (slip_id, used_at, open_seconds, via)
       SELECT md5('s' || %(code)s || i)::uuid, %(at)s + i %% 500000 * interval '1 second', 40, 'slip'
       FROM generate_series(1, %(n)s) AS i""",
]


def _ballots(n: int, office: str, period: str) -> Iterator[tuple]:
    from surveys import evidence

    for number in range(n):
        said = {"attitude": 1, "time": int(number % 997 != 5)}
        extra = evidence.extra_text("", "Q1", "1", [], {})
        salt, name = secrets.token_bytes(32), secrets.token_hex(16)
        x = evidence.x_of(salt, extra)
        leaf = evidence.ballot_leaf(id=name, answers=said, period=period, office=office, x=x)
        yield name, evidence.canonical(said), extra, salt.hex(), x, leaf


def _batch(office, month, leaves: list[bytes], receipts: list[str]):
    from surveys import evidence
    from surveys.crypto import keys
    from surveys.models import Batch

    text = evidence.checkpoint_text(
        evidence.CheckpointFacts(
            office=office.code, period=str(month), batch=BATCH,
            audit_size=len(leaves), audit_root=evidence.root(sorted(leaves)).hex(),
            receipts_size=len(receipts),
            receipts_root=evidence.root([evidence.receipt_leaf(each) for each in receipts]).hex(),
            voids_size=0, voids_root=evidence.root([]).hex(), previous=evidence.NO_SEAL, date=month.last_day,
        )
    )  # fmt: skip
    note = evidence.sign_note(text, keys.seal_key_name(), keys.seal_key())
    return Batch.objects.create(
        office=office, period=str(month), number=BATCH, ballots=len(leaves), mixed_on=month.last_day,
        is_closing=True, checkpoint=note,
    )  # fmt: skip


def _copy(cursor, into: str, rows: Iterator[tuple]) -> None:
    text = io.StringIO("".join("\t".join(map(str, row)) + "\n" for row in rows))
    cursor.copy_expert(f"COPY {into} FROM STDIN", text)


def _measure(month) -> dict[str, float]:
    from django.utils import timezone

    from reports import sealing
    from reports.month.rollups import roll_up
    from surveys.models import Office, User

    office = Office.objects.get(code="K00")
    first, second = User.objects.filter(username__startswith="team").order_by("username")
    loop = min(_seconds(lambda: _plain_loop(office, month))[0] for _ in range(2))
    count, _ = _seconds(lambda: roll_up(office=office, period=month))
    seen = sealing.draft(office=office, period=month).seen
    now = timezone.now()
    told = {"now": now, "logged_in_at": now}
    one, signature = _seconds(
        lambda: sealing.sign_first(office=office, period=month, user=first, seen=seen, **told)
    )
    two, _seal = _seconds(
        lambda: sealing.sign_second(first=signature, user=second, seen=signature.digest, **told)
    )
    return {"loop": loop, "count": count, "first": one, "second": two}


def _plain_loop(office, month) -> None:
    """Read every row of the month and compute its leaf: what no seal can do without."""
    from surveys import evidence
    from surveys.models import Ballot, Receipt

    rows = Ballot.objects.of(office).in_period(month).values_list("id", "answers", "x")
    for name, answers, x in rows.iterator(chunk_size=5000):
        evidence.ballot_leaf(id=name, answers=json.loads(answers), period=str(month), office=office.code, x=x)
    for each in (
        Receipt.objects.of(office).in_period(month).values_list("hash", flat=True).iterator(chunk_size=5000)
    ):
        evidence.receipt_leaf(each)


def _seconds(work: Callable) -> tuple[float, object]:
    began = time.perf_counter()
    result = work()
    return time.perf_counter() - began, result


if __name__ == "__main__":
    main(int(sys.argv[1]))
