"""What a letter to an invited says and bears on its envelope."""

from __future__ import annotations

from email.utils import formatdate, make_msgid, parseaddr
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils.formats import date_format

from surveys.campaigns.invitations import Invited
from surveys.models import Campaign
from surveys.spreadsheets.cleaning import visible

SUBJECT = "Mời trả lời: {name}"
REMINDER = "Nhắc: {name}"
TEXT = """Kính gửi {organisation},

Kho bạc Nhà nước mời ông/bà trả lời đợt khảo sát “{name}” ({basis}), từ {first} đến hết {last}.

Phiếu của ông/bà: {address}
(mã này dùng được một lần; hoặc gõ {short} tại {typed})

Phiếu không ghi tên. Chúng tôi biết mã nào chưa dùng để nhắc, không biết ai đã trả lời thế nào.
"""
#: To the holder of a slip that was not returned and was drawn.
TEXT_TO_THE_SILENT = """Kính gửi {organisation},

Thanh tra Kho bạc Nhà nước mời ông/bà trả lời một phiếu mới, đến hết {last}. {notice}

Phiếu của ông/bà: {address}
(mã này dùng được một lần; hoặc gõ {short} tại {typed})

Phiếu được trộn với phiếu khác trước khi có người đọc. Địa chỉ này được xoá khi hết hạn trả lời; bản sao lưu
của máy chủ còn giữ thêm tối đa 30 ngày.
"""


def link(code: str) -> str:
    """The address of a code's ballot."""
    return f"{settings.BASE_URL}/p/{code}"


def letter_to(one: Invited, campaign: Campaign, subject: str, connection) -> EmailMultiAlternatives:
    """Text and HTML alike; the code stands in the body only. ``Auto-Submitted``: RFC 3834, ``List-Unsubscribe``: RFC 2369."""
    words = {
        "organisation": one.invitation.organisation,
        "name": campaign.name,
        "basis": campaign.legal_basis,
        "first": date_format(campaign.opens_on, "j/n/Y"),
        "last": date_format(campaign.ends_on, "j/n/Y"),
        "address": link(one.code),
        "short": one.code[:12],
        "typed": f"{settings.BASE_URL}/p",
        "notice": campaign.notice,
        "is_ranked": campaign.is_ranked,
    }
    text = TEXT if campaign.is_ranked else TEXT_TO_THE_SILENT
    letter = EmailMultiAlternatives(
        visible(subject.format(name=campaign.name)),  # no line of it ends the header
        text.format(**words),
        to=[one.invitation.email],
        connection=connection,
        headers={
            "Date": formatdate(),  # a letter that is sent again is the same letter
            "Auto-Submitted": "auto-generated",
            "List-Unsubscribe": f"<mailto:{parseaddr(settings.DEFAULT_FROM_EMAIL)[1]}?subject=unsubscribe>",
            "Message-ID": make_msgid(domain=urlsplit(settings.BASE_URL).hostname),
        },
    )
    letter.attach_alternative(render_to_string("surveys/campaign/letter.html", words), "text/html")
    return letter
