"""The device at the counter: paired once, one ballot at a time, and nothing of the last customer for the next."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from surveys.accounts import tablets
from surveys.audit import Action
from surveys.ballot import tablet_views
from surveys.ballot.pages import FORM_FIELD
from surveys.ballot.tablet_views import CODE_FIELD, COOKIE
from surveys.box import casting, signed_form
from surveys.choices import SlipChannel, SlipState
from surveys.crypto import codes
from surveys.models import AuditEntry, BoxedBallot, Slip, SlipEvent, Spent, Tablet
from surveys.slips import issuing
from tests import make

pytestmark = pytest.mark.django_db

BOTH = {"attitude": "1", "time": "0"}


@pytest.fixture
def counter():
    return make.counter(name_en="Counter 1")


@pytest.fixture
def tablet(counter):
    """A browser paired with the counter: a cookie of its own and no session; a token would be asked for in vain."""
    return paired_browser(counter)


def paired_browser(counter):
    browser = Client(enforce_csrf_checks=True)
    browser.post("/k/pair")
    tablets.pair(
        code=Tablet.objects.latest("pk").pairing_code, counter=counter, name="Máy", now=timezone.now()
    )
    return browser


def waiting_slip(counter, **fields):
    return make.issued(at=counter, channel=SlipChannel.TABLET, now=timezone.now(), **fields).slip


def hidden(response) -> dict:
    return dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', response.content.decode()))


def fetched(tablet, counter, query="") -> dict:
    """The hidden fields of the counter's next ballot."""
    waiting_slip(counter)
    return hidden(tablet.get(f"/k/next{query}"))


def screen(response) -> str:
    return re.search(r'<main[^>]* data-screen="(\w+)"', response.content.decode())[1]


# --- pairing ----------------------------------------------------------------------------------------------------
def test_an_unknown_device_is_offered_to_be_paired_and_gets_no_cookie():
    page = Client().get("/k/")
    assert screen(page) == "unpaired"
    assert "Ghép máy này" in page.content.decode()
    assert not page.cookies


def test_a_device_shows_its_code_until_the_administrator_has_paired_it(counter):
    browser = Client(enforce_csrf_checks=True)
    answer = browser.post("/k/pair")
    assert (answer.status_code, answer["Location"]) == (303, "/k/")
    page = browser.get("/k/")
    code = re.search(r"data-pairing>(\w{6})<", page.content.decode())[1]
    assert screen(page) == "waiting"
    tablets.pair(code=code, counter=counter, name="Máy", now=timezone.now())
    page = browser.get("/k/")
    assert screen(page) == "welcome"
    assert "Giao dịch xong, phiếu đánh giá sẽ tự hiện ở đây." in page.content.decode()


def test_asking_to_be_paired_has_a_brake_for_each_address_and_for_all_together(monkeypatch):
    asked = [Client().post("/k/pair", REMOTE_ADDR="203.0.113.9").status_code for _ in range(62)]
    assert (asked[59], asked[60], asked[61]) == (303, 429, 429)
    assert Client().post("/k/pair", REMOTE_ADDR="203.0.113.10").status_code == 303
    assert Tablet.objects.count() == 61

    monkeypatch.setattr(tablets, "MOST_ASKING", 61)
    assert Client().post("/k/pair", REMOTE_ADDR="203.0.113.11").status_code == 429
    assert Tablet.objects.count() == 61


def test_a_device_that_only_asks_is_handed_nothing(counter):
    waiting_slip(counter)
    browser = Client()
    browser.post("/k/pair")
    assert browser.get("/k/next").status_code == 403


def test_asking_twice_keeps_the_first_code():
    browser = Client()
    for _ in range(2):
        browser.post("/k/pair")
    assert Tablet.objects.count() == 1


def test_the_code_of_an_hour_ago_gives_way_to_the_button():
    browser = Client()
    browser.post("/k/pair")
    Tablet.objects.update(pairing_until=timezone.now() - timedelta(minutes=1))
    assert screen(browser.get("/k/")) == "unpaired"


