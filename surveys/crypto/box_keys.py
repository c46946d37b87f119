"""The files of the box's pair of keys: the public one for whoever takes ballots, the opening ones for the mixer alone.

Two directories, since they belong to two users of the system: the web's ``box-public.key``; the mixer's
``box-open-<key id>.key`` for each pair, its own ``box-public.key`` for the one in force, and ``box-keys.txt``, which
says from when to when each was in force. Days come in as arguments; nothing here reads a setting or a database.
"""

from __future__ import annotations

import os
import secrets
import stat
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from surveys.crypto import envelopes

PUBLIC = "box-public.key"
OPENING = "box-open-{}.key"
REGISTER = "box-keys.txt"
STILL = "-"


class BoxKeyMissing(Exception):
    """A key file is absent, unreadable or of the wrong length."""


class BoxKeyExposed(Exception):
    """A key file, or the directory it lies in, may be read by others or belongs to somebody else."""


@dataclass(frozen=True)
class BoxKey:
    """A line of the register: the public key, and the first and last day it was sealed to (None: still is)."""

    public: bytes
    since: date
    until: date | None = None

    @property
    def key_id(self) -> str:
        return envelopes.key_id(self.public).hex()

    @property
    def fingerprint(self) -> str:
        return envelopes.fingerprint(self.public)

    def __str__(self) -> str:
        return f"{self.key_id} {self.public.hex()} {self.since} {self.until or STILL}"


def public_key(directory: Path) -> bytes:
    """The public key that ballots are sealed to. Raises `BoxKeyMissing`, `BoxKeyExposed`."""
    return _read(directory / PUBLIC)


def write_public_key(directory: Path, public: bytes) -> None:
    """Seal to this key from now on; a process that runs already has to be started anew."""
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    _replace(directory / PUBLIC, public)


def make_pair(directory: Path, *, on: date) -> bytes:
    """The public key in force in the mixer's directory, made with its opening key where there is none yet."""
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    if (directory / PUBLIC).exists():
        return public_key(directory)
    return put_in_force(directory, envelopes.new_opening_key(), on=on)


def rotate(directory: Path, *, on: date) -> bytes:
    """A fresh pair in force; the former opening keys stay for the rows and backups that were sealed to them."""
    return put_in_force(directory, envelopes.new_opening_key(), on=on)


def put_in_force(directory: Path, private: bytes, *, on: date) -> bytes:
    """Open with this key as well, and have everything sealed to it from now on: a fresh one, or one from escrow.

    The opening key is written before anything names it: whatever breaks off in between, no ballot is sealed to a key
    that nobody holds. Returns the public key.
    """
    public = hold(directory, private)
    standing = registered(directory)
    since = next((line.since for line in standing if line.public == public), on)
    ended = [replace(line, until=line.until or on) for line in standing if line.public != public]
    lines = [*ended, BoxKey(public, since)]
    _replace(directory / REGISTER, "".join(f"{line}\n" for line in lines).encode("ascii"))
    _replace(directory / PUBLIC, public)
    return public


def hold(directory: Path, private: bytes) -> bytes:
    """Keep an opening key for what was sealed to it; the one in force stays in force. Returns its public key."""
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    public = envelopes.public_of(private)
    path = directory / OPENING.format(envelopes.key_id(public).hex())
    if not path.exists():
        _write_new(path, private)
    elif _read(path) != private:
        raise ValueError("another opening key has the same key id")
    return public


def opening_key(directory: Path, public: bytes) -> bytes:
    """The private key of one pair, to be printed for escrow. Raises `BoxKeyMissing`, `BoxKeyExposed`."""
    return _read(directory / OPENING.format(envelopes.key_id(public).hex()))


def opener(directory: Path) -> envelopes.Opener:
    """Every opening key that is there. Raises `BoxKeyMissing` without the one in force, `BoxKeyExposed`."""
    present = opening_key(directory, public_key(directory))
    former = [_read(path) for path in _opening_files(directory)]
    return envelopes.Opener({present, *former})


def registered(directory: Path) -> list[BoxKey]:
    """Every pair that was ever in force here, oldest first, those with a destroyed opening key too."""
    try:
        rows = [line.split(" ") for line in (directory / REGISTER).read_text("ascii").splitlines()]
    except FileNotFoundError:
        return []
    return [
        BoxKey(
            bytes.fromhex(public),
            date.fromisoformat(since),
            None if until == STILL else date.fromisoformat(until),
        )
        for _key_id, public, since, until in rows
    ]


def destroy_former(directory: Path, *, before: date, needed: Sequence[str] = ()) -> list[str]:
    """Destroy the opening keys whose last day lies before a day, so that no older copy can be opened by anybody.

    ``needed``: key ids that rows still wait under; those stay. Returns the key ids destroyed. What a file system or a
    copy of the directory has kept of the bytes, this cannot reach.
    """
    kept = {*needed, envelopes.key_id(public_key(directory)).hex()}
    lines = registered(directory)
    over = [line for line in lines if line.until and line.until < before and line.key_id not in kept]
    files = [directory / OPENING.format(line.key_id) for line in over]
    for path in (path for path in files if path.exists()):
        with path.open("r+b") as file:
            file.write(secrets.token_bytes(path.stat().st_size))
            file.flush()
            os.fsync(file.fileno())
        path.unlink()
    return [line.key_id for line in over]


def is_opening_key_readable(directory: Path) -> bool:
    """Whether this process could open waiting ballots, by the rights of the files alone."""
    try:
        files = _opening_files(directory)
    except OSError:
        return False
    return any(_is_readable(path) for path in files)


def _opening_files(directory: Path) -> list[Path]:
    return sorted(path for path in directory.iterdir() if path.match(OPENING.format("*")))


def _is_readable(path: Path) -> bool:
    try:
        path.open("rb").close()
    except OSError:
        return False
    return True


def _read(path: Path) -> bytes:
    """The 32 bytes of a key file that only its owner can read, in a directory that only its owner can write."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
    except OSError as error:
        raise BoxKeyMissing(path.name) from error
    with os.fdopen(descriptor, "rb") as file:
        _check_rights(path.parent.stat(), path.parent)
        _check_rights(os.fstat(file.fileno()), path)
        content = file.read(envelopes.KEY_BYTES + 1)
    if len(content) != envelopes.KEY_BYTES:
        raise BoxKeyMissing(path.name)
    return content


def _check_rights(facts: os.stat_result, path: Path) -> None:
    """The system's root may own a file as well, since nothing is kept from root; as root, any file is one's own."""
    is_own = os.geteuid() == 0 or facts.st_uid in (0, os.geteuid())
    mode = stat.S_IMODE(facts.st_mode)
    is_open = mode & (stat.S_IWGRP | stat.S_IWOTH) or (stat.S_ISREG(facts.st_mode) and mode & 0o077)
    if not is_own or is_open:
        raise BoxKeyExposed(path.name)


def _replace(path: Path, content: bytes) -> None:
    """In one step: a reader finds the old content or the new."""
    fresh = path.with_name(f".{path.name}.new")
    fresh.unlink(missing_ok=True)
    _write_new(fresh, content)
    fresh.replace(path)
    _sync(path.parent)


def _write_new(path: Path, content: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    _sync(path.parent)


def _sync(directory: Path) -> None:
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
