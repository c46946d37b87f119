"""What the product does when there is much of everything: `make scale`, or `python -m bench.scale PART …`.

Parts: pages, seal, mix, standings, papers, crowd, fire, memory, paint. Each writes its figures into docs/proof.json, unless told not to. Private servers
and folders only; pages fills two databases, which takes minutes and two to three gigabytes for each million ballots.
"""

from __future__ import annotations

import argparse
import os
import signal
import statistics
import sys

from bench import proof
from bench.faults.clients import number
from bench.faults.place import POSTGRESQL, SQLITE, Kit
from bench.postgres import Server
from bench.scale import crowd, fire, paint
from bench.scale.country import OFFICES
from bench.scale.front import KEPT
from bench.scale.pages import FIRST_READER
from bench.scale.place import place
from bench.scale.ratios import MOST, PAGES, TURNS, by_turns, decimal, least

PARTS = ("pages", "seal", "mix", "standings", "papers", "crowd", "fire", "memory", "paint")
GROWTH = 1.05
SEAL_SECONDS, SEAL_TIMES = 5.0, 3.0
#: Counting a month anew, by the ballot: at most so much dearer in the large set than in the small one.
ROLL_UP = 1.5
#: Answers of each of 64 units: as few as are ranked at all, and as many as the largest units got.
FEW_ANSWERS, MANY_ANSWERS = 30, 1000
#: Ballots that wait in one box, and the seconds in which the night's mix must be through with them.
WAITING, MIX_SECONDS = 10_000, 30.0
STANDINGS_SECONDS, PAPER_SECONDS = 2.0, 3.0
#: Seconds of processor a printing, once a process has set one.
PAPER_PROCESSOR = {"report.pdf": 1.0, "minutes.pdf": 0.4}
#: A sending beside readers may take so many times as long as one without.
BESIDE_READERS = 1.5
#: Head office's home over the country, nothing of it kept.
HOME_SECONDS = 0.3
#: Of the month whose papers are timed: twelve of each of its 360 groups.
PAPER_BALLOTS = 4320


def main() -> int:
    options = arguments()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that everything is stopped on the way out
    if (busy := os.getloadavg()[0]) > 1:
        print(f"this machine is busy with other work (load {busy:.1f}): times are longer than they need be")
    good = [PART[name](options) for name in options.parts or PARTS]
    return 0 if all(good) else 1


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.scale", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="PART", help="which; all of them without")
    parser.add_argument("--ballots", type=int, default=1_000_000, help="of the large set (default 1.000.000)")
    parser.add_argument("--requests", type=int, default=100_000, help="of the memory part")
    parser.add_argument("--dry", action="store_true", help="write nothing down")
    return parser.parse_args()


def pages(options: argparse.Namespace) -> bool:
    """The same pages over ten thousand ballots and over many; fill time and size by the way."""
    many = options.ballots
    with Server() as server, place(server, "small") as small, place(server, "large") as large:
        filled = {each: each.ask("bench.scale.fill", n) for each, n in ((small, 10_000), (large, many))}
        seconds, ballots, size = filled[large]["seconds"], filled[large]["ballots"], large.size()
        times = by_turns({each: told["receipt"] for each, told in filled.items()})
        country = large.ask("bench.scale.country")
    said = _told(
        options,
        "fill",
        f"{number(ballots)} ballots in {decimal(seconds / 60, 1)} minutes",
        met=ballots >= 10_000_000,
    )
    _told(options, "scale-size", f"{size / ballots:.0f} bytes at {number(ballots)} ballots", met=True)
    home = (
        f"at {number(ballots)} ballots and {OFFICES} offices: {decimal(country['first'])} s of processor where nothing is kept, "
        f"{decimal(country['kept'], 3)} s again; {country['first_statements']} and {country['kept_statements']} statements, "
        "session and rights included"
    )
    good = [
        said,
        _told(
            options,
            "home-of-700",
            home,
            met=country["first"] <= HOME_SECONDS and country["kept_statements"] <= 10,
        ),
    ]
    for key, kinds in PAGES.items():
        ratios = {name: times[large][name] / times[small][name] for name in kinds}
        figure = f"at {number(ballots)}: " + ", ".join(
            f"{name} {decimal(ratio)} ×" for name, ratio in ratios.items()
        )
        if key == "scale-pages":
            first = times[large][FIRST_READER] / times[large]["national page, running"]
            figure += f" (its first reader in a while, who waits for the count, {decimal(first)} × the next)"
        good.append(_told(options, key, figure, met=max(ratios.values()) <= MOST and ballots >= 1_000_000))
    return all(good)


def seal(options: argparse.Namespace) -> bool:
    """The second signature: a small month in seconds, a large one as a multiple of reading and hashing it."""
    with Server() as server:
        runs = []
        for ballots in (3240, options.ballots):
            with place(server, f"seal_{ballots}") as one:
                runs.append(one.ask("bench.scale.seal", ballots))
    small, large = runs
    seconds, ratio = small["second"], large["second"] / large["loop"]
    by_ballot = (large["count"] / large["ballots"]) / (small["count"] / small["ballots"])
    n = number(large["ballots"])
    return all(
        [
            _told(options, "seal-small", f"{decimal(seconds)} s", met=seconds < SEAL_SECONDS),
            _told(
                options, "seal-large",
                f"{n} ballots: {decimal(large['second'], 1)} s, {decimal(ratio)} × the plain loop ({decimal(large['loop'], 1)} s)",
                met=ratio < SEAL_TIMES and large["ballots"] >= 1_000_000,
            ),
            _told(
                options, "scale-rollup",
                f"a month of 3.240 counted in {small['count'] * 1000:.0f} ms, one of {n} in {decimal(large['count'], 1)} s: "
                f"{decimal(by_ballot)} × by the ballot",
                met=by_ballot <= ROLL_UP,
            ),
        ]
    )  # fmt: skip


