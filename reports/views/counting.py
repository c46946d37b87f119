"""The counting room: one page a period with the one next step, and the acts of the counting team on it."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import UTC, datetime
from functools import wraps

from allauth.account.authentication import get_authentication_records
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from reports import closing, counting_room, deciding, publishing, scans, sealing, stuffing
from reports.arithmetic.shares import printed, return_rate
from reports.documents import record
from reports.forms_counting import NoteForm, ReasonForm, ScanForm, SignForm
from reports.models import MinutesScan, ProposalKind, Seal
from reports.views.counting_words import sentence_of
from surveys import paper
from surveys.choices import Role
from surveys.mixing import BoxTampered
from surveys.models import Office
from surveys.periods import NotAPeriod, Period, local_day, parse_period

log = logging.getLogger(__name__)
PERIODS_SHOWN = 15
InRoom = Callable[..., HttpResponse]


def room_page(*methods: str, acting: bool = False) -> Callable[[InRoom], InRoom]:
    """Give the view office and period. Whoever counts there may act; who may read its figures may look.

    A stranger's office and a period that is none are a 404, a role without a place in the room is a 403. Never stored.
    """

    def decorate(view: InRoom) -> InRoom:
        @require_http_methods(methods)
        @never_cache
        @wraps(view)
        def answer(request: HttpRequest, office: str, period: str, **kwargs) -> HttpResponse:
            now = timezone.now()
            found = _office_or_404(request, office, now)
            if acting and not request.user.counts_for(found, local_day(now)):
                raise PermissionDenied
            return view(request, found, _period_or_404(found, period), now, **kwargs)

        return answer

    return decorate


@require_http_methods(["GET", "HEAD"])
@never_cache
def index(request: HttpRequest) -> HttpResponse:
    """The boxes this person counts or watches, each with its periods and what is to be done in them."""
    now = timezone.now()
    offices = offices_for(request, now)
    if not offices:
        raise PermissionDenied
    boxes = [(office, _waiting(office, now), _sealed(office)) for office in offices]
    return render(request, "reports/counting/index.html", {"boxes": boxes, "nav": _nav(request, "counting")})


@room_page("GET", "HEAD")
def room(request: HttpRequest, office: Office, period: Period, now: datetime) -> HttpResponse:
    return _room(request, office, period, now)


@room_page("POST", acting=True)
def close(request: HttpRequest, office: Office, period: Period, now: datetime) -> HttpResponse:
    """Expire, mix for the last time; after the closing: open what a late pile has brought."""
    try:
        batch = closing.close_by_hand(office=office, period=period, user=request.user, now=now)
    except (closing.ClosingFact, BoxTampered) as fact:
        return _room(request, office, period, now, fact=fact)
    opened = batch.ballots if batch else 0
    messages.success(request, _("Đã khoá kỳ và trộn lần cuối: mở %(n)s phiếu.") % {"n": opened})
    return _back(office, period)


@room_page("POST", acting=True)
def note(request: HttpRequest, office: Office, period: Period, now: datetime) -> HttpResponse:
    form = NoteForm(request.POST)
    if not form.is_valid():
        return _room(request, office, period, now, note_form=form, status=422)
    try:
        closing.note_difference(office=office, period=period, user=request.user, now=now, **form.cleaned_data)
    except (closing.ClosingFact, closing.UnknownDifference) as fact:
        return _room(request, office, period, now, fact=fact)
    messages.success(request, _("Đã ghi chú. Ghi chú được in vào biên bản và không xoá được."))
    return _back(office, period)


@room_page("GET", "HEAD", "POST", acting=True)
def sign(request: HttpRequest, office: Office, period: Period, now: datetime) -> HttpResponse:
    """Both signatures: what will be fixed, beside who signs. Whoever comes here has just logged in."""
    when = logged_in_at(request)
    if when is None or now - when > sealing.FRESH_LOGIN:
        here = {"next": request.get_full_path()}
        return HttpResponseRedirect(f"{reverse('account_reauthenticate')}?{urlencode(here)}")
    if request.method != "POST":
        return _sign_page(request, office, period, now)
    form = SignForm(request.POST)
    if not form.is_valid():
        return _sign_page(request, office, period, now, form=form, status=422)
    try:
        said = _sign(request, office, period, form.cleaned_data, now, when)
    except sealing.SealingFact as fact:
        return _sign_page(request, office, period, now, form=form, fact=fact)
    messages.success(request, said)
    return _back(office, period)


@room_page("POST", acting=True)
def withdraw(request: HttpRequest, office: Office, period: Period, now: datetime) -> HttpResponse:
    first = sealing.open_signature(office)
    try:
        if first is None:
            raise sealing.NoFirstSignature
        sealing.withdraw(first=first, user=request.user, now=now)
    except sealing.SealingFact as fact:
        return _room(request, office, period, now, fact=fact)
    messages.success(request, _("Đã rút chữ ký thứ nhất."))
    return _back(office, period)


@room_page("POST", acting=True)
def correct(request: HttpRequest, office: Office, period: Period, now: datetime) -> HttpResponse:
    """The reason first; then both sign the next version with it."""
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return _room(request, office, period, now, reason_form=form, status=422)
    where = reverse("reports:counting_sign", args=[office.code, period])
    return HttpResponseRedirect(f"{where}?{urlencode(form.cleaned_data)}", status=303)


@room_page("POST", acting=True)
def publish(request: HttpRequest, office: Office, period: Period, now: datetime) -> HttpResponse:
    """Lay out what is sealed; the folder appears whole or not at all."""
    if Seal.objects.standing(office, period) is None:
        return _room(request, office, period, now, fact=sealing.NotSealed())
    done = publishing.publish(publishing.default_root())
    for seal, why in done.refused:
        if (seal.office_id, seal.period) == (office.pk, str(period)):
            messages.error(request, _("Chưa công bố được: %(why)s") % {"why": why})
            return _back(office, period)
    messages.success(request, _("Đã công bố %(period)s.") % {"period": period.label})
    return _back(office, period)


@room_page("POST", acting=True)
def attach(request: HttpRequest, office: Office, period: Period, now: datetime) -> HttpResponse:
    form = ScanForm(request.POST, request.FILES)
    if not form.is_valid():
        return _room(request, office, period, now, scan_form=form, status=422)
    sent = form.cleaned_data["file"]
    try:
        facts = {"name": sent.name, "content": sent.read(), "user": request.user, "now": now}
        scans.attach(office=office, period=period, **facts)
    except scans.ScanFact as fact:
        return _room(request, office, period, now, fact=fact)
    messages.success(request, _("Đã đính kèm bản chụp biên bản."))
    return _back(office, period)


@room_page("GET", "HEAD")
def scan(request: HttpRequest, office: Office, period: Period, now: datetime, pk: int) -> HttpResponse:
    """The file as it was sent, under a name of ours."""
    found = get_object_or_404(MinutesScan.objects.of(office).in_period(period), pk=pk)
    path = scans.path_of(found)
    if not path.is_file():
        raise Http404
    name = f"bien-ban-{office.code}-{period}-{found.pk}.{found.kind}"
    return FileResponse(path.open("rb"), content_type=scans.CONTENT_TYPES[found.kind], filename=name)


@room_page("GET", "HEAD")
def seal_text(
    request: HttpRequest, office: Office, period: Period, now: datetime, version: int
) -> HttpResponse:
    """One version word for word; the whole text also of a period too small to be published whole."""
    found = get_object_or_404(Seal.objects.of(office).in_period(period), version=version)
    return HttpResponse(found.note, content_type="text/plain; charset=utf-8")


def logged_in_at(request: HttpRequest) -> datetime | None:
    """When this session last proved who it is, by password; None when it never did."""
    records = get_authentication_records(request, request.user)
    return datetime.fromtimestamp(records[-1]["at"], tz=UTC) if records else None


def offices_for(request: HttpRequest, now: datetime) -> list[Office]:
    """The boxes one counts: the own one and those lent; for leadership and inspectors the own one to look at."""
    counted = set(Office.objects.counted_by(request.user, local_day(now)))
    own = request.user.office.sealing_office if request.user.office_id else None
    if own and _may_look(request, own, now):
        counted.add(own)
    return sorted(counted, key=lambda office: office.path)


def _may_look(request: HttpRequest, office: Office, now: datetime) -> bool:
    if request.user.counts_for(office, local_day(now)):
        return True
    watches = request.user.has_role(Role.LEADERSHIP) or request.user.has_role(Role.INSPECTOR)
    return watches and Office.objects.with_figures_for(request.user).filter(pk=office.pk).exists()


def _office_or_404(request: HttpRequest, code: str, now: datetime) -> Office:
    found = get_object_or_404(Office.objects.sealing(), code=code)
    if _may_look(request, found, now):
        return found
    roles = (Role.COUNTING, Role.LEADERSHIP, Role.INSPECTOR)
    if any(request.user.has_role(role) for role in roles):
        raise Http404
    raise PermissionDenied


def _period_or_404(office: Office, text: str) -> Period:
    try:
        period = parse_period(text)
    except NotAPeriod as error:
        raise Http404 from error
    if period not in closing.periods_of(office):
        raise Http404
    return period


def _waiting(office: Office, now: datetime) -> list[counting_room.Room]:
    """The periods on their way to the seal, the earliest first: its turn comes first."""
    sealed = set(Seal.objects.of(office).values_list("period", flat=True))
    waiting = [each for each in closing.periods_of(office) if str(each) not in sealed]
    return [_enter(office, period, now) for period in waiting[:PERIODS_SHOWN]]


def _sealed(office: Office) -> list[tuple[Period, list[Seal]]]:
    """The last sealed periods with all their versions, the latest first."""
    found: dict[str, list[Seal]] = {}
    for seal in Seal.objects.of(office).select_related("first", "second").order_by("-period", "version"):
        found.setdefault(seal.period, []).append(seal)
    periods = [(parse_period(text), seals) for text, seals in found.items() if text[:1].isdigit()]
    return sorted(periods, key=lambda pair: pair[0].last_day, reverse=True)[:PERIODS_SHOWN]


def _enter(office: Office, period: Period, now: datetime) -> counting_room.Room:
    seal = Seal.objects.standing(office, period)
    root = publishing.default_root()
    laid_out = seal is not None and publishing.is_sound(publishing.folder_of(root, seal), seal)
    return counting_room.enter(office=office, period=period, now=now, is_published=laid_out)


def _room(
    request: HttpRequest,
    office: Office,
    period: Period,
    now: datetime,
    *,
    fact: Exception | None = None,
    note_form: NoteForm | None = None,
    reason_form: ReasonForm | None = None,
    scan_form: ScanForm | None = None,
    status: int = 200,
) -> HttpResponse:
    entered = _enter(office, period, now)
    total = entered.reconciliation.total
    context = {
        "nav": _nav(request, "counting"),
        "office_name": office.short_name,
        "room": entered,
        "return_rate": printed(return_rate(total.returned, total.issued)),
        "counts": request.user.counts_for(office, local_day(now)),
        "problem": sentence_of(fact) if fact else "",
        "note_form": note_form,
        "reason_form": reason_form,
        "scan_form": scan_form,
        "late": paper.expired(office=office, period=period) if entered.is_closed else [],
        "explanations": stuffing.explanations_of(office, period),
        "scans": MinutesScan.objects.of(office).in_period(period).select_related("added_by"),
        "may_report_damage": deciding.may_propose(request.user, ProposalKind.DAMAGED, office),
        "may_read_comments": deciding.may_propose(request.user, ProposalKind.MASK, office),
    }
    return render(request, "reports/counting/room.html", context, status=409 if fact else status)


def _sign_page(
    request: HttpRequest,
    office: Office,
    period: Period,
    now: datetime,
    *,
    form: SignForm | None = None,
    fact: sealing.SealingFact | None = None,
    status: int = 200,
) -> HttpResponse:
    entered = _enter(office, period, now)
    reason = request.POST.get("reason", request.GET.get("reason", ""))
    shown = problem = None
    try:
        shown = _shown(entered, reason, request.user)
    except sealing.SealingFact as found:
        problem, fact = sentence_of(found), fact or found
    context = {
        "nav": _nav(request, "counting"),
        "office_name": office.short_name,
        "room": entered,
        "signed": entered.signed,
        "is_mine": bool(entered.signed and entered.signed.signer_id == request.user.pk),
        "reason": reason,
        "draft": shown,
        "form": form,
        "problem": sentence_of(fact) if fact else problem,
    }
    return render(request, "reports/counting/sign.html", context, status=409 if fact else status)


def _shown(entered: counting_room.Room, reason: str, user) -> sealing.Draft:
    """What will be fixed: the first signer's text while it waits, else the draft of now. Raises a `SealingFact`."""
    office, period = entered.office, entered.period
    if first := entered.signed:
        at = first.signed_at.replace(microsecond=0)
        return sealing.draft(office=office, period=period, reason=first.reason, sealed_at=at)
    sealing.check_ready(office, period, reason)
    return sealing.draft(office=office, period=period, reason=reason)


