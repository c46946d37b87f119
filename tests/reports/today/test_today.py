"""The first room: what waits for one today, the one menu, and the logo that leads home."""

import html
import re
from datetime import timedelta

import pytest
from django.utils import timezone

from reports.closing import closes_from
from reports.follow_up import directions
from reports.models import SignalCase
from surveys.choices import Role, SlipChannel
from surveys.periods import Month, local_day, period_of
from surveys.vietnamese import short_date
from tests import make
from tests.reports.leadership.pages import visible_words, words

pytestmark = pytest.mark.django_db


@pytest.fixture
def office():
    return make.office("HB")


def menu(page) -> list[str]:
    row = re.search(r'<ul class="nav-main">(.*?)</ul>', page.content.decode(), re.S)[1]
    return [html.unescape(each) for each in re.findall(r">([^<>\n]+)</a>", row)]


@pytest.mark.parametrize(
    ("role", "first", "rooms"),
    [
        (Role.COUNTING, "/today/", ["Việc hôm nay", "Kiểm phiếu", "Phiếu giấy", "Tháng"]),
        (
            Role.LEADERSHIP,
            "/today/",
            ["Việc hôm nay", "Kiểm phiếu", "Tháng", "Phản ánh", "Tín hiệu", "Chỉ đạo", "Nhật ký"],
        ),
        (Role.ADMIN, "/today/", ["Việc hôm nay", "Thiết lập", "Mẫu văn bản", "Nhật ký", "Danh mục"]),
    ],
)
def test_each_role_has_one_menu_in_one_order_on_every_page_and_the_logo_leads_to_its_first_room(
    client, office, role, first, rooms
):
    user = make.user(role, of=office)
    user.is_staff = role == Role.ADMIN
    user.save()
    client.force_login(user)
    assert client.get("/account/landing").headers["Location"] == first
    for address in (first, "/counting/", "/reports/HB/", "/cases/", "/reports/papers/"):
        page = client.get(address)
        if page.status_code == 200:
            assert menu(page) == rooms, address
            assert '<a class="brand" href="/account/landing">' in page.content.decode()


@pytest.mark.one_engine
def test_a_day_with_work_begins_with_at_most_450_words(client, office):
    leader = make.user(Role.LEADERSHIP, of=office)
    for day in range(6):
        given = {"text": "Rà soát các giao dịch quá hạn. " * 6, "unit": "Phòng Kế toán Nhà nước"}
        due = local_day(make.now()) + timedelta(days=day)
        directions.write(office=office, period=Month.of(due), by=leader, due_on=due, now=make.now(), **given)
    people = [leader, *(make.user(role, of=office) for role in (Role.COUNTING, Role.INSPECTOR, Role.ADMIN))]
    seen = {}
    for person in people:
        client.force_login(person)
        page = client.get("/account/landing", follow=True).content.decode()
        seen[str(person.roles)] = visible_words(page)
    assert all(30 < n <= 450 for n in seen.values()), seen


def test_the_page_one_is_on_is_marked_once(client, office):
    client.force_login(make.user(Role.LEADERSHIP, of=office))
    for address, name in (
        ("/today/", "Việc hôm nay"),
        ("/cases/directions/", "Chỉ đạo"),
        ("/cases/", "Phản ánh"),
    ):
        row = re.search(r'<ul class="nav-main">(.*?)</ul>', client.get(address).content.decode(), re.S)[1]
        assert re.findall(r'aria-current="page">([^<]+)<', row) == [name]


def test_a_teller_goes_on_to_the_counter(client, office):
    client.force_login(make.teller(at=make.counter("Q1", of=make.department(of=office))))
    assert client.get("/today/", follow=True).redirect_chain[-1][0] == "/counter/"


def test_with_nothing_to_do_the_page_says_so(client, office):
    client.force_login(make.user(Role.COUNTING, of=office))
    assert "Hôm nay không còn việc nào." in words(client.get("/today/"))
    assert "Việc tới" not in words(client.get("/today/"))


@pytest.mark.parametrize("role", [Role.COUNTING, Role.LEADERSHIP])
def test_with_nothing_to_do_today_the_page_names_the_next_day(client, office, role):
    counter = make.counter("Q1", of=make.department(of=office))
    make.ballots(1, at=counter, kind=make.procedure("1"), now=make.now())
    month = Month.of(local_day(make.now()))
    client.force_login(make.user(role, of=office))
    told = f"Việc tới: {short_date(local_day(closes_from(month)))}, khoá kỳ {month.label}."
    assert told in words(client.get("/today/"))


def test_the_counting_team_is_led_to_the_paper_that_is_missing(client, office):
    counter = make.counter("Q1", of=make.department(of=office))
    make.issued(at=counter, channel=SlipChannel.PAPER, now=timezone.now())
    client.force_login(make.user(Role.COUNTING, of=office))
    page = client.get("/today/")
    assert "Nhập phiếu giấy đã thu về (tháng" in words(page)  # a title is no sentence
    assert "01 phiếu giấy đã phát, chưa nhập" in words(page)
    assert f"/counting/HB/{period_of(timezone.now(), quarterly=False)}/" in page.content.decode()


def test_leadership_answers_directions_by_their_day_the_earliest_first(client, office):
    leader = make.user(Role.LEADERSHIP, of=office)
    today = local_day(timezone.now())
    for text, days in (("Việc sau.", 5), ("Việc trước.", 1), ("Việc còn xa.", 30)):
        directions.write(
            office=office,
            period=period_of(timezone.now(), quarterly=False),
            by=leader,
            text=text,
            unit="Phòng KTNN",
            due_on=today + timedelta(days=days),
            now=timezone.now(),
        )
    client.force_login(leader)
    said = words(client.get("/today/"))
    assert said.index("Việc trước.") < said.index("Sau đó") < said.index("Việc sau.")
    assert "Việc còn xa." not in said


def test_an_inspector_is_told_of_signals_without_a_word_and_leadership_is_not(client, office):
    SignalCase.objects.create(office=office, period="2026-10", counter="Q1", opened_at=timezone.now())
    told = {}
    for role in (Role.INSPECTOR, Role.LEADERSHIP):
        client.force_login(make.user(role, of=office))
        told[role] = "Xem xét 01 tín hiệu" in words(client.get("/today/"))
    assert told == {Role.INSPECTOR: True, Role.LEADERSHIP: False}


def test_an_administrator_reads_how_much_of_the_checklist_is_left_and_what_comes_first(client, office):
    counter = make.counter("Q1", of=make.department(of=office))
    client.force_login(make.user(Role.ADMIN, of=office))
    said = words(client.get("/today/"))
    assert re.search(r"Thiết lập đơn vị: \d\d việc chưa xong", said)
    assert f"Quầy: chưa gán phím: {counter}" in said
