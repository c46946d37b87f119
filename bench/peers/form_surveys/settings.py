from peers.production import *  # noqa: F403
from peers.production import CONTEXT_PROCESSORS, INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "djf_surveys", "tinymce"]
CONTEXT_PROCESSORS.append("djf_surveys.context_processors.surveys_context")
ROOT_URLCONF = "peers.form_surveys.urls"
