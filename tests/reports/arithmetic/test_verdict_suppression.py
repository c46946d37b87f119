"""Which groups may be told their verdicts, and that a reader can work out no other."""

from __future__ import annotations

import random
from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from reports.arithmetic.verdict_suppression import told

BASES = st.lists(st.integers(0, 150), min_size=1, max_size=6)


def test_groups_told_are_those_of_the_vectors(vectors):
    for row in vectors["H_told"]:
        assert [place for place, mark in enumerate(told(row["valid"])) if mark] == row["told"]


@given(BASES, st.data())
def test_what_is_hidden_together_is_two_groups_and_thirty_ballots(bases, data):
    never = data.draw(st.sets(st.sampled_from(range(len(bases)))))
    marks = told(bases, never)
    hidden = [base for base, mark in zip(bases, marks, strict=True) if base and not mark]
    assert not any(marks) or not hidden or (len(hidden) >= 2 and sum(hidden) >= 30)
    assert all(bases[place] >= 30 and place not in never for place, mark in enumerate(marks) if mark)


@given(BASES)
def test_no_more_is_hidden_than_needed(bases):
    marks = told(bases)
    along = [place for place, base in enumerate(bases) if base >= 30 and not marks[place]]
    for place in along:
        hidden = [base for other, base in enumerate(bases) if base and not marks[other] and other != place]
        larger = [other for other in along if (bases[other], -other) > (bases[place], -place)]
        assert larger or len(hidden) < 2 or sum(hidden) < 30
        assert all(bases[other] >= bases[place] for other, mark in enumerate(marks) if mark) or larger


def test_ballots_that_belong_to_no_group_are_never_told():
    assert told([120, 60, 45], never={2}) == (True, False, False)


# ── A reader with pencil and paper ─────────────────────────────────────────────────────


def _ranges(valid: list[int], bad: list[int]) -> list[tuple[int, int]]:
    """The least and the most dissatisfied of every group that fit what is printed: the total and the told groups."""
    marks = told(valid)
    rest = sum(bad) - sum(b for b, mark in zip(bad, marks, strict=True) if mark)
    choices = [[b] if mark else range(v + 1) for v, b, mark in zip(valid, bad, marks, strict=True)]
    hidden = [place for place, mark in enumerate(marks) if not mark]
    fits = [
        guess
        for guess in product(*(choices[place] for place in hidden[:-1]))
        if hidden and 0 <= rest - sum(guess) <= valid[hidden[-1]]
    ]
    found = {place: (b, b) for place, b in enumerate(bad)}
    for at, place in enumerate(hidden):
        values = [[*guess, rest - sum(guess)][at] for guess in fits]
        found[place] = (min(values), max(values))
    return [found[place] for place in range(len(valid))]


def test_a_reader_solves_no_hidden_verdict_unless_all_or_none_were_dissatisfied():
    rng = random.Random(15)
    for _table in range(400):
        valid = [rng.choice([0, 1, 5, 12, 20, 29, 30, 31, 45, 80]) for _group in range(rng.randint(2, 4))]
        bad = [rng.choice([0, 0, 1, n // 2, n]) if n else 0 for n in valid]
        bad = [min(n, b) for n, b in zip(valid, bad, strict=True)]
        marks = told(valid)
        hidden = [place for place, mark in enumerate(marks) if not mark and valid[place]]
        together, ballots = sum(bad[place] for place in hidden), sum(valid[place] for place in hidden)
        for place, (least, most) in enumerate(_ranges(valid, bad)):
            if place in hidden and any(marks):
                assert least < most or together in (0, ballots), (valid, bad)
