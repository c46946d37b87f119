"""Pair a device with a counter's place, and know it again (docs/spec/contract.md, /k/)."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from django.conf import settings
from django.db import Error, connection
from django.db.models import Q
from django.db.transaction import atomic

from surveys.crypto import codes
from surveys.models import Counter, Tablet

PAIRING_MINUTES = 30
PAIRING_LENGTH = 6
MOST_ASKING = 500
#: How stale `Tablet.seen_at` may be: else every poll of every device would write.
SEEN_SECONDS = 60
#: Not heard of for so long a device is lost: for the teller's page and for the set-up room.
LOST = timedelta(minutes=5)


class PairingRefused(Exception):
    """The code is unknown, too old, or was used."""


class TooManyAsking(Exception):
    """More devices wait to be paired than anybody sets up within half an hour."""


@dataclass(frozen=True)
class Asking:
    """A device that waits to be paired: the secret goes into its cookie, the code onto its screen."""

    tablet: Tablet
    secret: str


@atomic
def ask_for_pairing(*, now: datetime) -> Asking:
    """Enter an unknown device; requests nobody answered are swept away. Raises `TooManyAsking`."""
    Tablet.objects.filter(paired_at__isnull=True, pairing_until__lt=now).delete()
    if Tablet.objects.filter(paired_at__isnull=True).count() >= MOST_ASKING:
        raise TooManyAsking
    secret = secrets.token_urlsafe(32)
    tablet = Tablet.objects.create(
        secret_digest=_digest(secret),
        pairing_code=_free_code(),
        pairing_until=now + timedelta(minutes=PAIRING_MINUTES),
    )
    return Asking(tablet, secret)


@atomic
def pair(*, code: str, counter: Counter, name: str, now: datetime) -> Tablet:
    """Tie the device that shows the code to a counter. Raises `PairingRefused`."""
    paired = Tablet.objects.filter(
        pairing_code=normalise(code), pairing_until__gte=now, paired_at__isnull=True
    )
    tablet = paired.select_for_update().first()
    if tablet is None:
        raise PairingRefused
    tablet.counter, tablet.office, tablet.name = counter, counter.box_office, name
    tablet.paired_at, tablet.pairing_code, tablet.pairing_until = now, None, None
    tablet.save()
    return tablet


def pair_known(*, secret: str, counter: Counter, name: str, now: datetime) -> Tablet:
    """Enter a device whose secret is known beforehand, paired at once: for the pilot's demonstration."""
    facts = {"counter": counter, "office": counter.box_office, "name": name, "paired_at": now}
    tablet, _is_new = Tablet.objects.get_or_create(secret_digest=_digest(secret), defaults=facts)
    return tablet


def move(*, tablet: Tablet, counter: Counter) -> None:
    """Stand a paired device at another counter, under the same secret; what it shows comes from there from now on."""
    Tablet.objects.filter(pk=tablet.pk, paired_at__isnull=False, revoked_at__isnull=True).update(
        counter=counter, office=counter.box_office
    )


def revoke(*, tablet: Tablet, now: datetime) -> None:
    """The device shows nothing more from its next request on."""
    Tablet.objects.filter(pk=tablet.pk, revoked_at__isnull=True).update(revoked_at=now)


def device_of(secret: str) -> Tablet | None:
    """The device behind a cookie, paired or asking; None for a revoked or unknown one."""
    if not secret:
        return None
    known = Tablet.objects.select_related("counter__office", "office")
    return known.filter(secret_digest=_digest(secret), revoked_at__isnull=True).first()


@dataclass(frozen=True)
class Quiet:
    """A paired device that has no ballot to fetch. ``is_unheard``: its last word was not noted for a minute."""

    pk: int
    is_unheard: bool


def quiet_device(secret: str, *, now: datetime) -> Quiet | None:
    """The paired device behind a cookie if it has no ballot to fetch: the answer to nearly every poll, in one statement.

    Three hundred devices ask two hundred times a second; building the two queries of `device_of` and
    `issuing.fetch_for_tablet` took two thirds of the processor's time of a poll. The conditions are theirs, and the ballot
    itself is handed over by them alone: this one only ever says no.
    """
    window = now - timedelta(seconds=settings.TABLET_WINDOW_SECONDS)
    oldest = now - timedelta(days=settings.SLIP_DAYS + 1)
    unheard = now - timedelta(seconds=SEEN_SECONDS)
    moments = map(connection.ops.adapt_datetimefield_value, (unheard, oldest, now, now, now, window, window))
    with connection.cursor() as cursor:
        cursor.execute(_WAITING, [*moments, _digest(secret)])
        row = cursor.fetchone()
    return Quiet(row[1], bool(row[2])) if row is not None and row[0] is None else None


def is_online(tablet: Tablet, *, now: datetime) -> bool:
    return tablet.seen_at is not None and now - tablet.seen_at < LOST


def note_seen(*, pk: int, now: datetime) -> None:
    """Keep that a device was heard of, once a minute. A database that is busy is left alone: the next poll tells again."""
    unheard = Q(seen_at__isnull=True) | Q(seen_at__lt=now - timedelta(seconds=SEEN_SECONDS))
    try:
        with atomic():
            Tablet.objects.filter(unheard, pk=pk).update(seen_at=now)
    except Error:
        return


_WAITING = """SELECT s.id, t.id, CASE WHEN t.seen_at IS NULL OR t.seen_at < %s THEN 1 ELSE 0 END FROM surveys_tablet t
LEFT JOIN surveys_slip s ON s.counter_id = t.counter_id
    AND s.delivered_at IS NULL AND s.issued_at > %s AND s.opens_at <= %s
    AND ((s.state = 'I' AND s.channel = 'tablet' AND s.expires_at > %s)
         OR (s.state = 'U' AND s.shown_as = 'tablet' AND s.shown_until > %s))
    AND (s.issued_at > %s OR EXISTS (
        SELECT 1 FROM surveys_slipevent e WHERE e.slip_id = s.id AND e.kind = 'reissued' AND e.at > %s))
WHERE t.secret_digest = %s AND t.revoked_at IS NULL AND t.paired_at IS NOT NULL
LIMIT 1
"""


def normalise(typed: str) -> str:
    """A pairing code as typed: case, blanks and dashes do not matter, O, I and L are forgiven."""
    kept = "".join(sign for sign in typed.upper() if sign.isalnum()).translate(str.maketrans("OIL", "011"))
    return kept if len(kept) == PAIRING_LENGTH else ""


def _free_code() -> str:
    while True:
        code = codes.new_serial()
        if not Tablet.objects.filter(pairing_code=code).exists():
            return code


def _digest(secret: str) -> str:
    return sha256(secret.encode()).hexdigest()
