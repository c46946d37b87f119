"""Paper ballots, for the counting team: open a pile, key it, compare, settle, confirm.

Source: docs/spec/trust.md §4.

Nobody sees a colleague's count before the own one is done; a third member sees that two others are at it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
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

from surveys import paper, printing
from surveys.accounts.requests import StaffRequest
from surveys.accounts.two_persons import ActRefused
from surveys.models import Counter, Office, PaperKeying, PaperPile, PaperScan, PileState
from surveys.paper.forms import CommentsForm, GiveUpForm, KeyForm, pattern_label
from surveys.paper.messages import refused_stubs, sentence_of
from surveys.periods import NotAPeriod, local_day, parse_period, period_of
from surveys.reference.errors import NoQuestionnaire
from surveys.reference.in_force import questionnaire_in_force
from surveys.reference.questionnaires import questionnaire_of
from surveys.vietnamese import count, group

ENDED_SHOWN = 20
InBox = Callable[..., HttpResponse]


def counting_page(*methods: str) -> Callable[[InBox], InBox]:
    """Give the view the boxes this person counts, the own one and those lent; without any the answer is 403. Never stored."""

    def decorate(view: InBox) -> InBox:
        @require_http_methods(methods)
        @never_cache
        @wraps(view)
        def answer(request: StaffRequest, **kwargs) -> HttpResponse:
            boxes = list(Office.objects.counted_by(request.user, local_day(timezone.now())).order_by("path"))
            if not boxes:
                raise PermissionDenied
            return view(request, boxes, **kwargs)

        return answer

    return decorate


@counting_page("GET", "HEAD")
def piles(request: StaffRequest, boxes: Sequence[Office]) -> HttpResponse:
    return _list(request, boxes)


@counting_page("POST")
def open_pile(request: StaffRequest, boxes: Sequence[Office]) -> HttpResponse:
    """Begin a counter's pile, or go to the one that is open; late for a closed period."""
    sent = request.POST
    where = {"box_office__code": sent.get("office", ""), "code": sent.get("counter", "")}
    counter = get_object_or_404(Counter.objects.select_related("box_office"), box_office__in=boxes, **where)
    try:
        period = parse_period(sent.get("period", ""))
    except NotAPeriod as error:
        raise Http404 from error
    try:
        opened = paper.open_pile(
            office=counter.box_office,
            counter=counter,
            period=period,
            by=request.user,
            now=timezone.now(),
            late="late" in sent,
        )
    except ActRefused as fact:
        return _list(request, boxes, fact=fact)
    return _to(opened)


@counting_page("GET", "HEAD")
def pile(request: StaffRequest, boxes: Sequence[Office], pk: int) -> HttpResponse:
    """Whatever this person has to do with the pile now: key, wait, compare; or what became of it."""
    return _pile_page(request, pile_or_404(boxes, pk))


@counting_page("GET", "HEAD", "POST")
def key(request: StaffRequest, boxes: Sequence[Office], pk: int) -> HttpResponse:
    """One person's count, kept for later or finished; and its correction when the two differ."""
    found = pile_or_404(boxes, pk)
    if request.method != "POST":
        return _key_page(request, found) if found.state == PileState.OPEN else _to(found)
    form = KeyForm(questionnaire_of(found.questionnaire_id), request.POST)
    if not form.is_valid():
        problem = _("Chưa ghi gì. Xin xem lại các ô có ghi lỗi.")
        return _key_page(request, found, form, problem=problem, status=422)
    try:
        paper.key(
            pile=found,
            by=request.user,
            stubs=form.cleaned_data["stubs"],
            counts=form.counts,
            foreign=form.cleaned_data["foreign"] or 0,
            done=form.is_done,
            now=timezone.now(),
        )
    except (paper.StubsRefused, paper.MoreSheetsThanStubs) as fact:
        return _key_page(request, found, form, fact=fact, status=422)
    except ActRefused as fact:
        return _pile_page(request, pile_or_404(boxes, pk), fact=fact)
    if not form.is_done and _is_scanned(found):
        messages.success(request, _("Đã ghi %(n)s cuống.") % {"n": count(len(form.cleaned_data["stubs"]))})
        return HttpResponseRedirect(reverse("surveys:paper_scan", args=[pk]), status=303)
    messages.success(request, _said_keyed(form))
    return _to(found)


@counting_page("POST")
def comments(request: StaffRequest, boxes: Sequence[Office], pk: int) -> HttpResponse:
    """The words on the sheets, typed once by one of the two."""
    found = pile_or_404(boxes, pk)
    form = CommentsForm(questionnaire_of(found.questionnaire_id), data=request.POST)
    return _write_comments(request, found, form, _("Đã ghi %(n)s ý kiến."))


def _write_comments(request: StaffRequest, found: PaperPile, form: CommentsForm, said: str) -> HttpResponse:
    if form.error:
        return _pile_page(request, found, comments=form, problem=form.error, status=422)
    try:
        paper.write_comments(pile=found, by=request.user, comments=form.comments, now=timezone.now())
    except ActRefused as fact:
        found.refresh_from_db()
        return _pile_page(request, found, comments=form, fact=fact)
    messages.success(request, said % {"n": count(len(form.comments))})
    return _to(found)


