#!/bin/sh
# Everything that can be said about the tree without running a test. PY is the interpreter of the environment.
set -eu
cd "$(dirname "$0")/.."
PY=${PY:-.venv/bin/python}

failed=0

# Every step is run, so that one call shows everything there is to mend.
step() {
    printf '· %s\n' "$*"
    "$@" || failed=1
}

step "$PY" -m ruff check .
step "$PY" -m ruff format --check --output-format concise .
step "$PY" -m mypy --no-incremental
step "$PY" -m djlint --quiet --lint templates
for script in deploy/*.sh deploy/phieu deploy/cluster/*.sh deploy/cluster/post-bootstrap deploy/cluster/base-backup deploy/cluster/switch-over; do step sh -n "$script"; done
if command -v shellcheck >/dev/null 2>&1; then step shellcheck --severity warning deploy/*.sh deploy/phieu deploy/cluster/*.sh deploy/cluster/post-bootstrap deploy/cluster/base-backup deploy/cluster/switch-over; fi

# The deployment check judges the settings of a real office, over https, with keys and database of its own.
DATA_DIR=$(mktemp -d)
trap 'rm -rf "$DATA_DIR"' EXIT
export DATA_DIR BASE_URL=https://phieu.example.vn
SECRET_KEY=$("$PY" -c 'import secrets; print(secrets.token_urlsafe(48))')
export SECRET_KEY
unset DEBUG DATABASE_URL KEYS_DIR SECRET_KEY_FILE
step "$PY" manage.py prepare
step "$PY" manage.py makemigrations --check --dry-run
step "$PY" manage.py check --deploy --fail-level WARNING
exit "$failed"
