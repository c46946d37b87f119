"""Which machine is asking, and for which office it may speak."""

from __future__ import annotations

from django.http import HttpRequest
from ninja.security import HttpBearer

from surveys.api.problems import Problem, invalid, not_found
from surveys.models import ApiKey, Office


class KeyRequest(HttpRequest):
    """For signatures alone: a request that `KeyAuth` let pass."""

    auth: ApiKey


class KeyAuth(HttpBearer):
    """``Authorization: Bearer <key>``; the key itself is stored nowhere."""

    def authenticate(self, request: HttpRequest, token: str) -> ApiKey | None:
        return (
            ApiKey.objects.select_related("office")
            .filter(digest=ApiKey.digest_of(token), revoked_at__isnull=True)
            .first()
        )


def office_of(key: ApiKey, code: str | None) -> Office:
    """The office with a box that a call is about.

    A key over one such office need not name it; one over several must. A stranger's office is not found.
    """
    offices = Office.objects.sealing().within(key.office)
    if code:
        office = offices.filter(code=code).first() or _own_box(key, code)
        if office is None:
            raise not_found(f"Không có đơn vị “{code}” trong phạm vi của khoá này.")
        return office
    found = list(offices[:2]) or [box for box in [key.office.sealing_office] if box]
    if not found:
        raise Problem(403, "no-office", "Khoá này không thuộc đơn vị nào có hòm phiếu.")
    if len(found) > 1:
        raise invalid({"office": "Khoá này dùng cho nhiều đơn vị, phải ghi mã đơn vị."})
    return found[0]


def _own_box(key: ApiKey, code: str) -> Office | None:
    """A department's key may name the office above it whose box it feeds."""
    box = key.office.sealing_office
    return box if box and code in {box.code, key.office.code} else None
