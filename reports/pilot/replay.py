"""Seal the pilot's year, follow up its cases, rank its campaign."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from decimal import Decimal

from reports import closing, sealing, standings
from reports.follow_up import cases, directions
from reports.handling_times import sums
from reports.models import Case, CaseState, DirectionEnd, PastResult, Seal
from reports.pilot.documents import number_documents
from surveys import evidence
from surveys.models import Campaign, Office, User
from surveys.periods import TIME_ZONE, Month, local_day, parse_period
from surveys.reference import in_force
from surveys.setup.pilot.plan import MONTHS

FIRST_SIGNS = time(8, 30)


def rank_campaign(campaign: Campaign, office: Office, *, first: User, second: User) -> None:
    """Two of head office sign a week after the end and publish; the article's own result is typed in beside it."""
    now = campaign.period.bounds()[1] + timedelta(days=7, hours=9)
    if not (standing := campaign.standings.last()):
        seen = evidence.digest(standings.standing_text(campaign))
        standings.sign_first(campaign=campaign, user=first, seen=seen, now=now, logged_in_at=now)
        standing = standings.sign_second(campaign=campaign, user=second, seen=seen, now=now, logged_in_at=now)
    PastResult.objects.get_or_create(
        office=office,
        name="Khảo sát, đánh giá mở theo Quyết định số 2537/QĐ-KBNN",
        defaults={
            "first_day": campaign.opens_on,
            "last_day": campaign.closes_on,
            "score": Decimal("96.25"),
            "place": 10,
            "of": 64,
            "source": "Bài báo về mô hình phiếu hài lòng của KBNN Hòa Bình",
        },
    )
    standings.publish(standing=standing, by=first, now=now)


def seal_year(office: Office) -> None:
    """Seal what is closed and not sealed yet, as the counting team would: two persons, on the first working morning."""
    first, second = (User.objects.get(username=name) for name in ("count", "count2"))
    sealed = set(Seal.objects.of(office).values_list("period", flat=True))
    calendar = in_force.working_calendar()
    for month, _issued, _returned in MONTHS:
        if str(month) in sealed or not closing.is_closed(office, month):
            continue
        day = calendar.add_working_days(closing.closes_from(month).date(), 0)
        morning = datetime.combine(day, FIRST_SIGNS, tzinfo=TIME_ZONE)
        # Days differ a little, as they do in life, yet the same on every replay.
        at = morning + timedelta(minutes=7 * month.month % 50)
        signed = sealing.sign_first(
            office=office,
            period=month,
            user=first,
            seen=sealing.draft(office=office, period=month).seen,
            now=at,
            logged_in_at=at - timedelta(minutes=3),
        )
        after = at + timedelta(minutes=12 + month.month)
        sealing.sign_second(
            first=signed,
            user=second,
            seen=signed.digest,
            now=after,
            logged_in_at=after - timedelta(minutes=2),
        )


# What leadership did about the two that were not satisfied: cause, action, reply.
DONE = {
    Month(2022, 10): (
        "Hướng dẫn chưa rõ",
        "Soạn bảng giấy tờ cần có cho từng thủ tục, niêm yết ở năm quầy.",
        "Từ tháng 11/2022 mỗi quầy có bảng giấy tờ cần có cho từng thủ tục. Cảm ơn ông/bà đã góp ý.",
    ),
    Month(2023, 3): (
        "Chờ lâu",
        "Cử thêm một người hỗ trợ quầy vào mười ngày cuối tháng.",
        "Mười ngày cuối tháng, quầy có thêm một người hỗ trợ. Xin lỗi ông/bà vì đã phải chờ.",
    ),
}


def follow_up_year(office: Office) -> None:
    """What comes after each seal: times summed, cases opened and answered two weeks later, one direction given and done."""
    lead = User.objects.get(username="lead")
    for seal in Seal.objects.of(office).filter(version=1, period__lte=str(MONTHS[-1][0])).order_by("pk"):
        month = parse_period(seal.period)
        number_documents(seal)
        sums.sum_up(office=office, period=month, now=seal.sealed_at + timedelta(hours=10))
        cases.open_cases(office=office, period=month)
        new = Case.objects.of(office).in_period(month).filter(state=CaseState.NEW)
        if month not in DONE or not new.exists():
            continue
        cause, action, reply = DONE[month]
        later = seal.sealed_at + timedelta(days=14)
        written = directions.write(
            office=office,
            period=month,
            by=lead,
            text=action,
            unit="Phòng Kế toán Nhà nước",
            due_on=local_day(later),
            now=seal.sealed_at + timedelta(days=1),
        )
        directions.answer(
            direction=written, by=lead, end=DirectionEnd.DONE, text="Đã làm từ đầu tuần.", now=later
        )
        for case in new:
            cases.handle(
                case=case,
                by=lead,
                cause=cause,
                action=action,
                reply=reply,
                owner=lead,
                close=True,
                now=later,
            )
