"""What the verbs of paper may object to, as the counting team reads it."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from surveys import paper
from surveys.accounts import two_persons
from surveys.accounts.two_persons import ActRefused
from surveys.vietnamese import count, group

SENTENCES = two_persons.SENTENCES | {
    paper.PeriodClosed: gettext_lazy(
        "Kỳ này đã khoá hòm phiếu. Phiếu giấy tìm thấy sau đó nhập bằng xấp muộn, mở ở trang kiểm phiếu của kỳ."
    ),
    paper.NotClosedYet: gettext_lazy(
        "Kỳ này chưa khoá hòm phiếu nên chưa có xấp muộn: phiếu giấy của kỳ vẫn nhập như thường."
    ),
    paper.TooManyPatterns: gettext_lazy(
        "Mẫu phiếu của kỳ này có quá nhiều cách trả lời, không nhập theo xấp được. Xin báo người quản trị."
    ),
    paper.PileEnded: gettext_lazy("Xấp này đã vào hòm phiếu hoặc đã bỏ, không nhập thêm được."),
    paper.TwoKeyAlready: gettext_lazy("Xấp này đã có hai người khác nhập. Xin chọn xấp khác."),
    paper.NotAKeyer: gettext_lazy("Chỉ hai người đã nhập xấp này được đối chiếu và xác nhận."),
    paper.SecondMissing: gettext_lazy(
        "Cần hai người khác nhau nhập xong xấp này; một người không nhập thay cho cả hai được."
    ),
    paper.StillDifferent: gettext_lazy(
        "Hai bản nhập còn lệch. Xin xem lại phiếu gốc và sửa cho khớp trước khi xác nhận."
    ),
    paper.ChangedMeanwhile: gettext_lazy(
        "Số liệu vừa được sửa sau khi ông/bà mở trang. Xin xem lại rồi xác nhận."
    ),
    paper.MoreCommentsThanSheets: gettext_lazy(
        "Có loại phiếu ghi nhiều ý kiến hơn số phiếu của loại đó. Xin xem lại các ý kiến."
    ),
}
STUB_SENTENCES = {
    paper.StubProblem.UNKNOWN: gettext_lazy("Không có trong sổ phát phiếu của đơn vị"),
    paper.StubProblem.OTHER_COUNTER: gettext_lazy("Là phiếu của quầy khác"),
    paper.StubProblem.OTHER_PERIOD: gettext_lazy("Là phiếu của kỳ khác"),
    paper.StubProblem.TWICE: gettext_lazy("Nhập hai lần trong xấp này"),
    paper.StubProblem.UNUSABLE: gettext_lazy(
        "Không dùng được (đã hủy, đã hết hạn, đã thu về hoặc đã phát bằng cách khác); xin để riêng và ghi vào biên bản"
    ),
}


def refused_stubs(fact: ActRefused | None) -> list[tuple[str, str]]:
    """(sentence, the stubs as they were typed), by reason."""
    if not isinstance(fact, paper.StubsRefused):
        return []
    return [
        (str(STUB_SENTENCES[reason]), ", ".join(typed for typed, why in fact.problems if why == reason))
        for reason in paper.StubProblem
        if any(why == reason for _typed, why in fact.problems)
    ]


def sentence_of(fact: Exception) -> str:
    """The sentence of a fact; with the particulars where it has any."""
    if isinstance(fact, paper.StubsRefused):
        return _("Có %(n)s cuống không nhập được; chưa ghi gì.") % {"n": count(len(fact.problems))}
    if isinstance(fact, paper.MoreSheetsThanStubs):
        return _(
            "Số phiếu trong hòm (%(sheets)s) vượt số cuống phiếu (%(stubs)s) là %(over)s phiếu. "
            "Xin đếm lại; nếu vẫn vượt, Tổ kiểm phiếu dừng kiểm xấp này và lập biên bản riêng."
        ) % {
            "sheets": group(fact.sheets),
            "stubs": group(fact.stubs),
            "over": count(fact.sheets - fact.stubs),
        }
    return str(SENTENCES.get(type(fact), _("Chưa làm được việc này. Xin tải lại trang rồi thử lại.")))
