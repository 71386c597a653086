#!/bin/sh
# Makes a cluster of databases in $PGDATA on the first start, and then runs the command.
#
#   POSTGRES_PASSWORD   required on the first start
#   POSTGRES_USER       the superuser: postgres
#   POSTGRES_DB         a database made for it: the name of the user
set -eu

if [ "$1" != postgres ] || [ -s "$PGDATA/PG_VERSION" ]; then
    exec "$@"
fi
: "${POSTGRES_PASSWORD:?is required on the first start}"
: "${POSTGRES_USER:=postgres}"
: "${POSTGRES_DB:=$POSTGRES_USER}"

mkdir -p "$PGDATA"
chmod 700 "$PGDATA"
printf '%s\n' "$POSTGRES_PASSWORD" |
    initdb --pgdata "$PGDATA" --username "$POSTGRES_USER" --pwfile /dev/stdin --auth-local trust \
        --auth-host scram-sha-256 --encoding UTF8 --no-locale
echo 'host all all all scram-sha-256' >>"$PGDATA/pg_hba.conf"
echo "listen_addresses = '*'" >>"$PGDATA/postgresql.conf"

if [ "$POSTGRES_DB" != postgres ]; then
    # Single-user mode: nobody can connect before everything is there.
    printf 'CREATE DATABASE "%s"\n' "$POSTGRES_DB" | postgres --single -E -D "$PGDATA" postgres >/dev/null
fi
exec "$@"
