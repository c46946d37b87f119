"""Paper ballots at the counting team's desk: every press, every refusal with its sentence, nobody sees too much."""

import json
import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from surveys import paper
from surveys.box import mixing
from surveys.choices import Role, SlipChannel
from surveys.database import revision
from surveys.models import BoxedBallot, PaperKeying, PaperPile, PileState, Slip
from surveys.periods import local_day, parse_period
from surveys.slips import issuing
from tests import make
from tests.surveys.paper.desks import Desk, press, token_of, words

pytestmark = [pytest.mark.django_db, pytest.mark.one_engine]


# --- the way through -----------------------------------------------------------------------------------------------
@pytest.mark.both_engines
def test_two_people_open_key_compare_confirm_and_the_pile_is_in_the_box():
    desk = Desk(slips=4)
    assert "Mở xấp" in words(desk.one.get("/counting/paper/"))
    assert desk.open().status_code == 303
    desk.key(desk.one, n_1_1=3)
    assert "chờ người thứ hai" in words(desk.one.get(desk.at("paper_pile")))
    desk.key(desk.two, n_1_1=3)
    shown = words(desk.two.get(desk.at("paper_pile")))
    assert "Hai bản khớp" in shown
    assert "Có 01 cuống không có phiếu" in shown

    assert desk.confirm(desk.one).status_code == 303
    assert "Trần Một đã xác nhận" in words(desk.two.get(desk.at("paper_pile")))
    desk.confirm(desk.two)

    done = words(desk.one.get(desk.at("paper_pile")))
    assert "Đã vào hòm phiếu" in done
    assert "Trần Một, Lê Hai" in done
    assert BoxedBallot.objects.count() == 4
    assert "Không còn phiếu giấy nào chưa nhập" in words(desk.one.get("/counting/paper/"))


def test_as_many_other_stubs_are_a_difference_and_the_stubs_are_named():
    desk = Desk()
    desk.open()
    first, second, third = (handed.slip.serial for handed in desk.slips)
    desk.key(desk.one, n_1_1=2, stubs=[first, second])
    desk.key(desk.two, n_1_1=2, stubs=[second, third])

    shown = words(desk.one.get(desk.at("paper_pile")))
    assert "Cuống phiếu 2 2 Lệch" in shown
    assert f"Cuống chỉ có ở bản của Trần Một: {first}" in shown
    assert f"Cuống chỉ có ở bản của Lê Hai: {third}" in shown
    assert "Hài lòng · Hài lòng 2 2 Khớp" in shown


def test_differing_rows_are_shown_and_settled():
    desk = Desk()
    desk.open()
    desk.key(desk.one, n_1_1=3)
    desk.key(desk.two, n_1_1=2, n_0_1=1, stubs=[h.slip.serial for h in desk.slips])

    shown = words(desk.one.get(desk.at("paper_pile")))
    assert "Hai bản còn lệch" in shown
    assert re.search(r"Hài lòng · Hài lòng 3 2 Lệch", shown)
    assert re.search(r"Không hài lòng · Hài lòng 0 1 Lệch", shown)
    assert (
        words(desk.two.get(desk.at("paper_key"))).count("Lệch") == 3
    )  # two fields and the sentence about them
    refused = desk.confirm(desk.one)
    assert refused.status_code == 409
    assert "Hai bản nhập còn lệch" in words(refused)

    desk.key(desk.two, n_1_1=3)
    assert "Hai bản khớp" in words(desk.one.get(desk.at("paper_pile")))


