"""The customer's pages, as a phone without script or cookie meets them."""

import gzip
import html
import json
import re
import shutil
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from unicodedata import normalize

import brotli
import pytest
from django.conf import settings
from django.core import signing
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from surveys import evidence
from surveys.audit import Action
from surveys.ballot import views
from surveys.ballot.pages import FORM_FIELD
from surveys.box import casting, signed_form
from surveys.choices import SlipChannel, SlipState
from surveys.crypto import codes
from surveys.customer import cached_pages
from surveys.models import AuditEntry, BoxedBallot, Office, Slip, Spent
from surveys.reference import answers as reference_answers
from surveys.reference.loading import load_reference_data
from surveys.slips import issuing
from tests import make
from tests.phones import Phone
from tests.surveys.ballot.handed_out import again, hidden

pytestmark = pytest.mark.django_db

BOTH = {"attitude": "1", "time": "0"}
WRITES = re.compile(r"\s*(INSERT|UPDATE|DELETE|REPLACE)", re.I)


@pytest.fixture
def phone():
    """No session, no token: what is refused for want of one must fail here."""
    return Phone()


def issued(**fields):
    return make.issued(now=timezone.now(), **fields)


def opened(phone, handed) -> dict:
    return hidden(phone.get(f"/p/{handed.code}"))


def send(phone, handed, answers=BOTH, *, form=None, query="", **headers):
    form = opened(phone, handed) if form is None else form
    return phone.post(f"/p/{handed.code}{query}", form | answers, **headers)


def receipt_in(response) -> str:
    return re.search(r"data-receipt>([^<]+)<", response.content.decode())[1]


def waiting() -> list[str]:
    return sorted(evidence.canonical(each.contents.answers) for each in make.waiting())


# --- the slip as its form says it ------------------------------------------------------------------------------
def test_a_form_that_was_opened_under_a_code_before_casts_at_the_new_code_only(phone):
    handed = issued()
    form = opened(phone, handed)
    fresh = again(handed.slip)
    assert send(phone, handed, form=form).status_code == 409
    assert not waiting()
    assert Slip.objects.get().state == SlipState.ISSUED
    assert send(phone, fresh, form=form).status_code == 200


def test_a_slip_that_went_out_another_way_since_is_noted_the_way_it_came_back(phone):
    handed = issued(channel=SlipChannel.LINK)
    form = opened(phone, handed)
    fresh = again(handed.slip)
    assert send(phone, fresh, form=form).status_code == 200
    assert Spent.objects.get().via == SlipChannel.SLIP


def test_a_form_that_no_longer_says_what_the_register_says_is_looked_up_and_taken_as_it_is_now(phone):
    handed, other = issued(), make.procedure("B")
    form = opened(phone, handed)
    Slip.objects.update(procedure=other)
    assert send(phone, handed, form=form).status_code == 200
    assert [each.contents.procedure for each in make.waiting()] == [other.code]


@pytest.mark.parametrize("place", [0, 40, 90, -30])
def test_a_form_whose_words_about_its_slip_were_changed_casts_nothing(phone, place):
    handed = issued()
    form = opened(phone, handed)
    body, rest = form[FORM_FIELD].split(":", 1)
    said = json.loads(signing.b64_decode(body.encode()))
    signs = list(said["s"])
    signs[place] = "B" if signs[place] == "A" else "A"
    said["s"] = "".join(signs)
    forged = signing.b64_encode(json.dumps(said).encode()).decode()
    assert send(phone, handed, form={FORM_FIELD: f"{forged}:{rest}"}).status_code == 422
    assert not waiting()


# --- the walk -------------------------------------------------------------------------------------------------
def test_a_ballot_is_opened_sent_and_receipted(phone):
    handed = issued()
    page = phone.get(f"/p/{handed.code}")
    assert page.status_code == 200
    assert f'action="/p/{handed.code}"' in page.content.decode()
    answer = send(phone, handed, form=hidden(page))
    assert answer.status_code == 200
    receipt = codes.normalise_receipt(receipt_in(answer))
    assert BoxedBallot.objects.get().receipt_hash == codes.receipt_hash(receipt)
    assert waiting() == ['{"attitude":1,"time":0}']


