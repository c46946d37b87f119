"""How a login begins and ends, and what stands against who tries passwords.

Source: docs/spec/research/trust.md §5.3, attacks T17 and T18.
"""

from __future__ import annotations

import re
import time
from uuid import uuid4

import pytest
from django.contrib.auth.hashers import MD5PasswordHasher
from django.contrib.auth.models import Group
from django.core import signing
from django.test import Client

from surveys.accounts import known_devices
from surveys.accounts.sessions import end_sessions
from surveys.choices import Role
from surveys.models import Transaction
from tests import make

pytestmark = pytest.mark.django_db
PASSWORD = "mat-khau-thu"
HOME, ELSEWHERE = "203.0.113.7", "198.51.100.9"


class CountingHasher(MD5PasswordHasher):
    """How many passwords were really tried, known names and unknown ones alike."""

    tried = 0

    def encode(self, password, salt):
        type(self).tried += 1
        return super().encode(password, salt)


@pytest.fixture
def tried(settings):
    settings.PASSWORD_HASHERS = [f"{__name__}.CountingHasher"]
    CountingHasher.tried = 0
    return CountingHasher


@pytest.fixture
def later(monkeypatch):
    now = [time.time()]
    monkeypatch.setattr(time, "time", lambda: now[0])

    def move(seconds: float) -> None:
        now[0] += seconds

    return move


def log_in(name: str, password: str = PASSWORD, *, at: str = HOME, client: Client | None = None):
    return (client or Client()).post("/login", {"login": name, "password": password}, REMOTE_ADDR=at)


def is_in(client: Client) -> bool:
    return client.get("/account/").status_code == 200


# --- T17: sessions ---------------------------------------------------------------------------------------------
def test_a_login_begins_a_session_of_its_own_and_kills_the_one_brought_along():
    user, client = make.user(), Client()
    client.get("/login/sso")
    planted = client.session
    planted["planted"] = True
    planted.save()
    client.cookies["kbnn"] = planted.session_key

    log_in(user.username, client=client)

    assert client.cookies["kbnn"].value != planted.session_key
    thief = Client()
    thief.cookies["kbnn"] = planted.session_key
    assert is_in(client)
    assert not is_in(thief)


def test_who_types_the_password_again_gets_a_new_key_and_the_old_one_is_dead():
    user, client = make.user(), Client()
    log_in(user.username, client=client)
    before = client.cookies["kbnn"].value

    client.post("/reauthenticate", {"password": "sai"})
    assert client.cookies["kbnn"].value == before
    client.post("/reauthenticate", {"password": PASSWORD})

    thief = Client()
    thief.cookies["kbnn"] = before
    assert (is_in(client), is_in(thief)) == (True, False)


def test_logins_that_fail_are_in_the_log_by_account_and_without_what_was_typed(caplog):
    user, client = make.user(), Client()
    log_in(
        user.username, client=client
    )  # from now on a known machine, of which the brake's own table keeps nothing
    client.post("/logout")

    log_in(user.username, "sai-mat-khau", client=client)
    log_in("mat-khau-o-nham-cho", "x", client=Client())
    for guess in range(12):
        log_in(user.username, f"doan-{guess}", at=ELSEWHERE)

    lines = [each.getMessage() for each in caplog.records if each.name == "surveys.accounts.attempts"]
    assert lines[0] == f"login: wrong password, account {user.pk}"
    assert lines[1] == "login: wrong password, no account"
    assert lines[-1] == f"login: held back by a brake, account {user.pk}"
    assert not any(typed in caplog.text for typed in ("sai-mat-khau", "nham-cho", "doan-"))


def test_after_logging_out_the_old_cookie_opens_nothing():
    user, client = make.user(), Client()
    log_in(user.username, client=client)
    old = client.cookies["kbnn"].value

    client.post("/logout")

    thief = Client()
    thief.cookies["kbnn"] = old
    assert not is_in(client)
    assert not is_in(thief)


def test_half_an_hour_without_a_request_ends_the_session(later):
    user, client = make.user(), Client()
    log_in(user.username, client=client)
    later(1799)
    assert is_in(client)
    later(1799)
    assert is_in(client)
    later(1801)
    assert not is_in(client)
    later(-1801)
    assert not is_in(client)


def test_twelve_hours_end_it_however_busy(later):
    user, client = make.user(), Client()
    log_in(user.username, client=client)
    for _ in range(24):
        later(1700)
        assert is_in(client)
    later(1700 * 2)
    assert not is_in(client)


def test_a_role_taken_away_closes_its_rooms_at_the_next_request():
    user, client = make.user(Role.LEADERSHIP, of=make.office()), Client()
    log_in(user.username, client=client)
    assert client.get("/cases/").status_code == 200

    user.groups.set(Group.objects.filter(name=Role.HEAD_OFFICE))

    assert client.get("/cases/").status_code == 403


def test_an_account_that_is_ended_is_out_at_once():
    user, client = make.user(), Client()
    log_in(user.username, client=client)

    user.is_active = False
    user.save()

    assert not is_in(client)


