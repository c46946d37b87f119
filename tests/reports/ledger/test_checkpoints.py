"""Checkpoints leave the house: a file each, a letter each, and none of it ever stops a mix."""

import socketserver
import threading
from datetime import timedelta

import pytest
from django.core import mail

from reports.closing import mix_box
from reports.ledger import checkpoints
from reports.schedule.rounds import run_round
from surveys.models import Ballot, Batch
from surveys.periods import Month
from tests import make

pytestmark = pytest.mark.django_db(transaction=True)  # the night's scrubbing works outside a transaction

EVENING = make.at(11, 19)


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    return tmp_path / "checkpoints"


@pytest.fixture
def counter():
    counter = make.counter("Q1", of=make.office("HB"))
    make.ballots(10, at=counter, kind=make.procedure())
    return counter


def mix(counter):
    return mix_box(office=counter.box_office, period=Month(2026, 11), now=EVENING)


def test_a_mix_leaves_its_checkpoint_as_a_file(counter, folder):
    batch = mix(counter)
    assert [path.name for path in folder.iterdir()] == ["HB-2026-11-1.txt"]
    assert (folder / "HB-2026-11-1.txt").read_text("utf-8") == batch.checkpoint
    assert mail.outbox == []


def test_a_disk_that_takes_no_file_stops_no_mix_and_the_night_makes_up_for_it(counter, folder, caplog):
    folder.write_text("in the way")
    assert mix(counter).ballots == 10
    assert "not written" in caplog.text
    folder.unlink()
    run_round(now=EVENING + timedelta(hours=2))
    assert (folder / "HB-2026-11-1.txt").exists()


def test_another_text_for_the_same_batch_is_kept_beside_the_first(counter, folder):
    batch = mix(counter)
    batch.checkpoint = batch.checkpoint.replace("batch: 1", "batch: 1 ")
    checkpoints.keep(batch)
    checkpoints.keep(batch)
    assert len(list(folder.glob("HB-2026-11-1*.txt"))) == 2
    assert (folder / "HB-2026-11-1.txt").read_text("utf-8") == Batch.objects.get().checkpoint


def test_the_letter_goes_to_the_one_who_keeps_them_and_once(counter, folder, settings):
    settings.CHECKPOINT_EMAIL = "thanhtra@example.vn"
    run_round(now=EVENING)
    run_round(now=EVENING + timedelta(minutes=1))
    letter = mail.outbox[0]
    assert (len(mail.outbox), letter.to, letter.subject) == (
        1,
        ["thanhtra@example.vn"],
        "Điểm kiểm HB-2026-11-1",
    )
    (folder / "letter.txt").write_text(letter.body, "utf-8")
    assert list(checkpoints.notes_in(folder / "letter.txt")) == [
        ("letter.txt", Batch.objects.get().checkpoint)
    ]


def test_a_mail_server_that_is_away_stops_nothing_and_is_tried_again_after_ten_minutes(
    counter, settings, caplog
):
    settings.CHECKPOINT_EMAIL = "thanhtra@example.vn"
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    with socketserver.TCPServer(("127.0.0.1", 0), None) as free:
        settings.EMAIL_HOST, settings.EMAIL_PORT = free.server_address
    assert run_round(now=EVENING) is True
    assert Ballot.objects.count() == 10
    assert "checkpoints not sent, 1 waiting" in caplog.text
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    run_round(now=EVENING + timedelta(minutes=9))
    assert mail.outbox == []
    run_round(now=EVENING + timedelta(minutes=10))
    assert len(mail.outbox) == 1


class Refusing(socketserver.StreamRequestHandler):
    """A mail server that greets and then refuses every letter."""

    def handle(self):
        self.wfile.write(b"220 here\r\n")
        for line in self.rfile:
            self.wfile.write(
                b"221 bye\r\n"
                if line.upper().startswith(b"QUIT")
                else b"250 ok\r\n"
                if line[:4] in (b"ehlo", b"EHLO")
                else b"550 no\r\n"
            )


def test_a_letter_that_is_refused_waits(counter, settings):
    settings.CHECKPOINT_EMAIL = "thanhtra@example.vn"
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Refusing) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        settings.EMAIL_HOST, settings.EMAIL_PORT = server.server_address
        mix(counter)
        assert checkpoints.send_waiting(now=EVENING) is False
        server.shutdown()
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    assert checkpoints.send_waiting(now=EVENING + timedelta(minutes=10)) is True
    assert len(mail.outbox) == 1
