# shellcheck shell=bash disable=SC2034
# What up, deploy and down share; they source it, and use these names.

set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
# A profile of its own, and every call names it: no other cluster of yours is ever touched.
profile=${MINIKUBE_PROFILE:-coding-agent}
namespace=ai-agent
image=coding-agent:dev

say() { printf '== %s\n' "$*"; }

# What is wrong, then the next step.
fail() {
  printf '%s: %s\n  Next: %s\n' "${0##*/}" "$1" "$2" >&2
  exit 1
}

usage_error() {
  printf '%s: %s\n  Next: %s --help\n' "${0##*/}" "$1" "$0" >&2
  exit 2
}

need() {
  local program
  for program in "$@"; do
    command -v "$program" >/dev/null || fail "$program is not installed, or not on the PATH." "install $program, then run this again."
  done
}

cluster() { minikube --profile "$profile" "$@"; }
kube() { kubectl --context "$profile" --namespace "$namespace" "$@"; }

need_cluster() {
  kube version >/dev/null 2>&1 || fail "No cluster answers as '$profile'." "infra/minikube/up"
}
