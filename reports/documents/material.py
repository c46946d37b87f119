"""What a document is built from, beside the snapshot of its period."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.conf import settings

from reports.arithmetic.follow_up_standing import Standing
from reports.exports.content import Attached
from reports.follow_up.actions_taken import Handled
from reports.handling_times.times import Row
from reports.models import PaperForm, Seal, SignedPaper
from reports.month.snapshot import SEALED, Snapshot
from surveys.periods import Period, Quarter, closing_from
from surveys.vietnamese import official


@dataclass(frozen=True)
class ScanUse:
    """A pile that a machine read first: how much of it, what persons changed, and what was keyed blind."""

    sheets: int
    sure: int
    changed: int
    sample: int
    thresholds: str
    draw: str
    is_refuted: bool

    @property
    def is_keyed_whole(self) -> bool:
        return self.is_refuted or self.sample >= self.sheets


@dataclass(frozen=True)
class PaperUse:
    """What the entry of paper ballots says of itself: participation only. ``stubs`` ≥ ``sheets``."""

    stubs: int = 0
    sheets: int = 0
    foreign: int = 0
    differing: int = 0
    scans: tuple[ScanUse, ...] = ()


@dataclass(frozen=True)
class Restored:
    """A backup was put back: what was sent between the two instants may be lost, ``cancelled`` slips were called back."""

    since: datetime
    until: datetime
    cancelled: int


@dataclass(frozen=True)
class Explained:
    """What was written about the signals of one counter."""

    counter: str
    text: str
    author: str
    on: date


@dataclass(frozen=True)
class Directed:
    """One row of the follow-up of directions, printed."""

    text: str
    who: str
    due: str
    result: str


@dataclass(frozen=True)
class FollowUp:
    """What became of what customers said: sentences, and directions with their state. For the poster: ``done``."""

    paragraphs: tuple[str, ...] = ()
    directed: tuple[Directed, ...] = ()
    done: tuple[tuple[str, str, str, str], ...] = ()  # said, state, what was done, day


@dataclass(frozen=True, kw_only=True)
class Facts:
    """One paper's material. ``seal`` is the version it speaks of; ``before`` the one it replaces.

    ``signed`` and ``replaced`` may be rows that were never saved: then number and date stay blank.
    """

    month: Snapshot
    form: PaperForm
    signed: SignedPaper
    results_url: str
    seal: Seal | None = None
    before: Seal | None = None
    replaced: SignedPaper | None = None
    minutes_form: PaperForm | None = None
    minutes: SignedPaper | None = None
    paper: PaperUse | None = None
    comments: int | None = None
    voids: tuple[tuple[str, int], ...] = ()
    notes: tuple[str, ...] = ()
    restored: tuple[Restored, ...] = ()
    explained: tuple[Explained, ...] = ()
    box_keys: tuple[str, ...] = ()  # fingerprints of what the period's ballots were sealed to, as printed
    follow_up: FollowUp | None = None
    silent: Standing | None = None  # where asking some of the silent stands
    times: tuple[Row, ...] = ()
    handled: Handled | None = None
    carries: bool = False  # whether the report's PDF bears the sealed lists, which only then are ``attached``
    attached: tuple[Attached, ...] = ()

    @property
    def is_sealed(self) -> bool:
        return self.month.state == SEALED

    @property
    def period(self) -> Period:
        """The one period that minutes and report are about. Raises LookupError for a stretch of several."""
        if self.month.period is None:
            raise LookupError(self.month.label)
        return self.month.period

    @property
    def word(self) -> str:
        """What the stretch is called: tháng, quý, kỳ."""
        period = self.month.period
        return "kỳ" if period is None else "quý" if isinstance(period, Quarter) else "tháng"

    @property
    def label(self) -> str:
        return official(self.month.label)

    @property
    def dated(self) -> datetime:
        """The instant in the files' properties: the seal's, else the end of the stretch. Never the clock."""
        return (
            self.seal.sealed_at
            if self.seal
            else closing_from(self.month.months.last, settings.SLIP_GRACE_DAY)
        )
