"""Reference data for administrators; the ledger is not here at all, so that no log of looking at it can arise.

Every row is limited to the administrator's own subtree, every change is written into the audit trail.
"""

from __future__ import annotations

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import AdminUserCreationForm, ReadOnlyPasswordHashWidget, UserChangeForm
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied
from django.db.transaction import atomic
from django.http import HttpRequest
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from surveys.accounts import credential_resets, reopening, second_factor
from surveys.accounts.requests import staff_of
from surveys.admin import pad_download
from surveys.admin.base import KeepingForm, Reference, ReferenceRows, Shared
from surveys.admin.forms import OfficeForm
from surveys.admin.roles import OfRole, RoleChoice, WithRoles
from surveys.models import (
    AuditEntry,
    Counter,
    CounterKey,
    Criterion,
    Level,
    Office,
    Procedure,
    ProcedureVersion,
    Questionnaire,
    QuestionnaireVersion,
    Reason,
    Scale,
    SeasonalLimit,
    Slip,
    User,
)
from surveys.periods import local_day
from surveys.reference.counter_keys import lay_keys

admin.site.site_header = admin.site.site_title = admin.site.index_title = _("Danh mục")
admin.site.unregister(Group)


@admin.register(Office)
class OfficeAdmin(Reference):
    form = OfficeForm
    list_display = ["name", "code", "kind", "parent", "valid_from", "valid_to", "seals"]
    list_filter = ["kind", "seals"]
    search_fields = ["name", "code"]


class KeyForm(KeepingForm):
    digit = forms.TypedChoiceField(
        label=_("Phím"), coerce=int, choices=[("", "–"), *((n, str(n)) for n in range(1, 10))]
    )


class KeysInline(ReferenceRows):
    """The digits of one counter's procedures, typed blindly by whoever serves there: they move here alone."""

    model = CounterKey
    form = KeyForm
    max_num = 9


@admin.register(Counter)
class CounterAdmin(Reference):
    inlines = [KeysInline]
    list_display = ["name", "code", "office", "default_channel", "printer", "closed_on"]
    fieldsets = [
        (None, {"fields": ["office", "code", "name", "name_en", "closed_on"]}),
        (
            _("Cách phát phiếu"),
            {"fields": ["offers_tablet", "offers_slip", "offers_paper", "default_channel"]},
        ),
        (_("Máy in phiếu"), {"fields": ["printer", "slip_format"]}),
    ]

    def get_urls(self):
        page = self.admin_site.admin_view(self.print_pad)
        return [path("pad/", page, name="surveys_counter_pad"), *super().get_urls()]

    def save_formset(self, request: HttpRequest, form, formset, change) -> None:
        super().save_formset(request, form, formset, change)
        if change and formset.model is CounterKey and formset.has_changed():
            today = local_day(timezone.now())
            Counter.objects.filter(pk=form.instance.pk).update(keys_changed_on=today)

    def save_related(self, request: HttpRequest, form, formsets, change) -> None:
        super().save_related(request, form, formsets, change)
        if not change:
            lay_keys(counter=form.instance)

    def print_pad(self, request: HttpRequest):
        """Paper ballots whose stubs bear a number and a code."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        return pad_download.pad_page(request, self.admin_site.each_context(request) | {"opts": self.opts})


class NoHash(ReadOnlyPasswordHashWidget):
    """The button that sets another password, and nothing of how the standing one is kept."""

    def get_context(self, name, value, attrs) -> dict:
        context = super().get_context(name, value, attrs)
        context["summary"] = [{"label": _("Đã đặt") if value else _("Chưa đặt")}]
        return context


class RolesForm(WithRoles, KeepingForm, UserChangeForm):
    """The password's hash is not in it."""

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"].widget = NoHash()


class NewUserForm(WithRoles, AdminUserCreationForm):
    """Name, password, place and roles at once, so that no account is ever saved that can do nothing."""


