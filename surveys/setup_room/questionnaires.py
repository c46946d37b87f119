"""The counter's questionnaire: the version in force, and the next one as a draft that waits for its first day.

A version takes force by its date, at 00:00 of a month's first day (`QuestionnaireVersion`); until then, and as long as no slip
was issued with it, it may be changed or withdrawn. Criteria and scales stay those of the version before: what they are called
may change here, which ones there are only on the administration's pages.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from django.db.transaction import atomic

from surveys import audit
from surveys.audit import Action
from surveys.models import Criterion, Questionnaire, QuestionnaireVersion, Reason, Slip, User
from surveys.periods import local_day
from surveys.reference.errors import NoQuestionnaire
from surveys.reference.in_force import COUNTER_QUESTIONNAIRE, questionnaire_in_force
from surveys.reference.questionnaires import QuestionnaireFacts, Words, read_questionnaire

MONTHS_AHEAD = 6


class NotADraft(Exception):
    """The version is in force, was used, or is not there any more."""


class DraftInTheWay(Exception):
    """The next version is being written already."""


def first_days(today: date) -> list[date]:
    """On which a new version may take force: the first of the coming months."""
    months = [today.year * 12 + today.month + ahead for ahead in range(MONTHS_AHEAD)]
    return [date(month // 12, month % 12 + 1, 1) for month in months]


def draft_of(today: date) -> QuestionnaireVersion | None:
    """The next version, if one waits for its day and nobody was handed a slip with it."""
    ahead = QuestionnaireVersion.objects.filter(
        questionnaire__code=COUNTER_QUESTIONNAIRE, valid_from__gt=today
    )
    version = ahead.order_by("-valid_from").first()
    return version if version and not Slip.objects.filter(questionnaire=version).exists() else None


@atomic
def start_next(*, by: User, now: datetime) -> QuestionnaireVersion:
    """A copy of the version in force, for the first of next month. Raises `DraftInTheWay`, `NoQuestionnaire`."""
    today = local_day(now)
    # One at a time: two administrators who press at once get one draft.
    parent = Questionnaire.objects.select_for_update().filter(code=COUNTER_QUESTIONNAIRE).first()
    if parent is None:
        raise NoQuestionnaire
    if parent.versions.filter(valid_from__gt=today).exists():
        raise DraftInTheWay
    standing = questionnaire_in_force(on=today)
    rows: list[Criterion | Reason] = [
        *standing.criteria.order_by("position"),
        *standing.reasons.order_by("position", "code"),
    ]
    last = parent.versions.order_by("-number").values_list("number", flat=True)[0]
    version = QuestionnaireVersion.objects.create(
        questionnaire=parent,
        number=last + 1,
        valid_from=first_days(today)[0],
        title=standing.title,
        title_en=standing.title_en,
    )
    for row in rows:
        row.pk, row._state.adding, row.version = None, True, version
        row.save()
    _write_down(Action.QUESTIONNAIRE_DRAFTED, version, by, now)
    return version


@atomic
def change(*, version: QuestionnaireVersion, said: Mapping[str, Any], by: User, now: datetime) -> None:
    """Write what `fields_of` names into the draft. Raises `NotADraft`."""
    _check_draft(version, now)
    version.valid_from = said["valid_from"]
    named = fields_of(version)
    for row, column, name in named:
        setattr(row, column, said[name])
    for row in {id(row): row for row, _column, _name in named}.values():
        row.save()
    _write_down(Action.QUESTIONNAIRE_CHANGED, version, by, now)


@atomic
def withdraw(*, version: QuestionnaireVersion, by: User, now: datetime) -> None:
    """The draft takes no force. Raises `NotADraft`."""
    _check_draft(version, now)
    _write_down(Action.QUESTIONNAIRE_DROPPED, version, by, now)
    version.delete()


def fields_of(
    version: QuestionnaireVersion,
) -> list[tuple[QuestionnaireVersion | Criterion | Reason, str, str]]:
    """(row, column, name in a form) of everything that may be changed."""
    named: list[tuple[QuestionnaireVersion | Criterion | Reason, str, str]] = [
        (version, column, column) for column in ("title", "title_en")
    ]
    for criterion in version.criteria.order_by("position"):
        named += [
            (criterion, column, f"{criterion.code}_{column}")
            for column in ("text", "text_en", "short_name", "weight")
        ]
    for reason in version.reasons.order_by("position", "code"):
        named += [(reason, column, f"reason_{reason.code}_{column}") for column in ("label", "label_en")]
    return named


def as_typed(version: QuestionnaireVersion, typed: Mapping[str, str]) -> QuestionnaireFacts:
    """What the customer would get: the draft with what was typed in the place of what is stored, saved or not."""
    questionnaire = read_questionnaire(version.pk)

    def words(standing: Words, name: str) -> Words:
        return Words(typed.get(name, standing.vi).strip(), typed.get(f"{name}_en", standing.en).strip())

    return replace(
        questionnaire,
        title=words(questionnaire.title, "title"),
        criteria=tuple(
            replace(each, text=words(each.text, f"{each.code}_text")) for each in questionnaire.criteria
        ),
        reasons=tuple(
            replace(each, label=words(each.label, f"reason_{each.code}_label"))
            for each in questionnaire.reasons
        ),
    )


def differences(old: QuestionnaireFacts, new: QuestionnaireFacts) -> list[tuple[str, str]]:
    """(words before, words now) of every sentence that a customer reads otherwise than before.

    '' where there was none, and where there is none any more: criteria and reasons come and go.
    """
    standing, coming = dict(_sentences(old)), dict(_sentences(new))
    pairs = [(standing.get(code, Words("")), words) for code, words in coming.items()]
    on_the_ballot = set(coming.values())  # an answer that another criterion has is not gone
    pairs += [
        (words, Words(""))
        for code, words in standing.items()
        if code not in coming and words not in on_the_ballot
    ]
    return [(a, b) for before, now in pairs for a, b in ((before.vi, now.vi), (before.en, now.en)) if a != b]


def without_english(questionnaire: QuestionnaireFacts) -> list[str]:
    """The Vietnamese of every sentence that an English reader would get in Vietnamese."""
    return [words.vi for _code, words in _sentences(questionnaire) if not words.en]


def _sentences(questionnaire: QuestionnaireFacts) -> list[tuple[str, Words]]:
    levels = [
        (f"{each.code} {level.value}", level.label)
        for each in questionnaire.criteria
        for level in each.levels
    ]
    criteria = [(each.code, each.text) for each in questionnaire.criteria]
    return [
        ("", questionnaire.title),
        *criteria,
        *levels,
        *((f"reason {each.code}", each.label) for each in questionnaire.reasons),
    ]


def _check_draft(version: QuestionnaireVersion, now: datetime) -> None:
    standing = draft_of(local_day(now))
    if standing is None or standing.pk != version.pk:
        raise NotADraft


def _write_down(action: Action, version: QuestionnaireVersion, by: User, now: datetime) -> None:
    audit.record(action=action, actor=by, now=now, subject=str(version), valid_from=version.valid_from)
