"""Medians, paired ratios and the verdict; the ratios that are claimed go into the proof."""

import json
import os
import platform
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from statistics import median, quantiles

from bench import proof
from bench.environments import HOME


@dataclass(frozen=True)
class Ratio:
    """`side` against `other` in one phase. `required` fails the run when missed; `aim` is printed only.

    `claim` names the line of the proof, which holds when the required is reached.
    """

    phase: str
    other: str
    required: float | None = None
    aim: float | None = None
    side: str = "ours"
    claim: str = ""

    def reaches(self, value):
        """Whether the median fulfils what the proof claims."""
        return value >= (self.required or self.aim)


RATIOS = (
    Ratio("whole", "form-surveys", required=3.0, aim=3.6, claim="cast-peers"),
    Ratio("thanks", "form-surveys"),
    Ratio("whole", "survey-and-report"),
    Ratio("thanks", "survey-and-report"),
    Ratio("whole", "floor"),
    Ratio("post", "floor", required=0.55, aim=0.7, claim="cast-floor"),
    Ratio("post", "form-surveys"),
    Ratio("post", "survey-and-report"),
    Ratio("post", "floor", required=0.35, side="open-form", claim="campaign-floor"),
    Ratio("whole", "floor", side="open-form"),
)
#: The same where a visitor's connection is kept; the open form is not among the sides.
KEPT_RATIOS = (
    Ratio("whole", "form-surveys", required=3.0, aim=3.9, claim="cast-peers-kept"),
    Ratio("thanks", "form-surveys"),
    Ratio("whole", "survey-and-report"),
    Ratio("whole", "floor"),
    Ratio("post", "floor", required=0.55, aim=0.7, claim="cast-floor-kept"),
    Ratio("post", "form-surveys"),
)
PHASES = {"post": "POST alone", "whole": "GET + POST", "thanks": "to the thanks"}


def ratios_of(options):
    return KEPT_RATIOS if options.kept else RATIOS


def show(results, versions, options, *, seconds):
    """Print the two tables; True when every required ratio is met (or ours was left out)."""
    print()
    print(", ".join(f"{name} {version}" for name, version in versions.items()))
    print(
        f"{platform.machine()}, {os.cpu_count()} cores; gunicorn 2 {'workers of 4 threads, kept' if options.kept else 'sync workers'}; "
        f"{options.clients} clients;",
        end=" ",
    )
    print(f"medians of {options.rounds} interleaved rounds; {seconds:.0f} s in all")
    print()
    print(f"{'requests a second':20}" + "".join(f"{title:>24}" for title in PHASES.values()), end="")
    print(f"{'client CPU':>13}{'rows':>9}")
    for name, result in results.items():
        cells = "".join(f"{_cell(result[phase]):>24}" for phase in PHASES)
        print(f"{name:20}{cells}{_client(result):13.0%}{result['sent']:>9}")
    if "ours" not in results:
        print("\nours was left out: nothing to judge")
        return True
    print()
    verdicts = [
        _judge(ratio, results) for ratio in ratios_of(options)
    ]  # a list: every line is printed, missed or not
    return all(verdicts)


def save(results, versions, options):
    """Keep the run's figures in .bench/last.json for docs that quote them."""
    HOME.mkdir(exist_ok=True)
    figures = {
        name: {phase: [round(p.rate, 1) for p in result[phase]] for phase in PHASES}
        | {"rows": result["sent"]}
        for name, result in results.items()
    }
    record = {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "cores": os.cpu_count(),
        "clients": options.clients,
        "versions": versions,
        "requests_per_second": figures,
        "ratios": {
            f"{r.side} {r.phase} / {r.other}": [round(value, 3) for value in paired(results, r)]
            for r in ratios_of(options)
            if "ours" in results
        },
    }
    (HOME / "last.json").write_text(json.dumps(record, indent=1) + "\n")


def write_down(results, options):
    """The claimed ratios, into docs/proof.md."""
    for ratio in ratios_of(options):
        if ratio.claim:
            low, value, high = paired(results, ratio)
            rates = [median(p.rate for p in results[name][ratio.phase]) for name in (ratio.side, ratio.other)]
            figure = (
                f"{value:.2f} × ({low:.2f}–{high:.2f}): {rates[0]:.0f} against {rates[1]:.0f} a second, "
                f"{options.rounds} paired rounds"
            )
            if ratio.phase == "whole":
                thanks = paired(results, replace(ratio, phase="thanks"))[1]
                figure += f"; followed to the page that says thanks {thanks:.2f} ×"
            proof.record(ratio.claim, figure=figure.replace(".", ","), met=ratio.reaches(value))


def paired(results, ratio):
    """(lower quartile, median, upper quartile) over rounds of one side ÷ the other within one round.

    A slow minute of the machine slows both sides of a round, so it hardly moves their ratio.
    """
    side, other = results[ratio.side][ratio.phase], results[ratio.other][ratio.phase]
    ratios = [a.rate / b.rate for a, b in zip(side, other, strict=True)]
    return tuple(quantiles(ratios, n=4, method="inclusive")) if len(ratios) > 1 else (ratios[0],) * 3


def _judge(ratio, results):
    low, value, high = paired(results, ratio)
    met = ratio.required is None or value >= ratio.required
    verdict = "" if ratio.required is None else f"required {ratio.required:.2f}: {'met' if met else 'MISSED'}"
    if ratio.aim:
        verdict += f"; aim {ratio.aim:.2f}: {'met' if value >= ratio.aim else 'not yet'}"
    print(
        f"{PHASES[ratio.phase]:11} {ratio.side:9} ÷ {ratio.other:18} {value:6.2f} ({low:.2f}–{high:.2f})   {verdict}".rstrip()
    )
    return met


def _cell(phases):
    return f"{median(p.rate for p in phases):.0f} (p95 {median(p.p95 for p in phases):.0f} ms)"


def _client(result):
    """Share of one core that the load client itself used while the clock ran."""
    phases = [p for phase in PHASES for p in result[phase]]
    return sum(p.client_seconds for p in phases) / sum(p.seconds for p in phases)
