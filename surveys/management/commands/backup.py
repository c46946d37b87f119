"""A consistent copy of the database, made while it is in use. The keys are not in it and are kept apart on purpose."""

from __future__ import annotations

from argparse import ArgumentParser
from copy import deepcopy
from pathlib import Path

from django.core.management import BaseCommand, CommandError, call_command, get_commands
from django.db import connection, connections
from django.utils import timezone

from surveys.database import after_restore, dumps

COPY = "backup-copy"


class Command(BaseCommand):
    help = "Chép cơ sở dữ liệu vào DIR trong khi máy vẫn chạy, rồi kiểm lại bản sao. Không có khoá trong bản sao."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("directory", metavar="DIR", type=Path)

    def handle(self, *args, directory: Path, **options) -> None:
        now = timezone.now()
        directory.mkdir(parents=True, exist_ok=True)
        name = f"kbnn-{timezone.localtime(now):%Y%m%d-%H%M%S}"
        path = directory / f"{name}{dumps.SUFFIX[connection.vendor]}"
        after_restore.mark_backup(now=now)
        try:
            dumps.copy_to(path)
        except dumps.DumpFailed as error:
            raise CommandError(f"Không chép được: {error}") from error
        if connection.vendor == "sqlite" and "verify_ledger" in get_commands():
            self.verify(path)
        self.stdout.write(f"Đã chép: {path}")
        self.stdout.write(
            "Khoá (KEYS_DIR) không nằm trong bản sao: cất riêng, vì có cả hai thì nối được phiếu với người gửi."
        )

    def verify(self, path: Path) -> None:
        """Compute the ledger of the copy anew, as a database of its own."""
        connections.databases[COPY] = deepcopy(connection.settings_dict) | {"NAME": str(path)}
        try:
            call_command("verify_ledger", database=COPY, stdout=self.stdout)
        finally:
            connections[COPY].close()
            del connections[COPY]
            del connections.databases[COPY]
