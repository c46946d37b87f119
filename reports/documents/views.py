"""The papers and tables of a month, to be carried away. What they say comes from the snapshot; each handing-out is written down."""

from __future__ import annotations

from datetime import datetime

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from reports.access import may_see_figures
from reports.documents import archive
from reports.documents.catalogue import EXPORTS, NotOfSeveralPeriods, filename
from reports.exports.pdf import NoPango
from reports.models import Seal
from reports.month import snapshot
from reports.month.forms import as_counted, one_period
from surveys import audit
from surveys.accounts.requests import StaffRequest
from surveys.audit import Action
from surveys.models import Office
from surveys.periods import MonthRange, NotAPeriod, Period, local_day, parse_period, parse_range, range_of


@require_safe
@may_see_figures
def export(request: StaffRequest, office: str, period: str, file: str) -> HttpResponse:
    """One file of an office over ``2023-05``, ``2023-Q2`` or ``2022-06..2023-06``; 503 where the text library is missing.

    Of a sealed period it is the one that is kept; ``?version=`` names an earlier version.
    """
    found = get_object_or_404(Office.objects.with_figures_for(request.user), code=office)
    stretch, wanted = stretch_named(period, found), EXPORTS.get(file)
    if stretch is None or wanted is None:
        raise Http404
    now = timezone.now()
    try:
        name, made = _kept(request, found, stretch, file, now) or _made(found, stretch, file, now)
    except NoPango:
        return render(
            request, "reports/documents/no_pango.html", {"office": found, "period": period}, status=503
        )
    audit.record(action=Action.EXPORT, now=now, actor=request.user, office=found, subject=f"{file} {period}")
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "private, no-store"}
    return HttpResponse(made, content_type=wanted.media, headers=headers)


@require_safe
@may_see_figures
def kept(request: StaffRequest, office: str, period: str) -> HttpResponse:
    """What is kept of a sealed period: every version, every edition, with its digest."""
    found = get_object_or_404(Office.objects.with_figures_for(request.user), code=office)
    versions = archive.of(found, period)
    if not versions:
        raise Http404
    context = {
        "office": found,
        "period": parse_period(period),
        "versions": versions,
        "may_keep": request.user.counts_for(found, local_day(timezone.now())),
    }
    return render(request, "reports/documents/kept.html", context)


@require_POST
@may_see_figures
def keep(request: StaffRequest, office: str, period: str) -> HttpResponse:
    """Make the papers of the version that stands anew with today's settings, as a further edition beside the first."""
    found = get_object_or_404(Office.objects.with_figures_for(request.user), code=office)
    seal = Seal.objects.standing(found, period)
    if seal is None or not request.user.counts_for(found, local_day(timezone.now())):
        raise Http404
    archive.keep(seal=seal, now=timezone.now(), by=request.user)
    return redirect("reports:kept", office=office, period=period)


def _kept(
    request: StaffRequest, office: Office, stretch: Period | MonthRange, file: str, now: datetime
) -> tuple[str, bytes] | None:
    """Name and bytes of the record; None where the file is made for the asking."""
    asked = request.GET.get("version", "")
    seals = [] if isinstance(stretch, MonthRange) or file not in archive.FILES else _versions(office, stretch)
    if asked:
        seals = [seal for seal in seals if str(seal.version) == asked]
    if not seals:
        if asked:
            raise Http404
        return None
    row = archive.fetch(seal=seals[-1], name=file, now=now)
    if row is None and asked:
        raise Http404
    return (row.filename, bytes(row.content)) if row else None


def _versions(office: Office, period: Period) -> list[Seal]:
    return list(Seal.objects.of(office).in_period(period).select_related("office").order_by("version"))


def _made(office: Office, stretch: Period | MonthRange, file: str, now: datetime) -> tuple[str, bytes]:
    try:
        content = EXPORTS[file].content(snapshot.take(office=office, stretch=stretch, now=now))
    except NotOfSeveralPeriods as error:
        raise Http404 from error
    return filename(file, content), EXPORTS[file].write(content)


def stretch_named(text: str, office: Office) -> Period | MonthRange | None:
    """The stretch as addresses write it, as the office counts; None when it is none."""
    first, dots, last = text.partition("..")
    try:
        months = parse_range(first, last) if dots else range_of(parse_period(first))
    except NotAPeriod:
        return None
    return one_period(as_counted(months, quarterly=office.quarterly), office)
