"""One file, in sections; production is the default, development opts in. Every read of the environment goes through env."""

import os
import sys
from pathlib import Path

from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from kbnn_survey.env import (
    application_role,
    base_url,
    database,
    env,
    make_secret_key,
    secret_key,
    sign_on,
)
from surveys.client_address import is_private

BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = Path(env.str("DATA_DIR", str(BASE_DIR / "var")))
KEYS_DIR = Path(env.str("KEYS_DIR", str(DATA_DIR / "keys")))
# What opens waiting ballots and signs checkpoints. On a server it belongs to the mixer's own user, SEPARATE_MIXER says so,
# and whoever serves pages must not be able to read it; on one small machine one user does both.
MIX_KEYS_DIR = Path(env.str("MIX_KEYS_DIR", str(DATA_DIR / "mix-keys")))
SEPARATE_MIXER = env.bool("SEPARATE_MIXER", False)

# --- identity -------------------------------------------------------------------------------------------------
DEBUG = env.bool("DEBUG", False)
if sys.argv[1:2] in (
    ["prepare"],
    ["set_up"],
    ["box_key"],
):  # the commands that may find no secret, since they make everything
    make_secret_key(DATA_DIR)
SECRET_KEY = secret_key(DATA_DIR)
_base = base_url(f"http://127.0.0.1:{env.int('PORT', 8000)}")
BASE_URL = _base.geturl()
SECURE = _base.scheme == "https"
# A server on a private address is reached by the addresses of its LAN; any other host must be the configured one.
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[_base.hostname, "127.0.0.1", "localhost", "[::1]"])
CSRF_TRUSTED_ORIGINS = [f"{_base.scheme}://{_base.netloc}"]
ROOT_URLCONF = "kbnn_survey.urls"
WSGI_APPLICATION = "kbnn_survey.wsgi.application"

# --- apps and middleware --------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "surveys",
    "reports",
    "crispy_forms",
    "crispy_bootstrap5",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "axes",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
]
MIDDLEWARE = [
    "kbnn_survey.metrics.Measured",
    "django.middleware.security.SecurityMiddleware",
    "kbnn_survey.middleware.Policy",
    "kbnn_survey.refusals.in_words",
    "kbnn_survey.nul.refused",
    "kbnn_survey.middleware.ShortWay",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "surveys.accounts.sessions.ends_by_itself",
    "kbnn_survey.bodies.bounded",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "kbnn_survey.middleware.LoginRequired",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "surveys.accounts.second_factor.SecondFactorMiddleware",
    "surveys.accounts.given_passwords.GivenPasswordMiddleware",
    "axes.middleware.AxesMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    ["kbnn_survey.template_lines.Loader", "django.template.loaders.app_directories.Loader"],
                )
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "surveys.context_processors.house",
                "reports.context_processors.alarms",
            ],
            "builtins": ["surveys.templatetags.vi", "surveys.templatetags.icons"],
        },
    }
]

# --- database, cache, files -----------------------------------------------------------------------------------
# The commands that make tables log in as their owner; whoever serves is not even told that password (surveys/grants).
MAKES_TABLES = {"prepare", "set_up", "migrate", "createcachetable", "restore"}
# Behind a cluster (docs/cluster.md) nothing is acknowledged before a second server has it; so long it may take, in seconds.
CLUSTER = env.bool("CLUSTER", False)
COMMIT_WAIT = env.float("COMMIT_WAIT", 8)
DATABASES = {
    "default": database(DATA_DIR, as_owner=bool(MAKES_TABLES.intersection(sys.argv[1:2])), cluster=CLUSTER)
}
DATABASE_APP_ROLE = application_role()
DATABASE_READER_ROLE = env.str("DATABASE_READER", "")
DATABASE_MIXER_ROLE = env.str("DATABASE_MIXER", "")
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CACHES = {
    "default": {
        "BACKEND": "kbnn_survey.plain_cache.PlainCache",
        "LOCATION": "django_cache",
        # The default of 300 would let a guesser with many addresses push the counts of wrong codes out.
        "OPTIONS": {"MAX_ENTRIES": 20_000},
    },
}
# Where the nights leave a copy of the database, for 30 days; empty: only `manage.py backup DIR` by hand makes one.
BACKUP_DIR = env.str("BACKUP_DIR", "")
STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "kbnn_survey.static_files.StaticFiles"
        if not DEBUG
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 64 * 1024
# Scanned piles of paper, encrypted, until they are in the box; in no backup. Two web nodes need one folder for both.
SCANS_DIR = Path(env.str("SCANS_DIR", str(DATA_DIR / "scans")))
# Where scanners write, a folder for each office's code; empty: files are sent by hand alone.
SCANS_INBOX = env.str("SCANS_INBOX", "")
SCANS_START = True  # an upload begins the reading; otherwise the schedule does
# Where a large upload lies until it is encrypted: in memory rather than on a disk.
FILE_UPLOAD_TEMP_DIR = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # noqa: S108
DATA_UPLOAD_MAX_NUMBER_FIELDS = 200