@counting_page("POST")
def confirm(request: StaffRequest, boxes: Sequence[Office], pk: int) -> HttpResponse:
    """The first confirmation waits for the second; the second puts the pile into the box. Sent twice: once.

    Comments that were typed and not written down yet are kept first, and confirmed once they were read.
    """
    found, seen = pile_or_404(boxes, pk), request.POST.get("seen", "")
    form = CommentsForm(questionnaire_of(found.questionnaire_id), data=request.POST)
    try:
        typed = (
            found.state == PileState.OPEN and "words" in request.POST and form.differs_from(found.comments)
        )
        if typed and paper.compare(pile=found, by=request.user).digest == seen:
            said = _("Đã ghi %(n)s ý kiến, chưa xác nhận. Xin xem lại rồi bấm Xác nhận.")
            return _write_comments(request, found, form, said)
        is_entered = paper.confirm(pile=found, by=request.user, seen=seen, now=timezone.now())
    except ActRefused as fact:
        found.refresh_from_db()
        return _pile_page(request, found, comments=form.beside(found.comments), fact=fact)
    messages.success(
        request,
        _("Cả hai người đã xác nhận. Xấp phiếu đã vào hòm phiếu.")
        if is_entered
        else _("Đã ghi xác nhận của ông/bà. Còn chờ người thứ hai xác nhận."),
    )
    return _to(found)


@counting_page("POST")
def give_up(request: StaffRequest, boxes: Sequence[Office], pk: int) -> HttpResponse:
    found = pile_or_404(boxes, pk)
    form = GiveUpForm(request.POST)
    if not form.is_valid():
        return _pile_page(request, found, give_up=form, status=422)
    try:
        paper.give_up(pile=found, by=request.user, reason=form.cleaned_data["reason"], now=timezone.now())
    except ActRefused as fact:
        return _pile_page(request, pile_or_404(boxes, pk), fact=fact)
    messages.success(request, _("Đã bỏ xấp này; chưa phiếu nào vào hòm phiếu. Có thể mở xấp mới."))
    return HttpResponseRedirect(reverse("surveys:paper"), status=303)


@require_http_methods(["GET", "HEAD"])
def sheet(request: StaffRequest) -> HttpResponse:
    """The blank ballot, two on a page, for the browser to print: the pad at a counter. It bears no code at all."""
    box, office = request.user.sealing_office, request.user.office
    if box is None or office is None:
        raise PermissionDenied
    period = period_of(timezone.now(), quarterly=box.quarterly)
    try:
        version = questionnaire_in_force(on=period.first_day)
    except NoQuestionnaire as error:
        raise Http404 from error
    try:
        ballot = printing.ballot_of(
            box=box, office=office, label=period.label, questionnaire=questionnaire_of(version.pk)
        )
    except printing.DoesNotFit as error:
        raise Http404 from error
    halves = range(1, 1 + printing.ballots_a_page(ballot))
    context = {"box": box, "office": office, "label": period.label} | {
        "ballot": ballot.drawing,
        "halves": halves,
    }
    return render(request, "surveys/paper/sheet.html", context)


def pile_or_404(boxes: Sequence[Office], pk: int) -> PaperPile:
    found = PaperPile.objects.select_related("office", "counter", "opened_by", "first", "second")
    return get_object_or_404(found, office__in=boxes, pk=pk)


def _list(request: StaffRequest, boxes: Sequence[Office], *, fact: ActRefused | None = None) -> HttpResponse:
    known = PaperPile.objects.filter(office__in=boxes).select_related("office", "counter", "opened_by")
    open_ones = list(known.filter(state=PileState.OPEN).prefetch_related("keyings").order_by("opened_at"))
    begun = {(each.counter_id, each.period) for each in open_ones}
    counters = Counter.objects.filter(box_office__in=boxes).select_related("box_office").in_bulk()
    own = request.user.sealing_office
    context = {
        "many": len(boxes) > 1,
        "lent": [box for box in boxes if box != own],
        "prints": own is not None,
        "waiting": [
            {"counter": counters[row["counter"]], "period": row["period"], "label": _label(row["period"])}
            | {"n": row["n"], "is_begun": (row["counter"], row["period"]) in begun}
            for row in paper.waiting(offices=boxes)
        ],
        "open": [_open_row(each, request.user.pk) for each in open_ones],
        "ended": [
            {"pile": each, "label": label_of(each)}
            for each in known.exclude(state=PileState.OPEN).order_by("-ended_at")[:ENDED_SHOWN]
        ],
        "problem": sentence_of(fact) if fact else "",
    }
    return render(request, "surveys/paper/list.html", context, status=409 if fact else 200)


def _open_row(each: PaperPile, user_pk: int) -> dict:
    keyings = list(each.keyings.all())
    mine = next((keying for keying in keyings if keying.keyer_id == user_pk), None)
    return {
        "pile": each,
        "label": label_of(each),
        "done": sum(keying.is_done for keying in keyings),
        "mine": mine,
        "is_taken": mine is None and len(keyings) == 2,
    }


