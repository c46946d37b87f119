"""The mixer by itself, as a user of the system that alone can open waiting ballots: what is due, and what the pages ask."""

from __future__ import annotations

import signal
from argparse import ArgumentParser
from datetime import datetime

from django.conf import settings
from django.core.management import BaseCommand, CommandError
from django.utils import timezone

from reports.schedule import mixer
from reports.schedule.instants import instant
from reports.schedule.rounds import run_mixer_round, run_mixer_rounds


class Command(BaseCommand):
    help = "Chạy riêng máy trộn: mở hòm phiếu đúng giờ và khi trang kiểm phiếu yêu cầu. Chỉ tài khoản này giữ khoá mở."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--loop", action="store_true", help="chạy mãi")
        parser.add_argument(
            "--at", metavar="ISO", type=instant, help="làm như đang là lúc này (2026-12-04T19:00)"
        )

    def handle(self, *args, loop: bool, at: datetime | None, **options) -> None:
        if not settings.SEPARATE_MIXER:
            raise CommandError(
                "Máy này chạy một tài khoản (SEPARATE_MIXER chưa đặt): run_due làm cả việc trộn."
            )
        if not loop:
            sound = run_mixer_round(now=at or timezone.now())
            mixer.work_off(clock=lambda: at or timezone.now())
            if not sound:
                raise CommandError("Có việc chưa làm được; xem nhật ký.")
            return
        told: list[int] = []
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, lambda number, _frame: told.append(number))
        run_mixer_rounds(clock=lambda: at or timezone.now(), is_over=lambda: bool(told))
