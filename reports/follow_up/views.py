"""Follow-up without identifying anyone: the list of cases, one case, requests for contact, and what the house tells its people."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from reports import notices
from reports.follow_up import cases, contacts, replies
from reports.follow_up.forms import CaseForm
from reports.models import Case, CaseState, Contact, Notice, NoticeKind, NoticeOff
from surveys import audit
from surveys.accounts.requests import StaffRequest
from surveys.fields import FindForm
from surveys.models import Office
from surveys.periods import NotAPeriod, local_day, parse_period
from surveys.vietnamese import fold

CASES_A_PAGE, NOTICES_SHOWN, CONTACTS_SHOWN = 25, 10, 50
SENTENCES = {
    cases.MayNotHandle: gettext_lazy("Chỉ lãnh đạo đơn vị và người được giao mới xử lý được vụ việc này."),
    cases.CaseClosed: gettext_lazy("Vụ việc này đã đóng nên giữ nguyên."),
    cases.CauseOrActionMissing: gettext_lazy("Muốn đóng vụ việc, xin ghi nguyên nhân và việc đã làm."),
    cases.DueTooLate: gettext_lazy("Hạn trả lời không muộn hơn ngày cuối của tháng sau kỳ."),
}


@require_http_methods(["GET", "HEAD"])
@never_cache
def index(request: StaffRequest) -> HttpResponse:
    """Leadership and inspectors: the cases of their offices; whoever was asked to look into some: those."""
    reads_all = request.user.has_perm("surveys.read_comments")
    mine = Case.objects.visible_to(request.user)
    if not reads_all and not mine.exists():
        raise PermissionDenied
    now, asked = timezone.now(), _asked(request)
    typed = request.GET.get("q", "").strip()[:80]
    rows = _about(mine.filter(**asked).select_related("office", "owner"), typed)
    query = urlencode(
        {key: request.GET[key] for key in ("office", "period", "state", "q") if request.GET.get(key)}
    )
    context = {
        "page": Paginator(rows, CASES_A_PAGE).get_page(request.GET.get("page")),
        "query": f"{query}&" if query else "",
        "states": CaseState.choices,
        "narrowed": urlencode(
            {key: value for key, value in (("q", typed), ("period", asked.get("period"))) if value}
        ),
        "asked": asked | {"q": typed},
        "find": FindForm(
            _("Tìm vụ việc"),
            typed,
            like=_("Người xử lý, nguyên nhân, việc đã làm"),
            keeps={name: asked.get(name, "") for name in ("state", "period")},
        ),
        "replies": replies.Replies(**mine.filter(**asked).tally(local_day(now))),
        "today": local_day(now),
        "many": reads_all and Office.objects.with_figures_for(request.user)[1:2].exists(),
        "notices": _notices(request, now),
        "contacts": _contacts(request, now),
    }
    return render(request, "reports/cases/index.html", context)


def _about(rows: QuerySet[Case], typed: str) -> QuerySet[Case] | list[Case]:
    """The cases with every typed word, however it is accented, in owner, cause, action, reply, office, period or number.

    What the customer wrote is not searched: it is read in its case, which is written down.
    """
    words = fold(typed).split()
    if not words:
        return rows
    return [row for row in rows if all(word in _searched(row) for word in words)]


def _searched(row: Case) -> str:
    owner = row.owner.get_full_name() if row.owner else ""
    said = (row.pk, owner, row.cause, row.action, row.reply, row.office.short_name, row.period_label)
    return fold(" ".join(map(str, said)))


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def case(request: StaffRequest, pk: str) -> HttpResponse:
    """What one ballot says, without counter and procedure, and what is done about it."""
    found = get_object_or_404(Case.objects.visible_to(request.user).select_related("office", "owner"), pk=pk)
    now, leads = timezone.now(), cases.may_lead(request.user, found.office)
    may_act = leads or found.owner_id == request.user.pk
    if request.method == "POST" and not may_act:
        raise PermissionDenied
    owners = cases.owners_for(found.office)
    form = CaseForm(
        request.POST or None,
        owners=owners,
        may_assign=leads,
        last_day=cases.last_day_of(parse_period(found.period)),
        initial=_known(found),
    )
    status, problem = 200, ""
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                return _handled(request, found, form, now)
            except cases.CaseRefused as fact:
                status, problem = 409, str(SENTENCES[type(fact)])
    context = {
        "case": found,
        "office_name": found.office.short_name,
        "period": parse_period(found.period),
        "words": cases.read(case=found, by=request.user, now=now),
        "form": form,
        "leads": leads,
        "may_act": may_act and found.state != CaseState.CLOSED,
        "causes": cases.causes_of(found.office) if may_act else [],
        "problem": problem,
        "today": local_day(now),
    }
    return render(request, "reports/cases/case.html", context, status=status)


@require_http_methods(["POST"])
def contact_answered(request: StaffRequest, pk: int) -> HttpResponse:
    """Somebody was answered; who it was is erased."""
    found = get_object_or_404(Contact.objects.visible_to(request.user), pk=pk)
    contacts.answer_contact(contact=found, by=request.user, now=timezone.now())
    messages.success(request, _("Đã ghi là đã trả lời; họ tên, cách liên hệ và nội dung đã xoá."))
    return HttpResponseRedirect(reverse("reports:cases"), status=303)


@require_http_methods(["POST"])
def notice_switch(request: StaffRequest, kind: str) -> HttpResponse:
    """Letters of one kind, off or on again."""
    if kind not in NoticeKind.values:
        raise Http404
    on = request.POST.get("on") == "yes"
    notices.switch(user=request.user, kind=NoticeKind(kind), on=on)
    messages.success(request, _("Đã bật thư loại này.") if on else _("Đã tắt thư loại này."))
    return HttpResponseRedirect(reverse("reports:cases"), status=303)


@login_not_required
@csrf_exempt  # a mail program presses the button (RFC 8058); the signed address is what lets it
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def notices_off(request: HttpRequest, token: str) -> HttpResponse:
    """The link of a letter: looking changes nothing, one press does."""
    found = notices.read_token(token)
    if found is None:
        raise Http404
    user, kind = found
    if request.method == "POST":
        notices.switch(user=user, kind=kind, on=False)
    context = {"kind": kind.label, "is_off": request.method == "POST"}
    return render(request, "reports/cases/off.html", context)


# ── Parts of the pages ─────────────────────────────────────────────────────────────────


def _asked(request: StaffRequest) -> dict[str, str]:
    """What the address narrows the list to; nonsense narrows nothing."""
    asked = {}
    if request.GET.get("office"):
        asked["office__code"] = request.GET["office"][:40]
    if request.GET.get("state") in CaseState.values:
        asked["state"] = request.GET["state"]
    with suppress(NotAPeriod):
        asked["period"] = str(parse_period(request.GET.get("period", "")))
    return asked


def _known(found: Case) -> dict:
    names = ("cause", "action", "reply", "due_on", "owner")
    known = {name: getattr(found, name) for name in names}
    return known | {"due_on": found.due_on.isoformat()}


def _handled(request: StaffRequest, found: Case, form: CaseForm, now: datetime) -> HttpResponse:
    close = request.POST.get("act") == "close"
    cases.handle(case=found, by=request.user, now=now, close=close, **form.cleaned_data)
    messages.success(request, _("Đã đóng vụ việc.") if close else _("Đã lưu."))
    where = reverse("reports:cases") if close else reverse("reports:case", args=[found.pk])
    return HttpResponseRedirect(where, status=303)


def _notices(request: StaffRequest, now: datetime) -> dict:
    """The reader's own list; what is shown counts as seen."""
    rows = list(Notice.objects.filter(user=request.user).select_related("office")[:NOTICES_SHOWN])
    off = set(NoticeOff.objects.filter(user=request.user).values_list("kind", flat=True))
    if request.method == "GET" and any(row.seen_at is None for row in rows):
        Notice.objects.filter(user=request.user).unseen().update(seen_at=now)
    kinds = [(kind, label, kind in off) for kind, label in NoticeKind.choices]
    return {"rows": rows, "kinds": kinds, "by_mail": bool(request.user.email)}


def _contacts(request: StaffRequest, now: datetime) -> list[Contact]:
    """Requests that wait; that they were read is written down."""
    rows = Contact.objects.visible_to(request.user).waiting().select_related("office")[:CONTACTS_SHOWN]
    found = list(rows)
    if found:
        audit.record(action=cases.CONTACT_READ, now=now, actor=request.user, contacts=len(found))
    return found
