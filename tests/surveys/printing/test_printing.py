"""The printed slip: a phone reads it, the teller hears at once when it did not come out, and its code is left nowhere."""

import re
import subprocess
from pathlib import Path

import pytest
from django.core.checks import run_checks
from django.test import Client
from django.utils import timezone

from surveys import printing
from surveys.accounts import tablets
from surveys.box import casting
from surveys.choices import Outcome, SlipChannel, SlipFormat
from surveys.counter import console
from surveys.crypto import codes
from surveys.models import Slip, SlipEvent, Tablet, Transaction
from surveys.printing import SlipText, Trouble
from surveys.printing.queue import trouble_in
from surveys.slips import delivery
from tests import make
from tests.printers import IDLE, needs_a_scanner

pytestmark = [pytest.mark.django_db, pytest.mark.one_engine, needs_a_scanner]

BUSY = "printer Quay1 now printing Quay1-6.  enabled since Tue\n\t{words}\n\tAlerts: none\n"
NO_SUCH = 'echo "lpstat: Invalid destination name in list \\"Quay1\\"." >&2; exit 1'
CODE_LIKE = re.compile(rf"[{codes.ALPHABET}]{{12,}}")


@pytest.fixture
def counter(settings):
    settings.BASE_URL = "https://phieu.kbhb.vn"
    made = make.counter(
        "Q1", of=make.department(), printer="Quay1", offers_slip=True, default_channel=SlipChannel.SLIP
    )
    make.questionnaire()
    return made


@pytest.fixture
def running(counter):
    handed = make.issued(at=counter, now=timezone.now())  # the procedure and the questionnaire come with it
    return make.running(at=counter, kind=handed.slip.procedure)


def finish(running, **options) -> delivery.Handed:
    return delivery.finish_and_hand_over(
        transaction=running, outcome=Outcome.RESOLVED, channel=SlipChannel.SLIP, now=timezone.now(), **options
    )


@pytest.fixture
def teller(counter):
    browser = Client()
    browser.force_login(make.teller(at=counter))
    return browser


def text(**fields) -> SlipText:
    facts = {
        "code": codes.new_code(),
        "serial": "K7Q2MX",
        "office": "Kho bạc Nhà nước Hòa Bình",
        "place": "Phòng Kế toán Nhà nước · Quầy 1",
        "expires": "3/7/2023",
        "with_qr": True,
    }
    return SlipText(**(facts | fields))


# --- the page ---------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("form", SlipFormat)
def test_a_phone_reads_the_ballots_address_off_the_slip_at_203_dots_an_inch(queue, settings, form):
    settings.BASE_URL = "https://phieu.kbhb.vn"
    slip = text()
    (queue.folder / "page.pdf").write_bytes(printing.slip_pdf(slip, form))
    assert queue.scanned() == f"HTTPS://PHIEU.KBHB.VN/P/{slip.code}"


def test_a_module_of_the_qr_is_eight_dots_and_the_capitals_keep_it_at_29_modules(queue, settings):
    settings.BASE_URL = "https://hailong.kbhb.vn"
    (queue.folder / "page.pdf").write_bytes(printing.slip_pdf(text(), SlipFormat.MM58))
    subprocess.run(
        ["pdftoppm", "-r", "203", "-gray", "-singlefile", queue.folder / "page.pdf", queue.folder / "page"],
        check=True,
    )
    width, rows = greys(queue.folder / "page.pgm")
    assert width == pytest.approx(58 / 25.4 * 203, abs=1)
    # The finder pattern's upper edge is the first black run of seven modules.
    runs = [run for row in rows for run in re.findall(rb"\x00{50,62}", row)]
    assert {round(len(run) / 7) for run in runs[:4]} == {8}


def greys(path: Path) -> tuple[int, list[bytes]]:
    """Width and rows of a plain grey picture (PGM)."""
    header = re.match(rb"P5\s(\d+)\s(\d+)\s255\s", raw := path.read_bytes())
    width, pixels = int(header[1]), raw[header.end() :]
    return width, [pixels[start : start + width] for start in range(0, len(pixels), width)]


