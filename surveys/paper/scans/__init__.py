"""Scanned piles of paper ballots: the machine's reading is the first keying of a pile, never a count (docs/spec/trust.md §4).

Pages are opened and read in a process of their own (`child`), which knows no database, no settings and no secret but the
key that tells equal pages. What the rest of the product needs of it is in `process`; the libraries are an optional extra.
"""
