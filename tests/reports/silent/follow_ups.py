"""Follow-ups, and letters to some of the drawn: builders for the tests of this room."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path

from django.core import mail

from reports.models import SilentCommitment, SilentLetters
from reports.publication import silent as published_silent
from reports.publication import verify
from reports.schedule import mixer
from reports.silent import asking
from reports.silent import letters as silent_letters
from surveys.box import casting, signed_form
from surveys.campaigns import mailings
from surveys.choices import Role, SlipChannel
from surveys.models import User
from surveys.reference.answers import Said
from surveys.slips.lookup import find_slip
from tests import make

ANSWERED, SILENT, PRIZE = 31, 26, "04711"
GOOD, BAD = {"attitude": 1, "time": 1}, {"attitude": 1, "time": 0}


def committed(*, office: str = "HB", now: datetime | None = None) -> tuple[SilentCommitment, User]:
    """A sealed month with 26 silent, all of whom are to be drawn; and the inspector."""
    box = make.office(office)
    inspector = make.user(Role.INSPECTOR, of=box)
    counter = make.counter("Q1", of=make.department(of=box))
    asking.choose(office=box, number=30, user=inspector, now=make.now())
    kind, at = make.procedure(), {} if now is None else {"now": now}
    make.ballots(ANSWERED, at=counter, kind=kind, **at)
    make.issued_together(SILENT, at=counter, kind=kind, **at)
    make.sealed(counter, **at)
    return known(), inspector


def drawn(*, office: str = "HB", now: datetime | None = None) -> tuple[SilentCommitment, User]:
    """The same, drawn."""
    commitment, inspector = committed(office=office, now=now)
    asking.draw(commitment=commitment, special_prize=PRIZE, user=inspector, now=later(commitment))
    return known(), inspector


def known() -> SilentCommitment:
    """The commitment as it stands in the database."""
    return SilentCommitment.objects.standing().select_related(*asking.ALL_OF_IT).get()


def later(commitment: SilentCommitment) -> datetime:
    return commitment.committed_at + timedelta(days=2)


def addresses(n: int) -> dict[int, str]:
    return {place: f"khach{place}@example.vn" for place in range(1, n + 1)}


def sent(commitment: SilentCommitment, inspector: User, n: int = 14) -> SilentLetters:
    """Letters to the first n drawn, delivered."""
    now = later(commitment)
    made = silent_letters.send(commitment=commitment, addresses=addresses(n), user=inspector, now=now)
    mailings.send_due(clock=lambda: now)
    return made


def codes() -> list[str]:
    return [re.search(r"/p/([0-9A-Z]{26})", letter.body)[1] for letter in mail.outbox if "/p/" in letter.body]


def answer(code: str, now: datetime, said: dict = GOOD) -> str:
    """The receipt of a letter's ballot."""
    slip = find_slip(code=code)
    form = signed_form.read_form(slip=slip, field=signed_form.open_form(slip=slip, now=now))
    return casting.cast(slip=slip, form=form, said=Said(said), via=SlipChannel.LINK, now=now)


def over(made: SilentLetters) -> datetime:
    """The morning after the letters' last day."""
    return made.campaign.period.bounds()[1] + timedelta(hours=8)


def counted(made: SilentLetters, *, good: int = 0, bad: int = 0) -> datetime:
    """So many answered well and badly, then the letters' time ended and the mixer counted; when that was."""
    for n, code in enumerate(codes()[: good + bad]):
        answer(code, made.sent_at + timedelta(days=1), BAD if n < bad else GOOD)
    now = over(made)
    for each in silent_letters.over(now=now):
        silent_letters.end(letters=each, now=now)
    mixer.do_jobs(clock=lambda: now)
    return now


def sealed_anew(asked: SilentCommitment) -> None:
    """A correction of its period."""
    seal = asked.seal
    seal.__class__.objects.create(
        office=seal.office, period=seal.period, version=2, reason="Tìm thấy phiếu", text=seal.text, note=seal.note,
        code=seal.code, first=seal.first, second=seal.second, sealed_at=seal.sealed_at,
    )  # fmt: skip


def check(root: Path, period: str, *, at: str = "HB") -> subprocess.CompletedProcess[str]:
    """What the published program says of the published folder."""
    place = published_silent.folder_of(root, at, period)
    shutil.copy(Path(verify.__file__), place / "verify.py")
    key = ",".join(line.split()[1] for line in (root / "keys.txt").read_text().splitlines())
    command = [sys.executable, place / published_silent.CHECK_FILE, place, root / at / period, key]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
