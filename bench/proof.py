"""The proof: what is claimed, what shows it, and the figure of its last run, in one table that no one types.

`docs/proof.toml` lists the claims. A bench or a fault calls `record` with the figure it reached; the suite, run with
PROOF=1, notes the tests that a claim names. Both end up in `docs/proof.json`, and `docs/proof.md` is made of the two.
`python -m bench.proof` writes the table; `--check` exits 1 when the table is another one or a named test is not there.
"""

from __future__ import annotations

import argparse
import ast
import fcntl
import json
import os
import sys
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
ENGINES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}
NOT_MEASURED = "not measured"


class UnknownLine(KeyError):
    """A figure was recorded under a key that no line of docs/proof.toml has."""


@dataclass(frozen=True)
class Line:
    """One claim. ``evidence`` names tests (``tests/….py::test_x``) and programs (``bench/….py``); empty: not proven yet."""

    key: str
    part: str
    claim: str
    evidence: tuple[str, ...] = ()
    command: str = ""

    @property
    def tests(self) -> list[str]:
        return [name for name in self.evidence if "::" in name]

    @property
    def programs(self) -> list[str]:
        return [name for name in self.evidence if "::" not in name]


@dataclass(frozen=True)
class State:
    """How a line stands: ``met`` is None while something of its evidence was never run."""

    met: bool | None
    figure: str = NOT_MEASURED
    date: str = ""
    machine: str = ""

    @property
    def verdict(self) -> str:
        return {None: "—", True: "met", False: "**missed**"}[self.met]


def record(key: str, *, figure: str, met: bool, command: str = "", docs: Path = DOCS) -> None:
    """Write down what a run reached, in place of what the last one did, and renew the table. Raises `UnknownLine`."""
    line = next((line for line in read_lines(docs) if line.key == key), None)
    if line is None:
        raise UnknownLine(key)
    with _results(docs) as results:
        results["figures"][key] = {
            "figure": figure,
            "met": met,
            "date": today(),
            "machine": machine(),
            "command": command or line.command,
        }


def note_tests(outcomes: Mapping[str, bool], *, engine: str, docs: Path = DOCS) -> None:
    """Of the tests that ran (node id to passed), note those that a line names; one that failed loses its note."""
    passed = _merged(outcomes)
    named = {name for line in read_lines(docs) for name in line.tests}
    with _results(docs) as results:
        for name in sorted(named & set(passed)):
            notes = results["tests"].setdefault(name, {})
            if passed[name]:
                notes[engine] = today()
            else:
                notes.pop(engine, None)


def read_lines(docs: Path = DOCS) -> list[Line]:
    """The claims in their order. Raises ValueError when two of them share a key."""
    written = tomllib.loads((docs / "proof.toml").read_text(encoding="utf-8"))["line"]
    lines = [Line(**{**entry, "evidence": _listed(entry.get("evidence", []))}) for entry in written]
    keys = [line.key for line in lines]
    if twice := sorted({key for key in keys if keys.count(key) > 1}):
        raise ValueError(f"two lines are called {', '.join(twice)}")
    return lines


def render(docs: Path = DOCS) -> str:
    """The whole table as Markdown."""
    lines, results = read_lines(docs), _read(docs)
    states = {line.key: state_of(line, results) for line in lines}
    met = sum(state.met is True for state in states.values())
    missed = sum(state.met is False for state in states.values())
    text = (
        "# Proof\n\nMade by `python -m bench.proof` from `proof.toml` (the claims) and `proof.json` (what the runs wrote down); "
        "not to be edited.\nA figure is that of the last run, with its day and machine. Tests are noted by `PROOF=1 make test`.\n\n"
        f"{len(lines)} claims: {met} met, {missed} missed, {len(lines) - met - missed} not measured.\n"
    )
    for part in dict.fromkeys(line.part for line in lines):
        text += f"\n## {part}\n| claim | last figure | verdict | evidence | repeat with | measured |\n|---|---|---|---|---|---|\n"
        text += "".join(_row(line, states[line.key]) for line in lines if line.part == part)
    return text


