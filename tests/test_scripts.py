"""What scripts are written in: those of the tablet run on devices of 2017."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

SCRIPTS = Path(__file__).resolve().parent.parent / "static" / "js"
#: Read by the devices of 2017 (Chrome and WebView 60, Safari 10.3).
OF_2017 = ("tablet.js", "receipt.js")
#: What their browsers do not know, though its syntax is old.
LATER = (
    "AbortController",
    "Object.fromEntries",
    "allSettled",
    "flatMap",
    "globalThis",
    "isConnected",
    "matchAll",
    "queueMicrotask",
    "replaceAll",
    "replaceChildren",
    "replaceWith",
    "structuredClone",
    "submitter",
    "trimEnd",
    "trimStart",
    ".at(",
    ".flat(",
    "signal:",
    "keepalive",
    "pathLength",
)


def parsed(script: str):
    """The parser is read where it is asked: it takes a second, and every worker reads this module."""
    import esprima

    try:
        return esprima.parseScript(script)
    except esprima.Error as error:
        raise SyntaxError(str(error)) from error


def nodes(node: object) -> Iterator[object]:
    if isinstance(node, list):
        for each in node:
            yield from nodes(each)
    elif hasattr(node, "type"):
        yield node
        for each in vars(node).values():
            yield from nodes(each)


def of_2017(script: str) -> list[str]:
    """What of a script a browser of 2017 cannot read; the parser knows ECMAScript 2017 and spread properties."""
    try:
        tree = parsed(script)
    except SyntaxError as error:
        return [str(error)]
    spread = [node for node in nodes(tree) if node.type == "ObjectExpression"]
    found = ["spread property" for node in spread if any(p.type == "SpreadElement" for p in node.properties)]
    words = re.sub(r"/\*.*?\*/|//[^\n]*", "", script, flags=re.DOTALL)
    return found + [name for name in LATER if name in words]


@pytest.mark.parametrize("name", OF_2017)
def test_a_device_of_2017_reads_the_script(name):
    assert of_2017((SCRIPTS / name).read_text()) == []


def test_the_way_out_of_a_device_that_cannot_read_it_is_written_for_any_browser():
    script = (SCRIPTS / "tablet-refresh.js").read_text()
    parsed(script)
    assert not re.search(
        r"=>|`|\b(let|const|class|async|await)\b", re.sub(r"/\*.*?\*/", "", script, flags=re.DOTALL)
    )


@pytest.mark.parametrize(
    "later",
    [
        "a?.b",
        "a ?? b",
        "x = {...y}",
        "try { f(); } catch { g(); }",
        "1_000",
        "new AbortController()",
        "list.at(-1)",
    ],
)
def test_what_came_later_is_found(later):
    assert of_2017(later)
