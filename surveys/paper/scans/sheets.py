"""The sheets of a pile as they were read, and what persons decide of them. Pure: facts in, kinds of sheets out.

A person decides row by row: a level, `BLANK` or `BOTH`; or of the whole sheet: that it is torn, tells who the customer is, is
not ours, or is not to be counted (its other scan is).
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from surveys.choices import VoidReason
from surveys.paper.scans.results import BallotProblem, PageOutcome, PageReading, Verdict

BLANK, BOTH = "blank", "both"
WHOLE = "whole"
KEYED_WHOLE = 150  # ballots of a pile up to which the second person keys every one
WRONG_SHARE = 100  # the sample shows with 95 % certainty that fewer than one in so many is wrong
CERTAIN = 0.05


class Whole(StrEnum):
    OURS = "ours"  # a ballot of ours, keyed row by row from the paper
    MARKED = "marked"
    TORN = "torn"
    FOREIGN = "foreign"
    DROPPED = "dropped"


@dataclass(frozen=True)
class Place:
    """Where a sheet was seen: file, page and the ballot on it, from 0."""

    file: int
    page: int
    ballot: int

    @property
    def name(self) -> str:
        return f"{self.file}-{self.page}-{self.ballot}"


@dataclass(frozen=True)
class ScannedSheet:
    """``rows``: criterion → (verdict, reason, level); none where nothing was read. ``why``: what is said of a whole sheet,
    '' where its rows were read. ``twin``: the number of another scan of the same paper, 0 without."""

    number: int
    place: Place
    rows: Mapping[str, tuple[str, str, int | None]] = field(default_factory=dict)
    why: str = ""
    comment: bool = False
    twin: int = 0

    def is_sure(self, best: Mapping[str, int]) -> bool:
        """Every row at its best level, and nothing else to look at."""
        return not self.why and all(
            row[0] == Verdict.LEVEL and row[2] == best[c] for c, row in self.rows.items()
        )

    def doubts(self, best: Mapping[str, int]) -> list[str]:
        """What the first person decides: the whole sheet, or each row that is doubtful, void or below the best level."""
        if self.why:
            return [WHOLE]
        return [c for c, row in self.rows.items() if row[0] != Verdict.LEVEL or row[2] != best[c]]


@dataclass(frozen=True)
class Read:
    """All pages of a pile: its sheets in the order of scanning, empty backs, and pages that came twice."""

    sheets: tuple[ScannedSheet, ...]
    backs: int = 0
    twice: int = 0
    streaks: tuple[float, ...] = ()


Decisions = Mapping[tuple[int, str], str]
Entries = Sequence[tuple[int, str, str]]


def sheets_of(
    pages: Iterable[tuple[int, int, str, PageReading]],
    twins: Mapping[tuple[int, int, int], tuple[int, int, int]],
) -> Read:
    """Sheets out of (file, page, digest, reading) in the order of scanning. ``twins``: later place → earlier place."""
    sheets: list[ScannedSheet] = []
    seen: set[str] = set()
    numbers: dict[tuple[int, int, int], int] = {}
    backs = twice = 0
    for file, page, digest, reading in pages:
        if digest and digest in seen:
            twice += 1
            continue
        seen.add(digest)
        if reading.outcome is PageOutcome.EMPTY:
            backs += 1
            continue
        for ballot, facts in enumerate(_on(reading)):
            place = Place(file, page, ballot)
            key = (file, page, ballot)
            numbers[key] = len(sheets) + 1
            twin = numbers.get(twins[key], 0) if key in twins else 0
            why = "twin" if twin and not facts["why"] else facts["why"]
            sheets.append(ScannedSheet(len(sheets) + 1, place, **facts | {"why": why, "twin": twin}))
    return Read(tuple(sheets), backs, twice)


def _on(reading: PageReading) -> list[dict]:
    if reading.outcome is not PageOutcome.BALLOTS:
        said = reading.problem or ("mirrored" if reading.mirrored else reading.outcome.value)
        return [{"why": said}]
    return [
        {
            "rows": {
                row.criterion: (row.verdict.value, row.reason.value, row.level)
                for row in each.rows
                if each.problem is BallotProblem.NONE
            },
            "why": each.problem.value or ("writing" if each.writing else ""),
            "comment": each.comment,
        }
        for each in reading.ballots
    ]


def decisions_of(entries: Entries) -> dict[tuple[int, str], str]:
    """The last word on each thing that was decided."""
    return {(number, about): choice for number, about, choice in entries}


def still_open(
    sheet: ScannedSheet, asked: Sequence[str], decided: Decisions, criteria: Sequence[str]
) -> list[str]:
    """What of ``asked`` this person has not decided; rows of a sheet that was called ours come with it."""
    whole = decided.get((sheet.number, WHOLE))
    if whole in {Whole.FOREIGN, Whole.DROPPED, Whole.TORN}:
        return []
    needed = [each for each in asked if each != WHOLE]
    if WHOLE in asked:
        if whole is None:
            return [WHOLE]
        needed = list(criteria)
    return [each for each in needed if (sheet.number, each) not in decided]


def kind_of(sheet: ScannedSheet, decided: Decisions, optional: Mapping[str, bool]) -> str | None:
    """The pattern's key (surveys.paper.patterns), `Whole.FOREIGN` or `Whole.DROPPED`; None where something is open.

    ``decided`` overrules what the machine read; ``optional``: criterion → may stay open, in the order of the page.
    """
    whole = decided.get((sheet.number, WHOLE))
    if whole in {Whole.FOREIGN, Whole.DROPPED}:
        return whole
    if whole == Whole.TORN:
        return VoidReason.TORN.value
    chosen = {}
    for criterion in optional:
        row = sheet.rows.get(criterion)
        machine = str(row[2]) if row and row[0] == Verdict.LEVEL else None
        said = decided.get((sheet.number, criterion), machine)
        if said is None:
            return None
        chosen[criterion] = said
    if BOTH in chosen.values():
        return VoidReason.DOUBLE.value
    blanks = [criterion for criterion, said in chosen.items() if said == BLANK]
    if any(not optional[criterion] for criterion in blanks) or len(blanks) == len(chosen):
        return VoidReason.INCOMPLETE.value
    key = "-".join("x" if said == BLANK else said for said in chosen.values())
    return f"{key}-{VoidReason.MARKED}" if whole == Whole.MARKED else key


def changed(sheets: Iterable[ScannedSheet], decided: Decisions) -> int:
    """How many rows a person decided otherwise than the machine had read or proposed them."""
    n = 0
    for sheet in sheets:
        for criterion, (verdict, _reason, level) in sheet.rows.items():
            said = decided.get((sheet.number, criterion))
            proposed = {Verdict.LEVEL: str(level), Verdict.BLANK: BLANK, Verdict.DOUBLE: BOTH}.get(
                Verdict(verdict)
            )
            n += said is not None and proposed is not None and said != proposed
    return n


def sample_size(n: int) -> int:
    """How many of ``n`` ballots to draw so that, with no difference found, under 1 % are wrong with 95 % certainty.

    Hypergeometric, drawn without return: docs/spec/research/paper-scanning.md §8.
    """
    wrong = max(1, n // WRONG_SHARE)
    for size in range(n + 1):
        missed = 1.0
        for each in range(wrong):
            missed *= max(n - size - each, 0) / (n - each)
        if missed <= CERTAIN:
            return size
    return n


def drawn(numbers: Sequence[int], size: int, draw: str) -> frozenset[int]:
    """The sheets that ``draw`` picks: the same numbers and draw give the same sheets, for whoever checks it."""
    return frozenset(random.Random(draw).sample(sorted(numbers), size))  # noqa: S311 - seeded by `secrets`, and to be repeated
