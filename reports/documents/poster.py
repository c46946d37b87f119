"""The poster beside the counter: what customers said, what was done. Customers' paper: numbers without a leading zero.

It hangs in public, so a period under thirty ballots tells no answers (docs/spec/trust.md §5), and none under ten what came back.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from reports.arithmetic.shares import rate_beside
from reports.arithmetic.suppression import COUNTS_FROM, PERCENT_FROM
from reports.documents.frame import DRAFT, seal_code, stretch_of
from reports.documents.material import Facts
from reports.exports.content import Deed, Poster, SealMark
from reports.month.figures import Totals
from reports.month.wording import capital, not_judged, satisfied_with
from surveys.periods import TIME_ZONE
from surveys.vietnamese import long_date, official

GOOD, BAD, VOID, SILENT = "good", "bad", "void", "silent"
MOST_DEEDS, MOST_BESIDE_DOTS = 4, 2
LONGEST_DEED = 90  # characters; more runs into the foot
TITLE = ("Ông/bà đã nói –", "Chúng tôi đã làm")


def poster(facts: Facts) -> Poster:
    """Of one month, quarter or range of months."""
    month, totals = facts.month, facts.month.totals
    told = may_tell(totals)
    deeds = tuple(_deeds(facts)) if told else ()
    draws = told and len(deeds) <= MOST_BESIDE_DOTS
    department = facts.form.named if facts.form.named != month.office.name else ""
    return Poster(
        name=f"ap-phich-{month.office.code}-{stretch_of(month)}",
        title=TITLE,
        stretch=capital(official(month.label)),
        office=month.office.name,
        department=department,
        lead=_lead(facts),
        lead_stands_alone=not told,
        figures=tuple(_figures(totals, told)),
        dots=tuple(_dots(_shares_of(totals))) if draws else (),
        legend=tuple(_legend(totals)) if draws else (),
        small="Mỗi hình là một phần trăm số phiếu phát ra, làm tròn." if draws else "",
        deeds_title="Khách góp ý, chúng tôi làm",
        deeds=deeds,
        no_deeds="Chưa có ý kiến nào để trả lời ở đây. Mời ông/bà góp ý tại bàn viết.",
        foot="Phiếu không ghi tên; không ai tại quầy biết ông/bà trả lời thế nào.",
        seal=_seal(facts),
        sealed=_sealed(facts),
        watermark="" if facts.is_sealed else DRAFT,
        dated=facts.dated,
    )


def may_tell(totals: Totals) -> bool:
    return totals.valid is not None and totals.valid >= PERCENT_FROM


def _lead(facts: Facts) -> str:
    totals = facts.month.totals
    known = totals.participation
    begin = f"{capital(facts.label)}: {totals.issued_text} phiếu phát ra"
    if known.returned < COUNTS_FROM:
        return f"{begin}. Số phiếu thu về dưới 10 nên kết quả không in ở đây, để giữ kín phiếu của ông/bà."
    back = f"{begin}, {totals.returned_text} phiếu thu về{rate_beside(known.returned, known.issued)}"
    if not may_tell(totals):
        return f"{back}. Kết quả dưới 30 phiếu không in ở đây, để giữ kín phiếu của ông/bà."
    satisfied = satisfied_with(totals)
    within = "phiếu thu về" if totals.valid == known.returned else "phiếu hợp lệ đã công bố"
    if not totals.dissatisfied:
        return f"{back}. Cả {totals.valid_text} {within} đều {satisfied}."
    return (
        f"{back}. Trong {totals.valid_text} {within}, {totals.satisfied_text} {satisfied} "
        f"({totals.satisfied_share_text}), {totals.dissatisfied_text} không hài lòng."
    )


def _figures(totals: Totals, told: bool) -> Iterator[tuple[str, str]]:
    known = totals.participation
    yield totals.issued_text, "phiếu phát ra"
    if known.returned >= COUNTS_FROM:
        yield totals.returned_text, f"phiếu thu về{rate_beside(known.returned, known.issued)}"
    if told:
        yield totals.satisfied_text, satisfied_with(totals)
        yield totals.dissatisfied_text, "không hài lòng"


def _shares_of(totals: Totals) -> list[tuple[str, int]]:
    """The parts of all that was issued, by sign."""
    known, told = totals.participation, totals.told
    return [
        (GOOD, told.satisfied),
        (BAD, told.dissatisfied),
        (VOID, known.returned - told.valid),
        (SILENT, known.issued - known.returned),
    ]


def _dots(parts: Sequence[tuple[str, int]]) -> Iterator[str]:
    """A hundred signs by largest remainder; a part that is not empty keeps at least one."""
    whole = sum(n for _sign, n in parts)
    dots = [n * 100 // whole for _sign, n in parts]
    for index in sorted(range(len(parts)), key=lambda i: -(parts[i][1] * 100 % whole))[: 100 - sum(dots)]:
        dots[index] += 1
    for index, (_sign, n) in enumerate(parts):
        if n and not dots[index]:
            dots[index] = 1
            dots[dots.index(max(dots))] -= 1
    for (sign, _n), times in zip(parts, dots, strict=True):
        yield from [sign] * times


def _legend(totals: Totals) -> Iterator[tuple[str, str]]:
    known = totals.participation
    yield GOOD, f"Hài lòng: {totals.satisfied_text} phiếu"
    yield BAD, f"Không hài lòng: {totals.dissatisfied_text} phiếu"
    if known.returned != totals.valid:
        yield VOID, capital(not_judged(totals, silent=False))
    if known.cancelled:
        yield SILENT, f"Không thu về: {totals.not_returned_text} phiếu; hủy: {totals.cancelled_text} phiếu"
    else:
        yield SILENT, f"Không thu về: {totals.not_returned_text} phiếu"


def _deeds(facts: Facts) -> Iterator[Deed]:
    for row in facts.follow_up.done[:MOST_DEEDS] if facts.follow_up else ():
        said, state, done, day = row
        yield Deed(_short(said), state, _short(done), _short(day))


def _short(text: str) -> str:
    return text if len(text) <= LONGEST_DEED else f"{text[: LONGEST_DEED - 1].rstrip()}…"


def _seal(facts: Facts) -> SealMark | None:
    """Where to look; with the seal's code when the stretch is one sealed period."""
    if not facts.is_sealed:
        return None
    seal = facts.seal
    return SealMark(
        code=seal_code(seal.code) if seal else "",
        address=f"{facts.results_url}#{seal.code}" if seal else facts.results_url,
        before="Mã niêm phong" if seal else "",
        after="Quét mã để xem số liệu và tự kiểm phiếu.",
    )


def _sealed(facts: Facts) -> str:
    if not facts.is_sealed:
        return "Chưa niêm phong; số liệu có thể thay đổi."
    if facts.seal is None:
        return "Đã niêm phong"
    return f"Đã niêm phong {long_date(facts.seal.sealed_at.astimezone(TIME_ZONE).date())}"
