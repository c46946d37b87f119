"""What a column holds: each type turns a cell into a value, or says in a sentence why not.

Nothing is guessed: what Excel may have changed on the way (codes made numbers, months days) is refused or asked about.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from surveys.periods import Month
from surveys.spreadsheets.book import Cell, Damage, Kind
from surveys.spreadsheets.complaints import grouped
from surveys.spreadsheets.legacy import words_about
from surveys.spreadsheets.number_formats import changes_text, fitted, plain, shown_by, shows_otherwise
from surveys.vietnamese import short_date

#: Confirmed, a number stands for the code that its digits are.
CODES_ARE_NUMBERS = "codes"


class Wrong(Exception):
    """The cell is not taken; ``question`` as in `Complaint`."""

    def __init__(self, words: str, question: str = "") -> None:
        super().__init__(words)
        self.words = words
        self.question = question


class CellType:
    """A type of cells. ``blank`` is what an empty cell means where it may be empty."""

    blank: Any = None

    def read(self, cell: Cell, confirmed: frozenset[str] = frozenset()) -> Any:
        """The cell's value. Raises `Wrong`."""
        if cell.kind is Kind.ERROR:
            raise Wrong(f"Ô báo lỗi {cell.text}. Hãy sửa ô này rồi gửi lại.")
        if cell.kind is Kind.UNCALCULATED:
            raise Wrong(
                "Công thức chưa được tính. Hãy mở tệp bằng Excel, lưu lại rồi gửi, hoặc gõ thẳng giá trị."
            )
        if cell.damage is not Damage.NONE:
            raise Wrong(words_about(cell.damage))
        if cell.kind is Kind.TEXT and cell.format and changes_text(cell.format):
            raise Wrong(_OTHER_WORDS)
        return self.value(cell, confirmed)

    def value(self, cell: Cell, confirmed: frozenset[str]) -> Any:
        raise NotImplementedError

    def remark(self, cell: Cell, value: Any) -> str:
        """What a reader of the dry run should know of a value that was taken; '' for nothing."""
        return ""

    def written(self, value: Any) -> str:
        """The value as the dry run shows it."""
        return "" if value is None else str(value)


@dataclass(frozen=True)
class Text(CellType):
    """One line of words; ``what`` names it in a sentence."""

    longest: int
    what: str = ""
    blank: str = ""

    def value(self, cell: Cell, confirmed: frozenset[str]) -> str:
        if cell.kind is Kind.DAY:
            raise Wrong(f"{_became_day(cell)}. Hãy định dạng cột là Văn bản (Text) rồi gõ lại.")
        if cell.kind in (Kind.TIME, Kind.BOOLEAN) or _NO_WORDS.fullmatch(cell.text):
            raise Wrong("Ô không phải là chữ. Hãy định dạng cột là Văn bản (Text) rồi gõ lại.")
        if len(cell.text) > self.longest:
            raise Wrong(f"{self.what} dài quá {self.longest} ký tự.".strip().capitalize())
        return cell.text


@dataclass(frozen=True)
class Code(CellType):
    """A code: its zeros and its every digit count. ``pattern`` with the sentence for what does not match."""

    longest: int
    pattern: str = ""
    grammar: str = ""
    blank: str = ""

    def value(self, cell: Cell, confirmed: frozenset[str]) -> str:
        text = self._digits(cell, confirmed) if cell.kind is Kind.NUMBER else cell.text
        if cell.kind in (Kind.DAY, Kind.TIME, Kind.BOOLEAN):
            raise Wrong(f"Excel đã đổi mã thành {_NAMES[cell.kind]}. {_AS_TEXT}")
        if _SCIENTIFIC.fullmatch(text):
            raise Wrong(f"Excel đã rút gọn mã, các chữ số cuối đã mất. {_AS_TEXT}")
        for shape, words in _SPOILT:
            if shape.fullmatch(text):
                raise Wrong(f"{words} {_AS_TEXT}")
        if len(text) > self.longest:
            raise Wrong(f"Mã dài quá {self.longest} ký tự.")
        if self.pattern and not re.fullmatch(self.pattern, text):
            raise Wrong(self.grammar)
        return text

    def _digits(self, cell: Cell, confirmed: frozenset[str]) -> str:
        number = Decimal(cell.number)
        if number != number.to_integral_value() or number < 0 or shown_by(cell.format).percent:
            raise Wrong(f"Mã không thể là số {cell.text}. {_AS_TEXT}")
        if number >= 10**15:
            raise Wrong(f"Mã có hơn 15 chữ số; Excel đã thay các chữ số cuối bằng số 0. {_AS_TEXT}")
        shown = shown_by(cell.format)
        if shown.letters:
            raise Wrong(f"Định dạng của ô thêm ký tự vào mã; ô chỉ giữ số {number:f}. {_AS_TEXT}")
        if shown.padded >= len(f"{number:f}") > 0:
            return cell.text
        if CODES_ARE_NUMBERS in confirmed:
            return f"{number:f}"
        raise Wrong(
            f"Excel giữ mã này như một số, số 0 ở đầu (nếu có) đã mất. {_AS_TEXT}", question=CODES_ARE_NUMBERS
        )


