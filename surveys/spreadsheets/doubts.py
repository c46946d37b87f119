"""What makes a cell doubtful only beside others: a code shorter than the rest, a number that may have three decimals.

Each cell is right by itself, so its sender may confirm it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence

#: Confirmed, full stops part thousands: 500.000 is five hundred thousand.
STOPS_ARE_THOUSANDS = "thousands"

_MEND = "Hãy sửa mã, hoặc xác nhận mã đúng như đang hiện."
#: Tax codes have 10 digits (Circular 86/2024/TT-BTC), citizens' numbers 12 (Decree 70/2024/ND-CP); both often begin with 0.
_ONE_SHORT = {9: "mã số thuế có 10", 11: "số định danh cá nhân có 12"}
# Shorter codes of digits are counted up: 9, 10, 11.
_SHORTEST_OF_ONE_LENGTH = 6
_GROUPED = re.compile(r"[1-9]\d{0,2}\.\d{3}", re.ASCII)  # 1.005.429 is a procedure
_THREE_NOUGHTS = re.compile(r"[1-9]\d{0,2}\.000", re.ASCII)
_SURELY_GROUPED = re.compile(r"[1-9]\d{0,2}\.(?!000$)\d{3}|[1-9]\d{0,2}(?:\.\d{3}){2,}", re.ASCII)


def lost_zeros(codes: Sequence[str], known: Iterable[str] = ()) -> dict[int, str]:
    """Which codes may have lost noughts in front, by their place in ``codes``, each with a sentence.

    ``known`` codes stand already: one that differs in such noughts alone is probably the same.
    """
    numbers = [code for code in codes if _is_number(code)]
    with_noughts = max((code for code in numbers if code[0] == "0"), key=len, default="")
    lengths = Counter(map(len, numbers)).most_common(1)
    usual = lengths[0][0] if lengths else 0
    standing = set(known)
    by_bare = {code.lstrip("0"): code for code in sorted(standing) if _is_number(code)}
    found = {}
    for at, code in enumerate(codes):
        if _GROUPED.fullmatch(code) and code not in standing:
            found[at] = f"Mã có thể có dấu phân cách hàng nghìn. {_MEND}"
        if not _is_number(code) or code in standing:
            continue
        if twin := by_bare.get(code.lstrip("0")):
            found[at] = f"Đã có mã “{twin}”, chỉ khác số 0 ở đầu. {_MEND}"
        elif code[0] != "0" and (why := _why_short(code, with_noughts, usual)):
            found[at] = f"Mã có thể đã mất số 0 ở đầu: {why}. {_MEND}"
    return found


def uncertain_thousands(texts: Sequence[str]) -> dict[int, str]:
    """Which counts, as they are written in one table, may be whole numbers with three decimals, each with a sentence."""
    if any(_SURELY_GROUPED.fullmatch(text) for text in texts):
        return {}
    return {
        at: f"Là {text} hay {text[:-4]} có ba chữ số lẻ? Hãy gõ lại liền các chữ số, hoặc xác nhận."
        for at, text in enumerate(texts)
        if _THREE_NOUGHTS.fullmatch(text)
    }


def _is_number(code: str) -> bool:
    return code.isascii() and code.isdigit()


def _why_short(code: str, with_noughts: str, usual: int) -> str:
    if len(code) < len(with_noughts):
        return f"cột này có mã như “{with_noughts}”"
    if len(code) in _ONE_SHORT:
        return f"mã này có {len(code)} chữ số, {_ONE_SHORT[len(code)]}"
    if _SHORTEST_OF_ONE_LENGTH <= len(code) < usual:
        return f"mã này có {len(code)} chữ số, các mã khác có {usual}"
    return ""
