"""The public pages of sealed months: figures, files, both languages, nothing of what is not sealed."""

import csv
import io
import json
import re
from datetime import date

import pytest
from django.core.management import call_command
from django.test import Client

from reports.follow_up import cases
from reports.models import Case, PastResult, Seal
from reports.publication import folder
from reports.results import pages
from surveys import evidence
from surveys.choices import Role, SlipChannel
from surveys.crypto import codes
from surveys.evidence import seals, verify_inclusion
from surveys.periods import Month
from tests import make
from tests.reports.charts.stretches import totals

pytestmark = [pytest.mark.django_db, pytest.mark.one_engine]


@pytest.fixture(autouse=True)
def root(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    return tmp_path / "published"


@pytest.fixture
def phone():
    return Client(enforce_csrf_checks=True)


@pytest.fixture
def counter():
    return make.counter("Q1", of=make.department(of=make.office("HB")))


def published(root, counter, kind, n=30, month=11, **answers):
    now = make.at(11, month=month)
    receipts = make.ballots(n, at=counter, kind=kind, now=now, **answers)
    make.sealed(counter, now=now)
    folder.publish(root)
    return receipts


def body(answer) -> bytes:
    return b"".join(answer) if answer.streaming else answer.content


def text(answer) -> str:
    assert answer.status_code == 200
    return body(answer).decode()


# ── One period ─────────────────────────────────────────────────────────────────────────


@pytest.mark.both_engines
def test_a_sealed_month_tells_its_figures_its_seal_and_how_to_count_again(phone, root, counter, kind):
    published(root, counter, kind)
    page = text(phone.get("/results/HB/2026-11/"))
    assert "Kết quả tháng 11/2026" in page
    assert "Cả 30 phiếu hợp lệ đều hài lòng ở mọi tiêu chí." in page
    assert "Đã niêm phong" in page
    assert "python verify.py 2026-11" in page
    assert page.count("<li>") >= 10


def test_the_month_speaks_english_when_asked(phone, root, counter, kind):
    published(root, counter, kind)
    page = text(phone.get("/results/HB/2026-11/?lang=en"))
    assert '<html lang="en">' in page
    assert "November 2026" in page
    assert "100%" in page


def test_an_office_prints_its_line_as_the_newspaper_does(phone, root, counter, kind):
    """Issued, returned, satisfied and not, each answer with its share beside it."""
    make.ballots(59, at=counter, kind=kind, now=make.at(11))
    published(root, counter, kind, n=1, attitude=3)
    for address in ("/results/HB/", "/results/"):
        page = " ".join(re.sub(r"<[^>]+>", " ", text(phone.get(address))).split())
        assert "60 60 100% 59 (98,3%) 1 (1,7%)" in page
    page = text(phone.get("/results/HB/"))
    assert "59 phiếu hài lòng ở mọi tiêu chí (98,3%), 1 phiếu không hài lòng (1,7%)." in page


@pytest.mark.parametrize("name", folder.FILES)
@pytest.mark.parametrize("version", ["", "v1/"])
def test_evidence_is_served_byte_for_byte(phone, root, counter, kind, name, version):
    published(root, counter, kind)
    answer = phone.get(f"/results/HB/2026-11/{version}{name}")
    assert body(answer) == (root / "HB/2026-11" / version / name).read_bytes()
    assert (
        answer["Content-Type"] == ("text/csv" if name.endswith("csv") else "text/plain") + "; charset=utf-8"
    )


def test_keys_and_verifier_are_served(phone, root, counter, kind):
    published(root, counter, kind)
    for name in ("keys.txt", "verify.py"):
        assert body(phone.get(f"/results/{name}")) == (root / name).read_bytes()


@pytest.mark.parametrize("name", ["", "seal.txt", "figures.json", "figures.csv"])
def test_a_month_that_is_sealed_but_not_published_is_not_there(phone, counter, kind, name):
    make.ballots(30, at=counter, kind=kind)
    make.sealed(counter)
    assert phone.get(f"/results/HB/2026-11/{name}").status_code == 404


@pytest.mark.parametrize(
    "address",
    [
        "/results/XX/",
        "/results/HB/2026-12/",
        "/results/HB/2026-13/",
        "/results/HB/2026-11/v2/seal.txt",
        "/results/HB/2026-11/v1/../../keys.txt",
        "/results/HB/2026-11/index.html",
        "/results/HB-KTNN/",
        "/results/HB/?from=x",
        "/results/HB/?from=2026-12&to=2026-01",
    ],
)
def test_what_is_not_published_is_not_found(phone, root, counter, kind, address):
    published(root, counter, kind)
    assert phone.get(address).status_code == 404


@pytest.mark.both_engines
def test_figures_for_machines_are_the_snapshot_with_seal_versions_and_licence(phone, root, counter, kind):
    published(root, counter, kind)
    document = json.loads(text(phone.get("/results/HB/2026-11/figures.json")))
    assert (document["state"], document["issued"], document["satisfied"]) == ("sealed", 30, 30)
    assert document["seal_code"] == document["versions"][0]["seal_code"]
    assert document["licence"] == "CC BY 4.0"


def test_figures_for_spreadsheets_open_as_vietnamese_and_hold_no_formula(phone, root, kind):
    counter = make.counter("=1", of=make.department(of=make.office("HB")))
    published(root, counter, kind)
    answer = phone.get("/results/HB/2026-11/figures.csv")
    raw = body(answer)
    assert raw.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(raw.decode("utf-8-sig"))))
    assert rows[0][:4] == ["Nhóm", "Mã", "Tên", "Phát ra"]
    assert rows[1][:2] == ["Đơn vị", "HB"]
    assert not any(cell[:1] in "=+-@" for row in rows for cell in row if cell)


