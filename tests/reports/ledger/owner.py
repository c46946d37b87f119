"""The database as its owner reaches it, past the guards."""

from __future__ import annotations

from surveys.database import triggers


class AsOwner:
    """Takes the triggers away, lets the owner work, and puts them back as if nothing had been."""

    def __enter__(self):
        triggers.remove()

    def __exit__(self, *_failure):
        triggers.install()


as_owner = AsOwner()
