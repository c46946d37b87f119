"""Signals of stuffing: one page a period for leadership and inspectors; cases, counts and call-backs beside it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import wraps

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from reports.arithmetic.shares import rate_text
from reports.arithmetic.statistics import most_bad_when_none_seen
from reports.integrity import errors, inspection
from reports.integrity import wording as words
from reports.integrity.forms import SIZES, CallForm, DispositionForm, DrawForm
from reports.models import (
    CallBack,
    CallBackList,
    CallBackOutcome,
    DispositionKind,
    SignalCase,
    SignalDisposition,
    SignalReading,
)
from surveys import audit
from surveys.accounts.requests import StaffRequest
from surveys.audit import Action
from surveys.models import Office
from surveys.periods import NotAPeriod, Period, parse_period

PERIODS_SHOWN = 15
OfPeriod = Callable[..., HttpResponse]


def signals_page(*methods: str, right: str = "surveys.read_signals") -> Callable[[OfPeriod], OfPeriod]:
    """Give the view an office whose figures the user may read, a period, and now. A stranger's office is a 404."""

    def decorate(view: OfPeriod) -> OfPeriod:
        @require_http_methods(methods)
        @never_cache
        @wraps(view)
        def answer(request: StaffRequest, office: str, period: str, **kwargs) -> HttpResponse:
            if not request.user.has_perm(right):
                raise PermissionDenied
            found = get_object_or_404(Office.objects.with_figures_for(request.user), code=office)
            try:
                return view(request, found, parse_period(period), timezone.now(), **kwargs)
            except NotAPeriod as error:
                raise Http404 from error

        return answer

    return decorate


@require_http_methods(["GET", "HEAD"])
@never_cache
def index(request: StaffRequest) -> HttpResponse:
    """Every office: the periods that need a look, one line for all the others."""
    if not request.user.has_perm("surveys.read_signals"):
        raise PermissionDenied
    offices = Office.objects.with_figures_for(request.user).alphabetical()
    boxes = [_told(office, _periods(office)) for office in offices]
    return render(request, "reports/signals/index.html", {"boxes": boxes})


@signals_page("GET", "HEAD")
def period(request: StaffRequest, office: Office, period: Period, now: datetime) -> HttpResponse:
    """What was found, for somebody who never learned statistics; that it was read is written down."""
    audit.record(action=Action.SIGNALS_READ, actor=request.user, office=office, subject=str(period), now=now)
    return _page(request, office, period)


@require_http_methods(["POST"])
def dispose(request: StaffRequest, pk: int) -> HttpResponse:
    """The inspector's word on a case."""
    now = timezone.now()
    if not request.user.has_perm("surveys.inspect"):
        raise PermissionDenied
    visible = SignalCase.objects.filter(office__in=Office.objects.with_figures_for(request.user))
    case = get_object_or_404(visible.select_related("office"), pk=pk)
    period = parse_period(case.period)
    form = DispositionForm(request.POST)
    if not form.is_valid():
        return _page(request, case.office, period, form=form, of=case, status=422)
    facts = form.cleaned_data | {"kind": DispositionKind(form.cleaned_data["kind"])}
    try:
        inspection.dispose(case=case, user=request.user, now=now, **facts)
    except errors.StuffingRefused as fact:
        form.add_error("kind", words.sentence_of(fact))
        return _page(request, case.office, period, form=form, of=case, status=409)
    messages.success(request, _("Đã ghi. Lời đã ghi không sửa, không xoá được."))
    return _to("signals_period", case.office, period)


@signals_page("GET", "HEAD", "POST", right="surveys.inspect")
def calls(request: StaffRequest, office: Office, period: Period, now: datetime) -> HttpResponse:
    """The inspector's list; drawn by chance when sent for the first time."""
    problem, form = "", DrawForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            size = form.cleaned_data["size"]
            inspection.draw_call_backs(office=office, period=period, size=size, user=request.user, now=now)
        except errors.StuffingRefused as fact:
            problem = words.sentence_of(fact)
        else:
            return _to("signals_calls", office, period)
    audit.record(
        action=Action.CALL_BACKS_READ, actor=request.user, office=office, subject=str(period), now=now
    )
    status = 409 if problem else 422 if form.errors else 200
    return _calls_page(request, office, period, problem=problem, form=form, status=status)


@signals_page("POST", right="surveys.inspect")
def call(request: StaffRequest, office: Office, period: Period, now: datetime, pk: int) -> HttpResponse:
    """What the customer said on the telephone."""
    mine = CallBack.objects.filter(list__office=office, list__period=str(period)).select_related(
        "list__office"
    )
    found = get_object_or_404(mine, pk=pk)
    form = CallForm(request.POST)
    if not form.is_valid():
        problem = str(next(iter(form.errors.values()))[0])
        return _calls_page(request, office, period, problem=problem, status=422)
    outcome = CallBackOutcome(form.cleaned_data["outcome"])
    inspection.enter_call(
        call=found, outcome=outcome, note=form.cleaned_data["note"], user=request.user, now=now
    )
    messages.success(request, _("Đã ghi cuộc gọi số %(n)s.") % {"n": found.number})
    return _to("signals_calls", office, period)


# ── What the pages are made of ─────────────────────────────────────────────────────────


