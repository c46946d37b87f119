"""The box's keys by hand: what an operator types, in the order of the operators' page."""

from __future__ import annotations

import io
import re

import pytest
from django.core.management import CommandError, call_command

from surveys.crypto import box_keys, envelopes, keys


@pytest.fixture(autouse=True)
def two_users(settings, tmp_path):
    """Directories of the pages' user and of the mixer's, as on a server."""
    settings.SEPARATE_MIXER = True
    settings.KEYS_DIR, settings.MIX_KEYS_DIR = tmp_path / "pages", tmp_path / "mixer"
    yield
    keys.forget()


def box_key(act: str, *options: str, typed: str = "", monkeypatch=None) -> str:
    if monkeypatch:
        monkeypatch.setattr("sys.stdin", io.StringIO(typed))
    out = io.StringIO()
    call_command("box_key", act, *options, stdout=out, stderr=io.StringIO())
    return out.getvalue()


def test_what_the_mixer_says_of_itself_is_trusted_once_it_is_handed_over(settings, monkeypatch):
    statement = box_key("make")
    assert box_key("make") == statement  # once more changes nothing
    said = box_key("trust", typed=statement, monkeypatch=monkeypatch)
    public = box_keys.public_key(settings.MIX_KEYS_DIR)
    assert keys.box_public_key() == public
    assert envelopes.printed_fingerprint(public) in said
    assert envelopes.printed_fingerprint(public) in box_key("show")
    assert not list(settings.KEYS_DIR.glob("box-open*"))


def test_nothing_but_a_mixer_s_statement_is_trusted(monkeypatch):
    with pytest.raises(CommandError):
        box_key("trust", typed="box 00\n", monkeypatch=monkeypatch)


def test_two_of_three_letters_bring_a_lost_key_back_into_force(settings, tmp_path, monkeypatch):
    box_key("make")
    public = box_keys.public_key(settings.MIX_KEYS_DIR)
    pages = box_key("letters").split("\f")[:3]
    letters = ["".join(re.findall(r"^  ([0-9A-Z -]+)$", page, re.MULTILINE)) for page in pages]
    assert all(envelopes.printed_fingerprint(public) in page for page in pages)
    settings.MIX_KEYS_DIR = tmp_path / "another machine"
    with pytest.raises(CommandError):
        box_key("restore", typed=f"{letters[0]}\n{letters[0]}\n", monkeypatch=monkeypatch)
    box_key("restore", "--force", typed=f"{letters[2]}\n{letters[0]}\n", monkeypatch=monkeypatch)
    assert box_keys.public_key(settings.MIX_KEYS_DIR) == public
    assert keys.opened_public_key() == public


def test_after_a_rotation_both_keys_open_and_the_new_one_is_in_force(settings):
    box_key("make")
    old = box_keys.public_key(settings.MIX_KEYS_DIR)
    told = box_key("rotate")
    new = box_keys.public_key(settings.MIX_KEYS_DIR)
    assert f"box {new.hex()}" in told
    place = envelopes.Place("HB", "2026-11", bytes(16))
    for public in (old, new):
        sealed = envelopes.seal(public=public, place=place, body=b"{}", padded_bytes=64)
        assert keys.box_opener().open(sealed, place=place) == b"{}"
