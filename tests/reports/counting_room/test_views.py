"""The counting room's pages: one next step, two sessions, and a sentence for whatever is refused."""

from __future__ import annotations

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from reports import closing, sealing
from reports.documents import archive
from reports.models import DifferenceNote, FirstSignature, MinutesScan, Seal
from reports.schedule import mixer
from surveys import paper
from surveys.choices import Role, SlipChannel
from surveys.models import AuditEntry, BoxJob, Delegation
from surveys.periods import Month, local_day
from tests import make
from tests.reports.counting_room.room import PASSWORD, ROOM, hidden, session, sign, text_of

pytestmark = [pytest.mark.django_db, pytest.mark.one_engine]

#: Long over, so that the pages' own clock finds it closed.
MAY = Month(2026, 5)
DAY = make.at(12, month=5)


@pytest.fixture
def box():
    return make.office("HB")


@pytest.fixture
def counter(box):
    return make.counter("Q1", of=make.department(of=box))


@pytest.fixture
def first(box):
    return make.user(Role.COUNTING, of=box, username="count", last_name="Nguyễn Thị", first_name="Hạnh")


@pytest.fixture
def second(box):
    return make.user(Role.COUNTING, of=box, username="count2")


def stale(user) -> Client:
    """A browser that has been logged in for a while."""
    client = session(user)
    kept = client.session
    for record in kept["account_authentication_methods"]:
        record["at"] -= 11 * 60
    kept.save()
    return client


@pytest.fixture
def waiting(counter, kind):
    """May with ten ballots, its time over, not closed yet."""
    make.ballots(10, at=counter, kind=kind, now=DAY)


@pytest.fixture
def closed(box, waiting):
    closing.close_period(office=box, period=MAY, now=make.at(4, month=6))
    return box


# ── The room ───────────────────────────────────────────────────────────────────────────


def test_the_room_names_the_one_next_step_and_who_may_take_it(waiting, first):
    page = text_of(session(first).get(ROOM))
    assert "Khoá kỳ: cho hết hạn phiếu chưa dùng và trộn lần cuối." in page
    assert "Thực hiện: máy tự làm trong ít phút, hoặc thành viên Tổ kiểm phiếu." in page


def test_register_and_box_are_told_in_one_sentence_and_the_invariants_are_folded(closed, first):
    client = session(first)
    page = text_of(client.get(ROOM))
    said = re.search(r"Sổ ghi ([0-9.]+) phiếu thu về; hòm có ([0-9.]+) phiếu: <strong>khớp", page)
    assert said
    assert said[1] == said[2] != "0"
    raw = client.get(ROOM).content.decode()
    assert raw.index("Chi tiết kỹ thuật</summary>") < raw.index("Phiếu đã dùng có dấu đã dùng")


def test_closing_leads_to_the_signatures(waiting, first):
    client = session(first)
    asked = client.post(ROOM + "close", {"reviewed": "on"}, follow=True)
    assert "Máy trộn đang mở hòm phiếu lần cuối." in text_of(asked)
    waits = client.get(ROOM)
    assert "Máy trộn đang làm việc với hòm phiếu này." in text_of(waits)
    assert "chờ máy trộn" in text_of(waits)
    assert waits["Refresh"] == "2"
    mixer.do_jobs(clock=make.now)
    done = client.get(ROOM)
    assert "Hai người ký và niêm phong." in text_of(done)
    assert "Refresh" not in done


@pytest.mark.both_engines
def test_closing_sent_twice_is_asked_once_and_then_says_that_it_is_closed(waiting, first):
    client = session(first)
    for _press in range(2):
        assert client.post(ROOM + "close", {"reviewed": "on"}).status_code == 303
    assert BoxJob.objects.count() == 1
    mixer.do_jobs(clock=make.now)
    again = client.post(ROOM + "close", {"reviewed": "on"})
    assert again.status_code == 409
    assert "Kỳ này đã khoá" in text_of(again)


def test_whoever_only_watches_sees_no_button(closed, first):
    for role in (Role.LEADERSHIP, Role.INSPECTOR):
        page = text_of(session(make.user(role, of=closed)).get(ROOM))
        assert "Hai người ký và niêm phong." in page
        assert '/sign"' not in page  # the way to the signals is another


