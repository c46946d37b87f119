"""A pile read by a scanner, from the file to the box: who sees what, what is refused, what is left behind."""

from datetime import timedelta

import cv2
import numpy as np
import pypdfium2
import pytest
from django.conf import settings
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from bench.scans.forms import DOTS, PX
from reports.documents.catalogue import minutes_of
from reports.exports.content import words_of
from reports.month.snapshot import take
from surveys import paper
from surveys.choices import Role
from surveys.models import AuditEntry, BoxedBallot, PaperPile, PaperScan, ScanFile, ScanState
from surveys.paper.scans import jobs, libraries, scanning
from surveys.paper.scans.printed import forms_of
from surveys.paper.scans.results import BallotProblem
from surveys.paper.scans.thresholds import version
from surveys.paper.scans.vault import Gone, Vault
from surveys.periods import period_of
from surveys.printing.scan_marks import STUB, WIDTH, BallotForm
from tests import make
from tests.surveys.paper.desks import press, words
from tests.surveys.paper.scans.desk import BACK, JPEG, OTHER_PAPER, ScanDesk, ballot
from tests.surveys.paper.scans.drawing import as_pdf, scanned, white

pytestmark = [pytest.mark.django_db, pytest.mark.one_engine]
LEVELS = ("attitude", "time")


@pytest.fixture(autouse=True)
def _own_folder(tmp_path, settings):
    settings.SCANS_DIR = tmp_path / "scans"


def folders() -> set[str]:
    return {path.name for path in settings.SCANS_DIR.iterdir()} if settings.SCANS_DIR.is_dir() else set()


def crossed(pile: PaperPile, *boxes: int) -> bytes:
    """The product's own ballot for this pile, with a cross in these boxes, as a scanner sees it."""
    form = forms_of(pile)[0]
    geometry = BallotForm.from_json(form.geometry)
    page = pypdfium2.PdfDocument(form.pdf)[0].render(scale=DOTS / 72, grayscale=True).to_numpy()
    canvas = np.ascontiguousarray(page.reshape(page.shape[0], page.shape[1]))
    for row, box in zip(geometry.rows, boxes, strict=True):
        rect = row.boxes[box].rect
        left, top, right, bottom = (
            int(mm * PX)
            for mm in (STUB + rect.x + 1.5, rect.y + 1.5, STUB + rect.right - 1.5, rect.bottom - 1.5)
        )
        cv2.line(canvas, (left, top), (right, bottom), 60, 7)
        cv2.line(canvas, (left, bottom), (right, top), 60, 7)
    sheet = canvas[: int(geometry.height * PX), int(STUB * PX) : int((STUB + WIDTH) * PX)]
    return scanned(sheet, np.random.default_rng(7))


# --- the way through -----------------------------------------------------------------------------------------------
@pytest.mark.slow
def test_a_scanned_pile_is_read_looked_at_keyed_blind_in_the_box_and_in_the_minutes(
    django_capture_on_commit_callbacks,
):
    desk = ScanDesk(slips=2)
    desk.open()
    data = as_pdf(crossed(desk.pile, 0, 0), white(), crossed(desk.pile, 0, 1))
    assert desk.send(desk.one, data, counted=2).status_code == 303
    call_command("read_scans", verbosity=0)
    file = ScanFile.objects.get()
    assert (file.state, file.pages, file.done) == (ScanState.READ, 3, 3)
    shown = words(desk.one.get(desk.at("paper_scan")))
    assert "1 phiếu đọc chắc chắn · 1 phiếu cần người xem · 0 tờ không phải phiếu" in shown
    assert "2 tờ máy thấy, 2 tờ đếm tay" in shown

    looked_at = words(desk.one.get(desk.at("paper_scan_look")))
    assert "Tờ 2" in looked_at
    second = sheet_levels(desk)[1]
    desk.decide(desk.one, 2, second, "0")
    desk.keep_stubs(desk.one)
    assert desk.hand_over(desk.one).status_code == 303
    for number in (1, 2):
        for about in sheet_levels(desk):
            desk.decide(desk.two, number, about, "0" if (number, about) == (2, second) else "1")
    desk.keep_stubs(desk.two)
    assert desk.hand_over(desk.two).status_code == 303
    assert "Hai bản khớp" in words(desk.two.get(desk.at("paper_pile")))
    assert folders()
    with django_capture_on_commit_callbacks(execute=True):
        desk.confirm(desk.one)
        desk.confirm(desk.two)
    assert BoxedBallot.objects.count() == 2
    assert folders() == set()
    kept = PaperScan.objects.get()
    assert (kept.sheets, kept.sure, kept.changed, kept.sample) == (2, 1, 0, 2)
    assert kept.destroyed_at
    now = make.now()
    make.sealed(desk.counter, now=now, by=(desk.one.user, desk.two.user))
    month = take(office=desk.office, stretch=period_of(now, quarterly=False), now=now + timedelta(days=30))
    said = "\n".join(words_of(minutes_of(month)))
    assert f"Máy đọc ảnh quét của một xấp 02 tờ (ngưỡng {version()}): 01 phiếu đọc chắc chắn" in said


