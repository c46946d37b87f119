"""Write down who changed or read what; append-only, kept by a trigger."""

from __future__ import annotations

import json
from datetime import datetime

from surveys.models import AuditEntry, Office, User


def record(
    *,
    action: str,
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


#: In the trail: a ballot came from a browser in which staff was logged in, and was refused.
STAFF_CAST = "staff_cast_refused"
