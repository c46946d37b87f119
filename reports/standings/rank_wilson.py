"""Score and rank a campaign again from its published files, with the standard library alone: python rank.py DIR"""

import csv
import json
import sys
from fractions import Fraction
from math import sqrt
from pathlib import Path
from statistics import NormalDist


def mean(parts):  # of (value, weight); None where nothing was answered
    known = [(value, Fraction(weight)) for value, weight in parts if value is not None]
    total = sum(weight for _value, weight in known)
    return sum(value * weight for value, weight in known) / total if total else None


def score(formula, ballots):  # hundredths of a point, half-up
    sections, key = {}, "points" if formula["kind"] == "mean" else "satisfied"
    for c in formula["criteria"]:  # satisfied is 1 or 0, points run to 100
        gain = {str(v["level"]): Fraction(v[key]) * (100 if key == "satisfied" else 1) for v in c["levels"]}
        own = mean((gain[row[c["code"]]], 1) for row in ballots if row[c["code"]])
        sections.setdefault(c["section"], []).append((own, c["weight"]))
    exact = mean((mean(sections.get(part["code"], [])), part["weight"]) for part in formula["sections"])
    return None if exact is None else int(exact * 100 + Fraction(1, 2))


folder = Path(sys.argv[1])
said = json.loads((folder / "standing.txt").read_text("utf-8").split("\n")[1])
units, differing = {}, 0
for name in (unit["office"] for unit in said["units"]):
    if (folder / name / "ballots.csv").exists():  # fewer than 30 ballots publish no list
        files = [(folder / name / file).read_text("ascii") for file in ("ballots.csv", "voids.csv")]
        ballots, voids = ({row["id"]: row for row in csv.DictReader(file.splitlines())} for file in files)
        valid = [row for key, row in ballots.items() if key not in voids]
        if len(valid) >= said["minimum_n"] and (points := score(said["formula"], valid)) is not None:
            units[name] = points / 10000, len(valid)
z = NormalDist().inv_cdf((1 + float(said["confidence"]) ** (1 / max(1, len(units)))) / 2)
for name, (p, n) in units.items():  # Wilson's interval, wide enough to hold for all units at once
    middle, half = p + z * z / n / 2, z * sqrt(p * (1 - p) / n + (z / n / 2) ** 2)
    units[name] = p, (middle - half) / (1 + z * z / n), (middle + half) / (1 + z * z / n)
for unit, (p, low, high) in ((one, units[one["office"]]) for one in said["units"] if one["office"] in units):
    mine = {"score": f"{p * 100:.2f}", "place": 1 + sum(q > p for q, _, _ in units.values())}
    mine["place_low"] = 1 + sum(lowest > high for _, lowest, _ in units.values())
    mine["place_high"] = len(units) - sum(highest < low for _, _, highest in units.values())
    if any(unit[key] != value for key, value in mine.items()):
        differing += 1
        print(unit["office"], "computed", mine, "published", unit)
print(f"{len(units)} units ranked again, {differing} differ")
sys.exit(differing > 0)
