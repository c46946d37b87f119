"""The builders that take a short cut build what the verbs build."""

from __future__ import annotations

import pytest

from surveys.models import Slip, Transaction
from tests import make

pytestmark = pytest.mark.django_db

OWN = {"id", "transaction_id", "reference", "serial", "code_mac", "short_mac"}


def test_slips_made_together_differ_from_one_the_verbs_made_by_their_codes_only():
    counter, kind = make.counter(), make.procedure()
    handed = make.issued_together(3, at=counter, kind=kind)
    one = make.issued(at=counter, kind=kind)
    for model in (Transaction, Slip):
        columns = {field.attname for field in model._meta.concrete_fields}
        rows = list(model.objects.values(*columns))
        assert len(rows) == 4
        assert len({tuple(row[name] for name in sorted(columns - OWN)) for row in rows}) == 1
        for name in columns & OWN:
            assert len({row[name] for row in rows}) == 4
    assert len({make.cast(each) for each in (*handed, one)}) == 4
