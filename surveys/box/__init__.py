"""The ballot box: cast once, mixed in groups of ten, never read singly (docs/spec/trust.md §2–§3)."""
