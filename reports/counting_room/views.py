"""The counting room: one page a period with the one next step, and the acts of the counting team on it."""

from __future__ import annotations

import logging
from contextlib import nullcontext
from datetime import datetime

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from reports import closing, sealing
from reports.arithmetic.shares import rate_beside
from reports.counting_room import decisions, progress, scans
from reports.counting_room.access import offices_for, room_page, takes_documents
from reports.counting_room.forms import NoteForm, ReasonForm, ScanForm
from reports.counting_room.messages import sentence_of, sentence_of_end
from reports.integrity import inspection
from reports.kept_pages import kept_for_reader
from reports.models import MinutesScan, ProposalKind, Seal
from reports.publication import folder
from surveys import paper
from surveys.accounts.requests import StaffRequest
from surveys.database import replication, revision
from surveys.models import Counter, Office
from surveys.periods import Period, is_calendar, local_day, parse_period

log = logging.getLogger(__name__)
PERIODS_SHOWN = 15
SECONDS_TO_LOOK_AGAIN = 2  # while the mixer is at it


@require_http_methods(["GET", "HEAD"])
@never_cache
def index(request: StaffRequest) -> HttpResponse:
    """The boxes this person counts or watches, each with its periods and what is to be done in them."""
    now = timezone.now()
    offices = offices_for(request, now)
    if not offices:
        raise PermissionDenied
    boxes = [(office, progress.waiting_rooms(office, now=now), _sealed(office)) for office in offices]
    return render(request, "reports/counting/index.html", {"boxes": boxes})


@room_page("GET", "HEAD")
def room(request: StaffRequest, office: Office, period: Period, now: datetime) -> HttpResponse:
    if progress.is_moving(office, period):
        return room_of(request, office, period, now)
    laid_out = folder.state_of_files(folder.default_root() / office.code / str(period))
    return kept_for_reader(request, laid_out, make=lambda: room_of(request, office, period, now))


@room_page("POST", acting=True)
def note(request: StaffRequest, office: Office, period: Period, now: datetime) -> HttpResponse:
    form = NoteForm(request.POST)
    if not form.is_valid():
        return room_of(request, office, period, now, note_form=form, status=422)
    try:
        closing.note_difference(office=office, period=period, user=request.user, now=now, **form.cleaned_data)
    except (closing.ClosingRefused, closing.UnknownDifference) as fact:
        return room_of(request, office, period, now, fact=fact)
    messages.success(request, _("Đã ghi chú. Ghi chú được in vào biên bản và không xoá được."))
    return back_to_room(office, period)


@room_page("POST", acting=True)
def publish(request: StaffRequest, office: Office, period: Period, now: datetime) -> HttpResponse:
    """Lay out what is sealed; the folder appears whole or not at all."""
    if Seal.objects.standing(office, period) is None:
        return room_of(request, office, period, now, fact=sealing.NotSealed())
    done = folder.publish(folder.default_root())
    for seal, why in done.refused:
        if (seal.office_id, seal.period) == (office.pk, str(period)):
            messages.error(request, _("Chưa công bố được: %(why)s") % {"why": why})
            return back_to_room(office, period)
    messages.success(request, _("Đã công bố %(period)s.") % {"period": period.label})
    return back_to_room(office, period)


@room_page("POST", acting=True)
def attach(request: StaffRequest, office: Office, period: Period, now: datetime) -> HttpResponse:
    form = ScanForm(request.POST, request.FILES)
    if not form.is_valid():
        return room_of(request, office, period, now, scan_form=form, status=422)
    sent = form.cleaned_data["file"]
    try:
        facts = {"name": sent.name, "content": sent.read(), "user": request.user, "now": now}
        scans.attach(office=office, period=period, **facts)
    except scans.ScanRefused as fact:
        return room_of(request, office, period, now, fact=fact)
    messages.success(request, _("Đã đính kèm bản chụp biên bản."))
    return back_to_room(office, period)


