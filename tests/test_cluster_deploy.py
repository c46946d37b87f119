"""What must hold of the files that make a cluster: filled in and read, its small programs run. That the cluster itself holds,
`make drills` shows."""

import os
import re
import signal
import socket
import ssl
import subprocess
import threading
from contextlib import closing
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from ipaddress import ip_address
from pathlib import Path

import psycopg2
import pytest
import yaml
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from kbnn_survey import env
from tests.postgres import find_binaries, private_cluster

CLUSTER = Path(__file__).parent.parent / "deploy" / "cluster"
MEMBERS = "m1=127.0.0.1 m2=127.0.0.2 m3=127.0.0.3"
SETTINGS = f"""NAME=m1
ADDRESS=127.0.0.1
MEMBERS="{MEMBERS}"
SUPERUSER_PASSWORD=a
REPLICATION_PASSWORD=b
REWIND_PASSWORD=c
REST_PASSWORD=d
"""


def filled(name: str, folder: Path, *given: str, settings: str = SETTINGS) -> str:
    (folder / "member.env").write_text(settings)
    command = ["sh", CLUSTER / "fill.sh", name, folder / "member.env", *given]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout


@pytest.mark.parametrize("name", ["patroni.yml", "etcd.env", "haproxy.cfg"])
def test_no_place_of_a_configuration_is_left_empty(name, tmp_path):
    text = filled(name, tmp_path)
    assert not re.findall(r"@[A-Z_]+@", text)
    assert all(address in text for address in ("127.0.0.2", "127.0.0.3"))


def test_a_cluster_waits_for_a_standby_and_asks_an_etcd_whose_writes_compare(tmp_path):
    member = yaml.safe_load(filled("patroni.yml", tmp_path))
    shared = member["bootstrap"]["dcs"]
    assert (shared["synchronous_mode"], shared["synchronous_mode_strict"], shared["failsafe_mode"]) == (
        True,
        True,
        False,
    )
    assert shared["ttl"] >= shared["loop_wait"] + 2 * shared["retry_timeout"]
    assert shared["loop_wait"] > 1
    # Else a write to etcd that takes as long as it may restarts the machine.
    unwatched = shared["ttl"] - member["watchdog"]["safety_margin"]
    assert unwatched > shared["loop_wait"] + shared["retry_timeout"]
    assert "etcd" in member
    assert "etcd3" not in member
    assert member["watchdog"]["mode"] == "required"
    assert {"checkpoint": "fast"} in member["postgresql"]["basebackup"]
    most = shared["postgresql"]["parameters"]["max_connections"]
    allowed = re.findall(r"maxconn (\d+) check", filled("haproxy.cfg", tmp_path))
    assert len(allowed) == 3
    assert all(int(each) < most for each in allowed)


@pytest.mark.parametrize("own", [1, 2, 3])
def test_a_member_asks_the_etcd_of_its_own_machine_first_and_then_every_other(own, tmp_path):
    settings = SETTINGS.replace("ADDRESS=127.0.0.1", f"ADDRESS=127.0.0.{own}")
    member = yaml.safe_load(filled("patroni.yml", tmp_path, settings=settings))
    hosts = member["etcd"]["hosts"]
    assert hosts[0] == f"127.0.0.{own}:2379"
    assert sorted(hosts) == ["127.0.0.1:2379", "127.0.0.2:2379", "127.0.0.3:2379"]
    assert member["etcd"]["use_proxies"]


def test_a_member_that_joins_begins_with_those_that_etcd_has_named(tmp_path):
    named = "m1=https://127.0.0.1:2380,m4=https://127.0.0.4:2380"
    given = ("STATE=existing", f"PEERS={named}")
    lines = filled("etcd.env", tmp_path, *given).splitlines()
    assert {f"ETCD_INITIAL_CLUSTER={named}", "ETCD_INITIAL_CLUSTER_STATE=existing"} <= set(lines)
    every = ",".join(f"m{number}=https://127.0.0.{number}:2380" for number in (1, 2, 3))
    assert f"ETCD_INITIAL_CLUSTER={every}" in filled("etcd.env", tmp_path, "PEERS=").splitlines()


def test_every_file_that_patroni_calls_is_put_where_it_looks(tmp_path):
    text = filled("patroni.yml", tmp_path, "ETC=/etc/phieu-cluster")
    placed = (CLUSTER / "member.sh").read_text(encoding="utf-8")
    for name in re.findall(r"/etc/phieu-cluster/([\w-]+)[\s}]", text):
        assert os.access(CLUSTER / name, os.X_OK), name
        assert f'"$here/{name}"' in placed, name


