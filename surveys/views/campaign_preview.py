"""A campaign's form as a respondent will see it, for those who set it up. Nothing can be sent from here."""

from __future__ import annotations

from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from surveys.campaign_pages import ALL, FORM, asked_of, form_context, turn
from surveys.customer_pages import page
from surveys.models import Campaign, Office


@csrf_exempt  # what is posted is shown again and changes nothing
@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("surveys.read_campaigns", raise_exception=True)
def preview(request: HttpRequest, slug: str) -> HttpResponse:
    """Page by page as the form turns; the last page has no button to send."""
    campaign = get_object_or_404(Campaign.objects.visible_to(request.user), slug=slug)
    unit = campaign.units.select_related("office").first()
    asked = asked_of(campaign, unit.office if unit else Office(short_name=""), is_preview=True)
    step = ALL if ALL in request.GET else "0"
    context = None
    if request.method == "POST":
        _form, context = turn(asked, request.POST)
    if context is None:
        context = form_context(asked, asked.form(), step=step, field="")
    return page(FORM, context | {"action": request.path, "other_lang_url": ""})
