"""Letters to the invited, against a real mail server: no letter ever kills the code it reminds of."""

from __future__ import annotations

import asyncio
import re
import smtplib
import socket
from collections.abc import Iterator
from datetime import datetime, timedelta
from email import message_from_bytes, policy

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP
from django.db import connection

from surveys.box import casting, signed_form
from surveys.campaigns import invitations, letters, lifecycle, mailings
from surveys.choices import SlipState
from surveys.database import retention
from surveys.models import CampaignUnit, Invitation, Mailing, PendingCode, Slip, Spent
from surveys.periods import local_day, start_of
from surveys.reference import answers
from surveys.slips.lookup import find_slip
from tests import campaigns, make
from tests.make import NOW

pytestmark = pytest.mark.django_db(transaction=True)


class MailServer:
    """Takes letters; refuses the addresses in ``refused`` with ``refusal``; hangs up without a word at the letter to ``gone``.

    ``seen``: what `watch` finds in the database at the moment when a letter has arrived and is not yet accepted.
    """

    def __init__(self) -> None:
        self.letters, self.refused, self.gone, self.watch, self.seen = [], set(), "", None, []
        self.refusal = "550 5.1.1 no such user"
        self.pause = 0.0  # seconds that it looks into a letter
        self.unheard = 0  # so many letters are taken, and the line breaks before the server's word is heard

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802 - aiosmtpd's name
        if address in self.refused:
            return self.refusal
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        if self.gone in envelope.rcpt_tos:
            server.transport.abort()
            return "421 gone"
        await asyncio.sleep(self.pause)
        letter = message_from_bytes(envelope.content, policy=policy.default)
        if self.watch:
            self.seen.append(await asyncio.to_thread(self.watch, code_in(letter)))
        self.letters.append(letter)
        if self.unheard:
            self.unheard -= 1
            server.transport.abort()
        return "250 OK"


def code_in(letter) -> str:
    return re.search(r"/p/([0-9A-Z]{26})", letter.get_body(("plain",)).get_content())[1]


@pytest.fixture
def server(settings) -> Iterator[MailServer]:
    handler = MailServer()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    controller = Controller(handler, hostname="127.0.0.1", port=port)
    controller.factory = lambda: SMTP(handler, ident="test")
    controller.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
    yield handler
    controller.stop()


@pytest.fixture
def unit() -> CampaignUnit:
    campaign = campaigns.campaign(make.office("HB"))
    return campaign.units.select_related("campaign").get(office__code="HB")


def invite(unit: CampaignUnit, *people: tuple[str, str]) -> dict[str, str]:
    """Invited by a first letter or a file; their plain codes by organisation."""
    made = invitations.invite(unit=unit, name="Đợt 1", organisations=people, by=None, now=NOW)
    return {one.invitation.organisation: one.code for one in made}


def opens(code: str) -> str | None:
    """The organisation whose slip a code opens."""
    slip = find_slip(code=code)
    return slip and slip.invitation.organisation


def answer(code: str) -> None:
    slip = find_slip(code=code)
    form = signed_form.read_form(slip=slip, field=signed_form.open_form(slip=slip, now=NOW))
    casting.cast(slip=slip, form=form, said=answers.Said({"easy": 3}), via="link", now=NOW)


def send(mailing: Mailing, *, now: datetime = NOW, most: int = 50) -> Mailing:
    """The scheduler's part, once."""
    mailings.send_due(clock=lambda: now, most=most)
    mailing.refresh_from_db()
    return mailing


def remind(unit: CampaignUnit, *, now: datetime = NOW) -> Mailing:
    return send(mailings.remind(unit=unit, by=None, now=now), now=now)


def to_whom(server: MailServer) -> list[str]:
    return [letter["To"] for letter in server.letters]


def test_an_accepted_reminder_retires_the_old_code_and_goes_only_to_those_who_have_not_answered(server, unit):
    old = invite(unit, ("A", "a@x.vn"), ("B", "b@x.vn"), ("C", ""))
    answer(old["A"])
    told = remind(unit)
    assert (told.letters, told.accepted, told.refused, told.ended_at) == (1, 1, 0, NOW)
    (letter,) = server.letters
    assert letter["To"] == "b@x.vn"
    assert (opens(old["B"]), opens(code_in(letter)), PendingCode.objects.count()) == (None, "B", 0)
    assert Invitation.objects.get(organisation="B").reminded_at == NOW


