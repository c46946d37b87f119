"""How an office begins: a real one, or the pilot."""
