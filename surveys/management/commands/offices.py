"""`manage.py offices`: what the order of 2025 would change here; with `--write` it is changed."""

from __future__ import annotations

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db.transaction import atomic
from django.utils import timezone

from surveys import audit
from surveys.audit import Action
from surveys.models import Office
from surveys.reference.offices import Loaded, load_order_of_2025


class Undone(Exception):
    """Takes what was only shown back."""


class Command(BaseCommand):
    help = "Đưa cơ cấu từ 15/3/2025 (20 KBNN khu vực, Ban Giao dịch) vào dưới đơn vị cao nhất; đơn vị cũ kết thúc, ghi đơn vị kế thừa."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--write", action="store_true", help="ghi; không có thì chỉ nói sẽ làm gì")

    def handle(self, *args, write: bool, **options) -> None:
        head = Office.objects.filter(is_head=True).first()
        if head is None:
            raise CommandError("Máy này không phục vụ đơn vị cao nhất, nên không có gì để đưa vào.")
        loaded = self._written(head) if write else self._shown(head)
        self._say(loaded, "đã" if write else "sẽ")
        if not write and (loaded.added or loaded.ended):
            self.stdout.write(
                "Chưa ghi gì; ghi thì thêm --write. Quầy của đơn vị cũ vẫn chạy cho đến khi được chuyển ở trang Thiết lập."
            )

    @atomic
    def _written(self, head: Office) -> Loaded:
        loaded = load_order_of_2025(head=head)
        now = timezone.now()
        audit.record(action=Action.ORDER_LOADED, office=head, now=now, added=loaded.added, ended=loaded.ended)
        return loaded

    def _shown(self, head: Office) -> Loaded:
        try:
            with atomic():
                loaded = load_order_of_2025(head=head)
                raise Undone
        except Undone:
            return loaded

    def _say(self, loaded: Loaded, done: str) -> None:
        for words, codes in (
            (f"{done} thêm", loaded.added),
            (f"{done} kết thúc, có đơn vị kế thừa", loaded.ended),
            ("không nạp vì chưa có văn bản trong tay", loaded.unsourced),
        ):
            self.stdout.write(f"{words}: {len(codes)}{' (' + ', '.join(codes) + ')' if codes else ''}")
