"""The first room of staff: what waits for one today."""
