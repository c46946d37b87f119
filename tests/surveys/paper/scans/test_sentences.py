"""What is said of a sheet that is not read, or of a pile that was scanned badly: each in its own words to the first person."""

from dataclasses import replace

import pytest

from surveys.paper.scans.results import BallotProblem, PageOutcome, PageReading
from tests.surveys.paper.desks import words
from tests.surveys.paper.scans.desk import OTHER_PAPER, ScanDesk, ballot

pytestmark = [pytest.mark.django_db, pytest.mark.one_engine]


@pytest.fixture(autouse=True)
def _own_folder(tmp_path, settings):
    settings.SCANS_DIR = tmp_path / "scans"


def streaked(*places: float) -> PageReading:
    page = ballot(1, 1)
    return replace(page, ballots=(replace(page.ballots[0], streaks=places),))


@pytest.mark.parametrize(
    ("page", "sentence"),
    [
        (ballot(1, 1, problem=BallotProblem.FOREIGN), "phiếu của đơn vị khác"),
        (ballot(1, 1, problem=BallotProblem.OTHER_VERSION), "mẫu phiếu khác với mẫu của kỳ"),
        (ballot(1, 1, problem=BallotProblem.OVERLAP), "nhiều tờ chồng lên nhau; xin quét lại từng tờ"),
        (ballot(1, 1, problem=BallotProblem.CUT_OFF), "phiếu bị cắt mất một phần"),
        (ballot(1, 1, problem=BallotProblem.UNTORN), "chưa xé cuống; xin xé cuống rồi quét lại"),
        (ballot(1, 1, problem=BallotProblem.COVERED), "có vật che phần in"),
        (PageReading(PageOutcome.NOT_OURS, mirrored=True), "ảnh bị lật ngược, xin quét lại"),
        (OTHER_PAPER, "không thấy mẫu phiếu của đơn vị"),
    ],
)
def test_a_sheet_that_is_not_read_is_shown_with_what_is_wrong_with_it(page, sentence):
    desk = ScanDesk()
    desk.open_scan(counted=2)
    desk.put(ballot(1, 1), page)
    assert sentence in words(desk.one.get(desk.at("paper_scan_look")))


def test_a_streak_at_one_place_of_page_after_page_is_said_and_the_glass_blamed():
    desk = ScanDesk()
    desk.open_scan(counted=3)
    desk.put(*[streaked(80.2)] * 3, digests=("a", "b", "c"))
    assert "Ảnh có vệt dọc lặp lại ở nhiều tờ: kính máy quét bẩn." in words(
        desk.one.get(desk.at("paper_scan"))
    )


def test_creases_of_single_sheets_are_no_streak():
    desk = ScanDesk()
    desk.open_scan(counted=3)
    desk.put(streaked(80.2), streaked(95.0), streaked(), digests=("a", "b", "c"))
    assert "kính máy quét bẩn" not in words(desk.one.get(desk.at("paper_scan")))
