"""People: entered with place and role at once, changed, given a new letter; within the administrator's own subtree."""

import re

import pytest
from django.contrib.auth.models import Group
from django.db.models.signals import pre_save
from django.test import Client

from surveys.audit import Action
from surveys.choices import Role
from surveys.models import AuditEntry, CredentialReset, User
from tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def counter():
    return make.counter("Q1", of=make.department(of=make.office("HB")))


@pytest.fixture
def keeper(counter):
    return make.user(Role.ADMIN, of=counter.box_office)


@pytest.fixture
def browser(keeper):
    client = Client()
    client.force_login(keeper, backend="django.contrib.auth.backends.ModelBackend")
    return client


def group(role: Role) -> int:
    return Group.objects.get(name=role).pk


def sent(*roles: Role, **facts) -> dict:
    usual = {"username": "bui.lan", "full_name": "Bùi Thị Lan", "title": "", "email": ""}
    return usual | {"groups": [group(role) for role in roles]} | facts


def password_on(page) -> str:
    return re.search(r'class="code">([^<]+)<', page.content.decode())[1]


def test_a_new_teller_gets_a_letter_whose_password_logs_in(browser, counter):
    page = browser.post("/setup/people/new", sent(Role.TELLER, counter=counter.pk))
    assert page.status_code == 200
    assert page["Cache-Control"] == "max-age=0, no-cache, no-store, must-revalidate, private"
    person = User.objects.get(username="bui.lan")
    assert (person.last_name, person.first_name) == ("Bùi Thị", "Lan")
    assert (person.roles, person.counter, person.office) == ({Role.TELLER}, counter, counter.office)
    assert person.check_password(password_on(page))
    entry = AuditEntry.objects.get(action=Action.PERSON_ADDED)
    assert password_on(page) not in entry.detail


def test_a_name_stored_by_another_in_the_same_moment_is_no_fault_of_the_server_and_nothing_typed_is_lost(
    browser, counter
):
    def sooner(instance, **_facts):
        pre_save.disconnect(sooner, sender=User)
        make.user(username=instance.username)

    pre_save.connect(sooner, sender=User)
    browser.raise_request_exception = False
    page = browser.post("/setup/people/new", sent(Role.TELLER, counter=counter.pk))
    assert (page.status_code, page["Cache-Control"]) == (409, "no-store")
    assert 'name="full_name" value="Bùi Thị Lan"' in page.content.decode()
    assert not User.objects.filter(username="bui.lan").exists()
    assert browser.post("/setup/people/new", sent(Role.TELLER, counter=counter.pk)).status_code == 200


def test_letters_of_two_people_differ(browser, counter):
    first = browser.post("/setup/people/new", sent(Role.TELLER, counter=counter.pk))
    second = browser.post("/setup/people/new", sent(Role.TELLER, counter=counter.pk, username="khac"))
    assert password_on(first) != password_on(second)


@pytest.mark.parametrize(
    ("roles", "facts", "said"),
    [
        ((Role.TELLER,), {}, "Giao dịch viên phải thuộc một quầy"),
        ((Role.LEADERSHIP,), {"office": ""}, "Xin chọn đơn vị"),
        ((Role.COUNTING,), {}, "Vai trò này không do quản trị trao; lãnh đạo đơn vị cử."),
        ((Role.LEADERSHIP,), {"full_name": ""}, "Họ và tên"),
    ],
)
def test_nobody_is_saved_who_could_do_nothing_and_what_was_typed_stays(browser, keeper, roles, facts, said):
    page = browser.post("/setup/people/new", sent(*roles, **({"office": keeper.office_id} | facts)))
    assert page.status_code == 422
    assert said in page.content.decode()
    assert 'value="bui.lan"' in page.content.decode()
    assert not User.objects.filter(username="bui.lan").exists()


def test_names_that_differ_in_case_alone_are_one(browser, keeper):
    make.user(Role.LEADERSHIP, of=keeper.office, username="Bui.Lan")
    page = browser.post("/setup/people/new", sent(Role.LEADERSHIP, office=keeper.office_id))
    assert page.status_code == 422
    assert "đã có người dùng" in page.content.decode()


def test_head_offices_role_is_given_by_head_office_alone(browser, keeper):
    page = browser.post("/setup/people/new", sent(Role.HEAD_OFFICE, office=keeper.office_id))
    assert page.status_code == 422
    assert not User.objects.filter(username="bui.lan").exists()


