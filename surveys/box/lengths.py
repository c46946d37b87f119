"""How long the envelopes of a questionnaire version are: worked out at its first ballot, and never again."""

from __future__ import annotations

from functools import lru_cache

from django.conf import settings

from surveys.box import contents
from surveys.models import QuestionnaireVersion
from surveys.reference.questionnaires import questionnaire_of


@lru_cache(maxsize=64)
def padded_bytes_of(version_id: int) -> int:
    """The length of every padded body of a version; one query a process, and one write in a version's life."""
    found = _stored(version_id)
    return freeze(version_id) if found is None else found


def freeze(version_id: int) -> int:
    """Fix the length, by what is asked and by the settings of this moment; whoever comes second finds the first one's.

    Opening a campaign does so beforehand, since the database lets nobody change its questionnaire afterwards.
    """
    questionnaire = questionnaire_of(version_id)
    wanted = contents.padded_bytes(
        criteria=[criterion.code for criterion in questionnaire.criteria],
        reasons=[reason.code for reason in questionnaire.reasons],
        texts=[text.code for text in questionnaire.texts],
        characters=settings.COMMENT_LENGTH,
    )
    versions = QuestionnaireVersion.objects.filter(pk=version_id)
    versions.filter(padded_bytes__isnull=True).update(padded_bytes=wanted)
    return _stored(version_id) or wanted


def _stored(version_id: int) -> int | None:
    return QuestionnaireVersion.objects.values_list("padded_bytes", flat=True).get(pk=version_id)