@pytest.mark.parametrize("path", ["/counting/HB/2026-06/", "/counting/HB/thang-5/", "/counting/XX/2026-05/"])
def test_a_period_or_office_that_is_not_there_is_not_found(closed, first, path):
    make.office("XX")
    assert session(first).get(path).status_code == 404


def test_the_list_tells_what_waits_and_what_is_sealed(closed, first, second):
    assert "Hai người ký và niêm phong." in text_of(session(first).get("/counting/"))
    sign(session(first))
    sign(session(second))
    assert Seal.objects.get().code in text_of(session(first).get("/counting/"))


# ── Two signatures ─────────────────────────────────────────────────────────────────────


@pytest.mark.both_engines
def test_two_persons_in_sessions_of_their_own_seal_the_period(closed, first, second):
    assert sign(session(first)).status_code == 303
    answer = sign(session(second))
    assert answer.status_code == 303
    sealed = Seal.objects.get()
    assert (sealed.first, sealed.second) == (first, second)
    page = text_of(session(first).get(ROOM))
    assert sealed.code in page
    assert "Công bố tháng 5/2026." in page


def test_both_are_shown_the_same_figures_and_the_second_the_code(closed, first, second):
    shown = session(first).get(ROOM + "sign").context["draft"].facts
    sign(session(first))
    page = session(second).get(ROOM + "sign")
    again = page.context["draft"].facts
    assert (again.issued, again.returned, again.satisfied) == (shown.issued, shown.returned, shown.satisfied)
    assert page.context["draft"].digest == FirstSignature.objects.get().digest
    assert page.context["draft"].code in text_of(page)


def test_a_session_that_is_not_fresh_must_type_the_password_first(closed, first):
    client = stale(first)
    answer = client.get(ROOM + "sign")
    assert answer["Location"].startswith("/reauthenticate?next=%2Fcounting%2FHB%2F2026-05%2Fsign")
    again = client.post(answer["Location"], {"password": PASSWORD})
    assert again["Location"] == ROOM + "sign"
    assert client.get(ROOM + "sign").status_code == 200


def test_a_stale_session_signs_nothing(closed, first):
    seen = hidden(session(first).get(ROOM + "sign"))
    assert stale(first).post(ROOM + "sign", {**seen, "compared": "on"}).status_code == 302
    assert not FirstSignature.objects.exists()


def test_the_figures_must_be_compared_with_paper(closed, first):
    answer = sign(session(first), compared="")
    assert answer.status_code == 422
    assert "Xin so các số với biên bản giấy rồi đánh dấu vào ô này." in text_of(answer)
    assert not FirstSignature.objects.exists()


def test_the_first_signer_is_told_to_make_way(closed, first):
    client = session(first)
    sign(client)
    page = client.get(ROOM + "sign")
    assert "Xin đăng xuất để người thứ hai đăng nhập và ký." in text_of(page)
    answer = client.post(ROOM + "sign", {"seen": FirstSignature.objects.get().digest, "compared": "on"})
    assert answer.status_code == 409
    assert "Người ký thứ hai phải là người khác" in text_of(answer)


@pytest.mark.both_engines
def test_a_change_between_the_two_is_told_and_both_sign_again(closed, counter, first, second):
    sign(session(first))
    client = session(second)
    seen = hidden(client.get(ROOM + "sign"))
    pile = paper.open_pile(office=closed, counter=counter, period=MAY, by=first, now=make.now(), late=True)
    paper.give_up(pile=pile, by=first, reason="Mở nhầm", now=make.now())
    answer = client.post(ROOM + "sign", {**seen, "compared": "on"})
    assert answer.status_code == 409
    assert not Seal.objects.exists()
    page = text_of(client.get(ROOM))
    assert "Chữ ký thứ nhất của Nguyễn Thị Hạnh không còn hiệu lực: số liệu đã đổi sau khi ký." in page


def test_withdrawing_lets_the_other_begin(closed, first, second):
    client = session(first)
    sign(client)
    client.post(ROOM + "withdraw")
    sign(session(second))
    assert FirstSignature.objects.open().get().signer == second


