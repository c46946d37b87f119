"""Why nothing is drawn or closed, in a sentence."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from reports.silent import errors

SENTENCES = {
    errors.PeriodCorrected: _("Kỳ đã được đính chính nên việc hỏi lại không còn giá trị."),
    errors.TooLate: _("Đã quá 60 ngày kể từ ngày niêm phong."),
    errors.BeaconToCome: _("Giải đặc biệt của ngày đã định chưa mở; xin ghi sau 18 giờ 15 ngày đó."),
    errors.DrawnAlready: _("Kỳ này đã bốc thăm; không bốc lại được."),
    errors.NotDrawn: _("Kỳ này chưa bốc thăm."),
    errors.AskedAlready: _("Kết quả đã ghi; không sửa được."),
    errors.TotalsDoNotFit: _("Tổng hai số lớn hơn số phiếu đã bốc thăm."),
    errors.TooFewReached: _(
        "Hỏi được dưới 10 người thì không ghi, để không ai đoán được câu trả lời của ai."
    ),
    errors.TooFewTelephoned: _(
        "Hỏi qua điện thoại được dưới 10 người thì không ghi: xin ghi 0 ở cả hai ô; họ tính là không liên lạc được."
    ),
    errors.NotOfTheDrawn: _("Có địa chỉ không thuộc phiếu đã bốc thăm."),
    errors.TooFewLetters: _(
        "Gửi dưới 10 thư thì không khi nào đủ 10 phiếu trả lời để tính; xin ghi thêm địa chỉ hoặc gọi điện."
    ),
    errors.LettersSentAlready: _("Thư đã gửi một lần, hoặc kết quả đã ghi; không gửi thêm được."),
    errors.TooLateForLetters: _("Không còn đủ 07 ngày để khách trả lời thư; xin gọi điện."),
    errors.LettersOut: _(
        "Thư còn hạn trả lời, hoặc hòm phiếu của thư chưa mở; chưa ghi kết quả được. Quá hạn hai ngày mà hòm vẫn chưa mở thì ghi được, "
        "thư tính là không liên lạc được."
    ),
    errors.ListChanged: _("Sổ phát phiếu không còn khớp mã băm đã công bố; xin báo quản trị hệ thống."),
}


def sentence_of(fact: errors.SilentRefused) -> str:
    return str(SENTENCES[type(fact)])
