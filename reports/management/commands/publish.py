"""Lay out every sealed period for everybody: evidence files, keys and verifier; with --to a whole static tree."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path

from django.core.management import BaseCommand, CommandError
from django.utils import timezone

from reports.publication import folder
from reports.results import static_site


class Command(BaseCommand):
    help = "Công bố các kỳ đã niêm phong; --to DIR ghi một cây tệp tĩnh cho máy chủ web công cộng."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--to", metavar="DIR", type=Path, help="ghi cả trang xem vào DIR, để chép lên máy chủ khác"
        )

    def handle(self, *args, to: Path | None, **options) -> None:
        root = to or folder.default_root()
        done = folder.publish(root)
        if to:
            static_site.write_pages(root, now=timezone.now())
        for seal in done.written:
            self.stdout.write(
                f"{seal.office.code} {seal.period}: bản {seal.version}, mã niêm phong {seal.code}"
            )
        self.stdout.write(f"Đã công bố {len(done.written)} kỳ, {len(done.standing)} kỳ có sẵn: {root}")
        if done.refused:
            told = "; ".join(reason for _seal, reason in done.refused)
            raise CommandError(
                f"Không công bố, vì dữ liệu khác bản đã niêm phong: {told}. Hãy chạy verify_ledger."
            )
