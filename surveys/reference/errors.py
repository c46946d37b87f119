"""What is not in force on a day, and the base of all reasons why a transaction was not logged."""

from __future__ import annotations


class IssuingRefused(Exception):
    """Something about the transaction or slip that the caller must be told."""


class ProcedureNotInForce(IssuingRefused):
    """No version of the procedure holds on that day."""


class NoQuestionnaire(IssuingRefused):
    """No questionnaire holds on that day."""
