"""Customers served in given minutes."""

from __future__ import annotations

from datetime import timedelta

from surveys.choices import Outcome
from surveys.slips import issuing
from tests import make


def served(counter, kind, *, minutes, now=make.NOW):
    make.questionnaire()
    return issuing.log_transaction(
        counter=counter,
        procedure=kind,
        reference=f"GD-{next(make._numbers)}",
        started_at=now - timedelta(minutes=minutes),
        finished_at=now,
        outcome=Outcome.RESOLVED,
        now=now,
    )