def state_of(line: Line, results: dict) -> State:
    """What the recorded runs say of one line: missed when any of its evidence is, met when all of it is."""
    figure = results["figures"].get(line.key) if line.programs else None
    if figure and not figure["met"]:
        return State(False, figure["figure"], figure["date"], figure["machine"])
    notes = [results["tests"].get(name, {}) for name in line.tests]
    if not line.evidence or not all(notes) or (line.programs and not figure):
        return State(None)
    dates = [date for note in notes for date in note.values()] + ([figure["date"]] if figure else [])
    said = [figure["figure"]] if figure else []
    if notes:
        said.append(f"{len(notes)} {'test passes' if len(notes) == 1 else 'tests pass'} on {_engines(notes)}")
    return State(True, "; ".join(said), min(dates), figure["machine"] if figure else "")


def missing_evidence(docs: Path = DOCS, root: Path = ROOT) -> list[str]:
    """The named tests and programs that are not there."""
    named = {name for line in read_lines(docs) for name in line.evidence}
    return sorted(name for name in named if not _exists(name, root))


def differs(docs: Path = DOCS) -> bool:
    """Whether the table is another one than the claims and the runs give."""
    table = docs / "proof.md"
    return not table.exists() or table.read_text(encoding="utf-8") != render(docs)


def today() -> str:
    return datetime.now(HANOI).date().isoformat()


def machine() -> str:
    """Cores and memory, since a figure without them says little."""
    gigabytes = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"{os.cpu_count()} cores, {gigabytes:.0f} GB"


def _row(line: Line, state: State) -> str:
    evidence = "<br>".join(f"`{name}`" for name in line.evidence)
    command = f"`{line.command}`" if line.command else ""
    measured = ", ".join(filter(None, [state.date, state.machine]))
    cells = [line.claim, state.figure, state.verdict, evidence, command, measured]
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |\n"


def _engines(notes: list[dict]) -> str:
    """On which engines some test of the line passed; a test about one engine runs on that one only."""
    there = {engine for note in notes for engine in note}
    return " and ".join(word for name, word in ENGINES.items() if name in there)


def _merged(outcomes: Mapping[str, bool]) -> dict[str, bool]:
    """By the function: a test with parameters passed when every one of its runs did."""
    passed: dict[str, bool] = {}
    for name, good in outcomes.items():
        function = name.partition("[")[0]
        passed[function] = passed.get(function, True) and good
    return passed


def _listed(evidence: str | list[str]) -> tuple[str, ...]:
    return (evidence,) if isinstance(evidence, str) and evidence else tuple(evidence)


def _exists(name: str, root: Path) -> bool:
    path, *inner = name.split("::")
    if not (root / path).is_file():
        return False
    body = ast.parse((root / path).read_text(encoding="utf-8")).body if inner else []
    for step in inner:
        found = next((node for node in body if getattr(node, "name", None) == step), None)
        if found is None:
            return False
        body = found.body
    return True


def _read(docs: Path) -> dict:
    path = docs / "proof.json"
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {"figures": {}, "tests": {}}


@contextmanager
def _results(docs: Path) -> Iterator[dict]:
    """The recorded runs to be changed in place. Locked, since benches and both halves of the suite may end together."""
    with (docs / "proof.toml").open("rb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        results = _read(docs)
        yield results
        _put(docs / "proof.json", json.dumps(results, indent=1, sort_keys=True, ensure_ascii=False) + "\n")
        _put(docs / "proof.md", render(docs))


def _put(path: Path, text: str) -> None:
    fresh = path.with_name(f".{path.name}.part")
    fresh.write_text(text, encoding="utf-8")
    fresh.replace(path)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.proof", description=__doc__)
    parser.add_argument(
        "--check", action="store_true", help="write nothing; exit 1 when something does not agree"
    )
    if not parser.parse_args().check:
        with _results(DOCS):
            return 0
    problems = [f"docs/proof.toml names {name}, which is not there" for name in missing_evidence()]
    if differs():
        problems.append("docs/proof.md is not what the claims and runs give: python -m bench.proof")
    print("\n".join(problems) or "docs/proof.md is what the claims and runs give")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
