"""What an answer costs on the cluster: processor on each kind of machine, log to be copied, room on the disk. From these the
capacity of any number of cores follows; how busy this machine is with other work hardly matters."""

from __future__ import annotations

import os
import threading
import time
from collections import Counter
from itertools import count
from pathlib import Path

from bench import load
from bench.drills.books import said
from bench.drills.chart import Bar, bars
from bench.drills.cluster import Cluster, ClusterPlace
from bench.drills.cluster import run as command
from bench.drills.open_forms import open_forms, opened, sent
from bench.ours import ROOT

SECONDS, CUSTOMERS = 30, 12
TICKS = os.sysconf("SC_CLK_TCK")
CHART = ROOT / "docs" / "pictures" / "cluster-capacity.svg"
WEB, PRIMARY, STANDBY, PROXY, KEEPERS = "web", "primary", "standby", "HAProxy", "Patroni, etcd"


def run(cluster: Cluster, _place: ClusterPlace) -> tuple[str, bool]:
    """What an answer (GET and POST of a campaign's open form) costs, in words; the chart goes to docs/pictures."""
    with open_forms(cluster, "capacity") as forms:
        place, groups = forms.place, {web.process.pid for web in forms.webs}
        answer(forms.addresses, forms.paths, seconds=5)
        log, size, spent = written(place), room(place), processor(cluster, groups)
        answers = answer(forms.addresses, forms.paths, seconds=SECONDS)
        spent_then = processor(cluster, groups)
        log, size = (written(place) - log) / answers, (room(place) - size) / answers
    cost = {part: (spent_then[part] - spent[part]) * 1000 / answers for part in spent_then}
    cost[STANDBY] /= 2  # of each
    CHART.write_text(chart(cost), encoding="utf-8")
    told = ", ".join(f"{part} {said(cost[part], 2)}" for part in (WEB, PRIMARY, STANDBY, PROXY))
    figure = (
        f"{answers} answers in {SECONDS} s by {CUSTOMERS} customers ({answers / SECONDS:.0f} a second on this machine); ms of processor an answer: "
        f"{told}; so a core gives {1000 / cost[WEB]:.0f} answers a second on a web node and {1000 / cost[PRIMARY]:.0f} on the primary; "
        f"{KEEPERS} and checks, whatever is cast: {(spent_then[KEEPERS] - spent[KEEPERS]) / SECONDS * 100:.0f} % of a core on all three members; "
        f"{said(log / 1000)} kB of log and {said(size / 1000)} kB of disk an answer"
    )
    return figure, answers > 10 * SECONDS  # else what runs anyway is counted as the answers'


def answer(addresses: list, paths: list[str], *, seconds: float) -> int:
    """How many were acknowledged."""
    until, turn, got = time.monotonic() + seconds, count(), Counter()

    def customer() -> None:
        while time.monotonic() < until:
            number = next(turn)
            address, path = addresses[number % len(addresses)], paths[number % len(paths)]
            try:
                receipt = sent(address, opened(address, path))
            except (OSError, load.NotStored):
                got[False] += 1
                time.sleep(0.2)
            else:
                got[bool(receipt)] += 1

    threads = [threading.Thread(target=customer, daemon=True) for _ in range(CUSTOMERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return got[True]


def written(place: ClusterPlace) -> int:
    """Bytes of the log until now: what every standby is sent."""
    return int(place.rows("SELECT pg_current_wal_lsn() - '0/0'::pg_lsn")[0][0])


def room(place: ClusterPlace) -> int:
    return place.rows(f"SELECT pg_database_size('{place.database}')")[0][0]


def processor(cluster: Cluster, web_groups: set[int]) -> Counter[str]:
    """Seconds of processor that each part has taken until now, ended children included."""
    primary, spent = cluster.primary().name, Counter()
    for member in cluster.members.values():
        for pid in command("ip", "netns", "pids", member.name).split():
            name, seconds = _taken(int(pid))
            at = PRIMARY if member.name == primary else STANDBY
            spent[at if name == "postgres" else KEEPERS] += seconds
    spent[PROXY] = _taken(cluster.proxy.pid)[1]
    for path in Path("/proc").glob("[0-9]*"):
        try:
            if os.getpgid(int(path.name)) in web_groups:
                spent[WEB] += _taken(int(path.name))[1]
        except ProcessLookupError:
            continue
    return spent


def _taken(pid: int) -> tuple[str, float]:
    """A process's name, and the seconds that it and its ended children took; ('', 0) of one that is gone."""
    try:
        head, _, rest = Path(f"/proc/{pid}/stat").read_text().rpartition(")")
    except OSError:
        return "", 0.0
    return head.partition("(")[2], sum(map(int, rest.split()[11:15])) / TICKS


def chart(cost: dict[str, float]) -> str:
    named = {
        WEB: "Máy web (gunicorn)", PROXY: "Máy web (HAProxy)", PRIMARY: "Máy chính (PostgreSQL)", STANDBY: "Mỗi máy dự phòng",
    }  # fmt: skip
    rows = [Bar(words, cost[part], f"{said(cost[part])} ms") for part, words in named.items()]
    return bars("Thời gian bộ xử lý cho một lần trả lời (mở phiếu và gửi)", rows)
