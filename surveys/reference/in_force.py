"""The questionnaire, procedure version and working calendar in force on a day."""

from __future__ import annotations

from surveys.models import CalendarDay, Procedure, ProcedureVersion, QuestionnaireVersion
from surveys.periods import WorkingCalendar
from surveys.reference.errors import NoQuestionnaire, ProcedureNotInForce

COUNTER_QUESTIONNAIRE = "counter"


def working_calendar() -> WorkingCalendar:
    return WorkingCalendar(dict(CalendarDay.objects.values_list("day", "works")))


def version_in_force(*, procedure: Procedure, channel: str, on) -> ProcedureVersion:
    version = procedure.versions.in_force(on).for_channel(channel).prefetch_related("seasons").first()
    if version is None:
        raise ProcedureNotInForce
    return version


def questionnaire_in_force(*, on) -> QuestionnaireVersion:
    version = (
        QuestionnaireVersion.objects.filter(questionnaire__code=COUNTER_QUESTIONNAIRE).in_force(on).first()
    )
    if version is None:
        raise NoQuestionnaire
    return version
