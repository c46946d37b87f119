"""A pile read by a scanner, for the two who key it: give files, wait, look, key blind, hand over (pictures 21 and 22).

Nobody else sees a picture, and no answer of this module is stored by a browser.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from surveys import paper
from surveys.accounts.requests import StaffRequest
from surveys.accounts.two_persons import ActRefused
from surveys.models import Office, PaperPile, PaperScan, PileState
from surveys.paper.forms import CommentsForm
from surveys.paper.scans import inbox, jobs, libraries, reviewing, scanning
from surveys.paper.scans.errors import FileRefused, LibrariesMissing
from surveys.paper.scans.forms import DecisionForm, UploadForm, WaitForm
from surveys.paper.scans.messages import sentence_of
from surveys.paper.scans.pages_shown import comment_rows, reading_context, task_context
from surveys.paper.scans.vault import Gone
from surveys.paper.views import counting_page, label_of, pile_or_404

SECONDS_TO_LOOK_AGAIN = 5  # while files are being read
REFUSED = (ActRefused, FileRefused, LibrariesMissing)


@counting_page("GET", "HEAD", "POST")
def scan(request: StaffRequest, boxes: Sequence[Office], pk: int) -> HttpResponse:
    """How far the pile's scan has come; with a file sent: take it and begin to read."""
    found = pile_or_404(boxes, pk)
    if request.method != "POST":
        return _page(request, found)
    if "wait" in request.POST:
        return _wait(request, found)
    form = UploadForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, found, form=form, status=422)
    sent = form.cleaned_data
    try:
        scanning.add_file(
            pile=found, by=request.user, data=sent["file"].read(), counted=sent["counted"], now=timezone.now()
        )
    except REFUSED as fact:
        return _page(request, found, problem=sentence_of(fact), status=409)
    jobs.start()
    messages.success(request, _("Đã nhận tệp. Máy đang đọc."))
    return _to(found)


def _wait(request: StaffRequest, found: PaperPile) -> HttpResponse:
    """Let the scanner's own files be this pile's."""
    form = WaitForm(request.POST)
    if not form.is_valid() or inbox.folder_of(found.office) is None:
        return _page(request, found, form=form, status=422)
    try:
        inbox.wait(pile=found, by=request.user, counted=form.cleaned_data["counted"], now=timezone.now())
    except REFUSED as fact:
        return _page(request, found, problem=sentence_of(fact), status=409)
    return _to(found)


@counting_page("POST")
def stop(request: StaffRequest, boxes: Sequence[Office], pk: int) -> HttpResponse:
    """Stop the reading, or give the scan up altogether."""
    found, begun = _begun_or_404(boxes, pk)
    try:
        if "drop" in request.POST:
            scanning.drop(scan=begun, by=request.user, now=timezone.now())
            messages.success(request, _("Đã hủy ảnh quét. Xin nhập tay như cũ."))
            return HttpResponseRedirect(reverse("surveys:paper_pile", args=[pk]), status=303)
        scanning.stop(scan=begun, by=request.user)
        inbox.wait_no_more(begun)
    except REFUSED as fact:
        return _page(request, found, problem=sentence_of(fact), status=409)
    return _to(found)


@counting_page("GET", "HEAD", "POST")
def look(request: StaffRequest, boxes: Sequence[Office], pk: int) -> HttpResponse:
    """One thing after the other: a row as a large crop and the keys for it; or the last decision taken back."""
    found, begun = _begun_or_404(boxes, pk)
    try:
        if request.method != "POST":
            return _look_page(request, found, begun)
        if "undo" in request.POST:
            reviewing.undo(scan=begun, by=request.user)
        elif "twins" in request.POST:
            reviewing.drop_twins(scan=begun, by=request.user, now=timezone.now())
            return _to(found)
        else:
            form = DecisionForm(request.POST)
            if not form.is_valid():
                raise reviewing.NotAChoice
            sent = form.cleaned_data
            reviewing.decide(
                scan=begun,
                by=request.user,
                number=sent["sheet"],
                about=sent["about"],
                choice=sent["choice"],
                now=timezone.now(),
            )
    except REFUSED as fact:
        return _page(request, found, problem=sentence_of(fact), status=409)
    return HttpResponseRedirect(reverse("surveys:paper_scan_look", args=[pk]), status=303)


