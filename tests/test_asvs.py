"""docs/asvs.md names tests that exist, and every item that the threat research asks for."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parent.parent
TEXT = (ROOT / "docs" / "asvs.md").read_text(encoding="utf-8")
ASKED = [
    "1.2.1",
    "1.2.10",
    "2.3.3",
    "2.3.4",
    "2.3.5",
    "2.4.1",
    "2.4.2",
    "3.3.1",
    "3.3.2",
    "3.3.3",
    "3.3.4",
    "3.4.1",
    "3.4.3",
    "3.4.4",
    "3.4.5",
    "3.4.6",
    "3.5.1",
    "3.5.3",
    "6.2.1",
    "6.2.4",
    "6.3.1",
    "7.2.4",
    "7.3.1",
    "8.2.1",
    "8.2.2",
    "11.5.1",
    "14.2.1",
    "14.3.2",
    "15.3.4",
    "15.4.2",
    "16.2.5",
    "16.4.2",
    "16.4.3",
    "16.5.3",
]


def items() -> list[str]:
    """The item numbers of every row, in their order."""
    rows = re.findall(r"^\| ([^|]*\d) *(?:\*\*)? \|", TEXT.replace("**", ""), re.MULTILINE)
    return [item.strip() for row in rows for item in row.split(",")]


def test_every_test_that_is_named_exists():
    named = set(re.findall(r"`(tests/[\w/]+\.py)::(test_\w+)`", TEXT))
    missing = [
        f"{path}::{name}"
        for path, name in sorted(named)
        if not (ROOT / path).is_file() or f"def {name}(" not in (ROOT / path).read_text(encoding="utf-8")
    ]
    assert len(named) > 60
    assert not missing, "\n".join(missing)


def test_every_file_that_is_named_exists():
    files = re.findall(r"`((?:surveys|reports|kbnn_survey|deploy|docs|tests)/[\w./-]+)`", TEXT)
    assert [name for name in files if not (ROOT / name).exists()] == []


def test_no_item_is_listed_twice_and_none_that_was_asked_for_is_missing():
    listed = items()
    assert len(listed) > 120
    assert sorted({item for item in listed if listed.count(item) > 1}) == []
    assert [item for item in ASKED if item not in listed] == []


def test_every_row_says_what_shows_it():
    rows = [line for line in TEXT.splitlines() if re.match(r"^\| (?:\*\*)?\d", line)]
    assert all(len(row.split(" | ")) == 3 and len(row.split(" | ")[2]) > 12 for row in rows)
