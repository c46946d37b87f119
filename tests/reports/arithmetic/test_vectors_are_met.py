"""Which test meets which key of the vectors; a key that no test reads fails here."""

from __future__ import annotations

import ast
from pathlib import Path

HERE = Path(__file__).parent

MET_BY = {
    "A_change": [
        "test_sequential::test_counts_that_signal_a_rise_are_those_of_the_vectors",
        "test_sequential::test_what_could_have_been_seen_is_that_of_the_vectors",
        "test_sequential::test_counts_surely_under_the_goal_are_those_of_the_vectors",
    ],
    "B_limits": [
        "test_return_limits::test_the_reference_year_is_that_of_the_vectors",
        "test_return_limits::test_limits_of_later_months_are_those_of_the_vectors",
        "test_return_limits::test_limits_of_any_count_are_those_of_the_vectors",
    ],
    "C_cluster": ["test_clusters::test_organisations_of_the_vectors_have_their_interval"],
    "D_places": [
        "test_place_bounds::test_ballots_of_the_vectors_have_their_parts_and_ends",
        "test_place_bounds::test_units_of_the_vectors_have_their_places",
    ],
    "D_yes_no": ["test_place_bounds::test_yes_and_no_have_the_ends_of_the_vectors"],
    "D_pilot_2023": ["test_place_bounds::test_the_campaign_of_2023_has_the_places_of_the_vectors"],
    "E_late": ["test_lateness::test_verdicts_and_chances_are_those_of_the_vectors"],
    "F_outward": ["test_outward_rounding::test_ends_print_as_in_the_vectors"],
    "G_follow_up": [
        "test_follow_up_bound::test_the_most_bad_are_those_of_the_vectors",
        "test_follow_up_draw::test_the_draw_is_that_of_the_vectors",
    ],
    "H_told": ["test_verdict_suppression::test_groups_told_are_those_of_the_vectors"],
}


def test_every_key_of_the_vectors_is_met_by_a_test(vectors):
    assert set(vectors) - {"_about"} == set(MET_BY)
    for key, tests in MET_BY.items():
        for name in tests:
            module, function = name.split("::")
            tree = ast.parse((HERE / f"{module}.py").read_text(encoding="utf-8"))
            body = next(node for node in tree.body if getattr(node, "name", "") == function)
            assert f"vectors['{key}']" in ast.unparse(body), f"{name} does not read {key}"
