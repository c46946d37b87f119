"""What one period tells of its counters and of its procedures, and what its corrections go on hiding. Pure.

Two versions of a period are two pages that anybody may subtract. A correction may bring so many late ballots that a group
which had to be hidden could be told, or that another one could be hidden in its place; the group's first ballots would then
be the difference of both pages. So what one version hides, the later ones hide as well (docs/spec/trust.md §3 and §4).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from reports.arithmetic.suppression import Shown, shown, shown_together
from reports.arithmetic.verdict_suppression import told
from reports.month.period_totals import added, verdicts_of

Rows = list[dict[str, Any]]
#: The columns of a row that say what an earlier version of its period hid.
FLAGS = ("hides_counter", "hides_procedure", "hides_verdict")


@dataclass(frozen=True)
class Partition:
    """The groups of one period in the order of their codes. ``tells``: of procedures, whose verdict is told; of counters, all."""

    codes: tuple[str, ...]
    bases: tuple[int, ...]
    marks: tuple[Shown, ...]
    tells: tuple[bool, ...]

    @property
    def marked(self) -> list[tuple[str, Shown]]:
        return list(zip(self.codes, self.marks, strict=True))

    @property
    def hidden(self) -> frozenset[str]:
        return frozenset(code for code, mark in self.marked if mark.is_hidden)

    @property
    def untold(self) -> frozenset[str]:
        """Groups with ballots whose verdict is withheld, hidden ones among them."""
        groups = zip(self.codes, self.bases, self.tells, strict=True)
        return frozenset(code for code, base, tells in groups if base and not tells)


def of_period(rows: Rows, column: str) -> Partition:
    """Of the cells of one period by "counter" or "procedure", each with its valid ballots and `FLAGS`."""
    valid = {code: said.valid for code, said in added(rows, column, verdicts_of).items()}
    codes = sorted(valid, key=by_code)
    bases = [valid[code] for code in codes]
    marks = shown_together(bases, _flagged(rows, column, codes, f"hides_{column}"))
    tells = (True,) * len(codes)
    if column == "procedure":
        tells = told(bases, never_told(codes, marks) | _flagged(rows, column, codes, "hides_verdict"))
    return Partition(tuple(codes), tuple(bases), marks, tells)


def withheld(rows: Rows) -> dict[str, frozenset[str]]:
    """By the flag that says so, the groups of one period whose figures, or whose verdict, its page does not tell.

    Nothing of a period under ten ballots: its page tells no sum either, of which something could be the rest.
    """
    if shown(sum(row["valid"] for row in rows)).is_hidden:
        return dict.fromkeys(FLAGS, frozenset())
    counters, kinds = (of_period(rows, column) for column in ("counter", "procedure"))
    return dict(zip(FLAGS, (counters.hidden, kinds.hidden, kinds.untold), strict=True))


def never_told(codes: Sequence[str], marks: Sequence[Shown]) -> frozenset[int]:
    """Places of the groups whose verdict is never told, whatever their size: hidden ones, and what has no name."""
    return frozenset(
        place
        for place, (code, mark) in enumerate(zip(codes, marks, strict=True))
        if mark.is_hidden or not code
    )


def by_code(code: str) -> tuple[bool, Any]:
    """The order in which groups are chosen: of two of one size the later is hidden along. What cannot be told apart comes last.

    By codes alone, which never change and of which no two are equal: neither the order of rows, hence hidden ballots, nor
    the list of procedures, which may be put in another order at any time, decides whom a page hides.
    """
    return code == "", _natural_order(code)


def _flagged(rows: Rows, column: str, codes: Sequence[str], flag: str) -> frozenset[int]:
    """The places of the codes that an earlier version hid."""
    flagged = {row[column] for row in rows if row[flag]}
    return frozenset(place for place, code in enumerate(codes) if code in flagged)


def _natural_order(code: str) -> tuple[list[tuple[int, str]], str]:
    """Q9 before Q10, Q01 before Q1."""
    return [(int(part), "") if part.isdigit() else (-1, part) for part in re.split(r"(\d+)", code)], code
