"""The evidence folder of a sealed period, format v1, written so that nobody ever reads half of one.

Source: docs/spec/trust.md §5.

``<root>/<office>/<period>/`` holds the files of the latest version and every version in ``v<n>/``; beside the offices lie
``keys.txt`` and ``verify.py``. A folder is written in full under another name and then renamed.
"""

from __future__ import annotations

import fcntl
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import groupby
from pathlib import Path

from django.conf import settings

from reports.arithmetic.suppression import PERCENT_FROM
from reports.atomic_files import Files, put_file, put_folder
from reports.models import Seal
from reports.publication import silent, verify
from surveys import evidence
from surveys.crypto import keys
from surveys.database import replication
from surveys.evidence import stated
from surveys.models import Ballot, Receipt, VoidMark
from surveys.periods import NotAPeriod, parse_period

SEAL_FILE = verify.FILES["seal"]
FILES = tuple(verify.FILES.values())
KEYS_FILE, VERIFY_FILE = "keys.txt", "verify.py"
#: A period that ends with fewer ballots publishes one signed line.
FULL_FROM = PERCENT_FROM


class NotAsSealed(Exception):
    """What the database holds is not what was sealed: nothing of that period is published."""


@dataclass
class Published:
    """What one run did: seals newly laid out, those that lay there already, and those refused with the reason."""

    written: list[Seal] = field(default_factory=list)
    standing: list[Seal] = field(default_factory=list)
    refused: list[tuple[Seal, str]] = field(default_factory=list)


def default_root() -> Path:
    """Where ``publish`` writes and the public pages read, unless told otherwise."""
    return settings.DATA_DIR / "published"


def publish(root: Path) -> Published:
    """Lay out every sealed period under ``root``; what lies there unchanged is left alone."""
    root.mkdir(parents=True, exist_ok=True)
    with (root / ".lock").open("a") as lock:  # a page and a command may publish at once
        fcntl.flock(lock, fcntl.LOCK_EX)
        return _publish(root)


def _publish(root: Path) -> Published:
    done = Published()
    for versions in sealed_periods():
        last = versions[-1]
        target = folder_of(root, last)
        if _stands(target, versions):
            done.standing.append(last)
            continue
        try:
            content = _folder(versions, standing=target)
            replication.barrier()
            put_folder(target, content)
        except NotAsSealed as error:
            done.refused.append((last, str(error)))
        else:
            done.written.append(last)
    silent.put(root)
    put_file(root / KEYS_FILE, keys_text())
    put_file(root / VERIFY_FILE, Path(verify.__file__).read_bytes())
    return done


def keys_text() -> bytes:
    """The public keys, one a line."""
    return "".join(f"{line}\n" for line in keys.public_keys()).encode("ascii")


def sealed_periods() -> Iterator[list[Seal]]:
    """Every sealed period as its versions in order."""
    seals = Seal.objects.select_related("office").order_by("office__code", "period", "version")
    for _period, versions in groupby(seals, key=lambda seal: (seal.office_id, seal.period)):
        yield list(versions)


def folder_of(root: Path, seal: Seal) -> Path:
    """The folder of a period; a campaign has its own under ``c/``, as its page has."""
    try:
        parse_period(seal.period)
    except NotAPeriod:
        return root / "c" / seal.period / seal.office.code
    return root / seal.office.code / seal.period


def state_of(root: Path, office: str = "") -> tuple[int, ...]:
    """What names the state of the published tree, or of one office's part too: `publish` renames into each of these folders."""
    return tuple(_changed(each) for each in ((root, root / office) if office else (root,)))


def state_of_files(folder: Path) -> tuple[tuple[str, int, int], ...]:
    """The same of every file below a folder, each by name, time and size."""
    files = [(str(path), path.stat()) for path in folder.rglob("*")] if folder.is_dir() else []
    return tuple(sorted((name, facts.st_mtime_ns, facts.st_size) for name, facts in files))


def _changed(folder: Path) -> int:
    try:
        return folder.stat().st_mtime_ns
    except OSError:
        return 0


