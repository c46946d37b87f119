"""People are told of the sealed month, of the week and of a signal; never of one ballot, and never twice."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.test import override_settings
from django.urls import reverse

from reports import notices
from reports.models import Case, HandlingTime, Notice, NoticeKind, NoticeOff
from reports.month import snapshot
from reports.schedule.rounds import run_round
from surveys.choices import Role
from surveys.periods import Month
from tests import make
from tests.reports.leadership.pages import words
from tests.reports.month.register import told

pytestmark = [pytest.mark.django_db, pytest.mark.one_engine]

NOVEMBER = Month(2026, 11)
EVENING = make.at(11, 19)


@pytest.fixture
def leader(office):
    return make.user(Role.LEADERSHIP, of=office, email="lead@example.vn")


# ── What is told ───────────────────────────────────────────────────────────────────────


@pytest.mark.both_engines
def test_a_sealed_month_is_told_once_to_leadership_in_the_sentence_of_its_page(counter, kind, leader, office):
    make.user(Role.COUNTING, of=office, email="count@example.vn")
    make.user(Role.LEADERSHIP, of=make.office("DUOI", parent=office))
    make.ballots(12, at=counter, kind=kind)
    seal = make.sealed(counter)
    for hours in (1, 2, 30):
        run_round(now=seal.sealed_at + timedelta(hours=hours))
    notice = Notice.objects.get(kind=NoticeKind.SEALED)
    assert notice.user == leader
    assert "phát ra 12, thu về 12" in notice.text
    assert [letter.to for letter in mail.outbox] == [["lead@example.vn"]]
    assert notice.text in mail.outbox[0].body


def test_a_seal_of_long_ago_is_not_told(counter, kind, leader):
    make.ballots(12, at=counter, kind=kind)
    seal = make.sealed(counter)
    assert notices.untold_seals(now=seal.sealed_at + timedelta(days=8)) == []
    assert notices.untold_seals(now=seal.sealed_at + timedelta(days=6)) == [seal]


def test_the_week_tells_participation_and_not_a_word_of_answers(counter, kind, leader):
    make.ballots(3, at=counter, kind=kind, time=0, now=make.at(10))
    make.issued(at=counter, kind=kind, now=make.at(12))
    make.issued(at=counter, kind=kind, now=make.at(16))  # on the day of the letter
    notices.tell_week(now=make.at(16, 19))
    text = Notice.objects.get().text
    assert text.startswith("Từ 9/11/2026 đến 15/11/2026: phát ra 4, thu về 3. Phiếu")
    assert "hài lòng" not in text


def signal_told(office):
    notices.tell_signal(office=office, period=NOVEMBER, now=make.at(8, month=12))
    return list(Notice.objects.filter(kind=NoticeKind.SIGNAL))


def year_before(counter, kind, *, dissatisfied=0):
    for back in range(1, 13):
        month = NOVEMBER.plus(-back)
        when = make.at(11, month=month.month, year=month.year)
        told(at=counter, kind=kind, satisfied=100, dissatisfied=dissatisfied, period=month, now=when)


@pytest.mark.parametrize(
    ("satisfied", "dissatisfied", "number"), [(99, 1, 0), (98, 2, 0), (92, 8, 1), (8, 8, 1)]
)
@pytest.mark.both_engines
def test_a_signal_needs_the_rule_of_the_page_and_three_dissatisfied_ballots(
    office, counter, kind, leader, satisfied, dissatisfied, number
):
    year_before(counter, kind)
    told(at=counter, kind=kind, satisfied=satisfied, dissatisfied=dissatisfied, period=NOVEMBER)
    assert len(signal_told(office)) == number


def test_a_usual_number_of_dissatisfied_ballots_is_no_signal(office, counter, kind, leader):
    year_before(counter, kind, dissatisfied=4)
    told(at=counter, kind=kind, satisfied=96, dissatisfied=4, period=NOVEMBER)
    assert signal_told(office) == []


def test_a_signal_is_told_once_a_period_and_names_sums_only(office, counter, kind, leader):
    year_before(counter, kind)
    told(at=counter, kind=kind, satisfied=92, dissatisfied=8, period=NOVEMBER)
    signal_told(office)
    (notice,) = signal_told(office)
    month = snapshot.take(office=office, stretch=NOVEMBER, now=make.at(8, month=12))
    assert "Có dấu hiệu: 08 trong 100 phiếu không hài lòng" in notice.text
    assert all(said in notice.text for said in month.over_time.change_sentences)
    assert "Q1" not in notice.text


def test_an_open_month_gives_no_alarm(office, counter, kind, leader):
    year_before(counter, kind)
    told(at=counter, kind=kind, satisfied=92, dissatisfied=8, period=NOVEMBER)
    notices.tell_signal(office=office, period=NOVEMBER, now=make.at(20))
    assert not Notice.objects.filter(kind=NoticeKind.SIGNAL).exists()


def test_a_bad_month_without_history_gives_an_alarm_and_a_notice_keeps_whole_sentences(
    office, counter, kind, leader
):
    told(at=counter, kind=kind, satisfied=50, dissatisfied=50, period=NOVEMBER)
    (notice,) = signal_told(office)
    assert "thấp rõ rệt hơn mục tiêu 95%" in notice.text
    assert notice.text.endswith("Xin xem các vụ việc.")


# ── The nightly round ──────────────────────────────────────────────────────────────────


@pytest.mark.django_db(transaction=True)
@pytest.mark.both_engines
def test_the_night_sums_times_opens_cases_and_a_failure_stops_no_mix(
    office, counter, kind, leader, monkeypatch
):
    make.ballots(12, at=counter, kind=kind, time=0)
    run_round(now=EVENING)
    assert HandlingTime.objects.get().n == 12
    assert Case.objects.count() == 12

    def broken(**_facts):
        raise RuntimeError

    monkeypatch.setattr(notices, "untold_seals", broken)
    make.ballots(12, at=counter, kind=kind)
    assert run_round(now=EVENING + timedelta(days=1)) is True


# ── Letters ────────────────────────────────────────────────────────────────────────────


def one_notice(leader):
    return Notice.objects.create(
        office=leader.office,
        user=leader,
        kind=NoticeKind.WEEKLY,
        subject="2026-11-02",
        text="Tuần qua.",
        path="/reports/",
        made_at=make.NOW,
        letter_due_at=make.NOW,
    )


@override_settings(EMAIL_BACKEND="tests.reports.test_notices.Refusing")
@pytest.mark.both_engines
def test_a_letter_that_is_refused_is_tried_later_and_later_and_at_last_given_up(leader, caplog):
    notice = one_notice(leader)
    when, waits = make.NOW, []
    for _attempt in range(notices.MOST_ATTEMPTS):
        assert notices.send_letters(now=when) is False
        notice.refresh_from_db()
        if notice.letter_due_at:
            waits.append(notice.letter_due_at - when)
            assert notices.send_letters(now=notice.letter_due_at - timedelta(seconds=1)) is True
            when = notice.letter_due_at
    assert waits == [timedelta(minutes=10) * 2**n for n in range(7)]
    assert (notice.letter_due_at, notice.letter_sent_at, notice.attempts) == (None, None, 8)
    assert "not sent" in caplog.text


class Refusing:
    """A mail server that is away."""

    def __init__(self, **_facts) -> None: ...

    def send_messages(self, _letters):
        raise ConnectionRefusedError("away")


def test_a_letter_is_sent_once_with_the_way_to_hear_no_more(leader):
    one_notice(leader)
    notices.send_letters(now=make.NOW)
    notices.send_letters(now=make.NOW + timedelta(hours=1))
    (letter,) = mail.outbox
    assert letter.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert re.search(r"/cases/off/\S+", letter.body)


def test_the_link_of_a_letter_switches_off_on_a_press_and_not_on_a_look(client, counter, kind, leader):
    address = reverse("reports:notices_off", args=[notices.off_token(leader, NoticeKind.WEEKLY)])
    notice = one_notice(leader)
    assert client.get(address).status_code == 200
    assert not NoticeOff.objects.exists()
    assert "Đã tắt" in words(client.post(address, {"List-Unsubscribe": "One-Click"}))
    notice.refresh_from_db()
    assert notice.letter_due_at is None
    make.issued(at=counter, kind=kind, now=make.at(12))
    notices.tell_week(now=make.at(16, 19))
    assert Notice.objects.count() == 2
    assert notices.send_letters(now=make.at(23, 19)) is True
    assert mail.outbox == []


def test_a_forged_link_is_not_there(client, leader):
    token = notices.off_token(leader, NoticeKind.WEEKLY)
    assert client.post(reverse("reports:notices_off", args=[token[:-3] + "xyz"])).status_code == 404
    assert not NoticeOff.objects.exists()


def test_the_list_in_the_house_shows_what_is_new_once_and_switches_with_one_click(client, leader):
    one_notice(leader)
    client.force_login(leader)
    first = words(client.get("/cases/"))
    assert "Tuần qua." in first
    assert Notice.objects.get().seen_at
    switch = reverse("reports:notice_switch", args=["weekly"])
    assert client.post(switch).status_code == 303
    assert NoticeOff.objects.filter(user=leader, kind="weekly").exists()
    client.post(switch, {"on": "yes"})
    assert not NoticeOff.objects.exists()
    assert client.post(reverse("reports:notice_switch", args=["nothing"])).status_code == 404
    assert client.get(switch).status_code == 405


def test_somebody_without_an_address_gets_no_letter_and_still_the_line(office, counter, kind):
    make.user(Role.LEADERSHIP, of=office)
    make.issued(at=counter, kind=kind, now=make.at(10))
    notices.tell_week(now=make.at(16, 19))
    assert Notice.objects.get().letter_due_at is None
