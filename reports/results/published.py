"""Which sealed periods an office has published, and the stretches of months they form."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from django.db.models import OuterRef, QuerySet, Subquery

from reports.models import Seal
from reports.publication import folder as publication_folder
from surveys.models import Office, Slip
from surveys.periods import (
    CalendarPeriod,
    MonthRange,
    NotAPeriod,
    parse_period,
    range_of,
    typed_period,
)


@dataclass(frozen=True)
class PublishedPeriod:
    """A period that lies published, with its versions in order; ``standing``: the one that holds, laid out or not yet."""

    office: Office
    period: CalendarPeriod
    versions: tuple[Seal, ...]
    folder: Path
    standing: Seal

    @property
    def seal(self) -> Seal:
        return self.versions[-1]


#: Names of months and quarters in the order of the alphabet; campaigns have periods of their own.
MONTHS_AND_QUARTERS = ("2000-01", "2199-Q4")


def published(
    office: Office | None = None, *, period: str | None = None, root: Path | None = None
) -> list[PublishedPeriod]:
    """Months and quarters published under ``root``, by office and time; campaigns have pages of their own."""
    seals = _seals()
    seals = seals.filter(office=office) if office else seals
    seals = seals.filter(period=period) if period else seals
    found = _all_laid_out(seals, root or publication_folder.default_root())
    return sorted(found, key=lambda one: (one.office.code, one.period.first_day))


def last_published() -> list[PublishedPeriod]:
    """The last published period of each office; its earlier ones are not looked at, however many they are."""
    sealed = Seal.objects.filter(
        office=OuterRef("pk"), version=1, period__range=MONTHS_AND_QUARTERS
    ).order_by("-sealed_at")
    offices = Office.objects.annotate(last=Subquery(sealed.values("period")[:1])).filter(last__isnull=False)
    last = {office.pk: office.last for office in offices}
    root = publication_folder.default_root()
    newest = _seals().filter(office__in=last, period__in=set(last.values()))
    found = {
        one.office.pk: one for one in _all_laid_out(newest, root) if str(one.period) == last[one.office.pk]
    }
    # Sealed today and not laid out before tonight: the one before it is the last.
    if missing := last.keys() - found:
        earlier = _all_laid_out(_seals().filter(office__in=missing), root)
        found |= {one.office.pk: one for one in sorted(earlier, key=lambda one: one.period.first_day)}
    return sorted(found.values(), key=lambda one: one.office.code)


def _seals() -> QuerySet[Seal]:
    seals = Seal.objects.filter(period__range=MONTHS_AND_QUARTERS).defer("note")
    return seals.select_related("office").order_by("office__code", "period", "version")


def _all_laid_out(seals: Iterable[Seal], root: Path) -> list[PublishedPeriod]:
    """Of seals in the order of office and period, the periods that lie under the root."""
    each = groupby(seals, key=lambda seal: (seal.office_id, seal.period))
    return [there for _key, versions in each if (there := _laid_out(list(versions), root))]


def _laid_out(versions: list[Seal], root: Path) -> PublishedPeriod | None:
    try:
        period = parse_period(versions[0].period)
    except NotAPeriod:
        return None
    folder = publication_folder.folder_of(root, versions[0])
    there = tuple(
        seal for seal in versions if (folder / f"v{seal.version}" / publication_folder.SEAL_FILE).is_file()
    )
    return PublishedPeriod(versions[0].office, period, there, folder, versions[-1]) if there else None


def stretch_of(periods: Sequence[PublishedPeriod], first: str, last: str) -> MonthRange:
    """The asked stretch as far as it is published; without one, all of it. Raises NotAPeriod.

    It ends before the first period that handed out slips and is not published: nothing of that one is told here.
    """
    start, end = (range_of(periods[at].period) for at in (0, -1))
    asked_first = typed_period(first).months[0] if first else start.first
    asked_last = typed_period(last).months[-1] if last else end.last
    months = MonthRange(max(asked_first, start.first), min(asked_last, end.last))
    known = {str(one.period) for one in periods}
    handed_out = Slip.objects.periods_of(periods[0].office)
    for period in sorted(
        (each for each in _months(handed_out) if str(each) not in known), key=lambda each: each.first_day
    ):
        if period.months[-1] >= months.first and period.months[0] <= months.last:
            return MonthRange(months.first, period.months[0].previous())
    return months


def _months(texts: Iterable[str]) -> Iterator[CalendarPeriod]:
    for text in texts:
        try:
            yield parse_period(text)
        except NotAPeriod:
            continue
