"""/metrics: what was counted and how far the work is behind, in Prometheus' text format, for the house's own machines."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from ipaddress import ip_network

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import Error as DatabaseFailure
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from kbnn_survey.metrics import OWN
from reports.schedule import lag
from surveys.client_address import address_of
from surveys.database import replication

GAUGES = {
    "boxes": ("phieu_boxes_waiting", "Boxes with ballots that wait for a mix"),
    "ballots": ("phieu_ballots_waiting", "Ballots that wait for a mix"),
    "mix_lag": ("phieu_mix_lag_seconds", "How long a box has waited for its mix of this night"),
    "checkpoint_age": ("phieu_checkpoint_age_seconds", "Since the day of the last checkpoint began"),
    "job_age": ("phieu_due_job_age_seconds", "Since a scheduled job ended"),
    "round_age": ("phieu_due_round_age_seconds", "Since the scheduled work went through its list"),
    "mixer_age": ("phieu_mixer_age_seconds", "Since the mixer looked into the boxes"),
    "unopenable": ("phieu_ballots_unopenable", "Waiting ballots that the mixer could not open"),
}


class House(Collector):
    """What the database says, the same whichever worker is asked. One that does not answer is told as being down."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        watch = None
        with suppress(DatabaseFailure):
            watch = lag.look(now=timezone.now())
        yield GaugeMetricFamily("phieu_database_up", "Whether the database answers", value=bool(watch))
        for field, (name, words) in GAUGES.items() if watch else ():
            if (value := getattr(watch, field)) is not None:
                yield GaugeMetricFamily(name, words, value=value)
        if settings.CLUSTER:
            yield from _of_cluster()


def _of_cluster() -> Iterator[GaugeMetricFamily]:
    words = "Synchronous standbys that are connected to the primary"
    with suppress(DatabaseFailure):
        if (standbys := replication.state().standbys) is not None:
            yield GaugeMetricFamily("phieu_synchronous_standbys", words, value=standbys)


@login_not_required
@require_safe
@never_cache
def metrics(request: HttpRequest) -> HttpResponse:
    """404 to everybody but the addresses of METRICS_FROM; nothing is behind a login, since a machine asks."""
    if not is_ours(request):
        raise Http404
    house = CollectorRegistry()
    house.register(House())
    return HttpResponse(
        generate_latest(_counted()) + generate_latest(house), content_type=CONTENT_TYPE_LATEST
    )


def is_ours(request: HttpRequest) -> bool:
    """Whether the request comes from an address that may look, and not merely through a proxy that has one.

    An IPv6 address stands for its /64, here as everywhere.
    """
    peer = request.META.get("REMOTE_ADDR", "")
    if "X-Forwarded-For" in request.headers and peer not in settings.TRUSTED_PROXIES:
        return False
    try:
        asking = ip_network(address_of(request))
        allowed = [ip_network(each, strict=False) for each in settings.METRICS_FROM]
    except ValueError:
        return False
    return any(asking.version == each.version and asking.overlaps(each) for each in allowed)


def _counted() -> CollectorRegistry:
    """All workers' counts where they share a folder, else this process's own."""
    if not os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        return OWN
    together = CollectorRegistry()
    MultiProcessCollector(together)
    return together
