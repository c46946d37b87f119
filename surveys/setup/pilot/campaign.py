"""Play the 2023 campaign through the product's own verbs: set up, open, invite, cast. No score is written by hand."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from time import monotonic

from django.db.transaction import atomic

from surveys.box import casting, signed_form
from surveys.campaigns import invitations, lifecycle, participation
from surveys.choices import CampaignState, OfficeKind, SlipChannel
from surveys.models import Campaign, CampaignUnit, Office, QuestionnaireVersion, User
from surveys.periods import start_of
from surveys.reference import answers as reference_answers
from surveys.reference.loading import load_campaign_questionnaires
from surveys.reference.offices import Order, units_of
from surveys.setup.pilot import casts
from surveys.setup.pilot.campaign_plan import (
    FIRST_DAY,
    HOA_BINH,
    INVITED_IN_ALL,
    LAST_DAY,
    SLUG,
    UnitPlan,
    plan_of,
)
from surveys.setup.pilot.office import SINCE
from surveys.setup.pilot.replay import LEAST, LONGEST_SECONDS

NOTICE = (
    "Câu trả lời của 63 đơn vị còn lại là số giả lập để thử hệ thống; số phiếu và khoảng của Hòa Bình cũng vậy. "
    "Chỉ 96,25 điểm và hạng 10 trong 64 là số đã công bố."
)
NOTICE_EN = (
    "The answers of the other 63 units are invented, and so are Hòa Bình’s number of answers and its interval. "
    "Only its 96.25 points and place 10 of 64 are published figures."
)
GROUPS = [
    ("budget_unit", "Đơn vị sử dụng ngân sách nhà nước", "Unit using the state budget"),
    ("investor", "Chủ đầu tư, ban quản lý dự án", "Investor, project management unit"),
    ("enterprise", "Doanh nghiệp", "Enterprise"),
    ("citizen", "Cá nhân", "Individual"),
]


def is_played() -> bool:
    return Campaign.objects.filter(slug=SLUG, state=CampaignState.CLOSED).exists()


def set_the_stage(*, by: User) -> Campaign:
    """The 64 units and the campaign, opened the day before its first; again: what stands."""
    units = load_units()
    if standing := Campaign.objects.filter(slug=SLUG).first():
        return standing
    load_campaign_questionnaires()
    plans = {plan.code: plan for plan in plan_of(sorted(units))}
    with atomic():
        campaign = lifecycle.set_up(
            by=by,
            units={units[code]: plan.population for code, plan in plans.items()},
            groups=GROUPS,
            slug=SLUG,
            name="Khảo sát toàn quốc 2023",
            name_en="Nationwide survey 2023",
            legal_basis="Quyết định số 2537/QĐ-KBNN ngày 26/5/2021",
            purpose="Khảo sát, đánh giá mức độ hài lòng của cá nhân, tổ chức đối với sự phục vụ của Kho bạc Nhà nước.",
            opens_on=FIRST_DAY,
            closes_on=LAST_DAY,
            questionnaire=QuestionnaireVersion.objects.get(questionnaire__code="sipas", number=1),
            notice=NOTICE,
            notice_en=NOTICE_EN,
        )
        return lifecycle.open_campaign(campaign=campaign, now=start_of(FIRST_DAY) - timedelta(hours=14))


def play(campaign: Campaign) -> Iterator[int]:
    """Cast every unit's answers, some in each transaction; yields how many after each. Goes on after an interruption."""
    units = {unit.office.code: unit for unit in campaign.units.select_related("campaign", "office")}
    counted = participation.participation(campaign)
    for plan in plan_of(sorted(units)):
        unit = units[plan.code]
        cast_before = counted[unit.office_id].returned
        if cast_before < plan.invited:
            with atomic():
                for number, code in enumerate(_invitations(unit)[: plan.invited]):
                    _cast_invited(code, *_said(plan, number))
            cast_before = plan.invited
            yield plan.invited
        number = cast_before
        while number < len(plan.answers):
            first, began = number, monotonic()
            with atomic():
                while number < len(plan.answers) and (
                    number - first < LEAST or monotonic() - began < LONGEST_SECONDS
                ):
                    _cast_openly(unit, *_said(plan, number))
                    number += 1
            yield number - first


def planned(campaign: Campaign) -> int:
    """How many answers `play` casts in all."""
    return sum(
        len(plan.answers) for plan in plan_of(sorted(campaign.units.values_list("office__code", flat=True)))
    )


def _said(plan: UnitPlan, number: int) -> tuple[reference_answers.Said, datetime]:
    at = start_of(FIRST_DAY) + timedelta(days=2 + number % 58, hours=8, minutes=number % 480)
    return reference_answers.Said(plan.answers[number], texts=plan.texts[number]), at


def _cast_openly(unit: CampaignUnit, said: reference_answers.Said, at: datetime) -> None:
    form = signed_form.read_form_of(unit=unit, field=signed_form.open_form_of(unit=unit, now=at))
    casting.cast_openly(unit=unit, form=form, said=said)


def _invitations(unit: CampaignUnit) -> list[str]:
    names = [(f"Tổ chức được mời số {number:03d}", "") for number in range(1, INVITED_IN_ALL + 1)]
    at = start_of(FIRST_DAY) + timedelta(hours=9)
    batch = invitations.invite(
        unit=unit, name="Đơn vị giao dịch thường xuyên", organisations=names, by=None, now=at
    )
    return [one.code for one in batch]


def _cast_invited(code: str, said: reference_answers.Said, at: datetime) -> None:
    casts.answer(code=code, said=said, via=SlipChannel.LINK, opened_at=at - timedelta(minutes=2), at=at)


def load_units() -> dict[str, Office]:
    """The 64 units of 2023 by code; the pilot's own office is one of them and stays as it is."""
    head = Office.objects.get(code="KBNN")
    rows = units_of(Order.OF_2023)
    for row in rows:
        if row["code"] != HOA_BINH:
            Office.objects.get_or_create(
                code=row["code"],
                defaults={
                    "name": row["name"].replace("KBNN", "Kho bạc Nhà nước"),
                    "short_name": row["name"],
                    "name_en": "",
                    "kind": OfficeKind(row["kind"]),
                    "parent": head,
                    "valid_from": SINCE,
                    "seals": True,
                    "is_pilot": True,
                },
            )
    return Office.objects.in_bulk([row["code"] for row in rows], field_name="code")
