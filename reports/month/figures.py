"""What is said of one group of ballots: participation, verdicts as far as they may be told, and the printed strings.

Pure. Verdicts that may not be told are not in these objects at all, so no page, paper or interface can let them slip.
Participation (issued, returned) is what the register knows; it holds no answer and is told for every group.
Wording and thresholds: docs/spec/trust.md §7.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Self

from reports.arithmetic import shares, statistics, suppression
from reports.arithmetic.counts import Participation, Verdicts
from reports.arithmetic.outward_rounding import api_ends, printed_ends
from reports.arithmetic.shares import grouped
from reports.arithmetic.statistics import Interval
from reports.arithmetic.suppression import NO_SHARE, Shown
from reports.month.criteria import CriterionFigures
from surveys.periods import MonthRange
from surveys.vietnamese import count

TOO_FEW_FOR_VERDICT = "dưới 30 phiếu"
NOT_SEPARABLE = "Không tách được"
NOT_OPENED_ALONE = "chưa mở riêng"
NOT_RELEASED = "chưa công bố"


@dataclass(frozen=True, kw_only=True)
class Figures:
    """The figures of one group. ``verdicts`` is None where the group's answers may not be told (``shown`` says why).

    ``verdict_from`` is the base from which satisfied and dissatisfied are told; 30 for procedures, else 10.
    ``verdict_along``: large enough, yet withheld so that the total does not tell another group's verdicts.
    """

    participation: Participation
    shown: Shown
    verdicts: Verdicts | None
    verdict_from: int = suppression.COUNTS_FROM
    verdict_along: bool = False
    hidden_periods: int = 0  # of several periods added up, those whose ballots are not among ``verdicts``

    @classmethod
    def of(cls, participation: Participation, verdicts: Verdicts, shown: Shown, **more: Any) -> Self:
        """Build them, forgetting the verdicts when they are not to be told."""
        return cls(
            participation=participation, shown=shown, verdicts=None if shown.is_hidden else verdicts, **more
        )

    # ── Numbers: None where they are not told ──────────────────────────────────────────

    @property
    def told(self) -> Verdicts:
        """What the answers say where it may be told. Raises LookupError where not: whoever asks has looked at ``shown``."""
        if self.verdicts is None:
            raise LookupError(self.reason_text)
        return self.verdicts

    @property
    def judged(self) -> tuple[int, int]:
        """Satisfied and dissatisfied where they may be told. Raises LookupError where not."""
        if not self.has_verdict:
            raise LookupError(self.reason_text)
        return self.told.satisfied, self.told.dissatisfied

    @property
    def suppressed(self) -> bool:
        return self.shown.is_hidden

    @property
    def valid(self) -> int | None:
        return None if self.verdicts is None else self.verdicts.valid

    @property
    def void(self) -> int | None:
        return None if self.verdicts is None else self.verdicts.void

    @property
    def has_verdict(self) -> bool:
        """Whether satisfied and dissatisfied are told: enough ballots, and not hidden."""
        if self.valid is None or self.verdict_along:
            return False
        return self.valid == 0 or self.valid >= self.verdict_from

    @property
    def satisfied(self) -> int | None:
        return self.judged[0] if self.has_verdict else None

    @property
    def dissatisfied(self) -> int | None:
        return self.judged[1] if self.has_verdict else None

    @property
    def has_share(self) -> bool:
        return self.shown is Shown.PERCENT and not self.verdict_along

    @property
    def interval(self) -> Interval | None:
        """Wilson's 95% interval of satisfied ÷ valid; None under 30 ballots."""
        if self.satisfied is None or self.valid is None or not self.has_share:
            return None
        return statistics.wilson(self.satisfied, self.valid)

    @property
    def bounds(self) -> Interval | None:
        """How satisfied all who were asked can be, whatever the silent ones think; None under 30 ballots."""
        if self.satisfied is None or self.dissatisfied is None or not self.has_share:
            return None
        return statistics.bounds_over_asked(self.satisfied, self.dissatisfied, self.participation.asked)

    # ── Printed ────────────────────────────────────────────────────────────────────────

    @property
    def issued_text(self) -> str:
        return grouped(self.participation.issued)

    @property
    def returned_text(self) -> str:
        return grouped(self.participation.returned)

    @property
    def untold(self) -> int:
        """Ballots that came back and are not among the verdicts: not released yet, or of a group too small."""
        return self.participation.returned - (self.verdicts.ballots if self.verdicts else 0)

    @property
    def untold_text(self) -> str:
        return grouped(self.untold)

    @property
    def not_returned_text(self) -> str:
        return grouped(self.participation.not_returned)

    @property
    def cancelled_text(self) -> str:
        return grouped(self.participation.cancelled)

    @property
    def return_rate_text(self) -> str:
        """Return "85%"; "11/13" while fewer than 30 were issued."""
        return shares.rate_text(self.participation.returned, self.participation.issued)

    @property
    def valid_text(self) -> str:
        """Return "3.240", "<10", "ẩn kèm" or "chưa có phiếu"."""
        return grouped(self.told.valid) if self.shown.has_counts else self.reason_text

    @property
    def reason_text(self) -> str:
        """Why no figure that follows from answers is printed: "<10", "ẩn kèm" or "chưa có phiếu"."""
        return self.shown.value

    @property
    def void_text(self) -> str:
        return self._count("void")

    @property
    def satisfied_text(self) -> str:
        return self._count("satisfied")

    @property
    def dissatisfied_text(self) -> str:
        return self._count("dissatisfied")

    @property
    def satisfied_share_text(self) -> str:
        """Return "99,9%"; "28/28" from 10 to 29 ballots; under 10 the reason why there is nothing."""
        return self._share("satisfied")

    @property
    def dissatisfied_share_text(self) -> str:
        return self._share("dissatisfied")

    @property
    def interval_text(self) -> str:
        """Return "99,77–99,99%", one decimal more than the share, rounded outwards."""
        return self.interval.printed() if self.interval else NO_SHARE

    @property
    def bounds_text(self) -> str:
        """Return "Trong mọi phiếu phát ra: hài lòng ít nhất 85,00%, nhiều nhất 99,95%."; '' under 30 ballots."""
        if self.bounds_ends is None:
            return ""
        low, high = self.bounds_ends
        return f"Trong mọi phiếu phát ra: hài lòng ít nhất {low}, nhiều nhất {high}."

    @property
    def bounds_ends(self) -> tuple[str, str] | None:
        """The two ends of the bounds as printed, rounded outwards: "85,00%", "99,95%"."""
        if self.bounds is None:
            return None
        asked, (good, bad) = self.participation.asked, self.judged
        low, high = Fraction(good, asked), Fraction(asked - bad, asked)
        first, last = printed_ends(low, high)
        return f"{first}%", f"{last}%"

    def _count(self, name: str) -> str:
        if not self.shown.has_counts:
            return self.reason_text
        if name != "void" and not self.has_verdict:
            return Shown.ALONG.value if self.verdict_along else TOO_FEW_FOR_VERDICT
        return grouped(getattr(self.told, name))

    def _share(self, name: str) -> str:
        if not self.shown.has_counts or not self.has_verdict:
            return self._count(name)
        part = getattr(self.told, name)
        if not self.has_share:
            return f"{part}/{self.valid}"
        return str(shares.share(part, self.told.valid))

    # ── For machines (docs/spec/contract.md) ─────────────────────────────────────────────────────

    def row_as_api(self) -> dict[str, Any]:
        known = self.participation
        return {
            "issued": known.issued,
            "cancelled": known.cancelled,
            "returned": known.returned,
            "valid": self.valid,
            "satisfied": self.satisfied,
            "dissatisfied": self.dissatisfied,
            "suppressed": self.suppressed,
        }

    def shares_as_api(self) -> dict[str, Any]:
        known = self.participation
        return {
            "return_rate": shares.share_fraction(known.returned, known.issued),
            "satisfied_share": shares.share_fraction(self.judged[0], self.told.valid)
            if self.has_share
            else None,
            "bounds": ends_as_api(self.bounds),
            "interval": ends_as_api(self.interval),
        }


