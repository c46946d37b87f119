"""The device at a counter's place: paired once, then it waits for the counter's ballots.

Source: docs/spec/contract.md, /k/.

It knows no staff session and keeps nothing: the code is in the one page that hands it over, hidden in its form. The
device's own cookie lives under /k/ and goes nowhere else, so no other page can be told from which device it is read.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

import segno
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from surveys import client_address, printing, rate_limits
from surveys.accounts import tablets
from surveys.ballot.pages import (
    Refill,
    ballot_context,
    blank,
    place_names,
    receipt_context,
    take,
)
from surveys.box import casting
from surveys.box.casting import sent_before
from surveys.box.errors import SlipNotUsable
from surveys.choices import SlipChannel
from surveys.crypto import codes
from surveys.customer.decorators import (
    OUTAGES,
    customer_page,
    is_staff,
    is_too_large,
    not_saved,
    notes_staff,
)
from surveys.customer.forms import BallotForm
from surveys.customer.rendering import address_of, other_language, page, with_language
from surveys.database.replication import NotReplicated
from surveys.models import Slip, Tablet
from surveys.reference.questionnaires import questionnaire_of
from surveys.slips import delivery, errors, issuing

COOKIE = settings.TABLET_COOKIE_NAME
FORMER_COOKIE = (
    "kbnn-k"  # of devices that were paired before it had its prefix; the welcome page gives them the new one
)
COOKIE_PATH = "/k/"
COOKIE_AGE = 400 * 24 * 3600  # as long as browsers keep one; every welcome page renews it
#: The hidden field with the slip's code; apart from every criterion's code like the form's own.
CODE_FIELD = "_code"
THANKS_SECONDS = 6
PAIRINGS_AN_HOUR = 60  # of one address: a whole office sets its devices up behind it
TAKE_SECONDS = 45

OfDevice = Callable[[HttpRequest, Tablet], HttpResponse]


def _secret_of(request: HttpRequest) -> str:
    return request.COOKIES.get(COOKIE) or request.COOKIES.get(FORMER_COOKIE, "")


def paired_only(view: OfDevice) -> Callable[[HttpRequest], HttpResponse]:
    """Give the view the paired device; any other gets the page where pairing begins, and a staff browser nothing."""

    @wraps(view)
    def answer(request: HttpRequest) -> HttpResponse:
        if is_staff(request):
            return page("surveys/public/staff_refused.html", status=403)
        device = tablets.device_of(_secret_of(request))
        if device is None or device.paired_at is None:
            return _unpaired(status=403)
        return view(request, device)

    return answer


@customer_page("GET", "HEAD")
def welcome(request: HttpRequest) -> HttpResponse:
    """The page that waits: for being paired, or for the counter's next ballot."""
    if is_staff(request):
        return page("surveys/public/staff_refused.html")
    secret = _secret_of(request)
    device = tablets.device_of(secret)
    if device is None:
        return _unpaired()
    if device.paired_at is None:
        if device.pairing_until is None or device.pairing_until <= timezone.now():
            return _unpaired()
        return page("surveys/tablet/waiting.html", {"code": device.pairing_code, "kiosk": True})
    tablets.note_seen(pk=device.pk, now=timezone.now())  # also where no script polls
    names = place_names(device.counter_id)
    response = page("surveys/tablet/welcome.html", names | {"kiosk": True})
    return _remember(response, secret)


@customer_page("POST")
def ask(request: HttpRequest) -> HttpResponse:
    """Begin pairing. A device that is known already keeps what it has."""
    device = tablets.device_of(_secret_of(request))
    now = timezone.now()
    response = HttpResponseRedirect(with_language(reverse("surveys:tablet")), status=303)
    if device and (device.paired_at or (device.pairing_until and device.pairing_until > now)):
        return response
    address = client_address.address_of(request)
    if rate_limits.is_over(what="pairing", address=address, most=PAIRINGS_AN_HOUR, seconds=3600, now=now):
        return _unpaired(status=429)
    try:
        asking = tablets.ask_for_pairing(now=now)
    except tablets.TooManyAsking:
        return _unpaired(status=429)
    return _remember(response, asking.secret)


@customer_page("GET")
def poll(request: HttpRequest) -> HttpResponse:
    """The ballot of the transaction that has just been finished, for the page's script; 204 while there is none."""
    now = timezone.now()
    quiet = None if is_staff(request) else tablets.quiet_device(_secret_of(request), now=now)
    if quiet is None:
        return _poll_at_length(request)
    if quiet.is_unheard:
        tablets.note_seen(pk=quiet.pk, now=now)
    return HttpResponse(status=204)


@paired_only
def _poll_at_length(request: HttpRequest, device: Tablet) -> HttpResponse:
    return _next_ballot(device) or HttpResponse(status=204)


