"""Everything that must stand before serving: folders, secrets, tables, static files. Run again, it changes nothing."""

from __future__ import annotations

import ctypes
from argparse import REMAINDER, ArgumentParser
from hashlib import sha256
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.management import BaseCommand, CommandError, call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from surveys.crypto import keys
from surveys.database import grants, triggers


class Command(BaseCommand):
    help = "Make folders and keys, migrate, collect static files: all set-up, idempotent."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--then", nargs=REMAINDER, help="lệnh chạy tiếp trong cùng tiến trình, cùng đối số của nó"
        )

    def handle(self, *args, **options) -> None:
        self._prepare(options)
        if options["then"]:
            call_command(*options["then"])

    def _prepare(self, options: dict) -> None:
        quiet = {"verbosity": min(options["verbosity"], 0)}
        settings.DATA_DIR.mkdir(parents=True, exist_ok=True)
        if made := keys.make_keys(settings.KEYS_DIR, name=f"kbnn-{timezone.localdate():%Y}"):
            self.stdout.write(f"Đã tạo khoá: {', '.join(made)} ({settings.KEYS_DIR})")
        if not settings.SEPARATE_MIXER:
            today = timezone.localdate()
            keys.make_own_mixer_keys(name=f"kbnn-mix-{today:%Y}", on=today)
        elif "box-public" in keys.unreadable(settings.KEYS_DIR):
            raise CommandError(
                "Chưa có khoá công khai của hòm phiếu: tài khoản máy trộn chạy box_key make, rồi box_key trust ở đây."
            )
        if grants.owns_tables():
            if is_behind() or triggers.missing():
                call_command("migrate", interactive=False, **quiet)
                call_command("createcachetable", **quiet)
            grants.settle()
        elif is_behind():
            raise CommandError(
                "Bảng dữ liệu cũ hơn phiên bản này, và vai trò này không được đổi bảng: chạy prepare ở máy có DATABASE_OWNER_URL trước."
            )
        if not settings.DEBUG:
            collect_static(**quiet)
        if not has_pango():
            self.stdout.write(
                "Thiếu thư viện Pango: chưa in được PDF, các phần khác vẫn chạy. "
                "Cài: apt install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"
            )


def collect_static(**quiet) -> None:
    """Hash and compress the static files, unless those collected last are the same; the mark lies beside them."""
    mark = Path(settings.STATIC_ROOT) / ".collected"
    seen = sha256(settings.STORAGES["staticfiles"]["BACKEND"].encode())
    for finder in finders.get_finders():
        for path, storage in finder.list([]):
            facts = Path(storage.path(path)).stat()
            seen.update(f"{path} {facts.st_size} {facts.st_mtime_ns}\n".encode())
    if mark.exists() and mark.read_text(encoding="ascii") == seen.hexdigest():
        return
    call_command("collectstatic", interactive=False, **quiet)
    mark.write_text(seen.hexdigest(), encoding="ascii")


def is_behind() -> bool:
    """Whether a migration of this release has not been applied, or a squash not been noted of those that have been."""
    executor = MigrationExecutor(connection)
    noted = executor.recorder.applied_migrations().keys()
    return bool(
        executor.migration_plan(executor.loader.graph.leaf_nodes())
        or executor.loader.replacements.keys() - noted
    )


def has_pango() -> bool:
    """Whether papers and slips can be set as PDF: pip cannot bring the library that does it."""
    try:
        for name in ("libpango-1.0.so.0", "libpangoft2-1.0.so.0"):
            ctypes.CDLL(name)
        return True
    except OSError:  # under other names elsewhere, which only the library itself knows
        pass
    try:
        import weasyprint  # noqa: F401
    except (ImportError, OSError):
        return False
    return True
