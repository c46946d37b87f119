"""Score and rank a campaign again from its published files, with the standard library alone: python rank.py DIR

DIR holds standing.txt and a folder per unit with ballots.csv, each checked by verify.py. Prints what differs.
"""

import csv
import json
import sys
from fractions import Fraction
from math import sqrt
from pathlib import Path
from statistics import NormalDist


def weighted(parts):
    known = [
        (score, Fraction(weight)) for score, weight in parts if score is not None and Fraction(weight) > 0
    ]
    total = sum(weight for _, weight in known)
    return sum(score * weight for score, weight in known) / total if total else None


def score(formula, ballots, void):
    ballots = [row for row in ballots if row["id"] not in void]
    criteria = []
    for c in formula["criteria"]:
        gain = {
            str(v["level"]): Fraction(v["points"]) if formula["kind"] == "mean" else 100 * v["satisfied"]
            for v in c["levels"]
        }
        got = [gain[row[c["code"]]] for row in ballots if row[c["code"]]]
        criteria.append((c["section"], Fraction(sum(got)) / len(got) if got else None, c["weight"]))
    sections = [
        (weighted((s, w) for of, s, w in criteria if of == part["code"]), part["weight"])
        for part in formula["sections"]
    ]
    exact = weighted(sections)
    return len(ballots), None if exact is None else int((exact * 200 + 1) // 2)  # hundredths, half-up


def main(folder):
    said = json.loads((folder / "standing.txt").read_text("utf-8").split("\n")[1])
    found = {}
    for unit in said["units"]:
        files = [folder / unit["office"] / name for name in ("ballots.csv", "voids.csv")]
        if files[0].exists():  # fewer than 30 ballots publish no list
            rows, voids = (list(csv.DictReader(file.open(encoding="ascii"))) for file in files)
            found[unit["office"]] = score(said["formula"], rows, {row["id"] for row in voids})
    ranked = {
        office: (n, s / 1e4) for office, (n, s) in found.items() if s is not None and n >= said["minimum_n"]
    }
    z = NormalDist().inv_cdf((1 + float(said["confidence"]) ** (1 / max(1, len(ranked)))) / 2)
    ends = {
        o: [
            (p + z * z / (2 * n) + side * z * sqrt(p * (1 - p) / n + z * z / (4 * n * n))) / (1 + z * z / n)
            for side in (-1, 1)
        ]
        for o, (n, p) in ranked.items()
    }
    differing = 0
    for unit in said["units"]:
        o = unit["office"]
        mine = [None] * 4 if o not in ranked else [
            f"{found[o][1] / 100:.2f}",
            1 + sum(p > ranked[o][1] for _, p in ranked.values()),
            1 + sum(low > ends[o][1] for low, _ in ends.values()),
            len(ranked) - sum(high < ends[o][0] for _, high in ends.values()),
        ]  # fmt: skip
        if o in ranked and mine != [unit[key] for key in ("score", "place", "place_low", "place_high")]:
            differing += 1
            print(o, "computed", mine, "published", unit)
    print(f"{len(ranked)} units ranked again, {differing} differ")
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