def test_comments_are_typed_once_and_undo_a_confirmation():
    desk = Desk()
    desk.open()
    desk.both_key(n_1_1=3)
    desk.confirm(desk.one)
    sent = {"pattern": ["1-1", ""], "words": ["Cán bộ tận tình, gọi 0912345678", ""]}
    press(desk.two, desk.at("paper_pile"), desk.at("paper_comments"), **sent)

    shown = words(desk.one.get(desk.at("paper_pile")))
    assert "Cán bộ tận tình, gọi ••••••••••" in shown
    assert "đã xác nhận lúc" not in shown


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({"pattern": [""], "words": ["Tốt"]}, "Mỗi ý kiến phải chọn loại phiếu"),
        ({"pattern": ["1-1"], "words": ["x" * 1001]}, "Mỗi ý kiến tối đa 1.000 ký tự."),
    ],
)
def test_comments_that_cannot_be_kept_get_a_sentence_and_stay_typed(sent, sentence):
    desk = Desk()
    desk.open()
    desk.both_key(n_1_1=3)
    answer = press(desk.one, desk.at("paper_pile"), desk.at("paper_comments"), **sent)
    assert answer.status_code == 422
    assert sentence in words(answer)
    assert sent["words"][0] in words(answer)


def test_of_many_comments_the_one_that_cannot_be_kept_is_marked():
    desk = Desk()
    desk.open()
    desk.both_key(n_1_1=3)
    sent = {"pattern": ["1-1", "", "1-1"], "words": ["Tốt", "Chờ lâu", "x" * 1001]}
    page = press(desk.one, desk.at("paper_pile"), desk.at("paper_comments"), **sent).content.decode()
    wrong = re.findall(r'<(?:select|textarea)[^>]*id="([a-z0-9-]+)"[^>]*aria-invalid="true"', page)
    assert wrong == ["pattern-2", "words-3"]


def test_comments_beside_a_confirmation_are_kept_first_and_confirmed_once_they_were_read():
    desk = Desk()
    desk.open()
    desk.both_key(n_1_1=3)
    assert 'form="comments"' in desk.one.get(desk.at("paper_pile")).content.decode()
    typed = {"pattern": ["1-1", "1-1"], "words": ["Tốt", "Chờ lâu"]}
    desk.confirm(desk.one, **typed)
    shown = words(desk.one.get(desk.at("paper_pile")))
    assert "Đã ghi 02 ý kiến, chưa xác nhận." in shown
    assert "đã xác nhận lúc" not in shown
    desk.confirm(desk.one, **typed)
    assert "đã xác nhận lúc" in words(desk.one.get(desk.at("paper_pile")))


def test_comments_of_both_stay_where_each_typed_on_a_page_of_before():
    desk = Desk()
    desk.open()
    desk.both_key(n_1_1=3)
    seen = desk.seen_by(desk.one)
    other = {"pattern": ["1-1"], "words": ["Ghế cứng"]}
    press(desk.two, desk.at("paper_pile"), desk.at("paper_comments"), **other)
    answer = press(
        desk.one, desk.at("paper_pile"), desk.at("paper_confirm"), seen=seen, pattern=["1-1"], words=["Tốt"]
    )
    assert answer.status_code == 409
    assert re.findall(r"<textarea[^>]*>([^<]+)<", answer.content.decode())[:2] == ["Ghế cứng", "Tốt"]
    assert json.loads(desk.pile.comments) == [["1-1", "Ghế cứng"]]


def test_more_comments_than_sheets_get_a_sentence():
    desk = Desk()
    desk.open()
    desk.both_key(n_1_1=3)
    sent = {"pattern": ["0-0"], "words": ["Tốt"]}
    answer = press(desk.one, desk.at("paper_pile"), desk.at("paper_comments"), **sent)
    assert answer.status_code == 409
    assert "nhiều ý kiến hơn số phiếu" in words(answer)


# --- a team from elsewhere -------------------------------------------------------------------------------------------
def lent_to(desk, *, days=0):
    """A colleague of another office's counting team, lent to this one from today on."""
    neighbour = make.user(Role.COUNTING, of=make.office(), last_name="Bùi", first_name="Ba")
    make.lent(neighbour, to=desk.office, on=local_day(make.now()), days=days)
    return desk.log_in(neighbour)


