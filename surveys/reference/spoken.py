"""The ballot read out: which passages it has, and the clips of an office that read every one of them.

A clip belongs to its words, so a version that keeps a sentence keeps its clip, and a sentence that changes has none.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from surveys.models import SpokenClip, Voice
from surveys.reference.counters import current_minute
from surveys.reference.questionnaires import QuestionnaireFacts, questionnaire_of

#: Which voices a page in one language offers.
OFFERED = {"vi": (Voice.VIETNAMESE, Voice.MUONG), "en": (Voice.ENGLISH,)}


@dataclass(frozen=True)
class Passage:
    """What one clip says: the words to be spoken, in the language that they are written in."""

    name: str
    words: str

    @property
    def digest(self) -> str:
        return sha256(self.words.encode()).hexdigest()


@dataclass(frozen=True)
class Reading:
    """A ballot that can be heard whole in one voice: (name, address) of each clip, in order."""

    voice: Voice
    clips: tuple[tuple[str, str], ...]

    @property
    def label(self) -> str:
        return str(self.voice.label)


def passages(questionnaire: QuestionnaireFacts, voice: Voice) -> list[Passage]:
    """Everything that a customer who does not read must hear; no answer is named before another by more than its place.

    Mường is spoken from the Vietnamese words.
    """
    language = "en" if voice == Voice.ENGLISH else "vi"
    with override(language):
        first = Passage(_("Mở đầu"), questionnaire.title.in_(language))
        asked = [
            Passage(
                _("Tiêu chí %(n)s") % {"n": n},
                f"{n}. {criterion.text.in_(language)}: "
                + "; ".join(level.label.in_(language) for level in criterion.levels)
                + ".",
            )
            for n, criterion in enumerate(questionnaire.criteria, 1)
        ]
        last = Passage(
            _("Gửi phiếu"),
            _("Góp ý thêm không bắt buộc. Chọn xong, xin bấm nút Gửi phiếu ở cuối trang."),
        )
    return [first, *asked, last]


def kept(office_id: int, voice: Voice, wanted: list[Passage]) -> dict[str, SpokenClip]:
    """The clips there are, by the digest of their words, without their sound."""
    rows = SpokenClip.objects.filter(
        office_id=office_id, voice=voice, words_sha256__in=[one.digest for one in wanted]
    )
    return {row.words_sha256: row for row in rows.defer("content")}


def is_whole(wanted: list[Passage], clips: dict[str, SpokenClip]) -> bool:
    """Whether every passage was spoken: a voice is offered whole or not at all."""
    return all(one.digest in clips for one in wanted)


def readings(*, office_id: int, version_id: int, language: str) -> tuple[Reading, ...]:
    """The voices in which every passage was spoken; asked once a minute and process, as names are."""
    return _readings(office_id, version_id, language, current_minute())


def forget() -> None:
    """For tests, whose rows vanish under the same numbers."""
    _readings.cache_clear()


@lru_cache(maxsize=512)
def _readings(office_id: int, version_id: int, language: str, _minute: int) -> tuple[Reading, ...]:
    found = []
    for voice in OFFERED.get(language, ()):
        wanted = passages(questionnaire_of(version_id), voice)
        clips = kept(office_id, voice, wanted)
        if is_whole(wanted, clips):
            found.append(Reading(voice, tuple((one.name, address_of(clips[one.digest])) for one in wanted)))
    return tuple(found)


def address_of(clip: SpokenClip) -> str:
    return reverse("surveys:clip", args=[clip.sha256])
