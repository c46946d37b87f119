"""What the public pages say of sealed and published periods: figures from the snapshot, evidence from the folder.

Everything arrives printed, in the language of the page. A period is shown once its folder lies in place, never before.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from pathlib import Path

from django.db.models import OuterRef, Subquery
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from reports import charts
from reports.arithmetic.suppression import Shown
from reports.follow_up import actions_taken
from reports.models import Seal
from reports.month import snapshot
from reports.month.figures import Figures, Totals
from reports.month.snapshot import SEALED, Snapshot
from reports.publication import folder as publication_folder
from surveys.customer.rendering import period_label
from surveys.evidence import seals as evidence_seals
from surveys.models import Office, Slip
from surveys.periods import Month, MonthRange, NotAPeriod, Period, parse_period, range_of
from surveys.reference.questionnaires import sheet_of
from surveys.vietnamese import group

LICENCE = "CC BY 4.0"
CSV_HEAD = (
    *("Nhóm", "Mã", "Tên", "Phát ra", "Huỷ", "Hết hạn", "Thu về", "Phiếu giấy"),
    *("Hợp lệ", "Không hợp lệ", "Hài lòng", "Không hài lòng"),
)
#: Why a figure is not told, and the other words that stand where a number could.
WORDS = {
    "chưa có phiếu": gettext_lazy("chưa có phiếu"),
    "chưa phát phiếu": gettext_lazy("chưa phát phiếu"),
    "ẩn kèm": gettext_lazy("ẩn kèm"),
    "không ghi tỷ lệ": gettext_lazy("không ghi tỷ lệ"),
    "chưa đủ 30 phiếu": gettext_lazy("chưa đủ 30 phiếu"),
    "chưa mở riêng": gettext_lazy("chưa mở riêng"),
}
_SWAPPED = str.maketrans(".,", ",.")


# ── Which periods ──────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class PublishedPeriod:
    """A period that lies published, with its versions in order."""

    office: Office
    period: Period
    versions: tuple[Seal, ...]
    folder: Path

    @property
    def seal(self) -> Seal:
        return self.versions[-1]


def published(office: Office | None = None, *, root: Path | None = None) -> list[PublishedPeriod]:
    """Months and quarters published under ``root``, by office and time; campaigns have pages of their own."""
    seals = Seal.objects.select_related("office").order_by("office__code", "period", "version")
    seals = seals.filter(office=office) if office else seals
    found = []
    for _key, versions in groupby(seals, key=lambda seal: (seal.office_id, seal.period)):
        if there := _laid_out(list(versions), root or publication_folder.default_root()):
            found.append(there)
    return sorted(found, key=lambda one: (one.office.code, one.period.first_day))


def last_published() -> list[PublishedPeriod]:
    """The last published period of each office; its earlier ones are not looked at, however many they are."""
    sealed = Seal.objects.filter(office=OuterRef("pk"), version=1).order_by("-sealed_at")
    offices = Office.objects.annotate(last=Subquery(sealed.values("period")[:1])).filter(last__isnull=False)
    last = {office.pk: office.last for office in offices}
    seals = Seal.objects.filter(office__in=last, period__in=set(last.values())).select_related("office")
    found = []
    for (office, period), versions in groupby(
        seals.order_by("office__code", "period", "version"), key=lambda seal: (seal.office, seal.period)
    ):
        if period == last[office.pk]:
            there = _laid_out(list(versions), publication_folder.default_root())
            # Sealed today and not laid out before tonight: the one before it is the last.
            found += [there] if there else published(office)[-1:]
    return found


def _laid_out(versions: list[Seal], root: Path) -> PublishedPeriod | None:
    try:
        period = parse_period(versions[0].period)
    except NotAPeriod:
        return None
    folder = publication_folder.folder_of(root, versions[0])
    there = tuple(
        seal for seal in versions if (folder / f"v{seal.version}" / publication_folder.SEAL_FILE).is_file()
    )
    return PublishedPeriod(versions[0].office, period, there, folder) if there else None


def stretch_of(periods: Sequence[PublishedPeriod], first: str, last: str) -> MonthRange:
    """The asked stretch as far as it is published; without one, all of it. Raises NotAPeriod.

    It ends before the first period that handed out slips and is not published: nothing of that one is told here.
    """
    start, end = (range_of(periods[at].period) for at in (0, -1))
    asked_first = parse_period(first).months[0] if first else start.first
    asked_last = parse_period(last).months[-1] if last else end.last
    months = MonthRange(max(asked_first, start.first), min(asked_last, end.last))
    known = {str(one.period) for one in periods}
    handed_out = Slip.objects.periods_of(periods[0].office)
    for period in sorted(
        (each for each in _months(handed_out) if str(each) not in known), key=lambda each: each.first_day
    ):
        if period.months[-1] >= months.first and period.months[0] <= months.last:
            return MonthRange(months.first, period.months[0].previous())
    return months


def _months(texts: Iterable[str]) -> Iterator[Period]:
    for text in texts:
        try:
            yield parse_period(text)
        except NotAPeriod:
            continue


# ── Printed ────────────────────────────────────────────────────────────────────────────


def spoken(text: str) -> str:
    """A printed figure in the language of the page: 3.809 and 99,9% are 3,809 and 99.9% in English."""
    if translation.get_language() != "en":
        return text
    if found := re.fullmatch("(trên|dưới) (.+)", text):
        share = found[2].translate(_SWAPPED)
        return (
            _("trên %(share)s") % {"share": share}
            if found[1] == "trên"
            else _("dưới %(share)s") % {"share": share}
        )
    return str(WORDS[text]) if text in WORDS else text.translate(_SWAPPED)


def office_name(office: Office) -> str:
    return office.name_en if translation.get_language() == "en" and office.name_en else office.name


def stretch_label(months: MonthRange) -> str:
    if translation.get_language() != "en":
        return months.label
    first, last = (date_format(month.first_day, "F Y") for month in (months.first, months.last))
    return first if first == last else f"{first} to {last}"


def sentences(totals: Totals) -> list[str]:
    """The stretch in at most three sentences."""
    figures = {
        "issued": spoken(totals.issued_text),
        "returned": spoken(totals.returned_text),
        "rate": spoken(totals.return_rate_text),
        "valid": spoken(totals.valid_text),
        "satisfied": spoken(totals.satisfied_text),
        "dissatisfied": spoken(totals.dissatisfied_text),
        "silent": spoken(totals.not_returned_text),
    }
    said = [_("%(issued)s phiếu phát ra, %(returned)s phiếu thu về (%(rate)s).") % figures]
    if totals.suppressed or not totals.valid:
        said.append(_("Có dưới 10 phiếu hợp lệ nên không công bố câu trả lời."))
    elif not totals.dissatisfied:
        said.append(_("Cả %(valid)s phiếu hợp lệ đều hài lòng ở mọi tiêu chí.") % figures)
    else:
        said.append(
            _(
                "Trong %(valid)s phiếu hợp lệ, %(satisfied)s phiếu hài lòng ở mọi tiêu chí, %(dissatisfied)s phiếu không hài lòng."
            )
            % figures
        )
    if totals.bounds is not None:
        low, high = (spoken(str(share)) for share in totals.bounds_shares)
        said.append(
            _(
                "%(silent)s phiếu không thu về; vì thế, trong mọi phiếu phát ra, hài lòng ít nhất %(low)s, nhiều nhất %(high)s."
            )
            % {**figures, "low": low, "high": high}
        )
    return said


def row(totals: Figures, label: str, url: str = "") -> dict:
    """A line of a table of periods."""
    return {
        "label": label,
        "url": url,
        "issued": spoken(totals.issued_text),
        "returned": spoken(totals.returned_text),
        "return_rate": spoken(totals.return_rate_text),
        "satisfied": spoken(totals.satisfied_text),
        "dissatisfied": spoken(totals.dissatisfied_text),
    }


def months_table(periods: Sequence[PublishedPeriod], months: MonthRange, *, now: datetime, root: str) -> dict:
    """The published periods of a stretch, newest first, and their total. ``root``: what their addresses start with."""
    taken = snapshot.take(office=periods[0].office, stretch=months, now=now)
    own = {range_of(one.period): one for one in periods}
    rows = [
        row(totals, _short(own[totals.months].period), f"{root}{own[totals.months].period}/")
        for totals in reversed(taken.over_time.periods)
        if totals.months in own and months.first <= totals.months.first and totals.months.last <= months.last
    ]
    total = row(taken.totals, _("Cộng")) if len(rows) > 1 else None
    return {"months": rows, "total": total, "taken": taken}


def deeds_table(periods: Sequence[PublishedPeriod], months: MonthRange, *, root: str) -> list[dict]:
    """What was done about what customers said in the periods of a stretch, newest first; under 30 ballots nothing."""
    own = {str(one.period): one for one in reversed(periods) if _lies_in(one, months)}
    rows = actions_taken.of(office=periods[0].office, periods=own)
    return [
        _deed(deed) | {"label": _short(own[deed.period].period), "url": f"{root}{deed.period}/"}
        for deed in rows
    ]


def _lies_in(one: PublishedPeriod, months: MonthRange) -> bool:
    stretch = range_of(one.period)
    return months.first <= stretch.first and stretch.last <= months.last


def _deed(deed: actions_taken.Deed) -> dict:
    return {"cause": deed.cause, "action": deed.action, "due_on": deed.due_on}


def _short(period: Period) -> str:
    if translation.get_language() != "en":
        return period.short_label
    return (
        date_format(period.first_day, "M Y")
        if isinstance(period, Month)
        else f"Q{period.quarter} {period.year}"
    )


# ── One period ─────────────────────────────────────────────────────────────────────────


def take(one: PublishedPeriod, *, now: datetime) -> Snapshot:
    return snapshot.take(office=one.office, stretch=one.period, now=now)


def period_facts(one: PublishedPeriod, taken: Snapshot) -> dict:
    """Everything the page of one period says; its links are relative, so that a static tree may hold it too."""
    totals = taken.totals
    return {
        "office": one.office,
        "office_name": office_name(one.office),
        "label": period_label(str(one.period)),
        "period": str(one.period),
        "sentences": sentences(totals),
        "cards": _cards(totals),
        "flow": _flow(totals),
        "bounds": charts.bounds(totals),
        "criteria": _criteria(one, totals),
        "rates": charts.return_rates(taken.over_time) if translation.get_language() != "en" else "",
        "rate_sentence": taken.over_time.rate_sentence,
        "deeds": [_deed(deed) for deed in actions_taken.of(office=one.office, periods=[one.period])],
        "may_tell_deeds": totals.has_share,
        "seal": version_facts(one.seal),
        "versions": [version_facts(seal) for seal in reversed(one.versions)],
        "files": files_of(one),
        "small": publication_folder.is_small(one.seal),
        "licence": LICENCE,
    }


def _cards(totals: Totals) -> list[tuple[str, str, str]]:
    interval = spoken(totals.interval_text) if totals.interval else ""
    share = spoken(totals.satisfied_share_text)
    if interval:
        share = _("%(share)s; khoảng tin cậy %(interval)s") % {"share": share, "interval": interval}
    return [
        (_("Phát ra"), spoken(totals.issued_text), _("mỗi giao dịch một phiếu")),
        (_("Thu về"), spoken(totals.returned_text), spoken(totals.return_rate_text)),
        (_("Hài lòng"), spoken(totals.satisfied_text), share if totals.satisfied is not None else ""),
        (_("Không hài lòng"), spoken(totals.dissatisfied_text), ""),
    ]


def _flow(totals: Totals) -> list[tuple[str, str, object]]:
    labels = [_("Phát ra"), _("Thu về"), _("Hợp lệ"), _("Hài lòng ở mọi tiêu chí")]
    drawn = charts.flow(totals, is_open=False)
    return [(label, spoken(bar.figure), bar.bar) for label, bar in zip(labels, drawn, strict=False)]


def _criteria(one: PublishedPeriod, totals: Totals) -> list[tuple[str, str, str]]:
    names = {}
    if translation.get_language() == "en":
        sheet = (
            Slip.objects.of(one.office).in_period(one.period).values_list("questionnaire", flat=True).first()
        )
        names = {each.code: each.text.in_("en") for each in sheet_of(sheet).criteria} if sheet else {}
    return [
        (names.get(each.code, each.name), spoken(each.satisfied_text), spoken(each.dissatisfied_text))
        for each in totals.criteria
    ]


def version_facts(seal: Seal) -> dict:
    """One version as its seal states it; of a small period nothing but that it was sealed."""
    told = {} if publication_folder.is_small(seal) else evidence_seals.stated(seal.text)
    counts = ("issued", "returned", "valid", "void", "satisfied", "dissatisfied")
    return {
        "number": seal.version,
        "code": " ".join(seal.code[at : at + 4] for at in range(0, 16, 4)).upper(),
        "sealed_on": seal.sealed_at,
        "reason": seal.reason,
        "folder": f"v{seal.version}/",
        "counts": [spoken(group(int(told[name]))) for name in counts] if told else [],
    }


def files_of(one: PublishedPeriod) -> list[tuple[str, str]]:
    """Name and size of every evidence file of the latest version."""
    return [(name, _size(length)) for name, length in publication_folder.lengths_in(one.folder).items()]


def _size(length: int) -> str:
    return f"{length} B" if length < 1000 else f"{spoken(group(-(-length // 1000)))} kB"


# ── For machines ───────────────────────────────────────────────────────────────────────


def document(one: PublishedPeriod, taken: Snapshot) -> dict:
    """``figures.json``: the interface's document of the month, the versions, and the licence."""
    versions = [
        {
            "version": seal.version,
            "seal_code": seal.code,
            "sealed_at": seal.sealed_at.isoformat(),
            "reason": seal.reason,
        }
        for seal in one.versions
    ]
    return {
        **taken.as_api(),
        "state": SEALED,
        "seal_code": one.seal.code,
        "versions": versions,
        "licence": LICENCE,
    }


def table(taken: Snapshot) -> str:
    """``figures.csv``: one line for the office, each counter and each procedure; a hidden figure is told as such."""
    out = io.StringIO()
    out.write("\ufeff")  # else Excel takes Vietnamese for something else
    writer = csv.writer(out)
    writer.writerow(CSV_HEAD)
    office = taken.office
    lines = [("Đơn vị", office.code, office.name, taken.totals)]
    lines += [("Quầy", each.code, each.name, each) for each in taken.counters]
    lines += [("Thủ tục", each.code, each.name, each) for each in taken.procedures]
    for kind, code, name, figures in lines:
        writer.writerow([kind, defused(code), defused(name), *_numbers(figures)])
    return out.getvalue()


def _numbers(figures: Figures) -> list:
    known = figures.participation
    hidden = figures.reason_text
    unopened = figures.shown is Shown.EMPTY and known.returned > 0
    told = [
        hidden if value is None or unopened else value
        for value in (
            figures.valid,
            figures.verdicts and figures.verdicts.void,
            figures.satisfied,
            figures.dissatisfied,
        )
    ]
    return [known.issued, known.cancelled, known.expired, known.returned, known.paper, *told]


def defused(text: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text
