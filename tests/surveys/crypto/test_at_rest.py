"""A column's text under a key outside the database."""

from base64 import b64decode, b64encode

import pytest

from surveys.crypto import at_rest
from surveys.crypto.at_rest import TextRefused

KEY, COLUMN = bytes(range(32)), "surveys_paperkeying.counts"
WORDS = '{"1-0": 3}, "Chờ lâu quá"'


@pytest.mark.parametrize("text", ["", WORDS, "ệ" * 5000])
def test_what_was_written_is_read(text):
    assert at_rest.read(KEY, COLUMN, at_rest.written(KEY, COLUMN, text)) == text


def test_nothing_of_the_text_nor_of_its_length_shows():
    short, long = (at_rest.written(KEY, COLUMN, text) for text in ("[]", WORDS * 40))
    assert len(short) == len(long)
    assert WORDS.encode() not in b64decode(long)
    assert at_rest.written(KEY, COLUMN, WORDS) != at_rest.written(KEY, COLUMN, WORDS)


def test_another_key_another_column_and_every_changed_byte_are_refused():
    stored = at_rest.written(KEY, COLUMN, WORDS)
    for key, column in ((bytes(32), COLUMN), (KEY, "surveys_paperkeying.stubs")):
        with pytest.raises(TextRefused):
            at_rest.read(key, column, stored)
    raw = bytearray(b64decode(stored))
    for at in range(0, len(raw), 7):
        raw[at] ^= 1
        with pytest.raises(TextRefused):
            at_rest.read(KEY, COLUMN, b64encode(raw).decode())
        raw[at] ^= 1
    assert at_rest.read(KEY, COLUMN, b64encode(raw).decode()) == WORDS


@pytest.mark.parametrize("stored", ["", "[]", '{"1-0": 3}', "Aw==", "ệ"])
def test_plain_text_and_scraps_are_refused(stored):
    with pytest.raises(TextRefused):
        at_rest.read(KEY, COLUMN, stored)
