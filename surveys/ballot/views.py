"""The ballot and the page for a typed code. GET writes nothing of a ballot; POST casts, once.

(What GET may write is the count of codes that were never issued, in the cache: see `surveys.rate_limits`.)
"""

from __future__ import annotations

from contextlib import suppress

from django.conf import settings
from django.http import HttpRequest, HttpResponse, QueryDict
from django.template.loader import render_to_string
from django.utils import timezone

from surveys import client_address, rate_limits
from surveys.ballot.forms import CodeForm
from surveys.ballot.pages import (
    Refill,
    ballot_context,
    blank_ballot,
    receipt_page,
    take,
    take_at_once,
    via_of,
)
from surveys.box import casting, errors
from surveys.box.casting import sent_before
from surveys.campaigns import pages
from surveys.choices import SlipState
from surveys.crypto import codes
from surveys.customer.cached_pages import filled_page
from surveys.customer.decorators import (
    OUTAGES,
    UNREADABLE,
    customer_page,
    is_staff,
    is_too_large,
    not_saved,
    notes_staff,
    too_large,
)
from surveys.customer.rendering import other_language, page, with_language
from surveys.models import Slip


@customer_page("GET", "HEAD")
def home(request: HttpRequest) -> HttpResponse:
    """What this is, a field for the code, where receipts are checked; the published months come with the first seal."""
    return page("home.html", {"promise_group": settings.MIX_GROUP, "months": [], "here": "home"})


@customer_page("GET", "HEAD")
def privacy(request: HttpRequest) -> HttpResponse:
    """How a ballot is kept secret, and what is not promised."""
    promises = {"promise_group": settings.MIX_GROUP}
    return filled_page("privacy.html", key=(settings.MIX_GROUP,), context=lambda: promises, holes={})


@customer_page("GET", "HEAD", "POST")
def typed_code(request: HttpRequest) -> HttpResponse:
    """One field for the code; posted, it opens the ballot in place, so that no address is typed or remembered."""
    if request.method != "POST":
        return filled_page(
            "surveys/public/type_code.html", key=("empty",), context=lambda: {"code_error": ""}, holes={}
        )
    if is_staff(request):
        return page("surveys/public/staff_refused.html", status=403)
    if is_too_large(request):
        return too_large()
    form = CodeForm(request.POST)
    if not form.is_valid():
        own = {"code_error": form.errors["code"][0], "typed": form["code"].value()}
        return page("surveys/public/type_code.html", own, status=422)
    return _open(request, form.cleaned_data["code"], unusable=409)


@customer_page("GET", "HEAD", "POST")
@notes_staff
def ballot(request: HttpRequest, code: str) -> HttpResponse:
    """The ballot of a scanned code."""
    is_post = request.method == "POST"
    if is_staff(request):  # before the code is looked up: staff learn nothing of it here
        return page("surveys/public/staff_refused.html", status=403 if is_post else 200)
    return _cast(request, code) if is_post else _open(request, code, unusable=404)


def _open(request: HttpRequest, code: str, *, unusable: int) -> HttpResponse:
    now = timezone.now()
    slip = casting.find_slip(code=code)
    if slip is None:
        return _never_issued(request, status=unusable)
    if not casting.is_shown(slip, now=now):
        return page("surveys/public/unusable.html", status=unusable)
    if slip.invitation_id:
        return pages.invited_page(slip, _addresses(code))
    return blank_ballot(slip, **_addresses(code))


def _cast(request: HttpRequest, code: str) -> HttpResponse:
    """A whole ballot on its own form is taken at once. Else refuse a dead code before the body is looked at, then read
    the form, then let the verb decide."""
    try:
        if (sent := _plain_form(request)) and (taken := take_at_once(code=code, sent=sent)):
            return receipt_page(*taken)
        slip = casting.find_slip(code=code)
        if slip is None:
            return _never_issued(request, status=409)
        if not casting.is_shown(slip, now=timezone.now()):
            return _sent_before(request, slip)
        if is_too_large(request):
            return page("surveys/public/too_large.html", status=413)
        return _take(request, slip, code)
    except OUTAGES as outage:
        return not_saved(request, with_language(f"/p/{codes.normalise(code)}"), outage)


def _take(request: HttpRequest, slip: Slip, code: str) -> HttpResponse:
    try:
        if slip.invitation_id:
            return pages.take_invited(slip=slip, sent=request.POST, addresses=_addresses(code))
        taken = take(slip=slip, sent=request.POST, via=via_of(slip))
    except errors.SlipNotUsable:
        return page("surveys/public/unusable.html", status=409)
    if isinstance(taken, Refill):
        return _ballot_page(slip, code, taken, status=422)
    return receipt_page(slip, taken)


def _sent_before(request: HttpRequest, slip: Slip) -> HttpResponse:
    """The same form again gets the receipt of its first sending; whatever else, the one neutral page."""
    standing = None
    if slip.state == SlipState.USED and not is_too_large(request):
        with suppress(*UNREADABLE):
            standing = sent_before(slip=slip, sent=request.POST)
    if standing is None:
        return page("surveys/public/unusable.html", status=409)
    if slip.invitation_id:
        return pages.receipt_page(pages.asked_by(slip), standing)
    return receipt_page(slip, standing)


def _never_issued(request: HttpRequest, *, status: int) -> HttpResponse:
    address = client_address.address_of(request)
    if not rate_limits.is_guessing(address=address, now=timezone.now()):
        return page("surveys/public/unusable.html", status=status)
    response = HttpResponse(render_to_string("429.html"), status=429)
    response["Retry-After"] = str(rate_limits.WINDOW_SECONDS)
    return response


def _ballot_page(slip: Slip, code: str, refill: Refill, *, status: int = 200) -> HttpResponse:
    return page("surveys/public/ballot.html", ballot_context(slip, refill) | _addresses(code), status=status)


def _addresses(code: str) -> dict[str, str]:
    """Where the ballot of this code is posted to, and where it is in the other language."""
    action = f"/p/{codes.normalise(code)}"
    return {"action": with_language(action), "other_lang_url": f"{action}?lang={other_language()}"}


def _plain_form(request: HttpRequest) -> QueryDict | None:
    """A ballot as browsers send it. What is wrong with any other body is told at the next look, if the code lives."""
    if request.content_type == "application/x-www-form-urlencoded" and not is_too_large(request):
        with suppress(*UNREADABLE):
            return request.POST
    return None
