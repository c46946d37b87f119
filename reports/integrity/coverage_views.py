"""How many transactions somebody else counted at each counter: typed by the counting team, or sent as a table."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import wraps

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from reports.integrity import coverage_import, errors, inspection
from reports.integrity import wording as words
from reports.integrity.coverage_import import CODE, COUNT
from reports.integrity.forms import CoverageForm, CoverageTableForm
from reports.models import IndependentCount
from surveys.accounts.requests import StaffRequest
from surveys.fields import TABLE_FILES, FileForm
from surveys.models import Office
from surveys.periods import NotAPeriod, Period, local_day, parse_period
from surveys.spreadsheets import holding
from surveys.spreadsheets.complaints import TableRefused
from surveys.spreadsheets.delimited import empty_table
from surveys.spreadsheets.dry_run import DryRunChanged

OfPeriod = Callable[..., HttpResponse]


def team_page(*methods: str) -> Callable[[OfPeriod], OfPeriod]:
    """Give the view the office whose ballots the reader counts, a period, and now.

    Whoever only reads signals is refused, a stranger finds nothing.
    """

    def decorate(view: OfPeriod) -> OfPeriod:
        @require_http_methods(methods)
        @never_cache
        @wraps(view)
        def answer(request: StaffRequest, office: str, period: str) -> HttpResponse:
            now = timezone.now()
            found = Office.objects.sealing().filter(code=office).first()
            if found is None or not request.user.counts_for(found, local_day(now)):
                if request.user.has_perm("surveys.count_ballots"):
                    raise Http404
                raise PermissionDenied
            try:
                return view(request, found, parse_period(period), now)
            except NotAPeriod as error:
                raise Http404 from error

        return answer

    return decorate


@team_page("GET", "HEAD", "POST")
def coverage(request: StaffRequest, office: Office, period: Period, now: datetime) -> HttpResponse:
    """One number a counter, typed; a table instead is looked at first and stored when it is sent again."""
    if request.FILES or "held" in request.POST or "by_file" in request.POST:
        return _by_table(request, office, period, now)
    form = _typed(office, period, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            inspection.enter_counts(
                office=office,
                period=period,
                counts=form.counts,
                source=form.cleaned_data["source"],
                user=request.user,
                now=now,
            )
        except errors.StuffingRefused as fact:
            form.add_error(None, words.sentence_of(fact))
        else:
            return _stored(request, office, period)
    return _page(request, office, period, form=form, status=422 if form.errors else 200)


@team_page("GET", "HEAD")
def template(request: StaffRequest, office: Office, period: Period, now: datetime) -> HttpResponse:
    """The table with the codes of the office's counters, its numbers empty."""
    rows = [[code, ""] for code in coverage_import.counters_of(office).values_list("code", flat=True)]
    name = {"Content-Disposition": f'attachment; filename="mau-so-dem-{office.code}-{period}.csv"'}
    raw = empty_table([CODE, COUNT], rows)
    return HttpResponse(raw, content_type="text/csv; charset=utf-8", headers=name)


def _by_table(request: StaffRequest, office: Office, period: Period, now: datetime) -> HttpResponse:
    form = CoverageTableForm(request.POST)
    sent, owner = holding.sent_with(request), request.user.pk
    if not form.is_valid():
        return _page(request, office, period, by_file=form, status=422)
    if sent is None:
        form.add_error(None, _("Xin chọn tệp rồi bấm kiểm tra thử."))
        return _page(request, office, period, by_file=form, status=422)
    source = form.cleaned_data["source"]
    hidden: dict[str, object] = {"hidden": {"source": source}}
    try:
        book = sent.book()
        if not sent.digest:
            plans = [
                coverage_import.plan(office=office, period=period, book=book, confirmed=sent.confirmed).shown
            ]
            told = hidden | holding.shown(sent, plans, owner=owner)
            return _page(request, office, period, told, by_file=form)
        coverage_import.enter(
            office=office,
            period=period,
            book=book,
            confirmed=sent.confirmed,
            source=source,
            user=request.user,
            now=now,
            shown=sent.digest,
        )
    except TableRefused as refused:
        told = hidden | holding.refused(sent, refused, owner=owner)
        return _page(request, office, period, told, by_file=form, status=422)
    except DryRunChanged as fact:
        told = hidden | holding.shown(sent, fact.now, owner=owner) | {"changed": True}
        return _page(request, office, period, told, by_file=form, status=409)
    except errors.StuffingRefused as fact:
        form.add_error(None, words.sentence_of(fact))
        return _page(request, office, period, by_file=form, status=422)
    return _stored(request, office, period)


def _typed(office: Office, period: Period, data=None) -> CoverageForm:
    known = coverage_import.standing_counts(office, period)
    said = IndependentCount.objects.of(office).in_period(period).order_by("pk")
    source = said.values_list("source", flat=True).last()
    initial = {f"counter-{pk}": n for pk, n in known.items()} | {"source": source}
    return CoverageForm(coverage_import.counters_of(office), data, initial=initial)


def _page(
    request: StaffRequest,
    office: Office,
    period: Period,
    told: dict[str, object] | None = None,
    *,
    form: CoverageForm | None = None,
    by_file: CoverageTableForm | None = None,
    status: int = 200,
) -> HttpResponse:
    form = form or _typed(office, period)
    context = {
        "office": office,
        "office_name": office.short_name,
        "period": period,
        "form": form,
        "by_file": by_file or CoverageTableForm(initial={"source": form["source"].value()}),
        "upload": FileForm(_("Chọn tệp"), TABLE_FILES),
        **(told or {}),
    }
    return render(request, "reports/signals/coverage.html", context, status=status)


def _stored(request: StaffRequest, office: Office, period: Period) -> HttpResponse:
    messages.success(request, _("Đã ghi số đếm độc lập."))
    return HttpResponseRedirect(reverse("reports:signals_coverage", args=[office.code, period]), status=303)
