"""The rules against stuffing, on participation rows alone."""

from __future__ import annotations

import random

import pytest

from bench import stuffing
from bench import stuffing_drill as drill
from reports import integrity
from reports.integrity import CounterMonth, Use
from surveys.periods import WorkingCalendar
from surveys.setup.pilot.plan import MONTHS, visits_of

HOUR = 3600
NOBODY: dict = {}


def use(issued, delay=300, *, on_form=20, channel="slip", customer="", opens=None):
    return Use(
        issued, issued if opens is None else opens, issued + delay, on_form, channel, channel, customer
    )


def spread(n, **facts):
    """n slips, two hours apart, each used after some minutes."""
    return [use(i * 2 * HOUR, 240 + i % 7 * 60, customer=f"KH{i}", **facts) for i in range(n)]


def judged(uses, *, asked=None, reference=NOBODY, seed="thử"):
    month = CounterMonth("Q1", uses, asked or {})
    return {
        each.code: each
        for each in integrity.judge(month, pool=integrity.latencies([month]), reference=reference, seed=seed)
    }


def test_an_ordinary_month_shows_nothing():
    assert judged(spread(80), asked={"slip": (94, 80)}, reference={"slip": (4000, 3400)}) == {}


def test_a_ballot_used_before_the_service_was_over_is_a_signal_by_itself():
    early = use(1000, 60, opens=1100)

    found = judged([*spread(20), early])["S0"]

    assert (found.seen, found.rate, found.at) == (1, 0.0, 1060)


def test_four_customers_within_two_minutes_are_a_burst_at_a_quiet_counter():
    at_once = [use(i * 5 * HOUR, 100 * HOUR - i * 5 * HOUR + 30 * i, customer=f"KH{i}") for i in range(4)]

    found = judged([*spread(40), *at_once])["S1"]

    assert (found.seen, found.threshold, found.at) == (4, 4, 100 * HOUR)
    assert 0 < found.rate <= integrity.ALPHA


def test_one_customer_with_four_vouchers_is_no_burst():
    at_once = [use(i * 5 * HOUR, 100 * HOUR - i * 5 * HOUR + 30 * i, customer="KH1") for i in range(4)]

    assert "S1" not in judged([*spread(40), *at_once])


def test_without_customers_transactions_are_counted_and_the_month_says_so():
    at_once = [use(i * 5 * HOUR, 100 * HOUR - i * 5 * HOUR + 30 * i) for i in range(4)]
    month = CounterMonth("Q1", [*spread(40), *at_once])

    assert not month.knows_customers
    assert judged(month.uses)["S1"].seen == 4


def test_a_counter_where_customers_come_thick_and_fast_gets_a_higher_threshold():
    """Slips issued ten seconds apart and used at once: four in two minutes are every day's business here."""
    rush = [
        use(day * 24 * HOUR + i * 10, 60 + i % 3, customer=f"KH{i}") for day in range(5) for i in range(12)
    ]

    assert "S1" not in judged(rush)


def test_three_customers_within_a_minute_on_one_tablet_are_a_run():
    usual = spread(40, channel="tablet")
    times = [(i * 5 * HOUR, 100 * HOUR - i * 5 * HOUR + 20 * i) for i in range(3)]
    at_once = [use(*each, channel="tablet", customer=f"KH{i}") for i, each in enumerate(times)]

    assert judged([*usual, *at_once])["S4"].seen == 3
    assert "S4" not in judged([*usual, *(each._replace(via="slip") for each in at_once)])


def test_a_pile_entered_in_the_order_of_its_issue_long_after_is_a_signal():
    times = [(i * 2 * HOUR + 500, 200 * HOUR - i * 2 * HOUR + 50 * i) for i in range(5)]
    pile = [use(*each, customer=f"KH{i % 2}") for i, each in enumerate(times)]

    assert judged([*spread(60), *pile])["S5"].seen == 5
    shuffled = [pile[i]._replace(used=pile[j].used) for i, j in enumerate([1, 0, 4, 2, 3])]
    assert "S5" not in judged([*spread(60), *shuffled])


