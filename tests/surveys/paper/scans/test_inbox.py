"""The folder that a scanner writes to: whose its files are, and what becomes of them."""

import os
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from surveys.models import PaperScan, ScanFile
from surveys.paper.scans import inbox, scanning
from surveys.paper.scans.vault import Vault
from tests import make
from tests.surveys.paper.desks import press, words
from tests.surveys.paper.scans.desk import JPEG, ScanDesk

pytestmark = [pytest.mark.django_db, pytest.mark.one_engine]


class InboxDesk(ScanDesk):
    def __init__(self, root) -> None:
        super().__init__()
        self.open()
        self.folder = root / self.office.code
        self.folder.mkdir(parents=True)

    def wait(self, counted="2"):
        return press(self.one, self.at("paper_scan"), self.at("paper_scan"), counted=counted, wait=1)

    def write(self, name: str, data: bytes = JPEG, *, seconds: int = 60):
        """As the scanner writes: so many seconds after now."""
        path = self.folder / name
        path.write_bytes(data)
        changed = timezone.now().timestamp() + seconds
        os.utime(path, (changed, changed))
        return path


@pytest.fixture
def desk(settings, tmp_path):
    settings.SCANS_DIR, settings.SCANS_INBOX = tmp_path / "scans", str(tmp_path / "inbox")
    return InboxDesk(tmp_path / "inbox")


def take(minutes: int = 5) -> int:
    return inbox.take_files(now=timezone.now() + timedelta(minutes=minutes))


def test_a_file_that_the_scanner_writes_goes_to_the_pile_that_waits_and_leaves_the_folder(
    desk, django_capture_on_commit_callbacks
):
    assert "Đợi tệp của máy quét" in words(desk.one.get(desk.at("paper_scan")))
    assert desk.wait().status_code == 303
    shown = desk.one.get(desk.at("paper_scan"))
    assert "Đang đợi tệp của máy quét" in words(shown)
    assert shown["Refresh"]
    path = desk.write("Scan 0001.JPG")
    with django_capture_on_commit_callbacks(execute=True):
        assert take() == 1
    assert not path.exists()
    assert Vault(desk.scan.folder).get("file-1") == JPEG
    assert (desk.scan.counted, desk.scan.first) == (2, desk.one.user)
    assert take() == 0


def test_what_was_there_before_is_still_being_written_or_is_no_scan_stays_in_the_folder(
    desk, django_capture_on_commit_callbacks
):
    desk.write("old.pdf", seconds=-60)
    desk.wait()
    desk.write("half.pdf", seconds=295)
    desk.write("Thumbs.db")
    desk.write("no.pdf", b"MZ")
    (desk.folder / "link.pdf").symlink_to(desk.folder / "old.pdf")
    with django_capture_on_commit_callbacks(execute=True):
        assert take() == 0
    assert len(list(desk.folder.iterdir())) == 5
    assert not ScanFile.objects.exists()


def test_one_pile_of_an_office_waits_at_a_time_and_no_longer_than_four_hours(desk):
    desk.wait()
    scan = desk.scan
    other = make.counter(of=desk.office)
    slip = make.issued(at=other, kind=desk.kind, channel="paper", now=make.now())
    facts = {"office": desk.office.code, "counter": other.code, "period": slip.slip.period}
    press(desk.one, "/counting/paper/", reverse("surveys:paper_open"), **facts)
    assert desk.pile.counter == other
    assert "Một xấp khác của đơn vị đang đợi" in words(desk.wait())
    assert inbox.waits_since(scan, now=timezone.now() + timedelta(hours=3))
    assert inbox.waits_since(scan, now=timezone.now() + timedelta(hours=5)) is None


def test_nothing_is_taken_once_the_person_stops_waiting(desk):
    desk.wait()
    press(desk.one, desk.at("paper_scan"), desk.at("paper_scan_stop"))
    desk.write("late.pdf")
    assert take() == 0
    assert "Đang đợi tệp" not in words(desk.one.get(desk.at("paper_scan")))


def test_a_count_by_hand_comes_first_and_without_a_folder_nothing_is_offered(desk, settings):
    assert "đếm tay số tờ" in words(desk.wait(counted=""))
    assert not PaperScan.objects.exists()
    settings.SCANS_INBOX = ""
    assert "Đợi tệp của máy quét" not in words(desk.one.get(desk.at("paper_scan")))
    assert desk.wait().status_code == 422
    assert scanning.destroy_old(now=timezone.now()) == 0
