"""Slips: issued with a transaction, delivered, looked up, re-issued, cancelled."""
