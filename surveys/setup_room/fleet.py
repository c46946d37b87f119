"""The office's tablets as a fleet: at which counter, and when each was last heard of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from surveys.accounts import tablets
from surveys.models import Counter, Tablet, User
from surveys.periods import local_day


@dataclass(frozen=True)
class Device:
    """A counter's place in the fleet; ``tablet`` is None where a counter that hands out on a tablet has none."""

    counter: Counter
    tablet: Tablet | None
    is_online: bool
    seen: str


def fleet_of(user: User, *, now: datetime) -> list[Device]:
    """Paired devices within the administrator's subtree, and counters that lack one, by counter."""
    paired = Tablet.objects.visible_to(user).filter(paired_at__isnull=False, revoked_at__isnull=True)
    by_counter: dict[int | None, list[Tablet]] = {}
    for tablet in paired.order_by("pk"):
        by_counter.setdefault(tablet.counter_id, []).append(tablet)
    rows = []
    for counter in counters_of(user, now=now):
        held = by_counter.get(counter.pk, [])
        rows += [_device(counter, tablet, now) for tablet in held]
        if not held and counter.offers_tablet:
            rows.append(Device(counter, None, False, ""))
    return rows


def counters_of(user: User, *, now: datetime) -> QuerySet[Counter]:
    return (
        Counter.objects.visible_to(user)
        .open_on(local_day(now))
        .select_related("office", "box_office")
        .order_by("office__path", "code")
    )


def _device(counter: Counter, tablet: Tablet, now: datetime) -> Device:
    if tablet.seen_at is None:
        seen = _("chưa thấy lần nào")
    else:
        minutes = int((now - tablet.seen_at).total_seconds()) // 60
        seen = _("vừa xong") if minutes < 2 else _("%(time)s trước") % {"time": _words(minutes)}
    return Device(counter, tablet, tablets.is_online(tablet, now=now), seen)


def _words(minutes: int) -> str:
    """The largest whole unit: precise enough to know whether somebody should go and look."""
    if minutes < 60:
        return _("%(n)s phút") % {"n": minutes}
    if minutes < 48 * 60:
        return _("%(n)s giờ") % {"n": minutes // 60}
    return _("%(n)s ngày") % {"n": minutes // (24 * 60)}
