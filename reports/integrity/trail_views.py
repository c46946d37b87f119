"""The audit trail: who changed or read what. The inspector's page; others read their part of it (docs/spec/contract.md, roles)."""

from __future__ import annotations

import json
from datetime import date, timedelta

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.dateparse import parse_date
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from surveys.models import AuditEntry
from surveys.periods import start_of

LINES_A_PAGE = 50
#: What older code wrote as a name for machines, as it is read.
WORDS = {
    "backed_up": _("sao lưu"),
    "backups_erased": _("xoá bản sao quá hạn"),
    "box_tampered": _("phiếu trong hòm sai dấu kiểm"),
    "call_back_entered": _("nhập kết quả gọi lại"),
    "call_backs_drawn": _("rút danh sách gọi lại"),
    "call_backs_read": _("xem danh sách gọi lại"),
    "campaign_extended": _("gia hạn đợt khảo sát"),
    "campaign_revised": _("sửa bản nháp đợt khảo sát"),
    "campaign_set_up": _("lập đợt khảo sát"),
    "case_changed": _("xử lý vụ việc"),
    "case_read": _("xem vụ việc"),
    "comments_read": _("xem góp ý"),
    "contact_answered": _("trả lời liên hệ"),
    "contacts_read": _("xem liên hệ"),
    "coverage_entered": _("nhập số giao dịch đếm độc lập"),
    "customers_erased": _("xoá tên khách hàng quá hạn"),
    "difference_noted": _("ghi chú chênh lệch"),
    "decided": _("quyết định một đề nghị"),
    "direction_answered": _("trả lời ý kiến chỉ đạo"),
    "direction_written": _("ghi ý kiến chỉ đạo"),
    "end_undone": _("hoàn tác kết thúc giao dịch"),
    "export": _("tải số liệu"),
    "invitation_file": _("tải tệp giấy mời"),
    "invitations_sent": _("gửi thư mời"),
    "ledger_broken": _("kiểm sổ: không khớp"),
    "ledger_holds": _("kiểm sổ: khớp trở lại"),
    "pad_printed": _("in tập phiếu"),
    "paper_entered": _("nhập xong xấp phiếu giấy"),
    "paper_given_up": _("bỏ xấp phiếu giấy"),
    "paper_opened": _("mở xấp phiếu giấy"),
    "paper_scan_destroyed": _("hủy ảnh quét phiếu giấy"),
    "paper_scan_dropped": _("bỏ bản quét phiếu giấy"),
    "paper_settings_changed": _("sửa mẫu văn bản"),
    "paper_signed": _("ghi số, ngày văn bản"),
    "papers_kept": _("lưu văn bản"),
    "past_result_typed": _("nhập kết quả đợt cũ"),
    "period_closed": _("khoá kỳ"),
    "proposed": _("đề nghị"),
    "questionnaire_imported": _("nhập mẫu phiếu"),
    "receipt-missing": _("biên nhận thật mà không thấy phiếu"),
    "reminders_sent": _("gửi thư nhắc"),
    "restored": _("phục hồi từ bản sao"),
    "running_revised": _("sửa giao dịch đang chạy"),
    "scan_attached": _("gắn bản quét biên bản"),
    "sealed": _("ký thứ hai, niêm phong"),
    "signal_disposed": _("kết luận về tín hiệu"),
    "signals_read": _("xem tín hiệu"),
    "signature_void": _("chữ ký thứ nhất mất hiệu lực"),
    "signed_first": _("ký thứ nhất"),
    "staff_cast_refused": _("gửi phiếu từ máy đang đăng nhập, bị từ chối"),
    "standing_published": _("công bố bảng kết quả đợt khảo sát"),
    "standing_signed": _("ký thứ hai bảng kết quả đợt khảo sát"),
    "standing_signed_first": _("ký thứ nhất bảng kết quả đợt khảo sát"),
    "team_appointed": _("cử người kiểm phiếu, lãnh đạo, thanh tra"),
    "team_revoked": _("thu hồi việc cử"),
    "start_undone": _("hoàn tác bắt đầu giao dịch"),
}


@require_safe
def trail(request: HttpRequest) -> HttpResponse:
    """The lines that the reader may see, newest first; ``q`` in person, act or subject, ``from`` and ``to`` as days."""
    if not AuditEntry.objects.is_open_to(request.user):
        raise PermissionDenied
    asked = {name: request.GET.get(name, "").strip() for name in ("q", "from", "to")}
    lines = AuditEntry.objects.readable_by(request.user).select_related("actor", "office").order_by("-pk")
    if asked["q"]:
        lines = lines.filter(_about(asked["q"]))
    for name, bound in (("from", "at__gte"), ("to", "at__lt")):
        if day := _day(asked[name]):
            lines = lines.filter(**{bound: start_of(day + timedelta(days=name == "to"))})
    page = Paginator(lines, LINES_A_PAGE).get_page(request.GET.get("page"))
    told = [(line, WORDS.get(line.action, line.action), _detail(line)) for line in page]
    query = urlencode({name: value for name, value in asked.items() if value})
    context = {"page": page, "lines": told, "asked": asked, "query": f"{query}&" if query else ""}
    return render(request, "reports/trail.html", context)


def _about(typed: str) -> Q:
    codes = [code for code, words in WORDS.items() if typed.casefold() in str(words).casefold()]
    person = Q(actor__username__icontains=typed) | Q(actor__last_name__icontains=typed)
    person |= Q(actor__first_name__icontains=typed)
    return person | Q(action__icontains=typed) | Q(action__in=codes) | Q(subject__icontains=typed)


def _day(typed: str) -> date | None:
    try:
        return parse_date(typed)
    except ValueError:
        return None


def _detail(line: AuditEntry) -> list[tuple[str, str]]:
    try:
        told = json.loads(line.detail)
    except ValueError:
        return [("", line.detail)]
    return (
        [(name, str(value)) for name, value in told.items()] if isinstance(told, dict) else [("", str(told))]
    )
