"""The page before an act that nothing takes back: what will be fixed, a box to tick, and then the act itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _


class ReviewForm(forms.Form):
    """The tick that the facts were looked at; without it nothing is done."""

    reviewed = forms.BooleanField(
        required=True, error_messages={"required": _("Xin xem các mục trên rồi đánh dấu vào ô này.")}
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": "%s"} | kwargs)

    @classmethod
    def of(cls, request: HttpRequest) -> ReviewForm:
        """What was sent; who only looks has an empty form, which is never valid."""
        return cls(request.POST if request.method == "POST" else None)

    @property
    def status(self) -> int:
        """Of the page that shows it: 200 for who only looks, 422 for who sent it without the tick."""
        return 422 if self.is_bound else 200


@dataclass(frozen=True)
class Review:
    """What is shown before the act. ``facts``: (term, value as printed, whether it is a part of the one above).

    ``working``: what a long act does, said when it takes more than a second; '' for a short one.
    """

    title: str
    lead: str
    facts: Sequence[tuple[str, str, bool]]
    note: str
    tick: str
    button: str
    back: str  # address
    back_words: str
    working: str = ""


def review_page(request: HttpRequest, review: Review, *, form: ReviewForm, problem: str = "") -> HttpResponse:
    """The page; ``problem`` is why the act cannot be done now, and then there is no button."""
    context = {"review": review, "form": form, "problem": problem}
    return render(request, "reports/review.html", context, status=409 if problem else form.status)
