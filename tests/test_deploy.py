"""What must hold of the files that install the product: read from the files, since no server or engine is at hand."""

import json
import re
import subprocess
from pathlib import Path

import pytest
import yaml
from django.core.management import get_commands

ROOT = Path(__file__).parent.parent
DEPLOY = ROOT / "deploy"
CLUSTER = DEPLOY / "cluster"
SCRIPTS = [
    *sorted(DEPLOY.glob("*.sh")),
    DEPLOY / "phieu",
    *sorted(CLUSTER.glob("*.sh")),
    CLUSTER / "post-bootstrap",
    CLUSTER / "base-backup",
    CLUSTER / "switch-over",
]
UNITS = sorted((DEPLOY / "systemd").glob("*.service"))
COMPOSE = yaml.safe_load((DEPLOY / "compose.yml").read_text(encoding="utf-8"))
SERVICES = COMPOSE["services"]
OURS = ("prepare", "web", "due")


def text(name: str) -> str:
    return (DEPLOY / name).read_text(encoding="utf-8")


def settings_of(name: str) -> dict[str, str]:
    """``key = value`` and ``key=value`` lines, the last one of a key."""
    pairs = re.findall(r"^(\w+) ?= ?(.*)$", text(name), re.MULTILINE)
    return {key: value.strip("'\"") for key, value in pairs}


# ── One server ──────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_every_script_is_a_sound_shell_script_that_stops_at_the_first_error(script):
    subprocess.run(["sh", "-n", script], check=True)
    assert "\nset -eu" in script.read_text(encoding="utf-8")


@pytest.mark.parametrize("unit", UNITS, ids=lambda path: path.name)
def test_no_unit_runs_as_root_or_writes_outside_its_own_folders(unit):
    settings = settings_of(f"systemd/{unit.name}")
    assert settings["User"] == ("phieu-mix" if unit.name == "phieu-mix.service" else "phieu")
    assert (settings["NoNewPrivileges"], settings["ProtectSystem"], settings["UMask"]) == (
        "true",
        "strict",
        "0077",
    )


def test_only_what_makes_tables_is_told_the_owner_s_password():
    told = [unit.name for unit in UNITS if "phieu-owner.env" in unit.read_text(encoding="utf-8")]
    assert told == ["phieu-prepare.service"]
    assert "DATABASE_OWNER_URL" not in text("phieu.env")


def test_the_opening_key_is_read_by_a_user_of_its_own_whose_memory_leaves_nothing_behind():
    mixer = settings_of("systemd/phieu-mix.service")
    assert (mixer["StateDirectoryMode"], mixer["MemorySwapMax"], mixer["LimitCORE"]) == ("0700", "0", "0")
    told = [unit.name for unit in UNITS if "phieu-mix.env" in unit.read_text(encoding="utf-8")]
    assert told == ["phieu-mix.service"]
    script = text("setup-debian.sh")
    assert 'install -d -o phieu-mix -g phieu-mix -m 0700 "$mixer_data" "$mixer_data/keys"' in script
    assert "usermod" not in script  # a group that reads is a second reader


def test_the_pages_start_after_the_tables_and_not_without_them():
    settings = settings_of("systemd/phieu-web.service")
    assert settings["Requires"] == "phieu-prepare.service"
    assert "phieu-prepare.service" in settings["After"]


def test_the_script_asks_for_every_file_that_it_puts_in_place():
    for name in re.findall(r"\$current\"?/(deploy/[\w./-]+)", text("setup-debian.sh")):
        assert (ROOT / name).exists() or (ROOT / name).is_dir(), name


def test_libraries_are_installed_by_their_hashes_only():
    assert "--require-hashes" in text("install.sh")
    assert "install.sh requirements.txt" in text("setup-debian.sh")
    assert "install.sh requirements.txt" in text("Dockerfile")
    assert "pip install" not in text("setup-debian.sh") + text("Dockerfile")


