"""What machines and the public read of the pilot's year, and what the files say of criteria, ways and comparisons, held
against its rows (`tests.reports.pilot.recount`)."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable
from decimal import Decimal
from fractions import Fraction

import lxml.html
from django.test import Client

from surveys.choices import SlipChannel, SlipState
from surveys.models import Counter, Criterion, Office, Procedure, Slip
from surveys.periods import Month, MonthRange
from tests.reports.pilot import recount
from tests.reports.pilot.recount import Cell, Rows, Tally

Within = Callable[[str], bool]
Cells = dict[Cell, tuple[str, str]]
COLUMNS = ("Phát ra", "Hủy", "Hết hạn", "Thu về", "Phiếu giấy", "Hợp lệ", "Không hợp lệ", "Hài lòng", "Không hài lòng")  # fmt: skip
TOLD = {"Hợp lệ": "valid", "Không hợp lệ": "void", "Hài lòng": "good", "Không hài lòng": "bad"}
OF_PERIODS = ("Phát ra", "Thu về", "Tỷ lệ thu về", "Hài lòng", "Không hài lòng")


def levels_of(rows: Rows, within: Within) -> dict[str, dict[int, int]]:
    """By criterion, how many valid ballots of the periods have each level."""
    found: dict[str, dict[int, int]] = {}
    for period, _counter, _procedure, answers, is_void in rows.ballots:
        if within(period) and not is_void:
            for code, level in answers.items():
                own = found.setdefault(code, {})
                own[level] = own.get(level, 0) + 1
    return found


def _criteria() -> Iterable[Criterion]:
    """Those of the counter's questionnaire."""
    version = Slip.objects.filter(counter__isnull=False).values_list("questionnaire", flat=True).first()
    return Criterion.objects.filter(version=version)


# ── The document of the interface ──────────────────────────────────────────────────────


def of_document(document: dict, rows: Rows, within: Within) -> int:
    """``GET /api/v1/months/{period}`` and ``figures.json``: every number; shares as they are, six decimals."""
    whole = rows.tally(within)
    paper = sum(
        within(row[0]) and row[3] == SlipChannel.PAPER and row[4] == SlipState.USED for row in rows.slips
    )
    expected = {
        **{"issued": whole.issued, "cancelled": whole.cancelled, "returned": whole.returned},
        **{"expired": whole.silent, "not_returned": whole.silent, "paper": paper, "void": whole.void},
        **{"transactions": whole.issued, "ballots": whole.valid + whole.void, "valid": whole.valid},
        **{"satisfied": whole.good, "dissatisfied": whole.bad, "suppressed": whole.valid < 10},
    }
    assert {name: document[name] for name in expected} == expected
    _exact(document["return_rate"], Fraction(whole.returned, whole.issued))
    _exact(document["satisfied_share"], Fraction(whole.good, whole.valid))
    asked = whole.issued - whole.cancelled
    low, high = (Fraction(document["bounds"][end]) for end in ("low", "high"))
    assert 0 <= Fraction(whole.good, asked) - low < Fraction(1, 10**6)
    assert 0 <= high - (1 - Fraction(whole.bad, asked)) < Fraction(1, 10**6)
    levels = levels_of(rows, within)
    for criterion in document["criteria"]:
        told = {int(level): n for level, n in criterion["levels"].items() if n}
        assert told == levels[criterion["code"]]
    held = len(expected) + 4 + sum(len(each["levels"]) for each in document["criteria"])
    return held + sum(_of_counter(each, rows, within) for each in document["counters"])


def _exact(printed: str, share: Fraction) -> None:
    assert abs(Fraction(printed) - share) <= Fraction(1, 2 * 10**6)


def _of_counter(told: dict, rows: Rows, within: Within) -> int:
    if not told["code"]:
        return 0
    truth = rows.tally(within, 1, told["name"], told["code"])
    slips = [told[name] for name in ("issued", "cancelled", "returned")]
    assert slips == [truth.issued, truth.cancelled, truth.returned], told
    verdicts = [told[name] for name in ("valid", "satisfied", "dissatisfied")]
    assert None in verdicts or verdicts == [truth.valid, truth.good, truth.bad], told
    assert told["suppressed"] == (0 < truth.valid < 10), told
    return 7


# ── Public pages and files of one period ───────────────────────────────────────────────


def of_table(text: str, rows: Rows, period: str) -> int:
    """``figures.csv``: each line's counts, or the reason why one is not told."""
    places = {"Quầy": (1, Counter, "name"), "Thủ tục": (2, Procedure, "short_name")}
    held = 0
    for line in csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))):
        if line["Nhóm"] in places and not line["Mã"]:  # what cannot be told apart
            continue
        truth = rows.tally(period.__eq__)
        if line["Nhóm"] in places:
            place, model, label = places[line["Nhóm"]]
            named = dict(model.objects.values_list("code", label))[line["Mã"]]
            truth = rows.tally(period.__eq__, place, named, line["Mã"])
        slips = [truth.issued, truth.cancelled, truth.silent, truth.returned]
        assert [int(line[name]) for name in COLUMNS[:4]] == slips, line
        for name, attribute in TOLD.items():
            if line[name].isdigit():
                assert int(line[name]) == getattr(truth, attribute), (line, name)
            else:
                assert line[name] in ("<10", "dưới 30 phiếu", "ẩn kèm", "chưa mở riêng"), line
        held += len(COLUMNS)
    return held


