"""The pilot's office, people and key."""

from __future__ import annotations

import os
import secrets
from datetime import date
from pathlib import Path

from django.conf import settings
from django.contrib.auth.models import Group
from django.db.transaction import atomic

from surveys.choices import LimitUnit, OfficeKind, Role
from surveys.models import ApiKey, Counter, Office, Organisation, Procedure, ProcedureVersion, User
from surveys.models.procedures import ANY
from surveys.periods import start_of
from surveys.reference.counter_keys import lay_keys
from surveys.reference.loading import load_reference_data

# username: role, family name, given name, title; the office follows from the role
PEOPLE = {
    "teller": (Role.TELLER, "Bùi Thị", "Lan", "Giao dịch viên"),
    "teller2": (Role.TELLER, "Đinh Văn", "Hòa", "Giao dịch viên"),
    "count": (Role.COUNTING, "Nguyễn Thị", "Hạnh", "Tổ trưởng Tổ kiểm phiếu"),
    "count2": (Role.COUNTING, "Quách Văn", "Thắng", "Thư ký Tổ kiểm phiếu"),
    "lead": (Role.LEADERSHIP, "Trần Minh", "Đức", "Phó Giám đốc"),
    "inspector": (Role.INSPECTOR, "Hà Thị", "Mơ", "Thanh tra viên"),
    "head": (Role.HEAD_OFFICE, "Phạm Quang", "Vinh", "Chuyên viên KBNN trung ương"),
    "head2": (Role.HEAD_OFFICE, "Ngô Thị", "Thu", "Phó Trưởng ban, KBNN trung ương"),
    "admin": (Role.ADMIN, "Lường Văn", "Sơn", "Quản trị hệ thống"),
}
COUNTERS_OF = {"teller": "Q1", "teller2": "Q2"}
PLACES = [
    "Đà Bắc",
    "Kim Bôi",
    "Lạc Sơn",
    "Lạc Thủy",
    "Lương Sơn",
    "Mai Châu",
    "Tân Lạc",
    "Yên Thủy",
    "Cao Phong",
]
KINDS = [
    "Phòng Tài chính - Kế hoạch huyện",
    "Trung tâm Y tế huyện",
    "Phòng Giáo dục và Đào tạo huyện",
    "Ban QLDA huyện",
]
OTHERS = ["Trường THCS Lê Quý Đôn", "Trường THCS Cù Chính Lan", "Trường Mầm non Hữu Nghị", "Khách lẻ"]
SINCE = date(2022, 1, 1)
# The limits of the decree of 2020 are not known here; these are made up for the pilot's year, one of them tight enough to
# be missed now and then.
LIMITS = {
    "4": (30, LimitUnit.MINUTE),
    "5": (1, LimitUnit.WORKING_DAY),
    "6": (1, LimitUnit.WORKING_DAY),
    "8": (1, LimitUnit.WORKING_DAY),
    "9": (1, LimitUnit.WORKING_DAY),
    "10": (150, LimitUnit.MINUTE),
}


@atomic
def load_office() -> Office:
    """KBNN Hòa Bình with its department, five counters, procedures, questionnaire and customers; again: nothing."""
    load_reference_data()
    _load_limits()
    head = _office(
        "KBNN", OfficeKind.CENTRAL, None, "Kho bạc Nhà nước", "KBNN trung ương", "State Treasury", seals=False
    )
    office = _office(
        "HB",
        OfficeKind.PROVINCIAL,
        head,
        "Kho bạc Nhà nước Hòa Bình",
        "KBNN Hòa Bình",
        "Hòa Bình State Treasury",
        seals=True,
    )
    department = _office(
        "HB-KTNN",
        OfficeKind.DEPARTMENT,
        office,
        "Phòng Kế toán Nhà nước",
        "Phòng Kế toán Nhà nước",
        "State Accounting Division",
        seals=False,
    )
    for number in range(1, 6):
        counter, _is_new = Counter.objects.get_or_create(
            box_office=office,
            code=f"Q{number}",
            defaults={"office": department, "name": f"Quầy {number}", "name_en": f"Counter {number}"},
        )
        lay_keys(counter=counter)
    names = [f"{kind} {place}" for place in PLACES for kind in KINDS] + OTHERS
    for number, name in enumerate(names, start=1):
        Organisation.objects.get_or_create(office=office, code=f"KH{number:03d}", defaults={"name": name})
    return office


def _load_limits() -> None:
    """Limits of the pilot's own for its year; every page and paper that sets the clock against them says so."""
    for code, (value, unit) in LIMITS.items():
        procedure = Procedure.objects.get(code=code)
        ProcedureVersion.objects.get_or_create(
            procedure=procedure,
            channel=ANY,
            valid_from=SINCE,
            defaults={
                "official_name": procedure.versions.earliest("valid_from").official_name,
                "legal_basis": "Thời hạn minh hoạ, không theo văn bản nào",
                "valid_to": date(2025, 12, 31),
                "limit_value": value,
                "limit_unit": unit,
                "note": "Chỉ có ở đơn vị minh hoạ",
            },
        )


@atomic
def load_people(office: Office) -> str | None:
    """One login a role and a key for the API; the text to write down, or None when all of it stands already."""
    password = os.environ.get("PILOT_PASSWORD", "")
    token = os.environ.get("PILOT_API_KEY", "")
    lines = []
    for username, (role, family, given, title) in PEOPLE.items():
        if secret := _login(
            username, role, office, password, last_name=family, first_name=given, title=title
        ):
            lines.append(f"{username:<10} {secret}   {role.label}")
    if made := _api_key(office, token):
        lines.append(f"{'API':<10} {made}")
    return "\n".join(lines) or None


def write_logins(lines: str, path: Path | None = None) -> Path:
    """Append to a file only its owner can read."""
    path = path or settings.DATA_DIR / "pilot-logins.txt"
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(lines + "\n")
    return path


def _office(code, kind, parent, name, short_name, name_en, *, seals) -> Office:
    office, _ = Office.objects.get_or_create(
        code=code,
        defaults={
            "kind": kind,
            "parent": parent,
            "name": name,
            "short_name": short_name,
            "name_en": name_en,
            "seals": seals,
            "valid_from": SINCE,
            "is_pilot": True,
            "is_head": parent is None,
            "phones_reach": settings.BASE_URL,  # shown on the spot, on whatever address it runs
        },
    )
    return office


def _login(username: str, role: Role, office: Office, password: str, **names) -> str | None:
    """The password when it was set now; a wish in PILOT_PASSWORD that holds already changes nothing."""
    department = office.children.get(code="HB-KTNN")
    user, is_new = User.objects.get_or_create(username=username, defaults=names)
    if not is_new and (not password or user.check_password(password)):
        return None
    user.office = {Role.HEAD_OFFICE: office.parent, Role.TELLER: department}.get(role, office)
    user.counter = Counter.objects.filter(box_office=office, code=COUNTERS_OF.get(username, "")).first()
    user.is_staff = role == Role.ADMIN
    secret = password or secrets.token_urlsafe(9)
    user.set_password(secret)
    user.save()
    user.groups.set(Group.objects.filter(name=role))
    return secret


def _api_key(office: Office, token: str) -> str | None:
    if not token and ApiKey.objects.filter(office=office, revoked_at__isnull=True).exists():
        return None
    token = token or secrets.token_urlsafe(32)
    _key, is_new = ApiKey.objects.get_or_create(
        digest=ApiKey.digest_of(token),
        defaults={"office": office, "name": "Phần mềm nghiệp vụ (minh hoạ)", "created_at": start_of(SINCE)},
    )
    return token if is_new else None
