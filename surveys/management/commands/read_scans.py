"""Read the scanned piles that wait; begun by an upload, and by the schedule where that did not work out."""

from __future__ import annotations

from django.core.management import BaseCommand
from django.utils import timezone

from surveys.paper.scans import jobs


class Command(BaseCommand):
    help = "Đọc các xấp phiếu quét đang chờ, từng tệp một."

    def handle(self, *args, **options) -> None:
        n = jobs.read_waiting(clock=timezone.now)
        self.stdout.write(f"Đã đọc {n} tệp.")
