"""An instant as it is typed on a command line."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone


def instant(text: str) -> datetime:
    """A typed instant; without a zone it is Vietnamese time. Raises ValueError."""
    when = datetime.fromisoformat(text)
    return when if when.tzinfo else timezone.make_aware(when)
