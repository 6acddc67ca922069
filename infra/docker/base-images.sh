#!/usr/bin/env bash
# Sees to it that the Docker engine has the two base images, and prints which to use, as two assignments:
#
#   PYTHON_IMAGE=docker.io/library/python:3.13-slim
#   RABBITMQ_IMAGE=docker.io/library/rabbitmq:4-management
#
# What is set under these names already is taken as it is. An image that the engine does not have is pulled; where no
# registry is reached, a stand-in takes its place (stand-in-images.sh), and standard error says so.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
readonly PULL_SECONDS=300

say() { printf '%s\n' "$*" >&2; }

present() { docker image inspect "$1" >/dev/null 2>&1; }

pulled() { timeout "$PULL_SECONDS" docker pull --quiet "$1" >/dev/null 2>&1; }

choose() { # VARIABLE KIND OFFICIAL
  local image=${!1-}
  if [ -z "$image" ]; then
    image=$3
    if ! present "$image" && ! pulled "$image"; then
      image=coding-agent-stand-in/${3#docker.io/library/}
      say "$3 cannot be pulled here: a stand-in from Debian's packages is used."
      present "$image" || "$here/stand-in-images.sh" "$2"
    fi
  fi
  printf '%s=%s\n' "$1" "$image"
}

choose PYTHON_IMAGE python docker.io/library/python:3.13-slim
choose RABBITMQ_IMAGE rabbitmq docker.io/library/rabbitmq:4-management
