"""Two of head office sign a campaign's standings and, with them, the evidence of every unit.

Source: docs/spec/trust.md §5.
"""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from pathlib import Path

from django.db.transaction import atomic

from reports import atomic_files
from reports.models import Seal, SignatureEnd, Standing, StandingPublication, StandingSignature
from reports.publication import folder as publication_folder
from reports.sealing import CountsDoNotAddUp, draft, signed_note
from reports.standings.closing import uncounted
from reports.standings.document import document, title_line, units_of
from surveys import audit, evidence
from surveys.accounts import two_persons
from surveys.accounts.two_persons import (
    ActRefused,
    AnotherSignatureStands,
    ChangedSince,
    NoFirstSignature,
    SamePersonTwice,
)
from surveys.audit import Action
from surveys.choices import CampaignState
from surveys.models import Campaign, Office, User

FILE = "standing.txt"


class StandingRefused(ActRefused):
    """Why nothing is signed or published now."""


class NotForYou(StandingRefused):
    """Not of those who run campaigns."""


class CampaignNotCounted(StandingRefused):
    """It is open, or a unit's box has had no closing mix."""


class NoReason(StandingRefused):
    """A further version has a reason of one line; the first has none, unless nobody answered."""


class NobodyAnswered(NoReason):
    """A campaign without ballots is signed with the reason for it."""


def standing_text(campaign: Campaign, *, reason: str = "") -> str:
    """What would be signed now; its digest names it. Raises `CampaignNotCounted`, `NoReason`, `NobodyAnswered`."""
    if campaign.state != CampaignState.CLOSED or uncounted(campaign):
        raise CampaignNotCounted
    version = campaign.standings.count() + 1
    is_empty = not any(unit.n for unit in units_of(campaign))
    if version == 1 and is_empty and not reason.strip():
        raise NobodyAnswered
    needs_one = version > 1 or is_empty
    if bool(reason.strip()) != needs_one or not (reason.isprintable() and len(reason) <= 200):
        raise NoReason
    said = document(campaign=campaign, version=version, reason=reason.strip())
    return f"{title_line(version)}\n{evidence.canonical(said)}\n"


def open_signature(campaign: Campaign, *, now: datetime) -> StandingSignature | None:
    """The first signature that waits and may still be joined."""
    since = now - two_persons.TIME_FOR_THE_SECOND
    return (
        campaign.signatures.filter(ended_at__isnull=True, signed_at__gt=since)
        .select_related("signer")
        .first()
    )


@atomic
def sign_first(
    *,
    campaign: Campaign,
    user: User,
    seen: str,
    now: datetime,
    logged_in_at: datetime | None,
    reason: str = "",
) -> StandingSignature:
    """Fix the standings. ``seen``: the digest of the text as the page showed it. Raises an `ActRefused`."""
    campaign = Campaign.objects.select_for_update().get(pk=campaign.pk)
    _check_person(user, now=now, logged_in_at=logged_in_at)
    text = standing_text(campaign, reason=reason)
    if evidence.digest(text) != seen:
        raise ChangedSince
    waiting = open_signature(campaign, now=now)
    if waiting and waiting.signer_id != user.pk:
        raise AnotherSignatureStands
    campaign.signatures.filter(ended_at__isnull=True).update(ended_at=now)
    signature = StandingSignature.objects.create(
        campaign=campaign,
        version=campaign.standings.count() + 1,
        reason=reason.strip(),
        text=text,
        digest=seen,
        signer=user,
        signed_at=now,
    )
    _audit(Action.STANDING_SIGNED_FIRST, campaign, user, now, digest=seen)
    return signature


def sign_second(
    *, campaign: Campaign, user: User, seen: str, now: datetime, logged_in_at: datetime | None
) -> Standing:
    """Sign what the first person fixed, and seal each unit's evidence. It cannot be undone.

    Where the standings changed since, the first signature is void. Raises an `ActRefused`.
    """
    try:
        with atomic():
            return _sign(campaign=campaign, user=user, seen=seen, now=now, logged_in_at=logged_in_at)
    except _Overtaken as fact:
        _end(fact.signature, now=now)
        raise ChangedSince from fact


class _Overtaken(Exception):
    """The text is not what the first person signed."""

    def __init__(self, signature: StandingSignature) -> None:
        self.signature = signature