def test_a_refused_address_keeps_its_old_code_is_listed_and_the_others_are_written_to(server, unit):
    old = invite(unit, ("A", "a@x.vn"), ("B", "b@x.vn"), ("C", "c@x.vn"))
    server.refused = {"b@x.vn"}
    told = remind(unit)
    assert (told.accepted, told.refused, told.ended_at) == (2, 1, NOW)
    assert to_whom(server) == ["a@x.vn", "c@x.vn"]
    assert (opens(old["B"]), PendingCode.objects.count()) == ("B", 0)
    assert Invitation.objects.get(organisation="B").reminded_at is None
    assert mailings.refused_addresses(unit) == ["b@x.vn"]
    server.refused = set()
    assert remind(unit, now=NOW + timedelta(hours=1)).accepted == 1
    assert (to_whom(server)[2:], mailings.refused_addresses(unit)) == (["b@x.vn"], [])


def test_a_server_that_hangs_up_leaves_both_codes_and_the_scheduler_goes_on_by_itself(server, unit):
    old = invite(unit, ("A", "a@x.vn"), ("B", "b@x.vn"), ("C", "c@x.vn"))
    server.gone = "b@x.vn"
    told = remind(unit)
    assert (told.accepted, told.failures, told.ended_at) == (1, 1, None)
    assert (opens(old["B"]), opens(old["C"])) == ("B", "C")
    assert PendingCode.objects.get().slip.invitation.organisation == "B"
    server.gone = ""
    assert send(told).accepted == 1, "not before a minute is over"
    told = send(told, now=NOW + timedelta(minutes=1))
    assert (told.accepted, told.failures, told.ended_at) == (3, 0, NOW + timedelta(minutes=1))
    assert to_whom(server) == ["a@x.vn", "c@x.vn", "b@x.vn"], "whose letter broke off comes last"
    assert opens(code_in(server.letters[2])) == "B"


def test_a_letter_whose_acceptance_was_not_heard_goes_again_as_the_same_letter(server, unit):
    old = invite(unit, ("A", "a@x.vn"), ("B", "b@x.vn"))
    server.unheard = 1
    told = remind(unit)
    assert (told.accepted, told.failures, told.ended_at) == (2, 0, NOW)
    first, again, _b = server.letters
    assert (first["Message-ID"], first["Date"], code_in(first)) == (
        again["Message-ID"],
        again["Date"],
        code_in(again),
    )
    assert (opens(code_in(first)), opens(old["A"]), PendingCode.objects.count()) == ("A", None, 0)


def test_codes_of_letters_that_were_not_heard_of_live_until_a_later_mailing_is_accepted(server, unit):
    old = invite(unit, ("A", "a@x.vn"))["A"]
    server.unheard = 2
    told = remind(unit)
    assert (told.accepted, told.failures) == (0, 1)
    assert send(told, now=told.next_at).accepted == 1
    unheard, _the_same, heard = map(code_in, server.letters)
    assert unheard != heard
    assert (opens(unheard), opens(heard), opens(old)) == ("A", "A", None)
    assert remind(unit, now=NOW + timedelta(days=1)).accepted == 1
    assert [opens(code_in(letter)) for letter in server.letters] == [None, None, None, "A"]
    assert PendingCode.objects.count() == 0


def test_both_letters_take_one_answer_together(server, unit):
    invite(unit, ("A", "a@x.vn"))
    server.unheard = 2
    told = remind(unit)
    send(told, now=told.next_at)
    answer(code_in(server.letters[0]))
    assert {find_slip(code=code_in(letter)).state for letter in server.letters} == {SlipState.USED}
    assert Spent.objects.count() == 1


