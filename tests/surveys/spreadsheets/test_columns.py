"""What each type of column takes, and the sentence for what it does not."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from surveys.periods import Month
from surveys.spreadsheets.book import Cell, Kind
from surveys.spreadsheets.columns import (
    CODES_ARE_NUMBERS,
    CellType,
    Choice,
    Code,
    Day,
    Email,
    Fraction,
    MonthOfYear,
    Text,
    Whole,
    Wrong,
    YesNo,
)
from surveys.spreadsheets.reading import read
from tests.workbooks import Styled, workbook

BALLOTS = Whole(what="số phiếu")
OTHERWISE = "Định dạng của ô hiện khác số mà ô giữ. Hãy đặt định dạng là Chung (General) rồi xem lại số."
NO_BALLOTS = "Không phải là số phiếu. Hãy viết như 317 hoặc 3.809."
AS_TEXT = "Hãy định dạng cột là Văn bản (Text) rồi gõ lại mã."
NO_MONTH = "Không phải là tháng. Hãy viết như 5/2021."


def typed(text: str) -> Cell:
    """A cell as it stands in a CSV."""
    return Cell("", 2, 1, Kind.TEXT, text)


def stored(value: object, form: str = "General") -> Cell:
    """A cell as it stands in a workbook."""
    (sheet,) = read(workbook([Styled(value, form)])).sheets
    return sheet.rows[0][1][0]


def wrong(kind: CellType, cell: Cell) -> str:
    with pytest.raises(Wrong) as fact:
        kind.read(cell)
    return fact.value.words


@pytest.mark.parametrize(
    ("text", "number"),
    [("317", 317), ("0", 0), ("05", 5), ("3.809", 3809), ("3 809", 3809), ("3\u00a0809", 3809), ("3\u202f809", 3809),
     ("1.234.567", 1234567), ("999999999", 999999999), ("12.000", 12000)],
)  # fmt: skip
def test_a_count_is_read_as_people_write_it(text, number):
    assert BALLOTS.read(typed(text)) == number


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("0,853", "0,853 là số lẻ hoặc tỷ lệ, không phải số phiếu. Hãy gõ số phiếu."),
        ("0.999", "0,999 là số lẻ hoặc tỷ lệ, không phải số phiếu. Hãy gõ số phiếu."),
        ("85,3%", "85,3% là tỷ lệ, không phải số phiếu. Hãy gõ số phiếu."),
        ("3,125", "Số lẻ 3,125: có phải 3.125 bị đọc nhầm dấu phân cách? Nếu phải, hãy gõ lại 3125."),
        ("3.12", "Số lẻ 3,12: có phải 3.120 bị đọc nhầm dấu phân cách? Nếu phải, hãy gõ lại 3120."),
        ("3.8095", "3,8095 là số lẻ, không phải số phiếu. Hãy gõ số phiếu."),
        *((text, NO_BALLOTS) for text in ("ba trăm", "-5", "+5", "1e3", "\uff13\uff11\uff17", "3.80 9", "3,809,000", "317 phiếu", "1234567890", ".5", "3..809")),
    ],
)  # fmt: skip
def test_what_is_no_count_is_never_made_one(text, said):
    assert wrong(BALLOTS, typed(text)) == said


@pytest.mark.parametrize(
    ("value", "form", "said"),
    [
        (
            0.853,
            "General",
            "0,853 là số lẻ hoặc tỷ lệ, không phải số phiếu. Hãy gõ số phiếu.",
        ),
        (0.853, "0", "0,853 là số lẻ hoặc tỷ lệ, không phải số phiếu. Hãy gõ số phiếu."),
        (0.999, "0.0%", "99,9% là tỷ lệ, không phải số phiếu. Hãy gõ số phiếu."),
        (1, "0%", "100% là tỷ lệ, không phải số phiếu. Hãy gõ số phiếu."),
        (
            3.125,
            "General",
            "Số lẻ 3,125: có phải 3.125 bị đọc nhầm dấu phân cách? Nếu phải, hãy gõ lại 3125.",
        ),
        (3.12, "General", "Số lẻ 3,12: có phải 3.120 bị đọc nhầm dấu phân cách? Nếu phải, hãy gõ lại 3120."),
        (
            3,
            "0.000",
            "Ô hiện ba chữ số lẻ: là 3 hay 3.000? Hãy gõ lại liền các chữ số, không dùng dấu phân cách.",
        ),
        (
            12,
            "#,##0.000",
            "Ô hiện ba chữ số lẻ: là 12 hay 12.000? Hãy gõ lại liền các chữ số, không dùng dấu phân cách.",
        ),
        (316.6, "0", "Số lẻ 316,6: có phải 316.600 bị đọc nhầm dấu phân cách? Nếu phải, hãy gõ lại 316600."),
        (1234.5, "General", "1234,5 là số lẻ, không phải số phiếu. Hãy gõ số phiếu."),
        (-5, "General", "Phải từ 0 đến 999.999.999."),
        (1e10, "General", "Phải từ 0 đến 999.999.999."),
        (1e300, "General", NO_BALLOTS),
        (
            45996,
            "d-mmm",
            "Excel đã đổi ô này thành ngày 5/12/2025. Hãy định dạng cột là Số (Number) rồi gõ lại.",
        ),
        (5, "h:mm", NO_BALLOTS),
        (True, "General", NO_BALLOTS),
    ],
)
def test_a_count_that_excel_keeps_as_something_else_is_refused(value, form, said):
    assert wrong(BALLOTS, stored(value, form)) == said


@pytest.mark.parametrize(
    ("value", "form"),
    [(317, "General"), (317.0, "0.00"), (317.00000000000006, "General"), (317, "#,##0"), (317, "@")],
)
def test_a_count_with_a_harmless_format_is_that_count(value, form):
    assert BALLOTS.read(stored(value, form)) == 317
    assert BALLOTS.read(stored(0, "0.000")) == 0


@pytest.mark.parametrize(
    "cell", [typed("KH01"), typed("0100109106"), typed("007"), stored("0100109106"), typed("1" * 20)]
)
def test_a_code_kept_as_text_keeps_every_digit(cell):
    assert Code(40).read(cell) == cell.text


@pytest.mark.parametrize(
    ("value", "form", "code"),
    [(100109106, "0000000000", "0100109106"), (7, "000", "007"), (1234, "000", None)],
)
def test_a_code_that_its_format_fills_up_with_zeros_is_what_is_shown(value, form, code):
    if code:
        assert Code(40).read(stored(value, form)) == code
    else:
        assert wrong(Code(40), stored(value, form)).startswith("Excel giữ mã này như một số")


def test_a_number_where_a_code_stands_is_asked_about_and_taken_when_confirmed():
    for form in ("General", "0", "@"):
        with pytest.raises(Wrong) as fact:
            Code(40).read(stored(100109106, form))
        assert fact.value.question == CODES_ARE_NUMBERS
        assert fact.value.words == f"Excel giữ mã này như một số, số 0 ở đầu (nếu có) đã mất. {AS_TEXT}"
        assert Code(40).read(stored(100109106, form), frozenset({CODES_ARE_NUMBERS})) == "100109106"


@pytest.mark.parametrize(
    ("value", "form", "said"),
    [
        (
            3.713012345678901e19,
            "General",
            f"Mã có hơn 15 chữ số; Excel đã thay các chữ số cuối bằng số 0. {AS_TEXT}",
        ),
        (1234567890123450, "0", f"Mã có hơn 15 chữ số; Excel đã thay các chữ số cuối bằng số 0. {AS_TEXT}"),
        (1e15, "0" * 20, f"Mã có hơn 15 chữ số; Excel đã thay các chữ số cuối bằng số 0. {AS_TEXT}"),
        (1.5, "General", f"Mã không thể là số 1,5. {AS_TEXT}"),
        (0.5, "0%", f"Mã không thể là số 50%. {AS_TEXT}"),
        (45996, "d-mmm", f"Excel đã đổi mã thành ngày. {AS_TEXT}"),
        (True, "General", f"Excel đã đổi mã thành TRUE/FALSE. {AS_TEXT}"),
        ("x" * 41, "General", "Mã dài quá 40 ký tự."),
    ],
)
def test_a_code_that_excel_changed_is_refused_even_when_numbers_are_confirmed(value, form, said):
    with pytest.raises(Wrong) as fact:
        Code(40).read(stored(value, form), frozenset({CODES_ARE_NUMBERS}))
    assert (fact.value.words, fact.value.question) == (said, "")


def test_fifteen_digits_are_not_too_many():
    assert Code(40).read(stored(123456789012345, "0"), frozenset({CODES_ARE_NUMBERS})) == "123456789012345"


def test_a_code_outside_its_grammar_is_refused_with_the_grammar():
    kind = Code(20, "[a-z][a-z0-9_]*", "Mã gồm chữ thường.")
    assert kind.read(typed("thai_do")) == "thai_do"
    assert wrong(kind, typed("Thái độ")) == "Mã gồm chữ thường."


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        (stored(1.1000000000000001), "1.100"),
        (stored(0.1 + 0.2), "0.300"),
        (stored(100 / 3), "33.333"),
        (stored(2.0005), "2.001"),
        (typed("1,5"), "1.500"),
        (typed("1.5"), "1.500"),
        (typed("0.125"), "0.125"),
        (typed("1,125"), "1.125"),
        (typed("2"), "2.000"),
        (typed("1,5000"), "1.500"),
    ],
)
def test_a_decimal_is_rounded_to_the_columns_decimals(cell, value):
    assert str(Fraction(3).read(cell)) == value


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        (typed("1.500"), "Là 1,5 hay 1.500? Hãy viết dấu phẩy trước phần lẻ, không dùng dấu chấm."),
        (typed("1,12345"), "Nhiều nhất 3 chữ số sau dấu phẩy."),
        (typed("một"), "Không phải là số. Hãy viết như 1,5."),
        (typed("1,5,5"), "Không phải là số. Hãy viết như 1,5."),
        (stored(True), "Không phải là số. Hãy viết như 1,5."),
        (
            stored(0.5, "0%"),
            "Ô hiện 50% nhưng Excel giữ số 0,5. Hãy định dạng cột là Số (Number) rồi gõ lại.",
        ),
        (stored(-1), "Phải từ 0 đến 9999."),
        (stored(1e300), "Phải từ 0 đến 9999."),
        (
            stored(44317, "d/m/yyyy"),
            "Excel đã đổi ô này thành ngày 1/5/2021. Hãy định dạng cột là Số (Number) rồi gõ lại.",
        ),
    ],
)
def test_what_is_no_decimal_is_refused(cell, said):
    assert wrong(Fraction(3), cell) == said


def test_a_decimal_that_was_really_rounded_is_remarked_and_noise_is_not():
    kind = Fraction(3)
    for value, remark in ((100 / 3, "33,3333333333333 làm tròn thành 33,333"), (1.1000000000000001, "")):
        cell = stored(value)
        assert kind.remark(cell, kind.read(cell)) == remark


@pytest.mark.parametrize(
    ("cell", "month"),
    [
        (typed("5/2021"), Month(2021, 5)),
        (typed("05-2021"), Month(2021, 5)),
        (typed("2021-05"), Month(2021, 5)),
        (typed("05 / 2021"), Month(2021, 5)),
        (stored(44317, "yyyy-mm-dd"), Month(2021, 5)),
        (stored(44317, "mmm-yy"), Month(2021, 5)),
        (stored(44331, "m/yyyy"), Month(2021, 5)),
    ],
)
def test_a_month_is_read_as_it_is_shown(cell, month):
    assert MonthOfYear().read(cell) == month


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        *((typed(text), NO_MONTH) for text in ("13/2021", "0/2021", "5/21", "5/12", "tháng 5", "1/5/2021", "5/0021")),
        *(
            (stored(serial, form), f"Excel đã đổi ô này thành ngày {day}. Hãy định dạng cột là Văn bản (Text) rồi gõ lại tháng, như 5/2021.")
            for serial, form, day in ((45996, "d-mmm", "5/12/2025"), (46027, "d-mmm", "5/1/2026"), (45778, "d-mmm", "1/5/2025"), (45996, "d/m/yyyy", "5/12/2025"), (45627, "mmm", "1/12/2024"))
        ),
        (stored(202105), NO_MONTH),
        (stored(5.2021), NO_MONTH),
        (stored(0.5, "h:mm"), NO_MONTH),
    ],
)  # fmt: skip
def test_a_day_that_was_a_month_is_refused(cell, said):
    assert wrong(MonthOfYear(), cell) == said


@pytest.mark.parametrize(
    ("cell", "day"),
    [
        (typed("15/3/2023"), date(2023, 3, 15)),
        (typed("05-12-2025"), date(2025, 12, 5)),
        (typed("2023-03-15"), date(2023, 3, 15)),
        (stored(45000, "d/m/yyyy"), date(2023, 3, 15)),
    ],
)
def test_a_day_is_read_with_its_year(cell, day):
    assert Day().read(cell) == day


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        (stored(45996, "d-mmm"), "Ô không ghi năm, Excel tự thêm: 5/12/2025. Hãy viết như 15/3/2023."),
        (typed("5/12"), "Không phải là ngày. Hãy viết như 15/3/2023."),
        (typed("5/13/2021"), "Không có ngày này. Hãy viết như 15/3/2023."),
        (typed("29/2/2023"), "Không có ngày này. Hãy viết như 15/3/2023."),
        (typed("5/12/21"), "Không phải là ngày. Hãy viết như 15/3/2023."),
        (stored(45000), "Không phải là ngày. Hãy viết như 15/3/2023."),
    ],
)
def test_a_day_that_nobody_wrote_is_refused(cell, said):
    assert wrong(Day(), cell) == said


@pytest.mark.parametrize(
    "cell",
    [
        typed("x"),
        typed("X"),
        typed("1"),
        typed("TRUE"),
        typed("true"),
        typed("Có"),
        typed("CÓ"),
        stored(1),
        stored(1.0),
        stored(True),
    ],
)
def test_yes_is_yes(cell):
    assert YesNo().read(cell) is True


@pytest.mark.parametrize(
    "cell", [typed("0"), typed("FALSE"), typed("Không"), typed("KHÔNG"), stored(0), stored(False)]
)
def test_no_is_no_and_so_is_nothing(cell):
    assert YesNo().read(cell) is False
    assert YesNo().blank is False


@pytest.mark.parametrize(
    "cell",
    [
        typed("yes"),
        typed("khong"),
        typed("2"),
        typed("-"),
        typed("✓"),
        typed("ĐÚNG"),
        stored(2),
        stored(-1),
        stored(0.5),
        stored(1, "d/m/yyyy"),
    ],
)
def test_anything_between_yes_and_no_is_refused(cell):
    assert wrong(YesNo(), cell) == "Chỉ ghi x, 1, TRUE, Có; hoặc để trống, 0, FALSE, Không."


def test_a_choice_is_one_of_its_words():
    kind = Choice({"Phiếu in": "slip", "Máy tính bảng": "tablet"})
    assert kind.read(typed("phiếu IN")) == "slip"
    assert wrong(kind, typed("giấy")) == "Chỉ ghi một trong: Phiếu in, Máy tính bảng."


@pytest.mark.parametrize(
    "text", ["a@x.vn", "Ten.Ho+1@hoabinh.edu.vn", "mailto:a@x.vn", "o'neil@kho-bac.gov.vn"]
)
def test_an_address_is_taken_as_it_is_written(text):
    assert Email().read(typed(text)) == text.removeprefix("mailto:")


@pytest.mark.parametrize(
    "text",
    [
        "a",
        "a@x",
        "a@@x.vn",
        "a b@x.vn",
        "@x.vn",
        "a@x..vn",
        ".a@x.vn",
        "đ@x.vn",
        "a@-x.vn",
        "a" * 65 + "@x.vn",
    ],
)
def test_what_is_no_address_is_refused(text):
    assert wrong(Email(), typed(text)) == "Không phải là một địa chỉ thư điện tử."


@pytest.mark.parametrize(("cell", "text"), [(typed("Một"), "Một"), (stored(10), "10"), (stored(0.5), "0,5")])
def test_words_are_what_is_shown(cell, text):
    assert Text(60).read(cell) == text


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        (typed("x" * 61), "Dài quá 60 ký tự."),
        (
            stored(44316, "d-mmm"),
            "Excel đã đổi ô này thành ngày 30/4/2021. Hãy định dạng cột là Văn bản (Text) rồi gõ lại.",
        ),
        (stored(True), "Ô không phải là chữ. Hãy định dạng cột là Văn bản (Text) rồi gõ lại."),
    ],
)
def test_words_that_excel_made_something_else_are_refused(cell, said):
    assert wrong(Text(60), cell) == said


def test_what_is_taken_is_written_back_as_officials_write_it():
    assert BALLOTS.written(3809) == "3.809"
    assert Fraction(3).written(Decimal("1.100")) == "1,1"
    assert MonthOfYear().written(Month(2021, 5)) == "5/2021"
    assert Day().written(date(2023, 3, 15)) == "15/3/2023"
    assert (YesNo().written(True), YesNo().written(False)) == ("Có", "Không")
    assert BALLOTS.written(None) == ""


@pytest.mark.parametrize("form", ['"KH"0000', '0000" HB"', r"000\-000", '"K"00"X"'])
def test_a_code_of_which_the_format_shows_a_part_is_never_stored_without_it(form):
    assert wrong(Code(40), stored(12, form)).startswith("Định dạng của ô thêm ký tự vào mã; ô chỉ giữ số 12.")
    with pytest.raises(Wrong):
        Code(40).read(stored(12, form), frozenset({CODES_ARE_NUMBERS}))


def test_a_number_shown_in_thousands_is_asked_about_and_one_with_a_word_behind_it_is_read():
    assert wrong(BALLOTS, stored(317000, "#,##0,")) == OTHERWISE
    assert BALLOTS.read(stored(3809, '#,##0" phiếu"')) == 3809
    assert BALLOTS.read(stored(3809, "#,##0")) == 3809


@pytest.mark.parametrize(
    ("value", "form"),
    [
        *(
            (317, form)
            for form in ('0"000"', r"0\0", '0"/100"', '0"k"', '0" nghìn"', '#,##0 "triệu"', "0,", "0.0,,")
        ),
        *((317, form) for form in (";;;", '"Có"', '[<100]0;"-"', '[>1000]0;"nhiều"', 'General"0"')),
        (-5, '0;"000"0'),
        (0, '0;0;"100"'),
    ],
)
def test_a_number_of_which_the_format_shows_others_is_refused(value, form):
    assert wrong(BALLOTS, stored(value, form)) == OTHERWISE
    if value != -5:
        assert wrong(Fraction(3), stored(value, form)) == OTHERWISE


@pytest.mark.parametrize(
    "form",
    [
        *(
            "General",
            "0",
            "#,##0",
            "[Red]0",
            '0" phiếu"',
            '#,##0\\ "₫"',
            "0.00",
            "[$-42A]#,##0",
            "0;[Red]-0",
            "[>=100]0;0.0",
        ),
        *(
            r"_-* #,##0\ _₫_-;\-* #,##0\ _₫_-;_-* \"-\"??\ _₫_-;_-@_-",
            "# ?/?",
            "0_);(0)",
            '"~ "0',
            '"Kỳ "0;;;@',
        ),
    ],
)
def test_a_number_that_the_format_shows_with_signs_around_it_is_read(form):
    assert BALLOTS.read(stored(317, form)) == 317
    assert BALLOTS.read(stored(0, form)) == 0


@pytest.mark.parametrize("form", ['General;General;General;"Trường "@', ";;;", '"KH"@'])
def test_words_to_which_the_format_adds_or_of_which_it_shows_none_are_refused(form):
    said = "Định dạng của ô thêm chữ hoặc che chữ, không hiện như ô giữ. Hãy đặt định dạng là Văn bản (Text) rồi xem lại."
    assert wrong(Text(60), stored("An Phú", form)) == wrong(Code(40), stored("001", form)) == said
    for plain in ("@", "_-@_-", "0;-0;0;@", "[Red]@", "General", ";;"):
        assert Text(60).read(stored("An Phú", plain)) == "An Phú"


@pytest.mark.parametrize(
    ("text", "words"),
    [("1317.0", "Hãy gõ 1317, không có phần lẻ."), ("1317,00", "Hãy gõ 1317, không có phần lẻ.")],
)
def test_a_whole_number_with_noughts_behind_the_comma_is_asked_for_without_them(text, words):
    assert wrong(BALLOTS, typed(text)) == words


def test_nothing_is_proposed_that_the_column_would_refuse():
    assert wrong(Whole(most=99, what="giá trị mức"), typed("1.5")) == (
        "1,5 là số lẻ, không phải giá trị mức. Hãy gõ giá trị mức."
    )
