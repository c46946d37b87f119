"""Pads printed beforehand: a stub's number and code pass to one paper slip, and open nothing on a phone."""

import re
import shutil
import subprocess
from collections import Counter as Tally
from datetime import timedelta
from io import BytesIO

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.db.transaction import atomic
from django.test import Client
from django.utils import timezone
from pypdf import PdfReader

from surveys import paper
from surveys.box import casting, errors, signed_form
from surveys.choices import Role, SlipChannel, SlipState
from surveys.crypto import codes
from surveys.database import retention
from surveys.models import AuditEntry, BoxedBallot, Slip, Stub
from surveys.periods import Month, closing_from
from surveys.printing.scan_marks import parse_code
from surveys.reference import answers as reference_answers
from surveys.slips import issuing, pads
from tests import make
from tests.races import at_once
from tests.surveys.counter.console_page import press, said, text_of, without_clock

pytestmark = pytest.mark.django_db

NOVEMBER = Month(2026, 11)


@pytest.fixture
def counter():
    return make.counter("Q1")


@pytest.fixture
def kind():
    return make.procedure("1")


@pytest.fixture
def on_paper(counter, kind):
    def issue(channel=SlipChannel.PAPER, **facts) -> Slip:
        return make.issued(at=counter, kind=kind, channel=channel, **facts).slip

    return issue


def adopt(slip, typed, now=make.NOW) -> Slip:
    return pads.adopt_stub(slip=slip, typed=typed, now=now)


def again(slip, channel) -> None:
    issuing.reissue_slip(slip=slip, channel=channel, reason="x", actor=None, now=make.NOW)


# --- the pad --------------------------------------------------------------------------------------------------------
def test_a_pad_has_as_many_stubs_as_asked_each_with_its_own_serial_and_code(counter):
    printed = make.pad(40, of=counter.box_office)
    assert len({stub.serial for stub in printed}) == len({stub.code for stub in printed}) == 40
    assert all(codes.normalise_serial(stub.serial) and len(stub.code) == 26 for stub in printed)
    assert Stub.objects.filter(office=counter.box_office, is_spent=False).count() == 40


def test_no_code_of_a_pad_is_kept_and_the_trail_tells_who_had_how_many_printed(counter):
    printed = make.pad(3, of=counter.box_office)
    kept = str(list(Stub.objects.values())) + str(list(AuditEntry.objects.values()))
    assert not [stub for stub in printed if stub.code in kept or stub.code[:12] in kept]
    line = AuditEntry.objects.get(action="pad_printed")
    assert (line.office, line.subject, line.detail) == (counter.box_office, "1", '{"sheets": 3}')
    assert line.actor == Stub.objects.first().made_by


def test_pads_of_an_office_are_numbered(counter):
    for _each in range(2):
        make.pad(1, of=counter.box_office)
    make.pad(1, of=make.office())
    assert sorted(Stub.objects.of(counter.box_office).values_list("pad", flat=True)) == [1, 2]


@pytest.mark.parametrize("sheets", [0, 501])
def test_a_pad_of_nothing_or_of_more_than_five_hundred_is_refused(counter, sheets):
    with pytest.raises(pads.TooManySheets):
        make.pad(sheets, of=counter.box_office)
    assert not Stub.objects.exists()


def test_a_serial_of_a_slip_is_never_printed_and_a_printed_one_never_issued(counter, on_paper, monkeypatch):
    used = on_paper().serial
    drawn = iter([used, "AAAAAA", "AAAAAA", "BBBBBB"])
    monkeypatch.setattr(codes, "new_serial", lambda: next(drawn))
    (stub,) = make.pad(1, of=counter.box_office)
    assert stub.serial == "AAAAAA"
    assert on_paper().serial == "BBBBBB"


def test_the_database_itself_keeps_serials_and_codes_of_stubs_apart(counter):
    (stub,) = make.pad(1, of=counter.box_office)
    row = Stub.objects.get(serial=stub.serial)
    row.pk = None
    with pytest.raises(IntegrityError), atomic():
        row.save()
    with pytest.raises(ValidationError):
        Stub(office=row.office, slip=Slip(), is_spent=False).validate_constraints()


