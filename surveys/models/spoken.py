"""Words that an office has spoken for those who hear better than they read."""

from __future__ import annotations

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from surveys.models.offices import Office


class Voice(models.TextChoices):
    """A language that a ballot is read out in."""

    VIETNAMESE = "vi", _("Tiếng Việt")
    ENGLISH = "en", _("Tiếng Anh")
    MUONG = "mtq", _("Tiếng Mường")


class AudioKind(models.TextChoices):
    """What a browser of 2017 plays, on phones and on tablets."""

    MP3 = "audio/mpeg", "MP3"
    M4A = "audio/mp4", "M4A"


class SpokenClip(models.Model):
    """One passage of a ballot as one office has spoken it. It belongs to the words: other words have no clip."""

    office = models.ForeignKey(Office, models.PROTECT, related_name="+", verbose_name=_("đơn vị"))
    voice = models.CharField(_("ngôn ngữ"), max_length=3, choices=Voice)
    words_sha256 = models.CharField(max_length=64, validators=[RegexValidator("^[0-9a-f]{64}$")])
    kind = models.CharField(max_length=10, choices=AudioKind)
    content = models.BinaryField()
    sha256 = models.CharField(max_length=64, db_index=True, validators=[RegexValidator("^[0-9a-f]{64}$")])
    spoken_at = models.DateTimeField()

    class Meta:
        verbose_name = _("đoạn đọc")
        verbose_name_plural = _("đoạn đọc")
        constraints = [
            models.UniqueConstraint(
                name="spokenclip_once_a_passage", fields=["office", "voice", "words_sha256"]
            ),
            models.CheckConstraint(name="spokenclip_voice_is_known", condition=Q(voice__in=Voice.values)),
            models.CheckConstraint(name="spokenclip_kind_is_known", condition=Q(kind__in=AudioKind.values)),
        ]

    def __str__(self) -> str:
        return f"{self.get_voice_display()} {self.words_sha256[:8]}"
