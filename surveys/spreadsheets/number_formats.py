"""Number formats of XLSX: what a format code shows, and how it shows a number.

Source: ECMA-376 part 1, 18.8.30 (numFmt) and its built-in identifiers.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from operator import eq, ge, gt, le, lt, ne

GENERAL = "General"
BUILT_IN = {
    0: GENERAL, 1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 9: "0%", 10: "0.00%", 11: "0.00E+00", 12: "# ?/?",
    13: "# ??/??", 14: "d/m/yyyy", 15: "d-mmm-yy", 16: "d-mmm", 17: "mmm-yy", 18: "h:mm AM/PM", 19: "h:mm:ss AM/PM",
    20: "h:mm", 21: "h:mm:ss", 22: "d/m/yyyy h:mm", 37: "#,##0", 38: "#,##0", 39: "#,##0.00", 40: "#,##0.00",
    45: "mm:ss", 46: "[h]:mm:ss", 47: "mm:ss.0", 48: "##0.0E+0", 49: "@",
    **dict.fromkeys((27, 28, 29, 30, 31, 36, 50, 51, 52, 53, 54, 57, 58), "d/m/yyyy"),
}  # fmt: skip
_ELAPSED = re.compile(r"\[(?:h+|m+|s+)\]", re.IGNORECASE)
_WORDS = re.compile(r'"[^"]*"?|\\.|_.|\*.|\[[^\]]*\]?')
_LETTERS = re.compile(r'"[^"]*[^"\s]|\\\S')
_SCALED = re.compile(r"[0#?],+(?![0#?,])")
#: Words behind a number that multiply it for whoever reads it.
_MULTIPLES = {"k", "m", "b", "tr", "nghìn", "ngàn", "triệu", "tỷ", "tỉ", "trăm", "chục", "vạn", "nghìn tỷ"}
_LITERAL = re.compile(r'"([^"]*)"?|\\(.)')
_PADDING = re.compile(r"_.|\*.")
_CONDITION = re.compile(r"\[(<=|>=|<>|=|<|>)\s*(-?\d{1,15}(?:\.\d{1,15})?)\]")
_COMPARE = {"<=": le, ">=": ge, "<>": ne, "=": eq, "<": lt, ">": gt}
_CLOCK = re.compile(r"AM/PM|A/P", re.IGNORECASE)
# An m beside an hour or a second is a minute.
_RUNS = re.compile(r"(.)\1+")  # hhh is an hour; a long one would be tried at every length
_MINUTES = re.compile(r"h+[^dmy]*m+|m+[^dmy]*s+", re.IGNORECASE)
_PADDED = re.compile("0{2,}")
_LAST_SERIAL = 2_958_465  # 31/12/9999


@dataclass(frozen=True)
class Shown:
    """What a format code shows of a number; ``padded``: digits that "00000" fills up with zeros, else 0.

    ``letters``: it adds some of its own.
    """

    year: bool = False
    month: bool = False
    day: bool = False
    time: bool = False
    percent: bool = False
    text: bool = False
    decimals: int = 0
    padded: int = 0
    letters: bool = False

    @property
    def is_date(self) -> bool:
        return self.year or self.month or self.day


@lru_cache(maxsize=256)
def shown_by(code: str) -> Shown:
    """What the code shows of a positive number."""
    first = _section(code)
    if first.strip().casefold() in ("general", "standard", ""):
        return Shown()
    elapsed = bool(_ELAPSED.search(first))
    bare = _CLOCK.sub("", _WORDS.sub("", first)).casefold()
    if "@" in bare:
        return Shown(text=True)
    if "0" not in bare and "#" not in bare and "?" not in bare:
        time = elapsed or "h" in bare or "s" in bare
        months = _MINUTES.sub("", _RUNS.sub(r"\1", bare))
        return Shown(year="y" in months, month="m" in months, day="d" in months, time=time)
    whole, _point, rest = bare.partition(".")
    if set(bare) & {"h", "s"}:  # mm:ss.0
        return Shown(time=True)
    return Shown(
        percent="%" in bare,
        decimals=len(rest) - len(rest.lstrip("0#?")),
        padded=len(whole.strip()) if not rest and _PADDED.fullmatch(whole.strip()) else 0,
        letters=bool(_LETTERS.search(first)),
    )


def written(number: Decimal, code: str = GENERAL) -> str:
    """The number as people read it: "0,853", "85,3%", "3,000" with decimals, "0100109106" with zeros in front."""
    shown = shown_by(code)
    if shown.percent:
        return plain(number * 100, least=shown.decimals) + "%"
    if shown.padded and number >= 0 and number == number.to_integral_value():
        return f"{int(number):0{min(shown.padded, 40)}d}"
    return plain(number, least=min(shown.decimals, 30))


@lru_cache(maxsize=1024)
def shows_otherwise(number: Decimal, code: str) -> bool:
    """Whether the code shows other digits than the number has: 0"000", thousands for `0,`, nothing at all for `;;;`.

    Fewer decimals and shares are judged by who needs the number; nought as a dash or as nothing is nought.
    """
    if code.strip() in (GENERAL, ""):
        return False
    section = _section_for(number, code)
    literal = " ".join(quoted or single for quoted, single in _LITERAL.findall(_PADDING.sub("", section)))
    bare = _WORDS.sub("", section).casefold()
    if any(each.isdigit() for each in literal):
        return True
    if not any(each in bare for each in ("0", "#", "?", "general", "standard")):
        return number != 0 and not shown_by(section).is_date
    said = " ".join(f"{literal} {re.sub('general|standard|[^a-zà-ỹ]', ' ', bare)}".casefold().split())
    return said in _MULTIPLES or bool(_SCALED.search(bare))


@lru_cache(maxsize=256)
def changes_text(code: str) -> bool:
    """Whether the code shows other words than the cell has: "KH"@, or none for `;;;`."""
    sections = _sections(code)
    if len(sections) < 4 and "@" not in _WORDS.sub("", sections[-1]):
        return False
    of_text = _PADDING.sub("", sections[min(len(sections), 4) - 1])
    return _WORDS.sub("", of_text).strip() != "@" or any(map(any, _LITERAL.findall(of_text)))


def plain(number: Decimal, least: int = 0) -> str:
    """With a decimal comma, without an exponent; at least so many decimals."""
    digits = f"{number:f}"
    whole, _point, rest = digits.partition(".")
    rest = rest.rstrip("0").ljust(least, "0")
    return f"{whole},{rest}" if rest else whole


def day_of(serial: Decimal, *, since_1904: bool) -> date | None:
    """The day of a date's serial number; None for what no spreadsheet shows as a day."""
    n = int(serial)
    if since_1904:
        return date(1904, 1, 1) + timedelta(days=n) if 0 <= n <= _LAST_SERIAL - 1462 else None
    if not 1 <= n <= _LAST_SERIAL or n == 60:  # 29/2/1900, which never was
        return None
    return date(1899, 12, 31 if n < 60 else 30) + timedelta(days=n)


