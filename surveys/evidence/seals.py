"""The texts that are signed, checkpoint and seal, and the counts they state."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta, timezone
from hashlib import sha256
from typing import Any

from surveys.evidence.grammar import HASH, LONGEST_REASON, OFFICE, PERIOD, EvidenceError, check_level, match

# Vietnam keeps one offset all year; a fixed one needs no time-zone data to check a seal.
_VIETNAM = timezone(timedelta(hours=7))


@dataclass(frozen=True, slots=True)
class Criterion:
    """One question as the seal states it: which of its levels count as satisfied, and whether it may stay open."""

    code: str
    satisfied: frozenset[int]
    optional: bool = False

    def __str__(self) -> str:
        levels = ",".join(map(str, sorted(self.satisfied)))
        return f"{self.code}{'?' if self.optional else ''}={levels}"


def satisfied(answers: Mapping[str, int | None], criteria: Iterable[Criterion]) -> bool:
    """The rule: every answered criterion has a satisfied level, and at least one is answered."""
    answered = [(criterion, answers.get(criterion.code)) for criterion in criteria]
    answered = [(criterion, level) for criterion, level in answered if level is not None]
    return bool(answered) and all(level in criterion.satisfied for criterion, level in answered)


def complete(answers: Mapping[str, int | None], criteria: Iterable[Criterion]) -> bool:
    """Whether every criterion that is not optional is answered; a ballot where one is not can only be void."""
    return all(criterion.optional or answers.get(criterion.code) is not None for criterion in criteria)


@dataclass(frozen=True, kw_only=True, slots=True)
class SealFacts:
    """What a seal states, field for field in the order of its lines. Counts are ballots or slips; hashes are hex."""

    office: str
    period: str
    version: int
    reason: str
    criteria: tuple[Criterion, ...]
    issued: int
    cancelled: int
    expired: int
    returned: int
    paper: int
    ballots: int
    void: int
    valid: int
    satisfied: int
    dissatisfied: int
    levels: Mapping[tuple[str, int], int]  # (criterion code, level) to its number of valid ballots
    tree_size: int
    tree_root: str
    audit_size: int
    audit_root: str
    receipts_size: int
    receipts_root: str
    voids_size: int
    voids_root: str
    sha256_ballots: str
    sha256_receipts: str
    sha256_voids: str
    previous: str
    sealed_at: datetime  # aware


def broken_identities(facts: SealFacts) -> list[str]:
    """The identities of docs/spec/trust.md §5 that these counts break, each as its equation; [] when all hold."""
    identities = {
        "issued = returned + expired + cancelled": (
            facts.issued,
            facts.returned + facts.expired + facts.cancelled,
        ),
        "returned = ballots": (facts.returned, facts.ballots),
        "returned = receipts + paper": (facts.returned, facts.receipts_size + facts.paper),
        "ballots = valid + void": (facts.ballots, facts.valid + facts.void),
        "valid = satisfied + dissatisfied": (facts.valid, facts.satisfied + facts.dissatisfied),
        "tree_size = ballots": (facts.tree_size, facts.ballots),
        "audit_size = ballots": (facts.audit_size, facts.ballots),
    }
    broken = [equation for equation, (left, right) in identities.items() if left != right]
    for criterion in facts.criteria:
        answered = sum(n for (code, _), n in facts.levels.items() if code == criterion.code)
        if answered > facts.valid or (answered < facts.valid and not criterion.optional):
            broken.append(f"levels of {criterion.code} = valid")
    return broken


@dataclass(frozen=True, kw_only=True, slots=True)
class CheckpointFacts:
    """What a mix leaves behind, in the order of its lines (docs/spec/trust.md §3).

    `previous` is the `digest` of this office's checkpoint before, `NO_SEAL` for the first; hashes are hex.
    """

    office: str
    period: str
    batch: int
    audit_size: int
    audit_root: str
    receipts_size: int
    receipts_root: str
    voids_size: int
    voids_root: str
    previous: str
    date: date


def checkpoint_text(facts: CheckpointFacts) -> str:
    """The text to sign after a mix. Raises EvidenceError for a value that has no place in it."""
    return _text("kbnn-checkpoint-v1", facts)


def seal_text(facts: SealFacts) -> str:
    """The text to sign when a period is sealed. Raises EvidenceError when it is malformed or does not add up."""
    if broken := broken_identities(facts):
        raise EvidenceError("the counts do not add up: " + "; ".join(broken))
    reason = facts.reason
    one_line = reason.isprintable() and unicodedata.is_normalized("NFC", reason) and reason == reason.strip()
    if not one_line or len(reason) > LONGEST_REASON or bool(reason) != (facts.version > 1):
        raise EvidenceError("a correction has a reason of one line in NFC; the first version has none")
    return _text("kbnn-seal-v1", facts)


def small_seal_text(office: str, period: str, code: str) -> str:
    """The one line that is signed and published for a period with fewer than 30 ballots, instead of its seal."""
    match("office", OFFICE, office)
    match("period", PERIOD, period)
    match("seal code", re.compile("[0-9a-f]{16}"), code)
    return f"kbnn-small-v1 {office} {period} {code}\n"


def digest(text: str) -> str:
    """Hex SHA-256 of a signed text, without its signatures: what the next one states as `previous`."""
    return sha256(text.encode("utf-8")).hexdigest()


def seal_code(text: str) -> str:
    """The 16 hex digits printed on minutes and report."""
    return digest(text)[:16]


def _text(title: str, facts: SealFacts | CheckpointFacts) -> str:
    lines = [title]
    for field in fields(facts):
        lines.append(f"{field.name}: {_value(field.name, getattr(facts, field.name), facts)}")
    return "\n".join(lines) + "\n"


def _value(key: str, value: Any, facts: Any) -> str:
    if isinstance(value, int):
        if value < (key in ("version", "batch")):
            raise EvidenceError(f"{key}: {value} is too small")
    elif isinstance(value, datetime):
        if value.utcoffset() is None:
            raise EvidenceError(f"{key} needs a time zone")
        value = value.astimezone(_VIETNAM).isoformat(timespec="seconds")
    elif key == "criteria":
        value = _criteria(value)
    elif key == "levels":
        value = _levels(value, facts.criteria)
    elif key == "office":
        match(key, OFFICE, value)
    elif key == "period":
        match(key, PERIOD, value)
    elif key.startswith("sha256_") or key.endswith("_root") or key == "previous":
        match(key, HASH, value)
    return str(value)


def _criteria(criteria: Sequence[Criterion]) -> str:
    if not criteria or len({criterion.code for criterion in criteria}) != len(criteria):
        raise EvidenceError("criteria: at least one, each once")
    for criterion in criteria:
        if not criterion.satisfied:
            raise EvidenceError(f"criterion {criterion.code} has no satisfied level")
        for level in criterion.satisfied:
            check_level(criterion.code, level)
    return ";".join(map(str, criteria))


def _levels(levels: Mapping[tuple[str, int], int], criteria: Sequence[Criterion]) -> str:
    place = {criterion.code: position for position, criterion in enumerate(criteria)}
    for (code, level), n in levels.items():
        check_level(code, level)
        if code not in place or n < 0:
            raise EvidenceError(f"levels: {code}/{level}={n}")
    ordered = sorted((place[code], level, code, n) for (code, level), n in levels.items() if n)
    return " ".join(f"{code}/{level}={n}" for _, level, code, n in ordered)


def stated(text: str) -> dict[str, str]:
    """The lines of a seal's or checkpoint's text, or of its signed note, by their keys."""
    lines = (line.partition(":") for line in text.partition("\n\n")[0].splitlines())
    return {key: value.removeprefix(" ") for key, colon, value in lines if colon}


def stated_criteria(line: str) -> tuple[Criterion, ...]:
    """The criteria of a seal's ``criteria`` line, in its order."""
    parts = (one.partition("=") for one in line.split(";"))
    return tuple(
        Criterion(code.rstrip("?"), frozenset(map(int, levels.split(","))), code.endswith("?"))
        for code, _equals, levels in parts
    )