# ── switching over ──────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("standing", "switched"), [("f|2|1", True), ("f|1|1", False), ("f|2|0", False), ("t|0|0", False)]
)
def test_the_primary_is_handed_on_only_when_two_follow_and_one_confirms(standing, switched, tmp_path):
    asked = tmp_path / "asked"
    (tmp_path / "setpriv").write_text(f'#!/bin/sh\necho "$@" >>{asked}\necho "{standing}"\n')
    (tmp_path / "renice").write_text(f'#!/bin/sh\necho "$@" >{tmp_path}/hurried\n')
    for name in ("setpriv", "renice"):
        (tmp_path / name).chmod(0o755)
    # As PostgreSQL does, it minds SIGINT, also where the tests run in the background of a shell and inherit that it is ignored.
    postmaster = subprocess.Popen(
        ["sleep", "60"], preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL)
    )
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "postmaster.pid").write_text(f"{postmaster.pid}\nmore\n")
    environment = {
        "PATH": f"{tmp_path}:{os.environ['PATH']}", "RESTART": f"touch {tmp_path}/restarted", "DATA": f"{tmp_path}/data",
        "PATRONI": "4711",
    }  # fmt: skip
    done = subprocess.run(["sh", CLUSTER / "switch-over"], env=environment, capture_output=True, text=True)
    if not switched:
        postmaster.terminate()
    assert postmaster.wait(timeout=30) == (-signal.SIGINT if switched else -signal.SIGTERM)
    assert (done.returncode == 0, (tmp_path / "restarted").exists()) == (switched, switched)
    assert asked.read_text().strip().endswith("CHECKPOINT") == switched
    assert (tmp_path / "hurried").exists() == switched
    assert bool(done.stderr) != switched


# ── a new primary wakes the others ──────────────────────────────────────────────────────────────────────────────
def certificate(folder: Path, address: str, authority: tuple | None) -> tuple:
    """Writes NAME.pem and NAME.key; signs itself without an authority."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, address)])
    issuer, signer = authority or (name, key)
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=authority is None, path_length=None), critical=True)
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address(address))]), critical=False)
        .sign(signer, hashes.SHA256())
    )
    stem = "member" if authority else "ca"
    (folder / f"{stem}.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (folder / f"{stem}.key").write_bytes(private)
    return name, key


@pytest.fixture
def other_member(tmp_path):
    """Patroni's interface of m2, behind certificates: what it was asked, as (verb, path, body, authorization)."""
    asked = []

    class Answers(BaseHTTPRequestHandler):
        def do_PATCH(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            asked.append((self.command, self.path, body, self.headers["Authorization"]))
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_): ...

    authority = certificate(tmp_path, "127.0.0.9", None)
    certificate(tmp_path, "127.0.0.2", authority)
    server = HTTPServer(("127.0.0.2", 0), Answers)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=tmp_path / "ca.pem")
    context.load_cert_chain(tmp_path / "member.pem", tmp_path / "member.key")
    context.verify_mode = ssl.CERT_REQUIRED
    server.socket = context.wrap_socket(server.socket, server_side=True)
    serving = threading.Thread(target=server.serve_forever)
    serving.start()
    yield server.server_address[1], asked
    server.shutdown()
    serving.join()
    server.server_close()


def on_role_change(folder: Path, port: int):
    """The program as a module; this machine is m1."""
    (folder / "member.env").write_text(SETTINGS)
    loader = SourceFileLoader("on_role_change", str(CLUSTER / "on-role-change"))
    module = module_from_spec(spec_from_loader(loader.name, loader))
    loader.exec_module(module)
    module.HERE, module.PORT = folder, port
    return module


def test_a_new_primary_wakes_the_others_by_a_change_that_changes_nothing(other_member, tmp_path, capfd):
    port, asked = other_member
    with socket.create_server(("127.0.0.3", port)):  # m3 hangs: it takes the connection and says nothing
        module = on_role_change(tmp_path, port)
        module.SECONDS = 0.5
        for thread in module.main(str(tmp_path), "primary"):
            thread.join()
    assert asked == [("PATCH", "/config", b'{"woken": null}', "Basic cGF0cm9uaTpk")]
    assert "woke 127.0.0.2: 200" in capfd.readouterr().out


@pytest.mark.postgres_only
def test_a_new_primary_makes_the_slots_that_the_others_will_ask_for_and_keeps_those_it_has(tmp_path, capfd):
    """A server of its own, with the socket and the account that a member has."""
    with private_cluster(find_binaries(), "max_replication_slots = 8") as url:
        place = {"host": env.env.db_url_config(url)["HOST"], "dbname": "postgres"}
        with closing(psycopg2.connect(user="kbnn", **place)) as connection, connection.cursor() as cursor:
            connection.autocommit = True
            cursor.execute("CREATE ROLE postgres SUPERUSER LOGIN")
            cursor.execute("SELECT pg_create_physical_replication_slot('m2')")
            module = on_role_change(tmp_path, 1)
            for _again in range(2):
                module.make_slots(place["host"], ["m2", "m3"])
            cursor.execute("SELECT slot_name FROM pg_replication_slots ORDER BY 1")
            assert [row[0] for row in cursor.fetchall()] == ["m2", "m3"]
    assert capfd.readouterr().out == ""
    module.make_slots(place["host"], ["m2"])  # the server is gone
    assert "no slots made" in capfd.readouterr().out


def test_a_member_that_has_become_a_standby_wakes_nobody(other_member, tmp_path):
    port, asked = other_member
    assert on_role_change(tmp_path, port).main(str(tmp_path), "replica") == []
    assert asked == []
