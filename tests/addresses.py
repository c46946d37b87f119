"""Every address of the product, read off the resolver, so that what a test says of all of them covers what comes later."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from django.urls import URLPattern, get_resolver

#: A path's converter, or a regular expression's named group.
HOLES = re.compile(r"<(?:\w+:)?(?P<name>\w+)>|\(\?P<(?P<group>\w+)>[^)]*\)")


def every_route() -> list[str]:
    """Each route as it is written, in the resolver's order, without the second of two that are the same."""
    return list(dict.fromkeys(_walk(get_resolver(), "")))


def filled(route: str, values: Mapping[str, object]) -> str:
    """The address of a route; a hole without a value is a `KeyError` that names it."""
    path = HOLES.sub(lambda hole: str(values[hole["name"] or hole["group"]]), route)
    return "/" + path.replace("^", "").replace("$", "")


def _walk(resolver, prefix: str) -> Iterator[str]:
    for pattern in resolver.url_patterns:
        route = f"{prefix}{pattern.pattern}"
        if isinstance(pattern, URLPattern):
            yield route
        else:
            yield from _walk(pattern, route)
