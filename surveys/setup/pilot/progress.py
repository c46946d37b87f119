"""How far the first start has come: a small file beside the database, since the pages must not ask a busy database for it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from django.conf import settings


@dataclass(frozen=True)
class Progress:
    """Acts played and acts planned, and what is being played."""

    done: int
    of: int
    label: str

    @property
    def percent(self) -> int:
        return 100 * self.done // max(self.of, 1)


def mark() -> Path:
    """The file that stands while the year and the campaign are incomplete; ``/readyz`` says so."""
    return settings.DATA_DIR / "pilot-replaying"


def read() -> Progress | None:
    """None when nothing is being played; a file that is being written reads as its beginning."""
    try:
        return Progress(**json.loads(mark().read_text(encoding="utf-8") or "{}"))
    except FileNotFoundError:
        return None
    except (ValueError, TypeError):
        return Progress(0, 1, "")


def write(progress: Progress) -> None:
    fresh = mark().with_suffix(".new")
    fresh.write_text(json.dumps(asdict(progress)), encoding="utf-8")
    fresh.replace(mark())


@contextmanager
def shown(of: int) -> Iterator[None]:
    """The mark, from the first act to the last; it stays when the replay breaks off."""
    write(Progress(0, of, ""))
    yield
    mark().unlink(missing_ok=True)
