"""What scans and their verbs may object to, as the counting team reads it."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from surveys.paper.messages import sentence_of as sentence_of_paper
from surveys.paper.scans import inbox, reviewing, scanning
from surveys.paper.scans.errors import FileRefused, LibrariesMissing
from surveys.vietnamese import group

SENTENCES = {
    scanning.NotTheFirst: gettext_lazy("Xấp này do người khác quét; phần nhập mù mở khi người ấy xem xong."),
    scanning.SameFileTwice: gettext_lazy("Tệp này đã nhận rồi; không đọc lần thứ hai."),
    scanning.TooManyFiles: gettext_lazy("Một xấp nhận tối đa 20 tệp."),
    scanning.ScanFrozen: gettext_lazy("Bản đọc đã chốt, không thêm tệp được."),
    scanning.ScanGone: gettext_lazy("Ảnh quét của xấp này đã hủy. Xin nhập tay."),
    inbox.AnotherWaits: gettext_lazy("Một xấp khác của đơn vị đang đợi tệp của máy quét."),
    reviewing.StillReading: gettext_lazy("Máy chưa đọc xong."),
    reviewing.NotFinished: gettext_lazy("Còn phiếu chưa xem."),
    reviewing.StubsMissing: gettext_lazy("Xin nhập cuống phiếu trước."),
    reviewing.SampleRefuted: gettext_lazy(
        "Trong các phiếu rút ngẫu nhiên có phiếu ông/bà nhập khác máy đọc: xin nhập lại cả xấp."
    ),
    reviewing.NotAChoice: gettext_lazy("Lựa chọn này không có trên phiếu."),
}
FILES = {
    "too-big": gettext_lazy("Tệp lớn hơn 100 MB. Xin chia nhỏ xấp rồi quét lại."),
    "not-a-scan": gettext_lazy("Tệp này không phải PDF, TIFF, JPEG hay PNG."),
    "encrypted": gettext_lazy("Tệp PDF có mật khẩu. Xin bỏ mật khẩu rồi gửi lại."),
    "broken": gettext_lazy("Tệp hỏng hoặc quá nặng, không mở được. Xin quét lại."),
    "no-pages": gettext_lazy("Tệp không có trang nào."),
    "too-many-pages": gettext_lazy("Tệp có hơn 600 trang. Xin chia nhỏ xấp."),
    "gone": gettext_lazy("Không còn tệp này trên máy chủ. Xin gửi lại."),
    "librariesmissing": gettext_lazy("Máy chủ thiếu thư viện đọc ảnh."),
    "nopango": gettext_lazy("Máy chủ thiếu thư viện Pango nên chưa đọc được."),
}
WHY = {
    "twin": gettext_lazy("có thể là một tờ quét hai lần"),
    "writing": gettext_lazy("có chữ viết ngoài chỗ ghi"),
    "mirrored": gettext_lazy("ảnh bị lật ngược, xin quét lại"),
    "not-ours": gettext_lazy("không thấy mẫu phiếu của đơn vị"),
    "foreign": gettext_lazy("phiếu của đơn vị khác"),
    "other-version": gettext_lazy("mẫu phiếu khác với mẫu của kỳ"),
    "unknown": gettext_lazy("không nhận ra mẫu phiếu"),
    "untorn": gettext_lazy("chưa xé cuống; xin xé cuống rồi quét lại"),
    "cut-off": gettext_lazy("phiếu bị cắt mất một phần"),
    "covered": gettext_lazy("có vật che phần in"),
    "overlap": gettext_lazy("nhiều tờ chồng lên nhau; xin quét lại từng tờ"),
    "too-many-pixels": gettext_lazy("ảnh quá lớn"),
    "unreadable": gettext_lazy("ảnh không mở được"),
    "too-small": gettext_lazy("ảnh quá nhỏ; xin quét từ 200 dpi trở lên"),
    "timed-out": gettext_lazy("đọc quá lâu"),
    "crashed": gettext_lazy("ảnh không mở được"),
}
REASONS = {
    "empty": gettext_lazy("không thấy dấu"),
    "two-marks": gettext_lazy("đánh hai ô"),
    "corrected": gettext_lazy("tô hoặc gạch rồi đánh ô khác"),
    "faint": gettext_lazy("nét mờ"),
    "small": gettext_lazy("dấu quá nhỏ"),
    "second": gettext_lazy("có nét ở ô khác"),
    "beside": gettext_lazy("dấu ngoài ô"),
    "strays": gettext_lazy("dấu ra ngoài ô"),
    "joined": gettext_lazy("dấu bị khoanh hoặc có nét nối ra ngoài ô"),
    "elsewhere": gettext_lazy("có nét ngoài các ô"),
    "struck": gettext_lazy("có chữ bị gạch"),
    "letters": gettext_lazy("có chữ trong ô"),
    "line": gettext_lazy("nếp gấp hoặc vệt bẩn qua ô"),
    "covered": gettext_lazy("hàng bị che"),
    "pale": gettext_lazy("ảnh đen trắng, không chắc là trống"),
}


def sentence_of(fact: Exception) -> str:
    if isinstance(fact, FileRefused):
        return str(FILES[fact.problem.value])
    if isinstance(fact, LibrariesMissing):
        return str(FILES["librariesmissing"])
    if isinstance(fact, reviewing.CountedOtherwise):
        return _(
            "Đếm tay %(counted)s tờ nhưng máy thấy %(read)s tờ. Xin đếm lại, hoặc quét lại tờ thiếu."
        ) % {
            "counted": group(fact.counted),
            "read": group(fact.read),
        }
    if isinstance(fact, scanning.ScanRefused):
        return str(SENTENCES[type(fact)])
    return sentence_of_paper(fact)


def why_of(sheet) -> str:
    """Why a sheet goes to a person; '' where only its answers do."""
    return str(WHY.get(sheet.why, "")) if sheet.why else ""


def reason_of(row: tuple[str, str, int | None] | None) -> str:
    return str(REASONS.get(row[1], _("cần người xem"))) if row else ""
