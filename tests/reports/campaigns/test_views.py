"""Head office's campaigns: set up, open, watch, extend, close, sign, publish; and who may not."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO

import pytest
from django.core import mail
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError
from django.db.transaction import atomic
from django.utils import timezone
from openpyxl import load_workbook

from reports import standings
from reports.campaigns import progress, questionnaire_import, questionnaire_workbook
from reports.models import PaperForm, PaperKind, PastResult, Standing
from reports.schedule import mixer
from surveys import evidence
from surveys.box import casting, signed_form
from surveys.campaigns import invitations, mailings
from surveys.choices import CampaignState, Role
from surveys.models import (
    AuditEntry,
    Campaign,
    CampaignUnit,
    Invitation,
    InvitationBatch,
    Office,
    QuestionnaireVersion,
    User,
)
from surveys.models.questionnaires import TAKEN_CODES
from surveys.reference import answers
from surveys.reference.questionnaires import questionnaire_of
from surveys.spreadsheets.complaints import TableRefused
from surveys.spreadsheets.reading import read
from tests import campaigns, make

pytestmark = [pytest.mark.django_db, pytest.mark.one_engine]
BACKEND = "django.contrib.auth.backends.ModelBackend"

#: The tick of a review page.
LOOKED_AT = {"reviewed": "on"}


@pytest.fixture
def heads() -> list[User]:
    office = make.office("KBNN", seals=False)
    return [make.user(Role.HEAD_OFFICE, of=office, username=f"head{n}") for n in (1, 2)]


@pytest.fixture
def head(client, heads):
    client.force_login(heads[0], backend=BACKEND)
    return client


@pytest.fixture
def running() -> Campaign:
    return campaigns.campaign(make.office("HB"), make.office("SL"), now=timezone.now())


@pytest.fixture
def unit(running) -> CampaignUnit:
    return running.units.select_related("campaign", "office").get(office__code="HB")


@pytest.fixture
def over() -> Campaign:
    """Its last day is over; 40 answers for HB."""
    made = campaigns.campaign(make.office("HB"), make.office("SL"), now=timezone.now() - timedelta(days=25))
    one = made.units.select_related("campaign", "office").get(office__code="HB")
    for _answer in range(40):
        campaigns.answer(one)
    return made


def typed(**changes) -> dict[str, str]:
    today = timezone.localdate()
    return {
        "name": "Khảo sát 2026",
        "name_en": "",
        "slug": "khao-sat-2026",
        "legal_basis": "Quyết định số 1",
        "purpose": "",
        "opens_on": str(today),
        "closes_on": str(today + timedelta(days=30)),
        "questionnaire": changes.get("questionnaire") or str(campaigns.questionnaire().pk),
        "formula": "mean",
        "minimum_n": "30",
        "notice": "",
        "notice_en": "",
        "units": "HB; 3809\nSL",
        "groups": "citizen; Cá nhân; Individual",
    } | changes


def logged_in(client, user: User) -> None:
    """By password, in this very moment."""
    client.logout()
    client.post("/login", {"login": user.username, "password": "mat-khau-thu"})


@pytest.mark.both_engines
def test_head_office_sets_up_and_opens(head):
    make.office("HB"), make.office("SL")
    assert head.post("/campaigns/new", typed()).status_code == 302
    made = Campaign.objects.get()
    assert {u.office.code: u.population for u in made.units.all()} == {"HB": 3809, "SL": None}
    head.post("/campaigns/khao-sat-2026/open", LOOKED_AT)
    made.refresh_from_db()
    assert made.state == CampaignState.OPEN
    assert head.get("/c/khao-sat-2026/").status_code == 200


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"units": "XX"}, "Không có đơn vị có hòm phiếu mang mã"),
        ({"units": "HB; nhiều"}, "không đúng"),
        ({"minimum_n": "29"}, "không dưới 30"),
        ({"slug": "2026"}, "Mã đợt"),
        ({"closes_on": "2020-01-01"}, "Ngày kết thúc"),
        ({"groups": "a; A\na; B"}, "hai nhóm cùng mã"),
        ({"name": "Đợt\nBcc: x@x.vn"}, "Ghi trên một dòng"),
    ],
)
def test_a_draft_that_cannot_stand_is_sent_back_with_its_reason(head, changes, sentence):
    make.office("HB"), make.office("SL")
    response = head.post("/campaigns/new", typed(**changes))
    assert (response.status_code, sentence in response.content.decode()) == (422, True)
    assert not Campaign.objects.exists()


def test_a_draft_is_edited_and_an_open_campaign_is_not(head, running):
    draft = campaigns.campaign(
        running.units.first().office, slug="ban-soan", opened=False, now=timezone.now()
    )
    facts = typed(slug="ban-soan", questionnaire=str(draft.questionnaire_id), name="Tên mới")
    head.post("/campaigns/ban-soan/edit", facts)
    assert Campaign.objects.get(slug="ban-soan").name == "Tên mới"
    head.post(
        f"/campaigns/{running.slug}/edit",
        facts | {"slug": running.slug, "questionnaire": str(running.questionnaire_id)},
    )
    assert Campaign.objects.get(slug=running.slug).name != "Tên mới"


def test_while_it_is_open_participation_is_shown_and_no_score(head, running, unit):
    for _answer in range(40):
        campaigns.answer(unit)
    page = head.get(f"/campaigns/{running.slug}/").content.decode()
    assert ("KBNN HB" in page, ">40<" in page, "96," in page, "100,00" in page) == (True, True, False, False)


def test_an_extension_needs_its_reason(head, running):
    until = str(running.ends_on + timedelta(days=7))
    assert head.post(f"/campaigns/{running.slug}/extend", {"until": until, "reason": ""}).status_code == 422
    head.post(f"/campaigns/{running.slug}/extend", {"until": until, "reason": "Bão"})
    assert str(Campaign.objects.get().ends_on) == until
    assert "Bão" in head.get(f"/c/{running.slug}/").content.decode()


@pytest.mark.both_engines
def test_it_is_closed_counted_signed_by_two_and_published(client, heads, over, settings, tmp_path):
    settings.DATA_DIR = tmp_path
    room = f"/campaigns/{over.slug}/"
    logged_in(client, heads[0])
    client.post(f"{room}close", LOOKED_AT)
    assert client.get(room)["Refresh"] == "2"
    mixer.do_jobs(clock=timezone.now)
    assert "Refresh" not in client.get(room)
    seen = client.get(f"{room}sign").context["draft"].seen
    client.post(f"{room}sign", LOOKED_AT | {"seen": seen})
    client.post(f"{room}sign", LOOKED_AT | {"seen": seen})  # the same person again
    assert not Standing.objects.exists()
    logged_in(client, heads[1])
    client.post(f"{room}sign", LOOKED_AT | {"seen": seen})
    assert client.get(f"/results/c/{over.slug}/").status_code == 404
    client.post(f"{room}publish")
    for page in ("/campaigns/", room):
        assert "Đã công bố" in client.get(page).content.decode()
    client.logout()
    assert "100,00" in client.get(f"/results/c/{over.slug}/").content.decode()


def test_before_it_is_signed_the_room_says_that_the_report_would_name_no_signer(head, over):
    room = f"/campaigns/{over.slug}/"
    unset = "Báo cáo chưa có chức vụ, họ tên người ký"
    assert unset not in head.get(room).content.decode()
    head.post(f"{room}close", LOOKED_AT)
    mixer.do_jobs(clock=timezone.now)
    assert unset in head.get(room).content.decode()
    office = Office.objects.get(code="KBNN")
    PaperForm.objects.create(
        office=office, kind=PaperKind.REPORT, authority="TL. GIÁM ĐỐC", signer="Lê Thị An"
    )
    assert unset not in head.get(room).content.decode()


def test_nobody_signs_on_an_old_login(head, over):
    head.post(f"/campaigns/{over.slug}/close", LOOKED_AT)
    mixer.do_jobs(clock=timezone.now)
    over.refresh_from_db()
    seen = evidence.digest(standings.standing_text(over))
    answer = head.post(f"/campaigns/{over.slug}/sign", LOOKED_AT | {"seen": seen})
    assert answer["Location"].startswith("/reauthenticate?next=")
    assert not over.signatures.exists()


def test_each_act_that_nothing_takes_back_is_looked_at_first_and_needs_the_tick(client, heads, over):
    room = f"/campaigns/{over.slug}/"
    logged_in(client, heads[0])
    page = client.get(f"{room}close").content.decode()
    assert "<dt>Phiếu trả lời đã nhận</dt><dd>40</dd>" in page
    assert client.post(f"{room}close").status_code == 422
    assert Campaign.objects.get().state == CampaignState.OPEN
    client.post(f"{room}close", LOOKED_AT)
    mixer.do_jobs(clock=timezone.now)
    shown = client.get(f"{room}sign")
    assert "<dt>Phiếu trả lời</dt><dd>40</dd>" in shown.content.decode()
    assert client.post(f"{room}sign", {"seen": shown.context["draft"].seen}).status_code == 422
    assert not over.signatures.exists()


def test_the_look_before_closing_says_how_many_invitations_expire(head, over):
    unit = over.units.select_related("campaign", "office").get(office__code="SL")
    invitations.invite(
        unit=unit, name="Đợt 1", organisations=[("A", ""), ("B", "")], by=None, now=timezone.now()
    )
    page = head.get(f"/campaigns/{over.slug}/close").content.decode()
    assert "<dt>Giấy mời chưa trả lời, sẽ hết hạn</dt><dd>2</dd>" in page


def test_the_look_before_opening_names_what_is_frozen(head, running):
    draft = campaigns.campaign(
        running.units.first().office, slug="ban-soan", opened=False, now=timezone.now()
    )
    page = head.get(f"/campaigns/{draft.slug}/open").content.decode()
    assert "<dt>Đơn vị được xếp hạng</dt><dd>1</dd>" in page
    assert head.post(f"/campaigns/{draft.slug}/open").status_code == 422
    assert Campaign.objects.get(pk=draft.pk).state == CampaignState.DRAFT
    again = head.get(f"/campaigns/{running.slug}/open")
    assert (again.status_code, "reviewed" in again.content.decode()) == (409, False)


def test_a_campaign_that_nobody_answered_asks_for_a_reason_and_publishes_it(
    client, heads, settings, tmp_path
):
    settings.DATA_DIR = tmp_path
    silent = campaigns.campaign(make.office("HB"), now=timezone.now() - timedelta(days=25))
    room = f"/campaigns/{silent.slug}/"
    logged_in(client, heads[0])
    client.post(f"{room}close", LOOKED_AT)
    mixer.do_jobs(clock=timezone.now)
    asked = client.get(f"{room}sign").content.decode()
    assert "Đợt này không có phiếu nào" in asked
    assert 'name="reviewed"' not in asked
    for user in heads:
        logged_in(client, user)
        page = client.get(f"{room}sign", {"reason": "Bão lũ, hoãn khảo sát"})
        facts = {"seen": page.context["draft"].seen, "reason": "Bão lũ, hoãn khảo sát"}
        client.post(f"{room}sign", LOOKED_AT | facts)
    assert list(Standing.objects.values_list("version", "reason")) == [(1, "Bão lũ, hoãn khảo sát")]
    client.post(f"{room}publish")
    client.logout()
    public = client.get(f"/results/c/{silent.slug}/").content.decode()
    assert "Đợt khảo sát này không có phiếu nào. Lý do: Bão lũ, hoãn khảo sát." in public


def test_a_campaign_does_not_close_before_its_end(head, running):
    head.post(f"/campaigns/{running.slug}/close", LOOKED_AT)
    assert Campaign.objects.get().state == CampaignState.OPEN


@pytest.mark.both_engines
def test_invitations_come_once_in_a_file_whose_codes_work(head, unit):
    address = f"/campaigns/{unit.campaign.slug}/HB/"
    sent = {"name": "Đợt 1", "by": "file"}
    page = head.post(f"{address}invite", sent | {"organisations": "Trường A\n=B; b@x.vn"})
    response = head.post(f"{address}invite", sent | {"held": page.context["token"]})
    lines = response.content.decode("utf-8-sig").splitlines()
    assert (len(lines), lines[2].startswith("'=B,b@x.vn,"), response["Cache-Control"]) == (
        3,
        True,
        "no-store",
    )
    code = lines[1].split(",")[2].rpartition("/")[2]
    assert casting.find_slip(code=code).period == unit.campaign.slug
    page = head.get(address).content.decode()
    assert (code in page, code[:12] in page) == (False, False)
    assert AuditEntry.objects.filter(action="invitation_file").count() == 1


@pytest.mark.both_engines
def test_letters_go_to_the_invited_and_reminders_to_those_who_have_not_answered(head, unit):
    address = f"/campaigns/{unit.campaign.slug}/HB/"
    sent = {"name": "Đợt 1", "by": "mail"}
    page = head.post(f"{address}invite", sent | {"organisations": "A; a@x.vn\nB; b@x.vn\nC"})
    asked = head.post(f"{address}invite", sent | {"held": page.context["token"]}, follow=True)
    assert "Đang gửi 2 thư; trang này cho biết đã gửi đến đâu." in asked.content.decode()
    assert "đang gửi, 0 trong 2 thư" in asked.content.decode()
    assert asked["Refresh"]
    mailings.send_due(clock=timezone.now)
    assert [letter.to for letter in mail.outbox] == [["a@x.vn"], ["b@x.vn"]]
    over = head.get(f"{address}?watch=1")
    assert ("đã gửi 2 thư" in over.content.decode(), "Refresh" in over) == (True, False)
    code = mail.outbox[0].body.split("/p/")[1].split()[0]
    slip = casting.find_slip(code=code)
    form = signed_form.read_form(slip=slip, field=signed_form.open_form(slip=slip, now=timezone.now()))
    casting.cast(slip=slip, form=form, said=answers.Said({"easy": 3}), via="link", now=timezone.now())
    mail.outbox.clear()
    soon = head.post(f"{address}remind", follow=True).content.decode()
    assert "Chưa nhắc 1 người: thư trước gửi hôm nay hoặc chưa quá 12 giờ." in soon
    Invitation.objects.update(mailed_at=timezone.now() - timedelta(days=1))
    head.post(f"{address}remind")
    mailings.send_due(clock=timezone.now)
    assert [letter.to for letter in mail.outbox] == [["b@x.vn"]]
    assert "b@x.vn" not in head.get(address).content.decode()
    assert "Không có ai để nhắc" in head.post(f"{address}remind", follow=True).content.decode()


def test_addresses_that_the_mail_server_refused_and_a_server_that_is_away_are_said(head, unit, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    now = timezone.now()
    people = [("A", "a@x.vn"), ("B", "b@x.vn")]
    invitations.invite(unit=unit, name="Đợt 1", organisations=people, by=None, now=now)
    Invitation.objects.filter(email="b@x.vn").update(refused_at=now)
    page = head.post(f"/campaigns/{unit.campaign.slug}/HB/remind", follow=True)
    assert "Máy chủ thư chưa trả lời" not in page.content.decode()
    mailings.send_due(clock=timezone.now)
    page = head.get(f"/campaigns/{unit.campaign.slug}/HB/").content.decode()
    assert "Máy chủ thư chưa trả lời; tự gửi tiếp lúc" in page
    assert "<li>b@x.vn</li>" in page
    assert "a@x.vn" not in page


def test_a_wrong_address_is_said_and_nothing_is_made(head, unit):
    response = head.post(
        f"/campaigns/{unit.campaign.slug}/HB/invite", {"name": "x", "organisations": "A; khong"}
    )
    assert (response.status_code, InvitationBatch.objects.count()) == (422, 0)


def test_the_poster_is_a_paper(head, unit):
    response = head.get(f"/campaigns/{unit.campaign.slug}/HB/poster.pdf")
    assert response.status_code in {200, 503}  # 503 where the text library is missing
    assert response.status_code == 503 or response.content.startswith(b"%PDF")


def test_the_preview_turns_its_pages_and_cannot_send(head):
    draft = campaigns.campaign(make.office("HB"), slug="ban-soan", opened=False, now=timezone.now())
    first = head.get(f"/campaigns/{draft.slug}/preview").content.decode()
    last = head.post(
        f"/campaigns/{draft.slug}/preview", {"_step": "0", "_go": "next", "easy": "4", "online": "na"}
    ).content.decode()
    assert ("Xem trước" in first, "Phần 2 trong 2" in last, 'value="send"' in last) == (True, True, False)


def test_a_past_result_is_typed_in_and_shown_apart(head):
    office = make.office("HB")
    facts = {
        "office": office.pk,
        "name": "Khảo sát 2023",
        "first_day": "2023-03-15",
        "last_day": "2023-05-15",
    }
    head.post("/campaigns/past", facts | {"score": "96,25", "place": "10", "of": "64", "source": "Bài báo"})
    assert PastResult.objects.get().typed_by.username == "head1"
    assert "96,25" in head.get("/results/c/").content.decode()


# ── Who ────────────────────────────────────────────────────────────────────────────────

ACTS = ("open", "extend", "close", "sign", "publish", "HB/invite", "HB/remind")


@pytest.mark.parametrize("role", [Role.TELLER, Role.COUNTING, Role.LEADERSHIP, Role.ADMIN])
def test_others_do_not_enter(client, running, role):
    """A leader reads the own unit's page alone (`test_own_unit`)."""
    client.force_login(make.user(role, of=running.units.first().office), backend=BACKEND)
    rooms = ("", f"{running.slug}/", f"{running.slug}/preview", f"{running.slug}/poster.pdf")
    assert {client.get(f"/campaigns/{rest}").status_code for rest in rooms} == {403}
    assert {client.post(f"/campaigns/{running.slug}/{act}").status_code for act in ACTS} == {403}