@pytest.mark.both_engines
def test_a_lent_colleague_and_one_of_the_office_settle_a_pile_blind_to_each_other():
    desk = Desk()
    lent = lent_to(desk)
    shown = words(lent.get("/counting/paper/"))
    assert f"Ông/bà được cử kiểm phiếu cho {desk.office.short_name}" in shown
    assert desk.open(lent).status_code == 303
    desk.key(desk.one, n_1_1=3)
    assert "Đối chiếu" not in words(lent.get(desk.at("paper_pile")))
    assert 'value="3"' not in lent.get(desk.at("paper_key")).content.decode()
    desk.key(lent, n_1_1=3)
    desk.confirm(desk.one)
    desk.confirm(lent)

    assert BoxedBallot.objects.count() == 3
    assert (desk.pile.first, desk.pile.second) == (desk.one.user, lent.user)


def test_two_lent_colleagues_settle_the_paper_of_an_office_without_a_team():
    desk = Desk()
    desk.one, desk.two = lent_to(desk), lent_to(desk)
    desk.open()
    desk.both_key(n_1_1=3)
    desk.confirm(desk.one)
    desk.confirm(desk.two)
    assert desk.pile.state == PileState.ENTERED


def test_a_lent_colleague_tells_the_paper_of_both_offices_apart():
    desk = Desk()
    lent = lent_to(desk)
    at_home = make.counter(desk.counter.code, of=make.department(of=lent.user.office))
    make.issued(at=at_home, kind=desk.kind, channel=SlipChannel.PAPER, now=make.now())

    shown = words(lent.get("/counting/paper/"))
    assert f"{desk.office.short_name}, {desk.counter}" in shown
    assert f"{lent.user.office.short_name}, {at_home}" in shown
    desk.open(lent)
    assert desk.pile.office == desk.office


@pytest.mark.parametrize("end", ["yesterday", "called back"])
def test_a_colleague_whose_time_is_over_finds_the_pile_no_more(end):
    desk = Desk()
    lent = lent_to(desk, days=1)
    desk.open(lent)
    desk.key(lent, n_1_1=3)
    today = local_day(make.now())
    over = {"revoked_at": make.now()} if end == "called back" else {"valid_to": today - timedelta(days=1)}
    lent.user.delegations.update(valid_from=today - timedelta(days=9), **over)

    assert lent.get(desk.at("paper_pile")).status_code == 404
    assert desk.one.get(desk.at("paper_pile")).status_code == 200


# --- what is typed ---------------------------------------------------------------------------------------------------
def test_half_a_count_is_kept_and_comes_back_as_serials():
    desk = Desk()
    desk.open()
    answer = desk.key(desk.one, stubs=[desk.slips[0].code], step="draft", total="", n_1_1=7)
    assert answer.status_code == 303
    page = desk.one.get(desk.at("paper_pile")).content.decode()
    assert f">{desk.slips[0].slip.serial}</textarea>" in page
    assert re.search(r'id="id_n-1-1"\s+value="7"', page)
    assert desk.slips[0].code not in page
    assert "Nhập tiếp" in words(desk.one.get("/counting/paper/"))


def test_the_hand_count_must_equal_the_rows():
    desk = Desk()
    desk.open()
    answer = desk.key(desk.one, n_1_1=2, n_TORN=1, total=4)
    assert answer.status_code == 422
    assert "Đếm tay được 4 tờ nhưng các dòng cộng lại là 3 tờ" in words(answer)
    assert "gõ tổng số tờ" in words(desk.key(desk.one, n_1_1=3, total=""))
    assert not PaperKeying.objects.exists()


@pytest.mark.parametrize("typed", ["-1", "ba", "10000", "1.5"])
def test_a_field_that_is_no_count_gets_a_sentence(typed):
    desk = Desk()
    desk.open()
    answer = desk.key(desk.one, total=3, n_1_1=typed)
    assert answer.status_code == 422
    assert "Xin gõ một số từ 0 đến 9.999." in words(answer)


def test_more_sheets_than_stubs_get_the_sentence_of_the_minutes():
    desk = Desk(slips=2)
    desk.open()
    answer = desk.key(desk.one, n_1_1=3)
    assert answer.status_code == 422
    assert "Số phiếu trong hòm (3) vượt số cuống phiếu (2) là 01 phiếu" in words(answer)
    assert "lập biên bản riêng" in words(answer)


