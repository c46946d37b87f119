"""Counts, shares, the small-number rule and statistics: pure, without Django."""