def test_the_address_printed_in_capitals_opens_the_same_ballot(phone):
    handed = issued()
    page = phone.get(f"/P/{handed.code}")
    assert page.status_code == 200
    assert f'action="/p/{handed.code}"' in page.content.decode()


def test_the_first_twelve_characters_typed_by_hand_open_the_ballot(phone):
    handed = issued()
    typed = handed.code[:12]
    sloppy = f" {typed[:4].lower()}-{typed[4:8]} {typed[8:].lower().replace('0', 'o').replace('1', 'l')}"
    page = phone.post("/p", {"code": sloppy})
    assert page.status_code == 200
    assert send(phone, handed, form=hidden(page)).status_code == 200


def test_no_answer_is_chosen_beforehand(phone):
    assert " checked" not in phone.get(f"/p/{issued().code}").content.decode()


def test_comment_and_reasons_arrive_clean_and_long_numbers_masked(phone):
    typed = normalize("NFD", "Thái độ tốt") + "\x07\r\ngọi 0912 345 678\ud800\u202e"
    handed = issued()
    form = opened(phone, handed) | BOTH
    body = "&".join(f"{name}={value}" for name, value in form.items()) + "&reasons=waiting&comment="
    escaped = "".join(f"%{byte:02X}" for byte in typed.encode("utf-8", "surrogatepass"))
    answer = phone.post(f"/p/{handed.code}", body + escaped, content_type="application/x-www-form-urlencoded")
    assert answer.status_code == 200
    said = make.waiting()[0].contents
    assert said.comment.startswith("Thái độ tốt\ngọi •••• ••• •••")
    assert not set("\x07\ud800\u202e") & set(said.comment)
    assert said.reasons == ("waiting",)


def test_a_scale_of_five_levels_asks_for_one_of_them(phone):
    make.questionnaire(criteria=("service",), levels=5)
    handed = issued()
    assert "Hãy chọn một câu trả lời." in send(phone, handed, {"service": "7"}).content.decode()
    assert send(phone, handed, {"service": "4"}).status_code == 200
    assert waiting() == ['{"service":4}']


# --- nothing is written by looking, nothing is left in the phone ----------------------------------------------
@pytest.mark.parametrize("method", ["get", "head"])
def test_looking_at_a_ballot_writes_nothing(phone, method):
    handed = issued()
    with CaptureQueriesContext(
        connection,
    ) as seen:
        assert getattr(phone, method)(f"/p/{handed.code}").status_code == 200
    assert [query["sql"] for query in seen if WRITES.match(query["sql"])] == []
    assert make.slip_of(handed).state == SlipState.ISSUED


def test_no_page_of_the_customers_sets_a_cookie_or_may_be_stored(phone):
    handed = issued()
    form = opened(phone, handed)
    answers = [phone.get(address) for address in ("/", "/p", "/privacy", f"/p/{handed.code}", "/p/UNKNOWN")]
    answers += [send(phone, handed, {}, form=form), send(phone, handed, form=form), phone.put("/p")]
    answers += [phone.post("/p", {"code": "nothing like it"}), phone.post("/p", {"code": ""})]
    for answer in answers:
        assert not answer.cookies, answer.request["PATH_INFO"]
        assert answer["Cache-Control"] == "no-store"
        assert answer["Referrer-Policy"] == "no-referrer"


@pytest.mark.parametrize("address", ["/", "/p", "/privacy", "/p/ABCDEFGHJKMN"])
def test_another_verb_is_refused(phone, address):
    assert phone.delete(address).status_code == 405
    assert phone.options(address).status_code == 405


@pytest.mark.parametrize("address", ["/p", "/privacy"])
def test_what_is_the_same_for_everybody_is_rendered_once_in_each_language(phone, address, monkeypatch):
    monkeypatch.setattr(cached_pages, "current_minute", lambda: 1)
    first = {lang: phone.get(address, {"lang": lang}).content for lang in ("vi", "en")}
    assert first["vi"] != first["en"]

    def rendered(*_args, **_kwargs):
        raise AssertionError("rendered anew")

    monkeypatch.setattr(cached_pages, "page", rendered)
    monkeypatch.setattr(views, "page", rendered)
    for lang, content in first.items():
        again = phone.get(address, {"lang": lang})
        assert (again.content, again["Cache-Control"]) == (content, "no-store")