@dataclass(frozen=True)
class Whole(CellType):
    """A whole number from ``least`` to ``most``; ``what`` names it in a sentence, ``example`` shows how to write it."""

    most: int = 999_999_999
    least: int = 0
    what: str = "số nguyên"
    example: str = "317 hoặc 3.809"

    def value(self, cell: Cell, confirmed: frozenset[str]) -> int:
        number = self._of_number(cell) if cell.kind is Kind.NUMBER else self._of_text(cell)
        if not self.least <= number <= self.most:
            raise Wrong(f"Phải từ {grouped(self.least)} đến {grouped(self.most)}.")
        return number

    def written(self, value: int | None) -> str:
        return "" if value is None else grouped(value)

    def _of_number(self, cell: Cell) -> int:
        number, shown = Decimal(cell.number), shown_by(cell.format)
        if shown.percent:
            raise Wrong(f"{cell.text} là tỷ lệ, không phải {self.what}. {self._ask}")
        if shows_otherwise(number, cell.format):
            raise Wrong(_OTHERWISE)
        if number != number.to_integral_value():
            raise self._fraction(number)
        if shown.decimals == 3 and 0 < abs(number) < 1000:
            words = f"Ô hiện ba chữ số lẻ: là {plain(number)} hay {grouped(int(number) * 1000)}?"
            raise Wrong(f"{words} Hãy gõ lại liền các chữ số, không dùng dấu phân cách.")
        if abs(number) > 10**12:
            raise self._no_number()
        return int(number)

    def _fraction(self, number: Decimal) -> Wrong:
        shown = plain(number)
        if number == number.to_integral_value():
            return Wrong(f"Hãy gõ {shown}, không có phần lẻ.")
        if number < 1:
            return Wrong(f"{shown} là số lẻ hoặc tỷ lệ, không phải {self.what}. {self._ask}")
        thousands = number * 1000
        is_whole = thousands == thousands.to_integral_value() and thousands <= self.most
        if number < 1000 and is_whole:
            words = f"Số lẻ {shown}: có phải {grouped(int(thousands))} bị đọc nhầm dấu phân cách?"
            return Wrong(f"{words} Nếu phải, hãy gõ lại {int(thousands)}.")
        return Wrong(f"{shown} là số lẻ, không phải {self.what}. {self._ask}")

    def _of_text(self, cell: Cell) -> int:
        if cell.kind is Kind.DAY:
            raise Wrong(f"{_became_day(cell)}. Hãy định dạng cột là Số (Number) rồi gõ lại.")
        if cell.kind is not Kind.TEXT:
            raise self._no_number()
        number = whole_number(cell.text)
        if number is None:
            if found := _DECIMAL.fullmatch(cell.text):
                raise self._fraction(Decimal(f"{found[1]}.{found[2]}"))
            if not cell.text.strip("-–—_. "):
                raise Wrong("Ô chỉ có dấu gạch. Không có thì gõ 0, không biết thì để trống.")
            if cell.text.endswith("%"):
                raise Wrong(f"{cell.text} là tỷ lệ, không phải {self.what}. {self._ask}")
            raise self._no_number()
        return number

    @property
    def _ask(self) -> str:
        return f"Hãy gõ {self.what}."

    def _no_number(self) -> Wrong:
        return Wrong(f"Không phải là {self.what}. Hãy viết như {self.example}.")