@pytest.mark.parametrize("form", SlipFormat)
def test_the_slip_says_short_code_serial_last_day_and_promise_on_one_page_even_with_long_names(
    queue, settings, form
):
    settings.BASE_URL = "https://phieu.kbhb.vn"
    slip = text(
        office="Kho bạc Nhà nước thành phố Hồ Chí Minh khu vực II",
        place="Phòng Kiểm soát chi Ngân sách nhà nước Trung ương số 2 · Quầy giao dịch 12",
    )
    (queue.folder / "page.pdf").write_bytes(printing.slip_pdf(slip, form))
    words = queue.words()
    assert words.count("\f") == 1
    for said in (
        codes.format_short(slip.code),
        "K7Q2MX",
        "3/7/2023",
        "Cán bộ không xem được phiếu nào",
        "phieu.kbhb.vn/p",
    ):
        assert said in " ".join(words.split())


def test_the_short_code_typed_with_o_for_0_and_i_for_1_still_opens_the_ballot(queue, counter):
    handed = make.issued(at=counter, now=timezone.now())
    typed = codes.format_short(handed.code).replace("0", "o").replace("1", "I").lower()
    assert casting.find_slip(code=typed) == handed.slip


def test_on_a_private_address_the_qr_stays_off_until_the_office_confirmed_that_phones_reach_it(
    queue, counter, settings
):
    settings.BASE_URL = "http://192.168.1.5:8000"
    handed = make.issued(at=counter, now=timezone.now())
    assert not SlipText.of(handed.slip, handed.code).with_qr
    box = counter.box_office
    box.phones_reach = settings.BASE_URL
    box.save()
    assert SlipText.of(Slip.objects.get(), handed.code).with_qr
    settings.BASE_URL = "http://192.168.1.6:8000"  # another address is another question
    assert not SlipText.of(Slip.objects.get(), handed.code).with_qr


def test_a_slip_without_qr_still_names_where_its_code_is_typed(queue, settings):
    settings.BASE_URL = "http://192.168.1.5:8000"
    slip = text(with_qr=False)
    (queue.folder / "page.pdf").write_bytes(printing.slip_pdf(slip, SlipFormat.MM58))
    words = queue.words()
    assert "192.168.1.5:8000/p" in words
    assert codes.format_short(slip.code) in words


# --- the way to the printer ---------------------------------------------------------------------------------------
def test_the_finished_transactions_slip_comes_out_of_the_counters_printer(queue, running):
    handed = finish(running)
    assert (handed.trouble, handed.slip.channel) == (None, SlipChannel.SLIP)
    scanned = queue.scanned()
    assert casting.find_slip(code=scanned.rsplit("/", 1)[1]) == handed.slip
    assert queue.arguments[:2] == ["-d", "Quay1"]


def test_neither_the_jobs_title_nor_any_argument_carries_the_code(queue, running):
    handed = finish(running)
    assert f"Phieu {handed.slip.serial}" in queue.arguments
    assert not CODE_LIKE.search(" ".join(queue.arguments))


def test_the_same_press_twice_prints_one_slip(queue, running):
    finish(running)
    first = queue.scanned()
    (queue.folder / "page.pdf").unlink()
    assert finish(Transaction.objects.get(pk=running.pk)).trouble is None
    assert not queue.has_printed
    assert casting.find_slip(code=first.rsplit("/", 1)[1])


@pytest.mark.parametrize(
    ("told", "trouble"),
    [
        (IDLE.format(alerts="media-empty-error"), Trouble.PAPER),
        (IDLE.format(alerts="none marker-supply-low-warning, cover-open-error"), Trouble.OPEN),
        (IDLE.format(alerts="offline-report"), Trouble.OFF),
        (IDLE.format(alerts="media-jam"), Trouble.JAM),
        (IDLE.format(alerts="fuser-over-temp-error"), Trouble.FAULT),
        (IDLE.format(alerts="toner-low-report"), None),
        ("printer Quay1 disabled since Tue 24 Nov 2026 -\n\tUnplugged\n\tAlerts: none\n", Trouble.STOPPED),
        ("printer Quay1 now printing Quay1-6.  enabled since Tue\n\tAlerts: none\n", None),
        (BUSY.format(words="The printer may not exist or is unavailable at this time."), Trouble.OFF),
        (BUSY.format(words="The printer is not responding."), Trouble.OFF),
        (BUSY.format(words="Waiting for printer to become available."), Trouble.OFF),
        (BUSY.format(words="Sending data to printer."), None),
        ("printer Quay1 is idle.\n\tThe printer is not responding.\n\tAlerts: none\n", None),
    ],
)
def test_what_the_queue_says_is_one_of_a_few_troubles(told, trouble):
    assert trouble_in(told) == trouble