# --- a slip takes a stub ----------------------------------------------------------------------------------------------
def test_a_slip_on_paper_takes_the_serial_and_the_code_of_the_stub(counter, on_paper):
    stub, _other = make.pad(2, of=counter.box_office)
    slip = on_paper()
    assert adopt(slip, stub.serial).serial == stub.serial
    assert casting.find_slip(code=stub.code) == casting.find_slip(code=stub.code[:12]) == slip
    assert Stub.objects.get(serial=stub.serial).slip == slip
    assert list(Stub.objects.values_list("is_spent", flat=True).order_by("is_spent")) == [False, True]


@pytest.mark.parametrize(
    "spell",
    [
        lambda stub: stub.serial.lower().replace("0", "o").replace("1", "l"),
        lambda stub: stub.code,
        lambda stub: codes.format_short(stub.code),
        lambda stub: f" {stub.code[:12]}\n",
    ],
)
def test_a_stub_is_typed_or_scanned_in_any_spelling(counter, on_paper, spell):
    (stub,) = make.pad(1, of=counter.box_office)
    assert adopt(on_paper(), spell(stub)).serial == stub.serial


def test_the_same_stub_again_for_the_same_slip_is_the_same(counter, on_paper):
    (stub,) = make.pad(1, of=counter.box_office)
    slip = on_paper()
    first, second = adopt(slip, stub.serial), adopt(slip, stub.code)
    assert first == second == Stub.objects.get().slip


def test_a_stub_of_one_slip_is_refused_to_another(counter, on_paper):
    (stub,) = make.pad(1, of=counter.box_office)
    first, second = on_paper(), on_paper()
    adopt(first, stub.serial)
    with pytest.raises(pads.StubSpent):
        adopt(second, stub.serial)
    assert Slip.objects.get(pk=second.pk).serial == second.serial
    assert Stub.objects.get().slip == first


def test_another_stub_takes_the_place_of_the_first_which_stays_spent(counter, on_paper):
    wrong, right = make.pad(2, of=counter.box_office)
    slip, other = on_paper(), on_paper()
    adopt(slip, wrong.serial)
    assert adopt(slip, right.serial).serial == right.serial
    assert casting.find_slip(code=wrong.code) is None
    with pytest.raises(pads.StubSpent):
        adopt(other, wrong.serial)


@pytest.mark.parametrize("typed", ["AAAAAA", "A" * 26, "A" * 12, "Số 1", "", "1"])
def test_what_no_stub_bears_is_unknown(counter, on_paper, typed):
    make.pad(1, of=counter.box_office)
    with pytest.raises(pads.StubUnknown):
        adopt(on_paper(), typed)


def test_a_stub_of_another_office_is_refused_as_such(counter, on_paper):
    (stub,) = make.pad(1, of=make.office())
    for typed in (stub.serial, stub.code):
        with pytest.raises(pads.StubOfAnotherOffice):
            adopt(on_paper(), typed)
    assert not Stub.objects.get().is_spent


@pytest.mark.parametrize("channel", [SlipChannel.TABLET, SlipChannel.SLIP])
def test_a_slip_that_went_another_way_takes_no_stub(counter, on_paper, channel):
    (stub,) = make.pad(1, of=counter.box_office)
    changed = on_paper()
    again(changed, channel)
    for slip in (on_paper(channel), changed):
        with pytest.raises(pads.SlipNotOnPaper):
            adopt(slip, stub.serial)
    assert not Stub.objects.get().is_spent


def test_a_cancelled_slip_and_one_of_a_closed_period_take_no_stub(counter, on_paper):
    (stub,) = make.pad(1, of=counter.box_office)
    cancelled, late = on_paper(), on_paper()
    issuing.cancel_slip(slip=cancelled, reason="x", actor=make.teller(at=counter), now=make.NOW)
    with pytest.raises(pads.SlipNotOpen):
        adopt(cancelled, stub.serial)
    with pytest.raises(pads.SlipNotOpen):
        adopt(late, stub.serial, now=closing_from(NOVEMBER))
    assert adopt(late, stub.serial, now=closing_from(NOVEMBER) - timedelta(seconds=1)).serial == stub.serial


def test_handing_out_another_way_frees_no_stub_and_kills_its_code(counter, on_paper):
    (stub,) = make.pad(1, of=counter.box_office)
    slip = on_paper()
    adopt(slip, stub.serial)
    again(slip, SlipChannel.SLIP)
    assert casting.find_slip(code=stub.code) is None
    with pytest.raises(pads.StubSpent):
        adopt(on_paper(), stub.serial)