def test_a_new_password_logs_out_every_other_machine():
    user, here, there = make.user(), Client(), Client()
    log_in(user.username, client=here)
    log_in(user.username, client=there)

    said = {"oldpassword": PASSWORD, "password1": "Mot-mat-khau-khac-9", "password2": "Mot-mat-khau-khac-9"}
    assert here.post("/password", said).status_code == 302

    assert is_in(here)
    assert not is_in(there)


def test_one_persons_sessions_can_all_be_ended_and_nobody_elses():
    user, other, first, second, third = make.user(), make.user(), Client(), Client(), Client()
    for client, whose in ((first, user), (second, user), (third, other)):
        log_in(whose.username, client=client)

    assert end_sessions(user, now=make.now()) == 2

    assert [is_in(client) for client in (first, second, third)] == [False, False, True]


def test_a_session_lives_as_long_as_the_browser_and_is_no_business_of_scripts():
    cookie = log_in(make.user().username).cookies["kbnn"]

    assert (cookie["httponly"], cookie["samesite"], cookie["max-age"], cookie["path"]) == (
        True,
        "Lax",
        "",
        "/",
    )


def test_whose_password_was_wrong_and_who_does_not_exist_see_the_same_page():
    user = make.user()

    known, unknown = log_in(user.username, "sai"), log_in("khong-co-ai", "sai")

    def page(response, name: str) -> str:
        text = response.content.decode().replace(name, "…")
        start = text.index('name="csrfmiddlewaretoken"')
        return text[:start] + text[start + 140 :]

    assert page(known, user.username) == page(unknown, "khong-co-ai")


# --- T18: passwords that are tried -------------------------------------------------------------------------------
@pytest.mark.one_engine
def test_of_five_hundred_guesses_at_one_account_at_most_ten_an_hour_are_tried(tried, later):
    user = make.user()
    tried.tried = 0
    for guess in range(500):
        log_in(user.username, f"doan-{guess}")
        later(7)  # within an hour, past the quarter of an hour of the first lock

    assert 5 <= tried.tried <= 10


def test_the_victim_logs_in_from_another_address_meanwhile(tried):
    user = make.user()
    for guess in range(50):
        log_in(user.username, f"doan-{guess}")
    assert log_in(user.username).status_code != 302

    assert log_in(user.username, at=ELSEWHERE).status_code == 302


def test_a_spray_over_a_hundred_accounts_is_cut_at_twenty(tried):
    names = [make.user().username for _ in range(100)]
    tried.tried = 0

    answers = [log_in(name, "Matkhau@123") for name in names]

    assert tried.tried == 20
    assert "quá nhiều lần nhập sai" in answers[-1].content.decode()
    assert log_in(names[0], at=ELSEWHERE).status_code == 302


def test_twenty_wrong_passwords_keep_no_known_machine_of_the_office_out(tried):
    here, stranger = make.user(), make.user()
    machine = Client()
    log_in(here.username, client=machine)
    machine.post("/logout")
    for guess in range(30):
        log_in(f"ai-do-{guess}", "Matkhau@123")
    for guess in range(6):
        log_in(here.username, f"doan-{guess}")

    assert log_in(stranger.username).status_code != 302
    assert log_in(stranger.username, client=machine).status_code != 302  # the machine knows others
    assert log_in(here.username).status_code != 302
    assert log_in(here.username, client=machine).status_code == 302


def test_a_known_machine_has_a_brake_of_its_own(tried):
    user, machine = make.user(), Client()
    log_in(user.username, client=machine)
    machine.post("/logout")
    tried.tried = 0
    for guess in range(40):
        log_in(user.username, f"doan-{guess}", client=machine)

    assert tried.tried <= 10
    assert log_in(user.username, client=machine).status_code != 302


def test_a_made_up_mark_of_a_machine_is_no_mark(tried):
    user, machine = make.user(), Client()
    for guess in range(30):
        log_in(f"ai-do-{guess}", "Matkhau@123")
    machine.cookies["kbnn-device"] = "eyJkIjoieCIsInAiOltdfQ:1w:xxxx"

    assert log_in(user.username, client=machine).status_code != 302


def test_the_mark_of_a_machine_goes_to_the_login_page_alone_and_names_nobody():
    user, machine = make.user(username="nguyen.van.a"), Client()
    log_in(user.username, client=machine)
    mark = machine.cookies["kbnn-device"]

    assert (mark["path"], mark["httponly"], mark["samesite"]) == ("/login", True, "Lax")
    assert "nguyen" not in str(signing.loads(mark.value, salt=known_devices.SALT))


def test_right_passwords_use_nothing_up(tried):
    """An office behind one address: forty people log in, and the forty-first, too."""
    for _ in range(41):
        assert log_in(make.user().username).status_code == 302


