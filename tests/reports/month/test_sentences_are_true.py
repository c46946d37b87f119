"""A reader with the raw counts checks every sentence of a month; one that this reader cannot read fails as well.

Nothing here uses the product's arithmetic: shares, bounds, intervals and limits are worked out a second time. The
sentences on a rise of dissatisfied ballots have their own reader (`tests.reports.arithmetic.test_wording`).
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from fractions import Fraction
from types import SimpleNamespace

from hypothesis import example, given, settings
from hypothesis import strategies as st

from reports.arithmetic.clusters import Clusters, Organisations
from reports.arithmetic.counts import Participation, Verdicts
from reports.arithmetic.suppression import shown
from reports.documents import minutes, report
from reports.month import wording
from reports.month.control_limits import Course
from reports.month.figures import Totals
from reports.month.snapshot import SEALED, Snapshot
from surveys.periods import Month, range_of

FIRST = Month(2022, 6)
TAIL = Fraction(1, 1000)
NEVER = (
    "không có thay đổi",
    "ổn định",
    "như thường lệ",
    "dao động",
    "sai số 5%",
    "đại diện",
    "tỷ lệ hài lòng của khách",
)


@dataclass(frozen=True)
class Counted:
    """One month as the books have it; ``slips``: of each organisation, how many it had and how many it returned."""

    slips: tuple[tuple[int, int], ...] = ()
    bad: int = 0
    void: int = 0
    cancelled: int = 0
    paper: int = 0

    @property
    def issued(self) -> int:
        return sum(had for had, _back in self.slips) + self.cancelled

    @property
    def returned(self) -> int:
        return sum(back for _had, back in self.slips)

    @property
    def valid(self) -> int:
        return self.returned - self.void

    @property
    def good(self) -> int:
        return self.valid - self.bad

    @property
    def asked(self) -> int:
        return self.issued - self.cancelled


def totals_of(counted: Counted, month: Month) -> Totals:
    known = Participation(
        issued=counted.issued,
        cancelled=counted.cancelled,
        expired=counted.asked - counted.returned,
        returned=counted.returned,
        paper=counted.paper,
    )
    said = Verdicts.of(satisfied=counted.good, dissatisfied=counted.bad, void=counted.void)
    names = {"label": month.label, "short_label": month.short_label, "months": range_of(month)}
    return Totals.of(known, said, shown(counted.valid), months_with_slips=int(counted.issued > 0), **names)


def month_of(course: list[Counted]) -> Snapshot:
    """The last of some months, all sealed."""
    rows = tuple(totals_of(each, FIRST.plus(place)) for place, each in enumerate(course))
    last = course[-1]
    # What was cancelled had an owner, too; here each belongs to somebody who got no other slip.
    whose = Organisations(Clusters.of([*last.slips, *[(1, 0)] * last.cancelled]), {})
    before = rows[-2] if len(rows) > 1 else totals_of(Counted(), FIRST.plus(-1))
    return Snapshot(
        office=SimpleNamespace(code="HB"),
        months=rows[-1].months,
        period=FIRST.plus(len(course) - 1),
        state=SEALED,
        seal_code=None,
        totals=rows[-1],
        unreleased=0,
        held_back=0,
        counters=(),
        procedures=(),
        counter_criteria=(),
        channels=(),
        previous=before,
        same_last_year=totals_of(Counted(), FIRST.plus(-12)),
        year_to_date=rows[-1],
        over_time=Course(periods=rows, open_labels=(), word="tháng"),
        organisations=whose if last.issued else None,
    )


# ── What the reader works out ──────────────────────────────────────────────────────────


def number(text: str) -> int:
    return int(text.replace(".", ""))


def percent(text: str) -> Fraction:
    return Fraction(text.replace(",", ".")) / 100


def half_up(share: Fraction, steps: int) -> Fraction:
    return Fraction(math.floor(share * steps + Fraction(1, 2)), steps)


def check_share(printed: str, part: int, whole: int) -> None:
    """Two shares: the smaller one rounded, the larger what is left; 0 and 100 for none and all alone."""
    if part in (0, whole):
        assert printed == ("0%" if part == 0 else "100%")
        return
    smaller = half_up(Fraction(min(part, whole - part), whole), 1000)
    if smaller == 0:
        assert printed == ("dưới 0,1%" if part < whole - part else "trên 99,9%")
        return
    assert percent(printed.removesuffix("%")) == (smaller if 2 * part <= whole else 1 - smaller)


def check_rate(printed: str, month: Counted) -> None:
    """The return rate in whole percent; none and all are said of none and all alone."""
    share = Fraction(month.returned, month.issued)
    rounded = half_up(share, 100)
    if rounded in (0, 1) and rounded != share:
        assert printed == ("trên 99%" if rounded else "dưới 1%")
    else:
        assert printed == f"{int(100 * rounded)}%"


def check_outward(low: str, high: str, least: Fraction, most: Fraction) -> None:
    """The printed ends hold the true ones, and are at most one unit of their last digit away."""
    for printed, true, sign in ((low, least, 1), (high, most, -1)):
        if printed.startswith(("trên", "dưới")):
            assert 0 < true < 1
            continue
        digits = len(printed.partition(",")[2])
        gap = (true - percent(printed)) * sign
        assert 0 <= gap < Fraction(1, 100 * 10**digits), (printed, float(true))


def binomial_at_most(k: int, n: int, p: Fraction) -> Fraction:
    return sum((math.comb(n, i) * p**i * (1 - p) ** (n - i) for i in range(k + 1)), Fraction(0))


def wilson_holds(share: Fraction, n: int) -> tuple[float, float]:
    """Both roots of (p̂ − p)² = z²·p(1 − p)/n."""
    z2 = 1.959963984540054**2
    a, b, c = 1 + z2 / n, -(2 * share + z2 / n), share**2
    root = math.sqrt(max(0.0, float(b * b - 4 * a * c)))
    return float(-b - root) / (2 * a), float(-b + root) / (2 * a)


# ── What the reader reads: a pattern, and what must then be true ───────────────────────

Check = Callable[[re.Match[str], list[Counted]], object]
READ: dict[str, Check] = {}


def reads(pattern: str) -> Callable[[Check], Check]:
    def keep(check: Check) -> Check:
        READ[pattern] = check
        return check

    return keep


@reads(r"Tháng \S+: không phát phiếu nào\.|Trong tháng không phát phiếu\.")
def _(_found, course):
    assert course[-1].issued == 0


@reads(r"Tháng \S+: phát ra (\S+)\. Không có phiếu thu về; chưa có kết quả đánh giá(?:; .*)?\.")
def _(found, course):
    assert number(found[1]) == course[-1].issued > 0
    assert course[-1].returned == 0


@reads(r"Không có phiếu thu về; chưa có kết quả đánh giá\.")
def _(_found, course):
    assert course[-1].returned == 0


@reads(r"Tháng \S+: phát ra (\S+), thu về ([\d.]+)(?: \((.*?\d+%)\))?; (.*)\.")
def _(found, course):
    last = course[-1]
    assert (number(found[1]), number(found[2])) == (last.issued, last.returned)
    assert (found[3] is None) == (last.issued < 30)
    if found[3]:
        check_rate(found[3], last)
    check_verdict(found[4].partition("; tỷ lệ thu về ")[0], last)


def check_verdict(said: str, last: Counted) -> None:
    if said == "số phiếu đã công bố dưới 10 nên không nêu câu trả lời":
        assert 0 < last.valid < 10
    elif said == "không có phiếu hợp lệ; chưa có kết quả đánh giá":
        assert last.valid == 0 < last.void
    elif found := re.fullmatch(r"cả (\S+) phiếu (thu về|hợp lệ) đều hài lòng", said):
        assert 10 <= number(found[1]) == last.valid < 30
        assert last.bad == 0
        assert (found[2] == "thu về") == (last.valid == last.returned)
    elif found := re.fullmatch(
        r"trong (\S+) phiếu (?:thu về|hợp lệ), (\S+) hài lòng, (\S+) không hài lòng", said
    ):
        assert [number(part) for part in found.groups()] == [last.valid, last.good, last.bad]
        assert 10 <= last.valid < 30
    else:
        found = re.fullmatch(
            r"(?:trong số thu về|trong (\S+) phiếu hợp lệ) ([\S ]+%) hài lòng(?:, (.+%) \((\S+) phiếu\) không hài lòng)?",
            said,
        )
        assert found, said
        assert last.valid >= 30
        assert (found[1] is None) == (last.valid == last.returned)
        check_share(found[2], last.good, last.valid)
        assert (found[3] is None) == (last.bad == 0)
        if found[3]:
            check_share(found[3], last.bad, last.valid)
            assert number(found[4]) == last.bad


@reads(r"(\S+) phiếu (thu về|hợp lệ) đã được đếm đủ, không có sai số chọn mẫu\.")
def _(found, course):
    assert number(found[1]) == course[-1].valid
    assert found[2] == "hợp lệ" or course[-1].valid == course[-1].returned


@reads(r"Số phiếu này không nói thay được cho (\S+) phiếu còn lại\.")
def _(found, course):
    assert number(found[1]) == course[-1].asked - course[-1].valid > 0


@reads(r"Trong mọi phiếu phát ra: hài lòng ít nhất (.+)%, nhiều nhất (.+)%\.")
def _(found, course):
    last = course[-1]
    check_outward(found[1], found[2], Fraction(last.good, last.asked), 1 - Fraction(last.bad, last.asked))


@reads(
    r"Do còn (\S+) phiếu (không thu về)?(?: hoặc )?(không hợp lệ)?, tỷ lệ hài lòng tính trên .* "
    r"nằm trong khoảng từ (.+)% đến (.+)%\."
)
def _(found, course):
    last = course[-1]
    assert number(found[1]) == last.asked - last.valid
    assert [bool(found[2]), bool(found[3])] == [last.asked > last.returned, last.void > 0]
    check_outward(found[4], found[5], Fraction(last.good, last.asked), 1 - Fraction(last.bad, last.asked))


@reads(r"Toàn bộ phiếu phát ra đã được thu về và hợp lệ\.")
def _(_found, course):
    assert course[-1].asked == course[-1].valid


@reads(r"(\S+) phiếu phát ra của (\S+) tổ chức\.")
def _(found, course):
    last = course[-1]
    assert number(found[1]) == last.issued
    assert number(found[2]) == len(last.slips) + last.cancelled


@reads(r"Tỷ lệ thu về (.*?\d+%); với những tổ chức tương tự, từ (.+)% đến (.+?)%(?: \(độ tin cậy 95%\))?\.")
def _(found, course):
    last = course[-1]
    share = Fraction(last.returned, last.issued)
    check_rate(found[1], last)
    alone = wilson_holds(share, last.issued)
    assert percent(found[2]) <= alone[0] + 1e-9
    assert alone[1] - 1e-9 <= percent(found[3])
    assert ("độ tin cậy" in found[0]) == (len(last.slips) + last.cancelled >= 100)
    assert len(last.slips) + last.cancelled >= 10


@reads(
    r"Nếu cách phục vụ giữ nguyên, tỷ lệ lâu dài phù hợp với tháng này: (.+)–(.+)% nếu mỗi phiếu là một ý kiến riêng; "
    r"(.+)–(.+)% nếu các phiếu của một tổ chức luôn giống nhau\."
)
def _(found, course):
    last = course[-1]
    alone, alike = (
        [percent(end.split()[-1]) for end in pair] for pair in (found.groups()[:2], found.groups()[2:])
    )
    low, high = wilson_holds(Fraction(last.good, last.valid), last.valid)
    assert alone[0] <= low + 1e-9
    assert high - 1e-9 <= alone[1]
    assert alike[0] <= alone[0]
    assert alone[1] <= alike[1]


@reads(r"Chưa có giới hạn: cần ít nhất 06 tháng đã đóng trước tháng được xét, mới có (\S+)\.")
def _(found, course):
    assert number(found[1]) == max(0, len([each for each in course if each.issued]) - 1) < 6


@reads(r"Chưa có giới hạn: các tháng đã đóng có tỷ lệ thu về giống hệt nhau\.")
def _(_found, course):
    rates = {Fraction(each.returned, each.issued) for each in with_slips(course)[:-1][:12]}
    assert len(rates) == 1


@reads(r"Mọi tháng được xét đều nằm trong (giới hạn|giới hạn tạm thời) tính từ (\S+) tháng làm mốc \(.*\)\.")
@reads(
    r"Đã có (giới hạn|giới hạn tạm thời) tính từ (\S+) tháng làm mốc \(.*\); chưa có tháng nào sau mốc .*\."
)
def _(found, course):
    size = number(found[2])
    assert size == min(12, len(with_slips(course)) - 1)
    assert (found[1] == "giới hạn") == (size == 12)


@reads(
    r"Tháng (\S+) thu về (\S+) trong (\S+), (dưới|trên) giới hạn(?: tạm thời)? (\S+)–(\S+) tính từ (\S+) tháng làm mốc\."
)
def _(found, course):
    """Never narrower than the binomial: what is outside these limits is outside of chance alone as well."""
    judged = {FIRST.plus(place).short_label: each for place, each in enumerate(course)}[found[1]]
    assert (number(found[2]), number(found[3])) == (judged.returned, judged.issued)
    mark = with_slips(course)[: number(found[7])]
    rate = Fraction(sum(each.returned for each in mark), sum(each.issued for each in mark))
    assert judged not in mark or mark.count(judged) < course.count(judged)
    if found[4] == "dưới":
        assert judged.returned < number(found[5])
        assert binomial_at_most(judged.returned, judged.issued, rate) <= TAIL
    else:
        assert judged.returned > number(found[6])
        assert 1 - binomial_at_most(judged.returned - 1, judged.issued, rate) <= TAIL


@reads(r"Nếu không có gì thay đổi, trung bình hơn (\S+) năm mới báo nhầm một lần\.")
def _(found, _course):
    assert number(found[1]) <= 1 / (12 * 2 * TAIL)


@reads(
    r"Trong tháng, số phiếu phát ra là (\S+) phiếu(?: của (\S+) tổ chức)?; số phiếu thu về là (\S+) phiếu(?:, đạt (.*?\d+%))?; "
    r"số phiếu không thu về là (\S+) phiếu; số phiếu hủy là (\S+) phiếu(?:; (.*))?\."
)
def _(found, course):
    last = course[-1]
    told = [number(found[place]) for place in (1, 3, 5, 6)]
    assert told == [last.issued, last.returned, last.asked - last.returned, last.cancelled]
    assert number(found[2]) == len(last.slips) + last.cancelled
    assert (found[4] is None) == (last.issued < 30)
    if found[4]:
        check_rate(found[4], last)
    if found[7]:
        expected = (
            f"số phiếu không hợp lệ là {last.void:02d} phiếu" if last.void else "không có phiếu không hợp lệ"
        )
        assert found[7] == expected


@reads(r"Số phiếu thu về dưới 10 phiếu; kết quả không trình bày riêng để giữ bí mật phiếu của khách hàng\.")
def _(_found, course):
    assert 0 < course[-1].valid < 10


@reads(r"Không có phiếu hợp lệ; chưa có kết quả đánh giá\.")
def _(_found, course):
    assert course[-1].valid == 0 < course[-1].void


@reads(
    r"Có (\S+) phiếu đánh giá hài lòng(?:, (\S+) phiếu đánh giá không hài lòng)? trong tổng số (\S+) phiếu hợp lệ; "
    r"không tính tỷ lệ do số phiếu thu về dưới 30 phiếu\."
)
def _(found, course):
    last = course[-1]
    assert (number(found[1]), number(found[2] or "0"), number(found[3])) == (last.good, last.bad, last.valid)
    assert 10 <= last.valid < 30


@reads(r"Toàn bộ (\S+) phiếu hợp lệ đánh giá hài lòng\.")
def _(found, course):
    assert number(found[1]) == course[-1].valid == course[-1].good


@reads(
    r"Có (\S+) phiếu đánh giá hài lòng, đạt (.+) số phiếu hợp lệ; (\S+) phiếu đánh giá không hài lòng, chiếm (.+%)\."
)
def _(found, course):
    last = course[-1]
    assert (number(found[1]), number(found[3])) == (last.good, last.bad)
    check_share(found[2], last.good, last.valid)
    check_share(found[4], last.bad, last.valid)


@reads(r"Tháng \S+ chưa có số liệu, không so sánh\.")
def _(_found, course):
    assert len(course) == 1 or course[-2].issued == 0


@reads(r"So với tháng \S+, số phiếu phát ra (.+), số phiếu thu về (.+)\.")
def _(found, course):
    for said, name in zip(found.groups(), ("issued", "returned"), strict=True):
        step = getattr(course[-1], name) - getattr(course[-2], name)
        way = "không thay đổi" if not step else f"{'tăng' if step > 0 else 'giảm'} {abs(step):02d} phiếu"
        assert said == way


@reads(r"Tỷ lệ thu về (dưới|trên) giới hạn: cần xác định nguyên nhân\.")
def _(_found, course):
    assert len(with_slips(course)) > 6


def with_slips(course: Iterable[Counted]) -> list[Counted]:
    return [each for each in course if each.issued]


# ── The reading ────────────────────────────────────────────────────────────────────────


def sentences_of(month: Snapshot) -> list[str]:
    """Everything page and report say of the month, less what is said of a rise, which has its own reader."""
    facts = SimpleNamespace(month=month, word="tháng", is_sealed=True)
    course = month.over_time
    changed = " ".join(course.change_sentences)
    first = str(wording.first_glance(month)).removesuffix(changed).strip()
    said = [first, month.totals.bounds_text, wording.long_run(month), report.participation(facts)]
    said += [course.rate_sentence, wording.counted(month.totals), wording.of_organisations(month)]
    said += report.verdict(facts)
    said += (each for each in report.change(facts) if each != course.judged_words)
    assert not wording.not_told(month)
    return [each for each in said if each]


def read(text: str, course: list[Counted]) -> None:
    """Take the sentences off one after the other, the longest that can be read first."""
    left = text
    while left:
        ends = [
            place + 1
            for place, sign in enumerate(left)
            if sign == "." and left[place + 1 : place + 2] in ("", " ")
        ]
        for end in reversed(ends):
            known = [(re.fullmatch(pattern, left[:end]), check) for pattern, check in READ.items()]
            if met := [(found, check) for found, check in known if found]:
                for found, check in met:
                    check(found, course)
                left = left[end:].strip()
                break
        else:
            raise AssertionError(f"nobody reads: {left}")


def organisations(n: int, back: int, size: int) -> tuple[tuple[int, int], ...]:
    """n slips in organisations of one size, the first ones returning theirs."""
    sizes = [size] * (n // size) + ([n % size] if n % size else [])
    rows, left = [], back
    for had in sizes:
        rows.append((had, min(had, left)))
        left -= rows[-1][1]
    return tuple(rows)


@st.composite
def counted(draw) -> Counted:
    back = draw(st.sampled_from([0, 1, 9, 10, 29, 30, 31, 100, 268]))
    n = back + draw(st.sampled_from([0, 0, 1, 5, 49]))
    bad = draw(st.sampled_from([0, 0, 1, back // 2, back]))
    void = draw(st.sampled_from([0, 0, 1, 3]))
    void = min(void, back)
    size = draw(st.sampled_from([1, 3, 12]))
    paper = draw(st.sampled_from([0, back]))
    return Counted(
        organisations(n, back, size), min(bad, back - void), void, draw(st.sampled_from([0, 2])), paper
    )


def steady(n: int = 300, back: int = 255, bad: int = 0) -> Counted:
    return Counted(organisations(n, back, 4), bad)


@settings(max_examples=150, deadline=None)
@given(st.lists(counted(), min_size=1, max_size=14))
@example([steady()] * 13)
@example([steady(), *[steady(back=255 + step) for step in range(-6, 6)], steady(back=180)])  # a step
@example([steady(back=270 - 6 * step) for step in range(14)])  # a drift
@example([steady(back=300)] * 13)
@example([*[steady()] * 12, steady(bad=255)])
@example([Counted(organisations(40, 40, 4), paper=40)])
@example([Counted()])
@example([Counted((), cancelled=2)])
def test_whoever_checks_any_sentence_of_a_month_finds_it_true(course):
    for text in sentences_of(month_of(course)):
        assert not [words for words in NEVER if words in text]
        read(text, course)


# ── A correction ───────────────────────────────────────────────────────────────────────

#: What a correction may name, and what it is of a month.
CORRECTED = {
    "số phiếu phát ra": lambda month: month.issued,
    "số phiếu hủy": lambda month: month.cancelled,
    "số phiếu không thu về": lambda month: month.asked - month.returned,
    "số phiếu thu về": lambda month: month.returned,
    "số phiếu không hợp lệ": lambda month: month.void,
    "số phiếu hợp lệ": lambda month: month.valid,
    "số phiếu hài lòng": lambda month: month.good,
    "số phiếu không hài lòng": lambda month: month.bad,
}
OF_ANSWERS = list(CORRECTED)[4:]


def sealed_as(version: int, month: Counted, reason: str = "") -> SimpleNamespace:
    lines = {
        **{"issued": month.issued, "cancelled": month.cancelled, "expired": month.asked - month.returned},
        **{"returned": month.returned, "void": month.void, "valid": month.valid},
        **{"satisfied": month.good, "dissatisfied": month.bad},
    }
    text = "kbnn-seal-v1\n" + "".join(f"{key}: {n}\n" for key, n in lines.items())
    return SimpleNamespace(version=version, reason=reason, text=text)


def read_correction(text: str, before: Counted, after: Counted) -> None:
    """It names every count that changed, from what to what, and no other; answers where both versions may tell them."""
    found = re.fullmatch(
        r"Phiên bản 2 thay thế phiên bản 1\. Lý do: (.+)\. (?:Số liệu thay đổi: (.+)|Số liệu kiểm phiếu không thay đổi)\. "
        r"Cả hai phiên bản đều được công bố\.",
        text,
    )
    assert found, text
    said = {}
    for part in (found[2] or "").split("; "):
        if part:
            name, old, new = re.fullmatch(r"(.+) từ (\S+) thành (\S+)", part).groups()
            said[name] = number(old), number(new)
    told = [name for name in CORRECTED if min(before.valid, after.valid) >= 30 or name not in OF_ANSWERS]
    counts = {name: (CORRECTED[name](before), CORRECTED[name](after)) for name in told}
    assert said == {name: pair for name, pair in counts.items() if pair[0] != pair[1]}


@st.composite
def corrected(draw) -> tuple[Counted, Counted]:
    """A month, and the same with late paper: slips that had expired come back, with their answers or without."""
    before = draw(counted())
    late = draw(st.integers(0, min(12, before.asked - before.returned)))
    void, bad = draw(st.sampled_from([(late, 0), (0, 0), (0, late), (late // 2, late - late // 2)]))
    left, rows = late, []
    for had, back in before.slips:
        more = min(left, had - back)
        rows.append((had, back + more))
        left -= more
    after = replace(
        before,
        slips=tuple(rows),
        bad=before.bad + bad,
        void=before.void + void,
        paper=before.paper + late,
    )
    return before, after


@settings(max_examples=60, deadline=None)
@given(st.lists(counted(), max_size=13), corrected())
@example([steady()] * 12, (steady(), replace(steady(n=310, back=265), void=10)))
@example([steady()] * 12, (steady(), replace(steady(n=300, back=265), bad=10)))
@example([], (Counted(organisations(40, 9, 4)), Counted(organisations(40, 30, 4))))
def test_whoever_checks_any_sentence_of_a_corrected_month_finds_it_true(earlier, versions):
    before, after = versions
    course = [*earlier, after]
    for text in sentences_of(month_of(course)):
        assert not [words for words in NEVER if words in text]
        read(text, course)
    [said] = minutes.correction(sealed_as(2, after, "tìm thấy phiếu giấy"), sealed_as(1, before))
    read_correction(said, before, after)
