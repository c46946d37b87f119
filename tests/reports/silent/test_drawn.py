"""The day of the number is nobody's choice, a draw is public at once, and a result that never came is told for ever."""

from __future__ import annotations

import math
from datetime import date, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from reports.arithmetic.follow_up_draw import LUNAR_NEW_YEARS, beacon_day
from reports.documents import gathering
from reports.documents.report import report
from reports.exports.content import Paragraph
from reports.models import PaperKind, SilentDraw
from reports.month import snapshot
from reports.publication import check_follow_up, folder
from reports.publication import silent as published_silent
from reports.silent import asking, closing
from surveys import evidence
from surveys.crypto import keys
from surveys.periods import local_day, parse_period
from surveys.vietnamese import clerk_date, short_date
from tests.reports.silent import follow_ups as few
from tests.reports.silent.follow_ups import check

#: Months before the machine's own clock, by which the pages tell whether a result is overdue.
LONG_AGO, LATELY = timedelta(days=150), timedelta(days=60)


# ── The day ────────────────────────────────────────────────────────────────────────────


def new_moon(k: int) -> float:
    """The k-th new moon after that of 1 January 1900, as a Julian day number; Meeus, Astronomical Algorithms (1991), ch. 47."""
    t, rad = k / 1236.85, math.pi / 180
    mean = 2415020.75933 + 29.53058868 * k + 0.0001178 * t**2 - 0.000000155 * t**3
    mean += 0.00033 * math.sin((166.56 + 132.87 * t - 0.009173 * t**2) * rad)
    sun = (359.2242 + 29.10535608 * k - 0.0000333 * t**2 - 0.00000347 * t**3) * rad
    moon = (306.0253 + 385.81691806 * k + 0.0107306 * t**2 + 0.00001236 * t**3) * rad
    node = (21.2964 + 390.67050646 * k - 0.0016528 * t**2 - 0.00000239 * t**3) * rad
    shift = (0.1734 - 0.000393 * t) * math.sin(sun) + 0.0021 * math.sin(2 * sun) - 0.4068 * math.sin(moon)
    shift += 0.0161 * math.sin(2 * moon) - 0.0004 * math.sin(3 * moon) + 0.0104 * math.sin(2 * node)
    shift -= 0.0051 * math.sin(sun + moon) + 0.0074 * math.sin(sun - moon) - 0.0004 * math.sin(2 * node + sun)
    shift -= 0.0004 * math.sin(2 * node - sun) + 0.0006 * math.sin(2 * node + moon)
    shift += 0.0010 * math.sin(2 * node - moon) + 0.0005 * math.sin(2 * moon + sun)
    late = -0.000278 + 0.000265 * t + 0.000262 * t**2
    return mean + shift - late


def day_of(julian: float) -> date:
    """The day in Vietnam (UTC+7)."""
    return date(1970, 1, 1) + timedelta(days=math.floor(julian + 0.5 + 7 / 24) - 2440588)


def new_year(year: int) -> date:
    """Month 1 is the second after the one of the winter solstice, the third where a leap month comes in between; a leap month is
    the first in which the sun enters no sign, in a solstice year of thirteen months."""
    first, last = solstice_month(year - 1), solstice_month(year)
    starts = [day_of(new_moon(k)) for k in range(first, last + 1)]
    leap = next((n for n in range(1, len(starts) - 1) if sign(starts[n]) == sign(starts[n + 1])), 99)
    return starts[3 if len(starts) == 14 and leap <= 2 else 2]


def solstice_month(year: int) -> int:
    """The number of the new moon that begins the month with the winter solstice."""
    k = math.floor((date(year, 12, 31) - date(1900, 1, 1)).days / 29.530588853)
    return next(n for n in (k + 1, k, k - 1, k - 2) if day_of(new_moon(n)) <= solstice(year))


def solstice(year: int) -> date:
    """The Vietnamese day in which the sun's longitude passes 270°."""
    return next(date(year, 12, n) for n in range(18, 26) if sign(date(year, 12, n + 1)) == 9)


def sign(day: date) -> int:
    return math.floor(longitude(day) / 30)


