"""Persons look at a scanned pile: the first at what is doubtful, the second blind at a sample and at the same doubts.

What either decides is kept in the pile's vault, and becomes a keying by the same verb as a typed count (docs/spec/trust.md §4).
"""

from __future__ import annotations

import secrets
from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from django.db.transaction import atomic

from surveys import paper
from surveys.models import PaperScan, User
from surveys.paper.scans.jobs import read_of
from surveys.paper.scans.scanning import NotTheFirst, ScanGone, ScanRefused
from surveys.paper.scans.sheets import (
    BLANK,
    BOTH,
    KEYED_WHOLE,
    WHOLE,
    Read,
    ScannedSheet,
    Whole,
    changed,
    decisions_of,
    drawn,
    kind_of,
    sample_size,
    still_open,
)
from surveys.paper.scans.vault import Gone, Vault
from surveys.reference.questionnaires import QuestionnaireFacts, questionnaire_of


class StillReading(ScanRefused):
    """Files of the pile are not read yet."""


class NotFinished(ScanRefused):
    """Something is left to decide."""


class CountedOtherwise(ScanRefused):
    """As many sheets were read as were not counted by hand."""

    def __init__(self, *, read: int, counted: int) -> None:
        super().__init__(f"{read} read, {counted} counted")
        self.read, self.counted = read, counted


class StubsMissing(ScanRefused):
    """This person has keyed no stub yet."""


class SampleRefuted(ScanRefused):
    """The blind sample differs from the reading: the whole pile is typed."""


class NotAChoice(ScanRefused):
    """Neither a level of this row nor one of the other answers."""


@dataclass(frozen=True)
class Task:
    """One thing to decide: a row of a sheet, or the sheet itself (`WHOLE`)."""

    sheet: ScannedSheet
    about: str


@dataclass(frozen=True)
class Review:
    """A scan as one person sees it. Raises `ScanGone` where the pictures are no more."""

    scan: PaperScan
    by: User

    @cached_property
    def read(self) -> Read:
        try:
            return read_of(self.vault)
        except Gone as error:
            raise ScanGone from error

    @property
    def vault(self) -> Vault:
        return Vault(self.scan.folder)

    @property
    def is_first(self) -> bool:
        return self.by.pk == self.scan.first_id

    @cached_property
    def questionnaire(self) -> QuestionnaireFacts:
        return questionnaire_of(self.scan.pile.questionnaire_id)

    @cached_property
    def best(self) -> dict[str, int]:
        return {each.code: max(level.value for level in each.levels) for each in self.questionnaire.criteria}

    @cached_property
    def optional(self) -> dict[str, bool]:
        return {each.code: each.optional for each in self.questionnaire.criteria}

    @cached_property
    def sure(self) -> list[int]:
        return [sheet.number for sheet in self.read.sheets if sheet.is_sure(self.best)]

    @cached_property
    def twins(self) -> list[int]:
        """Sheets that seem to be in an earlier picture already and are not decided yet."""
        return [
            sheet.number
            for sheet in self.read.sheets
            if sheet.why == "twin" and (sheet.number, WHOLE) not in self.decided
        ]

    @cached_property
    def entries(self) -> list[tuple[int, str, str]]:
        return _entries(self.vault, self.by)

    @cached_property
    def decided(self) -> dict[tuple[int, str], str]:
        return decisions_of(self.entries)

    def asked(self, sheet: ScannedSheet) -> list[str]:
        """What this person decides of a sheet: the first what is doubtful, the second all rows of what is hers to key."""
        if self.is_first:
            return sheet.doubts(self.best)
        if sheet.number in self.sample or not sheet.is_sure(self.best):
            return [WHOLE] if sheet.why else list(self.optional)
        return []

    @cached_property
    def sample(self) -> frozenset[int]:
        """The sure sheets that the second keys: all of a small pile, otherwise those drawn."""
        if len(self.read.sheets) <= KEYED_WHOLE or self.scan.is_refuted:
            return frozenset(self.sure)
        return drawn(self.sure, sample_size(len(self.sure)), self.scan.draw)

    def tasks(self) -> list[Task]:
        """What is left to decide, in the order of scanning."""
        criteria = list(self.optional)
        return [
            Task(sheet, about)
            for sheet in self.read.sheets
            for about in still_open(sheet, self.asked(sheet), self.decided, criteria)
        ]

    @property
    def n_asked(self) -> int:
        return sum(bool(self.asked(sheet)) for sheet in self.read.sheets)

    def picture_name(self, sheet: ScannedSheet, about: str) -> str:
        place = sheet.place
        if about in self.optional:
            return f"row-{place.name}-{list(self.optional).index(about)}"
        page = f"{place.file}-{place.page}-0" if about == WHOLE else place.name
        return f"{'preview' if about == WHOLE else 'comment'}-{page}"

    def has_picture(self, sheet: ScannedSheet, about: str) -> bool:
        return self.vault.has(self.picture_name(sheet, about))

    def choices(self, about: str) -> list[str]:
        if about == WHOLE:
            return [str(each) for each in Whole]
        criterion = next(each for each in self.questionnaire.criteria if each.code == about)
        return [*(str(level.value) for level in criterion.levels), BLANK, BOTH]


def review(*, scan: PaperScan, by: User) -> Review:
    """The scan for one of its two; the second takes the free place. Raises `StillReading`, `NotTheFirst`, `ScanGone`."""
    if scan.destroyed_at:
        raise ScanGone
    if scan.files.unfinished().exists() or scan.sheets is None:
        raise StillReading
    if by.pk != scan.first_id and (not scan.frozen_at or scan.second_id not in (None, by.pk)):
        raise NotTheFirst
    return Review(scan, by)


