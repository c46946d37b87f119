"""Trying the pilot without a password: who may, as whom, and the tablet that is paired already.

Never on a real office: `deploy/serve.sh` alone sets TRY_IT, and only for the pilot; the database holds no other office; the
request comes from this machine, through no proxy, and names it by its number. A page of another site that has its name point
to 127.0.0.1 (DNS rebinding) names itself in Host and gets 404.
"""

from __future__ import annotations

import ipaddress
from datetime import datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest
from django.middleware.csrf import get_token
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from surveys.accounts import tablets
from surveys.context_processors import is_pilot
from surveys.models import Counter, Office, Tablet
from surveys.setup.pilot import played, progress

#: Login name, the role's name, who it is, and one thing to try.
ROLES = {
    "teller": (_("Giao dịch viên"), _("Bùi Thị Lan, Quầy 1"), _("Bấm 1 rồi Enter: phát một phiếu")),
    "count": (_("Tổ kiểm phiếu"), _("Nguyễn Thị Hạnh"), _("Xem tháng đã niêm phong, và tháng đang mở")),
    "lead": (_("Lãnh đạo"), _("Trần Minh Đức"), _("Đọc tháng 6/2023, rồi giao một việc")),
    "head": (_("KBNN trung ương"), _("Phạm Quang Vinh"), _("64 đơn vị, ai trễ, đợt khảo sát")),
    "admin": (_("Quản trị, thiết lập một đơn vị"), "", ""),
    "inspector": (_("Thanh tra"), "", ""),
}
PASSED_ON = ("HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_HOST", "HTTP_X_REAL_IP", "HTTP_FORWARDED", "HTTP_VIA")
#: The tablet lives under another name of this machine: a browser with a staff session may not be a counter's tablet.
TABLET_HOST = "localhost"


def is_offered(request: HttpRequest) -> bool:
    """Whether this request may see the panel and use its addresses."""
    return (
        settings.TRY_IT
        and _is_loopback(request.META.get("REMOTE_ADDR", ""))
        and not any(name in request.META for name in PASSED_ON)
        and _is_loopback(urlsplit(f"//{request.get_host()}").hostname or "")
        and _is_only_the_pilot()
    )


def is_tablet_offered(request: HttpRequest) -> bool:
    """The same for the tablet's own address, which hands over no session and nothing but the demonstration's ballots."""
    return (
        settings.TRY_IT
        and _is_loopback(request.META.get("REMOTE_ADDR", ""))
        and not any(name in request.META for name in PASSED_ON)
        and urlsplit(f"//{request.get_host()}").hostname == TABLET_HOST
        and _is_only_the_pilot()
    )


def panel(request: HttpRequest) -> dict:
    """What the front page shows of it; {} where it is not offered. Its forms need a token, hence a cookie."""
    if not is_offered(request):
        return {}
    replay = progress.read()
    return {
        "try_roles": [
            {"username": username, "role": role, "who": who, "what": what}
            for username, (role, who, what) in ROLES.items()
        ],
        "try_tablet": tablet_address(request),
        "try_again": played.is_kept(),
        "replay": replay,
        "csrf_token": get_token(request),
    }


def tablet_address(request: HttpRequest) -> str:
    """Where this browser opens the demonstration tablet."""
    port = request.get_host().rpartition(":")[2]
    return f"{request.scheme}://{TABLET_HOST}:{port}/try/tablet"


def tablet_secret() -> str:
    """What the demonstration tablet proves itself with; made from the server's own secret, so it is stored nowhere."""
    return salted_hmac("surveys.setup.trying", "tablet").hexdigest()


def pair_tablet(office: Office, *, now: datetime) -> Tablet:
    """The demonstration tablet at counter 1; asked again, the one that stands."""
    if standing := tablets.device_of(tablet_secret()):
        return standing
    counter = Counter.objects.get(box_office=office, code="Q1")
    return tablets.pair_known(
        secret=tablet_secret(), counter=counter, name=str(_("Máy tính bảng minh hoạ")), now=now
    )


def _is_only_the_pilot() -> bool:
    return is_pilot() and not Office.objects.filter(is_pilot=False).exists()


def _is_loopback(text: str) -> bool:
    """A number of this machine; a name is none, whatever it points to."""
    try:
        return ipaddress.ip_address(text).is_loopback
    except ValueError:
        return False