@pytest.mark.parametrize("what", ["answers", "closes"])
def test_what_happens_while_letters_go_stops_those_that_have_not(server, unit, what):
    """At most the letter that is under way goes to somebody who has answered, or of a campaign that was closed."""
    codes = invite(unit, ("A", "a@x.vn"), ("B", "b@x.vn"), ("C", "c@x.vn"))

    def meanwhile(_fresh: str) -> None:
        try:
            if what == "answers" and not server.letters:
                answer(codes["B"])
            elif not server.letters:
                lifecycle.close(campaign=unit.campaign, now=unit.campaign.period.bounds()[1])
        finally:
            connection.close()

    server.watch = meanwhile
    told = send(remind(unit), now=NOW)
    assert to_whom(server) == (["a@x.vn", "c@x.vn"] if what == "answers" else ["a@x.vn"])
    assert told.ended_at == NOW


@pytest.mark.parametrize("word", ["250 OK", "550 5.1.1 no such user", "451 later", None])
@pytest.mark.parametrize("when", ["in the server's hands", "before it goes"])
def test_a_letter_in_hand_writes_nothing_back_of_an_invitation_that_was_forgotten(
    server, unit, monkeypatch, word, when
):
    """``word``: what the server says of the letter; None: it hangs up."""
    invite(unit, ("A", "a@x.vn"))
    mailing, gone = mailings.remind(unit=unit, by=None, now=NOW), []

    def forget():
        lifecycle.close(campaign=unit.campaign, now=unit.campaign.period.bounds()[1])
        retention.forget_invited(campaign=unit.campaign, office=unit.office, now=NOW)

    def handed_over(letter, _connection):
        gone.append(letter)
        if when == "in the server's hands":
            forget()
        if word is None:
            raise OSError("gone")
        if not word.startswith("2"):
            raise smtplib.SMTPRecipientsRefused({"a@x.vn": (int(word[:3]), word[4:].encode())})

    def written(*facts):
        if when == "before it goes":
            forget()
        return letters.letter_to(*facts)

    monkeypatch.setattr(mailings, "_hand_over", handed_over)
    monkeypatch.setattr(mailings, "letter_to", written)
    send(mailing)
    row = Invitation.objects.get()
    assert (row.email, row.mailed_at, row.reminded_at, row.refused_at) == ("", None, None, None)
    assert Slip.objects.get(invitation=row).code_mac.startswith("erased ")
    assert not PendingCode.objects.exists()
    assert len(gone) == (when == "in the server's hands")


def test_an_address_at_which_the_server_always_hangs_up_keeps_nobody_waiting_for_ever(server, unit):
    old = invite(unit, ("A", "a@x.vn"), ("B", "b@x.vn"))
    server.gone = "a@x.vn"
    told = mailings.remind(unit=unit, by=None, now=NOW)
    for hour in range(6):
        told = send(told, now=NOW + timedelta(hours=hour))
    assert (told.accepted, told.refused, told.ended_at) == (1, 0, NOW + timedelta(hours=2))
    assert (opens(old["A"]), PendingCode.objects.count()) == ("A", mailings.MOST_UNHEARD)
    assert mailings.refused_addresses(unit) == []
    assert mailings.under_way(unit.campaign).unheard == 1


def test_a_mailing_whose_scheduler_died_is_gone_on_with_after_its_silence_and_by_one_alone(server, unit):
    invite(unit, ("A", "a@x.vn"), ("B", "b@x.vn"), ("C", "c@x.vn"))
    told = send(mailings.remind(unit=unit, by=None, now=NOW), most=1)
    assert to_whom(server) == ["a@x.vn"]
    Mailing.objects.update(next_at=NOW + mailings.SILENCE)  # somebody took it
    assert send(told).accepted == 1
    assert send(told, now=NOW + mailings.SILENCE).accepted == 3
    assert to_whom(server) == ["a@x.vn", "b@x.vn", "c@x.vn"]


def test_both_codes_open_the_slip_while_the_letter_is_under_way_and_take_one_answer(server, unit):
    old = invite(unit, ("A", "a@x.vn"))["A"]

    def both(fresh: str) -> tuple:
        try:
            found = opens(old), opens(fresh)
            answer(old)
            return found
        finally:
            connection.close()

    server.watch = both
    assert remind(unit).accepted == 1
    assert server.seen == [("A", "A")]
    fresh = find_slip(code=code_in(server.letters[0]))
    assert (fresh.state, opens(old)) == (SlipState.USED, None)


