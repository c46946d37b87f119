"""Compute everything that was signed again from the rows; exit status 0 only when all holds."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path

from django.core.management import BaseCommand, CommandError
from django.utils import timezone

from reports import ledger
from reports.ledger import alarms, checkpoints


class Command(BaseCommand):
    help = "Tính lại mọi điều đã ký từ cơ sở dữ liệu; --against so với điểm kiểm giữ ở nơi khác."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--against",
            metavar="FILE",
            type=Path,
            action="append",
            default=[],
            help="điểm kiểm hoặc niêm phong giữ ở nơi khác: tệp, thư đã lưu, hoặc thư mục; ghi được nhiều lần",
        )
        parser.add_argument(
            "--database", default="default", help="bí danh của cơ sở dữ liệu khác, như một bản sao"
        )

    def handle(self, *args, against: list[Path], database: str, **options) -> None:
        if missing := [str(path) for path in against if not path.exists()]:
            raise CommandError(f"Không thấy {', '.join(missing)}.")
        here = database == "default"
        notes = list(checkpoints.kept()) if here else []
        notes += [note for path in against for note in checkpoints.notes_in(path)]
        findings = ledger.examine(against=notes, using=database)
        if here:
            alarms.record(findings, now=timezone.now())
        if findings:
            raise CommandError("KHÔNG ĐẠT\n" + "\n".join(f"  {finding}" for finding in findings))
        self.stdout.write(
            f"ĐẠT: mọi phiếu, lần trộn, niêm phong và số cộng dồn đều khớp; đã so với {len(notes)} điểm kiểm giữ ngoài cơ sở dữ liệu."
        )
