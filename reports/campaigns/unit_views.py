"""Reach people: a unit's open link with its QR and poster, and invitations by single-use codes."""

from __future__ import annotations

import csv
from datetime import datetime
from io import StringIO

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_POST, require_safe

from reports.access import may_read, may_read_unit, may_run
from reports.campaigns import invitation_import, progress
from reports.campaigns.forms import InvitationFileForm, InvitationForm, PastedInvitationForm
from reports.campaigns.long_forms import takes_long_text
from reports.campaigns.poster import poster_of
from reports.counting_room import decisions
from reports.counting_room.decision_views import propose
from reports.counting_room.forms import ReasonForm
from reports.exports.drawing import qr_svg
from reports.exports.pdf import NoPango
from reports.models import ProposalKind
from reports.sealing.drafting import damage
from surveys import audit
from surveys.accounts.requests import StaffRequest
from surveys.audit import Action
from surveys.campaigns import errors, letters, mailings, participation
from surveys.campaigns.invitations import Invited
from surveys.models import Campaign, CampaignUnit, InvitationBatch, Mailing
from surveys.spreadsheets import holding
from surveys.spreadsheets.complaints import TableRefused, grouped
from surveys.spreadsheets.dry_run import DryRunChanged
from surveys.spreadsheets.holding import Sent

NOBODY = lazy("Không có ai để nhắc: mọi mã có địa chỉ thư đã dùng, hoặc thư trước mới gửi.")
LEFT_OUT = lazy("Chưa nhắc %(n)s người: thư trước gửi hôm nay hoặc chưa quá 12 giờ.")
MOST_ADDRESSES = 200
SECONDS_TO_LOOK_AGAIN = 5  # while letters go, for whoever asked for them


@require_safe
@may_read_unit
def unit(request: StaffRequest, slug: str, office: str) -> HttpResponse:
    found = _find(request, slug, office)
    return _page(request, found, InvitationForm())


@takes_long_text
@require_POST
@may_run
def invite(request: StaffRequest, slug: str, office: str) -> HttpResponse:
    """The first sending of a list is a dry run, the second one, of the same list, makes the batch.

    Its codes go by letter to those with an address, or into one file; they are shown nowhere again.
    """
    found, now, owner = _find(request, slug, office), timezone.now(), request.user.pk
    form, sent = InvitationForm(request.POST), _sent(request)
    if not form.is_valid():
        return _page(request, found, form, status=422)
    if sent is None:
        form.add_error(None, _("Xin chọn tệp hoặc dán danh sách, rồi bấm kiểm tra thử."))
        return _page(request, found, form, status=422)
    hidden: dict[str, object] = {"hidden": form.cleaned_data}
    try:
        book = sent.book()
        if not sent.digest:
            plans = [invitation_import.plan(unit=found, book=book, confirmed=sent.confirmed).shown]
            return _page(request, found, form, hidden | holding.shown(sent, plans, owner=owner))
        by_mail = form.cleaned_data["by"] == "mail"
        invited = invitation_import.bring_in(
            unit=found,
            book=book,
            confirmed=sent.confirmed,
            name=form.cleaned_data["name"],
            by=request.user,
            now=now,
            by_mail=by_mail,
            shown=sent.digest,
        )
    except TableRefused as refused:
        told = hidden | holding.refused(sent, refused, owner=owner)
        return _page(request, found, form, told, status=422)
    except DryRunChanged as fact:
        again = holding.shown(sent, fact.now, owner=owner) | {"changed": True}
        return _page(request, found, form, hidden | again, status=409)
    except errors.CampaignNotRunning:
        messages.error(request, _("Đợt khảo sát không đang mở nên chưa mời được."))
        return redirect("reports:campaign_unit_room", slug=slug, office=office)
    return _handed_over(request, found, invited, by_mail=by_mail, now=now)


def _sent(request: StaffRequest) -> Sent | None:
    """The list: a file, a pasted text, or one that was looked at before."""
    pasted = request.POST.get("organisations", "")
    return Sent(pasted.encode()) if pasted.strip() else holding.sent_with(request)


