"""Where a ballot is handed out, as plain data: names for its pages, codes for the box.

Each is read once a minute and process, so that neither opening nor casting a ballot joins five tables. A counter's new
name is seen a minute later; codes are what the evidence names, and stay.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from functools import lru_cache

from surveys.models import Counter, Office, Procedure
from surveys.reference.questionnaires import Words

FRESH_SECONDS = 60


@dataclass(frozen=True)
class Place:
    """A counter, its department if it has one, and the office whose box it feeds."""

    code: str
    counter: Words
    department: Words | None
    office: Words


def place_of(counter_id: int) -> Place:
    """The place of a counter; one query a minute."""
    return _read_place(counter_id, current_minute())


def procedure_code(procedure_id: int) -> str:
    """The code of a procedure; one query a minute."""
    return _read_procedure(procedure_id, current_minute())


def office_code(office_id: int) -> str:
    """The code of an office; one query a minute."""
    return _read_office(office_id, current_minute())


def forget() -> None:
    """For tests, whose rows vanish under the same numbers."""
    _read_place.cache_clear()
    _read_procedure.cache_clear()
    _read_office.cache_clear()


def current_minute() -> int:
    """The number of the minute this process is in, for what is read once a minute."""
    # How long a reading is kept is no matter of the calendar: a clock set back must not keep it for longer.
    return int(time.monotonic() // FRESH_SECONDS)


@lru_cache(maxsize=2048)
def _read_place(counter_id: int, _minute: int) -> Place:
    counter = Counter.objects.select_related("office", "box_office").get(pk=counter_id)
    has_department = counter.office_id != counter.box_office_id
    return Place(
        code=counter.code,
        counter=Words(counter.name, counter.name_en),
        department=Words(counter.office.short_name, counter.office.name_en) if has_department else None,
        office=Words(counter.box_office.short_name, counter.box_office.name_en),
    )


@lru_cache(maxsize=2048)
def _read_procedure(procedure_id: int, _minute: int) -> str:
    return Procedure.objects.values_list("code", flat=True).get(pk=procedure_id)


@lru_cache(maxsize=2048)
def _read_office(office_id: int, _minute: int) -> str:
    return Office.objects.values_list("code", flat=True).get(pk=office_id)
