#!/bin/sh
# Run once by the database's container over its empty folder: the three roles and the database.
set -eu
OWNER_PASSWORD=$(cat /run/secrets/owner_password)
APP_PASSWORD=$(cat /run/secrets/app_password)
READER_PASSWORD=$(cat /run/secrets/reader_password)
export OWNER_PASSWORD APP_PASSWORD READER_PASSWORD
psql -X -q -v ON_ERROR_STOP=1 --username postgres --dbname postgres --file /opt/roles/postgres-roles.sql
