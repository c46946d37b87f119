"""Draws marked and degraded sheets from the product's own PDF, and grades the reader of scanned ballots on them."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
django.setup()  # a pad is set from objects that are stored nowhere: no database is opened
