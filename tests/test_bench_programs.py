"""The bench's programs start: each sets Django up itself, and none asks for a model before it has."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PROGRAMS = sorted(
    ".".join(path.relative_to(ROOT).with_suffix("").parts)
    for folder in ("bench", "bench/scale", "bench/faults")
    for path in (ROOT / folder).glob("*.py")
    if path.stem != "__main__" and "__main__" in path.read_text("utf-8")
)
#: Each in a process of its own that knows only where the settings are: what one has set up would hide what another lacks.
EACH_ALONE = """
import importlib, os, sys, traceback
for name in sys.argv[1:]:
    child = os.fork()
    if not child:
        try:
            importlib.import_module(name)
        except BaseException:
            traceback.print_exc()
            os._exit(1)
        os._exit(0)
    if os.waitpid(child, 0)[1]:
        print(name)
"""


@pytest.mark.one_engine
def test_every_program_of_the_bench_starts_by_itself():
    asked = os.environ | {"DJANGO_SETTINGS_MODULE": "kbnn_survey.settings", "SECRET_KEY": "x" * 50}
    done = subprocess.run(
        [sys.executable, "-c", EACH_ALONE, *PROGRAMS], cwd=ROOT, env=asked, capture_output=True, text=True
    )
    assert len(PROGRAMS) > 20
    assert done.stdout.split() == [], done.stderr
