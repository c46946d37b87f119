"""The month on leadership's desk. What is printed comes from the snapshot; here it is only laid out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from reports import charts
from reports.access import may_see_figures
from reports.arithmetic.return_limits import RateInLimits
from reports.arithmetic.wording import counters_err
from reports.charts import handling_times
from reports.documents.gathering import kind_of
from reports.documents.signers import signer_notice
from reports.follow_up import directions, matters, replies
from reports.handling_times import sums
from reports.kept_pages import kept_for_reader
from reports.leadership import layout
from reports.leadership.beside import beside
from reports.leadership.overview_views import offices_of
from reports.month import control_limits, snapshot, wording
from reports.month.figures import Totals
from reports.month.forms import BesideForm, StretchForm, TwoCountersForm, as_counted, one_period
from reports.month.period_totals import periods_in
from reports.month.snapshot import OPEN, SEALED, Snapshot
from reports.month.subordinates import SideBySide, next_below, side_by_side
from reports.standings import history
from surveys.accounts.requests import StaffRequest
from surveys.choices import Role
from surveys.models import Office
from surveys.periods import (
    Month,
    MonthRange,
    Quarter,
    half_year,
    local_day,
    period_of,
    range_of,
    whole_year,
)

YEARS_TO_CHOOSE_FROM = 10


@require_safe
@may_see_figures
def home(request: StaffRequest) -> HttpResponse:
    """To the reader's own office with a box, or to the only one; head office chooses from all."""
    return kept_for_reader(request, make=lambda: _home(request))


def _home(request: StaffRequest) -> HttpResponse:
    visible = Office.objects.with_figures_for(request.user)
    own = request.user.office and request.user.office.sealing_office
    if own and not request.user.has_role(Role.HEAD_OFFICE):
        return redirect("reports:month", office=get_object_or_404(visible, pk=own.pk).code)
    codes = visible.values_list("code", flat=True)[:2]
    return redirect("reports:month", office=codes[0]) if len(codes) == 1 else offices_of(request)


@require_safe
@may_see_figures
def month(request: StaffRequest, office: str) -> HttpResponse:
    """One office over a month, quarter or range of months; without one, over the last that is complete."""
    return kept_for_reader(request, make=lambda: _month(request, office))


def _month(request: StaffRequest, office: str) -> HttpResponse:
    visible = Office.objects.with_figures_for(request.user)
    found = get_object_or_404(visible, code=office)
    now = timezone.now()
    asked = "from" in request.GET or "to" in request.GET
    form = StretchForm(request.GET if asked else None)
    if form.is_valid():
        stretch = one_period(as_counted(form.cleaned_data["stretch"], quarterly=found.quarterly), found)
    else:
        stretch = (
            snapshot.last_complete(found, now=now)
            or snapshot.last_period(found)
            or period_of(now, found.quarterly)
        )
    taken = snapshot.take(office=found, stretch=stretch, now=now)
    if not asked:
        form = StretchForm(
            initial={"from": taken.months.first.short_label, "to": taken.months.last.short_label}
        )
    has_others = visible.exclude(pk=found.pk).exists()
    below = side_by_side(next_below(found, visible.filter(path__startswith=found.path)), taken.months, at=now)
    context = {"form": form, "has_others": has_others, **page_of(taken, below)}
    context |= {
        "beside": beside(taken, request.GET, now=now),
        "beside_form": BesideForm(request.GET.get("with", "")),
        "two_counters": TwoCountersForm([(each.code, each.name) for each in taken.counters], request.GET),
    }
    known = snapshot.known_months(found)
    context |= ways_of(taken, known, now)
    context["campaigns"] = history.line_of(found)
    if known and taken.months.last < known.last:
        context["running"] = layout.running(taken, address=_address(found), now=now)
    context |= clock_of(taken) | follow_up_of(request, taken, now)
    context |= signer_notice(office=taken.office, kind=kind_of(taken), reader=request.user)
    return render(request, "reports/month.html", context, status=422 if form.errors else 200)


# ── What the page is made of ───────────────────────────────────────────────────────────


def page_of(taken: Snapshot, below: SideBySide) -> dict:
    """Everything that is drawn or said of a snapshot and of the offices below."""
    is_open, to_date = taken.state == OPEN, taken.year_to_date
    known = taken.totals.participation
    limits = control_limits.funnel(taken.counters, known, taken.organisations)
    start = charts.funnel_start(limits.values())
    return {
        "month": taken,
        "office": taken.office,
        "draft_words": _("BẢN NHÁP") if taken.state != SEALED and not taken.is_empty else "",
        "below": below,
        "first_glance": layout.glance(wording.first_glance(taken, below)),
        "not_told": wording.not_told(taken),
        "flow": charts.flow(taken.totals, is_open=is_open),
        "bounds": charts.bounds(taken.totals),
        "to_date": (to_date, charts.flow(to_date, is_open=is_open)) if adds_something(taken) else None,
        "rows": (rows := comparison(taken)),
        "compared": layout.compared(rows),
        "by_channel": layout.by_channel(taken.channels),
        "counters": [
            (group, limits.get(group.code), drawn(limits.get(group.code), start)) for group in taken.counters
        ],
        "funnel_start": start,
        "funnel_signals": any(row.is_signal for row in limits.values()),
        "funnel_judged": bool(limits),
        "counter_criteria": [row for row in taken.counter_criteria if row.code],
        "counted": " ".join(filter(None, (wording.counted(taken.totals), wording.long_run(taken)))),
        "organisations": wording.of_organisations(taken),
        "counter_notes": wording.about_groups(taken.counters),
        "procedure_notes": wording.about_groups(taken.procedures),
        "rates": charts.return_rates(taken.over_time, taken.past_in_course),
        "strip": charts.strip(taken.over_time, taken.past_in_course),
        "past_key": charts.past_key(),
        "strip_rows": charts.with_slips(taken.over_time),
        "gaps": charts.gaps(taken.over_time),
        **_said_of_counters(taken, limits),
    }


