"""Ballots of pads printed before ballots had corner marks and a code are read by their frame, not by a guess."""

import cv2
import numpy as np
import pypdfium2
import pytest

from bench.scans.forms import DOTS, PX
from surveys.paper.scans.former import NotSuchAForm, former_form
from surveys.paper.scans.pages import open_pages
from surveys.paper.scans.printed import forms_of
from surveys.paper.scans.reading import read_page
from surveys.paper.scans.reference import Reference, render_blank
from surveys.paper.scans.results import Reason
from surveys.printing.scan_marks import HALF, STUB, WIDTH, BallotForm
from tests.surveys.paper.scans.desk import ScanDesk
from tests.surveys.paper.scans.drawing import scanned

pytestmark = [pytest.mark.django_db, pytest.mark.one_engine]


@pytest.fixture
def forms():
    """The pile's form as it is printed today, and as it was."""
    desk = ScanDesk(slips=2)
    desk.open()
    return forms_of(desk.pile)[:2]


def crossed(pdf: bytes, form: BallotForm, *boxes: int) -> bytes:
    page = pypdfium2.PdfDocument(pdf)[0].render(scale=DOTS / 72, grayscale=True).to_numpy()
    canvas = np.ascontiguousarray(page.reshape(page.shape[0], page.shape[1]))
    for row, box in zip(form.rows, boxes, strict=True):
        rect = row.boxes[box].rect.grown(-1.5)
        left, top, right, bottom = (
            int(mm * PX) for mm in (STUB + rect.x, rect.y, STUB + rect.right, rect.bottom)
        )
        cv2.line(canvas, (left, top), (right, bottom), 60, 7)
        cv2.line(canvas, (left, bottom), (right, top), 60, 7)
    paper = canvas[: int(HALF * PX), int(STUB * PX) : int((STUB + WIDTH) * PX)]
    return scanned(paper, np.random.default_rng(7))


def test_a_ballot_without_marks_and_code_is_read_where_its_own_form_is_known(forms):
    today, before = forms
    blank, stub = render_blank(before.pdf, HALF)
    form = former_form(blank, before.criteria)
    known = BallotForm.from_json(today.geometry)
    references = [Reference(known, *render_blank(today.pdf, known.height)), Reference(form, blank, stub)]
    assert [row.criterion for row in form.rows] == [code for code, _levels in before.criteria]
    for boxes in ((0, 0), (0, 1), (1, 1)):
        page = open_pages(crossed(before.pdf, form, *boxes)).page(0)
        (ballot,) = read_page(page, references)[0].ballots
        meant = [levels[box] for (_code, levels), box in zip(before.criteria, boxes, strict=True)]
        assert [(row.reason, row.level) for row in ballot.rows] == [(Reason.NONE, each) for each in meant]


def test_a_form_whose_boxes_are_not_those_of_its_criteria_is_none(forms):
    blank, _stub = render_blank(forms[1].pdf, HALF)
    with pytest.raises(NotSuchAForm):
        former_form(blank, forms[1].criteria[:1])
    with pytest.raises(NotSuchAForm):
        former_form(np.zeros_like(blank), forms[1].criteria)
