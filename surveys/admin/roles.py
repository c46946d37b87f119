"""What an account needs before it is saved: a place, a role, and for whoever hands out ballots a counter."""

from __future__ import annotations

from django import forms
from django.contrib import admin
from django.contrib.auth.models import Group
from django.db.models import Case, When
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from surveys.accounts.reopening import INDOORS, ever_held
from surveys.choices import EXCLUSIVE_ROLES, GRANTED_ROLES, Role
from surveys.fields import field_of
from surveys.models import User

NOT_GIVEN = _("Vai trò này không do quản trị trao; lãnh đạo đơn vị cử.")
BOUND = _(
    "Lãnh đạo, thanh tra và người kiểm phiếu không chuyển đơn vị ở đây; xin lập tài khoản mới ở nơi mới."
)


class OfRole(admin.SimpleListFilter):
    """People by role, in the words of the house; Django would list the names of its groups."""

    title = _("vai trò")
    parameter_name = "role"

    def lookups(self, request, model_admin):
        return Role.choices

    def queryset(self, request, queryset):
        return queryset.filter(groups__name=self.value()) if self.value() else queryset


class WithRoles(forms.ModelForm):
    """A user's place and roles: nobody active is without a place, and whoever hands out ballots must not count them.

    A role that this administrator may not give is kept as it stands: it is neither given here nor taken away.
    """

    def clean(self):
        cleaned = super().clean() or {}
        if self.instance.pk and "groups" not in self.errors:
            kept = self.instance.groups.exclude(
                pk__in=field_of(self, "groups", forms.ModelChoiceField).queryset
            )
            cleaned["groups"] = [*(cleaned.get("groups") or []), *kept]
        chosen = {group.name for group in cleaned.get("groups") or []} | self._granted()
        self.instance.is_staff = not chosen.isdisjoint(INDOORS)
        is_active = cleaned.get("is_active", True)
        if is_active and not cleaned.get("office") and "office" not in self.errors:
            self.add_error("office", _("Xin chọn đơn vị; chưa có đơn vị thì tài khoản chưa xem được gì."))
        if chosen >= {role.value for role in EXCLUSIVE_ROLES}:
            self.add_error("groups", _("Giao dịch viên không được vào Tổ kiểm phiếu."))
        if Role.TELLER in chosen and not cleaned.get("counter"):
            self.add_error("counter", _("Giao dịch viên phải thuộc một quầy."))
        self._check_signers(cleaned, chosen)
        return cleaned

    def _check_signers(self, cleaned: dict, chosen: set[str]) -> None:
        """Whose role signs stays where it was given, and an office has its first leader once, whatever form is sent."""
        held = set(self.instance.groups.values_list("name", flat=True)) if self.instance.pk else set()
        places = {cleaned.get("office")}
        if Role.TELLER in chosen and (counter := cleaned.get("counter")):
            places.add(counter.office)
        if held & set(GRANTED_ROLES) and places != {self.instance.office}:
            self.add_error(None, BOUND)
        new = chosen - held - self._granted()
        if Role.LEADERSHIP in new and any(ever_held(Role.LEADERSHIP, each) for each in places if each):
            self.add_error("groups", NOT_GIVEN)

    def _granted(self) -> set[str]:
        """What the account counts as today by a leader's word."""
        if not self.instance.pk:
            return set()
        today = timezone.localdate()
        return set(self.instance.delegations.in_force(today).values_list("role", flat=True))


_IN_ORDER = Case(*(When(name=role.value, then=number) for number, role in enumerate(Role)))


class RoleChoice(forms.ModelMultipleChoiceField):
    @classmethod
    def of(cls, giver: User) -> RoleChoice:
        """The roles that this administrator gives: accounts and tellers are his to make, never signers.

        A leader, who grants the others, is made here only while there never was one in the office or above it; so is
        the first of head office's people, by head office's own, since that role reaches every office.
        """
        roles = [Role.TELLER.value, Role.ADMIN.value]
        if giver.office and giver.office.is_head and not ever_held(Role.HEAD_OFFICE, giver.office):
            roles.append(Role.HEAD_OFFICE.value)
        if giver.office and not ever_held(Role.LEADERSHIP, giver.office):
            roles.append(Role.LEADERSHIP.value)
        return cls(
            Group.objects.filter(name__in=roles).order_by(_IN_ORDER),
            label=_("Vai trò"),
            required=False,
            help_text=_(
                "Tổ kiểm phiếu, lãnh đạo và thanh tra do lãnh đạo đơn vị cử, có thời hạn; ở đây chỉ lập tài khoản."
            ),
            error_messages={"invalid_choice": NOT_GIVEN},
            widget=forms.CheckboxSelectMultiple,
        )

    def clean(self, value):
        """A number too long for the database is no role, and no failure of the server."""
        try:
            return super().clean(value)
        except OverflowError as error:
            raise forms.ValidationError(_("Vai trò không hợp lệ.")) from error

    def label_from_instance(self, group: Group) -> str:
        return str(Role(group.name).label)
