"""Customer organisations of the offices with a box: found, added, renamed, and taken in from a table."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from surveys import audit
from surveys.accounts.requests import StaffRequest
from surveys.audit import Action
from surveys.fields import FindForm
from surveys.models import Organisation
from surveys.setup_room.forms import OrganisationForm
from surveys.setup_room.pages import may_administer, page_of, show
from surveys.vietnamese import fold

TAB = "organisations"


@require_safe
@may_administer
def index(request: StaffRequest) -> HttpResponse:
    """``q`` in the name, with or without its marks, or in the code."""
    typed = request.GET.get("q", "").strip()
    rows = Organisation.objects.visible_to(request.user).select_related("office").order_by("name", "pk")
    if typed:
        rows = rows.filter(folded__contains=fold(typed)) | rows.filter(code__icontains=typed)
    query = f"{urlencode({'q': typed})}&" if typed else ""
    find = FindForm(_("Tìm theo tên hoặc mã"), typed)
    context = {"page": page_of(request, rows), "find": find, "typed": typed, "query": query}
    return show(request, "organisations.html", TAB, context)


@require_http_methods(["GET", "HEAD", "POST"])
@may_administer
def new(request: StaffRequest) -> HttpResponse:
    return _edit(request, None)


@require_http_methods(["GET", "HEAD", "POST"])
@may_administer
def edit(request: StaffRequest, pk: int) -> HttpResponse:
    return _edit(request, get_object_or_404(Organisation.objects.visible_to(request.user), pk=pk))


def _edit(request: StaffRequest, organisation: Organisation | None) -> HttpResponse:
    name = str(organisation or "")
    form = OrganisationForm(request.POST or None, instance=organisation, by=request.user)
    if request.method == "POST" and form.is_valid():
        form.save()
        audit.record(
            action=Action.ORGANISATION_CHANGED if organisation else Action.ORGANISATION_ADDED,
            actor=request.user,
            office=form.instance.office,
            now=timezone.now(),
            subject=str(form.instance),
            fields=form.changed_data,
        )
        messages.success(request, _("Đã lưu %(name)s.") % {"name": form.instance.name})
        return HttpResponseRedirect(reverse("surveys:setup_organisations"), status=303)
    return show(request, "organisation.html", TAB, {"name": name}, form=form)
