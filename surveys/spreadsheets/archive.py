"""The parts of an XLSX file, unpacked piece by piece under bounds.

What the zip directory says of sizes is not believed: what comes out of the stream is counted. Only the two methods that
XLSX knows are unpacked, since zipfile bounds the memory of no other.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from surveys.spreadsheets.complaints import TableRefused, whole
from surveys.spreadsheets.limits import MIB, Limits

COPY_THE_TABLE = "Hãy chép riêng bảng cần nhập sang một tệp mới."
_PIECE = 64 * 1024
_ENCRYPTED = 0x1


def broken(detail: str = "") -> TableRefused:
    """The file is no workbook that Excel would open."""
    return whole(f"Tệp XLSX không mở được: {detail}." if detail else "Tệp XLSX không mở được.")


def too_many_letters() -> TableRefused:
    """More text in its cells than a table has; where no packing tells it."""
    return whole(f"Tệp có quá nhiều chữ trong các ô. {COPY_THE_TABLE}")


class Budget:
    """What the parts of one workbook may cost together. Raises `TableRefused` when it is spent."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.unpacked = 0
        self.elements = 0
        self.letters = 0
        self.cells = 0

    def unpack(self, size: int) -> None:
        self.unpacked += size
        if self.unpacked > self.limits.unpacked:
            raise whole(f"Tệp giải nén ra lớn quá {self.limits.unpacked // MIB} MB. {COPY_THE_TABLE}")

    def write(self, letters: int) -> None:
        """Text of cells, counted as often as it is shown: one shared text may stand in a thousand of them."""
        self.letters += letters
        if self.letters > self.limits.letters:
            raise too_many_letters()

    @staticmethod
    def too_many_elements() -> TableRefused:
        return whole(f"Tệp có quá nhiều ô, kể cả ô trống có định dạng. {COPY_THE_TABLE}")


class Archive:
    """The parts by name, as OPC compares names: capitals do not matter, and no name comes twice."""

    def __init__(self, content: bytes, budget: Budget) -> None:
        self._budget = budget
        try:
            self._zip = ZipFile(BytesIO(content))
            members = self._zip.infolist()
        except Exception as error:  # zipfile raises a dozen kinds over a broken directory
            raise broken() from error
        if len(members) > budget.limits.parts:
            raise broken("quá nhiều phần")
        self._members: dict[str, ZipInfo] = {}
        for member in members:
            name = _name(member.filename)
            if name in self._members:
                raise broken("có phần bị trùng")
            self._members[name] = member

    def __contains__(self, name: str) -> bool:
        return _name(name) in self._members

    @property
    def names(self) -> list[str]:
        return list(self._members)

    def pieces(self, name: str) -> Iterator[bytes]:
        """The part, piece by piece. Raises `TableRefused`."""
        member = self._members.get(_name(name))
        if member is None:
            raise broken("thiếu một phần")
        if member.flag_bits & _ENCRYPTED:
            raise whole("Tệp có mật khẩu. Hãy bỏ mật khẩu rồi gửi lại.")
        if member.compress_type not in (ZIP_STORED, ZIP_DEFLATED):
            raise broken()
        try:
            with self._zip.open(member) as stream:
                while piece := stream.read(_PIECE):
                    self._budget.unpack(len(piece))
                    yield piece
        except (TableRefused, MemoryError, GeneratorExit):
            raise
        except Exception as error:  # as above, over a broken stream
            raise broken() from error


def resolved(target: str, base: str) -> str:
    """A relationship's target as a part's name; ``base``: the folder of the part that names it."""
    joined = target if target.startswith("/") else posixpath.join(base, target)
    return posixpath.normpath(joined).lstrip("/")


def _name(name: str) -> str:
    return name.replace("\\", "/").lstrip("/").casefold()