def test_a_small_month_tells_counts_but_publishes_one_line(phone, root, counter, kind):
    published(root, counter, kind, 12)
    page = text(phone.get("/results/HB/2026-11/"))
    assert "một dòng đã ký" in page
    assert "ballots.csv</a>" not in page
    assert phone.get("/results/HB/2026-11/ballots.csv").status_code == 404
    assert "trong mọi phiếu phát ra" not in page  # no share under thirty


def test_a_month_without_returns_says_so_and_nothing_of_ten_ballots():
    assert pages.sentences(totals(5, 0)) == [
        "5 phiếu phát ra. Không có phiếu thu về; chưa có kết quả đánh giá."
    ]


def test_the_page_of_an_office_names_the_seal_of_every_period(phone, root, counter, kind):
    published(root, counter, kind, 12)
    assert pages.grouped_code(Seal.objects.get().code) in text(phone.get("/results/HB/"))


def test_under_ten_ballots_no_answer_is_told(phone, root, counter, kind):
    published(root, counter, kind, 9, attitude=0)
    told = [text(phone.get(f"/results/HB/2026-11/{name}")) for name in ("", "figures.json", "figures.csv")]
    assert "Có dưới 10 phiếu hợp lệ" in told[0]
    assert json.loads(told[1])["satisfied"] is None
    assert told[2].splitlines()[1].endswith("<10,<10,<10,<10")


@pytest.mark.both_engines
def test_both_versions_of_a_correction_are_shown(phone, root, counter, kind):
    make.ballots(30, at=counter, kind=kind)
    handed = make.issued(at=counter, kind=kind, channel=SlipChannel.PAPER)
    first = make.sealed(counter)
    folder.publish(root)
    second = make.corrected(counter, handed, reason="Tìm thấy một phiếu giấy")
    folder.publish(root)
    page = text(phone.get("/results/HB/2026-11/"))
    for seal in (first, second):
        assert " ".join(seal.code[at : at + 4] for at in range(0, 16, 4)).upper() in page
        assert body(phone.get(f"/results/HB/2026-11/v{seal.version}/seal.txt")).decode() == seal.note
    assert page.count("Tìm thấy một phiếu giấy") == 2
    assert body(phone.get("/results/HB/2026-11/seal.txt")).decode() == second.note


# ── The office and the list ────────────────────────────────────────────────────────────


@pytest.mark.both_engines
def test_a_stretch_adds_up_published_months_only(phone, root, counter, kind):
    for month in (9, 10, 11):
        published(root, counter, kind, 30, month=month)
    make.ballots(40, at=counter, kind=kind, now=make.at(11, month=12))
    page = text(phone.get("/results/HB/"))
    assert "90 phiếu phát ra" in page
    assert "12/2026" not in page
    page = text(phone.get("/results/HB/?from=2026-10&to=2027-05"))
    assert "60 phiếu phát ra" in page
    assert "9/2026</a>" not in page


def test_an_unsealed_month_ends_a_stretch(phone, root, counter, kind):
    for month in (9, 10):
        published(root, counter, kind, 30, month=month)
    (root / "HB/2026-10").rename(root / "HB/.2026-10.away")
    assert "30 phiếu phát ra" in text(phone.get("/results/HB/?to=2026-12"))


