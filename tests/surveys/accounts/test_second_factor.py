"""A code beside the password: who must, how it is asked, how it is lost and set back."""

from __future__ import annotations

import re
import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.core.management import call_command
from django.test import Client

from surveys.accounts import second_factor
from surveys.audit import Action
from surveys.choices import Role
from surveys.crypto import keys
from surveys.models import AuditEntry, Delegation
from tests import make

pytestmark = pytest.mark.django_db
PASSWORD = "mat-khau-thu"
DEMANDED = (Role.COUNTING, Role.INSPECTOR, Role.ADMIN)
ROOMS = {Role.COUNTING: "/counting/", Role.INSPECTOR: "/reports/signals/", Role.ADMIN: "/admin/"}


@pytest.fixture(autouse=True)
def _demanded(settings):
    settings.SECOND_FACTOR = True


@pytest.fixture
def clock(monkeypatch):
    """The clock of the codes, moved by hand: a code is good once, and the next comes half a minute later."""
    now = [time.time()]
    monkeypatch.setattr(time, "time", lambda: now[0])

    def later(seconds: float) -> None:
        now[0] += seconds

    return later


def logged_in(user, client: Client | None = None) -> Client:
    client = client or Client()
    client.post("/login", {"login": user.username, "password": PASSWORD})
    return client


def code_of(secret: str) -> str:
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30))


def enrolled(user) -> tuple[Client, str]:
    """A browser past enrolment, and the secret that the app now holds."""
    client = logged_in(user)
    page = client.get("/account/app").content.decode()
    secret = re.search(r'data-secret="(\w+)"', page)[1]
    answer = client.post("/account/app", {"code": code_of(secret)})
    assert (answer.status_code, answer["Location"]) == (302, "/account/codes")
    return client, secret


def recovery_codes(client: Client) -> list[str]:
    return re.findall(r"<li><code>(\d{10})</code>", client.get("/account/codes").content.decode())


def actions() -> list[str]:
    return list(AuditEntry.objects.order_by("pk").values_list("action", flat=True))


@pytest.mark.parametrize("role", DEMANDED)
def test_who_counts_inspects_or_administers_sees_nothing_before_enrolling(role):
    user = make.user(role, of=make.office(), is_staff=role == Role.ADMIN)
    client = logged_in(user)

    for path in (ROOMS[role], "/cases/", "/account/", "/password"):
        answer = client.get(path)
        assert (answer.status_code, answer["Location"].split("?")[0]) == (302, "/account/app"), path
    assert client.post("/counting/HB/2026-05/close").headers["Location"] == "/account/app"
    assert client.get("/results/").status_code == 200  # as for anybody


@pytest.mark.parametrize("role", DEMANDED)
def test_enrolling_opens_the_house_and_is_written_down(role):
    user = make.user(role, of=make.office(), is_staff=role == Role.ADMIN)

    client, _secret = enrolled(user)

    assert client.get(ROOMS[role]).status_code == 200
    assert actions() == [Action.SECOND_FACTOR_ON]


@pytest.mark.parametrize("role", [Role.TELLER, Role.LEADERSHIP, Role.HEAD_OFFICE])
def test_others_may_choose_it_and_then_are_asked(role):
    user = make.teller() if role == Role.TELLER else make.user(role, of=make.office())
    assert logged_in(user).get("/account/").status_code == 200

    enrolled(user)

    answer = Client().post("/login", {"login": user.username, "password": PASSWORD})
    assert answer["Location"] == "/login/code"


def test_whom_a_role_was_lent_is_asked_while_it_is(clock):
    lead, office = make.user(Role.LEADERSHIP, of=make.office()), make.office()
    client = logged_in(lead)
    assert client.get("/reports/offices/").status_code == 200
    today = make.now().date()
    Delegation.objects.create(
        office=office,
        delegate=lead,
        role=Role.COUNTING,
        valid_from=today,
        valid_to=today,
        granted_by=make.user(),
        granted_at=make.now(),
        reason="QĐ 1",
    )

    assert client.get("/reports/offices/").headers["Location"].startswith("/account/app?next=")


