"""Offices as a dated tree, their counters, customers' organisations, and the calendar they work by."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Self

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from surveys.choices import OfficeKind, Role, SlipChannel, SlipFormat
from surveys.models.lines import ONE_LINE, in_one_line
from surveys.models.querysets import OfOfficeQuerySet, in_force
from surveys.vietnamese import fold, sort_key

if TYPE_CHECKING:
    from surveys.models import User

CODE = RegexValidator(
    r"^[A-Z0-9][A-Z0-9-]{0,31}$", _("Mã chỉ gồm chữ hoa không dấu, chữ số và dấu gạch nối.")
)
# It becomes an argument of a command, hence no hyphen at its start.
PRINTER = RegexValidator(
    r"^[A-Za-z0-9_][A-Za-z0-9_.-]{0,126}$",
    _("Tên máy in chỉ gồm chữ không dấu, chữ số, dấu gạch dưới, gạch nối và chấm."),
)


class OfficeQuerySet(models.QuerySet["Office"]):
    def within(self, office: Office) -> Self:
        """The office and everything below it."""
        return self.filter(path__startswith=office.path)

    def in_force(self, on: date) -> Self:
        return self.filter(in_force(on))

    def alphabetical(self) -> list[Office]:
        """By name as Vietnamese sorts it, which no database here does: Bạc Liêu, Bắc Giang, Bắc Kạn."""
        return sorted(self, key=lambda office: sort_key(office.short_name))

    def sealing(self) -> Self:
        """Offices with a ballot box of their own."""
        return self.filter(seals=True)

    def visible_to(self, user: User) -> Self:
        """Head office sees all; everybody else the office and its subtree; without an office nothing."""
        if not user.is_active or user.office is None:
            return self.none()
        if user.has_role(Role.HEAD_OFFICE):
            return self.all()
        return self.within(user.office)

    def with_figures_for(self, user: User) -> Self:
        """Offices whose month the user may read: head office all; leadership, inspectors their subtree;
        the counting team the box of its own office."""
        if not user.is_active or user.office is None or not user.has_perm("surveys.view_figures"):
            return self.none()
        if user.has_role(Role.HEAD_OFFICE):
            return self.sealing()
        if user.has_role(Role.LEADERSHIP) or user.has_role(Role.INSPECTOR):
            box = user.office.sealing_office
            return self.sealing().filter(Q(path__startswith=user.office.path) | Q(pk=box.pk if box else None))
        box = user.office.sealing_office
        return self.filter(pk=box.pk) if box else self.none()

    def whose_silent_are_asked_by(self, user: User) -> Self:
        """The box of an inspector's own office, none above or below it (docs/decisions/0035-asking-the-silent.md)."""
        if not user.is_active or user.office is None or not user.has_role(Role.INSPECTOR):
            return self.none()
        box = user.office.sealing_office
        return self.filter(pk=box.pk) if box else self.none()

    def counted_by(self, user: User, on: date) -> Self:
        """The boxes whose counting team the user is of on a day: by role in the own office, or lent to another.

        A small office's team may come from elsewhere, appointed by its parent. A teller never counts.
        """
        if not user.is_active or user.has_role(Role.TELLER):
            return self.none()
        box = user.office.sealing_office if user.office and user.has_role(Role.COUNTING) else None
        lent = user.delegations.in_force(on).filter(role=Role.COUNTING)
        return self.sealing().filter(Q(pk=box.pk if box else None) | Q(pk__in=lent.values("office")))


class CounterQuerySet(models.QuerySet["Counter"]):
    def open_on(self, on: date) -> Self:
        return self.filter(Q(closed_on__isnull=True) | Q(closed_on__gt=on))

    def printing(self) -> Self:
        return self.filter(offers_slip=True)

    def visible_to(self, user: User) -> Self:
        """A teller sees the own counter; others the counters of their subtree."""
        if not user.is_active or user.office is None:
            return self.none()
        if user.has_role(Role.HEAD_OFFICE):
            return self.all()
        if user.has_role(Role.TELLER):
            return self.filter(pk=user.counter_id)
        return self.filter(office__path__startswith=user.office.path)


