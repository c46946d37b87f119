"""Forms of staff's that lie one field below another: what `components/field.html` makes of each field."""

import re

import pytest
from django import forms
from django.template import Context, Template
from django.template.loader import render_to_string

from surveys.fields import FindForm, Laid, LaidForm, beside

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
            Laid("line", list="causes"),
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


def test_of_all_that_is_wrong_only_the_first_on_the_page_has_the_focus():
    page = drawn(OfEverything({"line": "a", "count": "nhiều", "choice": "c"}))
    assert page.count('aria-invalid="true"') == 2
    assert re.findall(r'name="(\w+)"[^>]* autofocus', page) == ["count"]


def test_fields_may_stand_beside_each_other():
    assert re.search(r'<div class="columns" ?>.*id="day".*id="count"', drawn(OfEverything()))


def test_neither_form_nor_token_nor_button_is_added_to_those_of_the_page():
    page = drawn(OfEverything())
    assert not re.search(r"<form|csrf|<button|type=.submit", page)


class Single(forms.Form):
    tick = forms.BooleanField(label="Tôi đã so các số", error_messages={"required": "Xin đánh dấu."})
    file = forms.FileField(label="Tệp", widget=forms.FileInput({"accept": ".xlsx"}))
    address = forms.EmailField(
        label="Thư", widget=forms.EmailInput({"form": "letters", "placeholder": "a@b"})
    )
    few = forms.ChoiceField(
        label="Số phiếu", choices=[(1000, "1.000")], widget=forms.Select({"class": "short"})
    )
    typed = forms.CharField(label="Kỳ", widget=forms.TextInput({"maxlength": "40", "required": True}))


def alone(name: str, form: forms.Form | None = None, **how: object) -> str:
    field = (form or Single(auto_id="%s"))[name]
    return plain(render_to_string("components/field.html", {"field": field, **how}))


def plain(page: str) -> str:
    """Without the white space that browsers pass over."""
    return re.sub(r"\s+(?=>)", "", re.sub(r"\s+", " ", page))


@pytest.mark.parametrize(
    ("name", "control"),
    [
        ("tick", '<input class="form-check-input" type="checkbox" id="tick" name="tick">'),
        ("file", '<input class="field-input" type="file" id="file" name="file" accept=".xlsx">'),
        (
            "address",
            'type="email" maxlength="320" value="" autocomplete="off" form="letters" placeholder="a@b">',
        ),
        ("few", '<select class="form-select short" id="few" name="few">'),
        ("typed", 'value="" autocomplete="off" maxlength="40" required>'),
    ],
)
def test_what_a_form_says_of_a_control_is_in_its_tag(name, control):
    assert control in alone(name)


def test_a_tick_stands_before_its_words_and_is_led_to_when_it_is_missing():
    page = alone("tick", Single({}, auto_id="%s"))
    assert page.index("<input") < page.index(
        '<label class="form-check-label" for="tick">Tôi đã so các số</label>'
    )
    assert 'aria-describedby="tick-error" aria-invalid="true" autofocus' in page
    assert "Xin đánh dấu." in page
    assert " checked" in alone("tick", Single({"tick": "on"}, auto_id="%s"))


def test_a_label_can_be_for_those_alone_who_listen():
    assert '<label class="hidden-words" for="typed">Kỳ</label>' in alone("typed", quiet=True)
    assert 'for="typed">Kỳ <span class="hidden-words">tháng 5</span></label>' in alone("typed", of="tháng 5")


def test_a_search_sends_along_what_its_list_was_asked_for():
    form = FindForm("Tìm vụ việc", "lãi", like="Người xử lý", keeps={"state": "open", "period": ""})
    page = plain(render_to_string("components/search.html", {"form": form}))
    assert '<input type="hidden" name="state" value="open">' in page
    assert 'name="period"' not in page
    assert 'type="search" maxlength="80" value="lãi" autocomplete="off" placeholder="Người xử lý">' in page
    assert '<label class="hidden-words" for="q">Tìm vụ việc</label>' in page
