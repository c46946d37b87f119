"""Where a campaign stands: its step, what comes next, participation by unit. Never a score before it is signed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from functools import partial

from django.utils.translation import gettext_lazy

from reports import standings
from reports.arithmetic.statistics import adequate_sample
from reports.models import Standing, StandingSignature
from surveys import evidence
from surveys.campaigns import lifecycle, participation
from surveys.choices import CampaignState
from surveys.models import Campaign, OpenSignal
from surveys.vietnamese import sort_key

MISSING = {
    "units": gettext_lazy("danh sách đơn vị"),
    "questions": gettext_lazy("câu hỏi trong mẫu phiếu"),
    "weights": gettext_lazy("trọng số lớn hơn 0"),
    "logic": gettext_lazy("mẫu phiếu đúng"),
    "legal_basis": gettext_lazy("căn cứ pháp lý"),
}
USUAL_GROUPS = (
    "budget_unit; Đơn vị sử dụng ngân sách nhà nước; Unit using the state budget\n"
    "investor; Chủ đầu tư, ban quản lý dự án; Investor, project management unit\n"
    "enterprise; Doanh nghiệp; Enterprise\n"
    "citizen; Cá nhân; Individual"
)
HALF = Fraction(1, 2)
DRAFT, RUNNING, COUNTING, SIGNING, PUBLISHING, PUBLISHED = range(6)
PUBLISHED_WORDS = gettext_lazy("Đã công bố")
STEPS = [
    gettext_lazy("Soạn"),
    gettext_lazy("Mở, nhận trả lời"),
    gettext_lazy("Đóng, đếm"),
    gettext_lazy("Hai người ký"),
    gettext_lazy("Công bố"),
]


@dataclass(frozen=True)
class UnitRow:
    """Participation of one unit. ``is_quiet``: from half of the time on, under a third of what the days so far should have
    brought."""

    code: str
    name: str
    opened: int
    invited: int
    invited_returned: int
    invited_waiting: int  # neither used nor ended
    returned: int
    target: int | None
    is_quiet: bool
    signals: int

    @property
    def share(self) -> int | None:
        """Whole percent of the target, 100 at most."""
        return min(100, 100 * self.returned // self.target) if self.target else None


@dataclass(frozen=True)
class Room:
    step: int
    steps: list[tuple[str, str]]
    missing: list[str]
    faults: list[str]
    units: list[UnitRow]
    left: int  # units that wait for their count
    standing: Standing | None
    signature: StandingSignature | None
    formula: str
    is_being_counted: bool = False
    troubled: tuple[str, ...] = ()  # units that the mixer could not count

    @property
    def total(self) -> int:
        return sum(unit.returned for unit in self.units)

    @property
    def quiet(self) -> list[UnitRow]:
        return [unit for unit in self.units if unit.is_quiet]

    @property
    def state(self) -> str:
        """What the chip says: published is no state of the campaign, but of its standing."""
        return str(PUBLISHED_WORDS) if self.step == PUBLISHED else ""


@dataclass(frozen=True)
class Draft:
    """What would be signed now, or waits for its second signature. ``seen`` names it; ``expired`` are invitations.

    ``wants_reason``: nobody answered and no reason is given yet, so there is nothing to sign so far."""

    document: dict
    seen: str
    reason: str
    signature: StandingSignature | None
    returned: int
    expired: int
    wants_reason: bool = False


def look(campaign: Campaign, *, now: datetime) -> Room:
    left = len(standings.uncounted(campaign)) if campaign.state == CampaignState.CLOSED else 0
    standing = campaign.standings.select_related("first", "second").last()
    step = _step(campaign, left, standing)
    return Room(
        step=step,
        steps=[
            (str(name), "done" if number < step else "now" if number == step else "")
            for number, name in enumerate(STEPS)
        ],
        missing=[str(MISSING[name]) for name in lifecycle.missing_to_open(campaign)] if step == DRAFT else [],
        faults=[fault.words for fault in lifecycle.faults_to_open(campaign)] if step == DRAFT else [],
        units=_units(campaign, now=now),
        left=left,
        standing=standing,
        signature=standings.open_signature(campaign, now=now) if step >= SIGNING else None,
        formula=standings.formula_words(campaign),
        is_being_counted=bool(left) and standings.is_being_counted(campaign),
        troubled=tuple(office.short_name for office in standings.troubled(campaign)) if left else (),
    )


def draft_of(campaign: Campaign, *, now: datetime, reason: str = "") -> Draft:
    """``reason``: of a correction, or why nobody answered. Raises `standings.StandingRefused`."""
    counted = participation.participation(campaign).values()
    signature = standings.open_signature(campaign, now=now)
    drawn = partial(
        Draft,
        signature=signature,
        returned=sum(own.returned for own in counted),
        expired=sum(own.invited_expired for own in counted),
    )
    try:
        text = signature.text if signature else standings.standing_text(campaign, reason=reason)
    except standings.NobodyAnswered:
        return drawn(document={}, seen="", reason="", wants_reason=True)
    return drawn(
        document=_printed(Standing(text=text).document),
        seen=evidence.digest(text),
        reason=signature.reason if signature else reason,
    )


def _printed(document: dict) -> dict:
    """The document with its scores as a Vietnamese page prints them."""
    units = [
        unit | {"score": unit["score"] and unit["score"].replace(".", ",")} for unit in document["units"]
    ]
    return document | {"units": units}


def typed(campaign: Campaign) -> dict[str, str]:
    """Units and groups as the form has them typed."""
    units = campaign.units.select_related("office").order_by("office__code")
    return {
        "units": "\n".join(u.office.code + (f"; {u.population}" if u.population else "") for u in units),
        "groups": "\n".join(
            "; ".join(filter(None, (g.code, g.label, g.label_en))) for g in campaign.groups.all()
        ),
    }


def _step(campaign: Campaign, left: int, standing: Standing | None) -> int:
    if campaign.state == CampaignState.DRAFT:
        return DRAFT
    if campaign.state == CampaignState.OPEN:
        return RUNNING
    if left:
        return COUNTING
    if standing is None:
        return SIGNING
    return PUBLISHED if standing.is_published else PUBLISHING


def _units(campaign: Campaign, *, now: datetime) -> list[UnitRow]:
    counted = participation.participation(campaign)
    signals: dict[int, int] = {}
    for office, n in OpenSignal.objects.filter(unit__campaign=campaign).values_list(
        "unit__office", "answers"
    ):
        signals[office] = signals.get(office, 0) + n
    done = _share_of_time(campaign, now)
    rows = []
    for unit in campaign.units.select_related("office"):
        own = counted.get(unit.office_id, participation.Participation())
        target = (
            adequate_sample(unit.population, Fraction(campaign.sampling_error)) if unit.population else None
        )
        rows.append(
            UnitRow(
                code=unit.office.code,
                name=unit.office.short_name,
                opened=own.opened,
                invited=own.invited,
                invited_returned=own.invited_returned,
                invited_waiting=own.invited_waiting,
                returned=own.returned,
                target=target,
                is_quiet=campaign.state == CampaignState.OPEN
                and done >= HALF
                and own.returned * 3 < (target or campaign.minimum_n) * done,
                signals=signals.get(unit.office_id, 0),
            )
        )
    return sorted(rows, key=lambda row: sort_key(row.name))


def _share_of_time(campaign: Campaign, now: datetime) -> Fraction:
    start, end = campaign.period.bounds()
    if now <= start:
        return Fraction(0)
    return Fraction(int((min(now, end) - start).total_seconds()), int((end - start).total_seconds()))
