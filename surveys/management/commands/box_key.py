"""The box's pair of keys, by hand: made, trusted, rotated, put into letters, restored from them, destroyed.

``make``, ``rotate``, ``letters``, ``restore`` and ``destroy`` are the mixer's user's; ``trust`` is for whoever takes
ballots, and reads from its input what the mixer's user's ``make`` or ``rotate`` printed.
"""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from datetime import date

from django.conf import settings
from django.core.management import BaseCommand, CommandError
from django.utils import timezone

from surveys.box.old_keys import destroy_what_is_over
from surveys.crypto import box_keys, envelopes, escrow, keys

ACTS = ("make", "show", "trust", "rotate", "letters", "restore", "destroy")
LETTER = """KHOÁ MỞ HÒM PHIẾU – THƯ {number}/3
Vân tay của khoá: {fingerprint}
Lập ngày {day}. Cần hai trong ba thư để lấy lại khoá; một thư không cho biết gì về khoá.
Niêm phong, giao cho một người giữ riêng; chỉ mở khi máy trộn mất khoá. Lấy lại: box_key restore

{lines}
"""
REFUSED = {
    escrow.LettersOfDifferentKeys: "Hai thư không cùng một lần lập, hoặc của hai khoá khác nhau.",
    escrow.SameLetterTwice: "Cần hai thư khác nhau.",
}


class Command(BaseCommand):
    help = "Khoá của hòm phiếu: make, show, trust, rotate, letters, restore, destroy (docs/operating.md)."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("act", choices=ACTS)
        parser.add_argument(
            "--force", action="store_true", help="restore: dùng khoá lấy lại làm khoá hiện hành"
        )

    def handle(self, *args, act: str, force: bool, **options) -> None:
        today = timezone.localdate()
        try:
            if act == "restore":
                self.restore(today, in_force=force)
            else:
                getattr(self, act)(today)
        except (box_keys.BoxKeyMissing, box_keys.BoxKeyExposed, keys.KeyMissing) as error:
            raise CommandError(f"Không dùng được khoá {error} trong {settings.MIX_KEYS_DIR}.") from error

    def make(self, today: date) -> None:
        """What is missing, and what the mixer says of itself to whoever takes ballots."""
        for line in keys.make_mixer_keys(settings.MIX_KEYS_DIR, name=f"kbnn-mix-{today:%Y}", on=today):
            self.stdout.write(line)

    def show(self, today: date) -> None:
        for line in box_keys.registered(settings.MIX_KEYS_DIR):
            until = f"{line.until:%d/%m/%Y}" if line.until else "hiện hành"
            self.stdout.write(
                f"{envelopes.printed_fingerprint(line.public)}  {line.since:%d/%m/%Y} – {until}"
            )

    def trust(self, today: date) -> None:
        try:
            keys.trust_mixer(settings.KEYS_DIR, sys.stdin.read().splitlines())
        except ValueError as error:
            raise CommandError("Dữ liệu vào không phải lời khai của máy trộn (box_key make).") from error
        self.stdout.write(f"Vân tay khoá hòm phiếu: {envelopes.printed_fingerprint(keys.box_public_key())}")

    def rotate(self, today: date) -> None:
        public = box_keys.rotate(settings.MIX_KEYS_DIR, on=today)
        if not settings.SEPARATE_MIXER:
            box_keys.write_public_key(settings.KEYS_DIR, public)
        for line in keys.mixer_statement(settings.MIX_KEYS_DIR, public=public):
            self.stdout.write(line)
        self.stderr.write(
            "Khoá mới đã có hiệu lực ở máy trộn. Chuyển lời khai trên cho box_key trust, rồi khởi động lại dịch vụ trang. "
            "Khoá cũ còn mở phiếu đang chờ và bản sao lưu; hủy sau 30 ngày (box_key destroy, hoặc máy tự làm)."
        )

    def letters(self, today: date) -> None:
        """Three pages for a printer: nothing else on the output, and nothing kept."""
        public = box_keys.public_key(settings.MIX_KEYS_DIR)
        named = envelopes.printed_fingerprint(public)
        private = box_keys.opening_key(settings.MIX_KEYS_DIR, public)
        for number, letter in enumerate(escrow.letters_of(private), start=1):
            groups = letter.split("-")
            lines = "\n".join("  " + "  ".join(groups[at : at + 4]) for at in range(0, len(groups), 4))
            page = LETTER.format(number=number, fingerprint=named, day=f"{today:%d/%m/%Y}", lines=lines)
            self.stdout.write(page + "\f")

    def restore(self, today: date, *, in_force: bool) -> None:
        typed = [self.typed(f"Thư thứ {ordinal}") for ordinal in ("nhất", "hai")]
        try:
            private = escrow.restored(typed)
        except escrow.LetterMistyped as error:
            raise CommandError(f"Thư gõ thứ {error.place + 1} có chỗ sai; xin gõ lại.") from error
        except escrow.EscrowRefused as error:
            raise CommandError(REFUSED[type(error)]) from error
        public = envelopes.public_of(private)
        if in_force:
            box_keys.put_in_force(settings.MIX_KEYS_DIR, private, on=today)
        else:
            box_keys.hold(settings.MIX_KEYS_DIR, private)
        self.stdout.write(f"Đã lấy lại khoá {envelopes.printed_fingerprint(public)}.")

    def typed(self, words: str) -> str:
        """On a terminal letter by letter; otherwise a line of the input."""
        return input(f"{words} (64 ký tự): ") if sys.stdin.isatty() else sys.stdin.readline()

    def destroy(self, today: date) -> None:
        gone = destroy_what_is_over(on=today)
        self.stdout.write(f"Đã hủy khoá mở: {', '.join(gone)}." if gone else "Chưa có khoá nào quá hạn giữ.")
