"""Language, period label and office's address of the customer's pages."""

from __future__ import annotations

from django.db import Error as DatabaseFailure
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import NoReverseMatch, reverse
from django.utils import translation
from django.utils.formats import date_format

from surveys.context_processors import is_pilot
from surveys.models import period_named
from surveys.periods import CampaignPeriod, Month

LANGUAGES = ("vi", "en")


def language_of(request: HttpRequest) -> str:
    """The language that the address asks for; Vietnamese unless it is another one of ours."""
    if not request.META.get("QUERY_STRING"):
        return LANGUAGES[0]
    asked = request.GET.get("lang", "")
    return asked if asked in LANGUAGES else LANGUAGES[0]


def page(template: str, context: dict | None = None, *, status: int = 200) -> HttpResponse:
    """A customer's page. Rendered without the request: no page of theirs depends on who asks."""
    always = {
        "pilot_ribbon": _ribbon(),
        "receipt_url": with_language(address_of("reports:receipt")),
        "results_url": with_language(address_of("reports:results")),
        "other_lang_url": f"?lang={other_language()}",
    }
    return HttpResponse(render_to_string(template, always | (context or {})), status=status)


def with_language(address: str) -> str:
    """The address in the language of the page that is being made; '' stays ''."""
    return f"{address}?lang=en" if address and translation.get_language() == "en" else address


def address_of(name: str) -> str:
    """The address of a page of the other app, or '' where that app is not installed."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""


def period_label(period: str) -> str:
    """A period as it reads in a sentence: tháng 6/2023, quý II/2023; June 2023, quarter 2 of 2023."""
    parsed = period_named(period)
    if isinstance(parsed, CampaignPeriod):
        return parsed.label if translation.get_language() != "en" else f"the survey {parsed.name}"
    if translation.get_language() != "en":
        return parsed.label
    if isinstance(parsed, Month):
        return date_format(parsed.first_day, "F Y")
    return f"quarter {parsed.quarter} of {parsed.year}"


def other_language() -> str:
    return "vi" if translation.get_language() == "en" else "en"


def _ribbon() -> bool:
    """Whether the figures illustrate; a page that tells of an outage is made without the database's answer."""
    try:
        return is_pilot()
    except DatabaseFailure:
        return False
