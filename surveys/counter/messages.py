"""What the teller's console says of each error and each act."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from surveys.choices import SlipChannel
from surveys.counter import console
from surveys.models import Counter
from surveys.reference import errors
from surveys.slips import delivery, pads
from surveys.slips import errors as slips_errors

#: What the verbs may object to, as a teller reads it.
SENTENCES = {
    slips_errors.ReferenceConflict: gettext_lazy(
        "Giao dịch này đã được ghi với nội dung khác. Xin xem danh sách rồi làm lại."
    ),
    slips_errors.SecondSupplement: gettext_lazy(
        "Hồ sơ này đã một lần yêu cầu bổ sung; chỉ được yêu cầu bổ sung một lần. Xin chọn kết quả khác."
    ),
    slips_errors.StartedInFuture: gettext_lazy(
        "Giờ bắt đầu nằm trong tương lai. Xin báo người quản trị kiểm tra đồng hồ máy chủ."
    ),
    slips_errors.FinishedInFuture: gettext_lazy(
        "Giờ kết thúc nằm trong tương lai. Xin báo người quản trị kiểm tra đồng hồ máy chủ."
    ),
    slips_errors.FinishedBeforeStart: gettext_lazy(
        "Giờ kết thúc trước giờ bắt đầu. Xin báo người quản trị kiểm tra đồng hồ máy chủ."
    ),
    errors.ProcedureNotInForce: gettext_lazy("Thủ tục này hôm nay không có hiệu lực. Xin chọn thủ tục khác."),
    errors.NoQuestionnaire: gettext_lazy(
        "Chưa có mẫu phiếu cho hôm nay nên chưa phát được phiếu. Xin báo người quản trị."
    ),
    slips_errors.CounterClosed: gettext_lazy("Quầy này đã đóng, không ghi được giao dịch mới."),
    slips_errors.SlipNotReissuable: gettext_lazy(
        "Phiếu này không phát lại được: đã yêu cầu hủy, hoặc đã quá hạn trả lời."
    ),
    slips_errors.TooLateToUndo: gettext_lazy(
        "Quá 60 giây, không hoàn tác được; hãy hủy hoặc phát lại phiếu."
    ),
    slips_errors.OnPaper: gettext_lazy("Phiếu giấy đã phát không hoàn tác được; hãy yêu cầu hủy phiếu."),
    slips_errors.FactsFixed: gettext_lazy(
        "Giao dịch này đã phát phiếu hoặc do hệ thống khác ghi, nên không sửa, không xoá được."
    ),
    pads.StubUnknown: gettext_lazy("Không có cuống in sẵn nào mang số này. Xin quét lại hoặc gõ lại."),
    pads.StubOfAnotherOffice: gettext_lazy(
        "Cuống này in cho đơn vị khác. Xin lấy phiếu của đơn vị mình, hoặc chép số phiếu vào mẫu không đánh số."
    ),
    pads.StubSpent: gettext_lazy("Cuống này đã dùng cho một phiếu khác. Xin lấy phiếu tiếp theo trong tập."),
    pads.SlipNotOnPaper: gettext_lazy(
        "Phiếu này không phát bằng phiếu giấy. Xin phát lại bằng phiếu giấy trước."
    ),
    pads.SlipNotOpen: gettext_lazy(
        "Phiếu này không gắn cuống được: đã yêu cầu hủy, hoặc kỳ của phiếu đã hết hạn thu."
    ),
}


#: Nothing can be mended on the form: the state of things is in the way.
CONFLICTS = (
    slips_errors.ReferenceConflict,
    slips_errors.SecondSupplement,
    slips_errors.CounterClosed,
    errors.NoQuestionnaire,
    slips_errors.SlipNotReissuable,
    slips_errors.TooLateToUndo,
    slips_errors.OnPaper,
    slips_errors.FactsFixed,
    pads.StubSpent,
    pads.SlipNotOnPaper,
    pads.SlipNotOpen,
)


def sentence_of(fact: errors.IssuingRefused) -> str:
    return str(SENTENCES.get(type(fact), _("Chưa làm được việc này. Xin tải lại trang rồi thử lại.")))


def say(request: HttpRequest, counter: Counter, handed: delivery.Handed, *, again: bool) -> None:
    facts = {"serial": handed.slip.serial}
    if handed.withdrawn:
        messages.warning(request, _WITHDRAWN % facts)
    elif handed.trouble:
        facts["trouble"] = str(handed.trouble.label)
        messages.warning(
            request, _("Phiếu %(serial)s chưa in được: %(trouble)s Xin chọn cách phát khác.") % facts
        )
    elif handed.channel == SlipChannel.TABLET and (why := console.no_tablet(counter, now=timezone.now())):
        messages.warning(request, _NO_TABLET % (facts | {"why": why}))
    else:
        said = _SAID[handed.channel, again] % facts
        messages.success(request, f"{said} {_OLD_CODE}" if again else said)


_SAID = {
    (SlipChannel.TABLET, False): gettext_lazy("Đã phát phiếu %(serial)s lên máy tính bảng."),
    (SlipChannel.TABLET, True): gettext_lazy("Đã phát lại phiếu %(serial)s lên máy tính bảng."),
    (SlipChannel.SLIP, False): gettext_lazy("Đã in phiếu %(serial)s. Mời khách nhận phiếu ở máy in."),
    (SlipChannel.SLIP, True): gettext_lazy("Đã in lại phiếu %(serial)s. Mời khách nhận phiếu ở máy in."),
    (SlipChannel.PAPER, False): gettext_lazy(
        "Đã ghi phiếu giấy %(serial)s. Xin chép số này vào cuống, xé cuống rồi đưa phiếu cho khách."
    ),
    (SlipChannel.PAPER, True): gettext_lazy(
        "Đã chuyển phiếu %(serial)s sang phiếu giấy. Xin chép số này vào cuống, xé cuống rồi đưa phiếu cho khách."
    ),
}


STUB_TAKEN = gettext_lazy("Đã gắn cuống %(serial)s. Xin xé cuống giữ lại rồi đưa phiếu cho khách.")


_WITHDRAWN = gettext_lazy(
    "Đã ghi kết thúc. Không phát lại phiếu %(serial)s: đã yêu cầu hủy, hoặc đã quá hạn trả lời."
)


_OLD_CODE = gettext_lazy("Mã cũ không dùng được nữa.")


_NO_TABLET = gettext_lazy(
    "Đã phát phiếu %(serial)s, nhưng máy tính bảng của quầy %(why)s nên phiếu chưa hiện ở đâu. Xin chọn cách phát khác."
)
