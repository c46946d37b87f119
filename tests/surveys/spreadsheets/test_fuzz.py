"""Whatever is sent ends in rows or in complaints, never in an exception.

Random workbooks, random texts, and real files with bytes changed, outside and inside of their packing: two thousand, the
same in every run of the suite, and others each time with ``FUZZ=20000``. A few go through the child process, which must
say the same.
"""

from __future__ import annotations

import io
import os
from collections.abc import Callable
from pathlib import Path
from zipfile import ZipFile

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from surveys.spreadsheets import process
from surveys.spreadsheets.book import Book
from surveys.spreadsheets.complaints import TableRefused
from surveys.spreadsheets.dry_run import dry_run_of
from surveys.spreadsheets.reading import read
from surveys.spreadsheets.tables import QUESTIONS, Filled, read_table, read_tables
from tests.workbooks import ORGANISATIONS, PAST, QUESTIONNAIRE, Styled, Xml, workbook, zipped

FILES = Path(__file__).parents[2] / "files"
REAL = [
    path.read_bytes() for path in sorted(FILES.rglob("*")) if path.is_file() and path.stat().st_size < 20_000
]
PACKED = [content for content in REAL if content.startswith(b"PK")]
HEADINGS = [column.heading for column in (*PAST.columns, *ORGANISATIONS.columns)]
FILES_A_RUN = int(os.environ.get("FUZZ", "2000"))  # over the four kinds
RUN = settings(
    max_examples=FILES_A_RUN // 4, deadline=None, derandomize="FUZZ" not in os.environ, database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
)  # fmt: skip


def outcome(content: bytes, reader: Callable[[bytes], Book] = read) -> list[str]:
    """Everything that the reader says, whichever table the file is taken for."""
    try:
        book = reader(content)
    except TableRefused as refused:
        return [str(each) for each in refused.complaints]
    said: list[str] = []
    for table in (PAST, ORGANISATIONS):
        said += told(lambda table=table: [read_table(book, table, QUESTIONS)])
    return said + told(lambda: list(read_tables(book, QUESTIONNAIRE).values()))


def told(taken: Callable[[], list[Filled]]) -> list[str]:
    try:
        tables = taken()
    except TableRefused as refused:
        return [str(each) for each in refused.complaints]
    said = []
    for filled in tables:
        assert len(filled.rows) + len(filled.complaints) > 0 or filled.table.may_be_empty
        plan = dry_run_of(filled, title="x", key=lambda row: str(row.number))
        said += [str(each) for each in filled.complaints] + [" ".join(row.cells) for row in plan.rows]
    return said


words = st.one_of(
    st.sampled_from(
        [
            *HEADINGS,
            "5/2021",
            "3.809",
            "0,853",
            "KH1",
            "#REF!",
            "Có",
            "=A1",
            "x",
            "",
            "_x000D_",
            "\u200b",
            "Tr­êng",
        ]
    ),
    st.text(max_size=12),
)
formats = st.one_of(
    st.sampled_from(
        ["General", "0.0%", "d-mmm", "mmm-yy", "0000000000", "0.000", "@", "h:mm", "[h]:mm", '"x"0;-0', ";;;"]
    ),
    st.text(
        st.characters(codec="utf-8", exclude_characters="\x00", exclude_categories=["Cc", "Cs"]), max_size=10
    ),
)
numbers = st.one_of(
    st.integers(-10, 60_000), st.floats(), st.sampled_from([3.125, 0.853, 1e300, 45996, 3.7e19])
)
odd = st.sampled_from(
    ['<c r="{r}" t="e"><v>#N/A</v></c>', '<c r="{r}"><f>A1</f></c>', '<c t="s"><v>0</v></c>', '<c r="{r}" t="d"><v>2021-02-30</v></c>',
     '<c r="{r}" s="99"><v>1</v></c>', '<c r="{r}" t="?"><v>1</v></c>', '<c r="{r}"><v>1_0</v></c>', '<c r="{r}" t="inlineStr"/>']
).map(Xml)  # fmt: skip
xml_safe = words.map(lambda text: "".join(each for each in text if each.isprintable()))
cells = st.one_of(
    xml_safe,
    numbers,
    st.booleans(),
    odd,
    st.builds(Styled, st.one_of(xml_safe, numbers), formats, st.sampled_from(["", ".VnTime", "VNI-Times"])),
)
lines = st.lists(st.lists(cells, max_size=7), max_size=6)
headed = st.permutations(HEADINGS[:6]).flatmap(lambda head: lines.map(lambda rest: [head, *rest]))
texts = st.one_of(
    st.binary(max_size=80),
    st.text(max_size=80).map(lambda text: text.encode("utf-8", "surrogatepass")),
    st.builds(
        lambda rows, sign, end, code: end.join(sign.join(row) for row in rows).encode(code, "replace"),
        st.lists(st.lists(words, max_size=7), max_size=6).map(lambda rest: [HEADINGS[6:], *rest]),
        st.sampled_from([";", ",", "\t", "|", ""]),
        st.sampled_from(["\r\n", "\n", "\r", '"\n']),
        st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252", "cp1258"]),
    ),
)  # fmt: skip
edits = st.lists(
    st.tuples(st.integers(0, 2**20), st.binary(max_size=3), st.integers(0, 3)), min_size=1, max_size=6
)


def edited(content: bytes, changes: list[tuple[int, bytes, int]]) -> bytes:
    """Pieces cut out and others put in their place."""
    changed = bytearray(content)
    for at, piece, length in changes:
        at %= len(changed) + 1
        changed[at : at + length] = piece
    return bytes(changed)


def edited_inside(content: bytes, which: int, changes: list[tuple[int, bytes, int]]) -> bytes:
    """One part of a workbook changed, and packed again."""
    with ZipFile(io.BytesIO(content)) as file:
        parts = {name: file.read(name) for name in file.namelist()}
    name = sorted(parts)[which % len(parts)]
    return zipped(parts | {name: edited(parts[name], changes)})


@RUN
@given(st.one_of(lines, headed), st.booleans(), st.booleans())
def test_random_workbooks_end_in_rows_or_complaints(rows, hidden, since_1904):
    content = workbook(
        *rows,
        hidden=["So"] if hidden else [],
        frame=f'<workbookPr date1904="{int(since_1904)}"/>',
        more={"Hai": rows[:2]},
    )
    assert outcome(content)


@RUN
@given(texts)
def test_random_texts_end_in_rows_or_complaints(content):
    assert outcome(content)


@RUN
@given(st.sampled_from(REAL), edits)
def test_real_files_with_bytes_changed_end_in_rows_or_complaints(content, changes):
    assert outcome(edited(content, changes))


@RUN
@given(st.sampled_from(PACKED), st.integers(0, 50), edits)
def test_real_workbooks_with_a_part_changed_end_in_rows_or_complaints(content, which, changes):
    assert outcome(edited_inside(content, which, changes))


@pytest.mark.parametrize("which", range(6))
def test_the_child_says_what_the_reader_says(which):
    content = edited_inside(PACKED[which], which, [(700, b"<c", 3)])
    assert outcome(content, process.read) == outcome(content)
    assert outcome(PACKED[which], process.read) == outcome(PACKED[which])
