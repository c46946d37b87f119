"""What a customer said: levels by criterion, reasons, words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from surveys import evidence


@dataclass(frozen=True)
class Said:
    """What was answered: level by criterion, and the optional words."""

    answers: Mapping[str, int | None]
    comment: str = ""
    reasons: Sequence[str] = ()
    texts: Mapping[str, str] | None = None

    def words(self) -> str:
        """Canonical JSON of everything beside the levels, for the box."""
        return evidence.canonical(
            {"comment": self.comment, "reasons": sorted(self.reasons), "texts": dict(self.texts or {})}
        )
