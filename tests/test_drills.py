"""What a drill of the cluster finds, from ballots and rows alone: the drills themselves need a machine (`make drills`)."""

import subprocess
import sys
from collections import deque

import pytest

from bench import load
from bench.drills.books import Books, Found, missing
from bench.drills.customers import Ballot, Customers
from bench.faults.clients import Held
from bench.ours import ROOT

FORM = load.Form("/p/CODE", b"attitude=1", "")
RECEIPTS = ("1111-1111-1111-1111", "2222-2222-2222-2222")


def test_a_ballot_is_missed_when_its_receipt_was_shown_and_only_then():
    shown, other = (Ballot(FORM, receipt) for receipt in RECEIPTS)
    assert missing([shown, other, Ballot(FORM)], Held(1, 1, [shown.hash])) == 1
    assert missing([shown, Ballot(FORM)], Held(1, 1, [shown.hash])) == 0


@pytest.mark.parametrize(
    ("found", "good"),
    [
        (Found(2.0, 50), True),
        (Found(2.0, 50, lost=1), False),
        (Found(2.0, 50, lost_after_healing=1), False),
        (Found(2.0, 0), False),  # nobody cast: nothing was shown
        (Found(15.1, 50), False),
        (Found(30.0, 50, back=9.0), True),  # nothing could be taken before it was mended
        (Found(30.0, 50, back=16.0), False),
    ],
    ids=str,
)
def test_a_drill_holds_when_no_ballot_is_gone_and_casts_came_back_in_time(found, good):
    assert Books(longest=15.0, middle=12.0, cycles=[Found(1.0, 10), found]).good == good


def test_a_drill_whose_middle_is_too_long_misses_though_none_is_at_the_limit():
    assert not Books(longest=15.0, middle=12.0, cycles=[Found(13.0, 50)] * 3).good


def test_the_seconds_without_a_cast_end_with_the_slips():
    customers = Customers([], deque())
    customers.began, customers.ended = 0.0, 20.0
    customers.ballots = [Ballot(FORM, RECEIPTS[0], at) for at in (1.0, 5.0, 6.0)]
    assert customers.gap() == 14.0
    customers._without_slips = 7.0
    assert customers.gap() == 4.0
    assert customers.first_after(1.5) == 3.5


@pytest.mark.parametrize(("ends", "status"), [([7], 7), ([0, 0], 0), ([0, 3], 3), ([3, 1], 1)], ids=str)
def test_the_outcome_of_drills_is_handed_on_whatever_their_processes_leave_behind(ends, status):
    """In a process of its own, since it takes every child that ends."""
    commands = [["sh", "-c", f"(true &); exit {code}"] for code in ends]
    left = f"import os, sys; from bench.drills.__main__ import reaping; sys.exit(reaping({commands}, os.environ))"
    assert subprocess.run([sys.executable, "-c", left], cwd=ROOT).returncode == status
