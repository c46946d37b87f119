"""A sealed period as one file to take away: evidence, keys, verifier, and one command that needs no argument.

``<office>-<period>.zip`` holds a folder of that name; in it the period's folder, ``keys.txt``, ``verify.py`` and ``kiem.py``.
The same period gives the same bytes, whenever it is asked for.
"""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

from reports.publication import folder as publication_folder

#: As old as a zip's clock begins: when a file was written tells nothing about what was sealed.
TIME = (1980, 1, 1, 0, 0, 0)
COMMAND_FILE = "kiem.py"
COMMAND = '''#!/usr/bin/env python3
"""Kiểm kỳ nằm cạnh tệp này, trên Windows hay Linux, không cần mạng:  python kiem.py [KHÓA] [BIÊN_NHẬN]

Không ghi KHÓA thì lấy khóa trong keys.txt. Chắc hơn cả là gõ khóa đọc từ biên bản hoặc áp phích giấy.
"""

import sys
from pathlib import Path

import verify

if __name__ == "__main__":
    here = Path(__file__).resolve().parent
    folders = [str(each) for each in sorted(here.iterdir()) if (each / "seal.txt").is_file()]
    lines = (here / "keys.txt").read_text(encoding="ascii").splitlines()
    key = sys.argv[1] if len(sys.argv) > 1 else ",".join(line.split()[1] for line in lines)
    sys.stdout.reconfigure(encoding="utf-8")
    sys.exit(verify.main([*folders, key, *sys.argv[2:]]))
'''


def bundle(*, root: Path, folder: Path, office: str, period: str) -> bytes:
    """The zip of the latest version that lies in ``folder``. Raises OSError when the tree has no keys or verifier."""
    top = f"{office}-{period}"
    files = {f"{period}/{name}": content for name, content in publication_folder.read_folder(folder).items()}
    for name in (publication_folder.KEYS_FILE, publication_folder.VERIFY_FILE):
        files[name] = (root / name).read_bytes()
    files[COMMAND_FILE] = COMMAND.encode()
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in sorted(files.items()):
            archive.writestr(zipfile.ZipInfo(f"{top}/{name}", TIME), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()