def longitude(day: date) -> float:
    """Of the sun at the beginning of the Vietnamese day, in degrees."""
    t = ((day - date(1970, 1, 1)).days + 2440587.5 - 7 / 24 - 2451545.0) / 36525
    rad = math.pi / 180
    mean = 280.46645 + 36000.76983 * t + 0.0003032 * t**2
    anomaly = (357.52910 + 35999.05030 * t) * rad
    centre = (1.914600 - 0.004817 * t) * math.sin(anomaly) + 0.019993 * math.sin(2 * anomaly)
    return (mean + centre + 0.000290 * math.sin(3 * anomaly)) % 360


def test_the_lunar_new_years_are_those_that_moon_and_sun_make():
    assert [each.year for each in LUNAR_NEW_YEARS] == list(range(2023, 2051))
    assert [new_year(each.year) for each in LUNAR_NEW_YEARS] == list(LUNAR_NEW_YEARS)


@pytest.mark.parametrize(
    ("committed", "drawn"),
    [
        (date(2026, 12, 4), date(2026, 12, 5)),
        (date(2026, 12, 31), date(2027, 1, 1)),
        (date(2025, 1, 26), date(2025, 1, 27)),
        (
            date(2025, 1, 27),
            date(2025, 2, 1),
        ),  # 28/1 was the last of the lunar year, 31/1 the third of the new one
        (date(2025, 1, 31), date(2025, 2, 1)),
        (date(2024, 2, 8), date(2024, 2, 13)),
    ],
)
def test_the_number_is_of_the_first_drawing_after_the_commitment(committed, drawn):
    assert beacon_day(committed) == drawn


def test_the_published_program_fixes_the_same_day_as_the_product():
    days = [date(2023, 1, 1) + timedelta(days=n) for n in range(28 * 366)]
    assert [check_follow_up.beacon_day(day) for day in days] == [beacon_day(day) for day in days]


# ── The draw ───────────────────────────────────────────────────────────────────────────


def stated(commitment):
    return evidence.stated(commitment.text), evidence.stated(commitment.draw.text)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("beacon", "XSMB 2030-01-01 GDB 04711"),
        ("beacon", "XSMB {day} GDB 4711"),
        ("until", "2030-01-01"),
        ("called", "12"),
        ("commitment", "0" * 64),
        ("date", "2020-01-01"),
        ("date", "2999-01-01"),
    ],
)
def test_the_published_program_refuses_a_draw_that_is_not_the_committed_one(name, value):
    commitment, _inspector = few.drawn()
    commit, draw = stated(commitment)
    check_follow_up.check_draw(draw, commit, commitment.text)
    with pytest.raises(ValueError, match=r"bốc thăm|số công khai"):
        check_follow_up.check_draw(
            draw | {name: value.format(day=commit["beacon_on"])}, commit, commitment.text
        )


@pytest.mark.django_db
def test_the_published_program_refuses_a_commitment_to_another_day_or_with_another_last_one():
    commitment, _inspector = few.drawn()
    commit, _draw = stated(commitment)
    seal_text = commitment.seal.text
    seal = evidence.stated(seal_text)
    check_follow_up.check_commitment(commit, seal, seal_text)
    for other in (
        {"beacon_on": "2030-01-01"},
        {"until": "2099-12-31"},
        {"date": "2020-01-01", "beacon_on": "2020-01-02"},
    ):
        with pytest.raises(ValueError, match="khác quy tắc"):
            check_follow_up.check_commitment(commit | other, seal, seal_text)


@pytest.mark.django_db
def test_a_result_without_its_draw_proves_nothing(tmp_path):
    commitment, inspector = few.drawn()
    few_closed(commitment, inspector)
    folder.publish(tmp_path)
    assert check(tmp_path, commitment.seal.period).returncode == 0
    (place_of(tmp_path, commitment) / "silent-draw.txt").unlink()
    assert "thiếu silent-draw.txt" in check(tmp_path, commitment.seal.period).stdout


def few_closed(commitment, inspector):
    closing.close(
        commitment=commitment, satisfied=20, dissatisfied=1, user=inspector, now=few.later(commitment)
    )


def place_of(root, commitment):
    return published_silent.folder_of(root, "HB", commitment.seal.period)


