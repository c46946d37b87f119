"""Papers and tables as files: the same words in each, laid out as measured, the same bytes twice, inert whatever was typed."""

from __future__ import annotations

import io
import itertools
import re
import socket
import sys
import zipfile
from dataclasses import replace
from datetime import datetime
from xml.etree import ElementTree

import openpyxl
import pypdf
import pytest
from defusedcsv import csv
from django.urls import reverse
from docx import Document as WordFile
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from docx.table import Table as DocxTable

from reports.arithmetic.counts import Participation
from reports.documents.catalogue import figures_of
from reports.documents.figure_tables import exact, workbook
from reports.documents.material import Directed, FollowUp
from reports.documents.minutes import minutes
from reports.documents.poster import poster
from reports.documents.report import report
from reports.documents.summary import summary
from reports.exports import pdf
from reports.exports.content import Document, Figure, Sheet, cleaned
from reports.exports.csv import COLUMNS, workbook_csv
from reports.exports.docx import document_docx
from reports.exports.drawing import width_of
from reports.exports.pdf import document_pdf as set_in_type
from reports.exports.poster_pdf import poster_pdf
from reports.exports.xlsx import share_form, workbook_xlsx
from reports.models import PaperForm, PaperKind, PaperPerson, Seal, SignedPaper
from reports.month.snapshot import take
from surveys.choices import Role
from surveys.models import AuditEntry
from surveys.periods import MonthRange
from tests import make
from tests.reports.documents.months import AFTERWARDS, APRIL, MAY, facts_of, fill, seal
from tests.reports.exports.reading import Piece, left_over, pieces_of, squeezed, text_of_docx, text_of_pdf

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.one_engine,
    pytest.mark.skipif(
        not pdf.is_available(), reason="no Pango on this machine (apt install libpango-1.0-0)"
    ),
]

NATION, MOTTO = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc"
CLOSE = 0.3  # millimetres


@pytest.fixture
def counter():
    """Of an office that bears the same name in every test: so its papers are the same, and `document_pdf` knows them."""
    return make.counter("Q1", of=make.department(of=make.office("TINH"), code="TINH-KT"))


@pytest.fixture
def signed(office, counter, kind):
    """A sealed May with everything that a paper can bear."""
    fill(counter, kind, APRIL, satisfied=50)
    fill(counter, kind, MAY, satisfied=59, dissatisfied=1)
    seal(office, APRIL)
    seal(office, MAY)
    common = {"parent": "Kho bạc Nhà nước Hòa Bình", "issuer": "Phòng Kế toán Nhà nước", "place": "Hòa Bình"}
    form = PaperForm.objects.create(
        office=office, kind="minutes", symbol="BB-KTNN", room="Phòng họp", **common
    )
    for part, name in (
        ("chair", "Đinh Công Thành"),
        ("secretary", "Quách Thị Hà"),
        ("witness", "Bùi Thị Nguyệt"),
    ):
        PaperPerson.objects.create(form=form, part=part, address="Bà", name=name)
    for paper_kind in ("report", "summary"):
        PaperForm.objects.create(
            office=office,
            kind=paper_kind,
            symbol="BC-KTNN",
            sent_to="Ban Lãnh đạo",
            bases="Quyết định số 2537/QĐ-KBNN",
            recipients="Các phòng\nLưu: VT, KTNN",
            authority="KT. TRƯỞNG PHÒNG\nPHÓ TRƯỞNG PHÒNG",
            signer="Đinh Công Thành",
            **common,
        )
    return office


def papers_of(office, **more) -> list[Document]:
    follow_up = FollowUp(
        ("Có 01 ý kiến.",), (Directed("Thêm người", "Phòng Kế toán", "31/5/2023", "Hoàn thành"),)
    )
    return [
        minutes(facts_of(office, paper=PaperKind.MINUTES, **more)),
        report(facts_of(office, follow_up=follow_up, **more)),
        summary(facts_of(office, MonthRange(APRIL, MAY), **more)),
    ]


_set: dict[str, bytes] = {}


def document_pdf(paper: Document) -> bytes:
    """Set once in this module: most tests read the same few papers, and setting one takes as long as ten of them."""
    wording = repr(paper)
    if wording not in _set:
        _set[wording] = set_in_type(paper)
    return _set[wording]


