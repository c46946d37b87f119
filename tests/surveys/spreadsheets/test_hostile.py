"""Files made to hurt: a sentence, never memory, time or an exception."""

from __future__ import annotations

import io
import json
import os
import resource
import struct
import subprocess
import sys
import tracemalloc
from dataclasses import replace
from pathlib import Path
from zipfile import ZIP_BZIP2, ZIP_LZMA, ZipFile

import pytest

from surveys.spreadsheets import number_formats, process, reading
from surveys.spreadsheets.complaints import TableRefused
from surveys.spreadsheets.limits import MIB, USUAL, Limits
from tests.workbooks import MAIN, sheet_xml, workbook, zipped

BROKEN = "Tệp XLSX không mở được"
COPY = "Hãy chép riêng bảng cần nhập sang một tệp mới."


def said(content: bytes, limits: Limits = USUAL, reader=reading.read) -> str:
    with pytest.raises(TableRefused) as refused:
        reader(content, limits)
    (complaint,) = refused.value.complaints
    return str(complaint)


def with_sheet(xml: str | bytes) -> bytes:
    return workbook(parts={"xl/worksheets/sheet1.xml": xml})


def entity_bomb() -> str:
    entities = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10))
    return f'<!DOCTYPE x [<!ENTITY e0 "ha">{entities}]><worksheet xmlns="{MAIN}">&e9;</worksheet>'


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (lambda: with_sheet(entity_bomb()), f"{BROKEN}: có khai báo DTD."),
        (lambda: with_sheet(f'<!DOCTYPE x SYSTEM "file:///etc/passwd"><worksheet xmlns="{MAIN}"/>'), f"{BROKEN}: có khai báo DTD."),
        (lambda: with_sheet(sheet_xml(" " * (65 * MIB))), f"Tệp giải nén ra lớn quá 64 MB. {COPY}"),
        (lambda: with_sheet("<a>" * 100_000), f"{BROKEN}."),
        (lambda: with_sheet(f'<worksheet a="{"x" * 5_000_000}"/>'), f"{BROKEN}."),
        (lambda: with_sheet(sheet_xml("<row>" + "<c/>" * 20_000 + "</row>")), f"{BROKEN}."),
        (lambda: with_sheet(sheet_xml('<row r="1"><c r="A1"><v>1</v></c><c r="A1"><v>2</v></c></row>')), f"{BROKEN}: ô A1 ghi hai lần."),
        (lambda: with_sheet(sheet_xml('<row r="1"><c r="A2"><v>1</v></c></row>')), f"{BROKEN}."),
        (lambda: with_sheet(sheet_xml('<row r="1"><c r="A1"><v>1e999999999</v></c></row>')), f"{BROKEN}."),
        (lambda: with_sheet(sheet_xml('<row r="1"><c r="A1" t="s"><v>99</v></c></row>')), f"{BROKEN}."),
        (lambda: with_sheet(b"\x00\x01\x02"), f"{BROKEN}."),
        (lambda: with_sheet(f'<?xml version="1.0" encoding="idna"?><worksheet xmlns="{MAIN}"/>'), f"{BROKEN}."),
        (lambda: workbook(parts={"xl/styles.xml": "<x"}), f"{BROKEN}."),
        (lambda: workbook(parts={f"p{n}": "" for n in range(2_100)}), f"{BROKEN}: quá nhiều phần."),
        (lambda: workbook(more={f"s{n}": [] for n in range(60)}), "Tệp có quá 60 trang tính."),
        (lambda: zipped({"a": "b"}), f"{BROKEN}."),
        (lambda: zipped({"word/document.xml": "b"}), "Đây là tệp Word. Hãy chép bảng sang Excel rồi lưu thành “.xlsx”."),
        (lambda: zipped({"mimetype": "a", "content.xml": "b"}), "Tệp kiểu OpenDocument. Mở rồi lưu thành “.xlsx”."),
        (lambda: b"PK\x03\x04 not a workbook", f"{BROKEN}."),
        (lambda: b"PK\x05\x06" + b"\0" * 18, f"{BROKEN}."),
    ],
)  # fmt: skip
def test_a_file_made_to_hurt_is_refused_with_a_sentence(content, sentence):
    assert said(content()) == sentence