def test_the_second_signature_waits_for_no_paper(closed, first, second):
    sign(session(first))
    sign(session(second))
    assert list(archive.waiting()) == [Seal.objects.get()]  # which the schedule then makes


def test_a_sealed_period_is_refused_with_a_sentence(closed, first, second):
    sign(session(first))
    sign(session(second))
    page = session(first).get(ROOM + "sign")
    assert page.status_code == 409
    assert "Kỳ này đã niêm phong, không ký lại được." in text_of(page)


def test_a_later_month_waits_for_the_earlier_one(closed, counter, kind, first):
    make.ballots(10, at=counter, kind=kind, now=make.at(10, month=6))
    closing.close_period(office=closed, period=Month(2026, 6), now=make.at(4, month=7))
    page = text_of(session(first).get("/counting/HB/2026-06/"))
    assert "Niêm phong tháng 5/2026 trước." in page
    refused = session(first).get("/counting/HB/2026-06/sign")
    assert refused.status_code == 409
    assert "xin niêm phong tháng 5/2026 trước" in text_of(refused)


def test_signing_pages_are_never_stored(closed, first):
    assert "no-store" in session(first).get(ROOM + "sign")["Cache-Control"]


# ── Differences ────────────────────────────────────────────────────────────────────────


@pytest.fixture
def with_a_missing_sheet(box, counter, kind, waiting, first, second):
    handed = make.issued(at=counter, kind=kind, channel=SlipChannel.PAPER, now=DAY)
    pile = paper.open_pile(office=box, counter=counter, period=MAY, by=first, now=DAY)
    for user in (first, second):
        counted = {"stubs": [handed.slip.serial], "counts": {}, "foreign": 0, "done": True}
        paper.key(pile=pile, by=user, now=DAY, **counted)
    for user in (first, second):
        paper.confirm(pile=pile, by=user, seen=paper.compare(pile=pile, by=user).digest, now=DAY)
    closing.close_period(office=box, period=MAY, now=make.at(4, month=6))


@pytest.mark.both_engines
def test_a_difference_waits_for_its_note_and_keeps_it(with_a_missing_sheet, first):
    client = session(first)
    page = text_of(client.get(ROOM))
    assert "Ghi lý do của 01 chỗ lệch." in page
    assert "Quầy Q1, phiếu giấy: 1 cuống, 0 phiếu." in page
    client.post(ROOM + "note", {"subject": "missing Quầy Q1", "text": "Khách giữ lại phần phiếu."})
    page = text_of(client.get(ROOM))
    assert "Khách giữ lại phần phiếu." in page
    assert "Hai người ký và niêm phong." in page


def test_an_empty_note_is_asked_for_again(with_a_missing_sheet, first):
    answer = session(first).post(ROOM + "note", {"subject": "missing Quầy Q1", "text": " "})
    assert answer.status_code == 422
    assert "Xin ghi rõ lý do của chỗ lệch." in text_of(answer)
    assert not DifferenceNote.objects.exists()


# ── The minutes' picture ───────────────────────────────────────────────────────────────


def file(content: bytes, name="bien-ban.pdf"):
    return {"file": SimpleUploadedFile(name, content)}


@pytest.mark.both_engines
def test_a_scan_is_kept_and_handed_back_to_who_may_see_the_room(closed, first):
    client = session(first)
    assert client.post(ROOM + "scans", file(b"%PDF-1.7 x")).status_code == 303
    scan = MinutesScan.objects.get()
    for user in (first, make.user(Role.LEADERSHIP, of=closed)):
        answer = session(user).get(f"{ROOM}scans/{scan.pk}")
        assert b"".join(answer.streaming_content) == b"%PDF-1.7 x"
        assert answer["Content-Type"] == "application/pdf"
        assert answer["X-Content-Type-Options"] == "nosniff"
    stranger = make.user(Role.COUNTING, of=make.office("XX"))
    assert session(stranger).get(f"{ROOM}scans/{scan.pk}").status_code == 404


@pytest.mark.parametrize("content", [b"<html><script>1</script>", b"MZ\x90", b"GIF89a"])
def test_a_file_is_known_by_its_first_bytes_not_by_its_name(closed, first, content):
    answer = session(first).post(ROOM + "scans", file(content))
    assert answer.status_code == 409
    assert "Tệp này không phải PDF, JPEG hay PNG." in text_of(answer)
    assert not MinutesScan.objects.exists()


