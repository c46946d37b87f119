"""The envelope of a waiting ballot, beside an implementation of its own in `plain_envelope`."""

import pytest

from surveys.crypto import envelopes
from surveys.crypto.envelopes import BodyTooLong, EnvelopeRefused, Opener, OpeningKeyMissing, Place
from tests.surveys.crypto import plain_envelope as plain

PRIVATE = bytes(range(1, 33))
PUBLIC = envelopes.public_of(PRIVATE)
ROW = bytes.fromhex("00112233445566778899aabbccddeeff")
PLACE = Place("HB", "2026-10", ROW)
AAD = plain.associated_data("HB", "2026-10", ROW)
OPENER = Opener([PRIVATE])
BODY = '{"answers":{"attitude":1,"time":0},"comment":"Chờ lâu quá"}'.encode()


def sealed_at(place: Place = PLACE, body: bytes = BODY, padded_bytes: int = 128) -> bytes:
    return envelopes.seal(public=PUBLIC, place=place, body=body, padded_bytes=padded_bytes)


def plainly_sealed(padded: bytes, public: bytes = PUBLIC) -> bytes:
    return plain.seal(ephemeral=bytes(range(32, 64)), public=public, aad=AAD, padded=padded)


def padded(body: bytes, zeros: int, *, length: int | None = None) -> bytes:
    told = len(body) if length is None else length
    return told.to_bytes(4, "big") + body + bytes(zeros)


def test_the_plain_implementation_agrees_with_the_rfcs():
    # RFC 7748 section 5.2, one turn of the iteration
    assert plain.x25519(plain.BASE, plain.BASE).hex() == (
        "422c8e7a6227d7bca1350b3e2bb7279f7897b87bb6854b783c60e80311ae3079"
    )
    # RFC 5869 appendix A.1
    assert plain.hkdf(b"\x0b" * 22, bytes(range(13)), bytes(range(0xF0, 0xFA)), 42).hex() == (
        "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865"
    )
    # RFC 8439 section 2.8.2
    key, nonce = bytes(range(0x80, 0xA0)), bytes.fromhex("070000004041424344454647")
    text = (
        b"Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, "
        b"sunscreen would be it."
    )
    ciphertext = plain.chacha20(key, nonce, text)
    assert ciphertext[:16].hex() == "d31a8d34648e60db7b86afbc53ef7ec2"
    aad = bytes.fromhex("50515253c0c1c2c3c4c5c6c7")
    assert plain.tag(key, nonce, ciphertext, aad).hex() == "1ae10b594f09e26a7e902ecbd0600691"


def test_what_was_sealed_opens_at_its_place():
    assert OPENER.open(sealed_at(), place=PLACE) == BODY


def test_the_same_body_looks_different_each_time_it_is_sealed():
    first, second = sealed_at(), sealed_at()
    assert first[:5] == second[:5]
    assert not any(first[at : at + 8] in second for at in range(5, len(first) - 8))


def test_an_envelope_is_what_the_specification_says_byte_for_byte():
    assert plain.opened(sealed_at(), private=PRIVATE, aad=AAD) == padded(BODY, 128 - 4 - len(BODY))
    assert OPENER.open(plainly_sealed(padded(BODY, 60)), place=PLACE) == BODY
    office = Place("HB-Đ", "2026-Q4", ROW)
    sealed = sealed_at(office)
    aad = plain.associated_data("HB-Đ", "2026-Q4", ROW)
    assert plain.opened(sealed, private=PRIVATE, aad=aad).startswith(padded(BODY, 0))


