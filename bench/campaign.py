"""The open form of a campaign: GET /c/<campaign>/<unit>?all and POST it, the national questionnaire in 64 units.

`OpenForm` is the target. Every visitor comes from an address of its own, so that the brake on one address counts each
sending and stops none. Run as `python -m bench.campaign` this module sets the campaign up and prints its addresses.
"""

import json
import secrets
import subprocess
from datetime import timedelta
from itertools import cycle, islice

from bench import load
from bench.ours import ROOT, Ours

SLUG, DAYS = "bench", 30


class OpenForm(Ours):
    name = "open-form"
    rows = (("surveys_boxedballot", 1),)
    scored = ("place", "online", "public", "papers", "attitude", "skill", "on_time", "correct")
    answers = dict.fromkeys(scored, "5") | {"spoke_up": "0"}

    def start(self):
        self.prepare()
        command = [self.python, "-m", "bench.campaign"]
        done = subprocess.run(
            command, cwd=ROOT, env=self.environment, check=True, stdout=subprocess.PIPE, text=True
        )
        self.units = cycle(json.loads(done.stdout.splitlines()[-1]))
        self.serve(ROOT, "kbnn_survey.wsgi:application")

    def paths(self, count):
        """One unit after the other, as a national campaign spreads its answers."""
        return list(islice(self.units, count))

    def fill(self, path):
        return load.fill(self.address, path, self.answers, source=(own_address(), 0))


def own_address():
    """Loopback is a network of sixteen million addresses."""
    return "127." + ".".join(str(1 + secrets.randbelow(254)) for _ in range(3))


def set_up():
    """Open a campaign of the 64 units with the national questionnaire; print the addresses of their forms as JSON."""
    import django

    django.setup()
    from django.utils import timezone

    from surveys.campaigns import lifecycle
    from surveys.models import QuestionnaireVersion
    from surveys.reference.loading import load_campaign_questionnaires
    from surveys.setup.pilot.campaign import GROUPS, load_units

    load_campaign_questionnaires()
    units, now = load_units(), timezone.now()
    campaign = lifecycle.set_up(
        by=None,
        units=dict.fromkeys(units.values(), 3000),
        groups=GROUPS,
        slug=SLUG,
        name="Đợt khảo sát để đo",
        legal_basis="Quyết định số 2537/QĐ-KBNN ngày 26/5/2021",
        opens_on=timezone.localdate(now) - timedelta(days=1),
        closes_on=timezone.localdate(now) + timedelta(days=DAYS),
        questionnaire=QuestionnaireVersion.objects.get(questionnaire__code="sipas", number=1),
    )
    lifecycle.open_campaign(campaign=campaign, now=now)
    print(json.dumps([f"/c/{SLUG}/{code}?all" for code in sorted(units)]))


if __name__ == "__main__":
    set_up()
