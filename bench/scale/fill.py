"""Fill a database of the bench with so many ballots over 64 offices and 36 months: `python -m bench.scale.fill 1000000`.

Set-based SQL beside the verbs, so never for an office: it refuses every database that is not the bench's own, or that
holds an office already. Indexes, constraints and triggers are put back at the end as they were. The texts have the
length of true ones; hashes are none, but for the receipts of the month that the receipt page is asked about.
"""

from __future__ import annotations

import json
import sys
import time
from datetime import datetime, timedelta

import django

FILLED = ("surveys_transaction", "surveys_slip", "surveys_spent", "surveys_ballot", "surveys_receipt")
# 17 of 20 slips come back. The first ones are K00's, 250 ballots a month, so that its pages show all they can in the
# smallest set as well; the others are spread over offices, then months, then counters and procedures.
HEAD = 10_600
SLIPS = """
CREATE UNLOGGED TABLE bench_slip AS
SELECT i, o.id AS office, m.place AS month, m.period, c.id AS counter, c.code AS counter_code,
       p.id AS procedure, p.code AS procedure_code, v.id AS version, nth,
       (nth * 7 + i) %% 20 >= 3 AS used,
       m.first + ((nth * 37) %% 27) * interval '1 day' + ((i * 13) %% 480) * interval '1 minute' AS at
FROM (
  SELECT i, CASE WHEN i < %(head)s THEN 0 ELSE i %% 64 END AS office_place,
         CASE WHEN i < %(head)s THEN i %% 36 ELSE i / 64 %% 36 END AS month_place,
         CASE WHEN i < %(head)s THEN i / 36 ELSE i / 2304 END AS nth
  FROM generate_series(0, %(slips)s - 1) AS i
) AS spread
JOIN bench_office o ON o.place = office_place
JOIN bench_month m ON m.place = month_place
JOIN bench_counter c ON c.office = o.id AND c.place = nth %% 4
JOIN bench_procedure p ON p.place = nth %% 3
JOIN bench_version v ON v.procedure = p.id
"""
ROWS = [
    """INSERT INTO surveys_transaction (id, office_id, counter_id, procedure_id, version_id, reference, dossier, channel,
         outcome, clerk_id, started_at, finished_at, due_at)
       SELECT md5('t' || i)::uuid, office, counter, procedure, version, 'GD-' || i, '', 'counter', 'resolved',
         (SELECT id FROM surveys_user WHERE username = 'teller'), at, at + interval '12 minutes', at + interval '30 minutes'
       FROM bench_slip""",
    """INSERT INTO surveys_slip (id, transaction_id, office_id, period, counter_id, procedure_id, questionnaire_id, channel,
         serial, code_mac, short_mac, state, issued_at, opens_at, expires_at, delivered_at)
       SELECT md5('s' || i)::uuid, md5('t' || i)::uuid, office, period, counter, procedure, %(version)s, 'slip',
         upper(lpad(to_hex(i), 6, '0')), md5('c' || i) || md5('C' || i), md5('k' || i) || md5('K' || i),
         CASE WHEN used THEN 'U' ELSE 'X' END, at + interval '12 minutes', at + interval '12 minutes',
         at + interval '7 days', NULL
       FROM bench_slip""",
    """INSERT INTO surveys_spent (slip_id, used_at, open_seconds, via)
       SELECT md5('s' || i)::uuid, at + interval '15 minutes', 40, 'slip' FROM bench_slip WHERE used""",
    """INSERT INTO surveys_batch (id, office_id, period, number, ballots, mixed_on, is_closing, checkpoint)
       SELECT office * 100 + month, office, period, 1, count(*), max(at)::date, month < 35, repeat('checkpoint ', 50)
       FROM bench_slip WHERE used GROUP BY office, month, period""",
    """INSERT INTO surveys_ballot (id, office_id, period, batch_id, questionnaire_id, counter, procedure, answers, extra,
         salt, x, leaf)
       SELECT md5('b' || i), office, period, office * 100 + month, %(version)s, counter_code, procedure_code,
         CASE WHEN nth %% 97 = 5 THEN '{"attitude":1,"time":0}' ELSE '{"attitude":1,"time":1}' END,
         '{"comment":"","counter":"' || counter_code || '","procedure":"' || procedure_code || '","reasons":[],"texts":{}}',
         md5('a' || i) || md5('A' || i), md5('x' || i) || md5('X' || i), md5('l' || i) || md5('L' || i)
       FROM bench_slip WHERE used ORDER BY office, month, md5('l' || i)""",
    """INSERT INTO surveys_receipt (office_id, period, hash)
       SELECT office, period, md5('r' || i) || md5('R' || i) FROM bench_slip WHERE used ORDER BY office, month, 3""",
    """INSERT INTO reports_monthcell (office_id, period, counter, procedure, ballots, valid, satisfied, void)
       SELECT office_id, period, counter, procedure, count(*), count(*),
         count(*) FILTER (WHERE answers = '{"attitude":1,"time":1}'), 0
       FROM surveys_ballot GROUP BY 1, 2, 3, 4""",
    """INSERT INTO reports_monthsum (office_id, period, counter, procedure, questionnaire_id, criterion, level, n)
       SELECT office_id, period, counter, procedure, %(version)s, said.key, said.value::int, count(*)
       FROM surveys_ballot, json_each_text(answers::json) AS said GROUP BY 1, 2, 3, 4, 6, 7""",
    """INSERT INTO reports_handlingtime (office_id, period, procedure, n, timed, on_time, minutes, used, limits, read_on)
       SELECT office, period, procedure_code, count(*), count(*), count(*), '{"12": ' || count(*) || '}',
         '{"40": ' || count(*) || '}', '[[30, "minute"]]', max(at)::date + 40
       FROM bench_slip GROUP BY 1, 2, 3""",
]
INDEXES = """
SELECT c.conname, 'ALTER TABLE ' || c.conrelid::regclass || ' ADD CONSTRAINT ' || quote_ident(c.conname) || ' '
       || pg_get_constraintdef(c.oid), 'ALTER TABLE ' || c.conrelid::regclass || ' DROP CONSTRAINT ' || quote_ident(c.conname)
FROM pg_constraint c WHERE c.contype IN ('u', 'f') AND c.conrelid = %s::regclass
UNION ALL
SELECT i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid), 'DROP INDEX ' || i.indexrelid::regclass
FROM pg_index i WHERE i.indrelid = %s::regclass AND NOT i.indisprimary
  AND NOT EXISTS (SELECT FROM pg_constraint c WHERE c.conindid = i.indexrelid)
"""


