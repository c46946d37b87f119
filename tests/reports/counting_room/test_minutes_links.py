"""The minutes lie where they are compared and signed."""

from __future__ import annotations

import re

import pytest

from reports import closing
from surveys.choices import Role
from surveys.periods import Month
from tests import make
from tests.reports.counting_room.room import ROOM, session, sign

pytestmark = [pytest.mark.django_db, pytest.mark.one_engine]

MAY = Month(2026, 5)


@pytest.fixture
def box():
    box = make.office("HB")
    make.ballots(
        10,
        at=make.counter("Q1", of=make.department(of=box)),
        kind=make.procedure("1"),
        now=make.at(12, month=5),
    )
    return box


@pytest.fixture
def first(box):
    return make.user(Role.COUNTING, of=box, username="count")


def links(page: str) -> list[str]:
    return re.findall(r'href="([^"]+/minutes\.(?:pdf|docx))"', page)


def test_the_draft_minutes_lie_beside_the_signature_and_are_marked_as_a_draft(box, first):
    client = session(first)
    assert links(client.get(ROOM).content.decode()) == []
    closing.close_period(office=box, period=MAY, now=make.at(4, month=6))
    wanted = ["/reports/HB/2026-05/minutes.pdf", "/reports/HB/2026-05/minutes.docx"]
    for where in (ROOM, ROOM + "sign"):
        page = client.get(where).content.decode()
        assert links(page) == wanted
        assert "Biên bản (nháp, để so trước khi ký)" in page
    drawn = client.get(wanted[1])
    assert (drawn.status_code, drawn.content[:2]) == (200, b"PK")


def test_after_the_seal_the_final_minutes_and_the_public_page_are_linked(box, first, settings, tmp_path):
    settings.DATA_DIR = tmp_path
    second = make.user(Role.COUNTING, of=box, username="count2")
    closing.close_period(office=box, period=MAY, now=make.at(4, month=6))
    sign(session(first))
    sign(session(second))
    client = session(first)
    page = client.get(ROOM).content.decode()
    assert "Biên bản đã niêm phong" in page
    assert "nháp" not in page
    assert "Trang công bố" not in page
    client.post(ROOM + "publish")
    page = client.get(ROOM).content.decode()
    public = re.search(r'href="([^"]+)">\s*Trang công bố', page)[1]
    assert client.get(public).status_code == 200
    assert client.get(links(page)[0]).content[:4] == b"%PDF"


def test_whoever_counts_a_lent_box_without_its_figures_gets_no_dead_link(box):
    closing.close_period(office=box, period=MAY, now=make.at(4, month=6))
    lent = make.user(Role.COUNTING, of=make.office("SL"), username="lent")
    make.lent(lent, to=box, on=make.now().date())
    page = session(lent).get(ROOM)
    assert page.status_code == 200
    assert links(page.content.decode()) == []