# ── The same words ─────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("place", [0, 1, 2])
def test_pdf_and_docx_say_every_word_and_figure_of_the_paper_in_order_and_no_other_figure(signed, place):
    paper = papers_of(signed)[place]
    in_pdf = left_over(text_of_pdf(document_pdf(paper)), paper)
    in_docx = left_over(text_of_docx(document_docx(paper)), paper)

    for rest in (in_pdf, in_docx):
        assert not re.search(r"\d", rest)
        assert squeezed(NATION) in rest
        assert squeezed(MOTTO) in rest
        assert "Nơinhận:" in rest


def test_workbook_and_list_hold_every_figure_of_the_snapshot(signed):
    book = workbook(take(office=signed, stretch=MAY, now=AFTERWARDS))
    sheets = openpyxl.load_workbook(io.BytesIO(workbook_xlsx(book)))
    lines = list(csv.DictReader(io.StringIO(workbook_csv(book).decode("utf-8-sig"))))
    listed = {(line["bang"], line["dong"], line["chi_tieu"]): line for line in lines}

    assert sheets.sheetnames == ["Nguồn", *(sheet.title for sheet in book.sheets)]
    for sheet in book.sheets:
        rows = list(sheets[sheet.title].iter_rows(values_only=True))
        assert rows[0] == (sheet.first, *sheet.columns)
        for row, (name, figures) in zip(rows[1:], sheet.rows, strict=False):
            assert row[0] == name
            for value, title, told in zip(row[1:], sheet.columns, figures, strict=True):
                line = listed[sheet.title, name, title]
                assert line["chu_in"] == told.text
                assert line["so"] == ("" if told.number is None else str(told.number))
                assert value == (told.text if told.number is None else pytest.approx(float(told.number)))


def test_ballots_that_cannot_be_told_apart_have_no_bounds_over_slips_of_other_rows(signed):
    month = take(office=signed, stretch=MAY, now=AFTERWARDS)
    merged = replace(month.procedures[0], code="", name="Không tách được", participation=Participation())
    book = workbook(replace(month, procedures=(merged,)))
    sheet = next(sheet for sheet in book.sheets if sheet.title == "Thủ tục")
    ((_name, figures),) = sheet.rows
    told = dict(zip(sheet.columns, figures, strict=True))
    assert told["Hài lòng"].number == 59
    assert told["Trên mọi phiếu phát ra: hài lòng từ"].number is None


def test_the_workbook_names_its_sources_and_the_seal(signed):
    month = take(office=signed, stretch=MAY, now=AFTERWARDS)
    page = openpyxl.load_workbook(io.BytesIO(workbook_xlsx(workbook(month, seals=month.seals))))["Nguồn"]
    said = "\n".join(str(cell) for row in page.iter_rows(values_only=True) for cell in row if cell)

    assert "7c1f09ae52d4b83e (phiên bản 1)" in said
    assert "sổ phát phiếu" in said


def test_the_workbook_of_a_stretch_names_every_seal_in_it(signed):
    """A quarter whose months are sealed says so once, with the code of each, and never also that it is not."""
    stretch = MonthRange(APRIL, MAY)
    book = figures_of(take(office=signed, stretch=stretch, now=AFTERWARDS))
    assert Seal.objects.of(signed).count() >= 1
    assert all(f"{seal.period}: {seal.code}" in book.seal_code for seal in Seal.objects.of(signed))
    assert "Chưa niêm phong" not in book.seal_code


def test_numbers_are_numbers_and_shares_look_as_printed(signed):
    book = workbook(take(office=signed, stretch=MAY, now=AFTERWARDS))
    page = openpyxl.load_workbook(io.BytesIO(workbook_xlsx(book)))["Tổng hợp"]
    titles = [cell.value for cell in page[1]]
    rate, share, issued = (
        page[2][titles.index(title)] for title in ("Tỷ lệ thu về", "Tỷ lệ hài lòng", "Phát ra")
    )

    assert (issued.data_type, issued.value, issued.number_format) == ("n", 66, "#,##0")
    assert (rate.value, rate.number_format) == (pytest.approx(60 / 66), "0%")
    assert (share.value, share.number_format) == (pytest.approx(59 / 60), "0.0%")


