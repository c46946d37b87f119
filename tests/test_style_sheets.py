"""The style sheets: what must hold for drawings in the system's colours, and where figures of equal width stand."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

SHEETS = Path(__file__).resolve().parent.parent / "static" / "css"
TOKENS = (SHEETS / "tokens.css").read_text()
SYSTEM = {"Canvas", "CanvasText", "GrayText", "Highlight", "Mark"}
#: Columns, ticking clocks and codes that are compared sign by sign. In prose "26 1" would stand for 261.
EQUAL_WIDTH = {
    "table .num",
    ".count",
    ".minutes",
    ".num[data-clock]",
    ".code",
    ".figures .n",
    ".places .n",
    ".ring text",
}


def system_colours() -> dict[str, str]:
    block = re.search(r"@media \(forced-colors: active\) \{\s*:root \{(.*?)\}", TOKENS, re.DOTALL)
    return dict(re.findall(r"--([a-z0-9-]+): (\w+);", block[1] if block else ""))


@pytest.mark.parametrize("sheet", ["month.css", "ranking.css", "overview.css"])
def test_in_forced_colours_every_colour_of_a_drawing_is_one_of_the_systems(sheet):
    painted = re.findall(
        r"(?:fill|stroke): (?:color-mix\(.*?\)|[^;]*?var\(--([a-z0-9-]+)\))", (SHEETS / sheet).read_text()
    )
    told = system_colours()
    names = set(filter(None, painted))
    assert names
    assert {name: told.get(name) for name in names if told.get(name) not in SYSTEM} == {}


def test_figures_of_equal_width_stand_in_columns_clocks_and_codes_only():
    found = set()
    for sheet in SHEETS.glob("*.css"):
        for selectors, body in re.findall(
            r"([^{};]+)\{([^{}]*)\}", re.sub(r"/\*.*?\*/", "", sheet.read_text())
        ):
            if "var(--font-figures)" in body:
                found |= {selector.strip() for selector in selectors.split(",")}
    assert found == EQUAL_WIDTH


def test_a_persons_words_bring_no_second_full_stop_into_a_sentence():
    templates = (SHEETS.parent.parent / "templates").rglob("*.html")
    wrong = []
    for path in templates:
        for head, body in re.findall(
            r"{% blocktranslate ([^%]*)%}(.*?){% endblocktranslate", path.read_text(), re.DOTALL
        ):
            for name, value in re.findall(r"(\w+)=(\S*\.reason\S*)", head):
                if re.search(rf"{{{{ {name} }}}}\.", body) and "without_stop" not in value:
                    wrong.append((path.name, value))
    assert wrong == []
