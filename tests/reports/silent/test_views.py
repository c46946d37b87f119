"""The inspector's pages of the follow-up, and what the public page and the report say of it."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from reports.documents import gathering
from reports.documents.report import report
from reports.exports.content import Paragraph
from reports.models import FollowUpChoice, PaperKind, SilentCommitment, SilentLetters, SilentResult
from reports.month import snapshot
from reports.publication import folder
from reports.silent import asking, closing
from surveys.choices import Role
from surveys.models import AuditEntry
from surveys.periods import parse_period
from tests import make
from tests.reports.silent import follow_ups

pytestmark = pytest.mark.django_db
SURE = {"confirmed": "1"}
HEADING = "Hỏi lại người chưa trả lời"


@pytest.fixture
def box():
    return make.office("HB")


@pytest.fixture
def inspector(box):
    return make.user(Role.INSPECTOR, of=box)


@pytest.fixture
def counter(box):
    return make.counter("Q1", of=make.department(of=box))


@pytest.fixture
def commitment(box, counter, inspector):
    """Of the month before the last, sealed 26 to 58 days ago by the machine's own clock, which the pages read."""
    asking.choose(office=box, number=30, user=inspector, now=make.now())
    last_month = timezone.now().replace(day=1) - timedelta(days=20)
    then = last_month.replace(day=1) - timedelta(days=20)
    kind = make.procedure()
    make.ballots(31, at=counter, kind=kind, now=then)
    make.issued_together(14, at=counter, kind=kind, now=then)
    make.sealed(counter, now=then)
    return SilentCommitment.objects.standing().select_related("seal__office").get()


@pytest.fixture
def browser(inspector):
    return logged_in(inspector)


def logged_in(user):
    client = Client()
    client.force_login(user)
    return client


def address(commitment, end=""):
    return f"/reports/silent/HB/{commitment.seal.period}/{end}"


PRIZE = {"special_prize": "04711"}


@pytest.fixture
def done(commitment, inspector):
    """Drawn and closed: one dissatisfied, one not reached."""
    later = commitment.committed_at + timedelta(days=2)
    asking.draw(commitment=commitment, special_prize="04711", user=inspector, now=later)
    closing.close(commitment=commitment, satisfied=12, dissatisfied=1, user=inspector, now=later)
    folder.publish(folder.default_root())
    return commitment


def test_the_inspector_chooses_how_many_are_asked(browser, box):
    assert browser.post("/reports/silent/HB/choose", {"number": "60"}).status_code == 303
    assert FollowUpChoice.of(box) == 60
    assert browser.post("/reports/silent/HB/choose", {"number": "7"}).status_code == 422


def test_from_the_seal_to_the_result_in_the_browser(monkeypatch, browser, commitment):
    later = commitment.committed_at + timedelta(days=2)
    monkeypatch.setattr("reports.silent.views.timezone.now", lambda: later)
    assert "phiếu không thu về" in browser.get(address(commitment)).content.decode()
    assert browser.post(address(commitment, "draw"), {"special_prize": "1"}).status_code == 422
    told = browser.post(address(commitment, "draw"), PRIZE).content.decode()
    assert "bốc 14 trong 14 phiếu" in told
    assert not hasattr(SilentCommitment.objects.get(), "draw")
    assert browser.post(address(commitment, "draw"), SURE | PRIZE).status_code == 303
    told_at_once = Client().get(f"/results/follow-up/HB/{commitment.seal.period}/silent-draw.txt")
    assert b"GDB 04711" in b"".join(told_at_once.streaming_content)
    drawn = browser.get(address(commitment)).content.decode()
    fresh = SilentCommitment.objects.select_related("seal__office", "draw").get()
    assert all(serial in drawn for serial in asking.redraw(fresh))
    assert browser.post(address(commitment, "draw"), PRIZE).status_code == 409
    few = browser.post(address(commitment, "close"), {"satisfied": "9", "dissatisfied": "0"})
    assert few.status_code == 409
    assert re.search(
        r'name="satisfied"\s+type="text"\s+inputmode="numeric"\s+value="9"', few.content.decode()
    )
    refused = browser.post(address(commitment, "close"), {"satisfied": "-1"})
    assert refused.status_code == 422
    assert 'value="-1"' in refused.content.decode()
    totals = {"satisfied": "12", "dissatisfied": "1"}
    proves = browser.post(address(commitment, "close"), totals).content.decode()
    assert "tỷ lệ hài lòng từ 95,5% trở lên (độ tin cậy 95%)" in proves
    assert not SilentResult.objects.exists()
    again = browser.post(address(commitment, "close"), totals | {"back": "1"}).content.decode()
    assert 'value="12"' in again
    assert browser.post(address(commitment, "close"), SURE | totals).status_code == 303
    assert SilentResult.objects.get().unreached == 1


@pytest.mark.parametrize("is_drawn", [False, True])
def test_after_the_last_day_the_page_offers_nothing_and_says_what_everybody_reads(is_drawn):
    then = timezone.now() - timedelta(days=150)
    asked, inspector = (follow_ups.drawn if is_drawn else follow_ups.committed)(now=then)
    browser = logged_in(inspector)
    page = browser.get(address(asked)).content.decode()
    assert "Trang kết quả của kỳ ghi rõ: thanh tra không công bố kết quả hỏi lại." in page
    assert 'action="/reports/silent/' not in page
    assert "quá hạn, không công bố kết quả" in browser.get("/reports/silent/").content.decode()