def test_ends_of_bounds_and_intervals_are_numbers_rounded_outwards_and_nothing_stands_wide_of_a_page(signed):
    book = workbook(take(office=signed, stretch=MAY, now=AFTERWARDS))
    pages = openpyxl.load_workbook(io.BytesIO(workbook_xlsx(book)))
    titles = [cell.value for cell in pages["Tổng hợp"][1]]
    row = dict(zip(titles, pages["Tổng hợp"][2], strict=True))
    ends = [row[f"Trên mọi phiếu phát ra: hài lòng {end}"] for end in ("từ", "đến")]
    assert [(end.value, end.number_format) for end in ends] == [(0.893, "0.0%"), (0.985, "0.0%")]
    assert ends[0].value <= 59 / 66
    assert ends[1].value >= 65 / 66
    low, high = (row[f"Nếu mỗi phiếu là một ý kiến riêng: {end}"] for end in ("từ", "đến"))
    assert (low.number_format, high.number_format) == ("0.00%", "0.00%")
    for page in pages:
        assert page.sheet_properties.pageSetUpPr.fitToPage
        assert (page.page_setup.fitToWidth or 1, page.page_setup.fitToHeight) == (1, 0)
        assert page.title == "Nguồn" or page.print_title_rows == "$1:$1"


@pytest.mark.parametrize(
    ("text", "part", "whole", "form"),
    [
        ("99,9%", 3238, 3240, "0.0%"),
        ("trên 99,9%", 9999, 10000, '"trên 99,9%"'),
        ("dưới 0,1%", 1, 10000, '"dưới 0,1%"'),
        ("100%", 30, 30, "0%"),
        ("85%", 3240, 3809, "0%"),
        ("49,9%", 1001, 2002, '"49,9%"'),  # printed so that two shares add up, not by rounding alone
    ],
)
def test_an_exact_share_looks_in_its_cell_as_it_is_printed(text, part, whole, form):
    assert share_form(exact(text, part, whole)) == form


def test_the_list_begins_with_the_mark_that_spreadsheets_need(signed):
    made = workbook_csv(workbook(take(office=signed, stretch=MAY, now=AFTERWARDS)))
    assert made.startswith(b"\xef\xbb\xbf" + ",".join(COLUMNS).encode())


# ── Nghị định 30: what is measured ─────────────────────────────────────────────────────


@pytest.fixture
def measured(signed):
    return pieces_of(document_pdf(papers_of(signed)[1]))


def line(pieces, text) -> Piece:
    return next(piece for piece in pieces if piece.text.startswith(text))


def test_nothing_stands_in_the_margins_but_the_page_number(measured):
    body = [piece for piece in measured if piece.y > 15]
    assert min(piece.x for piece in body) >= 30 - CLOSE
    assert min(piece.y for piece in body) >= 20
    assert max(piece.y for piece in body) <= 297 - 20


def test_the_nations_name_stands_on_one_line_beside_the_parent_office(measured):
    nation, parent = line(measured, NATION), line(measured, "KHO BẠC NHÀ\u00a0NƯỚC HÒA BÌNH")
    assert (nation.text, nation.size) == (NATION, 12)
    assert "Bold" in nation.font
    assert nation.y == pytest.approx(parent.y, abs=CLOSE)
    assert nation.x + width_of(NATION, 12, bold=True) / 2 == pytest.approx(30 + 74 + 91 / 2, abs=CLOSE)
    assert width_of(NATION, 12, bold=True) == pytest.approx(87.7, abs=CLOSE)


def test_the_longest_names_of_an_office_keep_clear_of_the_nations(office, counter, kind):
    """Every line of theirs ends at least three millimetres before the nation's name begins, in print and in Word."""
    office.name = (
        "Kho bạc Nhà nước trực thuộc Bộ Tài chính của nước Cộng hòa xã hội chủ nghĩa Việt Nam tại Thành phố "
        "Hồ Chí Minh và các tỉnh lân cận"
    )
    office.save()
    fill(counter, kind)
    paper = minutes(facts_of(office, paper=PaperKind.MINUTES))
    pieces = pieces_of(document_pdf(paper))
    nation = line(pieces, NATION)
    beside = [piece for piece in pieces if piece.x < 100 and piece.y < 60 and piece.text.isupper()]
    assert len(beside) > 3
    for piece in beside:
        assert piece.x + width_of(piece.text, 12, bold=True) <= nation.x - 3, piece.text
    *ours, rule = WordFile(io.BytesIO(document_docx(paper))).tables[0].rows[0].cells[0].paragraphs
    assert all(words.paragraph_format.right_indent.mm >= 1.9 for words in ours)
    room = 74 - rule.paragraph_format.left_indent.mm - rule.paragraph_format.right_indent.mm
    assert room == pytest.approx(0.4 * 70, abs=CLOSE)  # a rule under a wrapped name, not across the column


