"""The load client: eight visitors in threads, one implementation for every server compared.

Each visit is a new visitor's: an own connection (gunicorn's sync worker closes it after each response anyway) and no
cookie but those that its own GET brought. Sockets and a few lines of parsing instead of http.client, because the
client shares two cores with the servers and must not be what is measured; its own CPU time is reported.
"""

import gzip
import html
import re
import socket
import ssl
import time
from collections import deque
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Barrier, Thread, local
from urllib.parse import urlencode

INPUT = re.compile(rb"<input\b[^>]*\btype=[\"']?hidden\b[^>]*>", re.I)
ATTRIBUTE = re.compile(rb"\b(name|value)=\"([^\"]*)\"|\b(name|value)='([^']*)'", re.I)
SET_COOKIE = re.compile(rb"^set-cookie: *([^=;\s]+=[^;\r]*)", re.I | re.M)
LOCATION = re.compile(rb"^location: *(\S+)", re.I | re.M)
LENGTH = re.compile(rb"^content-length: *(\d+)", re.I | re.M)
CHUNKED = re.compile(rb"^transfer-encoding: *chunked", re.I | re.M)
LAST_CHUNK = b"0\r\n\r\n"
ZIPPED = re.compile(rb"^content-encoding: *gzip", re.I | re.M)

BROWSER = (
    "User-Agent: Mozilla/5.0 (Linux; Android 13) bench\r\n"
    "Accept: text/html,application/xhtml+xml\r\n"
    "Accept-Language: vi\r\n"
    "Accept-Encoding: gzip\r\n"
)


class Secure(tuple):
    """Host and port of a server that speaks TLS; its certificate is the bench's own and is not looked at."""


class NotStored(Exception):
    """A response that does not say that the answers were stored: the run is worth nothing."""


@dataclass(frozen=True)
class Answer:
    status: int
    head: bytes
    body: bytes


@dataclass(frozen=True)
class Form:
    """A form as one GET delivered it, filled in and ready to send."""

    path: str
    body: bytes
    cookie: str
    source: tuple | None = None


@dataclass
class Phase:
    """One timed stretch: how many visits, how long they took together, and each one's seconds."""

    count: int
    seconds: float
    client_seconds: float
    latencies: list = field(repr=False, default_factory=list)

    @property
    def rate(self):
        return self.count / self.seconds

    @property
    def p95(self):
        """Milliseconds."""
        return sorted(self.latencies)[int(0.95 * (len(self.latencies) - 1))] * 1000


@contextmanager
def connected(address, source=None):
    """A new connection, by TLS where the address says so."""
    with socket.create_connection(tuple(address), timeout=30, source_address=source) as connection:
        if not isinstance(address, Secure):
            yield connection
            return
        with _TLS.wrap_socket(connection, server_hostname=address[0]) as wrapped:
            yield wrapped


@contextmanager
def visiting(address):
    """One visitor whose browser keeps its connection: what is asked inside goes through one, unless it names a source."""
    with connected(address) as connection:
        _kept.connection = connection
        try:
            yield
        finally:
            _kept.connection = None


@contextmanager
def again(address):
    """The same over many visits of one thread, for what a browser sends on a connection that stands already."""
    standing = _kept.__dict__.setdefault("standing", {})
    if address not in standing:
        standing[address] = socket.create_connection(tuple(address), timeout=30)
    _kept.connection = standing[address]
    try:
        yield
    finally:
        _kept.connection = None


_kept = local()


def _unverified():
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


_TLS = _unverified()


def request(address, method, path, body=b"", cookie="", source=None):
    """One request on a new connection, from the address `source` if given, read to its end. Returns an Answer."""
    host, scheme = f"{address[0]}:{address[1]}", "https" if isinstance(address, Secure) else "http"
    head = f"{method} {path} HTTP/1.1\r\nHost: {host}\r\n{BROWSER}"
    if cookie:
        head += f"Cookie: {cookie}\r\n"
    if method == "POST":
        head += (
            f"Origin: {scheme}://{host}\r\nContent-Type: application/x-www-form-urlencoded\r\n"
            f"Content-Length: {len(body)}\r\n"
        )
    kept = getattr(_kept, "connection", None)
    if kept is not None and source is None:
        kept.sendall(head.encode() + b"\r\n" + body)
        return _read(kept)
    with connected(address, source) as connection:
        connection.sendall(head.encode() + b"\r\n" + body)
        return _read(connection)