def test_an_inspector_reads_and_does_nothing(client, running):
    client.force_login(make.user(Role.INSPECTOR, of=running.units.first().office), backend=BACKEND)
    assert client.get(f"/campaigns/{running.slug}/").status_code == 200
    assert {client.post(f"/campaigns/{running.slug}/{act}").status_code for act in ACTS} == {403}


def test_a_leader_of_another_unit_sees_what_is_public_only(client, heads, over, settings, tmp_path):
    leader = make.user(Role.LEADERSHIP, of=over.units.get(office__code="SL").office)
    client.force_login(leader, backend=BACKEND)
    own, public = f"/campaigns/{over.slug}/", f"/results/c/{over.slug}/SL/"
    assert (client.get(own).status_code, client.get(public).status_code) == (403, 404)
    test_it_is_closed_counted_signed_by_two_and_published(client, heads, over, settings, tmp_path)
    client.force_login(leader, backend=BACKEND)
    assert (client.get(own).status_code, client.get(public).status_code) == (403, 200)


# ── Questionnaires ─────────────────────────────────────────────────────────────────────


@pytest.mark.both_engines
def test_a_questionnaire_comes_back_from_its_file_as_the_next_version(head):
    from surveys.reference.loading import load_campaign_questionnaires

    first = load_campaign_questionnaires()[0]
    file = questionnaire_workbook.export(first)
    second = questionnaire_import.bring_in(book=read(file), on=timezone.localdate())
    assert second.number == 2

    def told(version: QuestionnaireVersion):
        questionnaire = questionnaire_of(version.pk)
        return (
            questionnaire.title,
            questionnaire.sections,
            questionnaire.texts,
            [(c.code, c.text, c.weight, c.optional, c.shown_after, c.levels) for c in questionnaire.criteria],
        )

    assert told(second) == told(first)


