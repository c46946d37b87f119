from pathlib import Path

from peers.production import *  # noqa: F403
from peers.production import INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "survey"]
ROOT_URLCONF = "peers.survey_and_report.urls"

# The package reads these from the project's settings.
CSV_DIRECTORY = TEX_DIRECTORY = Path("/nonexistent")
EXCEL_COMPATIBLE_CSV = False
CHOICES_SEPARATOR = ","
USER_DID_NOT_ANSWER = "Left blank"
TEX_CONFIGURATION_FILE = Path("/nonexistent")
SURVEY_DEFAULT_PIE_COLOR = "red!50"
DEFAULT_SURVEY_PUBLISHING_DURATION = 7
