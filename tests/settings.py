"""The product's own settings, with throw-away data, keys and database.

`DATABASE_URL` alone is taken over from the environment, so that one suite runs on both engines; Django makes its own
test database beside the one that is named there. Everything else of the caller's environment is kept out.
"""

import atexit
import os
import shutil
import tempfile
from datetime import date
from pathlib import Path

_data = Path(tempfile.mkdtemp(prefix="kbnn-test-"))
atexit.register(shutil.rmtree, _data, ignore_errors=True)

for _name in (
    "DATABASE_OWNER_URL",
    "DATABASE_READER",
    "DATABASE_MIXER",
    "DEBUG",
    "KEYS_DIR",
    "MIX_KEYS_DIR",
    "SEPARATE_MIXER",
    "SECRET_KEY_FILE",
    "ALLOWED_HOSTS",
    "BEHIND_PROXY",
    "TRUSTED_PROXIES",
    "MIX_HOUR",
    "CHECKPOINT_EMAIL",
    "EMAIL_URL",
    "EMAIL_FROM",
    "SECOND_FACTOR",
    "CLUSTER",
    "COMMIT_WAIT",
    "OIDC_ISSUER",
    "SCANS_DIR",
    "SCANS_INBOX",
    "OIDC_CLAIM",
    "OIDC_SECOND_FACTOR",
):
    os.environ.pop(_name, None)
for _name in ("PILOT_PASSWORD", "PILOT_API_KEY", "PORT"):
    os.environ.pop(_name, None)
if not os.environ.get("DATABASE_URL"):
    os.environ["DATABASE_URL"] = f"sqlite:///{_data / 'kbnn.sqlite3'}"
os.environ["DATA_DIR"] = str(_data)
os.environ["SECRET_KEY"] = "for-tests-only-" + "x" * 50
os.environ["BASE_URL"] = "http://127.0.0.1:8000"

from kbnn_survey.settings import *  # noqa: E402, F403
from kbnn_survey.settings import DATABASES, KEYS_DIR, MIX_KEYS_DIR, STORAGES  # noqa: E402
from surveys.crypto.keys import make_keys, make_mixer_keys, trust_mixer  # noqa: E402

make_keys(KEYS_DIR, name="kbnn-test")
trust_mixer(KEYS_DIR, make_mixer_keys(MIX_KEYS_DIR, name="kbnn-mix-test", on=date(2026, 1, 1)))
# Not where a server that a test starts collects its files: each test client would read through all of them. The live
# server takes them from where they are written; whitenoise warns without a folder.
STATIC_ROOT = _data / "no-static"
STATIC_ROOT.mkdir()

ALLOWED_HOSTS = ["127.0.0.1", "localhost", "testserver"]
# A password is the whole login where a test is about something else; tests/surveys/accounts/test_second_factor.py demands both.
SECOND_FACTOR = False
SCANS_START = False  # a test reads an upload itself
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# No manifest: collecting and compressing takes longer than the whole suite.
STORAGES = {**STORAGES, "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}

if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # A file, not memory: threads and the live server need connections of their own. Each xdist worker has its folder.
    DATABASES["default"]["TEST"] = {"NAME": str(_data / "test.sqlite3")}
    # Nobody pulls the plug on a test: waiting for the disk would only make the suite several times slower.
    _options = DATABASES["default"]["OPTIONS"]
    _options["init_command"] += "PRAGMA synchronous=OFF;"
DATABASES["default"]["CONN_MAX_AGE"] = 0  # a connection kept by a thread would hold the test database open
