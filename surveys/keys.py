"""The secrets that stay outside the database and its backups, one 0600 file each (TRUST.md sections 2, 3 and 5)."""

from __future__ import annotations

import os
import secrets
from functools import cache
from pathlib import Path

from django.conf import settings

KEY_BYTES = 32
# slip: MACs of codes · receipt: receipts and their proof · box: tags of waiting ballots · seal: Ed25519 private key
NAMES = ("slip", "receipt", "box", "seal")


class KeyMissing(Exception):
    """A key file is absent or unreadable; nothing may be issued, cast or signed without it."""


def slip_key() -> bytes:
    return _read(settings.KEYS_DIR, "slip")


def receipt_key() -> bytes:
    return _read(settings.KEYS_DIR, "receipt")


def box_key() -> bytes:
    return _read(settings.KEYS_DIR, "box")


def seal_key() -> bytes:
    """The 32 bytes of the Ed25519 private key that signs checkpoints and seals."""
    return _read(settings.KEYS_DIR, "seal")


def seal_key_name() -> str:
    """The name beside the signature, as in ``keys.txt``."""
    return _read(settings.KEYS_DIR, "seal-name").decode("ascii").strip()


def make_keys(directory: Path, *, name: str) -> list[str]:
    """Make what is missing and leave what is there; returns the names made. ``name`` signs, e.g. ``kbnn-2026``."""
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    made = [key for key in NAMES if _write_new(directory / f"{key}.key", secrets.token_bytes(KEY_BYTES))]
    _write_new(directory / "seal-name.key", name.encode("ascii"))
    _read.cache_clear()
    return made


def unreadable(directory: Path) -> list[str]:
    """The names of key files that cannot be used, for start-up checks and ``/readyz``."""
    return [key for key in NAMES if not _usable(directory / f"{key}.key")]


def _usable(path: Path) -> bool:
    try:
        return path.stat().st_size == KEY_BYTES and os.access(path, os.R_OK)
    except OSError:
        return False


@cache
def _read(directory: Path, name: str) -> bytes:
    try:
        return (directory / f"{name}.key").read_bytes()
    except OSError as error:
        raise KeyMissing(name) from error


def _write_new(path: Path, content: bytes) -> bool:
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return False
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    return True
