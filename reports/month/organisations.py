"""Organisations of a period's slips: how many there were, and how alike the slips of one come back.

The register knows which organisation a slip was handed to until the names are erased; each seal keeps the sums that remain
(`reports.models.ClusterSum`). Participation alone: answers can never be joined to an organisation. What comes back is kept
of ten organisations or more, and of no single counter: two organisations at one counter would be told apart by it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import asdict, fields

from django.db.models import Count, Q

from reports.arithmetic.clusters import Clusters, Organisations
from reports.models import ClusterSum, Seal
from surveys.choices import SlipState
from surveys.models import Office, Slip

#: Closed periods from which it is estimated how alike the slips of one organisation come back.
PERIODS = 12
STORED = [each.name for each in fields(Clusters)]

Cells = list[tuple[str, int | None, int, int]]  # (counter, organisation, slips, of them returned)


def cells_of(office: Office, period: str) -> Cells:
    """What the register says now; one statement."""
    slips = Slip.objects.of(office).in_period(period).order_by()
    return list(
        slips.values_list("counter__code", "transaction__organisation").annotate(
            slips=Count("pk"), returned=Count("pk", filter=Q(state=SlipState.USED))
        )
    )


def keep(seal: Seal) -> None:
    """Store the sums of a period as it is sealed; those of an earlier version stay beside them."""
    found = of_cells(cells_of(seal.office, seal.period))
    rows = {"": found.office, **found.counters}
    ClusterSum.objects.bulk_create(
        ClusterSum(seal=seal, counter=code, **asdict(each)) for code, each in rows.items()
    )


def of_cells(cells: Cells, before: Iterable[Clusters] = ()) -> Organisations:
    by_counter: dict[str, Cells] = defaultdict(list)
    for cell in cells:
        if cell[0]:
            by_counter[cell[0]].append(cell)
    counters = {code: _summed(own).without_returns for code, own in sorted(by_counter.items())}
    return Organisations(_summed(cells).to_keep, counters, tuple(before))


def _summed(cells: Cells) -> Clusters:
    known: dict[int, tuple[int, int]] = {}
    unknown = 0
    for _counter, organisation, slips, returned in cells:
        if organisation is None:
            unknown += slips
            continue
        before = known.get(organisation, (0, 0))
        known[organisation] = before[0] + slips, before[1] + returned
    return Clusters.of(known.values(), unknown=unknown)


def kept_of(office: Office, period: str) -> Organisations | None:
    """The same of a sealed period alone, without its counters; one statement."""
    rows = ClusterSum.objects.standing().filter(seal__office=office, seal__period=period, counter="")
    found = rows.values(*STORED).first()
    return Organisations(Clusters(**found), {}) if found else None


def kept(office: Office, period: str) -> tuple[Organisations | None, tuple[Clusters, ...]]:
    """What the seals keep: of the period itself, None while it is not sealed, and of those before it; one statement."""
    standing = ClusterSum.objects.standing().filter(seal__office=office, seal__period__lte=period)
    own: dict[str, Clusters] = {}
    before: list[Clusters] = []
    told = (
        standing.filter(Q(counter="") | Q(seal__period=period))
        .select_related("seal")
        .defer("seal__text", "seal__note")
    )
    for row in told.order_by("-seal__period", "counter"):
        known = Clusters(**{name: getattr(row, name) for name in STORED})
        if row.seal.period == period:
            own[row.counter] = known
        else:
            before.append(known)
    latest = tuple(before[:PERIODS])
    whole = own.pop("", None)
    return Organisations(whole, own, latest) if whole is not None else None, latest