def test_home_and_list_show_the_months_of_the_one_office_and_the_offices_when_several(
    phone, root, counter, kind
):
    assert "Chưa có tháng nào được công bố" in text(phone.get("/"))
    published(root, counter, kind)
    for address in ("/", "/results/"):
        page = text(phone.get(address))
        assert 'href="/results/HB/2026-11/"' in page
    assert 'href="/results/HB/2026-11/?lang=en"' in text(phone.get("/?lang=en"))
    published(root, make.counter("Q1", of=make.office("LS")), kind)
    for address in ("/", "/results/"):
        page = text(phone.get(address))
        assert 'href="/results/HB/"' in page
        assert 'href="/results/LS/"' in page


def test_of_several_offices_the_last_month_that_lies_published_is_told(phone, root, counter, kind):
    published(root, make.counter("Q1", of=make.office("LS")), kind)
    published(root, counter, kind, month=9)
    published(root, counter, kind, month=10)
    assert "tháng 10/2026" in text(phone.get("/results/"))
    make.ballots(30, at=counter, kind=kind)
    make.sealed(counter)  # laid out tonight
    page = text(phone.get("/results/"))
    assert "tháng 10/2026" in page
    assert page.count("tháng 11/2026") == 1  # the other office's


def test_the_public_pages_set_no_cookie_and_take_no_other_verb(phone, root, counter, kind):
    published(root, counter, kind)
    for address in ("/", "/results/", "/results/HB/", "/results/HB/2026-11/", "/results/HB/2026-11/seal.txt"):
        answer = phone.get(address)
        body(answer)
        assert not answer.cookies
        assert phone.post(address).status_code == 405


# ── The receipt ────────────────────────────────────────────────────────────────────────


def receipt_page(phone, receipt, query=""):
    return text(phone.post(f"/receipt{query}", {"receipt": receipt}))


def hexes(page: str) -> list[str]:
    lines = [line.strip() for line in page.replace("<br>", "\n").replace("</p>", "\n").splitlines()]
    found = [line.replace(" ", "") for line in lines]
    return [line for line in found if len(line) == 64 and set(line) <= set("0123456789abcdef")]


@pytest.mark.both_engines
def test_a_counted_receipt_is_proved_to_lie_under_the_sealed_root(phone, root, counter, kind):
    receipts = published(root, counter, kind)
    page = receipt_page(phone, receipts[3])
    own, *siblings, head = hexes(page)
    assert own == codes.receipt_hash(receipts[3])
    seal = seals.stated((root / "HB/2026-11/seal.txt").read_text("utf-8").partition("\n\n")[0])
    assert head == seal["receipts_root"]
    place = sorted(codes.receipt_hash(each) for each in receipts).index(own)
    assert f"thứ {place + 1} trong 30" in page
    path = [bytes.fromhex(each) for each in siblings]
    assert verify_inclusion(evidence.receipt_leaf(own), place, 30, path, bytes.fromhex(head))


def test_but_for_its_place_everybody_s_page_is_the_same_however_they_answered(phone, root, counter, kind):
    glad = make.ballots(16, at=counter, kind=kind)
    angry = make.ballots(16, at=counter, kind=kind, attitude=0, time=0, comment="chờ lâu")
    make.sealed(counter)
    folder.publish(root)
    pages = set()
    for receipt in glad + angry:
        page = receipt_page(phone, receipt)
        assert "chờ lâu" not in page
        pages.add(page.partition("<details>")[0] + page.partition("</details>")[2])
    assert len(pages) == 1
    assert 'href="/results/HB/2026-11/"' in pages.pop()


def test_a_receipt_of_a_small_month_gets_the_code_and_no_proof(phone, root, counter, kind):
    receipt, *_others = published(root, counter, kind, 12)
    page = receipt_page(phone, receipt)
    assert "Mã niêm phong" in page
    assert hexes(page) == []


def test_the_proof_speaks_english_when_asked(phone, root, counter, kind):
    receipt, *_others = published(root, counter, kind)
    assert 'href="/results/HB/2026-11/?lang=en"' in receipt_page(phone, receipt, "?lang=en")


# ── What was done ──────────────────────────────────────────────────────────────────────

SAID, CAUSE, ACTION = "Cô ở quầy hai bảo tôi về", "Thiếu bảng hướng dẫn", "Niêm yết bảng giấy tờ ở năm quầy"


