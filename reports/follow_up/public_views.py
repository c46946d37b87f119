"""Whoever wants an answer in person asks here: a form apart from every ballot, with a name only if they like."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from reports.follow_up import contacts
from reports.follow_up.public_forms import ContactForm
from surveys import client_address, rate_limits
from surveys.customer.decorators import customer_page, is_too_large, too_large
from surveys.customer.rendering import page
from surveys.models import Office
from surveys.periods import local_day

TEMPLATE = "reports/public/contact.html"
#: Of one address: a waiting hall's network stands for many people, yet few of them write in the same hour.
CONTACTS_AN_HOUR = 10


@customer_page("GET", "HEAD", "POST")
def contact(request: HttpRequest) -> HttpResponse:
    """Nothing of a visit or ballot is asked or kept."""
    if request.method == "POST" and is_too_large(request):
        return too_large()
    now = timezone.now()
    offices = Office.objects.sealing().in_force(local_day(now))
    form = ContactForm(request.POST if request.method == "POST" else None, offices=offices)
    context = {"form": form, "offices": offices.alphabetical(), "problem": ""}
    if request.method != "POST":
        return page(TEMPLATE, context)
    if not form.is_valid():
        return page(TEMPLATE, context, status=422)
    address = client_address.address_of(request)
    if rate_limits.is_over(what="contact", address=address, most=CONTACTS_AN_HOUR, seconds=3600, now=now):
        busy = _(
            "Từ địa chỉ mạng này đã gửi quá nhiều yêu cầu. Xin gửi lại sau một giờ hoặc gặp bộ phận tiếp công dân."
        )
        return page(TEMPLATE, context | {"problem": busy}, status=429)
    facts = {name: form.cleaned_data[name] for name in ("office", "name", "address", "words")}
    try:
        contacts.ask_for_contact(now=now, **facts)
    except contacts.TooManyContacts:
        busy = _(
            "Hôm nay đơn vị đã nhận quá nhiều yêu cầu. Xin gửi lại vào ngày mai hoặc gặp bộ phận tiếp công dân."
        )
        return page(TEMPLATE, context | {"problem": busy}, status=429)
    return page(TEMPLATE, {"sent": True})
