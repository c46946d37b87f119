"""The library that sets text on paper, shared by slips, papers and posters: the site runs without it."""

from __future__ import annotations

from functools import cache
from threading import Lock

#: Held while a page is set: Pango's font map is one for the process, and two threads that add fonts at once have crashed it.
one_at_a_time = Lock()


class NoPango(Exception):
    """The library that sets text is not on this machine (Debian: libpango-1.0-0, libpangoft2-1.0-0)."""


@cache
def engine():
    """WeasyPrint, imported late. Raises `NoPango`."""
    try:
        import weasyprint
    except (OSError, ImportError) as error:
        raise NoPango from error
    return weasyprint
