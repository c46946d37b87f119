"""The signals in words: what each rule looks for, what was found, and how often it is nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_CEILING, Decimal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from reports import integrity
from reports.arithmetic.wording import once_in
from reports.integrity import errors
from surveys.periods import TIME_ZONE
from surveys.vietnamese import count, group, short_date

NAMES = {
    "S0": gettext_lazy("Dùng trước khi giao dịch xong"),
    "S1": gettext_lazy("Nhiều khách trả lời dồn một lúc"),
    "S2": gettext_lazy("Trả lời quá nhanh"),
    "S4": gettext_lazy("Máy tính bảng bấm dồn"),
    "S5": gettext_lazy("Xấp phiếu cũ nhập theo thứ tự phát"),
    "S6": gettext_lazy("Tỷ lệ thu về cao bất thường"),
    "S7": gettext_lazy("Phát ít hơn số giao dịch"),
    "S8": gettext_lazy("Hủy hoặc phát lại phiếu có chọn lọc"),
}
RULES = {
    "S0": gettext_lazy(
        "Phiếu được dùng trước giờ kết thúc giao dịch. Hệ thống vốn từ chối phiếu như vậy và từ chối cả người đang đăng nhập làm "
        "cán bộ; có dòng này nghĩa là sổ bị sửa ngoài hệ thống."
    ),
    "S1": gettext_lazy("Từ 4 tổ chức khác nhau trở lên trả lời trong vòng 120 giây tại một quầy."),
    "S2": gettext_lazy(
        "Quá nhiều phiếu được gửi chưa đầy 10 giây sau khi phát, hoặc chỉ mở chưa đầy 4 giây; thường thì chừng 2 trong 100."
    ),
    "S4": gettext_lazy("Từ 3 tổ chức khác nhau trở lên trả lời trên máy tính bảng trong vòng 60 giây."),
    "S5": gettext_lazy(
        "Từ 5 phiếu trở lên dùng liên tiếp, cách nhau chưa đầy 01 phút, đúng thứ tự đã phát, và đều hơn 30 phút sau khi phát; các phiếu "
        "liền nhau của cùng một khách chỉ tính một."
    ),
    "S6": gettext_lazy(
        "Phiếu thu về nhiều hơn hẳn mức của chính đơn vị trong 12 kỳ trước, so theo từng cách phát; xét riêng kỳ này, rồi gộp đến "
        "06 kỳ. Ngưỡng cao lên theo mức các phiếu của một tổ chức thường cùng về."
    ),
    "S7": gettext_lazy(
        "Số phiếu phát ra thấp hơn hẳn số giao dịch do nguồn khác đếm, so với các quầy còn lại: có thể chỉ phát cho khách vui vẻ."
    ),
    "S8": gettext_lazy(
        "Một giao dịch viên yêu cầu hủy phiếu nhiều hơn hẳn những người khác; hoặc phiếu phát lại rồi hết hạn ở một quầy nhiều "
        "hơn hẳn các quầy khác."
    ),
}
FACTS = {
    errors.ExplanationMissing: gettext_lazy(
        "Quầy này có từ hai tín hiệu khác nhau: xin ghi giải trình bằng văn bản trước khi khép lại."
    ),
    errors.CountNotPossible: gettext_lazy("Kỳ này chưa bắt đầu, hoặc đơn vị không tính theo kỳ như vậy."),
    errors.NotClosedYet: gettext_lazy("Chưa rút danh sách được: kỳ này chưa khoá, phiếu còn có thể gửi về."),
    errors.DrawnAlready: gettext_lazy("Danh sách gọi lại của kỳ này đã rút; mỗi kỳ chỉ rút một lần."),
    errors.NothingToDraw: gettext_lazy("Kỳ này không có giao dịch nào để gọi lại."),
}


@dataclass(frozen=True)
class SignalWords:
    """One finding as the page tells it."""

    code: str
    name: str
    found: str
    chance: str


def words_of(finding: Mapping, *, knows_customers: bool = True) -> SignalWords:
    """``finding``: as stored (`integrity.Finding`)."""
    code = finding["code"]
    return SignalWords(code, str(NAMES[code]), _found(finding, knows_customers), _chance(finding))


def sentence_of(fact: errors.StuffingRefused) -> str:
    return str(FACTS[type(fact)])


def percent(rate: float) -> str:
    """A chance as a percentage with two decimals, never rounded down: 0,05%."""
    if rate >= 1:
        return "100%"
    rounded = (Decimal(repr(rate)) * 100).quantize(Decimal("0.01"), ROUND_CEILING)
    return f"{rounded}%".replace(".", ",")


def _found(finding: Mapping, knows_customers: bool) -> str:
    told = {
        "n": count(finding["seen"]),
        "of": group(finding["of"]),
        "who": _("tổ chức khác nhau") if knows_customers else _("giao dịch"),
        "when": _when(finding["at"]),
        "about": finding["about"] or _("Phần mềm nghiệp vụ"),
    }
    sentence = {
        "S0": _("%(n)s phiếu được dùng trước khi giao dịch xong, sớm nhất lúc %(when)s."),
        "S1": _("%(n)s %(who)s trả lời trong vòng 120 giây, từ %(when)s."),
        "S2": _("%(n)s trong %(of)s phiếu được gửi hoặc điền chỉ trong vài giây."),
        "S4": _("%(n)s %(who)s trả lời trên máy tính bảng trong vòng 60 giây, từ %(when)s."),
        "S5": _("%(n)s phiếu phát đã lâu được dùng liền nhau, đúng thứ tự phát, từ %(when)s."),
        "S6": _("%(n)s trong %(of)s phiếu thu về, nhiều hơn mức thường thấy của đơn vị."),
        "S7": _("Chỉ phát %(n)s phiếu cho %(of)s giao dịch theo số đếm độc lập."),
        "S8": _("%(about)s yêu cầu hủy %(n)s trong %(of)s phiếu, nhiều hơn hẳn những người khác."),
    }[finding["code"]]
    if finding["code"] == "S6" and finding["about"]:
        sentence = _("Gộp %(about)s kỳ gần nhất: %(n)s trong %(of)s phiếu thu về, nhiều hơn mức thường thấy.")
    if finding["code"] == "S8" and finding["about"] == integrity.REISSUED:
        sentence = _(
            "Phiếu phát lại rồi hết hạn của %(n)s trong %(of)s %(who)s, nhiều hơn hẳn các quầy khác."
        )
    return sentence % told


def _chance(finding: Mapping) -> str:
    if not finding["rate"]:
        return _("Không thể do ngẫu nhiên.")
    named = {
        "threshold": group(finding["threshold"]),
        "rate": percent(finding["rate"]),
        "rarely": once_in(12 * finding["rate"]),
    }
    side = (
        _("Ngưỡng của quầy: từ %(threshold)s trở xuống.")
        if finding["code"] == "S7"
        else _("Ngưỡng của quầy: từ %(threshold)s trở lên.")
    )
    honest = _("Quầy trung thực chạm ngưỡng: không quá %(rate)s số kỳ; xét từng tháng thì %(rarely)s.")
    return f"{side} {honest}" % named


def _when(at: int) -> str:
    moment = datetime.fromtimestamp(at, TIME_ZONE)
    return _("%(time)s ngày %(day)s") % {"time": f"{moment:%H:%M}", "day": short_date(moment.date())}


def first_glance(counters: list[dict], cases: list) -> str:
    """The period in one sentence."""
    flagged = [each["name"] for each in counters if each["findings"]]
    if not flagged and not cases:
        return _("%(n)s quầy, không quầy nào có tín hiệu.") % {"n": count(len(counters))}
    if not flagged:
        return _("Bản tính sau cùng không còn tín hiệu nào; việc đã mở vẫn giữ nguyên.")
    named = {"n": count(len(flagged)), "whole": count(len(counters)), "names": ", ".join(flagged)}
    return (
        ngettext(
            "%(n)s trong %(whole)s quầy có tín hiệu cần xem: %(names)s.",
            "%(n)s trong %(whole)s quầy có tín hiệu cần xem: %(names)s.",
            len(flagged),
        )
        % named
    )
