"""The text of a seal, computed from register and ledger (docs/spec/trust.md §5). Nothing here writes a figure."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256

from django.db.models import QuerySet

from reports.ledger.reading import LedgerTampered, read_ledger
from reports.models import DifferenceNote, Proposal, ProposalKind, Seal
from reports.sealing.errors import BadReason, CountsDoNotAddUp
from surveys import evidence
from surveys.models import Batch, Campaign, Office, OpenLane, PaperPile, Slip
from surveys.models.register import SLIP_COUNTS, SlipQuerySet
from surveys.periods import CampaignPeriod, Period
from surveys.reference import in_force
from surveys.reference.questionnaires import questionnaire_of

#: In the text that the first person is shown, before the hour of signing is known.
NOT_YET = datetime.fromisoformat("2000-01-01T00:00:00+07:00")


@dataclass(frozen=True)
class Draft:
    """What would be sealed. ``digest`` names the text; ``standing`` what else the two look at; ``seen`` both."""

    facts: evidence.SealFacts
    text: str
    standing: str

    @property
    def digest(self) -> str:
        return evidence.digest(self.text)

    @property
    def code(self) -> str:
        return evidence.seal_code(self.text)

    @property
    def seen(self) -> str:
        return evidence.digest(self.text + self.standing)

    def at(self, sealed_at: datetime) -> Draft:
        """The same with the hour of signing; the ledger is not read again."""
        facts = replace(self.facts, sealed_at=sealed_at)
        return Draft(facts, _text(facts), self.standing)


def draft(*, office: Office, period: Period, reason: str = "", sealed_at: datetime = NOT_YET) -> Draft:
    """The seal as it would be made now. Raises `CountsDoNotAddUp`, `BadReason`."""
    last = Seal.objects.standing(office, period)
    facts = _facts(
        office=office,
        period=period,
        version=last.version + 1 if last else 1,
        reason=reason,
        sealed_at=sealed_at,
    )
    return Draft(facts, _text(facts), standing_of(office, period))


def standing_of(office: Office, period: Period) -> str:
    """The digest of what lies on the table beside the figures; cheap, so that a page can ask on every opening."""
    rows = [
        list(DifferenceNote.objects.of(office).in_period(period).order_by("pk").values_list("pk")),
        list(PaperPile.objects.of(office).in_period(period).order_by("pk").values_list("pk", "state")),
        list(Batch.objects.of(office).in_period(period).order_by("pk").values_list("pk")),
        list(damage(office, period).order_by("pk").values_list("pk", "is_accepted")),
    ]
    return evidence.digest(json.dumps(rows))


def has_changed(last: Seal, office: Office, period: Period) -> bool:
    """Whether a further version would say anything that the last one does not."""
    facts = _facts(office=office, period=period, version=1, reason="", sealed_at=NOT_YET)
    apart = {"version", "reason", "previous", "sealed_at"}
    before, now = evidence.stated(last.text), evidence.stated(_text(facts))
    return any(before.get(key) != value for key, value in now.items() if key not in apart)


def _facts(
    *, office: Office, period: Period, version: int, reason: str, sealed_at: datetime
) -> evidence.SealFacts:
    slips = Slip.objects.of(office).in_period(period)
    criteria = questionnaire_of(_version_asked(slips, period)).counted
    try:
        ledger = read_ledger(office=office, period=period, criteria=criteria)
    except LedgerTampered as fact:
        raise CountsDoNotAddUp([str(fact)]) from fact
    counted = _participation(slips, office, period)
    digests = {name: sha256(content).hexdigest() for name, content in ledger.files.items()}
    return evidence.SealFacts(
        office=office.code,
        period=str(period),
        version=version,
        reason=reason,
        criteria=criteria,
        issued=counted["issued"],
        cancelled=counted["cancelled"],
        expired=counted["expired"],
        returned=counted["returned"],
        paper=counted["paper"],
        **ledger.counts,
        tree_size=len(ledger.ballots),
        tree_root=ledger.tree_root,
        audit_size=len(ledger.audit),
        audit_root=ledger.audit_root,
        receipts_size=len(ledger.receipts),
        receipts_root=ledger.receipts_root,
        voids_size=len(ledger.voids),
        voids_root=ledger.voids_root,
        sha256_ballots=digests["ballots"],
        sha256_receipts=digests["receipts"],
        sha256_voids=digests["voids"],
        previous=_previous(office),
        sealed_at=sealed_at,
    )


def _version_asked(slips: SlipQuerySet, period: Period) -> int:
    if isinstance(period, CampaignPeriod):
        return Campaign.objects.values_list("questionnaire", flat=True).get(slug=period.slug)
    version = slips.values_list("questionnaire", flat=True).first()
    return version or in_force.questionnaire_in_force(on=period.first_day).pk


def _participation(slips: SlipQuerySet, office: Office, period: Period) -> dict[str, int]:
    rows = slips.participation("office")
    counted = {name: sum(row[name] for row in rows) for name in SLIP_COUNTS}
    if isinstance(period, CampaignPeriod):  # an open answer is issued and returned in one
        opened = OpenLane.objects.total(office=office, period=str(period))
        counted |= {name: counted[name] + opened for name in ("issued", "returned")}
    return counted


def _text(facts: evidence.SealFacts) -> str:
    if broken := evidence.broken_identities(facts):
        raise CountsDoNotAddUp(broken)
    try:
        return evidence.seal_text(facts)
    except evidence.EvidenceError as error:
        raise BadReason from error


def _previous(office: Office) -> str:
    last = Seal.objects.last_signed(office)
    return evidence.digest(last.text) if last else evidence.NO_SEAL


def damage(office: Office, period: Period) -> QuerySet[Proposal]:
    """What was proposed on damaged rows."""
    return Proposal.objects.of(office).in_period(period).filter(kind=ProposalKind.DAMAGED)
