"""The shipped server itself, with a small application: what slow clients hold, and what a stop leaves undone."""

from __future__ import annotations

import os
import select
import signal
import socket
import subprocess
import sys
import textwrap
from contextlib import ExitStack, closing, contextmanager
from http.client import HTTPConnection

import pytest

from kbnn_survey import buffered_worker
from kbnn_survey.buffered_worker import BufferedWorker

MANY = 200
BOUND = 20  # seconds; an idle connection is closed after 30
APPLICATION = textwrap.dedent(
    """
    import os
    LARGE = b"x" * 3_000_000

    def application(environ, start_response):
        body = environ["wsgi.input"].read()
        if environ["PATH_INFO"] == "/wait":  # until the test says so
            os.write(int(os.environ["BUSY"]), b"1")
            os.read(int(os.environ["GO_ON"]), 1)
        answer = LARGE if environ["PATH_INFO"] == "/large" else str(len(body)).encode()
        start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", str(len(answer)))])
        return [answer]
    """
)


@pytest.fixture
def served(tmp_path):
    with serving(tmp_path) as server:
        yield server


@contextmanager
def serving(folder):
    """The configuration that is shipped, one process of four threads. Gives its address, pid and the two pipes of `/wait`."""
    (folder / "small.py").write_text(APPLICATION)
    busy, go_on = os.pipe(), os.pipe()
    with socket.create_server(("127.0.0.1", 0), backlog=512) as listener:
        ours = {"PYTHONPATH": f"{folder}:{os.getcwd()}", "BUSY": str(busy[1]), "GO_ON": str(go_on[0])}
        handed = [listener.fileno(), busy[1], go_on[0]]
        command = [
            sys.executable,
            "-m",
            "gunicorn",
            "--config",
            "deploy/gunicorn.conf.py",
            "small:application",
        ]
        process = subprocess.Popen(
            [*command, "--workers", "1", "--bind", f"fd://{listener.fileno()}"],
            env=os.environ | ours,
            pass_fds=handed,
        )
        os.close(busy[1])  # the server's processes alone hold these ends
        os.close(go_on[0])
        try:
            yield listener.getsockname(), process, busy[0], go_on[1]
        finally:
            process.kill()
            process.wait(timeout=30)
            os.close(busy[0])
            os.close(go_on[1])


def opened(address, sent=b"", *, window=None):
    client = socket.socket()
    if window:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, window)
    client.settimeout(60)
    client.connect(address)
    client.sendall(sent)
    return client


def ask(address, method="GET", path="/", body=None):
    with closing(HTTPConnection(*address, timeout=60)) as connection:
        connection.request(method, path, body=body)
        return connection.getresponse().read()


@pytest.mark.parametrize(
    ("sent", "window"),
    [
        (b"", None),
        (b"POST / HTTP/1.1\r\nHost: of", None),
        (b"POST / HTTP/1.1\r\nHost: office\r\nContent-Length: 5000\r\n\r\nthe begin", None),
        (b"GET /large HTTP/1.1\r\nHost: office\r\n\r\n", 2048),
    ],
    ids=["nothing", "half a head", "a body that does not end", "an answer that nobody reads"],
)
def test_two_hundred_slow_clients_hold_no_thread(served, sent, window):
    address, *_rest = served
    with ExitStack() as open_ones:
        for _each in range(MANY):
            open_ones.enter_context(opened(address, sent, window=window))
        for _each in range(12):
            assert ask(address, "POST", body=b"abc") == b"3"


HIDDEN = b"GET /hidden HTTP/1.1\r\nHost: office\r\n\r\n"


def test_a_request_that_tells_two_lengths_is_refused_with_what_it_hides(served):
    """Whatever stands before the server may have believed the other length."""
    for lengths in (
        b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n",
        b"Transfer-Encoding: chunked\r\nContent-Length: 4\r\n",
        b"Content-Length: 5\r\nContent-Length: 50\r\n",
    ):
        sent = b"POST / HTTP/1.1\r\nHost: office\r\n" + lengths + b"\r\n0\r\n\r\n" + HIDDEN
        with closing(opened(served[0], sent)) as client, client.makefile("rb") as answers:
            told = answers.read()
        assert (told.count(b"HTTP/1."), b" 400 " in told.splitlines()[0]) == (1, True), told


def test_a_kept_connection_takes_one_request_after_the_other_and_head_has_no_body(served):
    expected = {"POST": (b"7777777", b"7"), "HEAD": (None, b""), "GET": (None, b"0")}
    with closing(HTTPConnection(*served[0], timeout=60)) as connection:
        for method, (body, answered) in expected.items():
            connection.request(method, "/", body=body)
            answer = connection.getresponse()
            assert (answer.status, answer.read()) == (200, answered)


def test_more_than_the_largest_pile_is_refused_before_it_is_read(served):
    sent = b"POST / HTTP/1.1\r\nHost: office\r\nContent-Length: %d\r\n\r\n" % (
        buffered_worker.LARGEST_BODY + 1
    )
    with opened(served[0], sent) as client:
        assert client.recv(100).startswith(b"HTTP/1.1 413 ")


def test_a_request_that_cannot_be_read_is_refused_in_plain_text(served):
    with opened(served[0], b"GET / HTTP/1.1\r\nHost: office\r\nno colon\r\n\r\n") as client:
        answer = client.recv(1000)
    assert b" 400 " in answer
    assert b"text/plain" in answer
    assert b"<" not in answer


def test_a_stop_lets_a_running_request_end_and_takes_one_more_on_a_kept_connection(served):
    address, process, busy, go_on = served
    with (
        closing(HTTPConnection(*address, timeout=60)) as kept,
        opened(address, b"GET /wait HTTP/1.1\r\nHost: office\r\n\r\n") as running,
    ):
        kept.request("GET", "/")
        kept.getresponse().read()
        os.read(busy, 1)
        process.send_signal(signal.SIGTERM)
        kept.request("GET", "/")
        assert kept.getresponse().read() == b"0"
        os.write(go_on, b"1")
        assert running.recv(100).startswith(b"HTTP/1.1 200 ")
    assert process.wait(timeout=30) == 0


def test_a_master_that_was_killed_takes_its_processes_along(served):
    address, process, busy, _go_on = served
    assert ask(address) == b"0"
    process.kill()
    assert select.select([busy], [], [], BOUND)[0]
    assert os.read(busy, 1) == b""  # the last process let go of what it held


class Connection:
    will_close = False

    def __init__(self, held):
        self.held = held


def test_beyond_its_bound_the_connections_that_hold_most_are_closed(monkeypatch):
    small, middle, large = (Connection(held) for held in (1, 40, 90))
    monkeypatch.setattr(BufferedWorker, "channels", lambda worker: [middle, large, small])
    monkeypatch.setattr(buffered_worker, "bytes_of", lambda connection: connection.held)
    BufferedWorker.drop_beyond(object.__new__(BufferedWorker), 50)
    assert [each.will_close for each in (small, middle, large)] == [False, False, True]
