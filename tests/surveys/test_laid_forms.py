"""Forms of staff's that lie one field below another: what `components/field.html` makes of each field."""

import re

import pytest
from django import forms
from django.template import Context, Template

from surveys.fields import Laid, LaidForm, beside

MISSING = {"required": "Xin ghi nguyên nhân."}


class OfEverything(LaidForm):
    line = forms.CharField(label="Nguyên nhân", help_text="Tự ghi.", max_length=1000, error_messages=MISSING)
    words = forms.CharField(label="Việc đã làm", widget=forms.Textarea, required=False)
    day = forms.DateField(label="Hạn", required=False)
    count = forms.IntegerField(label="Số cuộc gọi", required=False)
    choice = forms.ChoiceField(label="Kết quả", choices=[("a", "Xong"), ("b", "Dừng")], required=False)

    @property
    def parts(self):
        day, count = Laid("day"), Laid("count")
        return (
            Laid("line", list="causes", jump=True),
            Laid("words", rows=3),
            beside(day, count),
            Laid("choice"),
        )


def drawn(form: forms.Form, **names: object) -> str:
    """The form inside a page that has names of its own."""
    page = Template("{% load crispy_forms_tags %}{% crispy form %}").render(Context({"form": form, **names}))
    return re.sub(r"\s+", " ", page)


@pytest.mark.parametrize(
    "control",
    [
        '<input class="field-input" id="line" name="line" type="text" maxlength="1000"',
        '<textarea class="field-input" id="words" name="words" rows="3"',
        '<input class="field-input day" id="day" name="day" type="date"',
        '<input class="field-input short-field" id="count" name="count" type="text" inputmode="numeric"',
        '<select class="form-select" id="choice" name="choice"',
    ],
)
def test_each_field_has_the_control_that_it_asks_for(control):
    assert control in drawn(OfEverything())


def test_label_and_hint_are_the_forms_and_not_names_of_the_page():
    page = drawn(
        OfEverything(), label="Tháng 5/2023", hint="của trang", rows=99, id="main", empty="của trang"
    )
    assert '<label class="field-label" for="line">Nguyên nhân</label>' in page
    assert '<p class="field-hint" id="line-hint">Tự ghi.</p>' in page
    assert "của trang" not in page
    assert "Tháng 5/2023" not in page
    assert 'id="main"' not in page


def test_a_complaint_is_told_with_the_hint_and_focused_once_it_is_there():
    assert 'aria-describedby="line-hint" >' in drawn(OfEverything())
    page = drawn(OfEverything({"line": ""}))
    assert 'aria-describedby="line-hint line-error" aria-invalid="true" autofocus' in page
    assert '<p class="invalid-feedback" id="line-error"> Xin ghi nguyên nhân. </p>' in page


def test_fields_may_stand_beside_each_other():
    assert re.search(r'<div class="columns" ?>.*id="day".*id="count"', drawn(OfEverything()))


def test_neither_form_nor_token_nor_button_is_added_to_those_of_the_page():
    page = drawn(OfEverything())
    assert not re.search(r"<form|csrf|<button|type=.submit", page)
