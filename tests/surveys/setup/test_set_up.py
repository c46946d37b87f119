"""From an empty database to a first real ballot, by the pages and commands that docs/opening-an-office.vi.md names."""

import re
import sys

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from surveys.choices import Role
from surveys.models import (
    BoxedBallot,
    Counter,
    Office,
    Procedure,
    QuestionnaireVersion,
    Slip,
    Spent,
    Tablet,
    User,
)
from tests import make

pytestmark = [pytest.mark.django_db, pytest.mark.one_engine]

WISHED = {
    "code": "HB",
    "name": "Kho bạc Nhà nước Hòa Bình",
    "short_name": "KBNN Hòa Bình",
    "department": "Phòng Kế toán Nhà nước",
    "counters": "2",
    "admin": "quantri",
}


@pytest.fixture(autouse=True)
def _password(monkeypatch):
    monkeypatch.setenv("SETUP_PASSWORD", "mot-mat-khau-dai-1")


def set_up(**wished) -> None:
    call_command("set_up", **(WISHED | wished))


def hidden(page) -> dict:
    return dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page.content.decode()))


def filled_in(browser: Client, address: str, on: str = "", **fields):
    """Open the page and send its form as a browser does, token included."""
    return browser.post(
        address,
        {"csrfmiddlewaretoken": hidden(browser.get(on or address)).get("csrfmiddlewaretoken", "")} | fields,
    )


def log_in(username: str, password: str) -> Client:
    browser = Client(enforce_csrf_checks=True)
    answer = filled_in(browser, "/login", login=username, password=password)
    assert answer.status_code == 302, answer.content.decode()
    return browser


@pytest.mark.both_engines
def test_the_command_leaves_an_office_that_can_hand_out_ballots():
    set_up()
    office = Office.objects.get(code="HB")
    assert (office.seals, office.is_pilot, office.parent.code) == (True, False, "KBNN")
    assert list(Counter.objects.values_list("code", "office__name", "box_office__code")) == [
        ("Q1", "Phòng Kế toán Nhà nước", "HB"),
        ("Q2", "Phòng Kế toán Nhà nước", "HB"),
    ]
    assert Procedure.objects.exists()
    assert QuestionnaireVersion.objects.exists()
    admin = User.objects.get()
    assert (admin.roles, admin.is_staff, admin.is_superuser) == ({Role.ADMIN}, True, False)


@pytest.mark.both_engines
def test_an_administrator_comes_from_nothing_to_a_first_real_ballot():
    set_up()
    admin = log_in("quantri", "mot-mat-khau-dai-1")
    assert "Số liệu minh hoạ" not in admin.get("/admin/").content.decode()
    assert "Chưa có giao dịch viên: Quầy 1, Quầy 2" in admin.get("/setup/").content.decode()
    # a teller: name, place and role on one page; the first password stands on the letter
    page, counter = admin.get("/setup/people/new").content.decode(), Counter.objects.get(code="Q1")
    role = re.search(
        rf'<input[^>]*name="groups"[^>]*value="(\d+)"[^>]*>\s*<label[^>]*>\s*{Role.TELLER.label}', page
    )[1]
    added = filled_in(
        admin, "/setup/people/new", username="gdv1", full_name="Bùi Thị Lan", title="Giao dịch viên", email="",
        office=counter.office_id, counter=counter.pk, groups=role,
    )  # fmt: skip
    password = re.search(r'class="code">([^<]+)<', added.content.decode())[1]
    teller = User.objects.get(username="gdv1")
    assert (teller.last_name, teller.first_name, teller.roles) == ("Bùi Thị", "Lan", {Role.TELLER})
    # the tablet shows a code, the administrator types it
    tablet = Client(enforce_csrf_checks=True)
    tablet.post("/k/pair")
    code = re.search(r"data-pairing>(\w+)<", tablet.get("/k/").content.decode())[1]
    paired = filled_in(admin, "/setup/tablets/", code=code.lower(), counter=counter.pk, name="Máy quầy 1")
    assert paired.status_code == 303, paired.content.decode()
    assert Tablet.objects.get().counter == counter
    # one press starts, one ends
    desk = log_in("gdv1", password)
    own = "mot-mat-khau-cua-rieng-8"
    filled_in(desk, "/password", oldpassword=password, password1=own, password2=own)
    procedure = re.search(r'name="procedure" value="(\w+)"', desk.get("/counter/").content.decode())[1]
    assert filled_in(desk, "/counter/start", on="/counter/", procedure=procedure).status_code == 303
    finish = re.search(
        r'action="(/counter/transactions/[^"]+/finish)"', desk.get("/counter/").content.decode()
    )[1]
    assert filled_in(desk, finish, on="/counter/", outcome="resolved", channel="tablet").status_code == 303
    # and the customer answers
    ballot = tablet.get("/k/next")
    asked = re.findall(r'type="radio" name="([^"]+)"', ballot.content.decode())
    thanks = tablet.post("/k/cast", hidden(ballot) | dict.fromkeys(asked, "1"))
    assert "data-receipt" in thanks.content.decode()
    assert Slip.objects.get().office.code == "HB"
    assert (BoxedBallot.objects.count(), Spent.objects.count()) == (1, 1)


