"""A clip of the ballot read out, to whoever asks: the same for everybody, and no address names a slip."""

from __future__ import annotations

import re

from django.http import Http404, HttpRequest, HttpResponse

from surveys.customer.decorators import public_page
from surveys.models import SpokenClip

FOR_A_YEAR = 365 * 24 * 3600  # other words have another address
RANGE = re.compile(r"bytes=(\d{0,12})-(\d{0,12})")


@public_page("GET", "HEAD", keep=FOR_A_YEAR)
def clip(request: HttpRequest, digest: str) -> HttpResponse:
    """The sound under its own digest; a part of it where a browser asks for one (RFC 9110 §14), as Safari does."""
    row = SpokenClip.objects.filter(sha256=digest).first()
    if row is None:
        raise Http404
    content = bytes(row.content)
    response = _part(request.headers.get("Range", ""), content)
    response["Content-Type"] = row.kind
    response["Accept-Ranges"] = "bytes"
    return response


def _part(asked: str, content: bytes) -> HttpResponse:
    size, found = len(content), RANGE.fullmatch(asked)
    if not found or found[0] == "bytes=-":
        return HttpResponse(content)
    first = int(found[1]) if found[1] else max(0, size - int(found[2]))
    last = min(int(found[2]) if found[1] and found[2] else size - 1, size - 1)
    if first > last:
        response = HttpResponse(status=416)
        response["Content-Range"] = f"bytes */{size}"
        return response
    response = HttpResponse(content[first : last + 1], status=206)
    response["Content-Range"] = f"bytes {first}-{last}/{size}"
    return response
