"""The WSGI door that gunicorn serves."""

import gc
import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kbnn_survey.settings")

application = get_wsgi_application()
_ = get_resolver().url_patterns  # every page's code now, once, and not in each worker at its first request
# What stands now stays: a collection need not walk through it, and forked workers go on sharing its memory.
gc.collect()
gc.freeze()
