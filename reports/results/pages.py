"""What the public pages say of sealed and published periods: figures from the snapshot, evidence from the folder.

Everything arrives printed, in the language of the page. A period is shown once its folder lies in place, never before.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.utils import translation
from django.utils.translation import gettext as _

from reports import charts
from reports.arithmetic.clusters import Clusters, Organisations
from reports.follow_up import actions_taken
from reports.models import Seal
from reports.month import sealed_totals, snapshot
from reports.month.figures import Figures, Totals
from reports.month.snapshot import SealedPeriod, Snapshot
from reports.publication import folder as publication_folder
from reports.results import silent_words
from reports.results.files import LICENCE
from reports.results.language import office_name, short_name, spoken
from reports.results.published import PublishedPeriod
from surveys import evidence
from surveys.customer.rendering import period_label
from surveys.models import Slip
from surveys.periods import MonthRange, range_of
from surveys.reference.questionnaires import questionnaire_of
from surveys.vietnamese import group

# ── Printed ────────────────────────────────────────────────────────────────────────────


def sentences(totals: Totals, whose: Organisations | None = None) -> list[str]:
    """The stretch in at most four sentences; ``whose``: of one period, whose slips they were, told of many alone."""
    figures = {
        "issued": spoken(totals.issued_text),
        "returned": spoken(totals.returned_text),
        "rate": spoken(totals.return_rate_text),
        "valid": spoken(totals.valid_text),
        "satisfied": spoken(totals.satisfied_text),
        "dissatisfied": spoken(totals.dissatisfied_text),
        "satisfied_share": spoken(totals.satisfied_share_text),
        "dissatisfied_share": spoken(totals.dissatisfied_share_text),
        "silent": spoken(totals.not_returned_text),
    }
    if not totals.participation.returned:
        return [_("%(issued)s phiếu phát ra. Không có phiếu thu về; chưa có kết quả đánh giá.") % figures]
    said = [_("%(issued)s phiếu phát ra, %(returned)s phiếu thu về (%(rate)s).") % figures]
    if whose and whose.are_many:
        said.append(_of_organisations(whose.office))
    if totals.suppressed or not totals.valid:
        said.append(_("Có dưới 10 phiếu hợp lệ nên không công bố câu trả lời."))
    elif not totals.dissatisfied:
        said.append(_("Cả %(valid)s phiếu hợp lệ đều hài lòng ở mọi tiêu chí.") % figures)
    elif totals.has_share:
        said.append(
            _(
                "Trong %(valid)s phiếu hợp lệ, %(satisfied)s phiếu hài lòng ở mọi tiêu chí (%(satisfied_share)s), "
                "%(dissatisfied)s phiếu không hài lòng (%(dissatisfied_share)s)."
            )
            % figures
        )
    else:
        said.append(
            _(
                "Trong %(valid)s phiếu hợp lệ, %(satisfied)s phiếu hài lòng ở mọi tiêu chí, %(dissatisfied)s phiếu không hài lòng."
            )
            % figures
        )
    if totals.bounds_ends is not None:
        said.append(_of_everybody(figures["silent"], *map(spoken, totals.bounds_ends)))
    return said


def _of_everybody(silent: str, low: str, high: str) -> str:
    return _(
        "%(silent)s phiếu không thu về; vì thế, trong mọi phiếu phát ra, hài lòng ít nhất %(low)s, nhiều nhất %(high)s."
    ) % {"silent": silent, "low": low, "high": high}


def _of_organisations(known: Clusters) -> str:
    """That slips are no customers."""
    figures = {"organisations": spoken(group(known.organisations)), "slips": spoken(group(known.slips))}
    if known.unknown:
        return _("%(slips)s phiếu được phát cho %(organisations)s tổ chức.") % figures
    return _("Phiếu được phát cho %(organisations)s tổ chức.") % figures


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
        "satisfied_share": spoken(totals.satisfied_share_text) if totals.has_share else "",
        "dissatisfied_share": spoken(totals.dissatisfied_share_text) if totals.has_share else "",
    }


def months_table(periods: Sequence[PublishedPeriod], months: MonthRange, *, root: str) -> dict:
    """The published periods of a stretch, newest first, and their total. ``root``: what their addresses start with."""
    office = periods[0].office
    own = {range_of(one.period): one for one in periods}
    course = map(range_of, snapshot.course_of(months, quarterly=office.quarterly))
    told = [
        each for each in course if each in own and months.first <= each.first and each.last <= months.last
    ]
    read = sealed_totals.of_seals(one.standing for one in periods)
    whole, parts = read.totals(months), [read.totals(each) for each in told]
    rows = [
        row(totals, short_name(own[totals.months].period), f"{root}{own[totals.months].period}/")
        | {"code": grouped_code(own[totals.months].seal.code)}
        for totals in reversed(parts)
    ]
    total = row(whole, _("Cộng")) if len(rows) > 1 else None
    return {"months": rows, "total": total, "totals": whole}


def deeds_table(periods: Sequence[PublishedPeriod], months: MonthRange, *, root: str) -> list[dict]:
    """What was done about what customers said in the periods of a stretch, newest first; under 30 ballots nothing."""
    own = {str(one.period): one for one in reversed(periods) if _lies_in(one, months)}
    rows = actions_taken.of(office=periods[0].office, periods=own)
    return [
        _deed(deed) | {"label": short_name(own[deed.period].period), "url": f"{root}{deed.period}/"}
        for deed in rows
    ]


def _lies_in(one: PublishedPeriod, months: MonthRange) -> bool:
    stretch = range_of(one.period)
    return months.first <= stretch.first and stretch.last <= months.last


def _deed(deed: actions_taken.Deed) -> dict:
    return {"cause": deed.cause, "action": deed.action, "due_on": deed.due_on}


# ── One period ─────────────────────────────────────────────────────────────────────────


def take(one: PublishedPeriod, *, now: datetime) -> Snapshot:
    return snapshot.take(office=one.office, stretch=one.period, now=now)


def period_facts(one: PublishedPeriod, taken: SealedPeriod | Snapshot, *, now: datetime) -> dict:
    """Everything the page of one period says; its links are relative, so that a static tree may hold it too."""
    totals = taken.totals
    return {
        "office": one.office,
        "office_name": office_name(one.office),
        "label": period_label(str(one.period)),
        "period": str(one.period),
        "sentences": sentences(totals, taken.organisations),
        "cards": _cards(totals),
        "flow": _flow(totals),
        "bounds": charts.bounds(totals, spoken),
        "criteria": _criteria(one, totals),
        "rates": charts.return_rates(taken.over_time) if translation.get_language() != "en" else "",
        "rate_sentence": taken.over_time.rate_sentence,
        "deeds": [_deed(deed) for deed in actions_taken.of(office=one.office, periods=[one.period])],
        "may_tell_deeds": totals.has_share,
        "follow_up": silent_words.facts(one, now=now),
        "seal": version_facts(one.seal),
        "versions": [version_facts(seal) for seal in reversed(one.versions)],
        "files": files_of(one),
        "small": publication_folder.is_small(one.seal),
        "licence": LICENCE,
    }


def _cards(totals: Totals) -> list[tuple[str, str, str]]:
    share = spoken(totals.satisfied_share_text)
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
        version = (
            Slip.objects.of(one.office).in_period(one.period).values_list("questionnaire", flat=True).first()
        )
        names = (
            {each.code: each.text.in_("en") for each in questionnaire_of(version).criteria} if version else {}
        )
    return [
        (names.get(each.code, each.name), spoken(each.satisfied_text), spoken(each.dissatisfied_text))
        for each in totals.criteria
    ]


def version_facts(seal: Seal) -> dict:
    """One version as its seal states it; of a small period nothing but that it was sealed."""
    told = {} if publication_folder.is_small(seal) else evidence.stated(seal.text)
    counts = ("issued", "returned", "valid", "void", "satisfied", "dissatisfied")
    return {
        "number": seal.version,
        "code": grouped_code(seal.code),
        "sealed_on": seal.sealed_at,
        "reason": seal.reason,
        "folder": f"v{seal.version}/",
        "counts": [spoken(group(int(told[name]))) for name in counts] if told else [],
    }


def grouped_code(code: str) -> str:
    return " ".join(code[at : at + 4] for at in range(0, 16, 4)).upper()


def files_of(one: PublishedPeriod) -> list[tuple[str, str]]:
    """Name and size of every evidence file of the latest version."""
    return [
        (name, printed_size(length)) for name, length in publication_folder.lengths_in(one.folder).items()
    ]


def printed_size(length: int) -> str:
    return f"{length} B" if length < 1000 else f"{spoken(group(-(-length // 1000)))} kB"
