"""The product's settings with a piece of the database's replaced, for controls that must fail.

BENCH_JOURNAL: the two SQLite pragmas of durability. BENCH_TRANSACTIONS: SQLite's transaction mode, '' for its own.
"""

import os
import re

from kbnn_survey.settings import *  # noqa: F403
from kbnn_survey.settings import DATABASES

_options = DATABASES["default"]["OPTIONS"]
if journal := os.environ.get("BENCH_JOURNAL"):
    _options["init_command"] = re.sub(
        r"PRAGMA journal_mode=\w+;PRAGMA synchronous=\w+;", journal, _options["init_command"]
    )
    assert journal in _options["init_command"]
if (mode := os.environ.get("BENCH_TRANSACTIONS")) is not None:
    _options["transaction_mode"] = mode or None