@pytest.mark.parametrize("address", ["/", "/privacy"])
def test_a_page_to_read_takes_no_post(phone, address):
    assert phone.get(address).status_code == 200
    assert phone.post(address).status_code == 405


# --- dead codes -----------------------------------------------------------------------------------------------
def unknown():
    return issuing.Issued(None, codes.new_code())


def used():
    handed = issued()
    make.cast(handed, now=timezone.now())
    return handed


def expired():
    return make.issued(now=timezone.now() - timedelta(days=40))


def cancelled():
    handed = issued()
    issuing.cancel_slip(slip=handed.slip, reason="phát nhầm", actor=make.user(), now=timezone.now())
    return handed


def not_open():
    handed = issued()
    Slip.objects.filter(pk=handed.slip.pk).update(opens_at=timezone.now() + timedelta(minutes=1))
    return handed


def rotated():
    handed = issued()
    issuing.reissue_slip(
        slip=handed.slip, channel=SlipChannel.SLIP, reason="", actor=None, now=timezone.now()
    )
    return handed


def on_paper():
    return issued(channel=SlipChannel.PAPER)


def no_code_at_all():
    return issuing.Issued(None, "../phiếu/<b>")


DEAD = [unknown, used, expired, cancelled, not_open, rotated, on_paper, no_code_at_all]


@pytest.mark.parametrize("query", ["", "?lang=en"])
def test_every_dead_code_gets_one_identical_page(phone, query):
    codes_of_all_kinds = [kind().code for kind in DEAD]
    looked = [phone.get(f"/p/{code}{query}") for code in codes_of_all_kinds]
    assert {answer.status_code for answer in looked} == {404}
    assert len({answer.content for answer in looked}) == 1
    posted = [phone.post(f"/p/{code}{query}", BOTH) for code in codes_of_all_kinds]
    typed = [phone.post(f"/p{query}", {"code": code}) for code in codes_of_all_kinds if codes.normalise(code)]
    assert {answer.status_code for answer in posted + typed} == {409}
    assert len({answer.content for answer in posted + typed}) == 1


@pytest.mark.parametrize("kind", DEAD)
def test_a_dead_code_is_refused_before_the_body_is_looked_at(phone, kind):
    code = kind().code
    before = waiting()
    large = phone.post(f"/p/{code}", {"comment": "x" * 70_000})
    broken = phone.generic("POST", f"/p/{code}", "x", content_type="multipart/form-data; boundary=")
    assert (large.status_code, broken.status_code) == (409, 409)
    assert large.content == broken.content
    assert waiting() == before


# --- sent twice -----------------------------------------------------------------------------------------------
def test_the_same_form_again_gets_the_same_receipt_and_the_first_sending_stands(phone):
    handed = issued()
    form = opened(phone, handed)
    first = send(phone, handed, form=form)
    again = send(phone, handed, {"attitude": "0", "time": "0"}, form=form)
    assert (first.status_code, again.status_code) == (200, 200)
    assert receipt_in(first) == receipt_in(again)
    assert waiting() == ['{"attitude":1,"time":0}']


def test_another_form_on_a_used_slip_gets_the_neutral_refusal(phone):
    handed = issued()
    form, other = opened(phone, handed), opened(phone, handed)
    send(phone, handed, form=form)
    assert send(phone, handed, form=other).status_code == 409
    assert len(waiting()) == 1


# --- what was typed is kept -----------------------------------------------------------------------------------
def test_a_missing_answer_is_named_and_the_rest_is_kept(phone):
    handed = issued()
    form = opened(phone, handed)
    answer = send(
        phone, handed, {"attitude": "1", "comment": "Cần <thêm> ghế", "reasons": "waiting"}, form=form
    )
    text = answer.content.decode()
    assert answer.status_code == 422
    assert 'Còn <a href="#c2">tiêu chí 2</a> chưa được chọn.' in text
    assert "Hãy chọn một trong hai câu trả lời." in text
    assert re.search(r'name="attitude" value="1"\s+checked', text)
    assert 'value="waiting" checked' in text
    assert "Cần &lt;thêm&gt; ghế" in text
    assert hidden(answer) == form  # the form's opening time stays true
    assert waiting() == []
    assert make.slip_of(handed).state == SlipState.ISSUED