@pytest.mark.django_db
def test_the_draw_is_signed_and_tells_number_and_last_day_and_no_serial():
    commitment, _inspector = few.drawn()
    made = SilentDraw.objects.get()
    public = {line.name: line.public for line in keys.public_keys()}
    assert evidence.open_note(made.note, public) == made.text
    commit, draw = stated(commitment)
    assert (draw["beacon"], draw["until"]) == (made.beacon, commit["until"])
    assert draw["until"] == (local_day(commitment.seal.sealed_at) + timedelta(days=60)).isoformat()
    assert not any(serial in made.note for serial in asking.redraw(commitment))


# ── Said to everybody ──────────────────────────────────────────────────────────────────


def period_page(commitment, lang="vi"):
    folder.publish(folder.default_root())
    return Client().get(f"/results/HB/{commitment.seal.period}/?lang={lang}").content.decode()


@pytest.mark.django_db
def test_what_is_drawn_and_not_told_yet_stands_on_the_page_with_its_last_day():
    commitment, _inspector = few.drawn(now=timezone.now() - LATELY)
    page = period_page(commitment)
    until, day = (short_date(each) for each in (asking.last_day(commitment), asking.draws_on(commitment)))
    assert f"bằng giải đặc biệt xổ số miền Bắc ngày {day}: 04711." in page
    assert f"Chưa có kết quả; thanh tra phải công bố chậm nhất ngày {until}." in page
    assert "silent-draw.txt" in page
    assert "No result yet; the inspector must publish it by" in period_page(commitment, "en")


@pytest.mark.django_db
def test_a_result_that_was_never_published_is_told_for_ever():
    commitment, _inspector = few.drawn(now=timezone.now() - LONG_AGO)
    until = short_date(asking.last_day(commitment))
    assert f"Đã quá thời hạn ngày {until} mà thanh tra không công bố kết quả hỏi lại." in period_page(
        commitment
    )
    assert "the inspector published no result of the follow-up" in period_page(commitment, "en")


@pytest.mark.django_db
def test_a_draw_that_was_never_made_is_told_for_ever():
    commitment, _inspector = few.committed(now=timezone.now() - LONG_AGO)
    until = short_date(asking.last_day(commitment))
    said = f"Đã quá thời hạn ngày {until} mà thanh tra không bốc thăm, không công bố kết quả hỏi lại."
    assert said in period_page(commitment)
    assert "made no draw" in period_page(commitment, "en")


@pytest.mark.django_db
def test_the_published_program_tells_that_a_result_is_owed(tmp_path):
    commitment, _inspector = few.drawn(now=timezone.now() - LONG_AGO)
    folder.publish(tmp_path)
    said = check(tmp_path, commitment.seal.period)
    assert said.returncode == 1
    assert "QUÁ HẠN" in said.stdout
    assert "KHÔNG CÓ KẾT QUẢ" in said.stdout
    assert "\nĐẠT" not in said.stdout


@pytest.mark.django_db
def test_the_published_program_waits_until_the_last_day():
    commitment, _inspector = few.drawn()
    commit, draw = stated(commitment)
    last = date.fromisoformat(commit["until"])
    assert check_follow_up.without_result(draw, commit, last)[1] is False
    assert check_follow_up.without_result({}, commit, last + timedelta(days=1))[1] is True


@pytest.mark.django_db
def test_a_correction_does_not_take_the_draw_off_the_page():
    commitment, _inspector = few.drawn(now=timezone.now() - LATELY)
    few.sealed_anew(commitment)
    page = period_page(commitment)
    assert ": 04711. Kỳ đã được đính chính nên việc hỏi lại người chưa trả lời không còn giá trị." in page


@pytest.mark.django_db
@pytest.mark.parametrize("is_drawn", [False, True])
def test_the_report_says_until_when_a_result_is_due_and_what_its_absence_means(is_drawn):
    commitment, _inspector = (few.drawn if is_drawn else few.committed)()
    period = parse_period(commitment.seal.period)
    taken = snapshot.take(office=commitment.seal.office, stretch=period, now=few.later(commitment))
    paper = report(gathering.gather(month=taken, kind=PaperKind.REPORT))
    (told,) = [each.text for each in paper.blocks if isinstance(each, Paragraph) and "hỏi lại" in each.text]
    until = clerk_date(asking.last_day(commitment))
    assert ("(số 04711)" in told) is is_drawn
    assert f"sau ngày {until} mà không có thì là không công bố kết quả hỏi lại." in told
