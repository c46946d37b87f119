"""What the public page of a period says of the follow-up of the silent: a paragraph of its own, in the page's language."""

from __future__ import annotations

from datetime import date, datetime

from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from reports.arithmetic.follow_up_bound import ByLetter, FollowUp, LettersFault
from reports.arithmetic.follow_up_standing import Promise, Standing
from reports.arithmetic.outward_rounding import printed_low
from reports.arithmetic.suppression import COUNTS_FROM
from reports.publication import silent
from reports.results.language import spoken
from reports.results.published import PublishedPeriod
from reports.silent import asking
from surveys.periods import local_day
from surveys.vietnamese import count, group, short_date


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
        return f"{_proved(standing.proved)} {_limits(standing.proved)}"
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


def _proved(proved: FollowUp) -> str:
    """As `reports.arithmetic.wording.follow_up_sentence`, which papers print."""
    return _(
        "Đã hỏi lại chủ của %(called)s trong %(silent)s phiếu không thu về, chọn bằng bốc thăm kiểm chứng được: %(bad)s không "
        "hài lòng, %(unreached)s không liên lạc được. %(channels)sTrên mọi phiếu phát ra, tỷ lệ hài lòng từ %(low)s trở lên (độ tin cậy 95%%)."
    ) % {
        "called": spoken(group(proved.called)),
        "silent": spoken(group(proved.silent)),
        "bad": spoken(count(proved.bad)),
        "unreached": spoken(count(proved.unreached)),
        "low": spoken(f"{printed_low(proved.low)}%"),
        "channels": f"{channels} " if (channels := _channels(proved)) else "",
    }


def _channels(proved: FollowUp) -> str:
    """As `reports.arithmetic.wording.follow_up_channels`."""
    letters = proved.by_letter
    if letters is None:
        return ""
    figures = {
        "sent": spoken(count(letters.sent)),
        "answered": spoken(count(letters.answered)),
        "bad": spoken(count(letters.bad)),
        "fewest": COUNTS_FROM,
        "telephoned": spoken(count(proved.telephoned)),
        "bad_by_telephone": spoken(count(proved.bad_by_telephone)),
    }
    figures["said"] = _by_letter(letters) % figures
    return (
        _(
            "Đã gửi %(sent)s thư mời trả lời phiếu kín, còn lại hỏi qua điện thoại: %(said)s; %(telephoned)s người trả lời qua điện "
            "thoại (%(bad_by_telephone)s không hài lòng)."
        )
        % figures
    )


def _by_letter(letters: ByLetter) -> str:
    if letters.answered and letters.fault:
        return _(
            "%(answered)s người trả lời bằng phiếu kín (%(bad)s không hài lòng), phiếu kín bị hỏng tính là không liên lạc được"
        )
    if letters.answered:
        return _("%(answered)s người trả lời bằng phiếu kín (%(bad)s không hài lòng)")
    if letters.fault == LettersFault.DAMAGED:
        return _("phiếu kín bị hỏng hoặc dưới %(fewest)s nên mọi thư tính là không liên lạc được")
    if letters.fault == LettersFault.UNOPENED:
        return _("hòm phiếu kín không mở được nên mọi thư tính là không liên lạc được")
    return _("thư trả lời dưới %(fewest)s nên tính là không liên lạc được")


def _limits(proved: FollowUp) -> str:
    """As `reports.arithmetic.wording.follow_up_limits`."""
    if proved.telephoned:
        return _(
            "Người được hỏi trả lời qua điện thoại, không kín như bỏ phiếu nên thường dễ khen hơn; người không liên lạc được tính là "
            "không hài lòng. Số này đứng riêng, không cộng vào kết quả của kỳ."
        )
    return _(
        "Người không liên lạc được tính là không hài lòng. Số này đứng riêng, không cộng vào kết quả của kỳ."
    )