@dataclass(frozen=True)
class Fraction(CellType):
    """A decimal number, rounded to ``places`` decimals where the file keeps more."""

    places: int
    least: Decimal = Decimal(0)
    most: Decimal = Decimal(9999)

    def value(self, cell: Cell, confirmed: frozenset[str]) -> Decimal:
        if cell.kind is Kind.DAY:
            raise Wrong(f"{_became_day(cell)}. Hãy định dạng cột là Số (Number) rồi gõ lại.")
        if cell.kind not in (Kind.NUMBER, Kind.TEXT):
            raise Wrong("Không phải là số. Hãy viết như 1,5.")
        number = Decimal(cell.number) if cell.kind is Kind.NUMBER else self._of_text(cell.text)
        if cell.kind is Kind.NUMBER and shown_by(cell.format).percent:
            words = f"Ô hiện {cell.text} nhưng Excel giữ số {plain(number)}."
            raise Wrong(f"{words} Hãy định dạng cột là Số (Number) rồi gõ lại.")
        if cell.kind is Kind.NUMBER and shows_otherwise(number, cell.format):
            raise Wrong(_OTHERWISE)
        if not self.least <= number <= self.most:
            raise Wrong(f"Phải từ {plain(self.least)} đến {plain(self.most)}.")
        return fitted(number, self.places)

    def remark(self, cell: Cell, value: Decimal) -> str:
        if cell.kind is Kind.NUMBER and Decimal(cell.number) != value:
            return f"{plain(Decimal(cell.number))} làm tròn thành {plain(value)}"
        return ""

    def written(self, value: Decimal | None) -> str:
        return "" if value is None else plain(value)

    def _of_text(self, text: str) -> Decimal:
        if text.isascii() and text.isdigit() and len(text) <= 12:
            return Decimal(text)
        found = _DECIMAL.fullmatch(text)
        if not found:
            raise Wrong("Không phải là số. Hãy viết như 1,5.")
        number = Decimal(f"{found[1]}.{found[2]}")
        if "." in text and len(found[2]) == 3 and found[1] != "0":
            whole = grouped(int(found[1] + found[2]))
            raise Wrong(
                f"Là {plain(number)} hay {whole}? Hãy viết dấu phẩy trước phần lẻ, không dùng dấu chấm."
            )
        if len(found[2].rstrip("0")) > self.places:
            raise Wrong(f"Nhiều nhất {self.places} chữ số sau dấu phẩy.")
        return number


@dataclass(frozen=True)
class Day(CellType):
    """A day; its year must stand there."""

    def value(self, cell: Cell, confirmed: frozenset[str]) -> date:
        if cell.kind is Kind.DAY:
            if not shown_by(cell.format).year:
                raise Wrong(
                    f"Ô không ghi năm, Excel tự thêm: {short_date(_day(cell))}. Hãy viết như 15/3/2023."
                )
            return _day(cell)
        found = _DAY_TEXT.fullmatch(cell.text) if cell.kind is Kind.TEXT else None
        backwards = _ISO_TEXT.fullmatch(cell.text) if cell.kind is Kind.TEXT else None
        parts = (found[3], found[2], found[1]) if found else backwards.groups() if backwards else None
        try:
            if parts:
                return date(*map(int, parts))
        except ValueError as error:
            raise Wrong("Không có ngày này. Hãy viết như 15/3/2023.") from error
        raise Wrong("Không phải là ngày. Hãy viết như 15/3/2023.")

    def written(self, value: date | None) -> str:
        return "" if value is None else short_date(value)


@dataclass(frozen=True)
class MonthOfYear(CellType):
    """A month: 5/2021, 05-2021 or 2021-05, or a day by which Excel keeps a month and shows it as one."""

    def value(self, cell: Cell, confirmed: frozenset[str]) -> Month:
        if cell.kind is Kind.DAY:
            return self._of_day(cell)
        given = re.sub("-|năm", "/", cell.text.replace(" ", "")) if cell.kind is Kind.TEXT else ""
        text = _MONTH_WORDS.sub("", given)
        if found := _MONTH_TEXT.fullmatch(text):
            year, month = (found[2], found[1]) if found[1] else (found[3], found[4])
            if 1 <= int(month) <= 12 and 1900 <= int(year) <= 2999:
                return Month(int(year), int(month))
        if _LONGER_WORDS.match(text):
            raise Wrong(
                "Không phải là tháng. Quý hay năm thì ghi tháng đầu và tháng cuối, như 1/2021 và 3/2021."
            )
        raise Wrong("Không phải là tháng. Hãy viết như 5/2021.")

    def written(self, value: Month | None) -> str:
        return "" if value is None else f"{value.month}/{value.year}"

    @staticmethod
    def _of_day(cell: Cell) -> Month:
        day, shown = _day(cell), shown_by(cell.format)
        if shown.year and shown.month and (not shown.day or day.day == 1):
            return Month(day.year, day.month)
        raise Wrong(f"{_became_day(cell)}. Hãy định dạng cột là Văn bản (Text) rồi gõ lại tháng, như 5/2021.")


@dataclass(frozen=True)
class YesNo(CellType):
    """x, 1, TRUE, Có; or blank, 0, FALSE, Không. Anything else is refused."""

    blank: bool = False

    def value(self, cell: Cell, confirmed: frozenset[str]) -> bool:
        said = cell.number if cell.kind is Kind.NUMBER else cell.text.casefold()
        if said in ("x", "1", "true", "có"):
            return True
        if said in ("0", "false", "không"):
            return False
        raise Wrong("Chỉ ghi x, 1, TRUE, Có; hoặc để trống, 0, FALSE, Không.")

    def written(self, value: bool | None) -> str:
        return "Có" if value else "Không"


