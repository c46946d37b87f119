"""The steps, each judged by facts: nobody ticks anything (docs/spec/product.md, who hurts where: IT of a provincial office)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from django.conf import settings
from django.core.cache import cache
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from reports.schedule import lag
from surveys import printing
from surveys.accounts.holders import holders
from surveys.box import inspection
from surveys.choices import Role, SlipState
from surveys.database.after_restore import backed_up_at
from surveys.models import (
    CalendarDay,
    Counter,
    CounterKey,
    Delegation,
    Office,
    ProcedureVersion,
    Slip,
    Tablet,
    User,
)
from surveys.periods import local_day, start_of
from surveys.reference.errors import NoQuestionnaire
from surveys.reference.in_force import questionnaire_in_force, working_calendar
from surveys.vietnamese import count, short_date

DONE, MISSING, UNUSED = "done", "missing", "unused"
SIGNERS = 2
BACKUP_AGE = timedelta(days=2)
ROUND_AGE = timedelta(minutes=15)
#: The problems of `inspection.problems`, as they are read.
TROUBLE = {
    inspection.WRONG_KEY: _lazy("khoá đóng hòm không phải của bộ trộn này"),
    inspection.KEY_LOST: _lazy("bộ trộn không thấy khoá mở hòm"),
    inspection.KEY_EXPOSED: _lazy("tài khoản chạy trang đọc được khoá mở hòm"),
}
NAMED = 5  # so many names of what is missing; the page itself has the others


@dataclass(frozen=True)
class Step:
    """``state``: DONE, MISSING, or UNUSED where the office does without. ``said``: what was seen, in words; ``url`` '' where
    no page of the product does it."""

    title: str
    why: str
    state: str
    said: str
    url: str = ""
    act: str = ""


def steps_of(office: Office, *, now: datetime, asks_printers: bool = True) -> list[Step]:
    """In the order in which they are best done. ``asks_printers``: whether the queues are asked, which may take seconds."""
    today = local_day(now)
    counters = list(Counter.objects.filter(box_office=office).open_on(today).order_by("code"))
    return [
        _counters(counters),
        _tellers(office, counters),
        _signers(office, today),
        _leader(office),
        _procedures(counters, today),
        _questionnaire(today),
        _tablets(counters, today),
        _printers(office, counters, asks_printers),
        _calendar(today),
        _schedule(now),
        _mixer(now),
        _backup(now),
        _first_ballot(office),
    ]


def _counters(counters: list[Counter]) -> Step:
    laid = set(CounterKey.objects.filter(counter__in=counters).values_list("counter", flat=True))
    keyless = [str(each) for each in counters if each.pk not in laid]
    said = _("%(n)s quầy, quầy nào cũng có phím") % {"n": count(len(counters))}
    if keyless:
        said = _("chưa gán phím: %(names)s") % {"names": _few(keyless)}
    elif not counters:
        said = _("chưa có quầy nào")
    return Step(
        _("Quầy"),
        _("Tên quầy, cách phát phiếu, phím số"),
        _state(counters and not keyless),
        said,
        reverse("surveys:setup_counters"),
        _("Mở trang Quầy"),
    )


def _tellers(office: Office, counters: list[Counter]) -> Step:
    tellers = list(_with_role(office, Role.TELLER))
    served = {each.counter_id for each in tellers}
    bare = [str(each) for each in counters if each.pk not in served]
    strangers = [each.get_full_name() for each in tellers if each.last_login is None]
    said = _("%(n)s giao dịch viên") % {"n": count(len(tellers))}
    if bare:
        said = _("chưa có giao dịch viên: %(names)s") % {"names": _few(bare)}
    elif strangers:
        said += "; " + _("chưa đăng nhập: %(names)s") % {"names": _few(strangers)}
    return Step(
        _("Giao dịch viên"), _("Mỗi quầy ít nhất một người"), _state(tellers and not bare), said, *_people()
    )


def _signers(office: Office, today: date) -> Step:
    """The team of the box: by role in the office, or lent to it; a teller never counts."""
    lent = Delegation.objects.in_force(today).filter(office=office, role=Role.COUNTING).values("delegate")
    team = User.objects.filter(is_active=True).exclude(groups__name=Role.TELLER)
    team = team.filter(Q(pk__in=_with_role(office, Role.COUNTING).values("pk")) | Q(pk__in=lent)).distinct()
    n = team.count()
    said = _("%(n)s người kiểm và ký được") % {"n": count(n)}
    return Step(
        _("Tổ kiểm phiếu"),
        _("Cần hai người ký; không ai là giao dịch viên"),
        _state(n >= SIGNERS),
        said if n >= SIGNERS else _("%(said)s, còn thiếu %(n)s") % {"said": said, "n": count(SIGNERS - n)},
        *_people(),
    )


def _leader(office: Office) -> Step:
    names = [each.get_full_name() for each in _with_role(office, Role.LEADERSHIP).order_by("pk")]
    said = _few(names) if names else _("chưa có lãnh đạo")
    return Step(_("Lãnh đạo"), _("Đọc tháng, cử Tổ kiểm phiếu, chỉ đạo"), _state(names), said, *_people())


def _procedures(counters: list[Counter], today: date) -> Step:
    wanted = (
        CounterKey.objects.filter(counter__in=counters)
        .values("procedure", "procedure__short_name")
        .distinct()
    )
    on_keys = {each["procedure"]: each["procedure__short_name"] for each in wanted.order_by()}
    known = set(ProcedureVersion.objects.in_force(today).values_list("procedure", flat=True))
    gone = [name for pk, name in on_keys.items() if pk not in known]
    said = _("%(n)s thủ tục trên phím, đều còn hiệu lực") % {"n": count(len(on_keys))}
    if gone:
        said = _("trên phím mà hết hiệu lực: %(names)s") % {"names": _few(gone)}
    elif not on_keys:
        said = _("chưa có thủ tục nào trên phím")
    return Step(
        _("Thủ tục"),
        _("Thủ tục trên phím còn hiệu lực hôm nay"),
        _state(on_keys and not gone),
        said,
        reverse("surveys:setup_procedures"),
        _("Xem thủ tục"),
    )


def _questionnaire(today: date) -> Step:
    title, why = _("Mẫu phiếu"), _("Bản đang dùng tại quầy")
    try:
        version = questionnaire_in_force(on=today)
    except NoQuestionnaire:
        said = _("chưa có mẫu phiếu có hiệu lực")
        return Step(title, why, MISSING, said, reverse("surveys:setup_questionnaire"), _("Xem mẫu phiếu"))
    said = _("bản %(n)s, từ %(day)s") % {"n": version.number, "day": short_date(version.valid_from)}
    return Step(title, why, DONE, said, reverse("surveys:setup_questionnaire"), _("Xem mẫu phiếu"))


def _tablets(counters: list[Counter], today: date) -> Step:
    """Since the beginning of the last working day before today: over a weekend they are off, and nobody is to worry."""
    wanted = [each for each in counters if each.offers_tablet]
    paired = Tablet.objects.filter(counter__in=wanted, paired_at__isnull=False, revoked_at__isnull=True)
    seen: dict[int, datetime | None] = {}
    for counter, at in paired.order_by("seen_at").values_list("counter", "seen_at"):
        seen[counter] = max(filter(None, (at, seen.get(counter))), default=None)
    since = start_of(working_calendar().add_working_days(today, -1))
    bare = [str(each) for each in wanted if each.pk not in seen]
    never = [str(each) for each in wanted if each.pk in seen and seen[each.pk] is None]
    lost = [str(each) for each in wanted if (at := seen.get(each.pk)) and at < since]
    day = short_date(local_day(since))
    facts = [
        *([_("chưa ghép: %(names)s") % {"names": _few(bare)}] if bare else []),
        *([_("đã ghép, chưa thấy lần nào: %(names)s") % {"names": _few(never)}] if never else []),
        *([_("không thấy từ %(day)s: %(names)s") % {"day": day, "names": _few(lost)}] if lost else []),
    ]
    said = "; ".join(facts) or _("%(n)s quầy có máy, đều thấy gần đây") % {"n": count(len(wanted))}
    return Step(
        _("Máy tính bảng"),
        _("Quầy nào phát phiếu trên máy thì máy phải báo về"),
        _state(not facts) if wanted else UNUSED,
        said if wanted else _("không quầy nào phát phiếu trên máy"),
        reverse("surveys:setup_tablets"),
        _("Ghép máy") if bare else _("Xem các máy"),
    )


def _printers(office: Office, counters: list[Counter], asks: bool) -> Step:
    wanted = [each for each in counters if each.offers_slip]
    troubles = []
    for counter in wanted if asks else ():
        try:
            printing.look(counter.printer)
        except printing.PrinterProblem as problem:
            troubles.append(f"{counter}: {str(problem.trouble.label).rstrip('.')}")
    said = _("%(n)s quầy in phiếu; máy in trả lời") % {"n": count(len(wanted))}
    if troubles:
        said = "; ".join(troubles[:NAMED])
    elif wanted and not printing.has_qr(office):
        said = _("phiếu in chưa có mã QR: chưa ai thử địa chỉ bằng điện thoại của khách")
        troubles = [said]
    return Step(
        _("Máy in phiếu"),
        _("Quầy phát phiếu in thì máy in phải trả lời"),
        _state(not troubles) if wanted else UNUSED,
        said if wanted else _("không quầy nào phát phiếu in"),
        reverse("surveys:setup_printers"),
        _("Mở trang Máy in"),
    )


def _calendar(today: date) -> Step:
    """From December on next year's too: deadlines run into it."""
    years = [today.year, *([today.year + 1] if today.month == 12 else [])]
    entered = {year: CalendarDay.objects.filter(day__year=year).count() for year in years}
    bare = [str(year) for year, n in entered.items() if not n]
    told = ", ".join(
        _("năm %(year)s: %(n)s ngày") % {"year": year, "n": count(n)} for year, n in entered.items()
    )
    return Step(
        _("Lịch làm việc"),
        _("Ngày nghỉ, ngày làm bù; hạn giải quyết tính theo lịch này"),
        _state(not bare),
        _("chưa nhập ngày nghỉ năm %(years)s") % {"years": ", ".join(bare)} if bare else told,
        reverse("surveys:setup_calendar"),
        _("Mở lịch"),
    )