def _sign(
    *, campaign: Campaign, user: User, seen: str, now: datetime, logged_in_at: datetime | None
) -> Standing:
    campaign = Campaign.objects.select_for_update().get(pk=campaign.pk)
    _check_person(user, now=now, logged_in_at=logged_in_at)
    signature = open_signature(campaign, now=now)
    if signature is None:
        raise NoFirstSignature
    if signature.signer_id == user.pk:
        raise SamePersonTwice
    if seen != signature.digest:
        raise ChangedSince  # an old page: the first signature itself stands
    if standing_text(campaign, reason=signature.reason) != signature.text:
        raise _Overtaken(signature)
    _seal_units(campaign, signature.signer, user, now=now)
    StandingSignature.objects.filter(pk=signature.pk).update(ended_at=now)
    standing = Standing.objects.create(
        campaign=campaign,
        version=signature.version,
        reason=signature.reason,
        text=signature.text,
        note=signed_note(signature.text),
        code=evidence.seal_code(signature.text),
        first=signature.signer,
        second=user,
        signed_at=now,
    )
    _audit(Action.STANDING_SIGNED, campaign, user, now, code=standing.code, version=standing.version)
    return standing


@atomic
def _end(signature: StandingSignature, *, now: datetime) -> None:
    if StandingSignature.objects.filter(pk=signature.pk, ended_at__isnull=True).update(ended_at=now):
        _audit(
            Action.SIGNATURE_VOID, signature.campaign, signature.signer, now, why=SignatureEnd.CHANGED.value
        )


def publish(*, standing: Standing, by: User, now: datetime, root: Path | None = None) -> StandingPublication:
    """Make a version public and lay out its files: an act of its own. Raises `NotForYou`; again it changes nothing."""
    if not by.has_perm("surveys.run_campaigns"):
        raise NotForYou
    with atomic():
        publication, is_new = StandingPublication.objects.get_or_create(
            standing=standing, defaults={"by": by, "at": now}
        )
        if is_new:
            _audit(
                Action.STANDING_PUBLISHED,
                standing.campaign,
                by,
                now,
                code=standing.code,
                version=standing.version,
            )
    lay_out(standing, root=root or publication_folder.default_root())
    return publication


def lay_out(standing: Standing, *, root: Path) -> None:
    """The published files of a campaign: the units' evidence, the signed standings, and the script that redoes them."""
    publication_folder.publish(root)
    folder = root / "c" / standing.campaign.slug
    atomic_files.put_file(folder / FILE, standing.note.encode("utf-8"))
    atomic_files.put_file(folder / f"v{standing.version}" / FILE, standing.note.encode("utf-8"))
    # What was signed before places rested on ballots is redone by the script of then.
    script = "rank.py" if "bound" in standing.document else "rank_wilson.py"
    atomic_files.put_file(folder / "rank.py", (Path(__file__).parent / script).read_bytes())


def _seal_units(campaign: Campaign, first: User, second: User, *, now: datetime) -> None:
    """A seal for every unit that has none yet; its counts must be those that the scores rest on."""
    sums = {unit.office: unit for unit in units_of(campaign)}
    for office in Office.objects.filter(campaign_units__campaign=campaign).order_by("code"):
        if Seal.objects.standing(office, campaign.period):
            continue
        fixed = draft(office=office, period=campaign.period, sealed_at=now.replace(microsecond=0))
        told = Counter(
            {(code, v): n for code, levels in sums[office.code].levels.items() for v, n in levels.items()}
        )
        if Counter(fixed.facts.levels) != told or fixed.facts.valid != sums[office.code].n:
            raise CountsDoNotAddUp([f"{office.code}: scores rest on other sums than the ledger's"])
        Seal.objects.create(
            office=office,
            period=campaign.slug,
            version=1,
            text=fixed.text,
            note=signed_note(fixed.text),
            code=fixed.code,
            first=first,
            second=second,
            sealed_at=now.replace(microsecond=0),
        )


def _check_person(user: User, *, now: datetime, logged_in_at: datetime | None) -> None:
    if not user.has_perm("surveys.run_campaigns"):
        raise NotForYou
    two_persons.check_signer(user, now=now, logged_in_at=logged_in_at)


def _audit(action: Action, campaign: Campaign, user: User, now: datetime, **detail) -> None:
    audit.record(action=action, actor=user, subject=campaign.slug, now=now, **detail)