@pytest.mark.parametrize("was_used", [False, True])
def test_taking_a_stub_answers_the_same_whether_or_not_the_slip_was_used(counter, kind, was_used):
    (stub,) = make.pad(1, of=counter.box_office)
    handed = make.issued(at=counter, kind=kind, channel=SlipChannel.TABLET)
    if was_used:
        make.cast(handed)
    again(handed.slip, SlipChannel.PAPER)
    assert adopt(handed.slip, stub.serial).serial == stub.serial
    assert make.slip_of(handed).state == (SlipState.USED if was_used else SlipState.ISSUED)


def test_a_stub_is_never_cast_by_phone_before_or_after_it_is_taken(counter, on_paper):
    (stub,) = make.pad(1, of=counter.box_office, now=make.now())
    pages = [Client().get(f"/p/{stub.code}")]
    slip = on_paper(now=make.now() - timedelta(minutes=1))
    adopt(slip, stub.serial, now=make.now())
    form = signed_form.open_form(slip=slip, now=make.now())
    for path in (f"/p/{stub.code}", f"/P/{stub.code}", f"/p/{stub.code[:12]}"):
        pages.append(Client().get(path))
        answer = Client().post(path, {"attitude": "1", "time": "1", "_form": form})
        assert answer.status_code == 409
    assert {page.status_code for page in pages} == {404}
    assert len({page.content for page in pages}) == 1
    answers = reference_answers.Said(answers={"attitude": 1, "time": 1})
    read = signed_form.read_form(slip=slip, field=form)
    with pytest.raises(errors.SlipNotUsable):
        casting.cast(slip=slip, form=read, said=answers, via=SlipChannel.SLIP, now=make.now())
    assert not BoxedBallot.objects.exists()


def test_pad_stub_pile_and_both_countings_settle_by_code_and_by_serial(counter, on_paper):
    box = counter.box_office
    stubs = make.pad(3, of=box)
    for stub in stubs:
        adopt(on_paper(), stub.serial)
    one, two = make.team(box)
    facts = {"office": box, "counter": counter, "period": NOVEMBER, "now": make.NOW}
    pile = paper.open_pile(**facts, by=one)
    told = {"pile": pile, "counts": {"1-1": 2, "1-0": 1}, "foreign": 0, "done": True, "now": make.NOW}
    paper.key(by=one, stubs=[stub.code for stub in stubs], **told)
    paper.key(by=two, stubs=[stub.serial for stub in reversed(stubs)], **told)
    for who in (one, two):
        paper.confirm(pile=pile, by=who, seen=paper.compare(pile=pile, by=who).digest, now=make.NOW)
    assert BoxedBallot.objects.count() == 3
    assert set(Slip.objects.values_list("state", flat=True)) == {SlipState.USED}


def test_erasing_participation_leaves_no_way_from_a_stub_to_its_slip(counter, on_paper):
    (stub,) = make.pad(1, of=counter.box_office)
    adopt(on_paper(), stub.serial)
    retention.erase_participation(office=counter.box_office, period=str(NOVEMBER), now=make.NOW)
    row = Stub.objects.get()
    assert row.slip is None
    assert row.is_spent
    assert row.code_mac.startswith(retention.ERASED)
    assert row.short_mac.startswith(retention.ERASED)


@pytest.mark.django_db(transaction=True)
@pytest.mark.serial
def test_two_tellers_with_one_stub_in_hand_hand_it_out_once(counter, on_paper):
    stubs = make.pad(8, of=counter.box_office)
    for stub in stubs:
        slips = [on_paper() for _each in range(4)]
        done = at_once(*(lambda slip=slip, stub=stub: adopt(slip, stub.serial) for slip in slips))
        kinds = Tally(type(each).__name__ for each in done)
        assert kinds == {"Slip": 1, "StubSpent": 3}
        assert Slip.objects.filter(serial=stub.serial).count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.serial
def test_two_stubs_for_one_slip_at_once_leave_one_of_them_on_it(counter, on_paper):
    for _round in range(6):
        stubs, slip = make.pad(4, of=counter.box_office), on_paper()
        done = at_once(*(lambda stub=stub, slip=slip: adopt(slip, stub.serial) for stub in stubs))
        assert {type(each).__name__ for each in done} == {"Slip"}
        held = Stub.objects.get(slip=slip)
        assert Slip.objects.get(pk=slip.pk).serial == held.serial
        assert casting.find_slip(code=next(s.code for s in stubs if s.serial == held.serial)) == slip


