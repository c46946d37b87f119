"""Log lines for machines: one JSON object a line, of named fields only, nothing of the request, nothing unmasked.

Needs no settings, so that gunicorn's own lines look the same before the product is loaded.
"""

from __future__ import annotations

import json
import logging
import re
import traceback
from datetime import UTC, datetime

# Whose own words may be told: a server or a disk speaks there, not a customer. Only the first line; PostgreSQL quotes
# values of the row in the second.
OUTSIDE = ("django.db.", "psycopg2.", "sqlite3.", "smtplib.", "builtins.OSError")


# JSON leaves these as they are, and some readers end a line there.
ENDS_OF_LINES = {ord(end): f"\\u{ord(end):04x}" for end in "\x85\u2028\u2029"}


class JsonLines(logging.Formatter):
    """``at`` (UTC), ``level``, ``logger``, ``message``; with an exception ``error`` and ``where``, innermost call last."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, str | list[str]] = {
            "at": datetime.fromtimestamp(record.created, tz=UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": masked(record.getMessage()),
        }
        if record.exc_info and record.exc_info[1]:
            error = record.exc_info[1]
            frames = traceback.extract_tb(error.__traceback__)
            line["error"] = masked(told(error))
            line["where"] = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
        return json.dumps(line, ensure_ascii=False).translate(ENDS_OF_LINES)


def told(error: BaseException) -> str:
    """The kind of an exception, and what it says where no customer's words can be in it."""
    kinds = [f"{kind.__module__}.{kind.__qualname__}" for kind in type(error).__mro__]
    first = str(error).strip().partition("\n")[0]
    name = kinds[0].removeprefix("builtins.")
    return f"{name}: {first}" if first and any(kind.startswith(OUTSIDE) for kind in kinds) else name


CODE_IN_PATH = re.compile(r"(/p/)[^\s/?\"']+", re.IGNORECASE)
# A code or receipt outside an address: as it is printed, and as it is typed.
CODE = re.compile(r"\b[0-9A-HJKMNP-TV-Z]{26}\b|\b[0-9A-Z]{4}(?:-[0-9A-Z]{4}){2,3}\b", re.IGNORECASE)
# How gunicorn names the sender of a request that cannot be read.
SENDER = re.compile(r"\bip=[^\s,]+")


def masked(text: str) -> str:
    """The text with codes, receipts and senders blotted out."""
    return SENDER.sub("ip=…", CODE.sub("…", CODE_IN_PATH.sub(r"\1…", text)))
