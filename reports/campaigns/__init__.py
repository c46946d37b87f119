"""Head office's room of a campaign: prepare, open, watch, close, sign, publish."""
