"""The ballot and the page for a typed code. GET writes nothing of a ballot; POST casts, once.

(What GET may write is the count of codes that were never issued, in the cache: see `surveys.throttle`.)
"""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from surveys import casting, codes, throttle
from surveys.choices import SlipChannel, SlipState
from surveys.customer_pages import (
    OUTAGES,
    UNREADABLE,
    address_of,
    customer_page,
    is_too_large,
    other_language,
    page,
    period_label,
    with_language,
)
from surveys.forms import BallotForm, CodeForm
from surveys.models import Slip
from surveys.sheets import Words, sheet_of

#: The hidden field; the underscore keeps it apart from every criterion's code.
FORM_FIELD = "_form"


@customer_page("GET", "HEAD")
def home(request: HttpRequest) -> HttpResponse:
    """What this is, a field for the code, where receipts are checked; the published months come with the first seal."""
    return page("home.html", {"promise_group": settings.MIX_GROUP, "months": [], "here": "home"})


@customer_page("GET", "HEAD")
def privacy(request: HttpRequest) -> HttpResponse:
    """How a ballot is kept secret, and what is not promised."""
    return page("privacy.html", {"promise_group": settings.MIX_GROUP})


@customer_page("GET", "HEAD", "POST")
def typed_code(request: HttpRequest) -> HttpResponse:
    """One field for the code; posted, it opens the ballot in place, so that no address is typed or remembered."""
    if request.method != "POST":
        return page("surveys/public/type_code.html", {"code_error": ""})
    if _is_staff(request):
        return page("surveys/public/staff_refused.html", status=403)
    if is_too_large(request):
        return page("surveys/public/too_large.html", status=413)
    form = CodeForm(request.POST)
    if not form.is_valid():
        return page("surveys/public/type_code.html", {"code_error": form.errors["code"][0]}, status=422)
    return _open(request, form.cleaned_data["code"], unusable=409)


@customer_page("GET", "HEAD", "POST")
def ballot(request: HttpRequest, code: str) -> HttpResponse:
    """The ballot of a scanned code."""
    is_post = request.method == "POST"
    if _is_staff(request):  # before the code is looked up: staff learn nothing of it here
        return page("surveys/public/staff_refused.html", status=403 if is_post else 200)
    return _cast(request, code) if is_post else _open(request, code, unusable=404)


def _open(request: HttpRequest, code: str, *, unusable: int) -> HttpResponse:
    now = timezone.now()
    slip = casting.find_slip(code=code)
    if slip is None:
        return _never_issued(request, status=unusable)
    if not casting.is_usable(slip, now=now):
        return page("surveys/public/unusable.html", status=unusable)
    return _ballot_page(slip, code, BallotForm(sheet_of(slip.questionnaire_id)))


def _cast(request: HttpRequest, code: str) -> HttpResponse:
    """Refuse a dead code before the body is looked at, then read the form, then let the verb decide."""
    try:
        slip = casting.find_slip(code=code)
        if slip is None:
            return _never_issued(request, status=409)
        if not casting.is_usable(slip, now=timezone.now()):
            return _sent_before(request, slip)
        if is_too_large(request):
            return page("surveys/public/too_large.html", status=413)
        return _take(request, slip, code)
    except OUTAGES:
        return _not_saved(request, code)


def _take(request: HttpRequest, slip: Slip, code: str) -> HttpResponse:
    form = BallotForm(sheet_of(slip.questionnaire_id), request.POST)
    field = request.POST.get(FORM_FIELD, "")
    try:
        opened = casting.read_form(slip=slip, field=field)
        if not form.is_valid():
            return _ballot_page(slip, code, form, field=field, status=422)
        receipt = casting.cast(slip=slip, form=opened, said=form.said, via=_via(slip), now=timezone.now())
    except (casting.FormOfAnotherSlip, casting.ReceiptTaken):
        stale = _(
            "Trang phiếu này đã cũ nên phiếu chưa được gửi. Phần đã chọn vẫn giữ nguyên; xin bấm gửi lại."
        )
        return _ballot_page(slip, code, form, form_error=stale, status=422)
    except casting.SlipNotUsable:
        return page("surveys/public/unusable.html", status=409)
    return _receipt_page(slip, receipt)


