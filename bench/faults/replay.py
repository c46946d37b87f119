"""Recorded posts are sent again: after the seal, after a restore, and from another address."""

from __future__ import annotations

from pathlib import Path

from bench.faults.clients import Sending, fill, held, send
from bench.faults.place import SQLITE, Failed, Kit, Place

BALLOTS, QUICK = 60, 24
ELSEWHERE = ("127.0.0.2", 0)
REFUSED = 409


def run(kit: Kit, *, quick: bool) -> tuple[str, bool]:
    with kit.place(SQLITE) as place:
        codes = place.issue(QUICK if quick else BALLOTS)
        web = place.serve()
        before = backup(place, "before")
        sent = [send(web.address, fill(web.address, code)) for code in codes]
        if not all(each.receipt for each in sent):
            raise Failed("a ballot was not taken before anything was replayed")
        since = backup(place, "since")
        place.python("-m", "bench.faults.verbs", "mix")
        place.python("-m", "bench.faults.verbs", "seal")
        sealed = _again(place, web.address, sent)
        elsewhere = _again(place, web.address, sent, source=ELSEWHERE)
        restored = _restored(kit, place, since, sent)
        rolled_back = _restored(kit, place, before, sent)
    everything, nothing = (len(sent), 0, True), (0, len(sent), True)
    met = sealed == elsewhere == restored == everything and rolled_back == nothing
    figure = (
        f"{len(sent)} posts: after the seal {_said(sealed)}; from another address {_said(elsewhere)}; "
        f"on a backup made after them {_said(restored)}; on one made before them {_said(rolled_back)}"
    )
    return figure, met


def backup(place: Place, name: str) -> Path:
    folder = place.folder / name
    place.manage("backup", str(folder))
    (found,) = folder.iterdir()
    return found


def _restored(kit: Kit, place: Place, copy: Path, sent: list[Sending]) -> tuple[int, int, bool]:
    with kit.empty_place(place) as other:
        other.manage("restore", str(copy))
        return _again(other, other.serve().address, sent)


def _again(place: Place, address, sent: list[Sending], *, source=None) -> tuple[int, int, bool]:
    """(same receipts, refusals, whether ledger, box and proofs of use are what they were)."""
    before, rows = place.python("-m", "bench.faults.verbs", "digest"), held(place)
    answers = [send(address, each.form, source=source) for each in sent]
    same = sum(answer.receipt == each.receipt for answer, each in zip(answers, sent, strict=True))
    refused = sum(answer.status == REFUSED and not answer.receipt for answer in answers)
    return same, refused, before == place.python("-m", "bench.faults.verbs", "digest") and rows == held(place)


def _said(found: tuple[int, int, bool]) -> str:
    same, refused, unchanged = found
    return f"{same} same receipts, {refused} refused, ledger {'unchanged' if unchanged else 'CHANGED'}"
