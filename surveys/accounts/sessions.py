"""How long a login lasts: half an hour without a request, twelve hours in all, and not one request more when ended."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection
from datetime import UTC, datetime
from typing import ClassVar, cast

from allauth.account.authentication import get_authentication_records
from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import urlencode

from surveys.accounts.requests import StaffRequest
from surveys.models import User

BEGAN, SEEN = "began", "seen"
WRITE_SECONDS = 60  # how stale `SEEN` may be: else every request of a member of staff would write


def begin(request: HttpRequest, **_kwargs) -> None:
    """Receiver of Django's own word that somebody logged in."""
    request.session[BEGAN] = request.session[SEEN] = int(time.time())


def ends_by_itself(get_response: Callable) -> Callable:
    """Middleware, before anybody asks who the user is."""

    def middleware(request: HttpRequest) -> HttpResponse:
        # A customer has no cookie; to ask for the session all the same would tell caches that the page depends on it.
        if settings.SESSION_COOKIE_NAME in request.COOKIES:
            _judge(request.session, int(time.time()))
        return get_response(request)

    return middleware


def begin_anew(request: HttpRequest, *, reauthenticated: bool = False, **_kwargs) -> None:
    """Receiver of the account app's own word: who proves it again in a session gets a new key, the old one is dead (ASVS 7.2.4)."""
    if reauthenticated:
        request.session.cycle_key()


def end_sessions(user: User, *, now: datetime) -> int:
    """Log a person out everywhere; how many sessions that were. Reads every open session: for rare events only."""
    theirs = [
        session.pk
        for session in Session.objects.filter(expire_date__gt=now).iterator()
        if session.get_decoded().get(SESSION_KEY) == str(user.pk)
    ]
    Session.objects.filter(pk__in=theirs).delete()
    return len(theirs)


def _judge(session, now: int) -> None:
    seen = session.get(SEEN)
    if seen is None:
        return
    if now - seen > settings.SESSION_IDLE or now - session[BEGAN] > settings.SESSION_COOKIE_AGE:
        session.flush()
    elif now - seen > WRITE_SECONDS:
        session[SEEN] = now


def logged_in_at(request: HttpRequest) -> datetime | None:
    """When this session last proved who it is, by password; None when it never did."""
    records = get_authentication_records(request, request.user)
    return datetime.fromtimestamp(records[-1]["at"], tz=UTC) if records else None


def login_first(request: HttpRequest) -> HttpResponseRedirect:
    """To the page that asks for the password again, and from there back to here."""
    here = urlencode({"next": request.get_full_path()})
    return HttpResponseRedirect(f"{reverse('account_reauthenticate')}?{here}")


class FirstPage:
    """Middleware: a page that comes before every other of the house, and leads back to the one that was asked for, where
    nothing was sent. Public pages stay open, as to everybody."""

    on_the_way: ClassVar[Collection[str]] = ()  # what one may open before, by name

    def __init__(self, get_response: Callable) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view, args, kwargs) -> HttpResponseRedirect | None:
        if not getattr(view, "login_required", True) or not request.user.is_authenticated:
            return None
        match = request.resolver_match
        if match and match.view_name in self.on_the_way:
            return None
        address = self.address_for(cast(StaffRequest, request))
        if address is None or request.method != "GET":
            return HttpResponseRedirect(address) if address else None
        return HttpResponseRedirect(f"{address}?{urlencode({'next': request.get_full_path()})}")

    def address_for(self, request: StaffRequest) -> str | None:
        """Of the page that this person has to see first; None where there is none."""
        raise NotImplementedError