# --- people ---------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "surveys.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
    "surveys.accounts.backends.GrantedRoles",
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "surveys.accounts.password_words.NotOfTheHouse"},
]
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"  # no cookie beside the session's
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_ADAPTER = "surveys.accounts.AccountAdapter"
ACCOUNT_FORMS = {
    "login": "surveys.accounts.forms.StaffLoginForm",
    "change_password": "surveys.accounts.forms.OwnPasswordForm",
}
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
ACCOUNT_SESSION_REMEMBER = False
# Each counted in the cache's table, hence across workers. The first is the second factor's: whoever gets there knows the
# password. The other is counted by address, for one account and for all together (surveys/accounts).
ACCOUNT_RATE_LIMITS = {
    "login_failed": "10/h/key",
    "wrong_password": "10/h/key",
    "wrong_at_address": "20/h/ip",
    "known_device": "10/h/key",  # where somebody logged in before (surveys/accounts/known_devices.py)
    "login": "120/m/ip",  # a whole office behind one address begins its morning within a minute
}
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [
    ["username", "ip_address"]
]  # a colleague elsewhere is never locked out by an attacker
AXES_WHITELIST_CALLABLE = "surveys.accounts.known_devices.knows"
AXES_CLIENT_IP_CALLABLE = "surveys.client_address.login_address"
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_TEMPLATE = "account/locked_out.html"
AXES_HTTP_RESPONSE_CODE = 429
AXES_ENABLE_ADMIN = False

# --- the second factor (docs/decisions/0017): on, except where only the pilot's replay could be opened -----------
SECOND_FACTOR = env.bool("SECOND_FACTOR", None)
MFA_ADAPTER = "surveys.accounts.second_factor.SecondFactorAdapter"
MFA_FORMS = {
    "authenticate": "surveys.accounts.forms.CodeForm",
    "reauthenticate": "surveys.accounts.forms.AgainForm",
    "activate_totp": "surveys.accounts.forms.EnrolForm",
}
MFA_TOTP_TOLERANCE = 1  # half a minute of a drifting clock either way; each code lets in once all the same
MFA_RECOVERY_CODE_DIGITS = 10
MFA_RECOVERY_CODES_SHOW_ONCE = True

# --- single sign-on: off without an issuer; only who has an account here already may enter ------------------------
OIDC_ISSUER = env.str("OIDC_ISSUER", "").rstrip("/")
OIDC_NAME = env.str("OIDC_NAME", "hệ thống của Kho bạc Nhà nước")
OIDC_CLAIM = env.str("OIDC_CLAIM", "preferred_username")  # or "email": what names the account the first time
OIDC_SECOND_FACTOR = env.bool("OIDC_SECOND_FACTOR", False)  # the provider itself demands a second factor
SOCIALACCOUNT_ADAPTER = "surveys.accounts.sign_on.SignOnAdapter"
SOCIALACCOUNT_LOGIN_ON_GET = True  # a form that ends on another site would need an exception from the policy
SOCIALACCOUNT_AUTO_SIGNUP = False
SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": sign_on(OIDC_ISSUER, OIDC_NAME)}}

# --- language and time ----------------------------------------------------------------------------------------
LANGUAGE_CODE = "vi"
LANGUAGES = [("vi", _("Tiếng Việt")), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "kbnn_survey" / "locale"]
FORMAT_MODULE_PATH = ["kbnn_survey.formats"]
USE_I18N = True
USE_THOUSAND_SEPARATOR = True
TIME_ZONE = "Asia/Ho_Chi_Minh"
USE_TZ = True