def _pile_page(
    request: StaffRequest,
    found: PaperPile,
    *,
    comments: CommentsForm | None = None,
    give_up: GiveUpForm | None = None,
    fact: ActRefused | None = None,
    problem: str = "",
    status: int = 200,
) -> HttpResponse:
    if fact is not None:
        problem, status = sentence_of(fact), 409
    context = _pile_context(found, give_up) | {"problem": problem, "refused": refused_stubs(fact)}
    if found.state != PileState.OPEN:
        return render(request, "surveys/paper/ended.html", context, status=status)
    mine = found.keyings.filter(keyer=request.user).first()
    try:
        comparison = paper.compare(pile=found, by=request.user)
    except ActRefused:
        is_taken = mine is None and found.keyings.count() == 2
        if problem or is_taken or (mine and mine.is_done):
            return render(request, "surveys/paper/wait.html", context | {"mine": mine}, status=status)
        return _key_page(request, found, give_up=give_up, status=status)
    if mine is None:
        return _key_page(request, found, give_up=give_up, status=status)
    context |= _comparison_context(found, comparison, mine)
    context["comments"] = comments or CommentsForm(context["questionnaire"], kept=comparison.comments)
    return render(request, "surveys/paper/compare.html", context, status=status)


def _comparison_context(found: PaperPile, comparison: paper.Comparison, mine: PaperKeying) -> dict:
    questionnaire = questionnaire_of(found.questionnaire_id)
    rows = [
        (pattern_label(row.key, questionnaire), row) for row in comparison.rows if row.first or row.second
    ]
    return {
        "questionnaire": questionnaire,
        "comparison": comparison,
        "rows": rows,
        "missing": comparison.stubs.first - comparison.sheets.first,
        "mine": mine,
        "confirmed": [each for each in (comparison.first, comparison.second) if each.confirmed_at],
    }


def _key_page(
    request: StaffRequest,
    found: PaperPile,
    form: KeyForm | None = None,
    *,
    give_up: GiveUpForm | None = None,
    fact: ActRefused | None = None,
    problem: str = "",
    status: int = 200,
) -> HttpResponse:
    mine = found.keyings.filter(keyer=request.user).first()
    if form is None:
        form = KeyForm(questionnaire_of(found.questionnaire_id), initial=_filled(mine))
    context = _pile_context(found, give_up) | {
        "form": form,
        "questionnaire": form.questionnaire,
        "mine": mine,
        "is_scanned": not (mine and mine.is_done) and _is_scanned(found),
        "problem": sentence_of(fact) if fact else problem,
        "refused": refused_stubs(fact),
    }
    context |= _to_look_at_again(found, request)
    return render(request, "surveys/paper/key.html", context, status=status)


def _is_scanned(found: PaperPile) -> bool:
    """Whether its sheets are counted off pictures: of such a pile the stubs alone are keyed."""
    return PaperScan.objects.filter(pile=found, destroyed_at__isnull=True).exists()


def _to_look_at_again(found: PaperPile, request: StaffRequest) -> dict:
    """The fields and stubs that differ, once both have counted."""
    try:
        comparison = paper.compare(pile=found, by=request.user)
    except ActRefused:
        return {}
    stubs = [comparison.only_first, comparison.only_second]
    if comparison.second.keyer_id == request.user.pk:
        stubs.reverse()
    fields = {f"n-{row.key}" for row in comparison.rows if row.differs}
    fields |= {"foreign"} if comparison.foreign.differs else set()
    return {"differing": fields, "only_mine": stubs[0], "only_theirs": stubs[1]}


def _filled(mine: PaperKeying | None) -> dict | None:
    if mine is None:
        return None
    return KeyForm.filled(stubs=paper.stubs_of(mine), counts=json.loads(mine.counts), foreign=mine.foreign)


def _pile_context(found: PaperPile, give_up: GiveUpForm | None) -> dict:
    give_up = give_up or GiveUpForm()
    return {"pile": found, "counter": found.counter, "label": label_of(found), "give_up": give_up}


def _label(period: str) -> str:
    return parse_period(period).label


def label_of(found: PaperPile) -> str:
    label = _label(found.period)
    return _("%(period)s, nhập muộn") % {"period": label} if found.is_late else label


def _said_keyed(form: KeyForm) -> str:
    figures = {"stubs": group(len(form.cleaned_data["stubs"])), "sheets": group(sum(form.counts.values()))}
    if form.is_done:
        return _("Ông/bà đã nhập xong: %(stubs)s cuống, %(sheets)s phiếu.") % figures
    return _("Đã lưu tạm: %(stubs)s cuống, %(sheets)s phiếu. Lúc khác có thể nhập tiếp.") % figures


def _to(found: PaperPile) -> HttpResponse:
    return HttpResponseRedirect(reverse("surveys:paper_pile", args=[found.pk]), status=303)
