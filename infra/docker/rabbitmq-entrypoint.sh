#!/bin/sh
# Starts the stand-in's broker as the official image does: never as root, the node's data below /var/lib/rabbitmq.
set -eu
if [ "$(id -u)" = 0 ]; then
  chown -R rabbitmq:rabbitmq /var/lib/rabbitmq
  exec setpriv --reuid rabbitmq --regid rabbitmq --init-groups "$0" "$@"
fi
export HOME=/var/lib/rabbitmq
exec "$@"