def test_each_refused_stub_is_named_under_its_sentence_and_what_was_typed_stays():
    desk = Desk()
    other = make.issued(
        at=make.counter(of=desk.counter.office), kind=desk.kind, channel=SlipChannel.PAPER, now=make.now()
    )
    earlier = make.issued(
        at=desk.counter, kind=desk.kind, channel=SlipChannel.PAPER, now=make.now() - timedelta(days=62)
    )
    cancelled, digital = desk.issue(), desk.issue(SlipChannel.SLIP)
    issuing.cancel_slip(slip=cancelled.slip, reason="x", actor=make.teller(at=desk.counter), now=make.now())
    desk.open()
    good = desk.slips[0].slip.serial
    serials = [handed.slip.serial for handed in (other, earlier, cancelled, digital)]
    answer = desk.key(desk.one, stubs=[good, good, "KHONGCO", *serials], n_1_1=1)

    said = words(answer)
    assert answer.status_code == 422
    assert "Có 06 cuống không nhập được; chưa ghi gì." in said
    assert "Không có trong sổ phát phiếu của đơn vị: KHONGCO" in said
    assert f"Là phiếu của quầy khác: {serials[0]}" in said
    assert f"Là phiếu của kỳ khác: {serials[1]}" in said
    assert f"Nhập hai lần trong xấp này: {good}" in said
    assert re.search(
        rf"Không dùng được \(.+\); xin để riêng và ghi vào biên bản: {serials[2]}, {serials[3]}", said
    )
    assert all(serial in answer.content.decode().split("</textarea>")[0] for serial in serials)
    assert not PaperKeying.objects.exists()


def test_foreign_sheets_are_compared_and_stand_on_the_finished_pile():
    desk = Desk()
    desk.open()
    desk.both_key(n_1_1=3, foreign=2)
    for browser in (desk.one, desk.two):
        desk.confirm(browser)
    assert "Tờ không phải của đơn vị 2" in words(desk.one.get(desk.at("paper_pile")))


def test_a_slip_cancelled_after_keying_stops_the_confirmation_with_its_serial():
    desk = Desk()
    desk.open()
    desk.both_key(n_1_1=3)
    slip = desk.slips[0].slip
    desk.confirm(desk.one)
    issuing.cancel_slip(slip=slip, reason="x", actor=make.teller(at=desk.counter), now=make.now())
    answer = desk.confirm(desk.two)
    assert answer.status_code == 409
    assert "Có 01 cuống không nhập được" in words(answer)
    assert slip.serial in words(answer)


# --- who sees what ---------------------------------------------------------------------------------------------------
def test_no_page_shows_one_count_before_the_other_is_done():
    desk = Desk(slips=9)
    desk.open()
    desk.key(desk.one, n_1_1=7, n_0_0=2)
    for address in (desk.at("paper_pile"), desk.at("paper_key")):
        page = desk.two.get(address).content.decode()
        assert desk.slips[0].slip.serial not in page
        assert not re.search(r'value="[1-9]\d*" inputmode', page)
        assert "Sửa phần của tôi" not in page


def test_a_third_member_is_told_that_two_others_key_the_pile():
    desk = Desk()
    desk.open()
    desk.both_key(n_1_1=3)
    third = desk.log_in(make.user(Role.COUNTING, of=desk.office))
    assert "Hai thành viên khác đang nhập" in words(third.get("/counting/paper/"))
    page = third.get(desk.at("paper_pile"))
    assert "Xấp này do thành viên khác nhập" in words(page)
    assert "Hài lòng · Hài lòng" not in words(page)
    answer = desk.key(third, n_1_1=3)
    assert answer.status_code == 409
    assert "Xấp này đã có hai người khác nhập" in words(answer)
    assert "Chỉ hai người đã nhập xấp này" in words(desk.confirm(third))