def test_every_flipped_bit_of_an_envelope_is_refused():
    sealed = bytearray(sealed_at())
    refused = 0
    for at in range(len(sealed) * 8):
        sealed[at // 8] ^= 1 << at % 8
        with pytest.raises(EnvelopeRefused):
            OPENER.open(bytes(sealed), place=PLACE)
        sealed[at // 8] ^= 1 << at % 8
        refused += 1
    assert refused == (envelopes.OVERHEAD + 128) * 8
    assert OPENER.open(bytes(sealed), place=PLACE) == BODY


@pytest.mark.parametrize("length", [0, 1, 36, envelopes.OVERHEAD, envelopes.OVERHEAD + 3, -1])
def test_an_envelope_cut_short_is_refused(length):
    with pytest.raises(EnvelopeRefused):
        OPENER.open(sealed_at()[:length], place=PLACE)


@pytest.mark.parametrize(
    "place",
    [
        Place("HB2", "2026-10", ROW),
        Place("HB", "2026-11", ROW),
        Place("HB", "2026-10", ROW[:-1] + b"\xfe"),
        Place("H", "B2026-10", ROW),  # nothing slides from one part into the next
        Place("HB2026-1", "0", ROW),
    ],
)
def test_an_envelope_does_not_open_at_another_place(place):
    with pytest.raises(EnvelopeRefused):
        OPENER.open(sealed_at(), place=place)


def test_only_zeros_are_taken_for_padding():
    assert OPENER.open(plainly_sealed(padded(BODY, 8)), place=PLACE) == BODY
    for noise in (b"\x01" + bytes(7), bytes(7) + b"\x01"):
        with pytest.raises(EnvelopeRefused):
            OPENER.open(plainly_sealed(padded(BODY, 0) + noise), place=PLACE)


@pytest.mark.parametrize("length", [len(BODY) + 9, 2**32 - 1])
def test_a_length_beyond_the_envelope_is_refused(length):
    with pytest.raises(EnvelopeRefused):
        OPENER.open(plainly_sealed(padded(BODY, 8, length=length)), place=PLACE)


def test_a_length_short_of_the_body_is_refused():
    with pytest.raises(EnvelopeRefused):
        OPENER.open(plainly_sealed(padded(BODY, 8, length=len(BODY) - 1)), place=PLACE)


@pytest.mark.parametrize("body", [b"", b"x", b"x" * 500, b"x" * 1020])
def test_every_body_of_a_questionnaire_makes_an_envelope_of_one_length(body):
    sealed = sealed_at(body=body, padded_bytes=1024)
    assert len(sealed) == 1024 + 53
    assert OPENER.open(sealed, place=PLACE) == body


def test_a_body_beyond_the_length_of_its_questionnaire_is_not_sealed():
    with pytest.raises(BodyTooLong):
        sealed_at(body=b"x" * 1021, padded_bytes=1024)


def test_a_row_id_of_another_length_has_no_place():
    with pytest.raises(ValueError, match="16 bytes"):
        sealed_at(Place("HB", "2026-10", ROW[:15]))


def test_the_public_key_alone_does_not_open_what_it_sealed():
    stranger = Opener([envelopes.new_opening_key()])
    with pytest.raises(OpeningKeyMissing):
        stranger.open(sealed_at(), place=PLACE)


def test_an_envelope_that_names_another_pair_is_refused_by_that_pair():
    other = envelopes.new_opening_key()
    both = Opener([PRIVATE, other])
    renamed = bytearray(sealed_at())
    renamed[1:5] = envelopes.key_id(envelopes.public_of(other))
    with pytest.raises(EnvelopeRefused, match="another place, or changed"):
        both.open(bytes(renamed), place=PLACE)


def test_after_a_rotation_rows_of_both_pairs_open():
    fresh = envelopes.new_opening_key()
    both = Opener([PRIVATE, fresh])
    new = envelopes.seal(public=envelopes.public_of(fresh), place=PLACE, body=BODY, padded_bytes=128)
    assert [both.open(each, place=PLACE) for each in (sealed_at(), new)] == [BODY, BODY]


@pytest.mark.parametrize("point", [0, 1])
def test_an_ephemeral_key_of_small_order_is_refused(point):
    sealed = bytearray(sealed_at())
    sealed[5:37] = point.to_bytes(32, "little")
    with pytest.raises(EnvelopeRefused, match="ephemeral"):
        OPENER.open(bytes(sealed), place=PLACE)


def test_a_fingerprint_names_the_public_key_and_begins_with_its_id():
    assert envelopes.fingerprint(PUBLIC)[:8] == plain.key_id(PUBLIC).hex() == envelopes.key_id(PUBLIC).hex()
    assert plain.x25519(PRIVATE, plain.BASE) == PUBLIC
