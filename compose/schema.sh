#!/bin/sh
# Makes Temporal's two databases with their schemas, or brings them to the version of this image.
#
# May be run again at any time: the tool creates what is not there, and updates only what is older.
set -eu

# What the tool logs as an error it may still end with success, so its log is read too.
tool() {
    said=$(temporal-sql-tool --db "$@" 2>&1) || wrong "$@"
    if echo "$said" | grep -qE '(ERROR|PANIC|FATAL)|"level":"(error|panic|fatal)"'; then wrong "$@"; fi
}

wrong() {
    echo "temporal-sql-tool --db $* failed:" >&2
    echo "$said" >&2
    exit 1
}

for database in temporal:temporal temporal_visibility:visibility; do
    name=${database%:*}
    tool "$name" create
    tool "$name" setup-schema --version 0.0
    tool "$name" update-schema --schema-name "postgresql/v12/${database#*:}"
    echo "$name is up to date"
done
