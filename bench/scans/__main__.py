"""`python -m bench.scans --sheets 400 --seed 1000000 [--profiles …] [--processes 1]`: draw, read, grade, print the tables."""

from __future__ import annotations

import argparse
import time
from collections import Counter
from pathlib import Path

from bench.scans import forms
from bench.scans.grade import Grades, grade, grade_in_parts
from bench.scans.styles import GESTURES, STYLES

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
        styles=tuple(options.styles),
        kind=options.kind,
        second=options.second_hand,
    )
    return report(grades, options, began)


def report(grades: Grades, options: argparse.Namespace, began: float) -> int:
    for profile in dict.fromkeys(options.profiles):
        show(grades, profile)
    bound = f"; at most {1 - 0.05 ** (1 / max(grades.decided, 1)):.3%} with 95 % certainty"
    print(
        f"\n{sum(grades.sheets.values())} ballots in {time.monotonic() - began:.0f} s: {grades.decided} decided,"
        f" {len(grades.wrong)} wrong{'' if grades.wrong else bound}"
    )
    for each in grades.wrong:
        print("WRONG", each)
    return 1 if grades.wrong else 0


def show(grades: Grades, profile: str) -> None:
    sheets = max(grades.sheets[profile], 1)
    pages = sum(1 for key in grades.seconds if key == profile) and grades.seconds[profile]
    print(
        f"\n== {profile}: {sheets} ballots, {grades.lost[profile]} not found ({grades.lost[profile] / sheets:.2%}), {pages:.0f} s"
    )
    print(f"{'style':34}" + "".join(f"{each:>11}" for each in COLUMNS) + "   reasons")
    clear: Counter[str] = Counter()
    for style in (*STYLES, *GESTURES):
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
