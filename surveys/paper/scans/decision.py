"""What the machine says of a row, from its measures alone.

It decides one thing: exactly one box clearly marked and the rest of the row clean. Blank and double void a ballot, so they are
proposed only; everything else is doubtful, with a reason that a person reads beside the picture.
"""

from __future__ import annotations

from dataclasses import dataclass

from surveys.paper.scans import thresholds as t
from surveys.paper.scans.measurement import BoxMeasures, RowMeasures
from surveys.paper.scans.results import Reason, Verdict


@dataclass(frozen=True)
class Decision:
    """``box``: the marked one, -1 without. ``score``: how far from doubt, 0 to 1; the lowest are shown first."""

    verdict: Verdict
    reason: Reason = Reason.NONE
    box: int = -1
    score: float = 0.0


def decide(row: RowMeasures, *, bilevel: bool) -> Decision:
    """The machine's word on one criterion."""
    if row.likeness < t.ZONE or not all(box.outline for box in row.boxes):
        return _doubt(Reason.COVERED)
    marked = [k for k, box in enumerate(row.boxes) if _is_marked(box)]
    if len(marked) > 1:
        heavy = any(row.boxes[k].fill >= t.HEAVY for k in marked)
        return Decision(Verdict.DOUBLE, Reason.CORRECTED if heavy else Reason.TWO_MARKS)
    if any(_is_over(box) for k, box in enumerate(row.boxes) if k not in marked) or any(
        row.boxes[k].lost > 0 for k in marked
    ):
        return _doubt(Reason.LINE)
    if not marked:
        return _unmarked(row, bilevel=bilevel)
    reason = _against(row, marked[0])
    if reason:
        return _doubt(reason)
    return Decision(Verdict.LEVEL, box=marked[0], score=_score(row, marked[0]))


def _is_marked(box: BoxMeasures) -> bool:
    return box.fill >= t.MARKED_FILL and box.extent >= t.MARKED_EXTENT


def _is_empty(box: BoxMeasures) -> bool:
    return box.fill <= t.EMPTY_FILL and box.extent <= t.EMPTY_EXTENT and box.faint < t.EMPTY_FAINT


def _is_over(box: BoxMeasures) -> bool:
    """Whether a line crosses the box: what it took out it may have hidden."""
    return box.lost > 0


def _unmarked(row: RowMeasures, *, bilevel: bool) -> Decision:
    if not all(_is_empty(box) for box in row.boxes):
        faint = all(box.fill <= t.EMPTY_FILL for box in row.boxes)
        return _doubt(Reason.FAINT if faint else Reason.SMALL)
    if any(box.near >= t.BLANK_OUTSIDE or box.reach > t.BLANK_STRAY for box in row.boxes):
        return _doubt(Reason.BESIDE)
    if row.stray >= t.BLANK_STRAY or row.shared:
        return _doubt(Reason.ELSEWHERE)
    if _is_struck(row):
        return _doubt(Reason.STRUCK)
    return _doubt(Reason.PALE) if bilevel else Decision(Verdict.BLANK, Reason.EMPTY)


def _against(row: RowMeasures, marked: int) -> Reason:
    """What speaks against the one mark, '' for nothing."""
    mark = row.boxes[marked]
    others = [box for k, box in enumerate(row.boxes) if k != marked]
    if not all(_is_empty(box) for box in others):
        return Reason.SECOND
    if any(box.near > t.OUTSIDE_EMPTY for box in others) or row.shared:
        return Reason.BESIDE
    if any(box.reach > t.EMPTY_REACH for box in others):
        return Reason.BESIDE
    if mark.loose > t.LOOSE:
        return Reason.BESIDE
    is_heavy = mark.fill >= t.HEAVY
    if mark.near > (t.OUTSIDE_HEAVY if is_heavy else t.OUTSIDE_MARKED) or mark.reach > t.MARK_REACH:
        return Reason.STRAYS
    is_filled = mark.fill >= t.FILLED
    if mark.tails >= (1 if is_filled else t.TAILS) and mark.fill >= t.DENSE:
        return Reason.STRAYS
    if mark.spilled > t.SPILLED:
        return Reason.STRAYS if is_heavy else Reason.JOINED
    if mark.hidden > 0:
        return Reason.LINE
    runs_along = mark.along > t.ALONG or mark.along_three > t.ALONG_THREE
    is_ringed = mark.around > t.AROUND or (runs_along and not is_filled)
    if mark.level > t.LEVEL or mark.through or is_ringed:
        return Reason.JOINED
    if row.stray > t.STRAY:
        return Reason.ELSEWHERE
    if _is_denied(row, marked):
        return Reason.STRUCK
    return Reason.LETTERS if _looks_written(mark) else Reason.NONE


def _is_struck(row: RowMeasures) -> bool:
    """Whether something is drawn over the words of the row, of its criterion or over one of its boxes."""
    return max(row.struck, row.struck_text, *(box.head for box in row.boxes)) >= t.STRUCK


def _is_denied(row: RowMeasures, marked: int) -> bool:
    """Whether what is drawn over words puts the one mark in doubt. Another column's word that is no more than struck out does not."""
    if max(row.struck, row.struck_text) >= t.STRUCK:
        return True
    return _is_struck(row) and (not row.along or row.boxes[marked].head >= t.STRUCK_OWN)


def _looks_written(mark: BoxMeasures) -> bool:
    """Letters: several strokes side by side at half height, round holes, many pieces, or wide and low as a word."""
    if mark.fill >= t.FILLED:
        return mark.fill < t.FULL and (mark.loop >= t.LOOP or mark.ringed > t.RINGED_FILLED)
    least, most = t.WORD_BAND
    is_flat = mark.tall < t.FLAT * mark.extent
    is_crowded = mark.middle_band >= least and mark.band <= most
    is_hollow = mark.hollow >= t.HOLLOW and mark.fill < t.HOLLOW_FILL
    is_ring = mark.loop >= t.LOOP or is_hollow or mark.ringed > t.RINGED
    return is_flat or is_crowded or is_ring or mark.pieces > t.PIECES


def _score(row: RowMeasures, marked: int) -> float:
    """The least of how many times each measure keeps its bound, squeezed into 0 to 1."""
    mark = row.boxes[marked]
    others = [box for k, box in enumerate(row.boxes) if k != marked]
    times = [
        mark.fill / t.MARKED_FILL,
        mark.extent / t.MARKED_EXTENT,
        t.OUTSIDE_MARKED / max(mark.near, 0.01),
        t.STRAY / max(row.stray, 0.1),
        *(t.EMPTY_FAINT / max(box.faint, 0.1) for box in others),
        *(t.OUTSIDE_EMPTY / max(box.near, 0.002) for box in others),
    ]
    return round(1 - 1 / max(min(times), 1.0), 3)


def _doubt(reason: Reason) -> Decision:
    return Decision(Verdict.DOUBTFUL, reason)
