"""What a clerk of documents decides about an office's papers, and what is known of each paper only once it is signed.

Nghị định 30/2020/NĐ-CP, Điều 15: number and date are given after signing; until then they stay blank.
"""

from __future__ import annotations

from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from surveys.models import Office
from surveys.models.querysets import OfOfficeQuerySet

STRETCH_LENGTH = 20  # "2022-06..2023-06" is the longest


class PaperKind(models.TextChoices):
    MINUTES = "minutes", _("Biên bản kiểm phiếu")
    REPORT = "report", _("Báo cáo của một kỳ")
    SUMMARY = "summary", _("Báo cáo của nhiều kỳ")


#: The abbreviation of each kind of paper before the office's own (Phụ lục III).
SYMBOLS = {PaperKind.MINUTES: "BB", PaperKind.REPORT: "BC", PaperKind.SUMMARY: "BC"}


class PaperForm(models.Model):
    """How one kind of paper of an office looks. A list is one entry a line; what is empty is left blank on the paper."""

    office = models.ForeignKey(Office, models.PROTECT, related_name="paper_forms", verbose_name=_("đơn vị"))
    kind = models.CharField(_("văn bản"), max_length=8, choices=PaperKind)
    parent = models.TextField(
        _("cơ quan cấp trên"), blank=True, help_text=_("Ngắt dòng đúng như trên văn bản.")
    )
    issuer = models.TextField(
        _("cơ quan ban hành"), blank=True, help_text=_("Ngắt dòng đúng như trên văn bản.")
    )
    issuer_name = models.CharField(
        _("cơ quan ban hành trong câu văn"), max_length=160, blank=True, help_text=_("Phòng Kế toán Nhà nước")
    )
    symbol = models.CharField(
        _("ký hiệu"), max_length=40, blank=True, help_text=_("Phần sau số: BC-KTNN, BB-KTNN.")
    )
    place = models.CharField(_("địa danh"), max_length=80, blank=True)
    sent_to = models.CharField(_("kính gửi"), max_length=200, blank=True)
    bases = models.TextField(_("căn cứ ban hành"), blank=True, help_text=_("Mỗi căn cứ một dòng."))
    recipients = models.TextField(
        _("nơi nhận"), blank=True, help_text=_("Mỗi nơi một dòng; dòng cuối ghi Lưu: VT.")
    )
    authority = models.TextField(
        _("quyền hạn, chức vụ người ký"),
        blank=True,
        help_text=_("Ví dụ: KT. TRƯỞNG PHÒNG, dòng dưới PHÓ TRƯỞNG PHÒNG."),
    )
    signer = models.CharField(_("người ký"), max_length=120, blank=True)
    decision = models.CharField(
        _("căn cứ lập Tổ kiểm phiếu"),
        max_length=300,
        blank=True,
        help_text=_("Quyết định số … ngày … của …"),
    )
    room = models.CharField(_("địa điểm kiểm phiếu"), max_length=200, blank=True)
    copies = models.PositiveSmallIntegerField(_("số bản"), default=2)

    objects = OfOfficeQuerySet.as_manager()

    class Meta:
        verbose_name = _("mẫu văn bản")
        verbose_name_plural = _("mẫu văn bản")
        ordering = ["office", "kind"]
        constraints = [
            models.UniqueConstraint(
                name="paperform_one_a_kind",
                fields=["office", "kind"],
                violation_error_message=_("Đơn vị này đã có mẫu cho loại văn bản đó."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} · {self.office}"

    @classmethod
    def of(cls, office: Office, kind: PaperKind) -> Self:
        """What the office decided; else what follows from its name and place in the tree, unsaved."""
        return cls.objects.of(office).filter(kind=kind).prefetch_related("people").first() or cls(
            office=office, kind=kind
        )

    # ── With what follows from the office where nothing was written ────────────────────

    @property
    def parent_lines(self) -> list[str]:
        return lines(self.parent) or ([self.office.parent.name] if self.office.parent else [])

    @property
    def issuer_lines(self) -> list[str]:
        return lines(self.issuer) or [self.office.name]

    @property
    def named(self) -> str:
        return self.issuer_name or self.office.name

    @property
    def symbol_text(self) -> str:
        return self.symbol or f"{SYMBOLS[PaperKind(self.kind)]}-{self.office.code}"

    @property
    def base_lines(self) -> list[str]:
        return lines(self.bases)

    @property
    def recipient_lines(self) -> list[str]:
        return lines(self.recipients) or ["Lưu: VT."]

    def those(self, part: PersonPart) -> list[PaperPerson]:
        """The people of one part, in order."""
        return [person for person in self.people.all() if person.part == part] if self.pk else []


class PersonPart(models.TextChoices):
    CHAIR = "chair", _("Chủ trì")
    SECRETARY = "secretary", _("Thư ký")
    MEMBER = "member", _("Thành viên")
    WITNESS = "witness", _("Người chứng kiến")


class PaperPerson(models.Model):
    """Who takes part in the count and signs its minutes. Rank and degree do not stand before the name."""

    form = models.ForeignKey(PaperForm, models.CASCADE, related_name="people")
    part = models.CharField(_("vai"), max_length=10, choices=PersonPart)
    address = models.CharField(_("danh xưng"), max_length=8, choices=[("Ông", _("Ông")), ("Bà", _("Bà"))])
    name = models.CharField(_("họ và tên"), max_length=120)
    title = models.CharField(_("chức vụ, đơn vị"), max_length=200, blank=True)
    position = models.PositiveSmallIntegerField(_("thứ tự"), default=1)

    class Meta:
        verbose_name = _("người tham dự kiểm phiếu")
        verbose_name_plural = _("người tham dự kiểm phiếu")
        ordering = ["form", "part", "position", "pk"]

    def __str__(self) -> str:
        return self.name

    @property
    def said(self) -> str:
        """Return "Ông Đinh Công Thành, Phó Trưởng phòng"."""
        return f"{self.address} {self.name}" + (f", {self.title}" if self.title else "")


class SignedPaper(models.Model):
    """What one paper gets only at signing: number, date, times of the count, and words of its own.

    A paper on a corrected period is another row with the next version; the first keeps its number.
    """

    office = models.ForeignKey(Office, models.PROTECT, related_name="signed_papers", verbose_name=_("đơn vị"))
    kind = models.CharField(_("văn bản"), max_length=8, choices=PaperKind)
    period = models.CharField(
        _("kỳ"), max_length=STRETCH_LENGTH, help_text=_("2023-05, 2023-Q2, 2022-06..2023-06")
    )
    version = models.PositiveSmallIntegerField(_("phiên bản"), default=1)
    number = models.PositiveIntegerField(_("số"), null=True, blank=True)
    dated_on = models.DateField(_("ngày ban hành"), null=True, blank=True)
    began_at = models.DateTimeField(_("bắt đầu kiểm phiếu"), null=True, blank=True)
    ended_at = models.DateTimeField(_("kết thúc kiểm phiếu"), null=True, blank=True)
    opinions = models.TextField(_("ý kiến khác"), blank=True)
    boxes = models.TextField(_("niêm phong hòm phiếu giấy"), blank=True)
    tasks = models.TextField(_("nhiệm vụ, kiến nghị"), blank=True, help_text=_("Mỗi ý một dòng."))

    objects = OfOfficeQuerySet.as_manager()

    class Meta:
        verbose_name = _("văn bản đã ký")
        verbose_name_plural = _("văn bản đã ký")
        ordering = ["office", "period", "kind", "version"]
        constraints = [
            models.UniqueConstraint(
                name="signedpaper_once_a_version",
                fields=["office", "kind", "period", "version"],
                violation_error_message=_("Văn bản của kỳ và phiên bản này đã có."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.period}"

    @property
    def task_lines(self) -> list[str]:
        return lines(self.tasks)


def lines(text: str) -> list[str]:
    """The lines that hold something, without blanks around them."""
    return [line.strip() for line in text.splitlines() if line.strip()]
