"""The month on leadership's desk: who may open it, what it says in every state, and what it does with bad addresses."""

import html
import re

import pytest
from django.db.transaction import atomic, set_rollback
from django.urls import reverse
from django.utils import timezone
from django.utils.html import strip_tags

from reports.models import PaperForm
from surveys.choices import Role, SlipState
from surveys.database import revision
from surveys.periods import Month, Quarter
from tests import make
from tests.reports.leadership.pages import visible_words, words
from tests.reports.month.register import handed_out, told

pytestmark = [pytest.mark.django_db, pytest.mark.one_engine]

JUNE = Month(2023, 6)
YEAR = "?from=2022-06&to=2023-06"


def in_month(month):
    return make.at(11, month=month.month, year=month.year)


def fill(counter, kind, month=JUNE, *, satisfied=40, dissatisfied=0, silent=6, **more):
    told(
        at=counter,
        kind=kind,
        satisfied=satisfied,
        dissatisfied=dissatisfied,
        period=month,
        now=in_month(month),
        **more,
    )
    handed_out(silent, at=counter, kind=kind, period=month, now=in_month(month), state=SlipState.EXPIRED)


@pytest.fixture
def leader(client, office):
    client.force_login(make.user(Role.LEADERSHIP, of=office))
    return client


def address(office, query=""):
    return reverse("reports:month", kwargs={"office": office.code}) + query


def glance(response):
    found = re.search(r'class="card first-glance".*?<p>(.*?)</p>', response.content.decode(), flags=re.S)
    return html.unescape(re.sub(r"<[^>]+>", "", found[1]))


# ── Who ────────────────────────────────────────────────────────────────────────────────


def test_nobody_reads_figures_without_logging_in(client, office):
    assert client.get(address(office)).status_code == 302
    assert client.get("/reports/").status_code == 302


@pytest.mark.parametrize("path", ["/reports/", "/reports/offices/", "own"])
def test_a_teller_reads_no_figures(client, counter, office, path):
    client.force_login(make.teller(at=counter))
    assert client.get(address(office) if path == "own" else path).status_code == 403


@pytest.mark.parametrize("role", [Role.LEADERSHIP, Role.COUNTING, Role.INSPECTOR])
@pytest.mark.both_engines
def test_each_role_lands_on_its_own_office_and_a_strangers_is_not_there(client, office, role):
    stranger = make.office("XA")
    client.force_login(make.user(role, of=office))
    assert client.get("/reports/").headers["Location"] == address(office)
    assert client.get(address(office)).status_code == 200
    assert client.get(address(stranger)).status_code == 404
    assert client.get(address(stranger, "?from=2026-13")).status_code == 404


def test_staff_of_a_department_land_on_the_office_whose_box_they_feed(client, counter, office):
    department = make.department(of=office)
    client.force_login(make.user(Role.COUNTING, of=department))
    assert client.get("/reports/").headers["Location"] == address(office)
    assert client.get(address(department)).status_code == 404


@pytest.mark.parametrize(
    ("role", "status"), [(Role.LEADERSHIP, 200), (Role.INSPECTOR, 200), (Role.COUNTING, 404)]
)
def test_an_office_below_is_open_to_leadership_and_inspectors_only(client, office, role, status):
    below = make.office("DUOI", parent=office)
    client.force_login(make.user(role, of=office))
    assert client.get(address(below)).status_code == status


def test_a_reader_of_several_offices_finds_the_way_to_the_others(leader, office):
    assert "Đơn vị khác" not in words(leader.get(address(office)))
    make.office("DUOI", parent=office)
    assert "Đơn vị khác" in words(leader.get(address(office)))


def test_an_office_above_is_closed_to_those_below(client, office):
    below = make.office("DUOI", parent=office)
    client.force_login(make.user(Role.LEADERSHIP, of=below))
    assert client.get(address(office)).status_code == 404


def test_head_office_chooses_from_all_offices(client):
    head = make.office("KBNN", seals=False)
    offices = [make.office(f"T{number:02d}") for number in range(30)]
    client.force_login(make.user(Role.HEAD_OFFICE, of=head))
    home = words(client.get("/reports/"))
    assert "T00" in home
    assert "T29" in home
    assert "KBNN KBNN" not in home
    assert client.get(address(offices[7])).status_code == 200


def test_head_office_with_one_office_to_read_goes_straight_there(client, office):
    client.force_login(make.user(Role.HEAD_OFFICE, of=make.office("KBNN", seals=False)))
    assert client.get("/reports/").headers["Location"] == address(office)


