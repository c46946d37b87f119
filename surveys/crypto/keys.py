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

from surveys.crypto import box_keys, envelopes
from surveys.periods import local_day

KEY_BYTES = 32
# slip: MACs of codes · receipt: receipts and their proof · box: tags of waiting ballots · seal: Ed25519 private key
# login: what the second factors of staff are encrypted with
# paper: what two persons have keyed of paper ballots, until it is entered
NAMES = ("slip", "receipt", "box", "seal", "login", "paper")


#: The public half of every key that ever signed seals, one line each; ``keys.txt`` publishes it.
REGISTER = "seal-keys.txt"
#: The same of the mixer's keys, which sign checkpoints; in both directories, since the web looks at them, too.
MIXER_REGISTER = "mix-keys.txt"
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


def box_public_key() -> bytes:
    """What waiting ballots are sealed to; read once a process. Raises `KeyMissing`."""
    return _read_box_public(settings.KEYS_DIR)


def box_opener() -> envelopes.Opener:
    """What opens waiting ballots: the mixer's alone, read anew each time, so that a rotation needs no restart.

    Raises `KeyMissing`.
    """
    try:
        return box_keys.opener(settings.MIX_KEYS_DIR)
    except (box_keys.BoxKeyMissing, box_keys.BoxKeyExposed) as error:
        raise KeyMissing("box-open") from error


def opened_public_key() -> bytes:
    """The public key in force by the mixer's own directory, whose opening key is there. Raises `KeyMissing`."""
    try:
        public = box_keys.public_key(settings.MIX_KEYS_DIR)
        box_keys.opening_key(settings.MIX_KEYS_DIR, public)
    except (box_keys.BoxKeyMissing, box_keys.BoxKeyExposed) as error:
        raise KeyMissing("box-open") from error
    return public


def login_key() -> bytes:
    return _read(settings.KEYS_DIR, "login")


def paper_key() -> bytes:
    return _read(settings.KEYS_DIR, "paper")


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


def mixer_key() -> tuple[str, bytes]:
    """Name and private key that sign checkpoints and what the mixer says of itself: the mixer's alone."""
    name = _read(settings.MIX_KEYS_DIR, "mix-seal-name").decode("ascii").strip()
    return name, _read(settings.MIX_KEYS_DIR, "mix-seal")


def mixer_public_keys() -> list[PublicKey]:
    """Every key that a mixer ever signed with, oldest first; none where checkpoints were signed with the seal's key."""
    return _registered(settings.KEYS_DIR, MIXER_REGISTER)


def public_keys() -> list[PublicKey]:
    """Every key that ever signed: the mixer's, then those of seals, oldest first, the present one last.

    Raises `KeyMissing`.
    """
    return [*mixer_public_keys(), *_seal_public_keys()]


def _seal_public_keys() -> list[PublicKey]:
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
    lines = _seal_public_keys()
    if any(line.name == name for line in public_keys()):
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
    forget()


def forget_former_key(directory: Path) -> None:
    """Destroy the key before, once a seal carries both signatures."""
    for part in ("", "-name"):
        (directory / f"seal-former{part}.key").unlink(missing_ok=True)
    forget()


def make_keys(directory: Path, *, name: str) -> list[str]:
    """Make what is missing and leave what is there; returns the names made. ``name`` signs, e.g. ``kbnn-2026``."""
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    made = [key for key in NAMES if _write_new(directory / f"{key}.key", secrets.token_bytes(KEY_BYTES))]
    _write_new(directory / "seal-name.key", name.encode("ascii"))
    forget()
    return made


def forget() -> None:
    """Read every key file anew at its next use."""
    _read.cache_clear()
    _read_box_public.cache_clear()


def make_mixer_keys(directory: Path, *, name: str, on: date) -> list[str]:
    """The box's pair and the key that signs checkpoints, made where they are missing; what `trust_mixer` must be told.

    ``name`` signs, e.g. ``kbnn-mix-2026``.
    """
    public = box_keys.make_pair(directory, on=on)
    private = secrets.token_bytes(KEY_BYTES)
    if _write_new(directory / "mix-seal.key", private):
        _write_new(directory / "mix-seal-name.key", name.encode("ascii"))
        lines = [*_registered(directory, MIXER_REGISTER), PublicKey(name, _public(private), on)]
        _write(directory / MIXER_REGISTER, "".join(f"{line}\n" for line in lines).encode("ascii"))
    forget()
    return mixer_statement(directory, public=public)


def mixer_statement(directory: Path, *, public: bytes) -> list[str]:
    """What a mixer says of itself to whoever takes ballots: its public box key, and the keys that it signs with."""
    signers = [f"signs {line}" for line in _registered(directory, MIXER_REGISTER)]
    return [f"box {public.hex()}", *signers]


def trust_mixer(directory: Path, statement: list[str]) -> None:
    """Seal to that box key, and take those signatures for the mixer's. Raises ValueError for what is no statement."""
    told = [line.strip().partition(" ") for line in statement if line.strip()]
    boxes = [bytes.fromhex(rest) for word, _blank, rest in told if word == "box"]
    signers = [rest for word, _blank, rest in told if word == "signs"]
    if len(boxes) != 1 or len(boxes[0]) != KEY_BYTES or not signers or len(told) != 1 + len(signers):
        raise ValueError("no statement of a mixer")
    for signer in signers:
        _line_of(signer.split(" "))  # raises ValueError for a line that is none
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    _write(directory / MIXER_REGISTER, "".join(f"{signer}\n" for signer in signers).encode("ascii"))
    box_keys.write_public_key(directory, boxes[0])
    forget()


def make_own_mixer_keys(*, name: str, on: date) -> None:
    """Where one user does both: the mixer's keys, and their public halves beside the web's.

    A public key that is there is left alone, also where it is another pair's: that is for the mixer to notice.
    """
    statement = make_mixer_keys(settings.MIX_KEYS_DIR, name=name, on=on)
    if not (settings.KEYS_DIR / box_keys.PUBLIC).exists():
        trust_mixer(settings.KEYS_DIR, statement)


def unreadable(directory: Path) -> list[str]:
    """The names of key files that cannot be used, for start-up checks and ``/readyz``."""
    names = (*NAMES, box_keys.PUBLIC.removesuffix(".key"))
    return [name for name in names if not _usable(directory / f"{name}.key")]


def _usable(path: Path) -> bool:
    try:
        return path.stat().st_size == KEY_BYTES and os.access(path, os.R_OK)
    except OSError:
        return False


@cache
def _read_box_public(directory: Path) -> bytes:
    try:
        return box_keys.public_key(directory)
    except (box_keys.BoxKeyMissing, box_keys.BoxKeyExposed) as error:
        raise KeyMissing(box_keys.PUBLIC) from error


@cache
def _read(directory: Path, name: str) -> bytes:
    try:
        return (directory / f"{name}.key").read_bytes()
    except OSError as error:
        raise KeyMissing(name) from error


def _public(private: bytes) -> bytes:
    return Ed25519PrivateKey.from_private_bytes(private).public_key().public_bytes_raw()


def _registered(directory: Path, register: str = REGISTER) -> list[PublicKey]:
    try:
        rows = [line.split(" ") for line in (directory / register).read_text("ascii").splitlines()]
    except FileNotFoundError:
        return []
    return [_line_of(row) for row in rows]


def _line_of(row: list[str]) -> PublicKey:
    name, public, since, until = row
    ended = None if until == STILL else date.fromisoformat(until)
    return PublicKey(name, bytes.fromhex(public), date.fromisoformat(since), ended)


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
