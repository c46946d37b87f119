"""The follow-up of the silent, for the inspector alone: no counter, leader or administrator ever opens these pages."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import wraps

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.forms import Form
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from reports.arithmetic.outward_rounding import printed_low
from reports.models import FollowUpChoice, SilentCommitment
from reports.publication import folder
from reports.silent import asking, errors
from reports.silent.forms import NUMBERS, BeaconForm, ChoiceForm, TotalsForm
from reports.silent.wording import sentence_of
from surveys.accounts.requests import StaffRequest
from surveys.choices import Role
from surveys.models import Office, Slip, User
from surveys.periods import parse_period

#: Whoever bears one of these beside the inspector's role does not learn who was silent.
NEVER_SEE = (Role.TELLER, Role.COUNTING, Role.LEADERSHIP, Role.ADMIN)
View = Callable[..., HttpResponse]


def may_ask(user: User) -> bool:
    return user.has_role(Role.INSPECTOR) and not any(user.has_role(role) for role in NEVER_SEE)


def inspectors_page(*methods: str) -> Callable[[View], View]:
    """For an inspector of nothing else; the office, where the address names one, is one of the own subtree or a 404."""

    def decorate(view: View) -> View:
        @require_http_methods(methods)
        @never_cache
        @wraps(view)
        def answer(request: StaffRequest, office: str = "", period: str = "") -> HttpResponse:
            if not may_ask(request.user):
                raise PermissionDenied
            if not office:
                return view(request)
            box = get_object_or_404(Office.objects.with_figures_for(request.user), code=office)
            if not period:
                return view(request, box)
            rows = SilentCommitment.objects.of_period(box, period).select_related(
                "seal__office", "draw__result"
            )
            return view(request, get_object_or_404(rows))

        return answer

    return decorate


@inspectors_page("GET", "HEAD")
def index(request: StaffRequest) -> HttpResponse:
    """Of each office how many are to be asked, and the periods with a commitment."""
    return _index(request)


@inspectors_page("POST")
def choose(request: StaffRequest, office: Office) -> HttpResponse:
    """From the next seal on."""
    form = ChoiceForm(request.POST)
    if not form.is_valid():
        return _index(request, problem=_first(form), status=422)
    asking.choose(office=office, number=form.cleaned_data["number"], user=request.user, now=timezone.now())
    messages.success(request, _("Đã ghi. Áp dụng từ lần niêm phong sau."))
    return HttpResponseRedirect(reverse("reports:silent"), status=303)


@inspectors_page("GET", "HEAD")
def page(request: StaffRequest, commitment: SilentCommitment) -> HttpResponse:
    """The commitment, and whom the draw named; every look is written down."""
    return _page(request, commitment)


@inspectors_page("GET", "HEAD")
def whole_list(request: StaffRequest, commitment: SilentCommitment) -> HttpResponse:
    """``silent.txt``, with which the inspector redoes digest and draw."""
    try:
        text = asking.list_of(commitment)
    except errors.SilentFact as fact:
        return _page(request, commitment, problem=sentence_of(fact), status=409)
    asking.note_look(commitment, user=request.user, now=timezone.now())
    response = HttpResponse(text, content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="silent.txt"'
    return response


@inspectors_page("POST")
def draw(request: StaffRequest, commitment: SilentCommitment) -> HttpResponse:
    """By the public number."""
    return _act(
        request,
        commitment,
        BeaconForm(request.POST),
        asking.draw,
        said=_("Đã bốc thăm. Danh sách chỉ thanh tra được xem."),
    )


@inspectors_page("POST")
def close(request: StaffRequest, commitment: SilentCommitment) -> HttpResponse:
    """The two totals, published at once."""
    return _act(
        request,
        commitment,
        TotalsForm(request.POST),
        _close_and_publish,
        said=_("Đã ghi và công bố kết quả hỏi lại."),
    )


def _close_and_publish(**facts) -> None:
    asking.close(**facts)
    folder.publish(folder.default_root())


def _act(
    request: StaffRequest, commitment: SilentCommitment, form: Form, act: Callable[..., object], *, said: str
) -> HttpResponse:
    """What was typed, through the verb, and back to the page; what stands in the way is said on it."""
    if not form.is_valid():
        return _page(request, commitment, problem=_first(form), status=422)
    try:
        act(commitment=commitment, user=request.user, now=timezone.now(), **form.cleaned_data)
    except errors.SilentFact as fact:
        return _page(request, commitment, problem=sentence_of(fact), status=409)
    messages.success(request, said)
    return _to(commitment)


# ── What the pages are made of ─────────────────────────────────────────────────────────


def _index(request: StaffRequest, *, problem: str = "", status: int = 200) -> HttpResponse:
    offices = Office.objects.with_figures_for(request.user).alphabetical()
    chosen = FollowUpChoice.of_each(offices)
    rows = SilentCommitment.objects.standing().select_related("seal__office", "draw__result")
    periods: dict[int, list[tuple]] = {office.pk: [] for office in offices}
    for row in rows.filter(seal__office__in=periods).order_by("-committed_at"):
        periods[row.seal.office_id].append((parse_period(row.seal.period), row, row.result_found))
    boxes = [
        {"office": office, "number": chosen.get(office.pk, 0), "periods": periods[office.pk]}
        for office in offices
    ]
    context = {"boxes": boxes, "numbers": NUMBERS, "problem": problem}
    return render(request, "reports/silent/index.html", context, status=status)


def _page(
    request: StaffRequest, commitment: SilentCommitment, *, problem: str = "", status: int = 200
) -> HttpResponse:
    seal, rows = commitment.seal, []
    result = commitment.result_found
    if commitment.draw_made and not commitment.is_corrected:
        try:
            rows = list(_drawn(commitment))
        except errors.SilentFact as fact:
            problem = problem or sentence_of(fact)
        asking.note_look(commitment, user=request.user, now=timezone.now())
    called = commitment.called
    context = {
        "office": seal.office,
        "office_name": seal.office.short_name,
        "period": parse_period(seal.period),
        "commitment": commitment,
        "draw": commitment.draw_made,
        "result": result,
        "rows": rows,
        "last_day": asking.last_day(commitment),
        "limits": [
            (lost, printed_low(asking.follow_up(commitment, bad=0, unreached=lost).low))
            for lost in sorted({0, called // 6, called // 3})
        ],
        "problem": problem,
    }
    return render(request, "reports/silent/page.html", context, status=status)


def _drawn(commitment: SilentCommitment) -> Iterator[tuple[str, Slip]]:
    serials = asking.redraw(commitment)
    slips = Slip.objects.of(commitment.seal.office).filter(serial__in=serials)
    known = {
        slip.serial: slip
        for slip in slips.select_related("transaction__organisation", "counter", "procedure")
    }
    yield from ((serial, known[serial]) for serial in serials)


def _first(form) -> str:
    return str(next(iter(form.errors.values()))[0])


def _to(commitment: SilentCommitment) -> HttpResponse:
    seal = commitment.seal
    return HttpResponseRedirect(
        reverse("reports:silent_page", args=[seal.office.code, seal.period]), status=303
    )
