"""Ý kiến chỉ đạo: written by leadership, answered once, printed in the next report, seen by nobody else."""

import html
import re
from datetime import date, timedelta

import pytest
from django.db import IntegrityError
from django.db.transaction import atomic
from django.urls import reverse
from django.utils import timezone

from reports.follow_up import directions, matters
from reports.handling_times import sums
from reports.models import Direction, DirectionEnd
from surveys.audit import Action
from surveys.choices import Outcome, Role
from surveys.models import AuditEntry, Office
from surveys.periods import Month, local_day
from surveys.slips import issuing
from surveys.vietnamese import clerk_date
from tests import make
from tests.reports.leadership.pages import words

pytestmark = pytest.mark.django_db

NOVEMBER = Month(2026, 11)
DUE = make.NOW.date() + timedelta(days=20)


@pytest.fixture
def office():
    return make.office("HB")


@pytest.fixture
def leader(office):
    return make.user(Role.LEADERSHIP, of=office, last_name="Nguyễn", first_name="An", title="Giám đốc")


def written(office, by, *, now=make.NOW, due_on=DUE, text="Thêm một người hỗ trợ quầy Nộp NSNN."):
    return directions.write(
        office=office,
        period=NOVEMBER,
        by=by,
        text=text,
        unit="Phòng Kế toán Nhà nước",
        due_on=due_on,
        now=now,
    )


def done(row, by, *, now=make.NOW + timedelta(days=3), text="Đã cử một người."):
    return directions.answer(direction=row, by=by, end=DirectionEnd.DONE, text=text, now=now)


# ── Writing and answering ──────────────────────────────────────────────────────────────


@pytest.mark.parametrize("role", [Role.INSPECTOR, Role.COUNTING, Role.HEAD_OFFICE, Role.ADMIN, Role.TELLER])
def test_only_leadership_writes_and_answers(office, leader, role):
    other = make.user(role, of=office)
    with pytest.raises(directions.MayNotDirect):
        written(office, other)
    row = written(office, leader)
    with pytest.raises(directions.MayNotDirect):
        done(row, other)


def test_leadership_of_another_office_writes_nothing_here_and_of_one_above_may(office):
    with pytest.raises(directions.MayNotDirect):
        written(office, make.user(Role.LEADERSHIP, of=make.office("XA")))
    parent = make.office("TREN", seals=False)
    office.parent = parent
    office.save()
    assert written(office, make.user(Role.LEADERSHIP, of=parent)).pk


def test_a_day_that_is_over_is_no_due_day(office, leader):
    with pytest.raises(directions.DueInThePast):
        written(office, leader, due_on=local_day(make.NOW) - timedelta(days=1))
    assert written(office, leader, due_on=local_day(make.NOW)).pk


def test_a_direction_sent_twice_is_one_and_a_day_later_another(office, leader):
    first = written(office, leader)
    assert written(office, leader, now=make.NOW + timedelta(seconds=2)) == first
    assert written(office, leader, text="Việc khác.") != first
    assert written(office, leader, now=make.NOW + timedelta(days=1)) != first


def test_a_direction_is_answered_once_and_the_first_answer_stands(office, leader):
    row = done(written(office, leader), leader)
    with pytest.raises(directions.AnsweredAlready):
        done(row, leader, text="Khác.")
    assert Direction.objects.get().answer == "Đã cử một người."


def test_the_database_keeps_no_half_answer(office, leader):
    row = written(office, leader)
    with pytest.raises(IntegrityError), atomic():
        Direction.objects.filter(pk=row.pk).update(answer="Xong")


def test_both_acts_are_in_the_audit_trail(office, leader):
    done(written(office, leader), leader)
    trail = AuditEntry.objects.order_by("pk").values_list("action", "actor", "office", "subject")
    assert list(trail) == [
        (Action.DIRECTION_WRITTEN, leader.pk, office.pk, "2026-11"),
        (Action.DIRECTION_ANSWERED, leader.pk, office.pk, "2026-11"),
    ]