def test_without_an_office_there_is_nothing_to_read(client, office):
    client.force_login(make.user(Role.LEADERSHIP, of=None))
    assert "chưa được giao đơn vị nào" in words(client.get("/reports/"))
    assert client.get(address(office)).status_code == 404


def test_the_page_is_only_read(leader, office):
    assert leader.post(address(office)).status_code == 405


# ── What it says ───────────────────────────────────────────────────────────────────────


@pytest.mark.both_engines
def test_the_page_opens_on_the_last_month_that_has_slips(leader, office, counter, kind):
    fill(counter, kind, Month(2023, 5))
    fill(counter, kind, JUNE)
    assert "Kết quả tháng 6/2023" in words(leader.get(address(office)))


def test_the_articles_year_is_printed_as_the_article_prints_it(leader, office, counter, kind):
    fill(counter, kind, satisfied=3238, dissatisfied=2, silent=569)
    page = leader.get(address(office, YEAR))
    said = words(page)
    for figure in ("3.809", "3.240", "85%", "99,9%", "0,1%"):
        assert figure in said
    assert glance(page) == (
        "Từ tháng 6/2022 đến tháng 6/2023: phát ra 3.809, thu về 3.240 (85%); "
        "trong số thu về 99,9% hài lòng cả hai tiêu chí, 0,1% (02 phiếu) không hài lòng."
    )
    assert "Trong mọi phiếu phát ra: hài lòng ít nhất 85,00%, nhiều nhất 99,95%." in said


def test_a_month_says_whether_it_differs_from_the_twelve_before(leader, office, counter, kind):
    for step in range(1, 13):
        fill(counter, kind, JUNE.plus(-step), satisfied=40 + step % 3)
    fill(counter, kind, JUNE, satisfied=41)
    page = leader.get(address(office, "?from=2023-06"))
    assert glance(page).endswith(
        "Chưa thấy dấu hiệu phiếu không hài lòng tăng so với 12 tháng làm mốc (0 trong 492 phiếu). "
        "Với 41 phiếu, từ 03 phiếu không hài lòng trong tháng mới là dấu hiệu; "
        "tỷ lệ thật dưới 10,2% có thể bị bỏ sót."
    )
    assert "Phiếu không hài lòng: chưa thấy dấu hiệu" in words(page)
    assert "Giới hạn tạm thời" not in words(page)


def test_under_twelve_months_the_limits_are_called_temporary(leader, office, counter, kind):
    for step in range(7):
        fill(counter, kind, JUNE.plus(-step), satisfied=40 + step)
    page = leader.get(address(office))
    assert "giới hạn tạm thời" in words(page)
    assert "so với 06 tháng trước" in glance(page)


def test_where_nobody_set_who_signs_the_page_says_so_and_leads_to_the_settings(leader, office, counter, kind):
    fill(counter, kind)
    assert "phần ký để trống" in words(leader.get(address(office)))
    PaperForm.objects.create(office=office, kind="report", authority="GIÁM ĐỐC", signer="Lê An")
    assert "phần ký để trống" not in words(leader.get(address(office)))


def test_an_open_month_says_what_is_not_released_and_why(leader, office, counter, kind):
    now = make.now()
    month = Month.of(now)
    handed_out(7, at=counter, kind=kind, period=month, now=now)
    handed_out(10, at=counter, kind=kind, period=month, now=now, state=SlipState.ISSUED)
    page = leader.get(address(office))
    assert "Đang mở" in words(page)
    assert "Chưa công bố: 7 phiếu, vì mỗi nhóm mở ra phải có từ 10 phiếu." in words(page)
    assert glance(page) == (
        f"Tháng {month.month}/{month.year}: phát ra 17, thu về 7; "
        "chưa công bố câu trả lời nào, vì mỗi nhóm mở ra phải có từ 10 phiếu."
    )
    assert "10 chưa thu về" in words(page)


def test_a_month_without_slips_says_so(leader, office):
    page = leader.get(address(office))
    today = Month.of(timezone.now())
    assert glance(page) == f"Tháng {today.short_label}: chưa phát phiếu nào."
    assert glance(leader.get(address(office, "?from=2023-05"))) == "Tháng 5/2023: không phát phiếu nào."


def test_a_month_of_silence_says_so(leader, office, counter, kind):
    handed_out(5, at=counter, kind=kind, period=JUNE, now=in_month(JUNE), state=SlipState.EXPIRED)
    assert glance(leader.get(address(office))) == (
        "Tháng 6/2023: phát ra 5. Không có phiếu thu về; chưa có kết quả đánh giá."
    )


