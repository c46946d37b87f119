"""The shapes that every picture is made of: lengths in percent of the width, heights in pixels."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

NOTHING = SafeString("")


def percent(part: float, whole: float = 1) -> str:
    return f"{100 * part / whole:.2f}%" if whole else "0%"


def picture(
    name: str, title: str, description: str, parts: Iterable[SafeString], *, height: int
) -> SafeString:
    """A drawing with its name and description for those who hear the page."""
    return format_html(
        '<svg class="chart" role="img" width="100%" height="{}" aria-labelledby="{}-title {}-desc">'
        '<title id="{}-title">{}</title><desc id="{}-desc">{}</desc>{}</svg>',
        *(height, name, name, name, title, name, description, joined(parts)),
    )


def joined(parts: Iterable[SafeString]) -> SafeString:
    return format_html_join("", "{}", ((part,) for part in parts))


def rect(kind: str, x: str, y: float, width: str, height: float) -> SafeString:
    return format_html(
        '<rect class="{}" x="{}" y="{}" width="{}" height="{}"/>', kind, x, f"{y:.1f}", width, f"{height:.1f}"
    )


def line(kind: str, x1: str, y1: float, x2: str, y2: float) -> SafeString:
    return format_html(
        '<line class="{}" x1="{}" y1="{}" x2="{}" y2="{}"/>', kind, x1, f"{y1:.1f}", x2, f"{y2:.1f}"
    )


def text(kind: str, x: str, y: float, words: str) -> SafeString:
    return format_html('<text class="{}" x="{}" y="{}">{}</text>', kind, x, f"{y:.1f}", words)


def sign(kind: str, x: str, y: float) -> SafeString:
    """A point at a place given in percent: a dot, a pale one, the last dot, a diamond for a signal, a hollow square from the old books."""
    shape = {
        "dot": '<circle r="4.5"/>',
        "pale": '<circle r="4.5"/>',
        "last": '<circle r="6.5"/>',
        "signal": '<path d="M0-9 9 0 0 9-9 0z"/>',
        "cross": '<path d="m-5-5 10 10m0-10-10 10"/>',
        "past": '<path d="M-5-5H5V5H-5z"/>',
        "past-cross": '<path d="m-5-5 10 10m0-10-10 10"/>',
    }[kind]
    return format_html(
        '<svg class="sign sign-{}" x="{}" y="{}" overflow="visible">{}</svg>',
        kind,
        x,
        f"{y:.1f}",
        mark_safe(shape),  # noqa: S308
    )
