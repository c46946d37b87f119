"""The gate, the proof and the box as one PostgreSQL statement (decision 20)."""

from __future__ import annotations

import secrets
from base64 import b64encode
from contextlib import nullcontext
from datetime import datetime

from django.conf import settings
from django.db import connection
from django.db.transaction import atomic

from surveys.box.boxed import CastFacts, SealedRow
from surveys.box.errors import CampaignNotOpen, SlipNotUsable
from surveys.box.signed_form import HandedOut
from surveys.database.prepared_statements import Prepared
from surveys.models import CampaignUnit, Slip


def store_openly_in_one_statement(unit: CampaignUnit, boxed: SealedRow) -> None:
    columns = _columns(boxed) | {"unit": unit.pk, "lane": secrets.randbelow(settings.OPEN_LANES)}
    with atomic() if connection.in_atomic_block else nullcontext(), connection.cursor() as cursor:
        FROM_LANE.run(cursor, columns)
        if not cursor.rowcount:
            raise CampaignNotOpen


# The same steps in one statement: gate, proof, box. Without a row from the gate nothing follows. A receipt that is
# counted already turns the office into NULL, which the table refuses, and everything is undone.
SLIP_GATE = """
WITH gate AS (
    UPDATE surveys_slip SET state = 'U'
    WHERE id = %(slip)s AND state = 'I' AND opens_at <= %(now)s AND expires_at > %(now)s
    RETURNING id
), proof AS (
    INSERT INTO surveys_spent (slip_id, used_at, open_seconds, via)
    SELECT id, %(now)s, %(open_seconds)s, %(via)s FROM gate
)
"""


# Of a slip that was not looked at: all that its form says of it must still be so, and the code must be its own. Own
# columns only, as above.
CODE_GATE = SLIP_GATE.replace(
    "WHERE id",
    """WHERE %(code)s IN (code_mac, short_mac) AND office_id = %(office_id)s AND period = %(period)s
      AND counter_id = %(counter)s AND procedure_id = %(procedure)s AND questionnaire_id = %(questionnaire)s
      AND channel = %(channel)s AND id""",
)


# An open answer has no slip to prove anything of: its gate is a lane of its unit.
LANE_GATE = """
WITH gate AS (
    UPDATE surveys_openlane SET answers = answers + 1
    WHERE unit_id = %(unit)s AND lane = %(lane)s AND is_open
    RETURNING id
)
"""


INTO_BOX = """
INSERT INTO surveys_boxedballot (id, office_id, period, sealed, receipt_hash, tag)
SELECT %(id)s, CASE WHEN EXISTS (SELECT 1 FROM surveys_receipt WHERE office_id = %(office_id)s
                                 AND period = %(period)s AND hash = %(receipt_hash)s)
               THEN NULL ELSE %(office_id)s END,
       %(period)s, decode(%(sealed)s, 'base64'), %(receipt_hash)s, %(tag)s
FROM gate
"""


BOX_TYPES = {
    "office_id": "bigint",
    **dict.fromkeys(("id", "period", "sealed", "receipt_hash", "tag"), "text"),
}


SLIP_TYPES = {"slip": "uuid", "now": "timestamptz", "open_seconds": "integer", "via": "text"}


FROM_SLIP = Prepared("kbnn_cast", SLIP_GATE + INTO_BOX, SLIP_TYPES | BOX_TYPES)


CODE_TYPES = {
    "code": "text",
    "counter": "bigint",
    "procedure": "bigint",
    "questionnaire": "bigint",
    "channel": "text",
}


FROM_CODE = Prepared("kbnn_cast_at_once", CODE_GATE + INTO_BOX, SLIP_TYPES | CODE_TYPES | BOX_TYPES)


FROM_LANE = Prepared(
    "kbnn_cast_openly", LANE_GATE + INTO_BOX, {"unit": "bigint", "lane": "integer"} | BOX_TYPES
)


def store_in_one_statement(
    slip: Slip | HandedOut, facts: CastFacts, now: datetime, *, code: str = ""
) -> None:
    """Raises `SlipNotUsable`. ``code``: the fingerprint that opens a slip which was not looked at."""
    columns = _columns(facts.boxed) | {
        "slip": slip.pk,
        "now": now,
        "via": str(facts.via),
        "open_seconds": facts.open_seconds,
    }
    if code:
        columns |= {
            "code": code,
            "counter": slip.counter_id,
            "procedure": slip.procedure_id,
            "questionnaire": slip.questionnaire_id,
            "channel": slip.channel,
        }
    # One statement is a transaction of its own; inside another one a refusal must not spoil that one.
    with atomic() if connection.in_atomic_block else nullcontext(), connection.cursor() as cursor:
        (FROM_CODE if code else FROM_SLIP).run(cursor, columns)
        if not cursor.rowcount:
            raise SlipNotUsable


def _columns(boxed: SealedRow) -> dict[str, object]:
    """The row's values by their places in `INTO_BOX`.

    In base 64 an envelope is a third shorter than in the driver's own digits, and a counter's ballot fits with its whole
    statement into the 8 KiB that client and server hand over at once.
    """
    return {name: getattr(boxed, name) for name in BOX_TYPES} | {
        "sealed": b64encode(boxed.sealed).decode("ascii")
    }
