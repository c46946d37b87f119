"""Waiting ballots of the time before the box was sealed, as a migration finds them; called by `migrations/0018`."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator
from typing import Any

from django.apps.registry import Apps
from django.conf import settings
from django.db.backends.base.base import BaseDatabaseWrapper

from surveys.box.contents import Contents, padded_bytes
from surveys.crypto import codes, envelopes, keys

ROWS_AT_ONCE = 200
#: The tag of a row that was damaged before: no tag of ours, so that it stays damaged.
NO_TAG = "0" * 64
_COLUMNS = (
    *("id", "office_id", "period", "questionnaire_id", "counter", "procedure"),
    *("answers", "said", "receipt_hash", "void_reason", "keyed_by", "tag"),
)


def seal_plain_rows(apps: Apps, connection: BaseDatabaseWrapper) -> int:
    """Seal what lies in ``BoxedBallot`` into ``SealedBallot``, under fresh ids; returns how many. In one transaction.

    A row whose tag was false gets a false one again: damage is neither healed nor hidden. The order is that of the old
    ids, which are random. Raises `keys.KeyMissing` where rows wait and a key is not here.
    """
    _lock(connection)
    plain, sealed = _model(apps, "BoxedBallot"), _model(apps, "SealedBallot")
    offices = dict(_model(apps, "Office").objects.values_list("pk", "code"))
    lengths = _frozen_lengths(apps)
    total, batch = 0, []
    for row in plain.objects.order_by("id").values(*_COLUMNS).iterator(chunk_size=ROWS_AT_ONCE):
        batch.append(sealed(**_sealed(row, offices[row["office_id"]], lengths[row["questionnaire_id"]])))
        if len(batch) == ROWS_AT_ONCE:
            total, batch = total + len(sealed.objects.bulk_create(batch)), []
    total += len(sealed.objects.bulk_create(batch))
    if connection.vendor == "postgresql":  # the table is renamed in the same transaction
        connection.cursor().execute("SET CONSTRAINTS ALL IMMEDIATE")
    return total


def _model(apps: Apps, name: str) -> Any:
    """A table as it was at this migration, which today's models say nothing of."""
    return apps.get_model("surveys", name)


def _lock(connection: BaseDatabaseWrapper) -> None:
    """Nothing comes into the old table any more. SQLite's transaction is the only writer already."""
    if connection.vendor == "postgresql":
        connection.cursor().execute("LOCK TABLE surveys_boxedballot IN ACCESS EXCLUSIVE MODE")


def _frozen_lengths(apps: Apps) -> dict[int, int]:
    """The lengths of all versions that anybody was asked, fixed by what they ask."""
    versions = _model(apps, "QuestionnaireVersion").objects
    asked = set(_model(apps, "Slip").objects.values_list("questionnaire", flat=True).distinct())
    campaigns = _model(apps, "Campaign").objects.exclude(state="draft")
    asked |= set(campaigns.values_list("questionnaire", flat=True))
    asked |= set(_model(apps, "BoxedBallot").objects.values_list("questionnaire", flat=True))
    found = {}
    for version in sorted(asked):
        found[version] = padded_bytes(
            criteria=_codes(apps, "Criterion", version),
            reasons=_codes(apps, "Reason", version),
            texts=_codes(apps, "TextQuestion", version),
            characters=settings.COMMENT_LENGTH,
        )
        versions.filter(pk=version).update(padded_bytes=found[version])
    return found


def _codes(apps: Apps, model: str, version: int) -> Iterator[str]:
    rows = _model(apps, model).objects.filter(version=version)
    yield from rows.values_list("code", flat=True).iterator()


def _sealed(row: dict[str, Any], office: str, length: int) -> dict[str, Any]:
    """The values of the sealed row."""
    name = secrets.token_bytes(envelopes.ROW_ID_BYTES)
    is_sound = codes.is_box_tag(keys.box_key(), row["tag"], *_old_tag_fields(row))
    envelope = envelopes.seal(
        public=keys.box_public_key(),
        place=envelopes.Place(office, row["period"], name),
        body=_contents(row).encoded() if is_sound else b"",
        padded_bytes=length,
    )
    kept = {column: row[column] for column in ("office_id", "period", "receipt_hash")}
    fields = (name.hex(), str(row["office_id"]), row["period"], envelope, row["receipt_hash"] or "")
    tag = codes.box_tag(keys.box_key(), *fields) if is_sound else NO_TAG
    return {**kept, "id": name.hex(), "sealed": envelope, "tag": tag}


def _old_tag_fields(row: dict[str, Any]) -> tuple[str, ...]:
    return tuple(str(row[column] or "") for column in _COLUMNS[:-1])


def _contents(row: dict[str, Any]) -> Contents:
    said = json.loads(row["said"])
    return Contents(
        questionnaire=row["questionnaire_id"],
        counter=row["counter"],
        procedure=row["procedure"],
        answers=json.loads(row["answers"]),
        comment=said["comment"],
        reasons=tuple(said["reasons"]),
        texts=said["texts"],
        void_reason=row["void_reason"],
        keyed_by=tuple(int(name) for name in row["keyed_by"].split(",") if name),
    )