def test_a_file_of_more_than_ten_megabytes_is_refused(closed, first):
    answer = session(first).post(ROOM + "scans", file(b"%PDF-" + b"x" * (10 * 1024 * 1024)))
    assert answer.status_code == 422
    assert "Tệp lớn quá 10 MB" in text_of(answer)


def test_a_file_name_leads_nowhere_outside(closed, first):
    session(first).post(ROOM + "scans", file(b"\x89PNG\r\n\x1a\n", "../../x.png"))
    scan = MinutesScan.objects.get()
    assert "/" not in scan.name


# ── Corrections ────────────────────────────────────────────────────────────────────────


@pytest.mark.both_engines
def test_a_late_pile_becomes_a_second_version_with_its_reason(box, counter, kind, waiting, first, second):
    handed = make.issued(at=counter, kind=kind, channel=SlipChannel.PAPER, now=DAY)
    closing.close_period(office=box, period=MAY, now=make.at(4, month=6))
    sign(session(first))
    sign(session(second))
    client = session(first)
    for _kept in range(2):
        assert "Nhập xong phiếu giấy." not in text_of(client.get(ROOM))
    pile = paper.open_pile(office=box, counter=counter, period=MAY, by=first, now=make.now(), late=True)
    assert "Nhập xong phiếu giấy." in text_of(client.get(ROOM))
    for user in (first, second):
        counted = {"stubs": [handed.slip.serial], "counts": {"1-1": 1}, "foreign": 0, "done": True}
        paper.key(pile=pile, by=user, now=make.now(), **counted)
    for user in (first, second):
        paper.confirm(pile=pile, by=user, seen=paper.compare(pile=pile, by=user).digest, now=make.now())

    assert "Trộn 01 phiếu nhập muộn." in text_of(client.get(ROOM))
    client.post(ROOM + "close", {"reviewed": "on"})
    mixer.do_jobs(clock=make.now)
    page = text_of(client.get(ROOM))
    assert "Hai người ký bản đính chính." in page
    assert client.post(ROOM + "correct", {"reason": ""}).status_code == 422
    where = client.post(ROOM + "correct", {"reason": "Tìm thấy 01 phiếu giấy"})["Location"]
    alone = "không nêu câu trả lời, để không ai lấy bản sau trừ bản trước mà ra"
    assert alone in text_of(client.get(ROOM))
    assert alone in text_of(client.get(where))
    sign(client, where=where)
    assert alone in text_of(session(second).get(ROOM + "sign"))
    sign(session(second))
    assert alone not in text_of(client.get(ROOM))
    assert list(Seal.objects.values_list("version", "reason")) == [(1, ""), (2, "Tìm thấy 01 phiếu giấy")]
    page = text_of(client.get(ROOM))
    assert all(seal.code in page for seal in Seal.objects.all())
    assert "Lý do: Tìm thấy 01 phiếu giấy." in page


def test_a_correction_of_ten_sheets_or_more_needs_no_warning(box, counter, kind, waiting, first, second):
    handed = [make.issued(at=counter, kind=kind, channel=SlipChannel.PAPER, now=DAY) for _ in range(10)]
    closing.close_period(office=box, period=MAY, now=make.at(4, month=6))
    for user in (first, second):
        sign(session(user))
    pile = paper.open_pile(office=box, counter=counter, period=MAY, by=first, now=make.now(), late=True)
    counted = {"stubs": [each.slip.serial for each in handed], "counts": {"1-1": 10}, "foreign": 0}
    for user in (first, second):
        paper.key(pile=pile, by=user, done=True, now=make.now(), **counted)
    for user in (first, second):
        paper.confirm(pile=pile, by=user, seen=paper.compare(pile=pile, by=user).digest, now=make.now())
    client = session(first)
    client.post(ROOM + "close", {"reviewed": "on"})
    mixer.do_jobs(clock=make.now)
    page = text_of(client.get(ROOM + "sign?reason=Muộn"))
    assert "Những gì sẽ được cố định" in page
    assert "phiếu giấy nhập muộn, dưới 10 phiếu" not in page