def test_the_motto_stands_centred_below_in_13_bold(measured):
    motto = line(measured, "Độc lập")
    assert (motto.text, motto.size) == (MOTTO, 13)
    assert width_of(MOTTO, 13, bold=True) == pytest.approx(56.06, abs=CLOSE)
    assert motto.x + 56.06 / 2 == pytest.approx(149.5, abs=CLOSE)


def test_number_and_place_share_a_baseline(measured):
    number, place = line(measured, "Số:"), line(measured, "Hòa Bình,")
    assert number.y == pytest.approx(place.y, abs=CLOSE)
    assert "Italic" in place.font
    assert (number.size, place.size) == (13, 13)


def test_the_title_is_14_bold_in_the_middle_of_the_text(measured):
    title = line(measured, "BÁO CÁO")
    assert title.size == 14
    assert title.x + width_of("BÁO CÁO", 14, bold=True) / 2 == pytest.approx(112.5, abs=CLOSE)


def test_paragraphs_are_13_and_indented_12_7(measured):
    paragraph = line(measured, "2. Trong tháng")
    assert paragraph.size == 13
    assert paragraph.x == pytest.approx(30 + 12.7, abs=CLOSE)


def test_pages_are_numbered_at_the_top_from_the_second_on(measured):
    top = [(piece.page, piece.text, piece.size) for piece in measured if piece.y < 15]
    pages = max(piece.page for piece in measured)
    assert pages > 1
    assert top == [(page, str(page), 13) for page in range(2, pages + 1)]
    number = next(piece for piece in measured if piece.y < 15)
    assert number.x + width_of("2", 13) / 2 == pytest.approx(112.5, abs=CLOSE)


def test_every_letter_is_set_in_the_metric_twin_of_times_new_roman(signed):
    for paper in papers_of(signed):
        fonts = {piece.font.partition("+")[2] for piece in pieces_of(document_pdf(paper))}
        assert fonts
        assert all(font.startswith("Liberation-Serif") for font in fonts)


def test_a_paper_is_a4_tagged_and_says_its_language(signed):
    reader = pypdf.PdfReader(io.BytesIO(document_pdf(papers_of(signed)[1])))
    root = reader.trailer["/Root"]
    assert [round(float(side) * 25.4 / 72) for side in reader.pages[0].mediabox[2:]] == [210, 297]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "vi"


def structure(file: bytes) -> list:
    """Every element of the structure tree, in reading order."""
    found = []

    def walk(element):
        element = element.get_object()
        if isinstance(element, list):
            for each in element:
                walk(each)
        elif isinstance(element, dict) and "/S" in element:
            found.append(element)
            walk(element.get("/K", pypdf.generic.ArrayObject()))

    walk(pypdf.PdfReader(io.BytesIO(file)).trailer["/Root"]["/StructTreeRoot"]["/K"])
    return found


def test_every_figure_says_what_it_shows_every_cell_its_heads_and_nothing_is_declared_that_is_not_true(
    signed,
):
    """Of all papers the report has both a chart and tables with heads over several columns; the poster has drawings."""
    papers = papers_of(signed)
    poster_file = poster_pdf(poster(facts_of(signed, follow_up=FollowUp())))
    for file in (document_pdf(papers[1]), poster_file):
        figures = [element for element in structure(file) if element["/S"] == "/Figure"]
        assert figures
        assert all(element.get("/Alt") for element in figures)
        assert "pdfuaid" not in file.decode("latin-1")
        assert "pdfaid" not in file.decode("latin-1")
    elements = structure(document_pdf(papers[1]))
    heads = {element["/ID"] for element in elements if element["/S"] == "/TH"}
    told = [element["/A"]["/Headers"] for element in elements if element["/S"] == "/TD"]
    below = [each for each in told if each]
    assert len(heads) >= 20
    assert len(below) >= 60
    assert all(head in heads for each in below for head in each)


def test_the_signature_never_stands_alone_on_a_page(signed):
    for count in range(6, 26, 5):
        SignedPaper.objects.update_or_create(
            office=signed,
            kind="report",
            period="2023-05",
            defaults={"tasks": "Tiếp tục phát phiếu\n" * count},
        )
        pieces = pieces_of(document_pdf(papers_of(signed)[1]))
        page = line(pieces, "KT. TRƯỞNG PHÒNG").page
        above = [piece for piece in pieces if piece.page == page and 15 < piece.y < line(pieces, "KT.").y]
        assert len(above) >= 2


