"""What a standing says, as one document that page, tables, API and signature share: formula, units, calculation.

Scores are made of sums; places also of single ballots, equal ones together. Numbers that are not whole stand as text with a point; fractions as "100/3". Small numbers (docs/spec/trust.md §7): under 10 ballots nothing, under 30 no score.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

from reports.arithmetic.place_bounds import PlaceRange
from reports.arithmetic.statistics import adequate_sample
from reports.arithmetic.suppression import COUNTS_FROM, PERCENT_FROM
from reports.models import MonthCell, MonthSum
from reports.standings import bounds, scoring
from surveys.box.boxed import INVITED, OPEN
from surveys.choices import FormulaKind
from surveys.models import Campaign
from surveys.reference.questionnaires import QuestionnaireFacts, questionnaire_of

Levels = dict[str, dict[int, int]]  # criterion → level → answers


@dataclass
class Unit:
    """The sums of one unit, together and by the way the answers came in ('' for those not told apart)."""

    office: str
    name: str
    target: int | None
    levels: Levels = field(default_factory=lambda: defaultdict(lambda: defaultdict(int)))
    by_mode: dict[str, Levels] = field(
        default_factory=lambda: defaultdict(lambda: defaultdict(lambda: defaultdict(int)))
    )
    n: int = 0
    n_by_mode: dict[str, int] = field(default_factory=lambda: defaultdict(int))


def title_line(version: int) -> str:
    """The first line of what is signed; names the format."""
    return f"kbnn-standing-v1 {version}"


def formula_of(campaign: Campaign) -> scoring.Formula:
    """The campaign's formula as the arithmetic takes it."""
    questionnaire = questionnaire_of(campaign.questionnaire_id)
    return scoring.Formula(
        campaign.formula, tuple(map(_question, questionnaire.criteria)), _section_weights(questionnaire)
    )


def formula_words(campaign: Campaign) -> str:
    """The formula as a head clerk reads it; printed in every standing."""
    one = {
        FormulaKind.MEAN: "Điểm của một tiêu chí là trung bình điểm các mức đã chọn, mức thấp nhất 0 và mức cao nhất 100",
        FormulaKind.SHARE: "Điểm của một tiêu chí là tỷ lệ phần trăm câu trả lời ở mức tính là hài lòng",
    }[FormulaKind(campaign.formula)]
    return (
        f"{one}; câu “không áp dụng” không tính. Điểm của một phần là trung bình các tiêu chí theo trọng số. "
        "Điểm của đơn vị là trung bình các phần theo trọng số, từ 0 đến 100, làm tròn nửa lên hai chữ số thập phân. "
        f"Đơn vị có dưới {max(campaign.minimum_n, PERCENT_FROM)} phiếu được nêu tên, không xếp hạng. "
        "Bằng điểm thì cùng hạng; hạng tiếp theo bỏ qua số đơn vị cùng hạng."
    )


def document(*, campaign: Campaign, version: int, reason: str) -> dict:
    """Everything a standing says. Five queries beside the sums."""
    formula = formula_of(campaign)
    units = units_of(campaign)
    traces = {unit.office: scoring.calculate(formula, unit.levels) for unit in units}
    minimum = max(campaign.minimum_n, PERCENT_FROM)
    ranked = [unit.office for unit in units if unit.n >= minimum and traces[unit.office].score is not None]
    found = bounds.ranges_of(formula, bounds.ballots_of(campaign, formula), ranked, campaign.confidence)
    printed = [unit for unit in units if _is_printed(unit)]
    whole = _country(printed)
    return {
        "campaign": campaign.slug,
        "name": campaign.name,
        "legal_basis": campaign.legal_basis,
        "from": str(campaign.opens_on),
        "to": str(campaign.ends_on),
        "extensions": [{"reason": e.reason, "until": str(e.until)} for e in campaign.extensions.all()],
        "notice": campaign.notice,
        "version": version,
        "reason": reason,
        "formula": _formula_document(campaign),
        "minimum_n": minimum,
        "confidence": str(campaign.confidence.normalize()),
        "bound": bounds.METHOD,
        "ranked": len(found),
        "country": {
            "n": whole.n,
            "units": len(printed),
            "sections": _sections(scoring.calculate(formula, whole.levels)),
        },
        "units": [
            _unit(unit, traces[unit.office], found.get(unit.office), formula)
            for unit in _in_order(units, found)
        ],
    }


def units_of(campaign: Campaign) -> list[Unit]:
    """The campaign's units with their sums, by code; three queries."""
    units = {
        row.office_id: Unit(
            row.office.code, row.office.short_name, _target(row.population, campaign.sampling_error)
        )
        for row in campaign.units.select_related("office").order_by("office__code")
    }
    for office, counter, code, level, n in MonthSum.objects.in_period(campaign.slug).values_list(
        "office", "counter", "criterion", "level", "n"
    ):
        if office in units:
            units[office].levels[code][level] += n
            units[office].by_mode[counter][code][level] += n
    for office, counter, valid in MonthCell.objects.in_period(campaign.slug).values_list(
        "office", "counter", "valid"
    ):
        if office in units:
            units[office].n += valid
            units[office].n_by_mode[counter] += valid
    return list(units.values())