@dataclass(frozen=True)
class Choice(CellType):
    """One of some words; capitals do not matter. ``of``: what is written → the value."""

    of: Mapping[str, Any]

    def value(self, cell: Cell, confirmed: frozenset[str]) -> Any:
        known = {name.casefold(): value for name, value in self.of.items()}
        if cell.text.casefold() not in known:
            raise Wrong(f"Chỉ ghi một trong: {', '.join(self.of)}.")
        return known[cell.text.casefold()]


@dataclass(frozen=True)
class Email(CellType):
    """One address, as it is written (RFC 5321, without quoted local parts)."""

    blank: str = ""

    def value(self, cell: Cell, confirmed: frozenset[str]) -> str:
        address = re.sub("^mailto:", "", cell.text, flags=re.IGNORECASE)
        if is_address(address):
            return address
        inside = [part for part in re.split("[<>,; ]+", address) if is_address(part)]
        if len(inside) > 1:
            raise Wrong("Mỗi dòng một địa chỉ thư. Hãy tách thành nhiều dòng.")
        if inside and "<" in address:
            raise Wrong(f"Chỉ ghi địa chỉ: {inside[0]}.")
        raise Wrong("Không phải là một địa chỉ thư điện tử.")


def is_address(text: str) -> bool:
    """Whether a text is one e-mail address that a mail server would take."""
    local, _at, host = text.rpartition("@")
    return (
        len(text) <= 254
        and len(local) <= 64
        and bool(_LOCAL.fullmatch(local))
        and "." in host
        and all(_LABEL.fullmatch(label) for label in host.split("."))
    )


def whole_number(text: str) -> int | None:
    """A count as people write it: "3809", "3.809", "3 809"; None for anything else, "0.853" among it."""
    digits = re.sub("[\u00a0\u2009\u202f]", " ", text)
    if digits.isascii() and digits.isdigit():
        return int(digits) if len(digits) <= 9 else None
    found = _GROUPED.fullmatch(digits)
    joined = re.sub("[. ]", "", digits)
    return int(joined) if found and len(joined) <= 9 else None


_OTHERWISE = "Định dạng của ô hiện khác số mà ô giữ. Hãy đặt định dạng là Chung (General) rồi xem lại số."
_OTHER_WORDS = "Định dạng của ô thêm chữ hoặc che chữ, không hiện như ô giữ. Hãy đặt định dạng là Văn bản (Text) rồi xem lại."
_NO_WORDS = re.compile(r"TRUE|FALSE|\d{1,2}/\d{1,2}/\d{4}", re.ASCII)
_AS_TEXT = "Hãy định dạng cột là Văn bản (Text) rồi gõ lại mã."
_NAMES = {Kind.DAY: "ngày", Kind.TIME: "giờ", Kind.BOOLEAN: "TRUE/FALSE"}
_SCIENTIFIC = re.compile(r"\d(?:[.,]\d+)?E\+?\d{1,3}", re.ASCII | re.IGNORECASE)
_SPOILT = (  # by a spreadsheet, as its CSV shows them
    (re.compile(r"[1-9]\d{14}(?=\d*0$)0+"), "Mã có hơn 15 chữ số; Excel đã thay các chữ số cuối bằng số 0."),
    (re.compile(r"\d{1,3}(?:,\d{3})+"), "Mã có dấu phân cách hàng nghìn."),
    (re.compile(r"\d+[.,]0"), "Mã đã thành số lẻ."),
    (re.compile(r"\d{1,2}-[A-Za-z]{3}|[A-Za-z]{3}-\d{2}"), "Excel đã đổi mã thành ngày."),
    (re.compile(r"TRUE|FALSE"), "Excel đã đổi mã thành đúng, sai."),
    (re.compile(r"'.*"), "Mã bắt đầu bằng dấu nháy đơn."),
)
_DECIMAL = re.compile(r"(\d{1,12})[.,](\d{1,20})", re.ASCII)
_GROUPED = re.compile(r"[1-9]\d{0,2}(?:(?:\.\d{3})+|(?: \d{3})+)", re.ASCII)
_DAY_TEXT = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})", re.ASCII)
_ISO_TEXT = re.compile(r"(\d{4})-(\d{2})-(\d{2})", re.ASCII)
_MONTH_WORDS = re.compile("^(?:tháng|th|t)[.]?(?=[0-9])", re.IGNORECASE)
_LONGER_WORDS = re.compile("/?(?:quý|q|năm)?[.]?(?:(?:[IV]{1,3}|[1-4])/)?[0-9]{4}$", re.IGNORECASE)
_MONTH_TEXT = re.compile(r"(?:(\d{1,2})/(\d{4})|(\d{4})/(\d{1,2}))", re.ASCII)
_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_LABEL = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?")


def _day(cell: Cell) -> date:
    return date.fromisoformat(cell.number)


def _became_day(cell: Cell) -> str:
    return f"Excel đã đổi ô này thành ngày {short_date(_day(cell))}"
