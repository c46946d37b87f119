"""A customer's browser: no session, no token, and forms sent as browsers send them, in the address's own encoding."""

from typing import Any

from django.test import Client
from django.utils.http import urlencode

PLAIN_FORM = "application/x-www-form-urlencoded"


class Phone(Client):
    """What is refused for want of a token must fail here. A body with a type of its own is sent as it is."""

    def __init__(self, **defaults: Any) -> None:
        super().__init__(enforce_csrf_checks=True, **defaults)

    def post(self, path: str, data: Any = None, content_type: str = "", **extra: Any) -> Any:
        if content_type:
            return super().post(path, data, content_type=content_type, **extra)
        return super().post(path, urlencode(data or {}, doseq=True), content_type=PLAIN_FORM, **extra)
