"""The one menu: a line for each room that this user may enter, always in the same order."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from surveys.models import User

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


@dataclass(frozen=True)
class Room:
    """``to``: its address by name; ``may``: any of these permissions (of `surveys`) lets in, several with a blank between
    them; ``pages``: the paths at which one is in it, as a pattern from their beginning on."""

    words: StrOrPromise
    to: str
    may: str
    pages: str
    #: Whoever has no role of its own but counts for another office enters, too.
    lent: bool = False


@dataclass(frozen=True)
class Line:
    words: StrOrPromise
    address: str
    is_current: bool


FIRST = (
    Room(_("Quầy giao dịch"), "surveys:counter", "log_transactions", "/counter/"),
    Room(_("Việc hôm nay"), "reports:today", "view_figures count_ballots administer inspect", "/today/$"),
)
ROOMS = (
    Room(
        _("Kiểm phiếu"),
        "reports:counting",
        "count_ballots delegate inspect",
        "/counting/(?!paper/)",
        lent=True,
    ),
    Room(_("Phiếu giấy"), "surveys:paper", "count_ballots", "/counting/paper/", lent=True),
    Room(_("Tháng"), "reports:home", "view_figures", "/reports/(?!signals/|silent/|papers/|trail/$)"),
    Room(_("Phản ánh"), "reports:cases", "read_comments", "/cases/(?!.*direction)"),
    Room(_("Tín hiệu"), "reports:signals", "read_signals", "/reports/(signals|silent)/"),
    Room(_("Chỉ đạo"), "reports:directions", "read_comments", "/cases/.*direction"),
    Room(_("Đợt khảo sát"), "reports:campaigns", "read_campaigns", "/campaigns/"),
    Room(_("Thiết lập"), "reports:setup", "administer", "/setup/"),
    Room(_("Mẫu văn bản"), "reports:documents", "administer", "/reports/papers/"),
    Room(_("Nhật ký"), "reports:trail", "inspect run_campaigns administer delegate", "/reports/trail/$"),
)


def lines(user: User, path: str, *, is_lent: Callable[[], bool]) -> list[Line]:
    """The menu of a page at this path; the first room is one of two. ``is_lent`` is asked whether the user counts for another
    office in these days, only where that decides."""

    def enters(room: Room) -> bool:
        if any(user.has_perm(f"surveys.{each}") for each in room.may.split()):
            return True
        return room.lent and not user.roles and is_lent()

    rooms = [*[room for room in FIRST if enters(room)][:1], *filter(enters, ROOMS)]
    found = [Line(room.words, reverse(room.to), bool(re.match(room.pages, path))) for room in rooms]
    return found + ([Line(_("Danh mục"), reverse("admin:index"), is_current=False)] if user.is_staff else [])
