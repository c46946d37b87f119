"""`python -m bench.scans --sheets 400 --seed 1000000 [--profiles …] [--processes 1]`: draw, read, grade, print the tables."""

from __future__ import annotations

import argparse
import time
from collections import Counter
from pathlib import Path

from bench import proof
from bench.scans import forms
from bench.scans.grade import Grades, grade, grade_in_parts
from bench.scans.styles import GESTURES, STYLES, UNDER_A_HEAD

LEAST_DECIDED = 20_000
MOST_REFERRED, MOST_LOST = 0.03, 0.005  # of clear marks, and of ballots
MOST_SECONDS = 0.5  # of processor a page
COLUMNS = ("right", "wrong", "tolerated", "unknowable", "referred", "sheet", "blank", "double", "lost")


def main() -> int:
    asked = argparse.ArgumentParser(prog="bench.scans", description=__doc__)
    asked.add_argument("--sheets", type=int, default=400)
    asked.add_argument(
        "--seed", type=int, default=1, help="the first seed: calibration below a million, graded above"
    )
    asked.add_argument(
        "--profiles", nargs="*", default=["office 200", "office 200", "office 200", "office 300"]
    )
    asked.add_argument("--processes", type=int, default=1)
    asked.add_argument("--styles", nargs="*", default=[], help="only these ways to mark a row")
    asked.add_argument("--clear", action="store_true", help="sheets with clear marks alone")
    asked.add_argument("--record", action="store_true", help="write what was reached into docs/proof.json")
    asked.add_argument("--kind", default="", help="only this form")
    asked.add_argument(
        "--second-hand", action="store_true", help="sheets of the second generator, never of `--keep`"
    )
    asked.add_argument(
        "--keep", type=Path, help="a folder for parts of the run, so that it can be stopped and gone on with"
    )
    asked.add_argument(
        "--kept-only", action="store_true", help="grade nothing more, report what `--keep` holds"
    )
    options = asked.parse_args()
    forms.make_all()
    began = time.monotonic()
    seeds = range(options.seed, options.seed + options.sheets)
    if options.keep:
        grades = grade_in_parts(
            seeds,
            options.profiles,
            folder=options.keep,
            processes=options.processes,
            only_kept=options.kept_only,
        )
        return report(grades, options, began)
    grades = grade(
        seeds,
        options.profiles,
        processes=options.processes,
        styles=tuple(style.name for style in STYLES if style.clear)
        if options.clear
        else tuple(options.styles),
        kind=options.kind,
        second=options.second_hand,
    )
    return report(grades, options, began)


def report(grades: Grades, options: argparse.Namespace, began: float) -> int:
    for profile in dict.fromkeys(options.profiles):
        show(grades, profile)
    bound = f"; at most {bound_of(grades.decided):.3%} with 95 % certainty"
    print(
        f"\n{sum(grades.sheets.values())} ballots in {time.monotonic() - began:.0f} s: {grades.decided} decided,"
        f" {len(grades.wrong)} wrong{'' if grades.wrong else bound}"
    )
    for each in grades.wrong:
        print("WRONG", each)
    if options.record:
        record(grades, is_clear=options.clear)
    return 1 if grades.wrong else 0


def record(grades: Grades, *, is_clear: bool) -> None:
    """A run of clear marks alone says what goes to a person for nothing, and what a page costs; the mixed one, what is wrong, and
    how many clear marks something else on their sheet sends to a person."""
    if not is_clear:
        proof.record(
            "scans-wrong",
            figure=f"{len(grades.wrong)} of {grades.decided} wrong"
            + ("" if grades.wrong else f": at most {bound_of(grades.decided):.2%}"),
            met=not grades.wrong and grades.decided >= LEAST_DECIDED,
        )
        marks = sum(grades.clear.values())
        by_row = marks - sum(grades.clear[each] for each in ("right", "wrong", "sheet", "lost"))
        proof.record(
            "scans-mixed",
            figure=f"{by_row / marks:.2%} of {marks} marks referred by their row, {grades.clear['sheet']} with their whole sheet",
            met=by_row <= MOST_REFERRED * marks,
        )
        return
    total, lost, ballots = sum(grades.clear.values()), sum(grades.lost.values()), sum(grades.sheets.values())
    referred = total - grades.clear["right"] - grades.clear["wrong"] - grades.clear["lost"]
    proof.record(
        "scans-referred",
        figure=f"{referred / total:.1%} of {total} marks referred, {lost} of {ballots} ballots not found",
        met=referred <= MOST_REFERRED * total and lost <= MOST_LOST * ballots,
    )
    seconds = sum(grades.seconds.values()) / grades.pages
    proof.record(
        "scans-processor",
        figure=f"{seconds:.2f} s, mean of {grades.pages} pages",
        met=seconds <= MOST_SECONDS,
    )


def bound_of(decided: int) -> float:
    """The share of wrong ones that, with 95 % certainty, is not exceeded when none of so many was wrong."""
    return 1 - 0.05 ** (1 / max(decided, 1))


def show(grades: Grades, profile: str) -> None:
    sheets = max(grades.sheets[profile], 1)
    print(
        f"\n== {profile}: {sheets} ballots, {grades.lost[profile]} not found ({grades.lost[profile] / sheets:.2%}), {grades.seconds[profile]:.0f} s of processor"
    )
    print(f"{'style':34}" + "".join(f"{each:>11}" for each in COLUMNS) + "   reasons")
    clear: Counter[str] = Counter()
    for style in (*STYLES, UNDER_A_HEAD, *GESTURES):
        counts = grades.rows[profile, style.name]
        if not counts:
            continue
        if style.clear:
            clear.update(counts)
        reasons = ", ".join(f"{k} {n}" for k, n in grades.reasons[profile, style.name].most_common(4))
        print(
            f"{style.name:34}" + "".join(f"{counts[each] or '·':>11}" for each in COLUMNS) + f"   {reasons}"
        )
    decided = sum(
        c["right"] + c["wrong"] + c["tolerated"] for (p, _s), c in grades.rows.items() if p == profile
    )
    total = sum(clear.values())
    referred = total - clear["right"] - clear["wrong"] - clear["lost"] - clear["sheet"]
    print(
        f"clear marks {total}, referred {referred} ({referred / max(total, 1):.2%}), with their whole sheet {clear['sheet']};"
        f" decided in all {decided}"
    )
    for (p, trouble), counts in sorted(grades.troubles.items()):
        if p == profile:
            print(f"  sheets, {trouble}: {dict(counts)}")


if __name__ == "__main__":
    raise SystemExit(main())
