"""What a customer said: levels by criterion, reasons, words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Said:
    """What was answered: level by criterion, and the optional words."""

    answers: Mapping[str, int | None]
    comment: str = ""
    reasons: Sequence[str] = ()
    texts: Mapping[str, str] | None = None

    def contents(self) -> dict[str, Any]:
        """The fields of `box.contents.Contents` that the answers decide."""
        return {
            "answers": dict(self.answers),
            "comment": self.comment,
            "reasons": tuple(sorted(self.reasons)),
            "texts": dict(self.texts or {}),
        }