def test_postgresql_keeps_what_was_acknowledged_and_logs_neither_statement_nor_value():
    settings = settings_of("postgresql.conf")
    assert (settings["fsync"], settings["full_page_writes"], settings["synchronous_commit"]) == (
        "on",
        "on",
        "on",
    )
    assert (settings["log_statement"], settings["log_min_duration_statement"]) == ("none", "-1")
    assert settings["log_parameter_max_length"] == settings["log_parameter_max_length_on_error"] == "0"
    assert settings["log_min_error_statement"] == "panic"
    assert settings["track_commit_timestamp"] == "off"


def test_no_log_of_the_database_is_older_than_seven_days():
    settings = settings_of("postgresql.conf")
    assert settings["logging_collector"] == "on"
    assert settings["log_filename"] == "phieu-%a.log"  # seven names
    assert (settings["log_rotation_age"], settings["log_truncate_on_rotation"]) == ("1d", "on")
    assert (
        settings["log_rotation_size"] == "0"
    )  # else a file of the same day would be appended to, not written over
    assert settings["log_directory"] == "log"  # not where Debian's own rotation keeps ten weeks


@pytest.mark.parametrize("name", ["nginx.conf", "compose-nginx.conf"])
def test_the_front_logs_no_access_believes_no_visitor_and_hides_the_figures(name):
    front = text(name)
    assert front.count("access_log off;") == front.count("server {") == 2
    assert re.search(r"^ +error_log \S+ crit;", front, re.MULTILINE)
    assert "proxy_set_header X-Forwarded-For $remote_addr;" in front
    assert re.search(r"location = /metrics \{\s+return 404;", front)
    assert "ssl_protocols TLSv1.2 TLSv1.3;" in front
    in_the_clear = front.split("server {")[1]
    assert re.search(r"location /api/ \{[^}]+return 403 '\{.+\}';", in_the_clear)
    assert re.search(r"location / \{\s+return 301 https://\$host\$request_uri;", in_the_clear)
    assert not re.search(r"^    return", in_the_clear, re.MULTILINE)  # would go before every location
    assert "http2 on" not in front  # unknown to Debian 12's nginx
    ciphers = re.search(r"^ +ssl_ciphers (\S+);", front, re.MULTILINE)[1].split(":")
    assert all(
        re.fullmatch(r"ECDHE-(ECDSA|RSA)-(AES(128|256)-GCM-SHA\d+|CHACHA20-POLY1305)", each)
        for each in ciphers
    )
    assert len(ciphers) == 6


@pytest.mark.parametrize("name", ["nginx.conf", "compose-nginx.conf"])
def test_what_the_front_itself_answers_to_machines_is_a_problem_document(name):
    """Read from the file; whether nginx reads it, the set-up script asks nginx itself."""
    front = text(name)
    told = re.search(r"location /api/ \{\s+error_page ([\d ]+) (\S+);", front)
    assert {"400", "413", "414", "500", "502", "503", "504"} <= set(told[1].split())
    page = front.split(f"location = {told[2]} {{")[1].split("}\n")[0]
    assert "default_type application/problem+json;" in page
    document = re.search(r"return 200 '(.+)';", page)[1]
    for status, words in re.findall(r"^    (default|\d+) '(.+)';$", front, re.MULTILINE):
        status = "400" if status == "default" else status
        problem = json.loads(document.replace("$problem", words).replace("$status", status))
        assert problem["type"].startswith("/api/v1/problems/")
        assert problem["title"].endswith(".")
        assert problem["status"] == int(status)


def test_the_set_up_gives_the_front_room_for_three_thousand_kept_connections():
    """Each that is answered takes two connections and as many files; Debian's own hold 768 and 1024 a process."""
    script = text("setup-debian.sh")
    files = re.search(r"'worker_rlimit_nofile (\d+);", script)
    connections = re.search(r"s/worker_connections \[0-9\]\*;/worker_connections (\d+);/", script)
    assert int(connections[1]) >= 2 * 3000
    assert int(files[1]) >= 2 * int(connections[1])


def test_both_fronts_say_the_same():
    own = (
        text("nginx.conf").replace("phieu.example.vn", "${PHIEU_HOST}").replace("127.0.0.1:8000", "web:8000")
    )
    own = own.replace("/var/log/nginx/phieu-error.log", "/dev/stderr")
    assert own.splitlines()[1:] == text("compose-nginx.conf").splitlines()[1:]


