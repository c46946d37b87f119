"""Pads of numbered paper ballots for the administration: one audited file, made for one download and kept nowhere."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from surveys import printing
from surveys.accounts.requests import staff_of
from surveys.admin.forms import PadForm
from surveys.models import Office
from surveys.reference.errors import NoQuestionnaire
from surveys.reference.in_force import questionnaire_in_force
from surveys.reference.questionnaires import questionnaire_of
from surveys.slips import pads

PAGE = "admin/surveys/counter/pad.html"


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def pad_page(request: HttpRequest, context: dict) -> HttpResponse:
    """The form; sent, the pad itself. What cannot be printed draws no stub."""
    now = timezone.now()
    offices = Office.objects.visible_to(staff_of(request)).order_by("path")
    form = PadForm(request.POST or None, offices=offices, now=now, initial={"office": offices.first()})
    if request.method == "POST" and form.is_valid():
        try:
            return _pad(request, form.cleaned_data, now)
        except NoQuestionnaire:
            form.add_error("period", _("Chưa có mẫu phiếu cho kỳ này."))
        except printing.DoesNotFit:
            form.add_error("period", _("Mẫu phiếu quá dài, không vừa một trang giấy."))
        except printing.NoPango:
            form.add_error(None, _("Máy chủ thiếu thư viện Pango nên chưa in được."))
    shown = context | {"title": _("In phiếu giấy có cuống đánh số"), "form": form}
    return render(request, PAGE, shown, status=422 if form.errors else 200)


def _pad(request: HttpRequest, facts: dict, now) -> HttpResponse:
    box, period = facts["box"], facts["period"]
    questionnaire = questionnaire_of(questionnaire_in_force(on=period.first_day).pk)
    printing.engine()
    ballot = printing.ballot_of(
        box=box, office=facts["office"], label=period.label, questionnaire=questionnaire
    )
    sheets = facts["pages"] * printing.ballots_a_page(ballot)
    printed = pads.make_pad(office=box, sheets=sheets, by=staff_of(request), now=now)
    stubs = [(stub.serial, stub.code) for stub in printed]
    pdf = printing.pad_pdf(stubs, box=box, office=facts["office"], label=period.label, ballot=ballot)
    name = f"phieu-giay-{facts['office'].code}-{period}.pdf"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(pdf, content_type="application/pdf", headers=headers)
