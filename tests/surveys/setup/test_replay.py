"""The pilot's replay, one month of it: what breaks off goes on, and nothing is played twice."""

from __future__ import annotations

from contextlib import suppress

import pytest

from surveys.box import casting
from surveys.choices import SlipState
from surveys.models import Ballot, BoxedBallot, Slip, SlipEvent, Spent
from surveys.periods import Month
from surveys.setup.pilot import office as pilot_office
from surveys.setup.pilot import replay

JANUARY = Month(2023, 1)  # the shortest: 246 handed out, 204 come back

pytestmark = pytest.mark.django_db


class PowerCut(Exception):
    """Whatever ends a replay between two statements."""


def standing():
    return Slip.objects.count(), Spent.objects.count()


def test_a_replay_that_was_killed_goes_on_where_its_last_transaction_ended(monkeypatch):
    office = pilot_office.load_office()
    act = casting.cast
    calls = iter(range(41))

    def cut(**facts):
        if next(calls) == 40:
            raise PowerCut
        return act(**facts)

    monkeypatch.setattr(casting, "cast", cut)
    monkeypatch.setattr(
        replay, "LONGEST_SECONDS", 0.0
    )  # however quick the machine is, some are stored before the cut
    stood = standing()
    acts = replay.play(office, JANUARY)
    with suppress(PowerCut):
        while next(acts):
            stood = standing()
    monkeypatch.undo()
    assert standing() == stood > (0, 0)

    list(replay.play(office, JANUARY))
    assert Slip.objects.filter(state=SlipState.USED).count() == Spent.objects.count() == 204
    assert (Slip.objects.count(), Ballot.objects.count(), BoxedBallot.objects.count()) == (246, 204, 0)
    # Whoever had a slip before the cut and answers after it got a fresh code of the same slip.
    assert SlipEvent.objects.count() <= stood[0]
    assert not any(month == JANUARY for month in replay.unplayed(office))
