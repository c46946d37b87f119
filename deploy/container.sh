#!/bin/sh
# What a container does: `prepare`, `web`, `due`, or any command of the product. Passwords come as files, never by the
# environment that the engine shows; only `prepare` and what makes tables is given the owner's.
set -eu
secrets=${SECRETS:-/run/secrets}
where=${DATABASE_HOST:-db}/phieu
if [ -r "$secrets/app_password" ]; then
    DATABASE_URL="postgres://phieu_app:$(cat "$secrets/app_password")@$where"
    export DATABASE_URL
fi
if [ -r "$secrets/owner_password" ]; then
    DATABASE_OWNER_URL="postgres://phieu_owner:$(cat "$secrets/owner_password")@$where"
    DATABASE_READER=phieu_ro
    export DATABASE_OWNER_URL DATABASE_READER
fi
umask 077
case ${1:-web} in
web) exec .venv/bin/python -m gunicorn --config deploy/gunicorn.conf.py kbnn_survey.wsgi:application ;;
due) exec .venv/bin/python manage.py run_due --loop ;;
*) exec .venv/bin/python manage.py "$@" ;;
esac