@pytest.mark.parametrize("method", [ZIP_BZIP2, ZIP_LZMA])
def test_a_packing_whose_memory_nobody_bounds_is_not_unpacked(method):
    with ZipFile(io.BytesIO(workbook(["x"], ["1"]))) as file:
        parts = {name: file.read(name) for name in file.namelist()}
    assert said(zipped(parts, method)) == f"{BROKEN}."


def test_a_forged_directory_of_sizes_is_not_believed():
    packed = with_sheet(sheet_xml(" " * (65 * MIB)))
    assert len(packed) < MIB
    real, small = struct.pack("<I", len(sheet_xml(" " * (65 * MIB)))), struct.pack("<I", 100)
    assert real in packed
    assert said(packed.replace(real, small)) == f"{BROKEN}."
    honest = workbook(["Mã"], ["KH1"])
    size = len(ZipFile(io.BytesIO(honest)).read("xl/worksheets/sheet1.xml"))
    grown = honest.replace(struct.pack("<I", size), struct.pack("<I", 3 * 1024 * MIB))
    assert reading.read(grown).sheets[0].rows[0][1][0].text == "Mã"


def test_the_same_bytes_under_many_names_count_as_often_as_they_are_read():
    sheet = sheet_xml(" " * (10 * MIB))
    more = {f"s{n}": [] for n in range(9)}
    content = workbook(more=more, parts={f"xl/worksheets/sheet{n}.xml": sheet for n in range(1, 11)})
    assert said(content) == f"Tệp giải nén ra lớn quá 64 MB. {COPY}"


def test_two_cells_at_the_corners_of_a_sheet_cost_two_cells():
    corners = '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    content = workbook(rows_xml={"So": corners})
    assert len(content) < 2_000
    (sheet,) = reading.read(content).sheets
    assert str(sheet.overflow) == "trang “So”, ô XFD1048576 (“1”): Bảng rộng quá 200 cột."


def test_a_cut_or_bent_stream_is_broken():
    whole = workbook(["Mã"], ["KH1"])
    for content in (
        whole[: len(whole) // 2],
        whole[:-30],
        whole.replace(b"xl/workbook.xml", b"xl/workbook.xmm"),
    ):
        assert said(content).startswith(BROKEN)


# ── The child ──────────────────────────────────────────────────────────────────────────


def test_a_child_that_reaches_its_memory_is_ended_and_said():
    many = workbook(*([f"KH{n}", f"Đơn vị {n}"] for n in range(15_000)))
    tight = replace(USUAL, memory=24 * MIB)
    assert said(many, tight, process.read) == f"Đọc tệp này cần quá 24 MB bộ nhớ. {COPY}"
    assert len(process.read(many).sheets[0].rows) == 15_000


def test_a_child_that_reaches_its_processor_time_is_ended_and_said():
    slow = with_sheet(sheet_xml('<row r="1">' + "<x/>" * 3_000_000 + "</row>"))
    tight = replace(USUAL, cpu_seconds=1, elements=10**9)
    assert said(slow, tight, process.read) == f"Đọc tệp này mất quá 1 giây. {COPY}"


def test_a_child_that_takes_too_long_is_ended_and_said():
    assert (
        said(workbook(["Mã"]), replace(USUAL, wall_seconds=0.0), process.read)
        == f"Đọc tệp này mất quá 0 giây. {COPY}"
    )


def test_no_child_outlives_its_file():
    with pytest.raises(TableRefused):
        process.read(workbook(["Mã"]), replace(USUAL, wall_seconds=0.0))
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)


def test_a_hostile_file_costs_this_process_no_memory():
    bomb = with_sheet(sheet_xml(" " * (65 * MIB)))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert said(bomb, USUAL, process.read) == f"Tệp giải nén ra lớn quá 64 MB. {COPY}"
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 4 * 1024


def fat(cells: int, letters: int) -> bytes:
    """One long text, packed once, that so many cells show."""
    shared = f'<sst xmlns="{MAIN}"><si><t>{"ưở" * (letters // 2)}</t></si></sst>'
    rows = "".join(f'<row r="{n}"><c r="A{n}" t="s"><v>0</v></c></row>' for n in range(1, cells + 1))
    return workbook(rows_xml={"So": rows}, parts={"xl/sharedStrings.xml": shared})


@pytest.mark.parametrize("reader", [reading.read, process.read], ids=["reader", "child"])
def test_a_text_that_many_cells_share_counts_as_often_as_it_is_shown(reader):
    content = fat(700, 30_000)
    assert len(content) < 12_000
    assert said(content, USUAL, reader) == f"Tệp có quá nhiều chữ trong các ô. {COPY}"


