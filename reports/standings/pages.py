"""A standing as its pages print it: rows with their intervals drawn, a unit beside the country.

Everything is read off the signed document, so a page costs the same however many answered. Numbers arrive printed in
the language of the page.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from fractions import Fraction

from django.utils import translation
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from reports.arithmetic.place_bounds import Band, band_of
from reports.charts.score_intervals import Axis, drawn, heading
from reports.models import Standing
from reports.standings import scoring
from surveys.reference.questionnaires import Words
from surveys.vietnamese import fold, group

ALL, RANKED, NEAR = "all", "ranked", "near"


def page_of(standing: Standing, *, chosen: str = "", q: str = "", only: str = ALL) -> dict:
    """The results page: every unit in its row, those filtered away left out, the chosen one beside them."""
    said = standing.document
    names = names_of(said)
    band = next((unit for unit in said["units"] if unit["office"] == chosen), None)
    axis = Axis.of(said["units"])
    shown = [unit for unit in said["units"] if _is_wanted(unit, band, names, q=q, only=only)]
    return frame(standing) | {
        "axis": heading(axis),
        "rows": [
            row(unit, names, said["ranked"]) | {"drawn": drawn(unit, axis, band), "is_chosen": unit is band}
            for unit in shown
        ],
        "chosen": _card(band, said, names) if band else None,
        "q": q,
        "only": only,
        "ranked": said["ranked"],
        "hidden": len(said["units"]) - len(shown),
        "formula": said["formula"]["text"],
        "confidence": percent_of(said["confidence"]),
        "bands": bands(said),
        "below_target": below_target(said),
        "with_target": sum(bool(unit["target"]) for unit in said["units"]),
        "from_ballots": "bound" in said,
    }


def unit_page(standing: Standing, code: str) -> dict | None:
    """One unit: its place, its sections beside the country, what would move it, its calculation; None if it is none."""
    said = standing.document
    names = names_of(said)
    unit = next((unit for unit in said["units"] if unit["office"] == code), None)
    if unit is None:
        return None
    return frame(standing) | {
        "unit": _card(unit, said, names),
        "sections": list(_sections(unit, said)),
        "country_of": said["country"].get("units"),
        "moves": list(_moves(unit, said)),
        "trace": list(_trace(unit, said)),
        "formula": said["formula"]["text"],
        "has_files": unit["levels"] is not None,
    }


def frame(standing: Standing) -> dict:
    """What every page of a standing says of itself."""
    said, campaign, language = standing.document, standing.campaign, translation.get_language()
    return {
        "standing": standing,
        "slug": campaign.slug,
        "name": Words(campaign.name, campaign.name_en).in_(language),
        "notice": Words(campaign.notice, campaign.notice_en).in_(language),
        "legal_basis": said["legal_basis"],
        "first_day": date.fromisoformat(said["from"]),
        "last_day": date.fromisoformat(said["to"]),
        "extensions": [(date.fromisoformat(e["until"]), e["reason"]) for e in said["extensions"]],
        "units": len(said["units"]),
        "minimum_n": said["minimum_n"],
    }


def names_of(said: dict) -> dict[str, str]:
    return {unit["office"]: unit["name"] for unit in said["units"]}


def row(unit: dict, names: dict[str, str], ranked: int) -> dict:
    return {
        "office": unit["office"],
        "name": names[unit["office"]],
        "place": unit["place"] or "–",
        "score": printed(unit["score"]) if unit["score"] else "–",
        "n": count_of(unit["n"]),
        "target": unit["target"],
        "reached": unit["target"] is None or (unit["n"] or 0) >= unit["target"],
        "range": _range(unit),
        "band": band_words(unit, ranked),
        "interval": _interval(unit),
    }


def place_words(unit: dict) -> str:
    """Hạng 10 (từ 4 đến 22)."""
    if unit["place"] is None:
        return _("Không xếp hạng")
    figures = {"place": unit["place"], "low": unit["place_low"], "high": unit["place_high"]}
    if unit["place_low"] == unit["place_high"]:
        return _("Hạng %(place)s") % figures
    return _("Hạng %(place)s (từ %(low)s đến %(high)s)") % figures


def place_sentence(unit: dict, said: dict) -> str:
    """The place with those that the unit may also have, and that this holds for all units together; '' if not ranked."""
    if unit["place"] is None:
        return ""
    named = {"place": unit["place"], "units": said["ranked"], "sure": percent_of(said["confidence"])}
    named |= {"low": unit["place_low"], "high": unit["place_high"]}
    if unit["place_low"] == unit["place_high"]:
        return (
            _(
                "Hạng %(place)s trong %(units)s đơn vị. Với số phiếu đã có, không có hạng nào khác (độ tin cậy %(sure)s%%, tính "
                "chung cho cả %(units)s đơn vị)."
            )
            % named
        )
    return (
        _(
            "Hạng %(place)s trong %(units)s đơn vị. Với số phiếu đã có, hạng có thể từ %(low)s đến %(high)s (độ tin cậy "
            "%(sure)s%%, tính chung cho cả %(units)s đơn vị)."
        )
        % named
    )


def band_words(unit: dict, ranked: int) -> str:
    """In which half of the list all possible places lie; '' if not ranked."""
    if unit["place"] is None:
        return ""
    words = {
        Band.UPPER: _("nửa trên"),
        Band.BETWEEN: _("chưa phân được"),
        Band.LOWER: _("nửa dưới"),
    }
    return words[band_of(unit["place_low"], unit["place_high"], ranked)]


def bands(said: dict, number: Callable[[int], str] = str) -> str:
    """How many units lie for certain in either half of the list; ``number`` writes a count."""
    found = Counter(
        band_of(unit["place_low"], unit["place_high"], said["ranked"])
        for unit in said["units"]
        if unit["place"] is not None
    )
    named = {
        "upper": number(found[Band.UPPER]),
        "between": number(found[Band.BETWEEN]),
        "lower": number(found[Band.LOWER]),
    }
    return (
        _(
            "Mọi hạng có thể đều thuộc nửa trên: %(upper)s đơn vị; đều thuộc nửa dưới: %(lower)s đơn vị; chưa phân được: "
            "%(between)s đơn vị."
        )
        % named
    )


def below_target(said: dict) -> int:
    """How many units have fewer ballots than they planned."""
    return sum((unit["n"] or 0) < unit["target"] for unit in said["units"] if unit["target"])


def percent_of(share: str) -> str:
    return printed(f"{(Decimal(share) * 100).normalize():f}")


def apart_words(unit: dict, ranked: int) -> str:
    """How many units differ for certain, and how many cannot be told apart from this one."""
    if unit["place"] is None:
        return ""
    same = ranked - 1 - unit["above"] - unit["below"]
    return _(
        "%(above)s đơn vị cao hơn rõ rệt, %(below)s đơn vị thấp hơn rõ rệt; với %(same)s đơn vị còn lại chưa phân được hơn kém."
    ) % {
        "above": unit["above"],
        "below": unit["below"],
        "same": same,
    }


def printed(text: str) -> str:
    """A decimal of the document in the language of the page."""
    return text if translation.get_language() == "en" else text.replace(".", ",")


# ── Parts ──────────────────────────────────────────────────────────────────────────────


def _is_wanted(unit: dict, band: dict | None, names: dict[str, str], *, q: str, only: str) -> bool:
    if fold(q) not in fold(names[unit["office"]]):
        return False
    if only == RANKED:
        return unit["place"] is not None
    if only == NEAR and band and band["low"] is not None:
        return (
            unit["low"] is not None
            and Decimal(unit["low"]) <= Decimal(band["high"])
            and Decimal(band["low"]) <= Decimal(unit["high"])
        )
    return True


def _card(unit: dict, said: dict, names: dict[str, str]) -> dict:
    modes = unit["modes"] or {}
    return row(unit, names, said["ranked"]) | {
        "place_words": place_words(unit),
        "place_sentence": place_sentence(unit, said),
        "apart": apart_words(unit, said["ranked"]),
        "modes": [
            (
                label,
                count_of(modes[mode]["n"]),
                printed(modes[mode]["score"]) if modes[mode]["score"] else "–",
            )
            for mode, label in (("open", _("Trả lời mở")), ("invited", _("Theo giấy mời")))
            if mode in modes
        ],
    }


def _sections(unit: dict, said: dict) -> Iterator[dict]:
    """A section's score beside that of all answers of the country, each with a bar on 0–100."""
    for section in said["formula"]["sections"]:
        own = (unit["sections"] or {}).get(section["code"])
        country = said["country"]["sections"][section["code"]]
        yield {
            "title": section["title"] or _("Các tiêu chí"),
            "weight": printed(section["weight"]),
            "own": printed(own) if own else "–",
            "country": printed(country) if country else "–",
            "bar": _bar(own, country) if own and country else "",
        }