def test_one_person_alone_is_told_that_two_are_needed():
    desk = Desk()
    desk.open()
    desk.key(desk.one, n_1_1=3)
    desk.key(desk.one, n_1_1=3)
    answer = press(desk.one, desk.at("paper_key"), desk.at("paper_confirm"), seen="")
    assert answer.status_code == 409
    assert "Cần hai người khác nhau nhập xong xấp này" in words(answer)
    assert not BoxedBallot.objects.exists()


@pytest.mark.both_engines
def test_the_same_person_confirming_twice_is_still_one_confirmation():
    desk = Desk()
    desk.open()
    desk.both_key(n_1_1=3)
    for _press in range(2):
        assert desk.confirm(desk.one).status_code in (303, 409)
    assert not BoxedBallot.objects.exists()
    assert "Còn chờ người thứ hai xác nhận" in words(desk.one.get(desk.at("paper_pile")))


@pytest.mark.parametrize("role", [Role.TELLER, Role.LEADERSHIP, Role.INSPECTOR, Role.HEAD_OFFICE, Role.ADMIN])
def test_every_other_role_is_refused(role):
    desk = Desk()
    desk.open()
    stranger = desk.log_in(make.user(role, of=desk.counter.office, at=desk.counter))
    for address in ("/counting/paper/", desk.at("paper_pile"), desk.at("paper_key")):
        assert stranger.get(address).status_code == 403


def test_whoever_is_a_teller_as_well_is_refused():
    desk = Desk()
    both = desk.log_in(make.user(Role.COUNTING, Role.TELLER, of=desk.office, at=desk.counter))
    assert both.get("/counting/paper/").status_code == 403


def test_nobody_gets_in_without_a_login():
    desk = Desk()
    desk.open()
    for address in ("/counting/paper/", desk.at("paper_pile"), desk.at("paper_key")):
        assert Client().get(address).status_code == 302


def test_another_offices_pile_is_not_there():
    desk, other = Desk(), Desk()
    desk.open()
    stranger = other.one
    for name in ("paper_pile", "paper_key"):
        assert stranger.get(desk.at(name)).status_code == 404
    for name in ("paper_key", "paper_comments", "paper_confirm", "paper_give_up"):
        assert press(stranger, "/counting/paper/", desk.at(name), reason="x").status_code == 404
    facts = {"counter": desk.counter.code, "period": desk.slips[0].slip.period}
    assert press(stranger, "/counting/paper/", reverse("surveys:paper_open"), **facts).status_code == 404


@pytest.mark.parametrize("name", ["paper_open", "paper_comments", "paper_confirm", "paper_give_up"])
def test_what_changes_something_is_asked_for_by_post_only(name):
    desk = Desk()
    desk.open()
    address = reverse("surveys:paper_open") if name == "paper_open" else desk.at(name)
    assert desk.one.get(address).status_code == 405


def test_pages_are_never_stored():
    desk = Desk()
    desk.open()
    for address in ("/counting/paper/", desk.at("paper_pile")):
        assert "no-store" in desk.one.get(address)["Cache-Control"]


# --- sent twice, left half-way, closed -------------------------------------------------------------------------------
@pytest.mark.both_engines
def test_every_press_sent_twice_is_done_once():
    desk = Desk()
    assert desk.open()["Location"] == desk.open(desk.two)["Location"]
    desk.both_key(n_1_1=3)
    desk.both_key(n_1_1=3)
    seen = paper.compare(pile=desk.pile, by=desk.one.user).digest
    token = {each: token_of(each.get(desk.at("paper_pile"))) for each in (desk.one, desk.two)}
    for browser in (desk.one, desk.one, desk.two, desk.two, desk.one):
        sent = {"seen": seen, "csrfmiddlewaretoken": token[browser]}
        assert browser.post(desk.at("paper_confirm"), sent).status_code == 303
    assert PaperPile.objects.count() == 1
    assert BoxedBallot.objects.count() == 3