def test_under_ten_ballots_no_answer_is_told_anywhere(leader, office, counter, kind):
    fill(counter, kind, satisfied=7, dissatisfied=1, silent=2)
    page = leader.get(address(office))
    assert glance(page) == (
        "Tháng 6/2023: phát ra 10, thu về 8; số phiếu đã công bố dưới 10 nên không nêu câu trả lời."
    )
    assert "Dưới 10 phiếu ghi “<10” và không nêu câu trả lời." in words(page)
    assert not re.search(r"\b1 không hài lòng", words(page))
    assert "12,5" not in words(page)


def test_from_ten_to_twenty_nine_ballots_are_counted_without_a_share(leader, office, counter, kind):
    fill(counter, kind, satisfied=27, dissatisfied=1, silent=2)
    assert glance(leader.get(address(office))).startswith(
        "Tháng 6/2023: phát ra 30, thu về 28 (93%); trong 28 phiếu thu về, 27 hài lòng cả hai tiêu chí, 01 không hài lòng"
    )


def test_small_counters_are_hidden_and_the_page_says_why(leader, office, counter, kind):
    fill(counter, kind)
    fill(make.counter("Q2", of=counter.office), kind, satisfied=12)
    fill(make.counter("Q3", of=counter.office), kind, satisfied=4)
    said = words(leader.get(address(office)))
    assert "Quầy Q2 ẩn kèm để không tính ngược ra nhóm nhỏ." in said
    assert "Dưới 10 phiếu ghi “<10”" in said


@pytest.mark.both_engines
def test_a_range_says_which_counters_lost_months_to_what_cannot_be_told_apart(leader, office, counter, kind):
    other = make.counter("Q2", of=counter.office)
    third = make.counter("Q3", of=counter.office)
    for month, small in ((JUNE.previous(), 4), (JUNE, 40)):
        fill(counter, kind, month)
        fill(other, kind, month, satisfied=12)
        fill(third, kind, month, satisfied=small)
    said = words(leader.get(address(office, "?from=2023-05&to=2023-06")))
    assert "tính vào “Không tách được” chứ không vào dòng của mình: Quầy Q2 (01 kỳ), Quầy Q3 (01 kỳ)." in said


def test_a_procedure_has_no_verdict_under_thirty_and_the_rest_stands_beside_it(leader, office, counter, kind):
    fill(counter, kind, satisfied=20)
    fill(counter, kind, satisfied=14, coarse=True)
    said = words(leader.get(address(office)))
    assert "Không tách được: 14 phiếu" in said
    assert "Thủ tục dưới 30 phiếu không nêu hài lòng hay không hài lòng: ít khách" in said


def test_a_counter_whose_ballots_were_opened_with_others_is_not_called_one_without_ballots(
    leader, office, counter, kind
):
    fill(counter, kind)
    fill(make.counter("Q2", of=counter.office), kind, satisfied=14, coarse=True)
    page = leader.get(address(office)).content.decode()
    rows = re.findall(r"(?s)<th scope=\"row\">Quầy Q2</th>(.*?)</tr>", page)
    assert "chưa mở riêng" in rows[0]
    assert re.findall(r">([^<]+)</td>", rows[-1]) == ["chưa mở riêng", "chưa mở riêng"]


def test_a_month_of_void_ballots_alone_waits_for_nothing(leader, office, counter, kind):
    fill(counter, kind, satisfied=0, void=12)
    page = leader.get(address(office))
    assert glance(page).endswith("thu về 12; không có phiếu hợp lệ; chưa có kết quả đánh giá.")
    assert words(page).count("– không có phiếu hợp lệ") == 2


def test_counters_stand_in_the_order_of_their_numbers_whatever_their_customers_say(
    leader, office, counter, kind
):
    fill(counter, kind, satisfied=30, dissatisfied=10)
    fill(make.counter("Q2", of=counter.office), kind, satisfied=40)
    page = leader.get(address(office)).content.decode()
    table = page[page.index('id="counters"') :]
    assert table.index("Quầy Q1") < table.index("Quầy Q2")
    assert "xếp hạng quầy" in table


def test_an_unsealed_month_is_a_draft_on_paper(leader, office, counter, kind):
    fill(counter, kind)
    assert 'data-draft="BẢN NHÁP"' in leader.get(address(office)).content.decode()


def test_the_page_needs_no_inline_style_or_script(leader, office, counter, kind):
    fill(counter, kind, dissatisfied=2)
    page = leader.get(address(office)).content.decode()
    assert " style=" not in page
    assert not re.search(r"<script(?! src=)", page)