def test_without_a_mail_server_no_code_is_touched_and_the_mailing_waits(server, unit, settings):
    settings.EMAIL_PORT, there = 1, settings.EMAIL_PORT
    old = invite(unit, ("A", "a@x.vn"))
    before = list(Slip.objects.values_list("code_mac", "short_mac"))
    told = remind(unit)
    assert (told.accepted, told.failures, told.next_at) == (0, 1, NOW + timedelta(minutes=1))
    assert (list(Slip.objects.values_list("code_mac", "short_mac")), opens(old["A"])) == (before, "A")
    assert PendingCode.objects.count() == 0
    settings.EMAIL_PORT = there
    assert send(told, now=NOW + timedelta(days=1)).accepted == 1


@pytest.mark.parametrize(
    "later", ["450 4.2.0 Greylisted", "452 4.3.1 Insufficient system storage", "421 4.3.2 busy"]
)
def test_a_server_that_says_later_gets_the_letters_later_and_no_address_is_blamed(server, unit, later):
    old = invite(unit, ("A", "a@x.vn"), ("B", "b@x.vn"))
    server.refused, server.refusal = {"a@x.vn", "b@x.vn"}, later
    told = remind(unit)
    assert (told.accepted, told.refused, told.ended_at) == (0, 0, None)
    assert (mailings.refused_addresses(unit), {opens(code) for code in old.values()}) == ([], {"A", "B"})
    server.refused = set()
    assert send(told, now=told.next_at).accepted == 2
    assert PendingCode.objects.count() == 0


def test_an_address_that_is_always_put_off_is_refused_in_the_end(server, unit):
    invite(unit, ("A", "a@x.vn"), ("B", "b@x.vn"))
    server.refused, server.refusal = {"a@x.vn"}, "452 4.2.2 mailbox full"
    told = remind(unit)
    assert (told.accepted, told.refused) == (1, 0)
    for _ in range(mailings.MOST_RUNS_OF_LATER):
        told = send(told, now=told.next_at)
    assert (told.accepted, told.refused, mailings.refused_addresses(unit)) == (1, 1, ["a@x.vn"])


def test_a_server_that_is_away_is_asked_once_for_all_mailings(server, unit, settings, caplog):
    settings.EMAIL_PORT = 1
    waiting = []
    for name in ("Đợt 1", "Đợt 2", "Đợt 3"):
        people = [(f"{name} A", f"{name[-1]}@x.vn")]
        invitations.invite(unit=unit, name=name, organisations=people, by=None, now=NOW)
        batch = unit.batches.get(name=name)
        waiting.append(mailings.send_first(batch=batch, by=None, now=NOW))
    mailings.send_due(clock=lambda: NOW)
    assert len([line for line in caplog.messages if "no mail server answers" in line]) == 1
    assert not Mailing.objects.due_at(NOW).exists()
    assert Mailing.objects.unfinished().count() == len(waiting)


def test_a_slow_server_holds_the_scheduler_no_longer_than_its_run(server, unit):
    mailing = mailings.send_first(
        batch=batch_of(unit, *((n, f"{n}@x.vn") for n in "ABCDE")), by=None, now=NOW
    )
    times = [NOW]

    def later(_code: str) -> None:
        times.append(times[-1] + timedelta(seconds=20))  # a letter takes so long

    server.watch = later
    assert mailings.send_due(clock=lambda: times[-1]) == 2
    assert mailings.send_due(clock=lambda: times[-1]) == 2, "the next round goes on at once"
    mailing.refresh_from_db()
    assert (mailing.accepted, mailing.ended_at) == (4, None)


def test_a_letter_that_one_scheduler_has_in_hand_goes_from_no_other(server, unit):
    mailing = mailings.send_first(batch=batch_of(unit, ("A", "a@x.vn"), ("B", "b@x.vn")), by=None, now=NOW)
    silent = NOW + mailings.SILENCE + timedelta(seconds=1)

    def another(_code: str) -> None:
        server.watch = None
        try:
            mailings.send_due(clock=lambda: silent)
        finally:
            connection.close()

    server.watch = another
    mailings.send_due(clock=lambda: NOW)
    assert sorted(to_whom(server)) == ["a@x.vn", "b@x.vn"]
    assert {opens(code_in(letter)) for letter in server.letters} == {"A", "B"}
    told = send(mailing, now=silent + mailings.SILENCE)
    assert (told.accepted, told.ended_at is not None, PendingCode.objects.count()) == (2, True, 0)