@customer_page("GET")
@paired_only
def show(request: HttpRequest, device: Tablet) -> HttpResponse:
    """The same for a browser without script, which the welcome page sends here every few seconds."""
    return _next_ballot(device) or HttpResponseRedirect(with_language(reverse("surveys:tablet")))


def keeps_what_was_sent(view: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Show what was sent again when not even the device can be looked up: a kiosk has no way back to the form."""

    @wraps(view)
    def answer(request: HttpRequest) -> HttpResponse:
        try:
            return view(request)
        except OUTAGES as outage:
            return not_saved(request, with_language(reverse("surveys:tablet_cast")), outage)

    return answer


@customer_page("POST")
@keeps_what_was_sent
@notes_staff
@paired_only
def cast(request: HttpRequest, device: Tablet) -> HttpResponse:
    """Take the ballot. The code stands in the body, so the body's size is looked at first here."""
    if is_too_large(request):
        return _closed(status=413)
    slip = _slip_of(request, device)
    if slip is None:
        return _closed(status=409)
    if not casting.is_shown(slip, now=timezone.now()):
        receipt = sent_before(slip=slip, sent=request.POST)
        return _thanks(slip, receipt) if receipt else _closed(status=409)
    try:
        taken = take(slip=slip, sent=request.POST, via=SlipChannel(slip.channel))
    except SlipNotUsable:
        return _closed(status=409)
    except NotReplicated:
        raise
    except OUTAGES:
        return _again(
            request, device, slip, _("Máy chủ đang bận, phiếu chưa được gửi. Xin bấm gửi lại."), status=503
        )
    if isinstance(taken, Refill):
        return _ballot(device, slip, request.POST[CODE_FIELD], taken, status=422)
    return _thanks(slip, taken)


@customer_page("POST")
@paired_only
def language(request: HttpRequest, device: Tablet) -> HttpResponse:
    """The same ballot in the language of the address, with what was chosen so far and without judging it."""
    if is_too_large(request):
        return _closed(status=413)
    slip = _slip_of(request, device)
    if slip is None or not casting.is_shown(slip, now=timezone.now()):
        return _closed(status=409)
    return _again(request, device, slip, "", status=200)


@customer_page("POST")
@paired_only
def take_along(request: HttpRequest, device: Tablet) -> HttpResponse:
    """Hand the same slip out as a code for the customer's own phone; the device's ballot is dead from here on."""
    slip = _slip_to_change(request, device)
    if slip is None or device.office is None or not printing.has_qr(device.office):
        return _closed(status=409)
    try:
        handed = issuing.reissue_slip(
            slip=slip, channel=SlipChannel.SLIP, reason="", actor=None, now=timezone.now()
        )
    except errors.SlipNotReissuable:
        return _closed(status=409)
    context = {
        "short_code": codes.format_short(handed.code),
        "address": f"{settings.BASE_URL}{reverse('surveys:typed_code')}",
        "qr": _qr(printing.slip_address(handed.code)),
    }
    return _other_way("surveys/tablet/take_along.html", slip, context)


@customer_page("POST")
@paired_only
def print_slip(request: HttpRequest, device: Tablet) -> HttpResponse:
    """The same slip from the counter's printer. When that cannot print, the page says so and offers what is left."""
    return _instead(request, device, SlipChannel.SLIP)


@customer_page("POST")
@paired_only
def paper_instead(request: HttpRequest, device: Tablet) -> HttpResponse:
    """The same slip as a paper ballot, which the teller hands out; the serial goes onto its stub."""
    return _instead(request, device, SlipChannel.PAPER)


@customer_page("GET", "HEAD")
def manifest(request: HttpRequest) -> HttpResponse:
    """What a browser asks for to show /k/ in full screen, like an app of its own."""
    facts = {
        "name": _("Phiếu hài lòng tại quầy"),
        "short_name": _("Phiếu hài lòng"),
        "lang": "vi",
        "start_url": COOKIE_PATH,
        "scope": COOKIE_PATH,
        "display": "fullscreen",
        "background_color": "#faf6ee",
        "theme_color": "#1e3c78",
        "icons": [{"src": static("icon.svg"), "sizes": "any", "type": "image/svg+xml"}],
    }
    return JsonResponse(facts, content_type="application/manifest+json")


def _next_ballot(device: Tablet) -> HttpResponse | None:
    handed = issuing.fetch_for_tablet(tablet=device, now=timezone.now())
    return _ballot(device, handed.slip, handed.code, blank(handed.slip)) if handed else None


def _slip_of(request: HttpRequest, device: Tablet) -> Slip | None:
    """The slip of the posted code, if it belongs to this device's counter."""
    slip = casting.find_slip(code=request.POST.get(CODE_FIELD, ""))
    return slip if slip and slip.counter_id == device.counter_id else None


def _slip_to_change(request: HttpRequest, device: Tablet) -> Slip | None:
    slip = None if is_too_large(request) else _slip_of(request, device)
    return slip if slip and casting.is_shown(slip, now=timezone.now()) else None


def _instead(request: HttpRequest, device: Tablet, channel: SlipChannel) -> HttpResponse:
    slip = _slip_to_change(request, device)
    if slip is None or device.counter is None or channel not in device.counter.channels:
        return _closed(status=409)
    try:
        handed = delivery.hand_over_again(
            slip=slip, channel=channel, reason="", actor=None, seen=None, now=timezone.now()
        )
    except errors.SlipNotReissuable:
        return _closed(status=409)
    context = {"channel": channel.value, "serial": slip.serial, "trouble": handed.trouble is not None}
    return _other_way("surveys/tablet/instead.html", slip, context)


def _other_way(template: str, slip: Slip, context: dict) -> HttpResponse:
    own = {"kiosk": True, "seconds": TAKE_SECONDS, "other_lang_url": ""}
    return page(template, place_names(slip.counter_id) | own | context)


def _ballot(device: Tablet, slip: Slip, code: str, refill: Refill, *, status: int = 200) -> HttpResponse:
    return _ballot_page(device, code, ballot_context(slip, refill), status=status)


def _again(request: HttpRequest, device: Tablet, slip: Slip, said: str, *, status: int) -> HttpResponse:
    """The ballot with what was sent, unjudged, and perhaps a sentence about why it is here again."""
    form = BallotForm(questionnaire_of(slip.questionnaire_id), request.POST)
    shown = ballot_context(slip, Refill(form))
    for criterion in shown["criteria"]:
        criterion["error"] = ""
    shown |= {"missing": [], "comment_error": "", "form_error": said}
    if said:  # the very same form once more: the first sending stands
        shown["hidden"] = [(name, request.POST.get(name, value)) for name, value in shown["hidden"]]
    return _ballot_page(device, request.POST[CODE_FIELD], shown, status=status)


def _ballot_page(device: Tablet, code: str, shown: dict, *, status: int) -> HttpResponse:
    own = {
        "kiosk": True,
        "action": with_language(reverse("surveys:tablet_cast")),
        "hidden": [*shown["hidden"], (CODE_FIELD, code)],
        "language_url": f"{reverse('surveys:tablet_language')}?lang={other_language()}",
        "other_ways": _other_ways(device),
        "other_lang_url": "",  # a GET would lose the code: the page has a button instead
    }
    return page("surveys/tablet/ballot.html", shown | own, status=status)


def _other_ways(device: Tablet) -> list[dict[str, str]]:
    """What the customer may rather have, one button each."""
    if device.counter is None or device.office is None:  # not paired
        return []
    offered = device.counter.channels
    known = (
        (printing.has_qr(device.office), "surveys:tablet_take_along", "qr-code", _("Mang mã QR về")),
        (SlipChannel.SLIP in offered, "surveys:tablet_print", "printer", _("Lấy phiếu in")),
        (SlipChannel.PAPER in offered, "surveys:tablet_paper", "file-text", _("Dùng phiếu giấy")),
    )
    return [
        {"url": with_language(reverse(name)), "icon": icon, "words": words}
        for has, name, icon, words in known
        if has
    ]


def _thanks(slip: Slip, receipt: str) -> HttpResponse:
    shown = codes.format_receipt(receipt)
    # A phone that reaches us opens the form with the receipt in it; the fragment is in no log. Others keep the text.
    opened = f"{settings.BASE_URL}{address_of('reports:receipt')}#{shown}"
    reachable = address_of("reports:receipt") and printing.has_qr(slip.office)
    own = {"kiosk": True, "receipt_qr": _qr(opened if reachable else shown), "seconds": THANKS_SECONDS}
    return page("surveys/tablet/thanks.html", receipt_context(slip, receipt) | own)


def _closed(*, status: int) -> HttpResponse:
    """One page for every ballot that can no longer be answered here; it does not say why."""
    return page("surveys/tablet/closed.html", {"kiosk": True, "other_lang_url": ""}, status=status)


def _unpaired(*, status: int = 200) -> HttpResponse:
    return page("surveys/tablet/unpaired.html", {"kiosk": True}, status=status)


def _remember(response: HttpResponse, secret: str) -> HttpResponse:
    response.set_cookie(
        COOKIE,
        secret,
        max_age=COOKIE_AGE,
        path=COOKIE_PATH,
        secure=settings.SECURE,
        httponly=True,
        samesite="Strict",
    )
    return response


def _qr(text: str) -> SafeString:
    """A QR as SVG in the ink of the page. ASCII capitals only go into it, so every scanner reads it alike."""
    svg = segno.make(text, error="m", micro=False).svg_inline(scale=8, border=4, dark="#000", omitsize=True)
    return mark_safe(svg)  # noqa: S308 - drawn by segno, from a code of our own