class NotOurs(Exception):
    """A database that may be an office's."""


def main(ballots: int) -> None:
    django.setup()
    from django.db import connection

    from bench.scale import extras, frame
    from surveys.database import triggers

    refuse_all_others(connection)
    frame.build()
    began = time.monotonic()
    triggers.remove()
    with connection.cursor() as cursor:
        _lists(cursor)
        put_back = _take_indexes(cursor)
        version = extras.version()
        values = {"slips": -(-ballots * 20 // 17), "head": HEAD, "version": version}
        cursor.execute(SLIPS, values)
        for statement in ROWS:
            cursor.execute(statement, values)
            _told(began, statement.split("(")[0].split()[-1], cursor.rowcount)
        cursor.execute("SELECT count(*) FROM surveys_ballot")
        filled = cursor.fetchone()[0]
        cursor.execute("DROP TABLE bench_slip")
        for name, statement in put_back:
            cursor.execute(statement)
            _told(began, name, 0)
        cursor.execute("VACUUM ANALYZE")
    receipt = extras.add()
    triggers.install()
    print(json.dumps({"ballots": filled, "seconds": time.monotonic() - began, "receipt": receipt}))


def refuse_all_others(connection) -> None:
    from bench.scale.place import PREFIX
    from surveys.models import Office

    settings = connection.settings_dict
    if connection.vendor != "postgresql" or not settings["NAME"].startswith(PREFIX):
        raise NotOurs(f"{settings['NAME']} is no database of this bench")
    if Office.objects.exists():
        raise NotOurs(f"{settings['NAME']} holds offices already")


def _lists(cursor) -> None:
    """What the numbers stand for, as small tables."""
    from bench.scale.frame import PROCEDURES, months

    cursor.execute(
        "CREATE TEMP TABLE bench_office AS SELECT id, substr(code, 2)::int AS place FROM surveys_office WHERE code ~ '^K[0-9]'"
    )
    cursor.execute(
        "CREATE TEMP TABLE bench_counter AS "
        "SELECT id, code, box_office_id AS office, substr(code, 2)::int - 1 AS place FROM surveys_counter"
    )
    cursor.execute(
        "CREATE TEMP TABLE bench_procedure AS SELECT id, code, row_number() OVER (ORDER BY code) - 1 AS place "
        "FROM surveys_procedure ORDER BY code LIMIT %s",
        [PROCEDURES],
    )
    cursor.execute(
        "CREATE TEMP TABLE bench_version AS SELECT max(id) AS id, procedure_id AS procedure "
        "FROM surveys_procedureversion GROUP BY 2"
    )
    cursor.execute("CREATE TEMP TABLE bench_month (place int, period varchar, first timestamptz)")
    for place, month in enumerate(months()):
        first, end = month.bounds()
        # The running month has few days yet: everything of it lies before now.
        now = datetime.now(first.tzinfo)
        first = min(first, now - timedelta(days=29)) if end > now else first
        cursor.execute(
            "INSERT INTO bench_month VALUES (%s, %s, %s)", [place, str(month), first + timedelta(hours=8)]
        )


def _take_indexes(cursor) -> list[tuple[str, str]]:
    """Drop all but the primary keys of what is filled; returns what puts them back, indexes before foreign keys."""
    taken = []
    for table in FILLED:
        cursor.execute(INDEXES, [table, table])
        taken += cursor.fetchall()
    for _name, _make, drop in sorted(taken, key=lambda row: "FOREIGN KEY" not in row[1]):
        cursor.execute(drop)
    cursor.execute("SET session_replication_role = replica")  # the keys of the rows are made here and fit
    for setting in (
        "statement_timeout = 0",
        "maintenance_work_mem = '1GB'",
        "work_mem = '256MB'",
        "synchronous_commit = off",
    ):
        cursor.execute(f"SET {setting}")
    return [(name, make) for name, make, _drop in sorted(taken, key=lambda row: "FOREIGN KEY" in row[1])]


def _told(began: float, what: str, rows: int) -> None:
    print(f"  {time.monotonic() - began:7.1f} s  {what} {rows or ''}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]))
