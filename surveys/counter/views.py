"""The teller's page: start, finish and issue, cancel and re-issue. Each post is answered by a redirect, or by the page
again with what was typed.

The page is the same before and after a cast but for its clock and its token: nothing here asks what became of a slip.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from copy import copy
from functools import wraps
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from surveys.accounts.requests import StaffRequest
from surveys.choices import Outcome
from surveys.counter import console as counter_console
from surveys.counter.forms import (
    CANCEL_REASONS,
    REISSUE_REASONS,
    FinishForm,
    ReasonForm,
    StartForm,
    StubForm,
    suggestions,
)
from surveys.counter.messages import CONFLICTS, STUB_TAKEN, say, sentence_of
from surveys.database import revision
from surveys.models import Counter, Slip, Transaction
from surveys.reference import errors
from surveys.slips import delivery, issuing, pads
from surveys.slips import errors as slips_errors

AtCounter = Callable[..., HttpResponse]


def counter_page(*methods: str) -> Callable[[AtCounter], AtCounter]:
    """Give the view the teller's own counter; without the right or a counter the answer is 403. Never stored."""

    def decorate(view: AtCounter) -> AtCounter:
        @require_http_methods(methods)
        @never_cache
        @wraps(view)
        def answer(request: StaffRequest, **kwargs) -> HttpResponse:
            if not request.user.has_perm("surveys.log_transactions") or request.user.counter_id is None:
                raise PermissionDenied
            return view(request, _counter(request.user.counter_id), **kwargs)

        return answer

    return decorate


@counter_page("GET", "HEAD")
def console(request: StaffRequest, counter: Counter) -> HttpResponse:
    return _console(request, counter, StartForm(counter))


@counter_page("POST")
def start(request: StaffRequest, counter: Counter) -> HttpResponse:
    """One press starts a transaction; the same press sent twice starts one."""
    form = StartForm(counter, request.POST)
    if not form.is_valid():
        return _console(request, counter, form, status=422)
    facts = form.cleaned_data
    reference = _reference(request, counter, facts["procedure"].code)
    started = _entered(counter, reference)
    if started is None:
        now = timezone.now()
        try:
            started = issuing.log_transaction(
                counter=counter, reference=reference, started_at=now, now=now, clerk=request.user, **facts
            )
        except errors.IssuingRefused as fact:
            # Two presses in the same moment: the other one entered it with its own clock.
            if isinstance(fact, slips_errors.ReferenceConflict):
                started = _entered(counter, reference)
            if started is None:
                return _console(request, counter, form, fact=fact)
    return back(started)


@counter_page("POST")
def finish(request: StaffRequest, counter: Counter, pk: uuid.UUID) -> HttpResponse:
    """The outcome, whichever it is, and its slip in the same moment."""
    transaction = get_object_or_404(Transaction.objects.visible_to(request.user).at_counter(counter), pk=pk)
    form = FinishForm(request.POST)
    if not form.is_valid():
        return _console(
            request, counter, StartForm(counter), problem=str(form.errors["outcome"][0]), status=422
        )
    try:
        handed = delivery.finish_and_hand_over(
            transaction=transaction,
            outcome=Outcome(form.cleaned_data["outcome"]),
            channel=delivery.channel_for(counter, request.POST.get("channel", "")),
            now=timezone.now(),
        )
    except errors.IssuingRefused as fact:
        return _console(request, counter, StartForm(counter), fact=fact)
    say(request, counter, handed, again=False)
    return back()


@counter_page("POST")
def channel(request: StaffRequest, counter: Counter) -> HttpResponse:
    """How the next slips go out, until changed or logged out."""
    request.session[CHANNEL] = delivery.channel_for(counter, request.POST.get("channel", "")).value
    return back()


@counter_page("GET")
def printer(request: StaffRequest, counter: Counter) -> HttpResponse:
    """How the counter's printer stands, for the page that has just handed it a slip."""
    return JsonResponse(vars(counter_console.printer_at(counter)))