# --- forms ----------------------------------------------------------------------------------------------------
CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"

# --- safety ---------------------------------------------------------------------------------------------------
# BASE_URL's scheme decides redirect, HSTS and Secure cookies; plain http is for loopback and private addresses only.
# A prefix that browsers hold to: set over https, by this host alone (`__Host-`), whose path is then the root's.
SESSION_COOKIE_NAME = "__Host-kbnn" if SECURE else "kbnn"
CSRF_COOKIE_NAME = "__Host-csrf" if SECURE else "csrftoken"
DEVICE_COOKIE_NAME = "__Secure-kbnn-device" if SECURE else "kbnn-device"
TABLET_COOKIE_NAME = "__Secure-kbnn-k" if SECURE else "kbnn-k"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE
SESSION_COOKIE_AGE = 12 * 3600  # seconds from login, however busy
SESSION_IDLE = 1800  # seconds without a request
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "kbnn_survey.refusals.csrf_failure"
SECURE_SSL_REDIRECT = SECURE
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$", r"^metrics$"]
SECURE_HSTS_SECONDS = 31536000 if SECURE else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = SECURE
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if env.bool("BEHIND_PROXY", False) else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}
# The addresses of proxies whose X-Forwarded-For is believed; without one the peer's own address counts.
TRUSTED_PROXIES = env.list("TRUSTED_PROXIES", default=[])
if not SECURE and not is_private(_base.hostname or ""):  # pragma: no cover - refused by base_url already
    raise RuntimeError("plain http on a public address")

# --- trying the pilot without a password: `make run` alone sets it, for its own loopback server (surveys/setup/trying.py)
TRY_IT = env.bool("TRY_IT", False) and not SECURE

# --- the ballot box (docs/spec/trust.md §2 and §3) ----------------------------------------------------------
MIX_GROUP = 10  # K: no cell is opened with fewer ballots
MIX_FREEZE_DAYS = 5  # the last working days of a period are mixed at its closing only
MIX_HOUR = env.int("MIX_HOUR", 19)  # local hour after which the nightly mix may run
SLIP_DAYS = 7
SLIP_GRACE_DAY = 3  # of the next month; closing starts the day after
UNKNOWN_CODES_PER_MINUTE = 30
COMMENT_LENGTH = 1000
TABLET_WINDOW_SECONDS = 120

# --- campaigns ------------------------------------------------------------------------------------------------
OPEN_LANES = (
    8  # rows that share a unit's count of open answers, so that many casts at once do not wait for one row
)
# Open answers a minute from one address and server process: an office of a hundred behind one address passes.
OPEN_ANSWERS_PER_MINUTE = 60

# --- printed slips: CUPS must not keep what it has printed (PreserveJobFiles No) ---------------------------------
CUPSD_CONF = Path(env.str("CUPSD_CONF", "/etc/cups/cupsd.conf"))
CUPS_KEEPS_NOTHING = env.bool(
    "CUPS_KEEPS_NOTHING", False
)  # vouched for by hand where the queue is another machine's

# --- letters: each checkpoint goes to somebody who is not the database's administrator (docs/spec/trust.md §5)
CHECKPOINT_EMAIL = env.str("CHECKPOINT_EMAIL", "")
DEFAULT_FROM_EMAIL = env.str("EMAIL_FROM", f"phieu-hai-long@{_base.hostname}")
globals().update(env.email_url("EMAIL_URL", "smtp://127.0.0.1:25"))
EMAIL_TIMEOUT = 10  # seconds to reach the server
EMAIL_ANSWER_TIMEOUT = 120  # seconds that it may look into one letter

# --- watching and logging: JSON lines without codes or senders, see kbnn_survey/logs -------------------------------
# Who may read /metrics, addresses or networks.
METRICS_FROM = env.list("METRICS_FROM", default=["127.0.0.1", "::1"])
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "kbnn_survey.logs.JsonLines"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["console"], "level": "INFO"},
    # Neither says anything that helps, and WeasyPrint would name each step of every slip.
    "loggers": {name: {"level": "WARNING"} for name in ("axes", "weasyprint", "fontTools")},
}
