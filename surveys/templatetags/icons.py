"""{% icon "check" %}: a picture drawn in the current colour. Decoration only, so the words stand beside it.

From Lucide (ISC licence, static/vendor/lucide/LICENSE), one file an icon in templates/components/icons; no_signal, better,
worse and temporary are our own, after the charts' signs.
"""

from __future__ import annotations

from functools import cache

from django import template
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

register = template.Library()


@register.simple_tag
def icon(name: str, *, big: bool = False) -> SafeString:
    """The icon of that name. Raises `TemplateDoesNotExist` where there is none."""
    return _drawn(name, big)


@cache
def _drawn(name: str, big: bool) -> SafeString:
    shapes = render_to_string(f"components/icons/{name}.svg").replace("\n", "")
    kind = "icon icon-big" if big else "icon"
    own = mark_safe(shapes)  # noqa: S308  # a file of ours
    return format_html('<svg class="{}" viewBox="0 0 24 24" aria-hidden="true">{}</svg>', kind, own)
