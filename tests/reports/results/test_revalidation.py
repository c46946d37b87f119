"""What is published need not be fetched twice; what customers and staff see is never kept."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from reports.publication import folder
from surveys.choices import Role, SlipChannel
from surveys.models import Office, Procedure
from tests import make

pytestmark = [pytest.mark.django_db, pytest.mark.one_engine]

MONTH = "/results/HB/2026-11/"
SEALED = (MONTH, f"{MONTH}figures.json", f"{MONTH}figures.csv", f"{MONTH}seal.txt", "/results/verify.py")
LISTS = ("/results/", "/results/HB/")


@pytest.fixture(autouse=True)
def counter(settings, tmp_path):
    """A sealed and published month with thirty ballots at one counter, and one on paper that came back to nobody."""
    settings.DATA_DIR = tmp_path
    counter = make.counter("Q1", of=make.department(of=make.office("HB")))
    make.ballots(30, at=counter, kind=make.procedure("P1"))
    counter.late = make.issued(at=counter, kind=Procedure.objects.get(), channel=SlipChannel.PAPER)
    make.sealed(counter)
    folder.publish(folder.default_root())
    return counter


def body(answer) -> bytes:
    """The whole answer; a file that is sent is read to its end, which closes it."""
    return b"".join(answer) if answer.streaming else answer.content


def kept_as(address: str) -> str:
    answer = Client().get(address)
    assert body(answer)
    return answer["Cache-Control"]


@pytest.mark.parametrize("address", SEALED + LISTS)
def test_a_published_page_that_is_known_comes_without_a_body(address):
    first = Client().get(address)
    assert (first.status_code, len(body(first)) > 0) == (200, True)
    again = Client().get(address, headers={"if-none-match": first["ETag"]})
    assert (again.status_code, body(again), again["ETag"]) == (304, b"", first["ETag"])
    assert again["Referrer-Policy"] == "no-referrer"


@pytest.mark.parametrize("address", SEALED + LISTS)
def test_a_published_page_that_is_not_known_comes_whole(address):
    first = Client().get(address)
    again = Client().get(address, headers={"if-none-match": '"of-another-day"'})
    assert (again.status_code, body(again)) == (200, body(first))


def test_a_zipped_page_is_known_by_the_same_tag():
    zipped = Client(headers={"accept-encoding": "gzip"})
    first = zipped.get(MONTH)
    assert (first["Content-Encoding"], first["Vary"]) == ("gzip", "Accept-Encoding")
    assert zipped.get(MONTH, headers={"if-none-match": first["ETag"]}).status_code == 304


def test_the_two_languages_are_two_pages():
    vietnamese = Client().get(MONTH)
    english = Client().get(f"{MONTH}?lang=en", headers={"if-none-match": vietnamese["ETag"]})
    assert english.status_code == 200


def test_a_page_that_says_something_else_is_sent_again(counter):
    before = Client().get("/results/")
    make.ballots(30, at=counter, kind=make.procedure("P2"), now=make.at(11, month=12))
    make.sealed(counter, now=make.at(11, month=12))
    folder.publish(folder.default_root())
    after = Client().get("/results/", headers={"if-none-match": before["ETag"]})
    assert (after.status_code, b"/results/HB/2026-12/" in after.content) == (200, True)


def test_sealed_pages_may_be_kept_and_lists_are_asked_for_anew():
    assert {kept_as(address) for address in SEALED} == {"public, max-age=300"}
    assert {kept_as(address) for address in LISTS} == {"public, no-cache"}


@pytest.mark.parametrize("address", ["/", "/p", "/privacy", "/receipt"])
def test_a_page_on_which_somebody_types_a_code_is_never_kept(address):
    answer = Client().get(address)
    assert (answer["Cache-Control"], answer.has_header("ETag")) == ("no-store", False)


def test_a_page_of_staff_has_no_tag_and_is_not_public(counter):
    client = Client()
    client.force_login(
        make.user(Role.LEADERSHIP, of=counter.box_office),
        backend="django.contrib.auth.backends.ModelBackend",
    )
    answer = client.get(f"/reports/{counter.box_office.code}/?from=2026-11&to=2026-11")
    assert answer.status_code == 200
    assert ("public" in answer.get("Cache-Control", ""), answer.has_header("ETag")) == (False, False)


def test_no_404_is_kept():
    assert not Client().get("/results/HB/2026-01/").has_header("ETag")


@pytest.mark.both_engines
def test_a_correction_and_a_new_name_are_seen_at_once(counter):
    addresses = (MONTH, "/results/", "/results/HB/", "/")
    before = {address: Client().get(address).content for address in addresses}
    Office.objects.filter(code="HB").update(name="Kho bạc đổi tên", short_name="Kho bạc đổi tên")
    named = {address: Client().get(address).content.decode() for address in (MONTH, "/results/HB/")}
    assert all("Kho bạc đổi tên" in said for said in named.values())
    make.corrected(counter, counter.late)
    folder.publish(folder.default_root())
    assert all(Client().get(address).content != before[address] for address in addresses)
    assert "Đây là bản đính chính" in Client().get(MONTH).content.decode()


def test_a_published_page_that_was_made_is_one_or_two_statements(counter):
    for address in (MONTH, "/results/", "/results/HB/", "/"):
        Client().get(address)
        with CaptureQueriesContext(connection) as seen:
            Client().get(address)
        assert len(seen) <= 2
