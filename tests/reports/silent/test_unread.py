"""What of the letters' box nobody ever reads: fewer than ten answers, damaged rows, a box that cannot be opened."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.test import Client

from reports import ledger
from reports.documents import gathering
from reports.documents.report import report
from reports.exports.content import Paragraph
from reports.models import MonthCell, MonthSum, PaperKind
from reports.month import snapshot
from reports.publication import folder
from reports.publication import silent as published_silent
from reports.schedule import mixer
from reports.silent import asking, closing, errors
from reports.silent import letters as silent_letters
from surveys import evidence
from surveys.box import boxed, jobs, mixing, opening, unread
from surveys.campaigns import lifecycle
from surveys.choices import Role
from surveys.models import (
    AuditEntry,
    Ballot,
    Batch,
    BoxedBallot,
    BoxJob,
    BoxTrouble,
    Campaign,
    Receipt,
    UnreadBallot,
)
from surveys.models.box_jobs import BoxJobKind
from surveys.periods import Month, local_day, parse_period
from tests import campaigns, make
from tests.reports.silent import follow_ups as few
from tests.reports.silent.follow_ups import check

pytestmark = pytest.mark.django_db


@pytest.fixture
def asked():
    return few.drawn()


def closed(inspector, now, good=10, bad=1):
    return closing.close(commitment=few.known(), satisfied=good, dissatisfied=bad, user=inspector, now=now)


def answered(made, n: int) -> list[str]:
    return [few.answer(code, made.sent_at + timedelta(days=1)) for code in few.codes()[:n]]


def damage(made, n: int = 1, *, keeps_tag: bool = False) -> None:
    """Other bytes in n waiting rows; with a tag that fits where whoever did it holds the key of the tags."""
    for row in BoxedBallot.objects.filter(period=made.campaign.slug)[:n]:
        row.sealed = bytes(row.sealed)[:-1] + bytes([bytes(row.sealed)[-1] ^ 1])
        if keeps_tag:
            row.tag = boxed.codes.box_tag(boxed.keys.box_key(), *boxed.tag_fields(row))
        row.save()


def counted(made):
    """The letters' time ended, and the mixer did what it was asked."""
    now = few.over(made)
    for each in silent_letters.over(now=now):
        silent_letters.end(letters=each, now=now)
    mixer.do_jobs(clock=lambda: now)
    return now


def told_of(commitment, tmp_path):
    place = published_silent.folder_of(tmp_path, "HB", commitment.seal.period)
    return evidence.stated((place / "follow-up.txt").read_text(encoding="utf-8"))


@pytest.mark.both_engines
@pytest.mark.parametrize("n", [0, 1, 9])
def test_of_fewer_than_ten_answers_none_is_opened_and_no_count_of_them_is_left(asked, monkeypatch, n):
    commitment, inspector = asked
    made = few.sent(commitment, inspector)
    answered(made, n)
    monkeypatch.setattr(opening, "opened", never)
    monkeypatch.setattr(mixing, "opened", never)
    counted(made)
    slug = made.campaign.slug
    for model in (Ballot, Receipt, BoxedBallot, MonthCell, MonthSum):
        assert not model.objects.filter(period=slug).exists(), model
    batch = Batch.objects.in_period(slug).get()
    stated = evidence.stated(batch.checkpoint)
    assert (batch.is_closing, batch.ballots, stated["audit_size"], stated["receipts_size"]) == (
        True,
        0,
        "0",
        "0",
    )
    job = BoxJob.objects.in_period(slug).get()
    assert (job.end, job.ballots, job.opened, job.of) == ("done", 0, 0, 0)
    assert UnreadBallot.objects.filter(period=slug, reason="few").count() == n
    assert not ledger.examine()


def never(*_facts):
    raise AssertionError("a ballot was opened")


@pytest.mark.both_engines
def test_from_ten_on_they_are_opened_and_none_is_destroyed(asked):
    commitment, inspector = asked
    made = few.sent(commitment, inspector)
    answered(made, 10)
    counted(made)
    assert Ballot.objects.filter(period=made.campaign.slug).count() == 10
    assert not UnreadBallot.objects.exists()
    assert not ledger.examine()


def test_the_mix_itself_keeps_fewer_than_ten_letters_shut(asked):
    commitment, inspector = asked
    made = few.sent(commitment, inspector)
    answered(made, 9)
    mixing.mix(office=commitment.seal.office, period=made.campaign.period, now=few.over(made), closing=True)
    assert not Ballot.objects.filter(period=made.campaign.slug).exists()
    assert BoxedBallot.objects.filter(period=made.campaign.slug).count() == 9


