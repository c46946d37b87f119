"""Acts of a campaign that nothing takes back: open and freeze, close and count, sign. Each is looked at first."""

from __future__ import annotations

from datetime import datetime

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from reports import standings
from reports.access import may_run
from reports.arithmetic.shares import grouped
from reports.campaigns import progress
from reports.campaigns.forms import CorrectionForm
from reports.campaigns.messages import PROBLEMS
from reports.campaigns.views import done, record
from reports.review import Review, ReviewForm, review_page
from surveys.accounts.requests import StaffRequest
from surveys.accounts.sessions import logged_in_at, login_first
from surveys.accounts.two_persons import ActRefused, is_fresh
from surveys.audit import Action
from surveys.campaigns import errors, lifecycle
from surveys.choices import CampaignState
from surveys.models import Campaign
from surveys.vietnamese import short_date

LOOK_AND_ACT = ("GET", "HEAD", "POST")


@require_http_methods(LOOK_AND_ACT)
@may_run
def open_it(request: StaffRequest, slug: str) -> HttpResponse:
    campaign = get_object_or_404(Campaign.objects.ranked(), slug=slug)
    form = ReviewForm.of(request)
    if not form.is_valid():
        problem = "" if campaign.state == CampaignState.DRAFT else str(PROBLEMS[errors.CampaignFrozen])
        if missing := lifecycle.missing_to_open(campaign):
            words = ", ".join(str(progress.MISSING[name]) for name in missing)
            problem = problem or _("Chưa mở được. Còn thiếu: %(words)s.") % {"words": words}
        return review_page(request, _opening(campaign), form=form, problem=problem)
    if done(request, lambda: lifecycle.open_campaign(campaign=campaign, now=timezone.now())):
        record(request, Action.CAMPAIGN_OPENED, campaign)
    return redirect("reports:campaign", slug=slug)


@require_http_methods(LOOK_AND_ACT)
@may_run
def close(request: StaffRequest, slug: str) -> HttpResponse:
    """Close, and ask the mixer to count unit after unit; pressed again, it is asked for what is left, without a look."""
    campaign = get_object_or_404(Campaign.objects.ranked(), slug=slug)
    now, form = timezone.now(), ReviewForm.of(request)
    is_counting = request.method == "POST" and campaign.state == CampaignState.CLOSED
    if not is_counting and not form.is_valid():
        problem = _why_not_closed(campaign, now)
        return review_page(request, _closing(campaign, now), form=form, problem=problem)
    if done(request, lambda: standings.ask_to_count(campaign=campaign, by=request.user, now=now)):
        record(request, Action.CAMPAIGN_CLOSED, campaign)
    return redirect("reports:campaign", slug=slug)


@require_http_methods(LOOK_AND_ACT)
@may_run
def sign(request: StaffRequest, slug: str) -> HttpResponse:
    """The first signature, or the second when one waits; whoever comes here has just logged in."""
    campaign = get_object_or_404(Campaign.objects.ranked(), slug=slug)
    now, when = timezone.now(), logged_in_at(request)
    if not is_fresh(when, now=now):
        return login_first(request)
    form = ReviewForm.of(request)
    if not form.is_valid():
        return _sign_page(request, campaign, form, now)
    seen, by = request.POST.get("seen", ""), request.user
    if standings.open_signature(campaign, now=now):
        done(
            request,
            lambda: standings.sign_second(campaign=campaign, user=by, seen=seen, now=now, logged_in_at=when),
        )
    else:
        reason = request.POST.get("reason", "")
        done(
            request,
            lambda: standings.sign_first(
                campaign=campaign, user=by, seen=seen, now=now, logged_in_at=when, reason=reason
            ),
        )
    return redirect("reports:campaign", slug=slug)


