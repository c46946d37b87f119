"""What is seen only over several pages: the same paper twice, dirt on the glass."""

import numpy as np
import pytest

from bench.scans.paper import PROFILES
from surveys.paper.scans.pages import open_pages
from surveys.paper.scans.sameness import page_digest, same_sheets, signature
from surveys.paper.scans.streaks import streaks_of
from tests.surveys.paper.scans.drawing import Ballot, as_pdf, read, scanned

KEY = b"0123456789abcdef"


def test_the_same_picture_has_the_same_digest_under_one_key_only():
    data = Ballot().mark(0, 0).mark(1, 1).file()
    gray = open_pages(data).page(0).gray
    assert page_digest(gray, KEY) == page_digest(open_pages(data).page(0).gray, KEY)
    assert page_digest(gray, KEY) != page_digest(gray, b"another key")
    assert page_digest(gray, KEY) != page_digest(open_pages(as_pdf(data, data)).page(0).gray[:, ::-1], KEY)


def test_one_sheet_scanned_twice_is_found_and_two_hands_are_not_taken_for_one():
    papers = []
    for seed in range(6):
        ballot = Ballot(seed=seed).mark(0, 0).mark(1, 0)
        papers.append(ballot.paper())
    rng = np.random.default_rng(9)
    twice = [(papers[2], 0), (papers[2], 2)]
    others = [(each, 0) for each in (*papers[:2], *papers[3:])]
    strokes = [signature(read(scanned(each, rng, turn=turn))[1][0]) for each, turn in (*twice, *others)]
    assert same_sheets(strokes) == [(0, 1)]


def test_filled_boxes_are_alike_on_every_sheet_and_are_not_compared():
    papers = [Ballot(seed=seed).mark(0, 0, "filled").mark(1, 0, "filled").file() for seed in (1, 2)]
    assert [signature(read(each)[1][0]) for each in papers] == [b"", b""]


@pytest.mark.parametrize("profile", ["office 200", "office 300"])
def test_a_sheet_is_known_again_by_another_scan_of_other_fineness(profile):
    paper = Ballot(seed=7).mark(0, 0, "tick").mark(1, 1, "slash").paper()
    rng = np.random.default_rng(9)
    scans = [scanned(paper, rng), scanned(paper, rng, turn=2, profile=PROFILES[profile])]
    assert same_sheets([signature(read(each)[1][0]) for each in scans]) == [(0, 1)]


def test_ballots_without_strokes_are_not_compared():
    empty = signature(read(Ballot().file())[1][0])
    assert empty == b""
    assert same_sheets([empty, empty]) == []


def test_a_streak_is_a_line_at_one_place_of_page_after_page():
    assert streaks_of([[], [80.2], [80.3, 12.0], [80.1], []]) == [80.1]
    assert streaks_of([[-80.2], [80.3], [-80.1]]) == []


def test_creases_lie_elsewhere_on_every_sheet():
    assert streaks_of([[-74.0], [-72.9], [-75.4], [-74.9], [-73.3], [-76.0]]) == []
    assert streaks_of([[70.0], [], [], [], [], [70.1], [], [], [70.2]]) == []
