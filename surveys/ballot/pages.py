"""The ballot wherever a customer meets it, on a phone or on a counter's tablet: what its pages show, how it is taken."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.core.exceptions import ObjectDoesNotExist
from django.db import InterfaceError, OperationalError
from django.http import HttpResponse, QueryDict
from django.utils import timezone, translation

from surveys.box import casting, signed_form
from surveys.box.casting import FORM_FIELD, take_on_slip
from surveys.box.errors import NotWhole, PageIsOld
from surveys.box.signed_form import HandedOut
from surveys.choices import SlipChannel
from surveys.crypto import codes
from surveys.customer.cached_pages import filled_page
from surveys.customer.forms import PAGE_IS_OLD, BallotForm
from surveys.customer.rendering import address_of, period_label, with_language
from surveys.customer.skeleton import hole_for
from surveys.models import Slip
from surveys.reference import counters, spoken
from surveys.reference.questionnaires import questionnaire_of
from surveys.slips.lookup import trust_connection, was_closed


@dataclass(frozen=True)
class Refill:
    """Nothing was stored: the ballot is shown again with what was sent, and with `field` or a fresh one."""

    form: BallotForm
    field: str = ""
    form_error: str = ""


def take(*, slip: Slip, sent: QueryDict, via: SlipChannel) -> str | Refill:
    """The receipt of a ballot on a usable slip, or what must be asked again. Raises `errors.SlipNotUsable`."""
    form = BallotForm(questionnaire_of(slip.questionnaire_id), sent)
    try:
        return take_on_slip(slip=slip, form=form, sent=sent, via=via, now=timezone.now())
    except NotWhole:
        return Refill(form, sent.get(FORM_FIELD, ""))
    except PageIsOld:
        return Refill(form, form_error=str(PAGE_IS_OLD))


def take_at_once(*, code: str, sent: QueryDict) -> tuple[HandedOut, str] | None:
    """The slip and the receipt of a whole ballot that comes on the form opened for it; None, and nothing stored, for
    whatever else: who answers then looks the slip up."""
    opened = signed_form.read_handed_out(field=sent.get(FORM_FIELD, "")) if casting.casts_at_once() else None
    if opened is None:
        return None
    slip, form = opened
    trust_connection()
    try:
        ballot = BallotForm(questionnaire_of(slip.questionnaire_id), sent)
        if not ballot.is_valid():
            return None
        receipt = casting.cast_at_once(
            code=code, slip=slip, form=form, said=ballot.said, via=via_of(slip), now=timezone.now()
        )
    except ObjectDoesNotExist:  # a database put back from before the questionnaire or the counter
        return None
    except (OperationalError, InterfaceError):
        if not was_closed():
            raise
        return None
    return (slip, receipt) if receipt else None


def via_of(slip: Slip | HandedOut) -> SlipChannel:
    """A tablet's slip that is answered at its printed address was taken along."""
    return SlipChannel.SLIP if slip.channel == SlipChannel.TABLET else SlipChannel(slip.channel)


def ballot_context(slip: Slip, refill: Refill) -> dict:
    """Everything of the ballot's template but the address that it is posted to and the other language."""
    shown = refill.form.context()
    return (
        shown
        | place_names(slip.counter_id)
        | {
            "hidden": [(FORM_FIELD, refill.field or signed_form.open_form(slip=slip, now=timezone.now()))],
            "form_error": refill.form_error or shown["form_error"],
            "promise_group": settings.MIX_GROUP,
            "readings": spoken.readings(
                office_id=slip.office_id,
                version_id=slip.questionnaire_id,
                language=translation.get_language(),
            ),
        }
    )


def blank(slip: Slip) -> Refill:
    """The ballot nobody has touched yet."""
    return Refill(BallotForm(questionnaire_of(slip.questionnaire_id)))


def receipt_page(slip: Slip | HandedOut, receipt: str) -> HttpResponse:
    """The thanks of a cast: one page a counter and period, but for the receipt."""

    def context() -> dict:
        return receipt_context(slip, receipt)

    return filled_page(
        "surveys/public/receipt.html",
        key=(slip.counter_id, slip.period),
        context=context,
        holes={"receipt": codes.format_receipt(receipt)},
    )


def receipt_context(slip: Slip | HandedOut, receipt: str) -> dict:
    return place_names(slip.counter_id) | {
        "receipt": codes.format_receipt(receipt),
        "period_label": period_label(slip.period),
        "results_url": with_language(address_of("reports:results")),
        "other_lang_url": "",  # a GET of this address would show another page
    }


def place_names(counter_id: int | None) -> dict:
    """Office, department and counter in the language of the page. Raises LookupError where there is no counter."""
    if counter_id is None:
        raise LookupError("a campaign's slip is of no counter")
    place, language = counters.place_of(counter_id), translation.get_language()
    return {
        "office_name": place.office.in_(language),
        "department_name": place.department.in_(language) if place.department else "",
        "counter_name": place.counter.in_(language),
    }


def blank_ballot(slip: Slip, *, action: str, other_lang_url: str) -> HttpResponse:
    """The ballot nobody has touched yet. Customers of one counter and questionnaire get the same page but for three holes."""

    def context() -> dict:
        return ballot_context(slip, blank(slip)) | {"hidden": [(FORM_FIELD, hole_for("field"))]}

    field = signed_form.open_form(slip=slip, now=timezone.now())
    return filled_page(
        "surveys/public/ballot.html",
        key=(slip.questionnaire_id, slip.counter_id),
        context=context,
        holes={"action": action, "other_lang_url": other_lang_url, "field": field},
    )
