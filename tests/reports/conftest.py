"""The office that most of these tests are about: one box, one counter, one kind of transaction."""

import pytest

from tests import make


@pytest.fixture
def counter():
    return make.counter("Q1")


@pytest.fixture
def office(counter):
    return counter.box_office


@pytest.fixture
def kind():
    return make.procedure("P1")
