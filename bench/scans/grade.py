"""Reads invented sheets and compares what the machine decided with what was meant."""

from __future__ import annotations

import pickle
import time
from collections import Counter, defaultdict
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from bench.scans import forms, second_hand
from bench.scans.paper import PROFILES
from bench.scans.sheets import Sheet, invent
from bench.scans.styles import BY_NAME, STYLES, UNKNOWABLE

PART = 20  # sheets


@dataclass
class Grades:
    """Counts of rows by (profile, style): right, wrong, tolerated (decided as meant where a person should), blank, double,
    referred, sheet (its whole ballot goes to a person), lost (ballot not found). ``troubles``: by (trouble, what became of the sheet)."""

    rows: dict[tuple[str, str], Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    troubles: dict[tuple[str, str], Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    reasons: dict[tuple[str, str], Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    sheets: Counter[str] = field(default_factory=Counter)
    lost: Counter[str] = field(default_factory=Counter)
    seconds: Counter[str] = field(default_factory=Counter)
    wrong: list[tuple[int, str, str, str]] = field(default_factory=list)
    pages: int = 0

    @property
    def decided(self) -> int:
        """Rows that the machine decided by itself, wrong ones with them; what no machine knows is not among them."""
        return sum(counts[each] for counts in self.rows.values() for each in ("right", "wrong", "tolerated"))

    @property
    def clear(self) -> Counter[str]:
        """What became of the clear marks."""
        total: Counter[str] = Counter()
        for (_profile, style), counts in self.rows.items():
            if BY_NAME[style].clear:
                total.update(counts)
        return total

    def add(self, other: Grades) -> None:
        for mine, theirs in (
            (self.rows, other.rows),
            (self.troubles, other.troubles),
            (self.reasons, other.reasons),
        ):
            for key, counts in theirs.items():
                mine[key].update(counts)
        for counter, more in (
            (self.sheets, other.sheets),
            (self.lost, other.lost),
            (self.seconds, other.seconds),
        ):
            counter.update(more)
        self.wrong += other.wrong
        self.pages += other.pages


@dataclass(frozen=True)
class Task:
    """One sheet. ``styles``: only these; ``kind``: only this form; ``second``: drawn by the second generator."""

    seed: int
    profile: str
    styles: tuple[str, ...] = ()
    kind: str = ""
    second: bool = False


def grade(
    seeds: Iterable[int],
    profiles: list[str],
    *,
    processes: int = 1,
    styles: tuple[str, ...] = (),
    kind: str = "",
    second: bool = False,
) -> Grades:
    """Each seed is one sheet; the profiles take turns."""
    work = [Task(seed, profiles[seed % len(profiles)], styles, kind, second) for seed in seeds]
    total = Grades()
    if processes == 1:
        for each in work:
            total.add(grade_one(each))
        return total
    with ProcessPoolExecutor(processes) as pool:
        for part in pool.map(grade_one, work, chunksize=16):
            total.add(part)
    return total


def grade_in_parts(
    seeds: range, profiles: list[str], *, folder: Path, processes: int = 1, only_kept: bool = False
) -> Grades:
    """The same in parts that are kept in ``folder``: a run that was stopped goes on where it was, under the same thresholds.

    ``only_kept``: what was graded so far, nothing more.
    """
    from surveys.paper.scans.thresholds import version

    folder.mkdir(parents=True, exist_ok=True)
    total = Grades()
    for first in range(seeds.start, seeds.stop, PART):
        kept = folder / f"{version()}-{first}.pickle"
        if not kept.exists():
            if only_kept:
                break
            part = grade(range(first, min(first + PART, seeds.stop)), profiles, processes=processes)
            begun = kept.with_suffix(".part")
            begun.write_bytes(pickle.dumps(part))
            begun.replace(kept)
        total.add(pickle.loads(kept.read_bytes()))  # noqa: S301 - written by this command
    return total


def grade_one(task: Task) -> Grades:
    seed, profile = task.seed, task.profile
    styles = [style for style in STYLES if style.name in task.styles] if task.styles else STYLES
    trouble = "" if task.styles else None
    draw = second_hand.invent if task.second else invent
    sheet = draw(
        np.random.default_rng(seed), PROFILES[profile], styles=styles, kind=task.kind, trouble=trouble
    )
    grades = Grades(pages=1)
    began = time.process_time()
    ballots = read(sheet)
    grades.seconds[profile] += time.process_time() - began
    _compare(seed, sheet, ballots, grades)
    return grades


def read(sheet: Sheet):
    """The ballots on the sheet's page, in the order of their places down the page as it was drawn."""
    from surveys.paper.scans.pages import open_pages
    from surveys.paper.scans.reading import read_page

    pages = open_pages(sheet.data)
    reading, seen = read_page(pages.page(0), references())
    return reading, seen


_REFERENCES: list = []


def references():
    import cv2

    from surveys.paper.scans.reference import read_reference
    from surveys.printing.scan_marks import BallotForm

    if not _REFERENCES:
        cv2.setNumThreads(1)
        for name, *_facts in forms.KINDS:
            blank = forms.load(name)
            _REFERENCES.append(read_reference(blank.pdf, BallotForm.from_json(blank.geometry)))
    return _REFERENCES


def _compare(seed: int, sheet: Sheet, found, grades: Grades) -> None:
    reading, seen = found
    profile = sheet.profile
    key = sheet.trouble or "none"
    problems = [each.problem.value or "read" for each in reading.ballots] or [str(reading.outcome)]
    grades.troubles[profile, key].update(problems)
    if sheet.trouble in {"foreign", "reversed", "overlap", "untorn", "cut off"}:
        if sheet.trouble in {"foreign", "reversed"} and any(p == "read" for p in problems):
            grades.wrong.append((seed, profile, sheet.trouble, "read"))
        return
    grades.sheets[profile] += len(sheet.ballots)
    ordered = _in_drawing_order(seen, len(sheet.ballots))
    for number, truths in enumerate(sheet.ballots):
        ballot = ordered[number]
        if ballot is None:
            grades.lost[profile] += 1
            for truth in truths:
                grades.rows[profile, truth.style]["lost"] += 1
            continue
        rows = ballot.reading.rows or [None] * len(truths)
        for truth, row in zip(truths, rows, strict=True):
            outcome = _outcome(truth, row)
            if ballot.reading.writing and row is not None:
                outcome = "sheet"
            if row is None:
                grades.reasons[profile, truth.style][f"ballot {ballot.reading.problem}"] += 1
            elif outcome not in {"right", "tolerated", "sheet"}:
                grades.reasons[profile, truth.style][str(row.reason)] += 1
            grades.rows[profile, truth.style][outcome] += 1
            if outcome == "wrong":
                grades.wrong.append(
                    (seed, profile, truth.style, f"{row.criterion}: {row.level}, meant {truth.level}")
                )


def _outcome(truth, row) -> str:
    if row is None:
        return "referred"
    if row.verdict != "level":
        return {"blank": "blank", "double": "double"}.get(str(row.verdict), "referred")
    style = BY_NAME[truth.style]
    if truth.style in UNKNOWABLE:
        return "unknowable"
    if truth.level != row.level:
        return "wrong"
    return "right" if style.alone else "tolerated"


def _in_drawing_order(seen, count: int) -> list:
    """The ballots that were found, upper one first as drawn; None for one that was not."""
    if len(seen) == count == 1:
        return list(seen)
    placed: list = [None] * count
    if not seen:
        return placed
    if len(seen) >= count:

        def height(each) -> float:
            outline = each.pose.outline
            down = outline[3] - outline[0]
            middle = outline.mean(axis=0)
            return float(middle @ (down / np.linalg.norm(down)))

        return sorted(seen, key=height)[:count]
    placed[0] = seen[0]  # which one it is cannot be told; truths of a lost ballot count as lost either way
    return placed
