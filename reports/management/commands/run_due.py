"""Everything scheduled: the nightly mix and the closing of periods. From cron, a timer, or beside the server."""

from __future__ import annotations

import signal
from argparse import ArgumentParser
from datetime import datetime

from django.conf import settings
from django.core.management import BaseCommand, CommandError
from django.utils import timezone

from reports.schedule import mixer
from reports.schedule.instants import instant
from reports.schedule.rounds import run_round, run_rounds


class Command(BaseCommand):
    help = (
        "Làm mọi việc theo lịch đã đến giờ: trộn phiếu hằng đêm, khoá kỳ sau ngày 3, kiểm sổ, gửi điểm kiểm."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--loop", action="store_true", help="chạy mãi, mỗi phút một lượt")
        parser.add_argument(
            "--at", metavar="ISO", type=instant, help="làm như đang là lúc này (2026-12-04T19:00)"
        )

    def handle(self, *args, loop: bool, at: datetime | None, **options) -> None:
        if not loop:
            sound = run_round(now=at or timezone.now())
            if not settings.SEPARATE_MIXER:
                mixer.work_off(clock=lambda: at or timezone.now())
            if not sound:
                raise CommandError("Có việc chưa làm được; xem nhật ký.")
            return
        told = []  # a list, since an Event may lock itself up when its own thread's signal sets it
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, lambda number, _frame: told.append(number))
        run_rounds(clock=lambda: at or timezone.now(), is_over=lambda: bool(told))