def test_who_asks_of_a_destroyed_ballot_is_told_and_nobody_is_alarmed(asked):
    commitment, inspector = asked
    made = few.sent(commitment, inspector)
    receipt = answered(made, 1)[0]
    counted(made)
    page = Client().post("/receipt", {"receipt": receipt}).content.decode()
    assert 'data-state="unread"' in page
    assert "dưới 10 phiếu, phiếu bị hỏng hoặc hòm không mở được" in page
    assert not AuditEntry.objects.filter(action="receipt-missing").exists()


def test_no_waiting_ballot_of_a_month_vanishes_by_being_called_destroyed():
    make.ballots(2, at=make.counter("Q1", of=make.department(of=make.office("HB"))), kind=make.procedure())
    row = BoxedBallot.objects.first()
    facts = {"office_id": row.office_id, "period": row.period, "receipt_hash": row.receipt_hash}
    assert not ledger.examine()
    row.delete()
    UnreadBallot.objects.create(reason="few", **facts)
    assert ledger.examine()


def test_the_holder_of_a_months_receipt_is_not_told_that_the_ballot_was_destroyed_as_a_letter():
    at = make.counter("Q1", of=make.department(of=make.office("HB")))
    receipt = make.ballots(1, at=at, kind=make.procedure())[0]
    row = BoxedBallot.objects.get()
    facts = {"office_id": row.office_id, "period": row.period, "receipt_hash": row.receipt_hash}
    row.delete()
    UnreadBallot.objects.create(reason="few", **facts)
    assert 'data-state="missing"' in Client().post("/receipt", {"receipt": receipt}).content.decode()


def test_a_ballot_that_nobody_cast_is_not_called_destroyed_unnoticed(asked):
    commitment, inspector = asked
    made = few.sent(commitment, inspector)
    counted(made)
    assert not ledger.examine()
    office = commitment.seal.office
    UnreadBallot.objects.create(office=office, period=made.campaign.slug, reason="few", receipt_hash="0" * 64)
    assert ledger.examine()


def test_no_letter_vanishes_without_being_called_destroyed(asked):
    commitment, inspector = asked
    made = few.sent(commitment, inspector)
    answered(made, 3)
    BoxedBallot.objects.filter(period=made.campaign.slug).first().delete()
    counted(made)
    assert ledger.examine()


@pytest.mark.both_engines
@pytest.mark.parametrize("keeps_tag", [False, True])
def test_a_damaged_row_is_destroyed_and_told_and_keeps_neither_letters_nor_calls(asked, tmp_path, keeps_tag):
    commitment, inspector = asked
    made = few.sent(commitment, inspector)
    answered(made, 12)
    damage(made, keeps_tag=keeps_tag)
    now = counted(made)
    assert UnreadBallot.objects.filter(reason="damaged").count() == 1
    assert AuditEntry.objects.filter(action="box_tampered", subject=made.campaign.slug).count() == 1
    assert not ledger.examine()
    result = closed(inspector, now)
    assert (result.letters_satisfied, result.unreached, result.letters_fault) == (11, 4, "damaged")
    folder.publish(tmp_path)
    assert told_of(commitment, tmp_path)["letters_fault"] == "damaged"
    said = check(tmp_path, commitment.seal.period)
    assert said.returncode == 0, said.stdout + said.stderr
    assert "phiếu bị hỏng" in said.stdout


def test_what_a_damaged_row_leaves_below_ten_is_destroyed_with_it(asked, tmp_path):
    commitment, inspector = asked
    made = few.sent(commitment, inspector)
    answered(made, 10)
    damage(made, keeps_tag=True)
    now = counted(made)
    assert not Ballot.objects.filter(period=made.campaign.slug).exists()
    assert sorted(UnreadBallot.objects.values_list("reason", flat=True)) == ["damaged"] + 9 * ["few"]
    closed(inspector, now)
    folder.publish(tmp_path)
    told = told_of(commitment, tmp_path)
    assert (told["letters_answered"], told["letters_fault"]) == ("0", "damaged")
    assert check(tmp_path, commitment.seal.period).returncode == 0


