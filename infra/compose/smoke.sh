#!/bin/sh
# Plays a person on the local forge: opens the sample's issue, sets the label, and waits for the pull request.
#
#   docker compose run --rm smoke
#
# The label is told to the gateway by a signed webhook; a worker takes the task from the broker. Exit code 1 where no
# pull request has come after SMOKE_SECONDS (180).
set -eu

sample=/usr/share/coding-agent/sample
repository=demo/durations
person=demo
pages=$LOCAL_FORGE_PATH/$repository

if [ "${FORGE:-local}" != local ]; then
  echo "FORGE=$FORGE: this plays on the local forge only. On GitHub, label an issue, or use \`make smoke-github\`." >&2
  exit 2
fi

[ -d "$pages" ] || coding-agent local-forge add "$repository" --files "$sample/repository"
title=$(head -n 1 "$sample/issue.md")
number=$(tail -n +3 "$sample/issue.md" |
  coding-agent local-forge issue "$repository" --as "$person" --title "$title" --body -)
echo "Issue #$number: $title"
echo "$person sets the label ai-help, and the gateway is told by a signed webhook:"
coding-agent local-forge label "$repository" "$number" ai-help --as "$person"

pull_request() { grep -ls "^head = \"coding-agent/$number-" "$pages"/pulls/*.md; }
result() { grep -ls '"ended": "[a-z]' "$pages/issues/$number"/*.md; }

waited=0
until pull_request >/dev/null && result >/dev/null; do
  if [ "$waited" -ge "${SMOKE_SECONDS:-180}" ]; then
    echo "No pull request after $waited s. What stands on the issue:" >&2
    cat "$pages/issues/$number"/*.md >&2 || echo '(nothing)' >&2
    echo 'Look into: docker compose logs worker' >&2
    exit 1
  fi
  sleep 1
  waited=$((waited + 1))
done

printf '\nThe pull request (%s):\n\n' "$(pull_request)"
cat "$(pull_request)"
printf '\nThe status comment on the issue:\n\n'
cat "$(result)"
