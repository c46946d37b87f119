"""A document or a poster as PDF: Django's templates, then WeasyPrint. Nothing is fetched but our own fonts.

Tagged, with alternative texts and headers, and declared as nothing more: docs/decisions/0028-papers-are-tagged-and-declare-no-standard.md.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from pathlib import Path

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.safestring import mark_safe

from reports.exports.content import Attached, Chart, Document, Signer, Table, breakable, cleaned
from reports.exports.drawing import BESIDE_NAME, in_rows, qr_svg, svg
from surveys.printing import NoPango, engine, one_at_a_time

FONTS = (Path(settings.BASE_DIR) / "static" / "fonts").resolve()


def is_available() -> bool:
    try:
        engine()
    except NoPango:
        return False
    return True


def document_pdf(document: Document) -> bytes:
    """The document in the layout of Nghị định 30/2020/NĐ-CP. Raises NoPango."""
    document = cleaned(document)
    qr = qr_svg(document.seal.address) if document.seal else ""
    document = breakable(document)
    context = {
        "document": document,
        "blocks": [(_kind(block), block, _picture(block)) for block in document.blocks],
        "widths": sorted(
            {width for block in document.blocks if isinstance(block, Table) for width in block.widths}
        ),
        "signs": [[(signer, _names(signer, 165 / len(row))) for signer in row] for row in document.signers],
        "qr": mark_safe(qr),  # noqa: S308 - drawn by us, of digits
    }
    return made_of(
        "reports/documents/document.html",
        context,
        title=document.title,
        author=document.author,
        dated=document.dated,
        attached=document.attached,
    )


def _kind(block) -> str:
    return type(block).__name__.lower()


def _names(signer: Signer, room: float) -> tuple[tuple[str, ...], ...]:
    return in_rows(signer.names, 13, room, gap=BESIDE_NAME)


def _picture(block) -> str:
    return mark_safe(svg(block.drawing, block.said)) if isinstance(block, Chart) else ""  # noqa: S308 - every text in it is escaped


def made_of(
    template: str,
    context: Mapping,
    *,
    title: str,
    author: str,
    dated: datetime,
    attached: Sequence[Attached] = (),
) -> bytes:
    """Set a template of ours. The same context gives the same bytes: its own text is the file's identity."""
    page = render_to_string(
        template, {**context, "title": title, "author": author, "dated": dated.isoformat(timespec="seconds")}
    )
    typeset = engine().HTML(string=page, base_url=FONTS.as_uri() + "/", url_fetcher=_fetcher())
    carried = [
        engine().Attachment(
            string=file.content,
            name=file.name,
            description=file.said,
            created=dated,
            modified=dated,
            relationship="Source",
        )
        for file in attached
    ]
    identity = sha256(page.encode()).hexdigest()[:32].encode()
    with one_at_a_time:
        return typeset.write_pdf(pdf_tags=True, pdf_identifier=identity, attachments=carried)


def _fetcher():
    """Our own font files, and nothing else: no network, no other file, no matter what a text asks for."""
    own = engine().urls.URLFetcher(allowed_protocols=("file",), allow_redirects=False)

    class OwnFontsOnly(type(own)):  # type: ignore[misc]  # weasyprint is loaded late and has no types
        def fetch(self, url, headers=None):
            path = Path(url.removeprefix("file://")).resolve()
            if not url.startswith("file:///") or not path.is_relative_to(FONTS) or path.suffix != ".ttf":
                raise ValueError(f"not ours: {url[:80]}")
            return super().fetch(url, headers)

    return OwnFontsOnly(allowed_protocols=("file",), allow_redirects=False)