def test_no_job_records_damaged_letters_to_have_ten_rows_where_nine_answered(asked):
    commitment, inspector = asked
    made = few.sent(commitment, inspector)
    answered(made, 10)
    damage(made)
    second = make.user(Role.COUNTING, of=commitment.seal.office)
    jobs.ask(
        office=commitment.seal.office, period=made.campaign.slug, kind=BoxJobKind.DAMAGED, by=inspector, second=second,
        now=made.sent_at,
    )  # fmt: skip
    mixer.do_jobs(clock=lambda: made.sent_at)
    assert BoxJob.objects.get().end == "failed"
    counted(made)
    assert sorted(UnreadBallot.objects.values_list("reason", flat=True)) == ["damaged"] + 9 * ["few"]
    assert not ledger.examine()


def test_page_and_report_say_that_ballots_of_letters_were_damaged(asked):
    commitment, inspector = asked
    made = few.sent(commitment, inspector)
    answered(made, 12)
    damage(made)
    now = counted(made)
    closed(inspector, now)
    folder.publish(folder.default_root())
    page = Client().get(f"/results/HB/{commitment.seal.period}/").content.decode()
    assert "11 người trả lời bằng phiếu kín (0 không hài lòng), phiếu kín bị hỏng tính là" in page
    english = Client().get(f"/results/HB/{commitment.seal.period}/?lang=en").content.decode()
    assert "damaged ballots count as not reached" in english
    period = parse_period(commitment.seal.period)
    taken = snapshot.take(office=commitment.seal.office, stretch=period, now=now)
    paper = report(gathering.gather(month=taken, kind=PaperKind.REPORT))
    assert any("phiếu kín bị hỏng" in each.text for each in paper.blocks if isinstance(each, Paragraph))


@pytest.mark.both_engines
@pytest.mark.parametrize("n", [1, 12])
def test_where_no_row_at_all_is_sound_the_key_is_doubted_and_nothing_is_destroyed(asked, monkeypatch, n):
    commitment, inspector = asked
    made = few.sent(commitment, inspector)
    answered(made, n)
    with monkeypatch.context() as wrong:
        wrong.setattr(unread.keys, "box_key", lambda: b"another key, by mistake restored")
        now = counted(made)
    assert BoxJob.objects.in_period(made.campaign.slug).get().end == "tampered"
    assert AuditEntry.objects.filter(action="box_tampered", subject=made.campaign.slug).count() == 1
    assert not UnreadBallot.objects.exists()
    for each in silent_letters.over(now=now):
        silent_letters.end(letters=each, now=now)
    mixer.do_jobs(clock=lambda: now)
    assert UnreadBallot.objects.count() == (n if n < 10 else 0)
    assert Ballot.objects.filter(period=made.campaign.slug).count() == (n if n >= 10 else 0)


@pytest.fixture
def ordinary():
    """A month with three ballots and an ended campaign with two answers, of each one damaged: office, and both periods."""
    box = make.office("HB")
    make.ballots(3, at=make.counter("Q1", of=make.department(of=box)), kind=make.procedure())
    unit = campaigns.campaign(box).units.get()
    for _answer in range(2):
        campaigns.answer(unit)
    periods = (Month(2026, 11), unit.campaign.period)
    for period in periods:
        make.edited_by_hand(BoxedBallot.objects.filter(period=str(period)).first())
    return box, periods


@pytest.mark.both_engines
def test_nothing_of_a_month_or_a_ranked_campaign_is_ever_destroyed(ordinary):
    box, periods = ordinary
    for period in periods:
        with pytest.raises(ValueError, match="not of letters"):
            unread.destroy_what_stays_shut(office=box, period=period)
    assert BoxedBallot.objects.count() == 5
    assert not UnreadBallot.objects.exists()


def test_the_last_mix_of_a_month_or_a_ranked_campaign_destroys_nothing(ordinary):
    box, (month, period) = ordinary
    now = make.at(10, month=12)
    lifecycle.close(campaign=Campaign.objects.get(), now=now)
    jobs.ask(office=box, period=period, kind=BoxJobKind.CAMPAIGN, by=None, now=now)
    jobs.ask(office=box, period=month, kind=BoxJobKind.CLOSING, by=None, now=now)
    assert mixer.do_jobs(clock=lambda: now) == 2
    assert set(BoxJob.objects.values_list("end", flat=True)) == {"tampered"}
    assert BoxedBallot.objects.count() == 5
    BoxedBallot.objects.filter(period=period.slug).exclude(pk=sound(period)).delete()
    jobs.ask(office=box, period=period, kind=BoxJobKind.CAMPAIGN, by=None, now=now)
    mixer.do_jobs(clock=lambda: now)
    assert (
        Ballot.objects.filter(period=period.slug).count() == 1
    )  # fewer than ten of a campaign are opened, as ever
    assert not UnreadBallot.objects.exists()


