"""What a page of leadership's says."""

from __future__ import annotations

import html
import re


def words(response):
    """What a reader reads: no markup, blanks collapsed."""
    body = re.sub(r"<(style|title|desc)\b.*?</\1>", " ", response.content.decode(), flags=re.S)
    body = re.sub(r"</(th|td|p|li|dt|dd|h1|h2|a|text)>", " ", body)
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", "", body)))


def visible_words(page: str) -> int:
    """How many words one sees before opening anything: no folded part, no name or description of a drawing."""
    body = page[page.index("<body") :]
    body = re.sub(r"<(title|desc|script|style)\b.*?</\1>", " ", body, flags=re.S)
    innermost = re.compile(r"<details(?![^>]*\sopen)[^>]*>(?:(?!<details).)*?</details>", re.S)
    opened = re.compile(r"<details[^>]*\sopen[^>]*>((?:(?!<details).)*?)</details>", re.S)
    while "<details" in body:
        body = innermost.sub(lambda fold: re.search(r"<summary.*?</summary>", fold[0], re.S)[0], body)
        body = opened.sub(r"\1", body)
    body = re.sub(r"</(th|td|p|li|dt|dd|h1|h2|h3|a|text|option|summary|span)>", " ", body)
    return len(html.unescape(re.sub(r"<[^>]+>", "", body)).split())
