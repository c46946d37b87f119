"""Signed notes: a text, an empty line, and one Ed25519 signature line per key (docs/spec/trust.md §5)."""

import base64
import binascii
import re
from collections.abc import Mapping
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from surveys.evidence.grammar import KEY_NAME, EvidenceError, match


def sign_note(text: str, name: str, private_key: bytes) -> str:
    """The text, an empty line and one signature line. `private_key`: the 32 bytes of an Ed25519 seed (RFC 8032)."""
    if not text.endswith("\n") or "\n\n" in text or text.startswith("\n") or "\r" in text:
        raise EvidenceError("a note's text is lines without an empty one, the last ended too")
    return f"{text}\n{_signature_line(text, name, private_key)}"


def cosign_note(note: str, name: str, private_key: bytes) -> str:
    """The note with one signature line more: the second key after a rotation."""
    text, signatures = _split_note(note)
    if any(signer == name for signer, _ in signatures):
        raise EvidenceError(f"{name} has signed already")
    return note + _signature_line(text, name, private_key)


def open_note(note: str, keys: Mapping[str, bytes]) -> str:
    """The text of a signed note, when every signature line verifies with the 32-byte public key of its name.

    Raises EvidenceError for an unknown name, a name twice, base64 that is not canonical, or a wrong signature.
    """
    text, signatures = _split_note(note)
    if len({name for name, _ in signatures}) != len(signatures):
        raise EvidenceError("a name signs twice")
    for name, signed in signatures:
        if name not in keys:
            raise EvidenceError(f"unknown key {name}")
        if signed[:4] != _key_id(name, keys[name]):
            raise EvidenceError(f"{name}: another key signed")
        try:
            Ed25519PublicKey.from_public_bytes(keys[name]).verify(signed[4:], text.encode("utf-8"))
        except InvalidSignature:
            raise EvidenceError(f"{name}: the signature is wrong") from None
    return text


def _signature_line(text: str, name: str, private_key: bytes) -> str:
    match("key name", KEY_NAME, name)
    key = Ed25519PrivateKey.from_private_bytes(private_key)
    signed = _key_id(name, key.public_key().public_bytes_raw()) + key.sign(text.encode("utf-8"))
    return f"— {name} {base64.b64encode(signed).decode('ascii')}\n"


def _split_note(note: str) -> tuple[str, list[tuple[str, bytes]]]:
    text, gap, lines = note.partition("\n\n")
    if not gap or not text or not lines.endswith("\n"):
        raise EvidenceError("not a signed note")
    return text + "\n", [_read_signature(line) for line in lines[:-1].split("\n")]


def _read_signature(line: str) -> tuple[str, bytes]:
    found = re.fullmatch(rf"— ({KEY_NAME.pattern}) ([A-Za-z0-9+/]+={{0,2}})", line)
    if found is None:
        raise EvidenceError("not a signature line")
    try:
        signed = base64.b64decode(found[2], validate=True)
    except binascii.Error:
        raise EvidenceError("not a signature line") from None
    if len(signed) != 68 or base64.b64encode(signed).decode("ascii") != found[2]:
        raise EvidenceError("not a signature line")
    return found[1], signed


def _key_id(name: str, public_key: bytes) -> bytes:
    return sha256(name.encode("ascii") + b"\n\x01" + public_key).digest()[:4]
