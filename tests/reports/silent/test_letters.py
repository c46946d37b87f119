"""Some of the drawn get a second slip by letter: answered in secret, told from ten on, the addresses forgotten at the end."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from fractions import Fraction

import pytest
from django.core import mail
from django.db import DatabaseError, IntegrityError, OperationalError
from django.db.transaction import atomic
from django.http import QueryDict
from django.test import Client

from reports.documents import gathering
from reports.documents.report import report
from reports.exports.content import Paragraph
from reports.ledger.reading import LedgerTampered
from reports.models import PaperKind, SilentLetters, SilentResult
from reports.month import snapshot
from reports.publication import check_follow_up, folder
from reports.publication import silent as published_silent
from reports.schedule import mixer, rounds
from reports.silent import asking, closing, errors
from reports.silent import letters as silent_letters
from surveys import evidence
from surveys.box import jobs
from surveys.box.mixing import mix
from surveys.campaigns import pages
from surveys.choices import CampaignState, Role, SlipState
from surveys.models import AuditEntry, Ballot, Batch, BoxJob, Campaign, Invitation, OpenLane, Slip, Spent
from surveys.models.box_jobs import BoxJobEnd
from surveys.periods import parse_period
from surveys.slips.lookup import find_slip
from tests import make
from tests.reports.silent import follow_ups as few
from tests.reports.silent.follow_ups import check, sealed_anew

pytestmark = pytest.mark.django_db


@pytest.fixture
def asked():
    return few.drawn()


def closed(inspector, now, good=10, bad=1):
    return closing.close(commitment=few.known(), satisfied=good, dissatisfied=bad, user=inspector, now=now)


@pytest.mark.both_engines
def test_from_the_letters_to_the_published_bound(asked, tmp_path):
    commitment, inspector = asked
    now = few.counted(few.sent(commitment, inspector), good=11, bad=2)
    result = closed(inspector, now)
    assert (result.satisfied, result.dissatisfied, result.unreached) == (21, 3, 2)
    assert (result.letters_satisfied, result.letters_dissatisfied) == (11, 2)
    proved = asking.standing(few.known()).proved
    assert (proved.by_letter.sent, proved.by_letter.answered, proved.by_letter.bad) == (14, 13, 2)
    assert (proved.telephoned, proved.bad_by_telephone) == (11, 1)
    assert proved.low == Fraction(few.ANSWERED + few.SILENT - 5, few.ANSWERED + few.SILENT)
    folder.publish(tmp_path)
    said = check(tmp_path, commitment.seal.period)
    assert said.returncode == 0, said.stdout + said.stderr
    assert "Gửi 14 thư: 13 phiếu kín, 2 không hài lòng." in said.stdout


@pytest.mark.parametrize(
    ("name", "before", "after"),
    [
        ("letters.csv", ",0,", ",1,"),
        ("letters-receipts.csv", "\n", "\n\n"),
        ("follow-up.txt", "letters: 14", "letters: 15"),
    ],
)
def test_a_changed_file_of_the_letters_is_noticed(asked, tmp_path, name, before, after):
    commitment, inspector = asked
    closed(inspector, few.counted(few.sent(commitment, inspector), good=11, bad=2))
    folder.publish(tmp_path)
    path = published_silent.folder_of(tmp_path, "HB", commitment.seal.period) / name
    path.write_text(path.read_text(encoding="utf-8").replace(before, after, 1), encoding="utf-8")
    said = check(tmp_path, commitment.seal.period)
    assert said.returncode == 1
    assert "KHÔNG ĐẠT" in said.stdout


@pytest.mark.parametrize(("bad", "holds"), [(2, True), (1, False)])
def test_the_published_program_counts_the_letters_ballots_itself(tmp_path, bad, holds):
    rows = [f"{n:032x},1,{int(n > 2)},{n:064x}" for n in range(1, 12)]
    files = {
        "letters.csv": "\n".join(["id,attitude,time,x", *rows, f"{99:032x},,,{99:064x}"])
        + "\n",  # the last is damaged
        "letters-receipts.csv": "\n".join(["r", *(f"{n:064x}" for n in range(12))]) + "\n",
    }
    for name, text in files.items():
        (tmp_path / name).write_text(text, encoding="ascii")
    stated = {
        "letters": "14", "letters_answered": "11", "letters_dissatisfied": str(bad), "called": "30", "unreached": "9",
        "dissatisfied": "3", "letters_criteria": "attitude=1;time=1",
        "sha256_letters": evidence.digest(files["letters.csv"]),
        "sha256_receipts": evidence.digest(files["letters-receipts.csv"]),
    }  # fmt: skip
    if holds:
        assert "11 phiếu kín, 2 không hài lòng. Điện thoại: 10" in check_follow_up.check_letters(
            stated, tmp_path
        )
    else:
        with pytest.raises(ValueError, match="đếm lại"):
            check_follow_up.check_letters(stated, tmp_path)


def published(inspector, now, tmp_path):
    """Every file that the follow-up lays out, but for the checking program."""
    closed(inspector, now)
    folder.publish(tmp_path)
    place = published_silent.folder_of(tmp_path, "HB", few.known().seal.period)
    return {
        path.name: evidence.stated(path.read_text(encoding="utf-8"))
        for path in place.iterdir()
        if path.suffix != ".py"
    }


@pytest.mark.parametrize(("good", "bad"), [(0, 0), (9, 0), (0, 9), (4, 5), (1, 0)])
def test_what_is_published_is_the_same_whatever_fewer_than_ten_letters_said(asked, tmp_path, good, bad):
    commitment, inspector = asked
    now = few.counted(few.sent(commitment, inspector), good=good, bad=bad)
    files = published(inspector, now, tmp_path)
    assert files.keys() == {"silent-commit.txt", "silent-draw.txt", "follow-up.txt"}
    told = files["follow-up.txt"]
    assert (told["letters"], told["letters_answered"], told["unreached"]) == ("14", "0", "15")
    assert (told["satisfied"], told["dissatisfied"]) == ("10", "1")
    assert not {name for name in told if name.startswith("sha256") or name == "letters_dissatisfied"}
    assert check(tmp_path, commitment.seal.period).returncode == 0


def test_no_difference_of_published_totals_is_of_fewer_than_ten():
    """All totals that the database takes of 26 drawn, 14 of them by letter: each channel and their sum, by subtraction."""
    called, sent = 26, 14
    commitment, inspector = few.drawn()
    few.sent(commitment, inspector, sent)
    draw = commitment.draw
    for answered in range(sent + 1):
        for telephoned in range(called - sent + 1):
            totals = {"satisfied": answered + telephoned, "dissatisfied": 0, "letters_satisfied": answered}
            groups = {answered, telephoned, answered + telephoned}
            is_told = answered + telephoned >= 10 and all(n == 0 or n >= 10 for n in groups)
            try:
                with atomic():
                    SilentResult.objects.create(
                        draw=draw, called=called, **totals, text="", note="", closed_by=inspector,
                        closed_at=few.later(commitment),
                    )  # fmt: skip
                    raise Taken
            except Taken:
                assert is_told, (answered, telephoned)
            except IntegrityError:
                assert not is_told, (answered, telephoned)


class Taken(Exception):
    """The database took the totals; nothing of it stays."""


def test_of_ten_letters_and_no_call_the_letters_alone_are_told(asked):
    commitment, inspector = asked
    now = few.counted(few.sent(commitment, inspector), good=10)
    with pytest.raises(errors.TooFewTelephoned):
        closed(inspector, now, good=8, bad=1)
    result = closed(inspector, now, good=0, bad=0)
    assert (result.satisfied, result.unreached) == (10, 16)


def test_nine_letters_and_nine_calls_are_not_told_together(asked):
    commitment, inspector = asked
    now = few.counted(few.sent(commitment, inspector), good=9)
    with pytest.raises(errors.TooFewReached):
        closed(inspector, now, good=9, bad=0)


def test_who_closes_from_a_page_older_than_the_letters_waits_for_them(asked):
    commitment, inspector = asked
    few.sent(few.known(), inspector)
    with pytest.raises(errors.LettersOut):
        closing.close(
            commitment=commitment, satisfied=26, dissatisfied=0, user=inspector, now=few.later(commitment)
        )


def test_who_writes_from_a_page_older_than_the_result_sends_no_letter(asked):
    commitment, inspector = asked
    closed(inspector, few.later(commitment), good=26, bad=0)
    with pytest.raises(errors.LettersSentAlready):
        few.sent(commitment, inspector)
    assert not Campaign.objects.exists()


@pytest.mark.both_engines
def test_letters_are_mixed_once_so_that_a_late_answer_is_not_alone_in_its_group(asked):
    commitment, inspector = asked
    made = few.sent(commitment, inspector)
    period, first = made.campaign.period, few.codes()
    for code in first[:11]:
        few.answer(code, made.sent_at + timedelta(days=1))
    night = made.sent_at + timedelta(days=2)
    assert mix(office=commitment.seal.office, period=period, now=night) is None
    assert not Ballot.objects.in_period(period).exists()
    few.answer(first[11], made.sent_at + timedelta(days=3), few.BAD)
    for each in silent_letters.over(now=few.over(made)):
        silent_letters.end(letters=each, now=few.over(made))
    mixer.do_jobs(clock=lambda: few.over(made))
    assert [batch.ballots for batch in Batch.objects.in_period(period)] == [12]


def test_letters_whose_ballots_are_not_those_that_were_signed_prove_nothing_and_stop_no_calls(
    asked, monkeypatch, tmp_path
):
    commitment, inspector = asked
    now = few.counted(few.sent(commitment, inspector), good=10)

    def changed(**_facts):
        raise LedgerTampered("ballot 1")

    monkeypatch.setattr(silent_letters, "read_ledger", changed)
    told = published(inspector, now, tmp_path)["follow-up.txt"]
    assert (told["letters_answered"], told["letters_fault"], told["unreached"]) == ("0", "damaged", "15")
    assert check(tmp_path, commitment.seal.period).returncode == 0


def test_more_calls_than_drawn_without_a_letter_are_refused(asked):
    commitment, inspector = asked
    now = few.counted(few.sent(commitment, inspector), good=10)
    with pytest.raises(errors.TotalsDoNotFit):
        closed(inspector, now, good=13, bad=0)


def test_nothing_is_closed_while_letters_may_be_answered(asked):
    commitment, inspector = asked
    made = few.sent(commitment, inspector)
    with pytest.raises(errors.LettersOut):
        closed(inspector, made.sent_at + timedelta(days=3))


@pytest.mark.parametrize(
    ("addresses", "fact"),
    [
        (few.addresses(9), errors.TooFewLetters),
        (dict.fromkeys(range(20, 31), "a@b.vn"), errors.NotOfTheDrawn),
    ],
)
def test_few_letters_or_letters_to_others_do_not_go(asked, addresses, fact):
    commitment, inspector = asked
    with pytest.raises(fact):
        silent_letters.send(
            commitment=commitment, addresses=addresses, user=inspector, now=few.later(commitment)
        )
    assert not Campaign.objects.exists()
    assert not mail.outbox


def test_letters_go_once_and_not_when_less_than_a_week_would_be_left(asked):
    commitment, inspector = asked
    late = commitment.seal.sealed_at + timedelta(days=52)
    facts = {"addresses": few.addresses(12), "user": inspector}
    with pytest.raises(errors.TooLateForLetters):
        silent_letters.send(commitment=commitment, now=late, **facts)
    few.sent(commitment, inspector)
    with pytest.raises(errors.LettersSentAlready):
        silent_letters.send(commitment=few.known(), now=few.later(commitment), **facts)


def test_the_last_day_of_the_letters_leaves_two_days_to_close(asked):
    commitment, _inspector = asked
    at = commitment.seal.sealed_at
    assert silent_letters.last_day(commitment, now=at + timedelta(days=3)) == (at + timedelta(days=24)).date()
    assert (
        silent_letters.last_day(commitment, now=at + timedelta(days=50)) == (at + timedelta(days=58)).date()
    )


def test_each_letter_names_the_visit_and_its_last_day_and_bears_no_serial(asked):
    commitment, inspector = asked
    made = few.sent(commitment, inspector)
    assert len(mail.outbox) == 14
    text = mail.outbox[0].body
    assert "(giao dịch ngày " in text
    assert f"đến hết {made.campaign.ends_on.day}/" in text
    assert not any(serial in letter.body for serial in asking.redraw(commitment) for letter in mail.outbox)


@pytest.mark.both_engines
def test_at_the_end_addresses_codes_and_times_are_forgotten_and_who_answered_how_was_never_kept(asked):
    commitment, inspector = asked
    made = few.sent(commitment, inspector)
    assert Invitation.objects.exclude(email="").count() == 14
    few.counted(made, good=10, bad=1)
    assert not Invitation.objects.exclude(email="", organisation="", mailed_at=None).exists()
    slips = Slip.objects.filter(period=made.campaign.slug)
    assert all(slip.code_mac.startswith("erased ") for slip in slips)
    assert slips.filter(state=SlipState.EXPIRED).count() == 3
    assert not Spent.objects.filter(slip__in=slips).exclude(used_at=None).exists()
    assert not silent_letters.over(now=few.over(made)).exists()


def test_the_rows_of_the_letters_do_not_stand_in_the_order_of_the_draw(asked):
    commitment, inspector = asked
    silent_letters.send(
        commitment=commitment, addresses=few.addresses(26), user=inspector, now=few.later(commitment)
    )
    rows = [email for (email,) in Invitation.objects.order_by().values_list("email")]
    assert sorted(rows) == sorted(few.addresses(26).values())
    assert rows != list(few.addresses(26).values())


def test_nobody_answers_openly_and_no_page_lists_the_letters_period(asked):
    commitment, inspector = asked
    made = few.sent(commitment, inspector)
    slug = made.campaign.slug
    assert not OpenLane.objects.exists()
    assert Client().get(f"/c/{slug}/").status_code == 404
    assert Client().get(f"/c/{slug}/HB").status_code == 404
    for user in (make.user(Role.HEAD_OFFICE, of=make.office("TW")), inspector):
        assert not Campaign.objects.visible_to(user).exists()
        client = Client()
        client.force_login(user)
        assert client.get(f"/reports/campaigns/{slug}/").status_code in (403, 404)


def test_the_second_slip_asks_the_same_ballot_and_keeps_no_words(asked):
    commitment, inspector = asked
    few.sent(commitment, inspector)
    slip = find_slip(code=few.codes()[0])
    page = pages.invited_page(slip, {"action": "/p/x", "other_lang_url": "/p/x?lang=en"}).content.decode()
    assert "Phiếu này thay cho một phiếu phát trong" in page
    assert 'name="comment"' not in page
    form = pages.asked_by(slip).form(QueryDict("attitude=1&time=1&comment=Tôi+là+An"))
    assert form.is_valid()
    assert form.said.comment == ""


def test_a_correction_voids_letters_too(asked):
    commitment, inspector = asked
    made = few.sent(commitment, inspector)
    sealed_anew(commitment)
    now = few.counted(made, good=11)
    with pytest.raises(errors.PeriodCorrected):
        closed(inspector, now)
    assert made.campaign.__class__.objects.get().state == CampaignState.CLOSED
    assert not Invitation.objects.exclude(email="").exists()


def test_the_sending_is_in_the_trail_without_an_address_and_stays_as_it_is(asked):
    commitment, inspector = asked
    few.sent(commitment, inspector)
    line = AuditEntry.objects.get(action="silent_letters")
    assert '"letters": 14' in line.detail
    assert "@" not in str(vars(line))
    with pytest.raises(DatabaseError), atomic():
        SilentLetters.objects.update(places="1")


def test_the_schedule_ends_the_letters_by_itself_the_day_after_the_last(asked):
    commitment, inspector = asked
    made = few.sent(commitment, inspector)
    rounds.run_round(now=few.over(made) - timedelta(days=1))
    assert Invitation.objects.exclude(email="").exists()
    rounds.run_round(now=few.over(made))
    assert not Invitation.objects.exclude(email="").exists()
    assert BoxJob.objects.in_period(made.campaign.slug).open().exists()


@pytest.mark.parametrize("fault", [OSError("broken"), OperationalError("locked")])
def test_letters_whose_end_failed_are_ended_an_hour_later(asked, monkeypatch, fault):
    commitment, inspector = asked
    made = few.sent(commitment, inspector)
    told = []

    def broken(**_facts):
        raise fault

    monkeypatch.setattr(rounds.notices, "send_letters", lambda **facts: told.append(facts))
    with monkeypatch.context() as away, suppress(OperationalError):
        away.setattr(silent_letters.retention, "forget_invited", broken)
        rounds.run_round(now=few.over(made))
    assert Invitation.objects.exclude(email="").exists()
    assert bool(told) is isinstance(fault, OSError)  # what else is due does not wait for these letters
    rounds.run_round(now=few.over(made) + timedelta(hours=1))
    assert not Invitation.objects.exclude(email="").exists()


@pytest.mark.parametrize("end", [BoxJobEnd.KEYLESS, BoxJobEnd.FAILED])
def test_a_mixer_that_could_not_open_the_letters_is_asked_again_an_hour_later(asked, end):
    commitment, inspector = asked
    made = few.sent(commitment, inspector)
    now = few.over(made)
    rounds.run_round(now=now)
    jobs.end(BoxJob.objects.in_period(made.campaign.slug).get(), how=end, now=now)
    for minutes in (5, 60, 65):
        rounds.run_round(now=now + timedelta(minutes=minutes))
    assert BoxJob.objects.in_period(made.campaign.slug).count() == 2


def test_the_public_page_and_the_report_say_which_part_came_by_letter(asked):
    commitment, inspector = asked
    now = few.counted(few.sent(commitment, inspector), good=10, bad=1)
    closed(inspector, now)
    folder.publish(folder.default_root())
    period = commitment.seal.period
    page = Client().get(f"/results/HB/{period}/").content.decode()
    assert "11 người trả lời bằng phiếu kín (01 không hài lòng)" in page
    assert "letters.csv" in page
    english = Client().get(f"/results/HB/{period}/?lang=en").content.decode()
    assert "14 were sent a letter with a secret ballot" in english
    files = Client().get(f"/results/follow-up/HB/{period}/letters.csv")
    assert b"".join(files.streaming_content).decode() == SilentResult.objects.get().ballots
    taken = snapshot.take(office=commitment.seal.office, stretch=parse_period(period), now=now)
    paper = report(gathering.gather(month=taken, kind=PaperKind.REPORT))
    told = [
        block.text for block in paper.blocks if isinstance(block, Paragraph) and "phiếu kín" in block.text
    ]
    assert len(told) == 1
