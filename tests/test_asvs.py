"""docs/asvs.md and docs/threat-model.md name tests that exist, the first every item of level 2."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
TEXT = (ROOT / "docs" / "asvs.md").read_text(encoding="utf-8")
#: Section and number of its items of levels 1 and 2, which come first in each section (OWASP ASVS 5.0.0).
LEVEL_2 = {
    "1.1": 2, "1.2": 9, "1.3": 11, "1.4": 3, "1.5": 2, "2.1": 3, "2.2": 3, "2.3": 4, "2.4": 1, "3.2": 2, "3.3": 4, "3.4": 6,
    "3.5": 5, "3.7": 2, "4.1": 3, "4.2": 1, "4.3": 2, "4.4": 4, "5.1": 1, "5.2": 3, "5.3": 2, "5.4": 3, "6.1": 3, "6.2": 12,
    "6.3": 4, "6.4": 4, "6.5": 5, "6.6": 3, "6.8": 4, "7.1": 3, "7.2": 4, "7.3": 2, "7.4": 5, "7.5": 2, "7.6": 2, "8.1": 2,
    "8.2": 3, "8.3": 1, "8.4": 1, "9.1": 3, "9.2": 4, "10.1": 2, "10.2": 2, "10.3": 4, "10.4": 11, "10.5": 5, "10.6": 2,
    "10.7": 3, "11.1": 2, "11.2": 3, "11.3": 3, "11.4": 4, "11.5": 1, "11.6": 1, "12.1": 3, "12.2": 2, "12.3": 4, "13.1": 1,
    "13.2": 5, "13.3": 2, "13.4": 5, "14.1": 2, "14.2": 4, "14.3": 3, "15.1": 3, "15.2": 3, "15.3": 7, "16.1": 1, "16.2": 5,
    "16.3": 4, "16.4": 3, "16.5": 3,
}  # fmt: skip
WHOLE_CHAPTERS = ("17.x",)


def items() -> list[str]:
    """The item numbers of every row, in their order."""
    rows = re.findall(r"^\| ([^|]*[\dx]) \|", TEXT.replace("**", ""), re.MULTILINE)
    return [item.strip() for row in rows for item in row.split(",")]


@pytest.mark.parametrize(("page", "least"), [("asvs.md", 200), ("threat-model.md", 50)])
def test_every_test_that_is_named_exists(page, least):
    text = (ROOT / "docs" / page).read_text(encoding="utf-8")
    named = set(re.findall(r"`(tests/[\w/]+\.py)::(test_\w+)`", text))
    missing = [
        f"{path}::{name}"
        for path, name in sorted(named)
        if not (ROOT / path).is_file() or f"def {name}(" not in (ROOT / path).read_text(encoding="utf-8")
    ]
    assert len(named) > least
    assert not missing, "\n".join(missing)


def test_every_file_that_is_named_exists():
    files = re.findall(r"`((?:surveys|reports|kbnn_survey|deploy|docs|tests)/[\w./-]+)`", TEXT)
    assert [name for name in files if not (ROOT / name).exists()] == []


def test_no_item_is_listed_twice_and_none_of_level_2_is_missing():
    listed = items()
    assert sorted({item for item in listed if listed.count(item) > 1}) == []
    missing = [
        f"{section}.{n}"
        for section, most in LEVEL_2.items()
        for n in range(1, most + 1)
        if f"{section}.{n}" not in listed and f"{section}.x" not in listed
    ]
    assert missing == []
    assert set(WHOLE_CHAPTERS) <= set(listed)


def test_what_is_bold_is_of_level_3_and_nothing_else_is():
    bold = {
        each
        for row in re.findall(r"^\| ([^|]+) \|", TEXT, re.MULTILINE)
        for each in re.findall(r"\*\*([\d.x]+)\*\*", row)
    }
    plain = set(items()) - bold - set(WHOLE_CHAPTERS)
    assert [each for each in plain if not _is_of_level_2(each)] == []
    assert [each for each in bold if _is_of_level_2(each)] == []


def _is_of_level_2(item: str) -> bool:
    section, _dot, number = item.rpartition(".")
    return section in LEVEL_2 and (number == "x" or int(number) <= LEVEL_2[section])


def test_every_row_says_what_shows_it():
    rows = [line for line in TEXT.splitlines() if re.match(r"^\| (?:\*\*)?\d", line)]
    assert all(len(row.split(" | ")) == 3 and len(row.split(" | ")[2]) > 12 for row in rows)
