"""One spelling a word: the tone mark of "hủy" stands on the u, as in the papers of records clerks."""

from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
# The tables of old fonts name every letter; specifications quote other texts.
EXEMPT = {"tests/test_spelling.py", "tests/surveys/spreadsheets/test_old_fonts.py"}


@pytest.mark.parametrize("folder", ["surveys", "reports", "kbnn_survey", "templates", "static", "tests"])
def test_cancelling_is_spelt_one_way(folder):
    texts = [
        path
        for path in (ROOT / folder).rglob("*")
        if path.suffix in {".py", ".html", ".js", ".po", ".txt"} and str(path.relative_to(ROOT)) not in EXEMPT
    ]
    assert texts
    other = "hu\u1ef7"
    assert [str(path) for path in texts if other in path.read_text(encoding="utf-8").lower()] == []
