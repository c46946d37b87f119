"""A cluster of three members under two web nodes, and what becomes of ballots when something of it fails: `make drills`."""