@pytest.mark.parametrize(
    "answers",
    [
        {"attitude": "2", "time": "1"},
        {"attitude": "", "time": "1"},
        {"attitude": "01", "time": "1"},
        {"attitude": ["1", "0"], "time": "1"},
    ],
)
def test_an_answer_that_the_sheet_does_not_know_counts_as_missing(phone, answers):
    answer = send(phone, issued(), answers)
    assert answer.status_code == 422
    assert "tiêu chí 1</a> chưa được chọn" in answer.content.decode()
    assert waiting() == []


def test_a_reason_that_is_not_on_the_sheet_is_refused_and_the_answers_are_kept(phone):
    answer = send(phone, issued(), BOTH | {"reasons": ["waiting", "invented"]})
    assert answer.status_code == 422
    assert "Có lý do không nằm trong danh sách" in answer.content.decode()
    assert re.search(r'name="time" value="0"\s+checked', answer.content.decode())


def test_a_comment_of_a_thousand_and_one_characters_is_kept_and_refused(phone):
    answer = send(phone, issued(), BOTH | {"comment": "ế" * 1001})
    assert answer.status_code == 422
    assert "Góp ý dài 1.001 ký tự; tối đa 1.000 ký tự." in answer.content.decode()
    assert "ế" * 1001 in answer.content.decode()
    assert waiting() == []


@pytest.mark.parametrize("comment", [normalize("NFD", "ế") * 1000, "a\r\n" * 499 + "aa", "é\x00" * 1000])
def test_a_comment_is_counted_as_a_person_counts(phone, comment):
    assert send(phone, issued(), BOTH | {"comment": comment}).status_code == 200


def test_the_form_of_another_slip_gets_a_fresh_form_with_the_answers_kept(phone):
    mine, theirs = issued(), issued()
    answer = send(phone, mine, BOTH | {"comment": "nhanh"}, form=opened(phone, theirs))
    assert answer.status_code == 422
    assert re.search(r'name="attitude" value="1"\s+checked', answer.content.decode())
    assert "nhanh" in answer.content.decode()
    assert waiting() == []
    assert send(phone, mine, BOTH, form=hidden(answer)).status_code == 200


@pytest.mark.parametrize("field", ["", "rubbish", "a:b:c"])
def test_a_form_that_we_never_made_is_not_taken(phone, field):
    assert send(phone, issued(), BOTH, form={FORM_FIELD: field}).status_code == 422
    assert waiting() == []


def test_a_receipt_that_was_given_before_costs_a_fresh_form_and_nothing_else(phone):
    handed = issued()
    form = opened(phone, handed)
    read = signed_form.read_form(slip=handed.slip, field=form[FORM_FIELD])
    receipt = casting.cast(
        slip=handed.slip,
        form=read,
        said=reference_answers.Said({"time": 1}),
        via=SlipChannel.SLIP,
        now=timezone.now(),
    )
    Spent.objects.all().delete()
    Slip.objects.update(state=SlipState.ISSUED)
    answer = send(phone, handed, form=form)
    assert answer.status_code == 422
    assert hidden(answer) != form
    assert receipt not in answer.content.decode().replace("-", "")
    assert not Spent.objects.exists()


def test_a_body_over_64_kb_is_refused_before_it_is_parsed(phone):
    handed = issued()
    answer = send(phone, handed, BOTH | {"comment": "x" * 70_000})
    assert answer.status_code == 413
    assert "Góp ý dài nhất là 1.000 ký tự" in answer.content.decode()
    assert make.slip_of(handed).state == SlipState.ISSUED
    assert phone.post("/p", {"code": "x" * 70_000}).status_code == 413


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("multipart/form-data; boundary=", "x"),
        ("application/x-www-form-urlencoded; charset=utf-16", "time=1"),
        ("application/x-www-form-urlencoded", "&".join(f"f{n}=1" for n in range(300))),
    ],
)
def test_a_body_that_is_no_form_is_a_bad_request(phone, content_type, body):
    handed = issued()
    answer = phone.generic("POST", f"/p/{handed.code}", body, content_type=content_type)
    assert answer.status_code == 400
    assert answer["Cache-Control"] == "no-store"
    assert make.slip_of(handed).state == SlipState.ISSUED


def test_an_empty_code_is_asked_for_again(phone):
    answer = phone.post("/p", {"code": "  "})
    assert answer.status_code == 422
    assert "Xin gõ mã 12 ký tự" in answer.content.decode()


