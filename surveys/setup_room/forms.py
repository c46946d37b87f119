"""Forms of the set-up room. What its user may not see, and a code that evidence rests on, each keeps (`KeepingForm`)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, ClassVar

from crispy_forms.helper import FormHelper
from crispy_forms.layout import HTML, Div, Field, Fieldset, Layout, Submit
from django import forms
from django.utils.translation import gettext_lazy as _

from surveys.accounts import tablets
from surveys.admin.base import KeepingForm
from surveys.admin.roles import RoleChoice, WithRoles
from surveys.choices import Role
from surveys.fields import LineField, field_of, line_of
from surveys.models import CalendarDay, Counter, Office, Organisation, Procedure, User
from surveys.reference.counter_keys import KEYS, keys_at
from surveys.setup_room.fleet import Device

TAKEN = _("Tên đăng nhập này đã có người dùng.")

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


def _helper(*layout, submit: StrOrPromise) -> FormHelper:
    helper = FormHelper()
    helper.form_tag = False
    helper.layout = Layout(*layout, Submit("", submit, css_class="btn-primary", css_id="save"))
    return helper


def _columns(*fields) -> Div:
    return Div(*fields, css_class="columns")


class PersonForm(WithRoles, KeepingForm):
    """Name, place and roles at once, so that no account is ever saved that can do nothing."""

    full_name = LineField(label=_("Họ và tên"), max_length=150)

    class Meta:
        model = User
        formfield_callback = line_of
        fields = ("username", "title", "email", "office", "counter", "groups", "is_active")
        labels: ClassVar = {
            "username": _("Tên đăng nhập"),
            "email": _("Thư điện tử"),
            "is_active": _("Được đăng nhập"),
        }
        help_texts: ClassVar = {
            "username": _("Chữ không dấu, chữ số, dấu chấm; ví dụ: bui.lan"),
            "is_active": _(
                "Bỏ dấu khi người này nghỉ; tài khoản không xoá được vì nhật ký còn nêu tên. Mở lại thì vai trò kiểm phiếu, "
                "lãnh đạo, thanh tra phải được lãnh đạo cử lại."
            ),
        }

    def __init__(self, *args, by: User, **kwargs) -> None:
        self.by = by
        super().__init__(*args, **kwargs)
        offices = Office.objects.visible_to(by).order_by("path")
        counters = Counter.objects.visible_to(by).filter(closed_on__isnull=True)
        roles = RoleChoice.of(by)
        roles.label = ""  # the group of boxes is named by its legend
        office, counter = (
            field_of(self, "office", forms.ModelChoiceField),
            field_of(self, "counter", forms.ModelChoiceField),
        )
        office.empty_label, counter.empty_label = _("chọn đơn vị"), _("không")
        self.fields |= {"groups": roles}
        office.queryset, counter.queryset = offices, counters.select_related("office")
        counter.help_text = _("Chỉ dùng cho giao dịch viên; đơn vị khi đó theo quầy.")
        if self.instance.pk:
            self.fields["full_name"].initial = f"{self.instance.last_name} {self.instance.first_name}".strip()
            self.fields["groups"].initial = self.instance.groups.all()
            self._keep_unseen("office", office)
            self._keep_unseen("counter", counter)
        else:
            del self.fields["is_active"]
            self.fields["office"].initial = by.office_id
        self.helper = _helper(
            _columns("full_name", "username"),
            _columns("title", "email"),
            Fieldset(_("Vai trò"), "groups", css_class="roles"),
            _columns("office", "counter"),
            *(["is_active"] if self.instance.pk else []),
            submit=_("Lưu") if self.instance.pk else _("Thêm và in giấy mời"),
        )

    def clean_username(self) -> str:
        """Two names that differ in case alone are one to whoever types them."""
        name = self.cleaned_data["username"]
        if User.objects.filter(username__iexact=name).exclude(pk=self.instance.pk).exists():
            raise forms.ValidationError(TAKEN)
        return name

    def clean(self) -> dict:
        cleaned = super().clean()
        chosen = {group.name for group in cleaned.get("groups") or []}
        counter = cleaned.get("counter")
        if Role.TELLER in chosen and counter:
            cleaned["office"] = counter.office
            self.errors.pop("office", None)
        elif counter and chosen and Role.TELLER not in chosen:
            cleaned["counter"] = None
        if self.instance == self.by and (Role.ADMIN not in chosen or not cleaned.get("is_active", True)):
            self.add_error(
                None,
                _(
                    "Không tự bỏ vai quản trị hay tự khoá tài khoản của mình được; xin nhờ người quản trị khác."
                ),
            )
        return cleaned

    def _post_clean(self) -> None:
        super()._post_clean()  # type: ignore[misc]  # the stubs leave it out
        *family, given = self.cleaned_data.get("full_name", "").split() or [""]
        self.instance.last_name, self.instance.first_name = " ".join(family), given


class CounterForm(KeepingForm):
    """A counter, the ways it hands out ballots, its printer and its nine keys."""

    class Meta:
        model = Counter
        formfield_callback = line_of
        fields = (
            "office", "code", "name", "name_en", "closed_on", "offers_tablet", "offers_slip", "offers_paper",
            "default_channel", "printer", "slip_format",
        )  # fmt: skip
        widgets: ClassVar = {"closed_on": forms.DateInput({"type": "date"}, format="%Y-%m-%d")}
        help_texts: ClassVar = {
            "code": _("Chữ hoa không dấu, chữ số; ví dụ: Q1. Đã có phiếu thì không đổi được."),
            "closed_on": _("Từ ngày này quầy không phát phiếu nữa."),
        }

    def __init__(self, *args, by: User, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        office = field_of(self, "office", forms.ModelChoiceField)
        office.queryset = Office.objects.visible_to(by).order_by("path")
        if self.instance.pk:
            self._keep_unseen("office", office)
        else:
            del self.fields["closed_on"]
        self._add_keys()
        keys = Div(*(f"key_{digit}" for digit in range(1, KEYS + 1)), css_class="key-pad")
        self.helper = _helper(
            _columns("office", "code"),
            _columns("name", "name_en"),
            *(["closed_on"] if self.instance.pk else []),
            Fieldset(_("Cách phát phiếu"), "offers_tablet", "offers_slip", "offers_paper", "default_channel"),
            Fieldset(_("Máy in phiếu"), _columns("printer", "slip_format")),
            Fieldset(
                _("Phím số của quầy"),
                HTML('<p class="field-hint">{{ form.keys_said }}</p>'),
                keys,
            ),
            submit=_("Lưu quầy"),
        )

    keys_said = _(
        "Giao dịch viên bấm phím là tính giờ thủ tục ấy. Phím không tự đổi chỗ; đổi ở đây thì màn hình quầy báo trong vài ngày."
    )

    def _add_keys(self) -> None:
        procedures = [(each.pk, each.short_name) for each in Procedure.objects.all()]
        standing = (
            {digit: procedure for procedure, digit in keys_at(self.instance).items()}
            if self.instance.pk
            else {}
        )
        if not self.instance.pk:
            standing = {digit: pk for digit, (pk, _name) in enumerate(procedures[:KEYS], start=1)}
        for digit in range(1, KEYS + 1):
            self.fields[f"key_{digit}"] = forms.TypedChoiceField(
                label=str(digit),
                coerce=int,
                empty_value=None,
                required=False,
                choices=[("", _("chưa gán")), *procedures],
                initial=standing.get(digit, ""),
            )

    @property
    def keys(self) -> dict[int, int]:
        """Digit → procedure (primary key), as chosen."""
        chosen = ((digit, self.cleaned_data.get(f"key_{digit}")) for digit in range(1, KEYS + 1))
        return {digit: procedure for digit, procedure in chosen if procedure}

    def clean(self) -> dict:
        cleaned = super().clean()
        for digit, earlier in _twice(self.keys):
            self.add_error(f"key_{digit}", _("Thủ tục này đã ở phím %(digit)s.") % {"digit": earlier})
        ways = {"tablet": "offers_tablet", "slip": "offers_slip", "paper": "offers_paper"}
        usual = cleaned.get("default_channel")
        if usual in ways and not cleaned.get(ways[usual]):
            self.add_error(
                "default_channel",
                _("Quầy không phát theo cách này; xin đánh dấu ở trên hoặc chọn cách khác."),
            )
        return cleaned


def _twice(keys: dict[int, int]) -> Iterator[tuple[int, int]]:
    """(digit, the earlier digit of the same procedure)."""
    first: dict[int, int] = {}
    for digit, procedure in keys.items():
        if first.setdefault(procedure, digit) != digit:
            yield digit, first[procedure]


class OrganisationForm(KeepingForm):
    class Meta:
        model = Organisation
        formfield_callback = line_of
        fields = ("office", "code", "name")

    def __init__(self, *args, by: User, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        offices = Office.objects.visible_to(by).filter(seals=True).order_by("path")
        field_of(self, "office", forms.ModelChoiceField).queryset = offices
        if self.instance.pk:
            self.fields["office"].disabled = True
        elif len(offices) == 1:
            self.fields["office"].initial = offices[0]
        self.helper = _helper("office", _columns("code", "name"), submit=_("Lưu tổ chức"))


class CalendarDayForm(KeepingForm):
    works = forms.TypedChoiceField(
        label=_("Ngày này"),
        choices=[("0", _("nghỉ")), ("1", _("làm việc"))],
        coerce=lambda chosen: chosen == "1",
        widget=forms.RadioSelect,
        initial="0",
    )

    class Meta:
        model = CalendarDay
        formfield_callback = line_of
        fields = ("day", "works", "note")
        widgets: ClassVar = {"day": forms.DateInput({"type": "date"}, format="%Y-%m-%d")}
        help_texts: ClassVar = {"note": _("Ví dụ: Quốc khánh; làm bù ngày 2/1")}

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.fields["day"].disabled = True
            self.initial["works"] = "1" if self.instance.works else "0"
        self.helper = _helper(_columns("day", "note"), "works", submit=_("Lưu ngày"))


class ApiKeyForm(forms.Form):
    """For which office and its subtree, and what the program is called."""

    office = forms.ModelChoiceField(
        Office.objects.none(), label=_("Đơn vị, kể cả cấp dưới"), empty_label=_("chọn đơn vị")
    )
    name = LineField(label=_("Tên phần mềm dùng khoá"), max_length=80)

    def __init__(self, *args, by: User, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        office = field_of(self, "office", forms.ModelChoiceField)
        office.queryset, office.initial = Office.objects.visible_to(by).order_by("path"), by.office_id
        self.helper = _helper(_columns("office", "name"), submit=_("Cấp khoá"))


class MoveForm(forms.Form):
    """To which of the other counters a device is carried."""

    counter = forms.ChoiceField(label=_("Chuyển máy đến"))

    def __init__(self, counters: Iterable[Counter], device: Device) -> None:
        super().__init__(auto_id=f"%s-{device.tablet.pk}" if device.tablet else False)
        others = [(each.pk, str(each)) for each in counters if each != device.counter]
        field_of(self, "counter", forms.ChoiceField).choices = [("", _("chọn quầy")), *others]


class PairForm(forms.Form):
    """The six characters on the tablet's screen, and the place it stands at."""

    code = forms.CharField(label=_("Mã máy đang hiện (6 ký tự)"), max_length=12)
    counter = forms.ModelChoiceField(Counter.objects.none(), label=_("Quầy"), empty_label=_("chọn quầy"))
    name = LineField(label=_("Tên máy, để nhận ra (không bắt buộc)"), max_length=80, required=False)

    def __init__(self, *args, counters, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        field_of(self, "counter", forms.ModelChoiceField).queryset = counters
        self.helper = _helper(
            Field(
                "code",
                css_class="field-code",
                autocomplete="off",
                autocapitalize="characters",
                spellcheck="false",
            ),
            "counter",
            "name",
            submit=_("Ghép máy"),
        )

    def clean_code(self) -> str:
        code = tablets.normalise(self.cleaned_data["code"])
        if not code:
            raise forms.ValidationError(_("Mã ghép có 6 ký tự."))
        return code
