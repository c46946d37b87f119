"""Questionnaires of campaigns: taken away as XLSX, brought back as a new version."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from reports.access import may_run
from reports.campaigns import questionnaire_workbook
from surveys import audit
from surveys.models import QuestionnaireVersion

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require_http_methods(["GET", "HEAD", "POST"])
@may_run
def index(request: HttpRequest) -> HttpResponse:
    """Every version but the counter's; a file that is brought in becomes the next version of its questionnaire."""
    if request.method == "POST":
        return _brought(request)
    return _page(request)


@require_safe
@may_run
def export(request: HttpRequest, pk: int) -> HttpResponse:
    version = get_object_or_404(QuestionnaireVersion.objects.select_related("questionnaire"), pk=pk)
    response = HttpResponse(questionnaire_workbook.export(version), content_type=XLSX)
    name = f"mau-phieu-{version.questionnaire.code}-{version.number}.xlsx"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _brought(request: HttpRequest) -> HttpResponse:
    file = request.FILES.get("file")
    if file is None or file.size > questionnaire_workbook.MOST_BYTES:
        messages.error(request, _("Xin chọn một tệp XLSX, tối đa 500 kB."))
        return _page(request, status=422)
    try:
        version = questionnaire_workbook.read(file.read(), on=timezone.localdate())
    except questionnaire_workbook.NotAQuestionnaire as fact:
        messages.error(request, _("Chưa nhập được: %(fact)s.") % {"fact": fact})
        return _page(request, status=422)
    audit.record(
        action="questionnaire_imported", actor=request.user, now=timezone.now(), subject=str(version)
    )
    messages.success(request, _("Đã nhập %(version)s.") % {"version": version})
    return redirect("reports:questionnaires")


def _page(request: HttpRequest, *, status: int = 200) -> HttpResponse:
    versions = QuestionnaireVersion.objects.exclude(questionnaire__code="counter").select_related(
        "questionnaire"
    )
    return render(request, "reports/campaigns/questionnaires.html", {"versions": versions}, status=status)
