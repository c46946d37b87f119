"""Whether a paper would end without who signs it, and where that is set."""

from __future__ import annotations

from django.urls import reverse

from reports.models import PaperForm, PaperKind
from surveys.models import Office, User


def signer_notice(*, office: Office, kind: PaperKind, reader: User) -> dict[str, object]:
    """For `components/signer_unset.html`: whether nobody has set who signs this paper, and where the reader may set it."""
    set_already = PaperForm.objects.of(office).filter(kind=kind).exclude(authority="").exclude(signer="")
    where = {"office": office.code, "kind": kind.value}
    may_set = reader.has_perm("surveys.administer")
    return {
        "signer_unset": not set_already.exists(),
        "settings_url": reverse("reports:document_edit", kwargs=where) if may_set else "",
    }
