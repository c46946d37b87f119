"""`backup` and `restore`: a whole copy while the house is at work, back into an empty place, and nothing used twice."""

import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings as house
from django.core.management import call_command
from django.db import connection
from django.test import Client

from reports import closing as reports_closing
from reports.documents import archive
from reports.ledger import checkpoints
from surveys.audit import Action
from surveys.choices import SlipChannel, SlipEventKind, SlipState
from surveys.crypto import codes, keys
from surveys.database import after_restore
from surveys.models import AuditEntry, BoxedBallot, Slip, SlipEvent
from surveys.periods import Month
from tests import make

ROOT = Path(__file__).parents[3]


@pytest.fixture(autouse=True)
def data(settings, tmp_path):
    settings.DATA_DIR = tmp_path / "data"
    settings.DATA_DIR.mkdir()
    return settings.DATA_DIR


def only_copy(folder: Path) -> Path:
    (found,) = folder.iterdir()
    return found


def manage(*arguments, database, data, **settings):
    """A command of the product itself, on a place of its own with this house's keys."""
    environment = {
        **{name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ},
        "DJANGO_SETTINGS_MODULE": "kbnn_survey.settings",
        "SECRET_KEY": "for-tests-only-" + "x" * 50,
        "DEBUG": "1",
        "DATABASE_URL": database,
        "DATA_DIR": str(data),
        "KEYS_DIR": str(house.KEYS_DIR),
        "MIX_KEYS_DIR": str(house.MIX_KEYS_DIR),
        "PYTHONUTF8": "1",
        **settings,
    }
    return subprocess.run(
        [sys.executable, "manage.py", *map(str, arguments)],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def back_up(folder, data):
    """The backup of this test's own database, by a process of its own."""
    return manage("backup", folder, database=f"sqlite:///{connection.settings_dict['NAME']}", data=data)


# ── The copy ───────────────────────────────────────────────────────────────────────────


@pytest.mark.django_db(transaction=True)
@pytest.mark.sqlite_only
def test_the_copy_is_whole_checked_and_readable_by_its_owner_only(tmp_path, data):
    make.ballots(3, at=make.counter(), kind=make.procedure())
    told = back_up(tmp_path / "copies", data).stdout
    path = only_copy(tmp_path / "copies")
    assert (path.suffix, path.stat().st_mode & 0o077) == (".sqlite3", 0)
    assert "ĐẠT" in told
    assert "Khoá (KEYS_DIR) không nằm trong bản sao" in told
    content = path.read_bytes()
    for key in (keys.slip_key(), keys.receipt_key(), keys.box_key(), keys.seal_key()):
        assert key not in content
        assert key.hex().encode() not in content


@pytest.mark.django_db(transaction=True)
@pytest.mark.sqlite_only
def test_the_copy_carries_nothing_that_was_erased_and_an_unsound_ledger_is_told(tmp_path, data):
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA secure_delete=OFF")
    make.cast(make.issued(), comment="chữ đã xoá khỏi hòm phiếu")
    BoxedBallot.objects.all().delete()
    Slip.objects.update(state=SlipState.EXPIRED)
    told = back_up(tmp_path / "copies", data)
    assert told.returncode == 1
    assert "phải bằng nhau" in told.stderr
    assert "chữ đã xoá".encode() not in only_copy(tmp_path / "copies").read_bytes()


@pytest.mark.django_db(transaction=True)
@pytest.mark.sqlite_only
def test_the_copy_holds_the_papers_that_were_kept(tmp_path, data):
    counter = make.counter()
    make.ballots(10, at=counter, kind=make.procedure())
    (row,) = archive.keep(seal=make.sealed(counter), now=make.at(5, month=12), names=("figures.csv",))
    back_up(tmp_path / "copies", data)
    with closing(sqlite3.connect(only_copy(tmp_path / "copies"))) as copy:
        (content,) = copy.execute("SELECT content FROM reports_keptpaper").fetchone()
    assert content == row.content


@pytest.mark.django_db(transaction=True)
@pytest.mark.sqlite_only
def test_each_night_leaves_one_copy_where_the_setting_says(tmp_path, data):
    here = f"sqlite:///{connection.settings_dict['NAME']}"
    for at in ("2026-11-24T22:00", "2026-11-24T22:05"):
        told = manage("run_due", "--at", at, database=here, data=data, BACKUP_DIR=str(tmp_path / "copies"))
        assert told.returncode == 0, told.stderr
    assert only_copy(tmp_path / "copies").suffix == ".sqlite3"


# ── Back again ─────────────────────────────────────────────────────────────────────────


@pytest.mark.django_db(transaction=True)
@pytest.mark.sqlite_only
def test_a_restored_older_backup_calls_its_open_slips_back_and_says_so(tmp_path, data):
    counter, kind = make.counter("Q1", of=make.office("HB")), make.procedure("P1")
    now = make.now()
    receipts = make.ballots(4, at=counter, kind=kind, now=now)
    handed, paper = (
        make.issued(at=counter, kind=kind, now=now),
        make.issued(at=counter, kind=kind, now=now, channel=SlipChannel.PAPER),
    )
    back_up(tmp_path / "copies", data)
    lost = make.cast(handed, now=now)
    make.ballots(8, at=counter, kind=kind, now=now)
    reports_closing.mix_box(office=counter.box_office, period=Month.of(now), now=now, closing=True)
    checkpoints.keep_all()

    place = f"sqlite:///{tmp_path}/new/kbnn.sqlite3"
    told = manage("restore", only_copy(tmp_path / "copies"), database=place, data=data)
    assert told.returncode == 0, told.stderr
    assert "đã thu hồi 1 phiếu đang mở" in told.stdout
    assert "cũ hơn 1 điểm kiểm" in told.stdout
    assert "đưa về bản cũ" in told.stderr
    again = manage("verify_ledger", database=place, data=data)
    assert again.returncode == 1
    assert "đưa về bản cũ" in again.stderr

    script = f"""
import django; django.setup()
from django.test import Client
from surveys.database import triggers
from surveys.models import Slip, SlipEvent
from surveys.choices import SlipState
assert triggers.missing() == []
page = Client(headers={{"host": "127.0.0.1"}}).post("/receipt", {{"receipt": {lost!r}}}).content.decode()
assert 'data-state="missing"' in page and "có thể đã mất" in page, page
page = Client(headers={{"host": "127.0.0.1"}}).post("/receipt", {{"receipt": {receipts[0]!r}}}).content.decode()
assert 'data-state="in_the_box"' in page
answer = Client(headers={{"host": "127.0.0.1"}}).get("/p/" + {handed.code!r})
assert answer.status_code == 404
assert Slip.objects.get(serial={paper.slip.serial!r}).state == SlipState.ISSUED
assert SlipEvent.objects.filter(kind="cancelled").count() == 5, "one row each, used or not"
"""
    checked = manage("shell", "-v0", "-c", script, database=place, data=data)
    assert checked.returncode == 0, checked.stderr
    assert (
        manage("restore", only_copy(tmp_path / "copies"), database=place, data=data).stderr.count("nơi trống")
        == 1
    )


@pytest.mark.django_db(transaction=True)
@pytest.mark.sqlite_only
def test_a_planned_move_calls_nothing_back(tmp_path, data):
    make.issued(now=make.now())
    back_up(tmp_path / "copies", data)
    place = f"sqlite:///{tmp_path}/new/kbnn.sqlite3"
    told = manage("restore", only_copy(tmp_path / "copies"), "--nothing-since", database=place, data=data)
    assert told.returncode == 0, told.stderr
    assert "thu hồi" not in told.stdout
    assert "ĐẠT" in told.stdout


@pytest.mark.sqlite_only
def test_a_broken_file_is_not_put_back(tmp_path, data):
    (tmp_path / "broken.sqlite3").write_bytes(b"SQLite format 3\x00" + b"\x07" * 4000)
    place = tmp_path / "new/kbnn.sqlite3"
    told = manage("restore", tmp_path / "broken.sqlite3", database=f"sqlite:///{place}", data=data)
    assert told.returncode == 1
    assert "Không khôi phục được" in told.stderr
    assert not place.exists()


# ── The verb ───────────────────────────────────────────────────────────────────────────


@pytest.mark.django_db
def test_every_slip_that_could_be_open_gets_the_same_row_used_or_not():
    counter, kind = make.counter(), make.procedure()
    used, unused = make.issued(at=counter, kind=kind), make.issued(at=counter, kind=kind)
    make.cast(used)
    long_ago = make.issued(at=counter, kind=kind, now=make.NOW - timedelta(days=30))
    gap = after_restore.call_back(since=make.NOW + timedelta(minutes=1), now=make.NOW + timedelta(hours=3))
    assert (make.slip_of(used).state, make.slip_of(unused).state) == (SlipState.USED, SlipState.CANCELLED)
    assert make.slip_of(long_ago).state == SlipState.ISSUED  # dead by its date already
    rows = SlipEvent.objects.filter(kind=SlipEventKind.CANCELLED).values_list("slip", "reason", "actor", "at")
    assert {row[0] for row in rows} == {used.slip.pk, unused.slip.pk}
    assert len({row[1:] for row in rows}) == 1
    assert (gap.cancelled, after_restore.gaps()) == (1, [gap])


@pytest.mark.django_db
def test_the_gap_is_known_to_each_office_s_minutes():
    one, other = make.office(), make.office()
    gap = after_restore.call_back(since=make.NOW, now=make.NOW + timedelta(hours=3))
    assert after_restore.gaps(one) == after_restore.gaps(other) == [gap]
    assert AuditEntry.objects.filter(action=Action.RESTORED).count() == 2


@pytest.mark.django_db
def test_a_missing_receipt_is_told_of_no_gap_where_none_was():
    receipt = codes.receipt(keys.receipt_key(), b"\x07" * 16)
    assert "có thể đã mất" not in Client().post("/receipt", {"receipt": receipt}).content.decode()


# ── On the other engine ────────────────────────────────────────────────────────────────


@pytest.mark.django_db(transaction=True)
@pytest.mark.postgres_only
@pytest.mark.serial
def test_a_dump_of_the_server_comes_back_with_triggers_and_called_back_slips(tmp_path, data):
    counter, kind = make.counter("Q1", of=make.office("HB")), make.procedure("P1")
    make.ballots(12, at=counter, kind=kind, now=make.now())
    reports_closing.mix_box(
        office=counter.box_office, period=Month.of(make.now()), now=make.now(), closing=True
    )
    make.issued(at=counter, kind=kind, now=make.now())
    call_command("backup", tmp_path / "copies")
    assert only_copy(tmp_path / "copies").suffix == ".pgdump"
    facts, name = connection.settings_dict, f"restored_{os.getpid()}"
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {name}")
    where = f"{facts['USER']}:{facts['PASSWORD']}@{facts['HOST'].replace('/', '%2F')}{':' + str(facts['PORT']) if facts['PORT'] else ''}"
    place = f"postgres://{where}/{name}"
    try:
        told = manage("restore", only_copy(tmp_path / "copies"), database=place, data=data)
        assert told.returncode == 0, told.stderr
        assert "đã thu hồi 1 phiếu đang mở" in told.stdout
        assert "ĐẠT" in told.stdout
        assert (
            "nơi trống" in manage("restore", only_copy(tmp_path / "copies"), database=place, data=data).stderr
        )
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")
