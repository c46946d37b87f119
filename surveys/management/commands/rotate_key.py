"""Sign with a fresh key from today on; the first seal after it carries both signatures, then the one before is destroyed."""

from __future__ import annotations

from argparse import ArgumentParser

from django.conf import settings
from django.core.management import BaseCommand, CommandError
from django.utils import timezone

from surveys.crypto import keys


class Command(BaseCommand):
    help = "Thay khoá niêm phong; khoá cũ còn ký thêm bản niêm phong đầu tiên rồi bị hủy."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", metavar="NAME", help="tên của khoá mới, như kbnn-2027")

    def handle(self, *args, name: str, **options) -> None:
        try:
            keys.rotate_seal_key(settings.KEYS_DIR, name=name, on=timezone.localdate())
        except ValueError as error:
            raise CommandError(
                f"Không thay được khoá: tên {name} đã dùng, hoặc lần thay trước chưa có bản niêm phong nào."
            ) from error
        public = keys.public_keys()[-1].public.hex()
        self.stdout.write(f"Khoá mới {name}: {public}")
        self.stdout.write(
            "Hãy khởi động lại máy chủ, chạy publish, và in khoá mới lên biên bản, báo cáo và áp phích."
        )
