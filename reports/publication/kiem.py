#!/usr/bin/env python3
"""Kiểm kết quả đã niêm phong, trên Windows hay Linux, không cần mạng. Tệp verify.py phải nằm cạnh tệp này.

Cách dùng:  python kiem.py [BÁO_CÁO.pdf] [KHÓA] [BIÊN_NHẬN]
BÁO_CÁO:    bản PDF mang theo các tệp đã niêm phong. Không ghi thì kiểm thư mục của kỳ nằm cạnh tệp này.
KHÓA:       khóa công khai. Không ghi thì lấy khóa đi kèm; chắc hơn cả là gõ khóa đọc từ biên bản hoặc áp phích giấy.
"""

import re
import sys
import tempfile
import zlib
from hashlib import sha256
from importlib import import_module
from pathlib import Path

LARGEST = 1 << 28  # bytes of one file
LISTS = ("ballots", "receipts", "voids")
KEY = "[0-9a-fA-F]{64}(?:,[0-9a-fA-F]{64})*"


def streams(pdf):
    """What each stream of a PDF holds (ISO 32000-2, 7.3.8), unpacked where it is packed."""
    view = memoryview(pdf)
    for found in re.finditer(rb"(?<!end)stream\r?\n", pdf):
        try:
            yield zlib.decompressobj().decompress(view[found.end() :], LARGEST)
        except zlib.error:
            yield pdf[found.end() : pdf.find(b"endstream", found.end())]


def unpacked(pdf):
    """The sealed files and the keys that a report carries: the lists are known by the digests that the seal states."""
    held = list(streams(pdf))
    files = {"seal.txt": next((each for each in held if each.startswith(b"kbnn-seal-v1\n")), b"")}
    keys = (each for each in held if re.fullmatch(rb"(?:[A-Za-z0-9._-]{1,64} [0-9a-f]{64} .*\n)+", each))
    files["keys.txt"] = next(keys, b"")
    stated = dict(re.findall(rb"^sha256_(\w+): ([0-9a-f]{64})$", files["seal.txt"], re.MULTILINE))
    by_digest = {sha256(each).hexdigest().encode(): each for each in held}
    for name in LISTS:
        content = by_digest.get(stated.get(name.encode(), b""))
        if content is not None:
            files[name + ".csv"] = content
    return files


def checked(folders, keys_file, words):
    """The verifier's exit status for folders, with the key among the words or else that of the file."""
    lines = keys_file.read_text(encoding="ascii").splitlines()
    given = words[:1] if words and re.fullmatch(KEY, words[0]) else []
    key = given[0] if given else ",".join(line.split()[1] for line in lines)
    return import_module("verify").main([*map(str, folders), key, *words[len(given) :]])


def main(arguments):
    here = Path(__file__).resolve().parent
    if not arguments or not arguments[0].lower().endswith(".pdf"):
        folders = sorted(each for each in here.iterdir() if (each / "seal.txt").is_file())
        return checked(folders, here / "keys.txt", arguments)
    files = unpacked(Path(arguments[0]).read_bytes())
    if not files["seal.txt"]:
        return print("KHÔNG ĐẠT. Tệp PDF này không mang theo số liệu đã niêm phong.") or 1
    with tempfile.TemporaryDirectory() as place:
        for name, content in files.items():
            (Path(place) / name).write_bytes(content)
        return checked([place], Path(place) / "keys.txt", arguments[1:])


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parent))
    sys.stdout.reconfigure(encoding="utf-8")
    sys.exit(main(sys.argv[1:]))
