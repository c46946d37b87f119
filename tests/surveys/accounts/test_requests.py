"""What a view's signature says of who asks is true: `StaffRequest` stands only where strangers are turned away."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.test import RequestFactory
from django.urls import URLPattern, get_resolver

from surveys.accounts.requests import StaffRequest, staff_of


def every_view(resolver=None) -> Iterator[Callable]:
    for pattern in (resolver or get_resolver()).url_patterns:
        if isinstance(pattern, URLPattern):
            yield pattern.callback
        else:
            yield from every_view(pattern)


def says_staff(view: Callable) -> bool:
    first = next(iter(inspect.signature(view, follow_wrapped=True).parameters.values()), None)
    return first is not None and first.annotation in ("StaffRequest", StaffRequest)


def test_a_view_that_strangers_may_open_is_not_told_that_somebody_signed_in():
    views = list(every_view())
    assert sum(map(says_staff, views)) > 50
    assert [each for each in views if says_staff(each) and not getattr(each, "login_required", True)] == []


def test_a_stranger_is_refused_where_the_signature_says_nothing():
    request = RequestFactory().get("/admin/")
    request.user = AnonymousUser()
    with pytest.raises(PermissionDenied):
        staff_of(request)