def test_behind_our_proxy_each_address_is_counted_for_itself(settings, tried):
    settings.TRUSTED_PROXIES = ["127.0.0.1"]
    user = make.user()

    def through_proxy(password: str, forwarded: str):
        facts = {"REMOTE_ADDR": "127.0.0.1", "HTTP_X_FORWARDED_FOR": forwarded}
        return Client().post("/login", {"login": user.username, "password": password}, **facts)

    for guess in range(50):
        through_proxy(f"doan-{guess}", HOME)

    assert through_proxy(PASSWORD, HOME).status_code != 302
    assert (
        through_proxy(PASSWORD, f"{ELSEWHERE}, {HOME}").status_code != 302
    )  # what the guesser claims of himself
    assert through_proxy(PASSWORD, ELSEWHERE).status_code == 302


def test_who_is_no_proxy_of_ours_cannot_change_the_address(tried):
    user = make.user()
    for guess in range(50):
        claims = {"REMOTE_ADDR": HOME, "HTTP_X_FORWARDED_FOR": f"192.0.2.{guess}"}
        Client().post("/login", {"login": user.username, "password": f"doan-{guess}"}, **claims)

    assert tried.tried <= 10
    assert log_in(user.username).status_code != 302


def test_asking_for_the_password_again_is_braked_in_the_same_way(tried):
    user, client = make.user(), Client()
    log_in(user.username, client=client)
    tried.tried = 0
    for guess in range(40):
        client.post("/reauthenticate", {"password": f"doan-{guess}"}, REMOTE_ADDR=HOME)

    assert tried.tried <= 10


# --- what was typed when it ended ---------------------------------------------------------------------------------
OURS = {"HTTP_ORIGIN": "http://testserver", "HTTP_REFERER": "http://testserver/counter/"}


def token_in(page: str) -> str:
    return re.findall(r'name="csrfmiddlewaretoken" value="(\w+)"', page)[-1]


@pytest.fixture
def desk(db):
    """A teller's browser that checks tokens, half an hour away from its last request, and the form as it was typed."""
    counter = make.counter("Q1")
    make.procedure("1")
    make.teller(at=counter, username="gdv")
    browser = Client(enforce_csrf_checks=True)

    def enter() -> str:
        token = token_in(browser.get("/login").content.decode())
        browser.post("/login", {"login": "gdv", "password": PASSWORD, "csrfmiddlewaretoken": token})
        return token_in(browser.get("/counter/").content.decode())

    return browser, enter


def test_a_form_sent_after_the_login_ended_is_kept_and_taken_after_the_next_login(desk, later):
    browser, enter = desk
    typed = {"procedure": "1", "dossier": "HS <Đà Bắc>", "csrfmiddlewaretoken": enter()}
    later(1801)
    refused = browser.post("/counter/start", typed, **OURS)
    page = refused.content.decode()
    assert (refused.status_code, "Phiên làm việc đã hết" in page) == (403, True)
    assert 'name="dossier" value="HS &lt;Đà Bắc&gt;"' in page
    assert not Transaction.objects.exists()
    enter()
    again = browser.post("/counter/start", typed | {"csrfmiddlewaretoken": token_in(page)}, **OURS)
    page = again.content.decode()
    assert (again.status_code, 'name="dossier" value="HS &lt;Đà Bắc&gt;"' in page) == (403, True)
    taken = browser.post("/counter/start", typed | {"csrfmiddlewaretoken": token_in(page)}, **OURS)
    assert taken.status_code == 303
    assert Transaction.objects.get().dossier == "HS <Đà Bắc>"


@pytest.mark.parametrize("origin", [{}, {"HTTP_ORIGIN": "https://evil.example"}, {"HTTP_ORIGIN": "null"}])
def test_a_form_of_a_page_that_is_not_ours_is_not_kept_for_one_press(desk, origin):
    browser, enter = desk
    enter()
    refused = browser.post("/counter/start", {"procedure": "1", "dossier": "HS-1"}, **origin)
    assert (refused.status_code, "HS-1" in refused.content.decode()) == (403, False)


def test_a_secret_is_kept_in_no_page_and_the_login_leads_back_to_where_it_was_typed(desk, later):
    browser, enter = desk
    secret = {"oldpassword": "mot-bi-mat", "csrfmiddlewaretoken": enter()}
    later(1801)
    page = browser.post("/password", secret, **OURS | {"HTTP_REFERER": "http://testserver/password"})
    assert "mot-bi-mat" not in page.content.decode()
    assert 'href="/login?next=/password"' in page.content.decode()


def test_a_stubs_code_is_kept_in_no_page_either(desk, later):
    browser, enter = desk
    scanned = {"stub": "H4XW9-ABCDE-FGHJK-MNPQR-STVWX-Y", "csrfmiddlewaretoken": enter()}
    later(1801)
    page = browser.post(f"/counter/slips/{uuid4()}/stub", scanned, **OURS)
    assert (page.status_code, "ABCDE" in page.content.decode()) == (403, False)


def test_coming_back_to_an_address_that_only_takes_a_form_says_so_in_words(desk):
    browser, enter = desk
    enter()
    page = browser.get("/counter/start")
    assert (page.status_code, "Trang này chỉ nhận biểu mẫu" in page.content.decode()) == (405, True)
    assert page["Content-Length"] == str(len(page.content))
