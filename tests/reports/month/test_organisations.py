"""Whose slips they were: kept with the seal, said beside the slips, and the same after the names are erased."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, IntegrityError
from django.db.transaction import atomic

from reports.arithmetic.clusters import Clusters
from reports.arithmetic.thresholds import INTERVAL_ORGANISATIONS
from reports.documents.gathering import gather
from reports.documents.minutes import minutes
from reports.exports.content import words_of
from reports.models import ClusterSum, PaperKind
from reports.month import control_limits, wording
from reports.month.organisations import kept_of
from reports.month.snapshot import take, take_sealed
from reports.results import pages
from surveys.database import retention
from surveys.models import Organisation, Transaction
from surveys.periods import Month, MonthRange
from tests import make

pytestmark = pytest.mark.django_db

NOVEMBER = Month(2026, 11)
AFTER = make.at(5, month=12)
#: By counter, slips of each organisation and how many of them come back; the first organisation comes to both.
SLIPS = {"Q1": [(5, 5), (4, 0), (6, 6), *[(1, 1)] * 7], "Q2": [(3, 3), (2, 2), (4, 1), *[(2, 2)] * 3]}


@pytest.fixture
def office(counter, kind):
    """Thirty-seven slips of fifteen organisations at two counters."""
    make.questionnaire()
    for code, organisations in SLIPS.items():
        at = counter if code == "Q1" else make.counter(code, of=counter.office)
        for number, (slips, returned) in enumerate(organisations):
            handed = make.issued_together(slips, at=at, kind=kind)
            ours = "TC0" if number == 0 else f"{code}-{number}"
            name = Organisation.objects.get_or_create(
                office=at.box_office, code=ours, defaults={"name": ours}
            )[0]
            slips_of = [each.slip.transaction_id for each in handed]
            Transaction.objects.filter(pk__in=slips_of).update(organisation=name)
            for each in handed[:returned]:
                make.cast(each)
    return counter.box_office


def expected() -> Clusters:
    joint = (SLIPS["Q1"][0][0] + SLIPS["Q2"][0][0], SLIPS["Q1"][0][1] + SLIPS["Q2"][0][1])
    return Clusters.of([joint, *SLIPS["Q1"][1:], *SLIPS["Q2"][1:]])


def taken(office):
    return take(office=office, stretch=NOVEMBER, now=AFTER)


def test_organisations_are_joined_over_counters_and_told_beside_the_slips(office):
    month = taken(office)
    assert month.organisations.office == expected()
    assert month.organisations.counters["Q2"] == Clusters.of(SLIPS["Q2"]).without_returns
    assert expected().organisations == 15
    said = wording.of_organisations(month)
    assert said.startswith(
        "37 phiếu phát ra của 15 tổ chức. Tỷ lệ thu về 81%; với những tổ chức tương tự, từ "
    )
    low, high = expected().return_ends
    assert low < 30 / 37 < high
    of_counter = control_limits.funnel(month.counters, month.totals.participation, month.organisations)
    assert set(of_counter) == {"Q1", "Q2"}


def test_what_is_said_stays_when_the_names_are_erased(office, counter):
    before = taken(office)
    make.sealed(counter)
    sealed = taken(office)
    assert sealed.organisations == before.organisations
    assert ClusterSum.objects.filter(counter="").get().organisations == 15
    retention.erase_customers(now=make.at(1, year=2030))
    assert not Transaction.objects.filter(organisation__isnull=False).exists()
    assert taken(office).organisations == before.organisations
    assert wording.of_organisations(taken(office)) == wording.of_organisations(before)


def test_sums_of_organisations_are_append_only(office, counter):
    make.sealed(counter)
    with pytest.raises(DatabaseError, match="append-only"), atomic():
        ClusterSum.objects.update(slips=1)
    with pytest.raises(DatabaseError, match="append-only"), atomic():
        ClusterSum.objects.all().delete()


def test_what_came_back_is_not_kept_for_a_counter_nor_for_few_organisations(office, counter):
    """At a counter with two organisations, returned and deviation say whose slips came back, long after the names."""
    make.sealed(counter)
    of_counters = ClusterSum.objects.exclude(counter="")
    assert {(row.counter, row.returned, row.deviation) for row in of_counters} == {
        ("Q1", None, None),
        ("Q2", None, None),
    }
    few = Clusters.of([(5, 5), (4, 0)])
    assert (few.to_keep.returned, few.to_keep.deviation, few.to_keep.squares) == (None, None, 41)
    row = ClusterSum(seal=of_counters[0].seal, counter="Q9", slips=20, squares=60, unknown=0)
    row.organisations, row.returned, row.deviation = INTERVAL_ORGANISATIONS, 3, 1.0
    with pytest.raises(IntegrityError, match="clustersum_returns_of_many"), atomic():
        row.save()


def test_without_names_nothing_is_said_of_organisations(office):
    Transaction.objects.all().update(organisation=None)
    month = taken(office)
    assert not month.organisations.are_known
    assert wording.of_organisations(month) == wording.long_run(month) == ""


def test_several_periods_have_no_organisations_in_common(office):
    months = MonthRange(Month(2026, 10), NOVEMBER)
    assert take(office=office, stretch=months, now=make.NOW).organisations is None


# ── Papers and pages for everybody ─────────────────────────────────────────────────────


def said_in_minutes(office):
    month = taken(office)
    return "\n".join(words_of(minutes(gather(month=month, kind=PaperKind.MINUTES))))


def said_in_public(office):
    return pages.sentences(
        take_sealed(office=office, period=NOVEMBER, now=AFTER).totals, kept_of(office, str(NOVEMBER))
    )


def test_minutes_and_public_page_say_whose_slips_they_were(office, counter):
    make.sealed(counter)
    assert "Số phiếu phát ra là 37 phiếu của 15 tổ chức; một tổ chức có thể nhận nhiều phiếu." in (
        said_in_minutes(office)
    )
    assert take_sealed(office=office, period=NOVEMBER, now=AFTER).organisations.office == expected()
    assert "Phiếu được phát cho 15 tổ chức." in said_in_public(office)


def test_of_slips_without_a_name_the_others_are_counted(office, counter):
    named = Transaction.objects.order_by("pk").filter(organisation__code="Q2-5").values_list("pk", flat=True)
    Transaction.objects.filter(pk__in=list(named)).update(organisation=None)
    make.sealed(counter)
    assert "trong đó 35 phiếu của 14 tổ chức" in said_in_minutes(office)
    assert "35 phiếu được phát cho 14 tổ chức." in said_in_public(office)


def test_of_few_organisations_everybody_reads_nothing(office, counter):
    """The office's own page and report go on naming them."""
    few = list(Organisation.objects.order_by("pk")[: INTERVAL_ORGANISATIONS - 1])
    Transaction.objects.exclude(organisation__in=few).update(organisation=few[0])
    make.sealed(counter)
    assert "09 tổ chức" in wording.of_organisations(taken(office))
    assert "tổ chức" not in said_in_minutes(office).replace("tổ chức, cá nhân", "")
    assert not [each for each in said_in_public(office) if "tổ chức" in each]
