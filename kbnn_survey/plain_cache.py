"""The cache in the database's table, read as plain data: a row of it is no way into this process.

Django reads such a row as a pickle, which may name any function and have it called: whoever can write into the database would
run code of their own where ballots pass in the clear.
"""

from __future__ import annotations

import pickle
from base64 import b64decode
from binascii import Error as NotBase64
from datetime import datetime
from io import BytesIO
from typing import Any

from django.core.cache.backends.base import BaseCache
from django.core.cache.backends.db import DatabaseCache
from django.db import connections, models, router
from django.utils import timezone

#: What a value may be made of beside numbers, text, bytes and what holds them. To make one of these does nothing else.
TYPES = {
    *(("datetime", name) for name in ("date", "datetime", "timedelta", "timezone")),
    *(("surveys.periods.stretches", name) for name in ("Month", "MonthRange")),
}
# The table's name is that of settings.CACHES.
# What is read does not name the moment, so that a page that found nothing here may be kept (surveys/database/revision.py).
READ = "SELECT value, expires FROM django_cache WHERE cache_key = %s"
_FORGET = "DELETE FROM django_cache WHERE expires < %s"


class NotPlain(pickle.UnpicklingError):
    """A value names something that is not among `TYPES`."""


class PlainCache(DatabaseCache):
    def get(self, key: str, default: Any = None, version: int | None = None) -> Any:
        """The value; ``default`` where there is none, its time is over, or it is not plain data."""
        made = self.make_and_validate_key(key, version=version)
        connection = connections[router.db_for_read(self.cache_model_class)]
        with connection.cursor() as cursor:
            cursor.execute(READ, [made])
            found = cursor.fetchone()
        if found is None or as_moment(connection, found[1]) < timezone.now():
            return default
        return _read(found[0], default)

    get_many = BaseCache.get_many  # one after the other

    def forget_what_is_over(self) -> None:
        """Delete what nobody is given any more; Django does so only when the table is full."""
        connection = connections[router.db_for_write(self.cache_model_class)]
        with connection.cursor() as cursor:
            cursor.execute(_FORGET, [_now(connection)])


class _Reader(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        if (module, name) not in TYPES:
            raise NotPlain(f"{module}.{name}")
        return super().find_class(module, name)


def _read(text: str, default: Any) -> Any:
    try:
        return _Reader(BytesIO(b64decode(text.encode()))).load()
    except (pickle.UnpicklingError, NotBase64, EOFError, ValueError, TypeError, KeyError, IndexError):
        return default  # no value that we wrote


def as_moment(connection: Any, stored: Any) -> datetime:
    """When a row's time is over, as its column holds it."""
    field = models.Expression(output_field=models.DateTimeField())
    for converter in connection.ops.get_db_converters(field) + field.get_db_converters(connection):
        stored = converter(stored, field, connection)
    return stored


def _now(connection: Any) -> Any:
    return connection.ops.adapt_datetimefield_value(timezone.now().replace(microsecond=0, tzinfo=None))
