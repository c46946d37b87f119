"""The opening key on three sheets of paper."""

import random
from itertools import combinations, permutations

import pytest

from surveys.crypto import crockford, envelopes, escrow
from surveys.crypto.escrow import LetterMistyped, LettersOfDifferentKeys, SameLetterTwice

PRIVATE = envelopes.new_opening_key()


def test_any_two_of_the_three_letters_restore_the_key_in_any_order():
    letters = escrow.letters_of(PRIVATE)
    for two in permutations(letters, 2):
        assert escrow.restored(two) == PRIVATE
    for three in permutations(letters):
        assert escrow.restored(three) == PRIVATE


def test_every_key_comes_back_whatever_its_bytes():
    for private in (bytes(32), b"\xff" * 32, *(envelopes.new_opening_key() for _ in range(50))):
        for two in combinations(escrow.letters_of(private), 2):
            assert escrow.restored(two) == private


def test_a_letter_is_sixteen_groups_of_four_that_no_eye_confuses():
    letter = escrow.letters_of(PRIVATE)[0]
    groups = letter.split("-")
    assert [len(group) for group in groups] == [4] * 16
    assert set("".join(groups)) <= set(crockford.ALPHABET)


def test_a_letter_may_be_typed_with_blanks_small_letters_and_without_dashes():
    first, second, _third = escrow.letters_of(PRIVATE)
    typed = first.lower().replace("-", " ").replace("0", "o").replace("1", "l")
    assert escrow.restored([typed, second.replace("-", "–")]) == PRIVATE


def test_one_letter_alone_goes_with_every_key_there_is():
    # For each byte of a share and each byte the key may have had, exactly one slope leads from one to the other.
    for number in (1, 2, 3):
        for secret in range(256):
            shares = {escrow.point(bytes([secret]), bytes([slope]), number) for slope in range(256)}
            assert len(shares) == 256


def test_the_same_key_is_never_shared_out_the_same_way_twice():
    assert not set(escrow.letters_of(PRIVATE)) & set(escrow.letters_of(PRIVATE))


def test_one_letter_restores_nothing_nor_does_it_given_twice():
    first, second, _third = escrow.letters_of(PRIVATE)
    for too_few in ([], [first], [first, first], [second, second.lower()]):
        with pytest.raises(SameLetterTwice):
            escrow.restored(too_few)


def test_each_mistyped_character_is_noticed_and_its_letter_named():
    first, second, _third = escrow.letters_of(PRIVATE)
    chance = random.Random(1)
    for at, right in enumerate(second):
        if right == "-":
            continue
        wrong = chance.choice([sign for sign in crockford.ALPHABET if sign != right])
        with pytest.raises(LetterMistyped) as refused:
            escrow.restored([first, second[:at] + wrong + second[at + 1 :]])
        assert refused.value.place == 1


def test_swapped_neighbours_and_missing_characters_are_noticed():
    first, second, _third = escrow.letters_of(PRIVATE)
    bare = second.replace("-", "")
    swapped = [
        bare[:at] + bare[at + 1] + bare[at] + bare[at + 2 :] for at in range(63) if bare[at] != bare[at + 1]
    ]
    assert swapped
    for typed in (*swapped, bare[:-1], bare + "0", "", "€" + bare[1:]):
        with pytest.raises(LetterMistyped):
            escrow.restored([first, typed])


def test_letters_of_two_pairs_or_of_two_printings_do_not_mix():
    first, second, third = escrow.letters_of(PRIVATE)
    others = escrow.letters_of(envelopes.new_opening_key())
    again = escrow.letters_of(PRIVATE)
    for mixed in ([first, others[1]], [first, again[1]], [first, second, again[2]]):
        with pytest.raises(LettersOfDifferentKeys):
            escrow.restored(mixed)
    assert escrow.restored([first, third]) == PRIVATE
