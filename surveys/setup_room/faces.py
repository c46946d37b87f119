"""A questionnaire on its three faces, drawn by the very templates that customers get; in frames that run and send nothing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import override

from surveys.customer.forms import BallotForm
from surveys.models import Office
from surveys.reference.questionnaires import Sheet


@dataclass(frozen=True)
class Faces:
    """Three documents as text, each for a frame of its own."""

    phone: SafeString
    tablet: SafeString
    paper: SafeString


def draw(sheet: Sheet, *, box: Office, label: str, changed: Iterable[str], language: str) -> Faces:
    """``label``: the period on the paper, in words; ``changed``: sentences that differ from the version in force."""
    with override(language):
        shown = BallotForm(sheet).context() | {
            "hidden": [],
            "action": "",
            "office_name": (box.name_en if language == "en" else "") or box.name,
            "promise_group": settings.MIX_GROUP,
            "other_lang_url": "",
        }
        phone = render_to_string("surveys/public/ballot.html", shown)
        tablet = render_to_string("surveys/tablet/ballot.html", shown | {"kiosk": True, "language_url": ""})
    paper = render_to_string(
        "surveys/paper/sheet.html", {"box": box, "office": box, "label": label, "sheet": sheet}
    )
    words = sorted(filter(None, changed), key=len, reverse=True)
    return Faces(*(_marked(page, words) for page in (phone, tablet, paper)))


def _marked(page: str, changed: Iterable[str]) -> SafeString:
    """The page with what differs on a ground of its own: only where a sentence ends an element, never inside a tag."""
    for words in changed:
        text = escape(words)
        page = page.replace(f"{text}</", f"<mark>{text}</mark></")
    return mark_safe(page)  # noqa: S308 - our own template with the escaped sentence set in a tag