@pytest.mark.both_engines
def test_a_database_with_the_pilot_is_refused_and_untouched():
    make.office("HB", is_pilot=True)
    with pytest.raises(CommandError, match="số liệu minh hoạ"):
        set_up()
    with pytest.raises(CommandError, match="số liệu minh hoạ"):
        call_command("set_up", check=True)
    assert (Office.objects.count(), User.objects.count()) == (1, 0)


@pytest.mark.both_engines
def test_an_office_is_founded_once():
    set_up()
    with pytest.raises(CommandError, match="đã có đơn vị"):
        set_up(code="SL")
    call_command("set_up", check=True)
    assert Office.objects.filter(seals=True).count() == 1


def test_an_empty_house_is_not_served():
    with pytest.raises(CommandError, match="make set_up"):
        call_command("set_up", check=True)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"code": "hòa bình"}, "Mã chỉ gồm chữ hoa"),
        ({"counters": "0"}, "Số quầy từ 1 đến 99"),
        ({"counters": "Q1,Quầy 2"}, "Mã chỉ gồm chữ hoa"),
        ({"counters": "Q1,Q1"}, "ghi hai lần: Q1"),
        ({"counters": "²"}, "Mã chỉ gồm chữ hoa"),
        ({"counters": ","}, "ít nhất một quầy"),
        ({"counters": "QUAY-SO-MOT-CUA-PHONG"}, "16 ký tự"),
        ({"code": "KBNN"}, "cấp trên"),
        ({"code": "A" * 30}, "Mã đơn vị dài quá"),
        ({"name": "Kho bạc " * 25}, "160 ký tự"),
        ({"name": "Kho bạc " * 15, "short_name": ""}, "ghi tên gọn"),
        ({"department": "Phòng " * 20}, "80 ký tự"),
        ({"admin": "quản trị!"}, "tên đăng nhập|username|Tên"),
    ],
)
def test_a_wrong_answer_is_told_and_nothing_is_left_behind(wrong, words):
    with pytest.raises(CommandError, match=words):
        set_up(**wrong)
    assert not Office.objects.exists()


def test_a_weak_password_is_refused(monkeypatch):
    monkeypatch.setenv("SETUP_PASSWORD", "12345")
    with pytest.raises(CommandError):
        set_up()
    assert not User.objects.exists()


def test_counters_are_named_by_their_codes():
    set_up(counters="q1, Q2,Q10", department="")
    assert list(Counter.objects.order_by("pk").values_list("code", "name", "office__code")) == [
        ("Q1", "Quầy 1", "HB"),
        ("Q2", "Quầy 2", "HB"),
        ("Q10", "Quầy 10", "HB"),
    ]


def test_the_first_leader_comes_with_the_office(monkeypatch):
    monkeypatch.setenv("SETUP_LEADER_PASSWORD", "mot-mat-khau-dai-2")
    set_up(leader="giamdoc")
    leader = User.objects.get(username="giamdoc")
    assert (leader.roles, leader.office.code, leader.is_staff) == ({Role.LEADERSHIP}, "HB", False)
    assert leader.check_password("mot-mat-khau-dai-2")


def test_leader_and_administrator_are_two_accounts():
    with pytest.raises(CommandError, match="hai tài khoản"):
        set_up(leader="QuanTri")
    assert not User.objects.exists()