def _schedule(now: datetime) -> Step:
    noted = cache.get(lag.ROUND)
    last = datetime.fromtimestamp(noted, tz=UTC) if noted else None
    is_running = last is not None and now - last < ROUND_AGE
    return Step(
        _("Việc theo lịch"),
        _("Trộn phiếu hằng đêm, đóng kỳ, kiểm sổ"),
        _state(is_running),
        _("đang chạy, lượt gần nhất %(time)s") % {"time": _moment(last)} if is_running and last
        else _("không chạy; xem dịch vụ phieu-due trên máy chủ"),
    )  # fmt: skip


def _mixer(now: datetime) -> Step:
    """Whether what the pages put into the box can be opened again (`surveys.box.inspection`)."""
    at, _has_key = inspection.mixer_seen()
    last = datetime.fromtimestamp(at, tz=UTC) if at else None
    wrong = [str(TROUBLE[each]) for each in inspection.problems()]
    if last is None or now - last > ROUND_AGE:
        wrong.append(_("bộ trộn không báo về; xem dịch vụ trộn phiếu trên máy chủ"))
    said = "; ".join(wrong) or _("bộ trộn mở được hòm, lượt gần nhất %(time)s") % {"time": _moment(last)}
    return Step(_("Hòm phiếu"), _("Phiếu đã gửi phải mở lại được khi trộn"), _state(not wrong), said)


