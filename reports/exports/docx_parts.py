"""What python-docx has no word for: frames, rules, repeated heads, page numbers, watermarks, and stable packing."""

from __future__ import annotations

import re
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from docx.document import Document as Doc
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT as ALIGN_DOWN
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH as ALIGN
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Mm, Pt
from docx.table import Table as DocxTable
from docx.table import _Cell
from lxml.etree import tostring

from reports.exports.content import Cell, Table

SIDES = {"left": ALIGN.LEFT, "centre": ALIGN.CENTER, "right": ALIGN.RIGHT}
APP_PROPERTIES = (
    b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    b'<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/extended-properties">'
    b"<Application>kbnn-survey</Application></Properties>"
)
TEMPLATES_LANGUAGES = "word/settings.xml", "word/stylesWithEffects.xml"  # parts that keep the library's own
_OLD = 1980, 1, 1, 0, 0, 0  # the earliest a ZIP entry can be


def set_font(style, name: str, points: float) -> None:
    """The font for every script, so that Vietnamese letters never fall to another one."""
    style.font.name, style.font.size = name, Pt(points)
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
        fonts.attrib.pop(qn(f"w:{theme}"), None)
    for script in ("ascii", "hAnsi", "eastAsia", "cs"):
        fonts.set(qn(f"w:{script}"), name)


# ── Tables ─────────────────────────────────────────────────────────────────────────────


def frame(doc: Doc, widths: tuple[float, ...]) -> DocxTable:
    """A table of one row without lines or padding, to put things side by side."""
    table = doc.add_table(rows=1, cols=len(widths))
    _lay_out(table, widths, padding=0)
    _one_piece(table.rows[0])
    return table


def table_of(doc: Doc, block: Table, *, style: str) -> DocxTable:
    """The table with its head repeated on every page and no row torn."""
    table = doc.add_table(rows=len(block.head) + len(block.rows), cols=len(block.widths))
    table.style = "Table Grid"
    _lay_out(table, block.widths, padding=1.2)
    grid = _Grid(table, style)
    for row, cells in enumerate(block.head):
        grid.fill(row, cells, head=True)
        table.rows[row]._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
    for row, cells in enumerate(block.rows, start=len(block.head)):
        grid.fill(row, cells)
    last = len(table.rows) - 1
    held = {*range(last)} if block.is_short else {*range(len(block.head)), last - 1}
    held |= {last} if block.notes else set()
    for row in table.rows:
        _one_piece(row)
    for place in held:
        for cell in table.rows[place].cells:
            cell.paragraphs[0].paragraph_format.keep_with_next = True
    return table


class _Grid:
    """Fills a table row by row; places taken from above by a cell that reaches down are passed over."""

    def __init__(self, table: DocxTable, style: str) -> None:
        self.rows = [list(row.cells) for row in table.rows]
        # python-docx reads all styles of the document for every paragraph that is given one by name.
        self.style = table.part.get_style_id(style, WD_STYLE_TYPE.PARAGRAPH)
        self.taken: set[tuple[int, int]] = set()

    def fill(self, row: int, cells: tuple[Cell, ...], *, head: bool = False) -> None:
        column = 0
        for cell in cells:
            while (row, column) in self.taken:
                column += 1
            self._write(row, column, cell, head)
            column += cell.across

    def _write(self, row: int, column: int, cell: Cell, head: bool) -> None:
        below, beside = row + cell.down - 1, column + cell.across - 1
        target: _Cell = self.rows[row][column]
        if (below, beside) != (row, column):
            target = target.merge(self.rows[below][beside])
        self.taken |= {(r, c) for r in range(row, below + 1) for c in range(column, beside + 1)}
        paragraph = target.paragraphs[0]
        paragraph._p.style = self.style
        paragraph.alignment = ALIGN.CENTER if head else SIDES[cell.side]
        paragraph.add_run(cell.text).bold = head or cell.bold
        target.vertical_alignment = ALIGN_DOWN.CENTER


def _lay_out(table: DocxTable, widths: tuple[float, ...], *, padding: float) -> None:
    table.autofit = False
    table.alignment = WD_TABLE_ALIGNMENT.LEFT
    properties = table._tbl.tblPr
    margins = OxmlElement("w:tblCellMar")
    for side in ("left", "right"):
        edge = OxmlElement(f"w:{side}")
        edge.set(qn("w:w"), str(round(padding / 25.4 * 1440)))
        edge.set(qn("w:type"), "dxa")
        margins.append(edge)
    properties.append(margins)
    indent = OxmlElement("w:tblInd")
    # Word puts the text, not the line, at the margin; so the line is moved in by the padding.
    indent.set(qn("w:w"), str(round(padding / 25.4 * 1440)))
    indent.set(qn("w:type"), "dxa")
    layout = properties.find(qn("w:tblLayout"))
    layout.addprevious(indent)
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Mm(width)
    for row in table.rows:
        for cell, width in zip(row.cells, widths, strict=True):
            cell.width = Mm(width)