@pytest.mark.parametrize("code", TAKEN_CODES)
def test_a_criterion_cannot_be_called_as_the_ballot_calls_its_own_fields(head, code):
    from surveys.reference.loading import load_campaign_questionnaires

    version = load_campaign_questionnaires()[0]
    criterion = version.criteria.first()
    criterion.code = code
    with pytest.raises(ValidationError, match="xin chọn mã khác"):
        criterion.full_clean()
    with pytest.raises(IntegrityError), atomic():
        criterion.save()
    old = version.criteria.first().code
    file = renamed(questionnaire_workbook.export(version), old, code)
    answer = head.post("/campaigns/questionnaires/", {"file": SimpleUploadedFile("mau.xlsx", file)})
    assert answer.status_code == 422
    assert "xin chọn mã khác" in answer.content.decode()
    assert version.questionnaire.versions.count() == 1


def renamed(content: bytes, old: str, new: str) -> bytes:
    """The workbook with one code in place of another, wherever it stands."""
    book = load_workbook(BytesIO(content))
    for cell in (cell for sheet in book for row in sheet for cell in row if cell.value == old):
        cell.value = new
    out = BytesIO()
    book.save(out)
    return out.getvalue()


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"no workbook"])
def test_a_file_that_is_no_questionnaire_is_refused_and_leaves_nothing(content):
    with pytest.raises(TableRefused):
        questionnaire_import.bring_in(book=read(content), on=timezone.localdate())
    assert not QuestionnaireVersion.objects.exists()


