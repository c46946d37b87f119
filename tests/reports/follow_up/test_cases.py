"""From released ballots to published replies, and never from a reply to a person."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from django.db import IntegrityError
from django.db.transaction import atomic
from django.urls import reverse

from reports.follow_up import actions_taken, cases, contacts, replies
from reports.models import Case, CaseState, CommentMask, Contact
from reports.month.rollups import roll_up
from surveys.box import mixing
from surveys.choices import Role
from surveys.database import revision
from surveys.models import AuditEntry, Ballot
from surveys.periods import Month, Quarter
from tests import make
from tests.reports.leadership.pages import words

pytestmark = pytest.mark.django_db

NOVEMBER = Month(2026, 11)
SAID = "Chờ lâu quá, gọi tôi 0912 345 678"


@pytest.fixture
def leader(office):
    return make.user(Role.LEADERSHIP, of=office)


def released(counter, kind, *, satisfied=11, dissatisfied=1, comment="", praise=""):
    """Ballots in an open group of the open month."""
    if praise:
        make.cast(make.issued(at=counter, kind=kind), comment=praise)
    make.ballots(satisfied - bool(praise), at=counter, kind=kind)
    make.ballots(dissatisfied, at=counter, kind=kind, time=0, comment=comment)
    mixing.mix(office=counter.box_office, period=NOVEMBER, now=make.at(11, 19))
    roll_up(office=counter.box_office, period=NOVEMBER)
    return cases.open_cases(office=counter.box_office, period=NOVEMBER)


def handled(case, by, *, now=make.NOW, **facts):
    facts = {"cause": "", "action": "", "reply": ""} | facts
    return cases.handle(case=case, by=by, now=now, **facts)


# ── Opening ────────────────────────────────────────────────────────────────────────────


def test_dissatisfied_ballots_and_comments_become_cases_and_silent_satisfied_ones_do_not(counter, kind):
    assert released(counter, kind, dissatisfied=2, praise="Cảm ơn") == 3
    assert sorted(Case.objects.values_list("is_dissatisfied", flat=True)) == [False, True, True]


def test_opening_again_opens_nothing(office, counter, kind):
    released(counter, kind)
    assert cases.open_cases(office=office, period=NOVEMBER) == 0


def test_nothing_becomes_a_case_while_it_waits_in_the_box(office, counter, kind):
    make.ballots(12, at=counter, kind=kind, time=0, comment="Chờ lâu")
    assert cases.open_cases(office=office, period=NOVEMBER) == 0


def test_a_remainder_under_ten_becomes_cases_with_the_seal_only_and_a_period_under_ten_never(
    office, counter, kind
):
    released(counter, kind)
    make.ballots(3, at=counter, kind=kind, time=0)
    mixing.mix(office=office, period=NOVEMBER, now=make.at(4, month=12), closing=True)
    roll_up(office=office, period=NOVEMBER)
    assert cases.open_cases(office=office, period=NOVEMBER) == 0
    make.ballots(4, at=counter, kind=kind, time=0, now=make.at(11, month=10))
    make.sealed(counter, now=make.at(11, month=10))
    assert cases.open_cases(office=office, period=Month(2026, 10)) == 0
    make.sealed(counter)
    assert cases.open_cases(office=office, period=NOVEMBER) == 3


def test_a_masked_comment_of_a_satisfied_ballot_is_no_case_and_neither_is_a_void_ballot(
    office, counter, kind
):
    make.cast(make.issued(at=counter, kind=kind), comment="Tôi là A")
    make.ballots(11, at=counter, kind=kind)
    mixing.mix(office=office, period=NOVEMBER, now=make.at(11, 19))
    roll_up(office=office, period=NOVEMBER)
    first, second = make.team(office)
    ballot = Ballot.objects.exclude(extra__startswith=cases.NO_COMMENT).get()
    CommentMask.objects.create(ballot=ballot, reason="Lộ", first=first, second=second, masked_at=make.NOW)
    assert cases.open_cases(office=office, period=NOVEMBER) == 0


def test_a_case_says_neither_counter_nor_procedure_nor_when_it_was_opened(counter, kind):
    released(counter, kind)
    columns = {field.name for field in Case._meta.get_fields()}
    assert not columns & {"counter", "procedure", "batch", "opened_at", "created_at", "opened_on"}
    assert Case.objects.get().due_on == date(2026, 12, 31)


@pytest.mark.parametrize(
    ("period", "day"),
    [
        (NOVEMBER, date(2026, 12, 31)),
        (Month(2026, 1), date(2026, 2, 28)),
        (Quarter(2026, 2), date(2026, 7, 31)),
    ],
)
def test_the_last_day_is_the_end_of_the_month_after(period, day):
    assert cases.last_day_of(period) == day


# ── Reading ────────────────────────────────────────────────────────────────────────────


def test_words_are_read_with_long_numbers_masked_and_the_reading_is_written_down(counter, kind, leader):
    released(counter, kind, comment=SAID)
    told = cases.read(case=Case.objects.get(), by=leader, now=make.NOW)
    assert told.comment.startswith("Chờ lâu quá")
    assert "678" not in told.comment
    assert ("time", "Không hài lòng", False) in told.answers
    entry = AuditEntry.objects.latest("pk")
    assert (entry.action, entry.actor, entry.subject) == ("comments_read", leader, "2026-11")


def test_masking_and_erasing_reach_the_case_by_themselves(office, counter, kind, leader):
    released(counter, kind, comment=SAID)
    case = Case.objects.get()
    first, second = make.team(office)
    CommentMask.objects.create(
        ballot=case.ballot, reason="Lộ", first=first, second=second, masked_at=make.NOW
    )
    assert cases.read(case=case, by=leader, now=make.NOW).comment == ""


@pytest.mark.parametrize("role", [Role.TELLER, Role.COUNTING, Role.HEAD_OFFICE, Role.ADMIN])
def test_nobody_else_reads_words(office, counter, kind, role):
    released(counter, kind, comment=SAID)
    with pytest.raises(cases.MayNotHandle):
        cases.read(case=Case.objects.get(), by=make.user(role, of=office), now=make.NOW)


def test_an_owner_reads_the_own_case_and_no_other(office, counter, kind, leader):
    released(counter, kind, dissatisfied=2)
    first, second = Case.objects.all()
    owner = make.user(Role.COUNTING, of=office)
    handled(first, leader, owner=owner)
    assert cases.read(case=first, by=owner, now=make.NOW).answers
    with pytest.raises(cases.MayNotHandle):
        cases.read(case=second, by=owner, now=make.NOW)


def test_a_teller_is_never_asked_to_look_into_a_case(office, counter):
    teller, clerk = make.teller(at=counter), make.user(Role.LEADERSHIP, of=counter.office)
    assert clerk in cases.owners_for(office)
    assert teller not in cases.owners_for(office)


# ── Handling ───────────────────────────────────────────────────────────────────────────


def test_no_case_is_closed_without_cause_and_action(counter, kind, leader):
    released(counter, kind)
    case = Case.objects.get()
    for half in ({"cause": "Chờ lâu"}, {"action": "Thêm người"}):
        with pytest.raises(cases.CauseOrActionMissing):
            handled(case, leader, close=True, **half)
    with pytest.raises(IntegrityError), atomic():
        Case.objects.update(state=CaseState.CLOSED)
    done = handled(case, leader, close=True, cause="Chờ lâu", action="Thêm người")
    assert done.state == CaseState.CLOSED
    with pytest.raises(cases.CaseClosed):
        handled(case, leader, reply="Khác")


@pytest.mark.parametrize("role", [Role.INSPECTOR, Role.COUNTING, Role.HEAD_OFFICE, Role.ADMIN])
def test_nobody_but_leadership_and_the_owner_changes_a_case(office, counter, kind, role):
    released(counter, kind)
    with pytest.raises(cases.MayNotHandle):
        handled(Case.objects.get(), make.user(role, of=office), reply="Xin lỗi.")
    with pytest.raises(cases.MayNotHandle):
        handled(Case.objects.get(), make.user(Role.LEADERSHIP, of=make.office("XA")), reply="Xin lỗi.")


def test_an_owner_works_on_the_case_and_cannot_move_its_day(office, counter, kind, leader):
    released(counter, kind)
    owner = make.user(Role.COUNTING, of=office)
    case = handled(Case.objects.get(), leader, owner=owner, due_on=date(2026, 12, 1))
    case = handled(case, owner, cause="Chờ lâu", owner=None, due_on=date(2026, 12, 31))
    assert (case.owner, case.due_on, case.cause) == (owner, date(2026, 12, 1), "Chờ lâu")


def test_a_day_is_never_moved_past_the_last_one(counter, kind, leader):
    released(counter, kind)
    with pytest.raises(cases.DueTooLate):
        handled(Case.objects.get(), leader, due_on=date(2027, 1, 1))


def test_the_first_reply_decides_whether_it_was_in_time(office, counter, kind, leader):
    released(counter, kind, dissatisfied=3)
    early, late, _silent = Case.objects.all()
    handled(early, leader, reply="Đã thêm người.", now=make.at(31, 23, month=12))
    handled(early, leader, reply="Đã thêm một người.", now=make.at(9, month=1, year=2027))
    handled(late, leader, reply="Xin lỗi.", now=make.at(1, month=1, year=2027))
    told = replies.replies_in(office=office, periods=[NOVEMBER], today=date(2027, 1, 9))
    assert (told.cases, told.replied, told.on_time, told.overdue) == (3, 2, 1, 1)
    assert told.sentence == (
        "Phản ánh, góp ý của khách: 03 nhận, 01 trả lời đúng hạn, 01 trả lời muộn, 01 quá hạn chưa trả lời."
    )


# ── Published ──────────────────────────────────────────────────────────────────────────


def sealed_with_reply(counter, kind, leader, *, satisfied):
    receipts = make.ballots(satisfied, at=counter, kind=kind)
    receipts += make.ballots(1, at=counter, kind=kind, time=0, comment=SAID)
    make.sealed(counter)
    cases.open_cases(office=counter.box_office, period=NOVEMBER)
    handled(Case.objects.get(), leader, reply="Từ tháng 12 có thêm một người ở quầy.")
    return receipts


def test_every_genuine_receipt_of_the_month_reads_all_replies_on_the_same_page(client, counter, kind, leader):
    receipts = sealed_with_reply(counter, kind, leader, satisfied=29)
    pages = {
        words(client.post("/receipt", {"receipt": receipt})).split("Chứng cứ")[0] for receipt in receipts[-3:]
    }
    assert len(pages) == 1
    page = words(client.post("/receipt", {"receipt": receipts[0]}))
    assert "Từ tháng 12 có thêm một người ở quầy." in page
    assert "Chờ lâu quá" not in page


def test_no_reply_is_public_in_a_month_under_thirty_ballots_or_before_the_seal(
    client, counter, kind, leader, office
):
    receipts = sealed_with_reply(counter, kind, leader, satisfied=28)
    assert "thêm một người" not in words(client.post("/receipt", {"receipt": receipts[0]}))
    assert replies.published_replies(office=office, period=NOVEMBER) == []
    assert replies.published_replies(office=office, period=Month(2026, 12)) is None


def test_the_poster_tells_what_was_done_in_the_offices_own_words_of_a_sealed_month_from_thirty_on(
    office, counter, kind, leader
):
    sealed_with_reply(counter, kind, leader, satisfied=29)
    case = Case.objects.get()
    assert actions_taken.for_poster(office=office, periods=[NOVEMBER]) == []
    handled(case, leader, cause="Thiếu người", action="Thêm một người")
    doing = ("Thiếu người", "Đang làm", "Thêm một người", "Xong trước ngày 31/12/2026")
    assert actions_taken.for_poster(office=office, periods=[NOVEMBER, Month(2026, 12)]) == [doing]
    handled(case, leader, cause="Thiếu người", action="Thêm một người", close=True)
    assert actions_taken.for_poster(office=office, periods=[NOVEMBER]) == [
        ("Thiếu người", "Đã làm", "Thêm một người", "")
    ]


def test_nothing_of_a_small_month_is_on_the_poster(office, counter, kind, leader):
    sealed_with_reply(counter, kind, leader, satisfied=28)
    handled(Case.objects.get(), leader, cause="Thiếu người", action="Thêm một người")
    assert actions_taken.for_poster(office=office, periods=[NOVEMBER]) == []


# ── Pages ──────────────────────────────────────────────────────────────────────────────


def test_leadership_finds_the_case_and_closes_it_on_its_page(client, office, counter, kind, leader):
    released(counter, kind, comment=SAID)
    client.force_login(leader)
    page = words(client.get("/cases/"))
    assert "Phiếu không hài lòng" in page
    assert "Chờ lâu quá" not in page
    case = Case.objects.get()
    address = reverse("reports:case", args=[case.pk])
    body = words(client.get(address))
    assert "Chờ lâu quá" in body
    assert "Quầy Q1" not in body
    assert kind.short_name not in body
    form = {
        "cause": "Thiếu người",
        "action": "",
        "reply": "Đã thêm người.",
        "due_on": "2026-12-20",
        "owner": leader.pk,
    }
    assert client.post(address, form | {"act": "close"}).status_code == 409
    assert client.post(address, form | {"act": "close", "action": "Thêm người"}).status_code == 303
    case.refresh_from_db()
    assert (case.state, case.owner, case.reply) == (CaseState.CLOSED, leader, "Đã thêm người.")
    assert client.post(address, form | {"act": "save"}).status_code == 409
    assert "Đã đóng" in words(client.get("/cases/?state=closed"))
    assert "Không có vụ việc nào" in words(client.get("/cases/?state=new&period=2026-11"))


def test_a_stranger_and_a_reader_without_a_case_find_nothing(client, office, counter, kind):
    released(counter, kind)
    address = reverse("reports:case", args=[Case.objects.get().pk])
    client.force_login(make.user(Role.LEADERSHIP, of=make.office("XA")))
    assert client.get(address).status_code == 404
    assert "Phiếu không hài lòng" not in words(client.get("/cases/")).replace("từ phiếu không hài lòng", "")
    client.force_login(make.user(Role.COUNTING, of=office))
    assert client.get("/cases/").status_code == 403


def test_an_inspector_reads_and_changes_nothing(client, office, counter, kind):
    released(counter, kind)
    client.force_login(make.user(Role.INSPECTOR, of=office))
    address = reverse("reports:case", args=[Case.objects.get().pk])
    assert client.get(address).status_code == 200
    assert client.post(address, {"cause": "x"}).status_code == 403


def test_the_list_costs_the_same_with_one_and_with_three_cases(
    client, office, counter, kind, leader, django_assert_max_num_queries
):
    def queries():
        revision.store.forget()
        with django_assert_max_num_queries(40) as captured:
            client.get("/cases/")
        return len(captured)

    client.force_login(leader)
    released(counter, kind, dissatisfied=1)
    client.get("/cases/")
    one = queries()
    make.ballots(12, at=counter, kind=kind, time=0)
    mixing.mix(office=office, period=NOVEMBER, now=make.at(12, 19))
    roll_up(office=office, period=NOVEMBER)
    assert cases.open_cases(office=office, period=NOVEMBER) == 12
    for case in Case.objects.all():
        handled(case, leader, owner=leader)
    assert queries() == one


# ── Requests for contact ───────────────────────────────────────────────────────────────

ASKED = {
    "words": "Xin cho biết thủ tục tất toán.",
    "address": "0912 345 678",
    "name": "Bà Lan",
    "agreed": "on",
}


def test_one_address_does_not_use_up_the_days_requests_of_an_office(client, office):
    asked = ASKED | {"office": office.code}
    answers = [client.post("/contact", asked, REMOTE_ADDR="203.0.113.9").status_code for _ in range(12)]
    assert answers == [200] * 10 + [429] * 2
    assert client.post("/contact", asked, REMOTE_ADDR="203.0.113.10").status_code == 200
    assert Contact.objects.count() == 11


def test_a_request_for_contact_is_kept_apart_and_erased_with_its_answer(client, office, leader):
    asked = ASKED | {"office": office.code}
    assert "Đã nhận yêu cầu" in words(client.post("/contact", asked))
    columns = {field.name for field in Contact._meta.get_fields()}
    assert not columns & {"ballot", "receipt", "period", "counter", "slip", "asked_at", "case"}
    client.force_login(leader)
    assert "0912 345 678" in words(client.get("/cases/"))
    row = Contact.objects.get()
    assert client.post(reverse("reports:contact_answered", args=[row.pk])).status_code == 303
    row.refresh_from_db()
    assert (row.name, row.address, row.words) == ("", "", "")
    assert row.answered_by == leader
    assert "0912" not in words(client.get("/cases/"))


@pytest.mark.parametrize("wrong", [{"agreed": ""}, {"address": " "}, {"words": ""}, {"office": "XXX"}])
def test_without_consent_address_or_words_nothing_is_kept_and_what_was_typed_stays(client, office, wrong):
    answer = client.post("/contact", ASKED | {"office": office.code} | wrong)
    assert answer.status_code == 422
    assert Contact.objects.count() == 0
    assert "Bà Lan" in answer.content.decode()
    drawn = wrong.keys() - {"office"}  # the only office there is, is not asked for
    assert set(re.findall(r'name="(\w+)"[^>]*\sautofocus', answer.content.decode())) == drawn


def test_unanswered_requests_are_erased_after_sixty_five_days(office):
    asked = {"office": office, "name": "Lan", "address": "090", "words": "Xin hỏi"}
    contacts.ask_for_contact(**asked, now=make.NOW)
    contacts.erase_old_contacts(now=make.NOW + timedelta(days=64))
    assert Contact.objects.get().address == "090"
    contacts.erase_old_contacts(now=make.NOW + timedelta(days=65))
    row = Contact.objects.get()
    assert (row.name, row.address, row.words, row.answered_on) == ("", "", "", None)


def test_the_page_for_contact_asks_neither_code_nor_receipt_and_sets_no_cookie(client, office):
    answer = client.get("/contact")
    assert not answer.cookies
    assert 'name="receipt"' not in answer.content.decode()
    assert answer.headers["Cache-Control"] == "no-store"


def test_too_many_requests_in_a_day_are_turned_away_politely(client, office, monkeypatch):
    monkeypatch.setattr(contacts, "MOST_CONTACTS_A_DAY", 1)
    asked = ASKED | {"office": office.code}
    assert client.post("/contact", asked).status_code == 200
    assert client.post("/contact", asked).status_code == 429
    assert Contact.objects.count() == 1


def test_a_case_is_found_without_diacritics_by_who_has_it_and_what_was_done_and_never_by_the_customers_words(
    client, leader, counter, kind
):
    released(counter, kind, dissatisfied=2, comment="Chờ lâu")
    one, other = Case.objects.order_by("pk")
    handled(one, leader, cause="Thiếu người trực", action="Cử thêm người")
    client.force_login(leader)

    def found(typed):
        page = client.get(reverse("reports:cases"), {"q": typed}).content.decode()
        return [case.pk for case in (one, other) if f"/case/{case.pk}/" in page]

    assert found("thieu nguoi") == [one.pk]
    assert found("") == [one.pk, other.pk]
    assert found("cho lau") == []