@pytest.mark.parametrize("secure", [False, True])
def test_the_cookie_lives_under_k_and_is_closed_to_scripts_and_strangers(settings, secure):
    settings.SECURE = secure
    cookie = Client().post("/k/pair").cookies[COOKIE]
    assert (cookie["path"], cookie["samesite"], cookie["httponly"]) == ("/k/", "Strict", True)
    assert bool(cookie["secure"]) is secure


def test_a_device_paired_before_its_cookie_had_a_prefix_stays_paired_and_gets_it(tablet, monkeypatch):
    monkeypatch.setattr(tablet_views, "COOKIE", "__Secure-kbnn-k")
    page = tablet.get("/k/")
    assert page.cookies["__Secure-kbnn-k"].value == tablet.cookies["kbnn-k"].value
    assert tablet.get("/k/next").status_code == 204


def test_the_secret_of_the_cookie_is_nowhere_in_the_database():
    secret = Client().post("/k/pair").cookies[COOKIE].value
    assert secret not in str(Tablet.objects.values().get())


def test_a_revoked_device_is_unpaired_from_its_next_request_on(tablet, counter):
    form = fetched(tablet, counter)
    tablets.revoke(tablet=Tablet.objects.get(), now=timezone.now())
    assert screen(tablet.get("/k/")) == "unpaired"
    for answer in (tablet.get("/k/next"), tablet.post("/k/cast", form | BOTH)):
        assert (answer.status_code, screen(answer)) == (403, "unpaired")
    assert not BoxedBallot.objects.exists()


# --- the ballot -------------------------------------------------------------------------------------------------
def test_the_ballot_of_the_finished_transaction_comes_is_answered_and_receipted(tablet, counter):
    assert tablet.get("/k/next").status_code == 204
    slip = waiting_slip(counter)
    page = tablet.get("/k/next")
    assert (page.status_code, screen(page)) == (200, "ballot")
    assert 'action="/k/cast"' in page.content.decode()
    assert casting.find_slip(code=hidden(page)[CODE_FIELD]).pk == slip.pk

    answer = tablet.post("/k/cast", hidden(page) | BOTH | {"comment": "Phải chờ"})

    assert answer.status_code == 200
    receipt = codes.normalise_receipt(re.search(r"data-receipt>([^<]+)<", answer.content.decode())[1])
    (ballot,) = make.waiting()
    assert ballot.contents.answers == {"attitude": 1, "time": 0}
    assert ballot.receipt_hash == codes.receipt_hash(receipt)
    assert Spent.objects.get().via == SlipChannel.TABLET
    assert "<svg viewBox" in answer.content.decode()
    assert 'data-seconds="6"' in answer.content.decode()


def test_a_slip_comes_to_one_screen_only(counter):
    first, second = paired_browser(counter), paired_browser(counter)
    waiting_slip(counter)
    assert [first.get("/k/next").status_code, second.get("/k/next").status_code] == [200, 204]


def test_the_ballot_of_another_counter_does_not_come(tablet):
    waiting_slip(make.counter())
    assert tablet.get("/k/next").status_code == 204


def test_the_code_is_hidden_in_the_form_and_in_no_address(tablet, counter):
    waiting_slip(counter)
    page = tablet.get("/k/next")
    code = hidden(page)[CODE_FIELD]
    assert page.content.decode().count(code) == 1
    assert code not in str(page.headers) + str(page.cookies)


def test_waiting_costs_one_query_and_writes_nothing(tablet):
    tablet.get("/k/next")
    with CaptureQueriesContext(connection) as asked:
        tablet.get("/k/next")
    assert len(asked) == 1
    assert all(query["sql"].startswith("SELECT") for query in asked)


