"""What a file is by its first bytes, and how large it may be: asked before any library sees it."""

from __future__ import annotations

MOST_BYTES = 100_000_000
SIGNATURES = {
    b"%PDF-": "PDF",
    b"\xff\xd8\xff": "JPEG",
    b"\x89PNG\r\n\x1a\n": "PNG",
    b"II*\x00": "TIFF",
    b"MM\x00*": "TIFF",
}


def kind_of(data: bytes) -> str:
    """PDF, JPEG, PNG or TIFF, or ''. A PDF may begin with up to 1.024 bytes of something else."""
    for start, kind in SIGNATURES.items():
        if data.startswith(start):
            return kind
    return "PDF" if b"%PDF-" in data[:1024] else ""