@room_page("GET", "HEAD")
def scan(request: StaffRequest, office: Office, period: Period, now: datetime, pk: int) -> FileResponse:
    """The file as it was sent, under a name of ours."""
    found = get_object_or_404(MinutesScan.objects.of(office).in_period(period), pk=pk)
    path = scans.path_of(found)
    if not path.is_file():
        raise Http404
    name = f"bien-ban-{office.code}-{period}-{found.pk}.{found.kind}"
    return FileResponse(path.open("rb"), content_type=scans.CONTENT_TYPES[found.kind], filename=name)


@room_page("GET", "HEAD")
def seal_text(
    request: StaffRequest, office: Office, period: Period, now: datetime, version: int
) -> HttpResponse:
    """One version word for word; the whole text also of a period too small to be published whole."""
    found = get_object_or_404(Seal.objects.of(office).in_period(period), version=version)
    return HttpResponse(found.note, content_type="text/plain; charset=utf-8")


def _sealed(office: Office) -> list[tuple[Period, list[Seal]]]:
    """The last sealed periods with all their versions, the latest first."""
    found: dict[str, list[Seal]] = {}
    for seal in Seal.objects.of(office).select_related("first", "second").order_by("-period", "version"):
        found.setdefault(seal.period, []).append(seal)
    periods: list[tuple[Period, list[Seal]]] = [
        (parse_period(text), seals) for text, seals in found.items() if is_calendar(text)
    ]
    return sorted(periods, key=lambda pair: pair[0].last_day, reverse=True)[:PERIODS_SHOWN]


def enter(office: Office, period: Period, now: datetime) -> progress.Room:
    seal = Seal.objects.standing(office, period)
    if seal is not None:
        replication.barrier()  # the page says that it is sealed
    root = folder.default_root()
    laid_out = seal is not None and folder.is_sound(folder.folder_of(root, seal), seal)
    return progress.enter(office=office, period=period, now=now, is_published=laid_out)


def room_of(
    request: StaffRequest,
    office: Office,
    period: Period,
    now: datetime,
    *,
    fact: Exception | None = None,
    note_form: NoteForm | None = None,
    reason_form: ReasonForm | None = None,
    scan_form: ScanForm | None = None,
    status: int = 200,
) -> HttpResponse:
    entered = enter(office, period, now)
    total = entered.reconciliation.total
    context = {
        "office_name": office.short_name,
        "room": entered,
        "takes_documents": takes_documents(request, office),
        "return_rate": rate_beside(total.returned, total.issued),
        "counts": request.user.counts_for(office, local_day(now)),
        "problem": sentence_of(fact) if fact else sentence_of_end(entered.job.end if entered.job else ""),
        "note_form": note_form,
        "empty_note": NoteForm(),
        "reason_form": reason_form or ReasonForm(),
        "damage_reason": ReasonForm()["reason"],
        "scan_form": scan_form or ScanForm(),
        "late": _late(entered) if entered.is_closed else [],
        "explanations": inspection.explanations_of(office, period),
        "scans": MinutesScan.objects.of(office).in_period(period).select_related("added_by"),
        "may_report_damage": decisions.may_propose(request.user, ProposalKind.DAMAGED, office),
        "may_read_comments": decisions.may_propose(request.user, ProposalKind.MASK, office),
    }
    response = render(request, "reports/counting/room.html", context, status=409 if fact else status)
    if entered.is_mixing and request.method in ("GET", "HEAD"):
        response["Refresh"] = str(SECONDS_TO_LOOK_AGAIN)
    return response


def _late(entered: progress.Room) -> list[tuple[Counter, int]]:
    """Paper that expired, by counter. What expired with a seal comes back in a pile, which the room looks for itself."""
    with revision.settled() if entered.seals and not entered.is_correcting else nullcontext():
        return paper.expired(office=entered.office, period=entered.period)


def back_to_room(office: Office, period: Period) -> HttpResponse:
    return HttpResponseRedirect(reverse("reports:counting_room", args=[office.code, period]), status=303)
