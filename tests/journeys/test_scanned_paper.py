"""Paper read by machine from the printed pad to the month: handed out, crossed, scanned, looked at, keyed blind, confirmed, sealed."""

from __future__ import annotations

import re
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import cv2
import numpy as np
import pypdfium2
import pytest
from django.core.management import call_command
from django.utils import timezone
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from bench.scans.forms import DOTS, PX
from surveys.choices import Role
from surveys.models import BoxedBallot, Counter, PaperPile, PaperScan, Slip, Stub
from surveys.paper.scans.printed import forms_of
from surveys.paper.scans.thresholds import version
from surveys.printing.scan_marks import BOX, STUB, WIDTH, BallotForm
from tests import make
from tests.journeys.paper_hands import close_and_sign, hand_out, scan
from tests.surveys.paper.scans.drawing import as_pdf, scanned

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.one_engine]
SATISFIED, DISSATISFIED = "1", "2"  # keys, and boxes from the left


@pytest.fixture
def counter(settings, tmp_path) -> Counter:
    settings.SCANS_DIR = tmp_path / "scans"
    make.questionnaire()
    made = make.counter("Q1")
    make.procedure("1")
    make.teller(at=made, username="gdv")
    make.user(Role.ADMIN, of=made.box_office, username="quantri", is_staff=True)
    make.user(Role.COUNTING, of=made.box_office, username="kiem1", last_name="Trần", first_name="Một")
    make.user(Role.COUNTING, of=made.box_office, username="kiem2", last_name="Lê", first_name="Hai")
    make.user(Role.LEADERSHIP, of=made.box_office, username="lanhdao")
    return made


def test_a_printed_pad_is_crossed_scanned_looked_at_keyed_blind_and_in_the_month_s_figures_and_minutes(
    counter, two_months_ago, logged_in, no_barriers, settings
):
    then, clock = two_months_ago
    pad = printed_pad(logged_in("quantri"), counter)
    desk = logged_in("gdv")
    stubs = list(Stub.objects.order_by("pk"))
    for minute, stub in enumerate(stubs):
        clock.setattr(
            timezone, "now", lambda at=then + timedelta(minutes=minute): at
        )  # else no slip is the latest
        hand_out(desk)
        scan(desk, stub.serial)
        expect(desk.get_by_role("status")).to_contain_text(f"Đã gắn cuống {stub.serial}.")
    make.ballots(9, at=counter, kind=Slip.objects.first().procedure, now=then)
    clock.undo()

    first, second = logged_in("kiem1"), logged_in("kiem2")
    first.get_by_role("link", name="Phiếu giấy", exact=True).click()
    first.get_by_role("button", name="Mở xấp Quầy Q1").click()
    pile = re.search(r"/counting/paper/\d+/", first.url)[0]
    first.get_by_role("link", name="Đọc từ máy quét").click()
    no_barriers(first)
    sheets = as_pdf(*scans_of(pad, ((0, 0), (0, 1))))
    first.get_by_label("Số tờ đếm tay của cả xấp").fill("2")
    first.get_by_label("Tệp").set_input_files(
        {"name": "xap.pdf", "mimeType": "application/pdf", "buffer": sheets}
    )
    first.get_by_role("button", name="Gửi tệp").click()
    expect(first.get_by_text("Đã nhận tệp. Máy đang đọc.")).to_be_visible()
    call_command("read_scans", verbosity=0)
    first.goto(f"{pile}scan")
    expect(first.get_by_role("main")).to_contain_text(
        "1 phiếu đọc chắc chắn · 1 phiếu cần người xem · 0 tờ không phải phiếu"
    )
    no_barriers(first)
    a_small_screen_shows_boxes_large(first, no_barriers)
    look(first, DISSATISFIED, no_barriers)
    hand_over(first, pile, [stub.serial for stub in stubs])

    second.goto(f"{pile}scan")
    expect(second.get_by_role("main")).to_contain_text("2 tờ đã đọc · 2 tờ ông/bà nhập mù")
    look(second, SATISFIED + SATISFIED + SATISFIED + DISSATISFIED, no_barriers)
    hand_over(second, pile, [stub.serial for stub in stubs])
    for page in (first, second):
        page.goto(pile)
        expect(page.get_by_text("Hai bản khớp")).to_be_visible()
        page.get_by_role("button", name="Xác nhận").click()
    expect(second.get_by_text("Cả hai người đã xác nhận. Xấp phiếu đã vào hòm phiếu.")).to_be_visible()
    assert BoxedBallot.objects.count() == 11
    assert list(settings.SCANS_DIR.iterdir()) == []
    kept = PaperScan.objects.get()
    assert (kept.sheets, kept.sure, kept.sample) == (2, 1, 2)

    close_and_sign(first, second, counter, then, no_barriers)
    month = logged_in("lanhdao")
    month.goto(f"/reports/{counter.box_office.code}/?from={then:%Y-%m}&to={then:%Y-%m}")
    expect(month.get_by_role("main")).to_contain_text("phát ra 11, thu về 11")
    said = minutes(month)
    assert f"Máy đọc ảnh quét của một xấp 02 tờ (ngưỡng {version()}): 01 phiếu đọc chắc chắn" in said


