"""Questionnaires of campaigns: taken away as XLSX, brought back as a new version."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from reports.access import may_run
from reports.campaigns import questionnaire_import, questionnaire_workbook
from surveys import audit
from surveys.accounts.requests import StaffRequest
from surveys.audit import Action
from surveys.fields import FileForm
from surveys.models import QuestionnaireVersion
from surveys.periods import local_day
from surveys.spreadsheets import holding
from surveys.spreadsheets.complaints import TableRefused
from surveys.spreadsheets.dry_run import DryRunChanged

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require_http_methods(["GET", "HEAD", "POST"])
@may_run
def index(request: StaffRequest) -> HttpResponse:
    """Every version but the counter's; a file that is brought in becomes the next version of its questionnaire."""
    if request.method == "POST":
        return _brought(request)
    return _page(request)


@require_safe
@may_run
def export(request: StaffRequest, pk: int) -> HttpResponse:
    version = get_object_or_404(QuestionnaireVersion.objects.select_related("questionnaire"), pk=pk)
    response = HttpResponse(questionnaire_workbook.export(version), content_type=XLSX)
    name = f"mau-phieu-{version.questionnaire.code}-{version.number}.xlsx"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _brought(request: StaffRequest) -> HttpResponse:
    """The first sending is a dry run, the second one, of the same file, stores it."""
    sent, owner, now = holding.sent_with(request), request.user.pk, timezone.now()
    if sent is None:
        messages.error(request, _("Xin chọn một tệp XLSX rồi bấm kiểm tra thử."))
        return _page(request, status=422)
    try:
        book, today = sent.book(), local_day(now)
        if not sent.digest:
            plans = questionnaire_import.plan(book=book, on=today, confirmed=sent.confirmed).shown
            return _page(request, holding.shown(sent, plans, owner=owner))
        version = questionnaire_import.bring_in(
            book=book, on=today, confirmed=sent.confirmed, shown=sent.digest
        )
    except TableRefused as refused:
        return _page(request, holding.refused(sent, refused, owner=owner), status=422)
    except DryRunChanged as fact:
        again = holding.shown(sent, fact.now, owner=owner) | {"changed": True}
        return _page(request, again, status=409)
    audit.record(action=Action.QUESTIONNAIRE_IMPORTED, actor=request.user, now=now, subject=str(version))
    messages.success(request, _("Đã nhập %(version)s.") % {"version": version})
    return redirect("reports:questionnaires")


def _page(request: StaffRequest, told: dict[str, object] | None = None, *, status: int = 200) -> HttpResponse:
    versions = QuestionnaireVersion.objects.exclude(questionnaire__code="counter").select_related(
        "questionnaire"
    )
    shown = {"versions": versions, "upload": FileForm(_("Tệp XLSX"), ".xlsx")} | (told or {})
    return render(request, "reports/campaigns/questionnaires.html", shown, status=status)