MISTYPED = {
    "ABCD-EFGH-JKM": "Mã có 12 ký tự, mới gõ 11.",
    "A": "Mã có 12 ký tự, mới gõ 1.",
    "A" * 27: "Mã có 12 ký tự, đã gõ 27.",
    "ABCD-EFGH-JKMU": "Mã không có ký tự “U”.",
    "ABCDĐ": "Mã không có ký tự “Đ”.",
    "ABCD<b>": "Mã không có ký tự “&lt;”.",
}


@pytest.mark.parametrize(("typed", "said"), MISTYPED.items())
def test_a_mistyped_code_is_told_apart_and_kept(phone, typed, said):
    with CaptureQueriesContext(connection) as asked:
        answer = phone.post("/p", {"code": typed})
    shown = answer.content.decode()
    assert answer.status_code == 422
    assert said in shown
    assert f'value="{html.escape(typed)}"' in shown
    assert not [
        query for query in asked.captured_queries if "surveys_slip" in query["sql"]
    ]  # nothing to be told


def test_a_mistyped_code_is_told_in_english_too(phone):
    answer = phone.post("/p?lang=en", {"code": "ABCD"})
    assert "The code has 12 characters; 4 are typed so far." in answer.content.decode()


# --- staff and strangers --------------------------------------------------------------------------------------
def test_a_member_of_staff_cannot_answer_and_learns_nothing_of_the_code(phone):
    alive, dead = issued(), used()
    form = opened(phone, alive)
    staff = Client()
    staff.force_login(make.teller())
    looked = [staff.get(f"/p/{handed.code}") for handed in (alive, dead)]
    assert [answer.status_code for answer in looked] == [200, 200]
    assert looked[0].content == looked[1].content
    assert "Phiếu chỉ dành cho khách hàng" in looked[0].content.decode()
    posted = [send(staff, handed, form=form) for handed in (alive, dead)]
    posted.append(staff.post("/p", {"code": alive.code}))
    assert [answer.status_code for answer in posted] == [403, 403, 403]
    assert len(waiting()) == 1
    staff.logout()
    assert send(staff, alive, form=form).status_code == 200


def test_a_ballot_sent_from_a_staff_session_is_written_down_and_tells_nothing_of_the_slip(phone):
    alive, dead = issued(), used()
    form = opened(phone, alive)
    before = list(Slip.objects.order_by("pk").values())
    staff, teller = Client(), make.teller()
    staff.force_login(teller)
    staff.get(f"/p/{alive.code}")
    assert not AuditEntry.objects.filter(action=Action.STAFF_CAST_REFUSED).exists(), "looking is no attempt"
    for handed in (alive, dead):
        send(staff, handed, form=form)

    lines = list(AuditEntry.objects.filter(action=Action.STAFF_CAST_REFUSED))
    assert {(line.actor, line.office) for line in lines} == {(teller, teller.office.sealing_office)}
    assert {(line.subject, line.detail) for line in lines} == {("", "{}")}
    assert len(lines) == 2
    assert list(Slip.objects.order_by("pk").values()) == before


def test_the_refusal_says_nothing_of_the_slip(phone):
    staff = Client()
    staff.force_login(make.teller())
    page = staff.get(f"/p/{used().code}").content.decode()
    assert "bị dùng" not in page
    assert "Mỗi lần gửi bị từ chối được ghi vào nhật ký." in page


def test_a_session_that_has_ended_may_answer(phone):
    phone.cookies[settings.SESSION_COOKIE_NAME] = "gone"
    assert send(phone, issued()).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://elsewhere.example"},
        {"Origin": "http://testserver.elsewhere.example"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "cross-site", "Origin": "null"},
    ],
)
def test_a_form_sent_from_another_site_is_refused(phone, headers):
    handed = issued()
    answer = send(phone, handed, headers=headers)
    assert answer.status_code == 403
    assert "không nhận nội dung gửi từ trang khác" in answer.content.decode().lower()
    assert make.slip_of(handed).state == SlipState.ISSUED


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": "http://testserver", "Sec-Fetch-Site": "same-origin"},
        {"Origin": "null", "Sec-Fetch-Site": "same-origin"},  # what browsers send under no-referrer
        {"Origin": "null"},
    ],
)
def test_our_own_form_is_taken_whatever_the_browser_says_of_it(phone, headers):
    assert send(phone, issued(), headers=headers).status_code == 200


