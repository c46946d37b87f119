"""Counting, leading and inspecting are granted by a leader for some days; an administrator makes accounts and tellers."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from surveys.accounts.holders import holders
from surveys.admin.roles import RoleChoice
from surveys.choices import GRANTED_ROLES, ROLE_PERMISSIONS, Role
from surveys.models import Delegation, User
from tests import make

pytestmark = pytest.mark.django_db
BACKEND = "django.contrib.auth.backends.ModelBackend"
TODAY = timezone.localdate()


def granted(person: User, role: Role, *, days: tuple[int, int] = (0, 5), office=None) -> Delegation:
    first, last = (TODAY + timedelta(days=n) for n in days)
    return Delegation.objects.create(
        office=office or person.office,
        delegate=person,
        role=role,
        valid_from=first,
        valid_to=last,
        reason="QĐ 12/QĐ-KBHB",
        granted_by=make.user(Role.LEADERSHIP, of=person.office),
        granted_at=timezone.now(),
    )


def again(person: User) -> User:
    return User.objects.get(pk=person.pk)


def powers(person: User) -> set[str]:
    return {
        name for names in ROLE_PERMISSIONS.values() for name in names if person.has_perm(f"surveys.{name}")
    }


@pytest.mark.parametrize("role", GRANTED_ROLES)
def test_a_granted_role_has_the_powers_of_that_role_on_its_days_and_in_its_office_alone(role):
    person = make.user(of=make.office("HB"))
    assert powers(person) == set()
    for days in ((-9, -1), (1, 9)):
        granted(person, role, days=days)
    granted(person, role, office=make.office("SL"))
    assert (powers(again(person)), again(person).roles) == (set(), frozenset())
    assert person not in holders(role, on=TODAY)
    act = granted(person, role)
    assert powers(again(person)) == set(ROLE_PERMISSIONS[role])
    assert again(person).has_role(role)
    assert person in holders(role, on=TODAY)
    assert person not in holders(role, on=TODAY + timedelta(days=40))
    Delegation.objects.filter(pk=act.pk).update(revoked_at=timezone.now())
    assert (powers(again(person)), again(person).roles) == (set(), frozenset())


def test_an_administrator_gives_no_role_that_counts_signs_inspects_or_leads():
    office = make.office("HB", parent=make.office("KV"))
    admin = make.user(Role.ADMIN, of=office)

    def offered() -> set[str]:
        return set(RoleChoice.of(again(admin)).queryset.values_list("name", flat=True))

    assert offered() == {Role.TELLER, Role.ADMIN, Role.LEADERSHIP}, "the first leader, whom nobody can grant"
    leader = make.user(Role.LEADERSHIP, of=office.parent)
    assert offered() == {Role.TELLER, Role.ADMIN}
    User.objects.filter(pk=leader.pk).update(is_active=False)
    assert offered() == {Role.TELLER, Role.ADMIN}, "a leader who left does not open it again"


def test_the_second_of_head_offices_people_is_named_by_its_leader_since_two_sign_a_standing():
    head = make.office("KBNN", seals=False, is_head=True)
    admin, leader = make.user(Role.ADMIN, of=head), make.user(Role.LEADERSHIP, of=head)
    make.user(of=head, username="tran.ha")

    def offered() -> set[str]:
        return set(RoleChoice.of(again(admin)).queryset.values_list("name", flat=True))

    assert Role.HEAD_OFFICE in offered(), "the first, who may have come before any leader"
    first = make.user(Role.HEAD_OFFICE, of=head)
    assert Role.HEAD_OFFICE not in offered()
    User.objects.filter(pk=first.pk).update(is_active=False)
    assert Role.HEAD_OFFICE not in offered(), "one who left does not open it again"
    client = Client()
    client.force_login(leader, backend=BACKEND)
    assert "/counting/KBNN/team/" in client.get("/reports/offices/").content.decode()
    act = {
        "delegate": "tran.ha",
        "role": "head_office",
        "reason": "QĐ 1",
        "valid_from": TODAY,
        "valid_to": TODAY,
    }
    assert client.post("/counting/KBNN/team/", act).status_code == 303
    named = User.objects.get(username="tran.ha")
    assert named.has_role(Role.HEAD_OFFICE)
    assert named.has_perm("surveys.run_campaigns")
    office = make.office("HB", parent=head)
    assert client.post(f"/counting/{office.code}/team/", act).status_code == 422
    assert client.post("/counting/KBNN/team/", act | {"role": "counting"}).status_code == 422


def test_a_role_that_an_administrator_may_not_give_is_kept_as_it_stands():
    office = make.office("HB")
    admin, signer = make.user(Role.ADMIN, of=office), make.user(Role.COUNTING, of=office, username="tran.ha")
    make.user(Role.LEADERSHIP, of=office)
    client = Client()
    client.force_login(admin, backend=BACKEND)
    facts = {"username": "tran.ha", "full_name": "Trần Hà", "title": "Kế toán", "email": ""}
    facts |= {"office": office.pk, "is_active": "on", "groups": []}
    assert client.post(f"/setup/people/{signer.pk}/", facts).status_code == 303
    assert (again(signer).roles, again(signer).title) == ({Role.COUNTING}, "Kế toán")
    address = reverse("admin:surveys_user_change", args=[signer.pk])
    client.post(address, facts | {"last_name": "Trần", "first_name": "Hà"})
    assert again(signer).roles == {Role.COUNTING}
    asked = facts | {"groups": [Group.objects.get(name=Role.INSPECTOR).pk]}
    assert client.post(f"/setup/people/{signer.pk}/", asked).status_code == 422
    assert again(signer).roles == {Role.COUNTING}


def test_whoever_counts_by_a_leaders_word_is_not_made_a_teller():
    counter = make.counter("Q1", of=make.office("HB"))
    admin, clerk = make.user(Role.ADMIN, of=counter.office), make.user(of=counter.office, username="tran.ha")
    granted(clerk, Role.COUNTING)
    client = Client()
    client.force_login(admin, backend=BACKEND)
    facts = {"username": "tran.ha", "full_name": "Trần Hà", "title": "", "email": "", "is_active": "on"}
    facts |= {"counter": counter.pk, "groups": [Group.objects.get(name=Role.TELLER).pk]}
    page = client.post(f"/setup/people/{clerk.pk}/", facts)
    assert (page.status_code, "Giao dịch viên không được vào Tổ kiểm phiếu" in page.content.decode()) == (
        422,
        True,
    )
