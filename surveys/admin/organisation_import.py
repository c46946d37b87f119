"""Customer organisations from a table: all rows or none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.transaction import atomic
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from surveys import audit
from surveys.admin.forms import TableForm
from surveys.models import Office, Organisation, User
from surveys.spreadsheets import filled
from surveys.spreadsheets.filled import Complaint, Row, TableRefused, read

CODE, NAME = "Mã", "Tên tổ chức"
EXAMPLES = [["KH001", "Trường THCS Lê Quý Đôn"], ["KH002", "Trung tâm Y tế huyện Đà Bắc"]]


@dataclass(frozen=True)
class Plan:
    """What a table would change; ``same`` rows stand already as they are."""

    added: list[Organisation]
    renamed: list[Organisation]
    same: int


def plan_organisations(*, office: Office, raw: bytes) -> Plan:
    """The dry run. Raises `TableRefused` with everything that is wrong, by row and column."""
    rows = read(raw, required=(CODE, NAME))
    if complaints := _complaints(rows):
        raise TableRefused(complaints)
    standing = {each.code: each for each in Organisation.objects.filter(office=office)}
    plan = Plan([], [], 0)
    same = 0
    for row in rows:
        code, name = row.cells[CODE], row.cells[NAME]
        known = standing.get(code)
        if known is None:
            plan.added.append(Organisation(office=office, code=code, name=name))
        elif known.name != name:
            known.name = name
            plan.renamed.append(known)
        else:
            same += 1
    return Plan(plan.added, plan.renamed, same)


@atomic
def import_organisations(*, office: Office, raw: bytes, actor: User, now: datetime) -> Plan:
    """Store what the dry run said. Raises `TableRefused`; then nothing is stored."""
    plan = plan_organisations(office=office, raw=raw)
    for each in (*plan.added, *plan.renamed):
        each.save()
    audit.record(
        action="nhập danh sách tổ chức",
        actor=actor,
        office=office,
        now=now,
        added=len(plan.added),
        renamed=len(plan.renamed),
    )
    return plan


def _complaints(rows: Sequence[Row]) -> list[Complaint]:
    found, first = [], {}
    for row in rows:
        code, name = row.cells[CODE], row.cells[NAME]
        if not code:
            found.append(Complaint(row.number, CODE, _("Chưa có mã.")))
        elif len(code) > 40:
            found.append(Complaint(row.number, CODE, _("Mã dài quá 40 ký tự.")))
        elif code in first:
            found.append(Complaint(row.number, CODE, _("Trùng mã với dòng %(n)s.") % {"n": first[code]}))
        if not name:
            found.append(Complaint(row.number, NAME, _("Chưa có tên.")))
        elif len(name) > 200:
            found.append(Complaint(row.number, NAME, _("Tên dài quá 200 ký tự.")))
        first.setdefault(code, row.number)
    return found


PAGE = "admin/surveys/organisation/import.html"


@require_safe
def template(request: HttpRequest) -> HttpResponse:
    """The empty table with two examples."""
    if not request.user.has_perm("surveys.administer"):
        raise PermissionDenied
    raw = filled.template([CODE, NAME], EXAMPLES)
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
            plan = plan_organisations(office=office, raw=raw)
            token = filled.hold(raw, owner=owner)
            return render(request, PAGE, shown | {"plan": plan, "token": token, "chosen": office})
        done = import_organisations(office=office, raw=raw, actor=request.user, now=timezone.now())
    except filled.TableRefused as refused:
        return render(request, PAGE, shown | {"complaints": refused.complaints}, status=422)
    said = _("Đã thêm %(added)s tổ chức, đổi tên %(renamed)s.")
    messages.success(request, said % {"added": len(done.added), "renamed": len(done.renamed)})
    return HttpResponseRedirect(reverse("admin:surveys_organisation_changelist"))
