"""What the public page of a period says of the follow-up of the silent: a paragraph of its own, in the page's language."""

from __future__ import annotations

from django.utils.translation import gettext as _

from reports.arithmetic.follow_up_bound import FollowUp
from reports.arithmetic.outward_rounding import printed_low
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
        *([silent.RESULT_FILE] if commitment.result_found else []),
        silent.CHECK_FILE,
    ]
    return {
        "said": _said(commitment, proved, is_void=is_void),
        "files": files,
        "place": f"../../follow-up/{one.office.code}/{one.period}/",
    }


def _said(commitment: SilentCommitment, proved: FollowUp | None, *, is_void: bool) -> str:
    if proved:
        return f"{_proved(proved)} {_limits()}"
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
        "hài lòng, %(unreached)s không liên lạc được. Trên mọi phiếu phát ra, tỷ lệ hài lòng từ %(low)s trở lên (độ tin cậy 95%%)."
    ) % {
        "called": spoken(group(proved.called)),
        "silent": spoken(group(proved.silent)),
        "bad": spoken(count(proved.bad)),
        "unreached": spoken(count(proved.unreached)),
        "low": spoken(f"{printed_low(proved.low)}%"),
    }


def _limits() -> str:
    return _(
        "Người được hỏi trả lời qua điện thoại, không kín như bỏ phiếu nên thường dễ khen hơn; người không liên lạc được tính là "
        "không hài lòng. Số này đứng riêng, không cộng vào kết quả của kỳ."
    )
