"""Load the pilot office; with --replay play the article's year. Run again, it changes nothing."""

from __future__ import annotations

import sys
from datetime import datetime, time, timedelta
from time import monotonic

from django.core.management import BaseCommand, CommandError

from reports import counting, rollups, sealing
from reports.models import Seal
from surveys import issuing
from surveys.models import Office, User
from surveys.periods import TIME_ZONE
from surveys.pilot import office as pilot_office
from surveys.pilot import replay
from surveys.pilot.plan import MONTHS
from surveys.vietnamese import group

WIDTH = 40
FIRST_SIGNS = time(8, 30)


class Command(BaseCommand):
    help = "Nạp đơn vị minh hoạ; --replay chạy lại 13 tháng của bài báo."

    def add_arguments(self, parser) -> None:
        parser.add_argument("--replay", action="store_true", help="chạy lại 13 tháng 6/2022–6/2023")

    def handle(self, *args, **options) -> None:
        if Office.objects.filter(is_pilot=False).exists():
            raise CommandError("Cơ sở dữ liệu này đã có đơn vị thật; không nạp số liệu minh hoạ vào đây.")
        office = pilot_office.load_office()
        if lines := pilot_office.load_people(office):
            self.stdout.write(f"Tài khoản minh hoạ: {pilot_office.write_logins(lines)}")
        if options["replay"]:
            self.replay(office)

    def replay(self, office: Office) -> None:
        months = replay.unplayed(office)
        if not months:
            seal_year(office)  # it broke off between the last closing and its seal
            return
        total = sum(issued + returned for month, issued, returned in MONTHS if month in months)
        bar = Bar(self.stdout, total)
        with replay.replaying():
            for month in months:
                for _event in replay.play(office, month):
                    bar.advance(month.label)
                rollups.roll_up(office=office, period=month)
                seal_year(office)
        bar.end()


def seal_year(office: Office) -> None:
    """Seal what is closed and not sealed yet, as the counting team would: two persons, on the first working morning."""
    first, second = (User.objects.get(username=name) for name in ("count", "count2"))
    sealed = set(Seal.objects.of(office).values_list("period", flat=True))
    calendar = issuing.working_calendar()
    for month, _issued, _returned in MONTHS:
        if str(month) in sealed or not counting.is_closed(office, month):
            continue
        day = calendar.add_working_days(counting.closes_from(month).date(), 0)
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


class Bar:
    """A line that grows on a terminal, a line a month in a log."""

    def __init__(self, out, total: int) -> None:
        self.out, self.total, self.done = out, total, 0
        self.started, self.shown = monotonic(), 0.0
        self.lively = sys.stdout.isatty()
        self.label = ""

    def advance(self, label: str) -> None:
        self.done += 1
        now = monotonic()
        if self.lively and now - self.shown > 0.2:
            self.shown = now
            filled = min(WIDTH, WIDTH * self.done // self.total)
            self.out.write(f"\r  [{'#' * filled}{'.' * (WIDTH - filled)}] {label:<16}", ending="")
            self.out.flush()
        if not self.lively and label != self.label:
            self.out.write(f"  {label}")
        self.label = label

    def end(self) -> None:
        seconds = monotonic() - self.started
        self.out.write(
            f"{chr(13) if self.lively else ''}  Đã chạy lại {group(self.done)} việc trong {seconds:.0f} giây."
        )