def picture(*, scan: PaperScan, by: User, number: int, about: str) -> bytes:
    """A crop (JPEG) for one of the two keyers. Raises `Gone`, `NotTheFirst`, `StillReading`."""
    looked = review(scan=scan, by=by)
    sheet = next((each for each in looked.read.sheets if each.number == number), None)
    if sheet is None or about not in {*looked.optional, WHOLE, "comment"}:
        raise Gone
    if not looked.asked(sheet) and about != "comment":
        raise Gone
    return looked.vault.get(looked.picture_name(sheet, about))


@atomic
def decide(*, scan: PaperScan, by: User, number: int, about: str, choice: str, now: datetime) -> None:
    """One decision, over an earlier one on the same thing. Raises `NotAChoice`, and what `paper.take_place` raises."""
    standing = _locked(scan)
    paper.take_place(pile=standing.pile, by=by, now=now)
    looked = review(scan=standing, by=by)
    sheet = next((each for each in looked.read.sheets if each.number == number), None)
    marks_sheet = about == WHOLE and bool(sheet and looked.asked(sheet))
    if sheet is None or (about not in looked.optional and not marks_sheet):
        raise NotAChoice
    if choice not in looked.choices(about):
        raise NotAChoice
    if not looked.is_first and standing.second_id is None:
        PaperScan.objects.filter(pk=standing.pk).update(second=by)
    looked.vault.put_json(_name(by), [*looked.entries, (number, about, choice)])


@atomic
def drop_twins(*, scan: PaperScan, by: User, now: datetime) -> int:
    """Set aside every later picture of a sheet that seems to be scanned already; returns how many. Raises as `decide` does."""
    standing = _locked(scan)
    paper.take_place(pile=standing.pile, by=by, now=now)
    looked = review(scan=standing, by=by)
    if not looked.is_first:
        raise NotTheFirst
    twins = [(number, WHOLE, Whole.DROPPED.value) for number in looked.twins]
    looked.vault.put_json(_name(by), [*looked.entries, *twins])
    return len(twins)


@atomic
def undo(*, scan: PaperScan, by: User) -> None:
    """Take the last decision back. With none there is nothing to do."""
    looked = review(scan=_locked(scan), by=by)
    looked.vault.put_json(_name(by), looked.entries[:-1])


def finish(*, scan: PaperScan, by: User, now: datetime) -> None:
    """The person's decisions become the person's keying; the first one's freeze the reading and draw the sample.

    Raises `SampleRefuted`, `NotFinished`, `CountedOtherwise`, `StubsMissing`, and what `paper.key` raises.
    """
    if not check_sample(scan=scan, by=by):
        raise SampleRefuted
    _finish(scan=scan, by=by, now=now)


@atomic
def _finish(*, scan: PaperScan, by: User, now: datetime) -> None:
    standing = _locked(scan)
    looked = review(scan=standing, by=by)
    if looked.tasks():
        raise NotFinished
    keying = standing.pile.keyings.filter(keyer=by).first()
    stubs = paper.stubs_of(keying) if keying else []
    if not stubs:
        raise StubsMissing
    kinds = _kinds(looked)
    if looked.is_first:
        n = sum(kind != Whole.DROPPED for kind in kinds.values())
        if n != standing.counted:
            raise CountedOtherwise(read=n, counted=standing.counted)
        _freeze(standing, looked, kinds, now)
    counts = Counter(kind for kind in kinds.values() if kind not in {Whole.FOREIGN, Whole.DROPPED})
    foreign = sum(kind == Whole.FOREIGN for kind in kinds.values())
    paper.key(pile=standing.pile, by=by, stubs=stubs, counts=counts, foreign=foreign, done=True, now=now)


@atomic
def check_sample(*, scan: PaperScan, by: User) -> bool:
    """Whether the second person keyed every sampled sheet as it was read; one difference refutes the reading for good."""
    standing = _locked(scan)
    looked = review(scan=standing, by=by)
    if looked.is_first or standing.is_refuted or looked.tasks() or len(looked.read.sheets) <= KEYED_WHOLE:
        return True
    sampled = [sheet for sheet in looked.read.sheets if sheet.number in looked.sample]
    if any(kind_of(s, looked.decided, looked.optional) != kind_of(s, {}, looked.optional) for s in sampled):
        PaperScan.objects.filter(pk=standing.pk).update(is_refuted=True)
        return False
    return True


def _kinds(looked: Review) -> dict[int, str]:
    """What every sheet is counted as: by this person where asked, as the machine read it where not."""
    kinds = {}
    for sheet in looked.read.sheets:
        kind = kind_of(sheet, looked.decided, looked.optional)
        if kind is None:
            raise NotFinished
        kinds[sheet.number] = kind
    return kinds


def _freeze(scan: PaperScan, looked: Review, kinds: dict[int, str], now: datetime) -> None:
    small = len(looked.read.sheets) <= KEYED_WHOLE
    PaperScan.objects.filter(pk=scan.pk).update(
        frozen_at=scan.frozen_at or now,
        draw=scan.draw or secrets.token_hex(16),
        sheets=sum(kind != Whole.DROPPED for kind in kinds.values()),
        sure=len(looked.sure),
        changed=changed(looked.read.sheets, looked.decided),
        sample=len(looked.read.sheets) if small else sample_size(len(looked.sure)),
    )


def _locked(scan: PaperScan) -> PaperScan:
    standing = PaperScan.objects.select_for_update().filter(pk=scan.pk).first()
    if standing is None:
        raise ScanGone
    return standing


def _entries(vault: Vault, by: User) -> list[tuple[int, str, str]]:
    if not vault.has(_name(by)):
        return []
    return [(int(number), about, choice) for number, about, choice in vault.get_json(_name(by))]


def _name(by: User) -> str:
    return f"decided-{by.pk}"
