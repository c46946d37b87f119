"""Text, numbers and dates as officials write them."""

from datetime import date
from itertools import pairwise
from unicodedata import category, normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveys import vietnamese
from surveys.fields import CleanTextField
from surveys.vietnamese import (
    clean_text,
    count,
    fold,
    group,
    long_date,
    mask_digit_runs,
    short_date,
    sort_key,
)

any_text = st.text(st.characters(exclude_categories=()), max_size=40)
vietnamese_text = st.text(
    st.sampled_from("aăâbcdđeêghiklmnoôơpqrstuưvxyÀẢÃÁẠẵếỘợữỲỵĐ 0123456789-.,"), max_size=40
)


def test_text_leaves_composed_whatever_keyboard_typed_it():
    assert clean_text(normalize("NFD", "Thái độ phục vụ")) == "Thái độ phục vụ"


@pytest.mark.parametrize(
    "unwanted",
    ["\x00", "\x07", "\x1b", "\x7f", "\x9f", "\u200e", "\u202e", "\u2069", "\u061c", "\ud800",
     "\ufdd0", "\ufffe", "\uffff", "\U0001fffe", "\U0010ffff"],
)  # fmt: skip
def test_marks_that_cannot_be_seen_or_stored_are_dropped(unwanted):
    assert clean_text(f"chờ{unwanted} lâu") == "chờ lâu"


def test_an_accent_left_alone_by_a_dropped_mark_joins_its_letter():
    assert clean_text("a\x00\u0301") == "á"


@pytest.mark.parametrize("line_break", ["\r\n", "\r", "\v", "\f", "\x85", "\u2028", "\u2029", "\n"])
def test_every_kind_of_line_break_becomes_one_newline(line_break):
    assert clean_text(f"một{line_break}hai") == "một\nhai"


def test_a_tab_becomes_a_blank_so_that_words_stay_apart():
    assert clean_text("quầy\t1") == "quầy 1"


def test_blanks_and_emoji_are_kept_as_typed():
    assert clean_text("  hai  cách \n\n👨‍👩‍👧 ") == "  hai  cách \n\n👨‍👩‍👧 "


@given(any_text)
def test_cleaning_twice_changes_nothing_and_the_result_can_be_encoded(text):
    cleaned = clean_text(text)
    assert clean_text(cleaned) == cleaned
    assert cleaned == normalize("NFC", cleaned)
    assert all(char == "\n" or category(char) != "Cc" for char in cleaned)
    cleaned.encode()


@pytest.mark.parametrize(
    ("written", "typed"),
    [("Đặng Thị Hường", "dang thi huong"), ("ĐẮK LẮK", "dak lak"), ("Phòng Kế toán Nhà nước", "phong ke toan nha nuoc")],
)  # fmt: skip
def test_what_is_typed_without_diacritics_finds_what_is_written_with_them(written, typed):
    assert fold(written) == typed
    assert fold(normalize("NFD", written)) == typed


@given(any_text)
def test_folding_twice_changes_nothing(text):
    assert fold(fold(text)) == fold(text)


@given(vietnamese_text)
def test_a_folded_vietnamese_text_is_plain_ascii_in_any_normal_form(text):
    assert fold(text).isascii()
    assert fold(text) == fold(normalize("NFD", text)) == fold(text.upper())


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("gọi 0912345678 nhé", "gọi •••••••••• nhé"),
        ("gọi 0912 345 678", "gọi •••• ••• •••"),
        ("ĐT: (0218) 385-2123.", "ĐT: (••••) •••-••••."),
        ("+84 912.345.678", "+•• •••.•••.•••"),
        ("TK 3713.0.1234567", "TK ••••.•.•••••••"),
        ("0912 - 345 - 678", "•••• - ••• - •••"),
        ("\uff10\uff19\uff11\uff12\uff13\uff14\uff15\uff16\uff17\uff18", "••••••••••"),
        ("0912\u200b345\u200b678", "••••\u200b•••\u200b•••"),
        ("12345678", "12345678"),
        ("ngày 15/3/2023 lúc 8 giờ 30", "ngày 15/3/2023 lúc 8 giờ 30"),
        ("50.000.000 đồng", "50.000.000 đồng"),
        ("quầy 1\n0912\n345678", "quầy 1\n0912\n345678"),
    ],
)
def test_numbers_long_enough_to_name_a_person_are_masked_and_short_ones_kept(typed, kept):
    assert mask_digit_runs(typed) == kept


