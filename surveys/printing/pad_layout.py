"""A pad of paper ballots as PDF: A4, two ballots a page, each stub with its serial, its code typed and as QR.

The QR holds the bare code, not an address: a stub is read by the team's scanner and opens nothing on a phone.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

import segno
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from surveys.crypto import codes
from surveys.models import Office
from surveys.printing.ballot_layout import Ballot, BallotText, CriterionText, lay_out
from surveys.printing.engine import engine, one_at_a_time
from surveys.printing.scan_marks import HALF
from surveys.printing.slip_layout import QUIET, STATIC
from surveys.reference.questionnaires import QuestionnaireFacts

AT_A_TIME = 20  # ballots that are set in about a second; an even number, two fill a page
QR_MODULE = 0.8  # millimetres; an office printer's dots are far finer


@dataclass(frozen=True)
class PrintedStub:
    """What stands on one stub: the serial, the code to type, the whole code as QR."""

    serial: str
    short: str
    qr: SafeString

    @classmethod
    def of(cls, serial: str, code: str) -> PrintedStub:
        return cls(serial, codes.format_short(code), _qr(code))


def ballot_of(*, box: Office, office: Office, label: str, questionnaire: QuestionnaireFacts) -> Ballot:
    """The ballot that is printed for this office and period: what is drawn, and where a machine looks. Raises `DoesNotFit`."""
    lines = [(box.name.upper(), False), *([(office.name.upper(), True)] if office != box else [])]
    return lay_out(
        BallotText(
            version=questionnaire.version_id,
            office=office.code,
            office_lines=tuple(lines),
            period=_("Kỳ phát: {label}").format(label=label),
            title=_("PHIẾU ĐÁNH GIÁ MỨC ĐỘ HÀI LÒNG"),
            how=(
                _("Đề nghị ông/bà đánh dấu X vào một ô ở mỗi tiêu chí."),
                _("Nếu nhầm: tô kín ô sai, đánh X vào ô đúng."),
            ),
            criterion=_("Tiêu chí"),
            criteria=tuple(
                CriterionText(
                    each.code, each.text.vi, tuple((level.value, level.label.vi) for level in each.levels)
                )
                for each in questionnaire.criteria
            ),
            comment=_("Ý kiến của ông/bà (không bắt buộc):"),
            notes=_(
                "Phiếu không ghi tên và không có số. Đề nghị ông/bà không ký tên, không ghi số điện thoại, tên đơn vị; gấp đôi và tự bỏ vào hòm phiếu. Không ai tại quầy được xem phiếu đã ghi. Phiếu không thay thế đơn khiếu nại, tố cáo."
            ),
        )
    )


def ballots_a_page(ballot: Ballot) -> int:
    """Two on A4, or one where the questionnaire needs the whole page."""
    return 2 if ballot.form.height == HALF else 1


def pad_pdf(
    stubs: Iterable[tuple[str, str]], *, box: Office, office: Office, label: str, ballot: Ballot
) -> bytes:
    """The pad of these (serial, plain code), in their order. Nothing is written to disk. Raises `NoPango`."""
    printed = [PrintedStub.of(serial, code) for serial, code in stubs]
    context = {"box": box, "office": office, "label": label, "ballot": ballot.drawing}
    parts = [
        _set(context | {"stubs": printed[start : start + AT_A_TIME]})
        for start in range(0, len(printed), AT_A_TIME)
    ]
    return parts[0].copy([page for part in parts for page in part.pages]).write_pdf()


def _set(context: dict):
    """Some pages, ready to be written. Between two parts a counter's slip may be set."""
    page = render_to_string("surveys/paper/pad.html", context)
    styles, fonts = _styles()
    with one_at_a_time:
        html = engine().HTML(string=page, base_url=STATIC.as_uri())
        return html.render(stylesheets=styles, font_config=fonts)


@cache
def _styles() -> tuple:
    fonts = engine().text.fonts.FontConfiguration()
    names = ("paper-sheet.css", "paper-pad.css")
    return [engine().CSS(filename=STATIC / "css" / name, font_config=fonts) for name in names], fonts


def _qr(code: str) -> SafeString:
    drawn = segno.make(code, error="m", micro=False, boost_error=False)
    side = drawn.symbol_size(border=QUIET)[0] * QR_MODULE
    svg = drawn.svg_inline(scale=1, border=QUIET, dark="#000", omitsize=True)
    sized = svg.replace("<svg ", f'<svg width="{side:.2f}mm" height="{side:.2f}mm" ', 1)
    return mark_safe(sized)  # noqa: S308 - drawn by segno, from a code of our own