# ── In the report ──────────────────────────────────────────────────────────────────────


def test_a_report_prints_what_was_written_before_it_as_it_stood_then(office, leader):
    row = written(office, leader)
    before, after = make.NOW + timedelta(days=1), make.NOW + timedelta(days=5)
    done(row, leader)
    assert [told.result for told in directions.of(office, NOVEMBER, at=before)] == [
        "Đang thực hiện, trong hạn"
    ]
    assert [told.result for told in directions.of(office, NOVEMBER, at=after)] == [
        "Hoàn thành ngày 14/11/2026: Đã cử một người."
    ]
    assert directions.of(office, NOVEMBER, at=make.NOW - timedelta(days=1)) == []


def test_a_direction_past_its_day_says_by_how_many_days(office, leader):
    written(office, leader)
    (told,) = directions.of(office, NOVEMBER, at=make.NOW + timedelta(days=22))
    assert (told.result, told.is_late) == ("Quá hạn 02 ngày", True)


def test_what_was_stopped_names_the_paper(office, leader):
    row = written(office, leader)
    directions.answer(
        direction=row, by=leader, end=DirectionEnd.STOPPED, text="Theo Công văn số 5.", now=make.NOW
    )
    (told,) = directions.of(office, NOVEMBER, at=make.NOW)
    assert told.result == "Dừng thực hiện ngày 11/11/2026: Theo Công văn số 5."


def test_an_answered_direction_is_printed_in_one_more_report_and_then_no_more(office, leader):
    counter = make.counter("Q1", of=make.department(of=office))
    kind = make.procedure()
    october, november = make.at(11, month=10), make.at(11, month=11)
    row = written(office, leader, now=october, due_on=DUE)
    for when in (october, november):
        make.ballots(12, at=counter, kind=kind, now=when)
    first = make.sealed(counter, now=october)
    done(row, leader, now=first.sealed_at + timedelta(days=1))
    second = make.sealed(counter, now=november)
    at_october = directions.of(office, Month(2026, 10), at=first.sealed_at)
    at_november = directions.of(office, NOVEMBER, at=second.sealed_at)
    december = directions.of(office, Month(2026, 12), at=second.sealed_at + timedelta(days=31))
    assert [len(rows) for rows in (at_october, at_november, december)] == [1, 1, 0]


# ── Pages ──────────────────────────────────────────────────────────────────────────────


def form(**more):
    return {"text": "Niêm yết giấy tờ cần có.", "unit": "Phòng KTNN", "due_on": "2099-12-31"} | more


def printed(page) -> list[str]:
    """The row of the report that the page shows while it is written."""
    return [html.unescape(cell) for cell in re.findall(r"<td data-prints>(.*?)</td>", page.content.decode())]


def test_a_direction_typed_on_the_page_stands_on_the_month_and_is_answered_there(client, office, leader):
    client.force_login(leader)
    address = reverse("reports:direct", args=[office.code, "2026-11"])
    assert "Ghi ý kiến chỉ đạo" in words(client.get(address))
    sent = client.post(address, form(receiver="Hoàng Thị Mai, Trưởng phòng"))
    month = words(client.get(sent.headers["Location"]))
    assert sent.status_code == 303
    assert "Niêm yết giấy tờ cần có." in month
    assert "Giám đốc" in month
    assert "Phòng KTNN (Hoàng Thị Mai, Trưởng phòng)" in month
    row = Direction.objects.get()
    assert (
        directions.of(office, NOVEMBER, at=timezone.now())[0].unit
        == "Phòng KTNN (Hoàng Thị Mai, Trưởng phòng)"
    )
    page = reverse("reports:direction", args=[row.pk])
    assert client.post(page, {"end": "done", "text": "Đã niêm yết."}).status_code == 303
    assert "Đã niêm yết." in words(client.get(page))
    assert "Hoàn thành" in words(client.get(sent.headers["Location"]))


