"""Form fields for lines, texts, levels and reasons, with their checks and sentences; and how a form of staff's is laid."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Div, Field, Layout, LayoutObject
from django import forms
from django.db import models
from django.utils.translation import gettext_lazy as _

from surveys.reference.questionnaires import CriterionFacts
from surveys.spreadsheets.cleaning import visible
from surveys.vietnamese import clean_text, is_invisible

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

Kind = TypeVar("Kind", bound=forms.Field)

#: What a table may be sent as, for ``accept``.
TABLE_FILES = ".csv,.xlsx,text/csv"

CHOOSE_ONE_OF_TWO = _("Hãy chọn một trong hai câu trả lời.")


CHOOSE_ONE = _("Hãy chọn một câu trả lời.")


COMMENT_TOO_LONG = _("Góp ý dài %(length)s ký tự; tối đa %(limit)s ký tự.")


REASON_UNKNOWN = _("Có lý do không nằm trong danh sách của phiếu này; xin chọn lại.")


def field_of(form: forms.BaseForm, name: str, kind: type[Kind]) -> Kind:
    """A form's field, to be changed for this form alone. Raises TypeError where it is of another kind."""
    field = form.fields[name]
    if not isinstance(field, kind):
        raise TypeError(name)
    return field


class Laid(Field):
    """One field of a layout in the house's own markup, as pages lay it by hand; ``how``: what `components/field.html` takes."""

    template = "components/field.html"
    #: Said even where nothing is asked for, since a layout is drawn with all the names of its page.
    USUAL: ClassVar = dict.fromkeys(("label", "of", "quiet", "hint", "id", "rows", "list", "empty"), "")

    def __init__(self, name: str, **how: Any) -> None:
        super().__init__(name)
        self.how = self.USUAL | how

    def render(self, form, context, *args, extra_context=None, **kwargs):
        said = {**(extra_context or {}), **self.how}
        return super().render(form, context, *args, extra_context=said, **kwargs)


class FindForm(forms.Form):
    """One line by which a list is searched; ``like``: what may be typed, where the label does not say it; ``keeps``: what
    else the list was asked for.
    """

    q = forms.CharField(required=False, max_length=80)

    def __init__(
        self,
        words: StrOrPromise,
        typed: str,
        *,
        like: str = "",
        keeps: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        super().__init__(initial={"q": typed, **keeps}, auto_id="%s")
        self.fields["q"].label = words
        self.fields["q"].widget = forms.SearchInput({"placeholder": like or words})
        for name in filter(keeps.get, keeps):
            self.fields[name] = forms.CharField(widget=forms.HiddenInput)


class FileForm(forms.Form):
    """One file, where what is in it is judged by who reads it (`surveys.spreadsheets`), not by the form."""

    file = forms.FileField()

    def __init__(self, words: str, kinds: str) -> None:
        super().__init__(auto_id="%s")
        self.fields["file"].label = words
        self.fields["file"].widget.attrs["accept"] = kinds


def beside(*fields: LayoutObject) -> Div:
    """Fields beside each other where there is room."""
    return Div(*fields, css_class="columns")


class LaidForm(forms.Form):
    """A form of staff's that lies one field below another: `{% crispy form %}` inside of the page's own <form>."""

    #: How its controls are known to the page.
    ids: ClassVar = "%s"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": self.ids} | kwargs)

    @property
    def parts(self) -> tuple[LayoutObject, ...]:
        """What stands one below another."""
        return tuple(map(Laid, self.fields))

    @property
    def helper(self) -> FormHelper:
        helper = FormHelper()
        helper.form_tag, helper.disable_csrf, helper.form_show_errors = False, True, False
        helper.layout = Layout(*self.parts)
        return helper


class CleanTextField(forms.CharField):
    """Free text fit to be kept: cleaned before anything else looks at it, so that no stray mark costs an error.

    What nobody can see is no text: it is as if nothing had been typed.
    """

    def to_python(self, value) -> str:
        text = super().to_python(clean_text(value or "")) or ""
        return "" if is_invisible(text) else text


class LevelField(forms.Field):
    """One criterion; the number of one of its levels, or None where it may be left out. Two answers are none."""

    widget = forms.SelectMultiple  # hands over every value that was sent under the name

    def __init__(self, criterion: CriterionFacts) -> None:
        sentence = CHOOSE_ONE_OF_TWO if len(criterion.levels) == 2 else CHOOSE_ONE
        super().__init__(
            required=not criterion.optional, error_messages={"required": sentence, "invalid": sentence}
        )
        self.by_text: dict[str, int | None] = {str(level.value): level.value for level in criterion.levels}

    def to_python(self, value: list[str] | None) -> int | None:
        if not value:
            return None
        if len(value) > 1 or value[0] not in self.by_text:
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        return self.by_text[value[0]]


class ReasonsField(forms.Field):
    """Any of the questionnaire's reasons, each once."""

    widget = forms.SelectMultiple

    def __init__(self, known: set[str]) -> None:
        super().__init__(required=False)
        self.known = known

    def to_python(self, value: list[str] | None) -> list[str]:
        if not self.known.issuperset(value or []):
            raise forms.ValidationError(REASON_UNKNOWN, code="unknown")
        return sorted(set(value or []))


class LineField(CleanTextField):
    """One line of words as people see it: line breaks become blanks, and what no screen shows is taken away, so that two
    codes or names that look alike are alike."""

    def to_python(self, value) -> str:
        return visible(super().to_python(value))


def as_line(column: models.Field) -> dict[str, type[forms.Field]]:
    """What `column.formfield` is to be told: a column of words that are typed, not chosen, is a `LineField`."""
    return {"form_class": LineField} if type(column) is models.CharField and not column.choices else {}


def line_of(column: models.Field, **kwargs) -> forms.Field | None:
    """For `Meta.formfield_callback` of a model's form."""
    return column.formfield(**as_line(column) | kwargs)
