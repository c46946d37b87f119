"""Run the comparison and print it; exit 1 when a required ratio is missed. `bench/run --help` lists the options."""

import argparse
import os
import signal
import sys
import time
from contextlib import ExitStack, nullcontext

from bench import environments, load, report
from bench.campaign import OpenForm
from bench.ours import Ours
from bench.postgres import Server
from bench.targets import PEERS

BUSY = 0.7  # runnable processes on average before the bench itself starts


def arguments():
    parser = argparse.ArgumentParser(prog="bench/run", description=__doc__)
    parser.add_argument("--rounds", type=int, default=12, help="interleaved rounds (default 12)")
    parser.add_argument(
        "--seconds", type=float, default=1.0, help="aimed length of one timed stretch (default 1)"
    )
    parser.add_argument("--clients", type=int, default=8, help="simultaneous visitors (default 8)")
    parser.add_argument(
        "--without-ours", action="store_true", help="only the floor and the peers; nothing is judged"
    )
    parser.add_argument(
        "--kept", action="store_true", help="visitors keep their connection from the form to the thanks"
    )
    parser.add_argument("--dry", action="store_true", help="write nothing into docs/proof.md")
    return parser.parse_args()


def main():
    options = arguments()
    began = time.monotonic()
    if (load_average := os.getloadavg()[0]) > BUSY:
        print(
            f"this machine is busy with other work (load {load_average:.1f}): read the ratios, not the rates"
        )
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that the servers are stopped on the way out
    with ExitStack() as stack:
        server = stack.enter_context(Server())
        targets = []
        for kind in sides(options):
            print(f"starting {kind.name}", flush=True)
            target = kind(server)
            target.keeps = options.kept
            stack.callback(target.stop)
            target.start()
            targets.append(target)
        versions = same_versions(targets)
        versions["PostgreSQL"] = server.query("postgres", "SHOW server_version").split()[0]
        results = measure(targets, options)
        for target in targets:
            check_rows(target, results[target.name])
    report.save(results, versions, options)
    met = report.show(results, versions, options, seconds=time.monotonic() - began)
    if not (options.dry or options.without_ours):
        report.write_down(results, options)
    return 0 if met else 1


def sides(options):
    """Each visitor of the open form has an address of its own, and so a connection of its own: it is left out of the kept."""
    if options.without_ours:
        return PEERS
    return (*PEERS, Ours) if options.kept else (*PEERS, Ours, OpenForm)


def same_versions(targets):
    """A faster gunicorn or Django on one side would be measured as a faster product."""
    found = {target.name: environments.versions(target.python) for target in targets}
    first, *others = found.values()
    if any(other != first for other in others):
        raise SystemExit(
            f"bench: the sides run on different versions, compile bench/requirements-*.txt anew: {found}"
        )
    return first


def measure(targets, options):
    """{target: {"post": [Phase, …], "whole": [Phase, …], "thanks": [Phase, …], "sent": POSTs answered as stored}}."""
    results = {target.name: {"post": [], "whole": [], "thanks": [], "sent": 0} for target in targets}
    sizes = {target.name: calibrate(target, options, results[target.name]) for target in targets}
    for number in range(options.rounds):
        turn = number % len(targets)  # nobody is always first, nor always after the same neighbour
        for target in targets[turn:] + targets[:turn]:
            one_round(target, sizes[target.name], options.clients, results[target.name])
        print(f"round {number + 1} of {options.rounds} done", flush=True)
    return results


def calibrate(target, options, result):
    """Warm the workers up and choose how many visits make one stretch of about `seconds`. Returns (POSTs, wholes)."""
    whole(target, 80, options.clients, result)
    rates = (
        post_alone(target, 120, options.clients, result).rate,
        whole(target, 80, options.clients, result).rate,
    )
    return tuple(max(10 * options.clients, int(rate * options.seconds)) for rate in rates)


def one_round(target, sizes, clients, result):
    post_size, whole_size = sizes
    result["post"].append(post_alone(target, post_size, clients, result))
    result["whole"].append(whole(target, whole_size, clients, result))
    if target.redirects:
        result["thanks"].append(whole(target, whole_size, clients, result, to_the_thanks=True))
    else:
        result["thanks"].append(result["whole"][-1])  # the POST's own answer says thanks


def post_alone(target, count, clients, result):
    """Forms are fetched before the clock starts: one for each POST where a form serves once, else one for each client."""
    forms = []
    needed = count if target.single_use else clients
    load.timed(
        lambda path: forms.append(target.fill(path)),
        target.paths(needed),
        clients,
    )
    queue = [forms[place % needed] for place in range(count)]

    def send(form):
        with load.again(target.address) if target.keeps else nullcontext():
            load.send(target.address, form, target.stored)

    phase = load.timed(send, queue, clients)
    result["sent"] += count
    return phase


def whole(target, count, clients, result, *, to_the_thanks=False):
    """GET the form, POST it: a customer's whole response; with `to_the_thanks` also the page that a redirect leads to."""

    def visit(path):
        with load.visiting(target.address) if target.keeps else nullcontext():
            form = target.fill(path)
            answer = load.send(target.address, form, target.stored)
            if to_the_thanks:
                load.follow(target.address, form, answer)

    phase = load.timed(visit, target.paths(count), clients)
    result["sent"] += count
    return phase


def check_rows(target, result):
    if (rows := target.stored_rows()) != result["sent"]:
        raise SystemExit(
            f"bench: {target.name} said {result['sent']} times that it stored, its database holds {rows}"
        )


if __name__ == "__main__":
    sys.exit(main())