def test_a_letter_in_a_dead_schedulers_hand_goes_once_that_hand_must_be_empty(server, unit, monkeypatch):
    mailing = mailings.send_first(batch=batch_of(unit, ("A", "a@x.vn")), by=None, now=NOW)
    slip = Slip.objects.get()
    PendingCode.objects.create(slip=slip, mailing=mailing, in_hand_since=NOW, code_mac="1", short_mac="2")
    Mailing.objects.update(next_at=NOW + mailings.SILENCE)
    told = send(mailing, now=NOW + mailings.SILENCE)
    assert (told.accepted, told.ended_at, server.letters) == (0, None, [])
    assert send(told, now=NOW + mailings.LONGEST_LETTER).accepted == 1


def test_a_reminder_comes_on_a_later_day_than_the_last_letter_and_those_left_out_are_counted(server, unit):
    send(mailings.send_first(batch=batch_of(unit, ("A", "a@x.vn"), ("B", "b@x.vn")), by=None, now=NOW))
    for soon in (timedelta(minutes=1), timedelta(hours=14)):
        assert mailings.remind(unit=unit, by=None, now=NOW + soon) is None
        assert mailings.written_to_lately(unit, now=NOW + soon) == 2
    midnight = start_of(local_day(NOW + timedelta(days=1)))
    assert mailings.written_to_lately(unit, now=midnight) == 0
    assert remind(unit, now=midnight).accepted == 2
    assert mailings.remind(unit=unit, by=None, now=midnight + timedelta(hours=23)) is None


def test_midnight_makes_no_new_day_of_a_letter_that_has_just_gone(server, unit):
    evening = start_of(local_day(NOW)) + timedelta(hours=23, minutes=50)
    send(mailings.send_first(batch=batch_of(unit, ("A", "a@x.vn")), by=None, now=evening), now=evening)
    assert mailings.remind(unit=unit, by=None, now=evening + timedelta(minutes=12)) is None
    assert mailings.written_to_lately(unit, now=evening + timedelta(minutes=12)) == 1
    assert remind(unit, now=evening + timedelta(hours=12, minutes=1)).accepted == 1


def test_nobody_is_reminded_twice_on_one_day(server, unit):
    invite(unit, ("A", "a@x.vn"))
    first = mailings.remind(unit=unit, by=None, now=NOW)
    assert mailings.remind(unit=unit, by=None, now=NOW) == first, "asked twice it is once"
    assert send(first).accepted == 1
    assert mailings.remind(unit=unit, by=None, now=NOW) is None
    assert remind(unit, now=NOW + timedelta(days=1)).accepted == 1


def test_a_first_letter_is_remembered_only_where_it_was_accepted(server, unit):
    server.refused = {"b@x.vn"}
    people = [("A", "a@x.vn"), ("B", "b@x.vn"), ("C", "")]
    made = invitations.invite(unit=unit, name="Đợt 1", organisations=people, by=None, now=NOW)
    mailing = mailings.send_first(batch=made[0].invitation.batch, by=None, now=NOW)
    assert mailings.remind(unit=unit, by=None, now=NOW) is None, "whose first letter is on its way"
    told = send(mailing)
    assert (told.letters, told.accepted, told.refused) == (2, 1, 1)
    assert list(Invitation.objects.filter(mailed_at=NOW).values_list("organisation", flat=True)) == ["A"]
    assert "Mời trả lời: " in server.letters[0]["Subject"]
    assert (opens(code_in(server.letters[0])), opens(made[0].code)) == ("A", None)


def test_letters_of_a_campaign_that_is_over_do_not_go(server, unit):
    invite(unit, ("A", "a@x.vn"))
    told = send(mailings.remind(unit=unit, by=None, now=NOW), now=NOW + timedelta(days=99))
    assert (told.accepted, server.letters) == (0, [])
    assert told.ended_at is not None


