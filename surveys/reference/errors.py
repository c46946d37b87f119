"""What is not in force on a day, and the base of all reasons why a transaction was not logged."""

from __future__ import annotations


class IssuingFact(Exception):
    """Something about the transaction or slip that the caller must be told."""


class ProcedureNotInForce(IssuingFact):
    """No version of the procedure holds on that day."""


class NoQuestionnaire(IssuingFact):
    """No questionnaire holds on that day."""
