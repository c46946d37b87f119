"""What a teller's page shows. It reads the register's requests and never a slip's state: nobody learns who answered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.core.paginator import Page, Paginator
from django.db.models import Count, QuerySet
from django.utils.translation import gettext as _

from surveys.accounts import tablets
from surveys.choices import LimitUnit, ServiceChannel, SlipChannel
from surveys.database import revision
from surveys.models import Counter, Procedure, ProcedureVersion, Slip, Tablet, Transaction, User
from surveys.models.register import SlipQuerySet, TransactionQuerySet
from surveys.periods import local_day, start_of
from surveys.printing import PrinterProblem, Trouble, is_waiting, look
from surveys.reference.counter_keys import KEYS, keys_at
from surveys.slips import pads
from surveys.slips.correcting import UNDO
from surveys.vietnamese import count

#: For so many days the page says that the keys were put otherwise.
ANNOUNCED_DAYS = 7
#: As long as the customer of a slip that reached nobody may still stand at the counter.
STUCK = timedelta(minutes=10)
#: Rows of the day on the console itself, and on the page that holds them all.
ROWS, PAGE = 10, 25
#: Without a lock on the list's length a forgotten queue would grow the page; the rest is counted and named.
RUNNING = 50


@dataclass(frozen=True)
class Choice:
    """A procedure's button: its key 1–9, or '' beyond, and its time limit in words."""

    procedure: Procedure
    key: str
    limit: str


@dataclass(frozen=True)
class Due:
    """How a running transaction stands: 'early', 'soon', 'late' or '' without a limit, and the words for it."""

    state: str
    words: str


@dataclass(frozen=True)
class Running:
    transaction: Transaction
    minutes: int
    due: Due
    may_change: bool  # no slip was handed out for it, and it was begun here


@dataclass(frozen=True)
class Undoable:
    transaction: Transaction
    until: datetime


@dataclass(frozen=True)
class Place:
    """One of the nine places of the pad: its digit, and its choice, or None where nothing was laid or is in force."""

    key: str
    choice: Choice | None


@dataclass(frozen=True)
class Way:
    """One way to hand out a ballot: its value, its words on a button, its icon; ``again``: the act of a second time;
    ``obstacle``: why it cannot work now, or ''."""

    channel: SlipChannel
    words: str
    again: str
    icon: str
    obstacle: str = ""


@dataclass(frozen=True)
class Today:
    """The latest slips of the day, newest first, and how many there are in all."""

    slips: tuple[Slip, ...]
    count: int

    @property
    def has_more(self) -> bool:
        return self.count > len(self.slips)

    @property
    def shown(self) -> tuple[tuple[object, ...], ...]:
        """What a row of the table tells of each slip, beside names; by its key, since two offices may give one number."""
        return tuple((each.pk, each.serial, each.procedure_id, each.cancel_requested) for each in self.slips)


@dataclass(frozen=True)
class Printer:
    """How the counter's printer stands; both words empty where no slip is printed."""

    words: str = ""
    trouble: str = ""
    works: bool = True


def ways(counter: Counter, *, no_tablet: str = "", printer: Printer | None = None) -> list[Way]:
    """What the counter offers, in the order of the enumeration, so that a button keeps its place."""
    no_printer = "" if printer is None or printer.works else _("máy in có lỗi")
    said = {
        SlipChannel.TABLET: Way(
            SlipChannel.TABLET, _("Máy tính bảng"), _("Phát lại lên máy tính bảng"), "tablet", no_tablet
        ),
        SlipChannel.SLIP: Way(
            SlipChannel.SLIP, _("Phiếu in QR"), _("Phát lại bằng phiếu in QR"), "printer", no_printer
        ),
        SlipChannel.PAPER: Way(
            SlipChannel.PAPER, _("Phiếu giấy"), _("Phát lại bằng phiếu giấy"), "file-text"
        ),
    }
    offered = counter.channels
    return [way for channel, way in said.items() if channel in offered]


def way_chosen(counter: Counter, wished: str, offered: list[Way]) -> Way:
    """The wished way as long as it works, else the first that works in the counter's own order; else its usual one."""
    by_channel = {way.channel: way for way in offered}
    in_order = [by_channel[channel] for channel in counter.channels]
    working = [way for way in in_order if not way.obstacle]
    return next((way for way in working if way.channel == wished), (working or in_order)[0])


def printer_at(counter: Counter) -> Printer:
    """Asked of the queue itself, a few hundredths of a second; a queue that does not answer is a trouble too."""
    if not counter.offers_slip:
        return Printer()
    try:
        look(counter.printer)
        waits = is_waiting(counter.printer)
    except PrinterProblem as problem:
        return Printer(words=_("Máy in: có lỗi"), trouble=str(problem.trouble.label), works=False)
    if waits:
        return Printer(words=_("Máy in: đang in"), trouble=str(Trouble.WAITING.label))
    return Printer(words=_("Máy in: sẵn sàng"))


