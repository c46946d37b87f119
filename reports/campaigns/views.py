"""Head office's campaigns: set up, open, watch, close, sign, publish. While one is open nobody sees an answer here."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from reports import standings
from reports.access import may_read, may_run
from reports.campaigns import progress
from reports.campaigns.forms import CampaignForm, CorrectionForm, ExtensionForm, PastResultForm
from reports.campaigns.messages import PROBLEMS
from reports.documents.signers import signer_notice
from reports.exports.drawing import qr_svg
from reports.models import PaperKind, PastResult, StandingPublication
from reports.sealing import CountsDoNotAddUp
from surveys import audit
from surveys.accounts.requests import StaffRequest
from surveys.accounts.two_persons import ActRefused
from surveys.audit import Action
from surveys.box.jobs import MixerBusy
from surveys.campaigns import errors, lifecycle, mailings
from surveys.models import Campaign, Office
from surveys.vietnamese import sort_key

SECONDS_TO_LOOK_AGAIN = 2  # while the mixer counts
SECONDS_BETWEEN_LETTERS = 5  # while letters go, for whoever asked for them


@require_safe
@may_read
def index(request: StaffRequest) -> HttpResponse:
    return _index(request, PastResultForm())


def _index(request: StaffRequest, past_form: PastResultForm, *, status: int = 200) -> HttpResponse:
    context = {
        "campaigns": Campaign.objects.visible_to(request.user),
        "published": set(StandingPublication.objects.values_list("standing__campaign", flat=True)),
        "past": PastResult.objects.select_related("office"),
        "past_form": past_form,
    }
    return render(request, "reports/campaigns/index.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@may_run
def new(request: StaffRequest) -> HttpResponse:
    """A draft; what is typed first is the list of units that seal today."""
    form = CampaignForm(
        request.POST or None, initial={"units": _units_of_today(), "groups": progress.USUAL_GROUPS}
    )
    if request.method == "POST" and form.is_valid():
        facts = {"units": form.cleaned_data["units"], "groups": form.cleaned_data["groups"]}
        made = lifecycle.set_up(by=request.user, **facts, **form.facts)
        record(request, Action.CAMPAIGN_SET_UP, made)
        return redirect("reports:campaign", slug=made.slug)
    return _form(request, form)


@require_http_methods(["GET", "HEAD", "POST"])
@may_run
def edit(request: StaffRequest, slug: str) -> HttpResponse:
    campaign = get_object_or_404(Campaign.objects.ranked(), slug=slug)
    form = CampaignForm(request.POST or None, instance=campaign, initial=progress.typed(campaign))
    if request.method == "POST" and form.is_valid():
        facts = {"units": form.cleaned_data["units"], "groups": form.cleaned_data["groups"]}
        if done(request, lambda: lifecycle.revise(campaign=campaign, **facts, **form.facts)):
            record(request, Action.CAMPAIGN_REVISED, campaign)
        return redirect("reports:campaign", slug=form.facts["slug"])
    return _form(request, form, campaign)


def _form(request: StaffRequest, form: CampaignForm, campaign: Campaign | None = None) -> HttpResponse:
    offices = Office.objects.sealing().order_by("short_name").values_list("code", "short_name")
    context = {
        "form": form,
        "campaign": campaign,
        "offices": sorted(offices, key=lambda office: sort_key(office[1])),
    }
    return render(request, "reports/campaigns/form.html", context, status=422 if form.is_bound else 200)


@require_safe
@may_read
def room(request: StaffRequest, slug: str) -> HttpResponse:
    """Where a campaign stands, and the one thing to do next."""
    campaign = get_object_or_404(Campaign.objects.visible_to(request.user), slug=slug)
    return _room(request, campaign)


@require_POST
@may_run
def extend(request: StaffRequest, slug: str) -> HttpResponse:
    campaign = get_object_or_404(Campaign.objects.ranked(), slug=slug)
    form = ExtensionForm(request.POST)
    if not form.is_valid():
        return _room(request, campaign, extension_form=form, status=422)
    facts = form.cleaned_data | {"by": request.user, "now": timezone.now()}
    if done(request, lambda: lifecycle.extend(campaign=campaign, **facts)):
        record(request, Action.CAMPAIGN_EXTENDED, campaign, until=str(facts["until"]), reason=facts["reason"])
    return redirect("reports:campaign", slug=slug)


@require_POST
@may_run
def publish(request: StaffRequest, slug: str) -> HttpResponse:
    standing = get_object_or_404(Campaign.objects.ranked(), slug=slug).standings.last()
    if standing:
        done(request, lambda: standings.publish(standing=standing, by=request.user, now=timezone.now()))
    return redirect("reports:campaign", slug=slug)


@require_POST
@may_run
def past(request: StaffRequest) -> HttpResponse:
    """The result of a campaign held elsewhere, typed in with its source."""
    form = PastResultForm(request.POST)
    if not form.is_valid():
        return _index(request, form, status=422)
    row = form.save(commit=False)
    row.typed_by = request.user
    row.save()
    audit.record(action=Action.PAST_RESULT_TYPED, actor=request.user, now=timezone.now(), subject=str(row))
    return redirect("reports:campaigns")


def _room(
    request: StaffRequest,
    campaign: Campaign,
    *,
    extension_form: ExtensionForm | None = None,
    status: int = 200,
) -> HttpResponse:
    now = timezone.now()
    facts = progress.look(campaign, now=now)
    address = f"{settings.BASE_URL}/c/{campaign.slug}/"
    letters = mailings.under_way(campaign)
    own = {
        "campaign": campaign,
        "room": facts,
        "runs": request.user.has_perm("surveys.run_campaigns"),
        "extension_form": extension_form or ExtensionForm(),
        "reason": CorrectionForm()["reason"],
        "address": address,
        "letters": letters,
        "qr": mark_safe(qr_svg(address)) if facts.step else "",  # noqa: S308 - drawn here from an address of ours
    }
    if facts.step >= progress.SIGNING:
        own |= _report_signer(request, facts)
    response = render(request, "reports/campaigns/room.html", own, status=status)
    if facts.is_being_counted and request.method in ("GET", "HEAD"):
        response["Refresh"] = str(SECONDS_TO_LOOK_AGAIN)
    elif "watch" in request.GET and letters.waiting:
        response["Refresh"] = str(SECONDS_BETWEEN_LETTERS)
    return response


def _report_signer(request: StaffRequest, facts: progress.Room) -> dict[str, object]:
    """The report is the first signer's office's; before anybody signed, the reader's, who would be the first."""
    first = (
        facts.standing.first
        if facts.standing
        else facts.signature.signer
        if facts.signature
        else request.user
    )
    return (
        signer_notice(office=first.office, kind=PaperKind.REPORT, reader=request.user) if first.office else {}
    )


def done(request: StaffRequest, act: Callable[[], object]) -> bool:
    """Whether the verb did it; a fact that stands in the way is said on the next page."""
    try:
        act()
    except errors.CampaignIncomplete as fact:
        words = ", ".join(str(progress.MISSING[name]) for name in fact.missing)
        messages.error(request, _("Chưa mở được. Còn thiếu: %(words)s.") % {"words": words})
    except (errors.CampaignRefused, ActRefused, CountsDoNotAddUp, MixerBusy) as fact:
        messages.error(request, PROBLEMS.get(type(fact), _("Không làm được lúc này.")))
    else:
        return True
    return False


def record(request: StaffRequest, action: Action, campaign: Campaign, **detail) -> None:
    audit.record(action=action, actor=request.user, now=timezone.now(), subject=campaign.slug, **detail)


def _units_of_today() -> str:
    offices = Office.objects.sealing().in_force(timezone.localdate()).order_by("code")
    return "\n".join(offices.values_list("code", flat=True))
