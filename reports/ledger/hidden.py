"""What a correction goes on hiding, worked out again from the ballots of the versions before it (docs/decisions/0037).

The marks that pages hide by stand in no signed text. They follow from ballots, though: from how many each counter and
procedure had when a version was sealed, and from what the version before it hid.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from reports.ledger.released import Released
from reports.models import Seal
from reports.month.partition import FLAGS, Rows, withheld
from surveys.evidence import stated

#: Counter and procedure of a roll-up, then its marks in the order of `FLAGS`.
Marked = tuple[str, str, bool, bool, bool]


def differs(cells: Sequence[Marked], seals: Sequence[Seal], released: Released) -> bool:
    """Whether roll-ups bear other marks than those that follow from the ballots of the versions, which are in their order.

    False where an older release sealed a correction: it may have marked nothing.
    """
    if not all(seal.marks_hidden for seal in seals[1:]):
        return False
    hidden: dict[str, frozenset[str]] = dict.fromkeys(FLAGS, frozenset())
    for before, _after in pairwise(seals):
        hidden = withheld(_rows(released, int(stated(before.text)["audit_size"]), hidden))
    return any(marks != _marks(counter, procedure, hidden) for counter, procedure, *marks in cells)


def _rows(released: Released, size: int, hidden: dict[str, frozenset[str]]) -> Rows:
    """The roll-ups of a version as its page read them."""
    cells, _levels = released.sums(size)
    return [
        {"counter": counter, "procedure": procedure, "valid": valid, "satisfied": satisfied, "void": void}
        | dict(zip(FLAGS, _marks(counter, procedure, hidden), strict=True))
        for counter, procedure, _ballots, valid, satisfied, void in cells
    ]


def _marks(counter: str, procedure: str, hidden: dict[str, frozenset[str]]) -> list[bool]:
    codes = {"hides_counter": counter, "hides_procedure": procedure, "hides_verdict": procedure}
    return [codes[flag] in hidden[flag] for flag in FLAGS]
