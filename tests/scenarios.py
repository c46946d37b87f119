"""What many tests of a module begin with, built once and left standing in an open transaction.

    @scenarios.kept
    def asked():
        return few.drawn()

is a fixture: the first test that asks for it has it built; the next ones find the rows as they were, since each test runs
in a savepoint of that transaction, and get a copy of their own of what was returned. A test that asks for another scenario,
or for none, finds nothing of it. For tests in a transaction only: the rows are on no disk and no other connection sees them.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

import pytest
from django.db import connection
from django.db.models import Model
from django.db.transaction import Atomic, atomic, set_rollback

Row = TypeVar("Row", bound=Model)

MARK = "_kept_scenario"


@dataclass
class Standing:
    """The scenario whose rows stand, what its builder returned, and the transaction that holds them."""

    build: Callable[[], Any] | None = None
    built: Any = None
    transaction: Atomic = field(default_factory=atomic)


_standing = Standing()


def kept(build: Callable[[], Any]):
    """A fixture of what ``build`` returns; it takes no fixtures, and leaves nothing outside the database."""

    def scenario(db) -> Any:
        assert len(connection.atomic_blocks) == 2, "no test that commits"
        return copy.deepcopy(_standing.built)

    scenario.__doc__ = build.__doc__
    setattr(scenario, MARK, build)
    return pytest.fixture(scenario)


def found(model: type[Row], **where) -> Row | None:
    """A row of the scenario that stands, if one does."""
    return model._default_manager.filter(**where).first() if _standing.build else None


def asked_for(request: pytest.FixtureRequest) -> Callable[[], Any] | None:
    """The builder of the scenario that a test asks for, itself or through another fixture."""
    known = request.node._fixtureinfo.name2fixturedefs.values()
    found = {build for each in known if (build := getattr(each[-1].func, MARK, None))}
    assert len(found) <= 1, "one scenario a test"
    return next(iter(found), None)


def lay_out(build: Callable[[], Any] | None) -> None:
    """Let this scenario's rows stand and no other's; None lets none."""
    global _standing
    if build is _standing.build and (build is None or _is_whole()):
        return
    take_away()
    if build is None:
        return
    laid = Standing(build)
    laid.transaction._from_testcase = True  # type: ignore[attr-defined]  # as Django's own, which durable blocks may be in
    laid.transaction.__enter__()
    _standing = laid
    # Whoever closes an answer outside Django's test client ends a request, and with it a connection in a transaction.
    connection.close_if_unusable_or_obsolete = lambda: None
    try:
        laid.built = build()
        connection.check_constraints()
    except BaseException:
        take_away()
        raise


def _is_whole() -> bool:
    """Whether its transaction is still open: a test may have closed the connection, and all that stood went with it."""
    return connection.in_atomic_block and not connection.closed_in_transaction


def take_away() -> None:
    """Leave nothing of the scenario that stands."""
    global _standing
    laid, _standing = _standing, Standing()
    if laid.build is None:
        return
    if connection.in_atomic_block:
        set_rollback(True)
        laid.transaction.__exit__(None, None, None)
    del connection.close_if_unusable_or_obsolete
