"""What the page says on which anybody counts a published period again."""

from __future__ import annotations

import re
from pathlib import Path

from django.utils.translation import gettext as _

from reports.models import Seal
from reports.publication import folder as publication_folder
from reports.results.files import LICENCE
from reports.results.language import office_name
from reports.results.pages import files_of, printed_size, version_facts
from reports.results.published import PublishedPeriod
from surveys import evidence
from surveys.customer.rendering import period_label


def recount_facts(one: PublishedPeriod, *, root: Path) -> dict:
    """The checks in their order, the files and the seal before; links are relative, as on the period's page."""
    return {
        "office": one.office,
        "office_name": office_name(one.office),
        "label": period_label(str(one.period)),
        "seal": version_facts(one.seal),
        "small": publication_folder.is_small(one.seal),
        "checks": _checks(),
        "sizes": printed_size(sum(publication_folder.lengths_in(one.folder).values())),
        "previous": previous_of(one.seal, root),
        "files": files_of(one),
        "zip_name": f"{one.office.code}-{one.period}.zip",
        "licence": LICENCE,
    }


def _checks() -> list[tuple[str, str, str]]:
    """(code, name, meaning); the codes are those of static/js/recount.js."""
    return [
        ("ballots", _("Đủ phiếu"), _("Số dòng trong tệp phiếu bằng số phiếu thu về, không dòng nào lặp.")),
        ("issued", _("Phát ra khớp"), _("Phát ra = thu về + hết hạn + hủy.")),
        ("answers", _("Đếm lại hài lòng"), _("Cộng từng phiếu, mọi tiêu chí: hài lòng · không hài lòng.")),
        (
            "tree",
            _("Phiếu không bị đổi"),
            _("Mã băm các tệp và gốc ba cây băm tính lại trùng bản niêm phong: sửa một chữ là lệch."),
        ),
        ("receipts", _("Biên nhận đủ"), _("Mỗi phiếu điện tử có một biên nhận, không thừa, không thiếu.")),
        ("signature", _("Chữ ký đúng"), _("Chữ ký trên bản niêm phong thuộc khoá đã công bố.")),
        (
            "chain",
            _("Nối với kỳ trước"),
            _("Bản này dẫn đúng bản niêm phong ngay trước, không bản nào bị thay."),
        ),
    ]


def previous_of(seal: Seal, root: Path) -> str:
    """The relative address of the seal that this one continues; '' at the beginning, or where it is not published."""
    if publication_folder.is_small(seal):
        return ""
    code = evidence.stated(seal.text)["previous"][:16]
    before = Seal.objects.filter(office=seal.office, code=code).select_related("office").first()
    if before is None:
        return ""
    there = publication_folder.folder_of(root, before) / f"v{before.version}" / publication_folder.SEAL_FILE
    return (
        f"../{before.period}/v{before.version}/seal.txt"
        if there.is_file() and re.match("[0-9]", before.period)
        else ""
    )
