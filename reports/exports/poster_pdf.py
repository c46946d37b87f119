"""The poster as PDF, A3 or A4: the same sheet, smaller."""

from __future__ import annotations

from xml.sax.saxutils import escape

from django.utils.safestring import mark_safe

from reports.exports.content import Poster, breakable, cleaned
from reports.exports.drawing import qr_svg
from reports.exports.pdf import made_of

#: The edge of one unit of the sheet: everything on it is measured in hundredths of its width.
SIZES = {"A3": 297, "A4": 210}
_SIGNS = {
    "good": '<circle cx="{x}" cy="{y}" r="3.9" fill="#1f5fa8"/>',
    "bad": '<rect x="{left}" y="{top}" width="7.6" height="7.6" fill="#b04a06"/>',
    "void": '<path d="M{left} {top}l7.6 7.6m0-7.6l-7.6 7.6" stroke="#5f6676" stroke-width="1.1"/>',
    "silent": '<circle cx="{x}" cy="{y}" r="3.5" fill="none" stroke="#5f6676" stroke-width=".8"/>',
}


def poster_pdf(poster: Poster, size: str = "A3") -> bytes:
    """Raises KeyError for another size, NoPango without the text library."""
    poster = cleaned(poster)
    qr = qr_svg(poster.seal.address) if poster.seal else ""
    poster = breakable(poster)
    context = {
        "poster": poster,
        "size": size,
        "scale": SIZES[size] / SIZES["A3"],
        "weave": range(0, 792, 64),
        "dots": mark_safe(_dots(poster.dots, poster.lead)) if poster.dots else "",  # noqa: S308 - drawn by us, of numbers
        "legend": [(mark_safe(_sign(sign, words)), words) for sign, words in poster.legend],  # noqa: S308
        "qr": mark_safe(qr),  # noqa: S308
    }
    title = f"{' '.join(poster.title)} · {poster.stretch}"
    return made_of(
        "reports/documents/poster.html", context, title=title, author=poster.office, dated=poster.dated
    )


def _dots(signs: tuple[str, ...], said: str) -> str:
    """Ten rows of ten."""
    drawn = "".join(
        _drawn(sign, 5 + 10 * (place % 10), 5 + 10 * (place // 10)) for place, sign in enumerate(signs)
    )
    return _svg(100, f"Một trăm dấu: {said}", drawn)


def _sign(sign: str, words: str) -> str:
    return _svg(10, words, _drawn(sign, 5, 5))


def _svg(side: int, said: str, drawn: str) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="100%" height="100%" viewBox="0 0 {side} {side}">'
        f"<title>{escape(said)}</title>{drawn}</svg>"
    )


def _drawn(sign: str, x: int, y: int) -> str:
    return _SIGNS[sign].format(x=x, y=y, left=f"{x - 3.8:.1f}", top=f"{y - 3.8:.1f}")
