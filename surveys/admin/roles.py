"""What an account needs before it is saved: a place, a role, and for whoever hands out ballots a counter."""

from __future__ import annotations

from django import forms
from django.contrib.auth.models import Group
from django.db.models import Case, When
from django.utils.translation import gettext_lazy as _

from surveys.choices import EXCLUSIVE_ROLES, Role
from surveys.models import User

# Whose work is done, in part, on these pages.
INDOORS = {Role.ADMIN, Role.INSPECTOR}


class WithRoles:
    """A user's place and roles: nobody active is without either, and whoever hands out ballots must not count them."""

    def clean(self):
        cleaned = super().clean()
        chosen = {group.name for group in cleaned.get("groups") or []}
        self.instance.is_staff = bool(chosen & INDOORS)
        is_active = cleaned.get("is_active", True)
        if is_active and not chosen and "groups" not in self.errors and not self._is_lent():
            self.add_error(
                "groups", _("Xin chọn ít nhất một vai trò; chưa có vai trò thì tài khoản chưa làm được gì.")
            )
        if is_active and not cleaned.get("office") and "office" not in self.errors:
            self.add_error("office", _("Xin chọn đơn vị; chưa có đơn vị thì tài khoản chưa xem được gì."))
        if chosen >= {role.value for role in EXCLUSIVE_ROLES}:
            self.add_error("groups", _("Giao dịch viên không được vào Tổ kiểm phiếu."))
        if Role.TELLER in chosen and not cleaned.get("counter"):
            self.add_error("counter", _("Giao dịch viên phải thuộc một quầy."))
        return cleaned

    def _is_lent(self) -> bool:
        return bool(self.instance.pk) and self.instance.delegations.exists()


_IN_ORDER = Case(*(When(name=role.value, then=number) for number, role in enumerate(Role)))


class RoleChoice(forms.ModelMultipleChoiceField):
    @classmethod
    def of(cls, giver: User) -> RoleChoice:
        """The roles that this administrator gives. Head office's reaches every office, so only head office's own give it."""
        roles = [role.value for role in Role]
        if not (giver.office_id and giver.office.is_head):
            roles.remove(Role.HEAD_OFFICE.value)
        return cls(
            Group.objects.filter(name__in=roles).order_by(_IN_ORDER),
            label=_("Vai trò"),
            required=False,
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
