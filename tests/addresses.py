"""Every address of the product, read off the resolver, so that what a test says of all of them covers what comes later."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping

from django.apps import apps
from django.urls import URLPattern, get_resolver
from django.utils.regex_helper import normalize

HOLES = re.compile(r"<(?:\w+:)?(\w+)>")


def every_route() -> list[str]:
    """Each route as it is written, in the resolver's order, without the second of two that are the same."""
    return list(dict.fromkeys(_walk(get_resolver(), "")))


def filled(route: str, values: Mapping[str, Mapping[str, object]]) -> str:
    """The address of a route. ``values``: what fills its holes, by the beginning of the route; later ones win.

    Of an administration's row the first one there is; what nobody gave a value is 1.
    """
    facts: dict[str, object] = defaultdict(lambda: 1)
    for start, own in values.items():
        if route.startswith(start):
            facts |= own
    if row := _first_row(route):
        facts["object_id"] = row.pk
    if "(?P<" in route:
        (pattern, _names), *_other_ways = normalize(route)
        return "/" + pattern % facts
    return "/" + HOLES.sub(lambda hole: str(facts[hole[1]]), route)


def _first_row(route: str):
    room, app, model, *_rest = [*route.split("/"), "", "", ""]
    if room != "admin" or app not in apps.app_configs or model not in apps.all_models[app]:
        return None
    return apps.get_model(app, model)._default_manager.order_by("pk").first()


def _walk(resolver, prefix: str) -> Iterator[str]:
    for pattern in resolver.url_patterns:
        route = f"{prefix}{pattern.pattern}"
        if isinstance(pattern, URLPattern):
            yield route
        else:
            yield from _walk(pattern, route)
