"""Pages of staff that take a long pasted text: more than the 64 kB that every other form may send."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt, csrf_protect

#: Percent-encoded: three bytes for each byte of a Vietnamese letter.
MOST_BYTES = 4 * 1024 * 1024
URL_ENCODED = "application/x-www-form-urlencoded"


def takes_long_text(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Read an url-encoded body of up to 4 MB before Django measures it; the token of the form is checked all the same.

    A longer one meets Django's own bound.
    """
    protected = csrf_protect(view)

    @csrf_exempt
    @wraps(view)
    def answer(request: HttpRequest, *args, **kwargs) -> HttpResponse:
        length = int(request.META.get("CONTENT_LENGTH") or 0)
        if request.content_type == URL_ENCODED and length <= MOST_BYTES:
            request._body = request.read(length)
        return protected(request, *args, **kwargs)

    return answer
