"""The draw of the silent: fixed by a list and a public number, the same for whoever redoes it."""

from __future__ import annotations

import hashlib
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.arithmetic.follow_up_draw import NotDrawable, drawn, list_digest, lottery_beacon, silent_text

SALT = "ab" * 32
SEAL = "f0" * 32
SERIALS = st.lists(
    st.text("0123456789ABCDEFGHJKMNPQRSTVWXYZ", min_size=6, max_size=6), unique=True, max_size=30
)


def test_the_draw_is_that_of_the_vectors(vectors):
    said = vectors["G_follow_up"]["draw"]
    found = drawn(said["serials"], seal_sha256=said["seal_sha256"], beacon=said["beacon"], number=said["m"])
    assert list(found) == said["drawn"]


@given(SERIALS, st.data())
def test_a_longer_draw_goes_on_where_the_shorter_ended_whatever_the_order_of_the_list(serials, data):
    fewer = data.draw(st.integers(0, len(serials)))
    beacon = lottery_beacon(date(2026, 12, 5), "00345")
    whole = drawn(serials, seal_sha256=SEAL, beacon=beacon, number=len(serials))
    assert sorted(whole) == sorted(serials)
    assert drawn(serials[::-1], seal_sha256=SEAL, beacon=beacon, number=fewer) == whole[:fewer]


def test_another_public_number_draws_others():
    serials = [f"A{number:05d}" for number in range(200)]
    beacons = [lottery_beacon(date(2026, 12, 5), prize) for prize in ("00345", "00346")]
    one, other = (set(drawn(serials, seal_sha256=SEAL, beacon=each, number=20)) for each in beacons)
    assert one != other


def test_every_slip_is_drawn_about_equally_often():
    serials = [f"A{number:05d}" for number in range(20)]
    often = dict.fromkeys(serials, 0)
    for number in range(2000):
        beacon = lottery_beacon(date(2026, 12, 5), f"{number:05d}")
        for serial in drawn(serials, seal_sha256=SEAL, beacon=beacon, number=5):
            often[serial] += 1
    # 500 expected of each, standard deviation 19
    assert all(400 < times < 600 for times in often.values())


def test_the_list_is_sorted_and_salted_and_its_digest_that_of_its_bytes():
    text = silent_text(["ZZ04RD", "A0B1C2"], SALT)
    assert text == f"kbnn-silent-v1\n{SALT}\nA0B1C2\nZZ04RD\n"
    assert list_digest(text) == hashlib.sha256(text.encode()).hexdigest()
    assert list_digest(text) != list_digest(silent_text(["ZZ04RD", "A0B1C2"], "cd" * 32))


@pytest.mark.parametrize(
    "wrong",
    [
        {"seal_sha256": "F0" * 32},
        {"beacon": ""},
        {"beacon": "XSMB\n"},
        {"number": 3},
        {"number": -1},
        {"serials": ["A", "A"]},
        {"serials": ["a1"]},
    ],
)
def test_what_no_draw_can_be_made_from_is_refused(wrong):
    right = {"serials": ["A1", "B2"], "seal_sha256": SEAL, "beacon": "XSMB 2026-12-05 GDB 12345", "number": 1}
    told = right | wrong
    with pytest.raises(NotDrawable):
        drawn(told.pop("serials"), **told)


def test_a_prize_has_five_digits():
    assert lottery_beacon(date(2026, 12, 5), "12345") == "XSMB 2026-12-05 GDB 12345"
    with pytest.raises(NotDrawable):
        lottery_beacon(date(2026, 12, 5), "1234")
