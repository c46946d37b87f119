"""Ý kiến chỉ đạo: written on a month by leadership, answered with a day; inspectors read."""

from __future__ import annotations

from datetime import date

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from reports.follow_up import directions, matters
from reports.follow_up.forms import AnswerForm, DirectionForm
from reports.models import Direction, DirectionEnd
from surveys.accounts.requests import StaffRequest
from surveys.models import Office
from surveys.periods import NotAPeriod, parse_period, range_of
from surveys.vietnamese import clerk_date, short_date

PAGE = 25
may_read = permission_required("surveys.read_comments", raise_exception=True)
may_write = permission_required("surveys.handle_cases", raise_exception=True)
SENTENCES = {
    directions.MayNotDirect: gettext_lazy(
        "Chỉ lãnh đạo của đơn vị này được ghi hoặc trả lời ý kiến chỉ đạo."
    ),
    directions.DueInThePast: gettext_lazy("Thời hạn đã qua; xin chọn từ hôm nay trở đi."),
    directions.AnsweredAlready: gettext_lazy("Ý kiến này đã được trả lời; câu trả lời trước giữ nguyên."),
}


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@may_write
def write(request: StaffRequest, office: str, period: str) -> HttpResponse:
    """One form: what, who, until when. ``?about=`` a procedure that asks for a decision fills it in and quotes why."""
    found = get_object_or_404(Office.objects.with_figures_for(request.user), code=office)
    try:
        month = parse_period(period)
    except NotAPeriod as error:
        raise Http404 from error
    now = timezone.now()
    about = request.GET.get("about", "")
    matter = matters.find(office=found, period=month, code=about, now=now) if about else None
    offered = matters.deadlines(now)
    usual = {"within": matters.next_working_day(now).isoformat()}
    if matter:
        unit = matters.unit_of(office=found, period=month, code=matter.code)
        usual |= {"text": matter.order, "unit": unit, "receiver": directions.head_of(found, unit)}
    form = DirectionForm(request.POST or None, initial=usual, offered=offered)
    if request.method == "POST" and form.is_valid():
        facts, wished = form.cleaned_data, form.cleaned_data["due_on"]
        facts["due_on"] = matters.worked_on(wished)
        try:
            directions.write(office=found, period=month, by=request.user, now=now, **facts)
        except directions.DueInThePast as fact:
            form.add_error("due_on", str(SENTENCES[type(fact)]))
        else:
            _say_written(request, wished, facts["due_on"])
            return HttpResponseRedirect(month_page(found, period), status=303)
    status = 422 if request.method == "POST" else 200
    context = {
        "office_name": found.short_name,
        "period": month,
        "form": form,
        "matter": matter,
        "offered": sorted(offered.items()),
        "units": directions.units_of(found),
        "receivers": directions.receivers_of(found),
        "printed": _printed(form),
        "same": directions.about(found, matter.name, at=now) if matter else [],
        "back": month_page(found, period),
    }
    return render(request, "reports/cases/direct.html", context, status=status)


def _say_written(request: StaffRequest, wished: date, due_on: date) -> None:
    messages.success(request, _("Đã ghi ý kiến chỉ đạo. Ý kiến được in vào báo cáo kế tiếp."))
    if wished != due_on:
        days = {"wished": short_date(wished), "day": short_date(due_on)}
        messages.info(request, _("%(wished)s là ngày nghỉ, nên thời hạn dời đến %(day)s.") % days)


def _printed(form: DirectionForm) -> tuple[str, str, str]:
    """The row of the report as far as it is filled in: text, who, day."""
    chosen = form.offered.get(str(form["within"].value()))
    typed = (form[name].value() or "" for name in ("unit", "receiver"))
    return form["text"].value() or "", directions.given_to(*typed), clerk_date(chosen) if chosen else ""


@require_safe
@never_cache
@may_read
def index(request: StaffRequest) -> HttpResponse:
    """Every direction the reader may see with its state and due day: all, the open ones, or those past their day."""
    now, state = timezone.now(), request.GET.get("state", "")
    rows = (
        Direction.objects.visible_to(request.user).select_related("office", "author").in_state(state, at=now)
    )
    page = Paginator(rows.order_by("-written_at", "-pk"), PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "rows": [directions.told(row, at=now) for row in page],
        "state": state,
        "query": f"state={state}&" if state in ("open", "late", "answered") else "",
        "states": [
            ("", _("Tất cả")),
            ("open", _("Đang làm")),
            ("late", _("Quá hạn")),
            ("answered", _("Đã trả lời")),
        ],
    }
    return render(request, "reports/cases/directions.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@may_read
def direction(request: StaffRequest, pk: int) -> HttpResponse:
    """One direction with its answer, or the form for it."""
    rows = Direction.objects.visible_to(request.user).select_related("office", "author", "answered_by")
    found, now = get_object_or_404(rows, pk=pk), timezone.now()
    if request.method == "POST" and not directions.may_direct(request.user, found.office):
        raise PermissionDenied
    form, status = AnswerForm(request.POST or None), 422 if request.method == "POST" else 200
    if request.method == "POST" and form.is_valid():
        end = DirectionEnd(form.cleaned_data["end"])
        try:
            directions.answer(
                direction=found, by=request.user, end=end, text=form.cleaned_data["text"], now=now
            )
        except directions.DirectionRefused as fact:
            messages.error(request, SENTENCES[type(fact)])
        else:
            messages.success(request, _("Đã ghi trả lời."))
        return HttpResponseRedirect(month_page(found.office, found.period), status=303)
    context = {
        "office_name": found.office.short_name,
        "row": directions.told(found, at=now),
        "period": parse_period(found.period),
        "back": month_page(found.office, found.period),
        "form": form,
        "ends": DirectionEnd.choices,
        "may_answer": directions.may_direct(request.user, found.office),
    }
    return render(request, "reports/cases/direction.html", context, status=status)


def month_page(office: Office, period: str) -> str:
    """The page of leadership on which the period stands."""
    months = range_of(parse_period(period))
    address = reverse("reports:month", kwargs={"office": office.code})
    return f"{address}?from={months.first}&to={months.last}#directions"
