"""Score and rank a campaign again from its published ballots, with the standard library alone: python rank.py DIR

A unit's interval: its ballots and one more, the worst or the best possible, weighted at random (Gaffke 2005; Learned-Miller
and Thomas 2019, arXiv:1905.06208); the tail by Barndorff-Nielsen's r* (1991). All intervals hold together.
"""

import csv
import json
import sys
from collections import Counter
from fractions import Fraction
from math import ceil, floor, fsum, log, log1p, sqrt
from pathlib import Path
from statistics import NormalDist


def parts(
    formula, ballots
):  # score; every ballot's part in it, counted; the parts of the worst and the best ballot
    points, told, weight, key = {}, {}, {}, "points" if formula["kind"] == "mean" else "satisfied"
    for c in formula["criteria"]:  # satisfied is 1 or 0, points run to 100
        gain = {str(v["level"]): Fraction(v[key]) * (1 if key == "points" else 100) for v in c["levels"]}
        points[c["code"]], told[c["code"]] = gain, [gain[row[c["code"]]] for row in ballots if row[c["code"]]]
    for part in formula["sections"]:
        mine = (c for c in formula["criteria"] if c["section"] == part["code"] and told[c["code"]])
        own = {c["code"]: Fraction(c["weight"]) for c in mine}
        if sum(own.values()):
            shares = {code: w / sum(own.values()) * Fraction(part["weight"]) for code, w in own.items()}
            weight |= {code: w for code, w in shares.items() if w}
    if not (total := sum(weight.values())):
        return None
    mean = {code: sum(told[code]) / len(told[code]) for code in weight}
    reach = {code: w / total * len(ballots) / len(told[code]) for code, w in weight.items()}
    score = sum(w * mean[code] for code, w in weight.items()) / total
    each = Counter(
        score + sum(reach[c] * (points[c][row[c]] - mean[c]) for c in reach if row[c]) for row in ballots
    )
    return score, each, *(score + sum(reach[c] * (end - mean[c]) for c in reach) for end in (0, 100))


def lowest(values, end, z):  # values: (part, how many ballots); end: the worst part that there can be
    a, b = end, fsum(v * k for v, k in values) / sum(k for _v, k in values)
    for _ in range(50 if b > end else 0):
        t = (a + b) / 2
        d = [(v - t, k) for v, k in (*values, (end, 1))]
        low, high, s = (1 - 1e-13) / (end - t), 0.0, (1 - 1e-13) / (end - t) / 2
        for _ in range(80):
            first, second = (fsum(k * (x / (1 - s * x)) ** p for x, k in d) for p in (1, 2))
            low, high = (low, s) if first > 0 else (s, high)
            old, s = s, s - first / second if low < s - first / second < high else (low + high) / 2
            if abs(s - old) <= 1e-13 * abs(old):
                break
        r, u = -sqrt(max(0, 2 * fsum(k * log1p(-s * x) for x, k in d))), s * sqrt(second)
        a, b = (t, b) if r < -1e-6 and r + log(u / r) / r < -z else (a, t)
    return a


folder = Path(sys.argv[1])
said = json.loads((folder / "standing.txt").read_text("utf-8").split("\n")[1])
units, differing = {}, 0
for name in (unit["office"] for unit in said["units"]):
    if (folder / name / "ballots.csv").exists():  # fewer than 30 ballots publish no list
        files = [(folder / name / file).read_text("ascii") for file in ("ballots.csv", "voids.csv")]
        ballots, voids = ({row["id"]: row for row in csv.DictReader(file.splitlines())} for file in files)
        valid = [row for key, row in ballots.items() if key not in voids]
        if len(valid) >= said["minimum_n"] and (found := parts(said["formula"], valid)):
            units[name] = found
z = NormalDist().inv_cdf(1 - (1 - float(said["confidence"]) ** (1 / max(1, len(units)))) / 2)
for name, (score, each, worst, best) in units.items():  # all in hundredths of a point, ends outwards
    low = max(0, lowest([(float(v), k) for v, k in each.items()], float(worst), z))
    high = min(100, -lowest([(-float(v), k) for v, k in each.items()], -float(best), z))
    units[name] = int(score * 100 + Fraction(1, 2)), floor(100 * low + 1e-7), ceil(100 * high - 1e-7)
for unit, (p, low, high) in ((one, units[one["office"]]) for one in said["units"] if one["office"] in units):
    mine = {"score": f"{p / 100:.2f}", "low": f"{low / 100:.2f}", "high": f"{high / 100:.2f}"}
    mine["place"] = 1 + sum(q > p for q, _, _ in units.values())
    mine["place_low"] = 1 + sum(lowest > high for _, lowest, _ in units.values())
    mine["place_high"] = len(units) - sum(highest < low for _, _, highest in units.values())
    if any(unit[key] != value for key, value in mine.items()):
        differing += 1
        print(unit["office"], "computed", mine, "published", unit)
print(f"{len(units)} units ranked again, {differing} differ")
sys.exit(differing > 0)
