"""Some of the silent are asked: committed to at the seal, drawn by a public number, telephoned by the inspector."""