def test_an_abandoned_pile_is_given_up_with_a_reason_and_opened_anew():
    desk = Desk()
    desk.open()
    desk.key(desk.one, n_1_1=3, step="draft")
    nameless = press(desk.two, desk.at("paper_pile"), desk.at("paper_give_up"), reason=" ")
    assert nameless.status_code == 422
    assert "Xin gõ lý do bỏ xấp này." in words(nameless)
    for whose in (desk.one, desk.two):  # one has begun to count, the other has not
        long = press(whose, desk.at("paper_pile"), desk.at("paper_give_up"), reason="Nhầm xấp." * 30)
        assert (long.status_code, "Lý do dài quá 200 ký tự" in words(long)) == (422, True)
        assert f'value="{"Nhầm xấp." * 30}"' in long.content.decode()
        assert '<details class="give-up no-print" open' in long.content.decode()

    answer = press(desk.two, desk.at("paper_pile"), desk.at("paper_give_up"), reason="Nhầm xấp")
    assert answer.status_code == 303
    assert "chưa phiếu nào vào hòm phiếu" in words(desk.two.get("/counting/paper/"))
    assert desk.pile.state == PileState.GIVEN_UP
    assert "Đã bỏ" in words(desk.one.get(desk.at("paper_pile")))
    late = press(desk.one, "/counting/paper/", desk.at("paper_key"), step="draft")
    assert late.status_code == 409
    assert "đã vào hòm phiếu hoặc đã bỏ" in words(late)
    desk.open()
    assert desk.pile.state == PileState.OPEN


def test_a_closed_period_is_refused_with_the_way_out():
    desk = Desk()
    period = parse_period(desk.slips[0].slip.period)
    token = token_of(desk.one.get("/counting/paper/"))
    issuing.expire_slips(office=desk.office, period=period)
    mixing.mix(office=desk.office, period=period, now=make.now(), closing=True)
    facts = {"office": desk.office.code, "counter": desk.counter.code, "period": str(period)}
    facts["csrfmiddlewaretoken"] = token
    answer = desk.one.post(reverse("surveys:paper_open"), facts)
    assert answer.status_code == 409
    assert "nhập bằng xấp muộn, mở ở trang kiểm phiếu của kỳ" in words(answer)


def test_nonsense_for_a_period_is_not_there():
    desk = Desk()
    facts = {"counter": desk.counter.code, "period": "2026-13"}
    answer = press(desk.one, "/counting/paper/", reverse("surveys:paper_open"), **facts)
    assert answer.status_code == 404


def test_the_blank_ballot_bears_no_code_and_no_serial_and_every_criterion_twice():
    desk = Desk()
    page = desk.log_in(make.teller(at=desk.counter)).get(reverse("surveys:paper_sheet"))
    said = words(page)
    assert page.status_code == 200
    assert said.count("1. Tiêu chí attitude") == said.count("2. Tiêu chí time") == 2
    assert not any(h.slip.serial in said or h.code in said for h in desk.slips)
    assert desk.log_in(make.user(Role.COUNTING)).get(reverse("surveys:paper_sheet")).status_code == 403
    assert Client().get(reverse("surveys:paper_sheet")).status_code == 302


def test_the_list_and_the_keyed_page_ask_the_same_number_of_queries_however_many_there_are():
    desk = Desk(slips=1)

    def queries(address) -> int:
        revision.store.forget()
        with CaptureQueriesContext(connection) as asked:
            assert desk.one.get(address).status_code == 200
        return len(asked)

    desk.open()
    desk.key(desk.one, n_1_1=1)
    queries("/counting/paper/")
    before = queries("/counting/paper/"), queries(desk.at("paper_key"))
    desk.slips += [desk.issue() for _ in range(3)]
    desk.key(desk.one, n_1_1=4)
    first = desk.at("paper_key")
    for _ in range(2):
        counter = make.counter(of=desk.counter.office)
        handed = make.issued(at=counter, kind=desk.kind, channel=SlipChannel.PAPER, now=make.now())
        paper.open_pile(
            office=desk.office,
            counter=counter,
            period=issuing.period_of(handed.slip.issued_at, quarterly=False),
            by=desk.two.user,
            now=make.now(),
        )
    queries("/counting/paper/")  # what was said of the last press is read, once
    assert (queries("/counting/paper/"), queries(first)) == before
    assert Slip.objects.count() == 6
