#!/usr/bin/env bash
# Runs a command with a Docker engine, whatever the machine has.
#
#   infra/docker/with-engine.sh [--optional] COMMAND [ARGUMENT...]
#
# An engine that answers is used as it is. Otherwise, as root on Debian or Ubuntu, Docker is installed from the system's
# packages and a private engine started, with a folder, a socket and a bridge of its own, for as long as the command
# runs; it publishes ports on this machine only. What private engines that were killed have left is removed first.
#
# The command gets no standard input. The exit code is its own, or 69 where no engine can be had. With --optional the
# command is then run all the same, and finds the reason in CODING_AGENT_NO_ENGINE.
set -euo pipefail

readonly BASE=/tmp/coding-agent-engine
readonly NET=10.213 # our networks are parts of this /16: so they can be told from anybody else's
readonly START_SECONDS=120
readonly STOP_SECONDS=60
optional=false
folder=''
engine=''
child=''

say() { printf '%s\n' "$*" >&2; }

answers() { command -v docker >/dev/null && timeout 20 docker version --format '{{.Server.Version}}' >/dev/null 2>&1; }

# -- What an engine consists of, taken apart: after its command, and after it was killed ------------------------------

processes_of() { # FOLDER: the engine's own processes, and those in its containers
  local container
  grep -ls -- "$1[/]" /proc/[0-9]*/cmdline | cut -d/ -f3 || : # the brackets keep grep from finding itself
  for container in "$1"/data/containers/*/; do
    grep -ls -- "$(basename "$container")" /proc/[0-9]*/cgroup | cut -d/ -f3 || :
  done
}

mounts_of() { awk -v inside="$1/" 'index($5, inside) == 1 {print $5}' /proc/self/mountinfo | sort -r; }

dismantle() { # FOLDER
  local pids mount
  pids=$(processes_of "$1" | sort -u)
  # shellcheck disable=SC2086 # one word for each process
  [ -z "$pids" ] || kill -KILL $pids 2>/dev/null || :
  for mount in $(mounts_of "$1"); do umount -l "$mount" || :; done
  ip link delete "$(bridge_of "$1")" 2>/dev/null || :
  forget_rules "$(bridge_of "$1")"
  remove_folder "$1" || say "Not all of $1 could be removed."
}

remove_folder() { # who was killed just now may write a last time
  local try
  for try in 1 2 3 4 5; do
    rm -rf --one-file-system "$1" 2>/dev/null && return
    sleep "$try"
  done
  return 1
}

forget_rules() { # PATTERN: of the packet filter, those that name it
  local table rule
  for table in nat filter; do
    iptables -w 10 -t "$table" -S 2>/dev/null | grep -E -- "^-A .*$1" | while read -r rule; do
      # shellcheck disable=SC2086 # a rule is many words, none of them quoted
      iptables -w 10 -t "$table" -D ${rule#-A } 2>/dev/null || :
    done || :
  done
}

bridge_of() { printf 'agent-%s' "${1##*.}"; }

sweep() { # what engines have left that were killed; each that lives holds the lock in its folder
  local left all_ended=true
  for left in "$BASE".*/; do
    left=${left%/}
    [ -d "$left" ] || continue
    if flock -n "$left/lock" true; then
      say "Removing what a killed engine has left in $left"
      dismantle "$left"
    else
      all_ended=false
    fi
  done
  if [ "$all_ended" = true ]; then
    local network
    for network in $(ip -o -4 address show | awk -v net="$NET." 'index($4, net) == 1 && $2 ~ /^br-/ {print $2}'); do
      ip link delete "$network" || :
      forget_rules " $network "
    done
    forget_rules " ${NET}[.]"
  fi
}

# -- An engine of our own ----------------------------------------------------------------------------------------------

install() {
  say 'Installing Docker from the packages of this system ...'
  apt-get update -q >&2 &&
    DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 install -y -q --no-install-recommends \
      docker.io iptables iproute2 ca-certificates >&2
}

add_bridge() { # the containers' network, on the first part of ours that nobody has
  local bridge part
  bridge=$(bridge_of "$folder")
  for part in $(seq 0 99); do
    ip -o -4 address show | grep -q " $NET\.$part\." && continue
    ip link add "$bridge" type bridge && ip address add "$NET.$part.1/24" dev "$bridge" && ip link set "$bridge" up
    return
  done
  return 1
}

start() { # leaves DOCKER_HOST pointing to it; the reason is in its log where it does not start
  exec 7>"$BASE.lock"
  flock 7
  sweep
  folder=$(mktemp -d "$BASE.XXXXXX") || return 1
  exec 9>"$folder/lock"
  flock 9
  exec 7>&-
  add_bridge || return 1
  export DOCKER_HOST=unix://$folder/docker.sock
  setsid dockerd --host "$DOCKER_HOST" --data-root "$folder/data" --exec-root "$folder/exec" \
    --pidfile "$folder/pid" --bridge "$(bridge_of "$folder")" --ip 127.0.0.1 \
    --default-address-pool "base=$NET.0.0/16,size=24" >"$folder/log" 2>&1 </dev/null 9>&- &
  engine=$!
  local waited
  for ((waited = 0; waited < START_SECONDS * 5; waited++)); do
    answers && return
    kill -0 "$engine" 2>/dev/null || return 1
    sleep 0.2
  done
  return 1
}

# shellcheck disable=SC2329 # a trap calls it
stop() {
  [ -n "$folder" ] || return 0
  if [ -n "$engine" ] && answers; then
    timeout "$STOP_SECONDS" bash -c 'docker ps --all --quiet | xargs --no-run-if-empty docker rm --force --volumes
      docker network prune --force' >/dev/null 2>&1 || :
    kill -TERM "$engine" 2>/dev/null || :
    local waited # what does not end in this time is killed with all that belongs to it
    for ((waited = 0; waited < STOP_SECONDS * 5; waited++)); do
      kill -0 "$engine" 2>/dev/null || break
      sleep 0.2
    done
  fi
  dismantle "$folder"
}

have_engine() { # sets `reason` where there is none
  answers && return
  if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
    reason='none answers, and only as root on Debian or Ubuntu can one be started here'
    return 1
  fi
  if ! { command -v dockerd && command -v docker && command -v ip && command -v iptables; } >/dev/null; then
    install || { reason='Docker cannot be installed from the packages of this system' && return 1; }
    answers && return # where the package has started one
  fi
  start && return
  reason='a private one does not start'
  [ -z "$folder" ] || tail -n 20 "$folder/log" >&2 2>/dev/null || :
  return 1
}

# shellcheck disable=SC2329 # a trap calls it
forward() { [ -z "$child" ] || kill -TERM -- "-$child" 2>/dev/null || :; }

if [ "${1-}" = --optional ]; then
  optional=true
  shift
fi
[ $# -gt 0 ] || { sed -n '2,/^set/s/^# \{0,1\}//p' "$0" >&2; exit 64; }

reason=''
trap stop EXIT
trap forward INT TERM HUP
if ! have_engine; then
  say "No Docker engine: $reason."
  [ "$optional" = true ] || { say 'Install and start Docker, then give this command again.' && exit 69; }
  export CODING_AGENT_NO_ENGINE=$reason
fi

set -m # the command is a process group of its own, which a signal to this script reaches whole
"$@" 9>&- </dev/null &
child=$!
set +m
while # a signal ends the waiting, not the command
  code=0
  wait "$child" || code=$?
  kill -0 "$child" 2>/dev/null
do :; done
exit "$code"
