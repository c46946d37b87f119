"""A slip that was handed out anew, used or not, and what a page's form sends back."""

import re

from django.utils import timezone

from surveys.choices import SlipChannel
from surveys.models import Slip
from surveys.slips import issuing
from tests import make

WHOLE = {"attitude": "1", "time": "0"}


def handed_out_twice(*, is_used: bool, channel=SlipChannel.SLIP, at=None, kind=None) -> issuing.Issued:
    first = make.issued(now=timezone.now(), at=at or make.counter(), kind=kind or make.procedure())
    if is_used:
        make.cast(first, now=timezone.now())
    return again(first.slip, channel=channel)


def again(slip: Slip, *, channel=SlipChannel.SLIP) -> issuing.Issued:
    slip = Slip.objects.get(pk=slip.pk)
    return issuing.reissue_slip(slip=slip, channel=channel, reason="rách", actor=None, now=timezone.now())


def hidden(response) -> dict[str, str]:
    return dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', response.content.decode()))
