"""The forms that are drawn: the product's own pads for invented questionnaires of two to five levels."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

PLACE = Path(__file__).parent.parent.parent / ".bench" / "scans"
TWO = ((1, "Hài lòng"), (0, "Không hài lòng"))
THREE = ((3, "Hài lòng"), (2, "Bình thường"), (1, "Không hài lòng"))
FOUR = ((4, "Rất hài lòng"), (3, "Hài lòng"), (2, "Không hài lòng"), (1, "Rất không hài lòng"))
FIVE = (
    (5, "Rất hài lòng"),
    (4, "Hài lòng"),
    (3, "Bình thường"),
    (2, "Không hài lòng"),
    (1, "Rất không hài lòng"),
)
TEXTS = (
    "Thái độ phục vụ, hướng dẫn giải quyết thủ tục hành chính (TTHC)",
    "Thời gian xử lý, hoàn trả kết quả giải quyết TTHC",
    "Trang thiết bị, chỗ ngồi chờ tại nơi giao dịch",
    "Thủ tục được niêm yết đầy đủ, dễ hiểu",
    "Công chức giải thích rõ khi hồ sơ phải bổ sung",
    "Tiếp nhận, trả lời phản ánh, kiến nghị",
)
#: name, levels, criteria, share of the sheets
KINDS = (
    ("2x2", TWO, 2, 0.40),
    ("2x3", TWO, 3, 0.08),
    ("3x4", THREE, 4, 0.12),
    ("4x3", FOUR, 3, 0.08),
    ("5x4", FIVE, 4, 0.12),
    ("2x10", TWO, 10, 0.10),
    ("5x10", FIVE, 10, 0.10),
)
SHARES = tuple(kind[3] / sum(each[3] for each in KINDS) for kind in KINDS)
DOTS = 305  # 12 pixels a millimetre
PX = DOTS / 25.4


@dataclass(frozen=True, eq=False)
class Blank:
    """A form: its geometry as JSON, the PDF of two ballots with stubs, and its first page at `PX` pixels a millimetre."""

    name: str
    geometry: str
    pdf: bytes

    @property
    def page(self) -> NDArray[np.uint8]:
        return _render(self.name)


def make(
    name: str,
    levels,
    criteria: int,
    *,
    office: str = "HOA-BINH",
    version: int = 1,
    title: str = "KBNN Hòa Bình",
) -> Blank:
    """Print a form and keep it under `PLACE`."""
    from surveys.models import Office
    from surveys.printing.pad_layout import ballot_of, pad_pdf
    from surveys.reference.questionnaires import CriterionFacts, LevelFacts, QuestionnaireFacts, Words

    questionnaire = QuestionnaireFacts(
        version_id=version,
        title=Words("Mẫu thử"),
        criteria=tuple(
            CriterionFacts(
                code=f"c{k + 1}",
                text=Words(TEXTS[k % len(TEXTS)]),
                short_name="x",
                optional=False,
                levels=tuple(LevelFacts(value, Words(words), value > 0) for value, words in levels),
            )
            for k in range(criteria)
        ),
        reasons=(),
    )
    box = Office(code=office, name=title, short_name=title)
    facts = {"box": box, "office": box, "label": "tháng 11/2026"}
    ballot = ballot_of(**facts, questionnaire=questionnaire)
    pdf = pad_pdf([("K7M2QD", "7K3M9QD2X4W8N5V1R6T0PZBGHJ")] * 2, **facts, ballot=ballot)
    PLACE.mkdir(parents=True, exist_ok=True)
    _keep(f"{name}.pdf", pdf)
    _keep(f"{name}.json", ballot.form.to_json().encode())
    return load(name)


def _keep(name: str, data: bytes) -> None:
    """Whole or not at all: several processes may make the same form."""
    part = PLACE / f"{name}.{os.getpid()}"
    part.write_bytes(data)
    part.replace(PLACE / name)


def make_all() -> None:
    for name, levels, criteria, _share in KINDS:
        make(name, levels, criteria)
    make("foreign", TWO, 2, office="SON-LA", title="KBNN Sơn La")
    make("reversed", tuple(reversed(TWO)), 2)


@lru_cache(maxsize=16)
def load(name: str) -> Blank:
    geometry = (PLACE / f"{name}.json").read_text(encoding="utf-8")
    json.loads(geometry)
    return Blank(name, geometry, (PLACE / f"{name}.pdf").read_bytes())


@lru_cache(maxsize=16)
def _render(name: str) -> NDArray[np.uint8]:
    import pypdfium2

    document = pypdfium2.PdfDocument(load(name).pdf)
    page = document[0].render(scale=DOTS / 72, grayscale=True).to_numpy()
    return np.ascontiguousarray(page.reshape(page.shape[0], page.shape[1]))