def latest(today: Today) -> Slip | None:
    """The slip handed out last, as long as it may go out another way."""
    first = today.slips[0] if today.slips else None
    return first if first and not first.cancel_requested else None


def is_stuck(slip: Slip | None, offered: list[Way], *, now: datetime) -> bool:
    """Whether the slip was handed out just now by a way that does not work; ``slip`` comes with `with_last_way`."""
    obstructed = {way.channel for way in offered if way.obstacle}
    return slip is not None and slip.last_way in obstructed and now - slip.issued_at < STUCK


def takes_stub(slip: Slip | None, counter: Counter) -> bool:
    """Whether to ask for the number of a printed stub: the slip went out on paper, and the office has had pads printed.

    ``slip`` comes with `with_last_way`.
    """
    return slip is not None and slip.last_way == SlipChannel.PAPER and pads.is_printed_for(counter.box_office)


def choices_at(counter: Counter, *, now: datetime) -> list[Choice]:
    """The procedures in force today, each under the counter's own key; two queries, and one each for seasons and keys.

    A key never moves by itself: it is the counter's (`CounterKey`), and where the counter has none yet, the procedure's place
    in the house's list, whether or not those before it are in force. What has no key comes last.
    """
    today = local_day(now)
    versions: dict[int, ProcedureVersion] = {}
    in_force = ProcedureVersion.objects.in_force(today).for_channel(ServiceChannel.COUNTER)
    for version in in_force.prefetch_related("seasons"):
        versions.setdefault(version.procedure_id, version)
    listed = list(Procedure.objects.order_by("position", "code"))
    keys = keys_at(counter)
    offered = sorted(
        (each for each in listed if each.pk in versions), key=lambda each: keys.get(each.pk, KEYS + 1)
    )
    return [Choice(each, str(keys.get(each.pk, "")), _limit(versions[each.pk], today)) for each in offered]


def places_of(choices: list[Choice]) -> list[Place]:
    """The pad of nine, whatever is in force, so that no key moves up into a gap."""
    by_key = {each.key: each for each in choices}
    return [Place(str(digit), by_key.get(str(digit))) for digit in range(1, KEYS + 1)]


def keys_changed_on(counter: Counter, *, now: datetime) -> date | None:
    """The day the counter's keys were put otherwise, as long as that is news."""
    day = counter.keys_changed_on
    return day if day and (local_day(now) - day).days < ANNOUNCED_DAYS else None


@dataclass(frozen=True)
class Desk:
    """What the register says of the counter's day, without a clock. ``began`` and ``ended``: the last that might be undone."""

    today: Today
    running: tuple[Transaction, ...]
    began: Transaction | None
    ended: Transaction | None
    ended_slip: Slip | None
    last_kind: Procedure | None


def desk_of(counter: Counter, user: User, *, now: datetime) -> Desk:
    """Read once as long as nothing of it changes (`surveys.database.revision`)."""
    return revision.kept(("desk", counter.pk, user.pk), lambda: _read_desk(counter, user, now))


def _read_desk(counter: Counter, user: User, now: datetime) -> Desk:
    ended = _last_ended(counter, now)
    # No column of the slip: its state, even as part of a digest, would tell that it was used.
    slips = Slip.objects.filter(transaction=ended).with_requests().with_last_way().only("pk")
    latest = slips.first() if ended else None
    running = tuple(_running(counter, user))
    return Desk(
        today=slips_today(counter, user, now=now),
        running=running,
        began=next((each for each in running if not each.had_slip and each.api_key_id is None), None),
        ended=ended,
        ended_slip=latest,
        last_kind=last_kind(counter),
    )


def _running(counter: Counter, user: User) -> QuerySet[Transaction]:
    """The counter's queue, the latest first."""
    return (
        Transaction.objects.visible_to(user)
        .at_counter(counter)
        .running()
        .select_related("procedure", "organisation")
        .with_had_slip()
        .order_by("-started_at", "pk")
    )[:RUNNING]


def _here(counter: Counter) -> TransactionQuerySet:
    return Transaction.objects.at_counter(counter).filter(api_key__isnull=True).select_related("procedure")


def _last_ended(counter: Counter, now: datetime) -> Transaction | None:
    """Since yesterday, so that the same is asked all day."""
    today = local_day(now)
    since, until = start_of(today - timedelta(days=1)), start_of(today + timedelta(days=1))
    return _here(counter).finished_between(since, until).order_by("-finished_at").first()


