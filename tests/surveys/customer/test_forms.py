"""What customers type: cleaned, bounded, kept."""

from unicodedata import normalize

import pytest
from django import forms
from django.http import QueryDict
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from surveys.ballot.forms import CodeForm
from surveys.customer.forms import BallotForm
from surveys.reference.questionnaires import (
    CriterionFacts,
    LevelFacts,
    QuestionnaireFacts,
    ReasonFacts,
    Words,
)


def questionnaire(*, levels=2, optional=False) -> QuestionnaireFacts:
    scale = tuple(
        LevelFacts(value, Words(f"Mức {value}", f"Level {value}"), value >= levels / 2)
        for value in range(levels)
    )
    return QuestionnaireFacts(
        version_id=1,
        title=Words("Ông/bà có hài lòng không?", "Were you satisfied?"),
        criteria=(
            CriterionFacts("attitude", Words("Thái độ", "Attitude"), "Thái độ", False, scale),
            CriterionFacts("time", Words("Thời gian"), "Thời gian", optional, scale),
        ),
        reasons=(ReasonFacts("waiting", Words("Phải chờ lâu")), ReasonFacts("kind", Words("Tận tình"))),
    )


def filled(said: str, **facts) -> BallotForm:
    return BallotForm(questionnaire(**facts), QueryDict(said))


def typed(text: str) -> BallotForm:
    data = QueryDict("attitude=1&time=1", mutable=True)
    data["comment"] = text
    return BallotForm(questionnaire(), data)


def test_answers_come_out_as_numbers_and_reasons_in_order():
    form = filled("attitude=1&time=0&reasons=waiting&reasons=kind&reasons=kind&comment=+nhanh+")
    assert form.is_valid()
    assert form.said.answers == {"attitude": 1, "time": 0}
    assert form.said.reasons == ["kind", "waiting"]
    assert form.said.comment == "nhanh"


@pytest.mark.parametrize(
    "said",
    [
        "attitude=1&time=0&reasons=waiting&reasons=kind&comment=+nhanh+",
        "attitude=1&comment=" + "a" * 1001,
        "attitude=1&attitude=0&time=9&reasons=none",
        "",
    ],
)
def test_a_ballot_is_cleaned_as_django_would_with_its_bound_fields(said):
    class Djangos(BallotForm):
        _clean_fields = forms.Form._clean_fields

    ours, djangos = filled(said), Djangos(questionnaire(), QueryDict(said))
    assert ours.errors == djangos.errors
    assert ours.cleaned_data == djangos.cleaned_data


def test_an_optional_criterion_may_be_left_out():
    form = filled("attitude=1", optional=True)
    assert form.is_valid()
    assert form.said.answers == {"attitude": 1, "time": None}


@pytest.mark.parametrize(
    "said", ["", "attitude=1", "attitude=1&time=9", "attitude=1&time=1&time=0", "attitude=1&time=+1"]
)
def test_what_is_not_one_known_answer_is_asked_for_again(said):
    form = filled(said)
    assert not form.is_valid()
    assert 2 in form.context()["missing"]


def test_a_blank_sheet_shows_no_error_and_no_choice():
    shown = BallotForm(questionnaire()).context()
    assert shown["missing"] == []
    assert not any(level["checked"] for criterion in shown["criteria"] for level in criterion["levels"])
    assert shown["comment"] == shown["comment_error"] == shown["form_error"] == ""


def test_the_page_speaks_the_language_it_is_made_in():
    with override("en"):
        shown = BallotForm(questionnaire()).context()
    assert shown["title"] == "Were you satisfied?"
    assert [criterion["text"] for criterion in shown["criteria"]] == ["Attitude", "Thời gian"]


@pytest.mark.parametrize(
    ("levels", "faces"),
    [(2, ["bad", "good"]), (3, ["bad", "neutral", "good"]), (5, [""] * 5), (11, [""] * 11)],
)
def test_two_or_three_answers_differ_by_their_faces(levels, faces):
    criterion = BallotForm(questionnaire(levels=levels)).context()["criteria"][0]
    assert [level["face"] for level in criterion["levels"]] == faces


def test_a_comment_is_measured_after_cleaning_and_in_whole_letters():
    assert typed(normalize("NFD", "ậ") * 1000).is_valid()
    assert typed("\r\n".join("a" * 500)).is_valid()  # 500 letters, 499 line breaks
    assert not typed("a" * 1001).is_valid()


def test_the_length_is_printed_as_the_language_prints_it():
    assert typed("a" * 1200).context()["comment_error"] == "Góp ý dài 1.200 ký tự; tối đa 1.000 ký tự."


def test_long_numbers_are_masked_but_shown_to_whoever_typed_them():
    form = typed("gọi 0912345678 giúp")
    assert form.is_valid()
    assert form.said.comment == "gọi •••••••••• giúp"
    assert form.context()["comment"] == "gọi 0912345678 giúp"


@given(st.text(st.characters(exclude_categories=()), max_size=80))
def test_any_text_of_a_thousand_characters_is_taken_and_comes_out_storable(text):
    form = typed(text)
    assert form.is_valid()
    said = form.said.comment
    assert said.encode("utf-8").decode() == normalize("NFC", said)
    assert not {sign for sign in said if ord(sign) < 32} - {"\n"}


@pytest.mark.parametrize("code", ["abcd-efgh-jkmn", "ABCDEFGHJKMN", " abcdefgh jkmn "])
def test_a_code_is_read_however_it_was_typed(code):
    form = CodeForm({"code": code})
    assert form.is_valid()
    assert form.cleaned_data["code"] == "ABCDEFGHJKMN"


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("short", "Mã có 12 ký tự, mới gõ 5."),
        ("ABCDEFGHJKM!", "Mã không có ký tự “!”. Xin xem lại trên phiếu."),
        ("x" * 27, "Mã có 12 ký tự, đã gõ 27."),
    ],
)
def test_what_cannot_be_a_code_is_told_by_its_form(code, said):
    assert CodeForm({"code": code}).errors["code"] == [said]
