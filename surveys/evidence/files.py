"""The three published lists, as bytes: ASCII, LF, the last line ended too."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple, TypeVar

from surveys.evidence.grammar import EvidenceError

Row = TypeVar("Row", str, tuple[str, str])


class BallotRow(NamedTuple):
    """A published ballot. A tuple and not a dataclass, because a large period has a million of them."""

    leaf: bytes
    id: str
    answers: Mapping[str, int | None]
    x: str


def ballots_csv(codes: Sequence[str], rows: Iterable[BallotRow]) -> bytes:
    """`ballots.csv`: one line a ballot in leaf order, criteria in questionnaire order, an empty cell for None."""
    lines = [",".join(("id", *codes, "x"))]
    for row in sorted(rows, key=lambda row: row.leaf):
        levels = [row.answers.get(code) for code in codes]
        lines.append(",".join([row.id, *("" if level is None else str(level) for level in levels), row.x]))
    return _file(lines)


def receipts_csv(hashes: Iterable[str]) -> bytes:
    """`receipts.csv`: the receipts' hashes, sorted."""
    return _file(["r", *_sorted_once(hashes)])


def voids_csv(marks: Iterable[tuple[str, str]]) -> bytes:
    """`voids.csv`: ballot id and reason of each void mark, sorted by both."""
    return _file(["id,reason", *(f"{id},{reason}" for id, reason in _sorted_once(marks))])


def _sorted_once(rows: Iterable[Row]) -> list[Row]:
    ordered = sorted(rows)
    if len(set(ordered)) != len(ordered):
        raise EvidenceError("a row occurs twice")
    return ordered


def _file(lines: list[str]) -> bytes:
    return ("\n".join(lines) + "\n").encode("ascii")
