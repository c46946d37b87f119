"""Who is invited, by file or paste: checked whole, shown whole, then made into one batch of codes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.transaction import atomic

from surveys.campaigns import invitations, mailings
from surveys.campaigns.invitations import Invited
from surveys.models import CampaignUnit, Invitation, InvitationBatch, User
from surveys.spreadsheets.book import Book, Cell
from surveys.spreadsheets.columns import Email, Text, Wrong
from surveys.spreadsheets.complaints import grouped, whole
from surveys.spreadsheets.dry_run import DryRun, confirm, dry_run_of
from surveys.spreadsheets.tables import Column, Filled, FilledRow, Table, read_table
from surveys.vietnamese import fold

MOST_INVITED = 5_000
MOST_TOLD = 20
NAME, ADDRESS = "Tổ chức, cá nhân", "Thư điện tử"
#: How lists that were made for something else call them.
NAMED = (
    *("Tên", "Họ tên", "Họ và tên", "Tổ chức", "Tên tổ chức", "Đơn vị", "Tên đơn vị", "Cá nhân", "Cơ quan"),
    *(
        "Tên cơ quan",
        "Khách hàng",
        "Tên khách hàng",
        "Doanh nghiệp",
        "Tên doanh nghiệp",
        "Công ty",
        "Tên công ty",
    ),
    *(
        "Trường",
        "Tên trường",
        "Đơn vị giao dịch",
        "Tên đơn vị giao dịch",
        "Đơn vị sử dụng ngân sách",
        "to_chuc",
    ),
)
ADDRESSED = (
    *("Email", "E-mail", "Mail", "Địa chỉ email", "Địa chỉ e-mail", "Địa chỉ thư", "Địa chỉ thư điện tử"),
    *("Hộp thư", "Hòm thư", "Gmail", "Địa chỉ mail", "Địa chỉ hộp thư", "E-mail Address", "Email Address"),
    "thu_dien_tu",
)


@dataclass(frozen=True)
class Name(Text):
    """Words that are no address: a name with @ is an address in the wrong column, or two fields in one."""

    def value(self, cell: Cell, confirmed: frozenset[str]) -> str:
        name = super().value(cell, confirmed)
        if "@" in name:
            raise Wrong("Tên không có dấu @. Viết tên trước, địa chỉ thư sau dấu tab, chấm phẩy hoặc phẩy.")
        if found := _IN_FRONT.match(name):
            what = "số thứ tự" if found[0].strip(" .)").isalnum() else "dấu đầu dòng"
            raise Wrong(f"Tên bắt đầu bằng {what} “{found[0].strip()}”. Hãy bỏ đi, chỉ ghi tên.")
        return name


_IN_FRONT = re.compile(r"[•·▪●○◦►➢✓✔–—*+-]+\s+|(?:\d{1,4}|[IVX]{1,5})[.)]\s+")
TABLE = Table(
    (
        Column(NAME, Name(200, "Tên"), empty="Chưa có tên.", also=NAMED),
        Column(ADDRESS, Email(), needed=False, also=ADDRESSED),
    ),
    most_rows=MOST_INVITED,
    too_many=f"Mỗi đợt mời tối đa {grouped(MOST_INVITED)} tên.",
    headed=False,
)


@dataclass(frozen=True)
class Plan:
    """Whom a list would invite, each once, as (name, address or ''), and how it is shown before."""

    people: list[tuple[str, str]]
    shown: DryRun


def plan(*, unit: CampaignUnit, book: Book, confirmed: Iterable[str] = ()) -> Plan:
    """The dry run: whoever comes twice or was invited before is passed over and said.

    Raises `TableRefused` with everything that is wrong, also where nobody is left.
    """
    filled = read_table(book, TABLE, confirmed)
    filled.refuse_if_wrong()
    _pass_over_the_known(filled, unit)
    if not filled.rows:
        raise whole("Mọi dòng đều đã được mời trước đây; không có ai để mời thêm.")
    shown = dry_run_of(
        filled, title=f"{unit.campaign.slug} {unit.office.code}", key=lambda row: str(row.number)
    )
    return Plan([(row[NAME], row[ADDRESS]) for row in filled.rows], shown)


def bring_in(
    *,
    unit: CampaignUnit,
    book: Book,
    name: str,
    by: User | None,
    now: datetime,
    shown: str = "",
    confirmed: Iterable[str] = (),
    by_mail: bool = False,
) -> list[Invited]:
    """Make the batch; with ``shown`` only if the dry run still has that digest, so that a form sent twice makes one.

    ``by_mail``: its letters wait for the scheduler from now on; the codes returned are then handed to nobody.
    Raises `TableRefused`, `DryRunChanged` and `CampaignNotRunning`; then nothing is made.
    """
    while True:
        last = _last_batch(unit)
        planned = plan(unit=unit, book=book, confirmed=confirmed)
        if shown:
            confirm([planned.shown], shown)
        prepared = invitations.prepare(unit=unit, name=name, by=by, now=now, organisations=planned.people)
        with atomic():
            CampaignUnit.objects.select_for_update().get(pk=unit.pk)  # two persons, or one with two clicks
            if _last_batch(unit) != last:
                continue
            invited = invitations.hand_out(prepared)
            if by_mail:
                mailings.send_first(batch=prepared.batch, by=by, now=now)
            return invited


def _last_batch(unit: CampaignUnit) -> int | None:
    return InvitationBatch.objects.filter(unit=unit).order_by("-pk").values_list("pk", flat=True).first()


def _pass_over_the_known(filled: Filled, unit: CampaignUnit) -> None:
    """One letter an address, capitals aside; who has none is known by the folded name."""
    before = list(Invitation.objects.filter(batch__unit=unit).values_list("organisation", "email"))
    addresses = {address.casefold(): "" for _name, address in before if address}
    names = {_folded(name): "" for name, _address in before}
    without = {_folded(name): "người đã được mời trước đây" for name, address in before if not address}
    told, kept, alike = [], [], []
    for row in filled.rows:
        known, key = (addresses, row[ADDRESS].casefold()) if row[ADDRESS] else (names, _folded(row[NAME]))
        if key in known:
            told.append(_already(row, known[key]))
            continue
        kept.append(row)
        if row[ADDRESS] and (other := without.get(_folded(row[NAME]))):
            alike.append(
                f"Dòng {row.number} cùng tên với {other} mà không có địa chỉ thư: “{row[NAME]}”. Nếu là một, hãy xóa bớt."
            )
        if not row[ADDRESS]:
            without[_folded(row[NAME])] = f"dòng {row.number}"
        known[key] = f"dòng {row.number}"
        names.setdefault(_folded(row[NAME]), f"dòng {row.number}")
    filled.rows[:] = kept
    filled.remarks += _without_address(kept) + alike[:MOST_TOLD] + told[:MOST_TOLD]
    if len(told) > MOST_TOLD:
        filled.remarks.append(
            f"Tất cả bỏ qua {grouped(len(told))} dòng trùng; trên đây là {MOST_TOLD} dòng đầu."
        )


def _without_address(rows: Sequence[FilledRow]) -> list[str]:
    """Said where they are the exception: a letter reaches none of them."""
    found = [row for row in rows if not row[ADDRESS]]
    if not found or len(found) == len(rows):
        return []
    return [
        f"{grouped(len(found))} người không có địa chỉ thư, trước hết dòng {found[0].number}: “{found[0][NAME]}”."
    ]


def _already(row: FilledRow, where: str) -> str:
    what = f"địa chỉ {row[ADDRESS]}" if row[ADDRESS] else f"tên “{row[NAME]}”"
    return f"Bỏ qua dòng {row.number}: {what} " + (
        f"trùng với {where}." if where else "đã được mời trước đây."
    )


def _folded(name: str) -> str:
    return " ".join(fold(name).split())