def _sign(
    request: HttpRequest, office: Office, period: Period, facts: dict, now: datetime, when: datetime
) -> str:
    by = {"user": request.user, "seen": facts["seen"], "now": now, "logged_in_at": when}
    first = sealing.open_signature(office)
    if first and first.period == str(period) and sealing.fate_of(first, now=now) is None:
        _keep_papers(Seal.objects.standing(office, period), now)  # of the version that a correction replaces
        seal = sealing.sign_second(first=first, **by)
        _keep_papers(seal, now)
        return _("Đã niêm phong %(period)s, mã niêm phong %(code)s.") % {
            "period": period.label,
            "code": seal.code,
        }
    sealing.sign_first(office=office, period=period, reason=facts["reason"], **by)
    return _("Đã ký thứ nhất. Người thứ hai có 24 giờ để ký.")


def _keep_papers(seal: Seal | None, now: datetime) -> None:
    """The papers as they read now. Whatever goes wrong, the seal stands, and the schedule makes them later."""
    try:
        if seal and not seal.kept.exists():
            record.keep(seal=seal, now=now)
    except Exception:
        log.exception("papers of %s put off", seal)


def _nav(request: HttpRequest, here: str) -> list[dict]:
    """The counting room's own row; those who only look keep the rooms of their role."""
    if not Office.objects.counted_by(request.user, local_day(timezone.now())).exists():
        return []
    pages = [
        ("counting", _("Kiểm phiếu"), reverse("reports:counting")),
        ("paper", _("Nhập phiếu giấy"), reverse("surveys:paper")),
    ]
    if request.user.has_perm("surveys.view_figures"):
        pages.append(("month", _("Số liệu tháng"), reverse("reports:home")))
    return [{"label": label, "url": url, "current": name == here} for name, label, url in pages]


def _back(office: Office, period: Period) -> HttpResponse:
    return HttpResponseRedirect(reverse("reports:counting_room", args=[office.code, period]), status=303)