def test_a_letter_is_a_letter(server, unit):
    old = invite(unit, ("Trường <A> & B", "a@x.vn"))
    remind(unit)
    (letter,) = server.letters
    code = code_in(letter)
    html = letter.get_body(("html",)).get_content()
    assert code in html
    assert "Trường &lt;A&gt; &amp; B" in html
    assert "Kính gửi Trường <A> & B," in letter.get_body(("plain",)).get_content()
    assert (letter["Auto-Submitted"], letter["Message-ID"].endswith("@127.0.0.1>")) == (
        "auto-generated",
        True,
    )
    assert letter["List-Unsubscribe"].startswith("<mailto:")
    heads = " ".join(f"{name}: {value}" for name, value in letter.items())
    assert not any(secret[:12] in heads for secret in (code, old["Trường <A> & B"]))


def test_a_subject_is_one_line_whatever_the_name_was_before_the_database_looked(unit):
    made = invitations.invite(unit=unit, name="Đợt 1", organisations=[("A", "a@x.vn")], by=None, now=NOW)
    unit.campaign.name = "Đợt\r\nBcc: x@x.vn"
    letter = letters.letter_to(made[0], unit.campaign, letters.REMINDER, None)
    assert letter.subject == "Nhắc: Đợt Bcc: x@x.vn"
    assert letter.message()["Bcc"] is None


def test_a_server_that_takes_its_time_over_a_letter_gets_it_once(server, unit, settings):
    """Its word comes later than a connection may take, as behind a scanner: the pause is the server's own."""
    settings.EMAIL_TIMEOUT = 0.3

    server.pause = 0.6
    mailing = send(mailings.send_first(batch=batch_of(unit, ("A", "a@x.vn")), by=None, now=NOW))
    assert (to_whom(server), mailing.accepted, mailing.refused) == (["a@x.vn"], 1, 0)


def test_letters_that_were_not_heard_of_are_told_as_such_and_nobody_is_called_refused(server, unit):
    mailing = mailings.send_first(batch=batch_of(unit, ("A", "a@x.vn")), by=None, now=NOW)
    server.unheard = 10
    for hour in range(4):
        send(mailing, now=NOW + timedelta(hours=hour))
    assert (len(server.letters), mailing.refused, mailing.ended_at is not None) == (4, 0, True)
    progress = mailings.under_way(unit.campaign)
    assert (progress.unheard, progress.refused, progress.waiting) == (1, 0, 0)
    assert mailings.refused_addresses(unit) == []
    assert {opens(code_in(letter)) for letter in server.letters} == {"A"}


@pytest.mark.parametrize(
    ("refusal", "refused"),
    [
        ("550 5.4.5 Daily user sending limit exceeded", 0),
        ("550 5.2.2 mailbox full", 1),
        ("550 no such user", 1),
    ],
)
def test_a_no_that_is_not_about_the_address_puts_the_mailing_off(server, unit, refusal, refused):
    mailing = mailings.send_first(batch=batch_of(unit, ("A", "a@x.vn")), by=None, now=NOW)
    server.refused, server.refusal = {"a@x.vn"}, refusal
    assert (send(mailing).refused, len(mailings.refused_addresses(unit))) == (refused, refused)
    server.refused = set()
    later = send(mailing, now=NOW + timedelta(hours=5))
    assert later.accepted == 1 - refused


def test_who_wants_no_letters_writes_to_the_address_and_not_to_its_name(server, unit, settings):
    settings.DEFAULT_FROM_EMAIL = "Kho bạc Nhà nước Hòa Bình <khaosat@kbnn.example.vn>"
    send(mailings.send_first(batch=batch_of(unit, ("A", "a@x.vn")), by=None, now=NOW))
    assert server.letters[0]["List-Unsubscribe"] == "<mailto:khaosat@kbnn.example.vn?subject=unsubscribe>"


def batch_of(unit: CampaignUnit, *people: tuple[str, str]):
    invite(unit, *people)
    return Invitation.objects.select_related("batch").first().batch
