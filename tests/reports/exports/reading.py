"""What a PDF or a DOCX says, read back: words, places, sizes."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from functools import cache

import pypdf
from docx import Document as WordFile
from docx.oxml.ns import qn
from docx.table import Table as DocxTable

from reports.exports.content import Document, cleaned, words_of

MM = 25.4 / 72  # of a point


@dataclass
class Piece:
    """One line of text on a page, in millimetres from its upper left corner; ``size`` in points."""

    page: int
    x: float
    y: float
    size: float
    font: str
    text: str


@cache
def pieces_of(file: bytes) -> list[Piece]:
    """Read once for each file of `document_pdf`; reading a page takes as long as setting it."""
    found = []
    for number, page in enumerate(pypdf.PdfReader(io.BytesIO(file)).pages, start=1):

        def note(text, matrix, text_matrix, font, size, number=number):
            if (
                text.strip() and font and size * matrix[0] > 9
            ):  # smaller is the chart, whose scale the reader loses
                a, b, c, d, e, f = matrix
                x, y = text_matrix[4:]
                place = ((x * a + y * c + e) * MM, 297 - (x * b + y * d + f) * MM)
                found.append(
                    Piece(number, *place, round(size * matrix[0], 1), font["/BaseFont"], text.strip("\n"))
                )

        page.extract_text(visitor_text=note)
    return found


def text_of_pdf(file: bytes) -> str:
    """All words without blanks, page numbers and watermark left out."""
    pieces = [piece for piece in pieces_of(file) if piece.y > 15 and piece.size < 50]
    return squeezed("".join(piece.text for piece in pieces))


def text_of_docx(file: bytes) -> str:
    texts = []
    for block in WordFile(io.BytesIO(file)).iter_inner_content():
        if isinstance(block, DocxTable):
            cells = dict.fromkeys(cell._tc for row in block.rows for cell in row.cells)
            texts += ["".join(node.text or "" for node in cell.iter(qn("w:t"))) for cell in cells]
        else:
            texts.append(block.text)
    return squeezed("".join(texts))


def squeezed(text: str) -> str:
    return re.sub(r"\s", "", text)


def left_over(text: str, paper: Document) -> str:
    """What remains when every word of the paper was found, each behind the one before; fails at the first missing one."""
    rest, at = [], 0
    for word in map(squeezed, words_of(cleaned(paper))):
        found = text.find(word, at)
        assert found >= 0, f"not found behind “{text[max(0, at - 60) : at]}”: {word}"
        rest.append(text[at:found])
        at = found + len(word)
    return "".join([*rest, text[at:]])
