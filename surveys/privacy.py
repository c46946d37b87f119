"""What a log line may not carry: the code of a ballot, a receipt, the address of whoever asked."""

import re

CODE_IN_PATH = re.compile(r"(/p/)[^\s/?\"']+", re.IGNORECASE)
# A code or receipt outside an address: as it is printed, and as it is typed.
CODE = re.compile(r"\b[0-9A-HJKMNP-TV-Z]{26}\b|\b[0-9A-Z]{4}(?:-[0-9A-Z]{4}){2,3}\b", re.IGNORECASE)
# How gunicorn names the sender of a request that cannot be read.
SENDER = re.compile(r"\bip=[^\s,]+")


def masked(text: str) -> str:
    """The text with codes, receipts and senders blotted out."""
    return SENDER.sub("ip=…", CODE.sub("…", CODE_IN_PATH.sub(r"\1…", text)))