@counter_page("GET", "HEAD")
def slips(request: StaffRequest, counter: Counter) -> HttpResponse:
    """What the counter handed out today, and on other days by serial."""
    typed, page = request.GET.get("q", "")[:20], request.GET.get("page")
    found = counter_console.slips_found(counter, request.user, now=timezone.now(), typed=typed, page=page)
    context = {"user_role": role_of(request, counter), "counter": counter, "page": found, "typed": typed}
    context["query"] = f"{urlencode({'q': typed})}&" if typed else ""
    return render(request, "surveys/counter/slips.html", context)


@counter_page("GET", "HEAD")
def slip(request: StaffRequest, counter: Counter, pk: uuid.UUID) -> HttpResponse:
    """One slip: hand it out again, or ask for its cancellation, with a reason."""
    return _slip_page(request, _slip_or_404(request, counter, pk))


@counter_page("POST")
def reissue(request: StaffRequest, counter: Counter, pk: uuid.UUID) -> HttpResponse:
    """A fresh code for the same slip, by the same or another way; the same press sent twice makes one."""
    found = _slip_or_404(request, counter, pk)
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return _slip_page(request, found, reissuing=form, status=422)
    try:
        handed = delivery.hand_over_again(
            slip=found,
            channel=delivery.channel_for(counter, request.POST.get("channel", "")),
            reason=form.cleaned_data["reason"],
            seen=form.cleaned_data["seen"],
            actor=request.user,
            now=timezone.now(),
        )
    except errors.IssuingRefused as fact:
        return _slip_page(request, found, reissuing=form, fact=fact)
    say(request, counter, handed, again=True)
    return back()


@counter_page("POST")
def cancel(request: StaffRequest, counter: Counter, pk: uuid.UUID) -> HttpResponse:
    found = _slip_or_404(request, counter, pk)
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return _slip_page(request, found, cancelling=form, status=422)
    issuing.cancel_slip(
        slip=found, reason=form.cleaned_data["reason"], actor=request.user, now=timezone.now()
    )
    messages.success(request, _("Đã ghi yêu cầu hủy phiếu %(serial)s.") % {"serial": found.serial})
    return back()


@counter_page("POST")
def stub(request: StaffRequest, counter: Counter, pk: uuid.UUID) -> HttpResponse:
    """The printed stub that goes with a slip on paper; the same sent twice is the same. What was typed is never shown
    again: it may have been the code."""
    found = _slip_or_404(request, counter, pk)
    form = StubForm(request.POST)
    if not form.is_valid():
        return _slip_page(request, found, stub_problem=str(form.errors["stub"][0]), status=422)
    try:
        taken = pads.adopt_stub(slip=found, typed=form.cleaned_data["stub"], now=timezone.now())
    except errors.IssuingRefused as fact:
        status = 409 if isinstance(fact, CONFLICTS) else 422
        return _slip_page(request, found, stub_problem=sentence_of(fact), status=status)
    messages.success(request, STUB_TAKEN % {"serial": taken.serial})
    return back()


@counter_page("GET")
def organisations(request: StaffRequest, counter: Counter) -> HttpResponse:
    """Type-ahead: organisations of the own office that match what is typed so far."""
    return JsonResponse({"organisations": suggestions(counter=counter, typed=request.GET.get("q", "")[:200])})


def _reference(request: StaffRequest, counter: Counter, procedure: str) -> str:
    """The name of one press: the counter, and what is drawn afresh for every page.

    That is the token against forged posts, which Django masks anew in each page. A second random field would be one
    more difference between two recordings of the page.
    """
    token = request.POST.get("csrfmiddlewaretoken", "")
    key = uuid.uuid5(uuid.NAMESPACE_OID, f"{token}/{procedure}") if token else uuid.uuid4()
    return f"{counter.code}-{key}"


def _entered(counter: Counter, reference: str) -> Transaction | None:
    return Transaction.objects.at_counter(counter).filter(reference=reference).first()


