"""An office as its set-up leaves it: where its secrets lie, and what the deployment check says of it."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from surveys.crypto.keys import make_keys

ROOT = Path(__file__).parent.parent


class Office:
    """A data folder made ready by the product's own command, over https as in a real office."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        foreign = ("DJANGO_SETTINGS_MODULE", "DJANGO_ALLOW_ASYNC_UNSAFE", "DATABASE_URL", "SECRET_KEY")
        own = {name: value for name, value in os.environ.items() if name not in foreign}
        self.environment = own | {"DATA_DIR": str(folder), "BASE_URL": "https://phieu.example.vn"}
        self.manage("prepare", DEBUG="1")  # no style sheets are needed here, and compressing them takes long

    def manage(self, *command: str, DEBUG: str = "0") -> subprocess.CompletedProcess:  # noqa: N803
        done = subprocess.run(
            [sys.executable, "manage.py", *command],
            cwd=ROOT,
            env=self.environment | {"DEBUG": DEBUG},
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done

    @property
    def secrets(self) -> list[Path]:
        return sorted([*self.folder.rglob("*.key"), *self.folder.rglob("*secret*")])

    @property
    def database(self) -> bytes:
        return b"".join(path.read_bytes() for path in self.folder.glob("*.sqlite3*"))


@pytest.fixture(scope="module")
def office(tmp_path_factory) -> Office:
    return Office(tmp_path_factory.mktemp("office"))


def test_set_up_makes_every_secret_a_file_that_only_its_owner_reads(office):
    names = {path.stem for path in office.secrets}
    assert names >= {"slip", "receipt", "box", "seal", "login"}
    assert any("secret" in name for name in names)
    for path in office.secrets:
        assert path.stat().st_mode & 0o077 == 0, path
        assert len(path.read_bytes()) >= 9, path


def test_no_secret_lies_in_the_database(office):
    assert office.database.startswith(b"SQLite format 3")
    for path in office.secrets:
        if path.stem.endswith(
            ("-name", "-public")
        ):  # a name beside signatures, a key that everybody may seal to
            continue
        secret = path.read_bytes().strip()
        assert secret not in office.database
        assert secret.hex().encode() not in office.database


def test_no_other_office_gets_the_same_secrets(office, tmp_path):
    make_keys(tmp_path, name="kbnn-2")
    others = {path.read_bytes() for path in tmp_path.glob("*.key")}
    assert len(others) == 7  # the name of the signing key among them
    assert others.isdisjoint(path.read_bytes() for path in office.secrets)


def test_the_deployment_check_finds_nothing(office):
    said = office.manage("check", "--deploy", "--fail-level", "WARNING")
    assert "no issues" in said.stdout


def test_every_cookie_over_https_has_a_prefix_that_browsers_hold_to(office):
    names = "SESSION_COOKIE_NAME", "CSRF_COOKIE_NAME", "DEVICE_COOKIE_NAME", "TABLET_COOKIE_NAME"
    asked = f"from django.conf import settings; print([getattr(settings, name) for name in {names}])"
    said = office.manage("shell", "--no-imports", "-c", asked)
    assert said.stdout.split() == [
        "['__Host-kbnn',",
        "'__Host-csrf',",
        "'__Secure-kbnn-device',",
        "'__Secure-kbnn-k']",
    ]


def test_no_cookie_has_a_name_of_its_own_making():
    given = [
        path.name
        for app in ("surveys", "reports", "kbnn_survey")
        for path in (ROOT / app).rglob("*.py")
        if re.search(r"set_cookie\(\s*[\"']", path.read_text(encoding="utf-8"))
    ]
    assert given == []
