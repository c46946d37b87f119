"""Guess a hundred thousand codes and ten thousand passwords; compare the time that dead codes take.

Runs inside this process against a database of its own (`python -m bench.guessing`, a few minutes), so that neither a
network nor a brake stands between the guesser and the product where the brake is not what is measured.
"""

from __future__ import annotations

import logging
import os
import statistics
import time
from datetime import timedelta

CODES, PASSWORDS, ROUNDS = 100_000, 10_000, 400
LIMIT_MS = 5


def main() -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    import django

    django.setup()
    from django.test.utils import setup_databases, setup_test_environment, teardown_databases

    logging.disable(logging.CRITICAL)
    setup_test_environment()
    made = setup_databases(verbosity=0, interactive=False)
    try:
        guess_codes()
        compare_times()
        guess_passwords()
    finally:
        teardown_databases(made, verbosity=0)


def guess_codes() -> None:
    from django.test import Client
    from django.utils import timezone

    from bench.proof import record
    from surveys.crypto import codes
    from surveys.slips.lookup import find_slip
    from tests import make

    at, kind = make.counter(), make.procedure()
    live = [make.issued(at=at, kind=kind, now=timezone.now()).code for _ in range(500)]
    begun = time.perf_counter()
    hits = sum(find_slip(code=codes.new_code()) is not None for _ in range(CODES))
    rate = CODES / (time.perf_counter() - begun)
    client = Client()
    answers = [client.get(f"/p/{codes.new_code()}").status_code for _ in range(60)]
    let_pass = answers.index(429)
    true_one = client.get(f"/p/{live[0]}").status_code
    record(
        "guessing",
        figure=f"{CODES} codes against {len(live)} live ones: {hits} hits ({rate:.0f} a second without the brake); "
        f"the brake holds after {let_pass}, a true code gets {true_one}",
        met=hits == 0 and let_pass <= 30 and true_one == 200,
        command="python -m bench.guessing",
    )


def compare_times() -> None:
    from django.conf import settings
    from django.test import Client
    from django.utils import timezone

    from bench.proof import record
    from surveys.crypto import codes
    from tests import make

    settings.UNKNOWN_CODES_PER_MINUTE = 10**9
    now, client = timezone.now(), Client()
    used = make.issued(now=now)
    make.cast(used, now=now)
    dead = {"used": used.code, "expired": make.issued(now=now - timedelta(days=40)).code}
    took: dict[str, list[float]] = {"unknown": [], "used": [], "expired": []}
    for _ in range(ROUNDS):  # by turns, so that a slow moment of the machine meets all three
        for kind, times in took.items():
            path = f"/p/{dead.get(kind) or codes.new_code()}"
            begun = time.perf_counter()
            client.get(path)
            times.append((time.perf_counter() - begun) * 1000)
    medians = {kind: statistics.median(times) for kind, times in took.items()}
    apart = max(medians.values()) - min(medians.values())
    told = ", ".join(f"{kind} {median:.2f} ms" for kind, median in medians.items())
    record(
        "guessing-time",
        figure=f"{told}; {apart:.2f} ms apart ({ROUNDS} rounds)",
        met=apart < LIMIT_MS,
        command="python -m bench.guessing",
    )


def guess_passwords() -> None:
    from django.contrib.auth.hashers import MD5PasswordHasher
    from django.test import Client

    from bench.proof import record
    from tests import make

    tried = 0
    usual = MD5PasswordHasher.encode

    def encode(self, password, salt):
        nonlocal tried
        tried += 1
        return usual(self, password, salt)

    user = make.user(username="nan-nhan")
    others = [make.user(username=f"nguoi{number}").username for number in range(100)]
    MD5PasswordHasher.encode = encode
    client = Client()
    begun = time.perf_counter()
    for guess in range(PASSWORDS):
        client.post(
            "/login", {"login": user.username, "password": f"doan-{guess}"}, REMOTE_ADDR="203.0.113.7"
        )
    of_one, minutes, tried = tried, (time.perf_counter() - begun) / 60, 0
    for name in others:
        client.post("/login", {"login": name, "password": "Matkhau@123"}, REMOTE_ADDR="198.51.100.9")
    sprayed = tried
    said = {"login": user.username, "password": "mat-khau-thu"}
    victim = Client().post("/login", said, REMOTE_ADDR="192.0.2.1").status_code
    record(
        "login",
        figure=f"{PASSWORDS} guesses at one account in {minutes:.1f} min: {of_one} tried; 100 accounts × 1 from one address: "
        f"{sprayed} tried; the victim elsewhere gets {victim}",
        met=of_one <= 10 and sprayed <= 20 and victim == 302,
        command="python -m bench.guessing",
    )


if __name__ == "__main__":
    main()
