"""The ballot read out: what is to be spoken, what was spoken, and the clips to be heard."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from surveys.accounts.requests import StaffRequest
from surveys.models import Office, QuestionnaireVersion, Voice
from surveys.periods import local_day
from surveys.reference import spoken as reading
from surveys.reference.errors import NoQuestionnaire
from surveys.reference.in_force import questionnaire_in_force
from surveys.reference.questionnaires import read_questionnaire
from surveys.setup_room import questionnaires, sounds, spoken
from surveys.setup_room.pages import box_of, may_administer, show

TAB = "spoken"


@dataclass(frozen=True)
class Row:
    """One passage on the page; ``field`` names the file that speaks it."""

    passage: reading.Passage
    field: str
    address: str
    complaint: str


@dataclass(frozen=True)
class Shelf:
    """The passages of one voice, and how many of them are spoken."""

    voice: Voice
    rows: list[Row]
    is_whole: bool  # the ballots offer it

    @property
    def spoken(self) -> int:
        return sum(bool(row.address) for row in self.rows)


@require_http_methods(["GET", "HEAD", "POST"])
@may_administer
@never_cache
def index(request: StaffRequest) -> HttpResponse:
    """Every passage with its clip; sent, the files that are sounds are kept and of the others is said why not."""
    office = box_of(request)
    version = _version()
    complaints: dict[str, str] = {}
    if request.method == "POST" and version:
        kept, complaints = _keep(request, office, version)
        if kept:
            messages.success(request, _("Đã giữ %(n)s đoạn đọc.") % {"n": kept})
        if not request.FILES:
            messages.error(request, _("Chưa chọn tệp nào."))
        if not complaints:
            return _back()
    shelves = [_shelf(office, version, voice, complaints) for voice in Voice] if version else []
    context = {
        "version": version,
        "shelves": shelves,
        "complaints": complaints,
        "largest": spoken.LARGEST // 1000,
    }
    response = show(request, "spoken.html", TAB, context)
    response.status_code = 422 if complaints else 200
    return response


@require_POST
@may_administer
def drop(request: StaffRequest, voice: str) -> HttpResponse:
    """Take one voice away."""
    if voice not in Voice.values:
        raise Http404
    gone = spoken.drop(office=box_of(request), voice=Voice(voice), by=request.user, now=timezone.now())
    messages.success(request, _("Đã gỡ %(n)s đoạn đọc.") % {"n": gone})
    return _back()


def _keep(request: StaffRequest, office: Office, version: QuestionnaireVersion) -> tuple[int, dict[str, str]]:
    kept, complaints = 0, {}
    for voice in Voice:
        for row in _shelf(office, version, voice, {}).rows:
            file = request.FILES.get(row.field)
            if file is None:
                continue
            try:
                content = file.read(spoken.LARGEST + 1)
                spoken.keep(
                    office=office,
                    voice=voice,
                    passage=row.passage,
                    content=content,
                    by=request.user,
                    now=timezone.now(),
                )
                kept += 1
            except sounds.NotASound:
                complaints[row.field] = _(
                    "“%(file)s” không phải tệp MP3 hay M4A, hoặc bị đứt giữa chừng."
                ) % {"file": file.name}
            except spoken.TooLarge:
                complaints[row.field] = _("“%(file)s” lớn hơn %(most)s kB.") % {
                    "file": file.name,
                    "most": spoken.LARGEST // 1000,
                }
    return kept, complaints


def _shelf(office: Office, version: QuestionnaireVersion, voice: Voice, complaints: dict[str, str]) -> Shelf:
    wanted = reading.passages(read_questionnaire(version.pk), voice)
    clips = reading.kept(office.pk, voice, wanted)
    rows = []
    for n, passage in enumerate(wanted):
        clip, field = clips.get(passage.digest), f"{voice}-{n}"
        address = reading.address_of(clip) if clip else ""
        rows.append(Row(passage, field, address, complaints.get(field, "")))
    return Shelf(voice, rows, reading.is_whole(wanted, clips))


def _version() -> QuestionnaireVersion | None:
    """The next version where one is being written, since its clips are needed on its first day."""
    today = local_day(timezone.now())
    try:
        return questionnaires.draft_of(today) or questionnaire_in_force(on=today)
    except NoQuestionnaire:
        return None


def _back() -> HttpResponse:
    return HttpResponseRedirect(reverse("surveys:setup_spoken"), status=303)
