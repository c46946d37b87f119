"""What anybody may ask of the counted: today the receipt. Public views import no staff view."""

from __future__ import annotations

import json

from django.db.transaction import atomic
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation

from surveys import casting, codes
from surveys.casting import ReceiptState
from surveys.customer_pages import customer_page, is_too_large, page, period_label, too_large
from surveys.models import AuditEntry, Receipt
from surveys.vietnamese import clean_text

#: The inspector's alarm: a receipt of ours whose ballot is nowhere.
RECEIPT_MISSING = "receipt-missing"
TEMPLATE = "reports/public/receipt.html"


@customer_page("GET", "HEAD", "POST")
def receipt(request: HttpRequest) -> HttpResponse:
    """Where the ballot of a typed receipt is; never how it was answered."""
    if request.method != "POST":
        return page(TEMPLATE, {"state": ""})
    if is_too_large(request):
        return too_large()
    typed = request.POST.get("receipt", "")
    facts = casting.receipt_state(typed=typed)
    if facts.state is ReceiptState.COUNTED:
        return page(TEMPLATE, {"state": "counted", **counted_in(facts.counted)})
    if facts.state is ReceiptState.MISTYPED:
        return page(TEMPLATE, {"state": "mistyped", "typed": clean_text(typed)[:60]}, status=422)
    if facts.state is ReceiptState.MISSING:
        raise_alarm(typed=typed)
        return page(TEMPLATE, {"state": "missing"})
    return page(TEMPLATE, {"state": "in_the_box"})


def counted_in(found: Receipt) -> dict:
    """What everybody with a genuine receipt of that office and period is shown: the same, so the page proves nothing
    about one person's answer. The seal, its proof and the published replies join here."""
    language = translation.get_language()
    office = found.office
    name = office.name_en if language == "en" and office.name_en else office.short_name
    return {"office": name, "period_label": period_label(found.period)}


@atomic
def raise_alarm(*, typed: str) -> None:
    """Tell the inspector once that a receipt of ours has no ballot: what is told is the receipt's public hash."""
    receipt_hash = codes.receipt_hash(codes.normalise_receipt(typed))
    if not AuditEntry.objects.filter(action=RECEIPT_MISSING, subject=receipt_hash).exists():
        detail = json.dumps({"receipt_hash": receipt_hash})
        AuditEntry.objects.create(
            at=timezone.now(), action=RECEIPT_MISSING, subject=receipt_hash, detail=detail
        )