def _backup(now: datetime) -> Step:
    last = backed_up_at()
    said = _("bản gần nhất %(time)s") % {"time": _moment(last)} if last else _("chưa có bản sao nào")
    if not settings.BACKUP_DIR:
        said += "; " + _(
            "chưa đặt thư mục sao lưu nên máy không tự chép hằng đêm (docs/operating.md, mục Sao lưu và khôi phục)"
        )
    return Step(
        _("Sao lưu"), _("Bản chép hằng đêm; khoá cất riêng"), _state(last and now - last < BACKUP_AGE), said
    )


def _first_ballot(office: Office) -> Step:
    """Participation only: that some slip of the office came back."""
    is_there = Slip.objects.of(office).filter(state=SlipState.USED).exists()
    return Step(
        _("Phiếu đầu tiên"),
        _("Giao dịch viên bấm phím, bấm Enter; khách trả lời"),
        _state(is_there),
        _("đã có phiếu thu về") if is_there else _("chưa có phiếu nào thu về"),
    )


def own_box(user: User) -> Office | None:
    """The box that the person's own office feeds."""
    return user.sealing_office


def missing(steps: Iterable[Step]) -> Iterator[Step]:
    return (step for step in steps if step.state == MISSING)


def _with_role(office: Office, role: Role) -> QuerySet[User]:
    return holders(role, on=timezone.localdate()).filter(office__path__startswith=office.path)


def _people() -> tuple[str, str]:
    return reverse("surveys:setup_people"), _("Mở trang Người dùng")


def _state(is_done: object) -> str:
    return DONE if is_done else MISSING


def _few(names: list[str]) -> str:
    rest = len(names) - NAMED
    return ", ".join(names[:NAMED]) + (_(" và %(n)s nữa") % {"n": count(rest)} if rest > 0 else "")


def _moment(at: datetime | None) -> str:
    return date_format(timezone.localtime(at), "H:i j/n/Y") if at else "–"
