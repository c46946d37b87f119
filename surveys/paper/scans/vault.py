"""Where the pictures of a pile lie: encrypted, outside the database and its backups, under a random key of that pile alone.

    SCANS_DIR/<folder>/<name> = nonce (12) | ChaCha20-Poly1305(bytes), associated data "<folder>/<name>"
    SCANS_DIR/<folder>.key    = 32 random bytes; without it the rest is noise

Source: RFC 8439; docs/spec/research/paper-scanning.md §9.
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from django.conf import settings

NONCE = 12


class Gone(Exception):
    """The pictures were destroyed, or lie on another machine."""


@dataclass(frozen=True)
class Vault:
    folder: str

    @classmethod
    def make(cls) -> Vault:
        vault = cls(secrets.token_hex(16))
        settings.SCANS_DIR.mkdir(mode=0o700, parents=True, exist_ok=True)
        vault._place.mkdir(mode=0o700)
        _write(vault._key_file, secrets.token_bytes(32))
        return vault

    @property
    def key(self) -> bytes:
        """Raises `Gone`."""
        try:
            return self._key_file.read_bytes()
        except OSError as error:
            raise Gone from error

    def put(self, name: str, data: bytes) -> None:
        nonce = secrets.token_bytes(NONCE)
        _write(self._place / name, nonce + ChaCha20Poly1305(self.key).encrypt(nonce, data, self._about(name)))

    def get(self, name: str) -> bytes:
        """Raises `Gone`, also for what was changed meanwhile."""
        try:
            raw = (self._place / name).read_bytes()
            return ChaCha20Poly1305(self.key).decrypt(raw[:NONCE], raw[NONCE:], self._about(name))
        except (OSError, InvalidTag, ValueError) as error:
            raise Gone from error

    def has(self, name: str) -> bool:
        return (self._place / name).exists()

    def put_json(self, name: str, facts: Any) -> None:
        self.put(name, json.dumps(facts).encode())

    def get_json(self, name: str) -> Any:
        """Raises `Gone`."""
        return json.loads(self.get(name))

    def names(self, start: str) -> list[str]:
        return sorted(path.name for path in self._place.glob(f"{start}*"))

    def remove(self, name: str) -> None:
        (self._place / name).unlink(missing_ok=True)

    def destroy(self) -> None:
        """The key first: whatever of the files is left on a disk cannot be read again. Once more does nothing."""
        if self._key_file.exists():
            _write(self._key_file, secrets.token_bytes(32))
            self._key_file.unlink()
        shutil.rmtree(self._place, ignore_errors=True)

    @property
    def _place(self) -> Path:
        return settings.SCANS_DIR / self.folder

    @property
    def _key_file(self) -> Path:
        return settings.SCANS_DIR / f"{self.folder}.key"

    def _about(self, name: str) -> bytes:
        return f"{self.folder}/{name}".encode()


def leftovers(known: set[str], *, before: datetime) -> list[str]:
    """Folders and keys that belong to no pile of the database; none younger, which may be of an upload under way."""
    if not settings.SCANS_DIR.is_dir():
        return []
    old = [path for path in settings.SCANS_DIR.iterdir() if path.stat().st_mtime < before.timestamp()]
    return sorted({path.stem for path in old} - known)


def _write(path: Path, data: bytes) -> None:
    """Whole or not at all, for this user alone."""
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    with open(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(data)
    part.replace(path)