def test_a_printer_without_paper_is_not_given_the_code_and_another_way_works(queue, running, counter):
    queue.says(IDLE.format(alerts="media-empty-error"))
    handed = finish(running)
    assert (handed.trouble, queue.has_printed) == (Trouble.PAPER, False)
    again = delivery.hand_over_again(
        slip=handed.slip,
        channel=SlipChannel.PAPER,
        reason="hết giấy",
        actor=None,
        seen=None,
        now=timezone.now(),
    )
    assert again.trouble is None
    assert Slip.objects.get(pk=handed.slip.pk).channel == SlipChannel.PAPER


@pytest.mark.parametrize(
    ("script", "trouble"),
    [
        (f'[ "$1" = -r ] && exec echo scheduler is running; {NO_SUCH}', Trouble.UNKNOWN),
        (f'[ "$1" = -r ] && exec echo scheduler is not running; {NO_SUCH}', Trouble.SILENT),
        ('echo "lpstat: Bad file descriptor" >&2; exit 1', Trouble.SILENT),
    ],
)
def test_a_queue_that_does_not_know_or_reach_the_printer_is_told_apart(queue, running, script, trouble):
    queue.command("lpstat", script)
    assert finish(running).trouble == trouble


def test_a_queue_that_hangs_is_left_after_its_time(queue, running, monkeypatch):
    monkeypatch.setattr("surveys.printing.queue.SECONDS", 0.2)
    queue.command("lpstat", "exec sleep 20")
    assert finish(running).trouble == Trouble.SILENT


def test_a_queue_that_takes_nothing_is_told(queue, running):
    queue.command("lp", 'echo "lp: not accepting jobs" >&2; exit 1')
    assert finish(running).trouble == Trouble.REFUSED


@pytest.mark.parametrize("vouched", [True, False])
def test_a_server_without_cups_says_so_and_not_that_it_keeps_copies(
    running, monkeypatch, settings, tmp_path, vouched
):
    settings.CUPS_KEEPS_NOTHING, settings.CUPSD_CONF = vouched, tmp_path / "cupsd.conf"
    monkeypatch.setenv("PATH", "/nowhere")
    assert finish(running).trouble == Trouble.NO_CUPS


def test_from_the_tablet_one_tap_brings_the_slip_out_of_the_printer(queue, counter):
    counter.default_channel = SlipChannel.TABLET
    counter.save()
    slip = make.issued(at=counter, channel=SlipChannel.TABLET, now=timezone.now()).slip
    device = Client()
    device.post("/k/pair")
    tablets.pair(code=Tablet.objects.get().pairing_code, counter=counter, name="Máy", now=timezone.now())
    hidden = dict(
        re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', device.get("/k/next").content.decode())
    )
    page = device.post("/k/print", hidden)
    code = queue.scanned().rsplit("/", 1)[1]
    assert casting.find_slip(code=code) == slip
    assert codes.format_short(code) not in page.content.decode()
    assert code not in page.content.decode()
    assert device.post("/k/cast", hidden | {"attitude": "1", "time": "1"}).status_code == 409


# --- nothing is kept ------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "line", ["", "PreserveJobFiles Yes", "PreserveJobFiles 86400", "# PreserveJobFiles No"]
)
def test_while_cups_keeps_what_it_printed_nothing_is_printed_and_the_house_is_not_ready(
    queue, running, settings, client, line
):
    settings.CUPSD_CONF.write_text(f"LogLevel warn\n{line}\n")
    assert (finish(running).trouble, queue.has_printed) == (Trouble.KEEPS_FILES, False)
    assert client.get("/readyz").json()["missing"] == ["print-files"]
    assert "surveys.W001" in {found.id for found in run_checks(databases=["default"])}


