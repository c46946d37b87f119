"""An answer of the pilot, given as a customer gives it: the form is opened, then sent."""

from __future__ import annotations

from datetime import datetime

from surveys.box import casting, signed_form
from surveys.choices import SlipChannel
from surveys.reference.answers import Said


def answer(*, code: str, said: Said, via: SlipChannel, opened_at: datetime, at: datetime) -> None:
    """Raises LookupError for a code that opens no slip."""
    slip = casting.find_slip(code=code)
    if slip is None:
        raise LookupError("the pilot's own code opens no slip")
    form = signed_form.read_form(slip=slip, field=signed_form.open_form(slip=slip, now=opened_at))
    casting.cast(slip=slip, form=form, said=said, via=via, now=at)