def mix(options: argparse.Namespace) -> bool:
    """A full box opened and sealed again, then opened and released."""
    with Server() as server, place(server, "mix") as one:
        took = one.ask("bench.scale.mix", WAITING)
    figure = (
        f"{number(WAITING)} waiting ballots: {decimal(took['kept'], 1)} s where all are sealed again, "
        f"{decimal(took['released'], 1)} s where all are released"
    )
    return _told(options, "mix-time", figure, met=max(took.values()) <= MIX_SECONDS)


def standings(options: argparse.Namespace) -> bool:
    """Places of 64 units out of many answers in seconds; the public pages cost the same out of few and of many."""
    with Server() as server, place(server, "few") as few, place(server, "many") as many:
        few.ask("bench.scale.standings", FEW_ANSWERS)
        found = many.ask("bench.scale.standings", MANY_ANSWERS)
        # By turns, so that a slow minute of the machine meets both.
        asked = [[each.ask("bench.scale.standings", "pages") for each in (few, many)] for _ in range(TURNS)]
    by_few, by_many = (least(turns) for turns in zip(*asked, strict=True))
    ratios = {name: by_many[name] / by_few[name] for name in by_few}
    return all(
        [
            _told(
                options, "standings-time",
                f"64 × {number(MANY_ANSWERS)} answers: {decimal(found['standings'])} s "
                f"(all answers counted anew: {decimal(found['count'])} s)",
                met=found["standings"] < STANDINGS_SECONDS,
            ),
            _told(
                options, "standings-size",
                f"64 × {number(MANY_ANSWERS)} against 64 × {FEW_ANSWERS}: table {decimal(ratios['table'])} ×, "
                f"a unit's page {decimal(ratios['unit'])} ×",
                met=max(ratios.values()) <= MOST,
            ),
        ]
    )  # fmt: skip


def papers(options: argparse.Namespace) -> bool:
    """The report and minutes of a large month, printed several times; the slowest printing is judged."""
    with Server() as server, place(server, "papers") as one:
        found = one.ask("bench.scale.papers", PAPER_BALLOTS)
    slowest = {name: max(run["wall"] for run in runs) for name, runs in found.items()}
    worked = {name: [run["processor"] for run in runs] for name, runs in found.items()}
    usual = {name: statistics.median(seconds) for name, seconds in worked.items()}
    figure = f"{number(PAPER_BALLOTS)} ballots: " + ", ".join(
        f"{name} {decimal(usual[name])} s of processor ({decimal(worked[name][0])} s the first of a process), "
        f"slowest of {len(worked[name])} {decimal(slowest[name])} s"
        for name in found
    )
    met = max(slowest.values()) < PAPER_SECONDS and all(
        usual[name] <= most for name, most in PAPER_PROCESSOR.items()
    )
    return _told(options, "papers-time", figure, met=met)


def customers(options: argparse.Namespace) -> bool:
    good = []
    with Kit() as kit:
        for engine in (POSTGRESQL, SQLITE):
            load = os.getloadavg()[0]
            figure, met = crowd.run(kit, engine)
            good.append(
                _told(
                    options,
                    crowd.KEYS[engine],
                    f"{figure} (load of the machine before: {decimal(load, 1)})",
                    met=met,
                )
            )
    return all(good)


def readers(options: argparse.Namespace) -> bool:
    """Fifty who cast beside two hundred who read."""
    with Server() as server, place(server, "fire") as one:
        plain, through_nginx = fire.run(one)
    good = [_beside(options, "cast-beside-readers", plain, f"{fire.READERS} readers")]
    if through_nginx:
        who = f"{fire.READERS} readers and {number(KEPT)} kept connections, through nginx,"
        good.append(_beside(options, "cast-beside-kept", through_nginx, who))
    return all(good)


def _beside(options: argparse.Namespace, key: str, found: fire.Found, who: str) -> bool:
    figure = (
        f"{fire.CUSTOMERS} customers beside {who} ({statistics.median(found.pages):.0f} pages a second): "
        f"p95 {statistics.median(found.beside):.0f} ms, without them {statistics.median(found.silent):.0f} ms, "
        f"median of {fire.PAIRS} ratios {decimal(found.ratio)}"
    )
    return _told(options, key, figure, met=found.ratio <= BESIDE_READERS)


def memory(options: argparse.Namespace) -> bool:
    with Server() as server, place(server, "memory") as one:
        one.run("manage.py", "pilot", "-v0")
        held = one.ask("bench.scale.memory", options.requests)
    growth = held["late"] / held["early"]
    n = options.requests
    figure = (
        f"{held['early']:.0f} MB after {number(n // 10)} requests, {held['late']:.0f} MB after {number(n)}"
    )
    return _told(options, "worker-memory", figure, met=growth <= GROWTH and n >= 100_000)


def ballot_page(options: argparse.Namespace) -> bool:
    with Kit() as kit:
        found = paint.run(kit)
    good = [
        _told(options, key, figure, met=met) for key, (figure, met) in found.items()
    ]  # every line is told
    return all(good)


def _told(options: argparse.Namespace, key: str, figure: str, *, met: bool) -> bool:
    print(f"{key:16} {'met   ' if met else 'MISSED'} {figure}", flush=True)
    if not options.dry:
        proof.record(key, figure=figure, met=met)
    return met


PART = {
    "pages": pages, "seal": seal, "mix": mix, "standings": standings, "papers": papers, "crowd": customers, "fire": readers,
    "memory": memory, "paint": ballot_page,
}  # fmt: skip

if __name__ == "__main__":
    sys.exit(main())
