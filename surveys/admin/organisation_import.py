"""Customer organisations from a table: all rows or none."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.contrib import messages
from django.db.transaction import atomic
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from surveys import audit
from surveys.accounts.requests import staff_of
from surveys.admin.base import may_administer
from surveys.admin.forms import TableForm
from surveys.audit import Action
from surveys.models import Office, Organisation, User
from surveys.spreadsheets import holding
from surveys.spreadsheets.book import Book
from surveys.spreadsheets.columns import Code, Text
from surveys.spreadsheets.complaints import Complaint, TableRefused
from surveys.spreadsheets.delimited import empty_table
from surveys.spreadsheets.dry_run import DryRun, DryRunChanged, confirm, dry_run_of
from surveys.spreadsheets.tables import Column, FilledRow, Table, read_table
from surveys.vietnamese import fold

CODE, NAME = "Mã", "Tên tổ chức"
EXAMPLES = [["KH001", "Trường THCS Lê Quý Đôn"], ["KH002", "Trung tâm Y tế huyện Đà Bắc"]]
#: How the programs of accountants and shops head them.
CODED = ("Mã khách hàng", "Mã KH", "Mã tổ chức", "Mã đơn vị", "Mã khách", "Mã đối tượng")
NAMED = ("Tên", "Tên khách hàng", "Tên đơn vị", "Tên khách", "Tên đối tượng", "Tổ chức", "Khách hàng")
TABLE = Table(
    (
        Column(CODE, Code(40), empty="Chưa có mã.", unique=True, also=CODED),
        Column(NAME, Text(200, "Tên"), empty="Chưa có tên.", also=NAMED),
    )
)
BATCH = 500
# Who waits for SQLite looks again every tenth of a second at the latest: no shorter gap is met for certain.
BREATH_SECONDS = 0.11


@dataclass(frozen=True)
class Plan:
    """What a table would change; ``same`` rows stand already as they are."""

    added: list[Organisation]
    renamed: list[Organisation]
    same: int
    shown: DryRun


def plan_organisations(*, office: Office, book: Book, confirmed: Iterable[str] = ()) -> Plan:
    """The dry run. Raises `TableRefused` with everything that is wrong, by sheet, row and column."""
    standing = dict(Organisation.objects.filter(office=office).values_list("code", "name"))
    filled = read_table(book, TABLE, confirmed, known={CODE: standing})
    filled.complaints += _only_capitals_differ(filled.rows, standing)
    filled.refuse_if_wrong()
    shown = dry_run_of(
        filled,
        title=office.code,
        key=lambda row: str(row[CODE]),
        standing={code: (code, name) for code, name in standing.items()},
    )
    made = [
        Organisation(office=office, code=row[CODE], name=row[NAME], folded=fold(row[NAME]))
        for row in filled.rows
        if standing.get(row[CODE]) != row[NAME]
    ]
    return Plan(
        [each for each in made if each.code not in standing],
        [each for each in made if each.code in standing],
        shown.same,
        shown,
    )


def import_organisations(
    *, office: Office, book: Book, actor: User, now: datetime, shown: str = "", confirmed: Iterable[str] = ()
) -> Plan:
    """Store what the dry run said; with ``shown`` only if it still has that digest.

    In batches, so that no other writer waits for all of them; whoever sends the table again after a batch was lost
    stores the rest. Raises `TableRefused` and `DryRunChanged`; then nothing is stored.
    """
    plan = plan_organisations(office=office, book=book, confirmed=confirmed)
    if shown:
        confirm([plan.shown], shown)
    audit.record(
        action=Action.ORGANISATIONS_IMPORTED,
        actor=actor,
        office=office,
        now=now,
        added=len(plan.added),
        renamed=len(plan.renamed),
    )
    changed = [*plan.added, *plan.renamed]
    for start in range(0, len(changed), BATCH):
        if start:
            time.sleep(BREATH_SECONDS)
        with atomic():
            Organisation.objects.bulk_create(
                changed[start : start + BATCH],
                update_conflicts=True,
                unique_fields=["office", "code"],
                update_fields=["name", "folded"],
            )
    return plan


def _only_capitals_differ(rows: Sequence[FilledRow], standing: Mapping[str, str]) -> list[Complaint]:
    by_folded = {code.casefold(): code for code in standing}
    found = []
    for row in rows:
        known = by_folded.get(row[CODE].casefold())
        if known and row[CODE] not in standing:
            words = _("Đã có mã “%(code)s”, chỉ khác chữ hoa, chữ thường.")
            found.append(row.complaint(CODE, words % {"code": known}))
    return found


PAGE = "surveys/setup_room/organisation_import.html"


@require_safe
@may_administer
def template(request: HttpRequest) -> HttpResponse:
    """The empty table with two examples."""
    raw = empty_table([CODE, NAME], EXAMPLES)
    name = {"Content-Disposition": 'attachment; filename="mau-to-chuc.csv"'}
    return HttpResponse(raw, content_type="text/csv; charset=utf-8", headers=name)


@require_http_methods(["GET", "HEAD", "POST"])
@may_administer
def import_page(request: HttpRequest) -> HttpResponse:
    """The first sending is a dry run, the second one, of the same table, stores it."""
    offices = Office.objects.visible_to(staff_of(request)).filter(seals=True)
    form = TableForm(
        request.POST or None, request.FILES or None, offices=offices, initial={"office": offices.first()}
    )
    shown: dict = {"tab": "organisations", "form": form}
    if request.method != "POST" or not form.is_valid():
        return render(request, PAGE, shown, status=422 if form.errors else 200)
    owner, office = request.user.pk, form.cleaned_data["office"]
    sent = holding.sent_with(request)
    if sent is None:
        form.add_error("file", _("Lần kiểm tra thử đã quá 30 phút. Xin chọn lại tệp."))
        return render(request, PAGE, shown, status=422)
    shown |= {"hidden": {"office": office.pk}, "chosen": office}
    try:
        about = {"office": office, "book": sent.book(), "confirmed": sent.confirmed}
        if not sent.digest:
            plans = [plan_organisations(**about).shown]
            return render(request, PAGE, shown | holding.shown(sent, plans, owner=owner))
        done = import_organisations(**about, actor=staff_of(request), now=timezone.now(), shown=sent.digest)
    except TableRefused as refused:
        return render(request, PAGE, shown | holding.refused(sent, refused, owner=owner), status=422)
    except DryRunChanged as fact:
        shown |= holding.shown(sent, fact.now, owner=owner) | {"changed": True}
        return render(request, PAGE, shown, status=409)
    said = _("Đã thêm %(added)s tổ chức, đổi tên %(renamed)s.")
    messages.success(request, said % {"added": len(done.added), "renamed": len(done.renamed)})
    return HttpResponseRedirect(reverse("surveys:setup_organisations"))
