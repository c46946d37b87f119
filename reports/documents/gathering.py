"""Collect a paper's material from the database: the office's forms, what was signed, seals, paper piles, notes."""

from __future__ import annotations

import logging
from dataclasses import fields, replace
from datetime import datetime

from django.conf import settings
from django.db.models import Count, QuerySet, Sum

from reports.documents.frame import stretch_of
from reports.documents.material import Directed, Explained, Facts, FollowUp, PaperUse, Restored, ScanUse
from reports.exports.content import Attached
from reports.follow_up import actions_taken, directions
from reports.handling_times import sums
from reports.integrity import inspection
from reports.models import DifferenceNote, PaperForm, PaperKind, Seal, SignedPaper
from reports.month.period_totals import periods_in
from reports.month.rollups import held_back
from reports.month.snapshot import Snapshot
from reports.publication import bundle
from reports.publication.folder import NotAsSealed
from reports.silent import asking
from surveys.choices import VoidReason
from surveys.crypto import envelopes
from surveys.database import after_restore
from surveys.models import Ballot, Batch, BoxPair, PaperPile, PaperScan, PileState, VoidMark
from surveys.periods import Period, closing_from, local_day
from surveys.vietnamese import clerk_date

SAID = {
    "seal.txt": "Niêm phong có chữ ký",
    "ballots.csv": "Phiếu đã niêm phong",
    "receipts.csv": "Mã băm của biên nhận",
    "voids.csv": "Phiếu không hợp lệ",
    "keys.txt": "Khóa công khai",
    "verify.py": "Công cụ kiểm lại",
    "kiem.py": "Lệnh kiểm lại: python kiem.py BÁO_CÁO.pdf",
}
log = logging.getLogger(__name__)
#: How an extra without a comment begins (docs/spec/trust.md §5, J: keys sorted, so the comment comes first).
NO_COMMENT = '{"comment":"",'


def kind_of(month: Snapshot) -> PaperKind:
    """Which report a stretch gets: that of one period, or of several."""
    return PaperKind.REPORT if month.period else PaperKind.SUMMARY


def gather(*, month: Snapshot, kind: PaperKind, follow_up: FollowUp | None = None) -> Facts:
    """The number of queries does not grow with the office. Without ``follow_up`` the directions are told."""
    office, stretch = month.office, stretch_of(month)
    seals = list(month.seals) if month.period else []
    version = seals[-1].version if seals else 1
    signed = {(row.kind, row.version): row for row in SignedPaper.objects.of(office).filter(period=stretch)}
    of_period = month.period is not None
    facts = Facts(
        month=month,
        form=PaperForm.of(office, kind),
        signed=signed.get((kind, version)) or SignedPaper(office=office, kind=kind, period=stretch),
        results_url=results_url(month),
        seal=seals[-1] if seals else None,
        before=seals[-2] if len(seals) > 1 else None,
        replaced=signed.get((kind, version - 1)),
        minutes_form=PaperForm.of(office, PaperKind.MINUTES) if of_period else None,
        minutes=signed.get((PaperKind.MINUTES, version)) if of_period else None,
        paper=paper_use(month),
        comments=comments(month) if of_period else None,
        voids=voids(month),
        notes=tuple(note.text for note in DifferenceNote.objects.of(office).filter(period=stretch)),
        follow_up=follow_up,
    )
    if kind == PaperKind.MINUTES and of_period:
        facts = replace(
            facts, restored=restored(facts), explained=explained(facts), box_keys=box_keys(facts.period)
        )
    if kind == PaperKind.REPORT and facts.seal:
        asked = asking.known(office, facts.period)
        facts = replace(facts, carries=_carries(facts.seal), silent=asking.standing(asked) if asked else None)
    if kind != PaperKind.MINUTES:
        periods = _periods(month)
        handled = actions_taken.handled(office=office, periods=periods, at=facts.dated)
        facts = replace(facts, times=tuple(sums.clock(month)), handled=handled)
    return facts if follow_up else replace(facts, follow_up=directed(facts))


def restored(facts: Facts) -> tuple[Restored, ...]:
    """The gaps of restored backups while ballots of the period could come in, the earliest first.

    Source: docs/spec/trust.md §8.
    """
    office, period = facts.month.office, facts.period
    begin, end = period.bounds()[0], closing_from(period, settings.SLIP_GRACE_DAY)
    return tuple(
        Restored(gap.since, gap.until, after_restore.cancelled_in(office=office, period=period, gap=gap))
        for gap in reversed(after_restore.gaps(office))
        if gap.since < end and gap.until >= begin and _was_known(gap.until, facts)
    )


