"""A standing in print. Everything is read off the signed document, so it costs the same however many answered."""

from reports.ranking.history import are_published, line_of
from reports.ranking.pages import ALL, frame, page_of, unit_page
from reports.ranking.tables import interface, workbook

__all__ = ["ALL", "are_published", "frame", "interface", "line_of", "page_of", "unit_page", "workbook"]
