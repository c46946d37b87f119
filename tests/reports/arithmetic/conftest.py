"""The vectors of statistics v2, computed elsewhere (scipy, numpy, statsmodels)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

# A busy machine is no fault of the arithmetic.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")

VECTORS = Path(__file__).parents[2] / "vectors" / "statistics-v2.json"


@pytest.fixture(scope="session")
def vectors() -> dict[str, Any]:
    return json.loads(VECTORS.read_text(encoding="utf-8"))
