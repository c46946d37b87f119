"""What lies in an envelope, and how long envelopes are."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveys.box.contents import Contents, ContentsUnreadable, padded_bytes
from surveys.crypto import envelopes
from surveys.vietnamese import clean_text, mask_digit_runs

CRITERIA, REASONS, TEXTS = ["attitude", "time"], ["waiting", "twice"], ["more"]
PAPER = Contents(3, "Q1", "", {"attitude": None, "time": 0}, void_reason="INCOMPLETE", keyed_by=(4, 9))
DIGITAL = Contents(3, "Q1", "6", {"attitude": 1, "time": 0}, "Chờ lâu", ("waiting",), {"more": '"đủ"\n'})


@pytest.mark.parametrize("contents", [PAPER, DIGITAL])
def test_a_ballot_comes_out_of_its_body_as_it_went_in(contents):
    assert Contents.decoded(contents.encoded()) == contents


def test_the_body_is_canonical_json_of_everything_that_tells_one_ballot_from_another():
    assert DIGITAL.encoded().decode() == (
        '{"answers":{"attitude":1,"time":0},"comment":"Chờ lâu","counter":"Q1","keyed_by":[],"procedure":"6",'
        '"questionnaire":3,"reasons":["waiting"],"texts":{"more":"\\"đủ\\"\\n"},"void_reason":""}'
    )


@pytest.mark.parametrize(
    "change",
    [
        {"answers": {"attitude": "1"}},
        {"answers": {"attitude": True}},
        {"answers": [1]},
        {"questionnaire": "3"},
        {"keyed_by": ["4", "9"]},
        {"comment": None},
        {"reasons": [1]},
        {"texts": {"more": 1}},
        {"slip": "K7"},
    ],
)
def test_what_is_no_ballot_is_refused(change):
    body = json.dumps(
        json.loads(DIGITAL.encoded()) | change, sort_keys=True, separators=(",", ":"), ensure_ascii=False
    )
    with pytest.raises(ContentsUnreadable):
        Contents.decoded(body.encode())


@pytest.mark.parametrize("body", [b"", b"null", b"[]", b"{}", b"\xff", DIGITAL.encoded() + b" "])
def test_a_body_of_another_making_is_refused(body):
    with pytest.raises(ContentsUnreadable):
        Contents.decoded(body)


def length(characters: int = 1000, criteria=CRITERIA, reasons=REASONS, texts=()) -> int:
    return padded_bytes(criteria=criteria, reasons=reasons, texts=texts, characters=characters)


def test_a_length_grows_with_what_is_asked_and_with_nothing_else():
    assert length() == length()
    assert length() < length(texts=["more"]) < length(texts=["more", "other"])
    assert length(characters=100) < length()
    assert length() % 256 == 0


@given(
    comment=st.text(max_size=200),
    text=st.text(max_size=200),
    reasons=st.sets(st.sampled_from(REASONS)),
    levels=st.tuples(*[st.one_of(st.none(), st.integers(0, 99))] * 2),
    keyers=st.sampled_from([(), (1, 2), (2**63 - 1, 2**63 - 2)]),
    code=st.text(max_size=16),
)
def test_whatever_the_form_takes_fits(comment, text, reasons, levels, keyers, code):
    contents = Contents(
        2**63 - 1,
        clean_text(code)[:16],
        "",
        dict(zip(CRITERIA, levels, strict=True)),
        mask_digit_runs(clean_text(comment)[:200]),
        tuple(sorted(reasons)),
        {"more": mask_digit_runs(clean_text(text)[:200]), "respondent": "x" * 20},
        keyed_by=keyers,
    )
    place = envelopes.Place("HB", "2026-11", bytes(16))
    public = envelopes.public_of(bytes(range(32)))
    padded = length(200, texts=TEXTS)
    sealed = envelopes.seal(public=public, place=place, body=contents.encoded(), padded_bytes=padded)
    assert len(sealed) == padded + envelopes.OVERHEAD


@pytest.mark.parametrize("sign", ["\U0001f4ec", '"', "\\", "\n", "ệ", "•"])
def test_the_longest_comment_of_any_sign_fits(sign):
    body = Contents(1, "Q1", "6", dict.fromkeys(CRITERIA, 1), sign * 1000).encoded()
    assert envelopes.LENGTH_BYTES + len(body) <= length()
