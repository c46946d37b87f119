"""The office that most of these tests are about: one box, one counter, one kind of transaction."""

import pytest

from surveys.models import Counter, Procedure
from tests import make, scenarios


@pytest.fixture
def counter():
    return scenarios.found(Counter, code="Q1") or make.counter("Q1")


@pytest.fixture
def office(counter):
    return counter.box_office


@pytest.fixture
def kind():
    return scenarios.found(Procedure, code="P1") or make.procedure("P1")
