"""Write down who changed or read what; append-only, kept by a trigger."""

from __future__ import annotations

import json
from datetime import datetime

from django.db import models
from django.utils.translation import gettext_lazy as _

from surveys.models import AuditEntry, Office, User


class Action(models.TextChoices):
    """What is written down, and how it is read. Older lines hold Vietnamese words, which are read as they stand."""

    API_KEY_ISSUED = "api_key_issued", _("cấp khoá API")
    API_KEY_REVOKED = "api_key_revoked", _("thu hồi khoá API")
    BACKED_UP = "backed_up", _("sao lưu")
    BACKUPS_ERASED = "backups_erased", _("xoá bản sao quá hạn")
    BOX_TAMPERED = "box_tampered", _("phiếu trong hòm sai dấu kiểm")
    BOX_UNOPENABLE = "box_unopenable", _("không mở được hòm phiếu")
    CALENDAR_ADDED = "calendar_added", _("thêm vào lịch làm việc")
    CALENDAR_CHANGED = "calendar_changed", _("sửa lịch làm việc")
    CALL_BACK_ENTERED = "call_back_entered", _("nhập kết quả gọi lại")
    CALL_BACKS_DRAWN = "call_backs_drawn", _("rút danh sách gọi lại")
    CALL_BACKS_READ = "call_backs_read", _("xem danh sách gọi lại")
    CAMPAIGN_CLOSED = "campaign_closed", _("đóng đợt khảo sát")
    CAMPAIGN_EXTENDED = "campaign_extended", _("gia hạn đợt khảo sát")
    CAMPAIGN_OPENED = "campaign_opened", _("mở đợt khảo sát")
    CAMPAIGN_REVISED = "campaign_revised", _("sửa bản nháp đợt khảo sát")
    CAMPAIGN_SET_UP = "campaign_set_up", _("lập đợt khảo sát")
    CASE_CHANGED = "case_changed", _("xử lý vụ việc")
    CASE_READ = "case_read", _("xem vụ việc")
    COMMENTS_ERASED = "comments_erased", _("xoá góp ý quá hạn")
    COMMENTS_READ = "comments_read", _("xem góp ý")
    CONTACT_ANSWERED = "contact_answered", _("trả lời liên hệ")
    CONTACT_READ = "contact_read", _("xem liên hệ")
    COUNTER_ADDED = "counter_added", _("thêm quầy")
    COUNTER_CHANGED = "counter_changed", _("sửa quầy")
    COVERAGE_ENTERED = "coverage_entered", _("nhập số giao dịch đếm độc lập")
    CUSTOMERS_ERASED = "customers_erased", _("xoá tên khách hàng quá hạn")
    DECIDED = "decided", _("quyết định một đề nghị")
    DIFFERENCE_NOTED = "difference_noted", _("ghi chú chênh lệch")
    DIRECTION_ANSWERED = "direction_answered", _("trả lời ý kiến chỉ đạo")
    DIRECTION_WRITTEN = "direction_written", _("ghi ý kiến chỉ đạo")
    END_UNDONE = "end_undone", _("hoàn tác kết thúc giao dịch")
    EXPORT = "export", _("tải số liệu")
    FOLLOW_UP_CHOSEN = "follow_up_chosen", _("đặt việc hỏi lại phiếu không thu về")
    INVITATION_FILE = "invitation_file", _("tải tệp giấy mời")
    INVITATIONS_SENT = "invitations_sent", _("gửi thư mời")
    LEDGER_BROKEN = "ledger_broken", _("kiểm sổ: không khớp")
    LEDGER_HOLDS = "ledger_holds", _("kiểm sổ: khớp trở lại")
    LOGIN_RESET = "login_reset", _("đặt lại đăng nhập, 24 giờ không được ký")
    OFFICE_FOUNDED = "office_founded", _("mở đơn vị")
    ORDER_LOADED = "order_loaded", _("nạp cơ cấu 2025")
    ORGANISATION_ADDED = "organisation_added", _("thêm tổ chức giao dịch")
    ORGANISATION_CHANGED = "organisation_changed", _("sửa tổ chức giao dịch")
    ORGANISATIONS_IMPORTED = "organisations_imported", _("nhập danh sách tổ chức")
    PAD_PRINTED = "pad_printed", _("in tập phiếu")
    PAPER_ENTERED = "paper_entered", _("nhập xong xấp phiếu giấy")
    PAPER_GIVEN_UP = "paper_given_up", _("bỏ xấp phiếu giấy")
    PAPER_OPENED = "paper_opened", _("mở xấp phiếu giấy")
    PAPER_SCAN_DESTROYED = "paper_scan_destroyed", _("hủy ảnh quét phiếu giấy")
    PAPER_SCAN_DROPPED = "paper_scan_dropped", _("bỏ bản quét phiếu giấy")
    PAPER_SETTINGS_CHANGED = "paper_settings_changed", _("sửa mẫu văn bản")
    PAPER_SIGNED = "paper_signed", _("ghi số, ngày văn bản")
    PAPERS_KEPT = "papers_kept", _("lưu văn bản")
    PARTICIPATION_ERASED = "participation_erased", _("xoá sổ giao dịch quá hạn")
    PAST_PERIOD_DROPPED = "past_period_dropped", _("bỏ kỳ nhập từ sổ giấy")
    PAST_PERIOD_ENTERED = "past_period_entered", _("nhập kỳ từ sổ giấy")
    PAST_RESULT_TYPED = "past_result_typed", _("nhập kết quả đợt cũ")
    PERIOD_CLOSED = "period_closed", _("khoá kỳ")
    PERSON_ADDED = "person_added", _("thêm người dùng")
    PERSON_CHANGED = "person_changed", _("sửa người dùng")
    PROPOSED = "proposed", _("đề nghị")
    QUESTIONNAIRE_CHANGED = "questionnaire_changed", _("sửa bản mẫu phiếu chưa dùng")
    QUESTIONNAIRE_DRAFTED = "questionnaire_drafted", _("soạn bản mẫu phiếu tiếp theo")
    QUESTIONNAIRE_DROPPED = "questionnaire_dropped", _("bỏ bản mẫu phiếu chưa dùng")
    QUESTIONNAIRE_IMPORTED = "questionnaire_imported", _("nhập mẫu phiếu")
    RECEIPT_MISSING = "receipt-missing", _("biên nhận thật mà không thấy phiếu")
    RECEIPT_LOOKED_UP = "receipt_looked_up", _("tra biên nhận")
    RECOVERY_CODES_MADE = "recovery_codes_made", _("lập mã dự phòng mới")
    REMINDERS_SENT = "reminders_sent", _("gửi thư nhắc")
    ROLES_RESTED = "roles_rested", _("mở lại tài khoản, vai trò nghỉ đến khi lãnh đạo cử lại")
    RESTORED = "restored", _("phục hồi từ bản sao")
    OFFICES_REMINDED = "offices_reminded", _("nhắc đơn vị trễ niêm phong")
    ROW_ADDED = "row_added", _("thêm vào danh mục")
    ROW_CHANGED = "row_changed", _("sửa danh mục")
    RUNNING_REVISED = "running_revised", _("sửa giao dịch đang chạy")
    SCAN_ATTACHED = "scan_attached", _("gắn bản quét biên bản")
    SEALED = "sealed", _("ký thứ hai, niêm phong")
    SECOND_FACTOR_OFF = "second_factor_off", _("tắt xác thực hai lớp")
    SECOND_FACTOR_ON = "second_factor_on", _("bật xác thực hai lớp")
    SECOND_FACTOR_RESET = "second_factor_reset", _("gỡ xác thực hai lớp")
    SIGN_ON_LINKED = "sign_on_linked", _("gắn đăng nhập một lần")
    SIGNAL_DISPOSED = "signal_disposed", _("kết luận về tín hiệu")
    SIGNALS_READ = "signals_read", _("xem tín hiệu")
    SILENT_ASKED = "silent_asked", _("ghi kết quả hỏi lại phiếu không thu về")
    SILENT_DRAWN = "silent_drawn", _("bốc thăm phiếu không thu về")
    SILENT_LETTERS = "silent_letters", _("gửi thư hỏi lại phiếu không thu về")
    SILENT_READ = "silent_read", _("xem danh sách phiếu không thu về")
    SIGNATURE_VOID = "signature_void", _("chữ ký thứ nhất mất hiệu lực")
    SIGNED_FIRST = "signed_first", _("ký thứ nhất")
    SPOKEN_DROPPED = "spoken_dropped", _("gỡ đoạn đọc")
    SPOKEN_KEPT = "spoken_kept", _("ghi đoạn đọc")
    # A ballot came from a browser in which staff was logged in.
    STAFF_CAST_REFUSED = "staff_cast_refused", _("gửi phiếu từ máy đang đăng nhập, bị từ chối")
    STANDING_PUBLISHED = "standing_published", _("công bố bảng kết quả đợt khảo sát")
    STANDING_SIGNED = "standing_signed", _("ký thứ hai bảng kết quả đợt khảo sát")
    STANDING_SIGNED_FIRST = "standing_signed_first", _("ký thứ nhất bảng kết quả đợt khảo sát")
    START_UNDONE = "start_undone", _("hoàn tác bắt đầu giao dịch")
    TABLET_MOVED = "tablet_moved", _("chuyển máy tính bảng")
    TABLET_PAIRED = "tablet_paired", _("ghép máy tính bảng")
    TABLET_REVOKED = "tablet_revoked", _("gỡ máy tính bảng")
    TEAM_APPOINTED = "team_appointed", _("cử người kiểm phiếu, lãnh đạo, thanh tra")
    TEAM_REVOKED = "team_revoked", _("thu hồi việc cử")
    TEST_SLIP_CAME_OUT = "test_slip_came_out", _("phiếu thử máy in đã ra giấy")
    TEST_SLIP_PRINTED = "test_slip_printed", _("in phiếu thử")


def record(
    *,
    action: Action,
    now: datetime,
    actor: User | None = None,
    office: Office | None = None,
    subject: str = "",
    **detail,
) -> AuditEntry:
    """One line of the trail. ``detail`` is plain data; nothing about a single ballot belongs here."""
    return AuditEntry.objects.create(
        at=now,
        actor=actor,
        office=office or (actor.office if actor else None),
        action=action,
        subject=subject[:200],
        detail=json.dumps(detail, ensure_ascii=False, sort_keys=True, default=str),
    )