def _bar(own: str, country: str) -> SafeString:
    return format_html(
        '<svg class="cat" width="100%" height="16" aria-hidden="true"><rect class="base" x="0" y="5" width="100%" height="6"/>'
        '<rect class="own" x="0" y="5" width="{}%" height="6"/><line class="mean" x1="{}%" x2="{}%" y1="0" y2="16"/></svg>',
        *(own, country, country),
    )


def _moves(unit: dict, said: dict) -> Iterator[dict]:
    """For each section below the country: score and place if it were as good as the country's, all else the same."""
    if unit["place"] is None or not unit["sections"]:
        return
    weights = {section["code"]: Fraction(section["weight"]) for section in said["formula"]["sections"]}
    known = {code: Fraction(score) for code, score in unit["sections"].items() if score is not None}
    total = sum(weights[code] for code in known)
    others = [
        Decimal(other["score"]) for other in said["units"] if other["place"] is not None and other is not unit
    ]
    for section in said["formula"]["sections"]:
        code, country = section["code"], said["country"]["sections"][section["code"]]
        if code not in known or country is None or Fraction(country) <= known[code] or not total:
            continue
        gain = (Fraction(country) - known[code]) * weights[code] / total
        score = scoring.two_decimals(Fraction(unit["score"]) + gain)
        yield {
            "title": section["title"],
            "gain": printed(str(scoring.two_decimals(gain))),
            "score": printed(str(score)),
            "place": 1 + sum(other > score for other in others),
        }


