"""Several threads' ballots in one transaction on SQLite: each gets what became of its own, and nobody a receipt before the commit."""

from __future__ import annotations

import threading
from collections import Counter, deque
from functools import partial

import pytest
from django.db import IntegrityError, OperationalError, connection
from django.db.backends.sqlite3.base import DatabaseWrapper
from django.db.transaction import atomic

from surveys.box import errors, group_commit
from surveys.choices import SlipChannel, SlipState
from surveys.models import BoxedBallot, Slip, Spent
from tests import make

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.sqlite_only, pytest.mark.serial]


class Queue(deque):
    """Says when another one waits."""

    def __init__(self) -> None:
        super().__init__()
        self.came = threading.Semaphore(0)

    def append(self, entry) -> None:
        super().append(entry)
        self.came.release()


@pytest.fixture
def together(monkeypatch):
    """Runs acts, each in a thread; all queue up, in their order, before one of them has its turn. Their results, exceptions included."""

    def run(*acts):
        queue = Queue()
        monkeypatch.setattr(group_commit, "_queue", queue)
        results = [None] * len(acts)

        def work(place):
            try:
                results[place] = acts[place]()
            except BaseException as error:
                results[place] = error
            finally:
                connection.close()

        threads = [threading.Thread(target=work, args=[place]) for place in range(len(acts))]
        with group_commit._turn:
            for thread in threads:
                thread.start()
                assert queue.came.acquire(timeout=60)
        for thread in threads:
            thread.join(60)
        return results

    return run


@pytest.fixture
def slips():
    """Four slips of one counter."""
    at, kind = make.counter(), make.procedure()
    return [make.issued(at=at, kind=kind, now=make.NOW) for _ in range(4)]


@pytest.fixture
def commits(monkeypatch):
    """Every commit to the database, by the thread that asked for it."""
    seen, usual = [], DatabaseWrapper._commit
    monkeypatch.setattr(
        DatabaseWrapper, "_commit", lambda self: (seen.append(threading.get_ident()), usual(self))[1]
    )
    return seen


def casts(slips):
    return [partial(make.cast, each) for each in slips]


def used():
    return Slip.objects.filter(state=SlipState.USED).count()


def spend_what_is_not_there():
    """A row that refers to no slip, which SQLite says at the commit."""
    group_commit.commit(
        lambda: Spent(slip_id=987654, used_at=make.NOW, open_seconds=0, via=SlipChannel.SLIP).save(
            force_insert=True
        )
    )


def test_who_waits_while_another_commits_is_stored_in_one_transaction(together, slips, commits):
    receipts = together(*casts(slips))
    assert len(set(receipts)) == 4
    assert all(isinstance(each, str) for each in receipts)
    assert len(commits) == 1
    assert used() == BoxedBallot.objects.count() == Spent.objects.count() == 4


def test_a_ballot_that_is_refused_leaves_the_others_of_its_transaction(together, slips):
    (slip, *_others) = slips
    twice = [partial(make.cast, slip), *casts(slips)]
    first, second, *others = together(*twice)
    assert isinstance(first, str)
    # The same slip on another form: no second ballot. (The same form would have the same receipt.)
    assert isinstance(second, errors.SlipNotUsable)
    assert all(isinstance(each, str) for each in others)
    assert used() == BoxedBallot.objects.count() == 4


def test_where_the_commit_fails_nobody_has_a_receipt_and_nothing_is_stored(together, slips, monkeypatch):
    def full(self):
        raise OperationalError("database or disk is full")

    with monkeypatch.context() as patch:
        patch.setattr(DatabaseWrapper, "_commit", full)
        results = together(*casts(slips))
    assert [type(each) for each in results] == [OperationalError] * 4
    assert used() == BoxedBallot.objects.count() == Spent.objects.count() == 0
    assert all(isinstance(each, str) for each in together(*casts(slips)))


def test_a_row_that_only_the_commit_refuses_costs_nobody_else_a_ballot(together, slips):
    first, refused, *others = together(
        partial(make.cast, slips[0]), spend_what_is_not_there, *casts(slips[1:])
    )
    assert isinstance(refused, IntegrityError)
    assert all(isinstance(each, str) for each in (first, *others))
    assert used() == BoxedBallot.objects.count() == Spent.objects.count() == 4


def test_where_a_refusal_cannot_be_taken_back_alone_nothing_of_the_transaction_is_stored(
    together, slips, monkeypatch
):
    """Else the database would roll all of it back in silence, and receipts would have no rows."""

    def broken(self, sid):
        raise OperationalError("disk I/O error")

    make.cast(slips[-1])
    with monkeypatch.context() as patch:
        patch.setattr(DatabaseWrapper, "_savepoint_rollback", broken)
        results = together(*casts(slips))
    assert [type(each) for each in results] == [OperationalError] * 4
    assert used() == BoxedBallot.objects.count() == Spent.objects.count() == 1


def at_the_third(error):
    """What stores a ballot in the box, and raises in the third one's place."""
    usual, seen = BoxedBallot.save, []

    def save(self, **options):
        seen.append(self)
        if len(seen) == 3:
            raise error
        return usual(self, **options)

    return save


def test_a_fault_of_the_database_in_one_ballot_is_told_to_all_of_its_transaction(
    together, slips, monkeypatch
):
    with monkeypatch.context() as patch:
        patch.setattr(BoxedBallot, "save", at_the_third(OperationalError("database or disk is full")))
        results = together(*casts(slips))
    assert [type(each) for each in results] == [OperationalError] * 4
    assert used() == BoxedBallot.objects.count() == 0


def test_who_is_ended_before_the_commit_leaves_the_others_without_a_receipt(together, slips, monkeypatch):
    """A worker that gunicorn ends raises SystemExit wherever it stands."""
    with monkeypatch.context() as patch:
        patch.setattr(BoxedBallot, "save", at_the_third(SystemExit()))
        results = together(*casts(slips))
    # Whose turn it was, which the threads settle among themselves, is the one that ends.
    assert Counter(type(each) for each in results) == {SystemExit: 1, OperationalError: 3}
    assert used() == BoxedBallot.objects.count() == 0


def test_a_cast_within_a_transaction_waits_for_nobody_who_might_wait_for_it():
    """That transaction holds the lock that the one whose turn it is waits for."""
    with group_commit._turn, atomic():
        assert make.cast(make.issued())
