"""A campaign's poster for the wall of a unit: what is asked, until when, a QR of the open link."""

from __future__ import annotations

from django.conf import settings
from django.utils.safestring import mark_safe

from reports.exports.drawing import qr_svg
from reports.exports.pdf import made_of
from surveys.models import Campaign, Office
from surveys.periods import start_of
from surveys.vietnamese import clean_text, short_date

WHOLE_COUNTRY = "Kho bạc Nhà nước"


def poster_of(campaign: Campaign, office: Office | None, *, address: str) -> bytes:
    """A4; of the whole country without an office. Raises NoPango without the text library."""
    context = {
        "office": clean_text(office.name) if office else WHOLE_COUNTRY,
        "chooses_unit": office is None,
        "name": clean_text(campaign.name),
        "basis": clean_text(campaign.legal_basis),
        "notice": clean_text(campaign.notice),
        "first": short_date(campaign.opens_on),
        "last": short_date(campaign.ends_on),
        "address": address,
        "group": settings.MIX_GROUP,
        "qr": mark_safe(qr_svg(address)),  # noqa: S308 - drawn by us, of an address of ours
    }
    title = f"{campaign.name} · {office.short_name if office else WHOLE_COUNTRY}"
    return made_of(
        "reports/documents/campaign_poster.html",
        context,
        title=title,
        author=office.name if office else WHOLE_COUNTRY,
        dated=start_of(campaign.opens_on),
    )
