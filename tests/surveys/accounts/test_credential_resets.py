"""One administrator is not two signers: whose login was set back by somebody else does not sign for a day."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import DatabaseError
from django.db.transaction import atomic
from django.test import Client
from django.utils import timezone

from reports import closing, sealing
from reports.counting_room import decisions
from reports.models import ProposalKind
from surveys import paper
from surveys.accounts import credential_resets, second_factor, two_persons
from surveys.audit import Action
from surveys.choices import Role
from surveys.models import AuditEntry, Counter, CredentialReset, Delegation, User
from surveys.periods import Month, local_day
from surveys.setup_room import people
from tests import make

pytestmark = pytest.mark.django_db
NEW = {"password1": "mot-mat-khau-moi-9", "password2": "mot-mat-khau-moi-9", "usable_password": "true"}
NOVEMBER, SIGNING = Month(2026, 11), make.at(4, 9, month=12)


@pytest.fixture
def closed():
    counter = make.counter()
    make.ballots(10, at=counter, kind=make.procedure())
    closing.close_period(office=counter.box_office, period=NOVEMBER, now=SIGNING - timedelta(hours=1))
    return counter.box_office


def sign(box, user, now):
    seen = sealing.draft(office=box, period=NOVEMBER).seen
    return sealing.sign_first(office=box, period=NOVEMBER, user=user, seen=seen, now=now, logged_in_at=now)


def test_an_administrator_who_sets_a_signers_password_cannot_sign_as_that_person(closed):
    client, signer = Client(), make.user(Role.COUNTING, of=closed)
    keeper = make.user(Role.ADMIN, of=closed, is_staff=True)
    client.force_login(keeper)
    assert client.post(f"/admin/surveys/user/{signer.pk}/password/", NEW).status_code == 302

    assert CredentialReset.objects.get().by == keeper
    assert AuditEntry.objects.filter(office=closed, subject=str(signer), action=Action.LOGIN_RESET).exists()
    assert credential_resets.bars_signing(signer, now=timezone.now() + timedelta(hours=23))
    assert not credential_resets.bars_signing(signer, now=timezone.now() + timedelta(hours=25))


def test_a_password_that_was_refused_and_ones_own_bar_nobody(closed):
    client, signer = Client(), make.user(Role.COUNTING, of=closed)
    keeper = make.user(Role.ADMIN, of=closed, is_staff=True)
    client.force_login(keeper)
    client.post(f"/admin/surveys/user/{signer.pk}/password/", NEW | {"password2": "khác"})
    client.post(f"/admin/surveys/user/{keeper.pk}/password/", NEW)

    assert not CredentialReset.objects.exists()


def test_who_was_set_back_signs_after_a_day_and_the_others_at_once(closed):
    one, two = make.team(closed)
    second_factor.reset(user=one, by=None, now=SIGNING - timedelta(hours=23))

    with pytest.raises(two_persons.CredentialsSetBack):
        sign(closed, one, SIGNING)
    with pytest.raises(two_persons.CredentialsSetBack):
        sign(closed, one, SIGNING + timedelta(minutes=59))
    assert sign(closed, two, SIGNING).signer == two
    assert not credential_resets.bars_signing(one, now=SIGNING + timedelta(hours=1))


def test_that_somebody_was_set_back_is_neither_changed_nor_deleted(closed):
    user = make.user(Role.COUNTING, of=closed)
    credential_resets.note(user=user, by=None, what=credential_resets.PASSWORD, now=SIGNING)
    for change in (CredentialReset.objects.all().delete, lambda: CredentialReset.objects.update(at=make.NOW)):
        with pytest.raises(DatabaseError), atomic():
            change()


def test_a_leader_who_was_set_back_neither_appoints_nor_calls_back_for_a_day():
    box = make.office("HB")
    leader, inspector = make.user(Role.LEADERSHIP, of=box), make.user(of=box)
    make.user(of=box, username="moi")
    today = timezone.localdate()
    standing = make.lent(inspector, to=box, on=today)
    credential_resets.note(
        user=leader, by=make.user(Role.ADMIN, of=box), what=credential_resets.PASSWORD, now=timezone.now()
    )
    User.objects.filter(pk=leader.pk).update(password_is_given=False)  # as who has chosen another one since
    client = Client()
    client.force_login(leader)
    act = {"delegate": "moi", "role": "counting", "reason": "QĐ 1", "valid_from": today, "valid_to": today}

    refused = client.post("/counting/HB/team/", act)
    client.post(f"/counting/HB/team/{standing.pk}/revoke")

    assert (refused.status_code, "Sau 24 giờ" in refused.content.decode()) == (422, True)
    assert Delegation.objects.get().revoked_at is None


def test_who_was_set_back_neither_keys_a_pile_nor_decides_for_a_day(closed):
    """Two accounts whose passwords one administrator knows are one person, at a pile as at a signature."""
    one, two = make.team(closed)
    at = {
        "office": closed,
        "counter": Counter.objects.get(box_office=closed),
        "period": NOVEMBER,
        "late": True,
    }
    second_factor.reset(user=one, by=None, now=SIGNING)
    with pytest.raises(two_persons.CredentialsSetBack):
        paper.open_pile(by=one, now=SIGNING + timedelta(hours=1), **at)
    pile = paper.open_pile(by=two, now=SIGNING, **at)
    with pytest.raises(two_persons.CredentialsSetBack):
        paper.take_place(pile=pile, by=one, now=SIGNING + timedelta(hours=1))
    assert paper.take_place(pile=pile, by=one, now=SIGNING + timedelta(hours=25)).keyer == one

    inspector = make.user(Role.INSPECTOR, of=closed)
    second_factor.reset(user=inspector, by=None, now=SIGNING)
    wish = {"kind": ProposalKind.DAMAGED, "office": closed, "period": NOVEMBER, "reason": "Sai dấu"}
    with pytest.raises(two_persons.CredentialsSetBack):
        decisions.propose(user=inspector, now=SIGNING + timedelta(hours=1), **wish)
    with pytest.raises(decisions.NothingThere):
        decisions.propose(user=inspector, now=SIGNING + timedelta(hours=25), **wish)


def test_who_has_a_first_password_from_an_administrators_letter_signs_after_a_day(closed):
    keeper, now = make.user(Role.ADMIN, of=closed), SIGNING - timedelta(hours=23)
    fresh = User(username="moi", office=closed)
    people.enter(person=fresh, roles=[], by=keeper, now=now)
    make.lent(fresh, to=closed, on=local_day(SIGNING))
    with pytest.raises(two_persons.CredentialsSetBack):
        sign(closed, fresh, SIGNING)
    assert sign(closed, fresh, now + timedelta(hours=25)).signer == fresh


@pytest.mark.parametrize(("claim", "field"), [("preferred_username", "username"), ("email", "email")])
@pytest.mark.parametrize("page", ["/setup/people/{}/", "/admin/surveys/user/{}/change/"])
def test_another_name_at_the_single_sign_on_bars_the_signature_as_another_password_does(
    settings, page, claim, field
):
    box = make.office("HB")
    signer, keeper = make.user(Role.COUNTING, of=box), make.user(Role.ADMIN, of=box, is_staff=True)
    client = Client()
    client.force_login(keeper)
    body = {"username": signer.username, "full_name": "Bùi Lan", "office": box.pk, "is_active": "on"}
    renamed = body | {"username": "khac", "email": "khac@kbnn.gov.vn"}

    client.post(page.format(signer.pk), renamed)  # nobody signs on by it
    settings.OIDC_ISSUER, settings.OIDC_CLAIM = "https://sso.kbnn.gov.vn", claim
    client.post(page.format(signer.pk), renamed | {"title": "Chuyên viên"})
    assert not credential_resets.bars_signing(signer, now=timezone.now())
    client.post(page.format(signer.pk), renamed | {field: "nua@kbnn.gov.vn"})

    assert credential_resets.bars_signing(signer, now=timezone.now())
