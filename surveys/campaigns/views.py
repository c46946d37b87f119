"""The open mode of a campaign: choose the unit, answer, get a receipt. GET writes nothing."""

from __future__ import annotations

from django.contrib.auth.decorators import permission_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from surveys import client_address, rate_limits
from surveys.accounts.requests import StaffRequest
from surveys.box import casting, errors, signed_form
from surveys.box.casting import FORM_FIELD, take
from surveys.box.errors import NotWhole, PageIsOld
from surveys.box.signed_form import OpenForm
from surveys.campaigns import lifecycle, participation
from surveys.campaigns.pages import (
    ALL,
    FORM,
    Asked,
    asked_of,
    blank_page,
    campaign_context,
    form_context,
    name_of,
    receipt_page,
    stale_page,
    turn,
    wrong_page,
)
from surveys.choices import CampaignState
from surveys.customer.decorators import (
    OUTAGES,
    customer_page,
    is_staff,
    is_too_large,
    not_saved,
    notes_staff,
)
from surveys.customer.rendering import other_language, page, with_language
from surveys.models import Campaign, CampaignUnit, Office
from surveys.slips.lookup import find_unit
from surveys.vietnamese import fold, sort_key


class TooFast(Exception):
    """This network has sent more than one a minute can be expected to."""


@customer_page("GET", "HEAD")
def choose(request: HttpRequest, campaign: str) -> HttpResponse:
    """The units of a campaign, or those whose name holds what was typed."""
    found = _find(campaign)
    wanted = fold(request.GET.get("q", "")[:80])
    units = [(unit.office.code, name_of(unit.office)) for unit in found.units.select_related("office")]
    units = sorted((u for u in units if wanted in fold(u[1])), key=lambda unit: sort_key(unit[1]))
    own = {"units": units, "q": request.GET.get("q", "")[:80], "is_open": _is_open(found), "campaign": found}
    return page("surveys/campaign/choose.html", campaign_context(found) | own)


@customer_page("GET", "HEAD", "POST")
@notes_staff
def answer(request: HttpRequest, campaign: str, office: str) -> HttpResponse:
    """The form of one unit."""
    unit = find_unit(campaign=campaign, office=office)
    if unit is None or unit.campaign.state == CampaignState.DRAFT or not unit.campaign.is_ranked:
        raise Http404
    if is_staff(request):
        return page("surveys/public/staff_refused.html", status=403 if request.method == "POST" else 200)
    if not _is_open(unit.campaign):
        return _not_open(unit, status=409 if request.method == "POST" else 200)
    if request.method == "POST":
        return _take(request, unit)
    step = ALL if ALL in request.GET else "0"
    field = signed_form.open_form_of(unit=unit, now=timezone.now())
    return blank_page(asked_of(unit.campaign, unit.office), field=field, step=step, **_addresses(unit))


def _take(request: HttpRequest, unit: CampaignUnit) -> HttpResponse:
    if is_too_large(request):
        return page("surveys/public/too_large.html", status=413)
    asked = asked_of(unit.campaign, unit.office)
    form, onward = turn(asked, request.POST)
    if onward is not None:
        return page(FORM, onward | _addresses(unit), status=422 if onward.get("wrong") else 200)
    address, now = client_address.address_of(request), timezone.now()

    def cast(opened: OpenForm) -> str:
        if rate_limits.is_too_fast(address=address, now=now):
            raise TooFast
        return casting.cast_openly(unit=unit, form=opened, said=form.said)

    try:
        receipt = take(
            form=form,
            sent=request.POST,
            read=lambda field: signed_form.read_form_of(unit=unit, field=field),
            store=cast,
        )
    except PageIsOld:
        field = signed_form.open_form_of(unit=unit, now=timezone.now())
        return page(FORM, stale_page(asked, form, request.POST, field=field) | _addresses(unit), status=422)
    except NotWhole:
        return page(FORM, wrong_page(asked, form, request.POST) | _addresses(unit), status=422)
    except TooFast:
        return _too_fast(asked, form, request, unit)
    except errors.CampaignNotOpen:
        return _not_open(unit, status=409)
    except OUTAGES as outage:
        return not_saved(request, _addresses(unit)["action"], outage)
    for kind in rate_limits.signals(unit=unit.pk, address=address, now=now):
        participation.signal(unit=unit, kind=kind, on=timezone.localdate(now))
    return receipt_page(asked, receipt)


def _too_fast(asked: Asked, form, request: HttpRequest, unit: CampaignUnit) -> HttpResponse:
    """429 with everything that was answered, to be sent again in a minute."""
    error = _("Mạng này vừa gửi quá nhiều phiếu. Phần đã chọn vẫn giữ nguyên; xin bấm gửi lại sau một phút.")
    step = ALL if request.POST.get("_step") == ALL else str(len(form.parts) - 1)
    context = form_context(asked, form, step=step, field=request.POST.get(FORM_FIELD, ""), error=error)
    response = page(FORM, context | _addresses(unit), status=429)
    response["Retry-After"] = str(rate_limits.WINDOW_SECONDS)
    return response


def _not_open(unit: CampaignUnit, *, status: int) -> HttpResponse:
    own = {"office_name": name_of(unit.office), "is_early": timezone.localdate() < unit.campaign.opens_on}
    return page("surveys/campaign/not_open.html", campaign_context(unit.campaign) | own, status=status)


def _find(slug: str) -> Campaign:
    found = Campaign.objects.ranked().exclude(state=CampaignState.DRAFT).filter(slug=slug).first()
    if found is None:
        raise Http404
    return found


def _is_open(campaign: Campaign) -> bool:
    return lifecycle.takes_answers(campaign, now=timezone.now())


def _addresses(unit: CampaignUnit) -> dict[str, str]:
    action = f"/c/{unit.campaign.slug}/{unit.office.code}"
    return {"action": with_language(action), "other_lang_url": f"{action}?lang={other_language()}"}


@csrf_exempt  # what is posted is shown again and changes nothing
@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("surveys.read_campaigns", raise_exception=True)
def preview(request: StaffRequest, slug: str) -> HttpResponse:
    """Page by page as the form turns; the last page has no button to send."""
    campaign = get_object_or_404(Campaign.objects.visible_to(request.user), slug=slug)
    unit = campaign.units.select_related("office").first()
    asked = asked_of(campaign, unit.office if unit else Office(short_name=""), is_preview=True)
    step = ALL if ALL in request.GET else "0"
    context = None
    if request.method == "POST":
        _form, context = turn(asked, request.POST)
    if context is None:
        context = form_context(asked, asked.form(), step=step, field="")
    return page(FORM, context | {"action": request.path, "other_lang_url": ""})