def _handed_over(
    request: StaffRequest, unit: CampaignUnit, invited: list[Invited], *, by_mail: bool, now: datetime
) -> HttpResponse:
    if by_mail:
        return _mailed(request, invited[0].invitation.batch.mailing, Action.INVITATIONS_SENT)
    about = f"{unit.campaign.slug} {unit.office.code}"
    audit.record(
        action=Action.INVITATION_FILE, actor=request.user, now=now, subject=about, codes=len(invited)
    )
    return _file(unit, invited)


@require_POST
@may_read
def damaged(request: StaffRequest, slug: str, office: str) -> HttpResponse:
    """An inspector proposes to record the damaged rows of the unit's box, as those of a month."""
    found, form = _find(request, slug, office), ReasonForm(request.POST)
    if not decisions.may_propose(request.user, ProposalKind.DAMAGED, found.office):
        raise PermissionDenied
    if form.is_valid():
        about = {"office": found.office, "period": found.campaign.period, "now": timezone.now()}
        propose(request, kind=ProposalKind.DAMAGED, **about, **form.cleaned_data)
    else:
        messages.error(request, str(form.errors["reason"][0]))
    return redirect("reports:campaign_unit_room", slug=slug, office=office)


@require_POST
@may_run
def remind(request: StaffRequest, slug: str, office: str) -> HttpResponse:
    """Letters with fresh codes to those whose code is unused; staff are told how many, not who."""
    found, now = _find(request, slug, office), timezone.now()
    left_out = mailings.written_to_lately(found, now=now)
    mailing = mailings.remind(unit=found, by=request.user, now=now)
    if left_out:
        messages.info(request, LEFT_OUT % {"n": grouped(left_out)})
    if mailing is None:
        messages.info(request, NOBODY)
        return redirect("reports:campaign_unit_room", slug=slug, office=office)
    return _mailed(request, mailing, Action.REMINDERS_SENT)


@require_safe
@may_read_unit
def poster(request: StaffRequest, slug: str, office: str) -> HttpResponse:
    """A sheet for the wall: the unit's name, what is asked, a QR of its open link."""
    found = _find(request, slug, office)
    try:
        content = poster_of(found.campaign, found.office, address=_address(found))
    except NoPango:
        return render(request, "reports/documents/no_pango.html", status=503)
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="ap-phich-{slug}-{office}.pdf"'
    return response


@require_safe
@may_read
def national_poster(request: StaffRequest, slug: str) -> HttpResponse:
    """The sheet for every wall: one QR for the whole country; the respondent chooses the unit on the page."""
    campaign = get_object_or_404(Campaign.objects.visible_to(request.user), slug=slug)
    try:
        content = poster_of(campaign, None, address=f"{settings.BASE_URL}/c/{slug}/")
    except NoPango:
        return render(request, "reports/documents/no_pango.html", status=503)
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="ap-phich-{slug}.pdf"'
    return response


@require_POST
@may_run
def remind_quiet(request: StaffRequest, slug: str) -> HttpResponse:
    """Letters to those of every quiet unit whose code is unused; how many will go, and for how many units."""
    campaign = get_object_or_404(Campaign.objects.ranked(), slug=slug)
    now = timezone.now()
    quiet = {unit.code for unit in progress.look(campaign, now=now).quiet}
    units = campaign.units.select_related("campaign", "office").filter(office__code__in=quiet)
    left_out = sum(mailings.written_to_lately(unit, now=now) for unit in units)
    if left_out:
        messages.info(request, LEFT_OUT % {"n": grouped(left_out)})
    asked = [mailings.remind(unit=unit, by=request.user, now=now) for unit in units.order_by("office__code")]
    made = [mailing for mailing in asked if mailing]
    if not made:
        messages.info(request, NOBODY)
        return redirect("reports:campaign", slug=slug)
    letters_asked = sum(mailing.letters for mailing in made)
    audit.record(
        action=Action.REMINDERS_SENT, actor=request.user, now=now, subject=slug, letters=letters_asked
    )
    words = _("Đang gửi %(n)s thư nhắc cho %(units)s đơn vị ít trả lời.")
    messages.success(request, words % {"n": letters_asked, "units": len(made)})
    return HttpResponseRedirect(reverse("reports:campaign", args=[slug]) + "?watch=1")


