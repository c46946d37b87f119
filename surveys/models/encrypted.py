"""Text that the database and its copies hold, and cannot read."""

from __future__ import annotations

from typing import Any

from django.db import models

from surveys.crypto import at_rest, keys


class EncryptedTextField(models.TextField):
    """A text under the pages' own key, another one each time it is written: nothing can be searched or compared by it.

    Reading or writing it without that key raises `keys.KeyMissing`; what was changed in the database meanwhile,
    `at_rest.TextRefused`.
    """

    def get_prep_value(self, value: Any) -> str | None:
        plain = super().get_prep_value(value)
        return None if plain is None else at_rest.written(keys.paper_key(), self._name(), plain)

    def from_db_value(self, value: str | None, _expression: object, _connection: object) -> str | None:
        return None if value is None else at_rest.read(keys.paper_key(), self._name(), value)

    def _name(self) -> str:
        """What it was written for, so that no value can be put into another column's place."""
        return f"{self.model._meta.db_table}.{self.column}"
