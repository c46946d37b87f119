"""The State Treasury's orders of 2023 and 2025: which units there are, and which takes over from which.

Sources stand beside each row in `surveys/data/`. A row without one is kept as a note and never loaded.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import date, timedelta
from enum import IntEnum
from pathlib import Path

from django.db.transaction import atomic

from surveys.choices import OfficeKind
from surveys.models import Office

DATA = Path(__file__).parent.parent / "data"


class Order(IntEnum):
    """The year from which a structure is named."""

    OF_2023 = 2023
    OF_2025 = 2025


@dataclass(frozen=True)
class Loaded:
    """Codes of the units that came in, of those that end with their successor, and of the rows that no source vouches for."""

    added: list[str]
    ended: list[str]
    unsourced: list[str]


def units_of(order: Order) -> list[dict[str, str]]:
    """``code``, ``name``, ``kind`` of each unit below the centre; of 2025 also ``valid_from``, ``seat``, ``source``."""
    return _rows(f"offices_{order}.csv")


def successors() -> list[dict[str, str]]:
    """``code``, ``successor``, ``valid_from``, ``source``, ``note``; without a source the successor is not known here."""
    return _rows("successors_2025.csv")


@atomic
def load_order_of_2025(*, head: Office) -> Loaded:
    """Add the regions and the bureau of 15/3/2025 below ``head``; units of 2023 that are here end the day before.

    What stands already, ended or has a successor is left as it is: run again it changes nothing.
    """
    added = [row["code"] for row in units_of(Order.OF_2025) if row["source"] and _add(row, head)]
    there = Office.objects.in_bulk(field_name="code")
    ended, unsourced = [], []
    for row in successors():
        if not row["source"]:
            unsourced.append(row["code"])
            continue
        before, after = there.get(row["code"]), there[row["successor"]]
        if before is None or before.successor_id or before.valid_to:
            continue
        before.successor, before.valid_to = after, date.fromisoformat(row["valid_from"]) - timedelta(days=1)
        before.save()
        ended.append(before.code)
    return Loaded(added, ended, unsourced)


def _add(row: dict[str, str], head: Office) -> bool:
    facts = {
        "name": row["name"].replace("KBNN", "Kho bạc Nhà nước"),
        "short_name": row["name"],
        "kind": OfficeKind(row["kind"]),
        "parent": head,
        "valid_from": date.fromisoformat(row["valid_from"]),
        "seals": True,
    }
    return Office.objects.get_or_create(code=row["code"], defaults=facts)[1]


def _rows(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
