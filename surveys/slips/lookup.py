"""A code that was typed or scanned, and the slip that it opens; an open form's address, and the unit that it names.

What every ballot begins with, twice: opened and cast.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from functools import cache
from itertools import islice
from typing import Any

from django.db import InterfaceError, OperationalError, connection
from django.db.models import Q, QuerySet, Subquery

from surveys.choices import SlipState
from surveys.crypto import codes, keys
from surveys.database.prepared_statements import Prepared
from surveys.models import Campaign, CampaignUnit, Office, PendingCode, Slip


def find_slip(*, code: str) -> Slip | None:
    """The slip of a code as it was typed or scanned, whatever its state; None for a code never issued."""
    typed = codes.normalise(code)
    if not typed:
        return None
    return _slip_by("code_mac" if len(typed) == codes.CODE_LENGTH else "short_mac", mac_of(typed))


def mac_of(code: str) -> str:
    """The fingerprint by which the register knows a code, whole or short; empty for what is no code."""
    typed = codes.normalise(code)
    if not typed:
        return ""
    mac = codes.code_mac if len(typed) == codes.CODE_LENGTH else codes.short_mac
    return mac(keys.slip_key(), typed)


def _slip_by(column: str, mac: str) -> Slip | None:
    """One slip by the fingerprint of its code. On PostgreSQL with the statement kept: putting it together costs more than asking it."""
    if connection.vendor != "postgresql":
        return _asked_by(column, mac).first()
    row = _ask_once_more(_lookup(column), mac=mac)
    return Slip.from_db(connection.alias, SLIP_COLUMNS, row) if row else None


def find_unit(*, campaign: str, office: str) -> CampaignUnit | None:
    """The unit that an open form's address names, with campaign and office, whatever the campaign's state."""
    if connection.vendor != "postgresql":
        units = CampaignUnit.objects.select_related("campaign", "office")
        return units.filter(campaign__slug=campaign, office__code=office).first()
    row = _ask_once_more(_unit_lookup(), campaign=campaign, office=office)
    return _unit_of(row) if row else None


def _unit_of(row: tuple[Any, ...]) -> CampaignUnit:
    values = iter(row)
    parts: Iterator[Any] = (
        model.from_db(connection.alias, names, list(islice(values, len(names))))
        for model, _prefix, names in UNIT_PARTS
    )
    unit: CampaignUnit
    unit, unit.campaign, unit.office = parts
    return unit


def _ask_once_more(statement: Prepared, **values: str) -> tuple[Any, ...] | None:
    """The row, asked for again on a new connection where the server has closed the old one.

    That makes this statement, the first of every ballot, its own health check; asking `SELECT 1` before it takes as
    long as the statement itself.
    """
    trust_connection()
    try:
        return _ask(statement, values)
    except (OperationalError, InterfaceError):
        if not was_closed():
            raise
        return _ask(statement, values)


def trust_connection() -> None:
    """The next statement is the connection's health check."""
    connection.health_check_done = True  # type: ignore[attr-defined]  # the stubs leave it out


def was_closed() -> bool:
    """After a failure: whether the server had closed the connection. Then the next statement opens another."""
    if connection.in_atomic_block or connection.is_usable():
        return False
    connection.close()
    return True


def _ask(statement: Prepared, values: dict[str, str]) -> tuple[Any, ...] | None:
    with connection.cursor() as cursor:
        statement.run(cursor, values)
        row: tuple[Any, ...] | None = cursor.fetchone()
    return row


@cache
def _lookup(column: str) -> Prepared:
    asked = _asked_by(column, "mac").only(*SLIP_COLUMNS)
    return _prepared(f"kbnn_find_by_{column}", asked, "mac", "mac")


def _asked_by(column: str, mac: str) -> QuerySet[Slip]:
    """The slip whose own code it is, or the second one while its letter is under way; one statement for every code."""
    pending = PendingCode.objects.filter(**{column: mac}).values("slip")[:1]
    return Slip.objects.filter(Q(**{column: mac}) | Q(pk=Subquery(pending))).order_by()


@cache
def _unit_lookup() -> Prepared:
    columns = [prefix + name for _model, prefix, names in UNIT_PARTS for name in names]
    asked = CampaignUnit.objects.filter(campaign__slug="campaign", office__code="office").order_by()
    return _prepared("kbnn_find_unit", asked.values_list(*columns), "campaign", "office")


def _prepared(name: str, asked: QuerySet[Any, Any], *places: str) -> Prepared:
    """What a queryset asks, with named places for its values, which are text and come in that order."""
    statement, _values = asked.query.sql_with_params()
    return Prepared(
        name, statement % tuple(f"%({place})s" for place in places), dict.fromkeys(places, "text")
    )


#: What opening and casting look at, in the order of the table; the rest of the row is read when it is asked for.
SLIP_COLUMNS = [
    field.attname
    for field in Slip._meta.concrete_fields
    if field.name not in {"transaction", "serial", "code_mac", "short_mac", "issued_at", "delivered_at"}
]

#: The rows behind an open form, and how its statement names their columns.
UNIT_PARTS = [
    (model, prefix, [field.attname for field in model._meta.concrete_fields])
    for model, prefix in ((CampaignUnit, ""), (Campaign, "campaign__"), (Office, "office__"))
]


def is_shown(slip: Slip, *, now: datetime) -> bool:
    """Whether its code opens a ballot: a usable slip's, and that of a used one whose code was asked for anew.

    The second takes everything like the first, and refuses a whole ballot only (docs/spec/trust.md §2).
    """
    if slip.state != SlipState.USED:
        return is_usable(slip, now=now)
    return slip.opens_at <= now and slip.shown_until is not None and now < slip.shown_until


def is_usable(slip: Slip, *, now: datetime) -> bool:
    """Whether a cast may be tried; `open_at` in Python. Only the UPDATE in `cast` decides. Paper is never cast."""
    return (
        slip.state == SlipState.ISSUED
        and slip.opens_at <= now
        and slip.expires_at is not None
        and now < slip.expires_at
    )