@pytest.mark.parametrize(
    ("names", "rows"),
    [
        (("Lê An", "Bùi Văn Minh"), [["Lê An", "Bùi Văn Minh"]]),
        (
            ("Bùi Thị Nguyệt", "Công Tằng Tôn Nữ Thị Minh Khai"),
            [["Bùi Thị Nguyệt"], ["Công Tằng Tôn Nữ Thị Minh Khai"]],
        ),
    ],
)
def test_names_that_do_not_stand_beside_each_other_stand_below_with_room_for_a_pen(signed, names, rows):
    form = PaperForm.objects.get(office=signed, kind="minutes")
    form.people.filter(part="witness").delete()
    PaperPerson.objects.create(form=form, part="member", address="Ông", name="Hà Văn Tám")
    for place, name in enumerate(names):
        PaperPerson.objects.create(form=form, part="witness", address="Bà", name=name, position=place)
    paper = minutes(facts_of(signed, paper=PaperKind.MINUTES))

    words = squeezed("".join(names))
    found = [
        piece
        for piece in pieces_of(document_pdf(paper))
        if squeezed(piece.text) in words and "Bold" in piece.font
    ]
    assert all(piece.x + width_of(piece.text, 13, bold=True) <= 195 + CLOSE for piece in found)
    heights = sorted({round(piece.y, 1) for piece in found})
    assert len(heights) == len(rows)
    assert all(below - above > 24 for above, below in itertools.pairwise(heights))

    cell = WordFile(io.BytesIO(document_docx(paper))).tables[-2].rows[0].cells[-1]
    signs = [each for each in cell.paragraphs if round(each.paragraph_format.space_before / Mm(1)) == 24]
    assert [each.text.split("\u2003") for each in signs] == rows


def test_a_draft_bears_the_word_across_every_page(office, counter, kind):
    fill(counter, kind)
    paper = report(facts_of(office))
    pieces = pieces_of(document_pdf(paper))
    marks = [piece.page for piece in pieces if piece.text == "DỰ THẢO"]

    assert marks == list(range(1, max(piece.page for piece in pieces) + 1))
    with zipfile.ZipFile(io.BytesIO(document_docx(paper))) as parts:
        headers = [parts.read(name).decode() for name in parts.namelist() if "header" in name]
    assert len(headers) == 2
    assert all('string="DỰ THẢO"' in header for header in headers)


def test_a_sealed_paper_bears_no_such_word(signed):
    with zipfile.ZipFile(io.BytesIO(document_docx(papers_of(signed)[1]))) as parts:
        assert not any("THẢO".encode() in parts.read(name) for name in parts.namelist())


# ── The editable twin ──────────────────────────────────────────────────────────────────


def test_the_docx_has_the_margins_and_a_page_number_from_the_second_page_on(signed):
    section = WordFile(io.BytesIO(document_docx(papers_of(signed)[1]))).sections[0]
    sides = (section.top_margin, section.bottom_margin, section.left_margin, section.right_margin)

    assert [round(side / Mm(1)) for side in sides] == [20, 20, 30, 15]
    assert (round(section.page_width / Mm(1)), round(section.page_height / Mm(1))) == (210, 297)
    assert section.different_first_page_header_footer
    assert 'w:instr="PAGE"' in section.header._element.xml
    assert "PAGE" not in section.first_page_header._element.xml


def test_the_docx_is_made_of_styles_in_times_new_roman(signed):
    doc = WordFile(io.BytesIO(document_docx(papers_of(signed)[1])))
    used = {paragraph.style.name for paragraph in doc.paragraphs}

    assert {"Title", "Subtitle", "Heading 1", "Heading 2", "Body Text", "Caption", "Căn cứ"} <= used
    assert (doc.styles["Normal"].font.name, doc.styles["Normal"].font.size) == ("Times New Roman", Pt(13))


def test_the_docx_is_vietnamese_and_says_who_made_it(signed):
    file = zipfile.ZipFile(io.BytesIO(document_docx(papers_of(signed)[1])))
    app = file.read("docProps/app.xml").decode()
    assert ("kbnn-survey" in app, "Microsoft" in app) == (True, False)
    parts = {name: file.read(name).decode() for name in file.namelist() if name.endswith(".xml")}
    assert set(re.findall(r'w:lang w:val="([^"]+)"', parts["word/styles.xml"])) == {"vi-VN"}
    assert not [name for name, text in parts.items() if re.search(r"en-US|ja-JP", text)]