@pytest.fixture
def lost(box, counter, kind, waiting):
    """May closed while one sheet of paper was still with its customer."""
    handed = make.issued(at=counter, kind=kind, channel=SlipChannel.PAPER, now=DAY)
    closing.close_period(office=box, period=MAY, now=make.at(4, month=6))
    return handed


OPEN_LATE = {"office": "HB", "counter": "Q1", "period": "2026-05", "late": "1"}


def test_the_room_says_when_a_late_pile_is_entered_and_what_it_leads_to(lost, first, second):
    client = session(first)
    page = text_of(client.get(ROOM))
    assert "Kỳ đã khoá, chưa niêm phong. Phiếu giấy của kỳ tìm thấy lúc này nhập bằng một xấp muộn" in page
    assert "Quầy Q1: 01 phiếu giấy đã hết hạn" in page
    sign(client)
    sign(session(second))
    page = text_of(client.get(ROOM))
    assert "xấp muộn dẫn đến bản đính chính (bản 2), có lý do và hai người ký" in page


def test_a_late_pile_opened_in_the_room_is_keyed_by_two_and_waits_for_a_correction(lost, first, second):
    sign(session(first))
    sign(session(second))
    clients = [session(first), session(second)]
    pile = clients[0].post("/counting/paper/open", OPEN_LATE)["Location"]
    assert "tháng 5/2026, nhập muộn" in text_of(clients[0].get(pile))
    for client in clients:
        client.post(f"{pile}key", {"stubs": lost.slip.serial, "n-1-1": 1, "total": 1, "step": "done"})
    for client in clients:
        seen = client.get(pile).context["comparison"].digest
        assert client.post(f"{pile}confirm", {"seen": seen}).status_code == 303
    page = text_of(clients[0].get(ROOM))
    assert "Trộn 01 phiếu nhập muộn." in page
    assert "Phiếu giấy tìm thấy muộn" not in page
    clients[0].post(ROOM + "close", {"reviewed": "on"})
    mixer.do_jobs(clock=make.now)
    assert "Hai người ký bản đính chính." in text_of(clients[0].get(ROOM))


def test_a_late_pile_is_offered_neither_before_the_closing_nor_to_whoever_only_watches(
    box, waiting, counter, kind, first
):
    make.issued(at=counter, kind=kind, channel=SlipChannel.PAPER, now=DAY)
    client = session(first)
    assert "Mở xấp muộn" not in text_of(client.get(ROOM))
    answer = client.post("/counting/paper/open", OPEN_LATE)
    assert answer.status_code == 409
    assert "Kỳ này chưa khoá hòm phiếu nên chưa có xấp muộn" in text_of(answer)
    client.post(ROOM + "close", {"reviewed": "on"})
    mixer.do_jobs(clock=make.now)
    assert "Mở xấp muộn" in text_of(client.get(ROOM))
    watching = session(make.user(Role.LEADERSHIP, of=box))
    assert "Mở xấp muộn" not in text_of(watching.get(ROOM))


def test_each_version_can_be_read_word_for_word(closed, first, second):
    sign(session(first))
    sign(session(second))
    answer = session(make.user(Role.INSPECTOR, of=closed)).get(ROOM + "seals/1")
    assert answer.content.decode() == Seal.objects.get().note


def test_nothing_is_published_before_the_seal(closed, first):
    answer = session(first).post(ROOM + "publish")
    assert answer.status_code == 409
    assert "kỳ này chưa niêm phong" in text_of(answer)


# ── Who counts for a small office ──────────────────────────────────────────────────────


def appoint(client, name, **fields):
    days = {"valid_from": "2026-01-01", "valid_to": "2027-12-31", "reason": "QĐ 12/QĐ-KBNN"}
    return client.post("/counting/HB/team/", {"delegate": name, "role": "counting", **days, **fields})


