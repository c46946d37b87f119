"""What the tests of the reader share: a file in, rows or complaints out."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import pytest

from surveys.spreadsheets.complaints import TableRefused
from surveys.spreadsheets.reading import read
from surveys.spreadsheets.tables import Filled, Table, read_table


def filled_of(content: bytes, table: Table, confirmed: Iterable[str] = ()) -> Filled:
    filled = read_table(read(content), table, confirmed)
    filled.refuse_if_wrong()
    return filled


@pytest.fixture
def rows() -> Callable[..., list[tuple]]:
    """The values of every row, in the order of the table's columns."""

    def read_rows(content: bytes, table: Table, confirmed: Iterable[str] = ()) -> list[tuple]:
        return [tuple(row.values.values()) for row in filled_of(content, table, confirmed).rows]

    return read_rows


@pytest.fixture
def remarks() -> Callable[..., list[str]]:
    def read_remarks(content: bytes, table: Table, confirmed: Iterable[str] = ()) -> list[str]:
        return filled_of(content, table, confirmed).remarks

    return read_remarks


@pytest.fixture
def refused() -> Callable[..., list[str]]:
    """Every complaint as a clerk reads it: place, heading, the cell's text, the sentence."""

    def read_complaints(content: bytes, table: Table, confirmed: Iterable[str] = ()) -> list[str]:
        with pytest.raises(TableRefused) as complaint:
            filled_of(content, table, confirmed)
        return [str(each) for each in complaint.value.complaints]

    return read_complaints
