"""A password that somebody else gave opens the page where it is changed, and nothing more."""

from __future__ import annotations

from time import time

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from surveys.accounts import AccountAdapter, credential_resets, second_factor
from surveys.choices import Role
from surveys.models import User
from surveys.setup_room import people
from tests import make

pytestmark = pytest.mark.django_db
OWN = "mot-mat-khau-cua-rieng-8"
CHANGE = "/password"


@pytest.fixture
def teller():
    return make.teller(at=make.counter("Q1", of=make.department(of=make.office("HB"))))


@pytest.fixture
def letter(teller):
    """What the administrator's letter says."""
    keeper = make.user(Role.ADMIN, of=teller.office.sealing_office)
    return people.set_password_back(person=teller, by=keeper, now=timezone.now())


def logged_in(user: User, password: str) -> Client:
    client = Client()
    answer = client.post(reverse("account_login"), {"login": user.username, "password": password})
    assert answer.status_code == 302
    return client


def changed(client: Client, old: str, new: str = OWN, to: str = CHANGE):
    return client.post(to, {"oldpassword": old, "password1": new, "password2": new})


def test_whoever_has_a_letter_is_led_to_change_the_password_and_comes_back_from_there(teller, letter):
    client = logged_in(teller, letter)
    answer = client.get("/counter/")
    assert (answer.status_code, answer["Location"]) == (302, f"{CHANGE}?next=%2Fcounter%2F")
    page = client.get(answer["Location"])
    assert "do người khác đặt" in page.content.decode()
    answer = changed(client, letter, to=answer["Location"])
    assert (answer.status_code, answer["Location"]) == (302, "/counter/")
    assert client.get("/counter/").status_code == 200
    assert "do người khác đặt" not in client.get(CHANGE).content.decode()


def test_nothing_that_is_sent_is_done_before(teller, letter):
    client = logged_in(teller, letter)
    answer = client.post("/counter/", {"queue": "1"})
    assert (answer.status_code, answer["Location"]) == (302, CHANGE)


def test_the_door_of_the_administration_opens_as_little():
    keeper = make.user(Role.ADMIN, of=make.office("HB"), is_staff=True)
    other = make.user(Role.ADMIN, of=keeper.office)
    letter = people.set_password_back(person=keeper, by=other, now=timezone.now())
    client = logged_in(keeper, letter)
    assert client.get("/admin/")["Location"] == f"{CHANGE}?next=%2Fadmin%2F"
    assert client.get("/admin/password_change/")["Location"].startswith(CHANGE)
    assert client.post("/logout").status_code == 302


def test_the_letters_password_typed_again_is_not_ones_own(teller, letter):
    client = logged_in(teller, letter)
    page = changed(client, letter, new=letter)
    assert "Mật khẩu mới phải khác mật khẩu đang dùng." in page.content.decode()
    assert User.objects.get(pk=teller.pk).password_is_given


def test_a_letter_that_nobody_used_in_a_fortnight_logs_nobody_in_and_another_one_does(teller):
    keeper, now = make.user(Role.ADMIN, of=teller.office.sealing_office), timezone.now()
    page = reverse("account_login")
    old = people.set_password_back(person=teller, by=keeper, now=now - credential_resets.GIVEN_FOR)
    answer = Client().post(page, {"login": teller.username, "password": old})
    assert "Xin người quản trị in giấy mới." in answer.content.decode()
    assert (
        "Xin người quản trị"
        not in Client().post(page, {"login": teller.username, "password": "sai"}).content.decode()
    )
    logged_in(teller, people.set_password_back(person=teller, by=keeper, now=now))


def test_ones_own_password_does_not_end(teller):
    keeper, now = make.user(Role.ADMIN, of=teller.office.sealing_office), timezone.now()
    people.set_password_back(person=teller, by=keeper, now=now - credential_resets.GIVEN_FOR)
    teller.refresh_from_db()
    AccountAdapter().set_password(teller, OWN)
    logged_in(teller, OWN)


def test_a_wrong_old_password_changes_nothing(teller, letter):
    client = logged_in(teller, letter)
    assert changed(client, "khong-phai-mat-khau").status_code == 200
    assert User.objects.get(pk=teller.pk).password_is_given


def test_a_new_account_begins_with_a_given_password():
    keeper = make.user(Role.ADMIN, of=make.office("HB"))
    person = User(username="bui.lan", last_name="Bùi Thị", first_name="Lan", office=keeper.office)
    people.enter(person=person, roles=[], by=keeper, now=timezone.now())
    assert User.objects.get(username="bui.lan").password_is_given


def test_who_lost_the_telephone_keeps_the_own_password(teller):
    second_factor.reset(user=teller, by=None, now=timezone.now())
    assert not User.objects.get(pk=teller.pk).password_is_given


def test_the_second_factor_comes_first(settings):
    settings.SECOND_FACTOR = True
    box = make.office("HB")
    keeper, counting = make.user(Role.ADMIN, of=box), make.user(Role.COUNTING, of=box)
    letter = people.set_password_back(person=counting, by=keeper, now=timezone.now())
    client = logged_in(counting, letter)
    assert client.get(CHANGE)["Location"].startswith("/account/app?")


def test_who_came_by_single_sign_on_is_not_asked_for_a_password(teller, letter):
    client = Client()
    client.force_login(teller, backend="django.contrib.auth.backends.ModelBackend")
    session = client.session
    session["account_authentication_methods_user"] = str(teller.pk)
    session["account_authentication_methods"] = [{"method": "socialaccount", "at": time(), "provider": "sso"}]
    session.save()
    assert client.get("/counter/").status_code == 200