def test_the_parent_s_leadership_appoints_a_team_that_then_signs(kind):
    parent = make.office("KV")
    small = make.office("HB", parent=parent)
    make.ballots(4, at=make.counter("Q1", of=small), kind=kind, now=DAY)
    closing.close_period(office=small, period=MAY, now=make.at(4, month=6))
    team = [make.user(Role.COUNTING, of=parent, username=name) for name in ("kv1", "kv2")]
    assert session(team[0]).get(ROOM).status_code == 404
    lead = session(make.user(Role.LEADERSHIP, of=parent))
    for user in team:
        assert appoint(lead, user.username).status_code == 303
    assert "Phiếu giấy" in text_of(session(team[0]).get(ROOM))
    for user in team:
        assert sign(session(user)).status_code == 303
    assert Seal.objects.get().second == team[1]
    assert AuditEntry.objects.filter(action="team_appointed").count() == 2


def test_a_leader_appoints_an_inspector_and_the_act_is_a_sheet_to_sign(box):
    clerk = make.user(of=box, username="ha")
    lead = session(make.user(Role.LEADERSHIP, of=box))
    assert "Xin ghi căn cứ: số, ngày của quyết định." in text_of(
        appoint(lead, "ha", role="inspector", reason="")
    )
    answer = appoint(lead, "ha", role="inspector")
    sheet = text_of(lead.get(answer["Location"]))
    for said in ("Giấy cử", "Thanh tra", "QĐ 12/QĐ-KBNN", "từ 1/1/2026 đến hết 31/12/2027"):
        assert said in sheet
    assert session(clerk).get(answer["Location"]).status_code == 403
    assert session(clerk).get("/reports/signals/").status_code == 200


def test_whoever_has_no_role_but_a_lent_one_lands_in_the_counting_room(box):
    lent = make.user(of=make.office(), username="lent")
    make.lent(lent, to=box, on=local_day(make.now()))
    answer = Client().post("/login", {"login": "lent", "password": PASSWORD})
    assert answer["Location"] == "/counting/"


def test_who_leads_for_some_days_appoints_nobody_for_longer(box):
    deputy = make.user(Role.COUNTING, of=box, username="pho")
    lead = session(make.user(Role.LEADERSHIP, of=box))
    appoint(lead, "pho", role="leadership", valid_to="2027-12-10")
    make.user(Role.COUNTING, of=box, username="kp")
    refused = appoint(session(deputy), "kp", valid_to="2027-12-11")
    assert (refused.status_code, "đến hết ngày 10/12/2027" in text_of(refused)) == (422, True)
    assert appoint(session(deputy), "kp", valid_to="2027-12-10").status_code == 303
    assert appoint(lead, "kp", valid_to="2027-12-31").status_code == 303


def test_an_appointment_that_was_called_back_opens_nothing(box, closed):
    lent = make.user(Role.COUNTING, of=make.office("XX"), username="lent")
    lead = session(make.user(Role.LEADERSHIP, of=box))
    appoint(lead, "lent")
    assert session(lent).get(ROOM).status_code == 200
    lead.post(f"/counting/HB/team/{Delegation.objects.get().pk}/revoke")
    assert session(lent).get(ROOM).status_code == 404


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("nobody", {}),
        ("gdv", {}),
        ("lead", {}),
        ("lent", {"valid_to": "2025-12-31"}),
        ("lent", {"reason": ""}),
        ("lent", {"valid_from": "x"}),
        ("lent", {"role": "admin"}),
        ("lent", {"role": "inspector"}),  # who leads and inspects is of the office itself
    ],
)
def test_an_appointment_needs_a_person_days_and_a_reason(box, counter, name, fields):
    make.teller(at=counter, username="gdv")
    make.user(Role.COUNTING, of=make.office("XX"), username="lent")
    lead = session(make.user(Role.LEADERSHIP, of=box, username="lead"))
    assert appoint(lead, name, **fields).status_code == 422
    assert not Delegation.objects.exists()


def test_nothing_of_a_sealing_fact_goes_without_a_sentence():
    from reports.counting_room.messages import SENTENCES, sentence_of

    with_particulars = {sealing.CountsDoNotAddUp(["x"]), sealing.EarlierPeriodUnsealed(MAY)}
    told = {type(fact) for fact in with_particulars if sentence_of(fact)}
    assert {*sealing.SealingRefused.__subclasses__()} <= {*SENTENCES} | told
    assert {*closing.ClosingRefused.__subclasses__()} <= {*SENTENCES}
