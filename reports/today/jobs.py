"""What waits for one person: papers to count, decisions, answers due, an office to set up. The most urgent first."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from reports.checklist import steps as checklist
from reports.closing import closes_from, periods_of
from reports.counting_room import decisions, progress
from reports.follow_up import matters
from reports.handling_times import sums
from reports.models import Case, CaseState, Contact, Direction, Proposal, SignalCase
from reports.month import snapshot
from surveys.choices import Role
from surveys.models import Campaign, CampaignUnit, Office, User, period_named
from surveys.periods import is_calendar, local_day
from surveys.vietnamese import clerk_date, count

#: Answers due within so many days are named.
SOON = timedelta(days=7)


@dataclass(frozen=True)
class Job:
    """One thing to do: its title, what is missing or known, where it is done, the word on the button, the last day."""

    title: str
    detail: str
    url: str
    act: str
    due: date | None = None


def jobs_of(user: User, *, now: datetime) -> list[Job]:
    """Those with a day by their day, then the others in the order of the house's work."""
    found = [*counting(user, now), *deciding(user, now)]
    if user.has_role(Role.LEADERSHIP):
        found += [*directing(user, now), *answering_directions(user, now), *reaching_out(user, now)]
    found += [*answering_customers(user, now), *looking_into(user), *setting_up(user, now)]
    return sorted(found, key=lambda job: job.due or date.max)


def coming(user: User, *, now: datetime) -> tuple[date, str] | None:
    """The next day on which something will wait for whoever has nothing to do today, and what; None when no day is known."""
    found = []
    office = checklist.own_box(user)
    if office and (user.has_perm("surveys.count_ballots") or user.has_perm("surveys.view_figures")):
        for period in periods_of(office):
            if (opens := closes_from(period)) > now:
                found.append((local_day(opens), _("khoá kỳ %(period)s") % {"period": period.label}))
    if user.has_role(Role.LEADERSHIP):
        waiting = Direction.objects.visible_to(user).in_state("open", at=now).order_by("due_on")
        found += [(day, _("hạn một ý kiến chỉ đạo")) for day in waiting.values_list("due_on", flat=True)[:1]]
    return min(found, default=None)


def counting(user: User, now: datetime) -> Iterable[Job]:
    """The next step of every period on its way to the seal, as far as a person takes it."""
    for office in Office.objects.counted_by(user, local_day(now)).order_by("path"):
        for room in progress.waiting_rooms(office, now=now):
            if room.next and room.next.act:
                missing = _("Còn thiếu: %(what)s.") % {"what": room.next.missing} if room.next.missing else ""
                url = reverse("reports:counting_room", args=[office.code, room.period])
                title = f"{str(room.next.title).rstrip('.')} ({room.period.label})"
                yield Job(title, missing, url, _("Vào phòng kiểm phiếu"))


def deciding(user: User, now: datetime) -> Iterable[Job]:
    """What another person proposed and this one may decide."""
    waiting = (
        Proposal.objects.filter(decided_at__isnull=True).exclude(first=user).select_related("office", "first")
    )
    for each in waiting:
        if decisions.may_decide(user, each, now=now):
            detail = _("%(who)s đề nghị: %(why)s") % {"who": each.first.get_full_name(), "why": each.reason}
            url = reverse("reports:counting_decide", args=[each.pk])
            yield Job(str(each.get_kind_display()), detail, url, _("Xem và quyết định"))


def directing(user: User, now: datetime) -> Iterable[Job]:
    """What the last period that is over asks to decide, as long as no direction names it."""
    office = user.sealing_office
    period = snapshot.last_complete(office, now=now) if office else None
    if office is None or period is None:
        return
    taken = snapshot.take(office=office, stretch=period, now=now)
    said = " ".join(
        Direction.objects.of(office).in_periods([str(taken.period)]).values_list("text", flat=True)
    )
    for matter in matters.of_rows(sums.clock(taken), taken.label):
        if taken.period and matter.name not in said:
            url = reverse("reports:direct", args=[office.code, str(taken.period)]) + f"?about={matter.code}"
            yield Job(
                _("Cần quyết định, %(label)s") % {"label": taken.label},
                matter.said,
                url,
                _("Ghi ý kiến chỉ đạo"),
            )


