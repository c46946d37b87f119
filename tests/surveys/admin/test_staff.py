"""Who is let into the administration, and what an account needs before it is saved."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse

from surveys.choices import Role
from surveys.models import Office, User
from tests import make

pytestmark = pytest.mark.django_db
OTHERS = [Role.TELLER, Role.COUNTING, Role.LEADERSHIP, Role.HEAD_OFFICE]


def browser_of(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def keeper():
    return make.user(Role.ADMIN, of=make.counter().box_office, is_staff=True)


def sent(**facts) -> dict:
    password = {
        "password1": "mat-khau-rat-dai-7",
        "password2": "mat-khau-rat-dai-7",
        "usable_password": "true",
    }
    return {"username": "lan.bui"} | password | facts


@pytest.mark.parametrize("role", OTHERS)
def test_the_administration_refuses_others_in_words_and_at_once(role):
    counter = make.counter()
    user = make.user(role, of=counter.box_office, at=counter if role == Role.TELLER else None)
    answer = browser_of(user).get("/admin/", follow=True)
    assert answer.status_code == 403
    assert len(answer.redirect_chain) == 1
    assert "Không có quyền xem trang này" in answer.content.decode()


def test_a_stranger_is_asked_to_log_in_and_comes_back():
    answer = Client().get("/admin/", follow=True)
    assert answer.status_code == 200
    assert answer.redirect_chain[-1][0] == "/login?next=%2Fadmin%2F"


def test_nobody_is_saved_without_an_office(keeper):
    facts = {"groups": [Group.objects.get(name=Role.LEADERSHIP).pk]}
    page = browser_of(keeper).post(reverse("admin:surveys_user_add"), sent(**facts)).content.decode()
    assert "Xin chọn đơn vị" in page
    assert not User.objects.filter(username="lan.bui").exists()


def test_a_user_is_saved_with_role_and_office_in_one_page(keeper):
    facts = {"office": keeper.office_id, "groups": [Group.objects.get(name=Role.LEADERSHIP).pk]}
    browser_of(keeper).post(reverse("admin:surveys_user_add"), sent(**facts))
    made = User.objects.get(username="lan.bui")
    assert made.roles == {Role.LEADERSHIP}
    assert made.office == Office.objects.get(pk=keeper.office_id)
    assert not made.is_staff


def test_an_administrator_is_let_in_by_the_role_alone(keeper):
    facts = {"office": keeper.office_id, "groups": [Group.objects.get(name=Role.ADMIN).pk]}
    browser_of(keeper).post(reverse("admin:surveys_user_add"), sent(**facts))
    User.objects.filter(username="lan.bui").update(password_is_given=False)  # as who has chosen another one
    assert browser_of(User.objects.get(username="lan.bui")).get("/admin/").status_code == 200


def test_an_account_is_closed_without_a_role(keeper):
    clerk = make.user(Role.LEADERSHIP, of=keeper.office)
    address = reverse("admin:surveys_user_change", args=[clerk.pk])
    answer = browser_of(keeper).post(address, {"username": clerk.username, "office": keeper.office_id})
    assert answer.status_code == 302
    assert not User.objects.get(pk=clerk.pk).is_active


def test_whoever_has_neither_role_nor_office_is_told_so():
    answer = browser_of(make.user()).get("/account/landing", follow=True)
    assert answer.status_code == 403
    assert "Tài khoản này còn thiếu: vai trò, đơn vị." in answer.content.decode()
