"""What a hostile page, a hostile header and hostile words do at every address: nothing.

Source: docs/spec/research/trust.md §5.3, attacks T15, T16, T19, T24.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import quote, urlencode

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.db.transaction import atomic, set_rollback
from django.http.multipartparser import MultiPartParser
from django.test import Client

from tests.access import REFUSED, ROLES, Visitor, table
from tests.addresses import every_route, filled

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("quiet_log")]
ROOT = Path(__file__).parent.parent.parent
EVIL = "https://evil.example"
WRITES = re.compile(r'^\s*(?:INSERT INTO|UPDATE|DELETE FROM|TRUNCATE)\s+"?(\w+)', re.IGNORECASE)
# Not state that a visitor changes: sessions, counts of the brakes, and who read what.
KEPT_ASIDE = {"django_session", "django_cache", "surveys_auditentry"}
# The one address whose signature is the permission: mail programs press the button without a page of ours (RFC 8058).
SIGNED_ADDRESSES = {"/cases/off/<str:token>"}
# What is posted there is shown again and changes nothing.
CHANGES_NOTHING = {"/campaigns/<slug:slug>/preview"}
# What hurts wherever it stands shares a string with its like: each of these is a POST for every form of the house.
MARKUP = '"><script>alert(1)</script><img src=x onerror=alert(1)>'
QUOTED = "' OR '1'='1' --"
TEMPLATE = "{{ 7|add:7 }}{% debug %}${7*7}#{7*7}%(x)s%s{0}"
NUL, NO_NUMBER = "\x00\x0b\x1f\ufffe", "9" * 400
HOSTILE = [
    MARKUP,
    QUOTED,
    "1; DROP TABLE surveys_ballot; -- 1 UNION SELECT password FROM surveys_user",
    TEMPLATE,
    "../../../../etc/passwd",
    "javascript:alert(1)",
    "=cmd|' /C calc'!A0",
    NUL,
    "\u202e\u0000ễ" * 3,
    NO_NUMBER,
    "-1",
    "NaN",
    "Ệ" * 5000,
]
FOR_PAGES = (MARKUP, QUOTED, TEMPLATE)
FOR_DATABASES = (NUL, NO_NUMBER)  # no column holds such a number
SHARES = 4
INERT = {"<script>alert(1)</script>", "<img src=x onerror=alert(1)>"}


class Forms(HTMLParser):
    """The forms of a page: (action, method, {name: value})."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, str, dict[str, str]]] = []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        facts = dict(attrs)
        if tag == "form":
            self.found.append((facts.get("action") or "", facts.get("method") or "get", {}))
        elif self.found and tag in {"input", "select", "textarea", "button"} and facts.get("name"):
            if facts.get("type") in {"checkbox", "radio"}:
                self.found[-1][2].setdefault(facts["name"], facts.get("value") or "on")
            else:
                self.found[-1][2][facts["name"]] = facts.get("value") or ""


def best_role(route: str) -> str:
    """Who gets furthest at an address, by the table."""
    _method, cells = table()[route]
    open_to = [role for role, cell in zip(ROLES, cells, strict=True) if cell not in REFUSED]
    return open_to[-1] if open_to else "admin"


@pytest.fixture
def visitors(people) -> dict[str, Visitor]:
    return {role: Visitor(people.get(role)) for role in ROLES}


def ask(visitor: Visitor, method: str, path: str, body=None, **headers):
    """(answer, tables written); what is changed is undone, what breaks is an answer of 500."""
    client = Client(enforce_csrf_checks="HTTP_ORIGIN" in headers, raise_request_exception=False)
    client.cookies.load(visitor.session)
    written = set()

    def watch(execute, sql, params, many, context):
        if match := WRITES.match(sql):
            written.add(match[1])
        return execute(sql, params, many, context)

    with connection.execute_wrapper(watch), atomic():
        response = getattr(client, method.lower())(path, body or {}, **headers)
        set_rollback(True)
    return response, written - KEPT_ASIDE


