"""The counter's questionnaire: a draft on its three faces before it takes force, compared with what is in force."""

from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from surveys.audit import Action
from surveys.choices import Role
from surveys.models import AuditEntry, Criterion, Office, QuestionnaireVersion, Slip
from surveys.periods import Month, local_day
from surveys.setup_room import questionnaires
from tests import make
from tests.factories.questionnaires import CriterionFactory

pytestmark = pytest.mark.django_db
PAGE = "/setup/questionnaire/"


@pytest.fixture
def standing():
    return make.questionnaire()


@pytest.fixture
def browser(standing):
    client = Client()
    keeper = make.user(Role.ADMIN, of=make.office("HB"))
    client.force_login(keeper, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def draft(browser) -> QuestionnaireVersion:
    browser.post("/setup/questionnaire/next")
    return questionnaires.draft_of(local_day(timezone.now()))


def typed(version: QuestionnaireVersion, **facts) -> dict:
    named = questionnaires.fields_of(version)
    usual = {
        name: str(getattr(row, column)).replace(".", ",") if column == "weight" else getattr(row, column)
        for row, column, name in named
    }
    return usual | {"valid_from": version.valid_from.isoformat()} | facts


def frame(page, name: str) -> str:
    text = page.content.decode()
    return text[text.index(f'data-face="{name}"') :].split('srcdoc="')[1].split('"')[0]


def test_the_next_version_begins_as_a_copy_for_the_first_of_next_month(browser, standing, draft):
    today = local_day(timezone.now())
    assert (draft.number, draft.valid_from) == (2, Month(today.year, today.month).next().first_day)
    assert questionnaires.differences(*map(questionnaires.read_questionnaire, (standing.pk, draft.pk))) == []
    assert "Chưa khác chỗ nào." in browser.get(PAGE).content.decode()
    browser.post("/setup/questionnaire/next")
    assert QuestionnaireVersion.objects.count() == 2


def test_what_is_typed_is_drawn_on_all_three_faces_and_stored_only_on_saving(browser, draft):
    page = browser.post(PAGE, typed(draft, attitude_text="Thái độ & lời nói"))
    assert "text-decoration=&quot;underline&quot;" in frame(page, "paper")
    assert frame(page, "paper").count("text-decoration") == 1
    for name in ("phone", "tablet"):
        assert "&lt;mark&gt;Thái độ &amp;amp; lời nói&lt;/mark&gt;" in frame(page, name), name
        assert not any(part in frame(page, name) for part in ("&lt;script", "http-equiv=&quot;refresh"))
    assert page.status_code == 200
    assert draft.criteria.get(code="attitude").text == "Tiêu chí attitude"
    assert browser.post(PAGE, typed(draft, attitude_text="Thái độ & lời nói", save="1")).status_code == 303
    assert draft.criteria.get(code="attitude").text == "Thái độ & lời nói"
    assert AuditEntry.objects.filter(action=Action.QUESTIONNAIRE_CHANGED).exists()


def test_the_comparison_names_the_old_sentence_beside_the_new(browser, draft):
    page = browser.post(PAGE, typed(draft, title="Hôm nay ông/bà có hài lòng không?")).content.decode()
    assert "<s>Ông/bà có hài lòng không?</s><br> <mark>Hôm nay ông/bà có hài lòng không?</mark>" in " ".join(
        page.split()
    )


def test_a_criterion_is_added_on_the_page_that_the_draft_names_and_what_went_is_shown_as_gone(browser, draft):
    address = reverse("admin:surveys_questionnaireversion_change", args=[draft.pk])
    assert f'href="{address}"' in browser.get(PAGE).content.decode()
    scale = draft.criteria.get(code="time").scale
    draft.criteria.get(code="time").delete()
    CriterionFactory(version=draft, code="facilities", text="Cơ sở vật chất", scale=scale, position=3)
    page = browser.get(PAGE).content.decode()
    assert "<mark>Cơ sở vật chất</mark>" in page
    assert '<s>Tiêu chí time</s><br> <span class="muted">(không còn)</span>' in " ".join(page.split())
    assert "<s>Hài lòng</s>" not in page


def test_a_weight_is_typed_and_shown_with_a_decimal_comma(browser, draft):
    browser.post(PAGE, typed(draft, time_weight="1,5", save="1"))
    assert draft.criteria.get(code="time").weight == Decimal("1.5")
    assert 'value="1,5"' in browser.get(PAGE).content.decode()


def test_a_refused_draft_keeps_what_was_typed(browser, draft):
    page = browser.post(PAGE, typed(draft, title="", title_en="Was it good?", save="1"))
    assert page.status_code == 422
    assert 'value="Was it good?"' in page.content.decode()
    draft.refresh_from_db()
    assert draft.title_en == "How was it?"


def test_what_does_not_fit_on_paper_is_refused_before_it_takes_force(browser, draft):
    long = {f"{code}_text": "Thái độ phục vụ " * 18 for code in ("attitude", "time")}
    first = draft.criteria.first()
    for n in range(3, 15):
        Criterion.objects.create(
            version=draft,
            code=f"them_{n}",
            text="Thái độ phục vụ " * 18,
            short_name="Thêm",
            scale=first.scale,
            position=n,
        )
    page = browser.post(PAGE, typed(draft, save="1", **long))
    assert page.status_code == 422
    assert "không vừa một trang A4" in page.content.decode()


def test_no_frame_can_send_or_run_anything(browser, draft):
    page = browser.get(PAGE).content.decode()
    assert page.count('sandbox="allow-same-origin"') == page.count("<iframe") == 3


def test_a_withdrawn_draft_takes_no_force(browser, standing, draft):
    browser.post("/setup/questionnaire/withdraw")
    assert list(QuestionnaireVersion.objects.all()) == [standing]
    assert standing.criteria.count() == 2


def test_a_draft_that_another_withdrew_meanwhile_is_told_to_be_gone(browser, standing, draft):
    browser.post("/setup/questionnaire/withdraw")
    late = browser.post("/setup/questionnaire/", {"save": "", "title": "Muộn"}, follow=True)
    assert (late.redirect_chain[0][1], "Không còn bản nháp" in late.content.decode()) == (303, True)


def test_what_was_handed_out_is_no_draft_any_more(browser, draft):
    make.issued(now=make.now())  # with the version in force
    assert questionnaires.draft_of(local_day(timezone.now())) == draft
    Slip.objects.update(questionnaire=draft)
    assert questionnaires.draft_of(local_day(timezone.now())) is None
    browser.post("/setup/questionnaire/withdraw")
    assert QuestionnaireVersion.objects.filter(pk=draft.pk).exists()


def test_whoever_does_not_look_after_every_office_reads_and_changes_nothing(browser, standing):
    make.office("KH")  # an office beside the administrator's own
    assert "Soạn bản tiếp theo" not in browser.get(PAGE).content.decode()
    assert browser.post("/setup/questionnaire/next").status_code == 403
    assert browser.post(PAGE, {"save": "1"}).status_code == 403
    assert QuestionnaireVersion.objects.count() == 1
    assert Office.objects.count() == 2


def test_an_administrator_without_an_office_is_refused_what_is_drawn_for_one(standing):
    client = Client()
    client.force_login(make.user(Role.ADMIN), backend="django.contrib.auth.backends.ModelBackend")
    assert client.get(PAGE).status_code == 403
