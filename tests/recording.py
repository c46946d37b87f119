"""Pages as somebody gets them, kept byte for byte so that two recordings can be held against each other."""

from __future__ import annotations

import re
from io import BytesIO
from zipfile import ZipFile

from django.test import Client

from surveys.models import User

TOKEN = re.compile(rb'(name="csrfmiddlewaretoken" value=")\w+')
#: What a machine shows whose digest is the office's.
KEY = "khoá của máy"
#: Where people sit: not at the server itself, to which alone /metrics says how many ballots were cast since its start.
ELSEWHERE = "192.0.2.9"


def client_of(person: User | None) -> Client:
    client = Client(REMOTE_ADDR=ELSEWHERE)
    if person:
        client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client


def fetched(client: Client, path: str) -> bytes:
    """Status and body of an address, its token masked, a document's parts unpacked."""
    response = client.get(path)
    body = response.getvalue()
    return b"%d %s" % (response.status_code, TOKEN.sub(rb"\1", unpacked(body) if body[:2] == b"PK" else body))


def unpacked(archive: bytes) -> bytes:
    """The parts of a document, without the time of its packing, for which it asks the machine's own clock."""
    with ZipFile(BytesIO(archive)) as parts:
        names = sorted(name for name in parts.namelist() if not name.startswith("docProps/"))
        return b"".join(name.encode() + parts.read(name) for name in names)


def differing(one: dict[str, bytes], other: dict[str, bytes]) -> list[str]:
    """The addresses at which two recordings of the same ones are not alike."""
    assert list(one) == list(other)
    return [path for path in one if one[path] != other[path]]
