"""Keep the clips that an office has spoken: judged by their bytes, one for each passage and voice."""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256

from django.db.transaction import atomic

from surveys import audit
from surveys.audit import Action
from surveys.models import Office, SpokenClip, User, Voice
from surveys.reference.spoken import Passage
from surveys.setup_room.sounds import kind_of

LARGEST = 800_000  # bytes: 100 seconds at 64 kbit/s


class TooLarge(Exception):
    """More than LARGEST bytes."""


@atomic
def keep(
    *, office: Office, voice: Voice, passage: Passage, content: bytes, by: User, now: datetime
) -> SpokenClip:
    """Store the clip of a passage in the place of an older one. Raises `NotASound`, `TooLarge`."""
    if len(content) > LARGEST:
        raise TooLarge
    facts = {"kind": kind_of(content), "content": content, "sha256": sha256(content).hexdigest()}
    clip, _made = SpokenClip.objects.update_or_create(
        office=office, voice=voice, words_sha256=passage.digest, defaults=facts | {"spoken_at": now}
    )
    audit.record(
        action=Action.SPOKEN_KEPT, now=now, actor=by, office=office, subject=str(clip), sha256=clip.sha256
    )
    return clip


@atomic
def drop(*, office: Office, voice: Voice, by: User, now: datetime) -> int:
    """Take a voice away; the ballots stop offering it within a minute. Returns how many clips went."""
    gone, _models = SpokenClip.objects.filter(office=office, voice=voice).delete()
    audit.record(action=Action.SPOKEN_DROPPED, now=now, actor=by, office=office, subject=voice, clips=gone)
    return gone
