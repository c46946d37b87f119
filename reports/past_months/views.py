"""Old paper months, for the counting team: template, dry run, store, take a line out again."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from reports.models import PastPaper
from reports.past_months import entry, printed
from surveys.accounts.requests import StaffRequest
from surveys.fields import TABLE_FILES, FileForm
from surveys.models import Office
from surveys.periods import local_day
from surveys.reference.errors import NoQuestionnaire
from surveys.spreadsheets import holding
from surveys.spreadsheets.complaints import TableRefused
from surveys.spreadsheets.delimited import empty_table
from surveys.spreadsheets.dry_run import DryRunChanged

OfTeam = Callable[..., HttpResponse]
PAGE = "reports/counting/past.html"
EXAMPLE = {entry.FROM: "5/2021", entry.ISSUED: "317", entry.RETURNED: "268"}


def team_page(*methods: str) -> Callable[[OfTeam], OfTeam]:
    """Give the view the office whose ballots the reader counts: another role is a 403, another office a 404."""

    def decorate(view: OfTeam) -> OfTeam:
        @require_http_methods(methods)
        @never_cache
        @wraps(view)
        def answer(request: StaffRequest, office: str, **kwargs) -> HttpResponse:
            today = local_day(timezone.now())
            if not request.user.has_perm("surveys.count_ballots"):
                raise PermissionDenied
            boxes = [box for box in Office.objects.filter(code=office) if request.user.counts_for(box, today)]
            found = get_object_or_404(Office, pk__in=[box.pk for box in boxes])
            return view(request, found, **kwargs)

        return answer

    return decorate


@team_page("GET", "HEAD", "POST")
def page(request: StaffRequest, office: Office) -> HttpResponse:
    """The first sending is a dry run, the second one, of the same table, stores it."""
    if request.method != "POST":
        return _page(request, office)
    sent, owner, now = holding.sent_with(request), request.user.pk, timezone.now()
    if sent is None:
        return _page(request, office, {"problem": _("Xin chọn tệp rồi bấm kiểm tra thử.")}, status=422)
    try:
        book = sent.book()
        if not sent.digest:
            shown = entry.plan(office=office, book=book, confirmed=sent.confirmed, now=now).shown
            return _page(request, office, holding.shown(sent, [shown], owner=owner))
        stored = entry.enter(
            office=office,
            book=book,
            confirmed=sent.confirmed,
            now=now,
            actor=request.user,
            shown=sent.digest,
        )
    except TableRefused as refused:
        return _page(request, office, holding.refused(sent, refused, owner=owner), status=422)
    except DryRunChanged as fact:
        again = holding.shown(sent, fact.now, owner=owner) | {"changed": True}
        return _page(request, office, again, status=409)
    except NoQuestionnaire:
        words = _("Chưa có mẫu phiếu cho hôm nay. Xin báo người quản trị.")
        return _page(request, office, {"problem": words}, status=409)
    messages.success(request, _("Đã nhập %(n)s dòng từ sổ giấy.") % {"n": len(stored)})
    return _back(office)


@team_page("GET", "HEAD")
def template(request: StaffRequest, office: Office) -> HttpResponse:
    """The empty table, its columns named by today's questionnaire, with one example."""
    columns = [column.heading for column in entry.table_of(timezone.now()).columns]
    raw = empty_table(columns, [[EXAMPLE.get(column, "") for column in columns]])
    name = {"Content-Disposition": 'attachment; filename="mau-so-giay.csv"'}
    return HttpResponse(raw, content_type="text/csv; charset=utf-8", headers=name)


@team_page("POST")
def withdraw(request: StaffRequest, office: Office, pk: int) -> HttpResponse:
    line = get_object_or_404(PastPaper.objects.of(office), pk=pk)
    entry.withdraw(past=line, actor=request.user, now=timezone.now())
    messages.success(request, _("Đã bỏ dòng này khỏi số liệu nhập từ sổ giấy."))
    return _back(office)


def _page(
    request: StaffRequest, office: Office, told: dict[str, object] | None = None, *, status: int = 200
) -> HttpResponse:
    upload = FileForm(_("Chọn tệp"), TABLE_FILES)
    shown = {"office": office, "lines": printed.lines_of(office), "upload": upload} | (told or {})
    return render(request, PAGE, shown, status=status)


def _back(office: Office) -> HttpResponse:
    return HttpResponseRedirect(reverse("reports:past", args=[office.code]), status=303)
