"""What is counted while serving. No label names a slip, a customer, a counter or one of the staff.

With several workers the figures lie in files of a memory disk that all of them write (PROMETHEUS_MULTIPROC_DIR, set
by deploy/gunicorn.conf.py); without it they are this process's own.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from time import perf_counter

from django.db.backends.signals import connection_created
from django.http import HttpRequest, HttpResponse
from prometheus_client import CollectorRegistry, Counter, Histogram

OWN = CollectorRegistry()
REQUESTS = Counter("phieu_requests", "Requests by view and class of status", ["view", "status"], registry=OWN)
SECONDS = Histogram(
    "phieu_request_seconds",
    "Time to answer, by view",
    ["view"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
    registry=OWN,
)
CASTS = Counter("phieu_casts", "Ballots that were sent, by what became of them", ["outcome"], registry=OWN)
DATABASE_ERRORS = Counter(
    "phieu_database_errors", "Statements that the database refused, by kind", ["kind"], registry=OWN
)

NO_VIEW = "none"  # not found, or turned away before any view
TABLET = "surveys:tablet_cast"
TAKE_BALLOTS = {
    "surveys:ballot",
    "surveys:surveys.views.public.ballot",  # the same in capitals
    "surveys:campaign_answer",
    TABLET,
}
# Accepted is a receipt on the page, also the one of a form that was sent twice.
ACCEPTED = "accepted"
REFUSED = {
    400: "unreadable",
    403: "foreign",
    404: "unknown",
    409: "not_usable",
    413: "too_large",
    422: "shown_again",
    429: "too_fast",
    503: "outage",
}


class Measured:
    """Outermost of the middlewares: counts and times every request."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        connection_created.connect(watch, dispatch_uid="phieu-database-errors")

    def __call__(self, request: HttpRequest) -> HttpResponse:
        began = perf_counter()
        response = self.get_response(request)
        match = request.resolver_match
        view = match.view_name if match else NO_VIEW
        requests, seconds = _series(view, response.status_code // 100)
        requests.inc()
        seconds.observe(perf_counter() - began)
        if request.method == "POST" and view in TAKE_BALLOTS and (outcome := outcome_of(view, response)):
            CASTS.labels(outcome).inc()
        return response


@cache
def _series(view: str, hundreds: int) -> tuple[Counter, Histogram]:
    """Looked up once: finding them by their labels costs as much as counting. As many as there are addresses."""
    return REQUESTS.labels(view, f"{hundreds}xx"), SECONDS.labels(view)


def outcome_of(view: str, response: HttpResponse) -> str | None:
    """What became of a ballot that was sent; None for a page of a campaign's form that only turned."""
    if response.status_code == 200:
        is_receipt = view == TABLET or "receipt" in getattr(response, "holes", ())
        return ACCEPTED if is_receipt else None
    return REFUSED.get(response.status_code, "other")


def watch(connection, **_kwargs) -> None:
    """Let a new connection count what the database refuses."""
    if counted not in connection.execute_wrappers:
        connection.execute_wrappers.append(counted)


def counted(execute, sql, params, many, context):
    try:
        return execute(sql, params, many, context)
    except Exception as error:
        DATABASE_ERRORS.labels(type(error).__name__).inc()
        raise
