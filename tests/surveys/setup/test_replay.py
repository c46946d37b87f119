"""The pilot's replay, one month of it: what breaks off goes on, and nothing is played twice."""

from __future__ import annotations

import pytest

from surveys.choices import SlipState
from surveys.models import Ballot, BoxedBallot, Slip, SlipEvent, Spent
from surveys.periods import Month
from surveys.setup.pilot import office as pilot_office
from surveys.setup.pilot import replay

JANUARY = Month(2023, 1)  # the shortest: 246 handed out, 204 come back

pytestmark = pytest.mark.django_db


class PowerCut(Exception):
    """Whatever ends a replay between two statements."""


def test_a_replay_that_was_killed_goes_on_where_its_last_transaction_ended(monkeypatch):
    office = pilot_office.load_office()
    acts = replay.play(office, JANUARY)
    played = sum(next(acts) for _chunk in range(4))
    act = replay.casting.cast
    calls = iter(range(5))

    def cut(**facts):
        if next(calls) == 4:
            raise PowerCut
        return act(**facts)

    monkeypatch.setattr(replay.casting, "cast", cut)
    with pytest.raises(PowerCut):
        list(acts)
    monkeypatch.undo()
    stood = Spent.objects.count()
    assert 0 < Slip.objects.count() <= played

    list(replay.play(office, JANUARY))
    assert Spent.objects.count() > stood
    assert Slip.objects.filter(state=SlipState.USED).count() == Spent.objects.count() == 204
    assert (Slip.objects.count(), Ballot.objects.count(), BoxedBallot.objects.count()) == (246, 204, 0)
    # Whoever had a slip before the cut and answers after it got a fresh code of the same slip.
    assert SlipEvent.objects.count() < 30
    assert not any(month == JANUARY for month in replay.unplayed(office))
