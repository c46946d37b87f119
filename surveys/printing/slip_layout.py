"""A slip as PDF, black on white, for heads of 203 dots an inch: text from 21 dots on, QR modules of 8 dots, 4 of quiet."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

import segno
from django.conf import settings
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe

from surveys.choices import SlipFormat
from surveys.client_address import is_private
from surveys.crypto import codes
from surveys.models import Office, Slip
from surveys.periods import local_day
from surveys.printing.engine import engine, one_at_a_time

STATIC = Path(settings.BASE_DIR) / "static"
DOT = 25.4 / 203  # millimetres
MODULE = 8 * DOT
QUIET = 4


@dataclass(frozen=True)
class Format:
    """Width and height in millimetres, and the name that the printer's queue is told."""

    width: int
    height: int
    media: str


FORMATS = {
    SlipFormat.MM58: Format(58, 108, "Custom.58x108mm"),
    SlipFormat.MM80: Format(80, 112, "Custom.80x112mm"),
    SlipFormat.A6: Format(105, 148, "A6"),
}


@dataclass(frozen=True)
class SlipText:
    """What stands on the slip. ``code`` is the plain code of 26 characters."""

    code: str
    serial: str
    office: str
    place: str
    expires: str
    with_qr: bool

    @classmethod
    def of(cls, slip: Slip, code: str) -> SlipText:
        counter = slip.counter
        if counter is None or slip.expires_at is None:
            raise ValueError("what is printed comes from a counter and expires")
        department = counter.office
        names = [counter.name] if department == slip.office else [department.name, counter.name]
        day = local_day(slip.expires_at - slip.expires_at.resolution)  # 24:00 belongs to the day that ends
        return cls(
            code=code,
            serial=slip.serial,
            office=slip.office.name,
            place=" · ".join(names),
            expires=f"{day.day}/{day.month}/{day.year}",
            with_qr=has_qr(slip.office),
        )


def slip_address(code: str) -> str:
    """The ballot's address in capitals: a QR of letters and digits only needs 29 modules a side instead of 33."""
    base = urlsplit(settings.BASE_URL)
    return f"{settings.BASE_URL}/P/{code}" if base.path else f"{settings.BASE_URL.upper()}/P/{code}"


def has_qr(office: Office) -> bool:
    """Whether a QR may be offered: on a private address only after it was confirmed that customers' phones reach it."""
    return (
        not is_private(urlsplit(settings.BASE_URL).hostname or "") or office.phones_reach == settings.BASE_URL
    )


def slip_pdf(text: SlipText, form: str) -> bytes:
    """One page. Nothing is fetched but our own fonts, nothing is written to disk. Raises `NoPango`."""
    context = {"slip": text, "short_code": codes.format_short(text.code), "address": _typed_address()}
    qr = _qr(slip_address(text.code)) if text.with_qr else ""
    return _pdf("surveys/slip/slip.html", context | {"qr": qr}, form)


def test_pdf(*, office: str, place: str, printed_at: datetime, address: str, form: str) -> bytes:
    """A test slip: where it was printed, when (local time), and the address that confirms it. Raises `NoPango`."""
    context = {"office": office, "place": place, "printed_at": printed_at, "qr": _qr(address)}
    return _pdf("surveys/slip/test.html", context, form)


def _pdf(template: str, context: dict, form: str) -> bytes:
    page = render_to_string(template, context | {"paper": FORMATS[SlipFormat(form)], "form": form})
    style, fonts = _style()
    with one_at_a_time:
        return (
            engine()
            .HTML(string=page, base_url=STATIC.as_uri())
            .write_pdf(stylesheets=[style], font_config=fonts)
        )


@cache
def _style() -> tuple:
    """The style sheet and its fonts, read once."""
    fonts = engine().text.fonts.FontConfiguration()
    return engine().CSS(filename=STATIC / "css" / "slip.css", font_config=fonts), fonts


def _qr(address: str) -> SafeString:
    """The QR as SVG with its own size in millimetres, so that every module is a whole number of dots."""
    drawn = segno.make(address, error="m", micro=False, boost_error=False)
    side = (drawn.symbol_size(border=QUIET)[0]) * MODULE
    svg = drawn.svg_inline(scale=1, border=QUIET, dark="#000", omitsize=True)
    sized = svg.replace(
        "<svg ", f'<svg width="{side:.3f}mm" height="{side:.3f}mm" shape-rendering="crispEdges" ', 1
    )
    return mark_safe(sized)  # noqa: S308 - drawn by segno, from an address of our own


def _typed_address() -> str:
    """Where the short code is typed, as one says it: without the scheme."""
    return f"{urlsplit(settings.BASE_URL).netloc}{urlsplit(settings.BASE_URL).path}/p"