def worth_trying(name: str) -> bool:
    """Not a button, not our own token, and of rows that are alike only the first."""
    return not (name.startswith(("_", "csrf")) or re.search(r"-([1-9]\d*|__prefix__)-", name))


def known_routes() -> list[str]:
    return [f"/{route}" for route in every_route() if f"/{route}" in table()]


def test_a_page_of_somebody_elses_can_send_nothing_to_any_address(visitors, values):
    wrong = []
    for route in known_routes():
        if route in SIGNED_ADDRESSES | CHANGES_NOTHING:
            continue
        path = filled(route[1:], values)
        response, written = ask(visitors[best_role(route)], "POST", path, HTTP_ORIGIN=EVIL)
        expected = {200, 401, 404, 405} if route.startswith("/api/") else {403, 404, 405}  # a key, no cookie
        if response.status_code not in expected or written:
            wrong.append(f"{route}: {response.status_code}, wrote {written or 'nothing'}")
    assert not wrong, "\n".join(wrong)


def test_looking_changes_nothing_and_no_page_can_be_framed(visitors, values):
    wrong = []
    for route in known_routes():
        path = filled(route[1:], values)
        response, written = ask(visitors[best_role(route)], "GET", path)
        headers = response.headers
        policy = headers.get("Content-Security-Policy", "")
        if written:
            wrong.append(f"{route}: a GET wrote {written}")
        if response.status_code >= 500:
            wrong.append(f"{route}: {response.status_code}")
        if headers.get("X-Frame-Options") != "DENY" or "frame-ancestors 'none'" not in policy:
            wrong.append(f"{route}: can be framed")
        if "unsafe" in policy or "http" in policy or "*" in policy:
            wrong.append(f"{route}: {policy}")
        if headers.get("X-Content-Type-Options") != "nosniff" or not headers.get("Referrer-Policy"):
            wrong.append(f"{route}: {dict(headers)}")
    assert not wrong, "\n".join(wrong)


def test_an_address_that_only_takes_does_not_answer_a_look(visitors, values):
    """Behind the table's POST rows: 405, or a page of the same address that changes nothing."""
    wrong = []
    for route in known_routes():
        method, _cells = table()[route]
        if method == "POST":
            response, written = ask(visitors[best_role(route)], "GET", filled(route[1:], values))
            if written or response.status_code not in {200, 302, 303, 401, 403, 404, 405, 409}:
                wrong.append(f"{route}: {response.status_code}, wrote {written}")
    assert not wrong, "\n".join(wrong)


def test_nothing_large_is_read_of_whoever_is_not_logged_in(values, monkeypatch):
    """A file of 60 MB sent to `/login` would lie in memory; so would one at every other address that looks for a token."""
    read = []
    whole = MultiPartParser.parse
    monkeypatch.setattr(MultiPartParser, "parse", lambda parser: read.append(parser) or whole(parser))
    wrong = []
    for cookie in ("", "an-ended-session"):
        for route in known_routes():
            client = Client(enforce_csrf_checks=True, raise_request_exception=False)
            if cookie:
                client.cookies[settings.SESSION_COOKIE_NAME] = cookie
            file = SimpleUploadedFile("x.pdf", b"x" * 70_000)
            response = client.post(filled(route[1:], values), {"file": file})
            if response.status_code >= 500 or read:
                wrong.append(f"{route}: {response.status_code}, read {len(read)}")
            read.clear()
        refused = client.post("/login", {"file": SimpleUploadedFile("x.pdf", b"x" * 70_000)})
        assert refused.status_code == (403 if cookie else 413)
    assert not wrong, "\n".join(wrong)


def test_a_trace_repeats_and_writes_nothing(visitors, values):
    """The front refuses it; behind it Django takes it for a look, which needs no token (ASVS 13.4.4)."""
    wrong = []
    for route in known_routes():
        response, written = ask(
            visitors[best_role(route)], "TRACE", filled(route[1:], values), HTTP_X_MINE="said-by-me"
        )
        told = b"" if response.streaming else response.content
        if written or b"said-by-me" in told or response.status_code >= 500:
            wrong.append(f"{route}: {response.status_code}, wrote {written}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize(
    "host", ["evil.example", "testserver,evil.example", "testserver@evil.example", "evil.example:80", "", "["]
)
def test_another_host_is_refused(client, host):
    for path in ("/", "/login", "/results/"):
        assert client.get(path, HTTP_HOST=host).status_code == 400, path


