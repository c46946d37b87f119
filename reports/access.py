"""Who may see figures, campaigns and their rooms; a stranger's row is a 404."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from django.contrib.auth.decorators import permission_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse

from surveys.accounts.requests import StaffRequest

may_see_figures = permission_required("surveys.view_figures", raise_exception=True)


may_read = permission_required("surveys.read_campaigns", raise_exception=True)


def may_read_unit(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Whoever reads campaigns, and leaders the page of their own unit; which units these are the queryset says."""

    @wraps(view)
    def answer(request: StaffRequest, **kwargs) -> HttpResponse:
        if not any(request.user.has_perm(f"surveys.{name}") for name in ("read_campaigns", "read_own_unit")):
            raise PermissionDenied
        return view(request, **kwargs)

    return answer


may_run = permission_required("surveys.run_campaigns", raise_exception=True)
