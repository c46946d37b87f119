"""The files a new office starts with."""

import csv
import json
import re
from datetime import date, timedelta

import pytest

from surveys.models.questionnaires import TAKEN_CODES
from surveys.reference.loading import ARTICLES_BALLOT, DATA
from surveys.vietnamese import clean_text, sort_key

#: Each ballot of the counter that is shipped.
BALLOTS = sorted(path.name for path in DATA.glob("questionnaire*.json"))


def rows(name):
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def questionnaire(name):
    return json.loads((DATA / name).read_text(encoding="utf-8"))


def days(kind):
    return {date.fromisoformat(row["date"]) for row in rows("calendar.csv") if row["kind"] == kind}


def test_every_file_is_composed_unicode_without_strange_marks():
    for path in DATA.iterdir():
        text = path.read_text(encoding="utf-8")
        assert clean_text(text) == text, path.name


def test_a_day_stands_once_in_the_calendar_and_in_order():
    listed = [row["date"] for row in rows("calendar.csv")]
    assert listed == sorted(set(listed))
    assert {row["kind"] for row in rows("calendar.csv")} == {"off", "work"}


def test_every_exchanged_day_is_worked_on_a_saturday_and_the_other_way_round():
    exchanged = {
        row["date"]: re.search(r"(\d+)/(\d+)/(\d{4})", row["note"])
        for row in rows("calendar.csv")
        if "làm bù" in row["note"]
    }
    pairs = {
        date.fromisoformat(day): date(*map(int, found.groups()[::-1])) for day, found in exchanged.items()
    }
    assert days("work") == {day for day in pairs if day.weekday() == 5}
    assert all(pairs[pairs[day]] == day for day in pairs)


def test_the_fixed_holidays_of_every_year_are_off():
    off = days("off")
    for year in range(2022, 2028):
        for month, day in ((1, 1), (4, 30), (5, 1), (9, 2)):
            assert date(year, month, day) in off


def test_tet_closes_the_counters_for_at_least_five_weekdays_running():
    off = days("off")
    for year, first in (
        (2022, (2, 1)),
        (2023, (1, 22)),
        (2024, (2, 10)),
        (2025, (1, 29)),
        (2026, (2, 17)),
        (2027, (2, 6)),
    ):
        tet = date(year, *first)
        around = [tet + timedelta(days=shift) for shift in range(-7, 8)]
        assert sum(day in off and day.weekday() < 5 for day in around) >= 5, year
        assert tet in off


def test_a_holiday_on_a_weekend_is_given_back_on_a_weekday():
    """Tết's own days are decreed as a block; the others are given back one by one."""
    off = rows("calendar.csv")
    for year in range(2022, 2028):
        named = [
            row for row in off if row["date"].startswith(str(year)) and "Tết Nguyên đán" not in row["note"]
        ]
        lost = [
            row
            for row in named
            if row["kind"] == "off"
            and "bù" not in row["note"]
            and date.fromisoformat(row["date"]).weekday() >= 5
        ]
        given_back = [row for row in named if row["note"].startswith("nghỉ bù")]
        assert len(lost) == len(given_back), year


def test_the_pilots_ballot_asks_what_the_article_asked_in_its_own_words():
    article = json.loads((DATA / "pilot.json").read_text(encoding="utf-8"))
    ballot = questionnaire(ARTICLES_BALLOT)
    for asked, named in ((ballot["criteria"], "text"), (ballot["scales"][0]["levels"], "label")):
        here, there = [each[named] for each in asked], article["criteria" if named == "text" else "levels"]
        assert here == there, (
            f"surveys/data/{ARTICLES_BALLOT} is the pilot's and says what surveys/data/pilot.json says; another ballot "
            "is a file of its own, named in BALLOT of surveys/setup/new_office.py (CONTRIBUTING.md, A criterion)"
        )


@pytest.mark.parametrize("name", BALLOTS)
def test_answers_and_reasons_stand_in_alphabetical_order_and_other_last(name):
    ballot = questionnaire(name)
    levels = [level["label"] for level in ballot["scales"][0]["levels"]]
    reasons = [reason["label"] for reason in ballot["reasons"]]
    assert levels == sorted(levels, key=sort_key), f"levels in surveys/data/{name}"
    assert reasons[:-1] == sorted(reasons[:-1], key=sort_key), f"reasons in surveys/data/{name}"
    assert reasons[-1] == "Lý do khác", f"reasons in surveys/data/{name}"


@pytest.mark.parametrize("name", BALLOTS)
def test_what_is_asked_stands_in_the_file_as_on_the_page(name):
    """Two reasons of one position would change places from page to page."""
    ballot = questionnaire(name)
    for part in ("criteria", "reasons"):
        positions = [each["position"] for each in ballot[part]]
        assert positions == list(range(1, len(positions) + 1)), f"position of {part} in surveys/data/{name}"


@pytest.mark.parametrize("name", BALLOTS)
def test_codes_fit_the_grammar_of_the_published_evidence_and_name_one_thing_each(name):
    ballot = questionnaire(name)
    for parts in (ballot["criteria"], ballot["reasons"]):
        codes = [part["code"] for part in parts]
        assert len(set(codes)) == len(codes), f"surveys/data/{name}: a code twice in {codes}"
        wrong = [
            code for code in codes if not re.fullmatch(r"[a-z][a-z0-9_]{0,19}", code) or code in TAKEN_CODES
        ]
        assert not wrong, f"surveys/data/{name}: {wrong}"


@pytest.mark.parametrize("name", BALLOTS)
def test_everything_a_customer_reads_has_an_english_text(name):
    ballot = questionnaire(name)
    assert ballot["title_en"]
    words = [(criterion["code"], criterion["text_en"]) for criterion in ballot["criteria"]]
    words += [(part["label"], part["label_en"]) for part in ballot["scales"][0]["levels"] + ballot["reasons"]]
    assert [each for each, english in words if not english] == [], f"without English in surveys/data/{name}"


def test_every_office_has_an_english_name():
    names = json.loads((DATA / "names_en.json").read_text(encoding="utf-8"))["offices"]
    assert {row["code"] for row in rows("offices_2023.csv")} | {"HB-KTNN"} == set(names)
