"""Beside the mass: seals with their folders, a month of true receipts, and the teller's day."""

from __future__ import annotations

import secrets
from datetime import timedelta

from django.db import connection
from django.utils import timezone

from bench.scale.frame import months
from reports.models import MonthCell, MonthSum, Seal
from reports.publication import folder as publication_folder
from surveys import evidence
from surveys.choices import Outcome, SlipChannel
from surveys.crypto import codes, keys
from surveys.evidence import seals
from surveys.models import Counter, Office, Procedure, Receipt, Slip, User
from surveys.models.register import SLIP_COUNTS
from surveys.reference import in_force
from surveys.reference.questionnaires import questionnaire_of
from surveys.slips import issuing

TODAY = 30  # slips that the measured teller has handed out today


def version() -> int:
    return in_force.questionnaire_in_force(on=timezone.localdate()).pk


def add() -> str:
    """Seals of all months but the running one, published; a receipt of the last sealed month of K00, in plain."""
    receipt = _true_receipts()
    _seals()
    _participation()
    _teller_day()
    return receipt


def _true_receipts() -> str:
    """One receipt that the office made itself, in the place of an invented one."""
    office, period = Office.objects.get(code="K00"), str(months()[-2])
    plain = codes.receipt(keys.receipt_key(), secrets.token_bytes(16))
    row = Receipt.objects.of(office).in_period(period).first()
    Receipt.objects.filter(pk=row.pk).update(hash=codes.receipt_hash(plain))
    return plain


def _seals() -> None:
    first, second = User.objects.filter(username__startswith="team").order_by("username")
    known = {
        (row["office"], row["period"]): row
        for row in Slip.objects.order_by().participation("office", "period")
    }
    criteria, made = questionnaire_of(version()).counted, []
    for office in Office.objects.filter(code__regex="^K[0-9]").order_by("code"):
        previous = evidence.NO_SEAL
        for month in months()[:-1]:
            if (office.pk, str(month)) not in known:
                continue
            text = _text(office, month, known[office.pk, str(month)], criteria, previous)
            previous = evidence.digest(text)
            made.append(
                Seal(
                    office=office, period=str(month), text=text, note=f"{text}\nnone\n", code=evidence.seal_code(text),
                    first=first, second=second, sealed_at=month.bounds()[1] + timedelta(days=4, hours=9),
                )
            )  # fmt: skip
    Seal.objects.bulk_create(made)
    for seal in made:
        _lay_out(seal)


TOTALS = """INSERT INTO reports_sliptotal (seal_id, issued, cancelled, expired, returned, paper)
SELECT seal_id, sum(issued), sum(cancelled), sum(expired), sum(returned), sum(paper) FROM reports_slipsum GROUP BY seal_id
ON CONFLICT DO NOTHING"""
# What `reports.month.participation.keep` does with each seal, for all of them at once.
SEALED_SUMS = [
    """INSERT INTO reports_slipsum (seal_id, counter_id, procedure_id, channel, questionnaire_id, issued, cancelled, expired,
         returned, paper)
       SELECT seal.id, counter_id, procedure_id, channel, questionnaire_id, count(*), count(*) FILTER (WHERE state = 'C'),
         count(*) FILTER (WHERE state = 'X'), count(*) FILTER (WHERE state = 'U'),
         count(*) FILTER (WHERE state = 'U' AND channel = 'paper')
       FROM surveys_slip AS slip JOIN reports_seal AS seal ON seal.office_id = slip.office_id AND seal.period = slip.period
       GROUP BY 1, 2, 3, 4, 5""",
    """INSERT INTO reports_transactionsum (seal_id, counter_id, procedure_id, n)
       SELECT seal.id, counter_id, procedure_id, count(*)
       FROM surveys_transaction AS done JOIN reports_seal AS seal ON seal.office_id = done.office_id
         AND seal.period = to_char(done.finished_at AT TIME ZONE 'Asia/Ho_Chi_Minh', 'YYYY-MM')
       GROUP BY 1, 2, 3""",
    TOTALS,
]


def _participation() -> None:
    with connection.cursor() as cursor:
        for statement in SEALED_SUMS:
            cursor.execute(statement)
        cursor.execute("ANALYZE reports_slipsum, reports_sliptotal, reports_transactionsum")


def _text(office: Office, month, row: dict, criteria, previous: str) -> str:
    cells = MonthCell.objects.of(office).in_period(month).verdicts("office")
    said = cells[0] if cells else {"valid": 0, "satisfied": 0, "void": 0}
    levels = {
        (each["criterion"], each["level"]): each["n"]
        for each in MonthSum.objects.of(office).in_period(month).levels("office")
    }
    counted = {name: row[name] for name in SLIP_COUNTS}
    digest = secrets.token_hex(32)
    return evidence.seal_text(
        evidence.SealFacts(
            office=office.code, period=str(month), version=1, reason="", criteria=criteria, **counted,
            ballots=said["valid"], void=0, valid=said["valid"], satisfied=said["satisfied"],
            dissatisfied=said["valid"] - said["satisfied"], levels=levels,
            tree_size=said["valid"], tree_root=digest, audit_size=said["valid"], audit_root=digest,
            receipts_size=said["valid"], receipts_root=digest, voids_size=0, voids_root=digest,
            sha256_ballots=digest, sha256_receipts=digest, sha256_voids=digest,
            previous=previous, sealed_at=month.bounds()[1] + timedelta(days=4, hours=9),
        )
    )  # fmt: skip


def _lay_out(seal: Seal) -> None:
    """A folder of the size of a true one for the measured office; of the others the seal only."""
    folder = publication_folder.folder_of(publication_folder.default_root(), seal)
    for at in (folder, folder / "v1"):
        at.mkdir(parents=True)
        (at / publication_folder.SEAL_FILE).write_text(seal.note, encoding="utf-8")
        if seal.office.code == "K00":
            ballots = int(seals.stated(seal.text)["ballots"])
            for name, width in (("ballots.csv", 170), ("receipts.csv", 65), ("voids.csv", 0)):
                (at / name).write_bytes(b"x" * width * ballots)


def _teller_day() -> None:
    """The same day whatever lies in the archive."""
    counter = Counter.objects.get(box_office__code="K00", code="Q1")
    procedure = Procedure.objects.order_by("code").first()
    now = timezone.now()
    for number in range(TODAY):
        done = issuing.log_transaction(
            counter=counter, procedure=procedure, reference=f"today-{number}", started_at=now,
            finished_at=now, outcome=Outcome.RESOLVED, now=now,
        )  # fmt: skip
        issuing.issue_slip(transaction=done, channel=SlipChannel.TABLET, now=now)
