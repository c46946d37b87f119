"""What the files of the database, its log, a dump and a backup show of ballots that wait: nothing (docs/spec/trust.md §3)."""

from __future__ import annotations

import re
import secrets
import subprocess
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection

from surveys.box import boxed, casting, mixing, signed_form
from surveys.box.contents import Contents
from surveys.box.lengths import padded_bytes_of
from surveys.choices import SlipChannel
from surveys.crypto import codes, envelopes, keys
from surveys.database import dumps
from surveys.models import Ballot, BoxedBallot
from surveys.periods import Month
from surveys.reference.answers import Said
from tests import make

pytestmark = pytest.mark.django_db

BALLOTS = 1000
CAST = 40  # of them as a customer does it; the others sealed as a cast seals them
FORGED = 1_000
NOVEMBER = Month(2026, 11)
CONTROL = "control_in_clear"


def words_of(number: int) -> str:
    return f"Góp ý dấu-{number:04d} của khách"


def traces(number: int) -> list[bytes]:
    """How a comment may stand in a file: as text, escaped, as digits of its bytes, or in base 64 at any offset."""
    text = words_of(number).encode()
    marked = f"dấu-{number:04d}".encode()
    escaped = marked.decode().encode("ascii", "backslashreplace")
    in_base64 = [b64encode(b" " * shift + text)[4 + shift : -8] for shift in range(3)]
    return [marked, escaped, marked.hex().encode(), marked.hex().upper().encode(), *in_base64]


def found_in(haystack: bytes) -> int:
    """How many of the comments stand there in any form. What those of a form begin with is looked for, then which it is."""
    found = set()
    for form in zip(*map(traces, range(BALLOTS)), strict=True):
        first, last, length = min(form), max(form), len(form[0])
        stem = next(first[:n] for n in range(length, 0, -1) if last.startswith(first[:n]))
        numbers = {trace: number for number, trace in enumerate(form)}
        at = haystack.find(stem)
        while at >= 0:
            found.add(numbers.get(haystack[at : at + length]))
            at = haystack.find(stem, at + 1)
    return len(found - {None})


# --- where somebody may look ----------------------------------------------------------------------------------
def files() -> bytes:
    """Every byte of SQLite's files; on PostgreSQL tables, indexes and long values of this database, and the whole log."""
    if connection.vendor == "sqlite":
        name = connection.settings_dict["NAME"]
        parts = (Path(f"{name}{suffix}") for suffix in ("", "-wal", "-journal", "-shm"))
        return b"".join(part.read_bytes() for part in parts if part.exists())
    with connection.cursor() as cursor:
        cursor.execute("CHECKPOINT")
        cursor.execute(
            "SELECT pg_read_binary_file(pg_relation_filepath(oid)) FROM pg_class"
            " WHERE relkind IN ('r', 'i', 't') AND NOT relisshared AND pg_relation_size(oid) > 0"
        )
        tables = [bytes(row[0]) for row in cursor.fetchall()]
        cursor.execute("SELECT pg_read_binary_file('pg_wal/' || name) FROM pg_ls_waldir()")
        return b"".join([*tables, *(bytes(row[0]) for row in cursor.fetchall())])


def dumped(folder: Path) -> bytes:
    """A backup as the product makes it, and on PostgreSQL a dump as an administrator would, which is not compressed."""
    path = folder / "copy"
    dumps.copy_to(path)
    if connection.vendor == "sqlite":
        return path.read_bytes()
    restored = subprocess.run(
        [dumps._find("pg_restore"), "--file=-", str(path)], check=True, capture_output=True
    )
    return path.read_bytes() + restored.stdout


@pytest.fixture
def in_clear():
    """The same words in a table in clear, to be found by the same search."""
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TABLE {CONTROL} (id integer PRIMARY KEY, words text)")
    yield
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE {CONTROL}")


def sealed_rows(counter, kind, numbers: range) -> Iterator[BoxedBallot]:
    where = {"office": counter.box_office.pk, "period": "2026-11"}
    asked = (make.questionnaire().pk, counter.code, kind.code, {"attitude": 1, "time": 1})
    for number in numbers:
        contents = Contents(*asked, words_of(number))
        yield boxed.sealed(contents=contents, receipt_hash=secrets.token_hex(32), **where)


@pytest.mark.slow
@pytest.mark.serial
@pytest.mark.django_db(transaction=True)
def test_of_a_thousand_waiting_ballots_no_file_no_log_and_no_dump_shows_a_word(tmp_path, in_clear):
    counter, kind = make.counter(), make.procedure()
    for number, handed in enumerate(make.issued_together(CAST, at=counter, kind=kind)):
        make.cast(handed, comment=words_of(number))
    BoxedBallot.objects.bulk_create(sealed_rows(counter, kind, range(CAST, BALLOTS)))
    for office, period, _waiting in mixing.boxes_waiting():  # a night of the last days: all are sealed anew
        mixing.mix(office=office, period=period, now=make.at(27, 19))
    mixing.scrub_box()
    assert BoxedBallot.objects.count() == BALLOTS
    assert found_in(files() + dumped(tmp_path)) == 0
    assert {each.contents.comment for each in make.waiting()} == {words_of(n) for n in range(BALLOTS)}

    with connection.cursor() as cursor:
        rows = [(number, words_of(number)) for number in range(BALLOTS)]
        cursor.executemany(f"INSERT INTO {CONTROL} VALUES (%s, %s)", rows)
    assert found_in(files()) == BALLOTS  # the search bites
    assert found_in(dumped(tmp_path)) == BALLOTS


# --- rows -----------------------------------------------------------------------------------------------------
def said(comment: str, **more) -> Said:
    return Said({"attitude": 1, "time": 0}, comment=comment, **more)


