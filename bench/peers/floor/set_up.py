"""Make the floor's table and print, as JSON, where its form is and what to answer."""

import json

import django

django.setup()

from django.core.management import call_command  # noqa: E402

call_command("migrate", run_syncdb=True, verbosity=0)
print(json.dumps({"path": "/", "answers": {"attitude": "1", "time": "1"}}))
