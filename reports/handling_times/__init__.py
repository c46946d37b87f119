"""How long transactions take, on the working-day calendar, against the legal limit."""
