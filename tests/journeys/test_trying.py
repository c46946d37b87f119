"""Trying the pilot in a browser that knows only the front page."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from surveys.context_processors import is_pilot
from surveys.setup.pilot import office as pilot_office
from surveys.setup.pilot import played

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.sqlite_only]


@pytest.fixture
def front_page(settings, monkeypatch, tmp_path, live_server):
    """Its address by number; the pilot stands behind it, with a copy to go back to."""
    settings.TRY_IT, settings.ALLOWED_HOSTS, settings.DATA_DIR = True, ["*"], tmp_path
    monkeypatch.setenv("PILOT_PASSWORD", "mat-khau-thu-1")
    pilot_office.load_people(pilot_office.load_office())
    played._kept().touch()
    is_pilot.cache_clear()
    yield f"http://127.0.0.1:{live_server.thread.port}/"
    is_pilot.cache_clear()


def test_whoever_begins_anew_waits_until_the_server_has_gone_and_come_back(
    new_context, front_page, js_errors
):
    page = new_context().new_page()
    server = ["up", "gone", "gone", "up"]

    def answer(route) -> None:
        if server.pop(0) == "up":
            route.fulfill(body="ok")
        else:
            route.abort()

    page.route("**/healthz", answer)
    page.goto(front_page)
    page.get_by_role("button", name="Làm lại từ đầu").click()
    expect(page.get_by_role("heading", name="Dùng thử")).to_be_visible(timeout=20_000)
    assert (page.url, server, played.wish().exists()) == (front_page, [], True)
    # The panel knows this machine by its number, the other journeys by its name; and a server that is away is complained of.
    js_errors[:] = [each for each in js_errors if front_page not in each]
