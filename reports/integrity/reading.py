"""Read the register of a period, find the signals, and keep both the findings and what stays of the times.

The document of a reading: ``counters``, in the order of their codes, each with ``code name issued cancelled returned
asked`` (by channel: slips not cancelled, of them returned), ``timed`` (uses with their times), ``times`` (`integrity.summary`),
``knows_customers``, ``too_many`` (piles were not looked for), ``counted`` (an independent count, or null) and ``findings``.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime

from django.db.models import Count, Exists, OuterRef, Q
from django.db.transaction import atomic

from reports import integrity
from reports.integrity import CounterMonth, Finding, Share, Use
from reports.models import IndependentCount, Signal, SignalCase, SignalReading
from reports.month import organisations
from surveys.choices import SlipChannel, SlipEventKind, SlipState
from surveys.models import Counter, Office, Slip, SlipEvent, User
from surveys.periods import CampaignPeriod, Period, is_calendar, of_calendar, parse_period

PERIODS_BEFORE, PERIODS_TOGETHER, LEAST_TOGETHER = 12, 6, 3
#: Chance plays no part in it, so it need not wait for the end of the period.
AT_ONCE = {"S0"}

Cells = Mapping[tuple[str, str], Mapping[str, dict]]  # (period, counter) → channel → participation


@atomic
def take_reading(
    *, office: Office, period: Period, now: datetime, final: bool = False
) -> SignalReading | None:
    """Find a period's signals and keep them; ``final`` with its seal, before the times are erased.

    A sealed period keeps its reading. Only a final one opens cases, since looking anew every night would find by chance
    more than is stated beside a signal; a ballot used too early opens one at once. A campaign has no counters: None.
    """
    if isinstance(period, CampaignPeriod):
        return None
    if standing := SignalReading.objects.final(office, period):
        return standing
    text = _text(_document(office, period))
    last = SignalReading.objects.standing(office, period)
    if last is None or final or last.text != text:
        last = _keep(office, period, text, now=now, final=final)
    return last


def read_open_periods(*, now: datetime) -> None:
    """Every night: the periods that have slips and no seal yet."""
    for office in Office.objects.sealing():
        final = SignalReading.objects.of(office).filter(is_final=True)
        sealed = set(final.values_list("period", flat=True))
        for period in Slip.objects.periods_of(office):
            # A campaign has no counters.
            if is_calendar(period) and period not in sealed:
                take_reading(office=office, period=parse_period(period), now=now)


def read_coverage_again(*, office: Office, period: Period, now: datetime) -> SignalReading | None:
    """After a count came in: S7 anew. The rest of a final reading stays, since its times may be erased."""
    final = SignalReading.objects.final(office, period)
    if final is None:
        return take_reading(office=office, period=period, now=now)
    document = json.loads(final.text)
    silent = _counted(office, period) - {each["code"] for each in document["counters"]}
    document["counters"] += [
        _told(CounterMonth(code), {}, _names(office)[code], []) for code in sorted(silent)
    ]
    covered = _coverage(office, period, {each["code"]: each["issued"] for each in document["counters"]})
    for each in document["counters"]:
        each["findings"] = [found for found in each["findings"] if found["code"] != "S7"]
        _add_coverage(each, covered)
    text = _text(document)
    return final if text == final.text else _keep(office, period, text, now=now, final=True)


# ── The document ───────────────────────────────────────────────────────────────────────


def _document(office: Office, period: Period) -> dict:
    periods = [str(of_calendar(period).plus(-back)) for back in range(PERIODS_BEFORE + 1)]
    cells = _cells(office, periods)
    flagged = _flagged(office, periods)
    names = _names(office)
    here = sorted({code for when, code in cells if when == str(period)} | _counted(office, period))
    uses = _uses(
        office, period, [code for code in here if _timed(cells[str(period), code]) <= integrity.MOST_USES]
    )
    cancels, lost = _cancels(office, period), _lost_by_reissue(office, period)
    slips = _by_organisation(office, periods[:PERIODS_TOGETHER])
    rho = _similarity(office, str(period))
    months = {
        code: CounterMonth(
            code,
            uses[code],
            _asked(cells[str(period), code]),
            cancels[code],
            _sizes(slips, code, periods[:1]),
        )
        for code in here
    }
    pool = integrity.latencies(months.values())
    counters = []
    for code, month in months.items():
        reference = _sum_of(
            _asked(cell) for key, cell in cells.items() if key not in flagged and key != (str(period), code)
        )
        seed = f"{office.code} {period} {code}"
        found = integrity.judge(month, pool=pool, reference=reference, seed=seed, rho=rho)
        if not any(each.code == "S6" for each in found):
            found += _together(cells, flagged, periods, code, slips, rho)
        elsewhere = _total(share for other in here if other != code for share in cancels[other].values())
        others = _total(share for other, share in lost.items() if other != code)
        found += _selective(integrity.cancelling(month.cancels, elsewhere), lost.get(code, (0, 0)), others)
        counters.append(_told(month, cells[str(period), code], names.get(code, code), found))
    covered = _coverage(office, period, {each["code"]: each["issued"] for each in counters})
    for each in counters:
        _add_coverage(each, covered)
    return {"counters": counters}


def _told(month: CounterMonth, cell: Mapping[str, dict], name: str, found: list[Finding]) -> dict:
    totals = {key: sum(row[key] for row in cell.values()) for key in ("issued", "cancelled", "returned")}
    return {
        "code": month.name,
        "name": name,
        **totals,
        "asked": month.asked,
        "timed": len(month.uses),
        "times": integrity.summary(month.uses),
        "knows_customers": month.knows_customers,
        "too_many": _timed(cell) > integrity.MOST_USES,
        "findings": [asdict(each) for each in found],
    }


def _cells(office: Office, periods: list[str]) -> Cells:
    """One statement for this period and those before it."""
    rows = (
        Slip.objects.of(office)
        .filter(period__in=periods, counter__isnull=False)
        .participation("period", "counter__code", "channel")
    )
    cells: dict[tuple[str, str], dict[str, dict]] = defaultdict(dict)
    for row in rows:
        cells[row["period"], row["counter__code"]][row["channel"]] = row
    return cells


def _asked(cell: Mapping[str, dict]) -> dict[str, Share]:
    return {channel: (row["issued"] - row["cancelled"], row["returned"]) for channel, row in cell.items()}


def _timed(cell: Mapping[str, dict]) -> int:
    return sum(row["returned"] - row["paper"] for row in cell.values())


def _uses(office: Office, period: Period, counters: list[str]) -> dict[str, list[Use]]:
    """By counter, what came back without paper (a pile of paper has one hour for all) and still has its times."""
    columns = "counter__code issued_at opens_at spent__used_at spent__open_seconds channel spent__via transaction__organisation"
    rows = (
        Slip.objects.of(office)
        .in_period(period)
        .filter(state=SlipState.USED, counter__code__in=counters, spent__used_at__isnull=False)
        .exclude(spent__via=SlipChannel.PAPER)
        .order_by("spent__used_at", "pk")
        .values_list(*columns.split())
    )
    uses: dict[str, list[Use]] = defaultdict(list)
    for counter, issued, opens, used, seconds, channel, via, organisation in rows:
        times = [int(moment.timestamp()) for moment in (issued, opens, used)]
        use = Use(times[0], times[1], times[2], seconds, channel, via, customer=str(organisation or ""))
        uses[counter].append(use)
    return uses


def _cancels(office: Office, period: Period) -> dict[str, dict[str, Share]]:
    """By counter and teller, slips and those asked to be cancelled; empty where nobody cancelled in the whole office."""
    by = ("counter__code", "transaction__clerk")
    events = SlipEvent.objects.filter(
        kind=SlipEventKind.CANCELLED, slip__office=office, slip__period=str(period)
    )
    asked = {
        (counter, clerk): n
        for counter, clerk, n in events.order_by()
        .values_list("slip__counter__code", "slip__transaction__clerk")
        .annotate(n=Count("slip", distinct=True))
    }
    found: dict[str, dict[str, Share]] = defaultdict(dict)
    if not asked:
        return found
    slips = Slip.objects.of(office).in_period(period).filter(counter__isnull=False)
    rows = list(slips.order_by().values_list(*by).annotate(n=Count("pk")))
    people = User.objects.in_bulk([clerk for _counter, clerk, _n in rows if clerk])
    for counter, clerk, n in rows:
        name = people[clerk].get_full_name() if clerk else ""
        slips_before, cancelled_before = found[counter].get(name, (0, 0))
        found[counter][name] = slips_before + n, cancelled_before + asked.get((counter, clerk), 0)
    return found


def _lost_by_reissue(office: Office, period: Period) -> dict[str, Share]:
    """By counter, customers with slips that were not cancelled, and those of them with one handed out anew that expired.

    An organisation counts once, since its slips share their fate; where none is known, each slip counts.
    """
    anew = SlipEvent.objects.filter(slip=OuterRef("pk"), kind=SlipEventKind.REISSUED)
    lost = Q(Exists(anew), state=SlipState.EXPIRED)
    unknown = Q(transaction__organisation__isnull=True)
    rows = (
        Slip.objects.of(office)
        .in_period(period)
        .filter(counter__isnull=False)
        .exclude(state=SlipState.CANCELLED)
        .order_by()
        .values_list("counter__code")
        .annotate(
            known=Count("transaction__organisation", distinct=True),
            alone=Count("pk", filter=unknown),
            lost_known=Count("transaction__organisation", distinct=True, filter=lost),
            lost_alone=Count("pk", filter=unknown & lost),
        )
    )
    return {
        code: (known + alone, lost_known + lost_alone) for code, known, alone, lost_known, lost_alone in rows
    }


def _selective(cancelled: Finding | None, own: Share, others: Share) -> list[Finding]:
    """S8, once a counter: by cancelling or by re-issuing, whichever chance explains less."""
    found = [each for each in (cancelled, integrity.losing_by_reissue(own, others)) if each]
    return [min(found, key=lambda each: each.rate)] if found else []


def _together(
    cells: Cells,
    flagged: set[tuple[str, str]],
    periods: list[str],
    counter: str,
    slips: Mapping[tuple[str, str, str], Mapping[int | None, int]],
    rho: float,
) -> list[Finding]:
    """S6 over several periods added up: what one month cannot tell, half a year can."""
    own = [(when, counter) for when in periods[:PERIODS_TOGETHER] if (when, counter) in cells]
    own = [key for key in own if key not in flagged or key[0] == periods[0]]
    if len(own) < LEAST_TOGETHER:
        return []
    reference = _sum_of(_asked(cell) for key, cell in cells.items() if key not in flagged and key not in own)
    sizes = _sizes(slips, counter, [when for when, _code in own])
    asked = _sum_of(_asked(cells[key]) for key in own)
    signal = integrity.return_rate(asked, reference, sizes, rho, about=str(len(own)))
    return [signal] if signal else []


def _by_organisation(office: Office, periods: list[str]) -> dict[tuple[str, str, str], dict[int | None, int]]:
    """By period, counter and channel, how many slips that were not cancelled each organisation had; one statement."""
    rows = (
        Slip.objects.of(office)
        .filter(period__in=periods, counter__isnull=False)
        .exclude(state=SlipState.CANCELLED)
        .order_by()
        .values_list("period", "counter__code", "channel", "transaction__organisation")
        .annotate(n=Count("pk"))
    )
    found: dict[tuple[str, str, str], dict[int | None, int]] = defaultdict(dict)
    for when, counter, channel, organisation, n in rows:
        found[when, counter, channel][organisation] = n
    return found


def _sizes(
    slips: Mapping[tuple[str, str, str], Mapping[int | None, int]], counter: str, periods: list[str]
) -> dict[str, float]:
    """By channel, the Kish size of a counter's organisations over some periods; where none is known, each slip is alone."""
    by_channel: dict[str, dict[int | None, int]] = defaultdict(lambda: defaultdict(int))
    for (when, code, channel), own in slips.items():
        if code == counter and when in periods:
            for organisation, n in own.items():
                by_channel[channel][organisation] += n
    return {
        channel: sum(n if organisation is None else n * n for organisation, n in own.items())
        / sum(own.values())
        for channel, own in by_channel.items()
    }


