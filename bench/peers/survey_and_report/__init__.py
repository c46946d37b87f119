"""django-survey-and-report as its own documentation says to install it."""
