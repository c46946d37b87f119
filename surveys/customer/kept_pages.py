"""Public pages and files that are the same for everybody, kept whole and compressed until what they are made of changes."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Hashable

from django.http import HttpResponse
from django.utils import translation

from surveys.customer.cached_pages import ZippedPage, etag_of
from surveys.database import revision

SHORTEST_ZIPPED = 200  # as in Django's own middleware


class Kept:
    """A page as it goes out: status 200, headers, bytes plain and compressed, and the bytes' own name."""

    def __init__(self, response: HttpResponse) -> None:
        self.content = response.content
        self.headers = dict(response.headers)
        self.etag = etag_of(self.content)
        zipped = gzip.compress(self.content, mtime=0) if len(self.content) >= SHORTEST_ZIPPED else b""
        self.zipped = zipped if len(zipped) < len(self.content) else b""
        self.weight = len(self.content) + len(self.zipped)


class KeptPage(ZippedPage):
    def __init__(self, kept: Kept) -> None:
        super().__init__(kept.content, headers=kept.headers)
        self.kept, self.etag = kept, kept.etag

    def zipped(self) -> bytes:
        return self.kept.zipped


def kept_page(*key: Hashable, make: Callable[[], HttpResponse]) -> HttpResponse:
    """What ``make`` answers with 200, made once in each language for a state of the books (`revision.kept`).

    The key names the page and everything of the request that changes it; an error that ``make`` raises is not kept.
    """
    return KeptPage(revision.kept(("page", translation.get_language(), *key), lambda: Kept(make())))
