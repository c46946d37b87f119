"""A machine on which somebody has logged in before: what others at the same address do keeps nobody out there.

The mark is a signed cookie for the login page alone. It names the machine by a random word and its people by digests; it
proves nothing but that a right login was made here, and has a brake of its own.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import salted_hmac

COOKIE = settings.DEVICE_COOKIE_NAME
PATH = "/login"
SALT = "surveys.accounts.known_devices"
DAYS = 180
MOST_PEOPLE = 24  # of one machine; who logged in longest ago is forgotten


@dataclass(frozen=True)
class Device:
    name: str
    people: tuple[str, ...]

    def knows(self, username: str) -> bool:
        return _digest(username) in self.people


def device_of(request: HttpRequest) -> Device | None:
    """The machine by its cookie; None without one, or with one that is old or not ours."""
    try:
        said = signing.loads(request.COOKIES.get(COOKIE, ""), salt=SALT, max_age=DAYS * 86400)
        return Device(str(said["d"]), tuple(map(str, said["p"])))
    except (signing.BadSignature, KeyError, TypeError):
        return None


def knows(request: HttpRequest | None, credentials: dict | None) -> bool:
    """Whether this person logged in on this machine before; axes asks it too, by this signature."""
    device = device_of(request) if request is not None else None
    return device is not None and device.knows((credentials or {}).get("username") or "")


def remember(request: HttpRequest, response: HttpResponse, *, username: str) -> None:
    """Mark the machine for this person, after a whole login."""
    device = device_of(request) or Device(secrets.token_urlsafe(12), ())
    own = _digest(username)
    people = [own, *(each for each in device.people if each != own)][:MOST_PEOPLE]
    response.set_cookie(
        COOKIE,
        signing.dumps({"d": device.name, "p": people}, salt=SALT),
        max_age=DAYS * 86400,
        path=PATH,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def _digest(username: str) -> str:
    return salted_hmac(SALT, username.casefold(), algorithm="sha256").hexdigest()[:16]
