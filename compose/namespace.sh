#!/bin/sh
# Makes the namespace $TEMPORAL_NAMESPACE and the search attributes of $SEARCH_ATTRIBUTES ("Name=Type Name=Type"), and
# waits until they can be used. May be run again at any time.
set -eu

# Waits for a command to succeed: up to a minute, and says at its end what was wrong.
eventually() {
    attempt=0
    until said=$("$@" 2>&1); do
        attempt=$((attempt + 1))
        if [ "$attempt" -ge 60 ]; then
            echo "gave up after a minute: $*" >&2
            echo "$said" >&2
            exit 1
        fi
        sleep 1
    done
}

made() {
    temporal operator namespace describe --namespace "$TEMPORAL_NAMESPACE" ||
        temporal operator namespace create --namespace "$TEMPORAL_NAMESPACE" --retention 72h
}

attribute() {
    temporal operator search-attribute list | grep -qw "${1%=*}" ||
        temporal operator search-attribute create --name "${1%=*}" --type "${1#*=}"
}

eventually temporal operator cluster health
eventually made
# The namespace answers everywhere once a list of its workflows does.
eventually temporal workflow list --limit 1
for pair in $SEARCH_ATTRIBUTES; do eventually attribute "$pair"; done
echo "namespace $TEMPORAL_NAMESPACE can be used"
