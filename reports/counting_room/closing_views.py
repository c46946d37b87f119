"""Close a period by hand, after a look at what that fixes and which slips expire."""

from __future__ import annotations

from datetime import datetime

from django.contrib import messages
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from reports import closing
from reports.arithmetic.shares import grouped
from reports.counting_room.access import room_page
from reports.counting_room.messages import sentence_of
from reports.counting_room.views import back_to_room, enter, room_of
from reports.review import Review, ReviewForm, review_page
from surveys.accounts.requests import StaffRequest
from surveys.box.jobs import MixerBusy
from surveys.models import Office
from surveys.periods import Period

_ASKED = gettext_lazy("Phiếu chưa dùng đã hết hạn. Máy trộn đang mở hòm phiếu lần cuối.")


@room_page("GET", "HEAD", "POST", acting=True)
def close(request: StaffRequest, office: Office, period: Period, now: datetime) -> HttpResponse:
    """Expire, and ask the mixer for the last mix; after the closing: for what a late pile has brought."""
    form = ReviewForm.of(request)
    goes_on = request.method == "POST" and closing.is_closed(office, period)
    if not goes_on and not form.is_valid():
        return _review_page(request, office, period, now, form)
    try:
        closing.close_by_hand(office=office, period=period, user=request.user, now=now)
    except (closing.ClosingRefused, MixerBusy) as fact:
        return room_of(request, office, period, now, fact=fact)
    late = _("Máy trộn đang mở phiếu đến muộn; kỳ đã khoá từ trước.")
    messages.success(request, late if goes_on else _ASKED)
    return back_to_room(office, period)


def _review_page(
    request: StaffRequest, office: Office, period: Period, now: datetime, form: ReviewForm
) -> HttpResponse:
    problem = ""
    try:
        closing.check_ready_to_close(office=office, period=period, user=request.user, now=now)
    except closing.ClosingRefused as fact:
        problem = sentence_of(fact)
    review = _review(office, period, now)
    return review_page(request, review, form=form, problem=problem)


def _review(office: Office, period: Period, now: datetime) -> Review:
    room = enter(office, period, now)
    total, paper_left = room.reconciliation.total, room.unsettled.outstanding
    return Review(
        title=_("Khoá kỳ %(period)s") % {"period": period.label},
        lead=_(
            "Khoá rồi thì không mở lại được. Phiếu giấy nhập sau chỉ vào được bản đính chính, có lý do và hai chữ ký."
        ),
        facts=[
            (_("Phát ra"), grouped(total.issued), False),
            (_("Đã thu về"), grouped(total.returned), True),
            (_("Đã hủy"), grouped(total.cancelled), True),
            (_("Sẽ hết hạn"), grouped(total.expired + total.waiting), True),
            (_("Trong số sẽ hết hạn: phiếu giấy chưa nhập"), grouped(paper_left), True),
            (_("Sẽ mở khi trộn lần cuối"), grouped(room.waiting), False),
        ],
        note=_(
            "Phiếu hết hạn vẫn tính vào số phát ra và không ai trả lời được nữa. Còn phiếu giấy trong hòm thì nhập trước."
        ),
        tick=_("Tôi đã xem các số trên; không còn phiếu giấy nào của kỳ này để nhập."),
        button=_("Khoá kỳ %(period)s") % {"period": period.label},
        back=reverse("reports:counting_room", args=[office.code, period]),
        back_words=_("Chưa khoá"),
        working=_(
            "Đang khoá kỳ: cho hết hạn phiếu chưa trả lời, giao việc cho máy trộn. Xin giữ trang này mở."
        ),
    )