def is_small(seal: Seal) -> bool:
    """Whether a version has too few ballots for its lists to be shown."""
    return int(stated(seal.text)["ballots"]) < FULL_FROM


def version_files(seal: Seal) -> Files:
    """What one version publishes, read from the database. Raises `NotAsSealed` when that differs from the seal."""
    if is_small(seal):
        line = evidence.small_seal_text(seal.office.code, seal.period, seal.code)
        note = evidence.sign_note(line, keys.seal_key_name(), keys.seal_key())
        return {SEAL_FILE: note.encode("utf-8")}
    lines = stated(seal.text)
    ballots = _ballots(seal, int(lines["audit_size"]))
    marks = VoidMark.objects.filter(ballot__office=seal.office, ballot__period=seal.period)
    names = {row.id for row in ballots}
    codes = [criterion.code for criterion in evidence.stated_criteria(lines["criteria"])]
    lists = {
        "ballots": evidence.ballots_csv(codes, ballots),
        "receipts": evidence.receipts_csv(
            Receipt.objects.of(seal.office).in_period(seal.period).values_list("hash", flat=True)
        ),
        "voids": evidence.voids_csv(
            mark for mark in marks.values_list("ballot_id", "reason") if mark[0] in names
        ),
    }
    for name, content in lists.items():
        if sha256(content).hexdigest() != lines[f"sha256_{name}"]:
            raise NotAsSealed(f"{seal.office.code} {seal.period} v{seal.version}: {verify.FILES[name]}")
    return {
        SEAL_FILE: seal.note.encode("utf-8"),
        **{verify.FILES[name]: content for name, content in lists.items()},
    }


def _ballots(seal: Seal, size: int) -> list[evidence.BallotRow]:
    """The ballots that a version sealed: the first of the audit tree, since a correction only adds."""
    rows = Ballot.objects.of(seal.office).in_period(seal.period).order_by("batch__number", "leaf")
    columns = rows.values_list("leaf", "id", "answers", "x")[:size]
    return [
        evidence.BallotRow(bytes.fromhex(leaf), name, json.loads(answers), x)
        for leaf, name, answers, x in columns.iterator(chunk_size=5000)
    ]


# ── What lies on the disk ──────────────────────────────────────────────────────────────


def _folder(versions: list[Seal], *, standing: Path) -> Files:
    """The whole folder; a version that lies there sound is kept, so that no later key signs a small line anew."""
    files: Files = {}
    for seal in versions:
        place = standing / f"v{seal.version}"
        own = read_folder(place) if is_sound(place, seal) else version_files(seal)
        files |= {f"v{seal.version}/{name}": content for name, content in own.items()}
    return files | own


def _stands(target: Path, versions: list[Seal]) -> bool:
    return is_sound(target, versions[-1]) and all(
        is_sound(target / f"v{seal.version}", seal) for seal in versions
    )


def read_folder(folder: Path) -> Files:
    """The evidence files of one folder."""
    return {name: (folder / name).read_bytes() for name in FILES if (folder / name).is_file()}


def lengths_in(folder: Path) -> dict[str, int]:
    """The bytes of each evidence file of one folder, without reading any."""
    return {name: (folder / name).stat().st_size for name in FILES if (folder / name).is_file()}


def is_sound(folder: Path, seal: Seal) -> bool:
    """Whether a folder holds exactly what this version publishes."""
    files = read_folder(folder)
    if is_small(seal):
        return set(files) == {SEAL_FILE} and _opens(files[SEAL_FILE], seal)
    lines = stated(seal.text)
    return files.get(SEAL_FILE) == seal.note.encode("utf-8") and all(
        sha256(files.get(verify.FILES[name], b"")).hexdigest() == lines[f"sha256_{name}"]
        for name in ("ballots", "receipts", "voids")
    )


def _opens(note: bytes, seal: Seal) -> bool:
    """Whether this is the signed line of a small period."""
    public = {line.name: line.public for line in keys.public_keys()}
    try:
        text = evidence.open_note(note.decode("utf-8"), public)
    except (evidence.EvidenceError, UnicodeDecodeError):
        return False
    return text == evidence.small_seal_text(seal.office.code, seal.period, seal.code)