def lines_of(heading: str) -> list[str]:
    """The lines of the first block of commands under a heading of the operators' page."""
    page = (ROOT / "docs" / "operating.md").read_text(encoding="utf-8")
    block = page.split(f"\n## {heading}\n")[1].split("```")[1]
    return block.strip().splitlines()


@pytest.mark.parametrize("heading", ["Nâng cấp", "Lùi lại"])
def test_upgrade_and_roll_back_are_five_lines_each(heading):
    assert len(lines_of(heading)) == 5


def test_every_command_and_file_that_operators_are_told_of_is_there():
    page = (ROOT / "docs" / "operating.md").read_text(encoding="utf-8")
    told = set(re.findall(r"\bphieu ([a-z_]+)", "\n".join(re.findall(r"`([^`]+)`", page))))
    assert told
    assert told <= set(get_commands())
    for name in re.findall(r"\b(?:deploy|surveys)/[\w./-]+\.\w+", page):
        assert (ROOT / name).exists(), name


# ── Containers ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_nothing_but_the_front_can_be_reached_from_outside():
    assert [name for name, service in SERVICES.items() if "ports" in service] == ["front"]
    assert COMPOSE["networks"]["inside"]["internal"] is True
    assert all(service["networks"] == ["inside"] for name, service in SERVICES.items() if name != "front")


@pytest.mark.parametrize("name", SERVICES)
def test_every_container_has_a_read_only_root_and_gains_no_rights(name):
    assert SERVICES[name]["read_only"] is True
    assert "no-new-privileges:true" in SERVICES[name]["security_opt"]
    assert not SERVICES[name].get("privileged")
    assert not {volume for volume in SERVICES[name].get("volumes", []) if "docker.sock" in str(volume)}


@pytest.mark.parametrize("name", OURS)
def test_our_containers_have_no_capability_and_no_root(name):
    assert SERVICES[name]["cap_drop"] == ["ALL"]
    users = re.findall(r"^USER (\S+)", text("Dockerfile"), re.MULTILINE)
    assert users[-1] == "phieu"


def test_passwords_are_files_and_only_what_makes_tables_has_the_owner_s():
    spoken = {name for service in SERVICES.values() for name in service.get("environment", {})}
    assert not [name for name in spoken if re.search(r"PASSWORD$|SECRET_KEY$|DATABASE_(OWNER_)?URL$", name)]
    assert all("file" in secret for secret in COMPOSE["secrets"].values())
    assert {name: SERVICES[name]["secrets"] for name in OURS} == {
        "prepare": ["owner_password", "app_password"],
        "web": ["app_password"],
        "due": ["app_password"],
    }


def test_the_container_s_postgresql_is_as_durable_and_as_silent_as_the_server_s():
    given = dict(word.split("=", 1) for word in SERVICES["db"]["command"] if "=" in word)
    own = settings_of("postgresql.conf")
    assert given == {key: own[key] for key in given}
    assert {
        "synchronous_commit",
        "log_statement",
        "log_parameter_max_length",
        "track_commit_timestamp",
    } <= set(given)


def test_the_pages_wait_for_tables_and_the_tables_for_the_database():
    assert SERVICES["web"]["depends_on"]["prepare"]["condition"] == "service_completed_successfully"
    assert SERVICES["due"]["depends_on"]["prepare"]["condition"] == "service_completed_successfully"
    assert SERVICES["prepare"]["depends_on"]["db"]["condition"] == "service_healthy"


def test_the_front_s_address_is_the_only_one_that_is_believed():
    trusted = SERVICES["web"]["environment"]["TRUSTED_PROXIES"]
    assert SERVICES["front"]["networks"]["inside"]["ipv4_address"] == trusted


def test_the_image_holds_every_room_of_the_product_and_no_secret():
    copied = set(re.findall(r"^COPY (?:--\S+ )?(\S+)", text("Dockerfile"), re.MULTILINE))
    assert {"kbnn_survey", "surveys", "reports", "templates", "static", "manage.py"} <= copied
    assert not copied & {".", "var", "deploy"}
