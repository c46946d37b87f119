"""What is said of a page: plain values that pass from the reading process to the web, without a picture."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any


class Verdict(StrEnum):
    LEVEL = "level"
    BLANK = "blank"  # a proposal
    DOUBLE = "double"  # a proposal
    DOUBTFUL = "doubtful"


class Reason(StrEnum):
    """Why a row goes to a person; '' where the machine decided."""

    NONE = ""
    EMPTY = "empty"
    TWO_MARKS = "two-marks"
    CORRECTED = "corrected"  # a filled or crossed-out box beside another mark
    FAINT = "faint"
    SMALL = "small"  # more than a speck, less than a mark
    SECOND = "second"  # a smaller stroke in another box
    BESIDE = "beside"  # ink round or beside an empty box
    STRAYS = "strays"  # the mark leaves its box too far
    JOINED = "joined"  # a ring round the mark, or a stroke that leaves its box and is no part of it
    ELSEWHERE = "elsewhere"  # ink in the row that belongs to no box
    STRUCK = "struck"  # a word is struck out
    LETTERS = "letters"  # what stands in the box looks like writing
    LINE = "line"  # a crease or a streak over a box
    COVERED = "covered"  # the row's print or a box's outline is not seen
    PALE = "pale"  # black and white scan, or a picture too poor to call a box empty


class PageOutcome(StrEnum):
    BALLOTS = "ballots"
    EMPTY = "empty"  # decoded, and nothing on it: the back of a sheet
    NOT_OURS = "not-ours"  # something is on it, but no ballot of ours is found
    UNREADABLE = "unreadable"  # see errors.PageProblem


class BallotProblem(StrEnum):
    """Why a ballot that was found is not read at all."""

    NONE = ""
    FOREIGN = "foreign"  # its code names another office
    OTHER_VERSION = "other-version"  # another questionnaire version, order of levels, or layout
    UNKNOWN = "unknown"  # its code is not read and its print is no known form's
    UNTORN = "untorn"  # the stub still hangs on it
    CUT_OFF = "cut-off"  # a row lies outside the picture
    COVERED = "covered"  # something lies over printed parts
    OVERLAP = "overlap"  # two ballots over one another, or parts of another sheet beside it


@dataclass(frozen=True)
class RowReading:
    """``level`` only where ``verdict`` is `Verdict.LEVEL`."""

    criterion: str
    verdict: Verdict
    reason: Reason
    level: int | None
    score: float


@dataclass(frozen=True)
class BallotReading:
    """``comment``: something stands in the comment's place. ``writing``: something stands where nothing should.
    ``streaks``: places of streaks on the page (lines.Line.streak_at)."""

    form: str
    problem: BallotProblem
    rows: tuple[RowReading, ...] = ()
    comment: bool = False
    writing: bool = False
    streaks: tuple[float, ...] = ()
    likeness: float = 0.0
    marks: int = 0

    @property
    def is_sure(self) -> bool:
        """Every row decided by the machine and nothing else to look at."""
        decided = all(row.verdict is Verdict.LEVEL for row in self.rows)
        return self.problem is BallotProblem.NONE and decided and not self.writing


@dataclass(frozen=True)
class PageReading:
    """``problem``: an `errors.PageProblem` where it is unreadable; ``mirrored``: the picture is a mirror image."""

    outcome: PageOutcome
    ballots: tuple[BallotReading, ...] = ()
    problem: str = ""
    mirrored: bool = False

    def as_facts(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_facts(cls, facts: dict[str, Any]) -> PageReading:
        """The inverse of `as_facts`, also after JSON. Raises `ValueError`, `KeyError`, `TypeError` on anything else."""
        ballots = tuple(_ballot(each) for each in facts["ballots"])
        return cls(PageOutcome(facts["outcome"]), ballots, str(facts["problem"]), bool(facts["mirrored"]))


def _ballot(facts: dict[str, Any]) -> BallotReading:
    rows = tuple(
        RowReading(
            str(row["criterion"]),
            Verdict(row["verdict"]),
            Reason(row["reason"]),
            row["level"],
            float(row["score"]),
        )
        for row in facts["rows"]
    )
    return BallotReading(
        **facts
        | {"problem": BallotProblem(facts["problem"]), "rows": rows, "streaks": tuple(facts["streaks"])}
    )
