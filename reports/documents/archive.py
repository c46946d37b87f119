"""The papers of a sealed period, kept as the record: made once, served from there, both versions of a correction.

What is given only at signing (number, date, words of the paper: Nghị định 30/2020/NĐ-CP, Điều 15) makes a further edition;
a later change of an office's settings, cases or other months makes none.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256

from django.db.models import Exists, OuterRef, QuerySet
from django.db.transaction import atomic

from reports.documents.catalogue import EXPORTS, filename
from reports.exports.pdf import NoPango
from reports.follow_up import cases
from reports.handling_times import sums
from reports.models import KeptPaper, Seal, SignedPaper
from reports.month import snapshot
from surveys import audit
from surveys.audit import Action
from surveys.database import replication
from surveys.models import Office, User
from surveys.periods import parse_period

#: The poster is not among them: it hangs beside the counter and goes on telling what was done.
FILES = ("minutes.pdf", "minutes.docx", "report.pdf", "report.docx", "figures.xlsx", "figures.csv")
PERIODS = ("2000-01", "2199-Q4")  # a campaign's slug lies outside
GIVEN = ("kind", "version", "number", "dated_on", "began_at", "ended_at", "opinions", "boxes", "tasks")
log = logging.getLogger(__name__)


def keep(
    *, seal: Seal, now: datetime, names: Sequence[str] = FILES, by: User | None = None
) -> list[KeptPaper]:
    """Make files of the version that stands and keep them; what is the same as the last edition is kept once.

    Cases are opened and times summed before, so that the first edition says all there is. Without the text library
    the PDFs are left for later.
    """
    office, period = seal.office, parse_period(seal.period)
    cases.open_cases(office=office, period=period)
    sums.sum_up(office=office, period=period, now=now)
    month = snapshot.take(office=office, stretch=period, now=now)
    replication.barrier()  # a paper that is handed out says that there is this seal
    made = {}
    for name in names:
        content = EXPORTS[name].content(month)
        try:
            made[name] = filename(name, content), EXPORTS[name].write(content)
        except NoPango:
            log.warning("%s of %s %s put off: Pango is missing", name, office.code, seal.period)
    return _put(seal, made, now=now, by=by)


def fetch(*, seal: Seal, name: str, now: datetime) -> KeptPaper | None:
    """The last edition; of the version that stands a fresh one where none is up to date. None: it was never kept."""
    last = _last(seal, name)
    if last and last.basis == _basis(seal, name):
        return last
    if not _stands(seal):
        return last
    keep(seal=seal, now=now, names=(name,))
    return _last(seal, name)


def of(office: Office, period: object) -> list[tuple[Seal, list[KeptPaper]]]:
    """Every version of a period, newest first, with what is kept of it. The bytes stay where they lie."""
    seals = Seal.objects.of(office).in_period(period).order_by("-version")
    rows = KeptPaper.objects.filter(seal__in=seals).defer("content").order_by("name", "-edition")
    return [(seal, [row for row in rows if row.seal_id == seal.pk]) for seal in seals]


def waiting() -> QuerySet[Seal]:
    """Versions that stand and of which nothing is kept yet."""
    return _standing(Seal.objects.filter(kept__isnull=True, period__range=PERIODS)).select_related("office")


def _standing(seals: QuerySet[Seal]) -> QuerySet[Seal]:
    later = Seal.objects.filter(
        office=OuterRef("office"), period=OuterRef("period"), version__gt=OuterRef("version")
    )
    return seals.exclude(Exists(later))


def _stands(seal: Seal) -> bool:
    return _standing(Seal.objects.filter(pk=seal.pk)).exists()


@atomic
def _put(
    seal: Seal, made: dict[str, tuple[str, bytes]], *, now: datetime, by: User | None
) -> list[KeptPaper]:
    Office.objects.select_for_update(no_key=True).get(pk=seal.office_id)
    kept = []
    for name, (called, content) in made.items():
        last, digest, basis = _last(seal, name), sha256(content).hexdigest(), _basis(seal, name)
        if last and (last.sha256, last.basis) == (digest, basis):
            continue
        facts = {"filename": called, "content": content, "size": len(content), "sha256": digest}
        edition = last.edition + 1 if last else 1
        kept.append(
            KeptPaper.objects.create(seal=seal, name=name, edition=edition, basis=basis, kept_at=now, **facts)
        )
    if kept:
        digests = {row.name: row.sha256 for row in kept}
        subject = f"{seal.period} v{seal.version}"
        audit.record(
            action=Action.PAPERS_KEPT, now=now, actor=by, office=seal.office, subject=subject, **digests
        )
    return kept


def _last(seal: Seal, name: str) -> KeptPaper | None:
    return KeptPaper.objects.filter(seal=seal, name=name).order_by("-edition").first()


def _basis(seal: Seal, name: str) -> str:
    """The digest of what was given at signing to the papers whose words stand in the file; '' for tables."""
    if not (kinds := EXPORTS[name].papers):
        return ""
    rows = SignedPaper.objects.of(seal.office).in_period(seal.period).filter(kind__in=kinds)
    rows = rows.filter(version__in=(seal.version, seal.version - 1)).order_by("kind", "version")
    told = [[str(value) for value in row] for row in rows.values_list(*GIVEN)]
    return sha256(json.dumps(told).encode()).hexdigest()