def fitted(number: Decimal, places: int) -> Decimal:
    """Rounded half up to so many decimals."""
    return number.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


def _section(code: str) -> str:
    """What stands for positive numbers."""
    return _sections(code)[0]


@lru_cache(maxsize=256)
def _sections(code: str) -> tuple[str, ...]:
    """The parts between semicolons outside quotes."""
    parts, begun, quoted = [], 0, False
    for at, letter in enumerate(code):
        if letter == '"':
            quoted = not quoted
        elif letter == ";" and not quoted and (at == 0 or code[at - 1] != "\\"):
            parts.append(code[begun:at])
            begun = at + 1
    return (*parts, code[begun:])


def _section_for(number: Decimal, code: str) -> str:
    """Of positive, negative and nought's sections the number's own; a condition in brackets goes before its sign."""
    sections = [each for each in _sections(code)[:3] if "@" not in _WORDS.sub("", each)] or [GENERAL]
    conditions = [_CONDITION.search(each) for each in sections]
    if any(conditions):
        fitting = (
            each
            for each, found in zip(sections, conditions, strict=True)
            if found is None or _COMPARE[found[1]](number, Decimal(found[2]))
        )
        return next(fitting, sections[-1])
    if number < 0 and len(sections) > 1:
        return sections[1]
    return sections[2] if number == 0 and len(sections) > 2 else sections[0]
