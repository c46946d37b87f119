"""What happens by the clock: mixes, expiries, backups, checks, notices, deletions."""
