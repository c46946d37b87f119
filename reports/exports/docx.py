"""A document as DOCX, to be edited in Word: real styles, real tables, a real page number. The same words as the PDF."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from typing import Any

from docx import Document as WordFile
from docx.document import Document as Doc
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH as ALIGN
from docx.enum.text import WD_LINE_SPACING
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor
from docx.styles.style import ParagraphStyle
from docx.text.paragraph import Paragraph as DocxParagraph

from reports.exports.content import Basis, Chart, Document, Heading, Paragraph, Signer, Table, cleaned
from reports.exports.docx_parts import (
    frame,
    page_number,
    picture,
    repacked,
    rule,
    set_font,
    table_of,
    watermark,
)
from reports.exports.drawing import BESIDE_NAME, in_rows, png, qr_png, width_of

FONT, LANGUAGE = "Times New Roman", "vi-VN"
NATION, MOTTO = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc"
OURS, NATIONS = 74, 91  # the two columns of the head
BESIDE_NATION = 2  # millimetres that the longest name keeps clear of the second column
ROOM_TO_SIGN = 24


def document_docx(document: Document) -> bytes:
    """The document in the layout of Nghị định 30/2020/NĐ-CP; the same content gives the same bytes."""
    document = cleaned(document)
    doc = WordFile(BytesIO(_template().file))
    _set_page(doc, document)
    _set_properties(doc, document)
    _head(doc, document)
    _title(doc, document)
    for block in document.blocks:
        _WRITERS[type(block)](doc, block)
    _foot_beside(doc, document) if document.recipients_beside else _foot_under(doc, document)
    file = BytesIO()
    doc.save(file)
    return repacked(file.getvalue())


@dataclass(frozen=True)
class Template:
    """An empty document with the styles of ours, and by which id a paragraph names each."""

    file: bytes
    ids: Mapping[str, str]


@cache
def _template() -> Template:
    """Made once a process: python-docx walks through all styles for every one that is set or named."""
    doc = WordFile()
    _set_styles(doc)
    file = BytesIO()
    doc.save(file)
    return Template(file.getvalue(), {style.name: style.style_id for style in doc.styles})


def _add(doc: Doc, text: str, style: str) -> DocxParagraph:
    """A paragraph at the end, in that style."""
    paragraph = doc.add_paragraph(text)
    paragraph._p.style = _template().ids[style]
    return paragraph


# ── Page, styles, properties ───────────────────────────────────────────────────────────


def _set_page(doc: Doc, document: Document) -> None:
    section = doc.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(20), Mm(20)
    section.left_margin, section.right_margin = Mm(30), Mm(15)
    section.header_distance = section.footer_distance = Mm(10)
    section.different_first_page_header_footer = True
    page_number(section.header.paragraphs[0])
    if document.watermark:
        for header in (section.header, section.first_page_header):
            watermark(header.paragraphs[0], document.watermark)


def _set_styles(doc: Doc) -> None:
    for known in doc.styles.element.xpath("./w:docDefaults//w:lang"):
        for script in ("val", "eastAsia"):
            known.set(qn(f"w:{script}"), LANGUAGE)
    normal = doc.styles["Normal"]
    set_font(normal, FONT, 13)
    normal.paragraph_format.space_before = normal.paragraph_format.space_after = Pt(0)
    normal.paragraph_format.line_spacing_rule = WD_LINE_SPACING.SINGLE
    body = _style(doc, "Body Text", 13, ALIGN.JUSTIFY, before=6)
    body.paragraph_format.first_line_indent = Mm(12.7)
    for level in (1, 2):
        heading = _style(doc, f"Heading {level}", 13, ALIGN.LEFT, bold=True, before=6)
        heading.paragraph_format.first_line_indent = Mm(12.7)
        heading.paragraph_format.keep_with_next = True
    _style(doc, "Title", 14, ALIGN.CENTER, bold=True, before=14)
    _style(doc, "Subtitle", 14, ALIGN.CENTER, bold=True)
    caption = _style(doc, "Caption", 12, ALIGN.CENTER, bold=True, before=6)
    caption.paragraph_format.space_after = Pt(3)
    caption.paragraph_format.keep_with_next = True
    basis = _style(doc, "Căn cứ", 13, ALIGN.JUSTIFY, italic=True, before=6)
    basis.paragraph_format.first_line_indent = Mm(12.7)
    _style(doc, "Ghi chú bảng", 11, ALIGN.JUSTIFY, italic=True, before=2)
    _style(doc, "Chữ trong bảng", 11, ALIGN.LEFT)


def _style(
    doc: Doc,
    name: str,
    points: int,
    side: ALIGN,
    *,
    bold: bool = False,
    italic: bool = False,
    before: int = 0,
) -> ParagraphStyle:
    """A style of the template put to our use, or one of our own."""
    names = [style.name for style in doc.styles]
    style = doc.styles[name] if name in names else doc.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
    style.base_style = doc.styles["Normal"]
    set_font(style, FONT, points)
    style.font.bold, style.font.italic, style.font.color.rgb = bold, italic, RGBColor(0, 0, 0)
    form = style.paragraph_format
    form.alignment, form.space_before, form.space_after = side, Pt(before), Pt(0)
    form.line_spacing_rule = WD_LINE_SPACING.SINGLE
    for border in style.element.pPr.xpath("./w:pBdr"):  # Word's own title has a blue rule
        style.element.pPr.remove(border)
    for spread in style.element.rPr.xpath("./w:spacing|./w:kern"):
        style.element.rPr.remove(spread)
    return style


def _set_properties(doc: Doc, document: Document) -> None:
    known = doc.core_properties
    known.title, known.author, known.last_modified_by = (
        document.title[:250],
        document.author[:250],
        document.author[:250],
    )
    known.created = known.modified = document.dated.replace(tzinfo=None, microsecond=0)
    known.comments, known.language, known.revision = "", LANGUAGE, 1


# ── Head ───────────────────────────────────────────────────────────────────────────────


def _head(doc: Doc, document: Document) -> None:
    ours, nation = frame(doc, (OURS, NATIONS)).rows[0].cells
    paragraphs = [
        *((line, False) for line in document.parent),
        *((line, True) for line in document.issuer),
    ]
    for n, (line, bold) in enumerate(paragraphs):
        kept = _line(ours, line, 12, bold=bold, first=n == 0).paragraph_format
        kept.left_indent = kept.right_indent = Mm(BESIDE_NATION)
    longest = max((width_of(line, 12, bold=True) for line in document.issuer), default=0)
    rule(ours.add_paragraph(), OURS, 0.4 * min(longest, OURS - 2 * BESIDE_NATION), before=2)
    _line(nation, NATION, 12, bold=True, first=True)
    _line(nation, MOTTO, 13, bold=True)
    rule(nation.add_paragraph(), NATIONS, width_of(MOTTO, 13, bold=True), before=1)
    number, place = frame(doc, (OURS, NATIONS)).rows[0].cells
    _line(number, document.number, 13, first=True, before=3)
    _line(place, document.place_and_date, 13, italic=True, first=True, before=3)


def _title(doc: Doc, document: Document) -> None:
    _add(doc, document.heading, "Title")
    for line in document.subject:
        _add(doc, line, "Subtitle")
    widths = [width_of(line, 14, bold=True) for line in document.subject]
    if document.replaces:
        words = doc.add_paragraph(document.replaces)
        words.alignment, words.runs[0].italic = ALIGN.CENTER, True
        widths.append(width_of(document.replaces, 13))
    rule(doc.add_paragraph(), 165, 0.36 * max(widths), before=3)
    if document.sent_to:
        sent_to = doc.add_paragraph(document.sent_to)
        sent_to.alignment, sent_to.paragraph_format.space_before = ALIGN.CENTER, Pt(10)


def _line(
    cell,
    text: str,
    points: float,
    *,
    bold=False,
    italic=False,
    first=False,
    side=ALIGN.CENTER,
    before: float = 0,
):
    """One paragraph of a cell; the first stands there already."""
    paragraph = cell.paragraphs[0] if first else cell.add_paragraph()
    run = paragraph.add_run(text)
    run.bold, run.italic, run.font.size = bold, italic, Pt(points)
    paragraph.alignment, paragraph.paragraph_format.space_before = side, Pt(before)
    return paragraph


# ── Blocks ─────────────────────────────────────────────────────────────────────────────


def _heading(doc: Doc, block: Heading) -> None:
    _add(doc, block.text, f"Heading {block.level}")


def _paragraph(doc: Doc, block: Paragraph) -> None:
    words = _add(doc, block.text, "Body Text")
    words.paragraph_format.keep_with_next = block.announces


def _basis(doc: Doc, block: Basis) -> None:
    _add(doc, block.text, "Căn cứ")


def _caption(doc: Doc, text: str, unit: str) -> None:
    caption = _add(doc, text, "Caption")
    if unit:
        run = caption.add_run(f" {unit}")
        run.bold, run.italic = False, True


def _table(doc: Doc, block: Table) -> None:
    _caption(doc, block.caption, block.unit)
    table_of(doc, block, style="Chữ trong bảng")
    for note in block.notes:
        _add(doc, note, "Ghi chú bảng")


def _chart(doc: Doc, block: Chart) -> None:
    _caption(doc, block.caption, block.unit)
    picture(doc.add_paragraph(), png(block.drawing), Mm(block.drawing.width), block.said)


_WRITERS: dict[type, Callable[[Doc, Any], None]] = {
    Heading: _heading,
    Paragraph: _paragraph,
    Basis: _basis,
    Table: _table,
    Chart: _chart,
}


# ── Foot ───────────────────────────────────────────────────────────────────────────────


def _foot_beside(doc: Doc, document: Document) -> None:
    """Nơi nhận on the left, the one signature on the right, the seal below a rule."""
    _hold_the_end(doc)
    _room(doc)
    left, right = frame(doc, (OURS, NATIONS)).rows[0].cells
    _recipients(left, document.recipients)
    _sign(right, document.signers[0][0], NATIONS)
    if document.seal:
        rule(doc.add_paragraph(), 165, 165, before=6)
        code, words = frame(doc, (25, 140)).rows[0].cells
        picture(code.paragraphs[0], qr_png(document.seal.address), Mm(21), "Mã QR")
        line = _line(words, f"{document.seal.before} ", 10.5, first=True, side=ALIGN.LEFT, before=6)
        _code(line, document.seal.code)
        _line(words, document.seal.after, 10.5, side=ALIGN.LEFT)


def _foot_under(doc: Doc, document: Document) -> None:
    """Rows of signatures, Nơi nhận and the seal under them."""
    _hold_the_end(doc)
    for row in document.signers:
        _room(doc)
        room = 165 / len(row)
        cells = frame(doc, (room,) * len(row)).rows[0].cells
        for cell, signer in zip(cells, row, strict=True):
            _sign(cell, signer, room)
    _room(doc)
    left, code, words = frame(doc, (OURS, 23, 68)).rows[0].cells
    _recipients(left, document.recipients)
    if document.seal:
        picture(code.paragraphs[0], qr_png(document.seal.address), Mm(21), "Mã QR")
        _line(words, document.seal.before, 10.5, first=True, side=ALIGN.LEFT)
        _code(words.add_paragraph(), document.seal.code)
        _line(words, document.seal.after, 10.5, side=ALIGN.LEFT)


def _hold_the_end(doc: Doc) -> None:
    """No signature alone on a page, nor with a single line: the last two paragraphs go with it."""
    for paragraph in doc.paragraphs[-2:]:
        paragraph.paragraph_format.keep_with_next = paragraph.paragraph_format.keep_together = True


def _room(doc: Doc) -> None:
    """Word joins two tables that touch."""
    paragraph = doc.add_paragraph()
    paragraph.paragraph_format.line_spacing = Pt(10)
    paragraph.paragraph_format.keep_with_next = True


def _code(paragraph, code: str) -> None:
    run = paragraph.add_run(code)
    run.bold, run.font.size = True, Pt(10.5)


def _recipients(cell, places: Sequence[str]) -> None:
    _line(cell, "Nơi nhận:", 12, bold=True, italic=True, first=True, side=ALIGN.LEFT)
    for place in places:
        _line(cell, f"- {place}", 11, side=ALIGN.LEFT)


def _sign(cell, signer: Signer, room: float) -> None:
    """Authority and office, then the names with room for a pen above each row of them."""
    for place, line in enumerate(signer.lines or ("",)):
        _line(cell, line, 13, bold=True, first=place == 0).paragraph_format.keep_with_next = True
    for names in in_rows(signer.names, 13, room, gap=BESIDE_NAME):
        words = _line(cell, "\u2003".join(names), 13, bold=True)
        words.paragraph_format.space_before = Mm(ROOM_TO_SIGN)
