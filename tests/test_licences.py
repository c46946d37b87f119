"""The product states its licence, names those of what it carries and installs, and pins every file by its hash."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bench.licences import LOCKS, pinned, render

ROOT = Path(__file__).parent.parent
FONTS = {".woff2", ".ttf"}


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
    assert len(entries) == len(pinned(ROOT / lock)) > 4
    assert [each.split()[0] for each in entries if "--hash=sha256:" not in each] == []


def test_the_product_is_under_the_whole_text_of_its_licence():
    text = (ROOT / "LICENSE").read_text(encoding="utf-8")
    assert text.startswith("EUROPEAN UNION PUBLIC LICENCE v. 1.2\n")
    articles = re.findall(r"^(\d+)\.[A-Z]", text, re.MULTILINE)
    assert articles == [str(number) for number in range(1, 16)]
    assert "Appendix" in text


def test_what_others_made_is_named_with_the_text_of_its_licence():
    listed = (ROOT / "THIRD-PARTY-LICENCES.md").read_text(encoding="utf-8")
    assert [text for text in re.findall(r"]\(([^)]+)\)", listed) if not (ROOT / text).is_file()] == []
    vendored = {folder for folder in (ROOT / "static" / "vendor").iterdir() if folder.is_dir()}
    fonts = {file.parent for file in (ROOT / "static" / "fonts").rglob("*") if file.suffix in FONTS}
    carried = [f"{folder.relative_to(ROOT)}/" for folder in sorted(vendored | fonts)]
    assert len(carried) >= 5
    assert [folder for folder in carried if folder not in listed] == []
