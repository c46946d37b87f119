"""Organisations from a table, for the administration: upload, dry run, store."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from surveys import importing
from surveys.forms_admin import TableForm
from surveys.models import Office
from surveys.spreadsheets import filled

PAGE = "admin/surveys/organisation/import.html"


@require_safe
def template(request: HttpRequest) -> HttpResponse:
    """The empty table with two examples."""
    if not request.user.has_perm("surveys.administer"):
        raise PermissionDenied
    raw = filled.template([importing.CODE, importing.NAME], importing.EXAMPLES)
    name = {"Content-Disposition": 'attachment; filename="mau-to-chuc.csv"'}
    return HttpResponse(raw, content_type="text/csv; charset=utf-8", headers=name)


@require_http_methods(["GET", "HEAD", "POST"])
def import_page(request: HttpRequest, context: dict) -> HttpResponse:
    """The first sending is a dry run, the second one, of the same table, stores it."""
    offices = Office.objects.visible_to(request.user).filter(seals=True)
    form = TableForm(
        request.POST or None, request.FILES or None, offices=offices, initial={"office": offices.first()}
    )
    shown = context | {"title": _("Nhập tổ chức từ tệp"), "form": form}
    if request.method != "POST" or not form.is_valid():
        return render(request, PAGE, shown, status=422 if form.errors else 200)
    facts = form.cleaned_data
    owner, office = request.user.pk, facts["office"]
    raw = facts["file"].read(filled.LARGEST + 1) if facts["file"] else filled.held(facts["held"], owner=owner)
    if raw is None:
        form.add_error("file", _("Lần kiểm tra thử đã quá 30 phút. Xin chọn lại tệp."))
        return render(request, PAGE, shown, status=422)
    try:
        if facts["file"]:
            plan = importing.plan_organisations(office=office, raw=raw)
            token = filled.hold(raw, owner=owner)
            return render(request, PAGE, shown | {"plan": plan, "token": token, "chosen": office})
        done = importing.import_organisations(office=office, raw=raw, actor=request.user, now=timezone.now())
    except filled.TableRefused as refused:
        return render(request, PAGE, shown | {"complaints": refused.complaints}, status=422)
    said = _("Đã thêm %(added)s tổ chức, đổi tên %(renamed)s.")
    messages.success(request, said % {"added": len(done.added), "renamed": len(done.renamed)})
    return HttpResponseRedirect(reverse("admin:surveys_organisation_changelist"))
