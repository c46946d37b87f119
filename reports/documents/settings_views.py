"""The papers of an office, for its administrator: how each kind looks, and number and date once it is signed."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.db.transaction import atomic
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from reports.documents import archive
from reports.documents.forms import PaperSettingsForm, PeopleFormSet, SignedPaperForm
from reports.models import PaperForm, PaperKind, Seal, SignedPaper
from surveys import audit
from surveys.accounts.requests import StaffRequest
from surveys.audit import Action
from surveys.models import Office
from surveys.periods import is_calendar, parse_period

PERIODS_SHOWN = 24
OF_ONE_PERIOD = (PaperKind.MINUTES, PaperKind.REPORT)
may_administer = permission_required("surveys.administer", raise_exception=True)


@require_safe
@may_administer
def index(request: StaffRequest) -> HttpResponse:
    """The offices with a box that the administrator looks after; to the only one at once."""
    offices = _offices(request).alphabetical()
    if len(offices) == 1:
        return redirect("reports:documents_of", office=offices[0].code)
    return render(request, "reports/documents/offices.html", {"offices": offices})


@require_safe
@may_administer
def of_office(request: StaffRequest, office: str) -> HttpResponse:
    """The kinds of papers as they are set, and the sealed periods with their numbers."""
    found = get_object_or_404(_offices(request), code=office)
    kinds = [(kind, PaperForm.of(found, kind)) for kind in PaperKind]
    return render(
        request,
        "reports/documents/settings.html",
        {"office": found, "kinds": kinds, "periods": _periods(found)},
    )


@require_http_methods(["GET", "HEAD", "POST"])
@may_administer
def edit(request: StaffRequest, office: str, kind: str) -> HttpResponse:
    """One kind of paper; of the minutes also the people who sign them."""
    found = get_object_or_404(_offices(request), code=office)
    if kind not in PaperKind.values:
        raise Http404
    standing = PaperForm.of(found, PaperKind(kind))
    form = PaperSettingsForm(request.POST or None, instance=standing)
    people = PeopleFormSet(request.POST or None, instance=standing) if kind == PaperKind.MINUTES else None
    if request.method == "POST" and form.is_valid() and (people is None or people.is_valid()):
        _save(request, form, people)
        return redirect("reports:documents_of", office=office)
    context = {"office": found, "paper": standing, "form": form, "people": people}
    return render(request, "reports/documents/edit.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@may_administer
def signed(request: StaffRequest, office: str, kind: str, period: str) -> HttpResponse:
    """Number and date of one paper of a sealed period, given after signing (Nghị định 30/2020/NĐ-CP, Điều 15)."""
    found = get_object_or_404(_offices(request), code=office)
    seal = Seal.objects.standing(found, period) if kind in OF_ONE_PERIOD else None
    if seal is None or not is_calendar(period):
        raise Http404
    key = {"office": found, "kind": kind, "period": period, "version": seal.version}
    row = SignedPaper.objects.filter(**key).first() or SignedPaper(**key)
    form = SignedPaperForm(request.POST or None, instance=row, seal=seal)
    if request.method == "POST" and form.is_valid():
        now = timezone.now()
        if not seal.kept.exists():
            archive.keep(seal=seal, now=now)  # as it was before it had a number
        form.save()
        audit.record(action=Action.PAPER_SIGNED, actor=request.user, now=now, office=found, subject=str(row))
        messages.success(request, _("Đã ghi. Văn bản tải về từ nay mang số, ngày này."))
        return redirect("reports:documents_of", office=office)
    context = {"office": found, "row": row, "form": form, "seal": seal, "period": parse_period(period)}
    return render(request, "reports/documents/signed.html", context, status=422 if form.is_bound else 200)


def _offices(request: StaffRequest):
    return Office.objects.sealing().visible_to(request.user)


@atomic
def _save(request: StaffRequest, form: PaperSettingsForm, people) -> None:
    paper = form.save()
    if people is not None:
        people.instance = paper
        for position, person in enumerate(people.save(commit=False), start=paper.people.count() + 1):
            person.position = person.position if person.pk else position
            person.save()
        for person in people.deleted_objects:
            person.delete()
    now = timezone.now()
    changed = form.changed_data + (["people"] if people is not None and people.has_changed() else [])
    audit.record(
        action=Action.PAPER_SETTINGS_CHANGED,
        actor=request.user,
        now=now,
        office=paper.office,
        subject=paper.kind,
        fields=changed,
    )
    messages.success(request, _("Đã ghi mẫu văn bản. Văn bản của kỳ đã niêm phong giữ nguyên như đã lưu."))


def _periods(office: Office) -> list[dict]:
    """Sealed periods, newest first, each with its minutes and its report as far as they are signed."""
    seals = {
        seal.period: seal
        for seal in Seal.objects.of(office)
        .filter(period__range=archive.PERIODS)
        .order_by("period", "version")
    }
    rows = {(row.period, row.kind, row.version): row for row in SignedPaper.objects.of(office)}
    return [
        {
            "period": seal.period,
            "label": parse_period(seal.period).short_label,
            "version": seal.version,
            "papers": [(kind, rows.get((seal.period, kind.value, seal.version))) for kind in OF_ONE_PERIOD],
        }
        for seal in sorted(seals.values(), key=lambda seal: seal.sealed_at, reverse=True)[:PERIODS_SHOWN]
    ]
