"""Head office's home, and the list of all offices for whoever reads several: who is late, what came back, where to look."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from io import StringIO
from typing import Any

from defusedcsv import csv
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST, require_safe

from reports import notices
from reports.access import may_see_figures
from reports.arithmetic.shares import grouped, printed, rate_text, share
from reports.arithmetic.suppression import Shown
from reports.charts.sparkline import sparkline
from reports.kept_pages import kept_for_reader
from reports.leadership import overview
from reports.leadership.overview import ORDER, Overview, Row, State
from reports.month.forms import MonthForm
from surveys import audit
from surveys.accounts.requests import StaffRequest
from surveys.audit import Action
from surveys.choices import Role
from surveys.fields import FindForm
from surveys.models import AuditEntry, Office, User
from surveys.periods import range_of
from surveys.vietnamese import fold, short_date, sort_key

REST = timedelta(hours=24)
SORTS: dict[str, Callable[[Row], Any]] = {
    "name": lambda row: sort_key(row.office.short_name),
    "state": lambda row: ORDER.index(row.state),
    "issued": lambda row: -row.known.issued,
    "returned": lambda row: -row.known.returned,
    "rate": lambda row: -row.rate,
    "signals": lambda row: -row.signals,
}
COLUMNS = (
    ("name", gettext_lazy("Đơn vị"), ""),
    ("state", gettext_lazy("Tình trạng kỳ"), ""),
    ("issued", gettext_lazy("Phát ra"), "n"),
    ("returned", gettext_lazy("Thu về"), "n"),
    ("rate", gettext_lazy("Tỷ lệ"), "n"),
    ("", gettext_lazy("Tỷ lệ thu về 13 kỳ"), ""),
    ("", gettext_lazy("Hài lòng cả hai"), "n"),
    ("signals", gettext_lazy("Tín hiệu"), "n"),
)


@require_safe
@may_see_figures
def offices(request: StaffRequest) -> HttpResponse:
    """Every office whose month the reader may open, in one table."""
    return kept_for_reader(request, make=lambda: offices_of(request))


def offices_of(request: StaffRequest) -> HttpResponse:
    now = timezone.now()
    form, seen = _look(request, request.GET.get("period", ""), now)
    asked = {name: request.GET.get(name, "") for name in ("q", "state", "sort")}
    if request.GET.get("format") == "csv":
        return _table(seen, _chosen(seen, asked))
    context = {
        "seen": seen,
        "rows": _lines(_chosen(seen, asked)),
        "find": FindForm(
            _("Tìm đơn vị"),
            asked["q"],
            like=_("Tìm đơn vị, gõ không dấu được"),
            keeps={"period": str(seen.period), "sort": asked["sort"], "state": asked["state"]},
        ),
        "period_form": form,
        "filters": _filters(seen, asked),
        "columns": _columns(seen, asked),
        "four": _four(seen),
        "due_on": short_date(seen.due_on),
        "sealed": grouped(seen.states[State.SEALED]),
        "n": grouped(len(seen.rows)),
        "issued": grouped(seen.together.issued),
        "returned": grouped(seen.together.returned),
        "csv_url": "?" + urlencode({**asked, "period": str(seen.period), "format": "csv"}),
        "appoints_at": _appoints_at(request.user),
        **_reminding(request, seen, now),
    }
    return render(request, "reports/offices.html", context)


@require_POST
@may_see_figures
def remind(request: StaffRequest) -> HttpResponse:
    """One message to the leaders of each office that is late; once a day, and written down."""
    if not request.user.has_role(Role.HEAD_OFFICE):
        raise PermissionDenied
    now = timezone.now()
    _form, seen = _look(request, request.POST.get("period", ""), now)
    if _reminded_at(now) is None and seen.late:
        for row in seen.late:
            if row.late is None:
                continue
            notices.remind_late(office=row.office, period=row.late, days=row.days_late, now=now)
            audit.record(
                action=Action.OFFICES_REMINDED,
                now=now,
                actor=request.user,
                office=row.office,
                subject=str(row.late),
            )
        messages.success(
            request,
            _("Đã nhắc: %(names)s.") % {"names": ", ".join(row.office.short_name for row in seen.late)},
        )
    return HttpResponseRedirect(f"{reverse('reports:offices')}?period={seen.period}")


def _look(request: StaffRequest, typed: str, now: datetime) -> tuple[MonthForm, Overview]:
    """The month that was typed, else the usual one; what is no month is said beside the box."""
    visible, form = Office.objects.with_figures_for(request.user).alphabetical(), MonthForm(typed)
    month = form.cleaned_data["period"] if form.is_valid() else None
    month = month or overview.last_month(offices=visible, now=now)
    form.initial["period"] = str(month)
    return form, overview.look(offices=visible, month=month, now=now)


def _appoints_at(user: User) -> str:
    """Head office's code for its leader, who appoints there; it has no counting room that would lead to it."""
    own = user.office
    return own.code if own and own.is_head and user.has_perm("surveys.delegate") else ""


def _reminded_at(now: datetime) -> datetime | None:
    sent = AuditEntry.objects.filter(action=Action.OFFICES_REMINDED, at__gt=now - REST)
    return sent.order_by("-at").values_list("at", flat=True).first()


def _reminding(request: StaffRequest, seen: Overview, now: datetime) -> dict:
    if not seen.late:
        return {}
    n = len(seen.late)
    return {
        "late": [(row, _late_words(row)) for row in seen.late],
        "remind_label": ngettext("Nhắc đơn vị này", "Nhắc %(n)d đơn vị", n) % {"n": n},
        "may_remind": request.user.has_role(Role.HEAD_OFFICE),
        "reminded_at": _reminded_at(now),
    }


