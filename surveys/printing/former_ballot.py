"""The ballot of pads printed before ballots had corner marks and a code: set once more, only to compare scans with it."""

from __future__ import annotations

from functools import cache

from django.template.loader import render_to_string

from surveys.models import Office
from surveys.printing.engine import engine, one_at_a_time
from surveys.printing.slip_layout import STATIC
from surveys.reference.questionnaires import QuestionnaireFacts


def former_pdf(*, box: Office, office: Office, label: str, questionnaire: QuestionnaireFacts) -> bytes:
    """One page with the ballot where it lay beside its stub. Raises `NoPango`."""
    page = render_to_string(
        "surveys/paper/former_ballot.html",
        {"box": box, "office": office, "label": label, "questionnaire": questionnaire},
    )
    style, fonts = _style()
    with one_at_a_time:
        html = engine().HTML(string=page, base_url=STATIC.as_uri())
        return html.write_pdf(stylesheets=[style], font_config=fonts)


@cache
def _style() -> tuple:
    fonts = engine().text.fonts.FontConfiguration()
    return engine().CSS(filename=STATIC / "css" / "paper-former.css", font_config=fonts), fonts