def sheet_levels(desk) -> list[str]:
    from surveys.reference.questionnaires import questionnaire_of

    return [each.code for each in questionnaire_of(desk.pile.questionnaire_id).criteria]


# --- what a person decides -------------------------------------------------------------------------------------------
def test_what_is_doubtful_void_or_below_the_best_level_goes_to_the_first_person_and_nothing_else():
    desk = ScanDesk(slips=4)
    desk.open_scan(counted=5)
    desk.put(
        ballot(1, 1),
        ballot(1, 0),
        BACK,
        ballot(None, 1),
        OTHER_PAPER,
        ballot(1, 1, problem=BallotProblem.OVERLAP),
    )
    shown = words(desk.one.get(desk.at("paper_scan")))
    assert "1 phiếu đọc chắc chắn · 3 phiếu cần người xem · 1 tờ không phải phiếu" in shown
    order = []
    while "Tờ" in (page := words(desk.one.get(desk.at("paper_scan_look"), follow=True))) and "Cả tờ:" in page:
        task = desk.one.get(desk.at("paper_scan_look")).context["task"]
        order.append((task.sheet.number, task.about))
        choice = {"whole": "foreign" if task.sheet.number == 4 else "dropped"}.get(task.about, "1")
        desk.decide(desk.one, task.sheet.number, task.about, choice)
    assert order == [(2, LEVELS[1]), (3, LEVELS[0]), (4, "whole"), (5, "whole")]


def test_the_pile_s_page_pictures_the_sheets_that_are_left_to_the_first_person_and_to_nobody_else():
    desk = ScanDesk(slips=3)
    desk.open_scan(counted=3)
    desk.put(ballot(None, 1), ballot(1, 1), ballot(1, 0))
    page = desk.one.get(desk.at("paper_scan"))
    assert [(each["number"], each["about"]) for each in page.context["doubts"]] == [
        (1, LEVELS[0]),
        (3, LEVELS[1]),
    ]
    assert "Tờ 1 · tiêu chí 1: nét mờ" in words(page)
    for each in page.context["doubts"]:
        at = reverse("surveys:paper_scan_picture", args=[desk.pile.pk, each["number"], each["about"]])
        assert f'src="{at}"' in page.content.decode()
        assert desk.one.get(at).headers["Content-Type"] == "image/jpeg"
    desk.decide(desk.one, 1, LEVELS[0], "blank")
    assert [each["number"] for each in desk.one.get(desk.at("paper_scan")).context["doubts"]] == [3]
    assert ".jpg" not in desk.two.get(desk.at("paper_scan")).content.decode()


def test_the_last_decision_is_taken_back():
    desk = ScanDesk()
    desk.open_scan(counted=2)
    desk.put(ballot(None, 1), ballot(1, None))
    desk.decide(desk.one, 1, LEVELS[0], "blank")
    assert desk.one.get(desk.at("paper_scan_look")).context["task"].sheet.number == 2
    at = desk.at("paper_scan_look")
    press(desk.one, desk.at("paper_scan"), at, undo=1)
    assert desk.one.get(at).context["task"].sheet.number == 1


