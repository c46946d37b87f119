"""The words of the public results in the reader's language."""

from __future__ import annotations

import re

from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from surveys.models import Office
from surveys.periods import CalendarPeriod, Month, MonthRange

#: Why a figure is not told, and the other words that stand where a number could.
WORDS = {
    "chưa có phiếu": gettext_lazy("chưa có phiếu"),
    "chưa phát phiếu": gettext_lazy("chưa phát phiếu"),
    "ẩn kèm": gettext_lazy("ẩn kèm"),
    "không ghi tỷ lệ": gettext_lazy("không ghi tỷ lệ"),
    "chưa đủ 30 phiếu": gettext_lazy("chưa đủ 30 phiếu"),
    "chưa mở riêng": gettext_lazy("chưa mở riêng"),
}


_SWAPPED = str.maketrans(".,", ",.")


def spoken(text: str) -> str:
    """A printed figure in the language of the page: 3.809 and 99,9% are 3,809 and 99.9% in English."""
    if translation.get_language() != "en":
        return text
    if found := re.fullmatch("(trên|dưới) (.+)", text):
        share = found[2].translate(_SWAPPED)
        return (
            _("trên %(share)s") % {"share": share}
            if found[1] == "trên"
            else _("dưới %(share)s") % {"share": share}
        )
    return str(WORDS[text]) if text in WORDS else text.translate(_SWAPPED)


def office_name(office: Office) -> str:
    return office.name_en if translation.get_language() == "en" and office.name_en else office.name


def stretch_label(months: MonthRange) -> str:
    if translation.get_language() != "en":
        return months.label
    first, last = (date_format(month.first_day, "F Y") for month in (months.first, months.last))
    return first if first == last else f"{first} to {last}"


def short_name(period: CalendarPeriod) -> str:
    if translation.get_language() != "en":
        return period.short_label
    return (
        date_format(period.first_day, "M Y")
        if isinstance(period, Month)
        else f"Q{period.quarter} {period.year}"
    )
