import json
from collections import Counter
from pathlib import Path

import pytest

from surveys.crypto import codes

KEY = bytes(range(32))
VECTORS = Path(__file__).parent.parent.parent / "vectors"
WITH_RECEIPT = [
    ballot
    for name in ("five", "campaign")
    for ballot in json.loads((VECTORS / f"{name}.json").read_text("utf-8"))["ballots"]
    if ballot["nonce"]
]
CODE = "0123456789ABCDEFGHJKMNPQRS"


@pytest.mark.parametrize("ballot", WITH_RECEIPT, ids=lambda ballot: ballot["receipt"])
def test_a_receipt_and_its_hash_are_those_of_the_vectors(ballot):
    receipt = codes.receipt(KEY, bytes.fromhex(ballot["nonce"]))
    assert receipt == ballot["receipt"]
    assert codes.receipt_hash(receipt) == ballot["receipt_hash"]
    assert codes.is_genuine(KEY, receipt)


def test_a_receipt_with_any_one_character_changed_is_not_genuine():
    receipt = WITH_RECEIPT[0]["receipt"]
    for place in range(len(receipt)):
        for character in set(codes.ALPHABET) - {receipt[place]}:
            assert not codes.is_genuine(KEY, receipt[:place] + character + receipt[place + 1 :])


@pytest.mark.parametrize(
    "nonsense", ["", "7D1S", "7D1SMPVH3BQ2W8XU", "7D1SMPVH3BQ2W8X-", "7D1SMPVH3BQ2W8XK0"]
)
def test_what_is_no_receipt_at_all_is_not_genuine(nonsense):
    assert not codes.is_genuine(KEY, nonsense)


def test_a_receipt_of_another_key_is_not_genuine():
    assert not codes.is_genuine(bytes(32), WITH_RECEIPT[0]["receipt"])


def test_a_receipt_is_shown_in_four_groups_and_read_back_however_it_is_typed():
    shown = codes.format_receipt("0D1SMPVH3BQ2W8XK")
    assert shown == "0D1S-MPVH-3BQ2-W8XK"
    assert codes.normalise_receipt(shown) == "0D1SMPVH3BQ2W8XK"
    assert codes.normalise_receipt(" od1s mpvh 3bq2 w8xk ") == "0D1SMPVH3BQ2W8XK"
    assert codes.normalise_receipt("0dlS – mpvh\u00a03BQ2 W8XK") == "0D1SMPVH3BQ2W8XK"


@pytest.mark.parametrize("typed", ["", "7D1S-MPVH-3BQ2-W8X", "7D1S-MPVH-3BQ2-W8XK0", "7D1S-MPVH-3BQ2-W8XU"])
def test_what_cannot_be_a_receipt_reads_as_nothing(typed):
    assert codes.normalise_receipt(typed) == ""


def test_codes_and_serials_have_their_length_and_alphabet_and_never_repeat():
    drawn = [codes.new_code() for _ in range(2000)]
    assert {len(code) for code in drawn} == {codes.CODE_LENGTH}
    assert len(set(drawn)) == len({code[: codes.SHORT_LENGTH] for code in drawn}) == 2000
    # 52.000 characters: each of the 32 is expected 1.625 times, standard deviation 40.
    counts = Counter("".join(drawn))
    assert set(counts) == set(codes.ALPHABET)
    assert max(abs(count - 1625) for count in counts.values()) < 320
    serial = codes.new_serial()
    assert len(serial) == 6
    assert set(serial) <= set(codes.ALPHABET)


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        (CODE.lower(), CODE),
        ("0123-4567 89AB\tCDEF—GHJK MNPQ RS\n", CODE),
        ("oO iIlL 234567", "001111234567"),
        ("0123456789AB", "0123456789AB"),
        ("0123456789A", ""),
        (CODE + "T", ""),
        ("0123456789AU", ""),
        ("0123456789A!", ""),
        ("0123456789A\u0131", ""),
        ("0123456789A\u017f", ""),
        ("\uff10123456789AB", ""),
        ("Đ123456789AB", ""),
        ("0123456789AB\x00", ""),
        ("", ""),
    ],
)
def test_a_typed_code_is_forgiven_case_blanks_dashes_and_lookalikes_and_nothing_else(typed, read):
    assert codes.normalise(typed) == read


def test_a_slip_is_found_by_its_whole_code_or_by_its_first_twelve_characters():
    assert codes.short_mac(KEY, CODE) == codes.short_mac(KEY, CODE[:12]) == codes.short_mac(KEY, CODE[:20])
    assert codes.short_mac(KEY, CODE) != codes.short_mac(KEY, "1" + CODE[1:])
    assert codes.code_mac(KEY, CODE) != codes.code_mac(KEY, CODE[:-1] + "T")
    for wrong in (CODE[:-1], CODE + "T", ""):
        with pytest.raises(ValueError, match="26 characters"):
            codes.code_mac(KEY, wrong)
    with pytest.raises(ValueError, match="12 characters"):
        codes.short_mac(KEY, CODE[:11])


def test_one_key_gives_a_different_value_for_each_purpose():
    short = CODE[:12]
    values = [
        codes.code_mac(KEY, CODE),
        codes.short_mac(KEY, CODE),
        codes.box_tag(KEY, CODE),
        codes.box_tag(KEY, short),
        codes.code_mac(bytes(32), CODE),
    ]
    assert len(set(values)) == len(values)
    assert {len(value) for value in values} == {64}


def test_a_tag_changes_when_text_slides_from_one_field_into_the_next():
    tags = [
        codes.box_tag(KEY, "ab", "c"),
        codes.box_tag(KEY, "a", "bc"),
        codes.box_tag(KEY, "abc"),
        codes.box_tag(KEY, "abc", ""),
        codes.box_tag(KEY, "", "abc"),
        codes.box_tag(KEY, "c", "ab"),
        codes.box_tag(KEY),
    ]
    assert len(set(tags)) == len(tags)


def test_a_tag_is_recognised_only_with_its_own_fields_and_key():
    tag = codes.box_tag(KEY, "id", "Chờ lâu", "")
    assert codes.is_box_tag(KEY, tag, "id", "Chờ lâu", "")
    assert not codes.is_box_tag(KEY, tag, "id", "Chờ lâu", "x")
    assert not codes.is_box_tag(bytes(32), tag, "id", "Chờ lâu", "")
    assert not codes.is_box_tag(KEY, "ô" + tag[1:], "id", "Chờ lâu", "")