def _similarity(office: Office, period: str) -> float:
    found, before = organisations.kept(office, period)
    known = found or organisations.of_cells(organisations.cells_of(office, period), before)
    return known.similarity


def _flagged(office: Office, periods: list[str]) -> set[tuple[str, str]]:
    """Counters' months with a case: no measure for others."""
    return set(SignalCase.objects.of(office).filter(period__in=periods).values_list("period", "counter"))


def _names(office: Office) -> dict[str, str]:
    return dict(Counter.objects.filter(box_office=office).values_list("code", "name"))


# ── Coverage ───────────────────────────────────────────────────────────────────────────


def _coverage(
    office: Office, period: Period, issued: Mapping[str, int]
) -> dict[str, tuple[int, Finding | None]]:
    """By counter with a count: transactions by that count, and S7."""
    periods = [str(of_calendar(period).plus(-back)) for back in range(PERIODS_BEFORE + 1)]
    counts = {
        (when, code): n
        for when, code, n in IndependentCount.objects.of(office)
        .filter(period__in=periods)
        .order_by("pk")
        .values_list("period", "counter__code", "transactions")
    }
    if not any(when == str(period) for when, _code in counts):
        return {}
    handed = {
        (row["period"], row["counter__code"]): row["n"]
        for row in Slip.objects.of(office)
        .filter(Q(period__in={when for when, _code in counts}), counter__isnull=False)
        .order_by()
        .values("period", "counter__code")
        .annotate(n=Count("pk"))
    }
    flagged = _flagged(office, periods)
    shares = {key: (n, handed.get(key, 0)) for key, n in counts.items()}
    found = {}
    for code in {code for when, code in counts if when == str(period)}:
        own = str(period), code
        reference = _total(share for key, share in shares.items() if key != own and key not in flagged)
        found[code] = counts[own], integrity.coverage((counts[own], issued.get(code, 0)), reference)
    return found


