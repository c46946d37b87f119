"""Whole days at work, in a browser: a teller's by keys, mouse and finger, a director's Monday, an hour of the tablet."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Error, Page, expect

from reports.follow_up import directions
from reports.handling_times import sums
from reports.models import Direction, DirectionEnd
from surveys.accounts import tablets
from surveys.choices import Outcome, Role, SlipChannel
from surveys.models import (
    BoxedBallot,
    Counter,
    Procedure,
    QuestionnaireVersion,
    Slip,
    SlipEvent,
    Transaction,
    Voice,
)
from surveys.periods import Month
from surveys.reference import spoken
from surveys.setup_room.spoken import keep
from surveys.slips import issuing
from tests import make

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.sqlite_only]
CUSTOMERS = 20


@pytest.fixture
def counter() -> Counter:
    make.questionnaire()
    made = make.counter("Q1")
    make.procedure("1"), make.procedure("2")
    make.teller(at=made, username="gdv")
    return made


@dataclass
class Desk:
    """The console of one teller, who does every act in one way; ``presses`` counts what the hand did."""

    page: Page
    way: str
    presses: int = 0
    per_customer: list[int] = field(default_factory=list)

    def act(self, key: str, selector: str) -> None:
        """One press that brings the next page: a key, or the button that the key stands for."""
        self.presses += 1
        self.page.wait_for_selector("body.with-keys")
        with self.page.expect_navigation():
            if self.way == "keyboard":
                self.page.keyboard.press(key)
            else:
                self.at(selector)

    def at(self, selector: str) -> None:
        target = self.page.locator(selector).first
        target.tap() if self.way == "touch" else target.click()

    def start(self, key: str) -> None:
        self.act(key, f'[data-key="{key}"]')

    def frame(self) -> None:
        """Onto the one that runs, after a page that framed nobody."""
        self.page.wait_for_selector("body.with-keys")
        if self.way == "keyboard":
            self.page.keyboard.press("ArrowDown")
        else:
            self.at(".running")

    def finish(self, key: str = "Enter") -> None:
        self.act(key, f'.running.selected [data-outcome="{key.upper() if len(key) == 1 else key}"]')

    def serve(self, number: int) -> None:
        before = self.presses
        self.start("12"[number % 2])
        self.finish(("Enter", "Enter", "b", "t")[number % 4])
        self.per_customer.append(self.presses - before)

    def cancel_the_last(self) -> int:
        before = self.presses
        if self.way == "keyboard":
            self.page.keyboard.press("h")
            self.act("Enter", "")
            for key in "x2":
                self.page.keyboard.press(key)
            self.presses += 3
            self.act("Enter", "")
        else:
            self.act("", "#today .code")
            self.at('[data-letter="x"] [data-digit="2"]')
            self.presses += 1
            self.act("", '[data-letter="x"] .btn')
        return self.presses - before


@pytest.fixture(params=["keyboard", "mouse", "touch"])
def desk(request, logged_in, counter) -> Desk:
    return Desk(logged_in("gdv", has_touch=request.param == "touch"), request.param)


def test_a_tellers_day_of_twenty_customers(desk, counter):
    page = desk.page
    page.clock.install()
    for number in range(8):
        desk.serve(number)

    desk.start("2")
    desk.start("1")
    desk.act("z", "[data-undo]")
    page.keyboard.press("Enter")  # the other customer's transaction runs on
    expect(page.locator(".running.selected")).to_have_count(0)
    desk.frame()
    desk.finish()
    assert Transaction.objects.count() == Slip.objects.count() == 9

    desk.start("1")
    desk.act("s", "[data-change]")
    desk.act("2", '[data-key="2"]')
    assert Transaction.objects.filter(procedure__code="2", finished_at=None).count() == 1
    minutes = page.locator(".running .minutes")
    expect(minutes).to_have_text(re.compile(r"^0:\d\d phút$"))
    page.clock.fast_forward("25:00")
    expect(minutes).to_have_text(re.compile(r"^25:\d\d phút$"))

    page.context.set_offline(True)
    with pytest.raises(Error):
        desk.finish()
    page.clock.fast_forward("00:30")
    page.context.set_offline(False)
    page.goto("/counter/")
    expect(page.locator(".running")).to_have_count(1)
    desk.frame()
    desk.finish()
    assert Slip.objects.count() == 10

    for number in range(10, CUSTOMERS):
        desk.serve(number)
    assert desk.cancel_the_last() <= 5
    assert "Đã ghi yêu cầu hủy" in page.get_by_role("status").inner_text()
    assert Slip.objects.count() == Transaction.objects.count() == CUSTOMERS
    assert not Transaction.objects.filter(finished_at=None).exists()
    assert set(Transaction.objects.values_list("outcome", flat=True)) == {
        Outcome.RESOLVED,
        Outcome.SUPPLEMENT,
        Outcome.REFUSED,
    }
    assert SlipEvent.objects.get().kind == "cancelled"
    assert max(desk.per_customer) == 2


def test_a_directors_monday(logged_in, no_barriers, two_sealed_months):
    page = logged_in("lanhdao")
    expect(page.get_by_role("heading", name="Việc của tôi hôm nay")).to_be_visible()
    page.get_by_role("link", name="Tháng", exact=True).click()
    page.get_by_role("link", name="Kỳ trước:").click()
    directed = page.locator("section, details").filter(has=page.get_by_role("heading", name="Ý kiến chỉ đạo"))
    expect(directed).to_contain_text("Hoàn thành")
    directed.get_by_role("link", name="Bố trí thêm ghế chờ").click()
    expect(page.get_by_role("main")).to_contain_text("Đã kê thêm 06 ghế")
    page.go_back()
    page.get_by_role("link", name="Kỳ sau:").click()

    decide = page.locator(".decide").first
    quoted = decide.locator("p").inner_text().partition(": ")[2].strip()
    decide.get_by_role("link", name="Ghi ý kiến chỉ đạo").click()
    expect(page.locator("blockquote")).to_contain_text(quoted[:40])
    no_barriers(page)
    page.get_by_label("Nội dung chỉ đạo").fill("Xem lại việc tiếp khách ở Quầy Q1, báo cáo nguyên nhân")
    page.get_by_label("Giao cho").fill("Phòng Kế toán Nhà nước")
    page.get_by_label("Người nhận").fill("Hoàng Thị Mai")
    expect(page.locator("[data-prints]").nth(1)).to_have_text("Phòng Kế toán Nhà nước (Hoàng Thị Mai)")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("main")).to_contain_text("Xem lại việc tiếp khách ở Quầy Q1")
    assert Direction.objects.latest("pk").unit == "Phòng Kế toán Nhà nước"

    for name, ending in (("Báo cáo", "pdf"), ("Excel", "xlsx"), ("Biên bản", "pdf")):
        with page.expect_download() as download:
            page.get_by_role("navigation", name="Văn bản, số liệu").get_by_role("link", name=name).click()
        assert download.value.suggested_filename.endswith(ending)
        assert download.value.failure() is None

    page.set_viewport_size({"width": 360, "height": 640})
    page.reload()
    page.get_by_role("link", name="Chỉ đạo", exact=True).first.click()
    expect(page.locator(".nav-main [aria-current]")).to_be_in_viewport(ratio=1)
    page.locator("details.person > summary").click()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Đăng xuất")).to_be_hidden()


@pytest.fixture
def two_sealed_months(counter, monkeypatch):
    """April with a direction that was answered, and May with transactions that took too long."""
    kind = Procedure.objects.get(code="1")
    leader = make.user(Role.LEADERSHIP, of=counter.box_office, username="lanhdao")
    team = make.team(counter.box_office)
    for month in (4, 5):
        then = make.at(11, month=month)
        make.ballots(40, at=counter, kind=kind, now=then)
        if month == 5:
            for number in range(20):
                slow = make.running(at=counter, kind=kind, now=then, reference=f"R-{number}")
                end = then + timedelta(hours=2)
                issuing.finish_transaction(
                    transaction=slow, outcome=Outcome.RESOLVED, finished_at=end, now=end
                )
        make.sealed(counter, now=then, by=team)
        sums.sum_up(office=counter.box_office, period=Month(2026, month), now=make.at(2, month=month + 1))
        if month == 4:
            asked = directions.write(
                office=counter.box_office,
                period=Month(2026, 4),
                by=leader,
                text="Bố trí thêm ghế chờ tại sảnh",
                unit="Văn phòng",
                due_on=make.at(20, month=5).date(),
                now=make.at(5, month=5),
            )
            directions.answer(
                direction=asked,
                by=leader,
                end=DirectionEnd.DONE,
                text="Đã kê thêm 06 ghế",
                now=make.at(18, month=5),
            )
    monkeypatch.setattr(timezone, "now", lambda: make.at(8, month=6))


@pytest.fixture
def tablet(new_context, counter) -> Page:
    page = new_context(viewport={"width": 1180, "height": 820}).new_page()
    page.goto("/k/")
    page.get_by_role("button", name="Ghép máy này").click()
    code = page.locator("[data-pairing]").inner_text()
    tablets.pair(code=code, counter=counter, name="Máy", now=timezone.now())
    page.wait_for_selector("main[data-screen=welcome]")
    return page


def test_an_hour_of_the_tablet_with_eight_customers(tablet, counter, new_context, js_errors):
    read_out(counter)
    for customer in (
        plain,
        in_english,
        with_a_comment,
        who_listens,
        who_leaves,
        without_network,
        on_the_phone,
    ):
        make.issued(at=counter, channel=SlipChannel.TABLET, now=timezone.now())
        tablet.wait_for_selector("main[data-screen=ballot]")
        customer(tablet, new_context)
        assert tablet.locator("input:checked").count() == 0
        assert tablet.evaluate("localStorage.length + sessionStorage.length") == 0
    js_errors.clear()  # of the minute without network, and of clips that are no music
    assert BoxedBallot.objects.count() == 6
    slow = make.issued(at=counter, channel=SlipChannel.TABLET, now=timezone.now())
    tablet.wait_for_selector("main[data-screen=ballot]")
    make.issued(
        at=counter, channel=SlipChannel.TABLET, now=timezone.now()
    )  # the eighth comes before the seventh is done
    send(tablet)
    assert BoxedBallot.objects.count() == 7
    assert slow.slip.serial not in tablet.content()


def send(page: Page) -> None:
    page.locator(".tile").nth(0).click()
    page.locator(".tile").nth(3).click()
    page.locator(".ballot button.go").click()
    expect(page.locator("[data-receipt]")).to_be_visible()


def done(page: Page) -> None:
    page.locator("[data-home]").first.click()
    page.wait_for_selector("main[data-screen=welcome]")


def plain(tablet: Page, _new_context: Callable) -> None:
    send(tablet)
    tablet.get_by_role("button", name="Giữ thêm 20 giây").click()
    done(tablet)


def in_english(tablet: Page, _new_context: Callable) -> None:
    tablet.locator(".tile").nth(0).click()
    tablet.get_by_role("button", name="English").click()
    expect(tablet.get_by_role("button", name="Send ballot")).to_be_visible()
    assert tablet.locator("input:checked").count() == 1
    send(tablet)
    done(tablet)


def with_a_comment(tablet: Page, _new_context: Callable) -> None:
    tablet.get_by_role("button", name="Chữ to").click()
    tablet.get_by_text("Góp ý thêm").click()
    field = tablet.get_by_label("Ý kiến khác")
    field.fill("Cán bộ hướng dẫn kỹ, nhưng phải chờ hơi lâu")
    own, send_at = field.bounding_box(), tablet.locator(".ballot button.go").bounding_box()
    assert own
    assert send_at
    assert own["x"] + own["width"] <= send_at["x"]  # beside it, in large letters too
    tablet.get_by_role("button", name="Xem, đổi câu trả lời").click()
    send(tablet)
    done(tablet)
    assert "phải chờ hơi lâu" not in tablet.content()


def who_listens(tablet: Page, _new_context: Callable) -> None:
    asked: list[str] = []
    tablet.on("request", lambda request: asked.append(request.url) if "/clips/" in request.url else None)
    tablet.locator(".tile").nth(0).click()
    button = tablet.get_by_role("button", name="Nghe đọc")
    wanted = button.get_attribute("data-listen").split()
    button.click()
    expect(button).to_have_attribute("aria-pressed", "false")  # to the end
    assert [url.partition("/clips/")[2] for url in dict.fromkeys(asked)] == [
        address.removeprefix("/clips/") for address in wanted
    ]
    send(tablet)
    done(tablet)


def who_leaves(tablet: Page, _new_context: Callable) -> None:
    tablet.locator(".tile").nth(1).click()
    tablet.clock.install()
    tablet.clock.fast_forward(31_000)
    tablet.wait_for_selector("main[data-screen=welcome]")


def without_network(tablet: Page, _new_context: Callable) -> None:
    tablet.context.set_offline(True)
    tablet.locator(".tile").nth(0).click()
    tablet.locator(".tile").nth(3).click()
    tablet.locator(".ballot button.go").click()
    tablet.wait_for_selector("[data-unsent]:not([hidden])")
    tablet.context.set_offline(False)
    tablet.locator(".ballot button.go").click()
    tablet.wait_for_selector("[data-receipt]")
    done(tablet)


def on_the_phone(tablet: Page, new_context: Callable) -> None:
    tablet.get_by_role("button", name="Mang mã QR về").click()
    code = tablet.locator("[data-short-code]").inner_text()
    phone = new_context(viewport={"width": 360, "height": 640}, java_script_enabled=False).new_page()
    phone.goto("/p")
    phone.get_by_role("textbox").fill(code)
    phone.keyboard.press("Enter")
    phone.get_by_text("Nghe đọc").click()
    expect(phone.locator("audio").first).to_be_visible()
    send(phone)
    done(tablet)


def read_out(counter: Counter) -> None:
    """Every passage in Vietnamese, each with a clip of its own."""
    version = QuestionnaireVersion.objects.get()
    admin = make.user(Role.ADMIN, of=counter.box_office)
    for passage in spoken.passages(spoken.questionnaire_of(version.pk), Voice.VIETNAMESE):
        keep(
            office=counter.box_office,
            voice=Voice.VIETNAMESE,
            passage=passage,
            content=make.mp3(passage.words),
            by=admin,
            now=timezone.now(),
        )
