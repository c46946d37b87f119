"""What of a staff page may be kept for its reader."""

from __future__ import annotations

import pytest
from django.http import HttpResponse

from reports.kept_pages import Kept, NotKept


def field(token: str) -> str:
    return f'<input type="hidden" name="csrfmiddlewaretoken" value="{token}">'


def test_one_token_in_several_forms_is_taken_out_everywhere():
    kept = Kept(HttpResponse(f"a{field('abc')}b{field('abc')}c"))
    assert len(kept.pieces) == 3
    assert b"abc" not in b"".join(kept.pieces)


def test_a_page_with_two_tokens_is_not_kept_since_one_would_be_another_visits():
    with pytest.raises(NotKept):
        Kept(HttpResponse(f"{field('abc')}{field('def')}"))


@pytest.mark.parametrize("status", [302, 422, 503])
def test_only_a_page_that_came_well_is_kept(status):
    with pytest.raises(NotKept):
        Kept(HttpResponse("x", status=status))
