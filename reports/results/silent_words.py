"""What the public page of a period says of the follow-up of the silent: a paragraph of its own, in the page's language."""

from __future__ import annotations

from datetime import date, datetime

from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from reports.arithmetic.follow_up_standing import Promise, Standing
from reports.arithmetic.follow_up_words import Language, follow_up_limits, follow_up_sentence
from reports.publication import silent
from reports.results.language import spoken
from reports.results.published import PublishedPeriod
from reports.silent import asking
from surveys.periods import local_day
from surveys.vietnamese import group, short_date


def facts(one: PublishedPeriod, *, now: datetime) -> dict | None:
    """``said``, and the files with the folder they lie in, seen from the period's; None where nobody was to be asked."""
    commitment = asking.known(one.office, one.period)
    if commitment is None:
        return None
    return {
        "said": _said(asking.standing(commitment), local_day(now)),
        "files": list(silent.files_of(commitment)),
        "place": f"../../follow-up/{one.office.code}/{one.period}/",
    }


def _said(standing: Standing, today: date) -> str:
    if standing.proved:
        language = Language(_, spoken)
        return (
            f"{follow_up_sentence(standing.proved, language)} {follow_up_limits(standing.proved, language)}"
        )
    promise = standing.promise
    figures = {
        "called": spoken(group(promise.called)),
        "silent": spoken(group(promise.silent)),
        "drawn_on": _day(promise.drawn_on),
        "until": _day(promise.until),
        "prize": promise.special_prize,
    }
    return f"{_drawn(promise) % figures} {_to_come(standing, today) % figures}"


def _drawn(promise: Promise) -> str:
    if promise.beacon:
        return _(
            "Danh sách %(silent)s phiếu không thu về đã được chốt bằng mã băm khi niêm phong; %(called)s phiếu trong đó được bốc thăm để "
            "hỏi lại, bằng giải đặc biệt xổ số miền Bắc ngày %(drawn_on)s: %(prize)s."
        )
    return _(
        "Danh sách %(silent)s phiếu không thu về đã được chốt bằng mã băm khi niêm phong; giải đặc biệt xổ số miền Bắc ngày %(drawn_on)s "
        "bốc thăm %(called)s phiếu trong đó để hỏi lại."
    )


def _to_come(standing: Standing, today: date) -> str:
    """What is to be expected, or what the inspector owes for ever."""
    promise = standing.promise
    if standing.is_void:
        return _("Kỳ đã được đính chính nên việc hỏi lại người chưa trả lời không còn giá trị.")
    if not promise.is_overdue(today):
        return _("Chưa có kết quả; thanh tra phải công bố chậm nhất ngày %(until)s.")
    if promise.beacon:
        return _("Đã quá thời hạn ngày %(until)s mà thanh tra không công bố kết quả hỏi lại.")
    return _("Đã quá thời hạn ngày %(until)s mà thanh tra không bốc thăm, không công bố kết quả hỏi lại.")


def _day(day: date) -> str:
    return date_format(day, "F j, Y") if translation.get_language() == "en" else short_date(day)
