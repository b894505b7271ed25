#!/bin/sh
# Runs once, as the database is made: the two roles that log in get their passwords; `sitereg upgrade` does the rest.
set -eu
for role in sr_web sr_keeper; do
    psql --set ON_ERROR_STOP=1 --no-psqlrc --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" \
        --set role="$role" --set password="$(cat "/run/secrets/$role.password")" <<'SQL'
CREATE ROLE :"role" LOGIN NOINHERIT PASSWORD :'password';
SQL
done