def test_the_password_alone_logs_nobody_in(clock):
    user = make.user(Role.INSPECTOR, of=make.office())
    _enrolled, secret = enrolled(user)
    clock(120)

    client = logged_in(user)
    assert client.get("/reports/signals/").headers["Location"].startswith("/login")
    assert "_auth_user_id" not in client.session

    assert client.post("/login/code", {"code": code_of(secret)})["Location"].startswith("/today/")
    assert client.get("/reports/signals/").status_code == 200


def test_a_wrong_code_is_in_the_log_by_account(caplog):
    user = make.user(Role.INSPECTOR, of=make.office())
    enrolled(user)

    logged_in(user).post("/login/code", {"code": "000000"})

    assert f"login: wrong code of the second factor, account {user.pk}" in caplog.text
    assert "000000" not in caplog.text


def test_a_code_lets_in_once_even_while_the_clock_still_allows_it(clock):
    user = make.user(Role.INSPECTOR, of=make.office())
    _enrolled, secret = enrolled(user)
    clock(120)
    seen = code_of(secret)
    logged_in(user).post("/login/code", {"code": seen})

    clock(31)  # one period on, within the tolerance: over the shoulder it was read all the same
    thief = logged_in(user)
    answer = thief.post("/login/code", {"code": seen})

    assert answer.status_code == 200
    assert "Mã không đúng hoặc đã dùng" in answer.content.decode()
    assert "_auth_user_id" not in thief.session


def test_ten_wrong_codes_are_the_end_for_an_hour(clock):
    user = make.user(Role.INSPECTOR, of=make.office())
    _enrolled, secret = enrolled(user)
    clock(120)
    client = logged_in(user)
    for guess in range(10):
        client.post("/login/code", {"code": f"{guess:06}"})

    answer = client.post("/login/code", {"code": code_of(secret)})
    assert answer.status_code == 200
    assert "quá nhiều lần nhập sai" in answer.content.decode()

    clock(3601)
    assert client.post("/login/code", {"code": code_of(secret)}).status_code == 302


def test_at_a_held_address_a_right_second_factor_passes_and_a_wrong_password_is_told_as_to_anybody(clock):
    user, other = (make.user(Role.INSPECTOR, of=make.office()) for _ in range(2))
    _enrolled, secret = enrolled(user)
    clock(120)
    for guess in range(30):
        Client().post("/login", {"login": f"ai-do-{guess}", "password": "Matkhau@123"})

    wrong = Client().post("/login", {"login": user.username, "password": "sai"}).content.decode()
    assert "quá nhiều lần nhập sai" in wrong
    right = Client().post("/login", {"login": other.username, "password": "mat-khau-thu"})
    assert "quá nhiều lần nhập sai" in right.content.decode()
    client = logged_in(user)
    assert client.post("/login/code", {"code": code_of(secret)})["Location"].startswith("/today/")


def test_a_recovery_code_stands_in_once_and_is_shown_once():
    user = make.user(Role.INSPECTOR, of=make.office())
    client, _secret = enrolled(user)
    codes = recovery_codes(client)
    assert len(set(codes)) == 10
    assert recovery_codes(client) == []

    assert logged_in(user).post("/login/code", {"code": codes[0]}).status_code == 302
    assert logged_in(user).post("/login/code", {"code": codes[0]}).status_code == 200
    assert logged_in(user).post("/login/code", {"code": codes[1]}).status_code == 302


def test_a_session_from_before_the_role_is_asked_for_its_code(clock):
    user = make.teller()
    _first, secret = enrolled(user)
    other = Client()
    other.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    from django.contrib.auth.models import Group

    user.groups.set(Group.objects.filter(name=Role.INSPECTOR))
    clock(120)

    assert other.get("/reports/signals/").headers["Location"].startswith("/reauthenticate/code?next=")
    answer = other.post("/reauthenticate/code?next=/reports/signals/", {"code": code_of(secret)})
    assert answer["Location"] == "/reports/signals/"
    assert other.get("/reports/signals/").status_code == 200


def test_removing_it_asks_at_once_for_a_new_one(clock):
    user = make.user(Role.INSPECTOR, of=make.office())
    client, _secret = enrolled(user)

    client.post("/account/app/remove")

    assert client.get("/reports/signals/").headers["Location"].startswith("/account/app")
    assert not Authenticator.objects.exists()
    assert actions() == [Action.SECOND_FACTOR_ON, Action.SECOND_FACTOR_OFF]


