"""The papers of a sealed period are kept as they were made, and served from there."""

from __future__ import annotations

from datetime import date
from hashlib import sha256

import pytest
from django.db import Error
from django.db.transaction import atomic
from django.urls import reverse

from reports.documents import archive
from reports.documents.catalogue import EXPORTS
from reports.follow_up import cases
from reports.models import Case, KeptPaper, PaperForm, PaperKind, SignedPaper
from reports.month.snapshot import take
from reports.schedule.rounds import run_round
from surveys.audit import Action
from surveys.choices import Role, SlipChannel
from surveys.models import AuditEntry
from surveys.periods import Month
from tests import make

pytestmark = [pytest.mark.django_db, pytest.mark.one_engine]

NOVEMBER = Month(2026, 11)
LATER = make.at(20, month=12)


@pytest.fixture
def seal(counter):
    kind = make.procedure("P1")
    make.ballots(29, at=counter, kind=kind)
    make.ballots(1, at=counter, kind=kind, time=0)
    return make.sealed(counter)


@pytest.fixture
def leader(client, office):
    client.force_login(make.user(Role.LEADERSHIP, of=office))
    return client


def got(client, seal, name, query=""):
    where = {"office": seal.office.code, "period": seal.period, "file": name}
    answer = client.get(reverse("reports:export", kwargs=where) + query)
    return answer.content if answer.status_code == 200 else answer.status_code


@pytest.mark.both_engines
def test_every_file_is_kept_once_with_its_digest_and_the_keeping_is_written_down(seal):
    kept = archive.keep(seal=seal, now=LATER)
    assert [row.name for row in kept] == list(archive.FILES)
    assert all(sha256(row.content).hexdigest() == row.sha256 for row in kept)
    assert archive.keep(seal=seal, now=LATER) == []
    entry = AuditEntry.objects.get(action=Action.PAPERS_KEPT)
    assert kept[0].sha256 in entry.detail


@pytest.mark.parametrize("name", archive.FILES)
def test_made_again_a_file_is_the_same_byte_for_byte_whatever_became_of_its_cases(seal, office, name):
    (first,) = archive.keep(seal=seal, now=LATER, names=(name,))
    leader = make.user(Role.LEADERSHIP, of=office)
    for case in Case.objects.of(office):
        told = {"cause": "Thiếu người", "action": "Thêm một người", "reply": "Đã thêm."}
        cases.handle(case=case, by=leader, now=LATER, close=True, **told)
    again = EXPORTS[name]
    month = take(office=office, stretch=NOVEMBER, now=make.at(1, month=3, year=2027))
    assert again.write(again.content(month)) == bytes(first.content)


@pytest.mark.parametrize("name", archive.FILES)
def test_what_is_kept_is_what_is_handed_out_and_later_settings_change_nothing(seal, office, leader, name):
    (row,) = archive.keep(seal=seal, now=LATER, names=(name,))
    PaperForm.objects.create(office=office, kind=PaperKind.REPORT, issuer="CƠ QUAN KHÁC")
    PaperForm.objects.create(office=office, kind=PaperKind.MINUTES, issuer="CƠ QUAN KHÁC")
    assert got(leader, seal, name) == bytes(row.content)
    assert KeptPaper.objects.count() == 1


def test_a_file_asked_for_before_it_was_kept_is_kept_by_the_asking(seal, leader):
    content = got(leader, seal, "figures.csv")
    row = KeptPaper.objects.get()
    assert (row.name, bytes(row.content)) == ("figures.csv", content)


def test_an_open_month_and_the_poster_are_made_for_the_asking(seal, leader):
    assert got(leader, seal, "poster.pdf")[:4] == b"%PDF"
    where = {"office": seal.office.code, "period": "2026-12", "file": "figures.csv"}
    assert leader.get(reverse("reports:export", kwargs=where)).status_code == 200
    assert not KeptPaper.objects.exists()


def test_number_and_date_make_a_further_edition_of_the_papers_and_the_first_stays(seal, office, leader):
    archive.keep(seal=seal, now=LATER)
    SignedPaper.objects.create(
        office=office, kind=PaperKind.MINUTES, period="2026-11", number=7, dated_on=date(2026, 12, 5)
    )
    for name in archive.FILES:
        got(leader, seal, name)
    editions = KeptPaper.objects.values_list("name", "edition").order_by("name", "edition")
    numbered = [name for name, edition in editions if edition == 2]
    assert numbered == ["minutes.docx", "minutes.pdf", "report.docx", "report.pdf"]
    assert len(editions) == 10


@pytest.mark.both_engines
def test_both_versions_of_a_correction_are_kept_and_handed_out(counter, leader):
    make.ballots(30, at=counter, kind=(kind := make.procedure("P1")))
    handed = make.issued(at=counter, kind=kind, channel=SlipChannel.PAPER)
    first = make.sealed(counter)
    (old,) = archive.keep(seal=first, now=LATER, names=("figures.csv",))
    second = make.corrected(counter, handed)
    new = got(leader, second, "figures.csv")
    assert new != old.content
    assert got(leader, second, "figures.csv", "?version=1") == old.content
    assert got(leader, second, "figures.csv", "?version=2") == new
    assert got(leader, second, "figures.csv", "?version=3") == 404
    assert got(leader, second, "report.docx", "?version=1") == 404  # of which nothing was kept


@pytest.mark.both_engines
def test_what_is_kept_cannot_be_changed_or_taken_away(seal):
    archive.keep(seal=seal, now=LATER, names=("figures.csv",))
    with pytest.raises(Error), atomic():
        KeptPaper.objects.update(content=b"x")
    with pytest.raises(Error), atomic():
        KeptPaper.objects.all().delete()


def test_the_schedule_keeps_what_no_request_has_kept(seal):
    assert list(archive.waiting()) == [seal]
    run_round(now=make.at(5, 10, month=12))
    assert set(KeptPaper.objects.values_list("name", flat=True)) == set(archive.FILES)
    assert list(archive.waiting()) == []


def test_the_record_shows_every_version_with_digests_and_offers_the_anew_to_the_team_only(
    seal, office, client
):
    rows = archive.keep(seal=seal, now=LATER, names=("figures.csv", "report.docx"))
    where = {"office": office.code, "period": "2026-11"}
    page, anew = (reverse(f"reports:{name}", kwargs=where) for name in ("kept", "keep"))
    client.force_login(make.user(Role.LEADERSHIP, of=office))
    shown = client.get(page).content.decode()
    assert all(row.sha256 in shown for row in rows)
    assert anew not in shown
    assert client.post(anew).status_code == 404
    client.force_login(make.user(Role.COUNTING, of=office))
    PaperForm.objects.create(office=office, kind=PaperKind.REPORT, issuer="CƠ QUAN KHÁC")
    assert client.post(anew).status_code == 302
    assert KeptPaper.objects.filter(name="report.docx").count() == 2
    assert client.get(page.replace("2026-11", "2026-12")).status_code == 404
    client.force_login(make.user(Role.LEADERSHIP, of=make.office()))
    assert client.get(page).status_code == 404