@counting_page("POST")
def done(request: StaffRequest, boxes: Sequence[Office], pk: int) -> HttpResponse:
    """What this person decided becomes the person's keying."""
    found, begun = _begun_or_404(boxes, pk)
    try:
        reviewing.finish(scan=begun, by=request.user, now=timezone.now())
    except REFUSED as fact:
        return _page(request, found, problem=sentence_of(fact), status=409)
    messages.success(request, _("Ông/bà đã xong phần của mình."))
    return HttpResponseRedirect(reverse("surveys:paper_pile", args=[pk]), status=303)


@counting_page("GET", "HEAD")
def comments(request: StaffRequest, boxes: Sequence[Office], pk: int) -> HttpResponse:
    """The comments as crops, each beside a field to type it; sent where typed ones are."""
    found, begun = _begun_or_404(boxes, pk)
    try:
        comparison = paper.compare(pile=found, by=request.user)
        looked = reviewing.review(scan=begun, by=request.user)
        form = CommentsForm(looked.questionnaire, kept=comparison.comments)
        context = _context(found) | {"rows": comment_rows(looked, form.sent), "choices": form.choices}
    except REFUSED as fact:
        return _page(request, found, problem=sentence_of(fact), status=409)
    return render(request, "surveys/paper/scan_comments.html", context)


@counting_page("GET", "HEAD")
def picture(request: StaffRequest, boxes: Sequence[Office], pk: int, number: int, about: str) -> HttpResponse:
    """A crop of one row, of the comment, or of a page that is no ballot: for the two keyers alone."""
    _found, begun = _begun_or_404(boxes, pk)
    try:
        data = reviewing.picture(scan=begun, by=request.user, number=number, about=about)
    except (Gone, scanning.ScanRefused) as error:
        raise Http404 from error
    return HttpResponse(data, content_type="image/jpeg")


def _begun_or_404(boxes: Sequence[Office], pk: int) -> tuple[PaperPile, PaperScan]:
    found = pile_or_404(boxes, pk)
    begun = get_object_or_404(PaperScan.objects.select_related("pile__office"), pile=found, destroyed_at=None)
    return found, begun


def _context(found: PaperPile) -> dict:
    return {"pile": found, "counter": found.counter, "label": label_of(found)}


def _page(
    request: StaffRequest,
    found: PaperPile,
    *,
    form: UploadForm | WaitForm | None = None,
    problem: str = "",
    status: int = 200,
) -> HttpResponse:
    if found.state != PileState.OPEN:
        return HttpResponseRedirect(reverse("surveys:paper_pile", args=[found.pk]), status=303)
    begun = (
        PaperScan.objects.filter(pile=found, destroyed_at=None)
        .select_related("first", "pile__office")
        .first()
    )
    context = _context(found) | {
        "form": form or UploadForm(initial={"counted": begun.counted if begun else ""}),
        "missing": libraries.missing(),
        "problem": problem,
        "has_inbox": inbox.folder_of(found.office) is not None,
        "is_waiting": begun is not None and inbox.waits_since(begun, now=timezone.now()) is not None,
    }
    mine = found.keyings.filter(keyer=request.user).first()
    context |= {"has_stubs": bool(mine and paper.stubs_of(mine)), "is_done": bool(mine and mine.is_done)}
    context |= reading_context(begun, request.user)
    response = render(request, "surveys/paper/scan.html", context, status=status)
    if (context.get("reading") or context["is_waiting"]) and request.method in ("GET", "HEAD"):
        response["Refresh"] = str(SECONDS_TO_LOOK_AGAIN)
    return response


def _look_page(request: StaffRequest, found: PaperPile, begun: PaperScan) -> HttpResponse:
    looked = reviewing.review(scan=begun, by=request.user)
    tasks = looked.tasks()
    if not tasks:
        return _to(found)
    context = _context(found) | task_context(looked, tasks)
    return render(request, "surveys/paper/scan_look.html", context)


def _to(found: PaperPile) -> HttpResponse:
    return HttpResponseRedirect(reverse("surveys:paper_scan", args=[found.pk]), status=303)
