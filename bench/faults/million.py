"""A province's years, a million ballots on PostgreSQL: how long until a restored backup is verified and serves.

Run as a program it fills a place: the register in bulk by the database, the box by the product's own making of a ballot,
and each month released by its closing mix, so that every leaf, tree and checkpoint is a real one.
"""

from __future__ import annotations

import sys
import time

from bench.faults.clients import number
from bench.faults.place import POSTGRESQL, Kit
from bench.faults.replay import backup

BALLOTS, QUICK = 1_000_000, 20_000
MONTHS = 36
LONGEST = 15 * 60
HOLDS = "ĐẠT:"

REGISTER = """
WITH made AS (
    INSERT INTO surveys_transaction (id, office_id, counter_id, procedure_id, reference, dossier, channel, outcome,
                                     started_at, finished_at)
    SELECT gen_random_uuid(), %(office)s, %(counter)s, %(procedure)s, %(period)s || '-' || n, '', 'counter', 'resolved',
           %(day)s::timestamptz + n * interval '1 minute', %(day)s::timestamptz + n * interval '1 minute'
    FROM generate_series(1, %(count)s) AS n
    RETURNING id, finished_at
), slips AS (
    INSERT INTO surveys_slip (id, transaction_id, office_id, period, counter_id, procedure_id, questionnaire_id, channel,
                              serial, code_mac, short_mac, state, issued_at, opens_at, expires_at)
    SELECT gen_random_uuid(), id, %(office)s, %(period)s, %(counter)s, %(procedure)s, %(questionnaire)s, 'slip',
           upper(lpad(to_hex(%(serials)s + row_number() OVER ()), 6, '0')), encode(sha256(id::text::bytea), 'hex'),
           encode(sha256((id::text || 's')::bytea), 'hex'), 'U', finished_at, finished_at, finished_at + interval '7 days'
    FROM made
    RETURNING id, issued_at
)
INSERT INTO surveys_spent (slip_id, used_at, open_seconds, via) SELECT id, issued_at, 40, 'slip' FROM slips
"""


def run(kit: Kit, *, quick: bool) -> tuple[str, bool]:
    ballots = QUICK if quick else BALLOTS
    with kit.place(POSTGRESQL) as place:
        place.python("-m", "bench.faults.million", str(ballots), seconds=3600)
        began = time.monotonic()
        copy = backup(place, "copy")
        copying = time.monotonic() - began
        with kit.empty_place(place) as other:
            began = time.monotonic()
            said = other.manage("restore", str(copy), seconds=2 * LONGEST)
            ready = other.serve().readiness()
            restoring = time.monotonic() - began
            (there,) = other.rows("SELECT count(*) FROM surveys_ballot")[0]
        size = copy.stat().st_size / 1e6
    figure = (
        f"{number(there)} ballots with their register: back, verified and serving after {restoring / 60:.1f} minutes; "
        f"the backup took {copying / 60:.1f} minutes and {size:.0f} MB"
    )
    return figure, there == ballots and HOLDS in said and ready == (200, []) and restoring <= LONGEST


def fill(ballots: int) -> None:
    from django.db import connection

    from surveys.models import Counter, Office, Procedure, QuestionnaireVersion
    from surveys.periods import Month

    office, counter, procedure = (
        Office.objects.sealing().get(),
        Counter.objects.first(),
        Procedure.objects.first(),
    )
    questionnaire = QuestionnaireVersion.objects.get(questionnaire__code="counter")
    for month in range(MONTHS):
        count = ballots // MONTHS + (month < ballots % MONTHS)
        period = Month(2020 + month // 12, month % 12 + 1)
        facts = {
            "office": office.pk, "counter": counter.pk, "procedure": procedure.pk, "questionnaire": questionnaire.pk,
            "period": str(period), "day": period.first_day, "count": count,
            "serials": month * 100_000,
        }  # fmt: skip
        with connection.cursor() as cursor:
            cursor.execute(REGISTER, facts)
        _release(office, questionnaire, counter, procedure, period, count)


def _release(office, questionnaire, counter, procedure, period, count: int) -> None:
    import secrets
    from datetime import timedelta

    from reports.closing import close_period
    from surveys.box.boxed import sealed
    from surveys.box.contents import Contents
    from surveys.models import BoxedBallot
    from surveys.periods import closing_from

    contents = Contents(questionnaire.pk, counter.code, procedure.code, {"attitude": 1, "time": 1})
    where = {"office": office.pk, "period": str(period), "contents": contents}
    BoxedBallot.objects.bulk_create(
        (sealed(**where, receipt_hash=secrets.token_hex(32)) for _ in range(count)), batch_size=200
    )
    close_period(office=office, period=period, now=closing_from(period) + timedelta(hours=9))


if __name__ == "__main__":
    import django

    django.setup()
    fill(int(sys.argv[1]))
