"""A pile at the counting team's desk with a scan of it, read beforehand or by the reader itself."""

from __future__ import annotations

from io import BytesIO

import cv2
import numpy as np
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from surveys.models import PaperScan, ScanState
from surveys.paper.scans import jobs, scanning
from surveys.paper.scans.results import (
    BallotProblem,
    BallotReading,
    PageOutcome,
    PageReading,
    Reason,
    RowReading,
    Verdict,
)
from surveys.paper.scans.vault import Vault
from tests.surveys.paper.desks import Desk, press

JPEG = bytes(cv2.imencode(".jpg", np.full((20, 40), 200, np.uint8))[1])


class ScanDesk(Desk):
    """``scan`` reads nothing: `put` says what the reader would have said of each page, `read` lets it read."""

    def open_scan(self, *, counted: int, data: bytes = JPEG) -> PaperScan:
        self.open()
        scanning.add_file(pile=self.pile, by=self.one.user, data=data, counted=counted, now=timezone.now())
        return self.scan

    @property
    def scan(self) -> PaperScan:
        return PaperScan.objects.get(pile=self.pile)

    def put(self, *pages: PageReading, digests: tuple[str, ...] = (), fills: tuple[float, ...] = ()) -> None:
        """The only file is read, with these pages."""
        scan = self.scan
        vault = Vault(scan.folder)
        for number, page in enumerate(pages):
            facts = {
                "digest": digests[number] if digests else str(number),
                "signatures": [],
                "fills": fills,
                "reading": page.as_facts(),
            }
            vault.put_json(f"page-001-{number:04}", facts)
            for ballot, each in enumerate(page.ballots):
                for row in range(len(each.rows)):
                    vault.put(f"row-1-{number}-{ballot}-{row}", JPEG)
        n = len(pages)
        scan.files.update(state=ScanState.READ, pages=n, done=n)
        vault.remove("file-1")
        PaperScan.objects.filter(pk=scan.pk).update(sheets=len(jobs.read_of(vault).sheets))

    def keep_stubs(self, browser) -> None:
        assert self.key(browser, step="draft").status_code == 303

    def decide(self, browser, number: int, about: str, choice: str):
        at = reverse("surveys:paper_scan_look", args=[self.pile.pk])
        page = reverse("surveys:paper_scan", args=[self.pile.pk])
        return press(browser, page, at, sheet=number, about=about, choice=choice)

    def hand_over(self, browser):
        return press(browser, self.at("paper_scan"), self.at("paper_scan_done"))

    def send(self, browser, data: bytes, *, counted: int | str = 1):
        file = SimpleUploadedFile("xấp của bà Lan.pdf", data)
        return press(browser, self.at("paper_scan"), self.at("paper_scan"), file=file, counted=counted)


def ballot(*levels: int | None, problem: BallotProblem = BallotProblem.NONE) -> PageReading:
    """A page with one ballot; None is a row that the machine is not sure of."""
    rows = tuple(
        RowReading(
            code,
            *((Verdict.DOUBTFUL, Reason.FAINT) if level is None else (Verdict.LEVEL, Reason.NONE)),
            level,
            0.5,
        )
        for code, level in zip(("attitude", "time"), levels, strict=True)
    )
    return PageReading(PageOutcome.BALLOTS, (BallotReading("x", problem, rows),))


BACK = PageReading(PageOutcome.EMPTY)
OTHER_PAPER = PageReading(PageOutcome.NOT_OURS)


def two_pages(first: bytes, second: bytes) -> bytes:
    from PIL import Image

    pictures = [Image.open(BytesIO(each)).convert("L") for each in (first, second)]
    out = BytesIO()
    pictures[0].save(out, "PDF", save_all=True, append_images=pictures[1:], resolution=200)
    return out.getvalue()
