"""Put a backup into an empty place. What could have been used since the backup is called back, and the gap is entered."""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.core.management import BaseCommand, CommandError, call_command, get_commands
from django.utils import timezone

from surveys.crypto import keys
from surveys.database import after_restore, dumps, grants, triggers


class Command(BaseCommand):
    help = "Khôi phục bản sao lưu vào nơi trống; thu hồi các phiếu có thể đã dùng từ lúc sao lưu."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", metavar="FILE", type=Path)
        parser.add_argument(
            "--nothing-since",
            action="store_true",
            help="máy chủ cũ đã dừng trước khi sao lưu (chuyển máy có kế hoạch): không thu hồi phiếu nào",
        )

    def handle(self, *args, file: Path, nothing_since: bool, **options) -> None:
        if not file.is_file():
            raise CommandError(f"Không thấy {file}.")
        if not dumps.is_empty_place():
            raise CommandError(
                "Chỉ khôi phục vào nơi trống. Hãy dời cơ sở dữ liệu hiện có đi nơi khác, đừng xoá."
            )
        try:
            dumps.put_back(file)
        except dumps.DumpFailed as error:
            raise CommandError(f"Không khôi phục được: {error}") from error
        call_command("migrate", interactive=False, verbosity=0)
        call_command("createcachetable", verbosity=0)
        grants.settle()
        if missing := triggers.missing():
            raise CommandError(f"Thiếu khoá chỉ-ghi-thêm: {', '.join(missing)}.")
        self.stdout.write(f"Đã khôi phục {file}; các khoá chỉ-ghi-thêm có đủ.")
        self.call_back(nothing_since=nothing_since, now=timezone.now())
        self.look_again()

    def call_back(self, *, nothing_since: bool, now: datetime) -> None:
        since = after_restore.backed_up_at()
        if since is None:
            raise CommandError(
                "Tệp này không do lệnh backup của đơn vị làm ra: không biết nó từ lúc nào, đừng mở quầy."
            )
        lost = after_restore.lost_checkpoints(settings.DATA_DIR / "checkpoints")
        if lost:
            self.stdout.write(f"Bản sao cũ hơn {len(lost)} điểm kiểm đã ký: {', '.join(lost[:5])}")
        if nothing_since and not lost:
            return
        gap = after_restore.call_back(since=since, now=now)
        self.stdout.write(
            f"Khoảng trống từ {timezone.localtime(gap.since):%H:%M %d/%m/%Y} đến {timezone.localtime(gap.until):%H:%M %d/%m/%Y}: "
            f"đã thu hồi {gap.cancelled} phiếu đang mở. Hãy ghi vào biên bản kiểm phiếu; trang kiểm tra biên nhận cũng nói điều này."
        )

    def look_again(self) -> None:
        if missing := keys.unreadable(settings.KEYS_DIR):
            self.stderr.write(
                f"Chưa có khoá {', '.join(missing)} trong {settings.KEYS_DIR}: khoá không nằm trong bản sao lưu, hãy đặt lại rồi chạy verify_ledger."
            )
        elif "verify_ledger" in get_commands():
            try:
                call_command("verify_ledger", stdout=self.stdout)
            except CommandError as error:
                self.stderr.write(str(error))