def sound(period) -> str:
    """The id of the row that nobody damaged."""
    key = boxed.keys.box_key()
    return next(
        row.pk for row in BoxedBallot.objects.filter(period=str(period)) if boxed.has_true_tag(row, key)
    )


def test_rows_under_a_lost_key_are_no_damage_and_nothing_is_destroyed(asked, monkeypatch):
    commitment, inspector = asked
    made = few.sent(commitment, inspector)
    answered(made, 12)

    def lost(rows):
        return [], list(rows)

    monkeypatch.setattr(unread, "unopenable", lost)
    unread.destroy_what_stays_shut(office=commitment.seal.office, period=made.campaign.period)
    assert BoxedBallot.objects.filter(period=made.campaign.slug).count() == 12
    assert not UnreadBallot.objects.exists()


def test_a_box_that_nobody_can_open_stops_no_calls_from_the_second_day_on(asked, tmp_path):
    commitment, inspector = asked
    made = few.sent(commitment, inspector)
    answered(made, 12)
    now = few.over(made)
    for each in silent_letters.over(now=now):
        silent_letters.end(letters=each, now=now)
    with pytest.raises(errors.LettersOut):
        closed(inspector, now)
    late = now + timedelta(days=1)
    assert local_day(late) == made.campaign.ends_on + timedelta(days=2)
    result = closed(inspector, late)
    assert (result.letters_fault, result.unreached) == ("unopened", 15)
    proved = asking.standing(few.known()).proved
    assert (proved.by_letter.answered, proved.telephoned) == (0, 11)
    folder.publish(tmp_path)
    said = check(tmp_path, commitment.seal.period)
    assert said.returncode == 0, said.stdout + said.stderr
    assert "hòm phiếu không mở được" in said.stdout


def unopened(made) -> datetime:
    """The letters' time ended, and the mixer, without its key, did nothing; when that was."""
    now = few.over(made)
    for each in silent_letters.over(now=now):
        silent_letters.end(letters=each, now=now)
    BoxJob.objects.update(ended_at=now, end="keyless")
    return now


def mixed_again(now):
    for each in silent_letters.over(now=now):
        silent_letters.end(letters=each, now=now)
    mixer.do_jobs(clock=lambda: now)


@pytest.mark.both_engines
def test_what_was_closed_without_its_letters_is_destroyed_unopened_also_without_the_key(asked, monkeypatch):
    commitment, inspector = asked
    made = few.sent(commitment, inspector)
    receipt = answered(made, 12)[0]
    late = unopened(made) + timedelta(days=1)
    assert closed(inspector, late).letters_fault == "unopened"
    monkeypatch.setattr(opening, "opened", never)
    monkeypatch.setattr(mixing, "opened", never)
    mixed_again(late)
    assert not BoxedBallot.objects.exists()
    assert not Ballot.objects.filter(period=made.campaign.slug).exists()
    assert UnreadBallot.objects.filter(reason="late").count() == 12
    assert not silent_letters.over(now=late).exists()
    assert not ledger.examine()
    assert 'data-state="unread"' in Client().post("/receipt", {"receipt": receipt}).content.decode()


@pytest.mark.parametrize(("days", "kept"), [(60, 12), (61, 0)])
def test_what_nobody_opened_while_it_could_count_is_destroyed_when_it_cannot(asked, monkeypatch, days, kept):
    commitment, inspector = asked
    made = few.sent(commitment, inspector)
    answered(made, 12)
    unopened(made)
    monkeypatch.setattr(mixing, "mix", lambda **_facts: None)
    mixed_again(few.over(made) + timedelta(days=days - 1))
    assert BoxedBallot.objects.count() == kept
    assert UnreadBallot.objects.filter(reason="late").count() == 12 - kept


def test_the_trouble_of_a_letters_box_ends_with_it(asked):
    commitment, inspector = asked
    made = few.sent(commitment, inspector)
    answered(made, 2)
    damage(made)
    BoxTrouble.objects.create(
        office=commitment.seal.office, period=made.campaign.slug, damaged=1, found_at=made.sent_at
    )
    counted(made)
    assert not BoxTrouble.objects.exists()
