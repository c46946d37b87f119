"""The administration pages: reference data within the own subtree, and no way to the ledger."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from surveys.admin.base import ReferenceRows
from surveys.audit import Action
from surveys.choices import Role
from surveys.models import (
    AuditEntry,
    Ballot,
    BoxedBallot,
    Counter,
    Procedure,
    Receipt,
    Slip,
    Spent,
)
from surveys.reference.counter_keys import keys_at
from tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def house():
    counter = make.counter()
    keeper = make.user(Role.ADMIN, of=counter.box_office, is_staff=True)
    client = Client()
    client.force_login(keeper)
    return client, counter, keeper


def test_register_and_box_are_not_on_the_pages_at_all():
    assert not {Slip, Spent, BoxedBallot, Ballot, Receipt} & set(admin.site._registry)


def test_a_questionnaire_nobody_used_can_be_edited_with_its_criteria_and_a_used_one_cannot(house):
    client, counter, _keeper = house
    version = make.questionnaire()
    address = reverse("admin:surveys_questionnaireversion_change", args=[version.pk])
    assert 'name="criteria-0-text"' in client.get(address).content.decode()

    make.issued(at=counter)

    assert 'name="criteria-0-text"' not in client.get(address).content.decode()


def test_people_are_filtered_by_roles_in_the_words_of_the_house(house):
    client, counter, _keeper = house
    teller = make.teller(at=counter)
    answer = client.get(reverse("admin:surveys_user_changelist"), {"role": Role.TELLER.value})
    page = answer.content.decode()
    assert "Theo vai trò" in page
    assert str(Role.HEAD_OFFICE.label) in page
    assert f">{Role.HEAD_OFFICE.value}<" not in page
    assert list(answer.context["cl"].queryset) == [teller]


def test_a_procedure_is_edited_together_with_its_versions(house):
    page = house[0].get(reverse("admin:surveys_procedure_change", args=[make.procedure().pk]))

    assert 'name="versions-0-legal_basis"' in page.content.decode()


def test_the_keys_of_a_counter_are_set_on_its_page_and_announced(house):
    client, counter, _keeper = house
    kind = make.procedure()
    sent = {
        "office": counter.office_id, "code": counter.code, "name": counter.name,
        "offers_tablet": "on", "offers_paper": "on", "default_channel": "tablet", "slip_format": "58",
        "keys-TOTAL_FORMS": 1, "keys-INITIAL_FORMS": 0, "keys-0-digit": 5, "keys-0-procedure": kind.pk,
        "keys-0-counter": counter.pk,
    }  # fmt: skip
    answer = client.post(reverse("admin:surveys_counter_change", args=[counter.pk]), sent)
    assert answer.status_code == 302
    counter.refresh_from_db()
    assert [(key.digit, key.procedure) for key in counter.keys.all()] == [(5, kind)]
    assert counter.keys_changed_on is not None
    assert AuditEntry.objects.filter(
        action=Action.ROW_CHANGED, subject__startswith="quầy: ", actor=_keeper
    ).exists()


def test_a_page_told_of_more_rows_than_can_be_sent_builds_no_more(house):
    client, counter, _keeper = house
    sent = {"keys-TOTAL_FORMS": 10**9, "keys-INITIAL_FORMS": 0}

    answer = client.post(reverse("admin:surveys_counter_change", args=[counter.pk]), sent)

    [keys] = answer.context["inline_admin_formsets"]
    assert len(keys.formset.forms) == ReferenceRows.max_num < settings.DATA_UPLOAD_MAX_NUMBER_FIELDS


def test_a_new_counter_gets_keys_that_a_longer_list_does_not_move(house):
    client, counter, _keeper = house
    kind = make.procedure("5")
    Procedure.objects.update(position=5)
    facts = {
        "office": counter.office_id, "code": "Q9", "name": "Quầy 9", "offers_paper": "on", "default_channel": "paper",
        "slip_format": "58", "keys-TOTAL_FORMS": 0, "keys-INITIAL_FORMS": 0,
    }  # fmt: skip
    assert client.post(reverse("admin:surveys_counter_add"), facts).status_code == 302
    made = Counter.objects.get(code="Q9")
    make.procedure("1")  # comes before, by place and code
    assert keys_at(made)[kind.pk] == 1
    assert made.keys_changed_on is None


def test_the_administrator_of_an_office_cannot_make_somebody_head_office(house):
    client, counter, _keeper = house
    counter.box_office.parent = make.office("KBNN", seals=False)
    counter.box_office.save()

    page = client.get(reverse("admin:surveys_user_add")).content.decode()
    edit = client.get(
        reverse("admin:surveys_user_change", args=[make.teller(at=counter).pk])
    ).content.decode()

    assert "Kho bạc Nhà nước trung ương</label>" not in (page + edit).replace("\n", "")


def test_rows_of_another_office_are_not_found(house):
    stranger = make.counter()

    response = house[0].get(reverse("admin:surveys_counter_change", args=[stranger.pk]))

    assert response.status_code == 302  # Django's own answer: sent back to the list with a sentence
    assert stranger.name not in house[0].get(reverse("admin:surveys_counter_changelist")).content.decode()


# ── What holds for every office ────────────────────────────────────────────────────────


def sent_by(of, address, body):
    client = Client()
    client.force_login(make.user(Role.ADMIN, of=of, is_staff=True))
    return client, client.post(address, body)


def shared_rows():
    """Address of the form and what changes it, for a procedure and a questionnaire."""
    procedure, version = make.procedure(), make.questionnaire()
    empty = {f"{name}-{part}_FORMS": 0 for name in ("versions",) for part in ("TOTAL", "INITIAL")}
    return [
        ("procedure", procedure, {"code": procedure.code, "short_name": "Đổi", "position": 1} | empty),
        ("questionnaire", version.questionnaire, {"code": version.questionnaire.code, "name": "Đổi"}),
    ]


def test_who_looks_after_every_office_changes_what_holds_for_all():
    head = make.office("KBNN", seals=False)
    for _two in range(2):
        make.office(parent=head)
    for name, row, body in shared_rows():
        address = reverse(f"admin:surveys_{name}_change", args=[row.pk])
        assert sent_by(head, address, body)[1].status_code == 302, name
        row.refresh_from_db()
        assert "Đổi" in vars(row).values()


def test_who_looks_after_one_of_several_offices_reads_it_and_changes_nothing():
    head = make.office("KBNN", seals=False)
    own, _other = make.office(parent=head), make.office(parent=head)
    for name, row, body in shared_rows():
        address = reverse(f"admin:surveys_{name}_change", args=[row.pk])
        client, refused = sent_by(own, address, body)
        assert refused.status_code == 403, name
        assert "Đổi" not in vars(type(row).objects.get(pk=row.pk)).values()
        assert client.get(address).status_code == 200
        assert client.get(reverse(f"admin:surveys_{name}_add")).status_code == 403
        listed = client.get(reverse(f"admin:surveys_{name}_changelist")).content.decode()
        assert "chỉ quản trị của đơn vị bao gồm tất cả mới sửa được" in listed


def test_an_office_alone_in_its_database_keeps_its_own_lists():
    own = make.office(parent=make.office("KBNN", seals=False))
    name, row, body = shared_rows()[1]
    address = reverse(f"admin:surveys_{name}_change", args=[row.pk])
    assert sent_by(own, address, body)[1].status_code == 302


def test_the_trail_is_read_in_the_order_of_what_happened_also_when_the_clock_was_set_back(house):
    _client, counter, _keeper = house
    inspector = make.user(Role.INSPECTOR, of=counter.box_office, is_staff=True)
    for action, minute in (("first", 30), ("second", 20)):
        AuditEntry.objects.create(at=make.at(11, 9, minute), office=counter.box_office, action=action)
    client = Client()
    client.force_login(inspector)

    page = client.get(reverse("admin:surveys_auditentry_changelist")).content.decode()

    assert page.index("second") < page.index("first")


def test_no_head_of_a_list_and_no_label_of_a_form_speaks_english(house):
    """A field without a Vietnamese name is called by its name in the code."""
    told = []
    for model, page in admin.site._registry.items():
        fields = {
            field.name: field for field in model._meta.get_fields() if getattr(field, "editable", False)
        }
        for name in page.list_display:
            is_described = hasattr(getattr(page, name, None), "short_description")
            if not is_described and (
                name not in fields or str(fields[name].verbose_name) == name.replace("_", " ")
            ):
                told += (
                    [f"{model.__name__}.{name}"]
                    if name != "__str__" and name not in {"at", "actor", "action"}
                    else []
                )
    assert not told


def test_the_page_of_a_person_tells_nothing_of_how_the_password_is_kept(house):
    client, _counter, keeper = house
    page = client.get(reverse("admin:surveys_user_change", args=[keeper.pk])).content.decode()
    assert "argon2" not in page
    assert "md5" not in page.casefold()
    assert "Đã đặt" in page


def test_a_weight_is_typed_with_a_decimal_comma(house):
    client, _counter, _keeper = house
    version = make.questionnaire()
    page = client.get(
        reverse("admin:surveys_questionnaireversion_change", args=[version.pk])
    ).content.decode()
    assert 'name="criteria-0-weight" value="1,000"' in page
