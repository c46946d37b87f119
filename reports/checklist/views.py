"""The set-up room's first page: what an office still lacks, and whether all is well with it."""

from __future__ import annotations

from django.contrib.auth.decorators import permission_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from reports.checklist import steps
from reports.checklist.forms import OfficeForm
from surveys.accounts.requests import StaffRequest
from surveys.models import Office

MOST_OFFICES = 1000  # in the choice: more than the State Treasury ever had


@require_safe
@permission_required("surveys.administer", raise_exception=True)
@never_cache
def setup(request: StaffRequest) -> HttpResponse:
    """One office at a time: the own box, or ``?office=`` of the subtree."""
    offices = Office.objects.visible_to(request.user).sealing().order_by("path")
    code = request.GET.get("office", "")
    office = get_object_or_404(offices, code=code) if code else steps.own_box(request.user) or offices.first()
    listed = steps.steps_of(office, now=timezone.now()) if office else []
    context = {
        "tab": "list",
        "office": office,
        "form": OfficeForm(offices[:MOST_OFFICES], office),
        "steps": listed,
        "next": next(steps.missing(listed), None),
        "done": sum(step.state == steps.DONE for step in listed),
        "wanted": sum(step.state != steps.UNUSED for step in listed),
    }
    return render(request, "reports/checklist.html", context)