def test_a_line_from_invented_answers_says_so_in_words(client, heads, over, settings, tmp_path):
    test_it_is_closed_counted_signed_by_two_and_published(client, heads, over, settings, tmp_path)
    unit = over.units.get(office__code="HB").office
    leader = make.user(Role.LEADERSHIP, of=unit)
    pages = ("/results/c/khao-sat/HB/".replace("khao-sat", over.slug), "/reports/HB/")
    for invented in (False, True):
        Office.objects.filter(pk=unit.pk).update(is_pilot=invented)
        client.force_login(leader, backend=BACKEND)
        for page in pages:
            assert ("(số liệu dựng để xem hệ thống" in client.get(page).content.decode()) == invented


# ── The whole country; corrections ─────────────────────────────────────────────────────


def test_one_open_link_with_qr_and_poster_leads_every_respondent_to_the_choice_of_the_unit(head, running):
    page = head.get(f"/campaigns/{running.slug}/").content.decode()
    assert f"/c/{running.slug}/</a>" in page
    assert 'class="open-qr"><svg' in page
    poster = head.get(f"/campaigns/{running.slug}/poster.pdf")
    assert poster.content.startswith(b"%PDF")
    chosen = head.get(f"/c/{running.slug}/").content.decode()
    assert all(f'href="/c/{running.slug}/{code}"' in chosen for code in ("HB", "SL"))


