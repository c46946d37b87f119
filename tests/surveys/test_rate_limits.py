"""Who is asking, and how many codes that were never issued an address may try."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import connection

from surveys.client_address import client_address
from surveys.rate_limits import is_guessing
from tests.make import NOW


@pytest.mark.parametrize(
    ("peer", "forwarded", "address"),
    [
        ("203.0.113.9", "", "203.0.113.9"),
        ("203.0.113.9", "198.51.100.1", "203.0.113.9"),  # a stranger's word for somebody else counts nothing
        ("10.0.0.1", "198.51.100.1", "198.51.100.1"),
        ("10.0.0.1", "1.1.1.1, 198.51.100.1", "198.51.100.1"),  # what the customer wrote stands first
        ("10.0.0.1", "198.51.100.1, 10.0.0.2", "198.51.100.1"),
        ("10.0.0.1", "10.0.0.2", "10.0.0.2"),
        ("10.0.0.1", "", "10.0.0.1"),
        ("10.0.0.1", "unknown", "10.0.0.1"),
        ("10.0.0.1", " , ,", "10.0.0.1"),
        ("::ffff:203.0.113.9", "", "203.0.113.9"),
        ("2001:db8:1:2:aaaa::1", "", "2001:db8:1:2::/64"),
        ("", "198.51.100.1", ""),
    ],
)
def test_the_last_hop_that_is_not_our_own_proxy_is_the_customer(peer, forwarded, address):
    assert client_address(peer=peer, forwarded=forwarded, trusted=["10.0.0.1", "10.0.0.2"]) == address


@pytest.mark.django_db
def test_thirty_wrong_codes_a_minute_are_let_pass_and_the_next_waits_for_the_minute_to_end():
    at_the_full_minute = NOW.replace(second=0)
    tries = [is_guessing(address="192.0.2.1", now=at_the_full_minute) for _ in range(32)]
    assert tries == [False] * 30 + [True] * 2
    assert not is_guessing(address="192.0.2.2", now=at_the_full_minute)
    assert is_guessing(address="192.0.2.1", now=at_the_full_minute + timedelta(seconds=59))
    assert not is_guessing(address="192.0.2.1", now=at_the_full_minute + timedelta(seconds=60))


@pytest.mark.django_db
def test_no_address_is_kept_in_clear():
    is_guessing(address="192.0.2.1", now=NOW)
    with connection.cursor() as cursor:
        cursor.execute("SELECT cache_key FROM django_cache")
        stored = [row[0] for row in cursor.fetchall()]
    assert stored
    assert not [key for key in stored if "192.0.2.1" in key]
    cache.clear()
