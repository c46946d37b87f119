"""The three acts of a follow-up that cannot be undone: each tells first what it will do, then does it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from reports.arithmetic.follow_up_draw import lottery_beacon
from reports.arithmetic.follow_up_words import follow_up_limits, follow_up_sentence
from reports.arithmetic.suppression import COUNTS_FROM
from reports.models import SilentCommitment
from reports.publication import folder
from reports.silent import asking, closing, letters
from reports.silent.forms import BeaconForm, LettersForm, TotalsForm
from surveys.models import User
from surveys.vietnamese import group, short_date


class Act(ABC):
    """``name``: of its form on the page; ``title`` and ``button`` of the page that confirms; ``said`` once it is done."""

    name: ClassVar[str]
    title: ClassVar[Promise]
    button: ClassVar[Promise]
    said: ClassVar[Promise]
    form: forms.Form

    def __init__(self, commitment: SilentCommitment, data: Mapping[str, Any] | None = None) -> None:
        self.commitment = commitment
        self.form = self.made(data)

    @abstractmethod
    def made(self, data: Mapping[str, Any] | None) -> forms.Form:
        """The form, bound to what was sent."""

    @abstractmethod
    def foretold(self, *, now: datetime) -> list[str]:
        """What it will do, in sentences. Raises a `SilentRefused`."""

    @abstractmethod
    def do(self, *, user: User, now: datetime) -> None:
        """Raises a `SilentRefused`."""


class Draw(Act):
    name = "beacon"
    title = gettext_lazy("Bốc thăm")
    button = gettext_lazy("Bốc thăm")
    said = gettext_lazy("Đã bốc thăm. Danh sách chỉ thanh tra được xem.")

    def made(self, data: Mapping[str, Any] | None) -> forms.Form:
        return BeaconForm(data)

    def foretold(self, *, now: datetime) -> list[str]:
        asking.check_draw(commitment=self.commitment, now=now)
        day, until = asking.draws_on(self.commitment), asking.last_day(self.commitment)
        figures = {
            "beacon": lottery_beacon(day, self.form.cleaned_data["special_prize"]),
            "until": short_date(until),
            "called": self.commitment.called,
            "silent": group(self.commitment.silent),
        }
        return [
            _("Số công khai “%(beacon)s” bốc %(called)s trong %(silent)s phiếu.") % figures,
            _(
                "Bốc một lần: không bốc lại, không sửa số, không thay ai. Số này được công bố ngay, ai cũng đối chiếu được."
            ),
            _("Sau ngày %(until)s mà chưa ghi kết quả thì trang công khai ghi rõ là không công bố.")
            % figures,
        ]

    def do(self, *, user: User, now: datetime) -> None:
        asking.draw(commitment=self.commitment, user=user, now=now, **self.form.cleaned_data)
        folder.publish(folder.default_root())


class Letters(Act):
    form: LettersForm
    name = "letters"
    title = gettext_lazy("Gửi thư")
    button = gettext_lazy("Gửi thư")
    said = gettext_lazy("Thư đang được gửi. Người không có thư thì gọi điện.")

    def made(self, data: Mapping[str, Any] | None) -> LettersForm:
        return LettersForm(self.commitment.called, data)

    def foretold(self, *, now: datetime) -> list[str]:
        addresses = self.form.addresses
        day = letters.check(self.commitment, addresses=addresses, now=now)
        left = self.commitment.called - len(addresses)
        figures = {"n": len(addresses), "left": left, "day": short_date(day), "fewest": COUNTS_FROM}
        return [
            _("Gửi %(n)s thư, mỗi thư một phiếu kín, trả lời đến hết ngày %(day)s.") % figures,
            _("Dưới %(fewest)s phiếu trả lời thì cả %(n)s người được gửi thư tính là không liên lạc được.")
            % figures,
            _("%(left)s người còn lại gọi điện.") % figures
            if left >= COUNTS_FROM
            else _("Còn lại %(left)s người: dưới %(fewest)s nên gọi điện cũng không được tính.") % figures,
            _(
                "Gửi một lần: không gửi thêm, không gọi điện thay. Địa chỉ được xoá khi hết hạn trả lời; bản sao lưu giữ thêm tối đa 30 ngày."
            ),
        ]

    def do(self, *, user: User, now: datetime) -> None:
        letters.send(commitment=self.commitment, addresses=self.form.addresses, user=user, now=now)


class Close(Act):
    name = "totals"
    title = gettext_lazy("Ghi và công bố")
    button = gettext_lazy("Ghi và công bố")
    said = gettext_lazy("Đã ghi và công bố kết quả hỏi lại.")

    def made(self, data: Mapping[str, Any] | None) -> forms.Form:
        return TotalsForm(data)

    def foretold(self, *, now: datetime) -> list[str]:
        found = closing.weigh(commitment=self.commitment, now=now, **self.form.cleaned_data)
        return [
            _("Trang kết quả và báo cáo của kỳ sẽ ghi:"),
            f"“{follow_up_sentence(found)} {follow_up_limits(found)}”",
            _("Công bố ngay và không sửa được."),
        ]

    def do(self, *, user: User, now: datetime) -> None:
        closing.close(commitment=self.commitment, user=user, now=now, **self.form.cleaned_data)
        folder.publish(folder.default_root())


ALL: tuple[type[Act], ...] = (Draw, Letters, Close)
