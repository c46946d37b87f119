"""The secrets that stay outside the database and its backups, one 0600 file each.

Source: docs/spec/trust.md §2, §3 and §5.
"""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings

from surveys.periods import local_day

KEY_BYTES = 32
# slip: MACs of codes · receipt: receipts and their proof · box: tags of waiting ballots · seal: Ed25519 private key
# login: what the second factors of staff are encrypted with
NAMES = ("slip", "receipt", "box", "seal", "login")


#: The public half of every key that ever signed, one line each; what ``keys.txt`` publishes.
REGISTER = "seal-keys.txt"
STILL = "-"


@dataclass(frozen=True)
class PublicKey:
    """A line of ``keys.txt``: who signed, the 32 public bytes, the first and the last day (None: signs still)."""

    name: str
    public: bytes
    since: date
    until: date | None = None

    def __str__(self) -> str:
        return f"{self.name} {self.public.hex()} {self.since} {self.until or STILL}"


class KeyMissing(Exception):
    """A key file is absent or unreadable; nothing may be issued, cast or signed without it."""


def slip_key() -> bytes:
    return _read(settings.KEYS_DIR, "slip")


def receipt_key() -> bytes:
    return _read(settings.KEYS_DIR, "receipt")


def box_key() -> bytes:
    return _read(settings.KEYS_DIR, "box")


def login_key() -> bytes:
    return _read(settings.KEYS_DIR, "login")


def seal_key() -> bytes:
    """The 32 bytes of the Ed25519 private key that signs checkpoints and seals."""
    return _read(settings.KEYS_DIR, "seal")


def seal_key_name() -> str:
    """The name beside the signature, as in ``keys.txt``."""
    return _read(settings.KEYS_DIR, "seal-name").decode("ascii").strip()


def former_seal_key() -> tuple[str, bytes] | None:
    """Name and private key of the one before, from a rotation until `forget_former_key`: it signs the next seal too."""
    try:
        return _read(settings.KEYS_DIR, "seal-former-name").decode("ascii").strip(), _read(
            settings.KEYS_DIR, "seal-former"
        )
    except KeyMissing:
        return None


def public_keys() -> list[PublicKey]:
    """Every key that ever signed, oldest first, the present one last. Raises `KeyMissing`."""
    present = _public(seal_key())
    lines = _registered(settings.KEYS_DIR)
    if not any(line.public == present for line in lines):  # made before the register was kept
        made_on = local_day(
            datetime.fromtimestamp((settings.KEYS_DIR / "seal.key").stat().st_mtime).astimezone()
        )
        lines.append(PublicKey(seal_key_name(), present, made_on))
    return lines


def rotate_seal_key(directory: Path, *, name: str, on: date) -> None:
    """Sign with a fresh key from now on; the present one is kept for one signature more, beside the first new seal's.

    Raises ValueError for a name that signed before, or while the last rotation waits for its seal.
    """
    lines = public_keys()
    if any(line.name == name for line in lines):
        raise ValueError(f"{name} has signed before")
    if former_seal_key():
        raise ValueError("the last rotation has no seal yet")
    private = secrets.token_bytes(KEY_BYTES)
    ended = [PublicKey(line.name, line.public, line.since, line.until or on) for line in lines]
    _write(
        directory / REGISTER,
        "".join(f"{line}\n" for line in [*ended, PublicKey(name, _public(private), on)]).encode(),
    )
    for part in ("", "-name"):
        _write(directory / f"seal-former{part}.key", (directory / f"seal{part}.key").read_bytes())
    _write(directory / "seal-name.key", name.encode("ascii"))
    _write(directory / "seal.key", private)
    _read.cache_clear()


def forget_former_key(directory: Path) -> None:
    """Destroy the key before, once a seal carries both signatures."""
    for part in ("", "-name"):
        (directory / f"seal-former{part}.key").unlink(missing_ok=True)
    _read.cache_clear()


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


def _public(private: bytes) -> bytes:
    return Ed25519PrivateKey.from_private_bytes(private).public_key().public_bytes_raw()


def _registered(directory: Path) -> list[PublicKey]:
    try:
        rows = [line.split(" ") for line in (directory / REGISTER).read_text("ascii").splitlines()]
    except FileNotFoundError:
        return []
    return [
        PublicKey(
            name,
            bytes.fromhex(public),
            date.fromisoformat(since),
            None if until == STILL else date.fromisoformat(until),
        )
        for name, public, since, until in rows
    ]


def _write(path: Path, content: bytes) -> None:
    """Replace a file in one step."""
    fresh = path.with_name(f".{path.name}.new")
    fresh.unlink(missing_ok=True)
    _write_new(fresh, content)
    fresh.replace(path)


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