# ── What of it, and in which order ─────────────────────────────────────────────────────


def _chosen(seen: Overview, asked: dict[str, str]) -> list[Row]:
    words = fold(asked["q"]).split()
    rows = [
        row
        for row in seen.rows
        if all(word in fold(f"{row.office.short_name} {row.office.code}") for word in words)
        and (asked["state"] in ("", row.state.value) or (asked["state"] == "signals" and row.signals))
    ]
    name = asked["sort"].removeprefix("-")
    ordered = sorted(rows, key=SORTS.get(name, SORTS["state"]))
    return ordered[::-1] if asked["sort"].startswith("-") else ordered


def _filters(seen: Overview, asked: dict[str, str]) -> list[dict]:
    found = [("", _("Tất cả"), len(seen.rows))]
    found += [(state.value, state.label, seen.states[state]) for state in State if seen.states[state]]
    if seen.with_signals:
        found.append(("signals", _("Có tín hiệu"), seen.with_signals))
    return [
        {
            "label": label,
            "n": grouped(n),
            "is_chosen": value == asked["state"],
            "url": "?" + urlencode({**asked, "state": value, "period": str(seen.period)}),
        }
        for value, label, n in found
    ]


def _columns(seen: Overview, asked: dict[str, str]) -> list[dict]:
    now = asked["sort"] or "state"
    return [
        {
            "label": label,
            "kind": kind,
            "url": "?"
            + urlencode({**asked, "sort": f"-{name}" if now == name else name, "period": str(seen.period)})
            if name
            else "",
            "sorted": {name: "ascending", f"-{name}": "descending"}.get(now, "") if name else "",
        }
        for name, label, kind in COLUMNS
    ]


# ── As it is printed ───────────────────────────────────────────────────────────────────


def _lines(rows: Sequence[Row]) -> list[dict]:
    """The table's lines, flat: a country has seven hundred, and a template looks up each dot of each."""
    stretches = {period: range_of(period) for period in {row.period for row in rows}}
    asked = {period: f"?from={months.first}&to={months.last}" for period, months in stretches.items()}
    return [
        {
            "name": row.office.short_name,
            "quarterly": row.office.quarterly,
            "url": _page_of(row.office.code) + asked[row.period],
            "state": row.state.value,
            "label": row.state.label,
            "late": _late_words(row) if row.late else "",
            "issued": grouped(row.known.issued),
            "returned": grouped(row.known.returned),
            "rate": rate_text(row.known.returned, row.known.issued) if row.known.issued else "–",
            "spark": sparkline(row.rates),
            "satisfied": _satisfied(row.satisfied, row.valid, row.mark),
            "signals": row.signals,
        }
        for row in rows
    ]


@lru_cache(maxsize=2048)
def _page_of(code: str) -> str:
    return reverse("reports:month", args=[code])


def _late_words(row: Row) -> str:
    return _("%(period)s chưa niêm phong, trễ %(days)s ngày") % {
        "period": row.late.label if row.late else "",
        "days": grouped(row.days_late),
    }


def _satisfied(satisfied: int, valid: int, mark: Shown) -> tuple[str, str]:
    """The share, and its count; a share from thirty ballots on, a count from ten on."""
    count = f"{grouped(satisfied)}/{grouped(valid)}"
    if mark is Shown.PERCENT:
        return printed(share(satisfied, valid)), count
    return ("", count) if mark is Shown.COUNTS else ("", "–" if mark is Shown.EMPTY else "<10")


def _four(seen: Overview) -> list[dict]:
    known = seen.together
    told, (part, count) = len(seen.told), _satisfied(seen.satisfied, seen.valid, seen.mark)
    base = _("của %(valid)s phiếu ở %(n)s đơn vị đã niêm phong có từ 10 phiếu hợp lệ") % {
        "valid": grouped(seen.valid),
        "n": grouped(told),
    }
    missing = [row for row in seen.told if row.satisfied < row.valid]
    return [
        {
            "name": _("Phát ra"),
            "figure": grouped(known.issued),
            "share": "",
            "base": _("%(n)s đơn vị") % {"n": grouped(len(seen.rows))},
        },
        {
            "name": _("Thu về"),
            "figure": grouped(known.returned),
            "share": rate_text(known.returned, known.issued) if known.issued else "",
            "base": _("%(n)s không thu về") % {"n": grouped(known.issued - known.returned - known.cancelled)},
        },
        {
            "name": _("Hài lòng cả hai"),
            "figure": grouped(seen.satisfied) if seen.mark.has_counts else count,
            "share": part,
            "base": base,
        },
        {
            "name": _("Không hài lòng"),
            "figure": grouped(seen.valid - seen.satisfied) if seen.mark.has_counts else "–",
            "share": "",
            "base": _("ở %(n)s đơn vị") % {"n": grouped(len(missing))},
        },
    ]


def _table(seen: Overview, rows: list[Row]) -> HttpResponse:
    out = StringIO(newline="")
    lines = csv.writer(out)
    lines.writerow(
        (
            "ma",
            "don_vi",
            "ky",
            "tinh_trang",
            "so_ngay_tre",
            "phat_ra",
            "thu_ve",
            "hop_le",
            "hai_long",
            "tin_hieu",
        )
    )
    for row in rows:
        told = row.mark.has_counts
        lines.writerow(
            (
                row.office.code,
                row.office.short_name,
                row.period,
                row.state.label,
                row.days_late or "",
                row.known.issued,
                row.known.returned,
                row.valid if told else "",
                row.satisfied if told else "",
                row.signals,
            )
        )
    response = HttpResponse(out.getvalue().encode("utf-8-sig"), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="don-vi-{seen.period}.csv"'
    return response