@pytest.mark.parametrize(
    "case", ["fresh", "late", "late but re-issued", "for the printer", "cancelled", "of tomorrow"]
)
def test_the_quick_answer_to_a_poll_says_what_the_long_one_says(tablet, counter, case):
    now = timezone.now()
    channel = SlipChannel.SLIP if case == "for the printer" else SlipChannel.TABLET
    issued_at = now - timedelta(minutes=3) if case.startswith("late") else now
    slip = make.issued(at=counter, channel=channel, now=issued_at).slip
    if case == "late but re-issued":
        issuing.reissue_slip(slip=slip, channel=SlipChannel.TABLET, reason="tắt", actor=None, now=now)
    if case == "cancelled":
        issuing.cancel_slip(slip=slip, reason="nhầm", actor=make.teller(at=counter), now=now)
    if case == "of tomorrow":
        Slip.objects.update(opens_at=now + timedelta(days=1))
    nothing = tablets.quiet_device(tablet.cookies["kbnn-k"].value, now=timezone.now()) is not None
    fetched_slip = issuing.fetch_for_tablet(tablet=Tablet.objects.get(), now=timezone.now())
    assert nothing == (fetched_slip is None)
    assert nothing == (case not in ("fresh", "late but re-issued"))


def test_a_missing_answer_is_asked_for_and_the_other_is_kept(tablet, counter):
    form = fetched(tablet, counter)
    page = tablet.post("/k/cast", form | {"attitude": "0"})
    assert page.status_code == 422
    text = page.content.decode()
    assert "tiêu chí 2" in text
    assert re.search(r'name="attitude" value="0"\s+checked', text)
    assert hidden(page) == form
    assert tablet.post("/k/cast", hidden(page) | BOTH).status_code == 200


def test_the_same_form_again_gets_the_same_receipt_and_another_form_is_refused(tablet, counter):
    form = fetched(tablet, counter)
    first, again = (tablet.post("/k/cast", form | BOTH) for _ in range(2))
    assert again.status_code == 200
    assert again.content == first.content
    slip = Slip.objects.get()
    other = form | {FORM_FIELD: signed_form.open_form(slip=slip, now=timezone.now())}
    refused = tablet.post("/k/cast", other | BOTH)
    assert (refused.status_code, screen(refused)) == (409, "notice")
    assert BoxedBallot.objects.count() == 1


def test_a_form_of_another_slip_is_shown_afresh_with_its_answers(tablet, counter):
    first, second = fetched(tablet, counter), fetched(tablet, counter)
    page = tablet.post("/k/cast", second | {FORM_FIELD: first[FORM_FIELD]} | BOTH)
    assert page.status_code == 422
    assert page.content.decode().count(" checked") == 2
    assert not BoxedBallot.objects.exists()


def test_a_device_does_not_take_a_ballot_of_another_counter(counter):
    elsewhere = make.counter()
    form = fetched(paired_browser(elsewhere), elsewhere)
    assert paired_browser(counter).post("/k/cast", form | BOTH).status_code == 409


def test_a_cancelled_slip_is_closed_without_a_reason(tablet, counter):
    form = fetched(tablet, counter)
    Slip.objects.update(state=SlipState.CANCELLED)
    answers = [tablet.post("/k/cast", form | BOTH), tablet.post("/k/cast", {CODE_FIELD: codes.new_code()})]
    assert {answer.status_code for answer in answers} == {409}
    assert answers[0].content == answers[1].content


def test_a_body_that_is_too_large_is_refused_unread(tablet, counter):
    form = fetched(tablet, counter)
    answer = tablet.post("/k/cast", form | BOTH | {"comment": "x" * 70_000})
    assert answer.status_code == 413
    assert not BoxedBallot.objects.exists()


