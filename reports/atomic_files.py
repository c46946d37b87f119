"""Files put in place whole: written beside, synced, renamed."""

from __future__ import annotations

import os
import secrets
import shutil
from pathlib import Path

Files = dict[str, bytes]


def put_folder(target: Path, files: Files) -> None:
    """Put a whole folder in place of another. A run that breaks off leaves the old one, or none, never a mixture."""
    target.parent.mkdir(parents=True, exist_ok=True)
    fresh = target.with_name(f".{target.name}.{secrets.token_hex(4)}")
    aside = target.with_name(f".{target.name}.before")
    for left_over in target.parent.glob(f".{target.name}.*"):
        shutil.rmtree(left_over, ignore_errors=True)
    for name, content in files.items():
        _write(fresh / name, content)
    for folder in {(fresh / name).parent for name in files}:
        _sync(folder)
    if target.exists():
        target.rename(aside)
    fresh.rename(target)
    _sync(target.parent)
    shutil.rmtree(aside, ignore_errors=True)


def put_file(path: Path, content: bytes) -> None:
    """Replace one file in one step, unless it says the same already."""
    if path.is_file() and path.read_bytes() == content:
        return
    fresh = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    _write(fresh, content)
    fresh.replace(path)
    _sync(path.parent)


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _sync(folder: Path) -> None:
    """Make the names in a folder outlive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
