"""What lies in the cache's table is data: whoever writes into the database runs nothing in this process."""

from __future__ import annotations

import base64
import pickle
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.cache import cache
from django.db import connection
from django.utils import timezone

pytestmark = pytest.mark.django_db


class Hostile:
    """Unpickled, it makes a file."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self):
        return Path.touch, (self.path,)


def put_into_the_table(value: bytes, *, key: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE django_cache SET value = %s WHERE cache_key = %s", [base64.b64encode(value).decode(), key]
        )
        assert cursor.rowcount == 1


def rows() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT COUNT(*) FROM django_cache")
        return cursor.fetchone()[0]


@pytest.mark.parametrize(
    "read", [cache.get, lambda key: cache.get_many([key]).get(key)], ids=["get", "get_many"]
)
def test_a_row_written_into_the_database_calls_nothing(tmp_path, read):
    made = tmp_path / "made"
    cache.set("mixer", 1, 60)
    put_into_the_table(pickle.dumps(Hostile(made)), key=cache.make_key("mixer"))

    assert read("mixer") is None
    assert not made.exists()


def test_each_value_that_is_kept_comes_back_as_it_was():
    now = timezone.now()
    for value in (
        0,
        1.5,
        True,
        None,
        "phiếu",
        b"\0\xff",
        [1.0],
        {"at": 1.5, "has_key": True},
        (b"x", ["y"], "z"),
        (now, now.date()),
    ):
        cache.set("kept", value, 60)
        assert cache.get("kept", "absent") == value


@pytest.mark.parametrize("scrap", [b"", b"\x80", b"no pickle", b"cos\nsystem\n(S'true'\ntR."])
def test_a_scrap_is_as_good_as_nothing(scrap):
    cache.set("kept", 1, 60)
    put_into_the_table(scrap, key=cache.make_key("kept"))
    assert cache.get("kept", "absent") == "absent"


def test_what_is_over_is_given_to_nobody_and_leaves_the_table():
    cache.set("invited", "names and addresses", 60)
    cache.set("brake", 1, 60)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE django_cache SET expires = %s WHERE cache_key = %s",
            [
                connection.ops.adapt_datetimefield_value(timezone.now() - timedelta(seconds=2)),
                cache.make_key("invited"),
            ],
        )
    assert cache.get("invited") is None
    cache.forget_what_is_over()
    assert (rows(), cache.get("brake")) == (1, 1)
