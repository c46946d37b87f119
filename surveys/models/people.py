"""Staff, what they were lent, the keys of machines, and the trail of what was changed."""

from __future__ import annotations

from datetime import date
from hashlib import sha256
from typing import Self

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from surveys.choices import GRANTED_ROLES, PERMISSIONS, Role
from surveys.models.offices import Counter, Office
from surveys.models.querysets import OfOfficeQuerySet, in_force


class DelegationQuerySet(OfOfficeQuerySet["Delegation"]):
    def in_force(self, on: date) -> Self:
        """What holds on a day; what was called back holds no more, whatever its days."""
        return self.filter(in_force(on), revoked_at__isnull=True)


class User(AbstractUser):
    """A member of staff. Without an office nothing is visible."""

    office = models.ForeignKey(
        Office, models.PROTECT, null=True, blank=True, related_name="staff", verbose_name=_("đơn vị")
    )
    counter = models.ForeignKey(
        Counter, models.PROTECT, null=True, blank=True, related_name="tellers", verbose_name=_("quầy")
    )
    title = models.CharField(_("chức vụ"), max_length=120, blank=True)
    password_is_given = models.BooleanField(
        _("còn dùng mật khẩu do người khác đặt"), default=False, db_default=False, editable=False
    )

    class Meta(AbstractUser.Meta):
        permissions = list(PERMISSIONS.items())

    @cached_property
    def roles(self) -> frozenset[str]:
        """One's own, and those that a leader granted in one's office and that hold today."""
        granted = self.delegations.in_force(timezone.localdate()).filter(
            office=self.office_id, role__in=GRANTED_ROLES
        )
        own = self.groups.order_by().values_list("name", flat=True)
        return frozenset(own.union(granted.order_by().values_list("role", flat=True)))

    def has_role(self, role: Role) -> bool:
        return self.is_active and role in self.roles

    @property
    def sealing_office(self) -> Office | None:
        """The box that the user's office feeds; none without an office."""
        return self.office.sealing_office if self.office else None

    def counts_for(self, office: Office, on: date) -> bool:
        """Whether the user is of the counting team of this office's box on a day: by role there, or lent to it."""
        return Office.objects.counted_by(self, on).filter(pk=office.pk).exists()

    def get_full_name(self) -> str:
        """Vietnamese order: family name first."""
        return f"{self.last_name} {self.first_name}".strip() or self.username


class Delegation(models.Model):
    """A role lent for some days over one office, on somebody's word."""

    office = models.ForeignKey(Office, models.PROTECT, related_name="delegations", verbose_name=_("đơn vị"))
    delegate = models.ForeignKey(
        User, models.PROTECT, related_name="delegations", verbose_name=_("người được giao")
    )
    role = models.CharField(_("vai trò"), max_length=20, choices=Role)
    valid_from = models.DateField(_("từ ngày"))
    valid_to = models.DateField(_("đến hết ngày"))
    reason = models.CharField(_("căn cứ"), max_length=200)
    granted_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("người giao"))
    granted_at = models.DateTimeField(_("giao lúc"))
    revoked_at = models.DateTimeField(_("thu hồi lúc"), null=True, blank=True)

    objects = DelegationQuerySet.as_manager()

    class Meta:
        verbose_name = _("uỷ quyền")
        verbose_name_plural = _("uỷ quyền")
        constraints = [
            models.CheckConstraint(
                name="delegation_days_in_order",
                condition=Q(valid_to__gte=F("valid_from")),
                violation_error_message=_("Ngày kết thúc không được trước ngày bắt đầu."),
            ),
            models.CheckConstraint(
                name="delegation_is_not_to_oneself",
                condition=~Q(delegate=F("granted_by")),
                violation_error_message=_("Không thể tự uỷ quyền cho chính mình."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.delegate} · {self.get_role_display()}"


class CredentialReset(models.Model):
    """That somebody else set a person's password or second factor back. Append-only (docs/spec/trust.md §4)."""

    user = models.ForeignKey(
        User, models.PROTECT, related_name="credential_resets", verbose_name=_("người dùng")
    )
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name=_("người đặt lại"))
    what = models.CharField(_("thứ được đặt lại"), max_length=40)
    at = models.DateTimeField(_("lúc"))

    class Meta:
        verbose_name = _("lần đặt lại đăng nhập")
        verbose_name_plural = _("lần đặt lại đăng nhập")
        indexes = [models.Index(fields=["user", "at"], name="credential_reset_of_user")]

    def __str__(self) -> str:
        return f"{self.user} · {self.what}"


class RestedRole(models.Model):
    """That a granted role of an account ended when the account was opened again. Append-only (docs/spec/trust.md §4)."""

    user = models.ForeignKey(User, models.PROTECT, related_name="rested_roles", verbose_name=_("người dùng"))
    office = models.ForeignKey(Office, models.PROTECT, related_name="+", verbose_name=_("đơn vị"))
    role = models.CharField(_("vai trò"), max_length=20, choices=Role)
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("người mở lại tài khoản"))
    at = models.DateTimeField(_("lúc"))

    class Meta:
        verbose_name = _("vai trò nghỉ")
        verbose_name_plural = _("vai trò nghỉ")

    def __str__(self) -> str:
        return f"{self.user} · {self.get_role_display()}"