def _trace(unit: dict, said: dict) -> Iterator[dict]:
    """Criterion by criterion: how many chose each level, the points of the level, the score they make."""
    if unit["levels"] is None:
        return
    titles = {section["code"]: section["title"] for section in said["formula"]["sections"]}
    for criterion in said["formula"]["criteria"]:
        counts = unit["levels"].get(criterion["code"], {})
        score = unit["criteria"].get(criterion["code"])
        yield {
            "text": criterion["text"],
            "section": titles[criterion["section"]],
            "weight": printed(criterion["weight"]),
            "levels": [
                (level["label"], counts.get(str(level["level"]), 0), printed(points_of(level["points"])))
                for level in criterion["levels"]
            ],
            "n": sum(counts.values()),
            "score": printed(score) if score else "–",
        }


def points_of(text: str) -> str:
    """Points of a level to two decimals; whole ones without."""
    exact = Fraction(text)
    return str(exact) if exact.denominator == 1 else str(scoring.two_decimals(exact))


def count_of(n: int | None) -> str:
    if n is None:
        return "<10"
    return f"{n:,}" if translation.get_language() == "en" else group(n)


def _range(unit: dict) -> str:
    return f"{unit['place_low']} – {unit['place_high']}" if unit["place"] else "–"


def _interval(unit: dict) -> str:
    """The interval of a score, to two decimals, outwards: what the document keeps to four."""
    if unit["low"] is None:
        return ""
    low = Decimal(unit["low"]).quantize(Decimal("0.01"), "ROUND_FLOOR")
    high = Decimal(unit["high"]).quantize(Decimal("0.01"), "ROUND_CEILING")
    return f"{printed(str(low))}–{printed(str(high))}"