def test_tables_of_the_docx_repeat_their_head_and_tear_no_row(signed):
    doc = WordFile(io.BytesIO(document_docx(papers_of(signed)[1])))
    tables = [table for table in doc.tables if table.style.name == "Table Grid"]

    assert len(tables) == 4
    for table in tables:
        assert table.rows[0]._tr.xpath("./w:trPr/w:tblHeader")
        assert all(row._tr.xpath("./w:trPr/w:cantSplit") for row in table.rows)


def test_notes_of_the_docx_stay_with_their_table_and_what_announces_a_table_with_it(signed):
    paper = papers_of(signed)[0]
    doc = WordFile(io.BytesIO(document_docx(paper)))
    blocks = list(doc.iter_inner_content())
    noted = [
        block
        for block, behind in itertools.pairwise(blocks)
        if isinstance(block, DocxTable) and getattr(behind, "style", None) == doc.styles["Ghi chú bảng"]
    ]
    assert noted
    for table in noted:
        assert all(cell.paragraphs[0].paragraph_format.keep_with_next for cell in table.rows[-1].cells)
    announcing = [words for words in doc.paragraphs if words.text.endswith("như sau:")]
    assert announcing
    assert all(words.paragraph_format.keep_with_next for words in announcing)


def test_pictures_of_the_docx_stand_close_and_say_what_they_show(signed):
    doc = WordFile(io.BytesIO(document_docx(papers_of(signed)[1])))
    inlines = list(doc.element.iter(qn("wp:inline")))

    assert [node.docPr.get("descr")[:11] for node in inlines] == ["tháng 4/202", "Mã QR"]
    assert all({node.get(f"dist{side}") for side in "TBLR"} == {"0"} for node in inlines)


# ── The same bytes ─────────────────────────────────────────────────────────────────────


def test_what_is_made_twice_is_the_same_to_the_byte(signed, monkeypatch):
    month = take(office=signed, stretch=MAY, now=AFTERWARDS)
    sheet, book = poster(facts_of(signed)), workbook(month, seals=month.seals)

    def made():
        files = [write(paper) for paper in papers_of(signed) for write in (set_in_type, document_docx)]
        return [*files, poster_pdf(sheet), poster_pdf(sheet, "A4"), workbook_xlsx(book), workbook_csv(book)]

    first = made()
    monkeypatch.setattr("time.localtime", lambda *_args: datetime(2031, 1, 1).timetuple())
    assert made() == first


def test_the_files_are_dated_by_the_seal(signed):
    paper = papers_of(signed)[0]
    assert pypdf.PdfReader(io.BytesIO(document_pdf(paper))).metadata["/CreationDate"].startswith("D:20230605")
    assert WordFile(io.BytesIO(document_docx(paper))).core_properties.created.day == 5


# ── Hostile words ──────────────────────────────────────────────────────────────────────

SHORT = [
    "<b>đậm</b>",
    "</para></p></td><script>alert(1)</script>",
    '<img src="file:///etc/passwd"><img src=http://192.0.2.1/x.png>',
    "=1+1",
    "@SUM(A1:A9)",
    "{{ 7|add:7 }}{% now 'Y' %}",
    "a\x00b\x07c\x1b[31m",
    "d\ud800e\udfff\ufffe",
    "\u202egnort\u202c\u200f\u2066x",
]
LONG = ["x" * 40_000, "từ " * 13_334]


def hostile_facts(office, text, paper=PaperKind.REPORT):
    """Facts with the words in every field that somebody types."""
    facts, short = facts_of(office, paper=paper), text[:300]  # a field of one line holds no more
    typed = (
        "parent",
        "issuer",
        "issuer_name",
        "symbol",
        "place",
        "sent_to",
        "authority",
        "signer",
    )
    facts.form.bases = facts.form.recipients = short
    for name in (*typed, "decision", "room"):
        setattr(facts.form, name, short)
    facts.signed.opinions = facts.signed.tasks = text
    facts.signed.boxes = short
    person = PaperPerson(part="chair", address="Ông", name=short, title=short)
    facts.form.those = lambda part: [person]
    month = replace(
        facts.month,
        counters=tuple(replace(group, name=short) for group in facts.month.counters),
        procedures=tuple(replace(group, name=short) for group in facts.month.procedures),
    )
    month.office.name = short
    follow_up = FollowUp((short,), (Directed(short, short, short, short),), ((text, "Đã làm", text, short),))
    return replace(facts, month=month, notes=(short,), voids=((short, 1),), follow_up=follow_up)