def test_one_customer_who_answers_all_slips_of_an_errand_at_home_is_no_pile():
    times = [(i * 300, 9 * HOUR - i * 300 + 40 * i) for i in range(6)]

    assert "S5" not in judged([*spread(60), *(use(*each, customer="KH1") for each in times)])


def test_answers_within_seconds_are_a_signal_when_there_are_more_than_haste_explains():
    """Of 100, hasty customers give 2; from 8 on the binomial chance is below one in a thousand."""
    hasty = [use(i * 2 * HOUR + 900, 8) for i in range(7)]
    assert "S2" not in judged([*spread(93), *hasty])

    found = judged([*spread(92), *hasty, use(10**6, 300, on_form=3)])["S2"]
    assert (found.seen, found.threshold, found.of) == (8, 8, 100)
    assert found.rate == pytest.approx(0.000932, abs=1e-6)


def test_more_slips_coming_back_than_ever_is_a_signal_for_the_way_they_were_handed_out():
    before = {"tablet": (4000, 3800), "slip": (4000, 2800)}

    assert judged([], asked={"tablet": (100, 98)}, reference=before) == {}
    found = judged([], asked={"slip": (100, 98)}, reference=before)["S6"]
    assert (found.seen, found.of) == (98, 100)
    assert found.threshold < 90
    assert judged([], asked={"link": (100, 100)}, reference=before) == {}, "nothing is known of this way yet"


def test_slips_of_few_organisations_that_come_back_alike_are_no_surplus():
    """The same counts once of a hundred customers, once of organisations with twelve slips each."""
    before = {"slip": (4000, 2800)}
    asked = {"slip": (96, 84)}

    def surplus(sizes, rho):
        month = CounterMonth("Q1", (), asked, sizes=sizes)
        found = integrity.judge(month, pool={}, reference=before, seed="thử", rho=rho)
        return [each.code for each in found]

    assert surplus({}, 0.3) == surplus({"slip": 12.0}, 0.0) == ["S6"]
    assert surplus({"slip": 12.0}, 0.3) == []


def test_too_few_slips_for_the_transactions_is_a_signal_beside_the_other_counters():
    found = integrity.coverage((200, 120), (900, 890))

    assert (found.code, found.seen, found.of) == ("S7", 120, 200)
    assert 120 < found.threshold < 200
    assert integrity.coverage((200, 197), (900, 890)) is None
    assert integrity.coverage((200, 120), (0, 0)) is None
    assert integrity.coverage((200, 240), (900, 890)) is None, (
        "more slips than were counted is somebody else's mistake"
    )


def test_a_teller_who_cancels_what_others_do_not_is_a_signal():
    found = integrity.cancelling({"Lan": (80, 9), "Hòa": (90, 0)}, (300, 1))

    assert (found.code, found.about, found.seen, found.of) == ("S8", "Lan", 9, 80)
    assert found.rate <= integrity.ALPHA
    assert integrity.cancelling({"Lan": (80, 1), "Hòa": (90, 1)}, (300, 3)) is None
    assert integrity.cancelling({"Lan": (80, 9)}, (0, 0)) is None, "nobody to compare with"


def test_slips_lost_by_handing_them_out_anew_are_a_signal_beside_the_other_counters():
    found = integrity.losing_by_reissue((80, 9), (300, 1))

    assert (found.code, found.about, found.seen, found.of) == ("S8", integrity.REISSUED, 9, 80)
    assert 1 < found.threshold <= 9
    assert found.rate < 0.001
    assert integrity.losing_by_reissue((80, found.threshold - 1), (300, 10 - found.threshold + 1)) is None
    assert integrity.losing_by_reissue((80, 2), (300, 6)) is None
    assert integrity.losing_by_reissue((80, 9), (0, 0)) is None, "nobody to compare with"
    assert integrity.losing_by_reissue((0, 0), (300, 9)) is None