def test_the_whole_list_goes_to_the_inspector_and_the_look_is_written_down(browser, commitment):
    answer = browser.get(address(commitment, "silent.txt"))
    assert answer.content.decode() == asking.list_of(commitment)
    assert AuditEntry.objects.filter(action="silent_read").count() == 1


@pytest.mark.parametrize("role", [Role.TELLER, Role.COUNTING, Role.LEADERSHIP, Role.ADMIN, Role.HEAD_OFFICE])
def test_nobody_else_opens_any_of_it(role, done, box, counter):
    user = make.teller(at=counter) if role == Role.TELLER else make.user(role, of=box)
    client = logged_in(user)
    for end in ("", "silent.txt"):
        assert client.get(address(done, end)).status_code == 403
    for end in ("draw", "letters", "close"):
        assert client.post(address(done, end)).status_code == 403


@pytest.mark.parametrize("role", [Role.LEADERSHIP, Role.HEAD_OFFICE])
def test_an_inspector_who_also_leads_or_runs_campaigns_does_not_see_the_list(done, inspector, role):
    inspector.groups.add(make.user(role, of=done.seal.office).groups.get())
    assert logged_in(inspector).get(address(done)).status_code == 403


def test_an_inspector_of_an_office_above_below_or_beside_finds_nothing(done):
    own = done.seal.office
    above, beside = make.office("TW"), make.office("NB")
    own.__class__.objects.filter(pk=own.pk).update(parent=above, path="/TW/HB/")
    below = make.office("HB-XX", parent=own.__class__.objects.get(pk=own.pk))
    for office in (above, beside, below):
        client = logged_in(make.user(Role.INSPECTOR, of=office))
        for end in ("", "silent.txt"):
            assert client.get(address(done, end)).status_code == 404, office
        for end in ("draw", "letters", "close"):
            assert client.post(address(done, end)).status_code == 404, office
        assert client.post("/reports/silent/HB/choose", {"number": "60"}).status_code == 404, office
        assert "/reports/silent/HB/" not in client.get("/reports/silent/").content.decode(), office
    assert FollowUpChoice.of(own) == 30


def test_an_inspector_of_a_department_asks_for_the_office_whose_box_it_feeds(done):
    department = done.seal.office.children.get()
    assert logged_in(make.user(Role.INSPECTOR, of=department)).get(address(done)).status_code == 200


def test_the_public_page_says_what_was_proved_in_a_paragraph_of_its_own(done):
    page = Client().get(f"/results/HB/{done.seal.period}/").content.decode()
    assert HEADING in page
    assert "Đã hỏi lại chủ của 14 trong 14 phiếu không thu về" in page
    english = Client().get(f"/results/HB/{done.seal.period}/?lang=en").content.decode()
    assert "The holders of 14 of the 14 ballots not returned" in english


def test_the_public_files_hold_no_serial(done):
    serials = asking.list_of(done).splitlines()[2:]
    for name in ("silent-commit.txt", "follow-up.txt", "check_follow_up.py"):
        answer = Client().get(f"/results/follow-up/HB/{done.seal.period}/{name}")
        content = b"".join(answer.streaming_content).decode()
        assert answer.status_code == 200
        assert not any(serial in content for serial in serials)


def test_the_report_has_one_paragraph_of_it(done, box):
    taken = snapshot.take(office=box, stretch=parse_period(done.seal.period), now=timezone.now())
    paper = report(gathering.gather(month=taken, kind=PaperKind.REPORT))
    told = [block.text for block in paper.blocks if isinstance(block, Paragraph) and "hỏi lại" in block.text]
    assert len(told) == 1
    assert "từ 95,5% trở lên (độ tin cậy 95%)" in told[0]


def letters_of(n, **other):
    return {f"email_{place}": f"khach{place}@example.vn" for place in range(1, n + 1)} | other


def drawn(commitment, inspector):
    asking.draw(
        commitment=commitment,
        special_prize="04711",
        user=inspector,
        now=commitment.committed_at + timedelta(days=2),
    )


def test_letters_are_told_before_they_go_and_what_was_typed_is_kept(
    browser, commitment, inspector, monkeypatch
):
    later = commitment.committed_at + timedelta(days=2)
    monkeypatch.setattr("reports.silent.views.timezone.now", lambda: later)
    drawn(commitment, inspector)
    wrong = browser.post(address(commitment, "letters"), letters_of(11, email_3="không phải"))
    assert wrong.status_code == 422
    assert re.search(r'value="không phải"[^>]* aria-invalid="true"', wrong.content.decode())
    assert 'value="khach11@example.vn"' in wrong.content.decode()
    too_few = browser.post(address(commitment, "letters"), letters_of(9))
    assert too_few.status_code == 409
    assert "Gửi dưới 10 thư" in too_few.content.decode()
    told = browser.post(address(commitment, "letters"), letters_of(11)).content.decode()
    assert "Gửi 11 thư, mỗi thư một phiếu kín" in told
    assert "Còn lại 3 người: dưới 10 nên gọi điện cũng không được tính." in told
    assert not SilentLetters.objects.exists()
    assert browser.post(address(commitment, "letters"), SURE | letters_of(11)).status_code == 303
    page = browser.get(address(commitment)).content.decode()
    assert (page.count("hỏi bằng thư"), len(re.findall(r">\s*gọi điện\s*<", page))) == (11, 3)
    assert 'action="/reports/silent/HB/' not in page  # nothing to send until the letters are counted
    assert "khach" not in page
