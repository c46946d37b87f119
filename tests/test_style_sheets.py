"""The style sheets: what must hold for drawings in the system's colours, and where figures of equal width stand."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

SHEETS = Path(__file__).resolve().parent.parent / "static" / "css"
TOKENS = (SHEETS / "tokens.css").read_text()
SYSTEM = {"Canvas", "CanvasText", "GrayText", "Highlight", "Mark"}
#: Columns and ticking clocks. In prose "26 1" would stand for 261, in a code "NVVZE 1" for NVVZE1.
EQUAL_WIDTH = {
    "table .num",
    ".count",
    ".minutes",
    ".num[data-clock]",
    ".figures .n",
    ".places .n",
    ".ring text",
}
#: What customers load keeps to rules that a browser of ten years ago knows; Django's own administration is in no layer,
#: nor is what is set as a paper.
NO_LAYER = {"ballot", "campaign", "tablet", "admin", "slip", "paper-former", "paper-pad", "paper-sheet"}
#: These four are put into their layers by those that import them.
IMPORTED = {"tokens", "base", "components", "print"}
WIDEST = 110


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


def statements(sheet: str) -> Iterator[str]:
    """What a sheet says at its top: blocks with all that is in them, and lines that end by a semicolon."""
    text = re.sub(r"/\*.*?\*/", "", sheet, flags=re.DOTALL)
    depth = begins = 0
    for at, sign in enumerate(text, 1):
        depth += (sign == "{") - (sign == "}")
        if depth == 0 and sign in "};":
            yield text[begins:at].strip()
            begins = at


def test_the_rules_of_every_page_stand_in_a_layer():
    sheets = {path.stem: path.read_text() for path in SHEETS.glob("*.css")}
    assert {*NO_LAYER, *IMPORTED} <= set(sheets)
    beside = [
        f"{name}.css: {statement[:80]}"
        for name, text in sheets.items()
        if name not in NO_LAYER | IMPORTED
        for statement in statements(text)
        if not statement.startswith(("@layer", "@import"))
    ]
    assert beside == []


@pytest.mark.parametrize("sheet", sorted({path.stem for path in SHEETS.glob("*.css")} - NO_LAYER))
def test_no_line_of_a_style_sheet_is_too_long_to_read(sheet):
    lines = (SHEETS / f"{sheet}.css").read_text().split("\n")
    assert [line for line in lines if len(line) > WIDEST and 'url("data:' not in line] == []


def test_figures_of_equal_width_stand_in_columns_and_clocks_only():
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
