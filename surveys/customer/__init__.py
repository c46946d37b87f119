"""What all pages of the customer share."""
