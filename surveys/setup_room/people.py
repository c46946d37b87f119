"""Accounts of staff: entered with place and role at once, changed, given a new password. Each act is in the trail."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from datetime import datetime

from django.contrib.auth.models import Group
from django.db.models import QuerySet
from django.db.transaction import atomic

from surveys import audit
from surveys.accounts import credential_resets, reopening
from surveys.accounts.sessions import end_sessions
from surveys.audit import Action
from surveys.choices import Role
from surveys.models import Office, User
from surveys.vietnamese import fold

#: Nothing that is read as something else on paper: no 0 and o, no 1, i and l.
SIGNS = "abcdefghjkmnpqrstuvwxyz23456789"
GROUPS, LENGTH = 3, 4


class OwnPassword(Exception):
    """One's own password is changed where the old one is asked for."""


def people_of(user: User) -> QuerySet[User]:
    """Accounts within the administrator's subtree, with what a list shows of them."""
    rows = User.objects.filter(office__in=Office.objects.visible_to(user))
    return (
        rows.select_related("office", "counter").prefetch_related("groups").order_by("-is_active", "username")
    )


def named_like(rows: QuerySet[User], typed: str) -> QuerySet[User]:
    """Those whose name and login together hold every word that was typed, marks or none. A subtree's people are few
    enough to be looked at one by one, which no database here does without marks."""
    words = fold(typed).split()
    names = rows.order_by().values_list("pk", "last_name", "first_name", "username")
    return rows.filter(
        pk__in=[pk for pk, *said in names if all(each in fold(" ".join(said)) for each in words)]
    )


def words_of(roles: Iterable[str]) -> list[str]:
    """Roles as people read them, in the order of the house."""
    held = set(roles)
    return [str(role.label) for role in Role if role.value in held]


@atomic
def enter(*, person: User, roles: Iterable[Group], by: User, now: datetime) -> str:
    """A new account; returns its first password, which is shown once and kept nowhere."""
    password = _new_password()
    person.set_password(password)
    person.save()
    person.groups.set(roles)
    credential_resets.note_given(user=person, by=by, now=now)
    audit.record(
        action=Action.PERSON_ADDED,
        actor=by,
        office=person.office,
        now=now,
        subject=str(person),
        roles=_names(person),
    )
    return password


@atomic
def change(
    *, person: User, roles: Iterable[Group], fields: Sequence[str], by: User, now: datetime
) -> list[str]:
    """Save what was changed of an account; ``fields`` are their names, for the trail.

    Returns the roles that rest because a closed account was opened again.
    """
    reopened = reopening.is_reopened(person)
    person.save()
    person.groups.set(roles)
    rested = reopening.rest_roles(user=person, by=by, now=now) if reopened else []
    credential_resets.note_renamed(user=person, fields=fields, by=by, now=now)
    facts = {"fields": list(fields), "roles": _names(person), "active": person.is_active}
    audit.record(
        action=Action.PERSON_CHANGED, actor=by, office=person.office, now=now, subject=str(person), **facts
    )
    return rested


@atomic
def set_password_back(*, person: User, by: User, now: datetime) -> str:
    """A new first password for whoever lost it, logged out everywhere; no signature of theirs for a day. Raises
    `OwnPassword`."""
    if person == by:
        raise OwnPassword
    password = _new_password()
    person.set_password(password)
    person.save(update_fields=["password"])
    end_sessions(person, now=now)
    credential_resets.note(user=person, by=by, what=credential_resets.PASSWORD, now=now)
    return password


def _new_password() -> str:
    """Sixty bits in three groups, typed from paper."""
    return "-".join("".join(secrets.choice(SIGNS) for _sign in range(LENGTH)) for _group in range(GROUPS))


def _names(person: User) -> list[str]:
    return sorted(person.groups.values_list("name", flat=True))
