"""A sealed period to take away: evidence, keys, verifier, and one command that needs no argument.

``<office>-<period>.zip`` holds a folder of that name; in it the period's folder, ``keys.txt``, ``verify.py`` and ``kiem.py``.
The same period gives the same bytes, whenever it is asked for.
"""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

from reports.models import Seal
from reports.publication import folder as publication_folder
from reports.publication import verify
from surveys.evidence import stated

#: As old as a zip's clock begins: when a file was written tells nothing about what was sealed.
TIME = (1980, 1, 1, 0, 0, 0)
COMMAND_FILE = "kiem.py"
#: Beyond that a report would be too large for a letter; it leads to the page then.
CARRIED_UP_TO = 20_000  # ballots


def bundle(*, root: Path, folder: Path, office: str, period: str) -> bytes:
    """The zip of the latest version that lies in ``folder``. Raises OSError when the tree has no keys or verifier."""
    top = f"{office}-{period}"
    files = {f"{period}/{name}": content for name, content in publication_folder.read_folder(folder).items()}
    for name in (publication_folder.KEYS_FILE, publication_folder.VERIFY_FILE):
        files[name] = (root / name).read_bytes()
    files[COMMAND_FILE] = command()
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in sorted(files.items()):
            archive.writestr(zipfile.ZipInfo(f"{top}/{name}", TIME), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def carries(seal: Seal) -> bool:
    """Whether the report carries its lists, asked without reading them. Raises KeyError for a text that states nothing."""
    return not publication_folder.is_small(seal) and int(stated(seal.text)["ballots"]) <= CARRIED_UP_TO


def carried(seal: Seal) -> publication_folder.Files:
    """What the report of a sealed period carries with it, so that the paper proves itself; nothing where lists are not published.

    Raises `NotAsSealed` when the database holds something else than what was sealed.
    """
    if not carries(seal):
        return {}
    return {
        **publication_folder.version_files(seal),
        publication_folder.KEYS_FILE: publication_folder.keys_text(),
        publication_folder.VERIFY_FILE: Path(verify.__file__).read_bytes(),
        COMMAND_FILE: command(),
    }


def command() -> bytes:
    return Path(__file__).with_name(COMMAND_FILE).read_bytes()