def ends_as_api(ends: Interval | None) -> dict[str, Any]:
    """Six decimals, the low end rounded down, the high one up (docs/spec/research/statistics-v2.md F)."""
    low, high = api_ends(ends.low, ends.high) if ends else (None, None)
    return {"low": low, "high": high}


@dataclass(frozen=True, kw_only=True)
class Group(Figures):
    """One counter or procedure. Code '' holds the ballots that were mixed too coarsely to belong to one."""

    code: str
    name: str

    @property
    def reason_text(self) -> str:
        """As for any figures; "chưa mở riêng" where ballots came back and none was released under this name."""
        if self.shown is Shown.EMPTY and self.participation.returned:
            return NOT_OPENED_ALONE
        return super().reason_text

    @property
    def is_separable(self) -> bool:
        return self.code != ""

    @property
    def bounds(self) -> Interval | None:
        """None, too, for what cannot be told apart: its ballots belong to slips that are counted in other rows."""
        return super().bounds if self.is_separable else None

    @property
    def not_separable_text(self) -> str:
        """Return "không tách được: 14 phiếu", to stand beside the others; '' for a group with a name."""
        if self.is_separable:
            return ""
        return f"{NOT_SEPARABLE.lower()}: {self.valid_text}{' phiếu' if self.shown.has_counts else ''}"

    def as_api(self) -> dict[str, Any]:
        return {"code": self.code, "name": self.name, **self.row_as_api()}


@dataclass(frozen=True, kw_only=True)
class Totals(Figures):
    """The office over one stretch of time: the one asked for, or one it is compared with."""

    label: str  # "tháng 5/2023", "quý II/2023", "từ tháng 6/2022 đến tháng 6/2023"
    short_label: str
    months: MonthRange
    criteria: tuple[CriterionFigures, ...] = ()
    months_with_slips: int = 0

    @property
    def gap_text(self) -> str:
        """ "chỉ có 01 trong 06 tháng phát phiếu": what is no like for a full stretch; '' for a full or an empty one."""
        if not 0 < self.months_with_slips < len(self.months):
            return ""
        return f"chỉ có {count(self.months_with_slips)} trong {count(len(self.months))} tháng phát phiếu"

    @property
    def told_text(self) -> str:
        """The valid ballots; "chưa công bố" where ballots came back and none is released yet."""
        return NOT_RELEASED if self.shown is Shown.EMPTY and self.untold else self.valid_text

    @property
    def has_slips(self) -> bool:
        return self.participation.issued > 0

    @property
    def all_criteria_text(self) -> str:
        """What a satisfied ballot is satisfied with: "cả hai tiêu chí", "mọi tiêu chí"; '' for a ballot of one."""
        return {0: "", 1: "", 2: "cả hai tiêu chí"}.get(len(self.criteria), "mọi tiêu chí")


@dataclass(frozen=True, kw_only=True)
class ChannelRow:
    """Participation by the way ballots are handed out. No answers: the box knows no channel."""

    code: str
    name: str
    participation: Participation

    @property
    def issued_text(self) -> str:
        return grouped(self.participation.issued)

    @property
    def returned_text(self) -> str:
        return grouped(self.participation.returned)

    @property
    def return_rate_text(self) -> str:
        return Figures.of(self.participation, Verdicts(), Shown.EMPTY).return_rate_text
