"""The counter's questionnaire: what is in force, and the next version on its three faces before it takes force."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from surveys.accounts.requests import StaffRequest
from surveys.admin.base import keeps_shared_rows
from surveys.models import QuestionnaireVersion
from surveys.periods import local_day, period_of, start_of
from surveys.reference.errors import NoQuestionnaire
from surveys.reference.in_force import questionnaire_in_force
from surveys.reference.questionnaires import QuestionnaireFacts, read_questionnaire
from surveys.setup_room import faces, questionnaires
from surveys.setup_room.pages import box_of, may_administer, show
from surveys.setup_room.questionnaire_forms import DraftForm

TAB = "questionnaire"


@require_http_methods(["GET", "HEAD", "POST"])
@may_administer
@never_cache
def index(request: StaffRequest) -> HttpResponse:
    """The draft with its faces, or the version in force. POST with ``save`` stores; any other POST only draws."""
    now = timezone.now()
    today = local_day(now)
    standing, draft = _in_force(today), questionnaires.draft_of(today)
    may_change = keeps_shared_rows(request.user)
    form = DraftForm(request.POST or None, version=draft, today=today) if draft and may_change else None
    if request.method == "POST" and form is None:
        _must_keep(request)
        return _gone(request)
    shown = draft or standing
    context: dict[str, Any] = {"standing": standing, "draft": draft, "may_change": may_change}
    if shown:
        context |= _drawn(request, standing, shown)
    if form is not None and draft and "save" in request.POST and form.is_valid():
        if context["faces"].paper:
            try:
                questionnaires.change(version=draft, said=form.cleaned_data, by=request.user, now=now)
            except questionnaires.NotADraft:
                return _gone(request)
            messages.success(request, _("Đã lưu bản nháp."))
            return _back()
        form.add_error(None, _("Phiếu giấy không vừa một trang A4; xin rút ngắn các câu."))
    return show(request, "questionnaire.html", TAB, context, form=form, is_judged="save" in request.POST)


@require_POST
@may_administer
def start(request: StaffRequest) -> HttpResponse:
    """Copy what is in force as the draft of the next version."""
    _must_keep(request)
    try:
        questionnaires.start_next(by=request.user, now=timezone.now())
    except questionnaires.DraftInTheWay:
        messages.error(request, _("Đã có bản tiếp theo đang soạn."))
    except NoQuestionnaire:
        messages.error(request, _("Chưa có mẫu phiếu nào để soạn tiếp."))
    return _back()


@require_POST
@may_administer
def withdraw(request: StaffRequest) -> HttpResponse:
    """Drop the draft; the version in force goes on."""
    _must_keep(request)
    now = timezone.now()
    draft = questionnaires.draft_of(local_day(now))
    if draft:
        questionnaires.withdraw(version=draft, by=request.user, now=now)
        messages.success(request, _("Đã bỏ bản nháp; bản đang dùng giữ nguyên."))
    return _back()


def _drawn(request: StaffRequest, standing: QuestionnaireVersion | None, shown: QuestionnaireVersion) -> dict:
    """The three faces of what was typed, and what differs from the version in force."""
    questionnaire = questionnaires.as_typed(shown, {name: str(value) for name, value in request.POST.items()})
    before: QuestionnaireFacts = read_questionnaire(standing.pk) if standing else questionnaire
    differing = questionnaires.differences(before, questionnaire)
    language = "en" if "en" in (request.POST.get("language"), request.GET.get("language")) else "vi"
    box = box_of(request)
    period = period_of(max(timezone.now(), start_of(shown.valid_from)), quarterly=box.quarterly)
    drawn = faces.draw(
        questionnaire,
        box=box,
        label=period.label,
        changed=[now for _before, now in differing],
        language=language,
    )
    english = questionnaires.without_english(questionnaire)
    return {"faces": drawn, "differing": differing, "without_english": english, "language": language}


def _in_force(today: date) -> QuestionnaireVersion | None:
    try:
        return questionnaire_in_force(on=today)
    except NoQuestionnaire:
        return None


def _must_keep(request: StaffRequest) -> None:
    if not keeps_shared_rows(request.user):
        raise PermissionDenied


def _gone(request: StaffRequest) -> HttpResponse:
    """The draft was withdrawn, or took force, while somebody else had it before them."""
    messages.error(
        request, _("Không còn bản nháp để lưu: người khác vừa bỏ, hoặc bản ấy đã có hiệu lực. Chưa ghi gì.")
    )
    return _back()


def _back() -> HttpResponse:
    return HttpResponseRedirect(reverse("surveys:setup_questionnaire"), status=303)