class Office(models.Model):
    """One unit of the State Treasury for the days it existed; a successor takes over after ``valid_to``."""

    code = models.CharField(_("mã đơn vị"), max_length=32, unique=True, validators=[CODE])
    name = models.CharField(_("tên đơn vị"), max_length=160, validators=[ONE_LINE])
    short_name = models.CharField(_("tên gọn"), max_length=80, validators=[ONE_LINE])
    name_en = models.CharField(_("tên tiếng Anh"), max_length=160, blank=True, validators=[ONE_LINE])
    kind = models.CharField(_("loại đơn vị"), max_length=20, choices=OfficeKind)
    parent = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="children",
        verbose_name=_("đơn vị cấp trên"),
    )
    valid_from = models.DateField(_("từ ngày"))
    valid_to = models.DateField(_("đến hết ngày"), null=True, blank=True)
    successor = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="predecessors",
        verbose_name=_("đơn vị kế thừa"),
    )
    seals = models.BooleanField(
        _("có hòm phiếu riêng"),
        default=False,
        help_text=_("Đơn vị kiểm phiếu, niêm phong và công bố theo kỳ."),
    )
    quarterly = models.BooleanField(
        _("kỳ theo quý"), default=False, help_text=_("Cho đơn vị dự kiến dưới 30 phiếu mỗi tháng.")
    )
    # The address for which the administrator confirmed that customers' phones reach it; '' = none (printing.has_qr).
    phones_reach = models.CharField(max_length=200, blank=True, editable=False)
    is_pilot = models.BooleanField(
        default=False, editable=False
    )  # every page says that its figures illustrate
    # Rank is this one stored fact, set where the office is founded; nobody infers it from a parent that is not there.
    is_head = models.BooleanField(_("đơn vị cao nhất"), default=False, editable=False)
    # Materialised "/KBNN/HB/HB-KTNN/": a subtree is one indexed prefix.
    path = models.CharField(max_length=400, unique=True, editable=False)

    objects = OfficeQuerySet.as_manager()

    class Meta:
        verbose_name = _("đơn vị")
        verbose_name_plural = _("đơn vị")
        ordering = ["path"]
        constraints = [
            in_one_line("office_named_in_one_line", "name", "short_name", "name_en"),
            models.CheckConstraint(
                name="office_days_in_order",
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                violation_error_message=_("Ngày kết thúc không được trước ngày bắt đầu."),
            ),
            models.CheckConstraint(
                name="office_is_not_its_own_parent",
                condition=Q(parent__isnull=True) | ~Q(parent=F("pk")),
                violation_error_message=_("Đơn vị không thể là cấp trên của chính mình."),
            ),
            models.CheckConstraint(
                name="office_department_never_seals",
                condition=~Q(kind=OfficeKind.DEPARTMENT, seals=True),
                violation_error_message=_("Phòng chuyên môn không có hòm phiếu riêng."),
            ),
            models.UniqueConstraint(
                name="office_one_head",
                fields=["is_head"],
                condition=Q(is_head=True),
                violation_error_message=_("Đã có đơn vị cao nhất."),
            ),
            models.CheckConstraint(
                name="office_head_has_no_parent",
                condition=Q(is_head=False) | Q(parent__isnull=True),
                violation_error_message=_("Đơn vị cao nhất không có đơn vị cấp trên."),
            ),
        ]

    def __str__(self) -> str:
        return self.short_name

    def save(self, *args, **kwargs) -> None:
        """Keep the path in step with the parent, and the paths below in step with this one."""
        before = self.path
        self.path = f"{self.parent.path if self.parent else '/'}{self.code}/"
        super().save(*args, **kwargs)
        if before and before != self.path:
            for child in self.children.all():
                child.parent = self
                child.save()

    @property
    def sealing_office(self) -> Office | None:
        """The nearest office at or above this one that has a box; one query unless this one has."""
        if self.seals:
            return self
        codes = self.path.strip("/").split("/")
        return Office.objects.filter(code__in=codes, seals=True).order_by("-path").first()