def test_an_answer_in_the_box_moves_nothing_on_the_page(leader, office, counter, kind):
    """Whatever one customer said, leadership's page is the same until the mix."""
    told(at=counter, kind=kind, satisfied=40, period=Month.of(make.now()), now=make.now())
    handed = make.issued(at=counter, kind=kind, now=make.now())
    pages = []
    for level in (1, 0):
        with atomic():
            make.cast(handed, attitude=level, time=level)
            page = leader.get(address(office)).content.decode()
            pages.append(re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", page))
            set_rollback(True)
    assert pages[0] == pages[1]
    assert "Chưa công bố: 1 phiếu" in pages[0]


@pytest.mark.usefixtures("mid_month")
def test_the_first_sight_of_a_year_of_five_counters_is_at_most_450_words(leader, office, counter, kind):
    for step in range(1, 13):
        fill(counter, kind, JUNE.plus(-step), satisfied=40 + step % 3)
    for code in ("", "Q2", "Q3", "Q4", "Q5"):
        fill(make.counter(code, of=counter.office) if code else counter, kind, satisfied=41)
    make.issued(at=counter, kind=kind)
    page = leader.get(address(office, "?from=2023-06")).content.decode()
    assert "đang mở" in page
    assert 300 < visible_words(page) <= 450


@pytest.mark.usefixtures("mid_month")
def test_the_running_month_tells_what_went_out_and_came_back_and_no_answer(leader, office, counter, kind):
    fill(counter, kind)
    told(at=counter, kind=kind, satisfied=40, dissatisfied=7, period=Month.of(make.NOW), now=make.NOW)
    page = leader.get(address(office, "?from=2023-06")).content.decode()
    strip = page[page.index("running-strip") :].partition("</section>")[0]
    assert "Phát ra <strong>47</strong>, thu về <strong>47 (100%)</strong>" in strip
    assert "hài lòng" not in strip


def test_links_to_parts_point_into_their_folds_so_that_a_browser_opens_them(leader, office, counter, kind):
    fill(counter, kind)
    page = leader.get(address(office)).content.decode()
    for name in re.findall(r'<li><a href="#([\w-]+)"', page):
        before = page[: page.index(f'id="{name}"')]
        assert before.count("<details") > before.count("</details"), name


# ── Stretches ──────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("query", "label"),
    [
        ("?from=2023-05&to=2023-05", "tháng 5/2023"),
        ("?from=2023-05", "tháng 5/2023"),
        ("?to=5/2023", "tháng 5/2023"),
        ("?from=2023-Q2&to=2023-Q2", "quý II/2023"),
        ("?from=Q2/2023", "quý II/2023"),
        ("?from=quý II/2023", "quý II/2023"),
        ("?from=2023-01&to=2023-06", "6 tháng đầu năm 2023"),
        ("?from=2023-01&to=2023-12", "năm 2023"),
        ("?from=2022-11&to=2023-02", "từ tháng 11/2022 đến tháng 2/2023"),
    ],
)
def test_any_usual_stretch_can_be_asked_for(leader, office, query, label):
    assert f"Kết quả {label}" in words(leader.get(address(office, query)))


@pytest.mark.parametrize(
    ("query", "sentence", "kept"),
    [
        ("?from=2026-13&to=2026-13", "“2026-13” không phải là tháng hay quý.", 'value="2026-13"'),
        ("?from=hôm qua", "“hôm qua” không phải là tháng hay quý.", 'value="hôm qua"'),
        ("?from=2023-06&to=2023-01", "Kỳ cuối đến trước kỳ đầu.", 'value="6/2023"'),
        ("?from=2001-01&to=2023-01", "Khoảng thời gian dài quá 10 năm.", 'value="1/2001"'),
        ("?from=&to=", "Hãy ghi tháng hoặc quý cần xem.", 'value=""'),
        ("?from=1999-01", "không phải là tháng hay quý", 'value="1999-01"'),
        ("?from=<b>", "không phải là tháng hay quý", 'value="&lt;b&gt;"'),
        ("?from=%0B%E2%80%AE2023-05x", "không phải là tháng hay quý", "2023-05x"),
    ],
)
def test_an_impossible_stretch_gets_a_sentence_and_what_was_typed_is_kept(
    leader, office, counter, kind, query, sentence, kept
):
    fill(counter, kind)
    page = leader.get(address(office, query))
    assert page.status_code == 422
    assert sentence in words(page)
    if kept != 'value=""':
        assert kept in page.content.decode()
    assert "Kết quả tháng 6/2023" in words(page)