def test_what_a_proxy_might_say_of_the_host_is_not_believed(client):
    page = client.get("/", HTTP_X_FORWARDED_HOST="evil.example", HTTP_X_HOST="evil.example").content.decode()

    assert "evil.example" not in page


@pytest.fixture(params=range(SHARES), ids=lambda share: f"{share + 1} of {SHARES}")
def routes(request) -> list[str]:
    """A share of all addresses, so that several workers can ask them."""
    return known_routes()[request.param :: SHARES]


def forms_of_the_house(routes, visitors, values) -> Iterator[tuple[Visitor, str, str, dict]]:
    """(visitor, method, target, fields as the page filled them) of each form, where its page stands open to somebody."""
    seen = set()
    for route in routes:
        path, role = filled(route[1:], values), best_role(route)
        page, _written = ask(visitors[role], "GET", path)
        if "html" not in page.headers.get("Content-Type", "") or page.status_code != 200:
            continue
        for action, method, fields in Forms(page.content.decode()).found:
            target = path if action in {"", "."} else action
            if (target, tuple(fields)) in seen or not target.startswith("/"):
                continue
            seen.add((target, tuple(fields)))
            yield visitors[role], method.upper(), target, fields


@pytest.mark.one_engine
@pytest.mark.slow
def test_every_form_of_the_house_takes_hostile_words(routes, visitors, values):
    """Each form as it stands on its page, each of its fields filled with each of the strings."""
    wrong, seen = [], 0
    for visitor, method, target, fields in forms_of_the_house(routes, visitors, values):
        seen += 1
        for words in HOSTILE:
            said = {name: words for name in fields if name != "csrfmiddlewaretoken"}
            response, _written = ask(visitor, method, target, said)
            text = response.content.decode(errors="replace") if not response.streaming else ""
            if response.status_code >= 500:
                wrong.append(f"{method} {target} {words[:30]!r}: {response.status_code}")
            if "html" in response.headers.get("Content-Type", "") and any(each in text for each in INERT):
                wrong.append(f"{method} {target} {words[:30]!r}: stands raw in the page")
    assert seen >= 8, "the forms were not found"
    assert not wrong, "\n".join(wrong)


@pytest.mark.strict_engine
@pytest.mark.slow
def test_every_posting_address_takes_hostile_words_under_every_name_of_its_form(routes, visitors, values):
    """One field hostile, the others as the page filled them: past the first check of a form there is a second."""
    wrong = []
    for visitor, method, target, fields in forms_of_the_house(routes, visitors, values):
        for name in filter(worth_trying, fields):
            for words in FOR_DATABASES:
                response, _written = ask(visitor, method, target, fields | {name: words})
                if response.status_code >= 500:
                    wrong.append(f"{method} {target} {name}={words[:20]!r}: {response.status_code}")
    assert not wrong, "\n".join(wrong)


