"""Logins that failed, a line each in the log: whose account it was, never what was typed (ASVS 16.3.1).

axes keeps none of a known machine's and forgets the others at the next right password. What was typed as a name may be a password.
"""

from __future__ import annotations

import logging

from allauth.mfa.models import Authenticator

from surveys.models import User

log = logging.getLogger(__name__)


def wrong_password(*, name: str) -> None:
    log.warning("login: wrong password, %s", _account(name))


def held_back(*, name: str) -> None:
    """One more try than a brake lets pass; the password was not looked at."""
    log.warning("login: held back by a brake, %s", _account(name))


def wrong_code(*, authenticator: Authenticator, **_facts: object) -> None:
    """Receiver of the account app's own word that a second factor was wrong."""
    log.warning("login: wrong code of the second factor, account %s", authenticator.user_id)


def _account(name: str) -> str:
    found = User.objects.filter(username=name).values_list("pk", flat=True).first()
    return f"account {found}" if found else "no account"
