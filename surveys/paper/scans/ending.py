"""The end of a pile's pictures: with the pile itself, before any seal (docs/spec/research/paper-scanning.md §9)."""

from __future__ import annotations

from datetime import datetime

from django.db import connection

from surveys import audit
from surveys.audit import Action
from surveys.models import PaperPile, PaperScan
from surveys.paper.scans.vault import Vault


def end(*, pile: PaperPile, now: datetime) -> None:
    """Pictures, readings, decisions and their key are gone for good once the transaction is; what the minutes say stays."""
    for scan in PaperScan.objects.filter(pile=pile, destroyed_at__isnull=True):
        PaperScan.objects.filter(pk=scan.pk).update(destroyed_at=now)
        audit.record(action=Action.PAPER_SCAN_DESTROYED, now=now, office=pile.office, subject=str(pile))
        connection.on_commit(Vault(scan.folder).destroy)