def answering_directions(user: User, now: datetime) -> Iterable[Job]:
    soon = local_day(now) + SOON
    for each in (
        Direction.objects.visible_to(user)
        .in_state("open", at=now)
        .filter(due_on__lte=soon)
        .order_by("due_on")
    ):
        url = reverse("reports:direction", args=[each.pk])
        yield Job(
            _("Trả lời ý kiến chỉ đạo giao %(unit)s") % {"unit": each.unit},
            each.text[:160],
            url,
            _("Mở"),
            each.due_on,
        )


def reaching_out(user: User, now: datetime) -> Iterable[Job]:
    """Campaigns that take answers on the user's own office: its link, its poster, how many came in."""
    office, today = user.sealing_office, local_day(now)
    if office is None:
        return
    units = CampaignUnit.objects.of(office).filter(campaign__in=Campaign.objects.ranked().open_on(today))
    for unit in units.select_related("campaign").order_by("campaign__ends_on"):
        title = _("Đợt khảo sát đang mở: %(name)s") % {"name": unit.campaign.name}
        detail = _("Đến hết %(day)s. Treo áp phích, gửi đường liên kết của đơn vị cho khách hàng.")
        url = reverse("reports:campaign_unit_room", args=[unit.campaign.slug, office.code])
        yield Job(title, detail % {"day": clerk_date(unit.campaign.ends_on)}, url, _("Mở trang của đơn vị"))


def answering_customers(user: User, now: datetime) -> Iterable[Job]:
    """Cases whose day is near, and customers who asked to be answered in person."""
    soon = local_day(now) + SOON
    due = (
        Case.objects.visible_to(user)
        .exclude(state=CaseState.CLOSED)
        .filter(replied_at__isnull=True, due_on__lte=soon)
    )
    if not user.has_perm("surveys.handle_cases"):
        due = due.filter(owner=user)
    if days := sorted(due.values_list("due_on", flat=True)):
        title = _("Trả lời %(n)s phản ánh, góp ý") % {"n": count(len(days))}
        yield Job(
            title, _("Hạn trong 07 ngày tới hoặc đã quá hạn."), reverse("reports:cases"), _("Mở"), days[0]
        )
    if waiting := Contact.objects.visible_to(user).waiting().count():
        title = _("Liên hệ %(n)s khách hàng đã để lại cách liên hệ") % {"n": count(waiting)}
        yield Job(title, "", reverse("reports:cases"), _("Mở"))


def looking_into(user: User) -> Iterable[Job]:
    """Boxes that stay shut for damaged rows, and signals on which no inspector has said a word."""
    if not user.has_perm("surveys.inspect"):
        return
    for each in decisions.boxes_in_trouble(user):
        period = period_named(each.period)
        name, args = "reports:counting_room", [each.office.code, each.period]
        if not is_calendar(each.period):
            name, args = "reports:campaign_unit_room", args[::-1]
        title = _("Ghi nhận %(n)s dòng hỏng trong hòm phiếu của %(office)s, %(period)s")
        told = {"n": count(each.damaged), "office": each.office.short_name, "period": period.label}
        detail = _("Hòm phiếu này chưa mở được. Việc ghi nhận cần người thứ hai đồng ý.")
        yield Job(title % told, detail, reverse(name, args=args), _("Xem và đề nghị"))
    offices = Office.objects.with_figures_for(user)
    if n := SignalCase.objects.filter(office__in=offices, dispositions__isnull=True).count():
        title = _("Xem xét %(n)s tín hiệu chưa có kết luận") % {"n": count(n)}
        yield Job(title, "", reverse("reports:signals"), _("Xem tín hiệu"))


def setting_up(user: User, now: datetime) -> Iterable[Job]:
    """What the office's checklist misses, the first of it by name."""
    office = checklist.own_box(user) if user.has_perm("surveys.administer") else None
    if office is None:
        return
    missing = list(checklist.missing(checklist.steps_of(office, now=now, asks_printers=False)))
    if missing:
        title = _("Thiết lập đơn vị: %(n)s việc chưa xong") % {"n": count(len(missing))}
        named = str(missing[0].title).lower() in missing[0].said
        detail = capfirst(missing[0].said) if named else f"{missing[0].title}: {missing[0].said}"
        yield Job(title, f"{detail}.", reverse("reports:setup"), _("Mở bảng việc"))
