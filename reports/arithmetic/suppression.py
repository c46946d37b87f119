"""The small-number rule: what a group of fewer than ten, or of fewer than thirty, may show (docs/spec/trust.md §7)."""

from collections.abc import Collection, Sequence
from enum import Enum

COUNTS_FROM = 10


PERCENT_FROM = 30


class Shown(Enum):
    """What may be shown of a group; the base (its valid ballots) decides, never an answer's count."""

    EMPTY = "chưa có phiếu"
    SMALL = "<10"
    ALONG = "ẩn kèm"
    COUNTS = "counts"
    PERCENT = "percent"

    @property
    def has_counts(self) -> bool:
        """False for groups whose figures stay away; the API calls those suppressed."""
        return self in (Shown.COUNTS, Shown.PERCENT)

    @property
    def is_hidden(self) -> bool:
        """True where ballots exist and are not told; nobody may get at them by subtraction."""
        return self in (Shown.SMALL, Shown.ALONG)


def shown(base: int) -> Shown:
    """Apply docs/spec/trust.md §7 to one group: <10 nothing, 10–29 counts, from 30 percentages.

    Without a single ballot there is nothing to protect, so an empty group says so.
    """
    if base >= PERCENT_FROM:
        return Shown.PERCENT
    if base >= COUNTS_FROM:
        return Shown.COUNTS
    return Shown.SMALL if base else Shown.EMPTY


def shown_together(bases: Sequence[int], along: Collection[int] = ()) -> tuple[Shown, ...]:
    """Decide for groups printed beside their total, in the order given.

    While the total minus what is visible would tell a small group, the smallest visible
    group is hidden along with it; among equals the later one. When nothing visible is left
    and the labels alone would still tell (9 and 9 of 18), every hidden group says "ẩn kèm".
    A total under 10 is not shown itself, so nothing can be subtracted from it.
    ``along``: places of groups that are hidden whatever their size, and all of them as "ẩn kèm": an earlier page may have
    told their sum without a label, and "<10" for nine and nine of 18 would tell both.
    """
    marks = [shown(base) for base in bases]
    if sum(bases) < COUNTS_FROM:
        return tuple(marks)
    for place in along:
        marks[place] = Shown.ALONG if bases[place] else Shown.EMPTY
    while not _keeps_secrets(bases, marks):
        visible = [index for index, mark in enumerate(marks) if mark.has_counts]
        if not visible:
            return tuple(Shown.ALONG if mark.is_hidden else mark for mark in marks)
        marks[min(visible, key=lambda index: (bases[index], -index))] = Shown.ALONG
    return tuple(marks)


def _keeps_secrets(bases: Sequence[int], marks: Sequence[Shown]) -> bool:
    if Shown.SMALL not in marks:
        return True
    ranges = solved(sum(bases), bases, marks)
    hidden_ballots = sum(base for base, mark in zip(bases, marks, strict=True) if mark.is_hidden)
    told = any(low == high for (low, high), mark in zip(ranges, marks, strict=True) if mark is Shown.SMALL)
    return hidden_ballots >= COUNTS_FROM and not told


def solved(total: int, bases: Sequence[int], marks: Sequence[Shown]) -> tuple[tuple[int, int], ...]:
    """Return what a reader can work out: (least, most) ballots of every group.

    The reader knows the total, the groups that are shown, that "<10" means 1 to 9, and that
    a group hidden along with one of those has at least 10. Where all hidden groups are
    merely "ẩn kèm" the label says no more than that ballots exist.
    """
    hidden_sum = total - sum(b for b, mark in zip(bases, marks, strict=True) if not mark.is_hidden)
    least_along = COUNTS_FROM if Shown.SMALL in marks else 1
    labels = {Shown.SMALL: (1, COUNTS_FROM - 1), Shown.ALONG: (least_along, hidden_sum)}
    ends = [labels.get(mark) for mark in marks]
    low_sum = sum(end[0] for end in ends if end)
    high_sum = sum(end[1] for end in ends if end)
    return tuple(
        (base, base)
        if end is None
        else (max(end[0], hidden_sum - high_sum + end[1]), min(end[1], hidden_sum - low_sum + end[0]))
        for base, end in zip(bases, ends, strict=True)
    )


NO_SHARE = "không ghi tỷ lệ"