# --- the teller's page ---------------------------------------------------------------------------------------------------
@pytest.fixture
def desk(counter):
    made = Client(enforce_csrf_checks=True)
    made.force_login(make.teller(at=counter))
    return made


def send(desk, slip, typed):
    return press(desk, f"/counter/slips/{slip.pk}/stub", stub=typed)


def test_after_a_paper_slip_the_page_asks_for_the_stub_and_no_more_once_it_has_it(counter, on_paper, desk):
    slip = on_paper(now=timezone.now())
    assert 'id="stub"' not in text_of(desk.get("/counter/"))
    (stub,) = make.pad(2, of=counter.box_office)[:1]
    assert re.search(r'id="stub"[^>]*autofocus', text_of(desk.get("/counter/")))
    answer = send(desk, slip, stub.serial)
    assert answer.status_code == 303
    page = desk.get("/counter/")
    assert f"Đã gắn cuống {stub.serial}." in said(page)
    assert 'id="stub"' not in text_of(page)
    assert stub.serial in text_of(page)
    assert slip.serial not in text_of(page)


def test_a_slip_that_went_by_tablet_is_not_asked_for_a_stub(counter, on_paper, desk):
    make.pad(2, of=counter.box_office)
    slip = on_paper(SlipChannel.TABLET, now=timezone.now())
    assert 'id="stub"' not in text_of(desk.get("/counter/"))
    assert 'id="stub"' not in text_of(desk.get(f"/counter/slips/{slip.pk}/"))


def test_each_refusal_has_its_sentence_and_what_was_typed_is_not_shown_again(counter, on_paper, desk):
    ours, spare = make.pad(2, of=counter.box_office)
    (theirs,) = make.pad(1, of=make.office())
    slip, other = on_paper(now=timezone.now()), on_paper(now=timezone.now())
    by_tablet = on_paper(SlipChannel.TABLET, now=timezone.now())
    cancelled = on_paper(now=timezone.now())
    issuing.cancel_slip(slip=cancelled, reason="x", actor=make.teller(at=counter), now=timezone.now())
    adopt(other, ours.serial, now=timezone.now())
    for found, typed, status, sentence in (
        (slip, "", 422, "Xin quét hoặc gõ số trên cuống in sẵn."),
        (slip, "ZZZZZZ", 422, "Không có cuống in sẵn nào mang số này."),
        (slip, theirs.code, 422, "Cuống này in cho đơn vị khác."),
        (slip, ours.code, 409, "Cuống này đã dùng cho một phiếu khác."),
        (by_tablet, spare.code, 409, "Phiếu này không phát bằng phiếu giấy."),
        (cancelled, spare.code, 409, "đã yêu cầu hủy, hoặc kỳ của phiếu đã hết hạn thu."),
    ):
        answer = send(desk, found, typed)
        assert answer.status_code == status
        assert sentence in text_of(answer)
        assert not typed or typed not in text_of(answer)


def test_no_answer_to_a_teller_and_no_log_holds_a_stubs_code(counter, on_paper, desk, caplog):
    stubs = make.pad(2, of=counter.box_office)
    slip, other = on_paper(now=timezone.now()), on_paper(now=timezone.now())
    answers = [
        send(desk, slip, stubs[0].code),
        send(desk, other, stubs[0].code),
        desk.get("/counter/"),
    ]
    answers += [
        send(desk, other, f"http://x/P/{stubs[1].code}"),
        desk.get(f"/counter/slips/{slip.pk}/"),
    ]
    told = caplog.text + "".join(f"{each.content.decode()}{each.headers}{each.cookies}" for each in answers)
    assert not [stub for stub in stubs if stub.code[:12] in told or codes.format_short(stub.code) in told]


@pytest.mark.parametrize("was_used", [False, True])
def test_the_page_of_a_slip_that_went_over_to_paper_is_the_same_whether_or_not_it_was_used(
    counter, kind, desk, was_used
):
    make.pad(2, of=counter.box_office)
    handed = make.issued(at=counter, kind=kind, channel=SlipChannel.TABLET, now=timezone.now())
    if was_used:
        make.cast(handed, now=timezone.now())
    issuing.reissue_slip(
        slip=handed.slip, channel=SlipChannel.PAPER, reason="x", actor=None, now=timezone.now()
    )
    for address in ("/counter/", f"/counter/slips/{handed.slip.pk}/"):
        assert 'id="stub"' in without_clock(desk.get(address))


