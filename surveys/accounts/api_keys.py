"""Give out and take back the key of a program; its words exist in the answer to who asked for it, a digest in the database."""

from __future__ import annotations

import secrets
from datetime import datetime

from django.db.transaction import atomic

from surveys import audit
from surveys.audit import Action
from surveys.models import ApiKey, Office, User


@atomic
def issue(*, office: Office, name: str, by: User, now: datetime) -> str:
    """The key: 43 characters, 256 random bits."""
    token = secrets.token_urlsafe(32)
    key = ApiKey.objects.create(office=office, name=name, digest=ApiKey.digest_of(token), created_at=now)
    audit.record(action=Action.API_KEY_ISSUED, actor=by, office=office, now=now, subject=key.name)
    return token


@atomic
def revoke(*, key: ApiKey, by: User, now: datetime) -> None:
    """From the next request on the program is refused."""
    key.revoked_at = now
    key.save(update_fields=["revoked_at"])
    audit.record(action=Action.API_KEY_REVOKED, actor=by, office=key.office, now=now, subject=key.name)
