"""What one period says: rows of register and ledger, added up, suppressed, put into words."""
