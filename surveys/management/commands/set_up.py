"""Start a real office on an empty database. Asks on a terminal for what the command line does not say."""

from __future__ import annotations

import os
import secrets
import sys
from getpass import getpass
from pathlib import Path

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management import BaseCommand, CommandError, call_command
from django.utils import timezone

from surveys.choices import OfficeKind
from surveys.models import User
from surveys.setup import new_office
from surveys.vietnamese import clean_text

FACTS = {
    new_office.PilotInTheWay: "Cơ sở dữ liệu này chứa số liệu minh hoạ. Đơn vị thật cần cơ sở dữ liệu riêng: đặt DATA_DIR (hoặc DATABASE_URL) khác.",
    new_office.OfficeInTheWay: "Cơ sở dữ liệu này đã có đơn vị. Thêm quầy, người dùng ở trang Thiết lập (/setup/).",
}
QUESTIONS = {
    "code": ("Mã đơn vị (chữ hoa không dấu, ví dụ HB)", ""),
    "name": ("Tên đơn vị đầy đủ (ví dụ Kho bạc Nhà nước Hòa Bình)", ""),
    "short_name": ("Tên gọn (ví dụ KBNN Hòa Bình)", ""),
    "department": ("Phòng có quầy giao dịch (để trống nếu quầy thuộc thẳng đơn vị)", ""),
    "counters": ("Số quầy, hoặc danh sách mã quầy cách nhau bằng dấu phẩy", "1"),
    "admin": ("Tên đăng nhập của người quản trị", "quantri"),
}


class Command(BaseCommand):
    help = "Mở một đơn vị thật trên cơ sở dữ liệu trống: đơn vị, quầy, khoá, dữ liệu gốc, người quản trị đầu tiên."
    requires_system_checks = []

    def add_arguments(self, parser) -> None:
        parser.add_argument("--code", help="mã đơn vị, ví dụ HB")
        parser.add_argument("--name", help="tên đầy đủ")
        parser.add_argument("--short-name", help="tên gọn")
        parser.add_argument(
            "--kind", choices=OfficeKind.values, default=OfficeKind.PROVINCIAL.value, help="loại đơn vị"
        )
        parser.add_argument("--department", help="tên phòng có quầy giao dịch; '' nếu không có")
        parser.add_argument("--counters", help="số quầy, hoặc mã quầy cách nhau bằng dấu phẩy")
        parser.add_argument("--quarterly", action="store_true", help="kỳ theo quý (dưới 30 phiếu mỗi tháng)")
        parser.add_argument(
            "--check",
            action="store_true",
            help="chỉ xem đã có đơn vị thật chưa, không tạo gì; chạy sau prepare",
        )
        parser.add_argument("--admin", help="tên đăng nhập của người quản trị đầu tiên")

    def handle(self, *args, **options) -> None:
        if options["check"]:
            return self.check_founded()
        call_command("prepare", verbosity=0)
        try:
            new_office.check_empty()
            wished = self.ask(options)
            office = new_office.found_office(wished=wished, now=timezone.now())
        except new_office.FoundingFact as fact:
            raise CommandError(FACTS[type(fact)]) from fact
        except ValidationError as error:
            raise CommandError("Chưa mở đơn vị: " + " ".join(error.messages)) from error
        return self.tell(office, wished)

    def check_founded(self) -> None:
        """Refuse to serve an empty house, or the pilot as if it were one."""
        try:
            new_office.check_empty()
        except new_office.OfficeInTheWay:
            return
        except new_office.PilotInTheWay as fact:
            raise CommandError(FACTS[type(fact)]) from fact
        raise CommandError("Chưa có đơn vị nào. Mở đơn vị trước: make set_up")

    def ask(self, options: dict) -> new_office.Founding:
        said = {name: self.answer(name, options[name]) for name in QUESTIONS}
        codes = _counter_codes(said["counters"])
        department = said["department"]
        return new_office.Founding(
            code=said["code"],
            name=said["name"],
            short_name=said["short_name"] or said["name"],
            kind=OfficeKind(options["kind"]),
            counters=[(code, f"Quầy {code.removeprefix('Q')}") for code in codes],
            username=said["admin"],
            password=self.password(said["admin"]),
            department_code=f"{said['code']}-GD" if department else "",
            department_name=department,
            quarterly=options["quarterly"],
        )

    def answer(self, name: str, given: str | None) -> str:
        words, usual = QUESTIONS[name]
        if given is None and sys.stdin.isatty():
            given = input(f"{words}{f' [{usual}]' if usual else ''}: ")
        value = " ".join(clean_text(given or usual).split())
        if not value and name in ("code", "name"):
            raise CommandError(f"Chưa có: {words}.")
        return value

    def password(self, username: str) -> str:
        """From SETUP_PASSWORD, typed twice on a terminal, or made and written where only its owner reads it."""
        if given := os.environ.get("SETUP_PASSWORD", ""):
            validate_password(given, User(username=username))
            return given
        if not sys.stdin.isatty():
            made = secrets.token_urlsafe(12)
            self.stdout.write(
                f"Mật khẩu của {username}: {_write(settings.DATA_DIR / 'first-login.txt', username, made)}"
            )
            return made
        while True:
            typed = getpass("Mật khẩu (ít nhất 10 ký tự): ")
            try:
                validate_password(typed, User(username=username))
            except ValidationError as error:
                self.stdout.write(" ".join(error.messages))
                continue
            if typed == getpass("Gõ lại mật khẩu: "):
                return typed
            self.stdout.write("Hai lần gõ khác nhau.")

    def tell(self, office, wished: new_office.Founding) -> None:
        counters = ", ".join(code for code, _name in wished.counters)
        self.stdout.write(
            f"Đã mở {office.name} ({office.code}), quầy {counters}. Người quản trị: {wished.username}.\n"
            f"Dữ liệu ở {settings.DATA_DIR}; cất một bản khoá {settings.KEYS_DIR} ra ngoài máy chủ.\n"
            "Tiếp theo: chạy dịch vụ, đăng nhập ở /login; trang Thiết lập dẫn từng việc đến phiếu đầu tiên."
        )


def _counter_codes(said: str) -> list[str]:
    if said.isdigit():
        if not 1 <= int(said) <= 99:
            raise CommandError("Số quầy từ 1 đến 99.")
        return [f"Q{n}" for n in range(1, int(said) + 1)]
    return [code.strip().upper() for code in said.split(",") if code.strip()]


def _write(path: Path, username: str, password: str) -> Path:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(f"{username} {password}\n")
    return path
