"""gunicorn's processes with waitress's reading and writing: a thread of the product never waits for a client.

What a client sends is gathered by one loop, and a thread gets the request when it is whole; what the product answers is sent on by
that loop. Hundreds of connections that send or read slowly, or nothing, cost memory and no thread (docs/decisions/0033).
"""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Callable, Iterable
from contextlib import closing, nullcontext

from gunicorn.workers.base import Worker
from waitress import wasyncore
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser, ParsingError
from waitress.server import BaseWSGIServer, create_server

MIB = 1 << 20
LARGEST_BODY = 101 * MIB  # a scanned pile, the largest that is taken anywhere (deploy/nginx.conf)
ON_THEIR_WAY = 256 * MIB  # all that is gathered or waits to be read, in one process
CONNECTIONS = 1000  # of one process
IDLE = 30  # seconds that a connection may be silent
QUIET = 1.0  # seconds without a request, after which a stopping process ends


class OneLength(HTTPRequestParser):
    """A request that tells two lengths is refused, and with it whatever it hides (RFC 9112 §6.3, ASVS 4.2.1)."""

    def parse_header(self, header_plus: bytes) -> None:
        super().parse_header(header_plus)
        if self.chunked and "CONTENT_LENGTH" in self.headers:
            raise ParsingError("Content-Length beside Transfer-Encoding")


class Connection(HTTPChannel):
    parser_class = OneLength


class BufferedWorker(Worker):
    """Chosen by `worker_class`; heeds ``threads`` and ``graceful_timeout`` [s]. Nothing passes through a file on the disk."""

    def run(self) -> None:
        self.map: dict[int, wasyncore.dispatcher] = {}
        logging.getLogger("waitress.queue").setLevel(
            logging.ERROR
        )  # it warns of each request that waits for a thread
        server = create_server(
            without_body_of_head(self.wsgi),
            map=self.map,
            sockets=[listener.sock for listener in self.sockets],
            threads=self.cfg.threads,
            connection_limit=CONNECTIONS,
            channel_timeout=IDLE,
            asyncore_use_poll=True,
            max_request_header_size=32 * 1024,
            max_request_body_size=LARGEST_BODY,
            inbuf_overflow=LARGEST_BODY + MIB,
            outbuf_overflow=LARGEST_BODY + MIB,
            clear_untrusted_proxy_headers=False,  # whom to believe says BEHIND_PROXY
            ident=None,
            log_socket_errors=False,
        )
        for each in self.listeners():
            each.channel_class = Connection
        bounded = time.monotonic()
        while self.alive:
            self.notify()
            wasyncore.poll2(1.0, self.map)
            if self.ppid != os.getppid():  # the master was killed
                return
            if time.monotonic() - bounded > 1:
                bounded = time.monotonic()
                self.drop_beyond(ON_THEIR_WAY)
        self.finish(server.task_dispatcher)

    def listeners(self) -> list[BaseWSGIServer]:
        return [each for each in self.map.values() if isinstance(each, BaseWSGIServer)]

    def channels(self) -> list[HTTPChannel]:
        return [each for each in self.map.values() if isinstance(each, HTTPChannel)]

    def drop_beyond(self, limit: int) -> None:
        """Close the connections that hold most, until all hold at most ``limit`` bytes."""
        held = sorted(((bytes_of(each), each) for each in self.channels()), key=lambda pair: pair[0])
        total = sum(size for size, _channel in held)
        while total > limit:
            size, largest = held.pop()
            total -= size
            largest.will_close = True

    def finish(self, dispatcher) -> None:
        """Take no new connection; answer what has been sent, on a kept connection too, and end when all is quiet."""
        for each in self.listeners():
            each.accepting = False
        give_up, quiet_since = time.monotonic() + self.cfg.graceful_timeout, time.monotonic()
        while (now := time.monotonic()) < give_up and now - quiet_since < QUIET:
            self.notify()
            wasyncore.poll2(0.1, self.map)
            if any(each.requests or each.request or each.total_outbufs_len for each in self.channels()):
                quiet_since = time.monotonic()
        dispatcher.shutdown(timeout=1)


def without_body_of_head(application: Callable) -> Callable:
    """Django leaves it to the server that an answer to HEAD has no body, and so does waitress to the application (RFC 9110 §9.3.2)."""

    def answer(environ: dict, start_response: Callable) -> Iterable[bytes]:
        result = application(environ, start_response)
        if environ["REQUEST_METHOD"] != "HEAD":
            return result
        with closing(result) if hasattr(result, "close") else nullcontext():
            return []

    return answer


def bytes_of(channel: HTTPChannel) -> int:
    """What a connection holds in memory: the body that is not whole yet, and the answer that is not read yet."""
    body = channel.request.body_rcv if channel.request else None
    return channel.total_outbufs_len + (len(body) if body else 0)
