"""A campaign's life: frozen when open, extended with a reason only, closed without losing an answer."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, transaction

from surveys.box import casting, errors, mixing, signed_form
from surveys.box import receipts as box_receipts
from surveys.campaigns import errors as campaigns_errors
from surveys.campaigns import invitations, lifecycle, participation
from surveys.crypto import codes
from surveys.models import (
    Ballot,
    BoxedBallot,
    Campaign,
    CampaignExtension,
    CampaignUnit,
    Criterion,
    Level,
    OpenLane,
    QuestionnaireVersion,
    Receipt,
    RespondentGroup,
    Scale,
    Section,
    Slip,
    Spent,
    TextQuestion,
)
from surveys.periods import CampaignPeriod, NotAPeriod
from surveys.reference import answers
from surveys.slips.lookup import find_unit
from tests import campaigns, make
from tests.make import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def open_one() -> Campaign:
    return campaigns.campaign(make.office("HB"), make.office("SL"))


@pytest.fixture
def unit(open_one) -> CampaignUnit:
    return open_one.units.select_related("campaign").get(office__code="HB")


def refused(act) -> bool:
    """Whether the database itself says no."""
    try:
        with transaction.atomic():
            act()
    except DatabaseError as error:
        return "frozen" in str(error) or "append-only" in str(error)
    return False


# ── Frozen ─────────────────────────────────────────────────────────────────────────────

FROZEN_COLUMNS = {
    "slug": "khac",
    "name": "Tên khác",
    "legal_basis": "Căn cứ khác",
    "formula": "share",
    "minimum_n": 1,
    "opens_on": make.LONG_AGO,
    "closes_on": make.LONG_AGO,
    "notice": "Lời khác",
    "confidence": "0.5",
}


@pytest.mark.parametrize("column", FROZEN_COLUMNS)
def test_no_column_of_an_open_campaign_changes(open_one, column):
    assert refused(lambda: Campaign.objects.filter(pk=open_one.pk).update(**{column: FROZEN_COLUMNS[column]}))


@pytest.mark.parametrize(
    "act",
    [
        lambda c: Campaign.objects.filter(pk=c.pk).update(state="draft"),
        lambda c: Campaign.objects.filter(pk=c.pk).update(questionnaire=make.questionnaire()),
        lambda c: Campaign.objects.filter(pk=c.pk).update(ends_on=c.ends_on + timedelta(days=1)),
        lambda c: Campaign.objects.filter(pk=c.pk)._raw_delete("default"),
        lambda c: CampaignUnit.objects.filter(campaign=c)._raw_delete("default"),
        lambda c: CampaignUnit.objects.filter(campaign=c).update(population=1),
        lambda c: CampaignUnit.objects.create(campaign=c, office=make.office("XX")),
        lambda c: RespondentGroup.objects.filter(campaign=c).update(label="Khác"),
        lambda c: RespondentGroup.objects.create(campaign=c, code="new", label="Mới", position=9),
        lambda c: QuestionnaireVersion.objects.filter(pk=c.questionnaire_id).update(title="Khác"),
        lambda c: Section.objects.filter(version=c.questionnaire_id).update(weight=5),
        lambda c: Section.objects.create(version=c.questionnaire, code="new", title="Mới", position=9),
        lambda c: Criterion.objects.filter(version=c.questionnaire_id).update(weight=5),
        lambda c: Criterion.objects.filter(version=c.questionnaire_id, code="why")._raw_delete("default"),
        lambda c: Criterion.objects.create(
            version=c.questionnaire,
            code="new",
            text="Mới",
            short_name="Mới",
            scale=Scale.objects.first(),
            position=9,
        ),
        lambda c: TextQuestion.objects.filter(version=c.questionnaire_id).update(text="Khác"),
        lambda c: Level.objects.filter(scale__code__endswith="-5").update(counts_as_satisfied=True),
        lambda c: Level.objects.filter(scale__code__endswith="-5", value=4).update(points=50),
        lambda c: Level.objects.create(
            scale=Scale.objects.get(code__endswith="-5"),
            value=9,
            label="9",
            counts_as_satisfied=True,
            position=9,
        ),
        lambda c: Scale.objects.filter(code__endswith="-5").update(name="Khác"),
    ],
)
def test_what_decides_a_place_is_frozen_in_the_database(open_one, act):
    assert refused(lambda: act(open_one))


@pytest.mark.sqlite_only
def test_replacing_an_open_campaign_is_refused(open_one):
    columns = ", ".join(f'"{f.column}"' for f in Campaign._meta.concrete_fields)
    statement = f"REPLACE INTO surveys_campaign ({columns}) SELECT {columns} FROM surveys_campaign"
    assert refused(lambda: connection.cursor().execute(statement))


def test_a_criterion_cannot_be_moved_into_a_frozen_questionnaire(open_one):
    other = make.questionnaire().criteria.first()
    assert refused(
        lambda: Criterion.objects.filter(pk=other.pk).update(version=open_one.questionnaire, position=9)
    )


def test_a_draft_may_change_in_everything():
    draft = campaigns.campaign(opened=False)
    lifecycle.revise(campaign=draft, name="Tên mới", units={make.office("QQ"): None}, groups=[])
    Criterion.objects.filter(version=draft.questionnaire_id).update(weight=2)
    assert [unit.office.code for unit in draft.units.all()] == ["QQ"]


def test_the_verb_refuses_to_revise_an_open_campaign(open_one):
    with pytest.raises(campaigns_errors.CampaignFrozen):
        lifecycle.revise(campaign=open_one, name="Tên mới")


def test_a_draft_without_weights_does_not_open():
    draft = campaigns.campaign(opened=False)
    Section.objects.filter(version=draft.questionnaire_id).update(weight=0)
    with pytest.raises(campaigns_errors.CampaignIncomplete) as fact:
        lifecycle.open_campaign(campaign=draft, now=NOW)
    assert fact.value.missing == ["weights", "logic"]


# ── Extended and closed ────────────────────────────────────────────────────────────────


def test_an_extension_moves_the_last_day_and_is_kept_with_its_reason(open_one):
    until = open_one.ends_on + timedelta(days=7)
    lifecycle.extend(campaign=open_one, until=until, reason="Bão số 3", by=make.user(), now=NOW)
    open_one.refresh_from_db()
    assert (open_one.ends_on, open_one.extensions.get().reason) == (until, "Bão số 3")
    assert refused(lambda: CampaignExtension.objects.update(reason="Khác"))


@pytest.mark.parametrize(
    ("days", "reason", "fact"), [(7, "  ", campaigns_errors.NoReason), (0, "Bão", campaigns_errors.NotLater)]
)
def test_an_extension_is_later_and_has_a_reason(open_one, days, reason, fact):
    until = open_one.ends_on + timedelta(days=days)
    with pytest.raises(fact):
        lifecycle.extend(campaign=open_one, until=until, reason=reason, by=make.user(), now=NOW)


def test_an_extension_carries_unused_invitations_along(open_one, unit):
    invited = invitations.invite(unit=unit, name="Đợt 1", organisations=[("Trường A", "")], by=None, now=NOW)
    until = open_one.ends_on + timedelta(days=7)
    lifecycle.extend(campaign=open_one, until=until, reason="Bão", by=make.user(), now=NOW)
    slip = Slip.objects.get(pk=invited[0].slip.pk)
    assert slip.expires_at == open_one.__class__.objects.get(pk=open_one.pk).period.bounds()[1]


def test_a_campaign_does_not_close_before_its_last_day_is_over(open_one):
    with pytest.raises(campaigns_errors.StillRunning):
        lifecycle.close(campaign=open_one, now=open_one.period.bounds()[1] - timedelta(seconds=1))


def test_a_closed_campaign_takes_no_answer_and_nothing_of_it_is_stored(open_one, unit):
    lifecycle.close(campaign=open_one, now=open_one.period.bounds()[1])
    with pytest.raises(errors.CampaignNotOpen):
        campaigns.answer(unit)
    assert (BoxedBallot.objects.count(), participation.participation(open_one)[unit.office_id].opened) == (
        0,
        0,
    )


def test_closing_expires_invitations_that_nobody_used(open_one, unit):
    invitations.invite(unit=unit, name="Đợt 1", organisations=[("Trường A", "")], by=None, now=NOW)
    lifecycle.close(campaign=open_one, now=open_one.period.bounds()[1])
    assert participation.participation(open_one)[unit.office_id].invited_expired == 1


# ── Answers ────────────────────────────────────────────────────────────────────────────


def test_an_open_answer_counts_as_issued_and_returned_when_cast(open_one, unit):
    for _answer in range(12):
        campaigns.answer(unit)
    counted = participation.participation(open_one)[unit.office_id]
    assert (counted.issued, counted.returned) == (12, 12)
    assert [each.contents.counter for each in make.waiting()] == ["OPEN"] * 12


def test_the_register_keeps_no_row_of_an_open_answer(unit):
    campaigns.answer(unit)
    assert (Slip.objects.count(), Spent.objects.count()) == (0, 0)


def test_the_same_open_form_again_gets_the_same_receipt_and_is_stored_once(open_one, unit):
    form = signed_form.read_form_of(unit=unit, field=signed_form.open_form_of(unit=unit, now=NOW))
    said = answers.Said({"easy": 4, "online": None, "solved": 1, "why": None})
    receipts = {casting.cast_openly(unit=unit, form=form, said=said) for _sending in range(3)}
    assert (len(receipts), BoxedBallot.objects.count()) == (1, 1)
    assert participation.participation(open_one)[unit.office_id].opened == 1


def test_the_same_open_form_after_the_mix_is_not_counted_again(open_one, unit):
    form = signed_form.read_form_of(unit=unit, field=signed_form.open_form_of(unit=unit, now=NOW))
    said = answers.Said({"easy": 4, "online": None, "solved": 1, "why": None})
    first = casting.cast_openly(unit=unit, form=form, said=said)
    for _answer in range(9):
        campaigns.answer(unit)
    mixing.mix(office=unit.office, period=open_one.period, now=NOW)
    assert casting.cast_openly(unit=unit, form=form, said=said) == first
    assert (BoxedBallot.objects.count(), Receipt.objects.count()) == (0, 10)


def test_a_form_of_one_unit_is_none_of_another(open_one, unit):
    other = open_one.units.get(office__code="SL")
    with pytest.raises(errors.FormOfAnotherSlip):
        signed_form.read_form_of(unit=other, field=signed_form.open_form_of(unit=unit, now=NOW))


def test_an_invited_answer_spends_its_code_and_says_in_the_box_only_that_it_was_invited(open_one, unit):
    one = invitations.invite(unit=unit, name="Đợt 1", organisations=[("Trường A", "")], by=None, now=NOW)[0]
    slip = casting.find_slip(code=one.code)
    form = signed_form.read_form(slip=slip, field=signed_form.open_form(slip=slip, now=NOW))
    casting.cast(slip=slip, form=form, said=answers.Said({"easy": 3}), via="link", now=NOW)
    (boxed,) = make.waiting(period=open_one.slug)
    assert (boxed.contents.counter, boxed.contents.procedure) == ("INVITED", "")
    other = signed_form.read_form(slip=slip, field=signed_form.open_form(slip=slip, now=NOW))
    with pytest.raises(errors.SlipNotUsable):
        casting.cast(slip=slip, form=other, said=answers.Said({"easy": 3}), via="link", now=NOW)
    assert participation.participation(open_one)[unit.office_id].invited_returned == 1


def test_a_slip_is_of_a_transaction_or_of_an_invitation(unit):
    handed = make.issued()
    with pytest.raises(DatabaseError), transaction.atomic():
        Slip.objects.filter(pk=handed.slip.pk).update(transaction=None)


def test_answers_are_mixed_and_released_in_groups_by_how_they_came_in(open_one, unit):
    for _answer in range(12):
        campaigns.answer(unit)
    organisations = [(f"Trường {n}", "") for n in range(3)]
    for one in invitations.invite(unit=unit, name="Đợt 1", organisations=organisations, by=None, now=NOW):
        slip = casting.find_slip(code=one.code)
        form = signed_form.read_form(slip=slip, field=signed_form.open_form(slip=slip, now=NOW))
        casting.cast(slip=slip, form=form, said=answers.Said({"easy": 3}), via="link", now=NOW)
    mixing.mix(office=unit.office, period=open_one.period, now=NOW)
    assert set(Ballot.objects.values_list("counter", flat=True)) == {"OPEN"}
    assert [(str(period), n) for _office, period, n in mixing.boxes_waiting()] == [(open_one.slug, 3)]


def test_the_closing_mix_does_not_open_three_invited_answers_alone(open_one, unit):
    test_answers_are_mixed_and_released_in_groups_by_how_they_came_in(open_one, unit)
    lifecycle.close(campaign=open_one, now=open_one.period.bounds()[1])
    mixing.mix(office=unit.office, period=open_one.period, now=open_one.period.bounds()[1], closing=True)
    assert sorted(Ballot.objects.values_list("counter", flat=True)) == [""] * 3 + ["OPEN"] * 12


def test_a_receipt_of_a_campaign_is_found(open_one, unit):
    receipt = campaigns.answer(unit)
    assert (
        box_receipts.receipt_state(typed=codes.format_receipt(receipt)).state
        is box_receipts.ReceiptState.IN_THE_BOX
    )


def test_what_was_said_beside_the_levels_stays_in_words(unit):
    form = signed_form.read_form_of(unit=unit, field=signed_form.open_form_of(unit=unit, now=NOW))
    said = answers.Said({"easy": 4}, texts={"respondent": "citizen", "idea": "Mở thêm quầy"})
    casting.cast_openly(unit=unit, form=form, said=said)
    assert make.waiting()[0].contents.texts == {
        "respondent": "citizen",
        "idea": "Mở thêm quầy",
    }


# ── Days ───────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("slug", ["2023-05", "Khao-sat", "", "a" * 41, "khảo-sát"])
def test_a_slug_that_is_none_names_no_campaign(slug):
    with pytest.raises(NotAPeriod):
        CampaignPeriod(slug, NOW.date(), NOW.date())


def test_lanes_share_the_count_of_a_unit(open_one, unit, settings):
    for _answer in range(60):
        campaigns.answer(unit)
    lanes = list(OpenLane.objects.filter(unit=unit).values_list("answers", flat=True))
    assert (len(lanes), sum(lanes), min(lanes) < 60) == (settings.OPEN_LANES, 60, True)


def test_a_unit_is_found_as_its_rows_stand_with_campaign_and_office():
    campaign = campaigns.campaign(make.office("HB"), make.office("SL"))
    stands = CampaignUnit.objects.select_related("campaign", "office").get(office__code="SL")

    found = find_unit(campaign=campaign.slug, office="SL")

    for one, other in ((found, stands), (found.campaign, stands.campaign), (found.office, stands.office)):
        facts = {field.attname: getattr(other, field.attname) for field in other._meta.concrete_fields}
        assert {name: getattr(one, name) for name in facts} == facts
    assert find_unit(campaign=campaign.slug, office="KBNN") is None


@pytest.mark.parametrize("end", ["\n", "\r"])
def test_no_name_that_stands_in_the_head_of_a_letter_has_a_second_line(end):
    """A line break in a subject is no subject, and the mailing would stand still at its first letter."""
    named = campaigns.campaign(make.office("HB"), opened=False)
    office = named.units.get().office
    for row, column in ((named, "name"), (office, "name"), (office, "short_name")):
        setattr(row, column, f"Một{end}Bcc: x@x.vn")
        with pytest.raises(ValidationError) as wrong:
            row.full_clean()
        assert "Ghi trên một dòng, không có ký tự điều khiển." in wrong.value.messages
        with pytest.raises(DatabaseError), transaction.atomic():
            type(row).objects.filter(pk=row.pk).update(**{column: f"Một{end}Bcc: x@x.vn"})
