"""A campaign's open form in 64 units on the cluster, behind two web nodes, and what one visitor does there."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench import load
from bench.campaign import OpenForm, own_address
from bench.drills.cluster import Cluster, ClusterPlace
from bench.faults.clients import receipt_in
from bench.faults.place import Web


@dataclass
class OpenForms:
    """``paths``: the forms of the units. ``addresses``: of the web nodes; replaced when a node comes back."""

    place: ClusterPlace
    paths: list[str]
    webs: list[Web]

    def __post_init__(self) -> None:
        self.addresses = [web.address for web in self.webs]


@contextmanager
def open_forms(cluster: Cluster, database: str) -> Iterator[OpenForms]:
    """The national questionnaire in a new database of the cluster, served while the context lasts."""
    cluster.wait_healthy()
    with tempfile.TemporaryDirectory(prefix="drills-") as folder:
        place = ClusterPlace(Path(folder), cluster, database)
        try:
            for command in ("prepare", "pilot"):
                place.manage(command)
            paths = json.loads(place.python("-m", "bench.campaign").splitlines()[-1])
            yield OpenForms(place, paths, [place.serve() for _node in range(2)])
        finally:
            place.close()


def opened(address, path: str) -> load.Form:
    """The form, filled in, as a visitor from an address of its own sees it. Raises `OSError`, `load.NotStored`."""
    return load.fill(address, path, OpenForm.answers, source=(own_address(), 0))


def sent(address, form: load.Form) -> str:
    """The receipt; '' where none is shown. Raises `OSError`, `load.NotStored`."""
    return receipt_in(load.request(address, "POST", form.path, form.body, form.cookie, form.source).body)
