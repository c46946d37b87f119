"""Make the tables and the two-question survey; print, as JSON, where its form is and what to answer."""

import json

import django

django.setup()

from django.core.management import call_command  # noqa: E402
from peers.production import CHOICES, QUESTIONS  # noqa: E402
from survey.models import Question, Survey  # noqa: E402

call_command("migrate", verbosity=0)
survey = Survey.objects.create(
    name="Phieu", description="", need_logged_user=False, display_method=Survey.ALL_IN_ONE_PAGE
)
answers = {}
for place, text in enumerate(QUESTIONS):
    question = Question.objects.create(
        survey=survey, text=text, order=place, required=True, type=Question.RADIO, choices=",".join(CHOICES)
    )
    answers[f"question_{question.pk}"] = question.get_choices()[0][0]
print(json.dumps({"path": f"/survey/{survey.pk}/", "answers": answers}))