@pytest.mark.parametrize(
    "wrong", [{"text": " "}, {"unit": ""}, {"due_on": "31/2/2099"}, {"due_on": "2020-01-01"}]
)
def test_what_is_missing_is_said_and_what_was_typed_is_kept(client, office, leader, wrong):
    client.force_login(leader)
    answer = client.post(reverse("reports:direct", args=[office.code, "2026-11"]), form() | wrong)
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.content.decode()
    typed = form() | wrong
    assert printed(answer)[:2] == [typed["text"], typed["unit"]]
    assert Direction.objects.count() == 0


def test_the_row_shows_its_day_as_the_report_prints_it(client, office, leader, monkeypatch):
    day = date(2099, 2, 5)
    monkeypatch.setattr(matters, "deadlines", lambda now: {day: "hết tuần"})
    client.force_login(leader)
    sent = form(text=" ") | {"within": str(day)}
    page = client.post(reverse("reports:direct", args=[office.code, "2026-11"]), sent)
    assert printed(page)[2] == "05/02/2099"
    assert 'data-printed="05/02/2099"' in page.content.decode()


@pytest.fixture
def late(office):
    """A month in which four of twelve transactions of one procedure took too long, most of them at one department."""
    unit = make.department(of=office, code="KTNN")
    counter, kind = make.counter("Q1", of=unit), make.procedure("P7", limit=30)
    for number in range(12):
        done_at = make.NOW + timedelta(minutes=40 if number < 4 else 5)
        issuing.log_transaction(
            counter=counter,
            procedure=kind,
            reference=f"T-{number}",
            started_at=make.NOW,
            finished_at=done_at,
            outcome=Outcome.RESOLVED,
            now=done_at,
        )
    make.issued(at=counter, kind=kind, now=make.NOW + timedelta(hours=1))
    sums.sum_up(office=office, period=NOVEMBER, now=make.NOW + timedelta(hours=2))
    return kind


def test_a_decision_opens_a_direction_with_its_words_unit_and_the_next_working_day(
    client, office, leader, late
):
    unit = Office.objects.get(code="KTNN")
    make.user(Role.LEADERSHIP, of=unit, last_name="Hoàng", first_name="Mai", title="Trưởng phòng")
    client.force_login(leader)
    month = client.get(reverse("reports:month", args=[office.code]), {"from": "2026-11"}).content.decode()
    address = html.unescape(re.search(r'href="([^"]*about=[^"]*)"', month)[1])
    page = client.get(address)
    said = words(page)
    assert "Việc cần quyết định, tháng 11/2026" in said
    assert f"{late.short_name} có 4 trong 13 giao dịch quá 30 phút, thấp rõ rệt hơn mức 95% đúng hạn." in said
    form = page.context["form"]
    assert (
        form["text"]
        .value()
        .startswith(f"Rà soát 4 giao dịch {late.short_name} quá 30 phút trong tháng 11/2026")
    )
    assert (form["unit"].value(), form["receiver"].value()) == (unit.name, "Hoàng Mai, Trưởng phòng")
    due = date.fromisoformat(form["within"].value())
    assert due == matters.next_working_day(timezone.now())
    whole = [form["text"].value(), f"{unit.name} (Hoàng Mai, Trưởng phòng)", clerk_date(due)]
    assert printed(page) == whole
    sent = client.post(address, {name: form[name].value() for name in ("text", "unit", "within")})
    assert sent.status_code == 303
    assert Direction.objects.get().due_on == due
    assert "Đã chỉ đạo về việc này" in words(client.get(address))


def test_four_days_are_offered_and_a_day_off_is_moved_on(client, office, leader):
    friday, monday = make.at(13).date(), make.at(16).date()
    offered = matters.deadlines(make.at(12))
    assert list(offered.items()) == [
        (friday, "ngày làm việc tới"),
        (make.at(30).date(), "hết tháng 11/2026"),
        (make.at(19).date(), "05 ngày làm việc"),
    ]
    assert matters.worked_on(make.at(14).date()) == monday
    client.force_login(leader)
    address = reverse("reports:direct", args=[office.code, "2026-11"])
    saturday = form(due_on="2099-12-26", within="")  # a Saturday
    page = client.post(address, saturday, follow=True)
    assert "26/12/2099 là ngày nghỉ, nên thời hạn dời đến 28/12/2099." in words(page)
    assert Direction.objects.get().due_on == date(2099, 12, 28)