def of_public_page(content: bytes, truth: Tally, levels: dict[str, dict[int, int]]) -> int:
    """The four cards, the criteria and the version's line of one period's page."""
    page = lxml.html.fromstring(content)
    cards = [_number(each.text_content()) for each in page.xpath('//dd[@class="big-figure"]')]
    assert cards == [truth.issued, truth.returned, truth.good, truth.bad], truth
    criteria = recount.of_rows(page.xpath('//h2[@id="criteria"]/following-sibling::table[1]')[0])
    for criterion in _criteria():
        good, bad = levels[criterion.code].get(1, 0), levels[criterion.code].get(0, 0)
        assert list(map(_number, criteria[str(criterion.text)])) == [good, bad], criterion
    version = page.xpath('//*[@aria-labelledby="versions"]//tbody/tr[1]/td[@class="n"]')
    stated = [_number(each.text_content()) for each in version]
    assert stated == [truth.issued, truth.returned, truth.valid, truth.void, truth.good, truth.bad]
    return len(cards) + 2 * len(levels) + len(stated)


def of_public_months(content: bytes, truths: dict[str, Tally]) -> int:
    """The table of an office's published months and their sum."""
    page = recount.of_page(content, "months")
    for month, truth in truths.items():
        own = [_number(page[month, name].partition(" ")[0]) for name in ("Phát ra", "Thu về")]
        assert own == [truth.issued, truth.returned], month
        for name, part in (("Hài lòng", truth.good), ("Không hài lòng", truth.bad)):
            shown, _, share = page[month, name].partition(" (")
            assert _number(shown) == part
            assert recount.is_rounded(share.rstrip(")"), Fraction(part, truth.valid), 1000), page[month, name]
        assert recount.is_rounded(page[month, "Tỷ lệ thu về"], Fraction(truth.returned, truth.issued), 100)
    return len(truths) * (len(OF_PERIODS) + 2)


def _number(text: str) -> int:
    return int(text.strip().replace(".", ""))


def count_published(
    office: Office, rows: Rows, public: Client, machine: Client, periods: Iterable[str]
) -> int:
    """Every period's public page and files and the interface's document of it, then the office's page."""
    held, truths = 0, {}
    for period in periods:
        truth = truths[_short(period)] = rows.tally(period.__eq__)
        address = f"/results/{office.code}/{period}/"
        levels = levels_of(rows, period.__eq__)
        held += of_public_page(public.get(address).content, truth, levels)
        held += of_table(public.get(f"{address}figures.csv").content.decode(), rows, period)
        for answer in (
            public.get(f"{address}figures.json"),
            machine.get(f"/api/v1/months/{period}?office={office.code}"),
        ):
            assert answer.status_code == 200
            held += of_document(answer.json(), rows, period.__eq__)
    return held + of_public_months(public.get(f"/results/{office.code}/").content, truths)


def _short(period: str) -> str:
    year, _, month = period.partition("-")
    return f"{int(month)}/{year}"


# ── Tables of the files that have no surface of their own ──────────────────────────────


def of_other_tables(cells: Cells, rows: Rows, months: MonthRange) -> int:
    """Criteria, their levels, ways of handing out, and what the stretch is compared with."""
    inside = {str(month) for month in months}
    levels = levels_of(rows, inside.__contains__)
    held = 0
    for criterion in _criteria():
        name, own = str(criterion.text), levels[criterion.code]
        good = sum(n for level, n in own.items() if level in rows.satisfied)
        truth = Tally(valid=sum(own.values()), good=good)
        held += recount.check(cells, "Tiêu chí", name, truth, slips=False)
        for level in criterion.scale.levels.all():
            number = cells["Mức trả lời", f"{name}: {level.label}", "Số phiếu"][0]
            share = cells["Mức trả lời", f"{name}: {level.label}", "Tỷ lệ"][0]
            assert int(number) == own.get(level.value, 0)
            assert abs(Decimal(share) - Decimal(number) / truth.valid) < Decimal("1e-12")
            held += 2
    for channel in SlipChannel:
        truth = recount.of_slips(rows, inside.__contains__, channel)
        held += recount.check(cells, "Cách phát phiếu", str(channel.label), truth)
    return held + _compared(cells, rows, months)


def _compared(cells: Cells, rows: Rows, months: MonthRange) -> int:
    stretches = (
        months.previous(),
        months.same_last_year(),
        MonthRange(Month(months.last.year, 1), months.last),
    )
    names = list(dict.fromkeys(name for table, name, _column in cells if table == "Tổng hợp"))[1:]
    held = 0
    for name, stretch in zip(names, stretches, strict=True):
        within = {str(month) for month in stretch}
        truth = rows.tally(within.__contains__)
        if truth.issued:
            held += recount.check(cells, "Tổng hợp", name, truth)
    return held