def test_an_address_that_is_left_out_is_made_from_the_name(head):
    make.office("HB"), make.office("SL")
    assert (
        head.post("/campaigns/new", typed(slug="", name="2026: Khảo sát Đường dây nóng!")).status_code == 302
    )
    assert Campaign.objects.get().slug == "khao-sat-duong-day-nong"
    same = str(Campaign.objects.get().questionnaire_id)
    again = head.post("/campaigns/new", typed(slug="", name="Khảo sát đường dây nóng", questionnaire=same))
    assert (again.status_code, "slug" in again.context["form"].errors) == (422, True)
    nothing = head.post("/campaigns/new", typed(slug="", name="2026", questionnaire=same))
    assert "Xin ghi mã đợt" in nothing.content.decode()


def test_nobody_is_called_quiet_before_half_of_the_time_has_passed(running):
    start, end = running.period.bounds()
    for share, quiet in ((0.49, 0), (0.5, 2)):
        room = progress.look(running, now=start + (end - start) * share)
        assert len(room.quiet) == quiet


def test_the_tick_list_names_every_office_with_a_box_and_the_lines_stand_without_script(head):
    offices = [make.office("HB"), make.office("SL")]
    page = head.get("/campaigns/new")
    assert {code for code, _name in page.context["offices"]} >= {each.code for each in offices}
    assert '<textarea name="units"' in page.content.decode()