def handled(counter, *, month=11, close=True):
    """Every case of a sealed month, with cause and action."""
    office, period = counter.box_office, Month(2026, month)
    cases.open_cases(office=office, period=period)
    leader = make.user(Role.LEADERSHIP, of=office)
    for case in Case.objects.of(office).in_period(period):
        cases.handle(
            case=case, by=leader, now=make.at(20, month=12), cause=CAUSE, action=ACTION, reply="", close=close
        )


def test_what_was_done_is_told_of_each_sealed_month_and_never_in_customers_words(
    phone, root, counter, kind, tmp_path
):
    for month in (10, 11):
        published(root, counter, kind, 30, month=month, time=0, comment=SAID)
        handled(counter, month=month, close=month == 10)
    call_command("publish", to=tmp_path / "web")
    pages = [text(phone.get(address)) for address in ("/results/", "/results/HB/", "/results/HB/2026-10/")]
    pages += [
        (tmp_path / "web" / name).read_text("utf-8")
        for name in ("index.html", "HB/index.html", "HB/2026-10/index.html")
    ]
    for page in pages:
        assert CAUSE in page
        assert ACTION in page
        assert "Đã làm" in page
        assert SAID not in page
    assert [page.count(ACTION) for page in pages] == [2, 2, 1] * 2
    assert "Xong trước ngày 31/12/2026" in text(phone.get("/results/HB/2026-11/"))
    assert "Done" in text(phone.get("/results/HB/2026-10/?lang=en"))


def test_under_thirty_ballots_nothing_that_was_done_is_told(phone, root, counter, kind):
    published(root, counter, kind, 29, time=0, comment=SAID)
    handled(counter)
    for address in ("/results/", "/results/HB/", "/results/HB/2026-11/"):
        assert ACTION not in text(phone.get(address))
    assert "dưới 30 phiếu hợp lệ không nêu việc đã làm" in text(phone.get("/results/HB/2026-11/"))


def test_a_stretch_tells_only_what_was_done_in_it(phone, root, counter, kind):
    for month in (10, 11):
        published(root, counter, kind, 30, month=month, time=0)
    handled(counter, month=10)
    assert ACTION in text(phone.get("/results/HB/?from=2026-10&to=2026-10"))
    assert ACTION not in text(phone.get("/results/HB/?from=2026-11&to=2026-11"))


def test_the_office_page_costs_the_same_with_one_and_with_three_months_of_deeds(
    phone, root, counter, kind, django_assert_max_num_queries
):
    counts = []
    for month in (9, 10, 11):
        published(root, counter, kind, 30, month=month, time=0)
        handled(counter, month=month)
        phone.get("/results/HB/")  # the questionnaire is read once a process
        with django_assert_max_num_queries(60) as seen:
            phone.get("/results/HB/")
        counts.append(len(seen))
    assert counts[1:] == counts[:1] * 2


# ── Campaigns beside the months ────────────────────────────────────────────────────────


def typed_result(office, **facts):
    days = {"first_day": date(2023, 3, 15), "last_day": date(2023, 5, 15)}
    known = {"name": "Khảo sát theo QĐ 2537", "score": "96.25", "place": 10, "of": 64, "source": "Bài báo"}
    return PastResult.objects.create(office=office, **days, **known | facts)


def test_home_and_list_lead_to_the_campaigns_once_there_is_one(phone, root, counter, kind):
    for several in (False, True):
        assert all('href="/results/c/"' not in text(phone.get(path)) for path in ("/", "/results/"))
        published(root, counter if not several else make.counter("Q1", of=make.office("LS")), kind)
    typed_result(counter.box_office)
    assert all('href="/results/c/"' in text(phone.get(path)) for path in ("/", "/results/"))
    assert 'href="/results/c/?lang=en"' in text(phone.get("/results/?lang=en"))


def test_a_past_campaign_stands_beside_the_months_as_another_instrument(phone, root, counter, kind, tmp_path):
    published(root, counter, kind)
    assert "cách đo khác" not in text(phone.get("/results/HB/"))
    typed_result(counter.box_office)
    call_command("publish", to=tmp_path / "web")
    static = (tmp_path / "web/HB/index.html").read_text("utf-8")
    for page in (text(phone.get("/results/HB/")), static):
        assert "96,25 điểm, hạng 10/64" in page
        assert "Đây là một cách đo khác, không gộp với số liệu hằng tháng tại quầy." in page
        assert "số liệu dựng" not in page  # it was published elsewhere, not made up
    assert "96.25 points" in text(phone.get("/results/HB/?lang=en"))