def _said_of_counters(taken: Snapshot, limits: Mapping[str, RateInLimits]) -> dict[str, str]:
    """What counters that fall outside of the limits mean, and how often that errs; '' where none could be judged."""
    periods_a_year = taken.over_time.periods_a_year
    return {
        "funnel_sentence": control_limits.funnel_sentence(
            limits.values(),
            taken.organisations,
            is_period=taken.period is not None,
            periods_a_year=periods_a_year,
        ),
        "funnel_errs": counters_err(groups=len(limits), periods_a_year=periods_a_year) if limits else "",
    }


def adds_something(taken: Snapshot) -> bool:
    """Whether the year to date holds more than the stretch."""
    to_date = taken.year_to_date
    return (
        to_date.months.first < taken.months.first
        and to_date.participation.issued > taken.totals.participation.issued
    )


def comparison(taken: Snapshot) -> list[tuple[str, Totals]]:
    """The stretch, what it is compared with, and its own periods when it has several."""
    rows = [("", taken.totals), *taken.comparisons]
    return rows + [("", totals) for totals in (taken.own_periods if taken.period is None else ())]


def clock_of(taken: Snapshot) -> dict:
    """Handling times beside the verdict on time, and what of it asks for a decision."""
    rows = sums.clock(taken)
    asking = matters.of_rows(rows, taken.label)
    last = sums.read_until(taken) if rows and taken.state == OPEN else None
    return {
        "clock": [(row, handling_times.dial(row)) for row in rows],
        "clock_read_on": last.read_on if last else None,
        "matters": asking,
        "timed": layout.timed(rows, len(asking)),
    }


def follow_up_of(request: StaffRequest, taken: Snapshot, now: datetime) -> dict:
    """Directions and replies, for those who may read them: leadership and inspectors."""
    if not request.user.has_perm("surveys.read_comments"):
        return {"may_read_follow_up": False}
    periods = periods_in(taken.months)
    writes = request.user.has_perm("surveys.handle_cases") and taken.period is not None
    where = {"office": taken.office.code, "period": str(taken.period)}
    of_month = where if taken.period else {"office": taken.office.code}
    return {
        "may_read_follow_up": True,
        "directions": (rows := directions.on_page(taken.office, periods, at=now)),
        "directed": layout.directed(rows),
        "replies": replies.replies_in(office=taken.office, periods=periods, today=local_day(now)),
        "cases_url": f"{reverse('reports:cases')}?{urlencode(of_month)}",
        "direct_url": reverse("reports:direct", kwargs=where) if writes else "",
    }


def drawn(row: RateInLimits | None, start: int) -> SafeString:
    return charts.in_limits(row, start / 100) if row else charts.NOTHING


# ── The ways to other months ───────────────────────────────────────────────────────────


def ways_of(taken: Snapshot, known: MonthRange | None, now: datetime) -> dict:
    """Links to the stretch before, the one after, and every usual one of the years with slips."""
    months, address = taken.months, _address(taken.office)
    before, after = months.previous(), months.plus(len(months))
    return {
        "before": link(address, before) if before.first.year >= 2000 else None,
        "after": link(address, after) if after.first <= Month.of(now) else None,
        "years": list(years_of(taken, known)),
    }


def years_of(taken: Snapshot, known: MonthRange | None) -> Iterable[dict]:
    """Newest first: the year, its halves, quarters and months, as far as slips were handed out."""
    if known is None:
        return
    address = _address(taken.office)
    first = max(known.first.year, known.last.year - YEARS_TO_CHOOSE_FROM + 1)
    for year in range(known.last.year, first - 1, -1):
        stretches = [whole_year(year), half_year(year, 1), half_year(year, 2)]
        stretches += [range_of(Quarter(year, number)) for number in (1, 2, 3, 4)]
        if not taken.office.quarterly:
            stretches += [range_of(Month(year, number)) for number in range(1, 13)]
        links = [
            link(address, months) | {"current": months == taken.months}
            for months in stretches
            if months.first <= known.last and months.last >= known.first
        ]
        yield {
            "year": str(year),
            "links": links,
            "open": year == min(taken.months.last.year, known.last.year),
        }


def _address(office: Office) -> str:
    return reverse("reports:month", kwargs={"office": office.code})


def link(address: str, months: MonthRange) -> dict:
    return {
        "label": months.label,
        "short": months.short_label,
        "url": f"{address}?from={months.first}&to={months.last}",
    }
