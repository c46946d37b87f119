"""docs/licences.md: every locked package with its version and the licence that its own metadata names.

`python -m bench.licences` writes the file from the lock files and what is installed; `--check` exits 1 when it differs.
"""

from __future__ import annotations

import argparse
import re
import sys
from importlib import metadata
from pathlib import Path

ROOT = Path(__file__).parent.parent
TARGET = ROOT / "docs" / "licences.md"
LOCKS = {
    "requirements.txt": "On every server",
    "requirements-scans.txt": "Where scanned paper is read (optional)",
    "requirements-dev.txt": "For tests and linters only; never installed on a server",
}
PINNED = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^]]*])?==(\S+?)(?=[ ;\\]|$)", re.MULTILINE)
# Whose metadata name no licence; read in the packages' own files.
READ_BY_HAND: dict[str, str] = {"axe-playwright-python": "MIT"}
CARRIED = """
## Carried in the tree
| what | where | licence |
|---|---|---|
| Bootstrap | `static/vendor/bootstrap` | MIT |
| Lucide icons | `static/vendor/lucide` | ISC |
| Be Vietnam Pro | `static/fonts` | OFL 1.1 (`static/fonts/OFL.txt`) |
| Liberation fonts | `static/fonts/liberation` | OFL 1.1 |
"""


def pinned(lock: Path) -> dict[str, str]:
    """Package to version, in the order of the lock file."""
    return dict(PINNED.findall(lock.read_text(encoding="utf-8")))


def licence_of(package: str) -> str:
    """As the package itself says: expression, else classifiers, else the first line of its free text."""
    if package in READ_BY_HAND:
        return READ_BY_HAND[package]
    facts = metadata.metadata(package)
    if said := facts.get("License-Expression"):
        return said
    classed = [
        each.rsplit(" :: ", 1)[-1]
        for each in facts.get_all("Classifier") or []
        if each.startswith("License :: ") and not each.endswith("OSI Approved")
    ]
    free = (facts.get("License") or "").strip().splitlines()
    return ", ".join(classed) or (free[0][:60] if free else "")


def render(root: Path = ROOT) -> str:
    """The whole file. Raises `PackageNotFoundError` for a locked package that is not installed."""
    text = "# Licences\n\nMade by `python -m bench.licences` from the lock files and the installed packages' own metadata.\n"
    listed: set[str] = set()
    for lock, heading in LOCKS.items():
        rows = [(name, version) for name, version in pinned(root / lock).items() if name not in listed]
        listed |= {name for name, _version in rows}
        text += f"\n## {heading}\n| package | version | licence |\n|---|---|---|\n"
        text += "".join(f"| {name} | {version} | {licence_of(name)} |\n" for name, version in rows)
    return text + CARRIED


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true")
    fresh = render()
    if not parser.parse_args().check:
        TARGET.write_text(fresh, encoding="utf-8")
    elif not TARGET.exists() or TARGET.read_text(encoding="utf-8") != fresh:
        sys.exit("docs/licences.md is another one: python -m bench.licences")


if __name__ == "__main__":
    main()
