"""A signer who left comes back as nobody's tool: opening a closed account again puts its granted roles to rest."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import DatabaseError
from django.db.transaction import atomic
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from surveys.accounts import credential_resets
from surveys.accounts.holders import holders
from surveys.admin.roles import RoleChoice
from surveys.choices import GRANTED_ROLES, ROLE_PERMISSIONS, Role
from surveys.models import AuditEntry, Delegation, RestedRole, User
from tests import make

pytestmark = pytest.mark.django_db
BACKEND = "django.contrib.auth.backends.ModelBackend"
TODAY = timezone.localdate()
FACTS = {"username": "tran.ha", "full_name": "Trần Hà", "last_name": "Trần", "first_name": "Hà", "title": ""}


@pytest.fixture
def office():
    return make.office("HB")


@pytest.fixture
def admin(office):
    """Who may open the administration's pages too, as those made by the forms may."""
    made = make.user(Role.ADMIN, of=office)
    made.is_staff = True
    made.save()
    return made


@pytest.fixture
def leader(office):
    return make.user(Role.LEADERSHIP, of=office)


def in_the_set_up_room(person: User) -> str:
    return f"/setup/people/{person.pk}/"


def in_the_administration(person: User) -> str:
    return reverse("admin:surveys_user_change", args=[person.pk])


def opened_again(person: User, admin: User, address=in_the_set_up_room) -> User:
    """The account is closed and opened by the administrator's form, as for somebody who left."""
    client = Client()
    client.force_login(admin, backend=BACKEND)
    facts = FACTS | {"email": "", "office": person.office_id, "groups": []}
    for sent in (facts, facts | {"is_active": "on"}):
        answer = client.post(address(person), sent)
        assert answer.status_code in (302, 303), answer.content.decode()[-3000:]
        closed = not User.objects.get(pk=person.pk).is_active
        assert closed == ("is_active" not in sent)
    return User.objects.get(pk=person.pk)


def granted(person: User, role: Role, by: User, *, days: tuple[int, int] = (0, 5)) -> Delegation:
    first, last = (TODAY + timedelta(days=n) for n in days)
    facts = {"office": person.office, "delegate": person, "role": role, "reason": "QĐ 12"}
    facts |= {"valid_from": first, "valid_to": last, "granted_by": by, "granted_at": timezone.now()}
    return Delegation.objects.create(**facts)


def powers(person: User) -> set[str]:
    names = set().union(*ROLE_PERMISSIONS.values())
    return {name for name in names if person.has_perm(f"surveys.{name}")}


@pytest.mark.parametrize("address", [in_the_set_up_room, in_the_administration])
@pytest.mark.parametrize("role", GRANTED_ROLES)
def test_an_administrator_does_not_bring_back_a_signer_who_left(office, admin, leader, role, address):
    gone = make.user(role, of=office, username="tran.ha")
    assert powers(gone)
    back = opened_again(gone, admin, address)
    assert (back.is_active, back.is_staff, back.roles, powers(back)) == (True, False, frozenset(), set())
    assert back not in holders(role, on=TODAY)
    assert credential_resets.bars_signing(back, now=timezone.now())
    assert list(RestedRole.objects.values_list("role", "by", "office")) == [(role, admin.pk, office.pk)]


def test_neither_does_what_a_leader_had_granted_him_come_back(office, admin, leader):
    gone = make.user(of=office, username="tran.ha")
    past, now, next_week = (
        granted(gone, Role.COUNTING, leader, days=days) for days in ((-9, -1), (0, 9), (7, 9))
    )
    back = opened_again(gone, admin)
    assert (back.roles, powers(back)) == (frozenset(), set())
    past.refresh_from_db()
    assert past.revoked_at is None, "what is over stays as it was"
    for act in (now, next_week):
        act.refresh_from_db()
        assert act.revoked_at is not None
    granted(back, Role.COUNTING, leader)
    assert User.objects.get(pk=back.pk).roles == {Role.COUNTING}, "a leader names him anew"


def test_the_inspector_reads_of_it_and_the_administrator_is_told_what_rests(office, admin, leader):
    gone = make.user(Role.INSPECTOR, of=office, username="tran.ha")
    opened_again(gone, admin)
    inspector = make.user(Role.INSPECTOR, of=office)
    read = AuditEntry.objects.readable_by(inspector).filter(action="roles_rested")
    assert [(each.actor, each.subject) for each in read] == [(admin, str(gone))]
    client = Client()
    client.force_login(admin, backend=BACKEND)
    User.objects.filter(pk=gone.pk).update(is_active=False)
    granted(gone, Role.COUNTING, leader)
    facts = FACTS | {"email": "", "office": office.pk, "groups": [], "is_active": "on"}
    page = client.post(in_the_set_up_room(gone), facts, follow=True).content.decode()
    assert "nghỉ đến khi lãnh đạo đơn vị cử lại" in page


def test_a_role_at_rest_does_not_open_the_way_of_the_first_leader(office, admin, leader):
    gone = make.user(Role.LEADERSHIP, of=office, username="tran.ha")
    User.objects.filter(pk=leader.pk).update(is_active=False)
    opened_again(gone, admin)
    User.objects.filter(pk=leader.pk).delete()
    offered = set(RoleChoice.of(admin).queryset.values_list("name", flat=True))
    assert Role.LEADERSHIP not in offered


def test_the_only_one_who_ever_led_an_office_leads_it_again_and_signs_nothing_for_a_day(office, admin):
    only = make.user(Role.LEADERSHIP, of=office, username="tran.ha")
    back = opened_again(only, admin)
    assert back.roles == {Role.LEADERSHIP}
    assert credential_resets.bars_signing(back, now=timezone.now())
    make.user(Role.LEADERSHIP, of=office)
    assert opened_again(back, admin).roles == frozenset(), "now there is somebody who can name him"


def test_whoever_never_signed_anything_comes_back_as_he_was(office, admin, leader):
    counter = make.counter("Q1", of=office)
    teller = make.teller(at=counter)
    User.objects.filter(pk=teller.pk).update(is_active=False)
    client = Client()
    client.force_login(admin, backend=BACKEND)
    facts = FACTS | {"username": teller.username, "email": "", "counter": counter.pk, "is_active": "on"}
    facts |= {"groups": list(teller.groups.values_list("pk", flat=True))}
    assert client.post(in_the_set_up_room(teller), facts).status_code == 303
    back = User.objects.get(pk=teller.pk)
    assert (back.is_active, back.roles) == (True, {Role.TELLER})
    assert not credential_resets.bars_signing(back, now=timezone.now())


def test_that_a_role_rests_is_never_taken_back(office, admin, leader):
    opened_again(make.user(Role.COUNTING, of=office, username="tran.ha"), admin)
    for change in (lambda rows: rows.update(role=Role.TELLER), lambda rows: rows.all().delete()):
        with pytest.raises(DatabaseError, match="append-only"), atomic():
            change(RestedRole.objects)
