"""The teller's page: two keystrokes, one ballot each, and not a word about who answered."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from surveys.accounts import tablets
from surveys.choices import Outcome, Role, SlipChannel
from surveys.counter import console
from surveys.crypto import codes
from surveys.database import revision
from surveys.models import CounterKey, Organisation, Slip, SlipEvent, Tablet, Transaction
from surveys.periods import local_day
from surveys.reference import errors
from surveys.slips import issuing
from tests import make
from tests.surveys.counter.console_page import press, said, text_of, without_clock

pytestmark = [pytest.mark.django_db, pytest.mark.one_engine]

CODE_LIKE = re.compile(rf"[{codes.ALPHABET}]{{12,}}")


@pytest.fixture
def counter():
    make.questionnaire()
    return make.counter()


@pytest.fixture
def kind():
    return make.procedure("6", limit=30)


@pytest.fixture
def desk_of(counter):
    """A logged-in browser of a teller at the counter, tokens checked as in life."""

    def log_in(user=None):
        browser = Client(enforce_csrf_checks=True)
        browser.force_login(user or make.teller(at=counter))
        return browser

    return log_in


def start(browser, kind, **fields):
    return press(browser, "/counter/start", procedure=kind.code, **fields)


def finish(browser, transaction, outcome=Outcome.RESOLVED, **options):
    return press(browser, f"/counter/transactions/{transaction.pk}/finish", outcome=outcome, **options)


# --- the walk -------------------------------------------------------------------------------------------------
@pytest.mark.both_engines
def test_one_press_starts_a_transaction_and_one_ends_it_with_a_slip_for_the_tablet(counter, kind, desk_of):
    make_tablet(counter)
    browser = desk_of()
    answer = start(browser, kind)
    running = Transaction.objects.get()
    assert (answer.status_code, answer["Location"]) == (303, f"/counter/#t-{running.pk}")
    assert (running.counter, running.procedure, running.finished_at) == (counter, kind, None)
    assert running.reference.startswith(f"{counter.code}-")

    answer = finish(browser, running)

    assert (answer.status_code, answer["Location"]) == (303, "/counter/")
    slip = Slip.objects.get()
    assert (slip.transaction_id, slip.channel) == (running.pk, SlipChannel.TABLET)
    assert f"Đã phát phiếu {slip.serial} lên máy tính bảng." in said(browser.get("/counter/"))


@pytest.mark.parametrize("outcome", Outcome)
def test_every_outcome_gets_its_ballot(counter, kind, desk_of, outcome):
    browser = desk_of()
    start(browser, kind)
    finish(browser, Transaction.objects.get(), outcome)
    assert Slip.objects.get().transaction.outcome == outcome


def test_start_and_end_are_measured_by_the_server(counter, kind, desk_of):
    browser = desk_of()
    before = timezone.now()
    start(browser, kind, started_at="2020-01-01T00:00")
    finish(browser, Transaction.objects.get())
    done = Transaction.objects.get()
    assert before <= done.started_at <= done.finished_at <= timezone.now()


def keys_of(browser) -> list[tuple[str, str]]:
    return re.findall(r'value="(\w+)"\s+data-key="(\d)"', browser.get("/counter/").content.decode())


def test_a_key_starts_the_same_procedure_however_often_another_is_used(counter, desk_of):
    first, second = make.procedure("1"), make.procedure("2")
    browser = desk_of()
    before = keys_of(browser)
    for _each in range(3):
        make.issued(at=counter, kind=second, now=timezone.now())
    assert keys_of(browser) == before == [("1", "1"), ("2", "2")]
    assert first.pk != second.pk


def test_a_key_is_the_counters_own(counter, desk_of):
    first, second = make.procedure("1"), make.procedure("2")
    CounterKey.objects.create(counter=counter, digit=4, procedure=second)
    CounterKey.objects.create(counter=make.counter(), digit=7, procedure=first)
    assert keys_of(desk_of()) == [("2", "4")]
    assert 'value="1"' in desk_of().get("/counter/").content.decode()  # reached without a key


def test_a_procedure_that_is_not_in_force_keeps_its_key_free(counter, desk_of):
    first, _second = make.procedure("1"), make.procedure("2")
    first.versions.update(valid_to=make.LONG_AGO)
    assert keys_of(desk_of()) == [("2", "2")]


def test_a_change_of_keys_is_announced_for_a_week(counter, desk_of):
    make.procedure("1")
    for days, is_told in ((0, True), (6, True), (7, False)):
        counter.keys_changed_on = local_day(timezone.now()) - timedelta(days=days)
        counter.save()
        assert ("đã đặt lại phím" in desk_of().get("/counter/").content.decode()) is is_told


def test_a_tenth_procedure_has_a_button_but_no_key(counter, desk_of):
    for number in range(10):
        make.procedure(str(number))
    text = desk_of().get("/counter/").content.decode()
    assert text.count('class="procedure"') == 10
    assert re.findall(r'data-key="(\d+)"', text) == list("123456789")


def test_the_last_kind_is_the_one_that_is_repeated(counter, kind, desk_of):
    make.procedure("7")
    browser = desk_of()
    assert "data-repeat" not in text_of(browser.get("/counter/"))
    start(browser, kind)
    assert re.search(r'value="6"[^>]*data-repeat', text_of(browser.get("/counter/")))


def test_the_queue_belongs_to_the_counter_so_a_colleague_may_end_what_one_began(counter, kind, desk_of):
    morning, afternoon = desk_of(), desk_of()
    start(morning, kind)
    assert kind.short_name in text_of(afternoon.get("/counter/"))
    assert finish(afternoon, Transaction.objects.get()).status_code == 303


@pytest.mark.parametrize(
    ("minutes", "state"), [(0, "early"), (23, "early"), (24, "soon"), (30, "soon"), (31, "late")]
)
def test_thirty_minutes_are_early_until_the_last_fifth_then_soon_then_late(minutes, state):
    begun = make.NOW
    assert (
        console.due(begun, begun + timedelta(minutes=30), now=begun + timedelta(minutes=minutes)).state
        == state
    )


def test_a_limit_in_days_comes_soon_in_its_last_hour(counter):
    begun, end = make.at(11, 9), make.at(12, 17)
    assert console.due(begun, end, now=end - timedelta(minutes=61)).state == "early"
    assert console.due(begun, end, now=end - timedelta(minutes=60)).state == "soon"
    assert "trễ 3 giờ" in console.due(begun, end, now=end + timedelta(hours=3)).words


def test_a_procedure_without_a_limit_is_neither_early_nor_late():
    assert console.due(make.NOW, None, now=make.NOW).state == ""


# --- whose dossier it is ----------------------------------------------------------------------------------------
@pytest.mark.both_engines
def test_the_customers_name_is_found_without_diacritics(counter, kind, desk_of):
    school = Organisation.objects.create(office=counter.box_office, code="KH1", name="Trường THCS Lê Quý Đôn")
    Organisation.objects.create(office=make.office(), code="KH2", name="Trường THCS Lê Quý Đôn")
    browser = desk_of()
    found = browser.get("/counter/organisations", {"q": "thcs le quy don"}).json()
    assert found == {"organisations": [{"code": "KH1", "name": "Trường THCS Lê Quý Đôn"}]}
    start(browser, kind, organisation="truong thcs le quy don")
    assert Transaction.objects.get().organisation == school


def test_part_of_one_name_is_enough_and_part_of_two_is_not(counter, kind, desk_of):
    for code, name in (("KH1", "Trường THCS Lê Quý Đôn"), ("KH2", "Trường THCS Cù Chính Lan")):
        Organisation.objects.create(office=counter.box_office, code=code, name=name)
    browser = desk_of()
    refused = start(browser, kind, organisation="Trường THCS", dossier="HS-7")
    assert refused.status_code == 422
    assert "Có nhiều tổ chức khớp" in text_of(refused)
    assert 'value="Trường THCS"' in text_of(refused)
    assert 'value="HS-7"' in text_of(refused)
    assert not Transaction.objects.exists()
    start(browser, kind, organisation="chính lan")
    assert Transaction.objects.get().organisation.code == "KH2"


def test_an_unknown_name_is_refused_and_kept_as_it_was_typed(counter, kind, desk_of):
    refused = start(desk_of(), kind, organisation="Công ty <b>Lạ</b>")
    assert refused.status_code == 422
    assert "Chưa có tổ chức nào tên như vậy" in text_of(refused)
    assert "&lt;b&gt;Lạ" in refused.content.decode()
    assert not Transaction.objects.exists()


def test_nothing_typed_suggests_nothing(counter, desk_of):
    Organisation.objects.create(office=counter.box_office, code="KH1", name="Trường THCS")
    assert desk_of().get("/counter/organisations").json() == {"organisations": []}


# --- sent twice ---------------------------------------------------------------------------------------------------
@pytest.mark.both_engines
def test_a_start_sent_twice_starts_once_and_a_fresh_page_starts_another(counter, kind, desk_of):
    browser = desk_of()
    page = browser.get("/counter/")
    answers = [press(browser, "/counter/start", page=page, procedure=kind.code) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [303, 303]
    assert Transaction.objects.count() == 1
    start(browser, kind)
    assert Transaction.objects.count() == 2


def test_the_same_page_starts_another_procedure_beside_the_first(counter, kind, desk_of):
    browser, other = desk_of(), make.procedure("9")
    page = browser.get("/counter/")
    for each in (kind, other):
        press(browser, "/counter/start", page=page, procedure=each.code)
    assert Transaction.objects.count() == 2


@pytest.mark.both_engines
def test_an_end_sent_twice_issues_one_slip_and_leaves_the_tablets_code_alone(counter, kind, desk_of):
    browser = desk_of()
    start(browser, kind)
    running = Transaction.objects.get()
    page = browser.get("/counter/")
    finish(browser, running, page=page)
    before = Slip.objects.get()
    again = finish(browser, running, page=page)
    assert again.status_code == 303
    after = Slip.objects.get()
    assert (after.code_mac, after.serial) == (before.code_mac, before.serial)
    assert not SlipEvent.objects.exists()


@pytest.mark.both_engines
def test_another_outcome_for_what_is_finished_is_refused(counter, kind, desk_of):
    browser = desk_of()
    start(browser, kind)
    running = Transaction.objects.get()
    finish(browser, running)
    refused = finish(browser, running, Outcome.REFUSED)
    assert refused.status_code == 409
    assert "đã được ghi với nội dung khác" in text_of(refused)
    assert Transaction.objects.get().outcome == Outcome.RESOLVED


@pytest.mark.both_engines
def test_a_reissue_sent_twice_makes_one_fresh_code(counter, desk_of):
    slip = issued_at(counter).slip
    browser, address = desk_of(), f"/counter/slips/{slip.pk}/"
    page = browser.get(address)
    seen = re.search(r'name="seen" value="(\d+)"', page.content.decode())[1]
    answers = [
        press(browser, f"{address}reissue", page=page, usual="Máy tính bảng tắt", seen=seen) for _ in range(2)
    ]
    assert [answer.status_code for answer in answers] == [303, 303]
    assert SlipEvent.objects.count() == 1


# --- what stands in the way ----------------------------------------------------------------------------------------
@pytest.mark.both_engines
def test_a_second_supplement_of_a_dossier_is_refused_and_the_transaction_runs_on(counter, kind, desk_of):
    browser = desk_of()
    for _ in range(2):
        start(browser, kind, dossier="HS-1")
        refused = finish(browser, Transaction.objects.running().get(), Outcome.SUPPLEMENT)
    assert refused.status_code == 409
    assert "chỉ được yêu cầu bổ sung một lần" in text_of(refused)
    assert Transaction.objects.running().count() == 1
    assert Slip.objects.count() == 1


def test_a_closed_counter_starts_nothing(counter, kind, desk_of):
    browser = desk_of()
    counter.closed_on = make.LONG_AGO
    counter.save()
    refused = start(browser, kind)
    assert refused.status_code == 409
    assert "Quầy này đã đóng" in text_of(refused)


def test_a_procedure_out_of_force_is_not_started(counter, desk_of):
    gone = make.procedure("5")
    gone.versions.update(valid_to=make.LONG_AGO)
    refused = start(desk_of(), gone)
    assert refused.status_code == 422
    assert "không có hiệu lực" in text_of(refused)


def test_without_a_questionnaire_nothing_is_finished_either(kind, desk_of):
    make.questionnaire().delete()
    browser = desk_of()
    start(browser, kind)
    refused = finish(browser, Transaction.objects.get())
    assert refused.status_code == 409
    assert "Chưa có mẫu phiếu" in text_of(refused)
    assert Transaction.objects.running().count() == 1


@pytest.mark.parametrize("fields", [{}, {"procedure": "no-such"}])
def test_a_start_without_a_known_procedure_is_refused(counter, desk_of, fields):
    assert press(desk_of(), "/counter/start", **fields).status_code == 422
    assert not Transaction.objects.exists()


def test_an_outcome_nobody_knows_is_refused(counter, kind, desk_of):
    browser = desk_of()
    start(browser, kind)
    refused = finish(browser, Transaction.objects.get(), "maybe")
    assert refused.status_code == 422
    assert "Xin chọn một trong ba kết quả." in text_of(refused)


def test_every_fact_of_issuing_has_its_sentence():
    from surveys.counter.messages import SENTENCES

    assert set(SENTENCES) == set(errors.IssuingRefused.__subclasses__())


# --- cancel and hand out again ---------------------------------------------------------------------------------------
@pytest.mark.parametrize("was_used", [False, True])
def test_cancelling_reads_the_same_whether_or_not_the_slip_was_used(counter, desk_of, was_used):
    handed = issued_at(counter)
    if was_used:
        make.cast(handed, now=timezone.now())
    browser, slip = desk_of(), handed.slip
    answer = press(
        browser, f"/counter/slips/{slip.pk}/cancel", on=f"/counter/slips/{slip.pk}/", words="Ghi nhầm"
    )
    assert (answer.status_code, answer["Location"]) == (303, "/counter/")
    page = browser.get("/counter/")
    assert f"Đã ghi yêu cầu hủy phiếu {slip.serial}." in said(page)
    assert "đã yêu cầu hủy" in text_of(page)
    refused = press(
        browser, f"/counter/slips/{slip.pk}/reissue", on=f"/counter/slips/{slip.pk}/", words="Lại"
    )
    assert refused.status_code == 409
    assert "đã yêu cầu hủy, hoặc đã quá hạn" in text_of(refused)


@pytest.mark.parametrize("was_used", [False, True])
def test_handing_out_again_reads_the_same_whether_or_not_the_slip_was_used(counter, desk_of, was_used):
    handed = issued_at(counter)
    if was_used:
        make.cast(handed, now=timezone.now())
    browser, slip = desk_of(), handed.slip
    answer = press(
        browser, f"/counter/slips/{slip.pk}/reissue", on=f"/counter/slips/{slip.pk}/", words="Máy tắt"
    )
    assert answer.status_code == 303
    assert f"Đã phát phiếu {slip.serial}, nhưng máy tính bảng của quầy chưa ghép máy" in said(
        browser.get("/counter/")
    )
    assert SlipEvent.objects.get().reason == "Máy tắt"


@pytest.mark.parametrize("verb", ["cancel", "reissue"])
@pytest.mark.parametrize(
    ("words", "sentence"), [("", "Xin chọn hoặc gõ lý do."), ("x" * 201, "dài quá 200 ký tự")]
)
def test_a_reason_is_asked_for_and_kept_when_it_is_too_long(counter, desk_of, verb, words, sentence):
    slip = issued_at(counter).slip
    refused = press(desk_of(), f"/counter/slips/{slip.pk}/{verb}", words=words)
    assert refused.status_code == 422
    assert sentence in text_of(refused)
    assert f'value="{words}"' in text_of(refused)
    assert not SlipEvent.objects.exists()


# --- nobody learns who answered ------------------------------------------------------------------------------------------
@pytest.mark.both_engines
def test_every_page_of_the_teller_is_the_same_before_and_after_a_cast(counter, kind, desk_of):
    browser = desk_of()
    handed, other = issued_at(counter, kind), issued_at(counter, kind)
    start(browser, kind)
    addresses = [
        "/counter/",
        "/counter/slips/",
        f"/counter/slips/{handed.slip.pk}/",
        f"/counter/slips/{other.slip.pk}/",
        "/counter/organisations?q=a",
    ]
    before = [without_clock(browser.get(address)) for address in addresses]
    make.cast(handed, attitude=0, now=timezone.now(), comment="Chờ lâu")
    after = [without_clock(browser.get(address)) for address in addresses]
    assert after == before


@pytest.mark.both_engines
def test_the_queries_of_the_page_never_name_a_slips_state_or_the_spent(
    counter, kind, desk_of, django_assert_max_num_queries
):
    browser = desk_of()
    handed = issued_at(counter, kind)
    start(browser, kind)
    with django_assert_max_num_queries(25) as asked:
        browser.get("/counter/")
    said_in_sql = " ".join(query["sql"] for query in asked.captured_queries)
    assert handed.slip.pk
    assert not re.search(
        r'slip"\."state|surveys_spent|boxedballot|surveys_ballot|surveys_receipt', said_in_sql
    )


def test_the_plain_code_is_in_no_answer_to_a_teller_and_in_no_log(
    counter, kind, desk_of, caplog, monkeypatch
):
    drawn = []
    draw = codes.new_code
    monkeypatch.setattr(codes, "new_code", lambda: drawn.append(draw()) or drawn[-1])
    browser = desk_of()
    answers = [start(browser, kind)]
    answers.append(finish(browser, Transaction.objects.get()))
    slip = Slip.objects.get()
    answers.append(press(browser, f"/counter/slips/{slip.pk}/reissue", words="Máy tắt"))
    answers += [browser.get("/counter/"), browser.get(f"/counter/slips/{slip.pk}/")]
    told = (
        "".join(f"{answer.content.decode()}{answer.headers}{answer.cookies}" for answer in answers)
        + caplog.text
    )
    assert len(drawn) == 2
    assert not [code for code in drawn if code[:12] in told]


def test_the_days_list_names_serial_and_request_and_is_paged(counter, kind, desk_of):
    for _ in range(26):
        issued_at(counter, kind)
    browser = desk_of()
    console_page = text_of(browser.get("/counter/"))
    assert len(re.findall(r"<td>\s*phát ra\s*</td>", console_page)) == 10
    assert "Xem đủ 26 phiếu" in console_page
    page = text_of(browser.get("/counter/slips/"))
    assert len(re.findall(r"<td>\s*phát ra\s*</td>", page)) == 25
    assert "1–25 trong 26" in page
    assert len(re.findall(r"<td>\s*phát ra\s*</td>", text_of(browser.get("/counter/slips/?page=2")))) == 1


@pytest.mark.both_engines
def test_a_slip_of_any_day_is_found_by_the_beginning_of_its_serial_and_only_at_its_counter(
    counter, kind, desk_of
):
    old = make.issued(at=counter, kind=kind, now=timezone.now() - timedelta(days=3)).slip
    elsewhere = issued_at(make.counter("Q9"), kind).slip
    browser = desk_of()
    assert old.serial not in text_of(browser.get("/counter/slips/"))
    found = text_of(browser.get("/counter/slips/", {"q": f" {old.serial[:4].lower()} "}))
    assert f"/counter/slips/{old.pk}/" in found
    others = text_of(browser.get("/counter/slips/", {"q": elsewhere.serial}))
    assert "Quầy này không có phiếu nào mang số ấy." in others
    assert str(elsewhere.pk) not in others


# --- ways that cannot work ---------------------------------------------------------------------------------------------
def test_without_a_tablet_the_next_way_of_the_counter_is_chosen_and_said_once(counter, kind, desk_of):
    page = text_of(desk_of().get("/counter/"))
    assert re.search(r'value="tablet"\s+aria-pressed="false"\s+disabled>', page)
    assert re.search(r'value="paper"\s+aria-pressed="true"\s*>', page)
    assert page.count(f"Máy tính bảng của {counter} chưa ghép máy") == 1
    device = make_tablet(counter)
    page = text_of(desk_of().get("/counter/"))
    assert re.search(r'value="tablet"\s+aria-pressed="true"\s*>', page)
    assert "chưa ghép" not in page
    Tablet.objects.filter(pk=device.pk).update(seen_at=timezone.now() - timedelta(minutes=6))
    page = text_of(desk_of().get("/counter/"))
    assert re.search(r'value="paper"\s+aria-pressed="true"\s*>', page)
    assert page.count(f"Máy tính bảng của {counter} mất liên lạc") == 1


@pytest.mark.parametrize(("usual", "chosen"), [(SlipChannel.PAPER, "paper"), (SlipChannel.TABLET, "slip")])
def test_ways_fall_back_in_the_order_of_the_counter(usual, chosen):
    counter = make.counter("Q7", offers_slip=True, printer="May-1", default_channel=usual)
    ways = console.ways(counter, no_tablet="chưa ghép máy", printer=console.Printer("sẵn sàng"))
    assert console.way_chosen(counter, "tablet", ways).channel == chosen
    broken = console.ways(counter, no_tablet="mất liên lạc", printer=console.Printer("có lỗi", works=False))
    assert console.way_chosen(counter, "slip", broken).channel == SlipChannel.PAPER


def test_with_nothing_that_works_the_usual_way_stays_and_the_page_says_why():
    counter = make.counter("Q8", offers_paper=False)
    ways = console.ways(counter, no_tablet="chưa ghép máy")
    assert console.way_chosen(counter, "", ways).obstacle == "chưa ghép máy"


def test_more_rows_cost_no_more_queries(counter, kind, desk_of, django_assert_num_queries):
    browser = desk_of()
    issued_at(counter, kind)
    start(browser, kind)
    browser.get("/counter/")
    revision.store.forget()
    with CaptureQueriesContext(connection) as one:
        browser.get("/counter/")
    queries = len(one)  # the next request forgets what was captured
    for _ in range(2):
        issued_at(counter, kind)
        start(browser, kind)
        make.procedure()
    revision.store.forget()
    with django_assert_num_queries(queries):
        browser.get("/counter/")


def test_no_rate_is_shown_while_no_period_is_sealed(counter, desk_of):
    assert "Chưa có kỳ nào niêm phong" in text_of(desk_of().get("/counter/"))


# --- who may ---------------------------------------------------------------------------------------------------------------
def test_a_strangers_transaction_and_slip_are_not_there(counter, kind, desk_of):
    browser = desk_of()
    elsewhere = make.issued(now=timezone.now())
    running = issuing.log_transaction(
        counter=make.counter(), procedure=kind, reference="x", started_at=timezone.now(), now=timezone.now()
    )
    browser.get("/counter/")
    assert finish(browser, running).status_code == 404
    assert finish(browser, elsewhere.slip.transaction).status_code == 404
    slip = f"/counter/slips/{elsewhere.slip.pk}/"
    assert browser.get(slip).status_code == 404
    assert press(browser, f"{slip}cancel", words="x").status_code == 404
    assert press(browser, f"{slip}reissue", words="x").status_code == 404
    assert elsewhere.slip.serial not in text_of(browser.get("/counter/"))


@pytest.mark.parametrize("role", [role for role in Role if role != Role.TELLER])
def test_other_roles_do_not_stand_at_a_counter(counter, desk_of, role):
    refused = desk_of(make.user(role, of=counter.office, at=counter)).get("/counter/")
    assert refused.status_code == 403
    assert "Không có quyền xem trang này" in text_of(refused)


def test_a_teller_without_a_counter_is_refused(desk_of):
    assert desk_of(make.user(Role.TELLER, of=make.office())).get("/counter/").status_code == 403


def test_nobody_comes_in_without_logging_in(counter):
    answer = Client().get("/counter/")
    assert (answer.status_code, answer["Location"]) == (302, "/login?next=/counter/")


@pytest.mark.parametrize(
    ("method", "address"),
    [
        ("post", "/counter/"),
        ("get", "/counter/start"),
        ("get", "/counter/transactions/{pk}/finish"),
        ("get", "/counter/slips/{pk}/cancel"),
        ("get", "/counter/slips/{pk}/reissue"),
        ("post", "/counter/slips/{pk}/"),
        ("post", "/counter/organisations"),
    ],
)
def test_the_wrong_method_is_refused(counter, method, address):
    browser = Client()
    browser.force_login(make.teller(at=counter))
    address = address.format(pk=issued_at(counter).slip.pk)
    assert getattr(browser, method)(address).status_code == 405


def test_a_post_without_a_token_is_refused(counter, kind, desk_of):
    assert desk_of().post("/counter/start", {"procedure": kind.code}).status_code == 403
    assert not Transaction.objects.exists()


def test_no_page_of_the_teller_is_stored_or_styled_inline(counter, kind, desk_of):
    browser = desk_of()
    handed = issued_at(counter, kind)
    start(browser, kind)
    for address in ("/counter/", f"/counter/slips/{handed.slip.pk}/"):
        page = browser.get(address)
        assert "no-store" in page["Cache-Control"]
        assert not re.search(r"<script>|<style|\sstyle=|\son\w+=", page.content.decode())
        without_random = re.sub(
            r'value="\w{64}"|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}', "", text_of(page)
        )
        assert CODE_LIKE.search(without_random) is None


def make_tablet(counter):
    asking = tablets.ask_for_pairing(now=timezone.now())
    device = tablets.pair(code=asking.tablet.pairing_code, counter=counter, name="Máy", now=timezone.now())
    tablets.note_seen(pk=device.pk, now=timezone.now())
    return device


def issued_at(counter, kind=None, **fields):
    return make.issued(at=counter, kind=kind, now=timezone.now(), **fields)


def test_the_teller_reads_the_return_rate_of_the_last_sealed_period_and_no_other(counter, kind, desk_of):
    assert "Chưa có kỳ nào niêm phong" in text_of(desk_of().get("/counter/"))
    now = make.at(11, month=9)
    make.ballots(30, at=counter, kind=kind, now=now)
    for _ in range(10):
        make.issued(at=counter, kind=kind, now=now)
    make.sealed(counter, now=now)
    make.ballots(3, at=counter, kind=kind, now=make.at(11, month=10))  # not sealed yet
    assert "Toàn đơn vị, tháng 9/2026: phát ra 40, thu về 30 (75%)." in text_of(desk_of().get("/counter/"))


def test_an_end_undone_whose_slip_was_then_cancelled_ends_again_and_says_that_no_slip_went_out(
    counter, kind, desk_of
):
    browser = desk_of()
    slip = issued_at(counter, kind).slip
    press(browser, f"/counter/transactions/{slip.transaction_id}/undo")
    assert "trở lại hàng đang xử lý" in said(browser.get("/counter/"))
    press(browser, f"/counter/slips/{slip.pk}/cancel", usual="Ghi trùng giao dịch")
    browser.get("/counter/")
    finish(browser, slip.transaction)
    assert f"Không phát lại phiếu {slip.serial}: đã yêu cầu hủy" in said(browser.get("/counter/"))
    assert Transaction.objects.running().count() == 0


def test_two_offices_that_gave_one_number_each_see_a_slip_of_their_own(counter, kind, monkeypatch):
    elsewhere = make.counter("Q2", of=make.department(of=make.office("XA")))
    monkeypatch.setattr(issuing, "free_serials", lambda office, n: ["XD9NZY"] * n)
    slips, browsers = [], []
    for each in (counter, elsewhere):
        slips.append(make.issued(at=each, kind=kind, now=make.now()).slip)
        browsers.append(Client())
        browsers[-1].force_login(make.teller(at=each))
    for slip, browser in zip(
        slips, browsers, strict=True
    ):  # nothing is written between, so that all that is kept stands
        page = text_of(browser.get("/counter/"))
        assert "XD9NZY" in page
        assert reverse("surveys:counter_slip", args=[slip.pk]) in page
