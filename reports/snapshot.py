"""What a month says: the one object that page, interface, papers, charts and public page all print.

Participation is read live from the register; answers come from the roll-ups only, never from the box.
"""

from __future__ import annotations

from dataclasses import dataclass

from reports.figures import ChannelRow, CounterCriteria, CriterionFigures, Group, Totals
from reports.tally import grouped
from surveys.models import Office
from surveys.periods import MonthRange, Period

OPEN, CLOSING, SEALED = "open", "closing", "sealed"
STATE_LABELS = {OPEN: "đang mở", CLOSING: "đang kiểm phiếu", SEALED: "đã niêm phong"}


@dataclass(frozen=True, kw_only=True)
class Snapshot:
    """One office over one period or range of months.

    ``totals`` are the figures of the stretch; ``previous``, ``same_last_year`` and ``year_to_date`` what it is compared
    with (year to date ends with the stretch). ``unreleased`` = returned ballots whose answers are not told yet;
    ``held_back`` the part of them that was counted in a closing mix of fewer than ten and waits for the seal.
    """

    office: Office
    months: MonthRange
    period: Period | None  # the month or quarter, when the stretch is exactly one
    state: str
    seal_code: str | None
    totals: Totals
    unreleased: int
    held_back: int
    criteria: tuple[CriterionFigures, ...]
    counters: tuple[Group, ...]
    procedures: tuple[Group, ...]
    counter_criteria: tuple[CounterCriteria, ...]
    channels: tuple[ChannelRow, ...]
    previous: Totals
    same_last_year: Totals
    year_to_date: Totals

    @property
    def label(self) -> str:
        return self.totals.label

    @property
    def state_label(self) -> str:
        return STATE_LABELS[self.state]

    @property
    def is_empty(self) -> bool:
        """Nothing happened: no transaction, no slip."""
        return not (self.totals.participation.transactions or self.totals.participation.issued)

    @property
    def unreleased_text(self) -> str:
        """Return "Chưa công bố: 7 phiếu"; '' when everything is told."""
        return f"Chưa công bố: {grouped(self.unreleased)} phiếu" if self.unreleased else ""

    @property
    def held_back_text(self) -> str:
        """Say why the last few ballots wait for the seal; '' when none do."""
        if not self.held_back:
            return ""
        return (
            f"{grouped(self.held_back)} phiếu của lần trộn cuối chưa đủ 10 phiếu để mở chung, "
            "nên chỉ công bố cùng lúc niêm phong."
        )

    @property
    def comparisons(self) -> tuple[tuple[str, Totals], ...]:
        """The rows of the comparison table after the stretch itself, each with its heading."""
        return (
            ("Kỳ trước", self.previous),
            ("Cùng kỳ năm trước", self.same_last_year),
            ("Lũy kế từ đầu năm", self.year_to_date),
        )

    def as_api(self) -> dict:
        """The document of ``GET /api/v1/months/{period}`` (CONTRACT.md)."""
        known, told = self.totals.participation, self.totals.verdicts
        document = {
            "office": self.office.code,
            "period": str(self.period or self.months),
            "state": self.state,
            "transactions": known.transactions,
            "issued": known.issued,
            "cancelled": known.cancelled,
            "expired": known.expired,
            "returned": known.returned,
            "not_returned": known.not_returned,
            "paper": known.paper,
            "ballots": told and told.ballots,
            "void": told and told.void,
            "valid": told and told.valid,
            "satisfied": told and told.satisfied,
            "dissatisfied": told and told.dissatisfied,
            "suppressed": self.totals.suppressed,
            **self.totals.shares_as_api(),
            "criteria": [criterion.as_api() for criterion in self.criteria],
            "counters": [counter.as_api() for counter in self.counters],
        }
        return document | ({"seal_code": self.seal_code} if self.seal_code else {})
