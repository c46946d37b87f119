"""A third criterion of the counter's ballot, entered as an office does, stands on every output of its month."""

import csv
import io

import openpyxl
import pytest
from django.test import Client

from reports.charts.bars import flow
from reports.documents.figure_tables import workbook
from reports.documents.poster import poster
from reports.documents.report import report
from reports.exports.xlsx import workbook_xlsx
from reports.month.snapshot import take
from reports.publication import folder
from surveys.choices import Role
from surveys.models import QuestionnaireVersion
from surveys.paper import patterns_of
from surveys.periods import Month
from surveys.reference.questionnaires import read_questionnaire
from tests import make
from tests.factories.questionnaires import CriterionFactory
from tests.reports.documents.months import facts_of

pytestmark = [pytest.mark.django_db, pytest.mark.one_engine]
NOVEMBER, AFTERWARDS = Month(2026, 11), make.at(10, month=12)
NAME = "Cơ sở vật chất nơi giao dịch"


@pytest.fixture
def office(settings, tmp_path):
    """Forty ballots of three criteria, one of them not satisfied with the third; sealed and published."""
    settings.DATA_DIR = tmp_path
    counter, kind = make.counter("Q1", of=make.department(of=make.office("HB"))), make.procedure("1")
    version = make.questionnaire()
    CriterionFactory(
        version=version,
        code="facilities",
        text=NAME,
        short_name=NAME,
        scale=version.criteria.first().scale,
        position=3,
    )
    for n, handed in enumerate(make.issued_together(40, at=counter, kind=kind)):
        make.cast(handed, facilities=int(n > 0))
    make.sealed(counter)
    folder.publish(tmp_path / "published")
    return counter.box_office


def test_a_third_criterion_stands_in_every_table_paper_and_public_file(office, client, tmp_path):
    month, facts = (
        take(office=office, stretch=NOVEMBER, now=AFTERWARDS),
        facts_of(office, NOVEMBER, now=AFTERWARDS),
    )
    book = openpyxl.load_workbook(io.BytesIO(workbook_xlsx(workbook(month))))
    named = {row[0].value: row for row in book["Tiêu chí"].iter_rows()}
    titles = [cell.value for cell in named["Tiêu chí"]]
    assert named[NAME][titles.index("Không hài lòng")].value == 1
    assert NAME in repr(report(facts))
    head = next(csv.reader(io.StringIO((tmp_path / "published/HB/2026-11/ballots.csv").read_text())))
    assert "facilities" in head
    public = client.get("/results/HB/2026-11/figures.json").json()
    assert [each["code"] for each in public["criteria"]] == ["attitude", "time", "facilities"]
    leader = Client()
    leader.force_login(make.user(Role.LEADERSHIP, of=office), "django.contrib.auth.backends.ModelBackend")
    assert NAME in leader.get("/reports/HB/?from=2026-11&to=2026-11").content.decode()
    whole = [
        each
        for each in patterns_of(read_questionnaire(QuestionnaireVersion.objects.get().pk))
        if not each.reason
    ]
    assert len(whole) == 2**3


def test_no_page_or_paper_speaks_of_two_criteria_where_three_were_asked(office):
    facts = facts_of(office, NOVEMBER, now=AFTERWARDS)
    totals = facts.month.totals
    said = {
        "poster": repr(poster(facts)),
        "report": repr(report(facts)),
        "bars": repr(flow(totals, is_open=False)),
    }
    for name, words in said.items():
        assert "cả hai tiêu chí" not in words.casefold(), name
        assert "mọi tiêu chí" in words.casefold(), name
    assert ("39", "hài lòng mọi tiêu chí") in poster(facts).figures
