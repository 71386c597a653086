#!/bin/sh
# Starts the server of this container. It listens on the container's own address unless BIND_ON_IP says otherwise; where
# that is every address, the others of its cluster are told the container's own.
set -eu
own=$(hostname -i | cut -d ' ' -f 1)
export BIND_ON_IP="${BIND_ON_IP:-$own}"
case $BIND_ON_IP in
    0.0.0.0 | ::0) export TEMPORAL_BROADCAST_ADDRESS="${TEMPORAL_BROADCAST_ADDRESS:-$own}" ;;
esac
exec temporal-server start
