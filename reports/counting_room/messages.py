"""What the counting room's verbs may object to, as the counting team reads it."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from reports import closing, sealing
from reports.counting_room import decisions, scans
from surveys.accounts import two_persons
from surveys.box.jobs import MixerBusy
from surveys.models.box_jobs import BoxJobEnd

SENTENCES = two_persons.SENTENCES | {
    closing.NotInTheTeam: gettext_lazy("Chỉ thành viên Tổ kiểm phiếu của đơn vị này được làm việc này."),
    closing.TooEarly: gettext_lazy("Chưa khoá kỳ được: phiếu của kỳ này còn có thể gửi về đến hết ngày 3."),
    closing.PilesOpen: gettext_lazy("Chưa khoá kỳ được: còn xấp phiếu giấy đang nhập."),
    closing.NothingToClose: gettext_lazy("Kỳ này đã khoá, và từ đó không có phiếu nào vào hòm."),
    closing.UnknownDifference: gettext_lazy("Chỗ lệch này không còn. Xin tải lại trang."),
    MixerBusy: gettext_lazy("Máy trộn đang làm việc với hòm phiếu này. Xin chờ ít giây rồi thử lại."),
    sealing.NotInTheTeam: gettext_lazy(
        "Chỉ thành viên Tổ kiểm phiếu của đơn vị này được ký; người đã ký thứ nhất tự rút chữ ký của mình."
    ),
    sealing.NotClosed: gettext_lazy("Chưa ký được: kỳ này chưa khoá và chưa trộn lần cuối."),
    sealing.PaperPending: gettext_lazy("Chưa ký được: còn xấp phiếu giấy đang nhập."),
    sealing.BoxNotEmpty: gettext_lazy("Chưa ký được: còn phiếu trong hòm chưa trộn."),
    sealing.DecisionPending: gettext_lazy("Chưa ký được: còn dòng hỏng chờ người thứ hai quyết định."),
    sealing.DifferencesWithoutNote: gettext_lazy("Chưa ký được: còn chỗ lệch chưa có ghi chú."),
    sealing.NotSealed: gettext_lazy("Chưa công bố được: kỳ này chưa niêm phong."),
    sealing.AlreadySealed: gettext_lazy(
        "Kỳ này đã niêm phong, không ký lại được. Nếu có phiếu giấy nhập muộn, xin lập bản đính chính có lý do."
    ),
    sealing.NothingToCorrect: gettext_lazy(
        "Không có gì để đính chính: số liệu vẫn đúng như bản đã niêm phong."
    ),
    sealing.BadReason: gettext_lazy(
        "Lý do đính chính phải gọn trong một dòng, không quá 200 ký tự; bản đầu không có lý do."
    ),
    two_persons.ChangedSince: gettext_lazy(
        "Số liệu, ghi chú hoặc xấp phiếu đã đổi so với lúc xem hoặc lúc ký thứ nhất. Xin xem lại các số rồi ký từ đầu."
    ),
    scans.NotInTheTeam: gettext_lazy("Chỉ thành viên Tổ kiểm phiếu của đơn vị này được đính kèm biên bản."),
    scans.NotAPicture: gettext_lazy("Tệp này không phải PDF, JPEG hay PNG."),
    scans.TooLarge: gettext_lazy("Tệp lớn quá 10 MB; xin chụp hoặc quét lại với cỡ nhỏ hơn."),
    decisions.MayNotDecide: gettext_lazy("Ông/bà không có quyền đề nghị hoặc quyết định việc này."),
    decisions.SamePerson: gettext_lazy("Người đề nghị không tự quyết định; cần một người khác."),
    decisions.NothingThere: gettext_lazy("Không còn gì để quyết định ở đây. Xin tải lại trang."),
    decisions.ProposedAlready: gettext_lazy("Việc này đã có người đề nghị, đang chờ người thứ hai."),
    decisions.DecidedAlready: gettext_lazy("Việc này đã được quyết định."),
}


#: How a job of the mixer ended, where it did not end well.
ENDS = {
    BoxJobEnd.TAMPERED: gettext_lazy(
        "Hòm phiếu có dòng hỏng nên không mở phiếu nào. Thanh tra đã được báo; xin chờ kết luận."
    ),
    BoxJobEnd.KEYLESS: gettext_lazy(
        "Máy trộn không có khoá mở hòm phiếu nên không mở phiếu nào. Xin báo người quản trị máy chủ ngay: cần đặt lại khoá "
        "từ bản cất giữ; nếu mất hẳn thì mất mọi phiếu đang chờ."
    ),
    BoxJobEnd.FAILED: gettext_lazy(
        "Máy trộn gặp lỗi, chưa làm gì. Xin thử lại; nếu vẫn vậy, báo người quản trị."
    ),
}


def sentence_of(fact: Exception) -> str:
    """The sentence of a fact; with the particulars where it has any."""
    if isinstance(fact, sealing.EarlierPeriodUnsealed):
        named = {"period": fact.period.label}
        return _("Các kỳ niêm phong theo thứ tự: xin niêm phong %(period)s trước.") % named
    if isinstance(fact, sealing.CountsDoNotAddUp):
        told = {"broken": "; ".join(fact.broken)}
        return (
            _(
                "Không niêm phong được: %(broken)s. Ghi chú không thay được việc này. Xin báo thanh tra; kỳ này và các kỳ sau "
                "để mở cho đến khi có kết luận."
            )
            % told
        )
    return str(SENTENCES.get(type(fact), _("Chưa làm được việc này. Xin tải lại trang rồi thử lại.")))


def sentence_of_end(end: str) -> str:
    """What is to be said of the mixer's last job; '' where there is none, where it is under way, or went well."""
    return str(ENDS.get(BoxJobEnd(end), "")) if end else ""
