"""What the public page of a period says of the follow-up of the silent: a paragraph of its own, in the page's language."""

from __future__ import annotations

from django.utils.translation import gettext as _

from reports.arithmetic.follow_up_bound import FollowUp
from reports.arithmetic.outward_rounding import printed_low
from reports.arithmetic.suppression import COUNTS_FROM
from reports.models import SilentCommitment
from reports.publication import silent
from reports.results.language import spoken
from reports.results.published import PublishedPeriod
from reports.silent import asking
from surveys.vietnamese import count, group


def facts(one: PublishedPeriod) -> dict | None:
    """``said``, and the files with the folder they lie in, seen from the period's; None where nobody was to be asked."""
    commitment = SilentCommitment.objects.of_period(one.office, one.period).first()
    if commitment is None:
        return None
    proved, is_void = asking.standing_of(one.office, one.period)
    files = [
        silent.COMMIT_FILE,
        *([silent.RESULT_FILE] if (result := commitment.result_found) else []),
        *([silent.BALLOTS_FILE, silent.RECEIPTS_FILE] if result and result.ballots else []),
        silent.CHECK_FILE,
    ]
    return {
        "said": _said(commitment, proved, is_void=is_void),
        "files": files,
        "place": f"../../follow-up/{one.office.code}/{one.period}/",
    }


def _said(commitment: SilentCommitment, proved: FollowUp | None, *, is_void: bool) -> str:
    if proved:
        return f"{_proved(proved)} {_limits(proved)}"
    if is_void or commitment.is_corrected:
        return _("Kỳ đã được đính chính nên việc hỏi lại người chưa trả lời không còn giá trị.")
    figures = {"called": spoken(group(commitment.called)), "silent": spoken(group(commitment.silent))}
    return (
        _(
            "Danh sách %(silent)s phiếu không thu về đã được chốt bằng mã băm khi niêm phong; %(called)s phiếu trong đó được bốc "
            "thăm để hỏi lại. Chưa có kết quả."
        )
        % figures
    )


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
    if letters.answered:
        return (
            _(
                "Đã gửi %(sent)s thư mời trả lời phiếu kín, còn lại hỏi qua điện thoại: %(answered)s người trả lời bằng phiếu kín "
                "(%(bad)s không hài lòng); %(telephoned)s người trả lời qua điện thoại (%(bad_by_telephone)s không hài lòng)."
            )
            % figures
        )
    return (
        _(
            "Đã gửi %(sent)s thư mời trả lời phiếu kín, còn lại hỏi qua điện thoại: thư trả lời dưới %(fewest)s nên tính là không "
            "liên lạc được; %(telephoned)s người trả lời qua điện thoại (%(bad_by_telephone)s không hài lòng)."
        )
        % figures
    )


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
