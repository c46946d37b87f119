"""Everything that was signed, computed again from the rows of the database.

Source: docs/spec/trust.md §1, §3, §4 and §5.

Nothing stored beside a row is believed: a ballot's leaf follows from its answers and words, trees from leaves, roll-ups
and seals from trees and register, and every text from its signature. Notes kept outside the database tell when it was
put back to an earlier day.
"""

from reports.ledger.examination import Finding, examine

__all__ = ["Finding", "examine"]
