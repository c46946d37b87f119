"""Help for each role: one screen of its own work, with the words that the product itself uses."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import reverse

from surveys.accounts.help_pages import PAGES
from surveys.choices import Role
from tests import make

pytestmark = pytest.mark.django_db


def browser(role: Role) -> Client:
    client = Client()
    client.force_login(make.teller() if role == Role.TELLER else make.user(role, of=make.office("HB")))
    return client


@pytest.mark.parametrize("role", Role)
def test_the_menu_leads_to_the_help_of_one_s_own_role(role):
    client = browser(role)
    address = client.get("/help/")["Location"]
    assert address == f"/help/{role}/"
    page = client.get(address).content.decode()
    assert f"Trợ giúp: {role.label}" in page
    assert 'href="/help/"' in page
    assert page.count("<section") == len(PAGES[role])


@pytest.mark.parametrize("role", Role)
def test_each_page_fits_a_screen_and_opens_only_pages_that_the_role_may_enter(role):
    words = " ".join(str(step) for topic in PAGES[role] for step in topic.steps).split()
    assert 30 < len(words) < 260
    client = browser(role)
    for topic in filter(lambda topic: topic.page, PAGES[role]):
        assert client.get(reverse(topic.page), follow=True).status_code == 200, topic.page


def test_a_role_that_does_not_exist_has_no_page():
    assert browser(Role.ADMIN).get("/help/nobody/").status_code == 404


def test_the_keys_of_the_teller_s_help_are_those_of_the_console():
    page = browser(Role.TELLER).get("/counter/").content.decode()
    console = set(re.findall(r'class="key"[^>]*>([^<]+)<', page))
    told = " ".join(str(step) for topic in PAGES[Role.TELLER] for step in topic.steps)
    named = set(re.findall(r"\b(Enter|F2|[A-Z])\b(?= |,|;|:|\.)", told)) & set("BTKZSHX") | {"Enter", "F2"}
    assert named - {"X"} <= console
