"""Vietnamese text of before Unicode, and text that lost its letters: recognised, never guessed at.

TCVN3 ("ABC", fonts .VnTime…) and VNI (fonts VNI-Times…) put Vietnamese letters on codes of Western ones, so that a
program of today sees "Kho b¹c" or "Kho baïc". A word counts as such when it is no Vietnamese syllable as it stands and
becomes one when decoded; foreign words become none.

Sources: TCVN 5712:1993, table VN3; VNI Software, VNI-Win code page; Windows-1252.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from unicodedata import normalize

from surveys.spreadsheets.book import Damage

_TCVN3 = dict(
    zip(
        "¡¢£¤¥¦§¨©ª«¬\u00ad®µ¶·\u00b8¹»¼½¾ÆÇÈÉÊËÌÎÏÐÑÒÓÔÕÖ×ØÜÝÞßáâãäåæçèéêëìíîïñòóôõö÷øùúûüýþ",
        "ĂÂÊÔƠƯĐăâêôơưđàảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵ",
        strict=True,
    )
)
_MARKS = {"ù": "\u0301", "ø": "\u0300", "û": "\u0309", "õ": "\u0303", "ï": "\u0323"}
_ROOFED = {"â": "", "á": "\u0301", "à": "\u0300", "å": "\u0309", "ã": "\u0303", "ä": "\u0323"}
_BREVE = {"ê": "", "é": "\u0301", "è": "\u0300", "ú": "\u0309", "ü": "\u0303", "ë": "\u0323"}
_VNI_ALONE = {"ô": "ơ", "ö": "ư", "ñ": "đ", "í": "í", "ì": "ì", "æ": "ỉ", "ó": "ĩ", "ò": "ị", "î": "ỵ"}


def _vni() -> dict[str, str]:
    pairs = {base + sign: base + mark for base in "aeouy" for sign, mark in _MARKS.items()}
    pairs |= {"ô" + sign: "ơ" + mark for sign, mark in _MARKS.items()}
    pairs |= {"ö" + sign: "ư" + mark for sign, mark in _MARKS.items()}
    pairs |= {base + sign: base + "\u0302" + mark for base in "aeo" for sign, mark in _ROOFED.items()}
    pairs |= {"a" + sign: "ă" + mark for sign, mark in _BREVE.items()}
    lower = {coded: normalize("NFC", letter) for coded, letter in (pairs | _VNI_ALONE).items()}
    return lower | {coded.upper(): letter.upper() for coded, letter in lower.items()}


_VNI = _vni()
_VNI_LETTERS = re.compile("|".join(sorted(map(re.escape, _VNI), key=len, reverse=True)))
_WORD = re.compile("[A-Za-z\u00a1-\u00ff]+")
_UNIT = re.compile("µ[A-Za-z]")
_UNKNOWN = re.compile("[^A-Za-zÀÁÂÃÈÉÊÌÍÒÓÔÕÙÚÝàáâãèéêìíòóôõùúýĂăĐđĨĩŨũƠơƯưẠ-ỹ]")
_OF_UNICODE = re.compile("[ĂăĐđĨĩŨũƠơƯưẠ-ỹ]")
_ONSET = "(?:ngh|ng|nh|gh|gi|kh|ph|th|tr|ch|qu|[bcdđghklmnprstvx])?"
_OPEN = (  # vowels that nothing follows
    "(?:oai|oao|oay|oeo|uây|uôi|uya|uyu|iêu|yêu|ươi|ươu|ai|ao|au|ay|âu|ây|eo|êu|ia|iu|oi|ôi|ơi|ua|ui|ưa|ưi|ưu)"
)
_CLOSED = "(?:oa|oă|oe|uâ|uê|uô|uơ|uyê|uy|iê|ươ|yê|[aăâeêioôơuưy])(?:ng|nh|ch|[cmnpt])?"
_SYLLABLE = re.compile(f"{_ONSET}(?:{_OPEN}|{_CLOSED})")
_TONES = re.compile("[\u0300\u0301\u0303\u0309\u0323]")
_LOWER, _UPPER = "a-zà-öø-ÿ", "A-ZÀ-ÖØ-Þ"
_CONSONANTS = "ngh|ng|nh|gh|kh|ph|th|tr|ch|[bcdghklmnpqrstvx]"
# Question marks for letters: inside a word (but "lòng?Vì"), in front of one, behind consonants that no word ends the sentence with;
# a capital alone may ("A hay B?"), unless the sentence begins with it or goes on behind it.
_ASKED = re.compile(
    rf"[{_LOWER}]\?+[{_LOWER}]|[{_UPPER}]\?+[{_LOWER}{_UPPER}]|(?<![\w?])\?+(?:[{_LOWER}]|[{_UPPER}]{{2}})"
    rf"|(?<!\w)(?:{_CONSONANTS}|Ngh|Ng|Nh|Gh|Kh|Ph|Th|Tr|Ch)\?(?!\w)"
    rf"|^[BCDGHKLMNPQRSTVX]\?\s+\w|(?<!\w)[BCDGHKLMNPQRSTVX]\?\s+[{_LOWER}]"
)
_OF_HTML = re.compile(
    r"&(?:#\d{2,6}|#x[0-9a-f]{2,5}|amp|lt|gt|quot|nbsp|[a-z](?:grave|acute|circ|tilde));", re.IGNORECASE
)
_ADDRESS = re.compile(r"\S*(?:[=&]|://|www\.)\S*")
# What Windows-1252 makes of the bytes 80–9F; the five holes stay what they are.
_FROM_1252 = {bytes([code]).decode("cp1252", "ignore") or chr(code): code for code in range(0x80, 0xA0)}
_BEYOND_1252 = re.compile(f"[^\x00-\xff{''.join(map(re.escape, _FROM_1252))}]")


def damage_of(text: str, *, font: str = "") -> Damage:
    """What happened to the text, as it stands in the file; ``font`` where the file names one."""
    if "&" in text and _OF_HTML.search(text):
        return Damage.HTML
    if text.isascii():
        return _lost(text)
    if "\ufffd" in text:
        return Damage.LOST
    by_font = _damage_by_font(text, font.casefold())
    if by_font or not _WORD.search(text) or (_OF_UNICODE.search(text) and not _encoded_twice(text)):
        return by_font
    if _encoded_twice(text):
        return Damage.TWICE_ENCODED
    if _all_decode(text, lambda word: _VNI_LETTERS.sub(lambda found: _VNI[found[0]], word)):
        return Damage.VNI
    if _all_decode(text, lambda word: "".join(_TCVN3.get(each, each) for each in word)):
        return Damage.TCVN3
    return _lost(text)


def words_about(damage: Damage) -> str:
    """The sentence for a clerk: what it is and how to mend it."""
    return {
        Damage.TCVN3: "Chữ gõ bằng phông TCVN3 (ABC, .VnTime). Hãy chuyển sang Unicode rồi gửi lại.",
        Damage.VNI: "Chữ gõ bằng phông VNI. Hãy chuyển sang Unicode rồi gửi lại.",
        Damage.TWICE_ENCODED: "Chữ bị hỏng mã (UTF-8 đọc nhầm thành mã khác). Hãy xuất lại từ tệp gốc thành “.xlsx”.",
        Damage.LOST: "Chữ có dấu đã mất khi lưu tệp. Hãy mở tệp gốc, lưu thành “.xlsx” hoặc “CSV UTF-8” rồi gửi lại.",
        Damage.HTML: "Chữ còn mã của trang web (như &#7901;). Hãy xuất lại từ tệp gốc thành “.xlsx”.",
        Damage.NONE: "",
    }[damage]


def _lost(text: str) -> Damage:
    return Damage.LOST if "?" in text and _ASKED.search(_ADDRESS.sub(" ", text)) else Damage.NONE


def _damage_by_font(text: str, font: str) -> Damage:
    if _OF_UNICODE.search(text) or not any("\u00a1" <= each <= "\u00ff" for each in text):
        return Damage.NONE
    if font.startswith(".vn"):
        return Damage.TCVN3
    return Damage.VNI if font.startswith("vni") else Damage.NONE


def _encoded_twice(text: str) -> bool:
    """Whether the text is UTF-8 that was read as Windows-1252: "Tr\u00c6\u00b0\u00e1\u00bb\u009dng"."""
    if _BEYOND_1252.search(text):
        return False
    codes = [_FROM_1252.get(each, ord(each)) for each in text]
    try:
        return any(ord(each) > 0x7F for each in bytes(codes).decode("utf-8"))
    except UnicodeDecodeError:
        return False


def _all_decode(text: str, decode: Callable[[str], str]) -> bool:
    """Whether there are words that no Vietnamese writes, and each of them is a syllable when decoded."""
    strange = [
        word
        for word in _WORD.findall(text)
        if not word.isascii()
        and any("A" <= each <= "z" for each in word)
        and not _UNIT.fullmatch(word)
        and not _is_syllable(word)
    ]
    return bool(strange) and all(_is_syllable(decode(word)) for word in strange)


def _is_syllable(word: str) -> bool:
    if _UNKNOWN.search(word):
        return False
    decomposed = normalize("NFD", word.lower())
    bare = normalize("NFC", _TONES.sub("", decomposed))
    return len(_TONES.findall(decomposed)) <= 1 and bool(_SYLLABLE.fullmatch(bare))
