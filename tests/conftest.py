"""What every test may ask for, which tests belong to which engine, and what is said at the end about those left out."""

import fcntl
import gc
import logging
import os
import shutil
from collections import Counter
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from django.test import client as test_client
from django.utils import timezone
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

from surveys.customer import cached_pages
from tests import make
from tests.access import people, values  # noqa: F401 - fixtures of several modules
from tests.house import house  # noqa: F401
from tests.printers import queue  # noqa: F401

# Playwright's synchronous interface runs an event loop in the test's own thread, beside which the ORM refuses to work.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

# Debian's browser without a screen of its own starts and draws in less time; the whole one does as well.
BROWSERS = (
    "chromium-headless-shell",
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
)
CHROMIUM = next(filter(None, map(shutil.which, BROWSERS)), None)
STRICT = os.environ.get("STRICT") == "1"
DATABASE_FIXTURES = {"db", "transactional_db", "live_server", "django_db_setup"}
JOURNEYS = Path(__file__).parent / "journeys"


# What a test makes lives until its end; looking through it for garbage again and again meanwhile finds little.
gc.set_threshold(50_000, 20, 20)

# Nobody pulls the plug on a test (`make faults` does), so files need not wait for the disk either: 1,3 times a test.
os.fsync = lambda descriptor: None


# How long an example takes is the machine's affair.
hypothesis_settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
hypothesis_settings.load_profile("untimed")

# The test client keeps a copy of the context of every template; of a form's widgets, thousands a page, no test asks for it.
_store_templates = test_client.store_rendered_templates


def _store_pages(store, signal, sender, template, context, **kwargs):
    if not (template.name or "").startswith("django/forms/"):
        _store_templates(store, signal, sender, template, context, **kwargs)


test_client.store_rendered_templates = _store_pages


