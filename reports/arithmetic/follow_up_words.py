"""What a closed follow-up of the silent found, by which way, and what it proves: for papers in Vietnamese, for the public page
in its reader's language.

Pure. The sentences are written once, as they stand in the catalogue; whoever has another language hands it in.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from reports.arithmetic.follow_up_bound import ByLetter, FollowUp, LettersFault
from reports.arithmetic.outward_rounding import printed_low
from reports.arithmetic.suppression import COUNTS_FROM
from surveys.vietnamese import count, group


def _(text: str) -> str:
    """Marks a sentence for the catalogue."""
    return text


@dataclass(frozen=True)
class Language:
    """``words`` of a sentence of ours, and a printed ``figure`` as the language writes it."""

    words: Callable[[str], str] = str
    figure: Callable[[str], str] = str


VIETNAMESE = Language()


def follow_up_sentence(follow_up: FollowUp, language: Language = VIETNAMESE) -> str:
    """What was found, by which way, and what it proves."""
    channels = follow_up_channels(follow_up, language)
    return language.words(
        _(
            "Đã hỏi lại chủ của %(called)s trong %(silent)s phiếu không thu về, chọn bằng bốc thăm kiểm chứng được: %(bad)s không "
            "hài lòng, %(unreached)s không liên lạc được. %(channels)sTrên mọi phiếu phát ra, tỷ lệ hài lòng từ %(low)s trở lên (độ tin cậy 95%%)."
        )
    ) % {
        "called": language.figure(group(follow_up.called)),
        "silent": language.figure(group(follow_up.silent)),
        "bad": language.figure(count(follow_up.bad)),
        "unreached": language.figure(count(follow_up.unreached)),
        "low": language.figure(f"{printed_low(follow_up.low)}%"),
        "channels": f"{channels} " if channels else "",
    }


def follow_up_channels(follow_up: FollowUp, language: Language = VIETNAMESE) -> str:
    """Which part came by letter and which by telephone; '' where nobody was written to."""
    letters = follow_up.by_letter
    if letters is None:
        return ""
    figures = {
        "sent": language.figure(count(letters.sent)),
        "answered": language.figure(count(letters.answered)),
        "bad": language.figure(count(letters.bad)),
        "fewest": COUNTS_FROM,
        "telephoned": language.figure(count(follow_up.telephoned)),
        "bad_by_telephone": language.figure(count(follow_up.bad_by_telephone)),
    }
    figures["said"] = language.words(_by_letter(letters)) % figures
    return (
        language.words(
            _(
                "Đã gửi %(sent)s thư mời trả lời phiếu kín, còn lại hỏi qua điện thoại: %(said)s; %(telephoned)s người trả lời qua điện "
                "thoại (%(bad_by_telephone)s không hài lòng)."
            )
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


def follow_up_limits(follow_up: FollowUp, language: Language = VIETNAMESE) -> str:
    """What is to be kept in mind of how they were asked."""
    if follow_up.telephoned:
        return language.words(
            _(
                "Người được hỏi trả lời qua điện thoại, không kín như bỏ phiếu nên thường dễ khen hơn; người không liên lạc được tính là "
                "không hài lòng. Số này đứng riêng, không cộng vào kết quả của kỳ."
            )
        )
    return language.words(
        _(
            "Người không liên lạc được tính là không hài lòng. Số này đứng riêng, không cộng vào kết quả của kỳ."
        )
    )
