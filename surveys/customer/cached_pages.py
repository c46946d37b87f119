"""Pages kept as skeletons and filled for each request."""

from __future__ import annotations

import re
from collections.abc import Callable
from hashlib import sha256

from django.http import HttpResponse
from django.utils import translation
from django.utils.http import quote_etag

from surveys.customer.rendering import page
from surveys.customer.skeleton import Skeleton, hole_for
from surveys.reference.counters import current_minute

#: What may go into a hole: addresses, signed fields, receipts, numbers and hashes, none of which needs escaping.
HARMLESS = re.compile(r"[A-Za-z0-9:_./?=, -]*")


MOST_SKELETONS = 512


_skeletons: dict[tuple, Skeleton] = {}


def etag_of(content: bytes) -> str:
    return quote_etag(sha256(content).hexdigest()[:32])


class ZippedPage(HttpResponse):
    """A page that is at hand compressed as well. ``etag``: of its bytes, where it is known already."""

    etag = ""

    def zipped(self) -> bytes:
        """The same page as a gzip file; b"" where that would be no shorter."""
        raise NotImplementedError


class FilledPage(ZippedPage):
    """A skeleton with its holes filled; compressed at hardly any cost."""

    def __init__(self, skeleton: Skeleton, holes: dict[str, str]) -> None:
        super().__init__(skeleton.filled(holes))
        self.skeleton, self.holes = skeleton, holes

    def zipped(self) -> bytes:
        return self.skeleton.zipped(self.holes, self.content)


def filled_page(
    template: str, *, key: tuple, context: Callable[[], dict], holes: dict[str, str]
) -> HttpResponse:
    """A page that is the same for every customer of one `key` but for its `holes` (context name to harmless text).

    Rendered once a minute, process, key and language: rendering is most of what opening a ballot costs.
    """
    if not all(HARMLESS.fullmatch(text) for text in holes.values()):
        raise ValueError("a hole takes harmless text only")
    full_key = (template, translation.get_language(), key, current_minute())
    if full_key not in _skeletons:
        if len(_skeletons) >= MOST_SKELETONS:
            _skeletons.clear()
        marks = {name: hole_for(name) for name in holes}
        _skeletons[full_key] = Skeleton(page(template, context() | marks).content.decode())
    return FilledPage(_skeletons[full_key], holes)


def forget_skeletons() -> None:
    """For tests, whose rows vanish under the same numbers."""
    _skeletons.clear()