# --- failing closed -------------------------------------------------------------------------------------------
def test_without_the_box_nothing_is_kept_and_the_same_form_can_be_sent_again(phone):
    handed = issued()
    form = opened(phone, handed)
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE surveys_boxedballot RENAME TO away")
    answer = send(phone, handed, BOTH | {"comment": "nhanh\ngọn"}, form=form)
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE away RENAME TO surveys_boxedballot")
    text = answer.content.decode()
    assert answer.status_code == 503
    assert "Chưa lưu được phiếu" in text
    assert "data-receipt" not in text
    assert make.slip_of(handed).state == SlipState.ISSUED
    assert not Spent.objects.exists()
    kept = hidden(answer)
    assert kept == form | BOTH | {"comment": "nhanh\ngọn"}
    assert phone.post(f"/p/{handed.code}", kept).status_code == 200


REFUSE = {
    "sqlite": "CREATE TRIGGER refuse BEFORE INSERT ON surveys_boxedballot "
    "BEGIN SELECT RAISE(ABORT, 'refused'); END",
    "postgresql": "ALTER TABLE surveys_boxedballot ADD CONSTRAINT refuse CHECK (false) NOT VALID",
}


def test_a_box_that_refuses_the_row_is_an_outage_and_no_fault_of_the_form(phone):
    handed = issued()
    form = opened(phone, handed)
    with connection.cursor() as cursor:
        cursor.execute(REFUSE[connection.vendor])
    answer = send(phone, handed, form=form)
    assert answer.status_code == 503
    assert not Spent.objects.exists()
    assert make.slip_of(handed).state == SlipState.ISSUED


@pytest.mark.parametrize("key", ["slip", "receipt", "box"])
def test_without_a_key_nothing_is_kept(phone, settings, tmp_path, key):
    handed = issued()
    form = opened(phone, handed)
    shutil.copytree(settings.KEYS_DIR, tmp_path / "keys")
    (tmp_path / "keys" / f"{key}.key").unlink()
    settings.KEYS_DIR = tmp_path / "keys"
    answer = send(phone, handed, form=form)
    assert answer.status_code == 503
    assert "data-receipt" not in answer.content.decode()
    assert not Spent.objects.exists()
    assert not BoxedBallot.objects.exists()
    assert make.slip_of(handed).state == SlipState.ISSUED


def test_a_ballot_that_cannot_be_shown_says_so(phone, settings, tmp_path):
    handed = issued()
    settings.KEYS_DIR = tmp_path
    answer = phone.get(f"/p/{handed.code}")
    assert answer.status_code == 503
    assert "Máy chủ đang bận" in answer.content.decode()


# --- language -------------------------------------------------------------------------------------------------
def test_the_whole_walk_can_be_made_in_english(phone):
    Office.objects.update(name_en="")
    handed = issued()
    Office.objects.filter(pk=handed.slip.office_id).update(name_en="Province State Treasury")
    page = phone.get(f"/p/{handed.code}?lang=en")
    text = page.content.decode()
    assert '<html lang="en">' in text
    assert "How was it?" in text
    assert "Long wait" in text
    assert "Province State Treasury" in text
    assert f'action="/p/{handed.code}?lang=en"' in text
    assert f'href="/p/{handed.code}?lang=vi"' in text
    answer = send(phone, handed, form=hidden(page), query="?lang=en")
    assert '<html lang="en">' in answer.content.decode()
    assert timezone.localdate().strftime("%B") in answer.content.decode()


def test_a_language_that_we_do_not_speak_is_vietnamese(phone):
    text = phone.get(f"/p/{issued().code}?lang=xx").content.decode()
    assert '<html lang="vi">' in text
    assert "?lang=en" in text


@pytest.mark.parametrize("address", ["/", "/p", "/privacy", "/p/ABCDEFGHJKMN"])
def test_every_page_leads_to_the_other_language_and_back(phone, address):
    assert 'href="?lang=en"' in phone.get(address).content.decode()
    english = phone.get(f"{address}?lang=en").content.decode()
    assert '<html lang="en">' in english
    assert 'href="?lang=vi"' in english


