"""`manage.py set_up`: opens a real office. Asks on a terminal for what neither the command line nor a file of answers says."""

from __future__ import annotations

import collections
import os
import secrets
import sys
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from getpass import getpass
from pathlib import Path

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management import BaseCommand, CommandError, call_command
from django.db.models import Field, Model
from django.db.transaction import atomic
from django.utils import timezone

from surveys.choices import OfficeKind
from surveys.models import Counter, Office, User
from surveys.setup import new_office
from surveys.vietnamese import clean_text

Answers = Mapping[str, str]
FACTS = {
    new_office.PilotInTheWay: "Cơ sở dữ liệu này chứa số liệu minh hoạ. Đơn vị thật cần cơ sở dữ liệu riêng: đặt DATA_DIR (hoặc DATABASE_URL) khác.",
    new_office.OfficeInTheWay: "Cơ sở dữ liệu này đã có đơn vị. Thêm quầy, người dùng ở trang Thiết lập (/setup/).",
}


DEPARTMENT = "-GD"  # what the department's code adds to the office's


def _fits(model: type[Model], column: str, said: str) -> None:
    """What the column's own validators say: how long, which characters. '' passes."""
    found = model._meta.get_field(column)
    if isinstance(found, Field):
        found.run_validators(said)


def _code(said: str, before: Answers) -> None:
    _needed(said, before)
    _fits(Office, "code", said)
    if len(said + DEPARTMENT) > (Office._meta.get_field("code").max_length or 0):
        raise ValidationError("Mã đơn vị dài quá.")
    if said == new_office.HEAD:
        raise ValidationError("Mã này là của Kho bạc Nhà nước, cấp trên của đơn vị.")


def _needed(said: str, before: Answers) -> None:
    if not said:
        raise ValidationError("Mục này là bắt buộc.")


def _name(said: str, before: Answers) -> None:
    _needed(said, before)
    _fits(Office, "name", said)


def _short_name(said: str, before: Answers) -> None:
    _fits(Office, "short_name", said)
    if not said and len(before["name"]) > (Office._meta.get_field("short_name").max_length or 0):
        raise ValidationError("Tên đầy đủ dài quá để làm tên gọn; xin ghi tên gọn.")


def _department(said: str, before: Answers) -> None:
    _fits(Office, "short_name", said)


def _counters(said: str, before: Answers) -> None:
    codes = counter_codes(said)
    for code in codes:
        _fits(Counter, "code", code)
    if twice := [code for code, times in collections.Counter(codes).items() if times > 1]:
        raise ValidationError(f"Mã quầy ghi hai lần: {', '.join(twice)}.")


def _username(said: str, before: Answers) -> None:
    User._meta.get_field("username").clean(said, None)


def _leader(said: str, before: Answers) -> None:
    if said:
        _username(said, before)
    if said.casefold() == before["admin"].casefold():
        raise ValidationError("Lãnh đạo và người quản trị là hai tài khoản.")


@dataclass(frozen=True)
class Question:
    """``usual`` is taken where nothing is typed; ``check`` raises ValidationError with a sentence for a wrong answer, which
    may depend on the answers before."""

    words: str
    usual: str
    check: Callable[[str, Answers], None]


QUESTIONS = {
    "code": Question("Mã đơn vị (chữ hoa không dấu, ví dụ HB)", "", _code),
    "name": Question("Tên đơn vị đầy đủ (ví dụ Kho bạc Nhà nước Hòa Bình)", "", _name),
    "short_name": Question("Tên gọn (ví dụ KBNN Hòa Bình)", "", _short_name),
    "department": Question("Phòng có quầy giao dịch (để trống nếu quầy thuộc thẳng đơn vị)", "", _department),
    "counters": Question("Số quầy, hoặc danh sách mã quầy cách nhau bằng dấu phẩy", "1", _counters),
    "admin": Question("Tên đăng nhập của người quản trị", "quantri", _username),
    "leader": Question("Tên đăng nhập của lãnh đạo đầu tiên (gõ - nếu thêm sau)", "lanhdao", _leader),
}
#: Without a terminal nobody is made whom nobody asked for.
ON_A_TERMINAL = {"leader"}
PASSWORDS = {"admin": "SETUP_PASSWORD", "leader": "SETUP_LEADER_PASSWORD"}


