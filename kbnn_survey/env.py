"""Typed reads of the environment that refuse nonsense (`ImproperlyConfigured`, never a silent default)."""

from __future__ import annotations

import os
import secrets
import sqlite3
from pathlib import Path
from urllib.parse import SplitResult, unquote, urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

from surveys.client_address import is_private

env = environ.Env()

# SQLite before 3.51.3 can corrupt a WAL database when two connections checkpoint at once; WAL with
# synchronous=NORMAL loses acknowledged ballots on a power cut. Both pairs below lost none of 900 replayed states.
WAL_IS_SAFE = sqlite3.sqlite_version_info >= (3, 51, 3)


def secret_key(data_dir: Path) -> str:
    """SECRET_KEY, else the text of SECRET_KEY_FILE (default ``DATA_DIR/secret-key``, made by ``prepare``)."""
    if value := env.str("SECRET_KEY", ""):
        return value
    path = Path(env.str("SECRET_KEY_FILE", str(data_dir / "secret-key")))
    try:
        return path.read_text(encoding="ascii").strip()
    except OSError as error:
        raise ImproperlyConfigured(
            f"SECRET_KEY is not set and {path} cannot be read: {error.strerror}"
        ) from error


def make_secret_key(data_dir: Path) -> None:
    """Write the file that `secret_key` reads, unless the secret is given or there: for ``prepare`` on a new machine."""
    path = Path(env.str("SECRET_KEY_FILE", str(data_dir / "secret-key")))
    if env.str("SECRET_KEY", "") or path.exists():
        return
    path.parent.mkdir(mode=0o750, parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(secrets.token_urlsafe(50))


def database(data_dir: Path, *, as_owner: bool = False, cluster: bool = False) -> dict:
    """Django's DATABASES entry for DATABASE_URL, hardened for durability and for privacy of the ballot.

    ``as_owner``: for DATABASE_OWNER_URL, where it is set, without a limit of time, since an index over millions of
    rows takes its time. ``cluster``: commits are confirmed by a second server (`kbnn_survey.postgresql`).
    """
    as_owner = as_owner and bool(env.str("DATABASE_OWNER_URL", ""))
    entry = env.db_url(
        "DATABASE_OWNER_URL" if as_owner else "DATABASE_URL", f"sqlite:///{data_dir / 'kbnn.sqlite3'}"
    )
    entry["ATOMIC_REQUESTS"] = False  # with IMMEDIATE every GET would take the write lock
    entry["CONN_MAX_AGE"] = 600
    if cluster and "postgresql" not in entry["ENGINE"]:
        raise ImproperlyConfigured("CLUSTER=1 needs a DATABASE_URL of PostgreSQL")
    if entry["ENGINE"] == "django.db.backends.sqlite3":
        entry["ENGINE"] = "kbnn_survey.sqlite3"
        journal = (
            "journal_mode=WAL;PRAGMA synchronous=FULL"
            if WAL_IS_SAFE
            else "journal_mode=TRUNCATE;PRAGMA synchronous=EXTRA"
        )
        entry["OPTIONS"] = {
            "timeout": 20,
            "transaction_mode": "IMMEDIATE",
            "init_command": f"PRAGMA {journal};PRAGMA busy_timeout=20000;PRAGMA secure_delete=ON;"
            "PRAGMA recursive_triggers=ON;PRAGMA trusted_schema=OFF;",
        }
    else:
        if cluster:
            entry["ENGINE"] = "kbnn_survey.postgresql"
        entry["HOST"] = unquote(entry.get("HOST") or "")  # the folder of a Unix socket comes percent-encoded
        entry["CONN_HEALTH_CHECKS"] = True
        options = entry.setdefault("OPTIONS", {})
        options["options"] = (
            f"-c lock_timeout=5s -c statement_timeout={0 if as_owner else '15s'}"
            f" -c idle_in_transaction_session_timeout={0 if as_owner else '30s'}"
        )
        if cluster:
            # A NOTICE says nothing of a commit, a WARNING does; a primary that is cut off is noticed by its silence.
            options["options"] += " -c client_min_messages=warning"
            options |= {"connect_timeout": 3, "tcp_user_timeout": 5000, "keepalives_idle": 5}
    return entry


def application_role() -> str:
    """Whom the server logs in as, where tables belong to somebody else (DATABASE_OWNER_URL); '' where one role does both."""
    return env.db_url("DATABASE_URL").get("USER", "") if env.str("DATABASE_OWNER_URL", "") else ""


def sign_on(issuer: str, name: str) -> list[dict]:
    """The one provider of single sign-on, in the account app's words; none without an issuer.

    Plain http is refused as for BASE_URL: its answer is believed because of TLS.
    """
    if not issuer:
        return []
    parts = urlsplit(issuer)
    if parts.scheme != "https" and not (parts.scheme == "http" and is_private(parts.hostname or "")):
        raise ImproperlyConfigured("OIDC_ISSUER must be https, or http on a loopback or private address")
    return [
        {
            "provider_id": "sso",
            "name": name,
            "client_id": env.str("OIDC_CLIENT_ID"),
            "secret": env.str("OIDC_CLIENT_SECRET"),
            # Who it is, is read from the signed token that came over the direct connection, and from nowhere else.
            "settings": {"server_url": issuer, "fetch_userinfo": False, "oauth_pkce_enabled": True},
        }
    ]


def base_url(default: str) -> SplitResult:
    """BASE_URL as printed on slips. Plain http is refused except for loopback and private addresses."""
    parts = urlsplit(env.str("BASE_URL", default).rstrip("/"))
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.query or parts.fragment:
        raise ImproperlyConfigured(f"BASE_URL must be an http(s) address, not {parts.geturl()!r}")
    if parts.scheme == "http" and not is_private(parts.hostname):
        raise ImproperlyConfigured("BASE_URL may use plain http only for loopback and private addresses")
    return parts
