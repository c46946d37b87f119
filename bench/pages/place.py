"""Where pages are measured: a pilot's folder, laid out once by the product's own commands, and the year's addresses in it."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.ours import ROOT

#: The whole pilot year, kept between runs.
YEAR = ROOT / ".bench" / "pilot-year"
MADE = "bench-made"
QUICK_MONTHS, QUICK_ANSWERS = 2, 6
HOST, PORT = "127.0.0.1", "8011"


@contextmanager
def opened(data: Path | None, *, quick: bool) -> Iterator[None]:
    """Django set up over a copy of a pilot's folder; it is gone afterwards. ``quick``: two months made for this run."""
    with TemporaryDirectory(prefix="bench-pages-") as scratch:
        copy = Path(scratch) / "data"
        if quick:
            _set_up(copy)
            make(months=QUICK_MONTHS)
        else:
            source = data or YEAR
            if data is None and not (YEAR / MADE).exists():
                raise SystemExit(
                    "the pilot's year is not there yet: python -m bench.pages --make (some minutes, once)"
                )
            shutil.copytree(source, copy)
            _set_up(copy)
            _prepare()  # the year may be older than the tables
        yield


def make_year() -> None:
    """The pilot's year and its campaign in the folder that later runs copy."""
    shutil.rmtree(YEAR, ignore_errors=True)
    _set_up(YEAR)
    make(months=None)
    (YEAR / MADE).touch()


def make(*, months: int | None) -> None:
    """The pilot's office with so many months of its year, all without a number; the campaign answered only with the year."""
    from django.core.management import call_command

    _prepare()
    if months is None:
        return call_command("pilot", replay=True, campaign=True, stdout=sys.stderr)
    call_command("pilot", stdout=StringIO())
    from reports import standings
    from reports.month import rollups
    from reports.pilot.replay import rank_campaign, seal_year
    from surveys.models import Campaign, Office, User
    from surveys.setup.pilot import campaign as pilot_campaign
    from surveys.setup.pilot import replay

    office = Office.objects.get(code="HB")
    for month in replay.unplayed(office)[:months]:
        for _acts in replay.play(office, month):
            pass
        rollups.roll_up(office=office, period=month)
        seal_year(office)
    first, second = (User.objects.get(username=name) for name in ("head", "head2"))
    campaign = pilot_campaign.set_the_stage(by=first)
    for _answers in islice(pilot_campaign.play(campaign), QUICK_ANSWERS):
        pass
    for _unit in standings.close_and_count(campaign=campaign, now=campaign.period.bounds()[1]):
        pass
    rank_campaign(Campaign.objects.get(pk=campaign.pk), office, first=first, second=second)
    return None


def _prepare() -> None:
    from django.core.management import call_command

    call_command("prepare", verbosity=0, stdout=StringIO())


def _set_up(data: Path) -> None:
    import django

    data.mkdir(parents=True, exist_ok=True)
    os.environ |= {
        "DATA_DIR": str(data),
        "DJANGO_SETTINGS_MODULE": "kbnn_survey.settings",
        "BASE_URL": f"http://{HOST}:{PORT}",
        "EMAIL_URL": "dummymail://",
    }
    for name in ("DEBUG", "DATABASE_URL", "TRY_IT"):
        os.environ.pop(name, None)
    from kbnn_survey.env import make_secret_key

    make_secret_key(data)
    django.setup()
