"""The XML of XLSX, read as a stream; nothing is expanded, fetched or kept that a reader of a part does not ask for."""

from __future__ import annotations

from collections.abc import Iterable
from xml.parsers import expat

from surveys.spreadsheets.archive import Budget, broken

# A tag that does not end is read again with every piece, in time that grows with its square.
_LONGEST_TAG = 512 * 1024
_NO_MEMORY = expat.errors.codes[expat.errors.XML_ERROR_NO_MEMORY]


class PartReader:
    """What a part is read into. Names come without their namespace."""

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """An element begins; ``attributes`` by name, those of another namespace as "address name"."""

    def end(self, name: str) -> None:
        """An element ends."""

    def text(self, words: str) -> None:
        """Character data, possibly in several pieces."""


def parse(pieces: Iterable[bytes], reader: PartReader, budget: Budget) -> None:
    """Read a part. A DTD, and with it every entity, is refused: no workbook has one. Raises `TableRefused`."""
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    depth = fed = 0
    local_names: dict[str, str] = {}
    read_start, read_end, deepest = reader.start, reader.end, budget.limits.depth

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        budget.elements += 1
        if depth > deepest or budget.elements > budget.limits.elements:
            raise broken() if depth > deepest else budget.too_many_elements()
        local = local_names.get(name) or local_names.setdefault(name, name.rpartition(" ")[2])
        read_start(local, attributes)

    def end(name: str) -> None:
        nonlocal depth
        depth -= 1
        read_end(local_names[name])

    def refuse(*_facts: object) -> None:
        raise broken("có khai báo DTD")

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = reader.text
    parser.StartDoctypeDeclHandler = parser.EntityDeclHandler = refuse
    try:
        for piece in pieces:
            parser.Parse(piece, False)
            fed += len(piece)
            if fed - parser.CurrentByteIndex > _LONGEST_TAG:
                raise broken()
        parser.Parse(b"", True)
    except expat.ExpatError as error:
        if error.code == _NO_MEMORY:
            raise MemoryError from error
        raise broken() from error
    except (LookupError, ValueError) as error:  # an encoding that Python does not know or that is none
        raise broken() from error


def attribute(attributes: dict[str, str], name: str) -> str:
    """An attribute of whatever namespace; '' when it is not there."""
    if name in attributes:
        return attributes[name]
    return next((value for key, value in attributes.items() if key.endswith(f" {name}")), "")


def is_true(value: str) -> bool:
    """An XML Schema boolean."""
    return value in ("1", "true", "on")


def whole_number(value: str, *, most: int) -> int:
    """A whole number from 0 to ``most``. Raises `TableRefused` for anything else."""
    if not value.isascii() or not value.isdigit() or len(value) > 9 or int(value) > most:
        raise broken()
    return int(value)
