"""The shipped nginx before a server of the bench, and telephones that keep their connections to it open.

`deploy/nginx.conf` as it is but for its name, ports and certificate, and what `deploy/setup-debian.sh` sets of Debian's own
configuration. Root and nginx 1.22 are needed, as on Debian 12.
"""

from __future__ import annotations

import re
import resource
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from bench import load
from bench.ours import ROOT

#: Connections that were used once and are kept, as browsers keep them.
KEPT = 3000
NGINX = "/usr/sbin/nginx"
MAIN = """daemon off;
worker_processes auto;
pid {folder}/nginx.pid;
error_log {folder}/main.log crit;
{limits}
events {{ worker_connections {connections}; }}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/site.conf;
}}
"""


def missing() -> str:
    """What is not there, in a sentence; empty where nginx can be asked."""
    return "" if Path(NGINX).exists() else "nginx is not installed (apt-get install nginx-light)"


def port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return taken.getsockname()[1]


@contextmanager
def front(folder: Path, *, server: tuple[str, int], at: int) -> Iterator[load.Secure]:
    """The address of nginx on port ``at``, TLS and all, before ``server``."""
    folder.mkdir()
    _certificate(folder)
    (folder / "site.conf").write_text(_site(folder, server, at))
    (folder / "nginx.conf").write_text(_main(folder))
    command = [NGINX, "-p", str(folder), "-c", str(folder / "nginx.conf"), "-e", str(folder / "start.log")]
    process = subprocess.Popen(command, start_new_session=True)
    try:
        address = load.Secure(("127.0.0.1", at))
        give_up = time.monotonic() + 20
        while time.monotonic() < give_up:
            with suppress(OSError):
                load.request(address, "GET", "/healthz")
                break
            time.sleep(0.1)
        yield address
    finally:
        process.terminate()
        process.wait()
        shutil.rmtree(folder, ignore_errors=True)


def _site(folder: Path, server: tuple[str, int], at: int) -> str:
    site = (ROOT / "deploy" / "nginx.conf").read_text("utf-8")
    clear, secure = site.split("server {\n    listen 443", 1)  # the first server only leads to the second
    clear = clear[: clear.rindex("server {")]
    site = clear + "server {\n    listen 443" + secure
    site = re.sub(r"listen \[::\]:443[^;]*;\s*", "", site)
    site = site.replace("listen 443", f"listen 127.0.0.1:{at}").replace("phieu.example.vn", "127.0.0.1")
    site = site.replace("/etc/ssl/phieu", str(folder)).replace("/var/log/nginx", str(folder))
    site = site.replace("Host $host;", "Host $http_host;")  # the port is not that of https
    return site.replace("127.0.0.1:8000", f"{server[0]}:{server[1]}")


def _main(folder: Path) -> str:
    """What the set-up script makes of Debian's `nginx.conf`, read from the script itself."""
    script = (ROOT / "deploy" / "setup-debian.sh").read_text("utf-8")
    limits = re.search(r"worker_rlimit_nofile \d+;", script)
    connections = re.search(r"worker_connections (\d+);/", script)
    if not limits or not connections:
        raise SystemExit("bench: deploy/setup-debian.sh no longer says how many connections nginx may hold")
    return MAIN.format(folder=folder, limits=limits[0], connections=connections[1])


def _certificate(folder: Path) -> None:
    command = [
        "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
        "-subj", "/CN=127.0.0.1", "-keyout", folder / "privkey.pem", "-out", folder / "fullchain.pem",
    ]  # fmt: skip
    subprocess.run(command, check=True, capture_output=True)


@contextmanager
def kept_connections(address: load.Secure, count: int = KEPT) -> Iterator[None]:
    """So many visitors who opened a page once and whose browsers keep the connection; all still open at the end, or
    `load.NotStored`."""
    limit = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (limit[1], limit[1]))
    asked = f"GET /healthz HTTP/1.1\r\nHost: {address[0]}:{address[1]}\r\n\r\n".encode()
    with ExitStack() as stack:
        opened = []
        for _ in range(count):
            one = stack.enter_context(load.connected(address))
            one.sendall(asked)
            if not one.recv(4096).startswith(b"HTTP/1.1 200"):
                raise load.NotStored("a kept connection was not answered")
            one.setblocking(False)
            opened.append(one)
        yield
        closed = sum(_is_closed(one) for one in opened)
        if closed:
            raise load.NotStored(f"{closed} of {count} kept connections were closed meanwhile")


def _is_closed(one: socket.socket) -> bool:
    try:
        return one.recv(1) == b""
    except OSError:  # nothing to read: SSLWantReadError is one
        return False
