"""Customer organisations from a table: all rows or none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.transaction import atomic
from django.utils.translation import gettext as _

from surveys import audit
from surveys.models import Office, Organisation, User
from surveys.spreadsheets.filled import Complaint, Row, TableRefused, read

CODE, NAME = "Mã", "Tên tổ chức"
EXAMPLES = [["KH001", "Trường THCS Lê Quý Đôn"], ["KH002", "Trung tâm Y tế huyện Đà Bắc"]]


@dataclass(frozen=True)
class Plan:
    """What a table would change; ``same`` rows stand already as they are."""

    added: list[Organisation]
    renamed: list[Organisation]
    same: int


def plan_organisations(*, office: Office, raw: bytes) -> Plan:
    """The dry run. Raises `TableRefused` with everything that is wrong, by row and column."""
    rows = read(raw, required=(CODE, NAME))
    if complaints := _complaints(rows):
        raise TableRefused(complaints)
    standing = {each.code: each for each in Organisation.objects.filter(office=office)}
    plan = Plan([], [], 0)
    same = 0
    for row in rows:
        code, name = row.cells[CODE], row.cells[NAME]
        known = standing.get(code)
        if known is None:
            plan.added.append(Organisation(office=office, code=code, name=name))
        elif known.name != name:
            known.name = name
            plan.renamed.append(known)
        else:
            same += 1
    return Plan(plan.added, plan.renamed, same)


@atomic
def import_organisations(*, office: Office, raw: bytes, actor: User, now: datetime) -> Plan:
    """Store what the dry run said. Raises `TableRefused`; then nothing is stored."""
    plan = plan_organisations(office=office, raw=raw)
    for each in (*plan.added, *plan.renamed):
        each.save()
    audit.record(
        action="nhập danh sách tổ chức",
        actor=actor,
        office=office,
        now=now,
        added=len(plan.added),
        renamed=len(plan.renamed),
    )
    return plan


def _complaints(rows: Sequence[Row]) -> list[Complaint]:
    found, first = [], {}
    for row in rows:
        code, name = row.cells[CODE], row.cells[NAME]
        if not code:
            found.append(Complaint(row.number, CODE, _("Chưa có mã.")))
        elif len(code) > 40:
            found.append(Complaint(row.number, CODE, _("Mã dài quá 40 ký tự.")))
        elif code in first:
            found.append(Complaint(row.number, CODE, _("Trùng mã với dòng %(n)s.") % {"n": first[code]}))
        if not name:
            found.append(Complaint(row.number, NAME, _("Chưa có tên.")))
        elif len(name) > 200:
            found.append(Complaint(row.number, NAME, _("Tên dài quá 200 ký tự.")))
        first.setdefault(code, row.number)
    return found
