"""The evidence of a follow-up of the silent, beside the periods' folders, so that a correction of a period leaves it in place.

``<root>/follow-up/<office>/<period>/``: ``silent-commit.txt`` from the seal on, ``silent-draw.txt`` once it is drawn, with the last
day of a result, ``follow-up.txt`` once it is closed, and
``check_follow_up.py``; where ten letters or more were answered, their ballots and receipts. No file holds a serial.
"""

from __future__ import annotations

from pathlib import Path

from reports.atomic_files import put_file
from reports.models import SilentCommitment

COMMIT_FILE, DRAW_FILE = "silent-commit.txt", "silent-draw.txt"
RESULT_FILE, CHECK_FILE = "follow-up.txt", "check_follow_up.py"
BALLOTS_FILE, RECEIPTS_FILE = "letters.csv", "letters-receipts.csv"


def folder_of(root: Path, office: str, period: str) -> Path:
    return root / "follow-up" / office / period


def files_of(commitment: SilentCommitment) -> dict[str, bytes]:
    """What is published of a follow-up as it stands, in the order of its making."""
    files = {COMMIT_FILE: commitment.note.encode("utf-8")}
    if made := commitment.draw_made:
        files[DRAW_FILE] = made.note.encode("utf-8")
    if result := commitment.result_found:
        files[RESULT_FILE] = result.note.encode("utf-8")
        if result.ballots:
            files |= {BALLOTS_FILE: result.ballots.encode(), RECEIPTS_FILE: result.receipts.encode()}
    return files | {CHECK_FILE: Path(__file__).with_name(CHECK_FILE).read_bytes()}


def put(root: Path) -> None:
    """Lay out every commitment, draw and result; what lies there already is left alone."""
    for commitment in SilentCommitment.objects.select_related("seal__office", "draw__result"):
        place = folder_of(root, commitment.seal.office.code, commitment.seal.period)
        place.mkdir(parents=True, exist_ok=True)
        for name, content in files_of(commitment).items():
            put_file(place / name, content)
