"""The counting team's room of one office and period, from paper to seal."""
