"""What a log line holds, and what it never does: read from what is really logged on the customer's way."""

import io
import json
import logging
import sys

import pytest
from django.db import IntegrityError

from kbnn_survey.logs import JsonLines
from tests import make

CODE, RECEIPT = "7ZQ0X5V2M4T8N1B6C3D9F0GHJK", "AB12-CD34-EF56-GH78"


@pytest.fixture
def said():
    """The lines that the house's own handler wrote since the test began."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonLines())
    logging.getLogger().addHandler(handler)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    logging.getLogger().removeHandler(handler)


@pytest.mark.django_db
def test_a_customer_s_way_leaves_neither_code_nor_address_nor_browser_in_the_log(client, said):
    handed = make.issued()
    away = {"REMOTE_ADDR": "203.0.113.77", "HTTP_USER_AGENT": "Điện thoại của khách"}
    for path in (
        f"/p/{handed.code}",
        f"/P/{handed.code}",
        f"/p/{handed.code}x",
        "/p/ABCD-EFGH-1234",
        "/nothing",
    ):
        client.get(path, **away)
        client.post(path, {"attitude": "1"}, **away)
    client.get("/receipt", {"receipt": RECEIPT}, **away)
    client.get(f"/p/{handed.code}", HTTP_HOST="evil.example", **away)
    lines = said()
    assert any(line["logger"] == "django.request" for line in lines)
    text = json.dumps(lines, ensure_ascii=False)
    for secret in (handed.code, handed.code[:12], "ABCD-EFGH-1234", RECEIPT, "203.0.113.77", "Điện thoại"):
        assert secret.lower() not in text.lower()


@pytest.mark.parametrize(
    ("message", "masked"),
    [
        (f"Not Found: /p/{CODE}", "Not Found: /p/…"),
        (f"Not Found: /P/{CODE.lower()}?lang=en", "Not Found: /P/…?lang=en"),
        (f"mã {CODE} lạ", "mã … lạ"),
        (f"receipt {RECEIPT}", "receipt …"),
        ("Invalid request from ip=203.0.113.77: bad line", "Invalid request from ip=… bad line"),
        ("mix HB 2026-11: 12 ballots released", "mix HB 2026-11: 12 ballots released"),
    ],
)
def test_codes_receipts_and_senders_are_blotted_out_wherever_they_stand(said, message, masked):
    logging.getLogger("gunicorn.error" if "ip=" in message else "django.request").propagate = True
    logging.getLogger("thử").error(message)
    assert said()[-1]["message"] == masked


def test_a_line_is_one_line_whatever_was_sent(said):
    logging.getLogger("thử").error('a\nb "c" \u2028 ễ')
    (line,) = said()
    assert line["message"] == 'a\nb "c" \u2028 ễ'
    assert set(line) == {"at", "level", "logger", "message"}


def raised(error) -> dict:
    """The line that an exception leaves."""
    try:
        raise error
    except type(error):
        record = logging.LogRecord("thử", logging.ERROR, __file__, 1, "hỏng", (), sys.exc_info())
    return json.loads(JsonLines().format(record))


def test_an_exception_is_told_by_kind_and_place_without_the_words_it_may_quote():
    line = raised(ValueError("ý kiến của khách"))
    assert line["error"] == "ValueError"
    assert line["where"][-1].endswith(" raised")
    assert "ý kiến" not in json.dumps(line, ensure_ascii=False)


def test_a_database_s_first_line_is_told_and_the_values_it_quotes_are_not():
    line = raised(IntegrityError("duplicate key value\nDETAIL:  Key (hash)=(abc) already exists."))
    assert line["error"].endswith("IntegrityError: duplicate key value")
    assert "abc" not in json.dumps(line)
