"""The published results as plain files for a web server that stands open to the public while ours does not.

The evidence lies in the tree already (reports.publication.folder); here come the pages around it. Their links are relative, so
the tree works under any address, and from a disk.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from itertools import groupby
from pathlib import Path

from django.contrib.staticfiles import finders
from django.template.loader import render_to_string
from django.utils import translation

from reports import atomic_files
from reports.publication.bundle import bundle
from reports.results import files, language, pages, published, recounting
from reports.results.published import PublishedPeriod
from reports.standings import history
from surveys.context_processors import is_pilot

STYLES = ("site", "tokens", "base", "components", "print", "month", "results")


def write_pages(root: Path, *, now: datetime) -> None:
    """An ``index.html`` at the top, for every office and every period, with figures and style sheets."""
    with translation.override("vi"):
        _write_styles(root)
        periods = published.published(root=root)
        offices = [list(own) for _code, own in groupby(periods, key=lambda one: one.office.code)]
        for own in offices:
            _write_office(root, own, now=now)
        _write(root / "index.html", "index", {**_listed(offices), "licence": files.LICENCE}, depth=0)


def _write_office(root: Path, periods: list[PublishedPeriod], *, now: datetime) -> None:
    office = periods[0].office
    months = published.stretch_of(periods, "", "")
    table = pages.months_table(periods, months, root="")
    facts = {
        "office_name": office.name,
        "label": language.stretch_label(months),
        "sentences": pages.sentences(table["totals"]),
        "deeds": pages.deeds_table(periods, months, root=""),
        "line": history.line_of(office),
        "licence": files.LICENCE,
    }
    _write(root / office.code / "index.html", "office", {**table, **facts}, depth=1)
    for one in periods:
        taken = pages.take(one, now=now)
        document = json.dumps(files.document(one, taken), ensure_ascii=False, indent=1)
        atomic_files.put_file(one.folder / "figures.json", document.encode("utf-8"))
        atomic_files.put_file(one.folder / "figures.csv", files.table(taken).encode("utf-8"))
        facts = pages.period_facts(one, taken, now=now) | {"recount_url": "recount.html"}
        _write(one.folder / "index.html", "period", facts, depth=2)
        own = recounting.recount_facts(one, root=root) | {"month_url": "index.html"}
        _write(one.folder / "recount.html", "recount", own, depth=2)
        content = bundle(root=root, folder=one.folder, office=office.code, period=str(one.period))
        atomic_files.put_file(one.folder / "evidence.zip", content)


def _listed(offices: Iterable[list[PublishedPeriod]]) -> dict:
    offices = list(offices)
    if len(offices) != 1:
        rows = [
            {
                "name": own[0].office.name,
                "url": f"{own[0].office.code}/",
                "last": pages.period_label(str(own[-1].period)),
            }
            for own in offices
        ]
        return {"offices": rows}
    own = offices[0]
    months, place = published.stretch_of(own, "", ""), f"{own[0].office.code}/"
    table = pages.months_table(own, months, root=place)
    return table | {"deeds": pages.deeds_table(own, months, root=place)}


def _write(path: Path, name: str, context: dict, *, depth: int) -> None:
    frame = {
        "base_template": "reports/public/static_base.html",
        "static_root": "../" * depth or "./",
        "pilot_ribbon": is_pilot(),
    }
    html = render_to_string(f"reports/public/results/{name}.html", frame | context)
    atomic_files.put_file(path, html.encode("utf-8"))


def _found(name: str) -> Path:
    """A file of ours among the static ones. Raises FileNotFoundError."""
    path = finders.find(name)
    if path is None:
        raise FileNotFoundError(name)
    return Path(path)


def _write_styles(root: Path) -> None:
    names = [f"css/{name}.css" for name in STYLES] + ["icon.svg", "js/recount.js"]
    fonts = _found("fonts/OFL.txt").parent
    names += [f"fonts/{path.name}" for path in [*fonts.glob("*.woff2"), fonts / "OFL.txt"]]
    for name in names:
        target = root / "style" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        atomic_files.put_file(target, _found(name).read_bytes())