class Counter(models.Model):
    """A place where customers are served. Its code is unique within the box it feeds, since evidence names it."""

    office = models.ForeignKey(Office, models.PROTECT, related_name="counters", verbose_name=_("đơn vị"))
    box_office = models.ForeignKey(Office, models.PROTECT, related_name="+", editable=False)
    code = models.CharField(_("mã quầy"), max_length=16, validators=[CODE])
    name = models.CharField(_("tên quầy"), max_length=80)
    name_en = models.CharField(_("tên tiếng Anh"), max_length=80, blank=True)
    closed_on = models.DateField(_("ngày đóng quầy"), null=True, blank=True)
    # Links go out with the dossier, through the interface, so that no setting of the counter is needed for them.
    offers_tablet = models.BooleanField(_("phát lên máy tính bảng"), default=True)
    offers_slip = models.BooleanField(_("phát phiếu in mã QR"), default=False, help_text=_("Cần có máy in."))
    offers_paper = models.BooleanField(_("phát phiếu giấy"), default=True)
    default_channel = models.CharField(
        _("cách phát thường dùng"), max_length=8, choices=SlipChannel, default=SlipChannel.TABLET
    )
    printer = models.CharField(
        _("máy in phiếu"),
        max_length=127,
        blank=True,
        validators=[PRINTER],
        help_text=_("Tên máy in trong CUPS của máy chủ; máy in đặt ở phía khách hàng."),
    )
    slip_format = models.CharField(
        _("khổ phiếu in"), max_length=8, choices=SlipFormat, default=SlipFormat.MM58
    )

    # When an administrator last put its digit keys otherwise; the console says so for some days.
    keys_changed_on = models.DateField(null=True, blank=True, editable=False)

    objects = CounterQuerySet.as_manager()

    class Meta:
        verbose_name = _("quầy")
        verbose_name_plural = _("quầy")
        ordering = ["box_office", "code"]
        constraints = [
            models.UniqueConstraint(
                name="counter_code_unique_in_box",
                fields=["box_office", "code"],
                violation_error_message=_("Đơn vị này đã có quầy mang mã đó."),
            ),
            models.CheckConstraint(
                name="counter_slip_needs_printer",
                condition=Q(offers_slip=False) | ~Q(printer=""),
                violation_error_message=_("Phát phiếu in thì phải ghi tên máy in của quầy."),
            ),
            models.CheckConstraint(
                name="counter_offers_some_way",
                condition=Q(offers_tablet=True) | Q(offers_slip=True) | Q(offers_paper=True),
                violation_error_message=_("Quầy phải có ít nhất một cách phát phiếu."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args, **kwargs) -> None:
        self.box_office = self.office.sealing_office  # type: ignore[assignment]  # the column refuses none
        super().save(*args, **kwargs)

    def clean(self) -> None:
        """No form shows the box, so no form would look at the constraint that holds within it."""
        if not self.office_id:
            return  # the form says so itself
        box = self.office.sealing_office
        if box is None:
            raise ValidationError({"office": _("Đơn vị này và các cấp trên của nó chưa có hòm phiếu.")})
        self.box_office = box
        if Counter.objects.filter(box_office=box, code=self.code).exclude(pk=self.pk).exists():
            raise ValidationError({"code": _("Đơn vị này đã có quầy mang mã đó.")})

    @property
    def channels(self) -> list[SlipChannel]:
        """The ways a teller may choose from, the usual one first when the counter offers it."""
        offered = {
            SlipChannel.TABLET: self.offers_tablet,
            SlipChannel.SLIP: self.offers_slip,
            SlipChannel.PAPER: self.offers_paper,
        }
        return sorted(
            (way for way, is_offered in offered.items() if is_offered),
            key=lambda way: way != self.default_channel,
        )


class Organisation(models.Model):
    """A customer organisation, so that visits, not ballots, can be told apart in the register."""

    office = models.ForeignKey(Office, models.PROTECT, related_name="organisations", verbose_name=_("đơn vị"))
    code = models.CharField(_("mã"), max_length=40)
    name = models.CharField(_("tên tổ chức"), max_length=200)
    folded = models.CharField(max_length=200, editable=False, db_index=True)

    objects = OfOfficeQuerySet.as_manager()

    class Meta:
        verbose_name = _("tổ chức giao dịch")
        verbose_name_plural = _("tổ chức giao dịch")
        ordering = ["name"]
        constraints = [models.UniqueConstraint(name="organisation_code_unique", fields=["office", "code"])]

    def __str__(self) -> str:
        return self.name

    def save(self, *args, **kwargs) -> None:
        self.folded = fold(self.name)
        super().save(*args, **kwargs)

    def clean(self) -> None:
        """A code that differs from a standing one by its capitals alone names the same organisation."""
        standing = Organisation.objects.filter(office_id=self.office_id)
        if standing.filter(pk=self.pk, code=self.code).exists():
            return
        if twin := standing.filter(code__iexact=self.code).exclude(pk=self.pk).first():
            words = _("Đã có tổ chức mang mã “%(code)s”: %(name)s.")
            raise ValidationError({"code": words % {"code": twin.code, "name": twin.name}})


class CalendarDay(models.Model):
    """A day that differs from Monday–Friday: a holiday, or a weekend day worked in exchange."""

    day = models.DateField(_("ngày"), unique=True)
    works = models.BooleanField(_("làm việc"), default=False)
    note = models.CharField(_("ghi chú"), max_length=160, blank=True)

    class Meta:
        verbose_name = _("ngày nghỉ, ngày làm bù")
        verbose_name_plural = _("lịch làm việc")
        ordering = ["day"]

    def __str__(self) -> str:
        return f"{self.day:%d/%m/%Y}"
