"""What the nightly examination found, kept in the audit trail, and shown to the inspector until it holds again."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.models import AnonymousUser

from reports.ledger import Finding
from surveys import audit
from surveys.audit import Action
from surveys.choices import Role
from surveys.models import AuditEntry, User

MOST_TOLD = 50


@dataclass(frozen=True)
class Outcome:
    """The last examination: when, and what did not hold, as sentences."""

    at: datetime
    findings: tuple[str, ...]
    number: int  # of findings; more than are kept, when there are very many

    @property
    def holds(self) -> bool:
        return not self.number


def record(findings: Sequence[Finding], *, now: datetime) -> None:
    """Enter an examination of the whole database in the audit trail."""
    audit.record(
        action=Action.LEDGER_BROKEN if findings else Action.LEDGER_HOLDS,
        now=now,
        number=len(findings),
        findings=[str(finding) for finding in findings[:MOST_TOLD]],
    )


def last_outcome() -> Outcome | None:
    """The last examination; None before the first."""
    last = (
        AuditEntry.objects.filter(action__in=(Action.LEDGER_HOLDS, Action.LEDGER_BROKEN))
        .order_by("-pk")
        .first()
    )
    if last is None:
        return None
    told = json.loads(last.detail)
    return Outcome(last.at, tuple(told["findings"]), told["number"])


def ledger_alarm(user: User | AnonymousUser) -> Outcome | None:
    """The last examination, for an inspector and only when something does not hold."""
    if not isinstance(user, User) or not user.has_role(Role.INSPECTOR):
        return None
    outcome = last_outcome()
    return None if outcome is None or outcome.holds else outcome