def test_the_stretches_before_and_after_are_one_click_away(leader, office, counter, kind):
    fill(counter, kind)
    page = leader.get(address(office, "?from=2023-04&to=2023-06")).content.decode()
    assert re.search(r'rel="prev" href="[^"]*\?from=2023-01&amp;to=2023-03"', page)
    assert re.search(r'rel="next" href="[^"]*\?from=2023-07&amp;to=2023-09"', page)
    today = Month.of(timezone.now())
    assert 'rel="next"' not in leader.get(address(office, f"?from={today}")).content.decode()


def test_every_month_quarter_half_and_year_with_slips_can_be_chosen(leader, office, counter, kind):
    fill(counter, kind, Month(2022, 11))
    fill(counter, kind)
    said = words(leader.get(address(office)))
    for label in ("Năm 2022", "Quý IV/2022", "Tháng 11/2022", "6 tháng đầu năm 2023", "Tháng 6/2023"):
        assert label in said
    assert "Tháng 10/2022" not in said
    assert "Tháng 7/2023" not in said


def test_an_office_that_counts_by_quarter_is_shown_whole_quarters(client, kind):
    office = make.office("PGD", quarterly=True)
    at = make.counter("Q1", of=office)
    told(at=at, kind=kind, satisfied=31, period=Quarter(2023, 2), now=in_month(JUNE))
    client.force_login(make.user(Role.LEADERSHIP, of=office))
    assert "Kết quả quý II/2023" in words(client.get(address(office)))
    page = client.get(address(office, "?from=2023-05&to=2023-05"))
    assert "Kết quả quý II/2023" in words(page)
    assert "thu về 31" in glance(page)


@pytest.mark.both_engines
def test_the_months_of_a_range_stand_below_it(leader, office, counter, kind):
    fill(counter, kind, Month(2023, 5), satisfied=33)
    fill(counter, kind, JUNE, satisfied=34)
    said = words(leader.get(address(office, "?from=2023-05&to=2023-06")))
    assert (
        said.index("Lũy kế từ đầu năm") < said.index("Tháng 5/2023 39 33") < said.index("Tháng 6/2023 40 34")
    )


# ── Cost ───────────────────────────────────────────────────────────────────────────────


def queries_of(client, url, count):
    revision.store.forget()
    with count() as counted:
        assert client.get(url).status_code == 200
    return len(counted)


@pytest.mark.both_engines
def test_the_page_costs_the_same_number_of_queries_with_one_and_with_three_counters(
    leader, office, counter, kind, django_assert_max_num_queries
):
    def count():
        return django_assert_max_num_queries(100)

    fill(counter, kind)
    leader.get(address(office))  # what a process reads once
    one = queries_of(leader, address(office), count), queries_of(leader, address(office, YEAR), count)
    for code in ("Q2", "Q3"):
        at = make.counter(code, of=counter.office)
        fill(at, make.procedure(), JUNE)
        fill(at, kind, Month(2023, 5))
    three = queries_of(leader, address(office), count), queries_of(leader, address(office, YEAR), count)
    assert one == three
    assert max(one) <= 39  # one of them looks at the revision


def test_the_page_of_a_large_office_is_small(leader, office, counter, kind):
    fill(counter, kind, satisfied=3238, dissatisfied=2)
    assert len(leader.get(address(office, YEAR)).content) < 100_000


@pytest.mark.both_engines
def test_any_two_periods_and_any_two_counters_stand_side_by_side_by_choice(leader, office, counter, kind):
    other = make.counter("Q2", of=counter.office)
    make.ballots(40, at=counter, kind=kind, now=make.at(11, month=10))
    make.ballots(12, at=counter, kind=kind)
    make.ballots(31, at=other, kind=kind, time=1)
    make.sealed(counter, now=make.at(11, month=10))
    make.sealed(counter)

    def told(query):
        page = leader.get(f"/reports/{office.code}/?from=2026-11&to=2026-11&{query}").content.decode()
        part = page[page.index('id="beside"') :]
        return " ".join(strip_tags(part[: part.index("</details>")].replace("<", " <")).split())

    assert "Phát ra 43 40 Thu về 43 40" in told("with=10/2026")
    assert "Phát ra 12 31 Thu về 12 31" in told("a=Q1&b=Q2")
    assert "Tỷ lệ hài lòng – 100%" in told("a=Q1&b=Q2")  # twelve ballots have no share
    assert "không phải là tháng hay quý" in told("with=hôm qua")
    assert "Tỷ lệ hài lòng" not in told("")