def test_whoever_becomes_a_leader_leaves_the_counter(browser, counter):
    teller = make.teller(at=counter)
    answer = browser.post(
        f"/setup/people/{teller.pk}/",
        sent(
            Role.LEADERSHIP,
            username=teller.username,
            office=counter.box_office_id,
            counter=counter.pk,
            is_active="on",
        ),
    )
    assert answer.status_code == 303
    teller = User.objects.get(pk=teller.pk)
    assert (teller.roles, teller.counter) == ({Role.LEADERSHIP}, None)
    assert AuditEntry.objects.filter(action=Action.PERSON_CHANGED, subject=str(teller)).exists()


def test_nobody_locks_the_own_account(browser, keeper):
    page = browser.post(
        f"/setup/people/{keeper.pk}/",
        sent(Role.LEADERSHIP, username=keeper.username, office=keeper.office_id),
    )
    assert page.status_code == 422
    assert User.objects.get(pk=keeper.pk).roles == {Role.ADMIN}


def test_a_new_letter_ends_the_old_password_and_is_noted(browser, counter):
    teller = make.teller(at=counter)
    theirs = Client()
    theirs.force_login(teller, backend="django.contrib.auth.backends.ModelBackend")
    page = browser.post(f"/setup/people/{teller.pk}/letter")
    teller.refresh_from_db()
    assert teller.check_password(password_on(page))
    assert CredentialReset.objects.get().user == teller
    assert theirs.get("/counter/").status_code == 302


def test_one_does_not_print_oneself_a_letter(browser, keeper):
    before = keeper.password
    assert browser.post(f"/setup/people/{keeper.pk}/letter").status_code == 303
    keeper.refresh_from_db()
    assert keeper.password == before


def test_the_list_finds_a_person_and_shows_nobody_of_another_office(browser, counter):
    make.teller(at=counter, username="lan", last_name="Bùi Thị", first_name="Lan")
    make.user(Role.LEADERSHIP, of=make.office(), username="nguoi.khac")
    for typed in ("Bùi", "bui thi lan", "Lan Bùi", "LAN"):
        page = browser.get("/setup/people/", {"q": typed}).content.decode()
        assert "Bùi Thị Lan" in page, typed
    assert "Bùi Thị Lan" not in browser.get("/setup/people/", {"q": "bui hoa"}).content.decode()
    assert "chưa đăng nhập" in page
    assert "nguoi.khac" not in browser.get("/setup/people/").content.decode()


def changed(browser, person: User, *roles: Role, **facts):
    usual = {"username": person.username, "office": person.office_id, "is_active": "on"}
    sent_on = {name: value for name, value in (usual | facts).items() if value is not None}
    return browser.post(f"/setup/people/{person.pk}/", sent(*roles, **sent_on))


@pytest.mark.parametrize("role", [Role.LEADERSHIP, Role.INSPECTOR, Role.COUNTING])
def test_whose_role_signs_is_moved_to_no_other_office(browser, counter, role):
    signer = make.user(role, of=counter.box_office)

    for facts in ({"office": counter.office_id}, {"office": "", "is_active": None}):
        assert changed(browser, signer, **facts).status_code == 422
    if role != Role.COUNTING:
        assert changed(browser, signer, Role.TELLER, counter=counter.pk).status_code == 422

    assert User.objects.get(pk=signer.pk).office == counter.box_office
    assert (
        changed(browser, signer, is_active=None).status_code == 303
    )  # who leaves is shut out where they were


def test_an_office_that_ever_had_a_leader_gets_no_other_one_here_wherever_the_administrator_sits(counter):
    box = counter.box_office
    head = make.office("KBNN", seals=False, is_head=True)
    box.parent = head
    box.save()
    above = Client()
    above.force_login(make.user(Role.ADMIN, of=head), backend="django.contrib.auth.backends.ModelBackend")
    usual = sent(Role.LEADERSHIP, office=box.pk)
    assert above.post("/setup/people/new", usual).status_code == 200

    assert above.post("/setup/people/new", usual | {"username": "khac"}).status_code == 422
    below = {"username": "khac", "office": counter.office_id}
    assert above.post("/setup/people/new", usual | below).status_code == 422
    assert not User.objects.filter(username="khac").exists()