def _page(
    request: StaffRequest,
    office: Office,
    period: Period,
    *,
    form: DispositionForm | None = None,
    of: SignalCase | None = None,
    status: int = 200,
) -> HttpResponse:
    reading = SignalReading.objects.standing(office, period)
    counters = reading.document["counters"] if reading else []
    cases = _cases(office, period, counters)
    drawn = CallBackList.objects.of(office).in_period(period).first()
    context = {
        "office": office,
        "office_name": office.short_name,
        "period": period,
        "periods": _periods(office),
        "reading": reading,
        "counters": [_row(each) for each in counters],
        "without_customers": any(not each["knows_customers"] and each["timed"] for each in counters),
        "too_many": any(each["too_many"] for each in counters),
        "sentence": words.first_glance(counters, cases),
        "cases": cases,
        "inspects": request.user.has_perm("surveys.inspect"),
        "form": form,
        "unsaid": DispositionForm(),
        "of": of,
        "rules": [(words.NAMES[code], rule) for code, rule in words.RULES.items()],
        "limits": [(n, words.percent(float(most_bad_when_none_seen(n)))) for n in SIZES],
        "proof": inspection.proof_of(drawn) if drawn else None,
        "attempts": inspection.attempts_of(office, period),
    }
    return render(request, "reports/signals/period.html", context, status=status)


def _row(counter: dict) -> dict:
    times = counter["times"].get("from_issue")
    counted = counter["counted"]
    return counter | {
        "return_rate": rate_text(counter["returned"], counter["issued"]),
        "median": _minutes(times[1]) if times else "–",
        "coverage": rate_text(min(counter["issued"], counted), counted) if counted else "–",
        "signals": [
            words.words_of(each, knows_customers=counter["knows_customers"]) for each in counter["findings"]
        ],
    }


def _minutes(seconds: int) -> str:
    if seconds < 90:
        return _("%(n)s giây") % {"n": seconds}
    if seconds < 5400:
        return _("%(n)s phút") % {"n": round(seconds / 60)}
    return _("%(n)s giờ") % {"n": round(seconds / 3600)}


@dataclass(frozen=True)
class CaseShown:
    """A case as its card shows it. ``told``: its signals in words."""

    pk: int
    name: str
    told: list[words.SignalWords]
    words_said: list[SignalDisposition]
    must_explain: bool
    is_open: bool


def _cases(office: Office, period: Period, counters: list[dict]) -> list[CaseShown]:
    known = {each["code"]: each for each in counters}
    found = (
        SignalCase.objects.of(office).in_period(period).prefetch_related("signals", "dispositions__author")
    )
    shown = []
    for case in found:
        about = known.get(case.counter, {"name": case.counter, "knows_customers": True})
        findings = [json.loads(signal.text) for signal in case.signals.all()]
        said = list(case.dispositions.all())
        explained = any(word.kind == DispositionKind.EXPLAINED for word in said)
        told = [words.words_of(each, knows_customers=about["knows_customers"]) for each in findings]
        shown.append(
            CaseShown(
                pk=case.pk,
                name=about["name"],
                told=told,
                words_said=said,
                must_explain=len(findings) >= inspection.SIGNALS_TO_EXPLAIN and not explained,
                is_open=not said or said[-1].kind not in inspection.CLOSING,
            )
        )
    return shown


def _periods(office: Office) -> list[tuple[Period, int, bool]]:
    """Periods with a reading: (period, number of cases, is final), the latest first."""
    readings = SignalReading.objects.of(office).order_by("pk").values_list("period", "is_final")
    cases = list(SignalCase.objects.of(office).values_list("period", flat=True))
    found: list[tuple[Period, int, bool]] = [
        (parse_period(text), cases.count(text), final) for text, final in dict(readings).items()
    ]
    return sorted(found, key=lambda row: row[0].last_day, reverse=True)[:PERIODS_SHOWN]


def _told(office: Office, periods: list[tuple[Period, int, bool]]) -> dict:
    """Periods with cases or not final yet stand by themselves; the others in a line, the latest first."""
    return {
        "office": office,
        "shown": [row for row in periods if row[1] or not row[2]],
        "calm": [period for period, cases, is_final in periods if is_final and not cases],
    }


def _calls_page(
    request: StaffRequest,
    office: Office,
    period: Period,
    *,
    problem: str = "",
    form: DrawForm | None = None,
    status: int = 200,
) -> HttpResponse:
    drawn = CallBackList.objects.of(office).in_period(period).select_related("drawn_by").first()
    rows = []
    if drawn:
        about = ("transaction__organisation", "transaction__counter", "transaction__procedure")
        rows = list(drawn.calls.select_related(*about).prefetch_related("results__author"))
    context = {
        "office": office,
        "office_name": office.short_name,
        "period": period,
        "drawn": drawn,
        "rows": [
            (row, next(iter(reversed(row.results.all())), None), CallForm(auto_id=f"%s-{row.pk}"))
            for row in rows
        ],
        "draw_form": DrawForm(),
        "proof": inspection.proof_of(drawn) if drawn else None,
        "limits": [(n, words.percent(float(most_bad_when_none_seen(n)))) for n in SIZES],
        "problem": problem or (next(iter(form.errors.values()))[0] if form and form.errors else ""),
    }
    return render(request, "reports/signals/calls.html", context, status=status)


def _to(name: str, office: Office, period: Period) -> HttpResponse:
    return HttpResponseRedirect(reverse(f"reports:{name}", args=[office.code, period]), status=303)
