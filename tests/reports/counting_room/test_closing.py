"""Closing a period by hand is looked at before it is done: how many slips expire, what is opened."""

from __future__ import annotations

import re

import pytest

from reports import closing
from reports.schedule import mixer
from surveys.choices import Role, SlipState
from surveys.models import Slip
from surveys.periods import Month
from tests import make
from tests.reports.counting_room.room import ROOM, session, text_of

pytestmark = pytest.mark.django_db

MAY = Month(2026, 5)


@pytest.fixture
def box():
    """May is over: ten ballots in the box, three slips that nobody used."""
    box = make.office("HB")
    counter, kind = make.counter("Q1", of=make.department(of=box)), make.procedure("1")
    make.ballots(10, at=counter, kind=kind, now=make.at(12, month=5))
    for _each in range(3):
        make.issued(at=counter, kind=kind, now=make.at(12, month=5))
    return box


@pytest.fixture
def client(box):
    return session(make.user(Role.COUNTING, of=box, username="count"))


def facts_of(response) -> dict[str, str]:
    return dict(re.findall(r"<dt>(.*?)</dt>\s*<dd>(.*?)</dd>", text_of(response)))


def test_the_room_leads_to_a_look_and_closes_nothing_by_one_click(box, client):
    assert f'href="{ROOM}close"' in client.get(ROOM).content.decode()
    assert f'action="{ROOM}close"' not in client.get(ROOM).content.decode()
    said = facts_of(client.get(ROOM + "close"))
    assert (said["Phát ra"], said["Đã thu về"], said["Sẽ hết hạn"]) == ("13", "10", "3")
    assert said["Sẽ mở khi trộn lần cuối"] == "10"
    assert 'data-working="Đang khoá kỳ' in client.get(ROOM + "close").content.decode()
    assert not closing.is_closed(box, MAY)


def test_without_the_tick_nothing_expires(box, client):
    refused = client.post(ROOM + "close")
    assert refused.status_code == 422
    assert "Xin xem các mục trên rồi đánh dấu" in text_of(refused)
    assert Slip.objects.filter(state=SlipState.ISSUED).count() == 3
    assert not closing.is_closed(box, MAY)


def test_with_the_tick_as_many_slips_expire_as_were_announced(box, client):
    said = facts_of(client.get(ROOM + "close"))
    client.post(ROOM + "close", {"reviewed": "on"})
    mixer.do_jobs(clock=make.now)
    assert closing.is_closed(box, MAY)
    assert Slip.objects.filter(state=SlipState.EXPIRED).count() == int(said["Sẽ hết hạn"])


def test_what_stands_in_the_way_is_said_instead_of_a_button(box, client):
    client.post(ROOM + "close", {"reviewed": "on"})
    mixer.do_jobs(clock=make.now)
    page = client.get(ROOM + "close")
    assert page.status_code == 409
    assert "reviewed" not in page.content.decode()
