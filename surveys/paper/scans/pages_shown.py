"""What the pages of a scan show: progress, result in words, one thing to decide with its keys."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from surveys.models import PaperScan, ScanState, User
from surveys.paper.scans.histogram import histogram
from surveys.paper.scans.jobs import fills_of
from surveys.paper.scans.messages import FILES, reason_of, sentence_of, why_of
from surveys.paper.scans.reviewing import Review, Task, review
from surveys.paper.scans.scanning import ScanRefused
from surveys.paper.scans.sheets import BLANK, BOTH, WHOLE, ScannedSheet, Whole, kind_of

PILE_TWICE = 0.4  # of the sheets are in an earlier picture already: the whole pile was scanned twice
LISTED = 40  # sheets beside the one that is looked at
PICTURED = 10  # doubtful sheets shown small on the page of the pile


def reading_context(scan: PaperScan | None, user: User) -> dict[str, Any]:
    """Files with their progress, and once all are read what they hold, as far as this person may see it."""
    if scan is None:
        return {"scan": None, "steps": _steps(0)}
    files = list(scan.files.all())
    is_first = scan.first_id == user.pk
    context = {
        "scan": scan,
        "is_first": is_first,
        "reading": any(file.state in {ScanState.WAITING, ScanState.READING} for file in files),
        "files": [{"file": file, "problem": FILES.get(file.problem, "")} for file in files],
        "done": sum(file.done for file in files),
        "of": sum(file.pages for file in files),
    }
    if context["reading"] or scan.sheets is None:
        return context | {"steps": _steps(1)}
    try:
        looked = review(scan=scan, by=user)
        return context | {"steps": _steps(3 if scan.frozen_at else 2)} | _result(looked)
    except ScanRefused as fact:
        return context | {"steps": _steps(2), "closed": sentence_of(fact)}


def _result(looked: Review) -> dict[str, Any]:
    sheets = looked.read.sheets
    foreign = [sheet for sheet in sheets if sheet.why in {"not-ours", "foreign"}]
    sure = set(looked.sure)
    tasks = looked.tasks()
    open_sheets = {task.sheet.number for task in tasks}
    return {
        "n_sheets": len(sheets),
        "n_sure": len(sure),
        "n_foreign": len(foreign),
        "n_doubt": len(sheets) - len(sure) - len(foreign),
        "backs": looked.read.backs,
        "twice": looked.read.twice,
        "streaks": bool(looked.read.streaks),
        "n_twins": len(looked.twins) if looked.is_first and not looked.scan.frozen_at else 0,
        "is_pile_twice": len(looked.twins) >= PILE_TWICE * len(sheets) > 0,
        "as_counted": len(sheets) == looked.scan.counted,
        **_scanner(looked),
        "n_open": len(open_sheets),
        "n_asked": looked.n_asked,
        "has_decided": bool(looked.entries),
        "squares": [_square(sheet, sure) for sheet in sheets] if looked.is_first else [],
        "doubts": _pictured(looked, tasks) if looked.is_first else [],
    }


def _pictured(looked: Review, tasks: Sequence[Task]) -> list[dict[str, Any]]:
    """The first doubtful sheets that are left to look at, each by the row that is asked first, with the reason."""
    firsts: dict[int, Task] = {}
    for task in tasks:
        firsts.setdefault(task.sheet.number, task)
    criteria = list(looked.optional)
    return [
        {
            "number": task.sheet.number,
            "about": task.about,
            "place": criteria.index(task.about) + 1,
            "why": reason_of(task.sheet.rows.get(task.about)),
        }
        for task in firsts.values()
        if task.about in criteria and looked.has_picture(task.sheet, task.about)
    ][:PICTURED]


def _scanner(looked: Review) -> dict[str, Any]:
    """How the office's own scanner tells empty boxes from marked ones, for the person who scans."""
    found = histogram(fills_of(looked.vault)) if looked.is_first else None
    bands = [
        {"ends": f"{100 * band.to:g}%".replace(".", ","), "kind": band.kind, "n": band.n}
        for band in (found.bands if found else ())
    ]
    return {"scanner": found, "scanner_bands": bands}


def _square(sheet: ScannedSheet, sure: set[int]) -> dict[str, Any]:
    kind = "sure" if sheet.number in sure else "foreign" if sheet.why in {"not-ours", "foreign"} else "doubt"
    return {"number": sheet.number, "kind": kind}


def _steps(now: int) -> list[dict[str, str]]:
    names = [_("Quét"), _("Máy đọc"), _("Xem phiếu chưa chắc"), _("Đối chiếu hai người"), _("Vào hòm phiếu")]
    return [
        {"name": name, "state": "done" if place < now else "now" if place == now else ""}
        for place, name in enumerate(names)
    ]


