"""What the README claims about speed, runnable: see docs/bench.md."""