def test_all_quiet_units_are_reminded_in_one_action_and_no_other(head):
    begun = timezone.now() - timedelta(days=6)  # a little more than half of its time
    running = campaigns.campaign(make.office("HB"), make.office("SL"), now=begun)
    hb, sl = running.units.select_related("campaign", "office").order_by("office__code")
    for unit in (hb, sl):
        organisations = [("Trường A", f"{unit.office.code}@example.vn"), ("Trường B", "")]
        invitations.invite(unit=unit, name="Đợt 1", organisations=organisations, by=None, now=timezone.now())
    for _answer in range(40):
        campaigns.answer(hb)
    answer = head.post(f"/campaigns/{running.slug}/remind", follow=True)
    assert "Đang gửi 1 thư nhắc cho 1 đơn vị ít trả lời." in answer.content.decode()
    assert "Còn 1 thư của 1 đơn vị đang chờ gửi." in answer.content.decode()
    mailings.send_due(clock=timezone.now)
    assert [letter.to for letter in mail.outbox] == [["SL@example.vn"]]
    page = head.get(f"/campaigns/{running.slug}/").content.decode()
    assert "Thư mời và thư nhắc: đã gửi 1, 0 địa chỉ bị từ chối." in page
    assert AuditEntry.objects.get(action="reminders_sent").subject == running.slug