def test_the_second_person_keys_a_small_pile_whole_and_is_told_nothing_of_the_reading():
    desk = ScanDesk(slips=2)
    desk.open_scan(counted=2)
    desk.put(ballot(1, 1), ballot(1, None))
    assert "do người khác quét" in words(desk.two.get(desk.at("paper_scan")))
    desk.decide(desk.one, 2, LEVELS[1], "0")
    desk.keep_stubs(desk.one)
    desk.hand_over(desk.one)
    page = desk.two.get(desk.at("paper_scan_look"))
    assert (page.context["n_asked"], page.context["why"], page.context["listed"]) == (2, "", [])
    assert "Ông/bà đã ghi phần của mình." in words(desk.one.get(desk.at("paper_scan")))
    shown = words(desk.two.get(desk.at("paper_scan")))
    assert "đọc chắc chắn" not in shown
    assert "2 tờ ông/bà nhập mù" in shown


def test_of_a_scanned_pile_the_stubs_alone_are_typed_until_the_pictures_are_destroyed():
    desk = ScanDesk(slips=1)
    desk.open_scan(counted=1)
    desk.put(ballot(1, 1))
    page = desk.one.get(desk.at("paper_key"))
    assert "Có cuống rồi mới ghi được phần của ông/bà." in words(desk.one.get(desk.at("paper_scan")))
    assert 'name="total"' not in page.content.decode()
    assert "Số phiếu lấy từ ảnh quét, không gõ ở đây." in words(page)
    kept = desk.key(desk.one, step="draft")
    assert kept["Location"] == desk.at("paper_scan")
    assert "Đã ghi 01 cuống." in words(desk.one.get(desk.at("paper_scan")))
    press(desk.one, desk.at("paper_scan"), desk.at("paper_scan_stop"), drop=1)
    assert 'name="total"' in desk.one.get(desk.at("paper_key")).content.decode()


def test_two_persons_who_differ_are_compared_like_two_typed_counts():
    desk = ScanDesk(slips=1)
    desk.open_scan(counted=1)
    desk.put(ballot(1, None))
    desk.decide(desk.one, 1, LEVELS[1], "0")
    desk.keep_stubs(desk.one)
    desk.hand_over(desk.one)
    desk.decide(desk.two, 1, LEVELS[0], "1")
    desk.decide(desk.two, 1, LEVELS[1], "both")
    desk.keep_stubs(desk.two)
    desk.hand_over(desk.two)
    assert "Lệch" in words(desk.one.get(desk.at("paper_pile")))
    rows = paper.compare(pile=desk.pile, by=desk.one.user).rows
    assert {row.key: (row.first, row.second) for row in rows if row.differs} == {
        "1-0": (1, 0),
        "DOUBLE": (0, 1),
    }


def test_in_a_large_pile_one_sheet_keyed_otherwise_than_read_refutes_the_whole_reading():
    desk = ScanDesk(slips=1)
    desk.open_scan(counted=151)
    desk.put(*[ballot(1, 1)] * 151)
    desk.keep_stubs(desk.one)
    desk.hand_over(desk.one)  # more sheets than stubs: refused, nothing is frozen
    assert PaperScan.objects.get().frozen_at is None
    PaperScan.objects.update(frozen_at=timezone.now(), draw="a" * 32, sure=151, changed=0, sample=118)
    look = desk.two.get(desk.at("paper_scan_look"))
    asked = look.context["n_asked"]
    assert asked < 151
    from surveys.paper.scans import reviewing

    review = reviewing.review(scan=desk.scan, by=desk.two.user)
    first, *rest = sorted(review.sample)
    entries = [(n, about, "1") for n in rest for about in LEVELS] + [
        (first, LEVELS[0], "1"),
        (first, LEVELS[1], "0"),
    ]
    desk.decide(desk.two, first, LEVELS[0], "1")
    review.vault.put_json(f"decided-{desk.two.user.pk}", entries)
    assert "xin nhập lại cả xấp" in words(desk.hand_over(desk.two))
    assert PaperScan.objects.get().is_refuted
    assert desk.two.get(desk.at("paper_scan_look")).context["n_asked"] == 151