def explained(facts: Facts) -> tuple[Explained, ...]:
    """What had been written about the period's signals when it was signed; a later word waits for a correction."""
    return tuple(
        Explained(word.case.counter, word.text, word.author.get_full_name(), local_day(word.at))
        for word in inspection.explanations_of(facts.month.office, facts.period)
        if _was_known(word.at, facts)
    )


def box_keys(period: Period) -> tuple[str, ...]:
    """The fingerprints of the public keys in force in the period, by the mixer's word, in order; none before it spoke."""
    known = list(BoxPair.objects.filter(since__lte=period.last_day).order_by("since", "pk"))
    before = [pair for pair in known if pair.since <= period.first_day]
    in_force = before[-1:] + [pair for pair in known if pair.since > period.first_day]
    return tuple(envelopes.printed_fingerprint(bytes.fromhex(pair.public)) for pair in in_force)


def _carries(seal: Seal) -> bool:
    try:
        return bundle.carries(seal)
    except KeyError:  # a text that states nothing
        return False


def carrying(facts: Facts) -> Facts:
    """With the sealed lists and what checks them, for the one file that can carry them, the report as PDF.

    Without them where the database does not hold what was sealed, which the night tells.
    """
    if facts.seal is None or not facts.carries:
        return facts
    try:
        files = bundle.carried(facts.seal)
    except NotAsSealed:
        log.exception("the report goes without its evidence")
        return replace(facts, carries=False)
    return replace(
        facts, attached=tuple(Attached(name, SAID[name], content) for name, content in files.items())
    )


def _was_known(at: datetime, facts: Facts) -> bool:
    """Before the seal of which the paper speaks, so that it reads the same ever after; a draft tells what there is."""
    return facts.seal is None or at <= facts.dated


def directed(facts: Facts) -> FollowUp:
    """The directions on the stretch as they stood at the paper's own instant, so that it reads the same ever after."""
    until = clerk_date(local_day(facts.dated))
    month = facts.month
    if month.period is None:
        told = directions.within(month.office, periods_in(month.months), at=facts.dated)
    else:
        told = directions.of(month.office, month.period, at=facts.dated)
    if not told:
        return FollowUp((f"Đến ngày {until}, không có ý kiến chỉ đạo cần theo dõi.",))
    rows = tuple(Directed(row.text, row.unit, clerk_date(row.direction.due_on), row.result) for row in told)
    return FollowUp((f"Việc thực hiện ý kiến chỉ đạo của lãnh đạo đơn vị đến ngày {until}:",), rows)


def results_url(month: Snapshot) -> str:
    """Where anybody finds what is printed: the period's own page, else the office's."""
    base = f"{settings.BASE_URL}/results/{month.office.code}/"
    return (
        f"{base}{month.period}/"
        if month.period
        else f"{base}?from={month.months.first}&to={month.months.last}"
    )


def seals_of(month: Snapshot) -> list[Seal]:
    """The latest version of each period of the stretch, in order."""
    return list(month.standing)


def paper_use(month: Snapshot) -> PaperUse | None:
    """The sums of the piles that are in the box; None without any."""
    names = ("stubs", "sheets", "foreign", "differing")
    piles = PaperPile.objects.of(month.office).in_periods(_periods(month)).filter(state=PileState.ENTERED)
    found = piles.aggregate(n=Count("pk"), **{f"all_{name}": Sum(name, default=0) for name in names})
    if not found["n"]:
        return None
    return PaperUse(**{name: found[f"all_{name}"] for name in names}, scans=_scans(piles))


def _scans(piles: QuerySet[PaperPile]) -> tuple[ScanUse, ...]:
    """What the minutes say of piles that a machine read first, in the order in which they entered the box."""
    names = [each.name for each in fields(ScanUse)]
    read = PaperScan.objects.filter(pile__in=piles, frozen_at__isnull=False, second__isnull=False)
    return tuple(ScanUse(**row) for row in read.order_by("pile__ended_at", "pk").values(*names))


def comments(month: Snapshot) -> int | None:
    """How many ballots that the month tells bear words; None once words were erased, since then nobody knows."""
    waiting = held_back(Batch.objects.of(month.office).in_periods(_periods(month)))
    ballots = Ballot.objects.of(month.office).in_periods(_periods(month)).exclude(batch__in=waiting)
    if ballots.filter(extra__isnull=True).exists():
        return None
    return ballots.exclude(extra__startswith=NO_COMMENT).count()


def voids(month: Snapshot) -> tuple[tuple[str, int], ...]:
    """Reasons and their counts, in the order of the list of reasons."""
    marks = VoidMark.objects.filter(ballot__office=month.office, ballot__period__in=map(str, _periods(month)))
    counts = dict(marks.values_list("reason").order_by("reason").annotate(n=Count("pk")))
    return tuple((str(label), counts[code]) for code, label in VoidReason.choices if code in counts)


def _periods(month: Snapshot):
    return month.months.periods(month.office.quarterly)
