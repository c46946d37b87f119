"""What an administrator may not see is kept, and rank is a stored fact: nobody becomes head office by pressing "Save"."""

from __future__ import annotations

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group
from django.db import IntegrityError
from django.db.transaction import atomic
from django.test import Client
from django.urls import reverse

from surveys.accounts import second_factor
from surveys.admin.base import KeepingForm, Reference, ReferenceRows
from surveys.choices import Role
from surveys.models import Office, User
from tests import make

pytestmark = pytest.mark.django_db

HEAD_CHOICE = "Kho bạc Nhà nước trung ương</label>"


@pytest.fixture
def below():
    """An office below head office, and a browser in which its administrator is logged in."""
    own = make.office(parent=make.office("KBNN", seals=False, is_head=True))
    return own, logged_in(own)


def logged_in(office: Office) -> Client:
    client = Client()
    client.force_login(make.user(Role.ADMIN, of=office, is_staff=True))
    return client


def as_shown(client: Client, address: str) -> dict:
    """What a browser sends when "Save" is pressed and nothing was changed: disabled boxes are not sent."""
    form = client.get(address).context["adminform"].form
    sent = {}
    for bound in form:
        value = bound.value()
        if not bound.field.disabled and value not in (None, False):
            sent[bound.html_name] = value.isoformat() if hasattr(value, "isoformat") else value
    return sent


def test_pressing_save_once_makes_no_administrator_head_office(below):
    own, client = below
    address = reverse("admin:surveys_office_change", args=[own.pk])

    assert client.post(address, as_shown(client, address) | {"_save": ""}).status_code == 302

    own.refresh_from_db()
    assert own.parent.code == "KBNN"
    assert own.path == f"/KBNN/{own.code}/"
    assert HEAD_CHOICE not in client.get(reverse("admin:surveys_user_add")).content.decode()


@pytest.mark.parametrize("sent", ["", "own"])
def test_a_parent_outside_ones_sight_stays_whatever_was_sent(below, sent):
    own, client = below
    address = reverse("admin:surveys_office_change", args=[own.pk])

    client.post(address, as_shown(client, address) | {"parent": own.pk if sent else "", "name": "Tên mới"})

    own.refresh_from_db()
    assert (own.parent.code, own.name) == ("KBNN", "Tên mới")


def test_an_office_without_a_parent_cannot_be_added_nor_put_below_itself(below):
    own, client = below
    department = make.department(of=own)
    shown = as_shown(client, reverse("admin:surveys_office_change", args=[department.pk]))

    new = shown | {"code": "MOI", "parent": ""}
    assert "parent" in client.post(reverse("admin:surveys_office_add"), new).context["adminform"].errors
    assert not Office.objects.filter(code="MOI").exists()
    address = reverse("admin:surveys_office_change", args=[department.pk])
    for parent in ("", department.pk):
        client.post(address, shown | {"parent": parent})
        department.refresh_from_db()
        assert department.parent == own


def test_a_counter_outside_ones_sight_stays_with_its_teller(below):
    own, client = below
    elsewhere = make.counter()
    clerk = make.user(Role.TELLER, of=own, at=elsewhere)
    address = reverse("admin:surveys_user_change", args=[clerk.pk])
    page = client.get(address)
    assert elsewhere.name in page.content.decode()

    client.post(address, as_shown(client, address) | {"counter": "", "title": "Giao dịch viên"})

    clerk = User.objects.get(pk=clerk.pk)
    assert (clerk.counter, clerk.title) == (elsewhere, "Giao dịch viên")


def test_a_role_outside_ones_gift_stays_with_its_holder(below):
    own, client = below
    holder = make.user(Role.HEAD_OFFICE, of=own)
    address = reverse("admin:surveys_user_change", args=[holder.pk])
    admin_role = Group.objects.get(name=Role.ADMIN).pk

    client.post(address, as_shown(client, address) | {"groups": [admin_role]})

    assert User.objects.get(pk=holder.pk).roles == {"head_office", "admin"}


def test_every_form_of_the_administration_keeps_what_its_user_may_not_see():
    ours = [each for each in admin.site._registry.values() if isinstance(each, Reference)]
    assert len(ours) > 10
    for each in ours:
        assert issubclass(each.form, KeepingForm), each
        for inline in each.inlines:
            assert issubclass(inline, ReferenceRows), inline
            assert issubclass(inline.form, KeepingForm), inline


def test_an_office_that_lost_its_parent_has_no_rank_for_it():
    own = make.office()
    first, second = (make.user(Role.ADMIN, of=own, is_staff=True) for _ in range(2))
    client = Client()
    client.force_login(first)

    assert HEAD_CHOICE not in client.get(reverse("admin:surveys_user_add")).content.decode()
    assert not second_factor.may_reset(first, second)


def test_there_is_one_head_office_and_nothing_above_it():
    head = make.office(is_head=True)
    with pytest.raises(IntegrityError), atomic():
        make.office(is_head=True)
    with pytest.raises(IntegrityError), atomic():
        Office.objects.filter(pk=head.pk).update(parent=make.office())
