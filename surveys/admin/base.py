"""What every list of the administration has in common: whose rows, who may change them, what is written down of it."""

from __future__ import annotations

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.widgets import AdminSplitDateTime
from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from surveys import audit
from surveys.accounts.requests import staff_of
from surveys.audit import Action
from surveys.database import code_triggers
from surveys.fields import as_line, field_of
from surveys.models import Office, User

SHARED = _("Danh mục dùng chung cho mọi đơn vị: chỉ quản trị của đơn vị bao gồm tất cả mới sửa được.")


CODE_IN_USE = _(
    "Mã đã nằm trong phiếu, niêm phong hoặc địa chỉ đã dùng nên không đổi được; cần mã khác thì lập mục mới kế thừa."
)
BOX_IN_USE = _("Hòm phiếu đã có phiếu; đơn vị thôi hoạt động thì ghi ngày kết thúc.")
may_administer = permission_required("surveys.administer", raise_exception=True)
UNSEEN = _("Ngoài phạm vi quản trị của ông/bà, giữ nguyên.")


class KeepingForm(forms.ModelForm):
    """What its user may not see, and a code that evidence rests on, it keeps: shown, not to be changed, whatever was sent.

    A choice outside the user's sight would else be missing from the list, hence sent back as empty, hence forgotten
    by pressing "Save" once.
    """

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            if isinstance(field, forms.ModelChoiceField) and not _is_multiple(field):
                self._keep_unseen(name, field)
        self._keep_code()

    def _keep_code(self) -> None:
        frozen = code_triggers.FROZEN.get(self._meta.model._meta.db_table)
        field = self.fields.get(frozen.column) if frozen else None
        if field and self.instance.pk and code_triggers.is_used(self.instance):
            field.disabled = True
            field.help_text = CODE_IN_USE
            if getattr(self.instance, "seals", False) and "seals" in self.fields:
                self.fields["seals"].disabled = True
                self.fields["seals"].help_text = BOX_IN_USE

    def _keep_unseen(self, name: str, field: forms.ModelChoiceField) -> None:
        held = getattr(self.instance, self._meta.model._meta.get_field(name).attname)
        known = field.queryset
        if held is None or known is None or known.filter(pk=held).exists():
            return
        field.queryset = known.model._base_manager.filter(pk=held)
        field.disabled = True
        field.help_text = UNSEEN

    def clean(self) -> dict:
        """Of several choices, those outside the user's sight stay chosen."""
        cleaned = super().clean() or self.cleaned_data
        for name, field in self.fields.items():
            if self.instance.pk and _is_multiple(field) and name in cleaned:
                held = getattr(self.instance, name).all()
                known = field_of(self, name, forms.ModelMultipleChoiceField).queryset
                unseen = held.exclude(pk__in=known.values("pk")) if known is not None else held
                cleaned[name] = held.model._base_manager.filter(
                    pk__in=[*(each.pk for each in cleaned[name]), *(each.pk for each in unseen)]
                )
        return cleaned


def _is_multiple(field: forms.Field) -> bool:
    return isinstance(field, forms.ModelMultipleChoiceField)


class Reference(admin.ModelAdmin):
    """Rows for the role *quản trị*, within its subtree, with an audit line for each change."""

    form = KeepingForm
    list_per_page = 50

    def has_module_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("surveys.administer")

    def has_view_permission(self, request: HttpRequest, obj=None) -> bool:
        return request.user.has_perm("surveys.administer")

    has_change_permission = has_view_permission

    def has_add_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("surveys.administer")

    def has_delete_permission(self, request: HttpRequest, obj=None) -> bool:
        return False  # what was in force stays readable; rows end by their dates

    def get_queryset(self, request: HttpRequest):
        rows = super().get_queryset(request)
        return rows.visible_to(request.user) if hasattr(rows, "visible_to") else rows

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        field = super().formfield_for_dbfield(db_field, request, **as_line(db_field) | kwargs)
        if field and isinstance(field.widget, AdminSplitDateTime):
            name_parts(field)
        return field

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        rows = db_field.remote_field.model._default_manager.all()
        if hasattr(rows, "visible_to"):
            kwargs.setdefault("queryset", rows.visible_to(request.user))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def log_addition(self, request, obj, message):
        self._write_down(request, obj, Action.ROW_ADDED, message)
        return super().log_addition(request, obj, message)

    def log_change(self, request, obj, message):
        self._write_down(request, obj, Action.ROW_CHANGED, message)
        return super().log_change(request, obj, message)

    def _write_down(self, request, obj, action: Action, message) -> None:
        audit.record(
            action=action,
            actor=request.user,
            now=timezone.now(),
            subject=f"{obj._meta.verbose_name}: {obj}",
            fields=message,
        )


def name_parts(field: forms.Field) -> None:
    """Day and hour are two boxes under one label, which names neither of them to whoever listens."""
    for box, part in zip(field.widget.widgets, (_("ngày"), _("giờ")), strict=True):
        box.attrs["aria-label"] = f"{capfirst(field.label)}, {part}"


class RowsFormSet(forms.BaseInlineFormSet):
    """Its box for deleting a row says so."""

    def get_deletion_widget(self) -> forms.Widget:  # type: ignore[override]  # the stubs want the class
        return forms.CheckboxInput(attrs={"aria-label": _("Xoá dòng này")})


def keeps_shared_rows(user: User) -> bool:
    """Whether every office with a box lies in the administrator's own subtree: what holds for all is theirs to change."""
    own = user.office
    return own is not None and not Office.objects.sealing().exclude(path__startswith=own.path).exists()


class Shared(Reference):
    """Rows that hold for every office: read by every administrator, changed by the one who looks after all of them."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return super().has_add_permission(request) and keeps_shared_rows(staff_of(request))

    def has_change_permission(self, request: HttpRequest, obj=None) -> bool:
        return super().has_change_permission(request, obj) and keeps_shared_rows(staff_of(request))

    def changelist_view(self, request: HttpRequest, extra_context=None):
        if not self.has_add_permission(request):
            messages.info(request, SHARED)
        return super().changelist_view(request, extra_context)


class ReferenceRows(admin.TabularInline):
    """Rows inside a page of reference data; who may change the page may change them."""

    extra = 0
    # DATA_UPLOAD_MAX_NUMBER_FIELDS lets no page send more; told of more rows, Django would build two thousand empty ones.
    max_num = 100
    form = KeepingForm
    formset = RowsFormSet

    def get_formset(self, request: HttpRequest, obj=None, **kwargs):
        return super().get_formset(request, obj, absolute_max=ReferenceRows.max_num, **kwargs)

    def has_view_permission(self, request: HttpRequest, obj=None) -> bool:
        return request.user.has_perm("surveys.administer")

    has_add_permission = has_change_permission = has_delete_permission = has_view_permission

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        """In a table the column's head is all there is to name a box, and nothing ties the two."""
        field = super().formfield_for_dbfield(db_field, request, **as_line(db_field) | kwargs)
        if isinstance(field, forms.DecimalField):  # shown and typed with a decimal comma
            field.localize, field.widget = True, forms.TextInput({"inputmode": "decimal"})
            field.widget.is_localized = True
        if field:
            field.widget.attrs["aria-label"] = capfirst(field.label)
        return field
