"""What every staff page may need to know of what was concluded."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from reports.alarms import ledger_alarm


def alarms(request: HttpRequest) -> dict:
    """``ledger_alarm`` for the banner; asked only by pages that show it, and only for inspectors."""
    return {"ledger_alarm": SimpleLazyObject(lambda: ledger_alarm(request.user))}