def printed_pad(admin: Page, counter: Counter) -> bytes:
    """One page of two numbered ballots, as the administration prints it."""
    admin.goto("/admin/surveys/counter/pad/")
    admin.get_by_label("Đơn vị").select_option(str(counter.office.pk))
    admin.get_by_label("Số trang A4").fill("1")
    with admin.expect_download() as download:
        admin.get_by_role("button", name="Tạo tệp PDF").click()
    return Path(download.value.path()).read_bytes()


def scans_of(pad: bytes, crossed: tuple[tuple[int, ...], ...]) -> list[bytes]:
    """The ballots of the pad's first page, from above, torn off, each with crosses in these boxes of its rows."""
    form = BallotForm.from_json(forms_of(PaperPile.objects.get())[0].geometry)
    page = pypdfium2.PdfDocument(pad)[0].render(scale=DOTS / 72, grayscale=True).to_numpy()
    canvas = np.ascontiguousarray(page.reshape(page.shape[0], page.shape[1]))
    rng = np.random.default_rng(7)
    files = []
    for place, boxes in enumerate(crossed):
        top = place * form.height
        for row, box in zip(form.rows, boxes, strict=True):
            rect = row.boxes[box].rect.grown(-1.5)
            left, right = (int((STUB + mm) * PX) for mm in (rect.x, rect.right))
            high, low = (int((top + mm) * PX) for mm in (rect.y, rect.bottom))
            cv2.line(canvas, (left, high), (right, low), 60, 7)
            cv2.line(canvas, (left, low), (right, high), 60, 7)
        sheet = canvas[
            int(top * PX) : int((top + form.height) * PX), int(STUB * PX) : int((STUB + WIDTH) * PX)
        ]
        files.append(scanned(sheet, rng))
    return files


def a_small_screen_shows_boxes_large(page: Page, no_barriers) -> None:
    """On a telephone a row is shown whole, and each half again; both halves together show all of it."""
    size, at = page.viewport_size, page.url
    page.set_viewport_size({"width": 360, "height": 640})
    page.get_by_role("link", name="Xem phiếu").click()
    halves = page.locator(".crop-halves span")
    expect(halves).to_have_count(2)
    shown = []
    for half in halves.all():
        half.scroll_into_view_if_needed()
        expect(half.locator("img")).to_be_visible()
        frame, picture = half.bounding_box(), half.locator("img").bounding_box()
        assert picture["width"] * BOX / WIDTH >= 24
        shown.append([(frame["x"] + edge - picture["x"]) / picture["width"] for edge in (0, frame["width"])])
    (left, middle), (again, right) = shown
    assert left < 0.01
    assert again < middle
    assert right > 0.99
    no_barriers(page)
    page.goto(at)
    page.set_viewport_size(size)


def look(page: Page, keys: str, no_barriers) -> None:
    """Each thing that is asked is decided by one key, seen on its crop."""
    page.get_by_role("link", name="Xem phiếu").click()
    no_barriers(page)
    for key in keys:
        expect(page.locator("img.crop").first).to_be_visible()
        assert page.locator("img.crop").first.evaluate(
            "picture => picture.complete && picture.naturalWidth > 200"
        )
        with page.expect_navigation():
            page.keyboard.press(key)


def hand_over(page: Page, pile: str, serials: list[str]) -> None:
    page.goto(f"{pile}scan")
    page.get_by_role("link", name="Nhập cuống", exact=True).click()
    page.get_by_label("Quét hoặc gõ từng cuống").fill("\n".join(serials))
    page.get_by_role("button", name="Ghi cuống").click()
    page.get_by_role("button", name="Ghi phần của tôi").click()
    expect(page.get_by_text("Ông/bà đã xong phần của mình.")).to_be_visible()


def minutes(page: Page) -> str:
    """The words of the sealed minutes, as they are downloaded."""
    with page.expect_download() as download:
        page.get_by_role("link", name="Biên bản", exact=True).click()
    text = "\n".join(
        each.extract_text() for each in PdfReader(BytesIO(Path(download.value.path()).read_bytes())).pages
    )
    return " ".join(text.split())