# --- another language, another way --------------------------------------------------------------------------------
def test_the_language_changes_within_the_form_and_what_was_chosen_stays(tablet, counter):
    form = fetched(tablet, counter)
    page = tablet.post("/k/language?lang=en", form | {"attitude": "0", "comment": "Phải chờ"})
    text = page.content.decode()
    assert page.status_code == 200
    assert '<html lang="en">' in text
    assert re.search(r'name="attitude" value="0"\s+checked', text)
    assert "Phải chờ" in text
    assert 'class="err' not in text.replace('class="err wide" data-unsent', "")
    assert 'class="miss"' not in text  # nobody has pressed send yet
    assert 'action="/k/cast?lang=en"' in text
    assert tablet.post("/k/cast?lang=en", hidden(page) | BOTH).status_code == 200


def test_the_welcome_page_speaks_english_when_asked(tablet):
    assert '<html lang="en">' in tablet.get("/k/?lang=en").content.decode()
    assert "Counter 1" in tablet.get("/k/?lang=en").content.decode()


def test_a_ballot_is_taken_along_as_a_code_and_dead_on_the_device(tablet, counter):
    form = fetched(tablet, counter)
    page = tablet.post("/k/take", form | {"attitude": "1"})
    assert page.status_code == 200
    short = re.search(r"data-short-code>([^<]+)<", page.content.decode())[1]
    slip = casting.find_slip(code=short)
    assert (slip.pk, slip.channel) == (Slip.objects.get().pk, SlipChannel.SLIP)
    assert SlipEvent.objects.get().channel == SlipChannel.SLIP
    assert casting.find_slip(code=form[CODE_FIELD]) is None
    assert tablet.post("/k/cast", form | BOTH).status_code == 409
    assert tablet.post("/k/take", form).status_code == 409
    assert tablet.get("/k/next").status_code == 204


def test_on_an_address_that_phones_do_not_reach_no_code_is_offered_to_take_along(tablet, counter):
    box = counter.box_office
    box.phones_reach = ""
    box.save()
    waiting_slip(counter)
    page = tablet.get("/k/next")
    assert "Mang mã QR về" not in page.content.decode()
    assert tablet.post("/k/take", hidden(page)).status_code == 409
    assert tablet.post("/k/cast", hidden(page) | BOTH).status_code == 200  # and the ballot lives


def test_the_same_slip_becomes_a_paper_ballot_by_one_tap_and_its_serial_is_shown_for_the_stub(
    tablet, counter
):
    form = fetched(tablet, counter)
    page = tablet.post("/k/paper", form | {"attitude": "1"})
    slip = Slip.objects.get()
    assert (page.status_code, slip.channel, slip.expires_at) == (200, SlipChannel.PAPER, None)
    assert slip.serial in page.content.decode()
    assert SlipEvent.objects.get().channel == SlipChannel.PAPER
    assert tablet.post("/k/cast", form | BOTH).status_code == 409


def test_a_way_the_counter_does_not_offer_is_neither_shown_nor_taken(tablet, counter):
    counter.offers_paper = False
    counter.save()
    waiting_slip(counter)
    page = tablet.get("/k/next")
    assert "Dùng phiếu giấy" not in page.content.decode()
    assert "Lấy phiếu in" not in page.content.decode()
    for path in ("paper", "print"):
        assert tablet.post(f"/k/{path}", hidden(page)).status_code == 409
    assert not SlipEvent.objects.exists()


def test_a_printer_that_cannot_print_is_told_and_paper_is_offered(tablet, counter, settings):
    settings.CUPS_KEEPS_NOTHING = False
    counter.offers_slip, counter.printer = True, "Quay1"
    counter.save()
    waiting_slip(counter)
    page = tablet.get("/k/next")
    assert "Lấy phiếu in" in page.content.decode()
    answer = tablet.post("/k/print", hidden(page)).content.decode()
    assert "Máy in chưa in được" in answer
    assert Slip.objects.get().serial in answer


# --- who may, and what is left behind --------------------------------------------------------------------------------
def test_a_browser_of_staff_fetches_and_casts_nothing(tablet, counter):
    form = fetched(tablet, counter)
    waiting_slip(counter)
    tablet.force_login(make.teller(at=counter))
    assert "tài khoản cán bộ" in tablet.get("/k/").content.decode()
    assert tablet.get("/k/next").status_code == 403
    assert tablet.post("/k/cast", form | BOTH).status_code == 403
    assert AuditEntry.objects.filter(action=Action.STAFF_CAST_REFUSED).count() == 1
    assert Slip.objects.filter(delivered_at=None).count() == 1