class Command(BaseCommand):
    help = "Mở một đơn vị thật trên cơ sở dữ liệu trống: đơn vị, quầy, khoá, dữ liệu gốc, người quản trị và lãnh đạo đầu tiên."
    requires_system_checks = []

    def add_arguments(self, parser) -> None:
        parser.add_argument("--code", help="mã đơn vị, ví dụ HB")
        parser.add_argument("--name", help="tên đầy đủ")
        parser.add_argument("--short-name", help="tên gọn")
        parser.add_argument("--kind", choices=OfficeKind.values, help="loại đơn vị")
        parser.add_argument("--department", help="tên phòng có quầy giao dịch; '' nếu không có")
        parser.add_argument("--counters", help="số quầy, hoặc mã quầy cách nhau bằng dấu phẩy")
        parser.add_argument("--quarterly", action="store_true", help="kỳ theo quý (dưới 30 phiếu mỗi tháng)")
        parser.add_argument(
            "--check",
            action="store_true",
            help="chỉ xem đã có đơn vị thật chưa, không tạo gì; chạy sau prepare",
        )
        parser.add_argument("--admin", help="tên đăng nhập của người quản trị đầu tiên")
        parser.add_argument("--leader", help="tên đăng nhập của lãnh đạo đầu tiên; '' nếu thêm sau")
        parser.add_argument(
            "--answers", type=Path, metavar="TỆP", help="tệp TOML trả lời thay cho bàn phím: code, name, …"
        )

    def handle(self, *args, **options) -> None:
        self.made: dict[str, str] = {}  # login name → the first password that nobody typed
        if options["check"]:
            return self.check_founded()
        call_command("prepare", verbosity=0)
        try:
            new_office.check_empty()
            wished = self.ask(options | _read(options["answers"]))
            with atomic():
                office = new_office.found_office(wished=wished, now=timezone.now())
                for username, password in self.made.items():
                    place = _write(settings.DATA_DIR / "first-login.txt", username, password)
                    self.stdout.write(f"Mật khẩu của {username}: {place}")
        except new_office.FoundingRefused as fact:
            raise CommandError(FACTS[type(fact)]) from fact
        except ValidationError as error:
            raise CommandError("Chưa mở đơn vị: " + " ".join(error.messages)) from error
        except (EOFError, KeyboardInterrupt) as stop:
            raise CommandError("Dừng giữa chừng: chưa mở đơn vị nào.") from stop
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
        said: dict[str, str] = {}
        for name in QUESTIONS:
            said[name] = self.answer(name, options.get(name), said)
        codes = counter_codes(said["counters"])
        department = said["department"]
        return new_office.Founding(
            code=said["code"],
            name=said["name"],
            short_name=said["short_name"] or said["name"],
            kind=OfficeKind(options["kind"] or OfficeKind.PROVINCIAL),
            counters=[(code, f"Quầy {code.removeprefix('Q')}") for code in codes],
            username=said["admin"],
            password=self.password("admin", said["admin"]),
            password_is_drawn=said["admin"] in self.made,
            leader=said["leader"],
            leader_password=self.password("leader", said["leader"]) if said["leader"] else "",
            department_code=said["code"] + DEPARTMENT if department else "",
            department_name=department,
            quarterly=bool(options["quarterly"]),
        )

    def answer(self, name: str, given: object, before: Answers) -> str:
        """What was given, or typed: on a terminal again and again until it is right."""
        question = QUESTIONS[name]
        if given is not None or not sys.stdin.isatty():
            usual = "" if name in ON_A_TERMINAL else question.usual
            value = _line(usual if given is None else str(given))
            question.check(value, before)
            return value
        while True:
            hint = f" [{question.usual}]" if question.usual else ""
            value = _line(input(f"{question.words}{hint}: ")) or question.usual
            value = "" if value == "-" else value
            try:
                question.check(value, before)
            except ValidationError as error:
                self.stdout.write("  " + " ".join(error.messages))
            else:
                return value

    def password(self, whose: str, username: str) -> str:
        """From the environment, typed twice on a terminal, or made; what was made is written down with the office."""
        if given := os.environ.get(PASSWORDS[whose], ""):
            validate_password(given, User(username=username))
            return given
        if not sys.stdin.isatty():
            return self.made.setdefault(username, secrets.token_urlsafe(12))
        while True:
            typed = getpass(f"Mật khẩu của {username} (ít nhất 10 ký tự): ")
            try:
                validate_password(typed, User(username=username))
            except ValidationError as error:
                self.stdout.write("  " + " ".join(error.messages))
                continue
            if typed == getpass("Gõ lại mật khẩu: "):
                return typed
            self.stdout.write("  Hai lần gõ khác nhau.")

    def tell(self, office, wished: new_office.Founding) -> None:
        counters = ", ".join(code for code, _name in wished.counters)
        leader = f" Lãnh đạo: {wished.leader}." if wished.leader else ""
        self.stdout.write(
            f"Đã mở {office.name} ({office.code}), quầy {counters}. Người quản trị: {wished.username}.{leader}\n"
            f"Dữ liệu ở {settings.DATA_DIR}; cất một bản khoá {settings.KEYS_DIR} ra ngoài máy chủ.\n"
            "Tiếp theo: 1. chạy dịch vụ; 2. người quản trị đăng nhập ở /login, cài ứng dụng tạo mã trên điện thoại (ví dụ FreeOTP) và\n"
            "quét hình trên màn hình, cất mã dự phòng; 3. trang Thiết lập dẫn từng việc đến phiếu đầu tiên."
        )


def counter_codes(said: str) -> list[str]:
    """Q1 … Qn for a number, else the codes that are listed. Raises ValidationError."""
    if said.isdecimal():
        if not 1 <= int(said) <= 99:
            raise ValidationError("Số quầy từ 1 đến 99.")
        return [f"Q{n}" for n in range(1, int(said) + 1)]
    codes = [code.strip().upper() for code in said.split(",") if code.strip()]
    if not codes:
        raise ValidationError("Cần ít nhất một quầy.")
    return codes


def _read(path: Path | None) -> dict[str, object]:
    """The answers of a file; a name that is no question is a slip of the pen, and said."""
    if path is None:
        return {}
    try:
        said = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise CommandError(f"Không đọc được tệp trả lời {path}: {error}") from error
    if unknown := sorted(set(said) - {*QUESTIONS, "kind", "quarterly"}):
        raise CommandError(
            f"Tệp trả lời có mục lạ: {', '.join(unknown)}. Các mục: {', '.join(QUESTIONS)}, kind, quarterly."
        )
    if said.get("kind", OfficeKind.PROVINCIAL) not in OfficeKind.values:
        raise CommandError(f"kind phải là một trong: {', '.join(OfficeKind.values)}.")
    if not isinstance(said.get("quarterly", False), bool):
        raise CommandError("quarterly phải là true hoặc false, không có dấu nháy.")
    return said


def _line(typed: str) -> str:
    return " ".join(clean_text(typed).split())


def _write(path: Path, username: str, password: str) -> Path:
    """One line a login, the first of a founding first."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(descriptor, "a", encoding="utf-8") as file:
        file.write(f"{username} {password}\n")
    return path
