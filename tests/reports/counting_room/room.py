"""The counting room as its users open and sign it."""

from __future__ import annotations

from django.test import Client

ROOM = "/counting/HB/2026-05/"


PASSWORD = "mat-khau-thu"


def session(user) -> Client:
    """A browser in which this person has just typed the password."""
    client = Client()
    client.post("/login", {"login": user.username, "password": PASSWORD})
    return client


def hidden(response) -> dict[str, str]:
    """What the sign page sends along."""
    page = response.context
    signed = page["signed"]
    return {"seen": page["draft"].digest if signed else page["draft"].seen, "reason": page["reason"]}


def sign(client, *, compared="on", where=ROOM + "sign"):
    return client.post(where, {**hidden(client.get(where)), "compared": compared})


def text_of(response) -> str:
    return " ".join(response.content.decode().split())
