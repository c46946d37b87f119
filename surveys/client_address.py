"""The client's address, as far as our own proxies vouch for it."""

from __future__ import annotations

import ipaddress
from collections.abc import Collection

from django.conf import settings
from django.http import HttpRequest


def address_of(request: HttpRequest) -> str:
    """The address that this request counts for; '' on a local socket without a proxy of ours before it."""
    return client_address(
        peer=request.META.get("REMOTE_ADDR", ""),
        forwarded=request.headers.get("X-Forwarded-For", ""),
        trusted=settings.TRUSTED_PROXIES,
    )


def login_address(request: HttpRequest) -> str | None:
    """The same for the table of wrong passwords, whose column takes an address but no network."""
    return address_of(request).partition("/")[0] or None


def client_address(*, peer: str, forwarded: str, trusted: Collection[str]) -> str:
    """Who is asking. Pure: the peer's address, the text of X-Forwarded-For, the addresses of our own proxies.

    Each proxy appends the one it speaks for, so the list is read from its end, and the first hop that is not one of
    ours is the customer's. What stands before it was written by that hop and is believed of nobody. An IPv6 customer
    owns a whole /64, which counts as one address.
    """
    address = peer
    hops = [hop.strip() for hop in forwarded.split(",") if hop.strip()]
    while address in trusted and hops:
        hop = hops.pop()
        if not _is_address(hop):
            break
        address = hop
    return _network(address)


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def _network(address: str) -> str:
    if not _is_address(address):
        return address  # a local socket has none
    parsed = ipaddress.ip_address(address)
    if parsed.version == 6 and parsed.ipv4_mapped:
        return str(parsed.ipv4_mapped)
    return str(ipaddress.ip_network((parsed, 64), strict=False)) if parsed.version == 6 else str(parsed)


def is_private(host: str) -> bool:
    """Whether the host is loopback, a private address, or a bare or local name of the office's own network."""
    try:
        return ipaddress.ip_address(host).is_private
    except ValueError:
        return "." not in host or host.endswith((".local", ".lan", ".internal", ".localhost"))