def test_enrolling_in_an_old_session_asks_for_the_password_first(clock):
    client = logged_in(make.user(Role.INSPECTOR, of=make.office()))
    clock(600)

    assert client.get("/account/app").headers["Location"].startswith("/reauthenticate")


# --- setting back ----------------------------------------------------------------------------------------------
def test_the_office_above_sets_back_whoever_lost_the_phone():
    above = make.office()
    below = make.office(parent=above)
    user = make.user(Role.INSPECTOR, of=below)
    client, _secret = enrolled(user)
    admin = make.user(Role.ADMIN, of=above, is_staff=True)
    desk, _other = enrolled(admin)

    desk.post(
        "/admin/surveys/user/", {"action": "reset_second_factor", "_selected_action": [user.pk]}, follow=True
    )

    assert not Authenticator.objects.filter(user=user).exists()
    assert client.get("/reports/signals/").headers["Location"].startswith("/login")  # logged out everywhere
    assert desk.get("/admin/").status_code == 200
    line = AuditEntry.objects.get(action=Action.SECOND_FACTOR_RESET)
    assert (line.actor, line.office, line.subject) == (admin, below, str(user))


def test_neither_oneself_nor_a_colleague_of_the_same_office_sets_back_while_there_is_one_above():
    above = make.office()
    below = make.office(parent=above)
    admin, colleague = (make.user(Role.ADMIN, of=below, is_staff=True) for _ in range(2))
    chief = make.user(Role.LEADERSHIP, of=above)

    for by, whom in ((admin, admin), (admin, colleague), (chief, admin)):
        with pytest.raises(second_factor.ResetRefused):
            second_factor.reset(user=whom, by=by, now=make.NOW)


def test_at_the_top_another_administrator_sets_back_but_nobody_oneself():
    top = make.office(is_head=True)
    first, second = (make.user(Role.ADMIN, of=top, is_staff=True) for _ in range(2))

    second_factor.reset(user=second, by=first, now=make.NOW)
    with pytest.raises(second_factor.ResetRefused):
        second_factor.reset(user=first, by=first, now=make.NOW)


def test_the_operator_of_the_server_can_set_back_the_only_administrator(capsys):
    admin = make.user(Role.ADMIN, of=make.office(), is_staff=True, username="quantri")
    enrolled(admin)

    call_command("reset_second_factor", "quantri")

    assert not Authenticator.objects.exists()
    assert AuditEntry.objects.get(action=Action.SECOND_FACTOR_RESET).actor is None


# --- how it is kept --------------------------------------------------------------------------------------------
def test_the_secret_is_nowhere_in_the_database_in_the_clear():
    user = make.user(Role.INSPECTOR, of=make.office())
    _client, secret = enrolled(user)

    kept = str(list(Authenticator.objects.values_list("data", flat=True)))

    assert secret not in kept
    adapter = second_factor.SecondFactorAdapter()
    assert adapter.decrypt(Authenticator.objects.get(user=user, type="totp").data["secret"]) == secret


def test_another_key_opens_no_secret(monkeypatch):
    adapter = second_factor.SecondFactorAdapter()
    sealed = adapter.encrypt("ABC")
    monkeypatch.setattr(keys, "login_key", lambda: b"\1" * 32)

    with pytest.raises(keys.KeyMissing):
        adapter.decrypt(sealed)


def test_the_enrolment_page_keeps_to_the_policy():
    client = logged_in(make.user(Role.INSPECTOR, of=make.office()))
    answer = client.get("/account/app")
    page = answer.content.decode()

    assert "<svg" in page
    assert "style=" not in page
    assert "data:image" not in page
    assert "no-store" in answer["Cache-Control"]


# --- the switch ------------------------------------------------------------------------------------------------
def test_the_pilots_logins_need_no_phone_unless_told_so(settings):
    settings.SECOND_FACTOR = None
    office = make.office(is_pilot=True)
    client = logged_in(make.user(Role.INSPECTOR, of=office))
    assert client.get("/reports/signals/").status_code == 200

    settings.SECOND_FACTOR = True
    assert client.get("/reports/signals/").status_code == 302


def test_without_a_word_a_real_office_demands_it(settings):
    settings.SECOND_FACTOR = None
    client = logged_in(make.user(Role.INSPECTOR, of=make.office()))

    assert client.get("/reports/signals/").status_code == 302
