"""What all of the customer's pages share."""

import pytest
from django.test import RequestFactory
from django.utils.translation import override

from surveys.customer.decorators import is_foreign, is_too_large
from surveys.customer.rendering import address_of, language_of, period_label, with_language

OWN = {"https://kbnn.example"}


@pytest.mark.parametrize(
    ("site", "origin", "foreign"),
    [
        ("", "", False),
        ("same-origin", "https://kbnn.example", False),
        ("same-origin", "null", False),
        ("none", "", False),
        ("cross-site", "", True),
        ("cross-site", "https://kbnn.example", True),
        ("", "https://kbnn.example.elsewhere", True),
        ("", "http://kbnn.example", True),
        ("same-site", "https://other.kbnn.example", True),
    ],
)
def test_a_form_is_foreign_when_the_browser_names_another_site(site, origin, foreign):
    assert is_foreign(site=site, origin=origin, own=OWN) is foreign


@pytest.mark.parametrize(
    ("period", "vietnamese", "english"),
    [
        ("2023-06", "tháng 6/2023", "June 2023"),
        ("2023-Q2", "quý II/2023", "quarter 2 of 2023"),
    ],
)
def test_a_period_reads_as_a_part_of_a_sentence(period, vietnamese, english):
    with override("vi"):
        assert period_label(period) == vietnamese
    with override("en"):
        assert period_label(period) == english


def test_an_address_keeps_the_language_of_the_page():
    with override("en"):
        assert with_language("/receipt") == "/receipt?lang=en"
        assert with_language("") == ""
    with override("vi"):
        assert with_language("/receipt") == "/receipt"


@pytest.mark.parametrize(
    ("query", "language"), [("", "vi"), ("?lang=en", "en"), ("?lang=vi", "vi"), ("?lang=%00", "vi")]
)
def test_the_address_alone_decides_the_language(query, language):
    asked = RequestFactory().get(f"/p{query}", headers={"Accept-Language": "en"})
    assert language_of(asked) == language


@pytest.mark.parametrize(
    ("announced", "too_large"), [("65536", False), ("65537", True), ("", False), ("0", False)]
)
def test_sixty_four_kilobytes_are_the_limit(announced, too_large):
    assert is_too_large(RequestFactory().post("/p", CONTENT_LENGTH=announced)) is too_large


def test_a_page_that_does_not_exist_has_no_address():
    assert address_of("reports:receipt") == "/receipt"
    assert address_of("reports:not-yet-built") == ""
