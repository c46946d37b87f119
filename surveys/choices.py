"""Enumerations shared by more than one model, and the roles of the house."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class OfficeKind(models.TextChoices):
    CENTRAL = "central", _("Kho bạc Nhà nước trung ương")
    TRANSACTION_BUREAU = "transaction_bureau", _("Sở Giao dịch, Ban Giao dịch")
    PROVINCIAL = "provincial", _("Kho bạc Nhà nước tỉnh, thành phố")
    REGIONAL = "regional", _("Kho bạc Nhà nước khu vực")
    TRANSACTION_OFFICE = "transaction_office", _("Phòng Giao dịch, Kho bạc Nhà nước huyện")
    DEPARTMENT = "department", _("Phòng chuyên môn")


class ServiceChannel(models.TextChoices):
    """How the customer's dossier came in."""

    COUNTER = "counter", _("Tại quầy")
    ONLINE = "online", _("Trực tuyến")


class SlipChannel(models.TextChoices):
    """How the ballot is handed to the customer."""

    TABLET = "tablet", _("Máy tính bảng")
    SLIP = "slip", _("Phiếu in mã QR")
    PAPER = "paper", _("Phiếu giấy")
    LINK = "link", _("Đường liên kết")


class SlipFormat(models.TextChoices):
    """The paper in a counter's printer."""

    MM58 = "58", _("Cuộn nhiệt 58 mm")
    MM80 = "80", _("Cuộn nhiệt 80 mm")
    A6 = "a6", _("Giấy A6")


class Outcome(models.TextChoices):
    """What the customer got; each of the three gets a ballot."""

    RESOLVED = "resolved", _("Đã giải quyết")
    SUPPLEMENT = "supplement", _("Yêu cầu bổ sung")
    REFUSED = "refused", _("Từ chối")


class LimitUnit(models.TextChoices):
    MINUTE = "minute", _("phút")
    WORKING_DAY = "working_day", _("ngày làm việc")


class SlipState(models.TextChoices):
    ISSUED = "I", _("Phát ra")
    USED = "U", _("Thu về")
    EXPIRED = "X", _("Hết hạn")
    CANCELLED = "C", _("Hủy")


class SlipEventKind(models.TextChoices):
    REISSUED = "reissued", _("Phát lại")
    CANCELLED = "cancelled", _("Đã yêu cầu hủy")
    DELIVERED = "delivered", _("Đã hiện trên máy tính bảng")


class VoidReason(models.TextChoices):
    """Why a ballot does not count. Paper is voided at entry; digital ballots never are."""

    INCOMPLETE = "INCOMPLETE", _("Không đánh dấu đủ tiêu chí")
    DOUBLE = "DOUBLE", _("Đánh dấu cả hai ô")
    MARKED = "MARKED", _("Có dấu hiệu nhận ra khách hàng")
    TORN = "TORN", _("Rách, không đọc được")
    MISSING = "MISSING", _("Có cuống, thiếu phiếu")
    LATE = "LATE", _("Phiếu giấy đến muộn, dưới 10 phiếu")
    DAMAGED = "DAMAGED", _("Dữ liệu hỏng trước khi trộn")


class UnreadReason(models.TextChoices):
    """Why a ballot of a letters' box was destroyed before anybody opened it."""

    FEW = "few", _("Hòm có dưới 10 phiếu")
    DAMAGED = "damaged", _("Dữ liệu hỏng trước khi trộn")
    LATE = "late", _("Hòm không mở được đến khi ghi kết quả")


class CampaignState(models.TextChoices):
    """A campaign only ever moves to the right; from OPEN on it is frozen."""

    DRAFT = "draft", _("Đang soạn")
    OPEN = "open", _("Đang mở")
    CLOSED = "closed", _("Đã đóng")


class FormulaKind(models.TextChoices):
    """How levels become a score of 0–100."""

    MEAN = "mean", _("Trung bình có trọng số của điểm từng mức")
    SHARE = "share", _("Tỷ lệ câu trả lời ở mức hài lòng, có trọng số")


class Role(models.TextChoices):
    """The groups of docs/spec/contract.md; the value is the group's name."""

    TELLER = "teller", _("Giao dịch viên")
    COUNTING = "counting", _("Tổ kiểm phiếu")
    LEADERSHIP = "leadership", _("Lãnh đạo")
    INSPECTOR = "inspector", _("Thanh tra")
    HEAD_OFFICE = "head_office", _("Kho bạc Nhà nước trung ương")
    ADMIN = "admin", _("Quản trị")


# Whose holders count, sign, inspect and lead: a leader's word grants them, never an administrator's (docs/spec/trust.md §4).
# Head office's sign the standings of campaigns.
GRANTED_ROLES = (Role.COUNTING, Role.LEADERSHIP, Role.INSPECTOR, Role.HEAD_OFFICE)

# Whoever hands out ballots must not count them.
EXCLUSIVE_ROLES = (Role.TELLER, Role.COUNTING)

# One permission a power; a role is a set of powers (docs/spec/contract.md, Roles).
PERMISSIONS = {
    "log_transactions": _("Ghi giao dịch, phát, hủy, phát lại phiếu"),
    "count_ballots": _("Nhập phiếu giấy, đối chiếu, ký, công bố"),
    "view_figures": _("Xem số liệu tháng"),
    "read_comments": _("Đọc góp ý, theo dõi phản ánh"),
    "handle_cases": _("Xử lý phản ánh, ghi ý kiến chỉ đạo"),
    "read_signals": _("Đọc tín hiệu"),
    "inspect": _("Tín hiệu, gọi lại, cảnh báo, dòng hỏng, nhật ký"),
    "delegate": _("Cử tổ kiểm phiếu, uỷ quyền"),
    "run_campaigns": _("Mở, đóng, công bố đợt khảo sát"),
    "read_campaigns": _("Xem đợt khảo sát"),
    "read_own_unit": _("Xem trang của đơn vị mình trong đợt khảo sát"),
    "administer": _("Người dùng, quầy, máy tính bảng, thủ tục, lịch, khoá API"),
}
ROLE_PERMISSIONS = {
    Role.TELLER: ["log_transactions"],
    Role.COUNTING: ["count_ballots", "view_figures"],
    Role.LEADERSHIP: [
        "view_figures",
        "read_comments",
        "handle_cases",
        "read_signals",
        "delegate",
        "read_own_unit",
    ],
    Role.INSPECTOR: ["view_figures", "read_comments", "read_signals", "inspect", "read_campaigns"],
    Role.HEAD_OFFICE: ["view_figures", "run_campaigns", "read_campaigns"],
    Role.ADMIN: ["administer"],
}
