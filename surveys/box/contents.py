"""What lies in the envelope of a waiting ballot, and how long the envelopes of a questionnaire are.

Pure. The body is canonical JSON of everything that could tell one ballot from another (`docs/spec/trust.md` section 3).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from surveys import evidence
from surveys.crypto.envelopes import LENGTH_BYTES

#: Padded lengths are multiples of this, so that questionnaires of nearly the same size look alike.
STEP_BYTES = 256
# The widest value of each column outside the words: the length of the column, four bytes a character in UTF-8.
_WIDEST = "\U0001f4ec"
_CODE_CHARACTERS = 16
_REASON_CHARACTERS = 10
_GROUP_CHARACTERS = 20
_LARGEST_NUMBER = 2**63 - 1  # of a row
_LARGEST_LEVEL = 99


class ContentsUnreadable(Exception):
    """The envelope opened, and no ballot lay in it."""


@dataclass(frozen=True)
class Contents:
    """One ballot: level by criterion, words, where it was cast; paper also has its two keyers, and perhaps a void reason."""

    questionnaire: int
    counter: str
    procedure: str
    answers: Mapping[str, int | None]
    comment: str = ""
    reasons: tuple[str, ...] = ()
    texts: Mapping[str, str] = field(default_factory=dict)
    void_reason: str = ""
    keyed_by: tuple[int, ...] = ()

    def encoded(self) -> bytes:
        """The body as it is sealed."""
        return evidence.canonical(vars(self)).encode("utf-8")

    @classmethod
    def decoded(cls, body: bytes) -> Contents:
        """The ballot behind a body. Raises `ContentsUnreadable` for anything that `encoded` does not write."""
        try:
            read = json.loads(body)
            lists = {name: tuple(read[name]) for name in ("reasons", "keyed_by")}
            contents = cls(**read | lists)
            is_ours = _has_right_types(contents) and contents.encoded() == body
        except (KeyError, TypeError, ValueError) as error:
            raise ContentsUnreadable from error
        if not is_ours:
            raise ContentsUnreadable
        return contents


def padded_bytes(
    *, criteria: Iterable[str], reasons: Iterable[str], texts: Iterable[str], characters: int
) -> int:
    """How many bytes the padded body of every ballot of a questionnaire has, from the codes of what it asks.

    ``characters``: the longest comment, and the longest answer to each text question. Enough for whatever its form takes.
    """
    words = _WIDEST * characters
    largest = Contents(
        questionnaire=_LARGEST_NUMBER,
        counter=_WIDEST * _CODE_CHARACTERS,
        procedure=_WIDEST * _CODE_CHARACTERS,
        answers=dict.fromkeys(criteria, _LARGEST_LEVEL),
        comment=words,
        reasons=tuple(reasons),
        # Whoever answers a campaign may name a group, which stands among the texts.
        texts=dict.fromkeys(texts, words) | {"respondent": _WIDEST * _GROUP_CHARACTERS},
        void_reason=_WIDEST * _REASON_CHARACTERS,
        keyed_by=(_LARGEST_NUMBER, _LARGEST_NUMBER),
    )
    needed = LENGTH_BYTES + len(largest.encoded())
    return -(-needed // STEP_BYTES) * STEP_BYTES


def _has_right_types(contents: Contents) -> bool:
    words = (contents.counter, contents.procedure, contents.comment, contents.void_reason, *contents.reasons)
    return (
        isinstance(contents.answers, dict)
        and isinstance(contents.texts, dict)
        and all(isinstance(each, str) for each in (*words, *contents.texts.values()))
        and all(level is None or type(level) is int for level in contents.answers.values())
        and all(type(each) is int for each in (contents.questionnaire, *contents.keyed_by))
    )