@pytest.mark.parametrize("about", ["", "?about=none", "?about=%3Cb%3E"])
def test_without_a_decision_nothing_is_quoted(client, office, leader, late, about):
    client.force_login(leader)
    page = client.get(reverse("reports:direct", args=[office.code, "2026-11"]) + about)
    assert "Việc cần quyết định" not in words(page)
    assert not page.context["form"]["text"].value()


def test_the_list_tells_state_and_due_day_and_is_narrowed(client, office, leader):
    written(office, leader, text="Việc còn hạn.", due_on=date(2099, 1, 1), now=timezone.now())
    Direction.objects.filter(pk=written(office, leader, text="Việc quá hạn.").pk).update(
        due_on=date(2020, 1, 1)
    )
    done(written(office, leader, text="Việc đã xong."), leader)
    written(
        make.office("XA"), make.user(Role.LEADERSHIP, of=Office.objects.get(code="XA")), text="Việc nơi khác."
    )
    client.force_login(leader)
    seen = {
        state: words(client.get(reverse("reports:directions"), {"state": state}))
        for state in ("", "open", "late", "answered")
    }
    told = {
        state: [each for each in ("còn hạn", "quá hạn", "đã xong", "nơi khác") if f"Việc {each}." in page]
        for state, page in seen.items()
    }
    assert told == {
        "": ["còn hạn", "quá hạn", "đã xong"],
        "open": ["còn hạn", "quá hạn"],
        "late": ["quá hạn"],
        "answered": ["đã xong"],
    }
    assert "hạn 1/1/2099" in seen[""]
    assert "Quá hạn" in seen["late"]


def test_a_second_answer_on_the_page_changes_nothing(client, office, leader):
    row = done(written(office, leader), leader)
    client.force_login(leader)
    client.post(reverse("reports:direction", args=[row.pk]), {"end": "done", "text": "Khác."})
    assert Direction.objects.get().answer == "Đã cử một người."


def test_an_inspector_reads_and_cannot_answer(client, office, leader):
    row = written(office, leader)
    client.force_login(make.user(Role.INSPECTOR, of=office))
    page = reverse("reports:direction", args=[row.pk])
    assert client.get(page).status_code == 200
    assert client.post(page, {"end": "done", "text": "Xong."}).status_code == 403
    assert client.get(reverse("reports:direct", args=[office.code, "2026-11"])).status_code == 403


def test_the_counting_team_sees_no_direction_on_the_month(client, office, leader):
    written(office, leader)
    client.force_login(make.user(Role.COUNTING, of=office))
    month = words(client.get(reverse("reports:month", args=[office.code])))
    assert "Ý kiến chỉ đạo" not in month
    assert "Nộp NSNN" not in month


def test_a_strangers_direction_is_not_there(client, office, leader):
    row = written(office, leader)
    client.force_login(make.user(Role.LEADERSHIP, of=make.office("XA")))
    assert client.get(reverse("reports:direction", args=[row.pk])).status_code == 404
    assert client.get(reverse("reports:direct", args=[office.code, "2026-11"])).status_code == 404


def test_the_month_names_the_lawful_ways_for_complaints(client, leader, office):
    client.force_login(leader)
    month = words(client.get(reverse("reports:month", args=[office.code])))
    assert "Luật Khiếu nại" in month
    assert "Luật Tố cáo" in month


def test_hostile_words_are_shown_as_words(client, office, leader):
    written(office, leader, text="<b>x</b><script>1</script>")
    client.force_login(leader)
    body = client.get(reverse("reports:month", args=[office.code])).content.decode()
    assert "<script>1" not in body
    assert "&lt;b&gt;x" in body
