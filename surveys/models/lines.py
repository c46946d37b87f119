"""Names of one line: what stands on a page, on a paper, and in the head of a letter, which a line break would end."""

from __future__ import annotations

from django.core.validators import RegexValidator
from django.db.models import CheckConstraint, F, Q, Value
from django.db.models.functions import Chr, StrIndex
from django.db.models.lookups import Exact
from django.utils.translation import gettext_lazy as _

ONE_LINE = RegexValidator(
    "[\x00-\x1f\x7f-\x9f\u2028\u2029]",
    _("Ghi trên một dòng, không có ký tự điều khiển."),
    code="one_line",
    inverse_match=True,
)
LINE_ENDS = (10, 13)


def in_one_line(name: str, *columns: str) -> CheckConstraint:
    """The database's own word, for the two characters that end a header's line."""
    holds = (Exact(StrIndex(F(column), Chr(Value(sign))), 0) for column in columns for sign in LINE_ENDS)
    return CheckConstraint(name=name, condition=Q(*holds), violation_error_message=ONE_LINE.message)
