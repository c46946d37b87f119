"""A request as staff's pages see it: somebody signed in, since those pages are closed to everybody else."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from surveys.models import User


class StaffRequest(HttpRequest):
    """For signatures alone: the server makes plain requests, and `LoginRequiredMiddleware` lets no stranger pass."""

    user: User


def staff_of(request: HttpRequest) -> User:
    """Who asks, where a library's signature says nothing of it (the administration); a stranger is refused."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user
