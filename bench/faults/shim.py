"""The log of what a server does to its files, kept by a small library in C between it and the system (`shim.c`)."""

from __future__ import annotations

import os
import shutil
import struct
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bench.faults.place import Failed, Place

HEAD = struct.Struct("<c3xIqq")
#: Kinds of records: the shim's own (made, written, cut to a length, synced, removed), and a client's acknowledgement.
MADE, WRITTEN, CUT, SYNCED, REMOVED, ACKNOWLEDGED = "CWTSUA"


@dataclass(frozen=True)
class Record:
    kind: str
    path: str  # of an acknowledgement: the hash of its receipt
    offset: int = 0
    data: bytes = b""


class Log:
    """Records of one run, in order. ``environment`` makes a server write it; `acknowledge` adds a client's own."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self.path = place.folder.parent / f"{place.folder.name}.shim"
        self.path.touch()
        self._descriptor = os.open(self.path, os.O_WRONLY | os.O_APPEND)

    @property
    def environment(self) -> dict[str, str]:
        return {
            "LD_PRELOAD": str(library("shim", self.place.folder.parent)),
            "SHIM_LOG": str(self.path),
            "SHIM_FOLDER": str(self.place.folder.resolve()),
        }

    def acknowledge(self, receipt_hash: str) -> None:
        path = receipt_hash.encode()
        os.write(self._descriptor, HEAD.pack(ACKNOWLEDGED.encode(), len(path), 0, 0) + path)

    def records(self) -> Iterator[Record]:
        """Those of the database's files and their folder, and the acknowledgements."""
        database, folder = str(self.place.file.resolve()), str(self.place.folder.resolve())
        with self.path.open("rb") as file:
            while head := file.read(HEAD.size):
                kind, length, offset, size = HEAD.unpack(head)
                path, data = file.read(length).decode(), file.read(size)
                if kind == ACKNOWLEDGED.encode() or path.startswith(database) or path == folder:
                    yield Record(kind.decode(), path, offset, data)

    def close(self) -> None:
        os.close(self._descriptor)
        self.path.unlink()


def library(name: str, folder: Path) -> Path:
    """`name`.c compiled into a folder, once. Raises `Failed` where there is no compiler."""
    compiled = folder / f"{name}.so"
    if compiled.exists():
        return compiled
    compiler = shutil.which("cc") or shutil.which("gcc")
    if not compiler:
        raise Failed("needs a C compiler (apt install gcc libc6-dev)")
    source = Path(__file__).with_name(f"{name}.c")
    flags = ["-O2", "-Wall", "-fPIC", "-shared", "-D_LARGEFILE64_SOURCE"]
    subprocess.run([compiler, *flags, "-o", compiled, source, "-ldl"], check=True)
    return compiled
