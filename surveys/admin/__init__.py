"""Reference data for administrators, on Django's own admin pages."""

from surveys.admin import site

__all__ = ["site"]
