"""Where a ballot is handed out."""

import pytest

from surveys.reference import counters
from tests import make

pytestmark = pytest.mark.django_db


def test_a_place_names_counter_department_and_the_office_whose_box_it_feeds():
    office = make.office("HB", name_en="Hòa Bình State Treasury")
    counter = make.counter("Q1", of=make.department(of=office))
    place = counters.place_of(counter.pk)
    assert (place.code, place.counter.vi) == ("Q1", "Quầy Q1")
    assert place.department.vi == "Phòng Kế toán Nhà nước"
    assert (place.office.vi, place.office.en) == ("KBNN HB", "Hòa Bình State Treasury")


def test_a_counter_of_the_office_itself_has_no_department():
    assert counters.place_of(make.counter(of=make.office()).pk).department is None


def test_a_place_and_a_procedure_are_read_once_a_minute(django_assert_num_queries):
    counter, procedure = make.counter(), make.procedure("5.001")
    with django_assert_num_queries(2):
        for _ in range(3):
            counters.place_of(counter.pk)
            assert counters.procedure_code(procedure.pk) == "5.001"