def test_fishers_tail_is_the_hypergeometric_one():
    assert integrity.fishers_tail((4, 3), (4, 1)) == pytest.approx(17 / 70)  # the lady tasting tea


def test_the_same_month_is_judged_the_same_again():
    at_once = [use(i * 5 * HOUR, 100 * HOUR - i * 5 * HOUR + 30 * i, customer=f"KH{i}") for i in range(4)]

    assert judged([*spread(40), *at_once]) == judged([*spread(40), *at_once])


def test_beyond_what_a_teller_can_serve_piles_are_not_looked_for():
    crowd = [use(i * 2, 60, customer=f"KH{i}") for i in range(integrity.MOST_USES + 1)]

    assert judged(crowd) == {}


def test_what_stays_of_the_times_are_quartiles():
    told = integrity.summary([use(0, delay) for delay in (100, 200, 300, 400, 500)])

    assert told == {"from_issue": [200, 300, 400, 5], "on_form": [20, 20, 20, 5]}
    assert integrity.summary([]) == {}


# ── The drill ──────────────────────────────────────────────────────────────────────────


def power(scenario, size, games):
    rng = random.Random(f"{scenario} {size}")
    return sum(bool(drill.play(scenario, size, rng)) for _game in range(games)) / games


@pytest.mark.parametrize(
    ("scenario", "size", "games"),
    [("A", 4, 20), ("B", 4, 30), ("C", 8, 20), ("D", 4, 20), ("E", 8, 60), ("E", 16, 40)],
)
def test_the_drill_finds_as_many_as_the_table_says(scenario, size, games):
    expected = drill.EXPECTED_POWER[scenario][drill.SIZES.index(size)]
    tolerance = 3 * (expected * (1 - expected) / games) ** 0.5 + 0.05

    assert power(scenario, size, games) == pytest.approx(expected, abs=tolerance)


def test_honest_months_hardly_ever_raise_a_signal():
    """Each of five rules once in a thousand months at most: of 300 months 1,5 are expected, 7 would be a broken rule."""
    assert power(None, 8, 300) * 300 < 7


def test_the_bench_prints_power_and_false_alarms_beside_the_table(capsys):
    stuffing.main(["--months", "1"])  # one game a cell proves nothing, and is not written down
    told = capsys.readouterr().out
    assert told.startswith("Honest counters\n   4 slips a day: ")
    assert [line[9] for line in told.splitlines() if line.startswith("Scenario")] == list("ABCDE")


# ── The pilot's honest year ────────────────────────────────────────────────────────────


def pilot_months():
    """Thirteen months by counter, as the register would hold them, straight from the plan."""
    for month, _issued, _returned in MONTHS:
        counters: dict[str, tuple[list[Use], dict]] = {}
        for visit in visits_of(month, WorkingCalendar()):
            uses, asked = counters.setdefault(visit.counter, ([], {}))
            whole, back = asked.get(visit.channel, (0, 0))
            asked[visit.channel] = whole + 1, back + (visit.answer is not None)
            if visit.answer:
                ended, used = (int(at.timestamp()) for at in (visit.finished_at, visit.answer.at))
                about = visit.answer.open_seconds, visit.channel, visit.channel, str(visit.organisation)
                uses.append(Use(ended, ended, used, *about))
        yield month, [CounterMonth(code, *facts) for code, facts in sorted(counters.items())]


def test_the_pilots_honest_year_gives_at_most_one_false_case():
    cases, before = [], {}
    for month, counters in pilot_months():
        pool = integrity.latencies(counters)
        for counter in counters:
            found = integrity.judge(counter, pool=pool, reference=before, seed=f"{month} {counter.name}")
            cases += [(str(month), counter.name, each) for each in found]
        for counter in counters:
            for channel, (whole, back) in counter.asked.items():
                known = before.get(channel, (0, 0))
                before[channel] = known[0] + whole, known[1] + back
    assert len({case[:2] for case in cases}) <= 1, cases