@pytest.fixture
def no_network(monkeypatch):
    def refuse(*_args):
        raise AssertionError("a connection to the outside")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)


@pytest.mark.parametrize("text", [" · ".join(SHORT), *LONG], ids=["all", "endless", "long"])
@pytest.mark.parametrize("make_paper", [minutes, report])
def test_hostile_words_are_printed_as_words_and_do_nothing(signed, no_network, make_paper, text):
    kind = PaperKind.MINUTES if make_paper is minutes else PaperKind.REPORT
    paper = make_paper(hostile_facts(signed, text, kind))
    made, editable = document_pdf(paper), document_docx(paper)

    reader = pypdf.PdfReader(io.BytesIO(made))
    assert not any(page.get("/Annots") for page in reader.pages)
    assert not {"/OpenAction", "/AA", "/Names", "/AcroForm"} & set(reader.trailer["/Root"])
    left_over(text_of_docx(editable), paper)
    if text not in LONG:
        assert squeezed(cleaned(text)) in text_of_pdf(made).replace("\u200b", "")
    with zipfile.ZipFile(io.BytesIO(editable)) as parts:
        for name in parts.namelist():
            if name.endswith((".xml", ".rels")):
                tree = ElementTree.fromstring(parts.read(name))  # noqa: S314 - made by us a moment ago
                assert not [node for node in tree.iter() if node.get("TargetMode") == "External"]


@pytest.mark.parametrize("text", [*SHORT, *LONG], ids=range(len(SHORT) + len(LONG)))
def test_hostile_words_in_tables_are_no_formulas(signed, no_network, text):
    book = workbook(take(office=signed, stretch=MAY, now=AFTERWARDS))
    sheet = Sheet("x", "Bảng", text, (text,), ((text, (Figure(text),)),), (text,))
    book = replace(book, office=text, title=text, sources=(text,), sheets=(sheet,))
    cells = [
        cell
        for page in openpyxl.load_workbook(io.BytesIO(workbook_xlsx(book)))
        for row in page.iter_rows()
        for cell in row
        if cell.value is not None
    ]
    rows = list(csv.reader(io.StringIO(workbook_csv(book).decode("utf-8-sig"))))

    assert {cell.data_type for cell in cells} <= {"s", "inlineStr"}
    assert cleaned(text)[:30_000] in cells[0].value
    assert not any(cell.startswith(("=", "+", "-", "@")) for row in rows for cell in row)
    assert not any("\x00" in cell or "\u202e" in cell for row in rows for cell in row)


@pytest.mark.parametrize("text", [" · ".join(SHORT), LONG[0]], ids=["all", "endless"])
def test_hostile_words_on_the_poster_do_nothing(signed, no_network, text):
    reader = pypdf.PdfReader(io.BytesIO(poster_pdf(poster(hostile_facts(signed, text)))))
    assert len(reader.pages) == 1
    assert not reader.pages[0].get("/Annots")


@pytest.mark.parametrize(
    "address",
    [
        "file:///etc/passwd",
        "http://192.0.2.1/x.ttf",
        "https://192.0.2.1/x.ttf",
        "data:text/html,x",
        "ftp://192.0.2.1/x.ttf",
        f"{pdf.FONTS.as_uri()}/../../manage.py",
        f"{pdf.FONTS.as_uri()}/OFL.txt",
        f"{pdf.FONTS.as_uri()}/../x.ttf",
    ],
)
def test_the_setter_of_type_fetches_our_own_fonts_and_nothing_else(address, no_network):
    with pytest.raises(ValueError, match="not ours"):
        pdf._fetcher().fetch(address)


def test_our_own_fonts_are_fetched():
    assert pdf._fetcher().fetch(f"{pdf.FONTS.as_uri()}/liberation/LiberationSerif-Bold.ttf")


# ── Size ───────────────────────────────────────────────────────────────────────────────


def test_an_office_of_thirty_counters_and_twelve_procedures_prints_whole(office, counter):
    kinds = [make.procedure(f"P{n}") for n in range(12)]
    counters = [counter, *(make.counter(f"Q{n}", of=counter.office) for n in range(2, 31))]
    for place, each in enumerate(counters):
        fill(each, kinds[place % 12], satisfied=35)
    paper = report(facts_of(office))

    assert left_over(text_of_docx(document_docx(paper)), paper)
    text = text_of_pdf(document_pdf(paper))
    assert all(squeezed(each.name) in text for each in counters)


