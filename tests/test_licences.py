"""docs/licences.md lists what the lock files install, and each lock names the hash of every file."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bench.licences import LOCKS, pinned, render

ROOT = Path(__file__).parent.parent


def test_every_locked_package_is_listed_with_its_licence():
    text = (ROOT / "docs" / "licences.md").read_text(encoding="utf-8")
    missing = [
        f"{name} {version}"
        for lock in LOCKS
        for name, version in pinned(ROOT / lock).items()
        if not re.search(rf"^\| {re.escape(name)} \| {re.escape(version)} \| \S.* \|$", text, re.MULTILINE)
    ]
    assert not missing, f"python -m bench.licences: {missing}"


def test_the_list_is_what_the_command_makes():
    assert (ROOT / "docs" / "licences.md").read_text(encoding="utf-8") == render()


@pytest.mark.parametrize("lock", list(LOCKS))
def test_every_package_is_pinned_by_hash(lock):
    entries = re.split(r"\n(?=[A-Za-z0-9])", (ROOT / lock).read_text(encoding="utf-8").strip())
    assert len(entries) > 40
    assert [each.split()[0] for each in entries if "--hash=sha256:" not in each] == []
