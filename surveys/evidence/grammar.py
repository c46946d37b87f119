"""What a word of the evidence may look like, and the one error for everything that is not evidence."""

import re

OFFICE = re.compile(r"[A-Z0-9][A-Z0-9-]{0,39}")
#: A month, a quarter, or a campaign's slug, which starts with a letter so that 2026-13 is none of the three.
PERIOD = re.compile(r"[0-9]{4}-(?:0[1-9]|1[0-2]|Q[1-4])|[a-z][a-z0-9-]{0,59}")
CRITERION = re.compile(r"[a-z][a-z0-9_]{0,19}")
BALLOT_ID = re.compile(r"[0-9a-f]{32}")
HASH = re.compile(r"[0-9a-f]{64}")
VOID_REASON = re.compile(r"[A-Z]{3,20}")
KEY_NAME = re.compile(r"[A-Za-z0-9._-]{1,64}")
HIGHEST_LEVEL = 99
LONGEST_REASON = 200
#: What stands for "no seal, no checkpoint before this one".
NO_SEAL = "0" * 64


class EvidenceError(ValueError):
    """Evidence that is malformed, does not add up, or does not verify."""


def match(what: str, pattern: re.Pattern[str], value: str) -> None:
    """Raises EvidenceError, naming `what`, unless the whole value has the pattern."""
    if not pattern.fullmatch(value):
        raise EvidenceError(f"{what}: {value!r}")


def check_level(code: str, level: int | None) -> None:
    """Raises EvidenceError unless the criterion's code and its level, 0–99 or None, are well-formed."""
    match("criterion", CRITERION, code)
    # bool is an int in Python, and would be written as true.
    if level is not None and (type(level) is not int or not 0 <= level <= HIGHEST_LEVEL):
        raise EvidenceError(f"level of {code}: {level!r}")