def _counter(pk: int) -> Counter:
    """Read once; a copy, since verbs change what they are given."""
    known = Counter.objects.select_related("office", "box_office")
    return copy(revision.kept(("counter", pk), lambda: known.get(pk=pk)))


def _slip_or_404(request: StaffRequest, counter: Counter, pk: uuid.UUID) -> Slip:
    slips = Slip.objects.visible_to(request.user).filter(counter=counter).with_requests().with_last_way()
    return get_object_or_404(slips.select_related("procedure", "counter"), pk=pk)


def _console(
    request: StaffRequest,
    counter: Counter,
    form: StartForm,
    *,
    fact: errors.IssuingRefused | None = None,
    problem: str = "",
    status: int = 200,
) -> HttpResponse:
    now = timezone.now()
    if fact is not None:
        problem, status = sentence_of(fact), 409 if isinstance(fact, CONFLICTS) else 422
    desk = counter_console.desk_of(counter, request.user, now=now)
    no_tablet = counter_console.no_tablet(counter, now=now)
    latest, printer = counter_console.latest(desk.today), counter_console.printer_at(counter)
    ways = counter_console.ways(counter, no_tablet=no_tablet, printer=printer)
    choices = revision.kept(
        ("choices", counter.pk, get_language()), lambda: counter_console.choices_at(counter, now=now)
    )
    context = {
        "counter": counter,
        "way": counter_console.way_chosen(counter, request.session.get(CHANNEL, ""), ways),
        "ways": ways,
        "printer": printer,
        "latest": latest,
        "is_stuck": counter_console.is_stuck(latest, ways, now=now),
        "takes_stub": latest is not None
        and counter_console.takes_stub(latest, counter)
        and not pads.has_stub(latest),
        "user_role": role_of(request, counter),
        "form": form,
        "problem": problem,
        "keys_changed_on": counter_console.keys_changed_on(counter, now=now),
        "places": counter_console.places_of(choices),
        "others": [each for each in choices if not each.key],
        "undoable": counter_console.undoable_of(desk, now=now),
        "last_kind": desk.last_kind,
        "running": counter_console.running_of(desk, now=now),
        "today": desk.today,
        "outcomes": _OUTCOMES,
        "no_tablet": no_tablet,
        "now": now,
    }
    return render(request, "surveys/counter/console.html", context, status=status)


def _slip_page(
    request: StaffRequest,
    found: Slip,
    *,
    reissuing: ReasonForm | None = None,
    cancelling: ReasonForm | None = None,
    fact: errors.IssuingRefused | None = None,
    stub_problem: str = "",
    status: int = 200,
) -> HttpResponse:
    counter = found.counter
    if counter is None:  # a campaign's
        raise Http404
    context = {
        "user_role": role_of(request, counter),
        "takes_stub": not found.cancel_requested and counter_console.takes_stub(found, counter),
        "stub_problem": stub_problem,
        "slip": found,
        "ways": counter_console.ways(counter),
        "seen": found.events.count(),
        "reissuing": reissuing or ReasonForm(),
        "cancelling": cancelling or ReasonForm(),
        "reissue_reasons": REISSUE_REASONS,
        "cancel_reasons": CANCEL_REASONS,
        "problem": sentence_of(fact) if fact else "",
    }
    return render(request, "surveys/counter/slip.html", context, status=409 if fact else status)


#: (value, words, key) in the order of the buttons.
_OUTCOMES = [(Outcome.RESOLVED, "Enter"), (Outcome.SUPPLEMENT, "B"), (Outcome.REFUSED, "T")]


def role_of(request: StaffRequest, counter: Counter) -> str:
    return f"{request.user.title or _('Giao dịch viên')} · {counter.name}"


CHANNEL = "counter-channel"  # of the session


def back(framed: Transaction | None = None) -> HttpResponse:
    """To the console; ``framed`` still runs and is the one that the next key ends. Without it no key ends anything."""
    fragment = f"#t-{framed.pk}" if framed else ""
    return HttpResponseRedirect(f"{reverse('surveys:counter')}{fragment}", status=303)
