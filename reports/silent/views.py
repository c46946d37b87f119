"""The follow-up of the silent, for the inspector alone: no counter, leader or administrator ever opens these pages."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
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

from reports.arithmetic.outward_rounding import printed_low
from reports.arithmetic.wording import follow_up_standing
from reports.models import FollowUpChoice, SilentCommitment
from reports.silent import acts, asking, errors
from reports.silent import letters as silent_letters
from reports.silent.forms import ChoiceForm
from reports.silent.wording import sentence_of
from surveys.accounts.requests import StaffRequest
from surveys.campaigns import mailings
from surveys.choices import Role
from surveys.models import Office, User
from surveys.periods import local_day, parse_period

#: Whoever bears one of these beside the inspector's role does not learn who was silent.
NEVER_SEE = (Role.TELLER, Role.COUNTING, Role.LEADERSHIP, Role.HEAD_OFFICE, Role.ADMIN)
View = Callable[..., HttpResponse]


def may_ask(user: User) -> bool:
    return user.has_role(Role.INSPECTOR) and not any(user.has_role(role) for role in NEVER_SEE)


def inspectors_page(*methods: str) -> Callable[[View], View]:
    """For an inspector of nothing else; an office in the address that is not the inspector's own is a 404."""

    def decorate(view: View) -> View:
        @require_http_methods(methods)
        @never_cache
        @wraps(view)
        def answer(request: StaffRequest, office: str = "", period: str = "") -> HttpResponse:
            if not may_ask(request.user):
                raise PermissionDenied
            if not office:
                return view(request)
            box = get_object_or_404(Office.objects.whose_silent_are_asked_by(request.user), code=office)
            if not period:
                return view(request, box)
            rows = SilentCommitment.objects.of_period(box, period).select_related(*asking.ALL_OF_IT)
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
    except errors.SilentRefused as fact:
        return _page(request, commitment, problem=sentence_of(fact), status=409)
    asking.note_look(commitment, user=request.user, now=timezone.now())
    response = HttpResponse(text, content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="silent.txt"'
    return response


@inspectors_page("POST")
def draw(request: StaffRequest, commitment: SilentCommitment) -> HttpResponse:
    """By the public number."""
    return _act(request, commitment, acts.Draw)


@inspectors_page("POST")
def letters(request: StaffRequest, commitment: SilentCommitment) -> HttpResponse:
    """A second slip by e-mail to those whose address was typed."""
    return _act(request, commitment, acts.Letters)


@inspectors_page("POST")
def close(request: StaffRequest, commitment: SilentCommitment) -> HttpResponse:
    """The totals of the calls beside the letters' answers, published at once."""
    return _act(request, commitment, acts.Close)


def _act(request: StaffRequest, commitment: SilentCommitment, kind: type[acts.Act]) -> HttpResponse:
    """First what the act will do, then, confirmed, the act; none can be undone. What stands in the way is said where it was typed."""
    act, now = kind(commitment, request.POST), timezone.now()
    if not act.form.is_valid():
        return _page(request, commitment, act=act, problem=_first(act.form), status=422)
    if "back" in request.POST:
        return _page(request, commitment, act=act)
    try:
        if "confirmed" not in request.POST:
            return _confirm(request, commitment, act, act.foretold(now=now))
        act.do(user=request.user, now=now)
    except errors.SilentRefused as fact:
        return _page(request, commitment, act=act, problem=sentence_of(fact), status=409)
    messages.success(request, str(act.said))
    return _to(commitment)


def _confirm(
    request: StaffRequest, commitment: SilentCommitment, act: acts.Act, told: list[str]
) -> HttpResponse:
    context = {
        "title": act.title,
        "button": act.button,
        "told": told,
        "kept": [(name, act.form[name]) for name in act.form.fields],
        "action": request.path,
        "period": parse_period(commitment.seal.period),
        "office_name": commitment.seal.office.short_name,
    }
    return render(request, "reports/silent/confirm.html", context)


# ── What the pages are made of ─────────────────────────────────────────────────────────


def _index(request: StaffRequest, *, problem: str = "", status: int = 200) -> HttpResponse:
    offices = Office.objects.whose_silent_are_asked_by(request.user).alphabetical()
    chosen = FollowUpChoice.of_each(offices)
    rows = SilentCommitment.objects.standing().select_related(*asking.ALL_OF_IT)
    periods: dict[int, list[tuple]] = {office.pk: [] for office in offices}
    today = local_day(timezone.now())
    for row in rows.filter(seal__office__in=periods).order_by("-committed_at"):
        is_overdue = asking.last_day(row) < today
        periods[row.seal.office_id].append((parse_period(row.seal.period), row, row.result_found, is_overdue))
    boxes = [
        {
            "office": office,
            "form": ChoiceForm(initial={"number": chosen.get(office.pk, 0)}, auto_id=f"%s-{office.pk}"),
            "periods": periods[office.pk],
        }
        for office in offices
    ]
    context = {"boxes": boxes, "problem": problem}
    return render(request, "reports/silent/index.html", context, status=status)


def _page(
    request: StaffRequest,
    commitment: SilentCommitment,
    *,
    act: acts.Act | None = None,
    problem: str = "",
    status: int = 200,
) -> HttpResponse:
    seal, rows, now = commitment.seal, [], timezone.now()
    forms = {kind.name: kind(commitment).form for kind in acts.ALL} | ({act.name: act.form} if act else {})
    to_write = act.form if isinstance(act, acts.Letters) else acts.Letters(commitment).form
    if commitment.draw_made and not commitment.is_corrected:
        try:
            rows = list(enumerate(asking.called_slips(commitment), 1))
        except errors.SilentRefused as fact:
            problem = problem or sentence_of(fact)
        asking.note_look(commitment, user=request.user, now=now)
    promise = asking.promise_of(commitment)
    context = {
        "office": seal.office,
        "office_name": seal.office.short_name,
        "period": parse_period(seal.period),
        "commitment": commitment,
        "promise": promise,
        "is_overdue": promise.is_overdue(local_day(now)),
        "draw": commitment.draw_made,
        "result": commitment.result_found,
        "said": follow_up_standing(asking.standing(commitment)),
        "rows": [(place, *row, to_write.of(place)) for place, row in rows],
        "forms": forms,
        "limits": _limits(commitment),
        "problem": problem,
        **_of_letters(commitment, now),
    }
    is_open = not (context["result"] or context["is_overdue"] or commitment.is_corrected)
    context |= {"is_open": is_open, "may_write": is_open and context.get("letters_until") is not None}
    return render(request, "reports/silent/page.html", context, status=status)


def _limits(commitment: SilentCommitment) -> list[tuple[int, str]]:
    """What could be proved at best with so many not reached."""
    called = commitment.called
    return [
        (lost, printed_low(asking.follow_up(commitment, bad=0, unreached=lost).low))
        for lost in sorted({0, called // 6, called // 3})
    ]


def _of_letters(commitment: SilentCommitment, now: datetime) -> dict:
    """``letters_until``: the last day of letters that could go now, None when it is too late; ``letters``: those that went,
    with ``is_counted``, ``answers`` and what became of the mailing."""
    sent = commitment.letters_sent
    if sent is None:
        return {"letters_until": silent_letters.last_day_or_none(commitment, now=now)}
    try:
        answers, is_counted = silent_letters.answers(commitment, now=now), True
    except errors.LettersOut:
        answers, is_counted = None, False
    return {
        "letters": sent,
        "places": sent.places_sent,
        "telephoned": commitment.called - sent.sent,
        "is_counted": is_counted,
        "answers": answers,
        "mailing": mailings.under_way(sent.campaign),
    }


def _first(form) -> str:
    return str(next(iter(form.errors.values()))[0])


def _to(commitment: SilentCommitment) -> HttpResponse:
    seal = commitment.seal
    return HttpResponseRedirect(
        reverse("reports:silent_page", args=[seal.office.code, seal.period]), status=303
    )
