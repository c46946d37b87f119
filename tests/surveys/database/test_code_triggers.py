"""Codes on which leaves, seals, folders and addresses rest do not change once used; the rank of an office never does."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, connection
from django.db.transaction import atomic
from django.test import Client
from django.urls import reverse

from reports import ledger
from surveys.choices import Role
from surveys.models import Counter, Criterion, Level, Office, Procedure, Reason
from tests import campaigns, make

pytestmark = pytest.mark.django_db


def refused(model, **change) -> bool:
    try:
        with atomic():
            model.objects.update(**change)
    except DatabaseError as error:
        return "code in use" in str(error)
    return False


@pytest.fixture
def used():
    counter = make.counter("Q1", of=make.office("HB"))
    make.issued(at=counter, kind=make.procedure("6"))
    return counter


CODES = [(Office, "code", "HX"), (Counter, "code", "Q9"), (Procedure, "code", "9"), (Reason, "code", "other")]


@pytest.mark.parametrize(("model", "column", "value"), CODES)
def test_a_code_is_free_until_it_is_used_and_then_never_again(model, column, value):
    counter = make.counter("Q1", of=make.office("HB"))
    kind = make.procedure("6")
    make.questionnaire()
    assert not refused(model, **{column: f"{value}1"})

    make.issued(at=Counter.objects.get(pk=counter.pk), kind=kind)

    assert refused(model, **{column: value})
    assert not refused(model, **{column: f"{value}1"})  # the same again changes nothing


def test_the_codes_and_levels_of_a_used_questionnaire_stay(used):
    with connection.cursor() as cursor:
        for table, change in (
            ("surveys_criterion", "code = code || 'x'"),
            ("surveys_level", "value = value + 10"),
        ):
            with pytest.raises(DatabaseError, match="code in use"), atomic():
                cursor.execute(f"UPDATE {table} SET {change}")
    assert Criterion.objects.filter(code="attitude").exists()
    assert Level.objects.filter(value=1).exists()


def test_a_unit_of_an_open_campaign_keeps_its_code_and_one_of_a_draft_does_not():
    office = make.office("HB")
    campaigns.campaign(office, opened=False, slug="nhap")
    assert not refused(Office, code="HC")
    campaigns.campaign(office, slug="mo")
    assert refused(Office, code="HB")


def test_the_rank_of_an_office_never_changes():
    make.office("KBNN", is_head=True)
    assert refused(Office, is_head=False)
    make.office("HB")
    with pytest.raises(DatabaseError), atomic():
        Office.objects.filter(code="HB").update(is_head=True)


@pytest.mark.sqlite_only
def test_replace_does_not_walk_past_the_guard_of_a_code(used):
    columns = [field.column for field in Office._meta.concrete_fields]
    listed = ", ".join(f'"{column}"' for column in columns)
    fresh = ", ".join("'HX'" if column == "code" else f'"{column}"' for column in columns)
    with pytest.raises(DatabaseError, match="code in use"), atomic(), connection.cursor() as cursor:
        cursor.execute(
            f"REPLACE INTO surveys_office ({listed}) SELECT {fresh} FROM surveys_office WHERE code = 'HB'"
        )


def test_renaming_a_sealed_office_in_the_administration_changes_no_code_and_says_why():
    counter = make.counter("Q1", of=make.office("HB"))
    box = counter.box_office
    make.ballots(31, at=counter, kind=make.procedure("6"))
    make.sealed(counter)
    client = Client()
    client.force_login(make.user(Role.ADMIN, of=box, is_staff=True))
    address = reverse("admin:surveys_office_change", args=[box.pk])
    page = client.get(address).content.decode()
    assert "Mã đã nằm trong phiếu, niêm phong hoặc địa chỉ đã dùng nên không đổi được" in page

    body = {
        "code": "HX",
        "name": "Tên mới",
        "short_name": "Mới",
        "kind": box.kind,
        "valid_from": box.valid_from,
    }
    assert client.post(address, body | {"seals": "on"}).status_code == 302

    box.refresh_from_db()
    assert (box.code, box.name) == ("HB", "Tên mới")
    assert ledger.examine() == []


def test_an_office_with_ballots_keeps_its_box_and_so_the_addresses_of_its_past(used):
    box = used.box_office
    assert refused(Office, seals=False)
    client = Client()
    client.force_login(make.user(Role.ADMIN, of=box, is_staff=True))
    address = reverse("admin:surveys_office_change", args=[box.pk])
    body = {
        "code": "HB",
        "name": "Tên mới",
        "short_name": "Mới",
        "kind": box.kind,
        "valid_from": box.valid_from,
    }
    assert client.post(address, body).status_code == 302

    box.refresh_from_db()
    assert (box.seals, box.name) == (True, "Tên mới")


def test_a_box_that_nobody_used_may_be_taken_away_again():
    make.office("HB")
    assert not refused(Office, seals=False)
