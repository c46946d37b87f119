"""What a month says, for machines (docs/spec/contract.md)."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils import timezone
from ninja import Field, Router, Schema

from reports.integrity import errors, inspection
from reports.models import Standing
from reports.month import snapshot
from reports.standings import tables
from surveys.api.auth import KeyRequest, office_of
from surveys.api.problems import invalid, not_found
from surveys.models import Counter
from surveys.periods import NotAPeriod, parse_period, parse_range
from surveys.vietnamese import clean_text

router = Router()


class Ends(Schema):
    """Two fractions with six decimals as text; null for a base under 30."""

    low: str | None
    high: str | None


class CriterionOut(Schema):
    """``levels``: level to number of valid ballots; null where the group is too small to be told."""

    code: str
    name: str
    levels: dict[str, int | None]


class CounterOut(Schema):
    """Code '' holds the ballots that cannot be told apart by counter."""

    code: str
    name: str
    issued: int
    cancelled: int
    returned: int
    valid: int | None
    satisfied: int | None
    dissatisfied: int | None
    suppressed: bool


class MonthOut(Schema):
    """One office, one period. What depends on answers counts released ballots only while the period is open."""

    office: str
    period: str
    state: str
    transactions: int
    issued: int
    cancelled: int
    expired: int
    returned: int
    not_returned: int
    paper: int
    ballots: int | None
    void: int | None
    valid: int | None
    satisfied: int | None
    dissatisfied: int | None
    suppressed: bool
    return_rate: str | None
    satisfied_share: str | None
    bounds: Ends
    interval: Ends
    criteria: list[CriterionOut]
    counters: list[CounterOut]
    seal_code: str | None = None


@router.get("/months/{period}", response=MonthOut, exclude_unset=True, summary="Số liệu của một kỳ")
def month(request: KeyRequest, period: str, office: str | None = None):
    """The snapshot of ``2023-05``, ``2023-Q2``, or a range of months ``2022-06..2023-06``."""
    return snapshot.take(
        office=office_of(request.auth, office), stretch=_stretch(period), now=timezone.now()
    ).as_api()


class CoverageIn(Schema):
    """How many transactions a counter had in a period by a count that does not come from the slips."""

    period: str
    counter: str = Field(max_length=16)
    transactions: int = Field(ge=0, le=1_000_000, strict=True)
    office: str | None = Field(None, max_length=32)


class CoverageOut(Schema):
    office: str
    period: str
    counter: str
    transactions: int


@router.put("/coverage", response=CoverageOut, summary="Số giao dịch do nguồn khác đếm")
def coverage(request: KeyRequest, payload: CoverageIn):
    """An independent count, from a queue system or TABMIS. Sent again it changes nothing; another number replaces it."""
    office = office_of(request.auth, payload.office)
    counter = Counter.objects.filter(box_office=office, code=payload.counter).first()
    if counter is None:
        raise invalid({"counter": f"Đơn vị không có quầy “{clean_text(payload.counter)}”."})
    try:
        period = parse_period(payload.period)
        inspection.enter_counts(
            office=office,
            period=period,
            counts={counter: payload.transactions},
            source=request.auth.name,
            api_key=request.auth,
            now=timezone.now(),
        )
    except (NotAPeriod, errors.CountNotPossible) as fact:
        sentence = (
            "Không phải là kỳ mà đơn vị đã bắt đầu: viết 2023-05, hoặc 2023-Q2 nếu đơn vị tính theo quý."
        )
        raise invalid({"period": sentence}) from fact
    return CoverageOut(
        office=office.code, period=str(period), counter=counter.code, transactions=payload.transactions
    )


class PlaceOut(Schema):
    """``place_low`` is the best place the unit may have; null throughout for a unit that is listed and not ranked."""

    office: str
    name: str
    score: str | None
    place: int | None
    place_low: int | None
    place_high: int | None
    n: int | None
    target: int | None


class StandingsOut(Schema):
    """The latest published version. ``notice``: what must be said of these figures wherever they are shown."""

    campaign: str
    version: int
    notice: str
    seal_code: str
    offices: list[PlaceOut]


@router.get(
    "/campaigns/{slug}/standings", response=StandingsOut, summary="Điểm và thứ hạng của một đợt khảo sát"
)
def standings(request: HttpRequest, slug: str):
    """Published standings only; they are public, so every key may read them."""
    standing = (
        Standing.objects.filter(campaign__slug=slug, publication__isnull=False).order_by("version").last()
    )
    if standing is None:
        raise not_found("Chưa có bảng xếp hạng nào được công bố cho đợt này.")
    return tables.interface(standing)


def _stretch(text: str):
    first, dots, last = text.partition("..")
    try:
        return parse_range(first, last) if dots else parse_period(first)
    except NotAPeriod as error:
        sentence = f"“{clean_text(text)[:40]}” không phải là kỳ: viết 2023-05, 2023-Q2 hoặc 2022-06..2023-06."
        raise invalid({"period": sentence}) from error
