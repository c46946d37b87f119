"""Every threshold of a statistical sentence, in one table that the method note prints.

Changing one is a dated decision: the sentence, the chart, the alert and the paper all read it here. Pure.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

#: The share of satisfied ballots, and of files handled in time, that the office promised.
GOAL = Fraction(95, 100)

#: The least chance of a rise, by the number of periods pooled: at most this often by chance alone.
CHANGE_ALPHA: Mapping[int, Fraction] = {1: Fraction(2, 1000), 3: Fraction(1, 1000), 12: Fraction(1, 1000)}
#: Periods that make a firm reference period, and periods without a signal that join it together.
BASELINE_PERIODS = 12
#: Dissatisfied ballots of the reference period from which over-dispersion is estimated at all.
OVERDISPERSION_FROM = 12
#: "Surely under the goal": the chance of so many dissatisfied ballots at exactly the goal.
LEVEL_ALPHA = Fraction(1, 100)
#: The chance with which a rise must be seen to be called detectable.
POWER = 0.8

#: Return rates: the chance beyond each limit of a month, a counter or a way of handing out.
RETURN_TAIL = 0.001
#: Months of the reference period from which provisional limits are drawn.
PROVISIONAL_MONTHS = 6
#: By how much counters side by side err more often than the tails say, where organisations return alike (bench.statistics:
#: 0,14 instead of 0,096 a year); what is printed is the larger number.
COUNTERS_EXCESS = 1.5
#: Slips from which a counter is compared with the others.
FUNNEL_FROM = 10
#: Organisations from which a return rate has an interval; from which it may be called one of 95 % confidence.
INTERVAL_ORGANISATIONS = 10
CONFIDENCE_ORGANISATIONS = 100
#: Without the organisation on so many slips, nothing is said that rests on organisations.
MOST_UNKNOWN_ORGANISATIONS = Fraction(1, 5)

#: Places: the confidence with which the intervals of all ranked units hold together.
PLACES_CONFIDENCE = 0.95
#: "Late" and "in time": the chance of each at exactly the goal.
LATENESS_ALPHA = Fraction(5, 100)
#: The follow-up of the silent: one minus the confidence of its one-sided limit.
FOLLOW_UP_ALPHA = Fraction(5, 100)
#: Days from the seal until the follow-up is drawn and closed.
FOLLOW_UP_DAYS = 60
#: Valid ballots from which a group of a partition is told how many were dissatisfied.
VERDICT_FROM = 30