def _counted(office: Office, period: Period) -> set[str]:
    """Counters with an independent count: one that handed out no slip at all belongs on the page, too."""
    return set(IndependentCount.objects.of(office).in_period(period).values_list("counter__code", flat=True))


def _add_coverage(counter: dict, covered: Mapping[str, tuple[int, Finding | None]]) -> None:
    counter["counted"], signal = covered.get(counter["code"], (None, None))
    counter["findings"] += [asdict(signal)] if signal else []
    counter["findings"].sort(key=lambda found: found["code"])


# ── Keeping ────────────────────────────────────────────────────────────────────────────


def _keep(office: Office, period: Period, text: str, *, now: datetime, final: bool) -> SignalReading:
    reading = SignalReading.objects.create(
        office=office, period=str(period), taken_at=now, is_final=final, text=text
    )
    for counter in reading.document["counters"]:
        found = [each for each in counter["findings"] if final or each["code"] in AT_ONCE]
        if found:
            _open_case(office, period, counter["code"], found, now)
    return reading


def _open_case(office: Office, period: Period, counter: str, found: list[dict], now: datetime) -> None:
    case, _is_new = SignalCase.objects.get_or_create(
        office=office, period=str(period), counter=counter, defaults={"opened_at": now}
    )
    known = set(case.signals.values_list("code", flat=True))
    for each in found:
        if each["code"] not in known:
            Signal.objects.create(case=case, code=each["code"], text=_text(each), found_at=now)


def _text(document: dict) -> str:
    return json.dumps(document, ensure_ascii=False, sort_keys=True)


def _sum_of(shares) -> dict[str, Share]:
    total: dict[str, Share] = {}
    for each in shares:
        for channel, (slips, back) in each.items():
            before = total.get(channel, (0, 0))
            total[channel] = before[0] + slips, before[1] + back
    return total


def _total(shares) -> Share:
    whole = part = 0
    for n, k in shares:
        whole, part = whole + n, part + k
    return whole, part