@pytest.fixture
def terminal(monkeypatch):
    """What is typed, line by line; the passwords come from the environment."""

    def types(*lines: str) -> list[str]:
        asked, left = [], list(lines)
        monkeypatch.setattr(sys.stdin, "isatty", lambda: True, raising=False)
        monkeypatch.setattr("builtins.input", lambda words: asked.append(words) or left.pop(0))
        monkeypatch.setenv("SETUP_LEADER_PASSWORD", "mot-mat-khau-dai-2")
        return asked

    return types


def test_a_wrong_answer_on_a_terminal_is_asked_for_again(terminal, capsys):
    asked = terminal(
        "hòa bình", "HB", "", "Kho bạc Nhà nước Hòa Bình", "KBNN Hòa Bình", "", "0", "2", "quản trị!", "", "-"
    )
    call_command("set_up")
    assert [words.split(" (")[0] for words in asked].count("Mã đơn vị") == 2
    assert "Mã chỉ gồm chữ hoa" in capsys.readouterr().out
    assert (Office.objects.get(seals=True).code, Counter.objects.count()) == ("HB", 2)
    assert list(User.objects.values_list("username", flat=True)) == ["quantri"]


def test_every_answer_is_judged_where_it_is_typed_not_after_the_passwords(terminal, capsys):
    terminal(
        "KBNN", "HB", "Kho bạc " * 25, "Kho bạc Nhà nước Hòa Bình", "x" * 81, "", "", "Q1,Q1", ",", "²", "1",
        "quantri", "QuanTri", "giamdoc",
    )  # fmt: skip
    call_command("set_up")
    assert len([line for line in capsys.readouterr().out.splitlines() if line.startswith("  ")]) == 7
    assert set(User.objects.values_list("username", flat=True)) == {"quantri", "giamdoc"}


@pytest.mark.parametrize("ends", [EOFError, KeyboardInterrupt])
def test_who_stops_half_way_reads_one_line(terminal, monkeypatch, ends):
    terminal()
    monkeypatch.setattr("builtins.input", lambda words: (_ for _ in ()).throw(ends))
    with pytest.raises(CommandError, match="chưa mở đơn vị nào"):
        call_command("set_up")
    assert not Office.objects.exists()


def test_a_file_of_answers_needs_no_terminal(tmp_path, monkeypatch):
    monkeypatch.setenv("SETUP_LEADER_PASSWORD", "mot-mat-khau-dai-2")
    answers = tmp_path / "answers.toml"
    answers.write_text(
        'code = "HB"\nname = "Kho bạc Nhà nước Hòa Bình"\ncounters = 3\nleader = "giamdoc"\nquarterly = true\n'
    )
    call_command("set_up", answers=answers)
    assert Office.objects.get(code="HB").quarterly
    assert Counter.objects.count() == 3
    assert set(User.objects.values_list("username", flat=True)) == {"quantri", "giamdoc"}


def test_a_slip_of_the_pen_in_the_file_is_named(tmp_path):
    answers = tmp_path / "answers.toml"
    answers.write_text('code = "HB"\nnmae = "Kho bạc"\n')
    with pytest.raises(CommandError, match="mục lạ: nmae"):
        call_command("set_up", answers=answers)


def test_yes_and_no_of_the_file_are_no_words(tmp_path):
    answers = tmp_path / "answers.toml"
    answers.write_text('code = "HB"\nname = "Kho bạc"\nquarterly = "false"\n')
    with pytest.raises(CommandError, match="true hoặc false"):
        call_command("set_up", answers=answers)


def test_no_password_is_left_of_an_office_that_was_not_founded(monkeypatch, settings, tmp_path):
    monkeypatch.delenv("SETUP_PASSWORD")
    monkeypatch.setenv("SETUP_LEADER_PASSWORD", "12345")
    settings.DATA_DIR = tmp_path
    with pytest.raises(CommandError):
        set_up(leader="giamdoc")
    assert not (tmp_path / "first-login.txt").exists()


def test_both_first_passwords_stand_in_one_file_for_its_owner(monkeypatch, settings, tmp_path):
    monkeypatch.delenv("SETUP_PASSWORD")
    settings.DATA_DIR = tmp_path
    set_up(leader="giamdoc")
    place = tmp_path / "first-login.txt"
    assert [line.split()[0] for line in place.read_text().splitlines()] == ["quantri", "giamdoc"]
    assert place.stat().st_mode & 0o777 == 0o600
