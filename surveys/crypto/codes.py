"""The slip's code, the receipt, the tag of a boxed ballot (docs/spec/trust.md §2, §3 and §5).

Pure: keys, nonces and typed text come in, text goes out; nothing here reads a clock, a setting or a database.
Every key is `bytes` of at least 32, kept outside the database.
"""

import hmac
import secrets
from hashlib import sha256

#: Crockford's base 32: no I, L, O, U, so that nothing typed from paper can be read two ways.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
#: Characters of a whole code: 26 × 5 = 130 random bits.
CODE_LENGTH = 26
#: Characters that suffice when a code is typed by hand: 12 × 5 = 60 bits, behind a throttle.
SHORT_LENGTH = 12
#: Characters of a receipt: 40 bits that name it, 40 bits that prove it is ours.
RECEIPT_LENGTH = 16
SERIAL_LENGTH = 6

_SIGNS = frozenset(ALPHABET)
_HALF = RECEIPT_LENGTH // 2
_SEPARATOR = b"\x1f"
_FORGIVEN = str.maketrans("OIL", "011")
# What people put between groups: the hyphen, and the dashes that keyboards and office programs make of it.
_NO_DASHES = str.maketrans("", "", "-\u2010\u2011\u2012\u2013\u2014\u2015\u2212")


def new_code() -> str:
    """A fresh slip code: 26 characters of `ALPHABET`, 130 bits from the operating system."""
    return _draw(CODE_LENGTH)


def new_serial() -> str:
    """A fresh serial for staff to read aloud: 6 random characters that reveal nothing of the code."""
    return _draw(SERIAL_LENGTH)


def normalise(typed: str) -> str:
    """What was typed as a code, in the form the MACs expect: 12 to 26 characters of `ALPHABET`.

    Case, blanks and dashes do not matter, and O, I, L are read as 0, 1, 1. Returns '' when a foreign character
    remains or the length cannot be a code's. A whole code is looked up by `code_mac`, a shorter one by
    `short_mac`.
    """
    cleaned = _clean(typed)
    return cleaned if SHORT_LENGTH <= len(cleaned) <= CODE_LENGTH else ""


def length_typed(typed: str) -> int:
    """How many characters of a code were typed, blanks and dashes left out; more than are there never."""
    return len(_without_separators(typed))


def foreign_in(typed: str) -> str:
    """The first character typed that no code has, as it was typed; '' when there is none."""
    return next((sign for sign in _without_separators(typed) if not _clean(sign)), "")


def normalise_serial(typed: str) -> str:
    """What was typed as a serial: 6 characters of `ALPHABET`, or ''. It forgives what `normalise` forgives."""
    cleaned = _clean(typed)
    return cleaned if len(cleaned) == SERIAL_LENGTH else ""


def stub_name(key: bytes, typed: str) -> tuple[str, str] | None:
    """What a stub is found by, from what was typed or scanned off it: (``serial`` | ``code_mac`` | ``short_mac``, value).

    None when it can be neither serial nor code. Of an address only its end counts: a scanner types the whole of it.
    """
    last = typed.rsplit("/", 1)[-1]
    if serial := normalise_serial(last):
        return "serial", serial
    code = normalise(last)
    if not code:
        return None
    return (
        ("code_mac", code_mac(key, code)) if len(code) == CODE_LENGTH else ("short_mac", short_mac(key, code))
    )


def code_mac(key: bytes, code: str) -> str:
    """The stored fingerprint of a whole code: 64 hex digits. Raises ValueError for any other length than 26."""
    if len(code) != CODE_LENGTH:
        raise ValueError(f"a whole code has {CODE_LENGTH} characters, not {len(code)}")
    return _mac(key, b"slip", code.encode("ascii")).hex()


def short_mac(key: bytes, code: str) -> str:
    """The stored fingerprint of a code's first 12 characters: 64 hex digits. ValueError when there are fewer."""
    if len(code) < SHORT_LENGTH:
        raise ValueError(f"a typed code has at least {SHORT_LENGTH} characters, not {len(code)}")
    return _mac(key, b"slip-short", code[:SHORT_LENGTH].encode("ascii")).hex()


