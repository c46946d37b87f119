"""The API against its own document: whatever is sent, the answer is one that the document names, and none is a 5xx."""

from __future__ import annotations

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from django.db.transaction import atomic, set_rollback
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from surveys.models import ApiKey
from tests import make

pytestmark = pytest.mark.usefixtures("quiet_log")

TOKEN = "khoa-thu"
EXAMPLES = 40
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]


@pytest.fixture
def house(db):
    """In process and in the test's own transaction, whose connection the end of a request must leave open."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    _furnish()
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


def _furnish():
    office = make.office("HB")
    make.counter("Q1", of=make.department(of=office))
    make.procedure("6")
    make.questionnaire()
    ApiKey.objects.create(office=office, name="TABMIS", digest=ApiKey.digest_of(TOKEN), created_at=make.NOW)


@pytest.mark.parametrize("headers", [{"Authorization": f"Bearer {TOKEN}"}, {}], ids=["key", "no key"])
def test_whatever_is_sent_the_answer_is_one_that_the_document_names(house, headers):
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", get_wsgi_application())
    operations = [found.ok() for found in schema.get_all_operations()]
    assert len(operations) >= 4

    for operation in operations:

        @settings(
            max_examples=EXAMPLES,
            derandomize=True,
            database=None,
            deadline=None,
            phases=[Phase.explicit, Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy())
        def send(case):
            with atomic():
                case.call_and_validate(headers=headers, checks=CHECKS)
                if isinstance(case.body, dict):  # and past the first check, with names that exist
                    case.body = case.body | {"counter": "Q1", "procedure": "6", "office": "HB"}
                    case.call_and_validate(headers=headers, checks=CHECKS)
                set_rollback(True)

        send()