def test_a_house_that_prints_nothing_is_not_asked_for_a_printers_settings(client, settings):
    settings.CUPSD_CONF = Path("/nowhere")
    make.counter()
    assert client.get("/readyz").json()["missing"] == []


def test_no_file_of_the_house_and_no_log_line_holds_the_code(queue, running, caplog, settings):
    def files() -> set[Path]:
        return {path for path in Path(settings.DATA_DIR).rglob("*") if path.is_file()}

    before = files()
    with caplog.at_level("DEBUG"):
        finish(running)
    code = queue.scanned().rsplit("/", 1)[1]
    assert code not in caplog.text
    assert code[:12] not in caplog.text
    assert all(code.encode() not in path.read_bytes() for path in files() | before)


# --- the teller's page ------------------------------------------------------------------------------------------------
def finish_on_page(teller, running, **fields):
    return teller.post(
        f"/counter/transactions/{running.pk}/finish", {"outcome": "resolved"} | fields, follow=True
    )


def test_no_answer_to_the_teller_holds_the_code_of_a_printed_slip(queue, running, teller):
    slip_pages = [finish_on_page(teller, running, channel="slip")]
    code = queue.scanned().rsplit("/", 1)[1]
    slip = Slip.objects.get(transaction=running)
    slip_pages += [
        teller.get(f"/counter/slips/{slip.pk}/"),
        teller.get("/counter/"),
        teller.get("/counter/printer"),
    ]
    for page in slip_pages:
        said = page.content.decode() + str(page.headers) + str(page.cookies)
        assert code[:12] not in said
        assert codes.format_short(code) not in said
    assert f"Đã in phiếu {slip.serial}" in slip_pages[0].content.decode()


def test_the_teller_is_told_at_once_that_the_paper_is_out_and_offered_the_ways_that_work(
    queue, running, teller
):
    queue.says(IDLE.format(alerts="media-empty-error"))
    page = finish_on_page(teller, running).content.decode()
    slip = Slip.objects.get(transaction=running)
    assert f"Phiếu {slip.serial} chưa in được: Máy in hết giấy. Xin chọn cách phát khác." in page
    change = re.search(rf'action="/counter/slips/{slip.pk}/reissue">(.*?)</form>', page, re.S)[1]
    assert re.findall(r'name="channel" value="(\w+)"', change) == ["paper"]  # no tablet is paired
    hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', change))
    teller.post(f"/counter/slips/{slip.pk}/reissue", hidden | {"channel": "paper"})
    assert SlipEvent.objects.get(slip=slip).channel == SlipChannel.PAPER


def test_the_page_follows_a_slip_that_does_not_come_out(queue, counter, teller):
    queue.says(IDLE.format(alerts="none"), waiting="Quay1-7  www-data  12000  Tue 24 Nov 2026\n")
    assert teller.get("/counter/printer").json() == {
        "words": "Máy in: đang in",
        "trouble": "Phiếu chưa in xong.",
        "works": True,
    }
    queue.says(IDLE.format(alerts="none"))
    assert teller.get("/counter/printer").json() == {
        "words": "Máy in: sẵn sàng",
        "trouble": "",
        "works": True,
    }


def test_the_chosen_way_stays_for_the_next_slips_and_a_way_that_is_not_offered_is_not_taken(
    queue, counter, teller
):
    assert [way.channel for way in console.ways(counter)] == ["tablet", "slip", "paper"]
    teller.post("/counter/channel", {"channel": "paper"})
    page = teller.get("/counter/").content.decode()
    assert re.findall(r'value="(\w+)"\s+aria-pressed="true"', page) == ["paper"]
    teller.post("/counter/channel", {"channel": "link"})
    page = teller.get("/counter/").content.decode()
    assert re.findall(r'value="(\w+)"\s+aria-pressed="true"', page) == ["slip"]  # the counter's usual one
