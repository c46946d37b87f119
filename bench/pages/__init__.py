"""What reading costs: every public and staff page and file as a multiple of a bare page (docs/bench.md)."""