@pytest.mark.parametrize("path", ["pair", "cast", "language", "take", "print", "paper"])
def test_a_post_from_a_foreign_page_is_refused(tablet, counter, path):
    form = fetched(tablet, counter)
    refused = tablet.post(f"/k/{path}", form | BOTH, headers={"Sec-Fetch-Site": "cross-site"})
    assert refused.status_code == 403
    assert not BoxedBallot.objects.exists()


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("post", ""),
        ("get", "pair"),
        ("post", "next"),
        ("post", "ballot"),
        ("get", "cast"),
        ("get", "language"),
        ("get", "take"),
        ("get", "print"),
        ("get", "paper"),
        ("post", "manifest.webmanifest"),
    ],
)
def test_the_wrong_method_is_refused(tablet, method, path):
    assert getattr(tablet, method)(f"/k/{path}").status_code == 405


def test_no_page_of_the_device_is_stored_scripted_inline_or_sets_another_cookie(tablet, counter):
    waiting_slip(counter)
    pages = [Client().get("/k/"), tablet.get("/k/"), tablet.get("/k/next")]
    pages.append(tablet.post("/k/cast", hidden(pages[-1]) | BOTH))
    for page in pages:
        assert page["Cache-Control"] == "no-store"
        assert page["Referrer-Policy"] == "no-referrer"
        assert set(page.cookies) <= {COOKIE}
        assert not re.search(r"<script>|<style|\sstyle=|\son\w+=", page.content.decode())


def test_without_script_refreshes_bring_the_ballot_and_take_the_thanks_away(tablet, counter):
    welcome = tablet.get("/k/").content.decode()
    assert '<noscript><meta http-equiv="refresh" content="3; url=/k/ballot"></noscript>' in welcome
    nothing = tablet.get("/k/ballot")
    assert (nothing.status_code, nothing["Location"]) == (302, "/k/")
    waiting_slip(counter)
    page = tablet.get("/k/ballot")
    assert screen(page) == "ballot"
    thanks = tablet.post("/k/cast", hidden(page) | BOTH).content.decode()
    assert re.search(r'<noscript><meta http-equiv="refresh" content="\d+; url=/k/"></noscript>', thanks)


def test_the_manifest_opens_the_page_in_full_screen():
    answer = Client().get("/k/manifest.webmanifest")
    assert answer["Content-Type"] == "application/manifest+json"
    facts = answer.json()
    assert (facts["start_url"], facts["scope"], facts["display"]) == ("/k/", "/k/", "fullscreen")


def test_the_plain_code_is_in_no_log(tablet, counter, caplog):
    form = fetched(tablet, counter)
    tablet.post("/k/cast", form | {"attitude": "1"})
    tablet.post("/k/cast", form | BOTH)
    tablet.post("/k/cast", form | BOTH | {FORM_FIELD: "x"})
    assert caplog.records
    assert form[CODE_FIELD][:12] not in caplog.text


def test_a_device_that_cannot_read_the_script_is_told_where_to_go_on_and_when(tablet, counter):
    waiting = tablet.get("/k/").content.decode()
    assert re.search(r'id="go-on" data-seconds="3"\s+data-url="/k/ballot"', waiting)
    assert waiting.index("js/tablet.js") < waiting.index("js/tablet-refresh.js")


def test_letters_and_contrast_are_offered_hidden_until_a_script_can_change_them(tablet, counter):
    waiting_slip(counter)
    page = tablet.get("/k/ballot").content.decode()
    assert "data-tools hidden" in page
    assert 'data-look="large" aria-pressed="false"' in page
    assert 'data-look="contrast" aria-pressed="false"' in page