# Markup and quotes are the page's own business; what a database itself may refuse is asked on each.
@pytest.mark.parametrize(
    "many",
    [
        pytest.param(FOR_PAGES, marks=pytest.mark.one_engine),
        pytest.param(FOR_DATABASES, marks=pytest.mark.strict_engine),
    ],
    ids=["markup", "figures"],
)
@pytest.mark.slow
def test_every_hole_of_every_address_and_every_question_takes_hostile_words(many, routes, visitors, values):
    wrong = []
    names = (
        "from",
        "to",
        "q",
        "page",
        "p",
        "lang",
        "next",
        "period",
        "office",
        "counter",
        "reason",
        "o",
        "e",
        "all",
    )
    for route in routes:
        visitor, path = visitors[best_role(route)], filled(route[1:], values)
        for words in many:
            asked = [f"{path}?{urlencode(dict.fromkeys(names, words))}"]
            if "<str:" in route or "<path:" in route or "<slug:" in route:
                hostile = quote(words, safe="")
                holes = {start: dict.fromkeys(own, hostile) for start, own in values.items()}
                asked.append(filled(route[1:], holes) if "(?P<" not in route else path)
            for each in asked:
                response, _written = ask(visitor, "GET", each)
                text = "" if response.streaming else response.content.decode(errors="replace")
                if response.status_code >= 500:
                    wrong.append(f"{each[:120]}: {response.status_code}")
                if "html" in response.headers.get("Content-Type", "") and any(raw in text for raw in INERT):
                    wrong.append(f"{each[:120]}: stands raw in the page")
    assert not wrong, "\n".join(wrong[:40])


# --- read off the source -----------------------------------------------------------------------------------------
# SQL put together from text: names of our own tables and columns only, never a value.
BUILDS_SQL = {
    "surveys/box/boxed.py",
    "surveys/box/mixing.py",
    "surveys/database/code_triggers.py",
    "surveys/database/tables.py",
    "surveys/database/triggers.py",
    "surveys/database/campaign_triggers.py",
    "surveys/paper/piles.py",
}
# Markup declared safe: what segno or our own drawing made of digits and escaped words.
DECLARES_SAFE = {
    "surveys/templatetags/icons.py",
    "reports/charts/shapes.py",
    "reports/campaigns/poster.py",
    "reports/exports/pdf.py",
    "reports/exports/poster_pdf.py",
    "reports/charts/score_intervals.py",
    "reports/campaigns/unit_views.py",
    "reports/campaigns/views.py",
    "surveys/accounts/second_factor.py",
    "surveys/printing/slip_layout.py",
    "surveys/printing/pad_layout.py",
    "surveys/ballot/tablet_views.py",
    "surveys/setup_room/faces.py",
}


def sources():
    for app in ("surveys", "reports", "kbnn_survey"):
        for path in sorted((ROOT / app).rglob("*.py")):
            if "migrations" not in path.parts:
                yield str(path.relative_to(ROOT)), ast.parse(path.read_text(encoding="utf-8"))


def calls(tree: ast.AST, *names: str):
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and getattr(node.func, "attr", getattr(node.func, "id", "")) in names:
            yield node


def test_no_statement_is_put_together_from_values():
    found = {
        path
        for path, tree in sources()
        for call in calls(tree, "execute", "executemany", "raw", "RawSQL", "extra")
        if call.args and isinstance(call.args[0], (ast.JoinedStr, ast.BinOp))
    }
    assert found <= BUILDS_SQL, f"SQL put together from text: {sorted(found - BUILDS_SQL)}"


def test_nothing_is_read_that_could_name_a_function_to_be_called():
    """A pickle in the database, a folder or a request would run in this process; `plain_cache` takes those of plain data alone."""
    modules = {"pickle", "marshal", "shelve", "dill", "cloudpickle", "yaml", "jsonpickle"}
    found = {
        path
        for path, tree in sources()
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in [getattr(node, "module", None), *(each.name for each in node.names)]
        if name and name.partition(".")[0] in modules
    }
    assert found == {"kbnn_survey/plain_cache.py"}
    assert [kind["BACKEND"] for kind in settings.CACHES.values()] == ["kbnn_survey.plain_cache.PlainCache"]
    assert settings.SESSION_SERIALIZER == "django.contrib.sessions.serializers.JSONSerializer"


def test_nothing_is_declared_safe_but_what_we_draw_ourselves():
    found = {path for path, tree in sources() if any(calls(tree, "mark_safe", "SafeString"))}
    assert found <= DECLARES_SAFE, f"declared safe: {sorted(found - DECLARES_SAFE)}"
    for template in sorted((ROOT / "templates").rglob("*")):
        if template.is_file():
            text = template.read_text(encoding="utf-8")
            assert not re.search(r"\|\s*safe\b|autoescape\s+off", text), template
