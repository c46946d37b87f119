"""An office's papers for its administrators: how each kind looks, and what a paper got at signing."""

from __future__ import annotations

from django.contrib import admin

from reports.models import PaperForm, PaperPerson, SignedPaper
from surveys.admin.site import Reference, ReferenceRows


class People(ReferenceRows):
    model = PaperPerson


@admin.register(PaperForm)
class PaperFormAdmin(Reference):
    list_display = ["office", "kind", "symbol", "signer"]
    inlines = [People]


@admin.register(SignedPaper)
class SignedPaperAdmin(Reference):
    list_display = ["office", "kind", "period", "version", "number", "dated_on"]
    list_filter = ["kind"]
