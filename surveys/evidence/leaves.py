"""J(o), the commitment to a ballot's extras, and the leaves of the three trees."""

import json
import unicodedata
from collections.abc import Iterable, Mapping
from hashlib import sha256

from surveys.evidence.grammar import BALLOT_ID, HASH, VOID_REASON, EvidenceError, check_level, match
from surveys.evidence.trees import leaf_hash

_encode_json = json.JSONEncoder(
    sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
).encode


def canonical(obj: object) -> str:
    """J(o): JSON with keys sorted at every level and no blanks, not escaped; text inside must be NFC already."""
    return _encode_json(obj)


def extra_text(
    comment: str, counter: str, procedure: str, reasons: Iterable[str], texts: Mapping[str, str]
) -> str:
    """What a ballot says beside its levels, as stored and hashed; '' for what was coarsened. Brought to NFC here."""
    extra = {
        "comment": comment,
        "counter": counter,
        "procedure": procedure,
        "reasons": sorted(reasons),
        "texts": dict(texts),
    }
    return unicodedata.normalize("NFC", canonical(extra))


def x_of(salt: bytes, extra: str) -> str:
    """The commitment that stands for `extra` in the leaf: 64 hex digits. `salt` is 32 random bytes."""
    if len(salt) != 32:
        raise EvidenceError(f"the salt has 32 bytes, not {len(salt)}")
    return sha256(b"kbnn-extra-v1\n" + salt + extra.encode("utf-8")).hexdigest()


def ballot_data(*, id: str, answers: Mapping[str, int | None], period: str, office: str, x: str) -> bytes:
    """The bytes a ballot's leaf is made of. `answers`: criterion code to level 0–99, None for no answer."""
    match("ballot id", BALLOT_ID, id)
    match("x", HASH, x)
    for code, level in answers.items():
        check_level(code, level)
    leaf = {"a": dict(answers), "id": id, "m": period, "u": office, "x": x}
    return b"kbnn-ballot-v1\n" + canonical(leaf).encode("utf-8")


def ballot_leaf(*, id: str, answers: Mapping[str, int | None], period: str, office: str, x: str) -> bytes:
    """A ballot's leaf hash, 32 bytes; arguments as in `ballot_data`."""
    return leaf_hash(ballot_data(id=id, answers=answers, period=period, office=office, x=x))


def receipt_leaf(hash_hex: str) -> bytes:
    """The leaf hash, 32 bytes, of a receipt's hash of 64 hex digits."""
    match("receipt hash", HASH, hash_hex)
    return leaf_hash(b"kbnn-receipt-v1\n" + bytes.fromhex(hash_hex))


def void_leaf(id: str, reason: str) -> bytes:
    """The leaf hash, 32 bytes, of one void mark: the ballot's id and a reason code in capitals."""
    match("ballot id", BALLOT_ID, id)
    match("void reason", VOID_REASON, reason)
    return leaf_hash(b"kbnn-void-v1\n" + canonical({"id": id, "reason": reason}).encode("ascii"))
