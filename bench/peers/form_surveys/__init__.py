"""django-form-surveys as its own page on the package index says to install it."""
