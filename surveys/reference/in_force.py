"""The questionnaire, procedure version and working calendar in force on a day."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date
from typing import TypeVar

from surveys.models import CalendarDay, Procedure, ProcedureVersion, QuestionnaireVersion
from surveys.models.querysets import holds_on
from surveys.periods import WorkingCalendar
from surveys.reference.errors import NoQuestionnaire, ProcedureNotInForce

COUNTER_QUESTIONNAIRE = "counter"

Found = TypeVar("Found")
_read: ContextVar[dict | None] = ContextVar("_read", default=None)


@contextmanager
def reading_once(known: dict) -> Iterator[None]:
    """Ask for nothing of this module that ``known`` holds, and put there what is asked: for many acts in a row, as in the
    pilot's replay."""
    before = _read.set(known)
    try:
        yield
    finally:
        _read.reset(before)


def _once(key: Hashable, ask: Callable[[], Found]) -> Found:
    known = _read.get()
    if known is None:
        return ask()
    if key not in known:
        known[key] = ask()
    return known[key]


def working_calendar() -> WorkingCalendar:
    return _once("calendar", _ask_calendar)


def version_in_force(*, procedure: Procedure, channel: str, on: date) -> ProcedureVersion:
    versions = _once((procedure.pk, channel), lambda: _ask_versions(procedure, channel))
    version = next((version for version in versions if holds_on(version, on)), None)
    if version is None:
        raise ProcedureNotInForce
    return version


def questionnaire_in_force(*, on: date) -> QuestionnaireVersion:
    return _once(on, lambda: _ask_questionnaire(on))


def _ask_calendar() -> WorkingCalendar:
    return WorkingCalendar(dict(CalendarDay.objects.values_list("day", "works")))


def _ask_versions(procedure: Procedure, channel: str) -> list[ProcedureVersion]:
    """All of the channel, the one that comes first before the others."""
    return list(procedure.versions.for_channel(channel).prefetch_related("seasons"))


def _ask_questionnaire(on: date) -> QuestionnaireVersion:
    version = (
        QuestionnaireVersion.objects.filter(questionnaire__code=COUNTER_QUESTIONNAIRE).in_force(on).first()
    )
    if version is None:
        raise NoQuestionnaire
    return version