def task_context(looked: Review, tasks: Sequence[Task]) -> dict[str, Any]:
    """The first thing that is open: its pictures and its keys. The second person is told nothing of what was read."""
    task = tasks[0]
    sheet = task.sheet
    criteria = {each.code: each for each in looked.questionnaire.criteria}
    return {
        "scan": looked.scan,
        "is_first": looked.is_first,
        "task": task,
        "criterion": criteria.get(task.about),
        "place": list(criteria).index(task.about) + 1 if task.about in criteria else 0,
        "why": (why_of(sheet) or reason_of(sheet.rows.get(task.about))) if looked.is_first else "",
        "twin": sheet.twin if task.about == WHOLE else 0,
        "pictures": _pictures(looked, task),
        "keys": _keys(looked, task),
        "whole_keys": _whole_keys(task),
        "left": len({each.sheet.number for each in tasks}) - 1,
        "done": looked.n_asked - len({each.sheet.number for each in tasks}),
        "n_asked": looked.n_asked,
        "has_decided": bool(looked.entries),
        "listed": _listed(looked, tasks) if looked.is_first else [],
    }


def _pictures(looked: Review, task: Task) -> list[str]:
    rows = list(looked.optional) if task.about == WHOLE else [task.about]
    shown = [about for about in rows if looked.has_picture(task.sheet, about)]
    return [*shown, *([WHOLE] if looked.has_picture(task.sheet, WHOLE) else [])]


def _keys(looked: Review, task: Task) -> list[dict[str, str]]:
    if task.about == WHOLE:
        return [
            {
                "key": "1",
                "about": WHOLE,
                "choice": Whole.OURS,
                "words": _("Là phiếu của đơn vị, nhập từng tiêu chí"),
            },
            {"key": "2", "about": WHOLE, "choice": Whole.FOREIGN, "words": _("Không phải phiếu của đơn vị")},
            {
                "key": "3",
                "about": WHOLE,
                "choice": Whole.DROPPED,
                "words": _("Bỏ ảnh này, tờ này có ảnh khác"),
            },
        ]
    criterion = next(each for each in looked.questionnaire.criteria if each.code == task.about)
    levels = [
        {"key": str(place), "about": task.about, "choice": str(level.value), "words": level.label.vi}
        for place, level in enumerate(criterion.levels, 1)
    ]
    return [
        *levels,
        {"key": "0", "about": task.about, "choice": BLANK, "words": _("Để trống")},
        {"key": "9", "about": task.about, "choice": BOTH, "words": _("Đánh nhiều ô")},
    ]


def _whole_keys(task: Task) -> list[dict[str, str]]:
    keys = [
        {"key": "T", "about": WHOLE, "choice": Whole.MARKED, "words": _("có tên khách")},
        {"key": "R", "about": WHOLE, "choice": Whole.TORN, "words": _("rách")},
    ]
    if task.about != WHOLE:
        keys.append(
            {"key": "K", "about": WHOLE, "choice": Whole.FOREIGN, "words": _("không phải phiếu của đơn vị")}
        )
    return keys


def _listed(looked: Review, tasks: Sequence[Task]) -> list[dict[str, Any]]:
    now, open_ones = tasks[0].sheet.number, {task.sheet.number for task in tasks}
    rows = []
    for sheet in looked.read.sheets:
        if asked := looked.asked(sheet):
            why = why_of(sheet) or reason_of(sheet.rows.get(asked[0]))
            rows.append(
                {
                    "number": sheet.number,
                    "why": why,
                    "now": sheet.number == now,
                    "done": sheet.number not in open_ones,
                }
            )
    at = next(place for place, row in enumerate(rows) if row["now"])
    return rows[max(0, at - LISTED // 2) : at + LISTED]


def comment_rows(looked: Review, kept: Sequence[tuple[str, str]]) -> list[dict[str, Any]]:
    """A row for each comment seen, ordered by kind of sheet, with what is typed already; and rows without a picture."""
    typed = {pattern: [words for name, words in kept if name == pattern] for pattern, _words in kept}
    seen = []
    for sheet in looked.read.sheets:
        kind = (
            kind_of(sheet, looked.decided, looked.optional)
            if looked.is_first or sheet.number in looked.sample
            else ""
        )
        if looked.has_picture(sheet, "comment") and kind not in {Whole.FOREIGN, Whole.DROPPED}:
            seen.append((kind or "", sheet.number))
    rows = [
        {"pattern": kind, "number": number, "words": typed[kind].pop(0) if typed.get(kind) else ""}
        for kind, number in sorted(seen)
    ]
    rest = [{"pattern": kind, "number": 0, "words": words} for kind, many in typed.items() for words in many]
    return [*rows, *rest, {"pattern": "", "number": 0, "words": ""}]
