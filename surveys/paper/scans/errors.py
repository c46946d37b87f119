"""What is wrong with a file, a page, or a ballot: values that a page of the product says in a sentence."""

from __future__ import annotations

from enum import StrEnum


class FileProblem(StrEnum):
    """Why a whole file is refused before any of its pages is decoded."""

    TOO_BIG = "too-big"
    NOT_A_SCAN = "not-a-scan"  # by its first bytes neither PDF, TIFF, JPEG nor PNG
    ENCRYPTED = "encrypted"
    BROKEN = "broken"
    NO_PAGES = "no-pages"
    TOO_MANY_PAGES = "too-many-pages"


class PageProblem(StrEnum):
    """Why a page was not read. It never ends the pile."""

    TOO_MANY_PIXELS = "too-many-pixels"
    UNREADABLE = "unreadable"  # does not decode, or comes out white though it holds a picture
    TOO_SMALL = "too-small"
    TIMED_OUT = "timed-out"
    CRASHED = "crashed"


class FileRefused(Exception):
    def __init__(self, problem: FileProblem) -> None:
        super().__init__(problem.value)
        self.problem = problem


class PageRefused(Exception):
    def __init__(self, problem: PageProblem) -> None:
        super().__init__(problem.value)
        self.problem = problem


class LibrariesMissing(Exception):
    """The optional extra (requirements-scans.in) is not installed; paper is keyed by hand."""

    def __init__(self, names: tuple[str, ...]) -> None:
        super().__init__(", ".join(names))
        self.names = names
