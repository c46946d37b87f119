"""A questionnaire as plain data."""

import pytest

from surveys.models import Reason, TextQuestion
from surveys.reference.questionnaires import read_questionnaire
from tests import make

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("codes", [("quiet", "loud"), ("loud", "quiet")])
def test_what_bears_one_number_stands_by_its_code_however_it_was_stored(codes):
    version = make.questionnaire()
    for code in codes:
        Reason.objects.create(version=version, code=code, label=code, position=90)
        TextQuestion.objects.create(version=version, code=code, text=code, position=90)
    facts = read_questionnaire(version.pk)
    assert [reason.code for reason in facts.reasons[-2:]] == ["loud", "quiet"]
    assert [text.code for text in facts.texts] == ["loud", "quiet"]
