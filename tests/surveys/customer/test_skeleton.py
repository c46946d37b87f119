"""A page with holes: filled and compressed it is the page that replacing the marks would give."""

import gzip

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveys.customer.skeleton import Skeleton, hole_for

PIECE = st.text(st.characters(codec="utf-8"), max_size=300).filter(lambda text: "-hole-" not in text)
HOLES = st.fixed_dictionaries({name: st.text("ABC012:/_-.", max_size=90) for name in ("field", "action")})


@given(PIECE, PIECE, PIECE, PIECE, HOLES)
def test_a_filled_page_is_the_page_with_its_marks_replaced(start, middle, between, end, holes):
    html = f"{start}{hole_for('field')}{middle}{hole_for('action')}{between}{hole_for('field')}{end}"
    expected = f"{start}{holes['field']}{middle}{holes['action']}{between}{holes['field']}{end}".encode()
    skeleton = Skeleton(html)
    page = skeleton.filled(holes)
    assert page == expected
    assert gzip.decompress(skeleton.zipped(holes, page)) == expected


def test_the_length_of_a_compressed_page_tells_only_how_long_its_holes_are():
    skeleton = Skeleton(f"<p>mã AAAA-BBBB</p>{hole_for('code')}")
    lengths = {
        len(skeleton.zipped(holes, skeleton.filled(holes)))
        for holes in ({"code": "AAAA-BBBB"}, {"code": "Q7XK-0ZPD"})
    }
    assert len(lengths) == 1


def test_a_hole_that_nothing_fills_is_an_error():
    with pytest.raises(KeyError):
        Skeleton(hole_for("code")).filled({})