# --- the administrator's file -----------------------------------------------------------------------------------------------
@pytest.fixture
def admin(counter):
    made = Client()
    made.force_login(make.user(Role.ADMIN, of=counter.box_office, is_staff=True))
    make.questionnaire()
    return made


PAD = "/admin/surveys/counter/pad/"


def order(admin, office, pages=1, period=None):
    period = period or str(Month.of(timezone.now()))
    return admin.post(PAD, {"office": office.pk, "period": period, "pages": pages})


def test_the_pad_is_one_file_with_a_number_and_a_code_on_each_stub_and_none_on_a_ballot(counter, admin):
    answer = order(admin, counter.office, pages=2)
    assert answer["Content-Type"] == "application/pdf"
    assert "no-store" in answer["Cache-Control"]
    reader = PdfReader(BytesIO(answer.content))
    pages = [page.extract_text() for page in reader.pages]
    assert len(pages) == 2
    stubs = list(Stub.objects.order_by("pk"))
    assert len(stubs) == 4
    for number, stub in enumerate(stubs):
        page = pages[number // 2]
        assert page.count(stub.serial) == 1
    shorts = re.findall(r"[0-9A-Z]{4}(?:-[0-9A-Z]{4}){2}", "".join(pages))
    assert len(shorts) == 4
    assert counter.office.name.upper() in pages[0]
    assert "phieu-giay-" in answer["Content-Disposition"]
    assert reader.metadata.title == "Phiếu giấy có cuống đánh số"


@pytest.mark.skipif(
    not all(map(shutil.which, ("zbarimg", "pdftoppm"))),
    reason="no QR decoder or PDF reader on this machine (apt install zbar-tools poppler-utils)",
)
def test_a_scanner_reads_every_stub_of_the_pad_as_printed(counter, admin, on_paper, tmp_path):
    pdf = tmp_path / "pad.pdf"
    pdf.write_bytes(order(admin, counter.office, pages=2).content)
    subprocess.run(["pdftoppm", "-r", "203", "-mono", pdf, tmp_path / "page"], check=True)
    read = subprocess.run(
        ["zbarimg", "--quiet", "--raw", "--nodbus", *sorted(tmp_path.glob("page*"))],
        check=True,
        capture_output=True,
        text=True,
    ).stdout.split()
    forms = [code for code in read if parse_code(code)]
    stubs = [code for code in read if code not in forms]
    assert (len(forms), len(set(forms)), len(stubs)) == (4, 1, 4)
    now = timezone.now()
    taken = {adopt(on_paper(now=now), code, now=now).serial for code in stubs}
    assert taken == set(Stub.objects.values_list("serial", flat=True))


def test_the_pads_page_is_reached_from_the_counters_and_shows_no_stub(counter, admin):
    assert PAD in text_of(admin.get("/admin/surveys/counter/"))
    make.pad(1, of=counter.box_office)
    page = admin.get(PAD)
    assert "no-store" in page["Cache-Control"]
    assert Stub.objects.get().serial not in text_of(page)


@pytest.mark.parametrize("pages", [0, 101, "x", ""])
def test_a_wrong_number_of_pages_draws_nothing(counter, admin, pages):
    assert order(admin, counter.office, pages=pages).status_code == 422
    assert not Stub.objects.exists()


def test_another_offices_pad_and_a_quarter_for_a_monthly_office_are_refused(counter, admin):
    assert order(admin, make.office()).status_code == 422
    quarter = order(admin, counter.office, period=_quarter())
    assert quarter.status_code == 422
    assert "kiểm phiếu theo tháng" in text_of(quarter)
    assert not Stub.objects.exists()


def test_an_administrator_below_the_box_prints_no_pad_for_it(counter):
    made = Client()
    made.force_login(make.user(Role.ADMIN, of=counter.office, is_staff=True))
    refused = order(made, counter.office)
    assert refused.status_code == 422
    assert "không thuộc phạm vi quản trị" in text_of(refused)


def _quarter() -> str:
    now = timezone.localtime()
    return f"{now.year}-Q{(now.month + 2) // 3}"