def macs(key: bytes, code: str) -> dict[str, str]:
    """Both stored fingerprints of a fresh code, under the names of their columns."""
    return {"code_mac": code_mac(key, code), "short_mac": short_mac(key, code)}


def receipt(key: bytes, nonce: bytes) -> str:
    """The receipt of the form that carries `nonce`: 16 characters, the same whenever it is asked for again.

    Derived instead of stored, so that a repeated sending gets its receipt although nothing links it to a ballot.
    """
    name = _mac(key, b"r", nonce)[:5]
    return _base32(name) + _receipt_proof(key, name)


def format_receipt(receipt: str) -> str:
    """A receipt as it is shown: XXXX-XXXX-XXXX-XXXX."""
    return "-".join(receipt[start : start + 4] for start in range(0, len(receipt), 4))


def format_short(code: str) -> str:
    """What may be typed instead of a whole code, as it is shown: XXXX-XXXX-XXXX."""
    return format_receipt(code[:SHORT_LENGTH])


def normalise_receipt(typed: str) -> str:
    """What was typed as a receipt: 16 characters of `ALPHABET`, or ''. It forgives what `normalise` forgives."""
    cleaned = _clean(typed)
    return cleaned if len(cleaned) == RECEIPT_LENGTH else ""


def is_genuine(key: bytes, receipt: str) -> bool:
    """Whether this office made the receipt: false for one mistyped or invented (chance of a guess: 2^-40).

    Takes the output of `normalise_receipt`; '' is not genuine.
    """
    if len(receipt) != RECEIPT_LENGTH or not _SIGNS.issuperset(receipt):
        return False
    name = _from_base32(receipt[:_HALF])
    return hmac.compare_digest(_receipt_proof(key, name), receipt[_HALF:])


def receipt_hash(receipt: str) -> str:
    """What is stored and published of a receipt: hex SHA-256 with its domain prefix, 64 digits."""
    return sha256(b"kbnn-receipt-v1\n" + receipt.encode("ascii")).hexdigest()


def box_tag(key: bytes, *fields: str | bytes) -> str:
    """The tag that ties a boxed ballot's columns together: 64 hex digits over the fields in order.

    Each field goes in with its length in bytes before it, so that no text can slide from one column into the next.
    """
    encoded = [field.encode("utf-8") if isinstance(field, str) else field for field in fields]
    return _mac(key, b"box", *(len(field).to_bytes(8, "big") + field for field in encoded)).hex()


def is_box_tag(key: bytes, tag: str, *fields: str | bytes) -> bool:
    """Whether `tag` is the tag of these fields, compared in constant time."""
    return hmac.compare_digest(box_tag(key, *fields).encode(), tag.encode())


def _draw(length: int) -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(length))


def _clean(typed: str) -> str:
    kept = _without_separators(typed)
    # Before upper-casing, which would make an S of the long s and an I of the dotless i.
    if not kept.isascii():
        return ""
    kept = kept.upper().translate(_FORGIVEN)
    return kept if _SIGNS.issuperset(kept) else ""


def _without_separators(typed: str) -> str:
    return "".join(typed.split()).translate(_NO_DASHES)


def _mac(key: bytes, domain: bytes, *parts: bytes) -> bytes:
    """32 bytes. The domain's name and 1F come first: no value of one purpose can serve another."""
    return hmac.digest(key, domain + _SEPARATOR + b"".join(parts), "sha256")


def _receipt_proof(key: bytes, name: bytes) -> str:
    return _base32(_mac(key, b"m", name)[:5])


def _base32(five_bytes: bytes) -> str:
    number = int.from_bytes(five_bytes, "big")
    return "".join([ALPHABET[number >> shift & 31] for shift in range(35, -1, -5)])


def _from_base32(eight_characters: str) -> bytes:
    number = 0
    for character in eight_characters:
        number = number << 5 | ALPHABET.index(character)
    return number.to_bytes(5, "big")