def test_as_many_sheets_as_were_not_counted_by_hand_are_not_taken():
    desk = ScanDesk(slips=3)
    desk.open_scan(counted=3)
    desk.put(ballot(1, 1), ballot(1, 1))
    desk.keep_stubs(desk.one)
    assert "Đếm tay 3 tờ nhưng máy thấy 2 tờ" in words(desk.hand_over(desk.one))
    assert not desk.pile.keyings.filter(is_done=True).exists()


def test_more_sheets_than_stubs_are_refused_with_the_sentence_of_typed_piles():
    desk = ScanDesk(slips=1)
    desk.open_scan(counted=2)
    desk.put(ballot(1, 1), ballot(1, 1))
    desk.keep_stubs(desk.one)
    assert "vượt số cuống phiếu" in words(desk.hand_over(desk.one))


def test_the_same_page_given_twice_counts_once_and_is_said():
    desk = ScanDesk(slips=2)
    desk.open_scan(counted=1)
    desk.put(ballot(1, 1), ballot(1, 1), digests=("a", "a"))
    shown = words(desk.one.get(desk.at("paper_scan")))
    assert "1 tờ máy thấy" in shown
    assert "Bỏ 01 trang quét trùng" in shown


def test_a_pile_scanned_twice_is_said_to_be_and_its_second_pictures_set_aside_at_once():
    desk = ScanDesk(slips=3)
    desk.open_scan(counted=3)
    desk.put(*[ballot(1, 1)] * 6)
    Vault(desk.scan.folder).put_json("twins", [[1, 3 + n, 0, 1, n, 0] for n in range(3)])
    shown = words(desk.one.get(desk.at("paper_scan")))
    assert "Có vẻ cả xấp đã quét hai lần: 03 ảnh giống tờ đã có" in shown
    assert "Không trang nào quét hai lần" not in shown
    press(desk.one, desk.at("paper_scan"), desk.at("paper_scan_look"), twins=1)
    assert "ảnh giống tờ đã có" not in words(desk.one.get(desk.at("paper_scan")))
    desk.keep_stubs(desk.one)
    assert desk.hand_over(desk.one).status_code == 303
    assert PaperScan.objects.get().sheets == 3


@pytest.mark.parametrize(
    ("fills", "sentence"),
    [
        ((0.0, 0.0, 0.002, 0.21) * 5, "Ô trống và ô có dấu cách xa nhau"),
        ((0.0, 0.015, 0.002, 0.21) * 5, "20 ô nằm giữa hai ngưỡng"),
    ],
)
def test_the_first_person_sees_how_the_scanner_tells_empty_boxes_from_marked_ones(fills, sentence):
    desk = ScanDesk(slips=4)
    desk.open_scan(counted=4)
    desk.put(*[ballot(1, 1)] * 4, fills=fills)
    assert sentence in words(desk.one.get(desk.at("paper_scan")))
    desk.keep_stubs(desk.one)
    desk.hand_over(desk.one)
    assert "mực trong ô" not in words(desk.two.get(desk.at("paper_scan")))


# --- who may, and what is refused -------------------------------------------------------------------------------------
def test_crops_are_for_the_two_keyers_alone_and_never_stored():
    desk = ScanDesk(slips=1)
    desk.open_scan(counted=1)
    desk.put(ballot(1, None))
    at = reverse("surveys:paper_scan_picture", args=[desk.pile.pk, 1, LEVELS[1]])
    seen = desk.one.get(at)
    assert (seen.status_code, seen["Content-Type"], seen["Cache-Control"]) == (
        200,
        "image/jpeg",
        "max-age=0, no-cache, no-store, must-revalidate, private",
    )
    third = desk.log_in(make.user(Role.COUNTING, of=desk.office, last_name="Ba"))
    assert (desk.two.get(at).status_code, third.get(at).status_code) == (404, 404)
    sure = reverse("surveys:paper_scan_picture", args=[desk.pile.pk, 1, "stub"])
    assert desk.one.get(sure).status_code == 404


