"""Mix every box that waits, and count what was released."""

from __future__ import annotations

from argparse import ArgumentParser

from django.core.management import BaseCommand, CommandError
from django.utils import timezone

from reports.closing import mix_box
from surveys.box.mixing import BoxTampered, boxes_waiting, scrub_box
from surveys.crypto.keys import KeyMissing
from surveys.models import Office
from surveys.paper import scrub_piles


class Command(BaseCommand):
    help = "Trộn các hòm phiếu đang chờ và cộng số liệu; chỉ mở nhóm đủ phiếu."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--office", metavar="CODE", help="chỉ trộn hòm phiếu của một đơn vị")

    def handle(self, *args, office: str | None, **options) -> None:
        if office and not Office.objects.sealing().filter(code=office).exists():
            raise CommandError(f"Không có đơn vị nào mang mã {office} và có hòm phiếu.")
        waiting = [box for box in boxes_waiting() if office in (None, box[0].code)]
        tampered = [str(box) for box in map(self._mix, waiting) if box]
        if waiting:
            scrub_box()
            scrub_piles()
        if tampered:
            raise CommandError(
                f"Hòm phiếu sai dấu kiểm, không mở: {', '.join(tampered)}. Thanh tra cần xem nhật ký."
            )

    def _mix(self, box: tuple) -> str | None:
        """Mix one box; its name when it was tampered with, so that the others are still mixed."""
        office, period, _waiting = box
        try:
            batch = mix_box(office=office, period=period, now=timezone.now())
        except KeyMissing as error:
            raise CommandError(f"Không có khoá mở hòm phiếu ({error}) ở tài khoản này.") from error
        except BoxTampered:
            return f"{office.code} {period}"
        self.stdout.write(f"{office.code} {period}: mở {batch.ballots if batch else 0} phiếu")
        return None