# --- which tests run where ------------------------------------------------------------------------------------
def engine() -> str:
    return "sqlite" if settings.DATABASES["default"]["ENGINE"].endswith("sqlite3") else "postgresql"


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config, items):
    """A test about the other engine is dropped when that engine has its own run, and skipped, hence told, when not.

    One that asks no database, or about what is made of rows that other tests read on both (``one_engine``), says the
    same on either: SQLite's run, which is always there, has it. What a column refuses (``strict_engine``) PostgreSQL's
    run says, where there is one: SQLite stores in a column whatever it is given. ``both_engines`` stands at a single test
    of a module that is else about one.
    """
    here = engine()
    covered = set(os.environ.get("SUITE_ENGINES", here).split())
    foreign, foreign_engine = (
        ("postgres_only", "postgresql") if here == "sqlite" else ("sqlite_only", "sqlite")
    )
    dropped = []
    for item in items:
        if JOURNEYS in item.path.parents:
            item.add_marker("journey")
        if item.get_closest_marker("journey") and CHROMIUM is None:
            item.add_marker(pytest.mark.skip(reason="no Chromium on this machine (apt install chromium)"))
        if item.get_closest_marker(foreign):
            if foreign_engine in covered:
                dropped.append(item)
            else:
                item.add_marker(pytest.mark.skip(reason=f"needs {foreign_engine}"))
        elif foreign_engine in covered and _has_it(foreign_engine, item):
            dropped.append(item)
    if dropped:
        config.hook.pytest_deselected(items=dropped)
        items[:] = [item for item in items if item not in set(dropped)]
    items[:] = _dealt(items, int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", 1)))


def pytest_collection_finish():
    """What was loaded and collected outlives every test, so nobody looks through it for garbage again."""
    gc.freeze()


def _dealt(items: list, workers: int) -> list:
    """Each worker begins with its own part of the list, then takes from the ends of the others'. So the first one begins
    with all that may not run beside each other, and never waits for a lock; the others with what takes long, so that
    none of it is begun when everything else is done."""
    serial = [item for item in items if item.get_closest_marker("serial")]
    slow = [item for item in items if item.get_closest_marker("slow") and item not in serial]
    rest = [item for item in items if item not in {*serial, *slow}]
    others = max(1, workers - 1)
    dealt: list = []
    for own in (serial, *(slow[each::others] for each in range(others))):
        room = max(0, len(items) // workers - len(own))
        dealt += [*own, *rest[:room]]
        del rest[:room]
    return dealt + rest


def _has_it(other: str, item) -> bool:
    """Whether the other engine's run is the one that says it."""
    if other == "sqlite":
        return _says_the_same_on_either(item)
    return item.get_closest_marker("strict_engine") is not None


def _says_the_same_on_either(item) -> bool:
    own = {marker.name for marker in item.own_markers}
    if item.get_closest_marker("one_engine") and "both_engines" not in own:
        return True
    markers = ("django_db", "postgres_only")
    asks = any(map(item.get_closest_marker, markers)) or not DATABASE_FIXTURES.isdisjoint(item.fixturenames)
    return not asks


@pytest.fixture(autouse=True)
def _one_at_a_time(request):
    """Serial tests wait for each other across workers. (xdist's own groups are ignored silently by pytest 9.2.)"""
    if not request.node.get_closest_marker("serial"):
        yield
        return
    with Path(__file__).open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


# --- what one test may not leave to the next ------------------------------------------------------------------
@pytest.fixture(scope="session")
def django_db_setup(
    request, django_db_modify_db_settings, django_db_use_migrations, django_db_blocker, tmp_path_factory
):
    """A copy of the run's one migrated database. What a test commits is put back where Django would flush."""
    from django.core.management.commands.flush import Command

    from tests import databases

    own = tmp_path_factory.getbasetemp()
    folder = own if _is_controller(request.config) else own.parent
    connection.settings_dict["TEST"]["MIGRATE"] = django_db_use_migrations
    usual = Command.handle
    Command.handle = lambda self, **options: databases.put_back()
    with django_db_blocker.unblock():
        databases.make(folder)
        yield
        databases.remove(folder)
    Command.handle = usual


@pytest.fixture(autouse=True)
def _forget_what_was_read_once():
    """What a process reads once belongs to one test's rows."""
    from reports.results import receipt_views
    from surveys import context_processors as context
    from surveys.box import lengths, opening
    from surveys.campaigns import pages
    from surveys.database import revision
    from surveys.reference import counters, questionnaires, spoken

    counters.FRESH_SECONDS = 10**9  # a test that counts statements must not depend on a minute's end
    yield
    counters.forget()
    spoken.forget()
    cached_pages.forget_skeletons()
    revision.store.forget()
    pages.forget()
    questionnaires.questionnaire_of.cache_clear()
    lengths.padded_bytes_of.cache_clear()
    opening.forget()
    receipt_views.forget()
    context.is_pilot.cache_clear()


@pytest.fixture
def quiet_log():
    """For tests that are refused thousands of times: it would fill the report of one failure."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


# --- what is said at the end ----------------------------------------------------------------------------------
def _left_out(terminal) -> list[str]:
    """One sentence for every reason why something did not run here."""
    reasons = Counter(
        report.longrepr[2].removeprefix("Skipped: ") for report in terminal.stats.get("skipped", [])
    )
    sentences = [f"{count} skipped on {engine()}: {reason}" for reason, count in reasons.items()]
    if "SUITE_TALLY" in os.environ and "postgresql" not in os.environ["SUITE_ENGINES"]:
        sentences.append(
            "nothing ran on PostgreSQL: no server binaries (apt install postgresql) and no DATABASE_URL"
        )
    return sentences


def _note_for_the_proof(terminal) -> None:
    """Let docs/proof.md say which of the tests it names passed, on which engine and when."""
    from bench import proof

    told = {
        report.nodeid: kind == "passed"
        for kind in ("passed", "failed", "error")
        for report in terminal.stats.get(kind, [])
    }
    proof.note_tests(told, engine=engine())


def _is_controller(config) -> bool:
    return not hasattr(config, "workerinput")


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session):
    terminal = session.config.pluginmanager.get_plugin("terminalreporter")
    if STRICT and _is_controller(session.config) and session.exitstatus == 0 and _left_out(terminal):
        session.exitstatus = 1


def pytest_terminal_summary(terminalreporter, config):
    if not _is_controller(config):
        return
    count = {
        kind: len(terminalreporter.stats.get(kind, [])) for kind in ("passed", "failed", "error", "skipped")
    }
    lines = [f"{engine()}: " + ", ".join(f"{n} {kind}" for kind, n in count.items() if n)]
    if os.environ.get("PROOF") == "1":
        _note_for_the_proof(terminalreporter)
    left_out = _left_out(terminalreporter)
    lines += [f"NOT RUN  {sentence}" for sentence in left_out]
    if STRICT and left_out:
        lines.append("STRICT=1: what was not run counts as a failure")
    if tally := os.environ.get("SUITE_TALLY"):
        with Path(tally).open("a+", encoding="utf-8") as told:
            told.write("\n".join(lines) + "\n")
            told.seek(0)
            lines = told.read().splitlines()
    terminalreporter.section("what was run", sep="=")
    for line in lines:
        loud = {"red": True, "bold": True} if line.startswith(("NOT RUN", "STRICT")) else {}
        terminalreporter.write_line(line, **loud)


# --- the clock ------------------------------------------------------------------------------------------------
@pytest.fixture
def mid_month(monkeypatch):
    """A Wednesday morning in the middle of a month, for the server too: in a month's last days nothing is mixed."""
    monkeypatch.setattr(timezone, "now", lambda: make.NOW)
    return make.NOW


# --- the browser ----------------------------------------------------------------------------------------------
@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    """Debian's own browser, kept from talking to the outside."""
    quiet = (
        "--no-sandbox",
        "--disable-gpu",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--no-first-run",
    )
    return {**browser_type_launch_args, "executable_path": CHROMIUM, "args": list(quiet)}


@pytest.fixture(scope="session")
def base_url():
    """Each context gets the live server's address below; the plugin's own fixture raises a deprecation warning."""


@pytest.fixture
def js_errors():
    """What the browser complained about, one sentence each. A journey that expects one empties the list itself."""
    return []


@pytest.fixture
def new_context(request, new_context, js_errors, live_server):
    """A fresh browser on a device of its own; anything it complains about fails the test, and so does leaving the site."""

    def on_console(message):
        # A page that answers 404 or 422 on purpose is reported with the page's own address; a missing file is not.
        # For a bare document (JSON, text) the browser tries /favicon.ico by itself.
        address = message.location["url"]
        own_page = message.page is not None and address == message.page.url
        if message.type == "error" and not own_page and not address.endswith("/favicon.ico"):
            js_errors.append(f"{message.text} ({address})")

    def on_request(request):
        if not request.url.startswith((live_server.url, "data:", "blob:", "about:")):
            js_errors.append(f"asked a stranger: {request.url}")

    usual = {"base_url": live_server.url, "locale": "vi-VN", "timezone_id": "Asia/Ho_Chi_Minh"}
    marker = request.node.get_closest_marker("browser_context_args")  # added by the plugin itself

    def make(**options):
        options = {**usual, **options}
        for name in marker.kwargs if marker else ():
            options.pop(name, None)
        context = new_context(**options)
        context.on("console", on_console)
        context.on("weberror", lambda failure: js_errors.append(str(failure.error)))
        context.on("request", on_request)
        return context

    yield make
    assert not js_errors, "\n".join(js_errors)
