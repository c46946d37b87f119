"""The product at the size of the whole country: databases filled by set-based SQL, and what is measured on them."""