class ApiKey(models.Model):
    """A machine's key, bound to one office and its subtree; only its hash is stored."""

    office = models.ForeignKey(Office, models.PROTECT, related_name="api_keys", verbose_name=_("đơn vị"))
    name = models.CharField(_("tên"), max_length=80)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    created_at = models.DateTimeField(_("tạo lúc"))
    revoked_at = models.DateTimeField(_("thu hồi lúc"), null=True, blank=True)

    objects = OfOfficeQuerySet.as_manager()

    class Meta:
        verbose_name = _("khoá API")
        verbose_name_plural = _("khoá API")

    def __str__(self) -> str:
        return self.name

    @staticmethod
    def digest_of(token: str) -> str:
        """What is stored of a key. A key is 256 random bits, so a plain hash cannot be searched."""
        return sha256(token.encode()).hexdigest()


class AuditQuerySet(OfOfficeQuerySet["AuditEntry"]):
    @staticmethod
    def is_open_to(user: User) -> bool:
        """Whether a role of the user reads the trail at all (docs/spec/contract.md, roles)."""
        reads = (Role.LEADERSHIP, Role.INSPECTOR, Role.HEAD_OFFICE, Role.ADMIN)
        return user.is_active and user.office_id is not None and any(map(user.has_role, reads))

    def readable_by(self, user: User) -> Self:
        """Inspectors their subtree, head office all, leadership its own office, administrators their own acts."""
        if not self.is_open_to(user):
            return self.none()
        if user.has_role(Role.INSPECTOR) or user.has_role(Role.HEAD_OFFICE):
            return self.visible_to(user)
        own = Q(actor=user) if user.has_role(Role.ADMIN) else Q(pk=None)
        if user.office is not None and user.has_role(Role.LEADERSHIP):
            own |= Q(office__in=[user.office, user.office.sealing_office or user.office])
        return self.filter(own)


class AuditEntry(models.Model):
    """Who changed or read what, when. Append-only; never about one ballot."""

    at = models.DateTimeField(_("lúc"))
    actor = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name=_("người làm"))
    office = models.ForeignKey(Office, models.PROTECT, null=True, related_name="+", verbose_name=_("đơn vị"))
    action = models.CharField(_("việc"), max_length=60)
    subject = models.CharField(_("đối tượng"), max_length=200, blank=True)
    # JSON as text: a JSON column's own check is a function, and this product's SQLite trusts none in its schema.
    detail = models.TextField(_("chi tiết"), default="{}", blank=True)

    objects = AuditQuerySet.as_manager()

    class Meta:
        verbose_name = _("dòng nhật ký")
        verbose_name_plural = _("nhật ký")
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["office", "-at"], name="audit_of_office")]  # the inspector's page

    def __str__(self) -> str:
        return f"{self.at:%d/%m/%Y %H:%M} {self.action}"
