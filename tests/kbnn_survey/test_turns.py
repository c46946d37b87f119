"""Beside the pilot's replay, who waits to write is let in before the next act."""

from __future__ import annotations

import sqlite3
import threading
from contextlib import closing
from pathlib import Path

import pytest
from django.db import connection

from kbnn_survey.sqlite3 import turns
from kbnn_survey.sqlite3.base import CursorInTurn

ENTER = "INSERT INTO thing VALUES ('ballot')"


def write(place: Path, statements: list[str]) -> None:
    """On a connection of its own, as a customer's cast does."""
    with closing(sqlite3.connect(place, isolation_level=None, timeout=10)) as own:
        cursor = own.cursor(factory=CursorInTurn)
        cursor.beside = place
        for statement in statements:
            cursor.execute(statement)


def is_waited_for(place: Path) -> bool:
    """Whether somebody holds the lock beside it, told by the kernel's list: to try the lock could shut a customer out of it."""
    beside = Path(f"{place}-turn")
    if not beside.exists():
        return False
    own = f":{beside.stat().st_ino}"
    return any(line.split()[5].endswith(own) for line in Path("/proc/locks").read_text().splitlines())


@pytest.mark.parametrize("statements", [["BEGIN IMMEDIATE", ENTER, "COMMIT"], [ENTER]])
def test_the_replay_goes_on_only_when_who_waited_has_the_lock(tmp_path, statements):
    place = tmp_path / "pilot.sqlite3"
    with closing(sqlite3.connect(place, isolation_level=None, timeout=60)) as replay:
        replay.execute("CREATE TABLE thing (name)")
        replay.execute("BEGIN IMMEDIATE")
        customer = threading.Thread(target=write, args=(place, statements))
        customer.start()
        while customer.is_alive() and not is_waited_for(place):
            customer.join(0.01)
        assert customer.is_alive()
        replay.execute("COMMIT")
        turns.give_way(place)
        replay.execute("BEGIN IMMEDIATE")
        assert list(replay.execute("SELECT name FROM thing")) == [("ballot",)]
        customer.join()


def test_nobody_waits_for_a_turn_where_nobody_writes(tmp_path):
    turns.give_way(tmp_path / "pilot.sqlite3")
    assert not is_waited_for(tmp_path / "pilot.sqlite3")


@pytest.mark.sqlite_only
@pytest.mark.parametrize("tried", [True, False])
def test_turns_are_kept_beside_the_pilot_alone(db, settings, tried):
    settings.TRY_IT = tried
    assert isinstance(connection.create_cursor(), CursorInTurn) == tried