def _one_piece(row) -> None:
    row._tr.get_or_add_trPr().insert(0, OxmlElement("w:cantSplit"))


# ── Lines and pictures ─────────────────────────────────────────────────────────────────


def rule(paragraph, room: float, width: float, *, before: float = 0) -> None:
    """A drawn line of 0.75 pt and the given width, centred in the room; millimetres."""
    form = paragraph.paragraph_format
    form.left_indent = form.right_indent = Mm(max(0, (room - width) / 2))
    form.first_line_indent = Mm(0)
    form.space_before, form.space_after, form.line_spacing = Pt(before), Pt(0), Pt(2)
    form.keep_with_next = True
    borders = parse_xml(
        f'<w:pBdr {nsdecls("w")}><w:top w:val="single" w:sz="6" w:space="0" w:color="000000"/></w:pBdr>'
    )
    paragraph._p.get_or_add_pPr().insert_element_before(
        borders, "w:shd", "w:tabs", "w:suppressAutoHyphens", "w:spacing", "w:ind", "w:jc", "w:rPr"
    )


def picture(paragraph, image: bytes, width, said: str) -> None:
    """An inline picture with its text for those who do not see it, and no distance around it."""
    inline = paragraph.add_run().add_picture(BytesIO(image), width=width)._inline
    for side in ("distT", "distB", "distL", "distR"):
        inline.set(side, "0")
    inline.docPr.set("descr", said)


def page_number(paragraph) -> None:
    paragraph.alignment = ALIGN.CENTER
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), "PAGE")
    field.append(parse_xml(f"<w:r {nsdecls('w')}><w:t>2</w:t></w:r>"))
    paragraph._p.append(field)


def watermark(paragraph, words: str) -> None:
    """Grey words across the page, behind the text, as Word itself makes them."""
    shape = (
        f'<w:r {nsdecls("w")} xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office">'
        '<w:pict><v:shapetype id="_x0000_t136" coordsize="21600,21600" o:spt="136" adj="10800" '
        'path="m@7,l@8,m@5,21600l@6,21600e"><v:formulas><v:f eqn="sum #0 0 10800"/><v:f eqn="prod #0 2 1"/>'
        '<v:f eqn="sum 21600 0 @1"/><v:f eqn="sum 0 0 @2"/><v:f eqn="sum 21600 0 @3"/><v:f eqn="if @0 @3 0"/>'
        '<v:f eqn="if @0 21600 @1"/><v:f eqn="if @0 0 @2"/><v:f eqn="if @0 @4 21600"/></v:formulas>'
        '<v:path textpathok="t" o:connecttype="rect"/><v:textpath on="t" fitshape="t"/></v:shapetype>'
        '<v:shape type="#_x0000_t136" style="position:absolute;margin-left:0;margin-top:0;width:420pt;height:105pt;'
        "rotation:320;z-index:-251658752;mso-position-horizontal:center;mso-position-horizontal-relative:margin;"
        'mso-position-vertical:center;mso-position-vertical-relative:margin" fillcolor="#e8e8e8" stroked="f">'
        '<v:textpath style="font-family:&quot;Times New Roman&quot;;font-size:1pt;font-weight:bold"/>'
        "</v:shape></w:pict></w:r>"
    )
    run = parse_xml(shape)
    run.xpath(".//*[local-name()='textpath']")[-1].set("string", words)
    paragraph._p.append(run)


# ── Packing ────────────────────────────────────────────────────────────────────────────


def repacked(file: bytes) -> bytes:
    """The same parts without the time of writing, and without the template's picture of another document."""
    out = BytesIO()
    with ZipFile(BytesIO(file)) as old, ZipFile(out, "w") as new:
        for name in old.namelist():
            if name.endswith("thumbnail.jpeg"):
                continue
            content = old.read(name)
            if name == "_rels/.rels":
                content = _without_thumbnail(content)
            if name == "docProps/app.xml":
                content = APP_PROPERTIES
            if name in TEMPLATES_LANGUAGES:
                content = re.sub(rb"en-US|ja-JP", b"vi-VN", content)
            entry = ZipInfo(name, _OLD)
            entry.compress_type, entry.external_attr = ZIP_DEFLATED, 0o600 << 16
            new.writestr(entry, content)
    return out.getvalue()


def _without_thumbnail(relations: bytes) -> bytes:
    tree = parse_xml(relations)
    for relation in list(tree):
        if relation.get("Target", "").endswith("thumbnail.jpeg"):
            tree.remove(relation)
    return tostring(tree, xml_declaration=True, encoding="UTF-8", standalone=True)
