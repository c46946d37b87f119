"""Pages of the staff that only read: kept for one reader until something that they say changes."""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable

from django.contrib.messages import get_messages
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.utils import translation

from surveys.database import revision

_TOKEN = re.compile(rb'name="csrfmiddlewaretoken" value="(\w+)"')


class NotKept(Exception):
    """An answer that is not a page of the same words for this reader: it leads elsewhere, a cookie is set, or a file is sent."""

    def __init__(self, response: HttpResponse) -> None:
        super().__init__()
        self.response = response


class Kept:
    """Headers, and the page's bytes in pieces between which its token against forged posts goes."""

    def __init__(self, response: HttpResponse) -> None:
        if response.status_code != 200 or response.streaming or response.cookies:
            raise NotKept(response)
        tokens = set(_TOKEN.findall(response.content))
        if len(tokens) > 1:  # each but one would be another visit's
            raise NotKept(response)
        self.pieces = response.content.split(tokens.pop()) if tokens else [response.content]
        self.headers = dict(response.headers)
        self.weight = len(response.content)

    def filled(self, request: HttpRequest) -> HttpResponse:
        token = get_token(request).encode() if len(self.pieces) > 1 else b""
        return HttpResponse(token.join(self.pieces), headers=self.headers)


def kept_for_reader(request: HttpRequest, *key: Hashable, make: Callable[[], HttpResponse]) -> HttpResponse:
    """What ``make`` answers, made once for this person and address as long as everything it read is the same.

    The key holds what the page depends on beside rows, day, person and address. A page with a message is made anew.
    """
    if request.method not in ("GET", "HEAD") or len(get_messages(request)):
        return make()
    reader = (request.user.pk, request.session.get("trying"), translation.get_language())
    try:
        kept = revision.kept((*reader, request.get_full_path(), *key), lambda: Kept(make()))
    except NotKept as error:
        return error.response
    return kept.filled(request)
