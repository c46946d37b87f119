"""Waiting ballots opened: the mixer's work alone, since nobody else holds the opening key."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from django.db.models import QuerySet

from surveys.box.boxed import has_true_tag
from surveys.box.contents import Contents, ContentsUnreadable
from surveys.choices import VoidReason
from surveys.crypto import keys
from surveys.crypto.envelopes import EnvelopeRefused, Opener, OpeningKeyMissing, Place
from surveys.models import BoxedBallot, QuestionnaireVersion
from surveys.reference import counters

ROWS_AT_ONCE = 500
#: Told how many of how many waiting ballots have been opened.
Progress = Callable[[int, int], None]


class BoxTampered(Exception):
    """A waiting ballot is not one that we sealed, or not as we sealed it: the office's mix stops, the inspector is told."""


@dataclass(frozen=True)
class Opened:
    """A waiting ballot in the mixer's memory. ``tag`` tells whether the row still is the one that was opened."""

    id: str
    tag: str
    receipt_hash: str | None
    contents: Contents


def opened(row: BoxedBallot, opener: Opener, key: bytes) -> Opened:
    """The ballot of a row. Raises `BoxTampered`, and `keys.KeyMissing` where it was sealed to a pair that is not here."""
    if not has_true_tag(row, key):
        raise BoxTampered
    place = Place(counters.office_code(row.office_id), row.period, bytes.fromhex(row.id))
    try:
        contents = Contents.decoded(opener.open(bytes(row.sealed), place=place))
    except OpeningKeyMissing as error:
        raise keys.KeyMissing("box-open") from error
    except (EnvelopeRefused, ContentsUnreadable) as error:
        raise BoxTampered from error
    if not _may_stand(contents, row.receipt_hash):
        raise BoxTampered
    return Opened(row.id, row.tag, row.receipt_hash, contents)


def open_all(rows: QuerySet[BoxedBallot], *, told: Progress | None = None) -> Iterator[Opened]:
    """Every row of a box opened, in no order, a few at a time: a row's envelope is kept no longer than it takes.

    Raises what `opened` raises.
    """
    opener, key = keys.box_opener(), keys.box_key()
    total = rows.count() if told else 0
    for number, row in enumerate(rows.iterator(chunk_size=ROWS_AT_ONCE), start=1):
        yield opened(row, opener, key)
        if told and (number % ROWS_AT_ONCE == 0 or number == total):
            told(number, total)


def unopenable(rows: Iterable[BoxedBallot]) -> tuple[list[BoxedBallot], list[BoxedBallot]]:
    """The rows that are damaged, and those that wait under a pair whose opening key is not here, which are not."""
    opener, key = keys.box_opener(), keys.box_key()
    damaged, keyless = [], []
    for row in rows:
        try:
            opened(row, opener, key)
        except BoxTampered:
            damaged.append(row)
        except keys.KeyMissing:
            keyless.append(row)
    return damaged, keyless


def _may_stand(contents: Contents, receipt_hash: str | None) -> bool:
    """What the table refused while it could look inside: a ballot that came digitally is void for nobody."""
    is_void = bool(contents.void_reason)
    of_paper = receipt_hash is None or contents.void_reason == VoidReason.DAMAGED
    by_two = len(set(contents.keyed_by)) == 2
    known = contents.void_reason in {"", *VoidReason.values} and _is_known_version(contents.questionnaire)
    return known and (not is_void or (of_paper and by_two))


_known: set[int] = set()


def _is_known_version(version_id: int) -> bool:
    """Versions are never deleted once a slip names them, so that one that was seen needs no second look."""
    if version_id not in _known and QuestionnaireVersion.objects.filter(pk=version_id).exists():
        _known.add(version_id)
    return version_id in _known


def forget() -> None:
    """For tests, whose rows vanish under the same numbers."""
    _known.clear()
