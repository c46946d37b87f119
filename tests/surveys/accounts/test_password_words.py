"""A password of the office's own words is refused wherever one is chosen."""

from __future__ import annotations

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.test import Client

from tests import make

PASSWORD = "mat-khau-thu"


@pytest.mark.parametrize(
    "typed",
    ["KhoBac@2026", "Kho bạc Nhà nước", "kbnn-hoabinh-1", "PhiếuHàiLòng1", "Matkhau2026!!", "quantri.123"],
)
def test_words_of_the_house_with_a_year_or_some_digits_are_refused(typed):
    with pytest.raises(ValidationError, match="ai cũng đoán"):
        validate_password(typed)


@pytest.mark.parametrize(
    "typed", ["ngua-xanh-bay-42", "kho bac cua toi mau tim", "7f3k-mm2x-pq9w", "x" * 20 + "qwzj" * 15]
)
def test_other_words_and_long_ones_are_taken(typed):
    validate_password(typed)


@pytest.mark.django_db
def test_whoever_changes_the_own_password_is_told():
    client = Client()
    client.force_login(make.user(), backend="django.contrib.auth.backends.ModelBackend")
    said = {"oldpassword": PASSWORD, "password1": "KhoBac@2026", "password2": "KhoBac@2026"}
    assert "ai cũng đoán" in client.post("/password", said).content.decode()
