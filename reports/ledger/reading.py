"""The released ballots of a period as evidence: read once, hashed anew, and compared with what the mixes signed.

Nothing that was stored beside a ballot is believed: its leaf is computed again from the row, and the trees must be
those of the last checkpoint. What was changed by hand in the database stops the seal here (docs/spec/trust.md §5).
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from surveys import evidence
from surveys.models import Ballot, Batch, Office, Receipt, VoidMark
from surveys.periods import Period


class LedgerTampered(Exception):
    """A ballot does not hash to its leaf, or the trees are not those of the last checkpoint."""


@dataclass(frozen=True)
class Ledger:
    """One office and period as it stands released.

    ``ballots`` are in the order of their leaves, ``audit`` the leaves by (batch, leaf); ``receipts`` hex hashes and
    ``voids`` (ballot id, reason), both sorted.
    """

    criteria: tuple[evidence.Criterion, ...]
    ballots: Sequence[evidence.BallotRow]
    audit: Sequence[bytes]
    receipts: Sequence[str]
    voids: Sequence[tuple[str, str]]

    @cached_property
    def tree_root(self) -> str:
        return evidence.root([row.leaf for row in self.ballots]).hex()

    @cached_property
    def audit_root(self) -> str:
        return evidence.root(list(self.audit)).hex()

    @cached_property
    def receipts_root(self) -> str:
        return evidence.root([evidence.receipt_leaf(each) for each in self.receipts]).hex()

    @cached_property
    def voids_root(self) -> str:
        return evidence.root([evidence.void_leaf(*each) for each in self.voids]).hex()

    @cached_property
    def files(self) -> dict[str, bytes]:
        """``ballots.csv``, ``receipts.csv``, ``voids.csv``."""
        return {
            "ballots": evidence.ballots_csv([criterion.code for criterion in self.criteria], self.ballots),
            "receipts": evidence.receipts_csv(self.receipts),
            "voids": evidence.voids_csv(self.voids),
        }

    @cached_property
    def counts(self) -> dict[str, Any]:
        """``ballots``, ``void``, ``valid``, ``satisfied``, ``dissatisfied``, and ``levels`` of the valid ballots."""
        void = {name for name, _reason in self.voids}
        # Answers are few and ballots many: each way to answer is looked at once.
        ways: dict[int, list] = {}
        for row in self.ballots:
            if row.id not in void:
                ways.setdefault(id(row.answers), [row.answers, 0])[1] += 1
        levels: Counter[tuple[str, int]] = Counter()
        satisfied = 0
        for answers, n in ways.values():
            satisfied += n if evidence.satisfied(answers, self.criteria) else 0
            levels.update({(code, level): n for code, level in answers.items() if level is not None})
        valid = len(self.ballots) - len(void)
        return {
            "ballots": len(self.ballots),
            "void": len(void),
            "valid": valid,
            "satisfied": satisfied,
            "dissatisfied": valid - satisfied,
            "levels": dict(levels),
        }


def read_ledger(*, office: Office, period: Period, criteria: tuple[evidence.Criterion, ...]) -> Ledger:
    """The ledger, every leaf computed anew. Raises `LedgerTampered`."""
    answers_of: dict[str, dict] = {}
    rows, audit = [], []
    columns = ("id", "answers", "x", "leaf", "batch__number")
    for name, text, x, leaf, batch in Ballot.objects.of(office).in_period(period).values_list(*columns):
        answers = answers_of.get(text)
        if answers is None:
            answers = answers_of[text] = json.loads(text)
        computed = evidence.ballot_leaf(id=name, answers=answers, period=str(period), office=office.code, x=x)
        if computed.hex() != leaf:
            raise LedgerTampered(f"ballot {name}")
        rows.append(evidence.BallotRow(computed, name, answers, x))
        audit.append((batch, computed))
    ledger = Ledger(
        criteria=criteria,
        ballots=sorted(rows, key=lambda row: row.leaf),
        audit=[leaf for _batch, leaf in sorted(audit)],
        receipts=sorted(Receipt.objects.of(office).in_period(period).values_list("hash", flat=True)),
        voids=sorted(
            VoidMark.objects.filter(ballot__office=office, ballot__period=str(period)).values_list(
                "ballot_id", "reason"
            )
        ),
    )
    _agree_with_checkpoint(ledger, office, period)
    return ledger


def _agree_with_checkpoint(ledger: Ledger, office: Office, period: Period) -> None:
    last = Batch.objects.of(office).in_period(period).order_by("-number").first()
    if last is None:
        return
    stated = evidence.stated(last.checkpoint)
    found = {
        "audit_size": str(len(ledger.audit)),
        "audit_root": ledger.audit_root,
        "receipts_size": str(len(ledger.receipts)),
        "receipts_root": ledger.receipts_root,
        "voids_size": str(len(ledger.voids)),
        "voids_root": ledger.voids_root,
    }
    differing = [key for key, value in found.items() if stated.get(key, value) != value]
    if differing:
        raise LedgerTampered(f"checkpoint {last.number}: {', '.join(differing)}")