@pytest.mark.both_engines
def test_published_standings_are_corrected_by_a_further_version_with_a_reason_signed_by_two(
    client, heads, over, settings, tmp_path
):
    test_it_is_closed_counted_signed_by_two_and_published(client, heads, over, settings, tmp_path)
    room = f"/campaigns/{over.slug}/"
    logged_in(client, heads[0])
    assert "Lý do đính chính" in client.get(room).content.decode()
    facts = {"reason": "Ghi sai tên đơn vị"}
    page = client.get(f"{room}sign", facts)
    assert 'name="reason" value="Ghi sai tên đơn vị"' in page.content.decode()
    client.post(f"{room}sign", LOOKED_AT | facts | {"seen": page.context["draft"].seen})
    assert over.standings.count() == 1
    logged_in(client, heads[1])
    assert "ký thứ hai bản đính chính" in client.get(room).content.decode()
    waiting = client.get(f"{room}sign")
    client.post(f"{room}sign", LOOKED_AT | {"seen": waiting.context["draft"].seen})
    assert list(over.standings.values_list("version", "reason")) == [(1, ""), (2, "Ghi sai tên đơn vị")]
    client.post(f"{room}publish")
    client.logout()
    public = client.get(f"/results/c/{over.slug}/").content.decode()
    assert "Đây là bản đính chính, bản 2. Lý do: Ghi sai tên đơn vị." in public
    assert 'href="v1/standing.txt"' in public


def test_a_reason_that_is_no_line_prepares_nothing(client, heads, over, settings, tmp_path):
    test_it_is_closed_counted_signed_by_two_and_published(client, heads, over, settings, tmp_path)
    logged_in(client, heads[0])
    page = client.get(f"/campaigns/{over.slug}/sign", {"reason": "x" * 201}, follow=True)
    assert "Bản đính chính phải có lý do" in page.content.decode()
    assert "draft" not in page.context
