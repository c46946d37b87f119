"""Keys by which other programs of the office ask `/api/v1`: given out, shown once, revoked."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from surveys.accounts import api_keys
from surveys.accounts.requests import StaffRequest
from surveys.models import ApiKey
from surveys.setup_room.forms import ApiKeyForm
from surveys.setup_room.pages import may_administer, show


@require_http_methods(["GET", "HEAD", "POST"])
@may_administer
@never_cache
def index(request: StaffRequest) -> HttpResponse:
    """The keys; sent, a new one, whose words stand on this one answer and nowhere else."""
    form = ApiKeyForm(request.POST or None, by=request.user)
    token = ""
    if request.method == "POST" and form.is_valid():
        token = api_keys.issue(**form.cleaned_data, by=request.user, now=timezone.now())
        form = ApiKeyForm(by=request.user)
    keys = ApiKey.objects.visible_to(request.user).select_related("office")
    context = {"token": token, "keys": keys.order_by("revoked_at", "-created_at")}
    return show(request, "api_keys.html", "api-keys", context, form=form)


@require_POST
@may_administer
def revoke(request: StaffRequest, pk: int) -> HttpResponse:
    key = get_object_or_404(
        ApiKey.objects.visible_to(request.user).select_related("office").filter(revoked_at__isnull=True),
        pk=pk,
    )
    api_keys.revoke(key=key, by=request.user, now=timezone.now())
    messages.success(request, _("Đã thu hồi khoá %(name)s.") % {"name": key.name})
    return HttpResponseRedirect(reverse("surveys:setup_api_keys"), status=303)
