"""What every staff page may need to know of what was concluded."""

from __future__ import annotations

import re

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from reports import menu
from reports.arithmetic.shares import grouped, rate_beside
from reports.ledger.alarms import ledger_alarm
from reports.models import Seal
from surveys.database import revision
from surveys.models import Office, User
from surveys.periods import local_day, parse_period

_COUNTS = re.compile(r"^(issued|returned): (\d+)$", re.M)


def alarms(request: HttpRequest) -> dict:
    """``ledger_alarm`` for the banner, ``sealed_rate`` for the teller, ``menu`` for whoever is logged in; each asked
    only by the pages that show it."""
    return {
        "menu": SimpleLazyObject(lambda: menu_of(request)),
        "ledger_alarm": SimpleLazyObject(lambda: ledger_alarm(request.user)),
        "sealed_rate": SimpleLazyObject(lambda: kept_rate(request.user)),
    }


def menu_of(request: HttpRequest) -> list[menu.Line]:
    user = request.user
    return menu.lines(user, request.path, is_lent=lambda: is_lent(user)) if isinstance(user, User) else []


def is_lent(user: User | AnonymousUser) -> bool:
    return isinstance(user, User) and Office.objects.counted_by(user, local_day(timezone.now())).exists()


def kept_rate(user: User | AnonymousUser) -> str:
    return revision.kept(("sealed rate", user.pk, get_language()), lambda: sealed_rate(user))


def sealed_rate(user: User | AnonymousUser) -> str:
    """The office's return rate of its last sealed period, the one figure a teller reads; '' while there is none."""
    office = user.sealing_office if isinstance(user, User) else None
    # Months and quarters begin with their year; a campaign's slug does not.
    seals = Seal.objects.filter(office=office, period__regex=r"^[0-9]{4}-").order_by("-period", "-version")
    seal = seals.first() if office else None
    if seal is None:
        return ""
    counts = {name: int(n) for name, n in _COUNTS.findall(seal.text)}
    return _("Toàn đơn vị, %(period)s: phát ra %(issued)s, thu về %(returned)s%(rate)s.") % {
        "period": parse_period(seal.period).label,
        "issued": grouped(counts["issued"]),
        "returned": grouped(counts["returned"]),
        "rate": rate_beside(counts["returned"], counts["issued"]),
    }
