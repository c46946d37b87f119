"""A campaign's form as a respondent meets it: pages without script, cookie or memory."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client

from surveys import rate_limits
from surveys.audit import Action
from surveys.box import casting, errors, lengths
from surveys.campaigns import invitations, participation
from surveys.choices import CampaignState, Role, SlipState
from surveys.models import (
    AuditEntry,
    BoxedBallot,
    Campaign,
    CampaignUnit,
    Level,
    OpenLane,
    OpenSignal,
    Slip,
    Spent,
)
from tests import campaigns, make

pytestmark = [pytest.mark.django_db, pytest.mark.one_engine]
HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)">')
WHOLE = {"easy": "4", "online": "na", "solved": "1"}


@pytest.fixture(autouse=True)
def _calm():
    rate_limits.forget()


@pytest.fixture
def running() -> Campaign:
    return campaigns.campaign(make.office("HB"), make.office("SL"), now=make.now())


@pytest.fixture
def unit(running) -> CampaignUnit:
    return running.units.select_related("campaign", "office").get(office__code="HB")


def address(unit: CampaignUnit) -> str:
    return f"/c/{unit.campaign.slug}/{unit.office.code}"


def hidden(response) -> dict[str, str]:
    return dict(HIDDEN.findall(response.content.decode()))


def turned(client, path: str, page, *, go: str = "next", **answers):
    """The answer to pressing a button on a page, as a browser sends it."""
    return client.post(path, hidden(page) | answers | {"_go": go})


def checked(response) -> set[str]:
    return set(re.findall(r'name="(\w+)" value="[^"]*"[^>]* checked', response.content.decode()))


@pytest.mark.both_engines
def test_an_answer_goes_section_by_section_to_a_receipt(client, unit):
    first = client.get(address(unit))
    second = turned(client, address(unit), first, easy="4", online="na", _who="citizen")
    assert "Phần 2 trong 2" in second.content.decode()
    done = turned(client, address(unit), second, go="send", solved="1", _t_idea="Mở thêm quầy")
    assert (done.status_code, "data-receipt" in done.content.decode()) == (200, True)
    said = make.waiting()[0].contents
    assert said.answers == {"easy": 4, "online": None, "solved": 1, "why": None}
    assert said.texts == {"idea": "Mở thêm quầy", "respondent": "citizen"}


def test_nothing_is_stored_before_the_last_button(client, running, unit):
    first = client.get(address(unit))
    turned(client, address(unit), first, easy="4", online="na")
    assert BoxedBallot.objects.count() == 0
    assert participation.participation(running)[unit.office_id].opened == 0


def test_nothing_is_chosen_beforehand(client, unit):
    assert checked(client.get(address(unit))) == set()


def test_going_back_keeps_every_answer(client, unit):
    second = turned(client, address(unit), client.get(address(unit)), easy="3", online="2")
    first = turned(client, address(unit), second, go="back", solved="0")
    assert checked(first) == {"easy", "online"}
    assert hidden(first)["solved"] == "0"


def test_a_page_goes_on_only_when_it_is_answered_and_keeps_what_was(client, unit):
    response = turned(client, address(unit), client.get(address(unit)), online="2")
    assert (response.status_code, checked(response)) == (422, {"online"})
    assert "Còn câu chưa trả lời" in response.content.decode()


def test_all_sections_on_one_page_are_sent_at_once(client, unit):
    whole = client.get(address(unit) + "?all")
    done = turned(client, address(unit), whole, go="send", **WHOLE)
    assert "data-receipt" in done.content.decode()


def test_a_question_after_an_answer_is_asked_only_then(client, unit):
    whole = client.get(address(unit) + "?all")
    missing = turned(client, address(unit), whole, go="send", **WHOLE | {"solved": "0"})
    assert missing.status_code == 422
    done = turned(client, address(unit), missing, go="send", **WHOLE | {"solved": "0", "why": "2"})
    assert "data-receipt" in done.content.decode()
    assert make.waiting()[0].contents.answers["why"] == 2


def level_that_is_none(version) -> None:
    version.criteria.filter(code="why").update(shown_after_value=77)


def question_that_comes_later(version) -> None:
    later = version.criteria.get(code="why")
    version.criteria.filter(code="online").update(shown_after=later, shown_after_value=1)


def nobody_satisfied(version) -> None:
    scales = version.criteria.values("scale")
    Level.objects.filter(scale__in=scales).update(counts_as_satisfied=False)


@pytest.mark.parametrize("slipped", [level_that_is_none, question_that_comes_later, nobody_satisfied])
def test_the_page_survives_what_slipped_through_the_checks_and_takes_an_answer(client, slipped, settings):
    settings.OPEN_LANES = 1
    draft = campaigns.campaign(make.office("HB"), now=make.now(), opened=False)
    slipped(draft.questionnaire)
    OpenLane.objects.bulk_create(OpenLane(unit=unit, lane=0) for unit in draft.units.all())
    lengths.freeze(draft.questionnaire_id)
    Campaign.objects.filter(pk=draft.pk).update(state=CampaignState.OPEN)  # unchecked
    unit = draft.units.select_related("campaign", "office").get()
    first = client.get(address(unit))
    second = turned(client, address(unit), first, easy="4", online="na", _who="citizen")
    done = turned(client, address(unit), second, go="send", solved="1")
    assert [page.status_code for page in (first, second, done)] == [200, 200, 200]
    assert "data-receipt" in done.content.decode()
    assert make.waiting()[0].contents.answers["solved"] == 1


def test_an_answer_to_a_question_that_was_not_asked_is_not_kept(client, unit):
    whole = client.get(address(unit) + "?all")
    turned(client, address(unit), whole, go="send", **WHOLE | {"why": "2"})
    assert make.waiting()[0].contents.answers["why"] is None


@pytest.mark.both_engines
def test_the_same_form_sent_twice_is_one_answer(client, unit):
    whole = client.get(address(unit) + "?all")
    pages = [turned(client, address(unit), whole, go="send", **WHOLE).content for _sending in range(2)]
    assert pages[0] == pages[1]
    assert BoxedBallot.objects.count() == 1


def test_a_forged_form_is_shown_again_with_its_answers(client, unit):
    whole = client.get(address(unit) + "?all")
    response = client.post(address(unit), hidden(whole) | WHOLE | {"_form": "x", "_go": "send"})
    assert (response.status_code, checked(response)) == (422, {"easy", "online", "solved"})
    assert BoxedBallot.objects.count() == 0


def test_where_two_forms_drew_one_receipt_the_second_is_shown_again_with_its_answers(
    client, unit, monkeypatch
):
    def taken(**facts):
        raise errors.ReceiptTaken

    whole = client.get(address(unit) + "?all")
    with monkeypatch.context() as patch:
        patch.setattr(casting, "cast_openly", taken)
        response = turned(client, address(unit), whole, go="send", **WHOLE)
    assert (response.status_code, checked(response)) == (422, {"easy", "online", "solved"})
    assert hidden(response)["_form"] != hidden(whole)["_form"]
    assert turned(client, address(unit), response, go="send", **WHOLE).status_code == 200


def test_no_cookie_no_store_no_referrer(client, unit):
    response = client.get(address(unit))
    assert not response.cookies
    assert (response["Cache-Control"], response["Referrer-Policy"]) == ("no-store", "no-referrer")


def test_the_form_speaks_english(client, unit):
    response = client.get(address(unit) + "?lang=en")
    assert b"Your opinion" in response.content


def test_every_page_bears_the_note_of_its_campaign(client):
    noted = campaigns.campaign(make.office("DB"), slug="co-ghi-chu", now=make.now(), notice="Số liệu giả lập")
    unit = noted.units.get()
    for path in (f"/c/{noted.slug}/", address(unit), address(unit) + "?all"):
        assert "Số liệu giả lập" in client.get(path).content.decode()


def test_a_draft_is_not_found_and_neither_is_a_stranger(client):
    draft = campaigns.campaign(make.office("HB"), opened=False, now=make.now())
    assert [
        client.get(p).status_code for p in (f"/c/{draft.slug}/", f"/c/{draft.slug}/HB", "/c/khac/HB")
    ] == [404] * 3


def test_a_campaign_that_is_over_says_so_and_takes_nothing(client):
    over = campaigns.campaign(make.office("HB"), now=make.now() - timedelta(days=60))
    path = address(over.units.get())
    assert "Đợt khảo sát đã kết thúc" in client.get(path).content.decode()
    assert client.post(path, WHOLE).status_code == 409


def test_a_campaign_that_is_to_come_says_so(client):
    coming = campaigns.campaign(make.office("HB"), now=make.now() + timedelta(days=20))
    assert "chưa bắt đầu" in client.get(address(coming.units.get())).content.decode()


@pytest.mark.both_engines
def test_units_are_found_without_diacritics(client):
    names = [("HB", "KBNN Hòa Bình"), ("SL", "KBNN Sơn La")]
    running = campaigns.campaign(
        *(make.office(code, short_name=name) for code, name in names), now=make.now()
    )
    found = client.get(f"/c/{running.slug}/?q=hoa binh").content.decode()
    assert ("KBNN Hòa Bình" in found, "KBNN Sơn La" in found) == (True, False)


def test_staff_who_are_logged_in_cannot_answer(client, unit):
    client.force_login(
        make.user(Role.TELLER, of=unit.office), backend="django.contrib.auth.backends.ModelBackend"
    )
    assert client.post(address(unit), WHOLE).status_code == 403
    assert AuditEntry.objects.filter(action=Action.STAFF_CAST_REFUSED, office=unit.office).exists()


def sends(unit: CampaignUnit, times: int) -> list[int]:
    client = Client()
    codes = []
    for _time in range(times):
        whole = client.get(address(unit) + "?all")
        codes.append(turned(client, address(unit), whole, go="send", **WHOLE).status_code)
    return codes


def test_an_office_behind_one_address_is_not_held_up(unit):
    assert set(sends(unit, 30)) == {200}


def test_a_machine_gun_is_held_up_and_keeps_its_answers(unit, settings):
    settings.OPEN_ANSWERS_PER_MINUTE = 2
    rate_limits.forget()
    assert sends(unit, 4)[-1] == 429


def test_many_answers_of_one_address_are_a_signal_and_are_kept(unit):
    sends(unit, rate_limits.SAME_ADDRESS + 3)
    signals = dict(OpenSignal.objects.filter(kind="address").values_list("kind", "answers"))
    assert signals in ({"address": 3}, {})  # {} when the hour turned meanwhile
    assert BoxedBallot.objects.count() == rate_limits.SAME_ADDRESS + 3


# ── Invited ────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def code(unit) -> str:
    return invitations.invite(
        unit=unit, name="Đợt 1", organisations=[("Trường A", "")], by=None, now=make.now()
    )[0].code


def test_an_invited_answer_uses_the_address_of_every_other_code(client, code):
    first = client.get(f"/p/{code}")
    second = turned(client, f"/p/{code}", first, easy="4", online="na")
    assert Spent.objects.count() == 0
    done = turned(client, f"/p/{code}", second, go="send", solved="1")
    assert ("data-receipt" in done.content.decode(), Spent.objects.count()) == (True, 1)


def test_the_page_of_a_letters_dead_code_is_the_one_of_every_other_and_true_of_both(client, code):
    """It does not say whose code it was, so it says what to do with either: the counter exchanges no letter."""
    Slip.objects.update(state=SlipState.EXPIRED)
    of_the_letter, of_nothing = client.get(f"/p/{code}"), client.get(f"/p/{'0' * 26}")
    assert of_the_letter.content == of_nothing.content
    for kind in ("Mã trên phiếu nhận tại quầy: ", "Mã trong thư: "):
        assert kind in of_the_letter.content.decode()


@pytest.mark.both_engines
def test_the_same_invited_form_again_gets_the_same_receipt_and_another_is_refused(client, code):
    whole = client.get(f"/p/{code}")
    second = turned(client, f"/p/{code}", whole, easy="4", online="na")
    pages = [turned(client, f"/p/{code}", second, go="send", solved="1").content for _sending in range(2)]
    assert pages[0] == pages[1]
    forged = client.post(f"/p/{code}", WHOLE | {"_form": "x", "_go": "send"})
    assert (forged.status_code, client.get(f"/p/{code}").status_code) == (409, 404)


def test_an_invitation_may_be_typed(client, code):
    assert b"Your opinion" in client.post("/p?lang=en", {"code": code[:12]}).content
