"""Make the tables and the two-question survey; print, as JSON, where its form is and what to answer."""

import json

import django

django.setup()

from django.core.management import call_command  # noqa: E402
from djf_surveys.forms import make_choices  # noqa: E402
from djf_surveys.models import TYPE_FIELD, Question, Survey  # noqa: E402
from peers.production import CHOICES, QUESTIONS  # noqa: E402

call_command("migrate", verbosity=0)
survey = Survey.objects.create(name="Phieu", can_anonymous_user=True, duplicate_entry=True)
answers = {}
for place, text in enumerate(QUESTIONS):
    question = Question.objects.create(
        survey=survey, label=text, type_field=TYPE_FIELD.radio, choices=",".join(CHOICES), ordering=place
    )
    answers[f"field_survey_{question.pk}"] = make_choices(question)[0][0]
print(json.dumps({"path": f"/surveys/create/{survey.slug}/", "answers": answers}))
