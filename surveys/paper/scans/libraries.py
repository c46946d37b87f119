"""Whether the libraries of the optional extra are installed, without importing them into the web's process."""

from __future__ import annotations

from importlib.util import find_spec

from surveys.paper.scans.errors import LibrariesMissing

#: What is imported, and what is installed for it.
NEEDED = {
    "cv2": "opencv-python-headless",
    "numpy": "numpy",
    "zxingcpp": "zxing-cpp",
    "pypdfium2": "pypdfium2",
    "PIL": "pillow",
}


def missing() -> tuple[str, ...]:
    """The packages that are not installed; empty where scans can be read."""
    return tuple(package for module, package in NEEDED.items() if find_spec(module) is None)


def require() -> None:
    """Raises `LibrariesMissing`."""
    if names := missing():
        raise LibrariesMissing(names)