def test_the_shortest_masked_run_can_be_chosen():
    assert mask_digit_runs("mã 1234, 123", at_least=4) == "mã ••••, 123"
    with pytest.raises(ValueError, match="at least one digit"):
        mask_digit_runs("1", at_least=0)


@given(any_text)
def test_masking_keeps_the_length_and_leaves_nothing_to_mask(text):
    masked = mask_digit_runs(text)
    assert len(masked) == len(text)
    assert mask_digit_runs(masked) == masked


@pytest.mark.parametrize(
    ("n", "printed"),
    [(0, "0"), (7, "7"), (999, "999"), (3809, "3.809"), (1234567, "1.234.567"), (-3809, "-3.809")],
)
def test_numbers_are_grouped_by_dots(n, printed):
    assert group(n) == printed


@given(st.integers())
def test_a_grouped_number_reads_back(n):
    assert int(group(n).replace(".", "")) == n


@pytest.mark.parametrize(("n", "printed"), [(0, "0"), (1, "01"), (9, "09"), (10, "10"), (3809, "3.809")])
def test_counts_below_ten_carry_a_zero_in_prose(n, printed):
    assert count(n) == printed


def test_short_dates_carry_no_zeros():
    assert short_date(date(2023, 3, 15)) == "15/3/2023"
    assert short_date(date(2023, 1, 5)) == "5/1/2023"


@pytest.mark.parametrize(
    ("day", "printed"),
    [
        (date(2023, 4, 5), "ngày 05 tháng 4 năm 2023"),
        (date(2023, 1, 15), "ngày 15 tháng 01 năm 2023"),
        (date(2024, 2, 9), "ngày 09 tháng 02 năm 2024"),
        (date(2023, 3, 10), "ngày 10 tháng 3 năm 2023"),
        (date(2023, 12, 31), "ngày 31 tháng 12 năm 2023"),
    ],
)
def test_long_dates_follow_decree_30(day, printed):
    assert long_date(day) == printed


def stand_in_order(texts):
    keys = [sort_key(text) for text in texts]
    return all(one < next_one for one, next_one in pairwise(keys))


def test_shaped_letters_follow_their_plain_sisters():
    letters = list("aăâbcdđeêghiklmnoôơpqrstuưvxy")
    assert stand_in_order(letters)


def test_tones_follow_the_dictionary():
    words = ["ma", "mà", "mả", "mã", "má", "mạ"]
    assert stand_in_order(words)


def test_letters_outweigh_tones_and_tones_outweigh_case():
    words = ["Hòa Bình", "hỏa bình", "Hoan", "hoàn", "Hoàn", "Hòan", "Hôn"]
    assert stand_in_order(words)


def test_offices_stand_in_vietnamese_order():
    offices = ["Bắc Giang", "Cao Bằng", "Cần Thơ", "Đà Nẵng", "Đắk Lắk", "Điện Biên", "Hà Nội"]
    assert stand_in_order(offices)


@given(vietnamese_text, vietnamese_text)
def test_order_does_not_depend_on_the_normal_form(one, other):
    assert sort_key(normalize("NFD", one)) == sort_key(normalize("NFC", one))
    if normalize("NFC", one) != normalize("NFC", other):
        assert sort_key(one) != sort_key(other)


@given(vietnamese_text, vietnamese_text)
def test_a_word_precedes_its_own_extension(word, more):
    assert sort_key(word) <= sort_key(word + more)


@pytest.mark.parametrize("text", ["", " \n\t", "\u200b\u2060", "\u00a0\u3164", "\u2800 \ufe0f", "\u0301"])
def test_a_text_of_invisible_characters_is_invisible(text):
    assert vietnamese.is_invisible(text)
    assert CleanTextField(required=False).clean(text) == ""


@pytest.mark.parametrize("text", ["a", " . ", "👍", "1\u200b", "Tốt", "한"])
def test_a_text_with_one_sign_to_be_seen_is_kept(text):
    assert not vietnamese.is_invisible(text)
    assert CleanTextField(required=False).clean(text) == text.strip()


def test_bac_lieu_stands_before_bac_kan():
    assert stand_in_order(["Bạc Liêu", "Bắc Giang", "Bắc Kạn", "Bắc Ninh"])