def test_the_same_file_given_twice_is_recognised():
    desk = ScanDesk()
    desk.open_scan(counted=1)
    assert "không đọc lần thứ hai" in words(desk.send(desk.one, JPEG))
    assert ScanFile.objects.count() == 1


@pytest.mark.parametrize(
    ("data", "sentence"),
    [(b"MZ not a scan", "không phải PDF, TIFF, JPEG hay PNG"), (b"", "Xin chọn tệp quét")],
)
def test_what_is_no_scan_is_refused_before_anything_is_kept(data, sentence):
    desk = ScanDesk()
    desk.open()
    assert sentence in words(desk.send(desk.one, data))
    assert not PaperScan.objects.exists()
    assert folders() == set()


def test_a_hostile_file_gets_its_sentence_and_ends_nothing_else(django_capture_on_commit_callbacks):
    desk = ScanDesk()
    desk.open_scan(counted=1, data=b"%PDF-1.7 and then nothing")
    call_command("read_scans", verbosity=0)
    shown = words(desk.one.get(desk.at("paper_scan")))
    assert "Tệp hỏng hoặc quá nặng, không mở được" in shown
    with django_capture_on_commit_callbacks(execute=True):
        scanning.drop(scan=desk.scan, by=desk.one.user, now=timezone.now())
    assert folders() == set()


def test_a_stopped_file_is_not_read():
    desk = ScanDesk()
    desk.open_scan(counted=1)
    scanning.stop(scan=desk.scan, by=desk.one.user)
    assert jobs.read_waiting(clock=timezone.now) == 0
    assert ScanFile.objects.get().state == ScanState.STOPPED


def test_without_the_libraries_the_page_says_so_and_the_pile_is_typed(monkeypatch):
    monkeypatch.setitem(libraries.NEEDED, "no_such_module", "no-such-package")
    desk = ScanDesk(slips=1)
    desk.open()
    shown = words(desk.one.get(desk.at("paper_scan")))
    assert "chưa cài thư viện đọc phiếu quét" in shown
    assert "Gửi tệp quét" not in shown
    assert "thiếu thư viện" in words(desk.send(desk.one, JPEG))
    desk.both_key(n_1_1=1)
    assert "Hai bản khớp" in words(desk.one.get(desk.at("paper_pile")))


# --- what is left behind ----------------------------------------------------------------------------------------------
def test_a_picture_is_noise_without_its_key_and_nothing_names_the_file():
    desk = ScanDesk()
    scan = desk.open_scan(counted=1)
    vault = Vault(scan.folder)
    assert vault.get("file-1") == JPEG
    stored = (settings.SCANS_DIR / scan.folder / "file-1").read_bytes()
    assert JPEG[:16] not in stored
    assert (settings.SCANS_DIR / scan.folder).stat().st_mode & 0o077 == 0
    (settings.SCANS_DIR / f"{scan.folder}.key").write_bytes(b"x" * 32)
    with pytest.raises(Gone):
        vault.get("file-1")


def test_pictures_are_destroyed_after_their_time_and_so_is_what_belongs_to_no_pile(
    django_capture_on_commit_callbacks,
):
    desk = ScanDesk()
    desk.open_scan(counted=1)
    Vault.make()
    now = timezone.now()
    assert scanning.destroy_old(now=now) == 0  # it may be of an upload under way
    assert scanning.destroy_old(now=now + timedelta(days=2)) == 1
    assert len(folders()) == 2
    with django_capture_on_commit_callbacks(execute=True):
        assert scanning.destroy_old(now=now + timedelta(days=45)) == 1
    assert folders() == set()
    assert AuditEntry.objects.filter(action="paper_scan_destroyed").count() == 1
    assert desk.one.get(desk.at("paper_scan_look")).status_code == 404