def _question(criterion) -> scoring.Question:
    even = scoring.even_points([level.value for level in criterion.levels])
    return scoring.Question(
        code=criterion.code,
        points={
            level.value: even[level.value] if level.points is None else Fraction(level.points)
            for level in criterion.levels
        },
        satisfied=frozenset(level.value for level in criterion.levels if level.satisfied),
        weight=criterion.weight,
        section=criterion.section,
    )


def _section_weights(questionnaire: QuestionnaireFacts) -> dict[str, Decimal]:
    weights = {section.code: section.weight for section in questionnaire.sections}
    return (
        weights
        if all(criterion.section for criterion in questionnaire.criteria)
        else weights | {"": Decimal(1)}
    )


def _formula_document(campaign: Campaign) -> dict:
    questionnaire, formula = questionnaire_of(campaign.questionnaire_id), formula_of(campaign)
    titles = {section.code: section.title.vi for section in questionnaire.sections}
    texts = {criterion.code: criterion.text.vi for criterion in questionnaire.criteria}
    labels = {c.code: {level.value: level.label.vi for level in c.levels} for c in questionnaire.criteria}
    return {
        "kind": formula.kind,
        "text": formula_words(campaign),
        "sections": [
            {"code": code, "title": titles.get(code, ""), "weight": _plain(weight)}
            for code, weight in formula.sections.items()
        ],
        "criteria": [
            {
                "code": q.code,
                "text": texts[q.code],
                "section": q.section,
                "weight": _plain(q.weight),
                "levels": [
                    {
                        "level": v,
                        "label": labels[q.code][v],
                        "points": str(Fraction(q.points[v])),
                        "satisfied": int(v in q.satisfied),
                    }
                    for v in sorted(q.points)
                ],
            }
            for q in formula.questions
        ],
    }


def _unit(unit: Unit, trace: scoring.Trace, place: PlaceRange | None, formula: scoring.Formula) -> dict:
    shown = _is_printed(unit)
    return {
        "office": unit.office,
        "name": unit.name,
        "n": unit.n if unit.n >= COUNTS_FROM or unit.n == 0 else None,
        "target": unit.target,
        "score": str(trace.score) if shown and trace.score is not None else None,
        **_place(place),
        "modes": _modes(unit, formula) if shown else None,
        "sections": _sections(trace) if shown else None,
        "criteria": {line.code: _two(line.score) for line in trace.lines} if shown else None,
        "levels": {
            code: {str(v): n for v, n in sorted(levels.items())}
            for code, levels in sorted(unit.levels.items())
        }
        if shown
        else None,
    }


def _place(place: PlaceRange | None) -> dict:
    """``place_low`` is the best place the unit may have; above and below: ranked units that differ for certain."""
    if place is None:
        nothing = dict.fromkeys(("place", "place_low", "place_high", "low", "high"))
        return nothing | {"above": 0, "below": 0}
    return {
        "place": place.place,
        "place_low": place.best,
        "place_high": place.worst,
        "low": _of_hundredths(place.low),
        "high": _of_hundredths(place.high),
        "above": place.best - 1,
        "below": place.units - place.worst,
    }


def _modes(unit: Unit, formula: scoring.Formula) -> dict:
    """Open and invited answers apart: n always, scores where either has enough that the other is not given away."""
    counts = {OPEN: unit.n_by_mode[OPEN], INVITED: unit.n_by_mode[INVITED]}
    rest = unit.n - sum(counts.values())
    may_tell = all(n == 0 or n >= COUNTS_FROM for n in (*counts.values(), rest))
    found = {}
    for mode, n in counts.items():
        score = (
            scoring.calculate(formula, unit.by_mode[mode]).score if n >= PERCENT_FROM and may_tell else None
        )
        found[mode.lower()] = {"n": n if may_tell else None, "score": _text(score)}
    return found


def _is_printed(unit: Unit) -> bool:
    """Whether the unit's levels stand in the document; no sum holds a unit whose levels do not."""
    return unit.n >= PERCENT_FROM


def _country(units: Iterable[Unit]) -> Unit:
    """The sum of exactly the units that are printed: a remainder would tell the others' answers."""
    whole = Unit("", "", None)
    for unit in units:
        whole.n += unit.n
        for code, levels in unit.levels.items():
            for level, n in levels.items():
                whole.levels[code][level] += n
    return whole


def _in_order(units: list[Unit], found: Mapping[str, PlaceRange]) -> list[Unit]:
    """Ranked units by place, then those that are listed only; equal ones by code."""
    return sorted(
        units, key=lambda unit: (found[unit.office].place if unit.office in found else 10**6, unit.office)
    )


def _sections(trace: scoring.Trace) -> dict[str, str | None]:
    return {code: _two(score) for code, score in trace.sections.items()}


def _target(population: int | None, error: Decimal) -> int | None:
    return adequate_sample(population, Fraction(error)) if population else None


def _two(score: Fraction | None) -> str | None:
    return None if score is None else str(scoring.two_decimals(score))


def _text(value: Decimal | None) -> str | None:
    return None if value is None else str(value)


def _of_hundredths(points: int) -> str:
    return f"{points // 100}.{points % 100:02d}"


def _plain(value: Decimal) -> str:
    return f"{value.normalize():f}"