def test_the_poster_is_one_sheet_of_either_size(signed):
    sheet = poster(facts_of(signed))
    for size, width in (("A3", 297), ("A4", 210)):
        pages = pypdf.PdfReader(io.BytesIO(poster_pdf(sheet, size))).pages
        assert [round(float(page.mediabox[2]) * 25.4 / 72) for page in pages] == [width]


# ── By HTTP ────────────────────────────────────────────────────────────────────────────

FILES = {
    "minutes.pdf": b"%PDF",
    "minutes.docx": b"PK",
    "report.pdf": b"%PDF",
    "report.docx": b"PK",
    "figures.xlsx": b"PK",
    "figures.csv": b"\xef\xbb\xbf",
    "poster.pdf": b"%PDF",
    "poster-a4.pdf": b"%PDF",
}


@pytest.fixture
def leader(client, office):
    client.force_login(make.user(Role.LEADERSHIP, of=office))
    return client


def address(office, file, period="2023-05"):
    return reverse("reports:export", kwargs={"office": office.code, "period": period, "file": file})


@pytest.mark.parametrize(("file", "begins"), FILES.items())
def test_each_file_is_handed_out_as_a_download_and_written_down(signed, leader, file, begins):
    response = leader.get(address(signed, file))

    assert response.status_code == 200
    assert response.content.startswith(begins)
    assert response["Content-Disposition"].startswith("attachment;")
    assert response["Cache-Control"] == "private, no-store"
    entry = AuditEntry.objects.get(action="export")
    assert (entry.subject, entry.office) == (f"{file} 2023-05", signed)


@pytest.mark.parametrize(
    ("period", "file"),
    [
        ("2023-05", "minutes.exe"),
        ("2023-05", ""),
        ("2023-13", "report.pdf"),
        ("2023-05..2022-01", "report.pdf"),
        ("x", "report.pdf"),
        ("2022-06..2023-05", "minutes.pdf"),
        ("0001-01..9999-12", "figures.csv"),
    ],
)
def test_what_is_no_file_or_no_stretch_is_not_found(signed, leader, period, file):
    path = address(signed, "report.pdf", "PERIOD").replace("PERIOD", period).replace("report.pdf", file)
    assert leader.get(path).status_code == 404
    assert not AuditEntry.objects.filter(action="export").exists()


@pytest.mark.parametrize(
    "period", ["2023-05", "2023-Q2", "2023-01..2023-06", "2022-06..2023-06", "2023-01..2023-12"]
)
def test_months_quarters_half_years_and_years_have_their_report(signed, leader, period):
    response = leader.get(address(signed, "report.docx", period))
    assert WordFile(io.BytesIO(response.content)).paragraphs


def test_a_stranger_finds_no_paper(signed, client):
    client.force_login(make.user(Role.LEADERSHIP, of=make.office()))
    assert client.get(address(signed, "report.pdf")).status_code == 404


def test_a_teller_is_refused(signed, counter, client):
    client.force_login(make.teller(at=counter))
    assert client.get(address(signed, "report.pdf")).status_code == 403


def test_a_paper_cannot_be_posted_to(signed, leader):
    assert leader.post(address(signed, "report.pdf")).status_code == 405


def test_the_months_page_offers_its_files(signed, leader):
    page = leader.get(
        f"{reverse('reports:month', args=[signed.code])}?from=2023-05&to=2023-05"
    ).content.decode()
    assert all(address(signed, file) in page for file in FILES)


def test_without_pango_the_page_says_so_and_tables_still_come(signed, leader, monkeypatch):
    monkeypatch.setitem(sys.modules, "weasyprint", None)
    pdf.engine.cache_clear()
    try:
        response = leader.get(address(signed, "report.pdf"))
        assert response.status_code == 503
        assert "Máy chủ thiếu thư viện Pango" in response.content.decode()
        assert leader.get(address(signed, "report.docx")).status_code == 200
    finally:
        pdf.engine.cache_clear()


def test_the_number_of_queries_does_not_grow_with_the_office(
    signed, counter, leader, django_assert_max_num_queries
):
    for n in range(2, 6):
        fill(make.counter(f"Q{n}", of=counter.office), make.procedure(f"P{n}"), satisfied=30)
    with django_assert_max_num_queries(40):
        leader.get(address(signed, "figures.csv", "2023-04..2023-05"))  # made for the asking