# --- guessing -------------------------------------------------------------------------------------------------
def test_the_thirty_first_unknown_code_of_a_minute_waits_but_a_real_one_never_does(phone, settings):
    settings.UNKNOWN_CODES_PER_MINUTE = 3
    answers = [phone.get(f"/p/{codes.new_code()}").status_code for _ in range(10)]
    assert answers[:3] == [404, 404, 404]
    assert answers[-1] == 429
    slow = phone.post("/p", {"code": codes.new_code()})
    assert slow.status_code == 429
    assert slow["Retry-After"] == "60"
    assert phone.get(f"/p/{used().code}").status_code == 404  # was issued, hence costs nothing
    assert send(phone, issued()).status_code == 200
    assert phone.get(f"/p/{codes.new_code()}", REMOTE_ADDR="192.0.2.7").status_code == 404


def test_a_code_that_was_issued_never_touches_the_counts(phone):
    handed = issued()
    with CaptureQueriesContext(connection) as seen:
        send(phone, handed)
        phone.get(f"/p/{handed.code}")
    assert not [query for query in seen if "django_cache" in query["sql"]]


# --- weight and cost ------------------------------------------------------------------------------------------
def statements(seen) -> list[str]:
    """What was asked of the database, but for the frame of the transaction."""
    frame = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE")
    return [query["sql"] for query in seen if not query["sql"].startswith(frame)]


def test_a_ballot_costs_one_statement_to_show_and_few_to_cast(phone):
    at, kind = make.counter(), make.procedure()
    send(phone, issued(at=at, kind=kind))  # questionnaire, place and procedure are read once in a while
    handed = issued(at=at, kind=kind)
    with CaptureQueriesContext(connection) as seen:
        form = opened(phone, handed)
    assert len(statements(seen)) == 1
    with CaptureQueriesContext(connection) as seen:
        assert send(phone, handed, form=form).status_code == 200
    verbs = [sql.split()[0] for sql in statements(seen)]
    sent = {"sqlite": ["SELECT", "UPDATE", "SELECT", "INSERT", "INSERT"], "postgresql": ["EXECUTE"]}
    assert verbs == sent[connection.vendor]


@pytest.mark.parametrize("query", ["", "?lang=en"])
def test_the_pilots_ballot_and_its_style_weigh_less_than_14_kb_in_two_requests(phone, query):
    load_reference_data()
    handed = issued()
    answer = phone.get(f"/p/{handed.code}{query}", headers={"Accept-Encoding": "gzip"})
    assert answer["Content-Encoding"] == "gzip"
    text = gzip.decompress(answer.content).decode()
    assert re.findall(r'<link rel="stylesheet" href="([^"]+)"', text) == ["/static/css/ballot.css"]
    assert not re.search(r"<(script|img|iframe|style)\b|url\(", text)
    sheet = Path(settings.BASE_DIR, "static/css/ballot.css").read_bytes()
    assert not re.search(rb"@import|url\((?![\"']?data:)", sheet)
    head = sum(len(name) + len(value) + 4 for name, value in answer.headers.items())
    assert head + len(answer.content) + len(brotli.compress(sheet)) < 14_000


@pytest.mark.postgres_only
@pytest.mark.django_db(transaction=True)
def test_a_ballot_opens_on_a_connection_that_the_server_has_closed(client):
    code = issued().code
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        old = cursor.fetchone()[0]
    with closing(connection.copy()) as superuser, superuser.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s)", [old])
    assert client.get(f"/p/{code}").status_code == 200
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        assert cursor.fetchone()[0] != old


@pytest.mark.postgres_only
@pytest.mark.django_db(transaction=True)
def test_a_ballot_is_taken_on_a_connection_that_the_server_has_closed(phone):
    handed = issued()
    form = opened(phone, handed)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        old = cursor.fetchone()[0]
    with closing(connection.copy()) as superuser, superuser.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s)", [old])
    first = receipt_in(send(phone, handed, form=form))
    assert receipt_in(send(phone, handed, form=form)) == first
    assert Spent.objects.count() == len(waiting()) == 1


def test_a_page_for_everybody_does_not_look_who_is_there(phone):
    answer = phone.get(f"/p/{issued().code}")
    assert "Cookie" not in answer.get("Vary", "")  # Django adds it as soon as anybody asks for the session
