"""Which groups of a partition are told how many were dissatisfied, so that no other group's number follows.

Pure. The total is told beside its groups; what is hidden together must be at least two groups and thirty ballots. Only
bases decide, never an answer's count (Willenborg and de Waal 2001, complementary suppression).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from reports.arithmetic.thresholds import VERDICT_FROM


def told(valid: Sequence[int], never: Collection[int] = ()) -> tuple[bool, ...]:
    """For each group with so many valid ballots, whether its satisfied and dissatisfied may be told.

    ``never``: places of groups that are not told whatever their size, such as ballots that belong to no group. While
    fewer than two groups or fewer than thirty ballots would be hidden, the smallest told group is hidden along, the
    later one among equals. A group without ballots has nothing to tell or to hide.
    """
    open_, hidden = [], []
    for place, base in enumerate(valid):
        if base >= VERDICT_FROM and place not in never:
            open_.append(place)
        elif base > 0:
            hidden.append(place)
    while open_ and hidden and (len(hidden) < 2 or sum(valid[place] for place in hidden) < VERDICT_FROM):
        smallest = min(open_, key=lambda place: (valid[place], -place))
        open_.remove(smallest)
        hidden.append(smallest)
    return tuple(place in open_ for place in range(len(valid)))
