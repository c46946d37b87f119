"""A questionnaire on its three faces, drawn by the very templates that customers get; in frames that run and send nothing."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from html import unescape

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import override

from surveys import printing
from surveys.customer.forms import BallotForm
from surveys.models import Office
from surveys.reference.questionnaires import QuestionnaireFacts

# A line of the drawn ballot, and the number before a criterion's own words.
LINE = re.compile(r"<text( [^>]*)>([^<]*)</text>")
# What a page does by itself: the frames let nothing run, and a browser complains of each that tries.
RUNNING = re.compile(
    r"<script\b.*?</script>|<noscript>.*?</noscript>|<meta http-equiv=\"refresh\"[^>]*>", re.S
)
NUMBER = re.compile(r"^\D{0,12}\d+\.\s*")


@dataclass(frozen=True)
class Faces:
    """Three documents as text, each for a frame of its own; ``paper`` '' where the questionnaire needs more than a page."""

    phone: SafeString
    tablet: SafeString
    paper: SafeString


def draw(
    questionnaire: QuestionnaireFacts, *, box: Office, label: str, changed: Iterable[str], language: str
) -> Faces:
    """``label``: the period on the paper, in words; ``changed``: sentences that differ from the version in force."""
    with override(language):
        shown = BallotForm(questionnaire).context() | {
            "hidden": [],
            "action": "",
            "office_name": (box.name_en if language == "en" else "") or box.name,
            "promise_group": settings.MIX_GROUP,
            "other_lang_url": "",
        }
        phone = render_to_string("surveys/public/ballot.html", shown)
        tablet = render_to_string("surveys/tablet/ballot.html", shown | {"kiosk": True, "language_url": ""})
    words = sorted(filter(None, changed), key=len, reverse=True)
    paper = _paper(questionnaire, box, label, words)
    return Faces(_marked(phone, words), _marked(tablet, words), paper)


def _paper(questionnaire: QuestionnaireFacts, box: Office, label: str, changed: list[str]) -> SafeString:
    """One half of the page; '' where the questionnaire does not fit on paper at all."""
    try:
        ballot = printing.ballot_of(box=box, office=box, label=label, questionnaire=questionnaire)
    except printing.DoesNotFit:
        return mark_safe("")
    facts = {"box": box, "office": box, "label": label, "ballot": ballot.drawing, "halves": [1]}
    page = render_to_string("surveys/paper/sheet.html", facts)

    def underlined(line: re.Match) -> str:
        words = unescape(line[2])
        own = NUMBER.sub("", words).strip()
        differs = any(each in words or (own and own in each) for each in changed)
        return (
            f'<text fill="#8a3a04" text-decoration="underline"{line[1]}>{line[2]}</text>'
            if differs
            else line[0]
        )

    return mark_safe(LINE.sub(underlined, page))  # noqa: S308 - our own template


def _marked(page: str, changed: Iterable[str]) -> SafeString:
    """The page with what differs on a ground of its own: only where a sentence ends an element, never inside a tag."""
    page = RUNNING.sub("", page)
    for words in changed:
        text = escape(words)
        page = page.replace(f"{text}</", f"<mark>{text}</mark></")
    return mark_safe(page)  # noqa: S308 - our own template with the escaped sentence set in a tag
