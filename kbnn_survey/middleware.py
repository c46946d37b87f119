"""The customer's short way past what serves the staff, and two of the middlewares asked for less."""

from collections.abc import Awaitable, Callable
from contextlib import nullcontext
from copy import copy

from csp.constants import HEADER
from csp.middleware import CSPMiddleware
from csp.utils import build_policy
from django.conf import settings
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import Resolver404, resolve

from kbnn_survey import refusals
from surveys.database import revision
from surveys.models import User


class ShortWay:
    """A page that `customer_page` or `public_page` made, asked for without a session: the middlewares after this one, all of
    them for staff and their forms, are passed by. What they would add to the answer is added here."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if (
            settings.SESSION_COOKIE_NAME in request.COOKIES or settings.TRY_IT
        ):  # whose panel has forms with a token
            return self.get_response(request)
        try:
            match = resolve(request.path_info)
        except Resolver404:
            return self.get_response(request)
        if not getattr(match.func, "is_for_everybody", False):
            return self.get_response(request)
        request.get_host()  # as CommonMiddleware asks: a host that is not ours is refused
        request.resolver_match, request.user = match, AnonymousUser()
        response = match.func(request, *match.args, **match.kwargs)
        response.headers.setdefault("X-Frame-Options", settings.X_FRAME_OPTIONS)
        if not response.streaming:
            response.headers.setdefault("Content-Length", str(len(response.content)))
        return response


class LoginRequired(LoginRequiredMiddleware):
    """Django's, but it asks the page before the person: on one that is open to all, no session is looked up.

    What a person may do, and of which office, is read once (`surveys.database.revision`); a page that only reads looks at the
    revision once.
    """

    def __call__(self, request: HttpRequest) -> HttpResponseBase | Awaitable[HttpResponseBase]:
        reads = request.method in ("GET", "HEAD") and settings.SESSION_COOKIE_NAME in request.COOKIES
        with revision.steady() if reads else nullcontext():
            return super().__call__(request)

    def process_view(self, request, view_func, view_args, view_kwargs):
        if not getattr(view_func, "login_required", True):
            return None
        if request.user.is_authenticated:
            _lend_rights(request.user)
        return super().process_view(request, view_func, view_args, view_kwargs)

    def handle_no_permission(self, request, view_func):
        """To the login; a form that was sent is kept, and the address that only takes it is no place to come back to."""
        if request.method == "POST":
            return refusals.session_ended(request)
        return super().handle_no_permission(request, view_func)


def _lend_rights(user: User) -> None:
    """Permissions, roles and office as they were read for an earlier request of this person; the office as a copy."""
    key = ("rights", user.pk)
    permissions, roles, office = revision.kept(
        key, lambda: (user.get_all_permissions(), user.roles, user.office)
    )
    user.roles, user.office = roles, copy(office)
    user._perm_cache = set(permissions)  # type: ignore[attr-defined]  # Django's own


class Policy(CSPMiddleware):
    """One policy for every page, without nonces: django-csp would put the same line together for each response."""

    def __init__(self, get_response):
        super().__init__(get_response)
        self.line = build_policy()

    def process_request(self, request: HttpRequest) -> None:
        """No nonce to prepare."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        response.headers.setdefault(HEADER, self.line)
        return response