def test_what_the_child_hands_back_is_bounded_and_what_is_allowed_costs_this_process_little():
    assert said(fat(20, 30_000), replace(USUAL, answer=MIB), process.read).startswith("Tệp có quá nhiều chữ")
    tracemalloc.start()
    try:
        book = process.read(fat(260, 30_000))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert len(book.sheets[0].rows) == 260
    assert peak < 7 * 260 * 30_000  # three bytes a letter, put together once, and then the cells


def test_cells_of_all_sheets_count_together():
    lines = [[n] for n in range(1, 61)]
    more = {f"s{n}": lines for n in range(3)}
    last = reading.read(workbook(*lines, more=more), replace(USUAL, cells=200)).sheets[-1]
    assert str(last.overflow) == "trang “s2”: Bảng có quá 200 ô có chữ."


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"{\\rtf1\\ansi M\xe3}", "Đây là tệp RTF (văn bản). Hãy chép bảng sang Excel rồi lưu thành “.xlsx”."),
        (b"\n\n%PDF-1.7\n1 0 obj", "Đây là tệp PDF. Hãy gửi bảng ở dạng “.xlsx” hoặc CSV."),
        (b'\xef\xbb\xbf \r\n<html xmlns:x="urn:schemas-microsoft-com:office:excel">', "Tệp là trang web hoặc XML mang tên Excel. Mở bằng Excel rồi lưu thành “.xlsx”."),
        ("<table><tr><td>Mã</td></tr></table>".encode("utf-16"), "Tệp là trang web hoặc XML mang tên Excel. Mở bằng Excel rồi lưu thành “.xlsx”."),
        (b"\x89PNG\r\n\x1a\n\0", "Đây là ảnh. Hãy gõ bảng vào Excel; ảnh không đọc được. Hãy gửi bảng ở dạng “.xlsx” hoặc CSV."),
        (b"\0\0\0\x18ftypheic", "Đây là ảnh. Hãy gõ bảng vào Excel; ảnh không đọc được. Hãy gửi bảng ở dạng “.xlsx” hoặc CSV."),
        (b"Rar!\x1a\x07\x01\0", "Đây là tệp nén. Hãy giải nén rồi gửi riêng bảng ở trong."),
        (zipped({"thang 5/so.xlsx": workbook(["Mã"])}), "Đây là tệp nén. Hãy giải nén rồi gửi riêng bảng ở trong."),
        (zipped({"ppt/presentation.xml": "b"}), "Đây là tệp PowerPoint. Hãy chép bảng sang Excel rồi lưu thành “.xlsx”."),
        (zipped({"Index/Document.iwa": "b"}), "Tệp kiểu Numbers. Mở bằng Numbers rồi xuất thành “.xlsx”."),
        (b' [ {"a": 1} ]', "Đây là tệp JSON, không phải bảng. Hãy gửi bảng ở dạng “.xlsx” hoặc CSV."),
    ],
)  # fmt: skip
def test_a_file_of_another_kind_is_named_by_its_first_bytes(content, sentence):
    assert said(content) == sentence


def test_empty_cells_without_end_are_counted_too():
    bomb = with_sheet(sheet_xml("<row/>" * 200_000))
    assert said(bomb, replace(USUAL, elements=100_000)).startswith("Tệp có quá nhiều ô, kể cả ô trống")


def test_the_child_needs_nothing_but_the_standard_library():
    command = [sys.executable, "-S", "-E", "-s", "-m", "surveys.spreadsheets.child", USUAL.as_text()]
    root = Path(__file__).parents[3]
    done = subprocess.run(command, input=b"M\xc3\xa3;T\xc3\xaan", capture_output=True, cwd=root, check=True)
    assert done.stderr == b""
    first, row, verdict = done.stdout.splitlines()
    assert json.loads(row)[1][0][:3] == [1, "t", "Mã"]
    assert (json.loads(first)[2], json.loads(verdict)) == (1, {"sheets": 1})


def test_a_format_of_hundreds_of_hours_is_tried_once_and_not_at_every_length():
    """Counted, not timed: the expression sees a run of one letter as that letter."""
    assert number_formats._RUNS.sub(r"\1", "h" * 232 + "m" * 3) == "hm"
    assert number_formats.shown_by("h" * 232 + ":mm").time
    assert number_formats.shown_by("d/mm/yyyy").month
    assert not number_formats.shown_by("hh:mm").month
