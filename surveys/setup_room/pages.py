"""What the pages of the set-up room share: who may enter, their tabs, how a form is answered."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from surveys.accounts.requests import StaffRequest
from surveys.admin.base import may_administer
from surveys.models import Office

__all__ = ["box_of", "may_administer", "page_of", "show"]
ROWS_A_PAGE = 50


def show(
    request: HttpRequest, template: str, tab: str, context: dict, *, form=None, is_judged: bool = True
) -> HttpResponse:
    """A page under one tab; a form that was sent and refused answers 422, keeps what was typed and leads to what is wrong."""
    shown = {"tab": tab, "form": form} | context
    is_refused = is_judged and form is not None and bool(form.errors)
    if is_refused:
        _lead_to_the_first_wrong(form)
    return render(request, f"surveys/setup_room/{template}", shown, status=422 if is_refused else 200)


def page_of(request: HttpRequest, rows) -> Page:
    return Paginator(rows, ROWS_A_PAGE).get_page(request.GET.get("page"))


def box_of(request: StaffRequest) -> Office:
    """The box of the administrator's office, or that office itself; whoever has none is refused."""
    office = request.user.office
    if office is None:
        raise PermissionDenied
    return office.sealing_office or office


def _lead_to_the_first_wrong(form) -> None:
    """The first field on the page, not in the class; what is wrong of all of them together stands at the head anyway."""
    for pointer in form.helper.layout.get_field_names():
        if pointer.name in form.errors:
            form.fields[pointer.name].widget.attrs["autofocus"] = True
            return
