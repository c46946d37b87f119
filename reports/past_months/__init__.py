"""Months counted on paper before the product came: entered from the books, shown, never judged."""
