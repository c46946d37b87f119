"""Codes, receipts and the keys behind them."""