def _sent_before(request: HttpRequest, slip: Slip) -> HttpResponse:
    """The same form again gets the receipt of its first sending; whatever else, the one neutral page."""
    standing = None
    if slip.state == SlipState.USED and not is_too_large(request):
        try:
            form = casting.read_form(slip=slip, field=request.POST.get(FORM_FIELD, ""))
            standing = casting.standing_receipt(slip=slip, form=form)
        except (casting.FormOfAnotherSlip, *UNREADABLE):
            pass
    return _receipt_page(slip, standing) if standing else page("surveys/public/unusable.html", status=409)


def _never_issued(request: HttpRequest, *, status: int) -> HttpResponse:
    address = throttle.client_address(
        peer=request.META.get("REMOTE_ADDR", ""),
        forwarded=request.headers.get("X-Forwarded-For", ""),
        trusted=settings.TRUSTED_PROXIES,
    )
    if not throttle.is_guessing(address=address, now=timezone.now()):
        return page("surveys/public/unusable.html", status=status)
    response = HttpResponse(render_to_string("429.html"), status=429)
    response["Retry-After"] = str(throttle.WINDOW_SECONDS)
    return response


def _ballot_page(
    slip: Slip, code: str, form: BallotForm, *, field: str = "", form_error: str = "", status: int = 200
) -> HttpResponse:
    """The ballot, with what was sent; without a `field` that may go back it gets a fresh one."""
    action = f"/p/{codes.normalise(code)}"
    shown = form.context()
    own = {
        "action": with_language(action),
        "hidden": [(FORM_FIELD, field or casting.open_form(slip=slip, now=timezone.now()))],
        "form_error": form_error or shown["form_error"],
        "promise_group": settings.MIX_GROUP,
        "other_lang_url": f"{action}?lang={other_language()}",
    }
    return page("surveys/public/ballot.html", shown | place_of(slip) | own, status=status)


def _receipt_page(slip: Slip, receipt: str) -> HttpResponse:
    own = {
        "receipt": codes.format_receipt(receipt),
        "period_label": period_label(slip.period),
        "results_url": with_language(address_of("reports:results")),
        "other_lang_url": "",  # a GET of this address would show another page
    }
    return page("surveys/public/receipt.html", place_of(slip) | own)


def _not_saved(request: HttpRequest, code: str) -> HttpResponse:
    """503 with everything that was sent, ready to be sent again; made without the database."""
    kept = (
        []
        if is_too_large(request)
        else [(name, text) for name, texts in request.POST.lists() for text in texts]
    )
    own = {"action": with_language(f"/p/{codes.normalise(code)}"), "hidden": [], "kept": kept}
    response = page(
        "surveys/public/not_saved.html", own | {"other_lang_url": "", "pilot_ribbon": False}, status=503
    )
    response["Retry-After"] = "10"
    return response


def place_of(slip: Slip) -> dict:
    """Office, department and counter in the language of the page; the slip comes with all three."""
    counter = slip.counter
    department = counter.office if counter.office_id != slip.office_id else None
    return {
        "office_name": _name(slip.office.short_name, slip.office),
        "department_name": _name(department.short_name, department) if department else "",
        "counter_name": _name(counter.name, counter),
    }


def _name(vietnamese: str, named) -> str:
    return Words(vietnamese, named.name_en).in_(translation.get_language())


def _via(slip: Slip) -> SlipChannel:
    """A tablet's slip that is answered at its printed address was taken along."""
    return SlipChannel.SLIP if slip.channel == SlipChannel.TABLET else SlipChannel(slip.channel)


def _is_staff(request: HttpRequest) -> bool:
    """Whether a member of staff is logged in; a browser without the cookie costs no look at the session."""
    return settings.SESSION_COOKIE_NAME in request.COOKIES and request.user.is_authenticated
