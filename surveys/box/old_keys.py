"""Opening keys that have served: kept as long as rows and backups need them, then destroyed."""

from __future__ import annotations

from datetime import date, timedelta

from django.conf import settings

from surveys.crypto import box_keys, envelopes
from surveys.database.retention import BACKUPS_KEPT
from surveys.models import BoxedBallot


def destroy_what_is_over(*, on: date) -> list[str]:
    """Destroy every opening key that no waiting ballot and no backup needs any more; returns their key ids.

    After that no old copy of the database can be opened by anybody.
    """
    before = on - BACKUPS_KEPT - timedelta(days=1)
    return box_keys.destroy_former(settings.MIX_KEYS_DIR, before=before, needed=sorted(_named_by_rows()))


def has_old_keys() -> bool:
    """Whether there was ever a rotation here."""
    return len(box_keys.registered(settings.MIX_KEYS_DIR)) > 1


def _named_by_rows() -> set[str]:
    found = set()
    for sealed in BoxedBallot.objects.values_list("sealed", flat=True).iterator(chunk_size=500):
        try:
            found.add(envelopes.key_id_of(bytes(sealed)).hex())
        except envelopes.EnvelopeRefused:  # a damaged row names no key
            continue
    return found