@admin.register(User)
class StaffAdmin(Reference, UserAdmin):
    form = RolesForm
    add_form = NewUserForm
    add_fieldsets = [
        (None, {"classes": ["wide"], "fields": ["username", "usable_password", "password1", "password2"]}),
        (_("Người dùng"), {"fields": ["last_name", "first_name", "title", "email"]}),
        (_("Nơi làm việc và vai trò"), {"fields": ["office", "counter", "groups"]}),
    ]
    list_display = ["username", "full_name", "office", "counter", "is_active"]
    list_filter = ["is_active", OfRole]
    fieldsets = [
        (None, {"fields": ["username", "password"]}),
        (_("Người dùng"), {"fields": ["last_name", "first_name", "title", "email"]}),
        (_("Nơi làm việc và vai trò"), {"fields": ["office", "counter", "groups", "is_active"]}),
    ]
    filter_horizontal = []
    actions = ["reset_second_factor"]

    @admin.display(description=_("họ và tên"), ordering="last_name")
    def full_name(self, user: User) -> str:
        return user.get_full_name()

    @admin.action(description=_("Gỡ xác thực hai lớp (mất điện thoại và mã dự phòng)"))
    def reset_second_factor(self, request: HttpRequest, chosen) -> None:
        for user in chosen:
            try:
                second_factor.reset(user=user, by=staff_of(request), now=timezone.now())
            except second_factor.ResetRefused:
                words = _(
                    "%s: chỉ người quản trị của đơn vị cấp trên được gỡ; ở đơn vị cao nhất là một người khác."
                )
                messages.error(request, words % user)
            else:
                messages.success(request, _("%s: đã gỡ và đăng xuất khỏi mọi máy.") % user)

    @atomic
    def save_model(self, request: HttpRequest, obj: User, form, change: bool) -> None:
        form.reopened = reopening.is_reopened(obj)
        super().save_model(request, obj, form, change)
        by, now = staff_of(request), timezone.now()
        if change:
            credential_resets.note_renamed(fields=form.changed_data, user=obj, by=by, now=now)
        else:
            credential_resets.note_given(user=obj, by=by, now=now)

    @atomic
    def save_related(self, request: HttpRequest, form, formsets, change: bool) -> None:
        """Roles come after the account; those of one that was closed rest."""
        super().save_related(request, form, formsets, change)
        if form.reopened:
            reopening.rest_roles(user=form.instance, by=staff_of(request), now=timezone.now())

    def user_change_password(self, request: HttpRequest, id, form_url=""):
        """Of somebody else: written down, and no signature of theirs for a day."""
        before = User.objects.filter(pk=id).values_list("password", flat=True).first()
        with atomic():
            response = super().user_change_password(request, id, form_url)
            user = User.objects.filter(pk=id).exclude(password=before or "").first()
            if user and user != request.user:
                credential_resets.note(
                    user=user, by=staff_of(request), what=credential_resets.PASSWORD, now=timezone.now()
                )
        return response

    def get_queryset(self, request: HttpRequest):
        rows = super(Reference, self).get_queryset(request)
        return rows.filter(office__in=Office.objects.visible_to(staff_of(request)))

    def formfield_for_manytomany(self, db_field, request, **kwargs):
        if db_field.name == "groups":
            return RoleChoice.of(staff_of(request))
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def get_changeform_initial_data(self, request: HttpRequest) -> dict:
        return {"office": staff_of(request).office_id} | super().get_changeform_initial_data(request)


class SeasonalLimits(ReferenceRows):
    model = SeasonalLimit


class VersionsInline(ReferenceRows):
    model = ProcedureVersion
    show_change_link = True


@admin.register(Procedure)
class ProcedureAdmin(Shared):
    list_display = ["short_name", "code", "position"]
    inlines = [VersionsInline]


@admin.register(ProcedureVersion)
class ProcedureVersionAdmin(Shared):
    list_display = [
        "procedure",
        "channel",
        "limit_value",
        "limit_unit",
        "valid_from",
        "valid_to",
        "legal_basis",
    ]
    list_filter = ["procedure"]
    inlines = [SeasonalLimits]


class Frozen(Shared):
    """What a slip was issued with never changes: a used version is read-only."""

    def has_change_permission(self, request: HttpRequest, obj=None) -> bool:
        return super().has_change_permission(request, obj) and not (obj and self.is_used(obj))

    def is_used(self, obj) -> bool:
        raise NotImplementedError


class CriteriaInline(ReferenceRows):
    model = Criterion


class ReasonsInline(ReferenceRows):
    model = Reason


@admin.register(QuestionnaireVersion)
class QuestionnaireVersionAdmin(Frozen):
    list_display = ["name", "number", "valid_from", "title"]
    inlines = [CriteriaInline, ReasonsInline]

    @admin.display(description=_("mẫu phiếu"), ordering="questionnaire")
    def name(self, version: QuestionnaireVersion) -> str:
        return str(version.questionnaire)

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        return super().formfield_for_foreignkey(db_field, request, label=_("Mẫu phiếu"), **kwargs)

    def is_used(self, obj: QuestionnaireVersion) -> bool:
        return Slip.objects.filter(questionnaire=obj).exists()


@admin.register(Questionnaire)
class QuestionnaireAdmin(Shared):
    list_display = ["name", "code"]


class LevelsInline(ReferenceRows):
    model = Level


@admin.register(Scale)
class ScaleAdmin(Frozen):
    list_display = ["name", "code"]
    inlines = [LevelsInline]

    def is_used(self, obj: Scale) -> bool:
        return Slip.objects.filter(questionnaire__criteria__scale=obj).exists()


@admin.register(AuditEntry)
class AuditEntryAdmin(Reference):
    list_display = ["at", "actor", "action", "subject"]
    ordering = ["-pk"]  # as it happened, also when the clock was set back in between
    date_hierarchy = "at"

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj=None) -> bool:
        return False

    def has_view_permission(self, request: HttpRequest, obj=None) -> bool:
        return request.user.has_perm("surveys.inspect")

    def has_module_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("surveys.inspect")
