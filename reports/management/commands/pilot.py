"""Load the pilot office; with --replay play the article's year. Run again, it changes nothing."""

from __future__ import annotations

import sys
import time

from django.core.management import BaseCommand, CommandError

from reports import rollups
from surveys.models import Office
from surveys.pilot import office as pilot_office
from surveys.pilot import replay
from surveys.pilot.plan import MONTHS
from surveys.vietnamese import group

WIDTH = 40


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
            return
        total = sum(issued + returned for month, issued, returned in MONTHS if month in months)
        bar = Bar(self.stdout, total)
        with replay.replaying():
            for month in months:
                for _event in replay.play(office, month):
                    bar.advance(month.label)
                rollups.roll_up(office=office, period=month)
        bar.end()


class Bar:
    """A line that grows on a terminal, a line a month in a log."""

    def __init__(self, out, total: int) -> None:
        self.out, self.total, self.done = out, total, 0
        self.started, self.shown = time.monotonic(), 0.0
        self.lively = sys.stdout.isatty()
        self.label = ""

    def advance(self, label: str) -> None:
        self.done += 1
        now = time.monotonic()
        if self.lively and now - self.shown > 0.2:
            self.shown = now
            filled = min(WIDTH, WIDTH * self.done // self.total)
            self.out.write(f"\r  [{'#' * filled}{'.' * (WIDTH - filled)}] {label:<16}", ending="")
            self.out.flush()
        if not self.lively and label != self.label:
            self.out.write(f"  {label}")
        self.label = label

    def end(self) -> None:
        seconds = time.monotonic() - self.started
        self.out.write(f"{chr(13) if self.lively else ''}  Đã chạy lại {group(self.done)} việc trong {seconds:.0f} giây.")
