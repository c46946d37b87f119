"""Reference rows and people, one module a subject. What the product's verbs make (slips, ballots, seals) is made by them (tests/make.py)."""