def fill(address, path, answers, source=None):
    """GET a form and fill it in: its hidden fields go back as they came, from the same address. Returns a Form."""
    page = request(address, "GET", path, source=source)
    missing = [name for name in answers if f'name="{name}"'.encode() not in page.body]
    if page.status != 200 or missing:
        raise NotStored(f"GET {path} answered {page.status} without the fields {missing}")
    fields = dict(_hidden(tag) for tag in INPUT.findall(page.body))
    return Form(path, urlencode(fields | answers).encode(), "; ".join(_cookies(page)), source)


def send(address, form, stored):
    """POST a filled form; `stored(answer)` must agree that the answers are kept. Returns the Answer."""
    answer = request(address, "POST", form.path, form.body, form.cookie, form.source)
    if not stored(answer):
        raise NotStored(
            f"POST {form.path} answered {answer.status}:\n{answer.head.decode()}\n{answer.body[:500]!r}"
        )
    return answer


def follow(address, form, answer):
    """GET the page that a redirect after the POST leads to, as a browser does, cookies included."""
    cookie = "; ".join(filter(None, [form.cookie, *_cookies(answer)]))
    page = request(
        address, "GET", LOCATION.search(answer.head)[1].decode(), cookie=cookie, source=form.source
    )
    if page.status != 200:
        raise NotStored(f"the page behind {form.path} answered {page.status}")


def timed(work, items, clients):
    """Let `clients` threads take items until none is left; each call of `work` is one visit. Returns a Phase."""
    waiting, latencies, failures = deque(items), [], []
    count, start_together = len(waiting), Barrier(clients + 1)

    def visitor():
        start_together.wait()
        try:
            while not failures:
                item = waiting.popleft()
                began = time.perf_counter()
                work(item)
                latencies.append(time.perf_counter() - began)
        except IndexError:
            return
        except Exception as error:
            failures.append(error)

    threads = [Thread(target=visitor, daemon=True) for _ in range(clients)]
    for thread in threads:
        thread.start()
    start_together.wait()
    began, cpu = time.perf_counter(), time.process_time()
    for thread in threads:
        thread.join()
    seconds, cpu = time.perf_counter() - began, time.process_time() - cpu
    if failures:
        raise failures[0]
    return Phase(count, seconds, cpu, latencies)


def _read(connection):
    data = b""
    while b"\r\n\r\n" not in data:
        data += _more(connection)
    head, _, body = data.partition(b"\r\n\r\n")
    if length := LENGTH.search(head):
        while len(body) < int(length[1]):
            body += _more(connection)
    elif CHUNKED.search(head):
        while body != LAST_CHUNK and not body.endswith(b"\r\n" + LAST_CHUNK):
            body += _more(connection)
        body = _joined(body)
    if ZIPPED.search(head):
        body = gzip.decompress(body)
    return Answer(int(head[9:12]), head, body)


def _more(connection):
    data = connection.recv(65536)
    if not data:
        raise NotStored("the server closed the connection in the middle of a response")
    return data


def _joined(chunks):
    whole = b""
    while chunks:
        size, _, rest = chunks.partition(b"\r\n")
        length = int(size, 16)
        whole, chunks = whole + rest[:length], rest[length + 2 :] if length else b""
    return whole


def _cookies(answer):
    return [value.decode() for value in SET_COOKIE.findall(answer.head)]


def _hidden(tag):
    found = {(a or c).lower(): b or d for a, b, c, d in ATTRIBUTE.findall(tag)}
    return html.unescape(found.get(b"name", b"").decode()), html.unescape(found.get(b"value", b"").decode())
