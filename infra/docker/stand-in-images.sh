#!/usr/bin/env bash
# Makes stand-ins for the two base images out of Debian's packages, for machines that no image registry is reached from.
#
#   infra/docker/stand-in-images.sh [python] [rabbitmq]
#
# Gives coding-agent-stand-in/python:3.13-slim and …/rabbitmq:4-management to the Docker engine that answers: Debian's
# Python and RabbitMQ, not the official images, though they are started in the same way. They get this machine's package sources, its
# certificate authorities and its settings of pip. Each is kept as an archive in the cache folder of this user, and made
# anew when what it is made from has changed, or after a week. Needs root, and installs mmdebstrap where it is missing.
# shellcheck disable=SC2016 # mmdebstrap's hooks read their own $1, the new system's root
set -euo pipefail

readonly SUITE=trixie # the Debian that has Python 3.13 and RabbitMQ 4
readonly PYTHON=coding-agent-stand-in/python:3.13-slim
readonly RABBITMQ=coding-agent-stand-in/rabbitmq:4-management
readonly AUTHORITIES=/etc/ssl/certs/ca-certificates.crt
readonly KEPT_DAYS=7
here=$(cd "$(dirname "$0")" && pwd)
cache=${XDG_CACHE_HOME:-${HOME:-/root}/.cache}/coding-agent/images
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

say() { printf '%s\n' "$*" >&2; }

sources() { # this machine's, of the other suite
  local found
  for found in /etc/apt/sources.list.d/debian.sources /etc/apt/sources.list; do
    [ -s "$found" ] || continue
    sed -E "s/\b(bullseye|bookworm|trixie)\b/$SUITE/g" "$found"
    return
  done
  say "No package sources of Debian's are set up here: neither debian.sources nor sources.list is there."
  return 1
}

inputs() { # KIND: one word for all that the image is made from
  { cat "$0" "$here/rabbitmq-entrypoint.sh" "$work/in.sources" "$work/pip.conf"; sha256sum <"$AUTHORITIES"; echo "$1"; } |
    sha256sum | cut -c1-16
}

working_folder() { # in memory where there is room, and programs and devices may lie: half as long as on a disk
  local free
  free=$(df --output=avail /dev/shm 2>/dev/null | tail -n 1)
  if [ "${free:-0}" -gt 2000000 ] && ! awk '$5 == "/dev/shm" {print $6}' /proc/self/mountinfo | grep -qE 'no(exec|dev)'; then echo /dev/shm; else echo "${TMPDIR:-/tmp}"; fi
}

root_files() { # PACKAGES HOOK...: the archive of a file system, on standard output
  local packages=$1
  shift
  TMPDIR=$(working_folder) mmdebstrap --quiet --mode=root --variant=apt --include="$packages" \
    --aptopt='Acquire::Check-Valid-Until "false"' --aptopt='Acquire::Retries "3"' \
    --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-exclude=/usr/share/man/*' \
    --dpkgopt='path-exclude=/usr/share/locale/*' \
    "${@/#/--customize-hook=}" \
    --customize-hook="install -D -m644 $AUTHORITIES \"\$1\"$AUTHORITIES" \
    --customize-hook='rm -rf "$1"/var/lib/apt/lists/* "$1"/var/cache/apt/* "$1"/var/log/*.log "$1"/var/log/apt/*' \
    "$SUITE" - "$work/in.sources"
}

python_files() {
  root_files passwd,netbase,tzdata,python3,python3-venv,python3-pip,ca-certificates \
    'for name in python python3; do ln -s /usr/bin/python3 "$1/usr/local/bin/$name"; done' \
    'rm -f "$1"/usr/lib/python3*/EXTERNALLY-MANAGED; ln -s /usr/bin/pip3 "$1/usr/local/bin/pip"' \
    "install -m644 $work/pip.conf \"\$1\"/etc/pip.conf"
}

rabbitmq_files() {
  root_files rabbitmq-server,ca-certificates \
    "install -m755 $here/rabbitmq-entrypoint.sh \"\$1\"/usr/local/bin/docker-entrypoint.sh" \
    'rm -f "$1"/var/lib/rabbitmq/.erlang.cookie; mkdir -p "$1"/etc/rabbitmq/conf.d' \
    'printf "log.console = true\n" >"$1"/etc/rabbitmq/conf.d/10-console.conf' \
    'echo "[rabbitmq_management,rabbitmq_prometheus]." >"$1"/etc/rabbitmq/enabled_plugins'
}

import_image() { # IMAGE CHANGE...: from standard input
  local image=$1 change arguments=()
  shift
  for change in "$@" "LABEL org.opencontainers.image.vendor='stand-in made from Debian $SUITE'" 'ENV LANG=C.UTF-8'; do
    arguments+=(--change "$change")
  done
  docker import "${arguments[@]}" - "$image" >/dev/null
}

make_python() { python_files | import_image "$PYTHON" 'CMD ["python3"]'; }

make_rabbitmq() {
  rabbitmq_files | import_image "$RABBITMQ" \
    'ENV PATH=/usr/lib/rabbitmq/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' \
    'ENV HOME=/var/lib/rabbitmq' 'ENV RABBITMQ_LOGS=-' 'VOLUME /var/lib/rabbitmq' \
    'EXPOSE 4369 5671 5672 15671 15672 15692 25672' \
    'ENTRYPOINT ["docker-entrypoint.sh"]' 'CMD ["rabbitmq-server"]'
}

require() { # PACKAGE FILE: which it brings
  [ -s "$2" ] && return
  say "Installing $1 ..."
  apt-get update -q >&2
  DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 install -y -q --no-install-recommends "$1" >&2
}

provide() { # KIND IMAGE: from the cache, or made
  local archive
  archive=$cache/$1-$(inputs "$1").tar.gz
  if [ -n "$(find "$archive" -mtime "-$KEPT_DAYS" 2>/dev/null)" ] && load "$2" "$archive"; then return; fi
  say "$2: making it from Debian's packages ..."
  if require mmdebstrap /usr/bin/mmdebstrap && "make_$1"; then
    keep "$1" "$2" "$archive"
  else
    say "$2 cannot be made now."
    docker image rm "$2" >/dev/null 2>&1 || : # half of one
    [ -s "$archive" ] && load "$2" "$archive" # it is old, and better than none
  fi
}

load() { # IMAGE ARCHIVE
  docker load --quiet --input "$2" >/dev/null && say "$1: from $2"
}

keep() { # KIND IMAGE ARCHIVE: in place of all older ones; where there is no room for it, it is used all the same
  if mkdir -p "$cache" && docker save "$2" | gzip -1 >"$3.$$" && mv "$3.$$" "$3"; then
    find "$cache" -name "$1-*.tar.gz*" ! -path "$3" -mmin +60 -delete
  else
    say "$2 cannot be kept in $cache."
    rm -f "$3.$$"
  fi
}

require ca-certificates "$AUTHORITIES"
sources >"$work/in.sources"
if [ -f /etc/pip.conf ]; then cp /etc/pip.conf "$work/pip.conf"; else : >"$work/pip.conf"; fi
[ $# -gt 0 ] || set -- python rabbitmq
for kind in "$@"; do
  case $kind in
    python) provide python "$PYTHON" ;;
    rabbitmq) provide rabbitmq "$RABBITMQ" ;;
    *) say "There is no stand-in for $kind: python and rabbitmq there are." && exit 64 ;;
  esac
done
