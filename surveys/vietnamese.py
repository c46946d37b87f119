"""Vietnamese text, numbers and dates, as officials write them. Pure: no Django, no clock.

Text comes in as typed on any keyboard (NFC or NFD, with stray marks from copy and paste) and leaves
as NFC. Numbers and dates leave as Nghị định 30/2020/NĐ-CP and custom print them: 3.809 · 01 phiếu ·
15/3/2023 · ngày 05 tháng 4 năm 2023.
"""

import re
from datetime import date
from unicodedata import category, combining, normalize

_LINE_BREAKS = re.compile("\r\n|[\r\v\f\x85\u2028\u2029]")

# Control characters, bidirectional marks, halves of surrogate pairs, and code points that Unicode
# promises never to be characters. The last two cannot be stored or hashed the same way everywhere.
_UNWANTED = re.compile(
    "["
    "\x00-\x09\x0b-\x1f\x7f-\x9f"
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
    "\ud800-\udfff"
    "\ufdd0-\ufdef"
    + "".join(chr(plane * 0x10000 + last) for plane in range(17) for last in (0xFFFE, 0xFFFF))
    + "]"
)


# Letters and a symbol that are drawn as nothing: Hangul fillers, the empty Braille cell.
_FILLERS = frozenset("\u115f\u1160\u2800\u3164\uffa0")


def clean_text(text: str) -> str:
    """Text fit to be stored, hashed and printed: NFC, newline as the only control character.

    Every kind of line break becomes a newline and a tab becomes a blank, so that no two words grow
    together; blanks are neither collapsed nor trimmed. Cleaning twice changes nothing.
    """
    text = _LINE_BREAKS.sub("\n", text).replace("\t", " ")
    return normalize("NFC", _UNWANTED.sub("", text))


def is_invisible(text: str) -> bool:
    """Whether nothing of the text can be seen: blanks, joiners and fillers alone, or no text at all.

    A mark without a letter under it (a variation selector, a loose accent) says nothing either.
    """
    return all(category(sign)[0] in "ZCM" or sign in _FILLERS for sign in text)


def fold(text: str) -> str:
    """The search key: lower case, no diacritics, đ as d, whatever the normal form of `text`.

    Both what is stored and what is typed go through it, so "dang" finds "Đặng".
    """
    decomposed = normalize("NFD", text.casefold())
    bare = "".join(letter for letter in decomposed if not combining(letter))
    return normalize("NFC", bare.replace("đ", "d"))


# What people put between the digits of telephone, identity and account numbers. Invisible joiners
# are among them because they come along with copied text.
_BETWEEN_DIGITS = "[ \u00a0\u2007\u202f.·_()\u2010-\u2015\\-\u00ad\u200b-\u200d\u2060\ufeff]{0,3}"


def mask_digit_runs(text: str, at_least: int = 9) -> str:
    """`text` with every digit of a long number as "•"; the length stays, so limits keep holding.

    A run counts its digits only: "0912 345 678" and "3713.0.1234567" are long numbers. Dates, times
    and sums below a hundred million đồng are shorter than nine digits and stay readable; a larger
    sum is masked too, because nothing tells it from an account number.
    """
    if at_least < 1:
        raise ValueError("a run has at least one digit")
    run = rf"\d(?:{_BETWEEN_DIGITS}\d){{{at_least - 1},}}"
    return re.sub(run, lambda found: re.sub(r"\d", "•", found[0]), text)


def group(n: int) -> str:
    """A whole number in groups of three: 3809 → "3.809"."""
    return f"{n:,}".replace(",", ".")


def count(n: int) -> str:
    """A count in official prose: 1–9 with a leading zero ("01 phiếu"), zero as "0"."""
    return f"0{n}" if 1 <= n <= 9 else group(n)


def short_date(day: date) -> str:
    """15/3/2023, without leading zeros."""
    return f"{day.day}/{day.month}/{day.year}"


def clerk_date(day: date) -> str:
    """05/6/2023, as the prose of a paper has it: a zero before days below 10 and before months 1 and 2."""
    month = f"0{day.month}" if day.month <= 2 else f"{day.month}"
    return f"{day.day:02}/{month}/{day.year}"


def with_long_dates(text: str) -> str:
    """ "Quyết định số 9/QĐ ngày 5/2/2021" with "ngày 05 tháng 02 năm 2021"; what is no date stays as it is."""

    def long(found: re.Match[str]) -> str:
        try:
            return long_date(date(int(found[3]), int(found[2]), int(found[1])))
        except ValueError:
            return found[0]

    return re.sub(r"ngày (\d{1,2})/(\d{1,2})/(\d{4})", long, text)


def long_date(day: date) -> str:
    """ngày 05 tháng 4 năm 2023: a zero before days below 10 and before months 1 and 2.

    Source: Nghị định 30/2020/NĐ-CP, Phụ lục I, on place and date of issue.
    """
    month = f"0{day.month}" if day.month <= 2 else f"{day.month}"
    return f"ngày {day.day:02} tháng {month} năm {day.year}"


_BREVE, _CIRCUMFLEX, _HORN = "\u0306", "\u0302", "\u031b"
_SHAPES = {
    "a" + _BREVE: "a1",
    "a" + _CIRCUMFLEX: "a2",
    "e" + _CIRCUMFLEX: "e1",
    "o" + _CIRCUMFLEX: "o1",
    "o" + _HORN: "o2",
    "u" + _HORN: "u1",
}
_GRAVE, _HOOK, _TILDE, _ACUTE, _DOT_BELOW = "\u0300", "\u0309", "\u0303", "\u0301", "\u0323"
_TONES = {_GRAVE: "1", _HOOK: "2", _TILDE: "3", _ACUTE: "4", _DOT_BELOW: "5"}


def sort_key(text: str) -> str:
    """A string whose plain code-point order is Vietnamese alphabetical order.

    Letters decide first (a ă â b c d đ e ê … o ô ơ … u ư …), then tones from left to right (level,
    huyền, hỏi, ngã, sắc, nặng), then lower case before upper: the order of CLDR's `vi`. It can be
    stored, where the database knows no Vietnamese collation, in a column compared byte by byte.
    """
    letters: list[str] = []
    tones: list[str] = []
    for char in normalize("NFD", text.lower()):
        if char in _TONES and tones:
            tones[-1] = _TONES[char]
        elif combining(char):
            if letters:
                letters[-1] = _SHAPES.get(letters[-1][0] + char, letters[-1])
        else:
            letters.append(_letter_rank(char))
            tones.append("0")
    # The separator is below every printable character, so a shorter word precedes its extensions.
    return "\x01".join(("".join(letters), "".join(tones), normalize("NFC", text).swapcase()))


def _letter_rank(char: str) -> str:
    """A letter with room behind it for its shaped sisters; anything else as it is."""
    if char == "đ":
        return "d1"
    return char + "0" if "a" <= char <= "z" else char


def official(label: str) -> str:
    """January and February are written 01 and 02 on official papers (Phụ lục I)."""
    return re.sub(r"(?<![\d/])([12])/(\d{4})", r"0\1/\2", label)