def _mailed(request: StaffRequest, mailing: Mailing, action: Action) -> HttpResponse:
    unit = mailing.unit
    audit.record(
        action=action,
        actor=request.user,
        now=timezone.now(),
        subject=f"{unit.campaign.slug} {unit.office.code}",
        letters=mailing.letters,
    )
    messages.success(
        request, _("Đang gửi %(n)s thư; trang này cho biết đã gửi đến đâu.") % {"n": mailing.letters}
    )
    room = reverse("reports:campaign_unit_room", args=[unit.campaign.slug, unit.office.code])
    return HttpResponseRedirect(f"{room}?watch=1")


def _file(unit: CampaignUnit, invited: list[Invited]) -> HttpResponse:
    out = StringIO(newline="")
    lines = csv.writer(out)
    lines.writerow(("to_chuc", "thu_dien_tu", "lien_ket", "ma_go_tay", "dung_den_het"))
    last = date_format(unit.campaign.ends_on, "j/n/Y")
    for one in invited:
        lines.writerow(
            (
                _safe(one.invitation.organisation),
                one.invitation.email,
                letters.link(one.code),
                one.code[:12],
                last,
            )
        )
    response = HttpResponse(out.getvalue().encode("utf-8-sig"), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = (
        f'attachment; filename="giay-moi-{unit.campaign.slug}-{unit.office.code}.csv"'
    )
    response["Cache-Control"] = "no-store"
    return response


def _safe(name: str) -> str:
    """A name that no spreadsheet takes for a formula."""
    return f"'{name}" if name[:1] in "=+-@\t" else name


def _page(
    request: StaffRequest,
    unit: CampaignUnit,
    form: InvitationForm,
    told: dict[str, object] | None = None,
    *,
    status: int = 200,
) -> HttpResponse:
    address = _address(unit)
    counted = participation.participation(unit.campaign)[unit.office_id]
    sent = list(unit.mailings.select_related("batch"))
    refused = mailings.refused_addresses(unit)
    context = {
        "campaign": unit.campaign,
        "unit": unit,
        "address": address,
        "qr": mark_safe(qr_svg(address)),  # noqa: S308 - drawn here from an address of ours
        "participation": counted,
        "batches": InvitationBatch.objects.filter(unit=unit).prefetch_related("invitations"),
        "mailings": sent,
        "refused": refused[:MOST_ADDRESSES],
        "more_refused": max(len(refused) - MOST_ADDRESSES, 0),
        "signals": unit.signals.order_by("day"),
        "form": form,
        "pasted": PastedInvitationForm(initial=dict(form.data.items()), auto_id="pasted_%s"),
        "by_file": InvitationFileForm(initial=dict(form.data.items()), auto_id="file_%s"),
        **(told or {}),
        "damaged": decisions.stumbled_over(unit.office, unit.campaign.period),
        "damage": damage(unit.office, unit.campaign.period).select_related("first", "second"),
        "damage_reason": ReasonForm()["reason"],
        "may_report": decisions.may_propose(request.user, ProposalKind.DAMAGED, unit.office),
        "counts": request.user.counts_for(unit.office, timezone.localdate()),
        "runs": request.user.has_perm("surveys.run_campaigns"),
    }
    response = render(request, "reports/campaigns/unit.html", context, status=status)
    if "watch" in request.GET and any(mailing.ended_at is None for mailing in sent):
        response["Refresh"] = str(SECONDS_TO_LOOK_AGAIN)
    return response


def _find(request: StaffRequest, slug: str, office: str) -> CampaignUnit:
    units = CampaignUnit.objects.open_to(request.user).select_related("campaign", "office")
    return get_object_or_404(units, campaign__slug=slug, office__code=office)


def _address(unit: CampaignUnit) -> str:
    return f"{settings.BASE_URL}/c/{unit.campaign.slug}/{unit.office.code}"