def cast(handed, words: Said) -> None:
    slip = casting.find_slip(code=handed.code)
    form = signed_form.read_form(slip=slip, field=signed_form.open_form(slip=slip, now=make.NOW))
    casting.cast(slip=slip, form=form, said=words, via=SlipChannel.SLIP, now=make.NOW)


def test_every_waiting_ballot_of_a_questionnaire_has_the_same_length():
    counter, kind = make.counter(), make.procedure()
    for words in ("", "Tốt", "ệ" * 500, "\U0001f4ec" * 1000):
        cast(make.issued(at=counter, kind=kind), said(words, reasons=["waiting"] if words else []))
    paper = Contents(
        make.questionnaire().pk, "Q1", "", {"attitude": None}, void_reason="TORN", keyed_by=(1, 2)
    )
    boxed.sealed(office=counter.box_office.pk, period="2026-11", contents=paper, receipt_hash=None).save(
        force_insert=True
    )
    lengths = {len(bytes(sealed)) for sealed in BoxedBallot.objects.values_list("sealed", flat=True)}
    assert lengths == {padded_bytes_of(make.questionnaire().pk) + envelopes.OVERHEAD}


def test_a_length_once_fixed_outlives_every_change_of_the_settings(settings):
    cast(make.issued(), said("Tốt"))
    settings.COMMENT_LENGTH = 50
    padded_bytes_of.cache_clear()
    cast(make.issued(), said("Tốt"))
    assert len({len(bytes(row.sealed)) for row in BoxedBallot.objects.all()}) == 1


def test_no_column_of_the_box_names_counter_procedure_questionnaire_or_answer():
    assert {field.column for field in BoxedBallot._meta.concrete_fields} == {
        *("id", "office_id", "period", "sealed", "receipt_hash", "tag"),
    }
    names = re.compile("counter|procedure|questionnaire|answer|void|keyed")
    with connection.cursor() as cursor:
        columns = connection.introspection.get_table_description(cursor, BoxedBallot._meta.db_table)
    assert not [column.name for column in columns if names.search(column.name)]


def forged(counter, number: int) -> list[BoxedBallot]:
    """Rows that a holder of the public key alone can make: everything is right but the tag."""
    contents = Contents(make.questionnaire().pk, counter.code, "", {"attitude": 0, "time": 0})
    rows = []
    for _each in range(number):
        name = secrets.token_bytes(16)
        place = envelopes.Place(counter.box_office.code, "2026-11", name)
        sealed = envelopes.seal(
            public=keys.box_public_key(), place=place, body=contents.encoded(), padded_bytes=512
        )
        row = BoxedBallot(
            id=name.hex(),
            office=counter.box_office,
            period="2026-11",
            sealed=sealed,
            receipt_hash=secrets.token_hex(32),
        )
        row.tag = codes.box_tag(secrets.token_bytes(32), *boxed.tag_fields(row))
        rows.append(row)
    return rows


def test_of_a_thousand_rows_forged_with_the_public_key_none_is_taken_for_a_ballot():
    counter = make.counter()
    rows = forged(counter, FORGED)
    key = keys.box_key()
    assert sum(boxed.has_true_tag(row, key) for row in rows) == 0
    BoxedBallot.objects.bulk_create(rows[:200])
    make.ballots(12, at=counter, kind=make.procedure())
    with pytest.raises(mixing.BoxTampered):
        mixing.mix(office=counter.box_office, period=NOVEMBER, now=make.NOW)
    assert not Ballot.objects.exists()


def test_a_row_moved_to_another_office_or_period_does_not_open_even_under_a_true_tag():
    counter, other = make.counter(), make.counter()
    make.ballots(1, at=counter, kind=make.procedure())
    for change in ({"office_id": other.box_office.pk}, {"period": "2026-10"}, {"id": "0" * 32}):
        row = BoxedBallot.objects.get()
        for name, value in change.items():
            setattr(row, name, value)
        row.tag = codes.box_tag(keys.box_key(), *boxed.tag_fields(row))
        BoxedBallot.objects.update(**change, tag=row.tag)
        with pytest.raises(mixing.BoxTampered):
            make.waiting()
        BoxedBallot.objects.all().delete()
        make.ballots(1, at=counter, kind=make.procedure())


@pytest.mark.parametrize(
    "wrong",
    [
        {"void_reason": "TORN", "keyed_by": (1, 2)},  # what came digitally is void for nobody
        {"void_reason": "DAMAGED", "keyed_by": (1, 1)},
        {"void_reason": "DAMAGED"},
        {"void_reason": "UNWANTED", "keyed_by": (1, 2)},
        {"questionnaire": 10**9},
    ],
)
def test_what_the_table_cannot_refuse_any_more_the_mixer_refuses(wrong):
    counter = make.counter()
    usual = {
        "questionnaire": make.questionnaire().pk,
        "counter": counter.code,
        "procedure": "",
        "answers": {"attitude": 1, "time": 1},
    }
    padded_bytes_of.cache_clear()
    row = boxed.sealed(
        office=counter.box_office.pk,
        period="2026-11",
        contents=Contents(**usual),
        receipt_hash="ab" * 32,
    )
    place = envelopes.Place(counter.box_office.code, "2026-11", bytes.fromhex(row.id))
    row.sealed = envelopes.seal(
        public=keys.box_public_key(), place=place, body=Contents(**usual | wrong).encoded(), padded_bytes=512
    )
    row.tag = codes.box_tag(keys.box_key(), *boxed.tag_fields(row))
    row.save(force_insert=True)
    with pytest.raises(mixing.BoxTampered):
        mixing.mix(office=counter.box_office, period=NOVEMBER, now=make.NOW)
