"""The evidence of a follow-up of the silent, beside the periods' folders, so that a correction of a period leaves it in place.

``<root>/follow-up/<office>/<period>/``: ``silent-commit.txt`` from the seal on, ``follow-up.txt`` once it is closed, and
``check_follow_up.py``; where ten letters or more were answered, their ballots and receipts. No file holds a serial.
"""

from __future__ import annotations

from pathlib import Path

from reports.atomic_files import put_file
from reports.models import SilentCommitment

COMMIT_FILE, RESULT_FILE, CHECK_FILE = "silent-commit.txt", "follow-up.txt", "check_follow_up.py"
BALLOTS_FILE, RECEIPTS_FILE = "letters.csv", "letters-receipts.csv"


def folder_of(root: Path, office: str, period: str) -> Path:
    return root / "follow-up" / office / period


def put(root: Path) -> None:
    """Lay out every commitment and result; what lies there already is left alone."""
    check = Path(__file__).with_name(CHECK_FILE).read_bytes()
    for commitment in SilentCommitment.objects.select_related("seal__office", "draw__result"):
        place = folder_of(root, commitment.seal.office.code, commitment.seal.period)
        place.mkdir(parents=True, exist_ok=True)
        put_file(place / COMMIT_FILE, commitment.note.encode("utf-8"))
        put_file(place / CHECK_FILE, check)
        if result := commitment.result_found:
            put_file(place / RESULT_FILE, result.note.encode("utf-8"))
            if result.ballots:
                put_file(place / BALLOTS_FILE, result.ballots.encode("ascii"))
                put_file(place / RECEIPTS_FILE, result.receipts.encode("ascii"))