def _sign_page(request: StaffRequest, campaign: Campaign, form: ReviewForm, now: datetime) -> HttpResponse:
    reason = request.POST.get("reason", request.GET.get("reason", "")).strip()
    try:
        draft = progress.draft_of(campaign, now=now, reason=reason)
    except ActRefused as fact:
        messages.error(request, PROBLEMS[type(fact)])
        return redirect("reports:campaign", slug=campaign.slug)
    context = {
        "campaign": campaign,
        "draft": draft,
        "form": form,
        "reason": CorrectionForm(autofocus=True)["reason"],
        "is_mine": bool(draft.signature and draft.signature.signer_id == request.user.pk),
    }
    return render(request, "reports/campaigns/sign.html", context, status=form.status)


def _opening(campaign: Campaign) -> Review:
    units = campaign.units.count()
    known = campaign.units.filter(population__isnull=False).count()
    sheet = campaign.questionnaire
    return Review(
        title=_("Mở đợt khảo sát: %(name)s") % {"name": campaign.name},
        lead=_("Mở rồi thì các mục dưới đây không sửa được nữa; chỉ gia hạn được, có lý do và được công bố."),
        facts=[
            (_("Đơn vị được xếp hạng"), grouped(units), False),
            (_("Trong đó có số khách hàng"), grouped(known), True),
            (_("Nhận trả lời từ ngày"), short_date(campaign.opens_on), False),
            (_("Đến hết ngày"), short_date(campaign.closes_on), False),
            (_("Mẫu phiếu"), f"{sheet.questionnaire.name}, {_('bản')} {sheet.number}", False),
            (_("Số tiêu chí"), grouped(sheet.criteria.count()), True),
            (_("Nhóm người trả lời"), grouped(campaign.groups.count()), False),
            (_("Cách tính điểm"), campaign.get_formula_display(), False),
            (_("Số phiếu tối thiểu để xếp hạng"), grouped(campaign.minimum_n), False),
            (_("Căn cứ"), campaign.legal_basis, False),
        ],
        note=_("Chưa có phiếu nào phát ra, nên không phiếu nào hết hạn."),
        tick=_("Tôi đã xem phiếu như khách thấy và các mục trên."),
        button=_("Mở và khoá"),
        back=reverse("reports:campaign", args=[campaign.slug]),
        back_words=_("Chưa mở"),
    )


def _closing(campaign: Campaign, now: datetime) -> Review:
    room = progress.look(campaign, now=now)
    unused = sum(unit.invited_waiting for unit in room.units)
    return Review(
        title=_("Đóng đợt khảo sát: %(name)s") % {"name": campaign.name},
        lead=_("Đóng rồi thì không ai trả lời được nữa và không mở lại được."),
        facts=[
            (_("Phiếu trả lời đã nhận"), grouped(room.total), False),
            (_("Trả lời mở"), grouped(sum(unit.opened for unit in room.units)), True),
            (_("Theo giấy mời"), grouped(sum(unit.invited_returned for unit in room.units)), True),
            (_("Giấy mời chưa trả lời, sẽ hết hạn"), grouped(unused), False),
            (_("Đơn vị được đếm"), grouped(len(room.units)), False),
            (_("Đơn vị chưa có phiếu nào"), grouped(sum(not unit.returned for unit in room.units)), True),
        ],
        note=_("Máy trộn mở và đếm từng đơn vị; trang này tự cập nhật cho đến khi xong."),
        tick=_("Tôi đã xem các số trên."),
        button=_("Đóng và đếm"),
        back=reverse("reports:campaign", args=[campaign.slug]),
        back_words=_("Chưa đóng"),
        working=_("Đang đóng đợt, rồi trộn và đếm từng đơn vị. Xin giữ trang này mở."),
    )


def _why_not_closed(campaign: Campaign, now: datetime) -> str:
    if campaign.state != CampaignState.OPEN:
        return str(PROBLEMS[errors.CampaignNotRunning])
    return str(PROBLEMS[errors.StillRunning]) if now < campaign.period.bounds()[1] else ""
