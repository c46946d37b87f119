"""Between the nights: whether the mixer can open what the pages put into the box, and what it tells them of itself.

A public key that is not the mixer's seals as well as any other; that nobody can open what it sealed shows only at opening.
So the mixer opens what is new every few minutes and forgets it again.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import islice

from django.conf import settings
from django.core.cache import cache
from django.db.transaction import atomic

from surveys import evidence
from surveys.box.opening import unopenable
from surveys.crypto import box_keys, keys
from surveys.models import BoxedBallot, BoxPair, BoxTrouble

BETWEEN_LOOKS = timedelta(minutes=5)
ROWS_AT_ONCE = 500
TITLE = "kbnn-box-key-v1"
MIXER = "box-mixer"
#: What ``/readyz`` calls what keeps a server from taking ballots that could be opened, and what it only warns of.
WRONG_KEY, KEY_LOST, KEY_EXPOSED, ONE_USER = "box-key", "opening-key", "opening-key-exposed", "one-user"


def announce(*, on: date) -> None:
    """Write down which public key the mixer opens, under its signature, where it is not the one written last.

    Raises `keys.KeyMissing`.
    """
    public = keys.opened_public_key().hex()
    last = BoxPair.objects.last()
    if last and last.public == public:
        return
    text = f"{TITLE}\npublic: {public}\nsince: {on}\n"
    note = evidence.sign_note(text, *keys.mixer_key())
    BoxPair.objects.update_or_create(public=public, defaults={"since": on, "note": note})


def announced_key() -> bytes | None:
    """The public key that the mixer said last that it opens; None before it spoke, or where the signature is not its own."""
    last = BoxPair.objects.last()
    if last is None:
        return None
    signers = {line.name: line.public for line in keys.mixer_public_keys()}
    try:
        text = evidence.open_note(last.note, signers)
    except evidence.EvidenceError:
        return None
    return bytes.fromhex(last.public) if f"public: {last.public}\n" in text else None


@dataclass
class Look:
    """One mixer's memory of the waiting rows that it has opened before: their ids, nothing else."""

    sound: set[str] = field(default_factory=set)
    looked_at: datetime | None = None

    def is_due(self, now: datetime) -> bool:
        return self.looked_at is None or now - self.looked_at >= BETWEEN_LOOKS

    def into_boxes(self, *, now: datetime) -> list[BoxTrouble]:
        """The boxes with rows that do not open, written down for the pages; those in order again are struck out.

        Raises `keys.KeyMissing` where this mixer has no opening key at all.
        """
        self.looked_at = now
        waiting = set(BoxedBallot.objects.values_list("id", flat=True))
        troubles: dict[tuple[int, str], list[int]] = defaultdict(lambda: [0, 0])
        bad: set[str] = set()
        unseen = iter(sorted(waiting - self.sound))
        while chunk := list(islice(unseen, ROWS_AT_ONCE)):
            for kind, rows in enumerate(unopenable(BoxedBallot.objects.filter(pk__in=chunk))):
                for row in rows:
                    troubles[row.office_id, row.period][kind] += 1
                    bad.add(row.id)
        self.sound = waiting - bad
        return _write_down(troubles, now=now)


@atomic
def _write_down(troubles: dict[tuple[int, str], list[int]], *, now: datetime) -> list[BoxTrouble]:
    """Troubles that are new, or more than there were."""
    known = {(each.office_id, each.period): each for each in BoxTrouble.objects.all()}
    fresh = []
    for (office, period), (damaged, keyless) in troubles.items():
        before = known.pop((office, period), None)
        facts = {"damaged": damaged, "keyless": keyless, "found_at": before.found_at if before else now}
        row, _is_new = BoxTrouble.objects.update_or_create(office_id=office, period=period, defaults=facts)
        if before is None or (damaged, keyless) > (before.damaged, before.keyless):
            fresh.append(row)
    BoxTrouble.objects.filter(pk__in=[each.pk for each in known.values()]).delete()
    return fresh


def note_mixer(*, now: datetime, has_key: bool) -> None:
    """The mixer's sign of life, for whoever watches a server that cannot look into its directory."""
    cache.set(MIXER, {"at": now.timestamp(), "has_key": has_key}, None)


def mixer_seen() -> tuple[float | None, bool]:
    """When the mixer was last heard of (seconds since 1970), and whether it had its opening key then."""
    told = cache.get(MIXER) or {"at": None, "has_key": True}
    return told["at"], told["has_key"]


def problems() -> list[str]:
    """What keeps this server from taking ballots that can be opened again, by the names above."""
    found = []
    announced = announced_key()
    if announced and announced != keys.box_public_key():
        found.append(WRONG_KEY)
    if not mixer_seen()[1]:
        found.append(KEY_LOST)
    if settings.SEPARATE_MIXER and box_keys.is_opening_key_readable(settings.MIX_KEYS_DIR):
        found.append(KEY_EXPOSED)
    return found


def warnings() -> list[str]:
    """What is weaker here than on a server with a user for the mixer alone."""
    return [] if settings.SEPARATE_MIXER else [ONE_USER]