def running_of(desk: Desk, *, now: datetime) -> list[Running]:
    return [
        Running(
            each,
            int((now - each.started_at).total_seconds() // 60),
            due(each.started_at, each.due_at, now=now),
            may_change=each.api_key_id is None and not each.had_slip,
        )
        for each in desk.running
    ]


def due(started_at: datetime, due_at: datetime | None, *, now: datetime) -> Due:
    """Soon is the last fifth of the time given, at most the last hour of it."""
    if due_at is None:
        return Due("", _("chưa có thời hạn"))
    left = due_at - now
    if left < timedelta(0):
        return Due("late", _("trễ %(time)s") % {"time": _span(-left)})
    if left <= min((due_at - started_at) / 5, timedelta(hours=1)):
        return Due("soon", _("sắp đến hạn: còn %(time)s") % {"time": _span(left)})
    return Due("early", _("còn sớm"))


def slips_today(counter: Counter, user: User, *, now: datetime) -> Today:
    """The latest of what was handed out today, and how many there were; one query, and one for more than a page."""
    start = start_of(local_day(now))
    day = (start, start + timedelta(days=1))
    rows = list(_handed_out(counter, user).issued_between(*day)[: ROWS + 1])
    if len(rows) <= ROWS:
        return Today(tuple(rows), len(rows))
    return Today(tuple(rows[:ROWS]), _own(counter, user).issued_between(*day).count())


def slips_found(counter: Counter, user: User, *, now: datetime, typed: str, page: str | None) -> Page:
    """What the counter handed out today, or on any day under a serial that begins as ``typed``, page by page."""
    today = start_of(local_day(now))
    slips = _handed_out(counter, user)
    begins = "".join(typed.split()).upper()
    found = (
        slips.filter(serial__startswith=begins)
        if begins
        else slips.issued_between(today, today + timedelta(days=1))
    )
    return Paginator(found, PAGE).get_page(page)


def _handed_out(counter: Counter, user: User) -> SlipQuerySet:
    """Newest first. The columns are named so that a slip's state is not even loaded."""
    return (
        _own(counter, user)
        .with_requests()
        .with_last_way()
        .select_related("procedure")
        .annotate(seen=Count("events"))
        .only("serial", "issued_at", "procedure__short_name")
        .order_by("-issued_at", "pk")
    )


def _own(counter: Counter, user: User) -> SlipQuerySet:
    return Slip.objects.visible_to(user).filter(counter=counter)


def last_kind(counter: Counter) -> Procedure | None:
    """The procedure of the counter's latest transaction, for the key that repeats it."""
    latest = (
        Transaction.objects.at_counter(counter).select_related("procedure").order_by("-started_at").first()
    )
    return latest.procedure if latest else None


def undoable_of(desk: Desk, *, now: datetime) -> Undoable | None:
    """The counter's last start or end as long as it may be taken back; a slip on paper or to be cancelled may not.

    It asks for the way a slip was last asked to go: a used slip's own channel stays, and would tell that it was used.
    """
    began = desk.began if desk.began and desk.began.started_at > now - UNDO else None
    ended, slip = desk.ended, desk.ended_slip
    over = ended.finished_at if ended else None
    if ended is None or over is None or not now - UNDO <= over < now + UNDO:
        ended = over = None
    if ended is None or over is None or (began and began.started_at > over):
        return Undoable(began, until=began.started_at + UNDO) if began else None
    if slip is None or slip.cancel_requested or slip.last_way == SlipChannel.PAPER:
        return None
    return Undoable(ended, until=over + UNDO)


def no_tablet(counter: Counter, *, now: datetime) -> str:
    """Why no ballot can be shown on a tablet here now, or ''; the set-up room judges by the same `tablets.is_online`."""
    paired = Tablet.objects.filter(counter=counter, paired_at__isnull=False, revoked_at__isnull=True)
    known = revision.kept(("tablets", counter.pk), lambda: list(paired))
    standing = [tablets.is_online(each, now=now) for each in known]
    if any(standing):
        return ""
    return _("mất liên lạc") if standing else _("chưa ghép máy")


def _limit(version: ProcedureVersion, day) -> str:
    limit = version.limit_on(day)
    if limit is None:
        return _("chưa có thời hạn")
    if version.limit_unit == LimitUnit.WORKING_DAY:
        return _("%(n)s ngày") % {
            "n": count(limit)
        }  # on a key; the page of the procedure says "ngày làm việc"
    return f"{limit} {LimitUnit(version.limit_unit).label}"


def _span(length: timedelta) -> str:
    """A length of time as one says it: minutes under two hours, hours under two days, then days."""
    minutes = int(length.total_seconds() // 60)
    if minutes < 120:
        return _("%(n)s phút") % {"n": minutes}
    if minutes < 48 * 60:
        return _("%(n)s giờ") % {"n": minutes // 60}
    return _("%(n)s ngày") % {"n": minutes // (24 * 60)}
