"""What a page of leadership's says."""

from __future__ import annotations

import html
import re


def words(response):
    """What a reader reads: no markup, blanks collapsed."""
    body = re.sub(r"<(style|title|desc)\b.*?</\1>", " ", response.content.decode(), flags=re.S)
    body = re.sub(r"</(th|td|p|li|dt|dd|h1|h2|a|text)>", " ", body)
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", "", body)))
