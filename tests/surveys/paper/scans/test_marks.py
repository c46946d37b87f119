"""What is drawn in a row and what the machine says of it: it decides clear marks only."""

import pytest

from surveys.paper.scans.results import Verdict
from tests.surveys.paper.scans.drawing import Ballot, read


def verdicts(style: str, seed: int) -> list[tuple[Verdict, int | None]]:
    """Of the row with the style at its second box, and of the plainly marked row below it."""
    reading, _seen = read(Ballot(seed=seed).mark(0, 1, style).mark(1, 0).file())
    return [(row.verdict, row.level) for row in reading.ballots[0].rows]


@pytest.mark.parametrize("style", ["cross", "small cross", "tick", "V", "slash", "filled", "marker"])
def test_a_clear_mark_is_decided(style):
    assert verdicts(style, 11) == [(Verdict.LEVEL, 0), (Verdict.LEVEL, 1)]


@pytest.mark.parametrize(
    "style",
    [
        "ring round the word",
        "ring round the box",
        "word struck out",
        "word underlined",
        "cross beside the box",
        "cross on the word",
        "second short stroke",
        "scratched out",
        "scratched out and another",
        "remark across the row",
        "nought in the box",
        "word that denies, in the box",
    ],
)
@pytest.mark.parametrize("seed", [21, 22])
def test_what_only_a_person_can_say_is_never_decided(style, seed):
    (verdict, _level), below = verdicts(style, seed)
    assert verdict in {Verdict.DOUBTFUL, Verdict.DOUBLE}
    assert below == (Verdict.LEVEL, 1)


def test_an_empty_row_and_two_marks_are_proposed_and_not_decided():
    assert verdicts("blank", 1)[0] == (Verdict.BLANK, None)
    assert verdicts("double", 1)[0] == (Verdict.DOUBLE, None)
