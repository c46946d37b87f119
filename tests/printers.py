"""CUPS as `lpstat` and `lp` answer, in a folder of the test's own, and what came out of it."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
from pathlib import Path

import pytest

needs_a_scanner = pytest.mark.skipif(
    not all(map(shutil.which, ("zbarimg", "pdftoppm", "pdftotext"))),
    reason="no QR decoder or PDF reader on this machine (apt install zbar-tools poppler-utils)",
)


IDLE = "printer Quay1 is idle.  enabled since Tue 24 Nov 2026 08:00:00 AM +07\n\tAlerts: {alerts}\n"


class Queue:
    """CUPS as the product sees it: `lpstat` and `lp` on the path, which write down what they were given."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.says(IDLE.format(alerts="none"))
        self.command(
            "lp",
            f'printf "%s\\n" "$@" > {folder}/arguments; cat > {folder}/page.pdf; echo request id is Quay1-7',
        )

    def command(self, name: str, script: str) -> None:
        path = self.folder / name
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(path.stat().st_mode | stat.S_IXUSR)

    def says(self, told: str, *, status: int = 0, error: str = "", waiting: str = "") -> None:
        (self.folder / "told").write_text(told)
        (self.folder / "waiting").write_text(waiting)
        self.command(
            "lpstat",
            f'[ "$1" = -o ] && exec cat {self.folder}/waiting\ncat {self.folder}/told\necho "{error}" >&2\nexit {status}',
        )

    @property
    def arguments(self) -> list[str]:
        return (self.folder / "arguments").read_text().splitlines()

    @property
    def has_printed(self) -> bool:
        return (self.folder / "page.pdf").exists()

    def scanned(self) -> str:
        """What a phone reads off the page as the printer's head draws it."""
        picture = self.folder / "page"
        subprocess.run(
            ["pdftoppm", "-r", "203", "-mono", "-singlefile", "-png", f"{picture}.pdf", picture], check=True
        )
        return subprocess.run(
            ["zbarimg", "--quiet", "--raw", "--nodbus", f"{picture}.png"],
            check=True,
            capture_output=True,
            text=True,
        ).stdout.strip()

    def words(self) -> str:
        return subprocess.run(
            ["pdftotext", "-layout", self.folder / "page.pdf", "-"],
            check=True,
            capture_output=True,
            text=True,
        ).stdout


@pytest.fixture
def queue(tmp_path, monkeypatch, settings):
    settings.CUPSD_CONF = tmp_path / "cupsd.conf"
    settings.CUPSD_CONF.write_text("LogLevel warn\nPreserveJobFiles No\n")
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    return Queue(tmp_path)
