"""What one web process holds after many requests: `python -m bench.scale.memory 100000`, over a place of its own.

The application answers in this very process, as in a worker, but without a socket. Most requests are a customer's: ballot
pages, casts, wrong codes, receipts. Prints megabytes as JSON: early (after a tenth) and late.
"""

from __future__ import annotations

import io
import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from itertools import cycle
from urllib.parse import urlencode

import django

SLIPS = 200
PAGE = os.sysconf("SC_PAGE_SIZE")


def main(requests: int) -> None:
    django.setup()
    from django.core.wsgi import get_wsgi_application

    from bench.ours import _issue

    codes = [code for _ in range(SLIPS // 50) for code in _issue(50)]
    visits, application = _visits(codes), get_wsgi_application()
    early, began = 0.0, time.monotonic()
    for count in range(1, requests + 1):
        method, path, fields = next(visits)
        status = _ask(application, method, path, fields)
        if status >= 500:
            raise SystemExit(f"bench: {status} for {path}")
        if count == requests // 10:
            early = megabytes()
    print(json.dumps({"early": early, "late": megabytes(), "seconds": time.monotonic() - began}))


def _visits(codes: list[str]) -> Iterator[tuple[str, str, dict[str, str]]]:
    """Endless: ten requests of seven kinds, over and over."""
    for number, code in enumerate(cycle(codes)):
        yield "GET", f"/p/{code}", {}
        yield "GET", f"/p/{code}?lang=en", {}
        yield (
            "POST",
            f"/p/{code}",
            {"attitude": "1", "time": "1"},
        )  # without the form's own field: shown again
        yield "GET", "/p", {}
        yield "POST", "/p", {"code": f"{number:012X}"}
        yield "GET", "/", {}
        yield "GET", "/healthz", {}
        yield "GET", "/receipt", {}
        yield "POST", "/receipt", {"receipt": f"{number:016X}"}
        yield "GET", "/results/", {}


def _ask(application: Callable, method: str, path: str, fields: dict[str, str]) -> int:
    body, seen = urlencode(fields).encode(), []
    path, _, query = path.partition("?")
    response = application(
        {
            "REQUEST_METHOD": method, "PATH_INFO": path, "QUERY_STRING": query, "SERVER_NAME": "127.0.0.1",
            "SERVER_PORT": "8000", "HTTP_HOST": "127.0.0.1:8000", "HTTP_ORIGIN": "http://127.0.0.1:8000",
            "REMOTE_ADDR": f"127.0.{len(path) % 250}.1", "CONTENT_TYPE": "application/x-www-form-urlencoded",
            "CONTENT_LENGTH": str(len(body)), "SERVER_PROTOCOL": "HTTP/1.1", "wsgi.input": io.BytesIO(body),
            "wsgi.url_scheme": "http", "wsgi.errors": sys.stderr, "wsgi.version": (1, 0), "wsgi.multithread": True,
            "wsgi.multiprocess": True, "wsgi.run_once": False,
        },
        lambda status, headers, exc_info=None: seen.append(int(status[:3])),
    )  # fmt: skip
    for _ in response:
        pass
    response.close()
    return seen[0]


def megabytes() -> float:
    """Resident memory of this process."""
    with open("/proc/self/statm", encoding="ascii") as file:
        return int(file.read().split()[1]) * PAGE / 1e6


if __name__ == "__main__":
    main(int(sys.argv[1]))
